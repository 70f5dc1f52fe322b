//! One package: what was declared of it, what is registered, and the difference.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::NaiveDate;

use super::Portfolio;
use super::by_class::ByClass;
use super::documents::Documents;
use super::headline::Headline;
use super::package_card::PackageCard;
use super::parts::Parts;
use super::reckoned::Reckoned;
use super::roll::{Roll, Scope};
use crate::deal::event::agreement_registered::Class;
use crate::deal::state::Book;
use crate::deal::value::ids::{Ref, StreamId};
use crate::deal::value::money::{Currency, MoneyKind, MoneySums};
use crate::projection::description::claims::{FieldClaims, claims};
use crate::projection::description::{self, PackageInfo};
use crate::projection::ledger::LedgerModel;
use crate::projection::standing::follow_up::{Expectation, expectations};
use crate::projection::standing::values::{Values, values};

/// What a package comes to on a day: its counts, its declared value and what its members make of it.
#[derive(Debug, Clone)]
pub struct PackageCounts {
    /// Its stream.
    pub id: StreamId,
    /// Its reference.
    pub reference: Ref,
    /// Its documents.
    pub documents: Documents,
    /// Members that count with a step by the day.
    pub with_step: ByClass,
    /// What it says of itself. Money stated of it as a whole, beside its declared value, is never added to that of its members.
    pub card: Arc<PackageCard>,
    parts: Parts,
}

/// One package on one day: its facts, and what it comes to.
#[derive(Debug, Clone)]
pub struct PackageSums<'a> {
    /// What it comes to.
    pub counts: PackageCounts,
    /// The same with its facts.
    pub facts: PackageFacts<'a>,
}

/// What the facts of a package say of it as a whole.
#[derive(Debug, Clone)]
pub struct PackageFacts<'a> {
    /// What the package is, with its declared counts and value.
    pub info: PackageInfo<'a>,
    /// The package's own facts.
    pub book: &'a Book,
    /// Money stated of the package as a whole; never added to that of its members.
    pub own: Values<'a>,
    /// Claims on the package, by field.
    pub claims: Vec<FieldClaims<'a>>,
    /// What is expected of the package as a whole.
    pub expectations: Vec<Expectation<'a>>,
}

impl<'a> Portfolio<'a> {
    /// The sums of one registered package.
    #[must_use]
    pub fn package(&self, package: StreamId) -> Option<PackageSums<'a>> {
        let book = self.status.book(package)?;
        let facts = PackageFacts::of(book, self.ledger, self.day)?;
        let card = Arc::new(PackageCard::of(book, self.ledger, self.day)?);
        let mut parts = Parts::default();
        for member in self.members(package) {
            parts.add(&member.counted());
        }
        Some(PackageSums {
            counts: PackageCounts::of(&card, parts),
            facts,
        })
    }

    /// The sums of every registered package in a scope, by stream.
    #[must_use]
    pub fn packages(&self, scope: Scope) -> Vec<PackageSums<'a>> {
        match scope {
            Scope::All => {
                let packages = self.status.packages();
                packages.filter_map(|book| self.package(book.id)).collect()
            }
            Scope::Package(package) => self.package(package).into_iter().collect(),
        }
    }
}

impl<'a> Roll<'a> {
    /// What every registered package in a scope comes to, by stream, from what its members come to.
    #[must_use]
    pub fn sums(&self, scope: Scope, parts: &mut BTreeMap<StreamId, Parts>) -> Vec<PackageCounts> {
        let packages = self.packages(scope);
        packages
            .map(|card| PackageCounts::of(card, parts.remove(&card.id).unwrap_or_default()))
            .collect()
    }

    /// What the facts of a registered package say of it as a whole.
    #[must_use]
    pub fn package_facts(&self, package: StreamId) -> Option<PackageFacts<'a>> {
        PackageFacts::of(self.status.book(package)?, self.ledger, self.day)
    }
}

impl<'a> PackageFacts<'a> {
    /// The facts of a package on a day; `None` unless its registration stands.
    #[must_use]
    pub fn of(book: &'a Book, ledger: &LedgerModel, day: NaiveDate) -> Option<Self> {
        let info = description::package(book).filter(|_| book.is_registered())?;
        let interval = ledger.track(Class::Practical).review_interval_days;
        Some(Self {
            book,
            own: values(book, day),
            claims: claims(book, day),
            expectations: expectations(book, interval, day, &[]),
            info,
        })
    }
}

impl PackageCounts {
    /// The counts of a package from what its members come to.
    #[must_use]
    pub fn of(card: &Arc<PackageCard>, parts: Parts) -> Self {
        Self {
            id: card.id,
            reference: card.reference.clone(),
            documents: Documents::of(&card.declared, parts.registered, parts.gone),
            card: Arc::clone(card),
            with_step: parts.with_step,
            parts,
        }
    }

    /// The declared value against what its members state; `None` when no value was declared.
    #[must_use]
    pub fn headline(&self) -> Option<Headline> {
        let value = self.card.value.as_ref();
        value.map(|value| self.parts.headline(value))
    }

    /// Money of the members that count, by kind and currency: what is apportioned.
    #[must_use]
    pub fn apportioned(&self) -> MoneySums {
        self.parts.money()
    }

    /// Money of the practical ones among them.
    #[must_use]
    pub fn of_practical(&self) -> &MoneySums {
        &self.parts.practical
    }

    /// Whether members that count state money of a kind and currency.
    #[must_use]
    pub fn apportions(&self, kind: MoneyKind, currency: Currency) -> bool {
        self.parts.states(kind, currency)
    }
}

impl Reckoned for PackageCounts {
    fn card(&self) -> &PackageCard {
        &self.card
    }

    fn documents(&self) -> &Documents {
        &self.documents
    }

    fn apportions_beside(&self, currency: Currency) -> bool {
        self.apportions(MoneyKind::Declared, currency)
    }
}
