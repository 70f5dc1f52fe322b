//! How far the agreements of one class came: how many reached each milestone.

use std::collections::BTreeMap;

use super::Member;
use super::few::Few;
use crate::deal::event::Payload;
use crate::deal::event::financial_model_agreed::ModelStrength;
use crate::deal::state::Fact;
use crate::deal::value::source::EvidenceLevel;
use crate::projection::standing::milestones::Reached;

/// From this level on a fact rests on more than somebody's word.
pub const DOCUMENTED: EvidenceLevel = EvidenceLevel::Level(2);

/// The agreements of one class by the milestones they reached.
#[derive(Debug, Clone, Default)]
pub struct Funnel<'a> {
    /// How many agreements there are: the denominator of every figure.
    pub of: u64,
    /// Those that reached a milestone, by its code; the financial model by the highest strength of each.
    pub arrivals: BTreeMap<(&'a str, Option<ModelStrength>), Arrivals<'a>>,
    /// Those of which a milestone is said not to be needed, and which have not reached it.
    pub not_needed: BTreeMap<&'a str, u64>,
}

/// Agreements that reached a milestone.
#[derive(Debug, Clone, Default)]
pub struct Arrivals<'a> {
    /// How many.
    pub reached: u64,
    /// How many of them with a document at least.
    pub documented: u64,
    /// The first fact of each.
    pub facts: Few<'a>,
}

impl<'a> Funnel<'a> {
    /// Counts an agreement of the class in.
    pub fn add(&mut self, member: &Member<'a>) {
        self.of = self.of.saturating_add(1);
        for reached in &member.standing.milestones {
            let arrivals = self.arrivals.entry((reached.code, reached.strength));
            arrivals.or_default().add(reached);
        }
        for not_needed in &member.standing.not_needed {
            let code = not_needed.data.milestone.as_str();
            if member.standing.reached(code).is_none() {
                let count = self.not_needed.entry(code).or_default();
                *count = count.saturating_add(1);
            }
        }
    }

    /// How many reached a milestone, whatever its strength.
    #[must_use]
    pub fn reached(&self, code: &str) -> u64 {
        self.over(code, |arrivals| arrivals.reached)
    }

    /// How many of those with a document, whatever its strength.
    #[must_use]
    pub fn documented(&self, code: &str) -> u64 {
        self.over(code, |arrivals| arrivals.documented)
    }

    fn over(&self, code: &str, count: fn(&Arrivals<'a>) -> u64) -> u64 {
        let of_code = self
            .arrivals
            .iter()
            .filter(|((known, _), _)| *known == code);
        of_code.fold(0, |sum, (_, arrivals)| sum.saturating_add(count(arrivals)))
    }
}

impl<'a> Arrivals<'a> {
    fn add(&mut self, reached: &Reached<'a>) {
        self.reached = self.reached.saturating_add(1);
        if is_documented(reached) {
            self.documented = self.documented.saturating_add(1);
        }
        if let Some(fact) = reached
            .facts
            .iter()
            .find(|fact| is_as_strong(fact, reached))
        {
            self.facts.add(fact);
        }
    }
}

/// Whether a document stands behind the milestone in the strength it is counted with: one on the
/// discussions does not document a later agreement.
fn is_documented(reached: &Reached<'_>) -> bool {
    let mut strong = reached
        .facts
        .iter()
        .filter(|fact| is_as_strong(fact, reached));
    strong.any(|fact| fact.evidence() >= DOCUMENTED)
}

fn is_as_strong(fact: &Fact, reached: &Reached<'_>) -> bool {
    match fact.payload() {
        Payload::FinancialModelAgreed(data) => Some(data.strength) >= reached.strength,
        _ => true,
    }
}
