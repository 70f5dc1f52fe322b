//! What is counted of agreements, without looking at their courses.
//!
//! A report counts every agreement and names few. What it counts of them stands together by the numbers of their streams, so
//! that counting a hundred thousand reads three lines of memory of each, most of them one behind the other, and not their courses.

#[cfg(test)]
mod tests;

use std::sync::Arc;

use chrono::NaiveDate;

use super::ties::DEFINITIONS;
use crate::deal::event::agreement_registered::{Class, Instrument};
use crate::deal::value::money::Money;

/// What is counted of so many streams stands in one piece of memory; where one changes, the piece is made anew.
const PIECE: usize = 256;

/// What is counted of an agreement on any day.
#[derive(Debug, Clone, Copy)]
pub struct Gist {
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
    /// Where its stretches of days begin and end in the piece.
    pub(super) start: u32,
    pub(super) end: u32,
    /// Where any money that ever stands begins and ends in the piece.
    pub(super) money: (u32, u32),
    /// Where its corrections and withdrawals do.
    pub(super) amendments: (u32, u32),
}

/// What is counted of many agreements, by the numbers of their streams; copies share it.
#[derive(Debug, Clone, Default)]
pub struct Gists {
    pieces: Vec<Arc<Piece>>,
}

/// What is counted of some. The first days of stretches stand apart from them: whoever looks for a day reads the days and one
/// stretch.
#[derive(Debug, Default)]
struct Piece {
    gists: Vec<Option<Gist>>,
    from: Vec<NaiveDate>,
    stretches: Vec<Stretch>,
    money: Vec<Money>,
    amendments: Vec<Amendment>,
}

/// A correction or withdrawal: its position and civil day.
pub type Amendment = (u64, NaiveDate);

/// What is counted of an agreement on a day.
#[derive(Debug, Clone, Copy)]
pub struct Counted<'c> {
    /// On any day.
    pub gist: &'c Gist,
    /// On this one.
    pub(super) stretch: &'c Stretch,
    /// Where that stretch of days stands among all.
    pub(super) place: usize,
    /// Any money that ever stands.
    pub(super) money: &'c [Money],
    /// Its corrections and withdrawals.
    pub(super) amendments: &'c [Amendment],
}

/// What is to be counted of an agreement from now on.
#[derive(Debug, Clone, Copy)]
pub struct Change<'c> {
    /// On any day; it has no place yet.
    pub(super) gist: Gist,
    /// Any money that ever stands, with the positions of the facts that state it.
    pub(super) money: &'c [(u64, Money)],
    /// Its corrections and withdrawals.
    pub(super) amendments: &'c [Amendment],
    /// By the first day of each stretch of days.
    pub(super) stretches: &'c [(NaiveDate, Stretch)],
}

/// With the number of the stream of which it is counted; nothing is counted of one without a registration of an agreement.
pub type Numbered<'c> = (u32, Option<Change<'c>>);

/// None, one, or so many that they are looked up where they stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Single<T> {
    /// There is none.
    None,
    /// There is this one.
    One(T),
    /// There are several.
    Several,
}

impl<'t, T> Single<&'t T> {
    pub(super) fn of(mut all: impl Iterator<Item = &'t T>) -> Self {
        match (all.next(), all.next()) {
            (None, _) => Self::None,
            (Some(one), None) => Self::One(one),
            (Some(_), Some(_)) => Self::Several,
        }
    }

    pub(super) fn copied(self) -> Single<T>
    where
        T: Copy,
    {
        match self {
            Self::None => Single::None,
            Self::One(one) => Single::One(*one),
            Self::Several => Single::Several,
        }
    }
}

/// A stretch of days on which nothing changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stretch {
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
    /// The declared money that stands, by its place among all money that ever does.
    pub(super) declared: Single<u32>,
    /// The first definitions of the policy, a bit each: which of them are met.
    pub(super) met: u16,
}

impl Gists {
    /// What is counted on a day of the agreement whose stream has a number.
    #[inline]
    #[must_use]
    pub fn on(&self, number: u32, day: NaiveDate) -> Option<Counted<'_>> {
        let (piece, gist) = self.find(number)?;
        let days = gist.start as usize..gist.end as usize;
        let later = piece.from.get(days.clone())?;
        let later = later.partition_point(|from| *from <= day);
        let place = later.checked_sub(1)?;
        Some(Counted {
            gist,
            stretch: piece.stretches.get(days.start.checked_add(place)?)?,
            place,
            money: span(&piece.money, gist.money),
            amendments: span(&piece.amendments, gist.amendments),
        })
    }

    /// What is counted of it on any day.
    #[must_use]
    pub fn gist(&self, number: u32) -> Option<&Gist> {
        self.find(number).map(|(_, gist)| gist)
    }

    /// The first days of its stretches of days, in order.
    #[must_use]
    pub fn days(&self, number: u32) -> &[NaiveDate] {
        let found = self.find(number);
        found.map_or(&[], |(piece, gist)| {
            span(&piece.from, (gist.start, gist.end))
        })
    }

    /// Its corrections and withdrawals.
    #[must_use]
    pub fn amendments(&self, number: u32) -> &[Amendment] {
        let found = self.find(number);
        found.map_or(&[], |(piece, gist)| {
            span(&piece.amendments, gist.amendments)
        })
    }

    #[inline]
    fn find(&self, number: u32) -> Option<(&Piece, &Gist)> {
        let number = number as usize;
        let piece = self.pieces.get(number / PIECE)?;
        let gist = piece.gists.get(number % PIECE)?.as_ref()?;
        Some((piece, gist))
    }

    /// The same of the first so many streams.
    #[must_use]
    pub fn prefix(&self, streams: usize) -> Self {
        let whole = self.pieces.iter().take(streams / PIECE).cloned();
        let last = self.pieces.get(streams / PIECE);
        let last = last.filter(|_| !streams.is_multiple_of(PIECE));
        let last = last.map(|piece| Arc::new(piece.with(streams % PIECE, Vec::new())));
        Self {
            pieces: whole.chain(last).collect(),
        }
    }

    /// Takes in what changed, each stream once.
    pub fn put(&mut self, mut changes: Vec<Numbered<'_>>) {
        changes.sort_unstable_by_key(|(number, _)| *number);
        let mut changes = changes.into_iter().peekable();
        while let Some((first, _)) = changes.peek() {
            let at = *first as usize / PIECE;
            let of_piece = |(number, _): &(u32, _)| *number as usize / PIECE == at;
            let mut mine: Vec<(usize, Option<Change<'_>>)> = Vec::new();
            while let Some((number, change)) = changes.next_if(of_piece) {
                mine.push((number as usize % PIECE, change));
            }
            if self.pieces.len() <= at {
                self.pieces.resize_with(at.saturating_add(1), Arc::default);
            }
            if let Some(slot) = self.pieces.get_mut(at) {
                *slot = Arc::new(slot.with(PIECE, mine));
            }
        }
    }
}

impl Piece {
    /// The piece of the first so many streams with these changes, no larger than it is.
    fn with(&self, streams: usize, changes: Vec<(usize, Option<Change<'_>>)>) -> Self {
        let last = changes.last().map(|(place, _)| place.saturating_add(1));
        let length = self.gists.len().max(last.unwrap_or(0)).min(streams);
        let more = || changes.iter().filter_map(|(_, change)| change.as_ref());
        let days = more().map(|change| change.stretches.len());
        let days = days.fold(self.from.len(), usize::saturating_add);
        let money = more().map(|change| change.money.len());
        let money = money.fold(self.money.len(), usize::saturating_add);
        let mut piece = Self {
            gists: Vec::with_capacity(length),
            from: Vec::with_capacity(days),
            stretches: Vec::with_capacity(days),
            money: Vec::with_capacity(money),
            amendments: Vec::new(),
        };
        let mut changes = changes.into_iter().peekable();
        for place in 0..length {
            match changes.next_if(|(changed, _)| *changed == place) {
                Some((_, Some(change))) => piece.add(change),
                Some((_, None)) => piece.gists.push(None),
                None => piece.copy(self, place),
            }
        }
        // What changed took the place of what was there; the room for both is given back.
        piece.from.shrink_to_fit();
        piece.stretches.shrink_to_fit();
        piece.money.shrink_to_fit();
        piece.amendments.shrink_to_fit();
        piece
    }

    fn add(&mut self, change: Change<'_>) {
        let start = place(&self.stretches);
        for (from, stretch) in change.stretches {
            self.from.push(*from);
            self.stretches.push(stretch.clone());
        }
        let first = place(&self.money);
        let money = change.money.iter().map(|(_, money)| money.clone());
        self.money.extend(money);
        self.gists.push(Some(Gist {
            money: (first, place(&self.money)),
            amendments: put(&mut self.amendments, change.amendments),
            start,
            end: place(&self.stretches),
            ..change.gist
        }));
    }

    /// Adds what another piece has at a place.
    fn copy(&mut self, other: &Self, at: usize) {
        let Some(gist) = other.gists.get(at).copied().flatten() else {
            self.gists.push(None);
            return;
        };
        let start = place(&self.stretches);
        let days = (gist.start, gist.end);
        self.from.extend_from_slice(span(&other.from, days));
        self.stretches
            .extend_from_slice(span(&other.stretches, days));
        self.gists.push(Some(Gist {
            money: put(&mut self.money, span(&other.money, gist.money)),
            amendments: put(
                &mut self.amendments,
                span(&other.amendments, gist.amendments),
            ),
            start,
            end: place(&self.stretches),
            ..gist
        }));
    }
}

/// Some of what stands one behind the other.
#[inline]
pub(super) fn span<T>(things: &[T], (first, end): (u32, u32)) -> &[T] {
    let some = things.get(first as usize..end as usize);
    some.unwrap_or_default()
}

/// Puts things behind the others, and tells where they stand.
fn put<T: Clone>(things: &mut Vec<T>, more: &[T]) -> (u32, u32) {
    let first = place(things);
    things.extend_from_slice(more);
    (first, place(things))
}

/// The place behind the last one. A piece is about few agreements, none of which has a million days.
fn place<T>(things: &[T]) -> u32 {
    u32::try_from(things.len()).unwrap_or(u32::MAX)
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
