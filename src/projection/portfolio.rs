//! Every registered agreement on one day, and the sums over packages and over all of them.
//!
//! Money of a package as a whole and money of its members stand side by side and are never added to
//! each other; neither are kinds or currencies. What is not known is said to be unknown and is never
//! nought.

pub mod conversion;
pub mod package;

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use super::description::{self, AgreementInfo};
use super::ledger::LedgerModel;
use super::standing::{Standing, standing};
use super::status::Status;
use crate::deal::event::agreement_registered::Class;
use crate::deal::event::linked::Relation;
use crate::deal::state::Book;
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
}

/// One agreement in sums.
#[derive(Debug, Clone)]
pub struct Member<'a> {
    /// What it is.
    pub info: AgreementInfo<'a>,
    /// How it stands on the day.
    pub standing: Standing<'a>,
    /// The registered agreement that takes its place, if one does.
    pub superseded_by: Option<StreamId>,
    /// The agreement it is the same as, if it was registered twice.
    pub duplicate_of: Option<StreamId>,
    /// The package it belongs to, if that package is registered.
    pub package: Option<StreamId>,
}

impl Member<'_> {
    /// Whether it counts: superseded agreements and duplicates do not, terminated ones do.
    #[must_use]
    pub fn counts(&self) -> bool {
        self.superseded_by.is_none() && self.duplicate_of.is_none()
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

impl<'a> Portfolio<'a> {
    /// Every registered agreement on a day.
    #[must_use]
    pub fn of(status: &'a Status, ledger: &'a LedgerModel, day: NaiveDate) -> Self {
        let packages: BTreeSet<StreamId> = status.packages().map(|book| book.id).collect();
        let infos: BTreeMap<StreamId, (&Book, AgreementInfo<'a>)> = status
            .agreements()
            .filter_map(|book| Some((book.id, (book, description::agreement(book)?))))
            .collect();
        let superseded = superseded(infos.values().map(|(_, info)| info));
        let known: BTreeSet<StreamId> = infos.keys().copied().collect();
        let member = |(book, info): (&'a Book, AgreementInfo<'a>)| Member {
            standing: standing(book, ledger.track(*info.class.value), day),
            superseded_by: superseded.get(&info.id).copied(),
            duplicate_of: duplicate_of(&info).filter(|original| known.contains(original)),
            package: info
                .package
                .map(|package| *package.value)
                .filter(|package| packages.contains(package)),
            info,
        };
        let agreements = infos.into_values().map(member).collect();
        Self {
            status,
            ledger,
            day,
            agreements,
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
            .filter(|member| member.package.is_none())
    }

    /// The agreements in a scope, superseded ones and duplicates included and marked.
    pub fn in_scope(&self, scope: Scope) -> impl Iterator<Item = &Member<'a>> {
        self.agreements
            .iter()
            .filter(move |member| scope.covers(member.package))
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
        member.standing.values.add_to(&mut sums);
    }
    sums
}

/// Which agreements had their place taken, and by which; the one linked first of several.
fn superseded<'a, 'b>(
    infos: impl Iterator<Item = &'b AgreementInfo<'a>>,
) -> BTreeMap<StreamId, StreamId>
where
    'a: 'b,
{
    let mut links: Vec<_> = infos
        .flat_map(|info| info.links.iter().map(move |link| (link, info.id)))
        .filter(|(link, id)| link.relation == Relation::Supersedes && link.target != *id)
        .collect();
    links.sort_by_key(|(link, _)| link.fact.seq());
    let mut superseded = BTreeMap::new();
    for (link, by) in links {
        superseded.entry(link.target).or_insert(by);
    }
    superseded
}

/// The agreement this one is the same as.
fn duplicate_of(info: &AgreementInfo<'_>) -> Option<StreamId> {
    info.links
        .iter()
        .find(|link| link.relation == Relation::DuplicateOf && link.target != info.id)
        .map(|link| link.target)
}
