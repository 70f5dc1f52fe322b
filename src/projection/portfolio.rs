//! Every registered agreement on one day, and the sums over packages and over all of them.
//!
//! Money of a package as a whole and money of its members stand side by side and are never added to
//! each other; neither are kinds or currencies. What is not known is said to be unknown and is never
//! nought.

pub mod almanac;
pub mod by_class;
pub mod card;
pub mod census;
pub mod concerns;
pub mod conversion;
pub mod course;
pub mod criterion;
pub mod declared;
pub mod documents;
mod drawing;
pub mod few;
pub mod funnel;
pub mod gist;
pub mod groups;
pub mod headline;
pub mod marks;
pub mod overview;
pub mod package;
pub mod package_card;
pub mod parts;
pub mod phased;
pub mod reckoned;
pub mod register;
pub mod roll;
mod tallied;
pub mod telling;
pub mod ties;

use std::collections::BTreeMap;

use chrono::NaiveDate;

use self::card::Card;
use self::roll::{Counted, Roll, Scope};
use self::ties::{Summed, Ties};
use super::description::{self, AgreementInfo};
use super::ledger::LedgerModel;
use super::standing::{Standing, standing};
use super::status::Status;
use crate::deal::event::agreement_registered::Class;
use crate::deal::value::ids::StreamId;
use crate::deal::value::money::MoneySums;

/// Every registered agreement on one day.
#[derive(Debug, Clone)]
pub struct Portfolio<'a> {
    /// The books and look-ups it was drawn from.
    pub status: &'a Status,
    /// Tracks and policy in force.
    pub ledger: &'a LedgerModel,
    /// The day asked about, inclusive.
    pub day: NaiveDate,
    /// All registered agreements, by stream.
    pub agreements: Vec<Member<'a>>,
    /// Where the members of each package stand among them.
    places: BTreeMap<StreamId, Vec<usize>>,
}

/// One agreement with its facts, as it is counted in sums.
#[derive(Debug, Clone)]
pub struct Member<'a> {
    /// What it comes to.
    pub card: Card,
    /// What it is.
    pub info: AgreementInfo<'a>,
    /// How it stands on the day.
    pub standing: Standing<'a>,
    /// What others make of it.
    pub ties: Ties,
}

impl Member<'_> {
    /// The same without its facts.
    #[must_use]
    pub fn counted(&self) -> Counted<'_> {
        Counted {
            card: &self.card,
            ties: self.ties,
        }
    }

    /// Whether it counts: superseded agreements and duplicates do not, terminated ones do.
    #[must_use]
    pub fn counts(&self) -> bool {
        self.counted().counts()
    }

    /// Whether it is in the denominator of conversion: a practical agreement that counts, and that
    /// belongs to a package or was signed by the day.
    #[must_use]
    pub fn is_in_denominator(&self) -> bool {
        self.counted().is_in_denominator()
    }

    /// Its class.
    #[must_use]
    pub fn class(&self) -> Class {
        *self.info.class.value
    }

    /// Whether it is an investment deal.
    #[must_use]
    pub fn is_practical(&self) -> bool {
        self.class() == Class::Practical
    }

    /// Its stream.
    #[must_use]
    pub fn id(&self) -> StreamId {
        self.info.id
    }
}

impl<'a> Roll<'a> {
    /// One registered agreement with its facts.
    #[must_use]
    pub fn member(&self, agreement: StreamId) -> Option<Member<'a>> {
        self.with_facts(&self.counted_one(agreement)?)
    }

    /// An agreement that was counted, with its facts.
    #[must_use]
    pub fn with_facts(&self, counted: &Counted<'_>) -> Option<Member<'a>> {
        let book = self.status.book(counted.card.id)?;
        let info = description::agreement(book)?;
        Some(Member {
            standing: standing(book, self.ledger.track(*info.class.value), self.day),
            info,
            card: counted.card.clone(),
            ties: counted.ties,
        })
    }
}

impl<'a> Portfolio<'a> {
    /// Every registered agreement on a day.
    #[must_use]
    pub fn of(status: &'a Status, ledger: &'a LedgerModel, day: NaiveDate) -> Self {
        let roll = Roll::of(status, ledger, day);
        let members = roll.counted(Scope::All);
        let agreements: Vec<Member<'a>> = members
            .filter_map(|counted| roll.with_facts(&counted))
            .collect();
        let mut places: BTreeMap<StreamId, Vec<usize>> = BTreeMap::new();
        for (place, member) in agreements.iter().enumerate() {
            if let Some(package) = member.ties.package {
                places.entry(package).or_default().push(place);
            }
        }
        Self {
            status,
            ledger,
            day,
            agreements,
            places,
        }
    }

    /// The members of a package, superseded ones and duplicates included and marked.
    pub fn members(&self, package: StreamId) -> impl Iterator<Item = &Member<'a>> {
        self.in_scope(Scope::Package(package))
    }

    /// Agreements that belong to no registered package.
    pub fn outside(&self) -> impl Iterator<Item = &Member<'a>> {
        self.agreements
            .iter()
            .filter(|member| member.ties.package.is_none())
    }

    /// The agreements in a scope, superseded ones and duplicates included and marked.
    pub fn in_scope(&self, scope: Scope) -> impl Iterator<Item = &Member<'a>> {
        let (all, places) = match scope {
            Scope::All => (self.agreements.as_slice(), None),
            Scope::Package(package) => ([].as_slice(), self.places.get(&package)),
        };
        let of_package = places.into_iter().flatten();
        let of_package = of_package.filter_map(|place| self.agreements.get(*place));
        all.iter().chain(of_package)
    }

    /// One agreement.
    #[must_use]
    pub fn member(&self, agreement: StreamId) -> Option<&Member<'a>> {
        let place = self
            .agreements
            .binary_search_by_key(&agreement, Member::id)
            .ok()?;
        self.agreements.get(place)
    }

    /// The money of the agreements in a scope that count, by kind and currency.
    #[must_use]
    pub fn money(&self, scope: Scope) -> MoneySums {
        sum_of(self.in_scope(scope))
    }
}

/// The money of those members that count, by kind and currency.
fn sum_of<'a, 'b>(members: impl Iterator<Item = &'b Member<'a>>) -> MoneySums
where
    'a: 'b,
{
    let mut sums = MoneySums::default();
    for member in members.filter(|member| member.counts()) {
        member.card.add_money_to(&mut sums);
    }
    sums
}
