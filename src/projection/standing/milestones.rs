//! Milestones reached by a day, one a code, and what was reversed.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use super::happened::Happened;
use crate::deal::event::financial_model_agreed::ModelStrength;
use crate::deal::event::milestone_not_needed::MilestoneNotNeeded;
use crate::deal::event::milestone_reached::WorksNature;
use crate::deal::event::milestone_reversed::MilestoneReversed;
use crate::deal::event::{Kind, Payload};
use crate::deal::state::{Fact, Recording};
use crate::deal::track::Track;
use crate::deal::value::ids::EventId;
use crate::deal::value::source::EvidenceLevel;

/// A milestone reached: one line, however many facts support it.
#[derive(Debug, Clone)]
pub struct Reached<'a> {
    /// Its code.
    pub code: &'a str,
    /// Its place in the track; `None` when the track in force does not have it.
    pub rank: Option<usize>,
    /// Whether it is a practical step.
    pub is_step: bool,
    /// The earliest latest day of the facts that count.
    pub day: NaiveDate,
    /// The facts that count, by (latest day, position); never empty. The first gives the day.
    pub facts: Vec<&'a Fact>,
    /// How settled the financial model is: the strongest of its facts. `None` for other milestones.
    pub strength: Option<ModelStrength>,
    /// When a stronger fact followed a weaker one.
    pub strengthened: Vec<Strengthened<'a>>,
    /// What `works_started` means in its facts; empty for other milestones.
    pub natures: BTreeSet<WorksNature>,
    /// The highest evidence level among its facts.
    pub evidence: EvidenceLevel,
}

impl<'a> Reached<'a> {
    /// The civil day on which the first of its facts was learned. A moved fact was learned when the
    /// fact it continues was.
    #[must_use]
    pub fn learned_day(&self) -> NaiveDate {
        let learned = |fact: &&Fact| {
            let root = fact.root();
            let continued = root.payload.continues().map(|moved| moved.since);
            continued.map_or(root.recording.day, |since| since.min(root.recording.day))
        };
        self.facts.iter().map(learned).min().unwrap_or(self.day)
    }

    /// The earliest recording among its facts.
    #[must_use]
    pub fn first_recorded(&self) -> Option<&'a Recording> {
        self.facts
            .iter()
            .map(|fact| &fact.root().recording)
            .min_by_key(|recording| recording.seq)
    }
}

/// A raised strength: listed as "strengthened", never as a step.
#[derive(Debug, Clone, Copy)]
pub struct Strengthened<'a> {
    /// The latest day of the fact that raised it.
    pub day: NaiveDate,
    /// The strength before.
    pub from: ModelStrength,
    /// The strength from then on.
    pub to: ModelStrength,
    /// The fact.
    pub fact: &'a Fact,
}

/// A milestone fact that no longer holds, and the fact that says so.
#[derive(Debug, Clone, Copy)]
pub struct ReversedFact<'a> {
    /// The milestone's code.
    pub code: &'a str,
    /// The milestone fact.
    pub fact: &'a Fact,
    /// The latest day of the reversal.
    pub day: NaiveDate,
    /// The reversal.
    pub reversal: &'a Fact,
    /// What happened.
    pub data: &'a MilestoneReversed,
}

/// A milestone said not to be needed.
#[derive(Debug, Clone, Copy)]
pub struct NotNeeded<'a> {
    /// The fact.
    pub fact: &'a Fact,
    /// Which milestone, and why.
    pub data: &'a MilestoneNotNeeded,
}

/// The milestone facts of a day, sorted out.
pub(super) struct Sorted<'a> {
    pub(super) reached: Vec<Reached<'a>>,
    pub(super) reversed: Vec<ReversedFact<'a>>,
}

/// A fact's place in the order of the fold: latest day, rank in the track, position. Facts without a
/// rank come after those of the same day that have one.
#[must_use]
pub fn place(fact: &Fact, track: &Track) -> (NaiveDate, usize, u64) {
    let rank = fact.milestone().and_then(|code| track.rank(code));
    (
        fact.current().latest_day(),
        rank.unwrap_or(usize::MAX),
        fact.seq(),
    )
}

pub(super) fn sort<'a>(happened: &Happened<'a>, track: &Track) -> Sorted<'a> {
    let reversals = reversals(happened);
    let mut facts: Vec<(&'a Fact, &'a str)> = happened
        .all()
        .filter_map(|fact| Some((fact, fact.milestone()?)))
        .collect();
    facts.sort_by_cached_key(|(fact, _)| place(fact, track));
    let mut reached: Vec<Reached<'a>> = Vec::new();
    let mut reversed = Vec::new();
    let mut places: BTreeMap<&str, usize> = BTreeMap::new();
    for (fact, code) in facts {
        if let Some((reversal, data)) = reversals.get(&fact.id()) {
            reversed.push(ReversedFact {
                code,
                fact,
                day: reversal.current().latest_day(),
                reversal,
                data,
            });
            continue;
        }
        match places.get(code).and_then(|place| reached.get_mut(*place)) {
            Some(known) => known.support(fact),
            None => {
                places.insert(code, reached.len());
                reached.push(Reached::by(fact, code, track));
            }
        }
    }
    Sorted { reached, reversed }
}

impl<'a> Reached<'a> {
    fn by(fact: &'a Fact, code: &'a str, track: &Track) -> Self {
        let mut reached = Self {
            code,
            rank: track.rank(code),
            is_step: track.is_step(code),
            day: fact.current().latest_day(),
            facts: Vec::new(),
            strength: None,
            strengthened: Vec::new(),
            natures: BTreeSet::new(),
            evidence: EvidenceLevel::None,
        };
        reached.support(fact);
        reached
    }

    /// Takes in a further fact; facts come in order of their days.
    fn support(&mut self, fact: &'a Fact) {
        self.facts.push(fact);
        self.evidence = self.evidence.max(fact.evidence());
        match fact.payload() {
            Payload::FinancialModelAgreed(data) => self.strengthen(fact, data.strength),
            Payload::MilestoneReached(data) => self.natures.extend(data.nature),
            _ => {}
        }
    }

    fn strengthen(&mut self, fact: &'a Fact, to: ModelStrength) {
        match self.strength {
            Some(from) if from >= to => return,
            Some(from) => self.strengthened.push(Strengthened {
                day: fact.current().latest_day(),
                from,
                to,
                fact,
            }),
            None => {}
        }
        self.strength = Some(to);
    }
}

/// The reversals by a day, by the root event of the fact reversed: the first one of each.
fn reversals<'a>(happened: &Happened<'a>) -> BTreeMap<EventId, (&'a Fact, &'a MilestoneReversed)> {
    let mut reversals = BTreeMap::new();
    for fact in happened.of(&[Kind::MilestoneReversed]) {
        if let Payload::MilestoneReversed(data) = fact.payload() {
            // Naming a correction means its root fact.
            let root = happened.book.fact(data.fact).map_or(data.fact, Fact::id);
            reversals.entry(root).or_insert((fact, data.as_ref()));
        }
    }
    reversals
}

/// The milestones said not to be needed by a day, the last word of each code.
pub(super) fn not_needed<'a>(happened: &Happened<'a>) -> Vec<NotNeeded<'a>> {
    let mut by_code = BTreeMap::new();
    for fact in happened.of(&[Kind::MilestoneNotNeeded]) {
        if let Payload::MilestoneNotNeeded(data) = fact.payload() {
            by_code.insert(data.milestone.as_str(), NotNeeded { fact, data });
        }
    }
    by_code.into_values().collect()
}
