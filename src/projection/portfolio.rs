//! Every registered agreement on one day, and the sums over packages and over all of them.
//!
//! Money of a package as a whole and money of its members stand side by side and are never added to
//! each other; neither are kinds or currencies. What is not known is said to be unknown and is never
//! nought.

pub mod by_class;
pub mod conversion;
pub mod declared;
pub mod few;
pub mod funnel;
pub mod groups;
pub mod overview;
pub mod package;

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::description::{self, AgreementInfo};
use super::ledger::LedgerModel;
use super::standing::{Standing, standing};
use super::status::Status;
use crate::deal::event::agreement_registered::Class;
use crate::deal::event::linked::Relation;
use crate::deal::state::Book;
use crate::deal::value::ids::{StreamId, StreamKind};
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

/// The registered agreements of one day, drawn up one after the other: a sum over all of them need
/// not hold them all.
#[derive(Debug, Clone)]
pub struct Roll<'a> {
    /// The books and look-ups it is drawn from.
    pub status: &'a Status,
    /// Tracks and policy in force.
    pub ledger: &'a LedgerModel,
    /// The day asked about, inclusive.
    pub day: NaiveDate,
    superseded: BTreeMap<StreamId, StreamId>,
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
    /// Whether the agreement it is the same as belongs to another package, or to none.
    pub original_elsewhere: bool,
    /// The package it belongs to, if that package is registered.
    pub package: Option<StreamId>,
}

impl Member<'_> {
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
        let announced = self.package.is_some() || self.standing.signed().is_some();
        self.counts() && self.is_practical() && announced
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

impl<'a> Roll<'a> {
    /// The roll of a day.
    #[must_use]
    pub fn of(status: &'a Status, ledger: &'a LedgerModel, day: NaiveDate) -> Self {
        Self {
            status,
            ledger,
            day,
            superseded: superseded(status.agreements()),
        }
    }

    /// The agreements in a scope, by stream; superseded ones and duplicates included and marked.
    pub fn members(&self, scope: Scope) -> impl Iterator<Item = Member<'a>> {
        self.status
            .agreements()
            .filter_map(|book| Some((book, description::agreement(book)?)))
            .map(|(book, info)| (book, self.package_of(&info), info))
            .filter(move |(_, package, _)| scope.covers(*package))
            .map(|(book, package, info)| self.drawn(book, info, package))
    }

    /// One registered agreement.
    #[must_use]
    pub fn member(&self, agreement: StreamId) -> Option<Member<'a>> {
        let (book, info) = self.registered(agreement)?;
        let package = self.package_of(&info);
        Some(self.drawn(book, info, package))
    }

    /// The package an agreement belongs to, if that package is registered.
    #[must_use]
    pub fn package_of(&self, info: &AgreementInfo<'_>) -> Option<StreamId> {
        let package = *info.package?.value;
        let book = self.status.book(package)?;
        (package.kind() == StreamKind::Package && book.is_registered()).then_some(package)
    }

    fn registered(&self, agreement: StreamId) -> Option<(&'a Book, AgreementInfo<'a>)> {
        let book = self.status.agreement(agreement)?;
        let info = description::agreement(book).filter(|_| book.is_registered())?;
        Some((book, info))
    }

    fn drawn(
        &self,
        book: &'a Book,
        info: AgreementInfo<'a>,
        package: Option<StreamId>,
    ) -> Member<'a> {
        let original = duplicate_of(&info).and_then(|original| self.registered(original));
        let elsewhere = |(_, original): &(_, AgreementInfo<'a>)| {
            self.package_of(original)
                .is_none_or(|of| package != Some(of))
        };
        Member {
            standing: standing(book, self.ledger.track(*info.class.value), self.day),
            superseded_by: self.superseded.get(&info.id).copied(),
            original_elsewhere: original.as_ref().is_some_and(elsewhere),
            duplicate_of: original.map(|(book, _)| book.id),
            package,
            info,
        }
    }
}

impl<'a> Portfolio<'a> {
    /// Every registered agreement on a day.
    #[must_use]
    pub fn of(status: &'a Status, ledger: &'a LedgerModel, day: NaiveDate) -> Self {
        let agreements: Vec<Member<'a>> =
            Roll::of(status, ledger, day).members(Scope::All).collect();
        let mut places: BTreeMap<StreamId, Vec<usize>> = BTreeMap::new();
        for (place, member) in agreements.iter().enumerate() {
            if let Some(package) = member.package {
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
            .filter(|member| member.package.is_none())
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
        member.standing.values.add_to(&mut sums);
    }
    sums
}

/// Which agreements had their place taken, and by which; the one linked first of several.
fn superseded<'a>(agreements: impl Iterator<Item = &'a Book>) -> BTreeMap<StreamId, StreamId> {
    let mut links: Vec<(u64, StreamId, StreamId)> = Vec::new();
    for book in agreements {
        let mine = description::links(book)
            .filter(|link| link.relation == Relation::Supersedes && link.target != book.id);
        links.extend(mine.map(|link| (link.fact.seq(), link.target, book.id)));
    }
    links.sort_unstable();
    let mut superseded = BTreeMap::new();
    for (_, target, by) in links {
        superseded.entry(target).or_insert(by);
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
