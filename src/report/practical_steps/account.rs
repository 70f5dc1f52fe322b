//! What each agreement has to do with the period of a report, found out once for every part of it.

use chrono::NaiveDate;

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
    /// How many steps were reached in the period.
    pub(super) steps: u64,
    /// How many steps before the period were learned only in it, or since the issue that is followed.
    pub(super) learned: u64,
    /// Whether it was signed in the period.
    pub(super) is_signed: bool,
    /// Whether a step was reversed in the period.
    pub(super) is_reversed: bool,
    /// Whether a step was confirmed further in the period.
    pub(super) is_raised: bool,
}

impl<'r> Account<'r> {
    pub(super) fn of(entry: Entry<'r>, register: &Register<'_>, period: Period<'_>) -> Self {
        let on = entry.on;
        let signed = on.signed();
        let mut raised = on.steps().flat_map(|step| &step.raised);
        Self {
            steps: entry.steps_between(period.since, period.until),
            learned: learned(&entry, register, period),
            is_signed: signed.is_some_and(|signed| period.has(signed.day)),
            is_reversed: on.reversals().any(|day| period.is_recent(day)),
            is_raised: raised.any(|day| period.has(*day)),
            entry,
        }
    }

    /// Whether its steps are told in a part: an agreement registered twice is told once.
    pub(super) fn is_told(&self, practical: bool) -> bool {
        self.entry.is_practical() == practical && self.entry.ties.duplicate_of.is_none()
    }
}

fn learned(entry: &Entry<'_>, register: &Register<'_>, period: Period<'_>) -> u64 {
    let Some(since) = period.since else {
        return 0;
    };
    let earlier = || entry.on.steps().filter(|step| step.day < since);
    let Some(follows) = period.follows else {
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
