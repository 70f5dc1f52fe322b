//! What does not fit together on a day: what the writer warns of when it is recorded, asked again
//! for any day and position.
//!
//! Nothing of it is ever refused, so it stays until somebody looks. Only facts that had happened by
//! the day are held against each other, and only agreements and packages that are registered.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::portfolio::package::PackageSums;
use super::portfolio::{Member, Portfolio};
use super::standing::Standing;
use crate::deal::event::agreement_registered::Class;
use crate::deal::event::financial_model_agreed::ModelStrength;
use crate::deal::event::package_registered::ValueScope;
use crate::deal::event::{Kind, Payload, Role};
use crate::deal::state::{Book, Fact};
use crate::deal::track::{SIGNED, Track};
use crate::deal::value::money::{Currency, MoneyKind, MoneySums};
use crate::deal::value::quantity::Qualifier;

/// Something about a milestone that does not fit.
#[derive(Debug, Clone, Copy)]
pub enum Concern<'a> {
    /// It usually needs another one first, which is not reached or certainly came later.
    NeedUnmet {
        /// The milestone.
        fact: &'a Fact,
        /// The code of what it needs.
        needs: &'a str,
        /// Whether that came later, as against not at all.
        later: bool,
    },
    /// It certainly lies before the signing, or no signing is recorded.
    BeforeSigning {
        /// The milestone.
        fact: &'a Fact,
        /// The first signing; `None` when there is none.
        signing: Option<&'a Fact>,
    },
    /// It was reached before and is not said to be additional.
    AlreadyReached {
        /// The later recording.
        fact: &'a Fact,
        /// The first one.
        first: &'a Fact,
    },
}

impl<'a> Concern<'a> {
    /// The fact it is about.
    #[must_use]
    pub fn fact(&self) -> &'a Fact {
        match self {
            Self::NeedUnmet { fact, .. }
            | Self::BeforeSigning { fact, .. }
            | Self::AlreadyReached { fact, .. } => fact,
        }
    }
}

/// Something about a package that does not fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PackageConcern {
    /// The declared counts by class come to another number than the declared count of all.
    CountsContradict {
        /// Declared of all documents.
        all: u64,
        /// Declared by class, added up.
        by_class: u64,
    },
    /// More documents are registered than declared.
    MoreThanDeclared {
        /// Of which class; `None` for documents of any class.
        class: Option<Class>,
        /// How many are registered and count.
        registered: u64,
        /// How many were declared.
        declared: u64,
    },
    /// Amounts of one kind come to more than the value declared of the package.
    PartsAboveWhole {
        /// Their kind.
        kind: MoneyKind,
        /// Their currency.
        currency: Currency,
        /// What they come to.
        sum: Decimal,
        /// What was declared.
        whole: Decimal,
        /// Whether they are stated of the package itself, as against its members.
        own: bool,
    },
}

/// What does not fit among the milestones of an agreement: by kind of concern, then position.
#[must_use]
pub fn of_agreement<'a>(standing: &Standing<'a>) -> Vec<Concern<'a>> {
    let not_needed: BTreeSet<&str> = standing
        .not_needed
        .iter()
        .map(|item| item.data.milestone.as_str())
        .collect();
    let mut found = needs_unmet(standing, &not_needed);
    if !not_needed.contains(SIGNED) {
        found.extend(before_signing(standing));
    }
    found.extend(repeated(standing));
    found
}

fn by_position<'a>(facts: impl Iterator<Item = &'a Fact>) -> Vec<&'a Fact> {
    let mut facts: Vec<&Fact> = facts.collect();
    facts.sort_by_key(|fact| fact.seq());
    facts
}

/// Whether one fact certainly happened before another: its latest day is before the other's first.
fn certainly_before(fact: &Fact, other: &Fact) -> bool {
    let earliest = other.current().earliest_day();
    earliest.is_some_and(|earliest| fact.current().latest_day() < earliest)
}

fn needs_unmet<'a>(standing: &Standing<'a>, not_needed: &BTreeSet<&str>) -> Vec<Concern<'a>> {
    let mut found = Vec::new();
    let track: &'a Track = standing.track;
    for need in &track.needs {
        let first = need.needs.as_str();
        let Some(reached) = standing.reached(need.milestone.as_str()) else {
            continue;
        };
        if not_needed.contains(first) {
            continue;
        }
        let firsts: &[&Fact] = standing
            .reached(first)
            .map_or(&[], |reached| reached.facts.as_slice());
        for fact in by_position(reached.facts.iter().copied()) {
            if firsts.iter().all(|earlier| certainly_before(fact, earlier)) {
                found.push(Concern::NeedUnmet {
                    fact,
                    needs: first,
                    later: !firsts.is_empty(),
                });
            }
        }
    }
    found
}

fn before_signing<'a>(standing: &Standing<'a>) -> Vec<Concern<'a>> {
    let signed_rank = standing.track.rank(SIGNED);
    let signing = standing
        .signed()
        .and_then(|reached| reached.facts.first().copied());
    let later = standing
        .milestones
        .iter()
        // Some milestones come before the signing by the track itself.
        .filter(|reached| reached.rank > signed_rank)
        .flat_map(|reached| reached.facts.iter().copied());
    by_position(later)
        .into_iter()
        .filter(|fact| signing.is_none_or(|signing| certainly_before(fact, signing)))
        .map(|fact| Concern::BeforeSigning { fact, signing })
        .collect()
}

fn repeated<'a>(standing: &Standing<'a>) -> Vec<Concern<'a>> {
    let strength = |fact: &Fact| -> Option<ModelStrength> {
        match fact.payload() {
            Payload::FinancialModelAgreed(data) => Some(data.strength),
            _ => None,
        }
    };
    let mut found = Vec::new();
    for reached in &standing.milestones {
        let facts = by_position(reached.facts.iter().copied());
        let Some((first, rest)) = facts.split_first() else {
            continue;
        };
        let mut strongest = strength(first);
        for fact in rest.iter().copied() {
            let raised = strength(fact) > strongest;
            strongest = strongest.max(strength(fact));
            // A stronger state of the model is news, not a repetition.
            if !raised && !fact.payload().is_additional() {
                found.push(Concern::AlreadyReached { fact, first });
            }
        }
    }
    found.sort_by_key(|concern| concern.fact().seq());
    found
}

/// The facts of a thing that should rest on a source by the day and rest on none, by position. A
/// contact is the agency's own act; notes, assignments and the like are its own words.
#[must_use]
pub fn without_source(book: &Book, day: NaiveDate) -> Vec<&Fact> {
    let needs_source = |fact: &&Fact| {
        fact.payload().kind().is_some_and(|kind| {
            matches!(kind.role(), Role::Dated | Role::Registration)
                && !matches!(kind, Kind::Contacted | Kind::MilestoneNotNeeded)
        })
    };
    book.live()
        .filter(needs_source)
        .filter(|fact| fact.happened_by(day) && fact.sources().next().is_none())
        .collect()
}

/// What does not fit between what was declared of a package and its members.
#[must_use]
pub fn of_package(portfolio: &Portfolio<'_>, package: &PackageSums<'_>) -> Vec<PackageConcern> {
    let mut found: Vec<PackageConcern> = counts(package).into_iter().collect();
    found.extend(parts_above_whole(portfolio, package));
    found
}

fn counts(package: &PackageSums<'_>) -> Option<PackageConcern> {
    let declared = package.facts.info.declared_counts.value;
    let by_class = declared.practical.zip(declared.institutional);
    let by_class = by_class.map(|(one, other)| u64::from(one).saturating_add(other.into()));
    if let Some((all, by_class)) = declared.all.map(u64::from).zip(by_class)
        && all != by_class
    {
        return Some(PackageConcern::CountsContradict { all, by_class });
    }
    let rows = [
        (
            Some(Class::Practical),
            declared.practical,
            package.counts.practical,
        ),
        (
            Some(Class::Institutional),
            declared.institutional,
            package.counts.institutional,
        ),
        (None, declared.all, package.counts.all),
    ];
    rows.into_iter().find_map(|(class, declared, count)| {
        let declared = declared.filter(|declared| *declared < count.registered)?;
        Some(PackageConcern::MoreThanDeclared {
            class,
            registered: count.registered.into(),
            declared: declared.into(),
        })
    })
}

fn parts_above_whole(portfolio: &Portfolio<'_>, package: &PackageSums<'_>) -> Vec<PackageConcern> {
    let Some(declared) = package.facts.info.declared_value.map(|stated| stated.value) else {
        return Vec::new();
    };
    let money = &declared.money;
    // Of "over 10 million" any sum of parts may be right.
    if matches!(money.qualifier(), Qualifier::Over | Qualifier::AtLeast) {
        return Vec::new();
    }
    let covered = |member: &&Member<'_>| {
        member.counts() && (declared.scope != ValueScope::Practical || member.is_practical())
    };
    let mut parts = MoneySums::default();
    for member in portfolio.members(package.counts.id).filter(covered) {
        member.card.add_money_to(&mut parts);
    }
    let whole = money.amount().decimal();
    let mut found = Vec::new();
    for (sums, own) in [(&parts, false), (&package.facts.own.sums(), true)] {
        for (kind, currency, tally) in sums.iter() {
            // A sum beyond exact arithmetic is not told apart here; its own figure says so.
            let above = tally.total().ok().filter(|sum| *sum > whole);
            if let Some(sum) = above.filter(|_| currency == money.currency()) {
                found.push(PackageConcern::PartsAboveWhole {
                    kind,
                    currency,
                    sum,
                    whole,
                    own,
                });
            }
        }
    }
    found
}
