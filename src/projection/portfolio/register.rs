//! All agreements and packages on a day, from the courses that are kept: what reports count and name.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::NaiveDate;

use super::card::Remarks;
use super::conversion::Conversions;
use super::course::{Course, OnDay};
use super::package::{PackageCounts, PackageFacts};
use super::package_card::PackageCard;
use super::parts::Parts;
use super::roll::Scope;
use super::ties::{Says, Summed, Ties, superseded};
use crate::deal::event::agreement_registered::{Class, Instrument};
use crate::deal::value::ids::StreamId;
use crate::deal::value::money::Money;
use crate::deal::value::text::Text;
use crate::projection::courses::{Kept, Sheet};
use crate::projection::ledger::LedgerModel;
use crate::projection::many;
use crate::projection::status::Status;

/// Every agreement and package on a day, in figures.
#[derive(Debug)]
pub struct Register<'a> {
    /// The books and look-ups it is drawn from.
    pub status: &'a Status,
    /// Tracks and policy in force.
    pub ledger: &'a LedgerModel,
    /// The day asked about, inclusive.
    pub day: NaiveDate,
    sheet: Sheet,
    /// The registered packages, by stream; the streams stand apart, so that finding one looks at nothing else.
    packages: Vec<Arc<PackageCard>>,
    streams: Vec<StreamId>,
    superseded: BTreeMap<StreamId, StreamId>,
    /// By the number of its stream, whether an agreement is one of those.
    is_superseded: Vec<bool>,
}

/// A registered agreement on the day.
#[derive(Debug, Clone, Copy)]
pub struct Entry<'r> {
    /// What it comes to.
    pub on: OnDay<'r>,
    /// What others make of it.
    pub ties: Ties,
    /// Where its package stands among the registered ones, by stream.
    place: Option<usize>,
}

/// So many agreements of no package are counted in one go.
const BATCH: usize = 256;
/// The members of so many packages are.
const TEAMS: usize = 24;

/// The members of a registered package by the numbers of their streams, and where the package stands among them all.
type Team<'r> = (usize, &'r Vec<u32>);

/// Agreements to be counted in one go, by the numbers of their streams.
enum Batch<'r> {
    /// Those of some packages.
    Teams(&'r [Team<'r>]),
    /// Some of those of no package.
    Outside(&'r [u32]),
}

/// What is counted in one go.
struct Counted<'a, T> {
    kept: T,
    packages: Vec<PackageCounts>,
    conversions: Conversions<'a>,
}

/// The agreements of a scope, counted.
#[derive(Debug)]
pub struct Census<'a, T> {
    /// What was kept of them, in parts.
    pub kept: Vec<T>,
    /// What every registered package comes to, by stream.
    pub packages: Vec<PackageCounts>,
    /// Them by each definition of the policy.
    pub conversions: Conversions<'a>,
}

impl<'r> Entry<'r> {
    /// What does not change from day to day.
    #[must_use]
    pub fn course(&self) -> &'r Course {
        self.on.course
    }

    /// How many steps were reached in a window of days, both inclusive; without a first day there is no lower bound.
    #[must_use]
    pub fn steps_between(&self, since: Option<NaiveDate>, until: NaiveDate) -> u64 {
        let steps = self.on.steps();
        let in_window =
            steps.filter(|step| since.is_none_or(|since| step.day >= since) && step.day <= until);
        in_window.count() as u64
    }
}

impl Summed for Entry<'_> {
    fn id(&self) -> StreamId {
        self.on.gist.id
    }

    fn ties(&self) -> &Ties {
        &self.ties
    }

    fn class(&self) -> Class {
        self.on.gist.class
    }

    fn instrument(&self) -> Instrument {
        self.on.gist.instrument
    }

    fn is_signed(&self) -> bool {
        self.on.is_signed()
    }

    fn has_step(&self) -> bool {
        self.on.has_step()
    }

    fn meets(&self, definition: usize) -> bool {
        self.on.meets(definition)
    }

    fn money(&self) -> impl Iterator<Item = &Money> {
        self.on.amounts()
    }
}

impl<'a> Register<'a> {
    /// The register of a day.
    #[must_use]
    pub fn of(status: &'a Status, ledger: &'a LedgerModel, day: NaiveDate, sheet: Sheet) -> Self {
        let packages = sheet.packages(day);
        let registered = sheet.superseding().filter(|kept| kept.gist.is_registered);
        let says = registered.map(|kept| (kept.gist.id, &kept.course.says));
        let superseded = superseded(says);
        let mut is_superseded = vec![false; sheet.streams()];
        for number in superseded.keys().filter_map(|one| status.number_of(*one)) {
            let slot = is_superseded.get_mut(number as usize);
            slot.into_iter().for_each(|slot| *slot = true);
        }
        Self {
            superseded,
            is_superseded,
            streams: packages.iter().map(|package| package.id).collect(),
            packages,
            sheet,
            status,
            ledger,
            day,
        }
    }

    /// What `ask` says of each registered agreement in a scope, superseded ones and duplicates included and marked: in the
    /// order of their first events, on all cores.
    pub fn each<'r, T: Send>(
        &'r self,
        scope: Scope,
        ask: impl Fn(Entry<'r>) -> Option<T> + Sync,
    ) -> Vec<T> {
        let all: Vec<(u32, &Kept)> = self.sheet.all().collect();
        many::each(&all, |(number, kept)| {
            let entry = self.entry(*number, kept)?;
            scope.covers(entry.ties.package).then(|| ask(entry))?
        })
    }

    /// The registered agreements in a scope, superseded ones and duplicates included and marked: in the order of their
    /// streams, in which they are cited.
    #[must_use]
    pub fn by_stream(&self, scope: Scope) -> Vec<Entry<'_>> {
        let mut entries = self.each(scope, |entry| Some((entry.on.gist.id, entry)));
        entries.sort_unstable_by_key(|(stream, _)| *stream);
        entries.into_iter().map(|(_, entry)| entry).collect()
    }

    /// The agreements in a scope whose registration was withdrawn, of the package they named where one alone is meant.
    pub fn withdrawn(&self, scope: Scope) -> impl Iterator<Item = &Course> {
        let all = self.sheet.all().map(|(_, kept)| kept);
        let withdrawn = all.filter(|kept| !kept.gist.is_registered);
        let withdrawn = withdrawn.map(|kept| kept.course.as_ref());
        withdrawn.filter(move |course| {
            let named = course.says.package;
            scope.covers(named.filter(|named| self.package_card(*named).is_some()))
        })
    }

    /// Whether neither an agreement nor a package is registered.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let mut all = self.sheet.all();
        self.packages.is_empty() && !all.any(|(_, kept)| kept.gist.is_registered)
    }

    /// Where a registered package stands among them.
    fn place(&self, package: StreamId) -> Option<usize> {
        self.streams.binary_search(&package).ok()
    }

    fn entry<'r>(&'r self, number: u32, kept: &'r Kept) -> Option<Entry<'r>> {
        let place = kept.course.says.package.and_then(|named| self.place(named));
        self.entry_in(number, kept, place)
    }

    /// The same where it is known where its package stands.
    fn entry_in<'r>(
        &'r self,
        number: u32,
        kept: &'r Kept,
        place: Option<usize>,
    ) -> Option<Entry<'r>> {
        let gist = &kept.gist;
        if !gist.is_registered {
            return None;
        }
        let is_superseded = self.is_superseded.get(number as usize);
        Some(Entry {
            on: kept.course.on(gist, self.day)?,
            ties: match gist.is_alone && is_superseded == Some(&false) {
                true => Ties {
                    package: place.and_then(|place| self.streams.get(place).copied()),
                    ..Ties::default()
                },
                false => self.ties(&kept.course, place),
            },
            place,
        })
    }

    fn ties(&self, course: &Course, place: Option<usize>) -> Ties {
        let says = &course.says;
        // Most often it is its own package that is asked for.
        let is_package = |stream| match Some(stream) == says.package {
            true => place.is_some(),
            false => self.place(stream).is_some(),
        };
        let registered = |stream| self.says(stream);
        Ties::of(course.id, says, &self.superseded, registered, is_package)
    }

    /// Every registered agreement in a scope, counted in one pass: the members of a package together, so that what the package
    /// comes to is known at once. `keep` gathers what else is asked of each, by the number of its stream, into something for
    /// every so many of them.
    pub fn count<'r, T: Send + Default>(
        &'r self,
        scope: Scope,
        keep: impl Fn(&mut T, u32, Entry<'r>) + Sync,
    ) -> Census<'a, T> {
        let definitions = &self.ledger.policy().conversions;
        let (teams, outside) = self.teams(scope);
        let batches = teams.chunks(TEAMS).map(Batch::Teams);
        let outside = outside.into_iter();
        let outside = outside.flat_map(|members| members.chunks(BATCH).map(Batch::Outside));
        let batches: Vec<Batch<'_>> = batches.chain(outside).collect();
        let counted = many::each(&batches, |batch| {
            let mut counted = Counted {
                kept: T::default(),
                packages: Vec::new(),
                conversions: Conversions::overall(definitions),
            };
            match batch {
                Batch::Outside(members) => self.count_in(None, members, &keep, &mut counted),
                Batch::Teams(teams) => teams.iter().for_each(|(place, members)| {
                    self.count_in(Some(*place), members, &keep, &mut counted);
                }),
            }
            Some(counted)
        });
        let mut all = Census {
            kept: Vec::with_capacity(counted.len()),
            packages: Vec::with_capacity(teams.len()),
            conversions: Conversions::overall(definitions),
        };
        for counted in counted {
            all.kept.push(counted.kept);
            all.packages.extend(counted.packages);
            all.conversions.absorb(counted.conversions);
        }
        all
    }

    /// Counts in the members of a package, and with them the package, or some agreements of none.
    fn count_in<'r, T>(
        &'r self,
        place: Option<usize>,
        members: &[u32],
        keep: &impl Fn(&mut T, u32, Entry<'r>),
        counted: &mut Counted<'a, T>,
    ) {
        let mut parts = Parts::default();
        for number in members {
            let known = self.sheet.kept(*number);
            let entry = known.and_then(|one| self.entry_in(*number, one, place));
            let Some(entry) = entry else { continue };
            if place.is_some() {
                parts.add(&entry);
            }
            counted.conversions.add(&entry);
            keep(&mut counted.kept, *number, entry);
        }
        let package = place.and_then(|place| self.packages.get(place));
        let package = package.map(|package| PackageCounts::of(package, parts));
        counted.packages.extend(package);
    }

    /// The registered packages in a scope, with those that name them; and the agreements of the scope that name none.
    fn teams(&self, scope: Scope) -> (Vec<Team<'_>>, Vec<&Vec<u32>>) {
        static NOBODY: Vec<u32> = Vec::new();
        // Both are in the order of the packages.
        let mut all = self.sheet.teams().peekable();
        let mut outside: Vec<&Vec<u32>> = Vec::new();
        let mut teams: Vec<Team<'_>> = Vec::with_capacity(self.streams.len());
        for (place, package) in self.streams.iter().enumerate() {
            while let Some((_, members)) = all.next_if(|(named, _)| *named < Some(*package)) {
                outside.push(members);
            }
            let mine = all.next_if(|(named, _)| *named == Some(*package));
            if scope.covers(Some(*package)) {
                teams.push((place, mine.map_or(&NOBODY, |(_, members)| members)));
            }
        }
        outside.extend(all.map(|(_, members)| members));
        if !scope.covers(None) {
            outside.clear();
        }
        (teams, outside)
    }

    /// What a registered agreement says of others.
    fn says(&self, agreement: StreamId) -> Option<&Says> {
        let kept = self.sheet.kept(self.status.number_of(agreement)?)?;
        kept.gist.is_registered.then_some(&kept.course.says)
    }

    /// One registered agreement.
    #[must_use]
    pub fn one(&self, agreement: StreamId) -> Option<Entry<'_>> {
        self.numbered(self.status.number_of(agreement)?)
    }

    /// The registered agreement whose stream has a number.
    #[must_use]
    pub fn numbered(&self, number: u32) -> Option<Entry<'_>> {
        self.entry(number, self.sheet.kept(number)?)
    }

    /// The agreements, withdrawn ones included, by reference and stream: the numbers of their streams.
    #[must_use]
    pub fn by_reference(&self) -> Arc<Vec<u32>> {
        self.sheet.by_reference()
    }

    /// The sectors of all agreements, by their words, with their numbers in courses.
    pub fn sectors(&self) -> impl Iterator<Item = (&Text, u32)> {
        self.sheet.sectors()
    }

    /// The codes of all milestones, with their numbers in courses.
    pub fn codes(&self) -> impl Iterator<Item = (&str, u32)> {
        self.sheet.codes()
    }

    /// The registered packages in a scope, by stream.
    pub fn packages(&self, scope: Scope) -> impl Iterator<Item = &PackageCard> {
        let all = self.packages.iter().map(Arc::as_ref);
        all.filter(move |package| scope.covers(Some(package.id)))
    }

    /// One registered package.
    #[must_use]
    pub fn package_card(&self, package: StreamId) -> Option<&PackageCard> {
        self.packages.get(self.place(package)?).map(Arc::as_ref)
    }

    /// The registered agreements that belong to a registered package, superseded ones and duplicates included and marked, by
    /// stream.
    #[must_use]
    pub fn members(&self, package: StreamId) -> Vec<Entry<'_>> {
        let members = self.sheet.members(package).iter();
        let entries = members.filter_map(|number| self.numbered(*number));
        let mut entries: Vec<Entry<'_>> = entries.filter(|one| one.place.is_some()).collect();
        entries.sort_unstable_by_key(Summed::id);
        entries
    }

    /// What every registered package in a scope comes to, by stream, from these agreements.
    pub fn sums<'r>(
        &self,
        scope: Scope,
        entries: impl Iterator<Item = &'r Entry<'r>>,
    ) -> Vec<PackageCounts> {
        let mut parts: Vec<Parts> = Vec::new();
        parts.resize_with(self.packages.len(), Parts::default);
        for entry in entries {
            if let Some(parts) = entry.place.and_then(|place| parts.get_mut(place)) {
                parts.add(entry);
            }
        }
        let both = self.packages.iter().zip(parts);
        both.filter(|(package, _)| scope.covers(Some(package.id)))
            .map(|(package, parts)| PackageCounts::of(package, parts))
            .collect()
    }

    /// What the facts of a registered package say of it as a whole.
    #[must_use]
    pub fn package_facts(&self, package: StreamId) -> Option<PackageFacts<'a>> {
        PackageFacts::of(self.status.book(package)?, self.ledger, self.day)
    }

    /// Unfolds the books of these streams on all cores: whoever asks for them next finds them unfolded.
    pub fn unfold(&self, streams: &[StreamId]) {
        many::each(streams, |stream| self.status.book(*stream).map(|_| ()));
    }

    /// What is said of each occasion beside its facts.
    pub fn occasions(&self) -> impl Iterator<Item = (StreamId, &Remarks)> {
        self.sheet.occasions(self.day)
    }

    /// What `ask` says of each thing, in the order of the things, on all cores.
    pub fn asked<I: Sync, T: Send>(
        &self,
        things: &[I],
        ask: impl Fn(&I) -> Option<T> + Sync,
    ) -> Vec<T> {
        many::each(things, ask)
    }

    /// What does not change from day to day of an agreement, withdrawn or not; `None` when its stream has no registration of
    /// one.
    #[must_use]
    pub fn course(&self, agreement: StreamId) -> Option<&Course> {
        let kept = self.sheet.kept(self.status.number_of(agreement)?)?;
        Some(kept.course.as_ref())
    }
}
