//! The course an agreement takes: what it comes to on every day, as far as its steps are told and counted.
//!
//! As long as nothing more is recorded of it, that changes only on the days on which its facts had happened. So one reading
//! of its book answers for every day, and a report of any period need not read the book again.

use chrono::NaiveDate;

use super::card::Remarks;
use super::criterion::meets;
use super::ties::Says;
use crate::deal::event::agreement_registered::{Class, Instrument};
use crate::deal::state::{Book, Fact};
use crate::deal::track::SIGNED;
use crate::deal::value::ids::{Ref, StreamId};
use crate::deal::value::money::Money;
use crate::deal::value::text::Text;
use crate::projection::description::{self, AgreementInfo};
use crate::projection::ledger::LedgerModel;
use crate::projection::standing::milestones::Reached;
use crate::projection::standing::{Standing, standing};

/// An agreement on any day.
#[derive(Debug, Clone, PartialEq)]
pub struct Course {
    /// Its stream.
    pub id: StreamId,
    /// Its reference.
    pub reference: Ref,
    /// Whether its registration stands.
    pub is_registered: bool,
    /// Practical or institutional.
    pub class: Class,
    /// What kind of paper it is.
    pub instrument: Instrument,
    /// Its sectors, each once, by the numbers that whoever keeps courses has given them.
    pub sectors: Box<[u32]>,
    /// The corrections and withdrawals of its facts: position and civil day of each.
    pub amended: Box<[(u64, NaiveDate)]>,
    /// What it says of others.
    pub says: Says,
    // What is true on some days: each thing once, and by phase the places of those that are.
    milestones: Box<[Milestone]>,
    reversals: Box<[NaiveDate]>,
    money: Box<[(u64, Money)]>,
    places: Box<[u32]>,
    phases: Box<[Phase]>,
}

/// For which days a course is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Days {
    /// For one alone; on any other it says the same, which need not be so.
    One(NaiveDate),
    /// For every one.
    All,
}

/// The signing, or a step, as it stands from some day on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Milestone {
    /// Whether it is a practical step; otherwise it is the signing.
    pub is_step: bool,
    /// The day it was reached.
    pub day: NaiveDate,
    /// The civil day on which it was learned.
    pub learned_day: NaiveDate,
    /// The position of the fact of it that was recorded first.
    pub learned: u64,
    /// Whether a fact of it was moved here from another agreement: then it was learned before.
    pub is_moved: bool,
    /// The days on which a stronger fact followed a weaker one.
    pub raised: Box<[NaiveDate]>,
}

/// A stretch of days on which nothing changes.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Phase {
    /// The first of them.
    from: NaiveDate,
    /// How many expectations are open.
    expectations: u32,
    /// How many obstacles stand.
    obstacles: u32,
    /// How many fields or topics sources make claims on.
    claims: u32,
    /// How many facts carry a remark on what was inferred.
    inferred: u32,
    /// Where its places begin: of milestones, reversals, money and definitions met, and where they end.
    starts: [u32; 5],
}

/// An agreement on one day.
#[derive(Debug, Clone, Copy)]
pub struct OnDay<'c> {
    /// What does not change from day to day, and the rest.
    pub course: &'c Course,
    phase: &'c Phase,
}

impl Course {
    /// The course of an agreement, and its sectors, which have no numbers yet; `None` when its stream has no registration of
    /// one.
    #[must_use]
    pub fn of(book: &Book, ledger: &LedgerModel, days: Days) -> Option<(Self, Vec<Text>)> {
        let info = description::agreement(book)?;
        let track = ledger.track(*info.class.value);
        let mut drawing = Drawing::default();
        match days {
            Days::One(day) => drawing.add(NaiveDate::MIN, &standing(book, track, day), ledger),
            Days::All => {
                for day in changes(book) {
                    drawing.add(day, &standing(book, track, day), ledger);
                }
            }
        }
        let course = Self {
            id: info.id,
            reference: info.reference.clone(),
            is_registered: book.is_registered(),
            class: *info.class.value,
            instrument: *info.instrument.value,
            sectors: Box::default(),
            amended: book.facts().iter().flat_map(Remarks::amended).collect(),
            says: Says::of(&info),
            milestones: drawing.milestones.into(),
            reversals: drawing.reversals.into(),
            money: drawing.money.into(),
            places: drawing.places.into(),
            phases: drawing.phases.into(),
        };
        Some((course, sectors(&info)))
    }

    /// What it comes to on a day.
    #[must_use]
    pub fn on(&self, day: NaiveDate) -> Option<OnDay<'_>> {
        let later = self.phases.partition_point(|phase| phase.from <= day);
        let phase = self.phases.get(later.checked_sub(1)?)?;
        Some(OnDay {
            course: self,
            phase,
        })
    }
}

/// The sectors of an agreement, each once; sealed ones tell nothing apart and are one.
fn sectors(info: &AgreementInfo<'_>) -> Vec<Text> {
    let sectors = info.sectors.value.iter();
    let mut sectors: Vec<Text> = sectors.map(|one| one.text.clone()).collect();
    sectors.sort_unstable();
    sectors.dedup_by(|one, other| one.plain() == other.plain());
    sectors
}

/// The first day of all, and every day on which a fact had happened that had not the day before.
fn changes(book: &Book) -> Vec<NaiveDate> {
    let dated = book.live().filter(|fact| fact.is_dated());
    let happened = dated.map(|fact| fact.current().latest_day());
    let mut days: Vec<NaiveDate> = happened.chain([NaiveDate::MIN]).collect();
    days.sort_unstable();
    days.dedup();
    days
}

/// A course while it is drawn.
#[derive(Default)]
struct Drawing {
    milestones: Vec<Milestone>,
    reversals: Vec<NaiveDate>,
    money: Vec<(u64, Money)>,
    places: Vec<u32>,
    phases: Vec<Phase>,
}

impl Drawing {
    /// Adds what holds from a day on, unless it is what held before.
    fn add(&mut self, from: NaiveDate, standing: &Standing<'_>, ledger: &LedgerModel) {
        let mut starts = [self.end(), 0, 0, 0, 0];
        let told = standing.milestones.iter();
        let told = told.filter(|reached| reached.is_step || reached.code == SIGNED);
        for reached in told {
            let place = place_of(&mut self.milestones, Milestone::of(reached));
            self.places.push(place);
        }
        starts[1] = self.end();
        let reversed = standing.reversed.iter();
        for reversed in reversed.filter(|one| standing.track.is_step(one.code)) {
            let place = place_of(&mut self.reversals, reversed.day);
            self.places.push(place);
        }
        starts[2] = self.end();
        for (_, _, stated) in standing.values.iter() {
            for one in stated {
                let place = place_of(&mut self.money, (one.fact.seq(), one.money.clone()));
                self.places.push(place);
            }
        }
        starts[3] = self.end();
        for (place, definition) in (0..).zip(&ledger.policy().conversions) {
            if meets(standing, &definition.criterion) {
                self.places.push(place);
            }
        }
        starts[4] = self.end();
        let inferred = standing.book.live();
        let inferred = inferred.filter(|fact| fact.payload().inferred().is_some());
        let phase = Phase {
            from,
            expectations: count(standing.follow_up.open_expectations()),
            obstacles: count(standing.follow_up.open_obstacles()),
            claims: count(standing.claims.iter()),
            inferred: count(inferred.filter(|fact| fact.happened_by(standing.day))),
            starts,
        };
        match self.phases.last() {
            Some(last) if self.is_same(last, &phase) => {
                self.places.truncate(starts[0] as usize);
            }
            _ => self.phases.push(phase),
        }
    }

    fn end(&self) -> u32 {
        count(self.places.iter())
    }

    fn is_same(&self, one: &Phase, other: &Phase) -> bool {
        let counts = |phase: &Phase| {
            [
                phase.expectations,
                phase.obstacles,
                phase.claims,
                phase.inferred,
            ]
        };
        let parts = |phase: &Phase| {
            let [first, rest @ ..] = phase.starts;
            (
                rest.map(|start| start.saturating_sub(first)),
                span(&self.places, first, phase.starts[4]),
            )
        };
        counts(one) == counts(other) && parts(one) == parts(other)
    }
}

/// The place of a thing among those that are there, where it is put if it is not.
fn place_of<T: PartialEq>(things: &mut Vec<T>, thing: T) -> u32 {
    let place = things.iter().position(|one| *one == thing);
    let place = place.unwrap_or_else(|| {
        things.push(thing);
        things.len().saturating_sub(1)
    });
    u32::try_from(place).unwrap_or(u32::MAX)
}

/// How many there are, for sums: no book has more events than this can count.
fn count<T>(items: impl Iterator<Item = T>) -> u32 {
    u32::try_from(items.count()).unwrap_or(u32::MAX)
}

fn span(places: &[u32], from: u32, to: u32) -> &[u32] {
    places.get(from as usize..to as usize).unwrap_or_default()
}

impl Milestone {
    fn of(reached: &Reached<'_>) -> Self {
        let moved = |fact: &&Fact| fact.root().payload.continues().is_some();
        let learned = reached.facts.iter().map(|fact| fact.seq());
        Self {
            is_step: reached.is_step,
            day: reached.day,
            learned_day: reached.learned_day(),
            learned: learned.min().unwrap_or(0),
            is_moved: reached.facts.iter().any(moved),
            raised: reached.strengthened.iter().map(|one| one.day).collect(),
        }
    }
}

impl<'c> OnDay<'c> {
    fn places(self, part: usize) -> &'c [u32] {
        let start = |part: usize| self.phase.starts.get(part).copied().unwrap_or(0);
        span(
            &self.course.places,
            start(part),
            start(part.saturating_add(1)),
        )
    }

    fn some<T>(self, of: &'c [T], part: usize) -> impl Iterator<Item = &'c T> {
        let places = self.places(part).iter();
        places.filter_map(|place| of.get(*place as usize))
    }

    /// The signing and the steps, by (day, rank, position).
    fn milestones(self) -> impl Iterator<Item = &'c Milestone> {
        self.some(&self.course.milestones, 0)
    }

    /// The signing, which is no step.
    #[must_use]
    pub fn signed(self) -> Option<&'c Milestone> {
        self.milestones().find(|milestone| !milestone.is_step)
    }

    /// The practical steps, by (day, rank, position).
    pub fn steps(self) -> impl Iterator<Item = &'c Milestone> {
        self.milestones().filter(|milestone| milestone.is_step)
    }

    /// The days on which steps were reversed.
    pub fn reversals(self) -> impl Iterator<Item = NaiveDate> {
        self.some(&self.course.reversals, 1).copied()
    }

    /// The money that stands, with the position of the fact that states it.
    pub fn money(self) -> impl Iterator<Item = &'c (u64, Money)> {
        self.some(&self.course.money, 2)
    }

    /// The definitions of the policy that are met, by their places in it.
    #[must_use]
    pub fn met(self) -> &'c [u32] {
        self.places(3)
    }

    /// How many expectations are open.
    #[must_use]
    pub fn expectations(self) -> u32 {
        self.phase.expectations
    }

    /// How many obstacles stand.
    #[must_use]
    pub fn obstacles(self) -> u32 {
        self.phase.obstacles
    }

    /// How many fields or topics sources make claims on.
    #[must_use]
    pub fn claims(self) -> u32 {
        self.phase.claims
    }

    /// How many facts carry a remark on what was inferred.
    #[must_use]
    pub fn inferred(self) -> u32 {
        self.phase.inferred
    }
}
