//! The facts behind a figure, kept while they are few enough to be named.

/// Facts counted, and kept by their positions while they are few.
#[derive(Debug, Clone, Default)]
pub struct Few {
    facts: Vec<u64>,
    count: u64,
}

impl Few {
    /// How many are kept; a figure that rests on more is cited by its count.
    pub const MOST: usize = 10;

    /// Counts a fact in, by the position of its root.
    pub fn add(&mut self, fact: u64) {
        self.count = self.count.saturating_add(1);
        if self.facts.len() < Self::MOST {
            self.facts.push(fact);
        }
    }

    /// The positions of all of them; nothing when they are too many to be named.
    #[must_use]
    pub fn named(&self) -> &[u64] {
        let all = self.facts.len() as u64 == self.count;
        if all { &self.facts } else { &[] }
    }
}
