//! What is the matter with a thing on a day: what is late, what stands in the way, what rests on too little.
//!
//! Whoever only counts asks for weights; whoever puts a matter into words gets the facts behind it.

use chrono::NaiveDate;

use super::concerns::{Concern, of_agreement, without_source};
use super::standing::Standing;
use super::standing::follow_up::{Expectation, Obstacle, Promise, promises};
use super::standing::health::{Health, Pause};
use crate::deal::policy::{Criterion, Policy};
use crate::deal::state::{Book, Fact};
use crate::deal::value::source::EvidenceLevel;

/// What can be the matter, in the order in which it is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Topic {
    /// An expected day has passed.
    Slipping,
    /// Nothing was heard for longer than the interval.
    Silent,
    /// The day to ask again has passed.
    OverdueReview,
    /// A promise is open.
    Promise,
    /// An obstacle stands.
    Obstacle,
    /// Nothing is expected or promised.
    NoNextStep,
    /// A step rests on weak evidence.
    WeakEvidence,
    /// A milestone lacks what it usually needs.
    NeedUnmet,
    /// A milestone lies before the signing.
    BeforeSigning,
    /// A milestone is recorded twice.
    AlreadyReached,
    /// Counts do not match.
    Counts,
    /// Parts exceed the whole.
    PartsAboveWhole,
    /// A fact rests on no source.
    NoSource,
}

impl Topic {
    /// All of them, in order.
    pub const ALL: [Self; 13] = [
        Self::Slipping,
        Self::Silent,
        Self::OverdueReview,
        Self::Promise,
        Self::Obstacle,
        Self::NoNextStep,
        Self::WeakEvidence,
        Self::NeedUnmet,
        Self::BeforeSigning,
        Self::AlreadyReached,
        Self::Counts,
        Self::PartsAboveWhole,
        Self::NoSource,
    ];
}

/// A matter in figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Weight {
    /// What it is.
    pub topic: Topic,
    /// How many cases it stands for.
    pub cases: u64,
    /// How many days it is late or long; `None` where no day is passed.
    pub days: Option<i64>,
}

/// A matter with the facts behind it.
#[derive(Debug, Clone)]
pub enum Attention<'a> {
    /// An expectation that slips, or is due for review, or both: told once, counted under each.
    Expected {
        /// The expectation.
        expectation: Expectation<'a>,
        /// The days since its horizon ended, where that counts as slipping.
        late: Option<i64>,
        /// The days since it was to be reviewed.
        overdue: Option<i64>,
    },
    /// Nothing was heard for so many days.
    Silent {
        /// How many.
        days: i64,
    },
    /// An open promise.
    Promise(Promise<'a>, Option<i64>),
    /// A standing obstacle.
    Obstacle(Obstacle<'a>, Option<i64>),
    /// Neither an expectation nor a promise is open.
    NoNextStep,
    /// Steps, by code, whose evidence is below what the policy asks of a documented one.
    WeakEvidence(Vec<&'a str>),
    /// Something about a milestone that does not fit.
    Concern(Concern<'a>),
    /// Facts that rest on no source; never empty.
    NoSource(Vec<&'a Fact>),
}

/// Days from one day to another; none when the first is not the earlier.
#[must_use]
pub fn between(from: NaiveDate, to: NaiveDate) -> Option<i64> {
    Some(to.signed_duration_since(from).num_days()).filter(|days| *days > 0)
}

/// The evidence level that the policy's first definition of a documented step asks for.
#[must_use]
pub fn documented(policy: &Policy) -> u8 {
    let levels = policy.conversions.iter();
    let mut levels = levels.filter_map(|conversion| match conversion.criterion {
        Criterion::DocumentedStep { min_level, .. } => Some(min_level),
        _ => None,
    });
    levels.next().unwrap_or(match EvidenceLevel::DOCUMENTED {
        EvidenceLevel::Level(level) => level,
        EvidenceLevel::None => 0,
    })
}

impl Attention<'_> {
    /// The matter in figures: mostly one, two for an expectation that is late in two ways.
    #[must_use]
    pub fn weights(&self) -> [Option<Weight>; 2] {
        let one = |topic, cases, days| Some(Weight { topic, cases, days });
        let first = match self {
            Self::Expected { late, overdue, .. } => {
                let timed = |topic, days: &Option<i64>| days.and_then(|_| one(topic, 1, *days));
                return [
                    timed(Topic::Slipping, late),
                    timed(Topic::OverdueReview, overdue),
                ];
            }
            Self::Silent { days } => one(Topic::Silent, 1, Some(*days)),
            Self::Promise(_, days) => one(Topic::Promise, 1, *days),
            Self::Obstacle(_, days) => one(Topic::Obstacle, 1, *days),
            Self::NoNextStep => one(Topic::NoNextStep, 1, None),
            Self::WeakEvidence(steps) => one(Topic::WeakEvidence, steps.len() as u64, None),
            Self::Concern(Concern::NeedUnmet { .. }) => one(Topic::NeedUnmet, 1, None),
            Self::Concern(Concern::BeforeSigning { .. }) => one(Topic::BeforeSigning, 1, None),
            Self::Concern(Concern::AlreadyReached { .. }) => one(Topic::AlreadyReached, 1, None),
            Self::NoSource(facts) => one(Topic::NoSource, facts.len() as u64, None),
        };
        [first, None]
    }
}

/// The figures of several matters.
#[must_use]
pub fn weights(matters: &[Attention<'_>]) -> Vec<Weight> {
    let all = matters.iter().flat_map(Attention::weights);
    all.flatten().collect()
}

/// Everything that is the matter with an agreement; evidence below `level` is weak.
#[must_use]
pub fn of_standing<'a>(standing: &Standing<'a>, level: u8) -> Vec<Attention<'a>> {
    let day = standing.day;
    let halted = is_suspended(standing);
    let slips = !halted && standing.health == Health::Slipping;
    let open = standing.follow_up.open_expectations();
    let mut found: Vec<Attention<'a>> = open
        .filter_map(|expectation| of_expectation(expectation, day, slips))
        .collect();
    found.extend(silence(standing));
    for promise in standing.follow_up.open_promises() {
        found.push(of_promise(promise, day));
    }
    for obstacle in standing.follow_up.open_obstacles() {
        let late = obstacle.data.due.and_then(|due| between(due, day));
        found.push(Attention::Obstacle(*obstacle, late));
    }
    if !halted && standing.next_step().is_none() {
        found.push(Attention::NoNextStep);
    }
    let weak = standing.steps();
    let weak = weak.filter(|step| step.evidence < EvidenceLevel::Level(level));
    let weak: Vec<&'a str> = weak.map(|step| step.code).collect();
    if !weak.is_empty() {
        found.push(Attention::WeakEvidence(weak));
    }
    let concerns = of_agreement(standing).into_iter();
    found.extend(concerns.map(Attention::Concern));
    found.extend(no_source(standing.book, day));
    found
}

/// Whether an open expectation needs attention; `slips` when a horizon that ended counts.
#[must_use]
pub fn of_expectation<'a>(
    expectation: &Expectation<'a>,
    day: NaiveDate,
    slips: bool,
) -> Option<Attention<'a>> {
    let slips = slips && expectation.is_slipping;
    let late = expectation.data.horizon.latest();
    let late = late.filter(|_| slips).and_then(|end| between(end, day));
    let overdue = between(expectation.review_on, day).filter(|_| expectation.review_overdue);
    (late.is_some() || overdue.is_some()).then_some(Attention::Expected {
        expectation: *expectation,
        late,
        overdue,
    })
}

fn of_promise<'a>(promise: &Promise<'a>, day: NaiveDate) -> Attention<'a> {
    let days = promise.due().and_then(|due| between(due, day));
    Attention::Promise(*promise, days)
}

/// What is the matter with a package by its own facts: expectations of it as a whole, and facts without a source.
#[must_use]
pub fn of_package<'a>(
    book: &'a Book,
    expected: &[Expectation<'a>],
    day: NaiveDate,
) -> Vec<Attention<'a>> {
    let open = expected.iter().filter(|item| item.is_open());
    let found = open.filter_map(|expectation| of_expectation(expectation, day, true));
    found.chain(no_source(book, day)).collect()
}

/// What is the matter with an occasion: promises made there that are open, and facts without a source.
#[must_use]
pub fn of_occasion(book: &Book, day: NaiveDate) -> Vec<Attention<'_>> {
    let promises = promises(book, day);
    let open = promises.iter().filter(|promise| promise.is_open());
    let mut found: Vec<Attention<'_>> = open.map(|promise| of_promise(promise, day)).collect();
    found.extend(no_source(book, day));
    found
}

/// The facts of a thing that rest on no source, as one matter.
#[must_use]
pub fn no_source(book: &Book, day: NaiveDate) -> Option<Attention<'_>> {
    let facts = without_source(book, day);
    (!facts.is_empty()).then_some(Attention::NoSource(facts))
}

fn silence<'a>(standing: &Standing<'a>) -> Option<Attention<'a>> {
    let days = between(standing.last_news?, standing.day)?;
    (standing.health == Health::Silent).then_some(Attention::Silent { days })
}

/// Whether work on the agreement has stopped for the time being.
fn is_suspended(standing: &Standing<'_>) -> bool {
    let lasting = |pause: Pause| {
        let intervals = standing.intervals.iter();
        intervals
            .filter(|interval| interval.pause == pause)
            .any(|interval| interval.ended.is_none())
    };
    lasting(Pause::Suspension)
}
