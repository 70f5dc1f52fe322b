//! The facts behind a figure, kept while they are few enough to be named.

use crate::deal::state::Fact;

/// Facts counted, and kept while they are few.
#[derive(Debug, Clone, Default)]
pub struct Few<'a> {
    facts: Vec<&'a Fact>,
    count: u64,
}

impl<'a> Few<'a> {
    /// How many are kept; a figure that rests on more is cited by its count.
    pub const MOST: usize = 10;

    /// Counts a fact in.
    pub fn add(&mut self, fact: &'a Fact) {
        self.count = self.count.saturating_add(1);
        if self.facts.len() < Self::MOST {
            self.facts.push(fact);
        }
    }

    /// All of them; nothing when they are too many to be named.
    #[must_use]
    pub fn named(&self) -> &[&'a Fact] {
        let all = self.facts.len() as u64 == self.count;
        if all { &self.facts } else { &[] }
    }
}
