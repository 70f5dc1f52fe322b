//! What others make of an agreement: the package it belongs to, the one that takes its place, the one it is the same as.
//!
//! None of it depends on the day asked about.

use std::collections::BTreeMap;

use crate::deal::event::agreement_registered::{Class, Instrument};
use crate::deal::event::linked::Relation;
use crate::deal::value::ids::StreamId;
use crate::deal::value::money::{Money, MoneyKind};
use crate::projection::description::AgreementInfo;

/// What others make of an agreement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Ties {
    /// The registered agreement that takes its place, if one does.
    pub superseded_by: Option<StreamId>,
    /// The agreement it is the same as, if it was registered twice.
    pub duplicate_of: Option<StreamId>,
    /// Whether the agreement it is the same as belongs to another package, or to none.
    pub original_elsewhere: bool,
    /// The package it belongs to, if that package is registered.
    pub package: Option<StreamId>,
}

/// What an agreement says of others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Says {
    /// The package it says it belongs to.
    pub package: Option<StreamId>,
    /// The agreement it says it is the same as.
    pub same_as: Option<StreamId>,
    /// The agreements whose place it takes, with the position of the link.
    pub supersedes: Box<[(u64, StreamId)]>,
}

impl Says {
    /// What an agreement says.
    #[must_use]
    pub fn of(info: &AgreementInfo<'_>) -> Self {
        let links = || info.links.iter().filter(|link| link.target != info.id);
        let supersedes = links().filter(|link| link.relation == Relation::Supersedes);
        let mut same = links().filter(|link| link.relation == Relation::DuplicateOf);
        Self {
            package: info.package.map(|stated| *stated.value),
            same_as: same.next().map(|link| link.target),
            supersedes: supersedes
                .map(|link| (link.fact.seq(), link.target))
                .collect(),
        }
    }
}

/// So many definitions of a policy a mask has room for.
pub(super) const DEFINITIONS: usize = 16;

/// An agreement as it is counted into sums.
pub trait Summed {
    /// Its stream.
    fn id(&self) -> StreamId;
    /// What others make of it.
    fn ties(&self) -> &Ties;
    /// Practical or institutional.
    fn class(&self) -> Class;
    /// What kind of paper it is.
    fn instrument(&self) -> Instrument;
    /// Whether it was signed by the day.
    fn is_signed(&self) -> bool;
    /// Whether any step was reached by the day.
    fn has_step(&self) -> bool;
    /// Whether it meets a definition of the policy, by its place in it.
    fn meets(&self, definition: usize) -> bool;
    /// Which of the first definitions of a policy of so many it meets, a bit each.
    fn met(&self, definitions: usize) -> u16 {
        let met = (0..definitions.min(DEFINITIONS)).filter(|place| self.meets(*place));
        met.fold(0, |all, place| all | 1 << place)
    }
    /// The money that stands.
    fn money(&self) -> impl Iterator<Item = &Money>;

    /// Calls `each` with the declared money that stands.
    fn each_declared(&self, each: impl FnMut(&Money)) {
        let declared = |money: &&Money| money.kind() == MoneyKind::Declared;
        self.money().filter(declared).for_each(each);
    }

    /// Whether it counts: superseded agreements and duplicates do not, terminated ones do.
    #[inline]
    fn counts(&self) -> bool {
        self.ties().counts()
    }

    /// Whether it is an investment deal.
    #[inline]
    fn is_practical(&self) -> bool {
        self.class() == Class::Practical
    }

    /// Whether it is in the denominator of conversion: a practical agreement that counts, and that
    /// belongs to a package or was signed by the day.
    #[inline]
    fn is_in_denominator(&self) -> bool {
        let announced = || self.ties().package.is_some() || self.is_signed();
        self.counts() && self.is_practical() && announced()
    }
}

impl Ties {
    /// Whether the agreement counts: superseded ones and duplicates do not, terminated ones do.
    #[inline]
    #[must_use]
    pub fn counts(&self) -> bool {
        self.superseded_by.is_none() && self.duplicate_of.is_none()
    }

    /// Whether the agreement was declared in its package and is counted elsewhere or not at all: superseded, or
    /// the same as an agreement that is not of its package.
    #[inline]
    #[must_use]
    pub fn is_gone(&self) -> bool {
        match self.duplicate_of {
            Some(_) => self.original_elsewhere,
            None => self.superseded_by.is_some(),
        }
    }

    /// The ties of one agreement, when it is known which were superseded. `registered` tells what a registered agreement says,
    /// `is_package` whether a stream is a registered package.
    pub fn of<'c>(
        id: StreamId,
        says: &Says,
        superseded: &BTreeMap<StreamId, StreamId>,
        registered: impl Fn(StreamId) -> Option<&'c Says>,
        is_package: impl Fn(StreamId) -> bool,
    ) -> Self {
        let package_of = |says: &Says| says.package.filter(|named| is_package(*named));
        let package = package_of(says);
        let original = says.same_as.and_then(&registered);
        let elsewhere = |original: &Says| package_of(original).is_none_or(|of| package != Some(of));
        Self {
            superseded_by: superseded.get(&id).copied(),
            original_elsewhere: original.is_some_and(elsewhere),
            duplicate_of: says.same_as.filter(|_| original.is_some()),
            package,
        }
    }
}

/// Which agreements had their place taken, and by which of these registered ones; the one linked first of several.
pub fn superseded<'c>(
    registered: impl Iterator<Item = (StreamId, &'c Says)>,
) -> BTreeMap<StreamId, StreamId> {
    let mut links: Vec<(u64, StreamId, StreamId)> = Vec::new();
    for (id, says) in registered {
        let mine = says.supersedes.iter();
        links.extend(mine.map(|(seq, target)| (*seq, *target, id)));
    }
    links.sort_unstable();
    let mut superseded = BTreeMap::new();
    for (_, target, by) in links {
        superseded.entry(target).or_insert(by);
    }
    superseded
}
