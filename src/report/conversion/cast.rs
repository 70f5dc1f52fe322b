//! The practical agreements of a scope by what part they have in the denominator, while they are
//! counted in one by one.

use crate::deal::value::ids::StreamId;
use crate::projection::portfolio::register::Entry;
use crate::projection::portfolio::ties::Summed;
use crate::projection::standing::health::Health;

/// As many agreements are named; more are counted.
pub(super) const MOST_NAMED: usize = 30;

/// The practical agreements of the scope by what part they have in the denominator.
#[derive(Debug, Default)]
pub(super) struct Cast {
    counted: u64,
    institutional: u64,
    pub(super) terminated: Named,
    pub(super) superseded: Named,
    pub(super) duplicates: Named,
    pub(super) not_signed: Named,
}

/// Agreements counted, and kept while they are few enough to be named.
#[derive(Debug, Default)]
pub(super) struct Named {
    pub(super) count: u64,
    first: Vec<StreamId>,
}

impl Named {
    fn add(&mut self, entry: &Entry<'_>) {
        self.count = self.count.saturating_add(1);
        if self.first.len() < MOST_NAMED {
            self.first.push(entry.id());
        }
    }

    /// All of them, unless they are too many.
    pub(super) fn all(&self) -> &[StreamId] {
        let all = self.first.len() as u64 == self.count;
        if all { &self.first } else { &[] }
    }
}

impl Cast {
    pub(super) fn add(&mut self, member: &Entry<'_>) {
        if !member.is_practical() {
            self.institutional = self.institutional.saturating_add(1);
        } else if member.ties.duplicate_of.is_some() {
            self.duplicates.add(member);
        } else if member.ties.superseded_by.is_some() {
            self.superseded.add(member);
        } else if !member.is_in_denominator() {
            self.not_signed.add(member);
        } else {
            self.counted = self.counted.saturating_add(1);
            if member.on.health() == Health::Terminated {
                self.terminated.add(member);
            }
        }
    }

    /// Whether no agreement of either class was met.
    pub(super) fn is_empty(&self) -> bool {
        let apart = [&self.duplicates, &self.superseded, &self.not_signed];
        let met = apart.iter().any(|named| named.count > 0);
        self.counted == 0 && self.institutional == 0 && !met
    }
}
