//! Which stream an event stands in, found by its id, in eight bytes an event.
//!
//! An entry is a part of the id and the number of the stream. Whoever asks gets the few streams that may hold the event and
//! looks there: two ids rarely share that part, and then it costs a look.

use std::sync::Arc;

use crate::deal::value::ids::EventId;
use crate::projection::save::{Loader, Saver};

/// How many entries are kept as they came before they become a sorted run.
const FRESH: usize = 512;
/// A run is merged with the one before it unless that is so many times as long.
const RATIO: usize = 4;
/// How many entries are written at once.
const BLOCK: usize = 128 << 10;

/// The places of events: sorted runs, and the newest entries as they came. A copy shares everything.
#[derive(Debug, Clone, Default)]
pub(super) struct Places {
    runs: Vec<Arc<Vec<u64>>>,
    fresh: Arc<Vec<u64>>,
}

/// The part of an id that is kept, in the upper half.
fn part(event: EventId) -> u64 {
    let id = event.uuid().as_u128();
    let mixed = (id ^ (id >> 64)) as u64;
    mixed.wrapping_mul(0x9e37_79b9_7f4a_7c15) & (u64::from(u32::MAX) << 32)
}

impl Places {
    /// Adds the place of an event.
    pub(super) fn insert(&mut self, event: EventId, number: u32) {
        let fresh = Arc::make_mut(&mut self.fresh);
        fresh.push(part(event) | u64::from(number));
        if fresh.len() < FRESH {
            return;
        }
        let mut run = std::mem::take(fresh);
        run.sort_unstable();
        while let Some(before) = self.runs.pop() {
            if before.len() / RATIO > run.len() {
                self.runs.push(before);
                break;
            }
            run = merged(&before, &run);
        }
        self.runs.push(Arc::new(run));
    }

    /// The numbers of the streams that may hold an event.
    pub(super) fn of(&self, event: EventId) -> impl Iterator<Item = u32> {
        let wanted = part(event);
        let is_wanted = move |entry: &&u64| **entry & !u64::from(u32::MAX) == wanted;
        let sorted = self.runs.iter().flat_map(move |run| {
            let first = run.partition_point(|entry| *entry < wanted);
            run.get(first..)
                .unwrap_or_default()
                .iter()
                .take_while(is_wanted)
        });
        let entries = sorted.chain(self.fresh.iter().filter(is_wanted));
        entries.map(|entry| *entry as u32)
    }

    /// How many events there are.
    pub(super) fn len(&self) -> usize {
        let sorted: usize = self.runs.iter().map(|run| run.len()).sum();
        sorted.saturating_add(self.fresh.len())
    }

    /// Writes the places down.
    pub(super) fn save(&self, saver: &mut Saver<'_>) {
        saver.number(self.runs.len() as u64);
        let mut block = Vec::new();
        for run in self.runs.iter().chain([&self.fresh]) {
            saver.number(run.len() as u64);
            for entries in run.chunks(BLOCK) {
                block.clear();
                block.extend(entries.iter().flat_map(|entry| entry.to_le_bytes()));
                saver.block(&block);
            }
        }
    }

    /// The places that were written down.
    pub(super) fn load(loader: &mut Loader<'_>) -> Option<Self> {
        let mut runs = Vec::new();
        for _ in 0..loader.number()? {
            runs.push(Arc::new(run(loader)?));
        }
        let fresh = Arc::new(run(loader)?);
        Some(Self { runs, fresh })
    }
}

fn run(loader: &mut Loader<'_>) -> Option<Vec<u64>> {
    let length = usize::try_from(loader.number()?).ok()?;
    let mut run = Vec::new();
    run.try_reserve_exact(length).ok()?;
    while run.len() < length {
        let block = loader.block()?;
        let (entries, []) = block.as_chunks() else {
            return None;
        };
        run.extend(entries.iter().map(|entry| u64::from_le_bytes(*entry)));
    }
    (run.len() == length).then_some(run)
}

fn merged(one: &[u64], other: &[u64]) -> Vec<u64> {
    let mut all = Vec::with_capacity(one.len().saturating_add(other.len()));
    let (mut one, mut other) = (one.iter().peekable(), other.iter().peekable());
    loop {
        let next = match (one.peek(), other.peek()) {
            (Some(first), Some(second)) if first <= second => one.next(),
            (Some(_), None) => one.next(),
            (_, Some(_)) => other.next(),
            (None, None) => return all,
        };
        all.extend(next);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use uuid::Uuid;

    #[test]
    fn an_event_is_among_the_places_that_are_named_even_when_ids_are_alike() {
        // The two halves of these ids cancel out: all have one part.
        let alike = |n: u128| EventId::new(Uuid::from_u128(n << 64 | n));
        let mut places = Places::default();
        for number in 0..2_000 {
            places.insert(alike(u128::from(number)), number);
        }
        assert!((0..2_000).all(|n| places.of(alike(u128::from(n))).any(|number| number == n)));
        assert_eq!(places.len(), 2_000);
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 16, ..ProptestConfig::default() })]

        #[test]
        fn events_are_found_and_hardly_any_place_is_named_in_vain(ids in proptest::collection::btree_set(any::<u128>(), 0..4_000)) {
            let event = |id: u128| EventId::new(Uuid::from_u128(id));
            let mut places = Places::default();
            for (id, number) in ids.iter().zip(0..) {
                places.insert(event(*id), number);
            }
            let mut pieces = Vec::new();
            let mut sink = |piece: &[u8]| pieces.push(piece.to_vec());
            let mut saver = Saver::new(&mut sink);
            places.save(&mut saver);
            saver.end();
            let mut given = pieces.into_iter();
            let loaded = Places::load(&mut Loader::new(&mut || given.next())).unwrap();
            let mut named = 0;
            for (id, number) in ids.iter().zip(0..) {
                for places in [&places, &loaded] {
                    prop_assert!(places.of(event(*id)).any(|found| found == number));
                    named += places.of(event(*id)).count();
                }
            }
            prop_assert!(named <= 2 * ids.len() + 20);
            prop_assert_eq!(loaded.len(), ids.len());
        }
    }
}
