//! What others make of an agreement: the package it belongs to, the one that takes its place, the one it is the same as.
//!
//! None of it depends on the day asked about.

use std::collections::BTreeMap;

use crate::deal::event::agreement_registered::{Class, Instrument};
use crate::deal::value::ids::StreamId;
use crate::deal::value::money::Money;

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
pub trait Tying {
    /// Its stream.
    fn id(&self) -> StreamId;
    /// Whether its registration stands.
    fn is_registered(&self) -> bool;
    /// The package it says it belongs to.
    fn named_package(&self) -> Option<StreamId>;
    /// The agreement it says it is the same as.
    fn same_as(&self) -> Option<StreamId>;
    /// The agreements whose place it takes, with the position of the link.
    fn supersedes(&self) -> &[(u64, StreamId)];
}

/// An agreement as it is counted into sums.
pub trait Summed {
    /// Its stream.
    fn id(&self) -> StreamId;
    /// What others make of it.
    fn ties(&self) -> Ties;
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
    /// The money that stands.
    fn money(&self) -> impl Iterator<Item = &Money>;

    /// Whether it counts: superseded agreements and duplicates do not, terminated ones do.
    fn counts(&self) -> bool {
        self.ties().counts()
    }

    /// Whether it is an investment deal.
    fn is_practical(&self) -> bool {
        self.class() == Class::Practical
    }

    /// Whether it is in the denominator of conversion: a practical agreement that counts, and that
    /// belongs to a package or was signed by the day.
    fn is_in_denominator(&self) -> bool {
        let announced = || self.ties().package.is_some() || self.is_signed();
        self.counts() && self.is_practical() && announced()
    }
}

impl Ties {
    /// Whether the agreement counts: superseded ones and duplicates do not, terminated ones do.
    #[must_use]
    pub fn counts(&self) -> bool {
        self.superseded_by.is_none() && self.duplicate_of.is_none()
    }

    /// Whether the agreement was declared in its package and is counted elsewhere or not at all: superseded, or
    /// the same as an agreement that is not of its package.
    #[must_use]
    pub fn is_gone(&self) -> bool {
        match self.duplicate_of {
            Some(_) => self.original_elsewhere,
            None => self.superseded_by.is_some(),
        }
    }

    /// The ties of one agreement, when it is known which were superseded. `registered` gives a registered agreement,
    /// `is_package` says whether a stream is a registered package.
    pub fn of<'c, T: Tying + 'c>(
        one: &T,
        superseded: &BTreeMap<StreamId, StreamId>,
        registered: impl Fn(StreamId) -> Option<&'c T>,
        is_package: impl Fn(StreamId) -> bool,
    ) -> Self {
        let package_of = |one: &T| one.named_package().filter(|named| is_package(*named));
        let package = package_of(one);
        let original = one.same_as().and_then(registered);
        let elsewhere = |original: &T| package_of(original).is_none_or(|of| package != Some(of));
        Self {
            superseded_by: superseded.get(&one.id()).copied(),
            original_elsewhere: original.is_some_and(elsewhere),
            duplicate_of: original.map(Tying::id),
            package,
        }
    }
}

/// Which agreements had their place taken, and by which; the one linked first of several.
pub fn superseded<'c, T: Tying + 'c>(
    all: impl Iterator<Item = &'c T>,
) -> BTreeMap<StreamId, StreamId> {
    let mut links: Vec<(u64, StreamId, StreamId)> = Vec::new();
    for one in all.filter(|one| one.is_registered()) {
        let mine = one.supersedes().iter();
        links.extend(mine.map(|(seq, target)| (*seq, *target, one.id())));
    }
    links.sort_unstable();
    let mut superseded = BTreeMap::new();
    for (_, target, by) in links {
        superseded.entry(target).or_insert(by);
    }
    superseded
}
