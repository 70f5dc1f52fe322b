//! What is counted of agreements, without looking at their courses.
//!
//! A report counts every agreement and names few. What it counts of them stands together by the numbers of their streams, so
//! that counting a hundred thousand reads three lines of memory of each, most of them one behind the other, and not their courses.

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
            declared: Single::None,
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

    /// What is kept of an agreement, written out plainly.
    type Plain = (u32, Vec<(NaiveDate, u32)>, Vec<(u64, Money)>);

    fn day(number: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2025, 1, 1).unwrap() + chrono::Days::new(number.into())
    }

    fn money(amount: u32) -> Money {
        let money = format!(
            r#"{{"amount":"{amount}","currency":"USD","kind":"declared","qualifier":"exact"}}"#
        );
        serde_json::from_str(&money).unwrap()
    }

    fn plain(number: u32, round: u32) -> Option<Plain> {
        let mixed = number.wrapping_mul(0x9e37_79b9).wrapping_add(round * 77);
        let stretches = (0..1 + mixed % 5).map(|n| (day(n * 10 + mixed % 7), mixed % 100 + n));
        let is_there = !mixed.is_multiple_of(6);
        is_there.then(|| {
            let money = (0..mixed % 3).map(|n| (n.into(), money(mixed % 1_000 + n)));
            (mixed, stretches.collect(), money.collect())
        })
    }

    fn put(gists: &mut Gists, changes: &[(u32, Option<Plain>)]) {
        type Stretches = Vec<(NaiveDate, Stretch)>;
        let stretches = changes.iter().map(|(_, plain)| {
            let days = plain.iter().flat_map(|(_, stretches, _)| stretches);
            let stretches = days.map(|(from, expectations)| {
                let expectations = *expectations;
                let counted = Stretch {
                    expectations,
                    ..stretch()
                };
                (*from, counted)
            });
            stretches.collect::<Stretches>()
        });
        let stretches: Vec<Stretches> = stretches.collect();
        let days_amended: Vec<Amendment> = (0..4).map(|n| (n, day(n as u32))).collect();
        let numbered = changes
            .iter()
            .zip(&stretches)
            .map(|((number, plain), days)| {
                let change = plain.as_ref().map(|(mixed, _, money)| Change {
                    gist: Gist {
                        class: Class::Practical,
                        instrument: Instrument::Contract,
                        is_registered: true,
                        is_alone: true,
                        sectors: Single::One(*mixed),
                        start: 0,
                        end: 0,
                        money: (0, 0),
                        amendments: (0, 0),
                    },
                    amendments: &days_amended[..(*mixed % 4) as usize],
                    money,
                    stretches: days,
                });
                (*number, change)
            });
        gists.put(numbered.collect());
    }

    fn same(gists: &Gists, wanted: &[Option<Plain>]) {
        for number in 0..900_u32 {
            let plain = wanted.get(number as usize).cloned().flatten();
            for on in (0..60).map(day) {
                let counted = gists.on(number, on);
                let wanted = plain.as_ref().and_then(|(mixed, stretches, money)| {
                    let place = stretches.iter().rposition(|(from, _)| *from <= on)?;
                    let money = money.iter().map(|(_, money)| money);
                    let amendments = u64::from(*mixed % 4);
                    Some((
                        *mixed,
                        place,
                        stretches[place].1,
                        money.collect::<Vec<_>>(),
                        amendments,
                    ))
                });
                let counted = counted.map(|one| {
                    let Single::One(mixed) = one.gist.sectors else {
                        panic!("it has one");
                    };
                    let money = one.money.iter().collect::<Vec<_>>();
                    let amendments = one.amendments.len() as u64;
                    (
                        mixed,
                        one.place,
                        one.stretch.expectations,
                        money,
                        amendments,
                    )
                });
                assert_eq!(counted, wanted, "{number} on {on}");
            }
        }
    }

    #[test]
    fn what_is_put_in_is_found_whatever_changed_beside_it() {
        let mut gists = Gists::default();
        let mut wanted: Vec<Option<Plain>> = (0..700).map(|number| plain(number, 0)).collect();
        let all = (0..).zip(wanted.iter().cloned());
        put(&mut gists, &all.collect::<Vec<_>>());
        same(&gists, &wanted);
        for round in 1..8 {
            let before = gists.clone();
            let earlier = wanted.clone();
            // Some change, some go, some are new; those between are left as they are.
            let changed = (0..700 + round * 20).filter(|number| number % (round * 13) == 5);
            let changed: Vec<_> = changed
                .map(|number| (number, plain(number, round)))
                .collect();
            for (number, plain) in &changed {
                let number = *number as usize;
                wanted.resize(wanted.len().max(number + 1), None);
                wanted[number] = plain.clone();
            }
            put(&mut gists, &changed);
            same(&gists, &wanted);
            same(&before, &earlier);
        }
        for streams in [0, 1, 255, 256, 257, 511, 512, 699] {
            same(&gists.prefix(streams), &wanted[..streams]);
        }
    }

    #[test]
    fn one_alone_is_told_apart() {
        assert!(matches!(Single::of([0_u32; 0].iter()), Single::None));
        assert!(matches!(Single::of([7].iter()), Single::One(7)));
        assert!(matches!(Single::of([7, 7].iter()), Single::Several));
    }
}
