//! What does not fit between what was declared of a package and its members: what the writer warns of when it is recorded,
//! asked again for any day and position.

use rust_decimal::Decimal;

use super::package::PackageCounts;
use crate::deal::event::agreement_registered::Class;
use crate::deal::event::package_registered::ValueScope;
use crate::deal::value::money::{Currency, MoneyKind};
use crate::deal::value::quantity::Qualifier;
use crate::projection::attention::{Topic, Weight};

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

impl PackageConcern {
    /// The concern in figures.
    #[must_use]
    pub fn weight(&self) -> Weight {
        Weight {
            topic: match self {
                Self::CountsContradict { .. } | Self::MoreThanDeclared { .. } => Topic::Counts,
                Self::PartsAboveWhole { .. } => Topic::PartsAboveWhole,
            },
            cases: 1,
            days: None,
        }
    }
}

/// What does not fit between what was declared of a package and its members.
#[must_use]
pub fn of_package(package: &PackageCounts) -> Vec<PackageConcern> {
    let mut found: Vec<PackageConcern> = counts(package).into_iter().collect();
    found.extend(parts_above_whole(package));
    found
}

fn counts(package: &PackageCounts) -> Option<PackageConcern> {
    let declared = &package.card.declared;
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
            package.documents.practical,
        ),
        (
            Some(Class::Institutional),
            declared.institutional,
            package.documents.institutional,
        ),
        (None, declared.all, package.documents.all),
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

fn parts_above_whole(package: &PackageCounts) -> Vec<PackageConcern> {
    let Some(declared) = &package.card.value else {
        return Vec::new();
    };
    let money = &declared.money;
    // Of "over 10 million" any sum of parts may be right.
    if matches!(money.qualifier(), Qualifier::Over | Qualifier::AtLeast) {
        return Vec::new();
    }
    let apportioned = package.apportioned();
    let parts = match declared.scope {
        ValueScope::Practical => package.of_practical(),
        ValueScope::All | ValueScope::Ambiguous => &apportioned,
    };
    let whole = money.amount().decimal();
    let mut found = Vec::new();
    for (sums, own) in [(parts, false), (&package.card.own, true)] {
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
