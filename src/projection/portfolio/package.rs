//! One package: what was declared of it, what is registered, and the difference.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::by_class::ByClass;
use super::{Member, Portfolio, Roll, Scope};
use crate::deal::event::agreement_registered::Class;
use crate::deal::event::package_registered::{DeclaredValue, ValueScope};
use crate::deal::state::Book;
use crate::deal::value::ids::StreamId;
use crate::deal::value::money::{Currency, MoneyKind, MoneySums};
use crate::deal::value::quantity::Qualifier;
use crate::deal::value::tally::Tally;
use crate::projection::description::claims::{FieldClaims, claims};
use crate::projection::description::{self, PackageInfo};
use crate::projection::ledger::LedgerModel;
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
    /// How many of the declared documents are gone from it: those superseded, and those that are the
    /// same as an agreement counted elsewhere. A duplicate of another member was declared once and
    /// registered twice, and takes nothing from the declared count.
    pub gone: ByClass,
    /// Members that count with a step by the day.
    pub with_step: ByClass,
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
    /// Declared money in its currency stated of members it does not cover.
    pub beside: Option<Tally>,
    /// How many of the members it covers state declared money in its currency.
    pub with_value: u64,
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

/// What a group of agreements comes to, such as the members of a package: counted in one by one.
#[derive(Debug, Clone, Default)]
pub struct Parts {
    /// All of them, by stream, whether they count or not.
    pub members: Vec<StreamId>,
    /// How many count.
    pub registered: ByClass,
    /// How many of those have a step.
    pub with_step: ByClass,
    /// How many were declared and are counted elsewhere or not at all.
    pub gone: ByClass,
    /// Money of those that count, by kind and currency.
    pub money: MoneySums,
    practical: MoneySums,
    institutional: MoneySums,
    with_value: BTreeMap<Currency, ByClass>,
}

impl Parts {
    /// Counts an agreement in.
    pub fn add(&mut self, member: &Member<'_>) {
        self.members.push(member.id());
        if member.is_gone() {
            self.gone.add(member.class());
        }
        if !member.counts() {
            return;
        }
        let class = member.class();
        self.registered.add(class);
        if member.standing.has_step() {
            self.with_step.add(class);
        }
        let values = &member.standing.values;
        values.add_to(&mut self.money);
        values.add_to(match class {
            Class::Practical => &mut self.practical,
            Class::Institutional => &mut self.institutional,
        });
        let declared = values
            .iter()
            .filter(|(kind, _, _)| *kind == MoneyKind::Declared);
        for (_, currency, _) in declared {
            self.with_value.entry(currency).or_default().add(class);
        }
    }

    fn headline(&self, declared: &DeclaredValue) -> Headline {
        let money = &declared.money;
        let currency = money.currency();
        let of = |sums: &MoneySums| sums.get(MoneyKind::Declared, currency).cloned();
        let stating = self.with_value.get(&currency).copied().unwrap_or_default();
        let (apportioned, beside, with_value) = match declared.scope {
            ValueScope::Practical => {
                let beside = of(&self.institutional);
                (of(&self.practical), beside, stating.practical)
            }
            // Where the source does not say, nothing is left out of the parts.
            ValueScope::All | ValueScope::Ambiguous => (of(&self.money), None, stating.all()),
        };
        let whole = money.amount().decimal();
        Headline {
            currency,
            scope: declared.scope,
            declared: whole,
            qualifier: money.qualifier(),
            residual: residual(whole, money.qualifier(), apportioned.as_ref()),
            apportioned,
            beside,
            with_value,
        }
    }
}

impl<'a> Portfolio<'a> {
    /// The sums of one registered package.
    #[must_use]
    pub fn package(&self, package: StreamId) -> Option<PackageSums<'a>> {
        let book = self.status.book(package)?;
        book.is_registered().then(|| self.sums(book)).flatten()
    }

    /// The sums of every registered package in a scope, by stream.
    #[must_use]
    pub fn packages(&self, scope: Scope) -> Vec<PackageSums<'a>> {
        match scope {
            Scope::All => self
                .status
                .packages()
                .filter_map(|book| self.sums(book))
                .collect(),
            Scope::Package(package) => self.package(package).into_iter().collect(),
        }
    }

    fn sums(&self, book: &'a Book) -> Option<PackageSums<'a>> {
        let mut parts = Parts::default();
        for member in self.members(book.id) {
            parts.add(member);
        }
        PackageSums::of(book, parts, self.ledger, self.day)
    }
}

impl<'a> Roll<'a> {
    /// The sums of every registered package in a scope, by stream, from what its members come to.
    #[must_use]
    pub fn packages(
        &self,
        scope: Scope,
        parts: &mut BTreeMap<StreamId, Parts>,
    ) -> Vec<PackageSums<'a>> {
        let (all, one) = match scope {
            Scope::All => (Some(self.status.packages()), None),
            Scope::Package(package) => (None, self.status.book(package)),
        };
        let books = all.into_iter().flatten().chain(one);
        books
            .filter(|book| book.is_registered())
            .filter_map(|book| {
                let parts = parts.remove(&book.id).unwrap_or_default();
                PackageSums::of(book, parts, self.ledger, self.day)
            })
            .collect()
    }
}

impl<'a> PackageSums<'a> {
    /// How many documents of a class were declared and never registered: neither those that count
    /// nor those that are gone. `None` when the declared count is not known.
    #[must_use]
    pub fn never_registered(&self, class: Class) -> Option<u64> {
        let count = match class {
            Class::Practical => self.practical,
            Class::Institutional => self.institutional,
        };
        let left = u64::from(count.declared?).saturating_sub(self.gone.of(class));
        Some(left.saturating_sub(count.registered.into()))
    }

    /// The sums of a package from what its members come to.
    #[must_use]
    pub fn of(book: &'a Book, parts: Parts, ledger: &LedgerModel, day: NaiveDate) -> Option<Self> {
        let info = description::package(book)?;
        let declared = info.declared_counts.value;
        let count = |declared, registered: u64| Count {
            declared,
            registered: u32::try_from(registered).unwrap_or(u32::MAX),
        };
        let headline = info
            .declared_value
            .map(|stated| parts.headline(stated.value));
        let interval = ledger.track(Class::Practical).review_interval_days;
        Some(Self {
            book,
            all: count(
                declared
                    .all
                    .or_else(|| both(declared.practical, declared.institutional)),
                parts.registered.all(),
            ),
            practical: count(declared.practical, parts.registered.practical),
            institutional: count(declared.institutional, parts.registered.institutional),
            members: parts.members,
            gone: parts.gone,
            with_step: parts.with_step,
            headline,
            apportioned: parts.money,
            own: values(book, day),
            claims: claims(book, day),
            expectations: expectations(book, interval, day, &[]),
            info,
        })
    }
}

/// The whole of two counts that are both known.
fn both(practical: Option<u32>, institutional: Option<u32>) -> Option<u32> {
    practical?.checked_add(institutional?)
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
