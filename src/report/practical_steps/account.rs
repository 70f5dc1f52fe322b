//! What each agreement has to do with the period of a report, found out once for every part of it.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use crate::deal::value::ids::StreamId;
use crate::projection::Projection;
use crate::projection::portfolio::census::Census;
use crate::projection::portfolio::marks::Marks;
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
#[derive(Debug)]
pub(super) struct Accounts {
    /// The marks of each, by the numbers of their streams; most parts of a report are about few agreements.
    marks: Vec<Marks>,
    /// The marks of all agreements by reference; those that are not in scope have none.
    in_order: Vec<Marks>,
    /// How many have exactly the same marks; there are few such sets.
    counts: Vec<(Marks, u64)>,
    /// Of those that did something in the period, by their numbers.
    tallies: BTreeMap<u32, Tally>,
    /// The packages of which agreements were signed or made a step in the period.
    moving: BTreeSet<StreamId>,
    /// The steps of the period of investment deals that count and are told of, by the number of the sector.
    steps: BTreeMap<u32, u64>,
    steps_without_sector: u64,
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

impl Accounts {
    /// What the agreements of a census did in a period; `order` has the numbers of all agreements by reference.
    pub(super) fn of(
        census: &Census<'_, '_>,
        register: &Register<'_>,
        period: Period<'_>,
        order: &[u32],
    ) -> Self {
        let mut all = Self {
            marks: census.marks.clone(),
            in_order: Vec::new(),
            counts: Vec::new(),
            tallies: BTreeMap::new(),
            moving: BTreeSet::new(),
            steps: BTreeMap::new(),
            steps_without_sector: 0,
        };
        let news = with_news(census, register, period);
        let found = register.asked(&news, |number| {
            let account = Account::of(register.numbered(*number)?, register, period);
            Some((*number, account, account.marked(period)))
        });
        for (number, account, marks) in &found {
            all.take(*number, account, *marks);
        }
        (all.counts, all.in_order) = Marks::counted(&all.marks, order);
        all
    }

    /// Takes in what the agreement whose stream has a number did in the period.
    fn take(&mut self, number: u32, account: &Account<'_>, more: Marks) {
        let Some(marks) = self.marks.get_mut(number as usize) else {
            return;
        };
        *marks = marks.and(more);
        if more.has(Marks::SIGNED) || more.has(Marks::STEPS) {
            self.moving.extend(account.entry.ties.package);
        }
        let steps = account.tally.steps;
        if steps > 0 && marks.has(Marks::PRACTICAL.and(Marks::COUNTS)) {
            let sectors = &account.entry.course().sectors;
            for sector in sectors {
                let row = self.steps.entry(*sector).or_default();
                *row = row.saturating_add(steps);
            }
            if sectors.is_empty() {
                self.steps_without_sector = self.steps_without_sector.saturating_add(steps);
            }
        }
        if account.tally != Tally::default() {
            self.tallies.insert(number, account.tally);
        }
    }

    /// Where those that have all of these marks stand among all agreements by reference, in that order.
    pub(super) fn places(&self, marks: Marks) -> impl Iterator<Item = usize> {
        let all = self.in_order.iter().enumerate();
        all.filter(move |(_, has)| has.has(marks))
            .map(|(place, _)| place)
    }

    /// Whether agreements of a package were signed or made a step in the period.
    pub(super) fn is_moving(&self, package: StreamId) -> bool {
        self.moving.contains(&package)
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

    /// The steps of the period in a sector, by its number, or of none.
    pub(super) fn steps(&self, sector: Option<u32>) -> u64 {
        match sector {
            Some(sector) => self.steps.get(&sector).copied().unwrap_or(0),
            None => self.steps_without_sector,
        }
    }
}

/// Those of which anything may have happened in a period, by the numbers of their streams.
fn with_news(census: &Census<'_, '_>, register: &Register<'_>, period: Period<'_>) -> Vec<u32> {
    let mut news = census.news.clone();
    if let Some(follows) = period.follows {
        // What was learned since the issue was recorded since, however long ago it happened.
        let status = register.status;
        let touched = status.touched(follows.known_at, status.position());
        let is_meant = |number: &u32| {
            let marks = census.marks.get(*number as usize);
            marks.is_some_and(|marks| marks.has(Marks::REGISTERED))
        };
        news.extend(touched.into_iter().filter(is_meant));
        news.sort_unstable();
        news.dedup();
    }
    news
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

    /// What it has to do with the parts of the report that are about the period.
    fn marked(&self, period: Period<'_>) -> Marks {
        let on = self.entry.on;
        let has_news = period.since.is_none_or(|since| on.has_news_since(since));
        let signed = has_news.then(|| on.signed()).flatten();
        let steps = has_news.then(|| on.steps());
        let mut raised = steps.into_iter().flatten().flat_map(|step| &step.raised);
        let has_steps = self.tally.steps > 0;
        let is_moved = has_steps || (has_news && on.reversals().any(|day| period.is_recent(day)));
        Marks::default()
            .and_if(
                Marks::SIGNED,
                signed.is_some_and(|signed| period.has(signed.day)),
            )
            .and_if(Marks::STEPS, has_steps)
            .and_if(Marks::MOVED, is_moved)
            .and_if(Marks::RAISED, raised.any(|day| period.has(*day)))
            .and_if(Marks::LEARNED, self.tally.learned > 0)
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
