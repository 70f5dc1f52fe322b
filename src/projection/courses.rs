//! The courses of all agreements, drawn once and kept up by whoever asks, for all copies of the read models.
//!
//! The first question of a process is answered for its day alone, which is the least work: most processes ask once. With the
//! second the courses are drawn for every day and kept. From then on a question reads again only the books of those
//! agreements of which something was recorded since.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use chrono::NaiveDate;

use super::Projection;
use super::by_reference::{ByReference, Place};
use super::ledger::LedgerModel;
use super::many;
use super::portfolio::card::Remarks;
use super::portfolio::course::Course;
use super::portfolio::gist::{Amendment, Counted, Gist, Gists};
use super::portfolio::package_card::PackageCard;
use super::portfolio::phased::{Days, Phased};
use super::shared::List;
use super::status::Status;
use crate::deal::event::agreement_registered::Class;
use crate::deal::policy::Policy;
use crate::deal::track::Track;
use crate::deal::value::ids::{EventId, StreamId, StreamKind};
use crate::deal::value::text::Text;

/// The courses of one copy of the read models: all copies share them.
#[derive(Debug, Clone, Default)]
pub struct Courses {
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    was_asked: AtomicBool,
    kept: Mutex<Option<Sheet>>,
}

/// The courses of every agreement as known at a position, and the books of everything else that reports of steps look at.
#[derive(Debug, Clone)]
pub struct Sheet {
    /// By the numbers of their streams; nothing for other streams, and for agreements without a registration.
    courses: List<Option<Arc<Course>>>,
    /// What is counted of the same.
    gists: Gists,
    /// The agreements that name each package, and those that name none, by the numbers of their streams.
    members: Arc<BTreeMap<Option<StreamId>, Arc<Vec<u32>>>>,
    /// The agreements by reference and stream, as far as somebody asked for that; by the numbers of their streams.
    order: ByReference,
    /// Packages, by the numbers of their streams; nothing of one that is not registered.
    packages: Arc<BTreeMap<u32, Option<Arc<Phased<PackageCard>>>>>,
    /// What is said of those occasions of which anything ever is, by the numbers of their streams.
    occasions: Arc<BTreeMap<u32, (StreamId, Phased<Remarks>)>>,
    /// Which agreements take the places of others.
    superseding: BTreeSet<u32>,
    /// Sectors by their words, with a number each: many agreements share few.
    sectors: Numbers<Text>,
    /// Milestones by their codes, likewise.
    codes: Numbers<String>,
    position: u64,
    /// Whether it answers for every day; else some of it does so for one alone.
    is_of_all_days: bool,
    /// What was drawn at once and taken further from there: whatever has the same began with it.
    line: Arc<()>,
    /// The last event taken in: copies of the read models that went different ways do not have it at the same place.
    last: Option<EventId>,
    rules: Rules,
}

/// Words with a number each, in the order in which they were first met; copies share them.
#[derive(Debug, Clone)]
struct Numbers<T>(Arc<BTreeMap<T, u32>>);

impl<T> Default for Numbers<T> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

impl<T: Ord + Clone> Numbers<T> {
    /// The number of a word; a new one gets the next.
    fn of(&mut self, word: &T) -> u32 {
        if let Some(number) = self.0.get(word) {
            return *number;
        }
        let number = u32::try_from(self.0.len()).unwrap_or(u32::MAX);
        Arc::make_mut(&mut self.0).insert(word.clone(), number);
        number
    }

    fn iter(&self) -> impl Iterator<Item = (&T, u32)> {
        self.0.iter().map(|(word, number)| (word, *number))
    }
}

/// What courses depend on beside the books.
#[derive(Debug, Clone, PartialEq)]
struct Rules {
    policy: Policy,
    tracks: [Track; 2],
}

impl Rules {
    fn of(ledger: &LedgerModel) -> Self {
        let classes = [Class::Practical, Class::Institutional];
        Self {
            policy: ledger.policy().clone(),
            tracks: classes.map(|class| ledger.track(class).clone()),
        }
    }
}

fn last_before(status: &Status, position: u64) -> Option<EventId> {
    status.event_at(position.checked_sub(1)?)
}

impl Courses {
    /// The courses as known at a status, to be asked about a day.
    #[must_use]
    pub fn sheet(&self, status: &Status, ledger: &LedgerModel, day: NaiveDate) -> Sheet {
        if !self.shared.was_asked.swap(true, Ordering::Relaxed) {
            return Sheet::drawn(status, ledger, Days::One(day));
        }
        self.kept(status, ledger)
            .and_then(|kept| kept.at(status, ledger, day))
            .unwrap_or_else(|| Sheet::drawn(status, ledger, Days::One(day)))
    }

    /// What is kept, taken further to a status that lies behind it.
    fn kept(&self, status: &Status, ledger: &LedgerModel) -> Option<Sheet> {
        let kept = self.shared.kept.lock();
        let mut kept = kept.unwrap_or_else(PoisonError::into_inner);
        match kept.as_mut() {
            Some(sheet) if sheet.position > status.position() => {}
            Some(sheet) if sheet.begins(status) && sheet.rules == Rules::of(ledger) => {
                sheet.catch_up(status, ledger, Days::All);
            }
            _ => *kept = Some(Sheet::drawn(status, ledger, Days::All)),
        }
        if let Some(sheet) = kept.as_mut().filter(|sheet| !sheet.order.is_kept()) {
            sheet.order.keep(sheet.by_reference());
        }
        kept.clone()
    }
}

impl Sheet {
    fn drawn(status: &Status, ledger: &LedgerModel, days: Days) -> Self {
        let mut sheet = Self {
            courses: List::default(),
            gists: Gists::default(),
            members: Arc::default(),
            order: ByReference::default(),
            packages: Arc::default(),
            occasions: Arc::default(),
            superseding: BTreeSet::new(),
            sectors: Numbers::default(),
            codes: Numbers::default(),
            position: 0,
            is_of_all_days: days == Days::All,
            line: Arc::default(),
            last: None,
            rules: Rules::of(ledger),
        };
        let all = u32::try_from(status.streams()).unwrap_or(u32::MAX);
        sheet.draw(status, ledger, days, &(0..all).collect::<Vec<_>>());
        sheet
    }

    /// Whether it holds the beginning of what a status holds.
    fn begins(&self, status: &Status) -> bool {
        self.position <= status.position() && self.last == last_before(status, self.position)
    }

    fn catch_up(&mut self, status: &Status, ledger: &LedgerModel, days: Days) {
        let touched = status.touched(self.position, status.position());
        let touched: Vec<u32> = touched.into_iter().collect();
        self.draw(status, ledger, days, &touched);
    }

    /// The same as known at an earlier position, for one day; `None` when that was under other rules, or of another ledger.
    fn at(mut self, status: &Status, ledger: &LedgerModel, day: NaiveDate) -> Option<Self> {
        if self.position == status.position() && self.last == last_before(status, self.position) {
            return Some(self);
        }
        // The status knows what was recorded since, although it does not look at it.
        let same = status.was_last(self.position, self.last);
        if !same || self.rules != Rules::of(ledger) {
            return None;
        }
        let streams = status.streams();
        self.courses = self.courses.prefix(streams);
        self.gists = self.gists.prefix(streams);
        let known = |number: &u32| (*number as usize) < streams;
        self.order.until(streams);
        Arc::make_mut(&mut self.packages).retain(|number, _| known(number));
        Arc::make_mut(&mut self.occasions).retain(|number, _| known(number));
        self.superseding.retain(known);
        let touched = status.touched(status.position(), self.position);
        let touched: Vec<u32> = touched.into_iter().filter(known).collect();
        self.is_of_all_days = false;
        self.draw(status, ledger, Days::One(day), &touched);
        Some(self)
    }

    /// Whether it answers for every day.
    #[must_use]
    pub fn is_of_all_days(&self) -> bool {
        self.is_of_all_days
    }

    /// The streams that may say something else in another sheet, by their numbers; `None` when the two were not drawn of the
    /// same ledger under the same rules, or when more than so many events lie between them.
    #[must_use]
    pub fn differing(&self, other: &Self, status: &Status, most: usize) -> Option<BTreeSet<u32>> {
        let (one, two) = (self.position, other.position);
        let between = usize::try_from(one.abs_diff(two)).ok()?;
        let is_near = Arc::ptr_eq(&self.line, &other.line) && between <= most;
        is_near.then(|| status.touched(one.min(two), one.max(two)))
    }

    /// What is counted on any day of the agreement whose stream has a number.
    #[must_use]
    pub fn gist(&self, number: u32) -> Option<&Gist> {
        self.gists.gist(number)
    }

    /// The first days of the stretches of days on which nothing is counted otherwise, in order.
    #[must_use]
    pub fn days(&self, number: u32) -> &[NaiveDate] {
        self.gists.days(number)
    }

    /// The corrections and withdrawals of its facts.
    #[must_use]
    pub fn amendments(&self, number: u32) -> &[Amendment] {
        self.gists.amendments(number)
    }

    /// Reads the books of these streams and puts what they come to in its place.
    fn draw(&mut self, status: &Status, ledger: &LedgerModel, days: Days, numbers: &[u32]) {
        let of = |kind| {
            let numbers = numbers.iter().copied();
            let numbers = numbers.filter(move |number| status.kind_of(*number) == Some(kind));
            numbers.collect::<Vec<u32>>()
        };
        self.draw_agreements(status, ledger, days, of(StreamKind::Agreement));
        let packages = of(StreamKind::Package);
        let drawn = status.drawn_from(&packages, |book| {
            let card = |day| PackageCard::of(&book, ledger, day);
            Phased::of(&book, days, card).map(Arc::new)
        });
        if !packages.is_empty() {
            Arc::make_mut(&mut self.packages).extend(packages.into_iter().zip(drawn));
        }
        let occasions = of(StreamKind::Occasion);
        let drawn = status.drawn_from(&occasions, |book| {
            let remarks = |day| Some(Remarks::of(&book, day));
            let said = Phased::of(&book, days, remarks);
            let said = said.filter(|said| said.each().any(|one| *one != Remarks::default()));
            said.map(|said| (book.id, said))
        });
        if !occasions.is_empty() {
            let said = Arc::make_mut(&mut self.occasions);
            for (number, drawn) in occasions.into_iter().zip(drawn) {
                said.remove(&number);
                said.extend(drawn.map(|drawn| (number, drawn)));
            }
        }
        self.position = status.position();
        self.last = last_before(status, self.position);
    }

    fn draw_agreements(
        &mut self,
        status: &Status,
        ledger: &LedgerModel,
        days: Days,
        agreements: Vec<u32>,
    ) {
        while self.courses.len() < status.streams() {
            self.courses.push(None);
        }
        let drawn = status.drawn_from(&agreements, |book| Course::of(&book, ledger, days));
        let drawn = agreements.into_iter().zip(drawn).map(|(number, drawn)| {
            let drawn = drawn.map(|mut drawn| {
                let (sectors, codes) = (&mut self.sectors, &mut self.codes);
                let (sector, code) = (|one: &Text| sectors.of(one), |one: &String| codes.of(one));
                drawn.course.number(&drawn.words, sector, code);
                (Arc::new(drawn.course), drawn.stretches, drawn.amendments)
            });
            (number, drawn)
        });
        let drawn: Vec<_> = drawn.collect();
        let mut moved: Vec<u32> = Vec::new();
        for (number, drawn) in &drawn {
            let course = drawn.as_ref().map(|(course, ..)| Arc::clone(course));
            moved.extend(self.replace(*number, course));
        }
        let changes = drawn.iter().map(|(number, drawn)| {
            let change = drawn.as_ref();
            let change =
                change.map(|(course, stretches, amendments)| course.counted(stretches, amendments));
            (*number, change)
        });
        self.gists.put(changes.collect());
        let mut order = std::mem::take(&mut self.order);
        order.moved(&moved, |number| self.place(number));
        self.order = order;
    }

    /// Puts the course of an agreement in the place of the one before; its number where it has another reference now.
    fn replace(&mut self, number: u32, course: Option<Arc<Course>>) -> Option<u32> {
        let supersedes = |course: &Arc<Course>| !course.says.supersedes.is_empty();
        match course.as_ref().is_some_and(supersedes) {
            true => self.superseding.insert(number),
            false => self.superseding.remove(&number),
        };
        let named = course.as_ref().map(|course| course.says.package);
        let slot = self.courses.get_mut(number as usize)?;
        let before = std::mem::replace(slot, course);
        let reference = |course: &Option<Arc<Course>>| {
            let reference = course.as_ref().map(|course| &course.reference);
            reference.cloned()
        };
        let is_moved = reference(&before) != reference(slot);
        self.join(number, before.map(|course| course.says.package), named);
        is_moved.then_some(number)
    }

    /// Where an agreement stands among all.
    fn place(&self, number: u32) -> Place<'_> {
        let course = self.course(number)?;
        Some((&course.reference, course.id))
    }

    /// The agreements by reference and stream: the numbers of their streams.
    #[must_use]
    pub fn by_reference(&self) -> Arc<Vec<u32>> {
        let all = self.all().map(|(number, _)| number);
        self.order.of(all, |number| self.place(number))
    }

    /// Moves an agreement from among those that name one package to those that name another.
    fn join(
        &mut self,
        number: u32,
        before: Option<Option<StreamId>>,
        named: Option<Option<StreamId>>,
    ) {
        if before == named {
            return;
        }
        let by_package = Arc::make_mut(&mut self.members);
        if let Some(members) = before.and_then(|before| by_package.get_mut(&before)) {
            Arc::make_mut(members).retain(|one| *one != number);
        }
        if let Some(named) = named {
            let members = Arc::make_mut(by_package.entry(named).or_default());
            let place = members.partition_point(|one| *one < number);
            members.insert(place, number);
        }
    }

    /// The agreements that name no package, then those that name each, registered or not, in the order of the packages: by the
    /// numbers of their streams, of which some may not be known yet.
    pub fn teams(&self) -> impl Iterator<Item = (Option<StreamId>, &Vec<u32>)> {
        let teams = self.members.iter();
        teams.map(|(named, members)| (*named, members.as_ref()))
    }

    /// The agreements that name a package, registered or not: by the numbers of their streams.
    #[must_use]
    pub fn members(&self, package: StreamId) -> &[u32] {
        let members = self.members.get(&Some(package));
        members.map_or(&[], |members| members.as_slice())
    }

    /// The sectors of all agreements, by their words, with their numbers.
    pub fn sectors(&self) -> impl Iterator<Item = (&Text, u32)> {
        self.sectors.iter()
    }

    /// The codes of all milestones, with their numbers.
    pub fn codes(&self) -> impl Iterator<Item = (&str, u32)> {
        self.codes
            .iter()
            .map(|(code, number)| (code.as_str(), number))
    }

    /// Every agreement that has a registration, in the order of the first events, with the number of its stream.
    pub fn all(&self) -> impl Iterator<Item = (u32, &Course)> {
        let all = (0..).zip(self.courses.iter());
        all.filter_map(|(number, course)| Some((number, course.as_deref()?)))
    }

    /// How many streams are known: their numbers are smaller.
    #[must_use]
    pub fn streams(&self) -> usize {
        self.courses.len()
    }

    /// The agreement whose stream has a number.
    #[inline]
    #[must_use]
    pub fn course(&self, number: u32) -> Option<&Course> {
        self.courses.get(number as usize)?.as_deref()
    }

    /// What is counted of it on a day.
    #[inline]
    #[must_use]
    pub fn counted(&self, number: u32, day: NaiveDate) -> Option<Counted<'_>> {
        self.gists.on(number, day)
    }

    /// The agreements that take the places of others.
    pub fn superseding(&self) -> impl Iterator<Item = &Course> {
        let numbers = self.superseding.iter();
        numbers.filter_map(|number| self.course(*number))
    }

    /// The packages that are registered, on a day, by stream.
    #[must_use]
    pub fn packages(&self, day: NaiveDate) -> Vec<Arc<PackageCard>> {
        let registered: Vec<&Arc<_>> = self.packages.values().flatten().collect();
        // The streams stand apart, so that putting them in order looks at nothing else.
        let mut cards = many::each(&registered, |package| {
            let card = package.on(day)?;
            Some((card.id, Arc::clone(card)))
        });
        cards.sort_unstable_by_key(|(id, _)| *id);
        cards.into_iter().map(|(_, card)| card).collect()
    }

    /// What is said beside its facts of the occasion whose stream has a number, on a day.
    #[must_use]
    pub fn occasion(&self, number: u32, day: NaiveDate) -> Option<&Remarks> {
        let (_, said) = self.occasions.get(&number)?;
        said.on(day).map(Arc::as_ref)
    }

    /// What is said on a day, beside their facts, of those occasions of which anything ever is.
    pub fn occasions(&self, day: NaiveDate) -> impl Iterator<Item = (StreamId, &Remarks)> {
        let occasions = self.occasions.values();
        occasions.filter_map(move |(id, said)| Some((*id, said.on(day)?.as_ref())))
    }
}
