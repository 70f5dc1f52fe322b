//! How far the agreements of one class came: how many reached each milestone.

use std::collections::BTreeMap;

use super::card::{Arrival, Card};
use super::few::Few;
use crate::deal::event::financial_model_agreed::ModelStrength;

/// The agreements of one class by the milestones they reached.
#[derive(Debug, Clone, Default)]
pub struct Funnel {
    /// How many agreements there are: the denominator of every figure.
    pub of: u64,
    /// Those that reached a milestone, by its code and, for the financial model, by the highest strength of each.
    pub arrivals: BTreeMap<String, BTreeMap<Option<ModelStrength>, Arrivals>>,
    /// Those of which a milestone is said not to be needed, and which have not reached it.
    pub not_needed: BTreeMap<String, u64>,
}

/// Agreements that reached a milestone.
#[derive(Debug, Clone, Default)]
pub struct Arrivals {
    /// How many.
    pub reached: u64,
    /// How many of them with a document at least.
    pub documented: u64,
    /// The first fact of each.
    pub facts: Few,
}

impl Funnel {
    /// Counts an agreement of the class in.
    pub fn add(&mut self, card: &Card) {
        self.of = self.of.saturating_add(1);
        for arrival in &card.arrivals {
            if !self.arrivals.contains_key(&arrival.code) {
                self.arrivals.insert(arrival.code.clone(), BTreeMap::new());
            }
            if let Some(of_code) = self.arrivals.get_mut(&arrival.code) {
                of_code.entry(arrival.strength).or_default().add(arrival);
            }
        }
        for code in &card.not_needed {
            let count = self.not_needed.entry(code.clone()).or_default();
            *count = count.saturating_add(1);
        }
    }

    /// Those that reached a milestone in one strength.
    #[must_use]
    pub fn of_strength(&self, code: &str, strength: Option<ModelStrength>) -> Option<&Arrivals> {
        self.arrivals.get(code)?.get(&strength)
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

    fn over(&self, code: &str, count: fn(&Arrivals) -> u64) -> u64 {
        let of_code = self.arrivals.get(code).into_iter().flatten();
        of_code.fold(0, |sum, (_, arrivals)| sum.saturating_add(count(arrivals)))
    }
}

impl Arrivals {
    fn add(&mut self, arrival: &Arrival) {
        self.reached = self.reached.saturating_add(1);
        if arrival.is_documented {
            self.documented = self.documented.saturating_add(1);
        }
        if let Some(fact) = arrival.fact {
            self.facts.add(fact);
        }
    }
}
