//! How far the agreements of one class came: how many reached each milestone.

use std::collections::BTreeMap;

use super::course::Milestone;
use super::few::Few;
use super::register::Entry;
use crate::deal::event::financial_model_agreed::ModelStrength;

/// The agreements of one class by the milestones they reached.
#[derive(Debug, Clone, Default)]
pub struct Funnel {
    /// How many agreements there are: the denominator of every figure.
    pub of: u64,
    /// What reached each milestone and what does not need it, by the numbers of codes.
    rows: Vec<Row>,
    /// The codes of those that any agreement reached or does not need, with their places among the rows.
    codes: BTreeMap<String, usize>,
}

/// One milestone.
#[derive(Debug, Clone, Default)]
struct Row {
    /// Those that reached it; of the financial model, by the highest strength of each.
    arrivals: Vec<(Option<ModelStrength>, Arrivals)>,
    /// Those of which it is said not to be needed, and which have not reached it.
    not_needed: u64,
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
    pub(super) fn add(&mut self, entry: &Entry<'_>) {
        self.of = self.of.saturating_add(1);
        let on = entry.on;
        for milestone in on.milestones() {
            if let Some(row) = self.row(on.code(milestone)) {
                row.add(milestone);
            }
        }
        for code in on.not_needed() {
            if let Some(row) = self.row(Some(code)) {
                row.not_needed = row.not_needed.saturating_add(1);
            }
        }
    }

    fn row(&mut self, code: Option<u32>) -> Option<&mut Row> {
        let place = code? as usize;
        if place >= self.rows.len() {
            self.rows.resize_with(place.saturating_add(1), Row::default);
        }
        self.rows.get_mut(place)
    }

    /// Gives the rows their codes, when all agreements were counted.
    pub(super) fn name<'c>(&mut self, codes: impl Iterator<Item = (&'c str, u32)>) {
        for (code, number) in codes {
            let place = number as usize;
            let row = self.rows.get(place);
            if row.is_some_and(|row| !row.arrivals.is_empty() || row.not_needed > 0) {
                self.codes.insert(code.to_owned(), place);
            }
        }
    }

    /// The codes of the milestones that any agreement reached or does not need.
    pub fn codes(&self) -> impl Iterator<Item = &str> {
        self.codes.keys().map(String::as_str)
    }

    fn of_code(&self, code: &str) -> Option<&Row> {
        self.rows.get(*self.codes.get(code)?)
    }

    /// Those of which a milestone is said not to be needed, and which have not reached it.
    #[must_use]
    pub fn not_needed(&self, code: &str) -> u64 {
        self.of_code(code).map_or(0, |row| row.not_needed)
    }

    /// Those that reached a milestone in one strength.
    #[must_use]
    pub fn of_strength(&self, code: &str, strength: Option<ModelStrength>) -> Option<&Arrivals> {
        let arrivals = self.of_code(code)?.arrivals.iter();
        let mut arrivals = arrivals.filter(|(of, _)| *of == strength);
        arrivals.next().map(|(_, arrivals)| arrivals)
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
        let arrivals = self.of_code(code).map(|row| row.arrivals.iter());
        let counts = arrivals.into_iter().flatten();
        counts.fold(0, |sum, (_, arrivals)| sum.saturating_add(count(arrivals)))
    }
}

impl Row {
    fn add(&mut self, milestone: &Milestone) {
        let strength = milestone.strength;
        let place = self.arrivals.iter().position(|(of, _)| *of == strength);
        match place.and_then(|place| self.arrivals.get_mut(place)) {
            Some((_, arrivals)) => arrivals.add(milestone),
            None => {
                let mut arrivals = Arrivals::default();
                arrivals.add(milestone);
                self.arrivals.push((strength, arrivals));
            }
        }
    }
}

impl Arrivals {
    fn add(&mut self, milestone: &Milestone) {
        self.reached = self.reached.saturating_add(1);
        if milestone.is_documented {
            self.documented = self.documented.saturating_add(1);
        }
        if let Some(fact) = milestone.fact {
            self.facts.add(fact);
        }
    }
}
