//! What does not fit together on a day: what the writer warns of when it is recorded, asked again
//! for any day and position.
//!
//! Nothing of it is ever refused, so it stays until somebody looks. Only facts that had happened by
//! the day are held against each other, and only agreements and packages that are registered.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::standing::Standing;
use crate::deal::event::financial_model_agreed::ModelStrength;
use crate::deal::event::{Kind, Payload, Role};
use crate::deal::state::{Book, Fact};
use crate::deal::track::{SIGNED, Track};

/// Something about a milestone that does not fit.
#[derive(Debug, Clone, Copy)]
pub enum Concern<'a> {
    /// It usually needs another one first, which is not reached or certainly came later.
    NeedUnmet {
        /// The milestone.
        fact: &'a Fact,
        /// The code of what it needs.
        needs: &'a str,
        /// Whether that came later, as against not at all.
        later: bool,
    },
    /// It certainly lies before the signing, or no signing is recorded.
    BeforeSigning {
        /// The milestone.
        fact: &'a Fact,
        /// The first signing; `None` when there is none.
        signing: Option<&'a Fact>,
    },
    /// It was reached before and is not said to be additional.
    AlreadyReached {
        /// The later recording.
        fact: &'a Fact,
        /// The first one.
        first: &'a Fact,
    },
}

impl<'a> Concern<'a> {
    /// The fact it is about.
    #[must_use]
    pub fn fact(&self) -> &'a Fact {
        match self {
            Self::NeedUnmet { fact, .. }
            | Self::BeforeSigning { fact, .. }
            | Self::AlreadyReached { fact, .. } => fact,
        }
    }
}

/// What does not fit among the milestones of an agreement: by kind of concern, then position.
#[must_use]
pub fn of_agreement<'a>(standing: &Standing<'a>) -> Vec<Concern<'a>> {
    let not_needed: BTreeSet<&str> = standing
        .not_needed
        .iter()
        .map(|item| item.data.milestone.as_str())
        .collect();
    let mut found = needs_unmet(standing, &not_needed);
    if !not_needed.contains(SIGNED) {
        found.extend(before_signing(standing));
    }
    found.extend(repeated(standing));
    found
}

fn by_position<'a>(facts: impl Iterator<Item = &'a Fact>) -> Vec<&'a Fact> {
    let mut facts: Vec<&Fact> = facts.collect();
    facts.sort_by_key(|fact| fact.seq());
    facts
}

/// Whether one fact certainly happened before another: its latest day is before the other's first.
fn certainly_before(fact: &Fact, other: &Fact) -> bool {
    let earliest = other.current().earliest_day();
    earliest.is_some_and(|earliest| fact.current().latest_day() < earliest)
}

fn needs_unmet<'a>(standing: &Standing<'a>, not_needed: &BTreeSet<&str>) -> Vec<Concern<'a>> {
    let mut found = Vec::new();
    let track: &'a Track = standing.track;
    for need in &track.needs {
        let first = need.needs.as_str();
        let Some(reached) = standing.reached(need.milestone.as_str()) else {
            continue;
        };
        if not_needed.contains(first) {
            continue;
        }
        let firsts: &[&Fact] = standing
            .reached(first)
            .map_or(&[], |reached| reached.facts.as_slice());
        for fact in by_position(reached.facts.iter().copied()) {
            if firsts.iter().all(|earlier| certainly_before(fact, earlier)) {
                found.push(Concern::NeedUnmet {
                    fact,
                    needs: first,
                    later: !firsts.is_empty(),
                });
            }
        }
    }
    found
}

fn before_signing<'a>(standing: &Standing<'a>) -> Vec<Concern<'a>> {
    let signed_rank = standing.track.rank(SIGNED);
    let signing = standing
        .signed()
        .and_then(|reached| reached.facts.first().copied());
    let later = standing
        .milestones
        .iter()
        // Some milestones come before the signing by the track itself.
        .filter(|reached| reached.rank > signed_rank)
        .flat_map(|reached| reached.facts.iter().copied());
    by_position(later)
        .into_iter()
        .filter(|fact| signing.is_none_or(|signing| certainly_before(fact, signing)))
        .map(|fact| Concern::BeforeSigning { fact, signing })
        .collect()
}

fn repeated<'a>(standing: &Standing<'a>) -> Vec<Concern<'a>> {
    let strength = |fact: &Fact| -> Option<ModelStrength> {
        match fact.payload() {
            Payload::FinancialModelAgreed(data) => Some(data.strength),
            _ => None,
        }
    };
    let mut found = Vec::new();
    for reached in &standing.milestones {
        let facts = by_position(reached.facts.iter().copied());
        let Some((first, rest)) = facts.split_first() else {
            continue;
        };
        let mut strongest = strength(first);
        for fact in rest.iter().copied() {
            let raised = strength(fact) > strongest;
            strongest = strongest.max(strength(fact));
            // A stronger state of the model is news, not a repetition.
            if !raised && !fact.payload().is_additional() {
                found.push(Concern::AlreadyReached { fact, first });
            }
        }
    }
    found.sort_by_key(|concern| concern.fact().seq());
    found
}

/// The facts of a thing that should rest on a source by the day and rest on none, by position. A
/// contact is the agency's own act; notes, assignments and the like are its own words.
#[must_use]
pub fn without_source(book: &Book, day: NaiveDate) -> Vec<&Fact> {
    let needs_source = |fact: &&Fact| {
        fact.payload().kind().is_some_and(|kind| {
            matches!(kind.role(), Role::Dated | Role::Registration)
                && !matches!(kind, Kind::Contacted | Kind::MilestoneNotNeeded)
        })
    };
    book.live()
        .filter(needs_source)
        .filter(|fact| fact.happened_by(day) && !fact.is_sourced())
        .collect()
}
