//! One agreement on one day: what had happened by then, as known at the position of its book.
//!
//! Facts count when their latest day is not after the day asked about, in the order of latest day,
//! rank in the track, and position. What may have happened by then and may not is listed as
//! possible and never counted.

pub mod follow_up;
pub mod happened;
pub mod health;
pub mod milestones;
pub mod values;

use std::cmp::Reverse;

use chrono::NaiveDate;

use self::follow_up::{FollowUp, NextStep};
use self::happened::Happened;
use self::health::{Fare, Health, Interval};
use self::milestones::{NotNeeded, Reached, ReversedFact, Strengthened};
use self::values::{Figure, Values};
use super::description::claims::{FieldClaims, claims};
use super::status::Status;
use crate::deal::event::contacted::Contacted;
use crate::deal::event::{Kind, Payload};
use crate::deal::state::facts::Kinds;
use crate::deal::state::{Book, Fact, Retraction};
use crate::deal::track::{SIGNED, Track};
use crate::deal::value::ids::ActorId;
use crate::deal::value::source::EvidenceLevel;

/// The answer for one agreement and one day.
#[derive(Debug, Clone)]
pub struct Standing<'a> {
    /// The agreement's facts.
    pub book: &'a Book,
    /// The track in force for its class.
    pub track: &'a Track,
    /// The day asked about, inclusive.
    pub day: NaiveDate,
    /// Set when the registration was withdrawn; the trail stays.
    pub withdrawn: Option<&'a Retraction>,
    /// Milestones reached, one a code, by (day, rank, position).
    pub milestones: Vec<Reached<'a>>,
    /// Milestone facts that were reversed by the day, with the reversal.
    pub reversed: Vec<ReversedFact<'a>>,
    /// Facts that may have happened by the day and may not; never counted.
    pub possible: Vec<&'a Fact>,
    /// Milestones said not to be needed.
    pub not_needed: Vec<NotNeeded<'a>>,
    /// Suspensions, terminations and completions with the days they lasted.
    pub intervals: Vec<Interval<'a>>,
    /// Expectations, promises and obstacles.
    pub follow_up: FollowUp<'a>,
    /// Money by kind and currency.
    pub values: Values<'a>,
    /// Figures promised and realised.
    pub figures: Vec<Figure<'a>>,
    /// Claims by field.
    pub claims: Vec<FieldClaims<'a>>,
    /// Contacts, by day.
    pub contacts: Vec<Contact<'a>>,
    /// The health on the day.
    pub health: Health,
    /// How the health changes by the passing of days alone.
    pub fare: Fare,
    /// The last day of news: signing, steps, contacts, obstacles and expectations.
    pub last_news: Option<NaiveDate>,
    /// The officer assigned last.
    pub officer: Option<&'a ActorId>,
}

/// A contact and the fact that records it.
#[derive(Debug, Clone, Copy)]
pub struct Contact<'a> {
    /// Its latest day.
    pub day: NaiveDate,
    /// The fact.
    pub fact: &'a Fact,
    /// With whom and with what outcome.
    pub data: &'a Contacted,
}

/// What had happened to an agreement by the end of a day.
#[must_use]
pub fn standing<'a>(book: &'a Book, track: &'a Track, day: NaiveDate) -> Standing<'a> {
    let happened = Happened::by(book, day);
    let sorted = milestones::sort(&happened, track);
    let contacts: Vec<Contact<'a>> = happened
        .of(&[Kind::Contacted])
        .filter_map(contact)
        .collect();
    let follow_up = follow_up::follow_up(&happened, track, day, &sorted.reached);
    let intervals = health::intervals(&happened);
    let last_news = health::last_news(&happened, &sorted.reached);
    let fare = Fare::of(track, &intervals, &follow_up, last_news);
    Standing {
        book,
        track,
        day,
        withdrawn: book
            .registration()
            .and_then(|fact| fact.retracted.as_deref()),
        milestones: sorted.reached,
        reversed: sorted.reversed,
        possible: possible(book, track, day),
        not_needed: milestones::not_needed(&happened),
        intervals,
        follow_up,
        values: values::values_of(&happened),
        figures: values::figures(&happened),
        claims: claims(book, day),
        contacts,
        health: fare.on(day),
        fare,
        last_news: last_news.filter(|last| *last <= day),
        officer: officer(book),
    }
}

impl<'a> Standing<'a> {
    /// The milestone of a code, if it was reached.
    #[must_use]
    pub fn reached(&self, code: &str) -> Option<&Reached<'a>> {
        self.milestones.iter().find(|reached| reached.code == code)
    }

    /// The signing, which has a line of its own and is no step.
    #[must_use]
    pub fn signed(&self) -> Option<&Reached<'a>> {
        self.reached(SIGNED)
    }

    /// The practical steps, by (day, rank, position).
    pub fn steps(&self) -> impl DoubleEndedIterator<Item = &Reached<'a>> {
        self.milestones.iter().filter(|reached| reached.is_step)
    }

    /// Whether any step was reached.
    #[must_use]
    pub fn has_step(&self) -> bool {
        self.steps().next().is_some()
    }

    /// The furthest milestone by rank in the track. A milestone the track does not have has no rank.
    #[must_use]
    pub fn stage(&self) -> Option<&Reached<'a>> {
        self.milestones
            .iter()
            .filter(|reached| reached.rank.is_some())
            .max_by_key(|reached| reached.rank)
    }

    /// The step reached last, by (day, rank, position).
    #[must_use]
    pub fn latest_step(&self) -> Option<&Reached<'a>> {
        self.steps().next_back()
    }

    /// The lowest and the highest evidence level behind its milestones; `None` without milestones.
    #[must_use]
    pub fn evidence(&self) -> Option<(EvidenceLevel, EvidenceLevel)> {
        let levels = || self.milestones.iter().map(|reached| reached.evidence);
        Some((levels().min()?, levels().max()?))
    }

    /// The first thing to come: the open expectation or promise with the earliest day.
    #[must_use]
    pub fn next_step(&self) -> Option<NextStep<'a>> {
        self.follow_up.next_step()
    }

    /// Claims on fields where sources differ.
    pub fn disputed(&self) -> impl Iterator<Item = &FieldClaims<'a>> {
        self.claims.iter().filter(|field| field.disputed)
    }

    /// Steps reached in a window of days, both inclusive; without a first day there is no lower bound.
    pub fn steps_between(
        &self,
        since: Option<NaiveDate>,
        until: NaiveDate,
    ) -> impl Iterator<Item = &Reached<'a>> {
        self.steps().filter(move |reached| {
            since.is_none_or(|since| reached.day >= since) && reached.day <= until
        })
    }

    /// Steps that had happened before a window but were learned only since: at a position or after it
    /// when one is given with the look-ups, otherwise on the window's first day or after it. A moved
    /// fact was learned when the fact it continues was.
    pub fn steps_learned_since<'s>(
        &'s self,
        since: NaiveDate,
        position: Option<(&'s Status, u64)>,
    ) -> impl Iterator<Item = &'s Reached<'a>> {
        self.steps().filter(move |reached| {
            let learned = match position {
                Some((status, position)) => {
                    let mut facts = reached.facts.iter();
                    facts.all(|fact| status.learned_at(fact) >= position)
                }
                None => reached.learned_day() >= since,
            };
            reached.day < since && learned
        })
    }

    /// Raised strengths in a window of days, both inclusive.
    pub fn strengthened_between(
        &self,
        since: Option<NaiveDate>,
        until: NaiveDate,
    ) -> impl Iterator<Item = (&Reached<'a>, &Strengthened<'a>)> {
        let in_window = move |raised: &&Strengthened<'a>| {
            since.is_none_or(|since| raised.day >= since) && raised.day <= until
        };
        self.steps().flat_map(move |reached| {
            reached
                .strengthened
                .iter()
                .filter(in_window)
                .map(move |raised| (reached, raised))
        })
    }
}

/// Every live fact that may have happened by the day and may not, in the order of the fold.
fn possible<'a>(book: &'a Book, track: &Track, day: NaiveDate) -> Vec<&'a Fact> {
    let mut facts: Vec<&Fact> = book.live().filter(|fact| fact.possible_on(day)).collect();
    facts.sort_by_key(|fact| milestones::place(fact, track));
    facts
}

fn contact(fact: &Fact) -> Option<Contact<'_>> {
    match fact.payload() {
        Payload::Contacted(data) => Some(Contact {
            day: fact.current().latest_day(),
            fact,
            data,
        }),
        _ => None,
    }
}

/// The officer of the assignment recorded last.
pub fn officer(book: &Book) -> Option<&ActorId> {
    book.live_of(Kinds::of(&[Kind::Assigned]))
        .filter_map(|fact| match fact.payload() {
            Payload::Assigned(data) => Some((fact.seq(), &data.officer)),
            _ => None,
        })
        .min_by_key(|(seq, _)| Reverse(*seq))
        .map(|(_, officer)| officer)
}
