//! All agreements and packages on a day as cards: read from their books on all cores, one after the other, and let go.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::NaiveDate;

use super::card::Card;
use super::package_card::PackageCard;
use super::ties::{Summed, Ties, superseded};
use crate::deal::event::agreement_registered::{Class, Instrument};
use crate::deal::value::ids::{StreamId, StreamKind};
use crate::deal::value::money::Money;
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
    packages: Vec<Arc<PackageCard>>,
    superseded: BTreeMap<StreamId, StreamId>,
}

/// An agreement as it is counted: what it comes to, and what others make of it.
#[derive(Debug, Clone, Copy)]
pub struct Counted<'c> {
    /// What it comes to.
    pub card: &'c Card,
    /// What others make of it.
    pub ties: Ties,
}

impl Summed for Counted<'_> {
    fn id(&self) -> StreamId {
        self.card.id
    }

    fn ties(&self) -> &Ties {
        &self.ties
    }

    fn class(&self) -> Class {
        self.card.class
    }

    fn instrument(&self) -> Instrument {
        self.card.instrument
    }

    fn is_signed(&self) -> bool {
        self.card.is_signed
    }

    fn has_step(&self) -> bool {
        self.card.has_step
    }

    fn meets(&self, definition: usize) -> bool {
        self.card.met.get(definition).copied().unwrap_or(false)
    }

    fn money(&self) -> impl Iterator<Item = &Money> {
        self.card.money.iter().map(|(_, money)| money)
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
            PackageCard::of(book, ledger, day).map(Arc::new)
        });
        let registered = cards.iter().filter(|card| card.is_registered);
        Self {
            superseded: superseded(registered.map(|card| (card.id, &card.says))),
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
            .filter(move |counted| scope.covers(counted.ties.package))
    }

    /// The registered packages in a scope, by stream.
    pub fn packages(&self, scope: Scope) -> impl Iterator<Item = &Arc<PackageCard>> {
        let all = self.packages.iter();
        all.filter(move |package| scope.covers(Some(package.id)))
    }

    /// One registered package.
    #[must_use]
    pub fn package_card(&self, package: StreamId) -> Option<&PackageCard> {
        let place = self.packages.binary_search_by_key(&package, |one| one.id);
        self.packages.get(place.ok()?).map(Arc::as_ref)
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

    fn resolved<'c>(&'c self, card: &'c Card) -> Counted<'c> {
        let is_package = |stream| self.package_card(stream).is_some();
        let registered = |stream| self.card(stream).map(|card| &card.says);
        Counted {
            card,
            ties: Ties::of(
                card.id,
                &card.says,
                &self.superseded,
                registered,
                is_package,
            ),
        }
    }
}
