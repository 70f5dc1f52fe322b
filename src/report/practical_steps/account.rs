//! What each agreement has to do with the period of a report, found out once for every part of it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU16, Ordering};

use chrono::NaiveDate;

use crate::deal::value::ids::StreamId;
use crate::projection::portfolio::gist::Single;
use crate::projection::portfolio::register::{Entry, Register};
use crate::projection::portfolio::ties::Summed;
use crate::report::past::Earlier;

/// The period of a report.
#[derive(Debug, Clone, Copy)]
pub(super) struct Period<'a> {
    /// Its first day; without one there is no lower bound.
    pub(super) since: Option<NaiveDate>,
    /// Its last day.
    pub(super) until: NaiveDate,
    /// The issue the report follows.
    pub(super) follows: Option<&'a Earlier>,
}

impl Period<'_> {
    /// Whether a day is not before the first one.
    pub(super) fn is_recent(self, day: NaiveDate) -> bool {
        self.since.is_none_or(|since| day >= since)
    }

    /// Whether a day is in the period.
    pub(super) fn has(self, day: NaiveDate) -> bool {
        self.is_recent(day) && day <= self.until
    }
}

/// What an agreement has to do with a part of the report; several together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Marks(u16);

impl Marks {
    /// Its steps are told among those of investment deals: an agreement registered twice is told once.
    pub(super) const PRACTICAL: Self = Self(1);
    /// Its steps are told among those of documents between institutions.
    pub(super) const INSTITUTIONAL: Self = Self(1 << 1);
    /// It was signed in the period.
    pub(super) const SIGNED: Self = Self(1 << 2);
    /// Steps were reached in the period.
    pub(super) const STEPS: Self = Self(1 << 3);
    /// Steps were reached in the period, or reversed.
    pub(super) const MOVED: Self = Self(1 << 4);
    /// A step was confirmed further in the period.
    pub(super) const RAISED: Self = Self(1 << 5);
    /// Steps before the period were learned only in it, or since the issue that is followed.
    pub(super) const LEARNED: Self = Self(1 << 6);
    /// Expectations are open.
    pub(super) const EXPECTS: Self = Self(1 << 7);
    /// Obstacles stand.
    pub(super) const OBSTRUCTED: Self = Self(1 << 8);
    /// Sources make claims on it.
    pub(super) const CLAIMED: Self = Self(1 << 9);
    /// Something of it was inferred.
    pub(super) const INFERRED: Self = Self(1 << 10);
    /// It is in the denominator of conversion.
    pub(super) const IN_DENOMINATOR: Self = Self(1 << 11);
    /// It is, and no step was reached.
    pub(super) const WITHOUT_STEP: Self = Self(1 << 12);
    /// It counts.
    pub(super) const COUNTS: Self = Self(1 << 13);
    /// It counts, and belongs to no registered package.
    pub(super) const OUTSIDE: Self = Self(1 << 14);

    /// Both.
    pub(super) const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// With another one, if that is given.
    #[inline]
    const fn and_if(self, mark: Self, given: bool) -> Self {
        Self(self.0 | if given { mark.0 } else { 0 })
    }

    /// That its steps are told in a part.
    pub(super) const fn told(practical: bool) -> Self {
        if practical {
            Self::PRACTICAL
        } else {
            Self::INSTITUTIONAL
        }
    }

    const fn has(self, all: Self) -> bool {
        self.0 & all.0 == all.0
    }
}

/// A registered agreement in a period.
#[derive(Debug, Clone, Copy)]
pub(super) struct Account<'r> {
    /// What it comes to on the last day.
    pub(super) entry: Entry<'r>,
    /// What it did in the period.
    tally: Tally,
}

/// What was counted of an agreement in a period.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Tally {
    /// How many steps were reached in the period.
    pub(super) steps: u64,
    /// How many steps before the period were learned only in it, or since the issue that is followed.
    pub(super) learned: u64,
}

/// The registered agreements in scope.
#[derive(Debug, Default)]
pub(super) struct Accounts {
    /// The marks of each, by the numbers of their streams; most parts of a report are about few agreements.
    marks: Vec<Marks>,
    /// The marks of all agreements by reference; those that are not in scope have none.
    in_order: Vec<Marks>,
    /// How many have exactly the same marks; there are few such sets.
    counts: Vec<(Marks, u64)>,
    /// Of those that did something in the period, by their numbers.
    tallies: BTreeMap<u32, Tally>,
    rest: Rest,
}

/// The marks of agreements while they are counted on several cores, by the numbers of their streams: each is written once.
#[derive(Debug)]
pub(super) struct Sheet(Vec<AtomicU16>);

impl Sheet {
    /// Nothing is marked yet of so many streams.
    pub(super) fn of(streams: usize) -> Self {
        let mut marks = Vec::new();
        marks.resize_with(streams, AtomicU16::default);
        Self(marks)
    }

    fn mark(&self, number: u32, marks: Marks) {
        let slot = self.0.get(number as usize);
        // Whoever reads it has waited for the core that wrote it.
        slot.into_iter()
            .for_each(|slot| slot.store(marks.0, Ordering::Relaxed));
    }
}

/// Some of them: those counted in one go.
#[derive(Debug, Default)]
pub(super) struct Batch {
    tallies: Vec<(u32, Tally)>,
    rest: Rest,
}

/// What is counted of all together.
#[derive(Debug, Default)]
struct Rest {
    /// Of investment deals that count and are told of, by the number of the sector.
    sectors: Vec<InSector>,
    without_sector: InSector,
    expectations: u64,
    obstacles: u64,
    /// The positions of the corrections and withdrawals since the first day.
    amended: Vec<u64>,
    /// The packages of which agreements were signed or made a step in the period, as often as they did.
    moving: Vec<StreamId>,
}

/// What belongs to a sector.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct InSector {
    /// How many agreements.
    pub(super) agreements: u64,
    /// How many steps of theirs were reached in the period.
    pub(super) steps: u64,
}

impl InSector {
    pub(super) fn add(&mut self, more: Self) {
        self.agreements = self.agreements.saturating_add(more.agreements);
        self.steps = self.steps.saturating_add(more.steps);
    }
}

impl Rest {
    fn sector(&mut self, number: u32) -> Option<&mut InSector> {
        let place = number as usize;
        if place >= self.sectors.len() {
            let length = place.saturating_add(1);
            self.sectors.resize_with(length, InSector::default);
        }
        self.sectors.get_mut(place)
    }

    fn in_sector(&mut self, number: u32, more: InSector) {
        let row = self.sector(number);
        row.into_iter().for_each(|row| row.add(more));
    }

    fn add(&mut self, more: &Self) {
        for (number, row) in (0..).zip(&more.sectors) {
            self.in_sector(number, *row);
        }
        self.without_sector.add(more.without_sector);
        self.expectations = self.expectations.saturating_add(more.expectations);
        self.obstacles = self.obstacles.saturating_add(more.obstacles);
        self.amended.extend_from_slice(&more.amended);
        self.moving.extend_from_slice(&more.moving);
    }
}

impl Batch {
    /// Nothing is counted yet, and there are so many sectors.
    pub(super) fn of(sectors: usize) -> Self {
        let mut batch = Self::default();
        batch.rest.sectors.reserve_exact(sectors);
        batch
    }

    /// Takes in the agreement whose stream has a number, and marks it.
    pub(super) fn take(
        &mut self,
        number: u32,
        account: &Account<'_>,
        period: Period<'_>,
        sheet: &Sheet,
    ) {
        let (marks, tally) = (account.marked(period), account.tally);
        let on = &account.entry.on;
        if marks.has(Marks::SIGNED) || marks.has(Marks::STEPS) {
            self.rest.moving.extend(account.entry.ties.package);
        }
        if marks.has(Marks::PRACTICAL.and(Marks::COUNTS)) {
            let one = InSector {
                agreements: 1,
                steps: tally.steps,
            };
            match account.entry.on.counted.gist.sectors {
                Single::None => self.rest.without_sector.add(one),
                Single::One(sector) => self.rest.in_sector(sector, one),
                Single::Several => {
                    let sectors = account.entry.course().sectors.iter();
                    sectors.for_each(|sector| self.rest.in_sector(*sector, one));
                }
            }
        }
        let more = |of: &mut u64, more: u32| *of = of.saturating_add(more.into());
        more(&mut self.rest.expectations, on.expectations());
        more(&mut self.rest.obstacles, on.obstacles());
        let amended = on.amended().iter();
        let recent = amended.filter(|(_, day)| period.is_recent(*day));
        self.rest.amended.extend(recent.map(|(seq, _)| *seq));
        sheet.mark(number, marks);
        if tally != Tally::default() {
            self.tallies.push((number, tally));
        }
    }
}

impl Accounts {
    /// All of them together; `order` has the numbers of all agreements by reference.
    pub(super) fn of(batches: Vec<Batch>, sheet: Sheet, order: &[u32]) -> Self {
        let marks = sheet.0.into_iter();
        let mut all = Self {
            marks: marks.map(|marks| Marks(marks.into_inner())).collect(),
            ..Self::default()
        };
        all.counts = counts(&all.marks);
        for batch in batches {
            all.tallies.extend(batch.tallies);
            all.rest.add(&batch.rest);
        }
        let marks = order.iter().map(|number| all.marks.get(*number as usize));
        all.in_order = marks.map(|one| one.copied().unwrap_or(Marks(0))).collect();
        all
    }

    /// Where those that have all of these marks stand among all agreements by reference, in that order.
    pub(super) fn places(&self, marks: Marks) -> impl Iterator<Item = usize> {
        let all = self.in_order.iter().enumerate();
        all.filter(move |(_, has)| has.has(marks))
            .map(|(place, _)| place)
    }

    /// The packages of which agreements were signed or made a step in the period.
    pub(super) fn moving(&self) -> BTreeSet<StreamId> {
        self.rest.moving.iter().copied().collect()
    }

    /// Whether the agreement whose stream has a number has all of these marks.
    pub(super) fn has(&self, number: u32, marks: Marks) -> bool {
        let has = self.marks.get(number as usize);
        has.is_some_and(|has| has.has(marks))
    }

    /// How many have all of these marks.
    pub(super) fn count(&self, marks: Marks) -> u64 {
        let counts = self.counts.iter().filter(|(has, _)| has.has(marks));
        counts.fold(0, |all, (_, count)| all.saturating_add(*count))
    }

    /// What those with all of these marks did in the period, if they did anything.
    pub(super) fn tallies(&self, marks: Marks) -> impl Iterator<Item = Tally> {
        let tallies = self.tallies.iter();
        let marked = tallies.filter(move |(number, _)| self.has(**number, marks));
        marked.map(|(_, tally)| *tally)
    }

    /// What one did in the period.
    pub(super) fn tally(&self, number: u32) -> Tally {
        self.tallies.get(&number).copied().unwrap_or_default()
    }

    /// How many expectations are open.
    pub(super) fn expectations(&self) -> u64 {
        self.rest.expectations
    }

    /// How many obstacles stand.
    pub(super) fn obstacles(&self) -> u64 {
        self.rest.obstacles
    }

    /// The positions of the corrections and withdrawals of their facts since the first day, in no order.
    pub(super) fn amended(&self) -> &[u64] {
        &self.rest.amended
    }

    /// The investment deals of a sector that count and are told of, by its number.
    pub(super) fn in_sector(&self, number: u32) -> InSector {
        let row = self.rest.sectors.get(number as usize);
        row.copied().unwrap_or_default()
    }

    /// Those of no sector.
    pub(super) fn without_sector(&self) -> InSector {
        self.rest.without_sector
    }
}

/// How many have exactly the same marks.
fn counts(all: &[Marks]) -> Vec<(Marks, u64)> {
    let mut counts = vec![0_u64; usize::from(u16::MAX).saturating_add(1)];
    for marks in all {
        let slot = counts.get_mut(usize::from(marks.0));
        slot.into_iter()
            .for_each(|count| *count = count.saturating_add(1));
    }
    let counts = (0..=u16::MAX).zip(counts).filter(|(_, count)| *count > 0);
    counts.map(|(marks, count)| (Marks(marks), count)).collect()
}

impl<'r> Account<'r> {
    pub(super) fn of(entry: Entry<'r>, register: &Register<'_>, period: Period<'_>) -> Self {
        let since = period.since;
        let has_news = since.is_none_or(|since| entry.on.has_news_since(since));
        let tally = Tally {
            steps: match has_news {
                true => entry.steps_between(since, period.until),
                false => 0,
            },
            learned: learned(&entry, register, period),
        };
        Self { entry, tally }
    }

    fn marked(&self, period: Period<'_>) -> Marks {
        let (entry, on) = (&self.entry, self.entry.on);
        let is_told = entry.ties.duplicate_of.is_none();
        let is_practical = entry.is_practical();
        // Most agreements have no news of the period, and nothing more of them is looked at.
        let has_news = period.since.is_none_or(|since| on.has_news_since(since));
        let signed = has_news.then(|| on.signed()).flatten();
        let steps = has_news.then(|| on.steps());
        let mut raised = steps.into_iter().flatten().flat_map(|step| &step.raised);
        let in_denominator = entry.is_in_denominator();
        let is_outside = entry.counts() && entry.ties.package.is_none();
        let has_steps = self.tally.steps > 0;
        let is_moved = has_steps || (has_news && on.reversals().any(|day| period.is_recent(day)));
        Marks(0)
            .and_if(Marks::PRACTICAL, is_told && is_practical)
            .and_if(Marks::INSTITUTIONAL, is_told && !is_practical)
            .and_if(
                Marks::SIGNED,
                signed.is_some_and(|signed| period.has(signed.day)),
            )
            .and_if(Marks::STEPS, has_steps)
            .and_if(Marks::MOVED, is_moved)
            .and_if(Marks::RAISED, raised.any(|day| period.has(*day)))
            .and_if(Marks::LEARNED, self.tally.learned > 0)
            .and_if(Marks::EXPECTS, on.expectations() > 0)
            .and_if(Marks::OBSTRUCTED, on.obstacles() > 0)
            .and_if(Marks::CLAIMED, on.claims() > 0)
            .and_if(Marks::INFERRED, on.inferred() > 0)
            .and_if(Marks::IN_DENOMINATOR, in_denominator)
            .and_if(Marks::WITHOUT_STEP, in_denominator && !entry.has_step())
            .and_if(Marks::COUNTS, entry.counts())
            .and_if(Marks::OUTSIDE, is_outside)
    }
}

fn learned(entry: &Entry<'_>, register: &Register<'_>, period: Period<'_>) -> u64 {
    let Some(since) = period.since else {
        return 0;
    };
    let earlier = || entry.on.steps().filter(|step| step.day < since);
    let Some(follows) = period.follows else {
        if !entry.on.has_learned_since(since) {
            return 0;
        }
        return earlier().filter(|step| step.learned_day >= since).count() as u64;
    };
    if !earlier().any(|step| step.is_moved) {
        let learned = earlier().filter(|step| step.learned >= follows.known_at);
        return learned.count() as u64;
    }
    // When a moved fact was learned stands in the book it came from.
    let position = Some((register.status, follows.known_at));
    let learned = register.told(entry.id()).map(|told| {
        let steps = told.standing.steps_learned_since(since, position);
        steps.count() as u64
    });
    learned.unwrap_or(0)
}
