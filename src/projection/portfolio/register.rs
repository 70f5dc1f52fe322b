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
use crate::deal::event::Kind;
use crate::deal::event::agreement_registered::{Class, Instrument};
use crate::deal::state::Book;
use crate::deal::value::ids::StreamId;
use crate::deal::value::money::Money;
use crate::deal::value::text::Text;
use crate::projection::courses::{Kept, Sheet};
use crate::projection::description::{self, AgreementInfo};
use crate::projection::ledger::LedgerModel;
use crate::projection::many;
use crate::projection::standing::{Standing, standing};
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

/// As many agreements, about, are counted in one go.
const BATCH: usize = 256;

/// Agreements by the numbers of their streams, and where their package stands among those registered.
type Team<'r> = (Option<usize>, &'r [u32]);

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

/// An agreement with its facts, as it is told of.
#[derive(Debug, Clone)]
pub struct Told<'a> {
    /// What it is.
    pub info: AgreementInfo<'a>,
    /// How it stands on the day.
    pub standing: Standing<'a>,
    /// What others make of it.
    pub ties: Ties,
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
        let counted = many::each(&self.batches(scope), |batch| {
            let mut kept = T::default();
            let mut packages = Vec::new();
            let mut conversions = Conversions::overall(definitions);
            for (place, members) in batch {
                let mut parts = Parts::with_room(members.len());
                for number in *members {
                    let known = self.sheet.kept(*number);
                    let entry = known.and_then(|one| self.entry_in(*number, one, *place));
                    let Some(entry) = entry else { continue };
                    if place.is_some() {
                        parts.add(&entry);
                    }
                    conversions.add(&entry);
                    keep(&mut kept, *number, entry);
                }
                let package = place.and_then(|place| self.packages.get(place));
                let package = package.map(|package| PackageCounts::of(package, parts));
                packages.extend(package);
            }
            Some((kept, packages, conversions))
        });
        let packages = counted.iter().map(|(_, packages, _)| packages.len());
        let mut all = Census {
            kept: Vec::with_capacity(counted.len()),
            packages: Vec::with_capacity(packages.sum()),
            conversions: Conversions::overall(definitions),
        };
        for (kept, packages, conversions) in counted {
            all.kept.push(kept);
            all.packages.extend(packages);
            all.conversions.absorb(conversions);
        }
        all
    }

    /// The agreements in a scope by where their packages stand, the packages in order, then those of none; some packages, or
    /// some of the rest, together.
    fn batches(&self, scope: Scope) -> Vec<Vec<Team<'_>>> {
        // Both are in the order of the packages.
        let mut teams = self.sheet.teams().peekable();
        let mut gone: Vec<&[u32]> = Vec::new();
        let mut registered: Vec<Team<'_>> = Vec::new();
        for (place, package) in self.streams.iter().enumerate() {
            while let Some((_, members)) = teams.next_if(|(named, _)| *named < Some(*package)) {
                gone.push(members);
            }
            let mine = teams.next_if(|(named, _)| *named == Some(*package));
            if scope.covers(Some(*package)) {
                registered.push((Some(place), mine.map_or(&[], |(_, members)| members)));
            }
        }
        gone.extend(teams.map(|(_, members)| members));
        let outside = gone.into_iter().flat_map(|members| members.chunks(BATCH));
        let outside = outside.filter(|_| scope.covers(None));
        let mut batches: Vec<Vec<Team<'_>>> = Vec::new();
        let mut room = 0_usize;
        let outside = outside.map(|members| (None, members));
        for (place, members) in registered.into_iter().chain(outside) {
            if room == 0 {
                batches.push(Vec::new());
                room = BATCH;
            }
            batches
                .iter_mut()
                .last()
                .into_iter()
                .for_each(|batch| batch.push((place, members)));
            room = room.saturating_sub(members.len().saturating_add(1));
        }
        batches
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

    /// A registered agreement with its facts.
    #[must_use]
    pub fn told(&self, agreement: StreamId) -> Option<Told<'a>> {
        let ties = self.one(agreement)?.ties;
        let book = self.status.book(agreement)?;
        let info = description::agreement(book)?;
        let track = self.ledger.track(*info.class.value);
        Some(Told {
            standing: standing(book, track, self.day),
            info,
            ties,
        })
    }

    /// What `look` sees in the facts of some kinds of the registered agreement whose stream has a number, its registration and
    /// descriptions always among them: they are read apart and let go again. Of the standing only what follows from these
    /// facts is true.
    pub fn excerpt<T>(
        &self,
        number: u32,
        wanted: impl Fn(Kind) -> bool,
        look: impl FnOnce(&Told<'_>) -> T,
    ) -> Option<T> {
        let entry = self.numbered(number)?;
        let ties = entry.ties;
        let wanted = |kind: Kind| kind.describes() || wanted(kind);
        let look = |book: &Book| {
            let info = description::agreement(book)?;
            let track = self.ledger.track(*info.class.value);
            let standing = standing(book, track, self.day);
            Some(look(&Told {
                info,
                standing,
                ties,
            }))
        };
        self.status.excerpt(entry.on.gist.id, wanted, look)?
    }
}
