//! One package: what was declared of it, what is registered, and the difference.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::{Member, Portfolio, Scope, sum_of};
use crate::deal::event::agreement_registered::Class;
use crate::deal::event::package_registered::{DeclaredValue, ValueScope};
use crate::deal::state::Book;
use crate::deal::value::ids::StreamId;
use crate::deal::value::money::{Currency, MoneyKind, MoneySums};
use crate::deal::value::quantity::Qualifier;
use crate::deal::value::tally::Tally;
use crate::projection::description::claims::{FieldClaims, claims};
use crate::projection::description::{self, PackageInfo};
use crate::projection::standing::follow_up::{Expectation, expectations};
use crate::projection::standing::values::{Values, values};

/// The sums of one package on one day.
#[derive(Debug, Clone)]
pub struct PackageSums<'a> {
    /// What the package is, with its declared counts and value.
    pub info: PackageInfo<'a>,
    /// The package's own facts.
    pub book: &'a Book,
    /// Documents of every class.
    pub all: Count,
    /// Investment deals.
    pub practical: Count,
    /// Documents between bodies.
    pub institutional: Count,
    /// The members, by stream; superseded ones and duplicates are among them and do not count.
    pub members: Vec<StreamId>,
    /// The declared value against what its members state; `None` when no value was declared.
    pub headline: Option<Headline>,
    /// Money of the members that count, by kind and currency: what is apportioned.
    pub apportioned: MoneySums,
    /// Money stated of the package as a whole; never added to that of its members.
    pub own: Values<'a>,
    /// Claims on the package, by field.
    pub claims: Vec<FieldClaims<'a>>,
    /// What is expected of the package as a whole.
    pub expectations: Vec<Expectation<'a>>,
}

/// How many documents were declared and how many are registered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Count {
    /// As declared; `None` when the source does not say.
    pub declared: Option<u32>,
    /// Registered members that count.
    pub registered: u32,
}

impl Count {
    /// How many were declared and are not registered; `None` when the declared count is not known.
    #[must_use]
    pub fn unregistered(&self) -> Option<u32> {
        self.declared
            .map(|declared| declared.saturating_sub(self.registered))
    }

    /// How many more are registered than were declared.
    #[must_use]
    pub fn surplus(&self) -> u32 {
        self.declared
            .map_or(0, |declared| self.registered.saturating_sub(declared))
    }
}

/// A declared value, what is apportioned of it, and what is left.
#[derive(Debug, Clone, PartialEq)]
pub struct Headline {
    /// The currency of the declared value; money in others is not held against it.
    pub currency: Currency,
    /// Which documents the declared value covers.
    pub scope: ValueScope,
    /// As declared.
    pub declared: Decimal,
    /// How the source qualifies it.
    pub qualifier: Qualifier,
    /// Declared money stated of the members it covers; `None` when nothing is apportioned.
    pub apportioned: Option<Tally>,
    /// What is left; `None` when it cannot be given exactly. Below nought when the parts exceed the
    /// declared whole.
    pub residual: Option<Residual>,
}

/// What is left of a declared value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Residual {
    /// How much.
    pub amount: Decimal,
    /// How far it is exact: the declared value's qualifier with those of the parts taken away.
    pub qualifier: Qualifier,
}

impl<'a> Portfolio<'a> {
    /// The sums of one registered package.
    #[must_use]
    pub fn package(&self, package: StreamId) -> Option<PackageSums<'a>> {
        let book = self.status.book(package)?;
        book.is_registered().then(|| sums(self, book)).flatten()
    }

    /// The sums of every registered package in a scope, by stream.
    #[must_use]
    pub fn packages(&self, scope: Scope) -> Vec<PackageSums<'a>> {
        self.status
            .packages()
            .filter(|book| scope.covers(Some(book.id)))
            .filter_map(|book| sums(self, book))
            .collect()
    }
}

fn sums<'a>(portfolio: &Portfolio<'a>, book: &'a Book) -> Option<PackageSums<'a>> {
    let info = description::package(book)?;
    let members: Vec<&Member<'a>> = portfolio.members(book.id).collect();
    let declared = info.declared_counts.value;
    let registered = registered(&members);
    let count = |class| registered.get(&class).copied().unwrap_or(0);
    let (practical, institutional) = (count(Class::Practical), count(Class::Institutional));
    let headline = info
        .declared_value
        .map(|stated| headline(stated.value, &members));
    let interval = portfolio
        .ledger
        .track(Class::Practical)
        .review_interval_days;
    Some(PackageSums {
        book,
        all: Count {
            declared: declared
                .all
                .or_else(|| both(declared.practical, declared.institutional)),
            registered: practical.saturating_add(institutional),
        },
        practical: Count {
            declared: declared.practical,
            registered: practical,
        },
        institutional: Count {
            declared: declared.institutional,
            registered: institutional,
        },
        members: members.iter().map(|member| member.id()).collect(),
        headline,
        apportioned: sum_of(members.iter().copied()),
        own: values(book, portfolio.day),
        claims: claims(book, portfolio.day),
        expectations: expectations(book, interval, portfolio.day, &[]),
        info,
    })
}

/// The whole of two counts that are both known.
fn both(practical: Option<u32>, institutional: Option<u32>) -> Option<u32> {
    practical?.checked_add(institutional?)
}

/// How many members of each class count.
fn registered(members: &[&Member<'_>]) -> BTreeMap<Class, u32> {
    let mut counts: BTreeMap<Class, u32> = BTreeMap::new();
    for member in members.iter().filter(|member| member.counts()) {
        let count = counts.entry(member.class()).or_default();
        *count = count.saturating_add(1);
    }
    counts
}

fn headline(declared: &DeclaredValue, members: &[&Member<'_>]) -> Headline {
    let money = &declared.money;
    let covered = members
        .iter()
        .copied()
        .filter(|member| match declared.scope {
            ValueScope::Practical => member.is_practical(),
            // Where the source does not say, nothing is left out of the parts.
            ValueScope::All | ValueScope::Ambiguous => true,
        });
    let apportioned = sum_of(covered)
        .get(MoneyKind::Declared, money.currency())
        .cloned();
    Headline {
        currency: money.currency(),
        scope: declared.scope,
        declared: money.amount().decimal(),
        qualifier: money.qualifier(),
        residual: residual(
            money.amount().decimal(),
            money.qualifier(),
            apportioned.as_ref(),
        ),
        apportioned,
    }
}

/// What is left of a whole when the parts are taken away, if it can be given exactly.
#[must_use]
pub fn residual(whole: Decimal, qualifier: Qualifier, parts: Option<&Tally>) -> Option<Residual> {
    let Some(parts) = parts else {
        return Some(Residual {
            amount: whole,
            qualifier,
        });
    };
    let taken = parts.total().ok()?;
    let amount = whole.checked_sub(taken)?;
    // Decimals round beyond 28 digits; adding back shows whether this one did.
    if amount.checked_add(taken)? != whole {
        return None;
    }
    let taken_away = parts.counts().keys().copied().map(taken_away);
    Some(Residual {
        amount,
        qualifier: Qualifier::of_sum(taken_away.chain([qualifier])),
    })
}

/// The side on which a difference lies when a part so qualified is taken away: what was "up to" an
/// amount leaves at least the rest.
fn taken_away(part: Qualifier) -> Qualifier {
    match part {
        Qualifier::Exact => Qualifier::Exact,
        Qualifier::About => Qualifier::About,
        Qualifier::Almost | Qualifier::Nearly | Qualifier::UpTo => Qualifier::AtLeast,
        Qualifier::AtLeast | Qualifier::Over => Qualifier::UpTo,
    }
}
