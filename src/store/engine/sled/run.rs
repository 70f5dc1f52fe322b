//! One run of the index: sorted entries in blocks, a filter that says what is not in it, and a fence that says which
//! block to read.
//!
//! sled inserts one small key at a time into a tree of small pages and writes each page many times over: three keys an
//! event would keep it at some ten thousand events a second. A run goes in as a few dozen large values instead.

use crate::store::engine::sled::entry::{ENTRY_BYTES, Entry};
use crate::store::engine::sled::layout;
use crate::store::frame::cursor::Cursor;

/// Entries in a block: as many as one value of sled's holds.
pub const BLOCK_ENTRIES: usize = layout::CHUNK_BYTES / ENTRY_BYTES;
/// Entries in a block of a run that was made when sled's values were larger.
const EARLIER_BLOCK_ENTRIES: u64 = 1_024;
const BITS_PER_ENTRY: u64 = 10;
const PROBES: u64 = 6;

/// What is known of a run without reading its blocks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// Its id; later runs have higher ones.
    pub id: u64,
    /// How often its entries were merged.
    pub level: u32,
    /// How many entries it has.
    pub entries: u64,
    filter: Vec<u64>,
    fence: Vec<(u64, u64)>,
}

/// One key of sled, and its value.
pub type Pair = ([u8; 14], Vec<u8>);

impl Run {
    /// Whether it may have entries with this hash. A wrong "yes" comes about once in a hundred questions.
    pub fn may_have(&self, hash: u64) -> bool {
        probes(hash, self.filter.len())
            .all(|(word, bit)| self.filter.get(word).is_some_and(|bits| bits & bit != 0))
    }

    /// The blocks in which entries with this hash stand, from the first on.
    pub fn blocks_of(&self, hash: u64) -> std::ops::Range<u32> {
        let first = self
            .fence
            .partition_point(|(begin, _)| *begin < hash)
            .saturating_sub(1);
        let end = self.fence.partition_point(|(begin, _)| *begin <= hash);
        first as u32..end as u32
    }

    /// How many blocks it has.
    pub fn blocks(&self) -> u32 {
        self.fence.len() as u32
    }

    /// The stored form of filter and fence, in parts.
    pub fn parts(&self) -> Vec<Pair> {
        let mut bytes = Vec::with_capacity(16 + self.filter.len() * 8 + self.fence.len() * 16);
        bytes.extend_from_slice(&(self.filter.len() as u64).to_le_bytes());
        self.filter
            .iter()
            .for_each(|word| bytes.extend_from_slice(&word.to_le_bytes()));
        for (hash, number) in &self.fence {
            bytes.extend_from_slice(&hash.to_le_bytes());
            bytes.extend_from_slice(&number.to_le_bytes());
        }
        let chunks = (0..).zip(bytes.chunks(layout::CHUNK_BYTES));
        chunks
            .map(|(part, chunk)| (layout::part_key(self.id, part), chunk.to_vec()))
            .collect()
    }

    /// Reads filter and fence.
    pub fn from_parts(id: u64, level: u32, entries: u64, bytes: &[u8]) -> Option<Self> {
        let mut cursor = Cursor::new(bytes);
        let words = usize::try_from(cursor.u64()?).ok()?;
        let filter = cursor.take(words.checked_mul(8)?)?;
        let filter = filter
            .as_chunks::<8>()
            .0
            .iter()
            .map(|word| u64::from_le_bytes(*word))
            .collect();
        let mut fence = Vec::new();
        while !cursor.rest().is_empty() {
            fence.push((cursor.u64()?, cursor.u64()?));
        }
        let blocks = [BLOCK_ENTRIES as u64, EARLIER_BLOCK_ENTRIES];
        let is_whole = (blocks.iter()).any(|size| fence.len() as u64 == entries.div_ceil(*size));
        is_whole.then_some(Self {
            id,
            level,
            entries,
            filter,
            fence,
        })
    }
}

fn probes(hash: u64, words: usize) -> impl Iterator<Item = (usize, u64)> {
    let bits = (words as u64).saturating_mul(64).max(1);
    let step = hash.rotate_left(32) | 1;
    (0..PROBES).map(move |probe| {
        let bit = hash.wrapping_add(step.wrapping_mul(probe)) % bits;
        ((bit / 64) as usize, 1 << (bit % 64))
    })
}

/// Makes a run from entries that come in order.
pub struct RunBuilder {
    run: Run,
    block: Vec<u8>,
    done: Vec<Pair>,
}

impl RunBuilder {
    /// Begins a run that will have at most `entries` entries.
    pub fn new(id: u64, level: u32, entries: u64) -> Self {
        let words = entries.saturating_mul(BITS_PER_ENTRY).div_ceil(64).max(1);
        let run = Run {
            id,
            level,
            entries: 0,
            filter: vec![0; words as usize],
            fence: Vec::new(),
        };
        Self {
            run,
            block: Vec::new(),
            done: Vec::new(),
        }
    }

    /// Takes the next entry.
    pub fn push(&mut self, entry: &Entry) {
        for (word, bit) in probes(entry.hash, self.run.filter.len()) {
            if let Some(bits) = self.run.filter.get_mut(word) {
                *bits |= bit;
            }
        }
        if self.block.is_empty() {
            self.run.fence.push((entry.hash, entry.number));
        }
        entry.write(&mut self.block);
        self.run.entries += 1;
        if self.block.len() >= BLOCK_ENTRIES * ENTRY_BYTES {
            self.close_block();
        }
    }

    /// The finished blocks since the last call.
    pub fn take_blocks(&mut self) -> Vec<Pair> {
        std::mem::take(&mut self.done)
    }

    /// The run, and its last blocks.
    pub fn finish(mut self) -> (Run, Vec<Pair>) {
        self.close_block();
        (self.run, self.done)
    }

    fn close_block(&mut self) {
        if !self.block.is_empty() {
            let number = self.run.fence.len().saturating_sub(1) as u32;
            self.done.push((
                layout::block_key(self.run.id, number),
                std::mem::take(&mut self.block),
            ));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::journal::files::Location;

    fn entry(hash: u64, number: u64) -> Entry {
        Entry {
            hash,
            number,
            seq: number,
            at: Location {
                segment: 1,
                offset: 2,
            },
        }
    }

    #[test]
    fn a_run_knows_what_it_has_and_where() {
        let hashes: Vec<u64> = (0..5_000_u64)
            .map(|n| (n / 3).wrapping_mul(0x9e37_79b9_7f4a_7c15))
            .collect();
        let mut entries: Vec<_> = hashes
            .iter()
            .zip(0..)
            .map(|(hash, number)| entry(*hash, number))
            .collect();
        entries.sort_unstable();
        let mut builder = RunBuilder::new(3, 1, entries.len() as u64);
        entries.iter().for_each(|entry| builder.push(entry));
        let mut blocks = builder.take_blocks();
        let (run, rest) = builder.finish();
        blocks.extend(rest);
        let blocks_wanted = entries.len().div_ceil(BLOCK_ENTRIES);
        assert_eq!((run.entries, run.blocks() as usize), (5_000, blocks_wanted));
        for entry in &entries {
            assert!(run.may_have(entry.hash));
            let found = run.blocks_of(entry.hash).any(|block| {
                let (_, bytes) = &blocks[block as usize];
                bytes
                    .chunks(ENTRY_BYTES)
                    .any(|bytes| Entry::read(bytes) == Some(*entry))
            });
            assert!(found);
        }
        let wrong = (1..10_000_u64)
            .filter(|n| run.may_have(n.wrapping_mul(0xd1b5_4a32_d192_ed03)))
            .count();
        assert!(wrong < 300, "{wrong} of 10,000");
        let bytes: Vec<u8> = run
            .parts()
            .into_iter()
            .flat_map(|(_, bytes)| bytes)
            .collect();
        assert_eq!(Run::from_parts(3, 1, 5_000, &bytes), Some(run.clone()));
        assert_eq!(Run::from_parts(3, 1, 9_000, &bytes), None);
        let more = 1_000 * blocks_wanted as u64;
        let earlier = Run {
            entries: more,
            ..run.clone()
        };
        assert_eq!(
            Run::from_parts(3, 1, more, &bytes),
            Some(earlier),
            "with 1,024 in a block"
        );
    }
}
