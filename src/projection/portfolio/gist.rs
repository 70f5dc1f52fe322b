//! What is counted of an agreement without looking at its course.
//!
//! A report counts every agreement and names few. What it counts stands together, so that counting a hundred thousand
//! agreements reads a few lines of memory of each and not the whole of its course.

use std::sync::Arc;

use chrono::NaiveDate;

use crate::deal::event::agreement_registered::{Class, Instrument};
use crate::deal::value::ids::StreamId;
use crate::deal::value::money::Money;

/// How many definitions of a policy a stretch of days knows of by itself.
const DEFINITIONS: usize = 16;

/// What is counted of an agreement on any day.
#[derive(Debug, Clone)]
pub struct Gist {
    /// Its stream.
    pub id: StreamId,
    /// Practical or institutional.
    pub class: Class,
    /// What kind of paper it is.
    pub instrument: Instrument,
    /// Whether its registration stands.
    pub is_registered: bool,
    /// Whether it says of no agreement that it is the same.
    pub is_alone: bool,
    /// Its sectors, by their numbers.
    pub sectors: Single<u32>,
    /// The last civil day on which a fact of it was corrected or withdrawn.
    pub amended: Option<NaiveDate>,
    /// Any money that ever stands.
    pub(super) money: Single<Money>,
    pub(super) stretches: Stretches,
}

/// None, one, or so many that they are looked up where they stand.
#[derive(Debug, Clone)]
pub enum Single<T> {
    /// There is none.
    None,
    /// There is this one.
    One(T),
    /// There are several.
    Several,
}

impl<T: Clone> Single<T> {
    pub(super) fn of<'t>(mut all: impl Iterator<Item = &'t T>) -> Self
    where
        T: 't,
    {
        match (all.next(), all.next()) {
            (None, _) => Self::None,
            (Some(one), None) => Self::One(one.clone()),
            (Some(_), Some(_)) => Self::Several,
        }
    }
}

/// A stretch of days on which nothing changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stretch {
    /// The last day on which a milestone was reached or raised, or a step reversed.
    pub(super) news: NaiveDate,
    /// The last civil day on which a milestone was learned.
    pub(super) learned: NaiveDate,
    /// How many expectations are open.
    pub(super) expectations: u32,
    /// How many obstacles stand.
    pub(super) obstacles: u32,
    /// How many fields or topics sources make claims on.
    pub(super) claims: u32,
    /// How many facts carry a remark on what was inferred.
    pub(super) inferred: u32,
    /// Whether it was signed.
    pub(super) is_signed: bool,
    /// Whether any step was reached.
    pub(super) has_step: bool,
    /// How many amounts of money stand.
    pub(super) amounts: u32,
    /// The first definitions of the policy, a bit each: which of them are met.
    pub(super) met: u16,
}

/// The stretches of days of one agreement, in order; those of many may stand in one block.
#[derive(Debug, Clone)]
pub(super) struct Stretches {
    block: Arc<Block>,
    start: usize,
    end: usize,
}

/// Stretches of days, and apart from them the first day of each: whoever looks for a day reads the days and one stretch.
#[derive(Debug, Default)]
struct Block {
    from: Vec<NaiveDate>,
    stretches: Vec<Stretch>,
}

impl PartialEq for Stretches {
    fn eq(&self, other: &Self) -> bool {
        self.from() == other.from() && self.as_slice() == other.as_slice()
    }
}

impl From<Vec<(NaiveDate, Stretch)>> for Stretches {
    fn from(all: Vec<(NaiveDate, Stretch)>) -> Self {
        let (from, stretches): (Vec<_>, Vec<_>) = all.into_iter().unzip();
        Self {
            start: 0,
            end: stretches.len(),
            block: Arc::new(Block { from, stretches }),
        }
    }
}

impl Stretches {
    fn as_slice(&self) -> &[Stretch] {
        let block = &self.block.stretches;
        block.get(self.start..self.end).unwrap_or_default()
    }

    /// The first day of each.
    fn from(&self) -> &[NaiveDate] {
        let block = &self.block.from;
        block.get(self.start..self.end).unwrap_or_default()
    }

    /// Puts those of several agreements into one block, in their order: whoever counts them one after the other reads it from
    /// one end to the other.
    pub(super) fn together(mut all: Vec<&mut Self>) {
        let stretches = all.iter().flat_map(|one| one.as_slice());
        let from = all.iter().flat_map(|one| one.from());
        let block = Arc::new(Block {
            from: from.copied().collect(),
            stretches: stretches.cloned().collect(),
        });
        let mut start = 0_usize;
        for one in &mut all {
            let end = start.saturating_add(one.as_slice().len());
            let block = Arc::clone(&block);
            **one = Self { block, start, end };
            start = end;
        }
    }
}

impl Stretch {
    /// Marks a definition of the policy as met, by its place in it.
    pub(super) fn meet(&mut self, definition: u32) {
        self.met |= 1_u16.checked_shl(definition).unwrap_or(0);
    }

    /// Whether a definition is met, by its place in the policy; `None` when that stands elsewhere.
    pub(super) fn meets(&self, definition: usize) -> Option<bool> {
        let place = u32::try_from(definition).ok();
        let place = place.filter(|_| definition < DEFINITIONS)?;
        Some(self.met.checked_shr(place).unwrap_or(0) & 1 == 1)
    }
}

impl Gist {
    /// Which stretch of days a day is in, and where it stands among all.
    pub(super) fn stretch_on(&self, day: NaiveDate) -> Option<(usize, &Stretch)> {
        let later = self.stretches.from().partition_point(|from| *from <= day);
        let place = later.checked_sub(1)?;
        Some((place, self.stretches.as_slice().get(place)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stretch() -> Stretch {
        Stretch {
            news: NaiveDate::MIN,
            learned: NaiveDate::MIN,
            expectations: 0,
            obstacles: 0,
            claims: 0,
            inferred: 0,
            is_signed: false,
            has_step: false,
            amounts: 0,
            met: 0,
        }
    }

    #[test]
    fn definitions_beyond_the_sixteenth_are_looked_up_where_they_stand() {
        for met in [0_u32, 3, 15, 16, 40] {
            let mut one = stretch();
            one.meet(met);
            for definition in 0..50_usize {
                let wanted = (definition < 16).then_some(definition == met as usize);
                assert_eq!(one.meets(definition), wanted, "{met}, {definition}");
            }
        }
    }

    #[test]
    fn one_alone_is_told_apart() {
        assert!(matches!(Single::of([0_u32; 0].iter()), Single::None));
        assert!(matches!(Single::of([7].iter()), Single::One(7)));
        assert!(matches!(Single::of([7, 7].iter()), Single::Several));
    }
}
