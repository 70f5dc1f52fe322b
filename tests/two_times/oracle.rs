//! The same answers computed the long way: straight from the list of events, by the words of the
//! rules, without any of the folds under test.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use dealtrail::deal::event::agreement_registered::Class;
use dealtrail::deal::event::{Event, Payload};
use dealtrail::deal::track::Track;
use dealtrail::deal::value::ids::{EventId, StreamId};
use dealtrail::deal::value::money::MoneyMode;
use dealtrail::deal::value::source::EvidenceLevel;
use dealtrail::deal::value::when::When;
use dealtrail::projection::standing::Standing;
use rust_decimal::Decimal;

/// What is compared of an answer.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Answer {
    pub(crate) milestones: Vec<(NaiveDate, String, EvidenceLevel, usize)>,
    pub(crate) stage: Option<String>,
    pub(crate) steps: usize,
    pub(crate) possible: usize,
    pub(crate) suspended: bool,
    pub(crate) terminated: bool,
    pub(crate) money: BTreeMap<(String, String), Decimal>,
}

/// The answer of the read models in the same shape.
pub(crate) fn answered(standing: &Standing<'_>) -> Answer {
    use dealtrail::projection::standing::health::Pause;
    let lasting = |pause| {
        standing
            .intervals
            .iter()
            .any(|i| i.pause == pause && i.ended.is_none())
    };
    let milestones = standing.milestones.iter();
    let sums = standing.values.sums();
    Answer {
        milestones: milestones
            .map(|m| (m.day, m.code.to_owned(), m.evidence, m.facts.len()))
            .collect(),
        stage: standing.stage().map(|stage| stage.code.to_owned()),
        steps: standing.steps().count(),
        possible: standing.possible.len(),
        suspended: lasting(Pause::Suspension),
        terminated: lasting(Pause::Termination),
        money: sums
            .iter()
            .map(|(kind, currency, tally)| {
                let key = (kind.to_string(), currency.to_string());
                (key, tally.total().unwrap())
            })
            .collect(),
    }
}

/// The largest batch boundary at or below a position.
pub(crate) fn boundary(events: &[Event], position: usize) -> usize {
    (0..=position)
        .rev()
        .find(|cut| {
            *cut == events.len()
                || events
                    .get(*cut)
                    .is_none_or(|next| next.batch.first == *cut as u64)
        })
        .unwrap()
}

struct Row<'a> {
    seq: u64,
    id: EventId,
    on: When,
    latest: NaiveDate,
    payload: Payload,
    evidence: EvidenceLevel,
    root: &'a Event,
}

/// Answers straight from the events of a whole ledger, as known at a position.
pub(crate) fn answer(
    events: &[Event],
    position: usize,
    agreement: StreamId,
    day: NaiveDate,
) -> Answer {
    let known = &events[..boundary(events, position)];
    let track = Track::built_in(class(known, agreement));
    let rows: Vec<Row<'_>> = known
        .iter()
        .filter(|event| event.stream == agreement)
        .filter_map(|event| row(known, event))
        .collect();
    let (mut happened, others): (Vec<Row<'_>>, Vec<Row<'_>>) =
        rows.into_iter().partition(|row| row.latest <= day);
    happened.sort_by_key(|row| {
        let rank = row.payload.milestone().and_then(|code| track.rank(code));
        (row.latest, rank.unwrap_or(usize::MAX), row.seq)
    });
    let may = |row: &&Row<'_>| row.on.earliest().is_none_or(|first| first <= day);
    let mut answer = Answer {
        milestones: milestones(&happened),
        stage: None,
        steps: 0,
        possible: others.iter().filter(may).count(),
        suspended: false,
        terminated: false,
        money: money(&happened),
    };
    let codes = || answer.milestones.iter().map(|(_, code, _, _)| code);
    let stage = codes()
        .filter_map(|code| Some((track.rank(code)?, code)))
        .max();
    answer.stage = stage.map(|(_, code)| code.clone());
    answer.steps = codes().filter(|code| track.is_step(code)).count();
    for row in &happened {
        match &row.payload {
            Payload::Suspended(_) => answer.suspended = true,
            Payload::Resumed(_) => answer.suspended = false,
            Payload::Terminated(_) => answer.terminated = true,
            Payload::Reopened(_) => answer.terminated = false,
            _ => {}
        }
    }
    answer
}

fn class(known: &[Event], agreement: StreamId) -> Class {
    let mut class = Class::Practical;
    for event in known.iter().filter(|event| event.stream == agreement) {
        if let Payload::AgreementDescribed(data) = &event.payload {
            class = data.class.unwrap_or(class);
        }
    }
    class
}

/// A dated fact in force, or nothing where it was retracted.
fn row<'a>(known: &'a [Event], root: &'a Event) -> Option<Row<'a>> {
    if !root.payload.kind()?.dated() {
        return None;
    }
    let first_recorded = match root.payload.continues() {
        Some(moved) => moved.since.min(root.day),
        None => root.day,
    };
    let mut said: Vec<(When, NaiveDate)> = vec![(root.on.clone(), first_recorded)];
    let mut payload = root.payload.clone();
    let mut own: Vec<_> = root.sources.to_vec();
    let mut added = Vec::new();
    for event in &known[root.seq as usize..] {
        match &event.payload {
            Payload::FactCorrected(data) if data.fact == root.id => {
                said.push((data.now.on.clone(), event.day));
                payload =
                    Payload::from_map(&data.now.kind, data.now.v, data.now.data.clone()).unwrap();
                own.clone_from(&data.now.sources);
            }
            Payload::FactSourced(data) if data.fact == root.id => added.extend(&event.sources),
            Payload::FactRetracted(data) if data.fact == root.id => return None,
            _ => {}
        }
    }
    let (on, _) = said.last().cloned()?;
    let since = said
        .iter()
        .filter(|(when, _)| *when == on)
        .map(|(_, day)| *day)
        .min()?;
    let latest = on.latest().map_or(since, |last| last.min(since));
    Some(Row {
        seq: root.seq,
        id: root.id,
        on,
        latest,
        payload,
        evidence: EvidenceLevel::of(own.iter().chain(added)),
        root,
    })
}

fn milestones(happened: &[Row<'_>]) -> Vec<(NaiveDate, String, EvidenceLevel, usize)> {
    let reversed = |id: EventId| {
        happened
            .iter()
            .any(|row| matches!(&row.payload, Payload::MilestoneReversed(data) if data.fact == id))
    };
    let mut reached: Vec<(NaiveDate, String, EvidenceLevel, usize)> = Vec::new();
    for row in happened.iter().filter(|row| !reversed(row.id)) {
        let Some(code) = row.payload.milestone() else {
            continue;
        };
        match reached.iter_mut().find(|(_, known, _, _)| known == code) {
            Some((_, _, level, facts)) => {
                *level = (*level).max(row.evidence);
                *facts += 1;
            }
            None => reached.push((row.latest, code.to_owned(), row.evidence, 1)),
        }
    }
    reached
}

fn money(happened: &[Row<'_>]) -> BTreeMap<(String, String), Decimal> {
    let mut sums: BTreeMap<(String, String), Decimal> = BTreeMap::new();
    for row in happened {
        let Payload::ValueStated(data) = &row.payload else {
            continue;
        };
        assert_eq!(row.root.payload.kind_name(), "value_stated");
        let money = &data.money;
        let sum = sums
            .entry((money.kind().to_string(), money.currency().to_string()))
            .or_default();
        *sum = match money.mode() {
            Some(MoneyMode::Instalment) => *sum + money.amount().decimal(),
            _ => money.amount().decimal(),
        };
    }
    sums
}
