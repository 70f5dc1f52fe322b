//! All agreements and packages on a day, from the courses that are kept: what reports count and name.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::NaiveDate;

use super::card::Remarks;
use super::course::{Course, OnDay};
use super::package::{PackageCounts, PackageFacts};
use super::package_card::PackageCard;
use super::parts::Parts;
use super::roll::Scope;
use super::ties::{Says, Summed, Ties, superseded};
use crate::deal::event::agreement_registered::{Class, Instrument};
use crate::deal::value::ids::{StreamId, StreamKind};
use crate::deal::value::money::Money;
use crate::deal::value::text::Text;
use crate::projection::courses::Sheet;
use crate::projection::description::{self, PackageInfo};
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
    pub(super) sheet: Sheet,
    /// The registered packages, by stream; the streams stand apart, so that finding one looks at nothing else.
    pub(super) packages: Vec<Arc<PackageCard>>,
    pub(super) streams: Vec<StreamId>,
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
    pub(super) place: Option<usize>,
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
    #[inline]
    fn id(&self) -> StreamId {
        self.on.course.id
    }

    #[inline]
    fn ties(&self) -> &Ties {
        &self.ties
    }

    #[inline]
    fn class(&self) -> Class {
        self.on.counted.gist.class
    }

    #[inline]
    fn instrument(&self) -> Instrument {
        self.on.counted.gist.instrument
    }

    #[inline]
    fn is_signed(&self) -> bool {
        self.on.is_signed()
    }

    #[inline]
    fn has_step(&self) -> bool {
        self.on.has_step()
    }

    #[inline]
    fn meets(&self, definition: usize) -> bool {
        self.on.meets(definition)
    }

    #[inline]
    fn met(&self, _: usize) -> u16 {
        self.on.met()
    }

    #[inline]
    fn money(&self) -> impl Iterator<Item = &Money> {
        self.on.amounts()
    }

    #[inline]
    fn each_declared(&self, each: impl FnMut(&Money)) {
        self.on.declared().for_each(each);
    }
}

impl<'a> Register<'a> {
    /// The register of a day.
    #[must_use]
    pub fn of(status: &'a Status, ledger: &'a LedgerModel, day: NaiveDate, sheet: Sheet) -> Self {
        let packages = sheet.packages(day);
        let registered = sheet.superseding().filter(|course| course.is_registered);
        let says = registered.map(|course| (course.id, &course.says));
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
        let all: Vec<(u32, &Course)> = self.sheet.all().collect();
        many::each(&all, |(number, course)| {
            let entry = self.entry(*number, course)?;
            scope.covers(entry.ties.package).then(|| ask(entry))?
        })
    }

    /// The registered agreements in a scope, superseded ones and duplicates included and marked: in the order of their
    /// streams, in which they are cited.
    #[must_use]
    pub fn by_stream(&self, scope: Scope) -> Vec<Entry<'_>> {
        let mut entries = self.each(scope, |entry| Some((entry.on.course.id, entry)));
        entries.sort_unstable_by_key(|(stream, _)| *stream);
        entries.into_iter().map(|(_, entry)| entry).collect()
    }

    /// The agreements in a scope whose registration was withdrawn, of the package they named where one alone is meant.
    pub fn withdrawn(&self, scope: Scope) -> impl Iterator<Item = &Course> {
        let all = self.sheet.all().map(|(_, course)| course);
        let withdrawn = all.filter(|course| !course.is_registered);
        withdrawn.filter(move |course| {
            let named = course.says.package;
            scope.covers(named.filter(|named| self.package_card(*named).is_some()))
        })
    }

    /// Whether neither an agreement nor a package is registered.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let mut all = self.sheet.all();
        self.packages.is_empty() && !all.any(|(_, course)| course.is_registered)
    }

    /// Where a registered package stands among them.
    fn place(&self, package: StreamId) -> Option<usize> {
        self.streams.binary_search(&package).ok()
    }

    fn entry<'r>(&'r self, number: u32, course: &'r Course) -> Option<Entry<'r>> {
        let place = course.says.package.and_then(|named| self.place(named));
        self.entry_in(number, course, place)
    }

    /// The same where it is known where its package stands.
    #[inline]
    pub(super) fn entry_in<'r>(
        &'r self,
        number: u32,
        course: &'r Course,
        place: Option<usize>,
    ) -> Option<Entry<'r>> {
        let counted = self.sheet.counted(number, self.day)?;
        let gist = counted.gist;
        if !gist.is_registered {
            return None;
        }
        let is_superseded = self.is_superseded.get(number as usize);
        Some(Entry {
            on: course.on(counted, self.day),
            ties: match gist.is_alone && is_superseded == Some(&false) {
                true => Ties {
                    package: place.and_then(|place| self.streams.get(place).copied()),
                    ..Ties::default()
                },
                false => self.ties(course, place),
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

    /// Whether another agreement takes the place of the one whose stream has a number.
    pub(super) fn is_superseded(&self, number: u32) -> bool {
        self.is_superseded.get(number as usize) == Some(&true)
    }

    /// The agreements whose places others take, by the numbers of their streams.
    pub(super) fn superseded_numbers(&self) -> impl Iterator<Item = u32> {
        let superseded = self.superseded.keys();
        superseded.filter_map(|one| self.status.number_of(*one))
    }

    /// What a registered agreement says of others.
    fn says(&self, agreement: StreamId) -> Option<&Says> {
        let course = self.course(agreement)?;
        course.is_registered.then_some(&course.says)
    }

    /// One registered agreement.
    #[must_use]
    pub fn one(&self, agreement: StreamId) -> Option<Entry<'_>> {
        self.numbered(self.status.number_of(agreement)?)
    }

    /// The registered agreement whose stream has a number.
    #[must_use]
    pub fn numbered(&self, number: u32) -> Option<Entry<'_>> {
        self.entry(number, self.sheet.course(number)?)
    }

    /// The same without what others make of it.
    #[must_use]
    pub fn on(&self, number: u32) -> Option<OnDay<'_>> {
        let counted = self.sheet.counted(number, self.day)?;
        let course = self.sheet.course(number)?;
        let is_registered = counted.gist.is_registered;
        is_registered.then(|| course.on(counted, self.day))
    }

    /// The agreements, withdrawn ones included, by reference and stream: the numbers of their streams.
    #[must_use]
    pub fn by_reference(&self) -> Arc<Vec<u32>> {
        self.sheet.by_reference()
    }

    /// How many streams are known: their numbers are smaller.
    #[must_use]
    pub fn streams(&self) -> usize {
        self.sheet.streams()
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

    /// What a registered package comes to.
    #[must_use]
    pub fn package(&self, package: StreamId) -> Option<PackageCounts> {
        let card = self.packages.get(self.place(package)?)?;
        let mut parts = Parts::default();
        let members = self.members(package);
        members.iter().for_each(|member| parts.add(member));
        Some(PackageCounts::of(card, parts))
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

    /// What a registered package is, without the rest of its facts.
    #[must_use]
    pub fn package_info(&self, package: StreamId) -> Option<PackageInfo<'a>> {
        let book = self.status.book(package)?;
        description::package(book).filter(|_| book.is_registered())
    }

    /// Unfolds the books of these streams on all cores: whoever asks for them next finds them unfolded.
    pub fn unfold(&self, streams: &[StreamId]) {
        many::each(streams, |stream| self.status.book(*stream).map(|_| ()));
    }

    /// What is said of an occasion beside its facts; `None` where nothing ever is.
    #[must_use]
    pub fn occasion(&self, occasion: StreamId) -> Option<&Remarks> {
        let number = self.status.number_of(occasion)?;
        self.sheet.occasion(number, self.day)
    }

    /// The facts of a thing that carry a remark on what was inferred, by the positions of their root events; of agreements, of
    /// later days, too.
    #[must_use]
    pub fn inferred(&self, thing: StreamId) -> &[u64] {
        match thing.kind() {
            StreamKind::Agreement => self.course(thing).map(|course| course.inferred.as_ref()),
            StreamKind::Package => {
                let card = self.package_card(thing);
                card.map(|card| card.remarks.inferred.as_slice())
            }
            _ => {
                let said = self.occasion(thing);
                said.map(|remarks| remarks.inferred.as_slice())
            }
        }
        .unwrap_or_default()
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
        self.sheet.course(self.status.number_of(agreement)?)
    }
}
