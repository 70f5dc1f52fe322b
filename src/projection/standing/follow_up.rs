//! What is expected, promised and in the way on a day, and what has become of it.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};

use super::happened::Happened;
use super::milestones::Reached;
use crate::deal::event::expectation_stated::ExpectationStated;
use crate::deal::event::obstacle_raised::ObstacleRaised;
use crate::deal::event::obstacle_resolved::ObstacleResolved;
use crate::deal::event::promise_closed::PromiseClosed;
use crate::deal::event::promise_made::PromiseMade;
use crate::deal::event::{Kind, Payload};
use crate::deal::state::{Book, Fact};
use crate::deal::track::Track;
use crate::deal::value::code::Code;
use crate::deal::value::ids::EventId;

/// Everything to be followed up on a day. Each list is in order of (latest day, position).
#[derive(Debug, Clone, Default)]
pub struct FollowUp<'a> {
    /// All expectations stated by the day, closed ones included.
    pub expectations: Vec<Expectation<'a>>,
    /// All promises made by the day, closed ones included.
    pub promises: Vec<Promise<'a>>,
    /// All obstacles raised by the day, resolved ones included.
    pub obstacles: Vec<Obstacle<'a>>,
}

/// An expectation and what has become of it.
#[derive(Debug, Clone, Copy)]
pub struct Expectation<'a> {
    /// The fact.
    pub fact: &'a Fact,
    /// What is expected, and by when.
    pub data: &'a ExpectationStated,
    /// The day to ask again: as given, or the day of recording and the track's interval.
    pub review_on: NaiveDate,
    /// The fact that closed it; `None` while it is open.
    pub closed_by: Option<&'a Fact>,
    /// Open, and its horizon ended before the day.
    pub is_slipping: bool,
    /// Open, and the day to ask again has passed.
    pub review_overdue: bool,
}

/// A promise and what has become of it.
#[derive(Debug, Clone, Copy)]
pub struct Promise<'a> {
    /// The fact.
    pub fact: &'a Fact,
    /// Who promised what to whom.
    pub data: &'a PromiseMade,
    /// How it ended; `None` while it is open.
    pub closed: Option<(&'a Fact, &'a PromiseClosed)>,
    /// Open, and its due day has passed.
    pub is_overdue: bool,
}

/// An obstacle and what has become of it.
#[derive(Debug, Clone, Copy)]
pub struct Obstacle<'a> {
    /// The fact.
    pub fact: &'a Fact,
    /// What is in the way, and who can remove it.
    pub data: &'a ObstacleRaised,
    /// How it was removed; `None` while it stands.
    pub resolved: Option<(&'a Fact, &'a ObstacleResolved)>,
    /// It stands, and its due day has passed.
    pub is_overdue: bool,
}

/// The first thing to come.
#[derive(Debug, Clone, Copy)]
pub enum NextStep<'a> {
    /// An open expectation.
    Expectation(Expectation<'a>),
    /// An open promise.
    Promise(Promise<'a>),
}

impl<'a> NextStep<'a> {
    /// The fact that states it.
    #[must_use]
    pub fn fact(&self) -> &'a Fact {
        match self {
            Self::Expectation(expectation) => expectation.fact,
            Self::Promise(promise) => promise.fact,
        }
    }

    /// The day it is due: the end of an expectation's horizon, or its review day where the horizon
    /// has no end; a promise's due day, if it has one.
    #[must_use]
    pub fn due(&self) -> Option<NaiveDate> {
        match self {
            Self::Expectation(expectation) => Some(expectation.due()),
            Self::Promise(promise) => promise.due(),
        }
    }
}

impl Expectation<'_> {
    /// Whether it is still open.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.closed_by.is_none()
    }

    /// The end of its horizon, or its review day where the horizon has no end.
    #[must_use]
    pub fn due(&self) -> NaiveDate {
        self.data.horizon.latest().unwrap_or(self.review_on)
    }
}

impl Promise<'_> {
    /// Whether it is still open.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.closed.is_none()
    }

    /// The last day on which it is due, if one was named.
    #[must_use]
    pub fn due(&self) -> Option<NaiveDate> {
        self.data.due.as_ref().and_then(|due| due.latest())
    }
}

impl Obstacle<'_> {
    /// Whether it still stands.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.resolved.is_none()
    }
}

impl<'a> FollowUp<'a> {
    /// Expectations still open.
    pub fn open_expectations(&self) -> impl Iterator<Item = &Expectation<'a>> {
        self.expectations.iter().filter(|item| item.is_open())
    }

    /// Promises still open.
    pub fn open_promises(&self) -> impl Iterator<Item = &Promise<'a>> {
        self.promises.iter().filter(|item| item.is_open())
    }

    /// Obstacles still standing.
    pub fn open_obstacles(&self) -> impl Iterator<Item = &Obstacle<'a>> {
        self.obstacles.iter().filter(|item| item.is_open())
    }

    /// Open expectations whose day to ask again has passed.
    pub fn overdue_reviews(&self) -> impl Iterator<Item = &Expectation<'a>> {
        self.expectations.iter().filter(|item| item.review_overdue)
    }

    /// The open expectation or promise with the earliest day; those without a day come last.
    #[must_use]
    pub fn next_step(&self) -> Option<NextStep<'a>> {
        let expectations = self.open_expectations().copied().map(NextStep::Expectation);
        let promises = self.open_promises().copied().map(NextStep::Promise);
        expectations.chain(promises).min_by_key(|next| {
            let due = next.due();
            (due.is_none(), due, next.fact().seq())
        })
    }
}

/// What is to be followed up of an agreement on a day.
#[must_use]
pub(super) fn follow_up<'a>(
    happened: &Happened<'a>,
    track: &Track,
    day: NaiveDate,
    reached: &[Reached<'a>],
) -> FollowUp<'a> {
    FollowUp {
        expectations: expected(happened, track.review_interval_days, day, reached),
        promises: promised(happened, day),
        obstacles: obstacles(happened, day),
    }
}

/// The expectations stated by a day in a stream, with what has become of them. A package reaches no
/// milestones; its expectations are closed by later ones.
#[must_use]
pub fn expectations<'a>(
    book: &'a Book,
    review_interval_days: u32,
    day: NaiveDate,
    reached: &[Reached<'a>],
) -> Vec<Expectation<'a>> {
    let happened = Happened::by(book, day);
    expected(&happened, review_interval_days, day, reached)
}

fn expected<'a>(
    happened: &Happened<'a>,
    review_interval_days: u32,
    day: NaiveDate,
    reached: &[Reached<'a>],
) -> Vec<Expectation<'a>> {
    let stated: Vec<(&Fact, &ExpectationStated)> = happened
        .of(&[Kind::ExpectationStated])
        .filter_map(|fact| match fact.payload() {
            Payload::ExpectationStated(data) => Some((fact, data.as_ref())),
            _ => None,
        })
        .collect();
    let news = News::of(happened, reached, &stated);
    let mut expectations = Vec::with_capacity(stated.len());
    for (place, (fact, data)) in stated.iter().copied().enumerate() {
        let review_on = data.review_on.unwrap_or_else(|| {
            let days = Days::new(review_interval_days.into());
            let recorded = fact.root().recording.day;
            recorded.checked_add_days(days).unwrap_or(NaiveDate::MAX)
        });
        let closed_by = match &data.milestone {
            Some(code) => news.closing_milestone(code, place),
            None => news.closing_words(place, review_on),
        };
        let is_open = closed_by.is_none();
        expectations.push(Expectation {
            fact,
            data,
            review_on,
            closed_by,
            is_slipping: is_open && data.horizon.latest().is_some_and(|end| end < day),
            review_overdue: is_open && review_on < day,
        });
    }
    expectations
}

/// What may close an expectation.
struct News<'a, 'b> {
    reached: &'b [Reached<'a>],
    stated: &'b [(&'a Fact, &'a ExpectationStated)],
    /// The last expectation of each code, by its place among those stated.
    last_of_code: BTreeMap<&'a Code, usize>,
    /// Contacts and facts of steps, by (latest day, position).
    heard: Vec<&'a Fact>,
}

impl<'a, 'b> News<'a, 'b> {
    fn of(
        happened: &Happened<'a>,
        reached: &'b [Reached<'a>],
        stated: &'b [(&'a Fact, &'a ExpectationStated)],
    ) -> Self {
        let steps = reached.iter().filter(|reached| reached.is_step);
        let mut heard: Vec<&Fact> = steps.flat_map(|step| step.facts.iter().copied()).collect();
        heard.extend(happened.of(&[Kind::Contacted]));
        heard.sort_by_key(|fact| in_time(fact));
        let coded = stated.iter().enumerate();
        let last_of_code = coded
            .filter_map(|(place, (_, data))| Some((data.milestone.as_ref()?, place)))
            .collect();
        Self {
            reached,
            stated,
            last_of_code,
            heard,
        }
    }

    /// An expected milestone is closed by being reached, or by a later expectation of it.
    fn closing_milestone(&self, code: &Code, place: usize) -> Option<&'a Fact> {
        let reached = self.reached.iter().find(|reached| code == reached.code);
        if let Some(fact) = reached.and_then(|reached| reached.facts.first()) {
            return Some(fact);
        }
        let last = *self.last_of_code.get(code)?;
        let (later, _) = self.stated.get(last).filter(|_| last > place)?;
        Some(later)
    }

    /// An intention in words is closed by the first later expectation, contact or step on or after
    /// the day to ask again.
    fn closing_words(&self, place: usize, review_on: NaiveDate) -> Option<&'a Fact> {
        let (stated, _) = self.stated.get(place)?;
        let answers = |fact: &Fact| {
            fact.current().latest_day() >= review_on && in_time(fact) > in_time(stated)
        };
        let expectations = self.stated.iter().map(|(fact, _)| *fact);
        let expected = expectations
            .skip(place.saturating_add(1))
            .find(|fact| answers(fact));
        let at = self.heard.partition_point(|fact| !answers(fact));
        let heard = self.heard.get(at).copied();
        expected
            .into_iter()
            .chain(heard)
            .min_by_key(|fact| in_time(fact))
    }
}

/// A fact's place in time: latest day, then position.
fn in_time(fact: &Fact) -> (NaiveDate, u64) {
    (fact.current().latest_day(), fact.seq())
}

/// The promises made by a day in a stream, with what has become of them.
#[must_use]
pub fn promises(book: &Book, day: NaiveDate) -> Vec<Promise<'_>> {
    promised(&Happened::by(book, day), day)
}

fn promised<'a>(happened: &Happened<'a>, day: NaiveDate) -> Vec<Promise<'a>> {
    let mut closings: BTreeMap<EventId, (&Fact, &PromiseClosed)> = BTreeMap::new();
    for fact in happened.of(&[Kind::PromiseClosed]) {
        if let Payload::PromiseClosed(data) = fact.payload() {
            let promise = happened
                .book
                .fact(data.promise)
                .map_or(data.promise, Fact::id);
            closings.entry(promise).or_insert((fact, data));
        }
    }
    let promise = |fact: &'_ Fact| closings.get(&fact.id()).copied();
    let mut promises = Vec::new();
    for fact in happened.of(&[Kind::PromiseMade]) {
        let Payload::PromiseMade(data) = fact.payload() else {
            continue;
        };
        let closed = promise(fact);
        let due = data.due.as_ref().and_then(|due| due.latest());
        promises.push(Promise {
            fact,
            data,
            closed,
            is_overdue: closed.is_none() && due.is_some_and(|due| due < day),
        });
    }
    promises
}

/// The obstacles raised by a day in a stream, with what has become of them.
fn obstacles<'a>(happened: &Happened<'a>, day: NaiveDate) -> Vec<Obstacle<'a>> {
    let mut removals: BTreeMap<EventId, (&Fact, &ObstacleResolved)> = BTreeMap::new();
    for fact in happened.of(&[Kind::ObstacleResolved]) {
        if let Payload::ObstacleResolved(data) = fact.payload() {
            let obstacle = happened
                .book
                .fact(data.obstacle)
                .map_or(data.obstacle, Fact::id);
            removals.entry(obstacle).or_insert((fact, data));
        }
    }
    let mut obstacles = Vec::new();
    for fact in happened.of(&[Kind::ObstacleRaised]) {
        let Payload::ObstacleRaised(data) = fact.payload() else {
            continue;
        };
        let resolved = removals.get(&fact.id()).copied();
        obstacles.push(Obstacle {
            fact,
            data,
            resolved,
            is_overdue: resolved.is_none() && data.due.is_some_and(|due| due < day),
        });
    }
    obstacles
}
