//! How an agreement fares on a day: ended, suspended, slipping, silent or current.

use chrono::{Days, NaiveDate};

use super::follow_up::FollowUp;
use super::happened::Happened;
use super::milestones::Reached;
use crate::deal::event::Kind;
use crate::deal::state::Fact;
use crate::deal::track::{SIGNED, Track};

/// How it fares: the first of these that holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Health {
    /// It ended without delivery.
    Terminated,
    /// It was delivered.
    Completed,
    /// Work on it stopped for the time being.
    Suspended,
    /// The horizon of an open expectation ended before the day.
    Slipping,
    /// Nothing was heard for longer than the track's interval.
    Silent,
    /// None of these.
    Current,
}

impl Health {
    /// All of them, in order of precedence.
    pub const ALL: [Self; 6] = [
        Self::Terminated,
        Self::Completed,
        Self::Suspended,
        Self::Slipping,
        Self::Silent,
        Self::Current,
    ];

    /// The word used for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Terminated => "terminated",
            Self::Completed => "completed",
            Self::Suspended => "suspended",
            Self::Slipping => "slipping",
            Self::Silent => "silent",
            Self::Current => "current",
        }
    }
}

/// What an interval was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Pause {
    /// From `suspended` to `resumed`.
    Suspension,
    /// From `terminated` to `reopened`.
    Termination,
    /// From `completed` to `reopened`.
    Completion,
}

/// Days on which an agreement was suspended or closed.
#[derive(Debug, Clone, Copy)]
pub struct Interval<'a> {
    /// What it was.
    pub pause: Pause,
    /// Its first day.
    pub from: NaiveDate,
    /// The fact that began it.
    pub began: &'a Fact,
    /// The day from which it no longer held, and the fact that ended it; `None` while it lasts.
    pub ended: Option<(NaiveDate, &'a Fact)>,
}

const STATUS: &[Kind] = &[
    Kind::Suspended,
    Kind::Resumed,
    Kind::Terminated,
    Kind::Completed,
    Kind::Reopened,
];

/// The suspensions and closings by a day, in order of their first day.
///
/// Facts in an order that makes no sense (a second suspension, a resumption of nothing) change
/// nothing: a backdated fact or a correction may put them so, and the answer must still be given.
pub(super) fn intervals<'a>(happened: &Happened<'a>) -> Vec<Interval<'a>> {
    let mut intervals: Vec<Interval<'_>> = Vec::new();
    for fact in happened.of(STATUS) {
        match fact.payload().kind() {
            Some(Kind::Suspended) => begin(&mut intervals, Pause::Suspension, fact),
            Some(Kind::Terminated) => begin(&mut intervals, Pause::Termination, fact),
            Some(Kind::Completed) => begin(&mut intervals, Pause::Completion, fact),
            Some(Kind::Resumed) => end(&mut intervals, &[Pause::Suspension], fact),
            _ => end(
                &mut intervals,
                &[Pause::Termination, Pause::Completion],
                fact,
            ),
        }
    }
    intervals
}

fn begin<'a>(intervals: &mut Vec<Interval<'a>>, pause: Pause, began: &'a Fact) {
    let lasts = |interval: &Interval<'_>| interval.pause == pause && interval.ended.is_none();
    if !intervals.iter().any(lasts) {
        intervals.push(Interval {
            pause,
            from: began.current().latest_day(),
            began,
            ended: None,
        });
    }
}

fn end<'a>(intervals: &mut [Interval<'a>], pauses: &[Pause], fact: &'a Fact) {
    for interval in intervals {
        if pauses.contains(&interval.pause) && interval.ended.is_none() {
            interval.ended = Some((fact.current().latest_day(), fact));
        }
    }
}

/// The last day of news: the greatest latest day of signing, steps, contacts, obstacles and
/// expectations. Where there is none of these, the day of registration, which may be yet to come.
pub(super) fn last_news(happened: &Happened<'_>, reached: &[Reached<'_>]) -> Option<NaiveDate> {
    const NEWS: &[Kind] = &[
        Kind::Contacted,
        Kind::ObstacleRaised,
        Kind::ObstacleResolved,
        Kind::ExpectationStated,
    ];
    let counts = |reached: &&Reached<'_>| reached.is_step || reached.code == SIGNED;
    let milestones = reached.iter().filter(counts);
    let facts = milestones.flat_map(|reached| reached.facts.iter().copied());
    facts
        .chain(happened.of(NEWS))
        .map(|fact| fact.current().latest_day())
        .max()
        .or_else(|| Some(happened.book.registration()?.root().recording.day))
}

/// How an agreement fares while nothing more happens to it: by the passing of days alone it becomes late, or silent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fare {
    /// What holds on every day: that it ended or stopped.
    ended: Option<Health>,
    /// The end of the horizon of an open expectation, the earliest of them.
    horizon: Option<NaiveDate>,
    /// The last day before nothing was heard for longer than the track's interval.
    patience: Option<NaiveDate>,
}

impl Fare {
    pub(super) fn of(
        track: &Track,
        intervals: &[Interval<'_>],
        follow_up: &FollowUp<'_>,
        last_news: Option<NaiveDate>,
    ) -> Self {
        let lasting = |pause: Pause| {
            let mut intervals = intervals.iter();
            intervals.any(|interval| interval.pause == pause && interval.ended.is_none())
        };
        let ended = [
            (Pause::Termination, Health::Terminated),
            (Pause::Completion, Health::Completed),
            (Pause::Suspension, Health::Suspended),
        ];
        let ended = ended.into_iter().find(|(pause, _)| lasting(*pause));
        let open = follow_up.open_expectations();
        let interval = Days::new(track.review_interval_days.into());
        Self {
            ended: ended.map(|(_, health)| health),
            horizon: open.filter_map(|open| open.data.horizon.latest()).min(),
            patience: last_news.and_then(|last| last.checked_add_days(interval)),
        }
    }

    /// The health on a day.
    #[must_use]
    pub fn on(self, day: NaiveDate) -> Health {
        let passed = |last: Option<NaiveDate>| last.is_some_and(|last| last < day);
        match self.ended {
            Some(health) => health,
            None if passed(self.horizon) => Health::Slipping,
            None if passed(self.patience) => Health::Silent,
            None => Health::Current,
        }
    }
}
