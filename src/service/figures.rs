//! What the writer counts while it records: whole numbers, added to without a lock where every command passes.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How many values were at or below each bound, and their sum.
#[derive(Debug)]
pub struct Histogram {
    bounds: &'static [u64],
    /// One more than bounds: what is above the last.
    counts: Box<[AtomicU64]>,
    sum: AtomicU64,
}

/// What a histogram held when it was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counted {
    /// Each bound, with how many values were at or below it.
    pub below: Vec<(u64, u64)>,
    /// How many values there were.
    pub count: u64,
    /// What they come to together.
    pub sum: u64,
}

impl Histogram {
    /// An empty one with these bounds, which rise.
    #[must_use]
    pub fn new(bounds: &'static [u64]) -> Self {
        let counts = (0..=bounds.len()).map(|_| AtomicU64::new(0));
        Self {
            bounds,
            counts: counts.collect(),
            sum: AtomicU64::new(0),
        }
    }

    /// Counts a value.
    pub fn add(&self, value: u64) {
        let place = self.bounds.partition_point(|bound| *bound < value);
        if let Some(count) = self.counts.get(place) {
            count.fetch_add(1, Ordering::Relaxed);
        }
        self.sum.fetch_add(value, Ordering::Relaxed);
    }

    /// Counts a time, in microseconds.
    pub fn took(&self, time: Duration) {
        self.add(u64::try_from(time.as_micros()).unwrap_or(u64::MAX));
    }

    /// What it holds now. The count is that of the values seen here, whatever is added meanwhile.
    #[must_use]
    pub fn look(&self) -> Counted {
        let mut count: u64 = 0;
        let mut below = Vec::with_capacity(self.bounds.len());
        let sum = self.sum.load(Ordering::Relaxed);
        let bounds = self.bounds.iter().copied().map(Some).chain([None]);
        for (bound, more) in bounds.zip(&self.counts) {
            count = count.saturating_add(more.load(Ordering::Relaxed));
            below.extend(bound.map(|bound| (bound, count)));
        }
        Counted { below, count, sum }
    }
}

/// Times from a tenth of a millisecond to ten seconds, in microseconds.
pub const TIMES: &[u64] = &[
    100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000,
    1_000_000, 2_500_000, 5_000_000, 10_000_000,
];
/// Commands in one group.
const SIZES: &[u64] = &[1, 2, 4, 8, 16, 32, 64, 128, 256, 512];

/// What the writer counts.
#[derive(Debug)]
pub struct Figures {
    /// How long it took to make a group durable, in microseconds.
    pub commit: Histogram,
    /// How many commands a group had.
    pub group: Histogram,
    waiting: AtomicU64,
    commands: AtomicU64,
    events: AtomicU64,
    no_space: AtomicBool,
    /// Since when a group is being made durable.
    under_way: Mutex<Option<Instant>>,
    refused: Mutex<BTreeMap<&'static str, u64>>,
}

impl Default for Figures {
    fn default() -> Self {
        Self {
            commit: Histogram::new(TIMES),
            group: Histogram::new(SIZES),
            waiting: AtomicU64::new(0),
            commands: AtomicU64::new(0),
            events: AtomicU64::new(0),
            no_space: AtomicBool::new(false),
            under_way: Mutex::default(),
            refused: Mutex::default(),
        }
    }
}

impl Figures {
    /// A command waits.
    pub(super) fn waits(&self) {
        self.waiting.fetch_add(1, Ordering::Relaxed);
    }

    /// One that waited is taken up.
    pub(super) fn taken(&self) {
        self.waiting.fetch_sub(1, Ordering::Relaxed);
    }

    /// A group is handed to the disk.
    pub(super) fn begun(&self) {
        *self.held() = Some(Instant::now());
    }

    /// The disk answered, whatever it said.
    pub(super) fn ended(&self) {
        *self.held() = None;
    }

    fn held(&self) -> MutexGuard<'_, Option<Instant>> {
        // One value, whole whoever held it.
        self.under_way
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// How long the disk has had a group that is not durable yet; `None` when it has none.
    #[must_use]
    pub fn under_way(&self) -> Option<Duration> {
        self.held().map(|since| since.elapsed())
    }

    /// A group is durable.
    pub(super) fn durable(&self, commands: usize, events: usize, took: Duration) {
        self.commit.took(took);
        self.group.add(commands as u64);
        self.commands.fetch_add(commands as u64, Ordering::Relaxed);
        self.events.fetch_add(events as u64, Ordering::Relaxed);
        self.no_space.store(false, Ordering::Relaxed);
    }

    /// A group was not recorded, for want of space or for another reason.
    pub(super) fn lost(&self, for_space: bool) {
        self.no_space.store(for_space, Ordering::Relaxed);
    }

    /// A command was not carried out.
    pub(super) fn refused(&self, code: &'static str) {
        let refused = self.refused.lock();
        let mut refused = refused.unwrap_or_else(PoisonError::into_inner);
        let count = refused.entry(code).or_default();
        *count = count.saturating_add(1);
    }

    /// How many commands wait to be decided.
    #[must_use]
    pub fn waiting(&self) -> u64 {
        self.waiting.load(Ordering::Relaxed)
    }

    /// How many commands were recorded by this run.
    #[must_use]
    pub fn commands(&self) -> u64 {
        self.commands.load(Ordering::Relaxed)
    }

    /// How many events were recorded by this run.
    #[must_use]
    pub fn events(&self) -> u64 {
        self.events.load(Ordering::Relaxed)
    }

    /// Whether the last group was not recorded for want of space.
    #[must_use]
    pub fn has_no_space(&self) -> bool {
        self.no_space.load(Ordering::Relaxed)
    }

    /// How many commands were not carried out, by the code of the refusal.
    #[must_use]
    pub fn refusals(&self) -> BTreeMap<&'static str, u64> {
        let refused = self.refused.lock();
        refused.unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_value_is_counted_once_at_its_bound_and_above() {
        let histogram = Histogram::new(&[1, 10, 100]);
        for value in [0, 1, 2, 10, 11, 1_000] {
            histogram.add(value);
        }
        let counted = histogram.look();
        assert_eq!(counted.below, vec![(1, 2), (10, 4), (100, 5)]);
        assert_eq!((counted.count, counted.sum), (6, 1_024));
    }
}
