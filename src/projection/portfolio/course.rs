//! The course an agreement takes: what it comes to on every day, as far as it is counted.
//!
//! As long as nothing more is recorded of it, that changes only on the days on which its facts had happened. So one reading
//! of its book answers for every day, and a report of any period need not read the book again.

use chrono::NaiveDate;

use super::gist::{Amendment, Change, Counted, Gist, Single, Stretch, span};
use super::ties::Says;
use crate::deal::event::agreement_registered::{Class, Instrument};
use crate::deal::event::financial_model_agreed::ModelStrength;
use crate::deal::value::ids::{Ref, StreamId};
use crate::deal::value::money::{Money, MoneyKind};
use crate::deal::value::party::Country;
use crate::deal::value::text::{Names, Text};
use crate::projection::standing::health::{Fare, Health};

/// An agreement on any day.
#[derive(Debug, Clone, PartialEq)]
pub struct Course {
    /// Its stream.
    pub id: StreamId,
    /// Its reference.
    pub reference: Ref,
    /// Its title.
    pub titles: Names,
    /// Whether its registration stands.
    pub is_registered: bool,
    /// Practical or institutional.
    pub class: Class,
    /// What kind of paper it is.
    pub instrument: Instrument,
    /// Its sectors, each once, by the numbers that whoever keeps courses has given them.
    pub sectors: Box<[u32]>,
    /// Where its parties are from, in the order in which they are named.
    pub origins: Box<[PartyOrigin]>,
    /// The facts that stand and carry a remark on what was inferred, by the positions of their root events.
    pub inferred: Box<[u64]>,
    /// What it says of others.
    pub says: Says,
    // The codes of milestones told of, by their numbers as of the sectors.
    pub(super) codes: Box<[u32]>,
    // What is true on some days: each thing once, and by phase the places of those that are.
    pub(super) milestones: Box<[Milestone]>,
    pub(super) reversals: Box<[NaiveDate]>,
    pub(super) money: Box<[(u64, Money)]>,
    pub(super) places: Box<[u32]>,
    // By the first days from which they hold, which stand with what is counted.
    pub(super) phases: Box<[Phase]>,
}

/// Where a party is from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PartyOrigin {
    /// As stated of it; `None` when it is stated to be unknown, or nothing is and no organisation is named.
    Country(Option<Country>),
    /// Where this organisation is registered.
    Organization(StreamId),
}

/// The words of a course that are given numbers, for many agreements share few of them.
#[derive(Debug, Clone, PartialEq)]
pub struct Words {
    /// Its sectors, each once.
    pub sectors: Vec<Text>,
    /// The codes of its milestones.
    pub codes: Vec<String>,
}

/// A milestone as it stands from some day on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Milestone {
    /// The place of its code among those of the course.
    pub(super) code: u32,
    /// How settled the financial model is; `None` for other milestones.
    pub strength: Option<ModelStrength>,
    /// Whether it is the signing, which is no step.
    pub is_signing: bool,
    /// Whether it is a practical step.
    pub is_step: bool,
    /// Whether a document stands behind it in the strength it is counted with.
    pub is_documented: bool,
    /// The position of the first fact as strong as it is counted.
    pub fact: Option<u64>,
    /// The day it was reached.
    pub day: NaiveDate,
    /// The civil day on which it was learned.
    pub learned_day: NaiveDate,
    /// The position of the fact of it that was recorded first.
    pub learned: u64,
    /// Whether one fact alone supports it.
    pub is_single: bool,
    /// Whether a fact of it was moved here from another agreement: then it was learned before.
    pub is_moved: bool,
    /// The days on which a stronger fact followed a weaker one.
    pub raised: Box<[NaiveDate]>,
}

/// What is told of a stretch of days on which nothing changes, beside what is counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Phase {
    /// How it fares.
    pub(super) fare: Fare,
    /// Where its places begin: of milestones, reversals, money, definitions met and milestones not needed, and where they
    /// end.
    pub(super) starts: [u32; 6],
}

/// An agreement on one day.
#[derive(Debug, Clone, Copy)]
pub struct OnDay<'c> {
    /// What does not change from day to day, and the rest.
    pub course: &'c Course,
    /// What is counted of it.
    pub counted: Counted<'c>,
    pub(super) day: NaiveDate,
}

impl Milestone {
    /// The positions of the facts behind some milestones; `None` where one is supported by several, of which the course knows
    /// the first.
    pub fn facts<'m>(milestones: impl Iterator<Item = &'m Self>) -> Option<Vec<u64>> {
        let fact = |one: &Self| one.is_single.then_some(one.learned);
        milestones.map(fact).collect()
    }
}

impl Course {
    /// Gives its words the numbers that `sector` and `code` have for them.
    pub fn number(
        &mut self,
        words: &Words,
        sector: impl FnMut(&Text) -> u32,
        code: impl FnMut(&String) -> u32,
    ) {
        self.sectors = words.sectors.iter().map(sector).collect();
        self.codes = words.codes.iter().map(code).collect();
    }
}

impl Course {
    /// What is counted of it, with its stretches of days by the first day of each, and with the corrections and withdrawals of
    /// its facts.
    #[must_use]
    pub fn counted<'c>(
        &'c self,
        stretches: &'c [(NaiveDate, Stretch)],
        amendments: &'c [Amendment],
    ) -> Change<'c> {
        Change {
            gist: Gist {
                class: self.class,
                instrument: self.instrument,
                is_registered: self.is_registered,
                is_alone: self.says.same_as.is_none(),
                sectors: Single::of(self.sectors.iter()).copied(),
                start: 0,
                end: 0,
                money: (0, 0),
                amendments: (0, 0),
            },
            money: &self.money,
            amendments,
            stretches,
        }
    }

    /// What it comes to on a day, of which this is counted.
    #[inline]
    #[must_use]
    pub fn on<'c>(&'c self, counted: Counted<'c>, day: NaiveDate) -> OnDay<'c> {
        OnDay {
            course: self,
            counted,
            day,
        }
    }
}

impl<'c> OnDay<'c> {
    fn places(self, part: usize) -> &'c [u32] {
        let phase = self.course.phases.get(self.counted.place);
        let start = |part| phase.and_then(|phase| phase.starts.get(part).copied());
        let start = |part: usize| start(part).unwrap_or(0);
        let ends = (start(part), start(part.saturating_add(1)));
        span(&self.course.places, ends)
    }

    fn some<T>(self, of: &'c [T], part: usize) -> impl Iterator<Item = &'c T> {
        let places = self.places(part).iter();
        places.filter_map(|place| of.get(*place as usize))
    }

    /// Its health.
    #[must_use]
    pub fn health(self) -> Health {
        let phase = self.course.phases.get(self.counted.place);
        // Every stretch of days has its phase.
        phase.map_or(Health::Current, |phase| phase.fare.on(self.day))
    }

    /// Whether it was signed.
    #[inline]
    #[must_use]
    pub fn is_signed(self) -> bool {
        self.counted.stretch.is_signed
    }

    /// Whether any step was reached.
    #[inline]
    #[must_use]
    pub fn has_step(self) -> bool {
        self.counted.stretch.has_step
    }

    /// Whether a milestone was reached or raised, or a step reversed, on a day or after it.
    #[inline]
    #[must_use]
    pub fn has_news_since(self, day: NaiveDate) -> bool {
        self.counted.stretch.news >= day
    }

    /// Whether a milestone was learned on a day or after it.
    #[inline]
    #[must_use]
    pub fn has_learned_since(self, day: NaiveDate) -> bool {
        self.counted.stretch.learned >= day
    }

    /// The milestones reached, by (day, rank, position).
    pub fn milestones(self) -> impl Iterator<Item = &'c Milestone> {
        self.some(&self.course.milestones, 0)
    }

    /// The signing, which is no step.
    #[must_use]
    pub fn signed(self) -> Option<&'c Milestone> {
        self.milestones().find(|milestone| milestone.is_signing)
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

    /// Whether a definition of the policy is met, by its place in it.
    #[inline]
    #[must_use]
    pub fn meets(self, definition: usize) -> bool {
        self.counted.stretch.meets(definition).unwrap_or_else(|| {
            let mut met = self.places(3).iter();
            met.any(|place| *place as usize == definition)
        })
    }

    /// Which of the first definitions of the policy are met, a bit each.
    #[inline]
    #[must_use]
    pub fn met(self) -> u16 {
        self.counted.stretch.met
    }

    /// The money that stands, without the facts that state it.
    #[inline]
    pub fn amounts(self) -> impl Iterator<Item = &'c Money> {
        let (one, several) = match (self.counted.stretch.amounts, self.counted.money) {
            (0, _) => (None, None),
            // Where there is ever but one, it is the one that stands.
            (1, [money]) => (Some(money), None),
            _ => (None, Some(self.money().map(|(_, money)| money))),
        };
        one.into_iter().chain(several.into_iter().flatten())
    }

    /// The corrections and withdrawals of its facts, whenever they were recorded: position and civil day of each.
    #[inline]
    #[must_use]
    pub fn amended(self) -> &'c [Amendment] {
        self.counted.amendments
    }

    /// The declared money that stands.
    #[inline]
    pub fn declared(self) -> impl Iterator<Item = &'c Money> {
        let (one, several) = match self.counted.stretch.declared {
            Single::None => (None, None),
            Single::One(place) => (self.counted.money.get(place as usize), None),
            Single::Several => {
                let declared = |money: &&Money| money.kind() == MoneyKind::Declared;
                (None, Some(self.amounts().filter(declared)))
            }
        };
        one.into_iter().chain(several.into_iter().flatten())
    }

    /// The number of a milestone's code.
    #[must_use]
    pub fn code(self, milestone: &Milestone) -> Option<u32> {
        self.course.codes.get(milestone.code as usize).copied()
    }

    /// The milestones said not to be needed and not reached, by the numbers of their codes.
    pub fn not_needed(self) -> impl Iterator<Item = u32> {
        self.some(&self.course.codes, 4).copied()
    }

    /// How many expectations are open.
    #[inline]
    #[must_use]
    pub fn expectations(self) -> u32 {
        self.counted.stretch.expectations
    }

    /// How many obstacles stand.
    #[inline]
    #[must_use]
    pub fn obstacles(self) -> u32 {
        self.counted.stretch.obstacles
    }

    /// How many fields or topics sources make claims on.
    #[inline]
    #[must_use]
    pub fn claims(self) -> u32 {
        self.counted.stretch.claims
    }

    /// How many facts carry a remark on what was inferred.
    #[inline]
    #[must_use]
    pub fn inferred(self) -> u32 {
        self.counted.stretch.inferred
    }
}
