//! All agreements and packages on a day as cards: read from their books on all cores, one after the other, and let go.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::card::{Card, Remarks};
use super::package_card::PackageCard;
use crate::deal::event::agreement_registered::Class;
use crate::deal::value::ids::{StreamId, StreamKind};
use crate::projection::description;
use crate::projection::ledger::LedgerModel;
use crate::projection::standing::standing;
use crate::projection::status::Status;

/// Which agreements an answer is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// All packages, and the agreements outside packages.
    All,
    /// One package alone.
    Package(StreamId),
}

impl Scope {
    /// Whether a member of that package, or of none, is meant.
    #[must_use]
    pub fn covers(self, package: Option<StreamId>) -> bool {
        match self {
            Self::All => true,
            Self::Package(one) => package == Some(one),
        }
    }
}

/// Every agreement and package on a day, in figures.
#[derive(Debug, Clone)]
pub struct Roll<'a> {
    /// The books and look-ups it is drawn from.
    pub status: &'a Status,
    /// Tracks and policy in force.
    pub ledger: &'a LedgerModel,
    /// The day asked about, inclusive.
    pub day: NaiveDate,
    /// All agreements, by stream; those whose registration was withdrawn are among them.
    cards: Vec<Card>,
    /// The registered packages, by stream.
    packages: Vec<PackageCard>,
    /// What is said of each occasion.
    occasions: BTreeMap<StreamId, Remarks>,
    superseded: BTreeMap<StreamId, StreamId>,
}

/// An agreement as it is counted: what it comes to, and what others make of it.
#[derive(Debug, Clone, Copy)]
pub struct Counted<'c> {
    /// What it comes to.
    pub card: &'c Card,
    /// The registered agreement that takes its place, if one does.
    pub superseded_by: Option<StreamId>,
    /// The agreement it is the same as, if it was registered twice.
    pub duplicate_of: Option<StreamId>,
    /// Whether the agreement it is the same as belongs to another package, or to none.
    pub original_elsewhere: bool,
    /// The package it belongs to, if that package is registered.
    pub package: Option<StreamId>,
}

impl Counted<'_> {
    /// Whether it counts: superseded agreements and duplicates do not, terminated ones do.
    #[must_use]
    pub fn counts(&self) -> bool {
        self.superseded_by.is_none() && self.duplicate_of.is_none()
    }

    /// Whether it was declared in its package and is counted elsewhere or not at all: superseded, or
    /// the same as an agreement that is not of its package.
    #[must_use]
    pub fn is_gone(&self) -> bool {
        match self.duplicate_of {
            Some(_) => self.original_elsewhere,
            None => self.superseded_by.is_some(),
        }
    }

    /// Whether it is in the denominator of conversion: a practical agreement that counts, and that
    /// belongs to a package or was signed by the day.
    #[must_use]
    pub fn is_in_denominator(&self) -> bool {
        let announced = self.package.is_some() || self.card.signed().is_some();
        self.counts() && self.is_practical() && announced
    }

    /// Whether it is an investment deal.
    #[must_use]
    pub fn is_practical(&self) -> bool {
        self.card.class == Class::Practical
    }
}

impl<'a> Roll<'a> {
    /// The roll of a day.
    #[must_use]
    pub fn of(status: &'a Status, ledger: &'a LedgerModel, day: NaiveDate) -> Self {
        let cards = status.drawn(StreamKind::Agreement, |book| {
            let info = description::agreement(book)?;
            let standing = standing(book, ledger.track(*info.class.value), day);
            Some(Card::of(&info, &standing, ledger.policy()))
        });
        let packages = status.drawn(StreamKind::Package, |book| {
            PackageCard::of(book, ledger, day)
        });
        let occasions = status.drawn(StreamKind::Occasion, |book| {
            Some((book.id, Remarks::of(book, day)))
        });
        Self {
            occasions: occasions.into_iter().collect(),
            superseded: superseded(&cards),
            status,
            ledger,
            day,
            cards,
            packages,
        }
    }

    /// The registered agreements in a scope, by stream; superseded ones and duplicates included and marked.
    pub fn counted(&self, scope: Scope) -> impl Iterator<Item = Counted<'_>> {
        let registered = self.cards.iter().filter(|card| card.is_registered);
        registered
            .map(|card| self.resolved(card))
            .filter(move |counted| scope.covers(counted.package))
    }

    /// The agreements in a scope whose registration was withdrawn, of the package they named where one alone is meant.
    pub fn withdrawn(&self, scope: Scope) -> impl Iterator<Item = &Card> {
        let withdrawn = self.cards.iter().filter(|card| !card.is_registered);
        withdrawn.filter(move |card| scope.covers(self.package_of(card)))
    }

    /// The registered packages in a scope, by stream.
    pub fn packages(&self, scope: Scope) -> impl Iterator<Item = &PackageCard> {
        let all = self.packages.iter();
        all.filter(move |package| scope.covers(Some(package.id)))
    }

    /// One registered package.
    #[must_use]
    pub fn package_card(&self, package: StreamId) -> Option<&PackageCard> {
        let place = self.packages.binary_search_by_key(&package, |one| one.id);
        self.packages.get(place.ok()?)
    }

    /// What is said of an occasion beside its facts; `None` when there is no such occasion.
    #[must_use]
    pub fn occasion(&self, occasion: StreamId) -> Option<&Remarks> {
        self.occasions.get(&occasion)
    }

    /// One registered agreement.
    #[must_use]
    pub fn counted_one(&self, agreement: StreamId) -> Option<Counted<'_>> {
        self.card(agreement).map(|card| self.resolved(card))
    }

    fn card(&self, agreement: StreamId) -> Option<&Card> {
        let place = self.cards.binary_search_by_key(&agreement, |card| card.id);
        let card = self.cards.get(place.ok()?)?;
        card.is_registered.then_some(card)
    }

    /// The package an agreement belongs to, if that package is registered.
    fn package_of(&self, card: &Card) -> Option<StreamId> {
        let named = card.named_package?;
        self.package_card(named).map(|package| package.id)
    }

    fn resolved<'c>(&self, card: &'c Card) -> Counted<'c> {
        let package = self.package_of(card);
        let original = card.same_as.and_then(|original| self.card(original));
        let elsewhere = |original: &Card| {
            self.package_of(original)
                .is_none_or(|of| package != Some(of))
        };
        Counted {
            card,
            superseded_by: self.superseded.get(&card.id).copied(),
            original_elsewhere: original.is_some_and(elsewhere),
            duplicate_of: original.map(|card| card.id),
            package,
        }
    }
}

/// Which agreements had their place taken, and by which; the one linked first of several.
fn superseded(cards: &[Card]) -> BTreeMap<StreamId, StreamId> {
    let mut links: Vec<(u64, StreamId, StreamId)> = Vec::new();
    for card in cards.iter().filter(|card| card.is_registered) {
        let mine = card.supersedes.iter();
        links.extend(mine.map(|(seq, target)| (*seq, *target, card.id)));
    }
    links.sort_unstable();
    let mut superseded = BTreeMap::new();
    for (_, target, by) in links {
        superseded.entry(target).or_insert(by);
    }
    superseded
}
