//! The census of many days, kept, so that one of any day is counted from the nearest.
//!
//! While nothing is recorded of an agreement, what is counted of it changes on few days. So the counts of a day are those of
//! a day nearby without the agreements that changed between them, and with those as they are now. Agreements of which something
//! was recorded since the almanac was begun, or is not known yet, are taken out of it and counted by themselves, and so are those
//! whose count hangs on what others say: superseded ones, and those registered twice.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use chrono::NaiveDate;

use super::census::{Census, Place, is_since};
use super::register::{Entry, Register};
use super::roll::Scope;
use super::tallied::Tallied;
use super::ties::Ties;
use crate::deal::value::ids::StreamId;
use crate::projection::courses::Sheet;

/// Between two pages lie at least so many changes.
const APART: usize = 16;
/// At most so many pages, of four bytes an agreement each.
const PAGES: usize = 64;
/// With more agreements than this to be counted by themselves counting all is hardly more.
const ASIDE: usize = 8_192;
/// A new almanac is begun when the one there was of no use so many times in a row.
const PATIENCE: u32 = 16;

/// The almanac of one copy of the read models: all copies share it.
#[derive(Debug, Clone, Default)]
pub struct Almanacs {
    kept: Arc<Mutex<Kept>>,
}

#[derive(Debug, Default)]
struct Kept {
    almanac: Option<Arc<Almanac>>,
    /// How many times in a row it was of no use.
    missed: u32,
}

/// The counts of some days, of agreements as they were known when it was begun.
#[derive(Debug)]
struct Almanac {
    sheet: Sheet,
    /// The registered packages, by stream.
    packages: Vec<StreamId>,
    /// Where every agreement is counted, by the number of its stream.
    places: Vec<Place>,
    definitions: usize,
    /// Those that are counted by themselves, in the order of their numbers.
    aside: Vec<u32>,
    /// The days on which what is counted of the others changes, in order, with the numbers of their streams.
    changes: Vec<(NaiveDate, u32)>,
    /// The corrections and withdrawals of their facts, by civil day.
    amended: Vec<(NaiveDate, u64, u32)>,
    pages: Vec<Page>,
}

/// What is counted on a day.
#[derive(Debug)]
struct Page {
    day: NaiveDate,
    /// How many changes there are up to the day.
    behind: usize,
    tallied: OnceLock<Tallied>,
}

impl Almanacs {
    /// The census of the agreements of a scope, as [`Register::count`] takes it; from the almanac where there is one of use.
    #[must_use]
    pub fn count<'a, 'r>(
        &self,
        register: &'r Register<'a>,
        scope: Scope,
        since: Option<NaiveDate>,
    ) -> Census<'a, 'r> {
        let almanac = (scope == Scope::All).then(|| self.almanac(register));
        match almanac.flatten() {
            Some((almanac, aside)) => almanac.count(register, &aside, since),
            None => register.count(scope, since),
        }
    }

    /// The almanac, and the agreements that have to be counted by themselves beside it.
    fn almanac(&self, register: &Register<'_>) -> Option<(Arc<Almanac>, Vec<u32>)> {
        let kept = self.kept.lock();
        let mut kept = kept.unwrap_or_else(PoisonError::into_inner);
        let known = kept.almanac.clone();
        let aside = known.as_ref().and_then(|almanac| almanac.aside(register));
        if let Some((almanac, aside)) = known.clone().zip(aside) {
            kept.missed = 0;
            return Some((almanac, aside));
        }
        kept.missed = kept.missed.saturating_add(1);
        let is_due = known.is_none() || kept.missed >= PATIENCE;
        if !is_due || !register.sheet.is_of_all_days() {
            return None;
        }
        let almanac = Arc::new(Almanac::of(register));
        if known.is_none() {
            // It is asked for the second time: what takes a while is done at once, and not a page at a time.
            almanac.fill();
        }
        let aside = almanac.aside.clone();
        *kept = Kept {
            almanac: Some(Arc::clone(&almanac)),
            missed: 0,
        };
        Some((almanac, aside))
    }
}

impl Almanac {
    fn of(register: &Register<'_>) -> Self {
        let sheet = register.sheet.clone();
        let streams = (0..).take(sheet.streams());
        let all = streams.filter_map(|number| Some((number, sheet.gist(number)?)));
        let (aside, others): (Vec<_>, Vec<_>) =
            all.partition(|(number, gist)| !gist.is_alone || register.is_superseded(*number));
        let (mut changes, mut amended) = (Vec::new(), Vec::new());
        for (number, _) in others.iter().filter(|(_, gist)| gist.is_registered) {
            // No day is before the first of all.
            let days = sheet.days(*number).iter();
            let days = days.filter(|day| **day > NaiveDate::MIN);
            changes.extend(days.map(|day| (*day, *number)));
            let mine = sheet.amendments(*number).iter();
            amended.extend(mine.map(|(seq, day)| (*day, *seq, *number)));
        }
        changes.sort_unstable();
        amended.sort_unstable();
        let apart = changes.len().div_ceil(PAGES).max(APART);
        let days = changes.iter().step_by(apart).map(|(day, _)| *day);
        let mut days: Vec<NaiveDate> = days.collect();
        days.dedup();
        if days.is_empty() {
            days.push(register.day);
        }
        let pages = days.into_iter().map(|day| Page {
            day,
            behind: behind(&changes, day),
            tallied: OnceLock::new(),
        });
        let [_, _, definitions] = register.sizes();
        Self {
            packages: register.streams.clone(),
            places: register.places(Scope::All),
            definitions,
            aside: aside.into_iter().map(|(number, _)| number).collect(),
            pages: pages.collect(),
            changes,
            amended,
            sheet,
        }
    }

    /// An agreement that is not counted by itself, on a day: nobody else has a say in it.
    fn entry(&self, number: u32, day: NaiveDate) -> Option<Entry<'_>> {
        let place = match self.places.get(number as usize)? {
            Place::Nowhere => return None,
            Place::Outside => None,
            Place::In(place) => Some(*place as usize),
        };
        let counted = self.sheet.counted(number, day)?;
        counted.gist.is_registered.then_some(())?;
        Some(Entry {
            on: self.sheet.course(number)?.on(counted, day),
            ties: Ties {
                package: place.and_then(|place| self.packages.get(place).copied()),
                ..Ties::default()
            },
            place,
        })
    }

    fn is_aside(&self, number: u32) -> bool {
        self.aside.binary_search(&number).is_ok()
    }

    /// Those that have to be counted by themselves in a register, in the order of their numbers; `None` when it is not of these
    /// agreements, or there are too many.
    fn aside(&self, register: &Register<'_>) -> Option<Vec<u32>> {
        if self.packages != register.streams {
            return None;
        }
        let mut aside = self
            .sheet
            .differing(&register.sheet, register.status, ASIDE)?;
        aside.extend(&self.aside);
        aside.extend(register.superseded_numbers());
        Some(aside.into_iter().collect()).filter(|aside: &Vec<u32>| aside.len() <= ASIDE)
    }

    /// Counts every page from the one before it.
    fn fill(&self) {
        let mut before: Option<(&Page, Tallied)> = None;
        for page in &self.pages {
            let tallied = match before.take() {
                None => self.tallied(page.day),
                Some((last, mut tallied)) => {
                    self.turn(&mut tallied, last, (page.day, page.behind), &[]);
                    tallied
                }
            };
            let tallied = page.tallied.get_or_init(|| tallied);
            before = Some((page, tallied.clone()));
        }
    }

    fn tallied(&self, day: NaiveDate) -> Tallied {
        let sizes = [self.places.len(), self.packages.len(), self.definitions];
        let others = |number| !self.is_aside(number);
        Tallied::of(sizes, |number| {
            others(number).then(|| self.entry(number, day)).flatten()
        })
    }

    /// Turns what was counted on the day of a page into what is counted on another, but for these, which are counted by themselves.
    fn turn(
        &self,
        tallied: &mut Tallied,
        page: &Page,
        (day, behind): (NaiveDate, usize),
        but: &[u32],
    ) {
        let between = behind.min(page.behind)..behind.max(page.behind);
        let between = self.changes.get(between).unwrap_or_default().iter();
        let mut changed: Vec<u32> = between.map(|(_, number)| *number).collect();
        changed.sort_unstable();
        changed.dedup();
        changed.retain(|number| but.binary_search(number).is_err());
        for number in changed {
            if let Some(entry) = self.entry(number, page.day) {
                tallied.take_out(number, &entry);
            }
            if let Some(entry) = self.entry(number, day) {
                tallied.add(number, &entry);
            }
        }
    }

    /// The census of all agreements of a register, of which these are counted by themselves.
    fn count<'a, 'r>(
        &self,
        register: &'r Register<'a>,
        aside: &[u32],
        since: Option<NaiveDate>,
    ) -> Census<'a, 'r> {
        let day = register.day;
        let behind = behind(&self.changes, day);
        let nearest = self
            .pages
            .iter()
            .min_by_key(|page| page.behind.abs_diff(behind));
        let Some(page) = nearest else {
            return register.count(Scope::All, since);
        };
        let mut tallied = page.tallied.get_or_init(|| self.tallied(page.day)).clone();
        // What was recorded of these since the almanac was begun is not in it.
        let others = aside.iter().filter(|number| !self.is_aside(**number));
        let others: Vec<u32> = others.copied().collect();
        for number in &others {
            if let Some(entry) = self.entry(*number, page.day) {
                tallied.take_out(*number, &entry);
            }
        }
        self.turn(&mut tallied, page, (day, behind), &others);
        let first = since.map_or(0, |since| {
            self.amended.partition_point(|(day, ..)| *day < since)
        });
        let recent = self.amended.get(first..).unwrap_or_default().iter();
        let recent = recent.filter(|(_, _, number)| others.binary_search(number).is_err());
        let mut amended: Vec<u64> = recent.map(|(_, seq, _)| *seq).collect();
        for number in aside {
            if let Some(entry) = register.numbered(*number) {
                tallied.add(*number, &entry);
                let mine = entry.on.amended().iter();
                let recent = mine.filter(|one| is_since(one, since));
                amended.extend(recent.map(|(seq, _)| *seq));
            }
        }
        tallied.until(register.streams());
        register.census(tallied, amended, Scope::All, since)
    }
}

/// How many changes there are up to a day.
fn behind(changes: &[(NaiveDate, u32)], day: NaiveDate) -> usize {
    changes.partition_point(|(change, _)| *change <= day)
}
