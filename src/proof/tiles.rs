//! A ledger as plain files that anybody can serve and keep: hashes and entries in pieces of 256 (C2SP
//! tlog-tiles 0.1.0).
//!
//! A tile of level 0 holds the hashes of 256 neighbouring events, one of level 1 the roots of 256 whole
//! tiles of level 0, and so on. Where the ledger ends, the last tile of a level may be partial. An entry
//! bundle holds 256 stored events themselves.

mod path;
pub mod reading;
#[cfg(test)]
mod tests;

use super::tree::{Frontier, Hash, Root};

/// How many hashes or entries a full tile or bundle holds.
pub const FULL: u16 = 256;

/// The highest level a path can name; a ledger has no more than eight.
const MAX_LEVEL: u8 = 63;

/// How many levels of the tree a tile spans.
const HEIGHT: u32 = 8;

/// The longest entry a bundle can hold, in bytes.
pub const MAX_ENTRY_BYTES: usize = u16::MAX as usize;

/// Which piece: its kind, its number within its kind, and how much of it there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Tile {
    kind: Kind,
    number: u64,
    width: u16,
}

/// What a piece holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Hashes of a level: 0 those of the events, 1 those over 256 of them, and so on.
    Hashes(u8),
    /// The stored bytes of events.
    Entries,
}

impl Tile {
    /// A piece; `None` when its level is above 63, or its width is 0 or above [`FULL`].
    pub fn new(kind: Kind, number: u64, width: u16) -> Option<Self> {
        let level = match kind {
            Kind::Hashes(level) => level <= MAX_LEVEL,
            Kind::Entries => true,
        };
        let tile = Self {
            kind,
            number,
            width,
        };
        (level && (1..=FULL).contains(&width)).then_some(tile)
    }

    /// What it holds.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Its number within its kind, from 0.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// How many hashes or entries it holds, 1 to [`FULL`].
    pub fn width(&self) -> u16 {
        self.width
    }

    /// The full piece that holds what this one holds, and more once the ledger has grown.
    #[must_use]
    pub fn full(&self) -> Self {
        Self {
            width: FULL,
            ..*self
        }
    }

    /// How many entries of a ledger it covers up to its last one: `None` when no ledger is so large.
    pub fn end(&self) -> Option<u64> {
        let height = match self.kind {
            Kind::Hashes(level) => u32::from(level).checked_mul(HEIGHT)?,
            Kind::Entries => 0,
        };
        let before = self.number.checked_mul(u64::from(FULL))?;
        let hashes = before.checked_add(u64::from(self.width))?;
        // A shift that loses bits is of a ledger that cannot be.
        let end = hashes.checked_shl(height)?;
        (end >> height == hashes).then_some(end)
    }

    /// Whether it holds all that it can. A full piece never changes.
    pub fn is_full(&self) -> bool {
        self.width == FULL
    }

    /// Reads the bytes of a tile of hashes: 32 bytes each, as many as it is wide. `None` when it is of
    /// entries, or the bytes are more or fewer.
    pub fn hashes(&self, bytes: &[u8]) -> Option<Vec<Hash>> {
        let (hashes, rest) = bytes.as_chunks::<32>();
        let fits = self.kind != Kind::Entries && rest.is_empty();
        let fits = fits && hashes.len() == usize::from(self.width);
        fits.then(|| hashes.iter().copied().map(Hash::new).collect())
    }

    /// Reads the bytes of an entry bundle: each entry behind its length in two bytes, the higher first.
    /// `None` when it is of hashes, or the bytes do not hold as many entries as it is wide and no more.
    pub fn entries<'b>(&self, bytes: &'b [u8]) -> Option<Vec<&'b [u8]>> {
        if self.kind != Kind::Entries {
            return None;
        }
        let mut entries = Vec::with_capacity(usize::from(self.width));
        let mut rest = bytes;
        while let Some((length, behind)) = rest.split_first_chunk() {
            let length = usize::from(u16::from_be_bytes(*length));
            let (entry, behind) = behind.split_at_checked(length)?;
            entries.push(entry);
            rest = behind;
        }
        (rest.is_empty() && entries.len() == usize::from(self.width)).then_some(entries)
    }
}

/// The bytes of a tile that holds these hashes.
pub fn hash_bytes(hashes: &[Hash]) -> Vec<u8> {
    hashes.iter().flat_map(Hash::as_bytes).copied().collect()
}

/// The bytes of a bundle that holds these entries; `None` when one has more than [`MAX_ENTRY_BYTES`].
pub fn entry_bytes<'e>(entries: impl IntoIterator<Item = &'e [u8]>) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    for entry in entries {
        let length = u16::try_from(entry.len()).ok()?;
        bytes.extend_from_slice(&length.to_be_bytes());
        bytes.extend_from_slice(entry);
    }
    Some(bytes)
}

/// The tiles of hashes that a ledger of so many events has, level by level, full ones first.
pub fn hash_tiles(size: u64) -> impl Iterator<Item = Tile> {
    let levels = (0..HEIGHT).map_while(move |level| {
        let hashes = size >> level.saturating_mul(HEIGHT);
        let level = u8::try_from(level).ok()?;
        (hashes > 0).then_some((Kind::Hashes(level), hashes))
    });
    levels.flat_map(|(kind, hashes)| pieces(kind, hashes))
}

/// The entry bundles that a ledger of so many events has.
pub fn entry_bundles(size: u64) -> impl Iterator<Item = Tile> {
    pieces(Kind::Entries, size)
}

/// The pieces that so many hashes or entries make.
fn pieces(kind: Kind, count: u64) -> impl Iterator<Item = Tile> {
    let full = count / u64::from(FULL);
    // What a division by 256 leaves fits two bytes.
    let rest = u16::try_from(count % u64::from(FULL)).unwrap_or(0);
    let full_ones = (0..full).filter_map(move |number| Tile::new(kind, number, FULL));
    full_ones.chain(Tile::new(kind, full, rest))
}

/// Makes tiles from the hashes of events as they come; holds one unfinished tile a level, and by that the right
/// edge of the tree.
#[derive(Debug, Clone, Default)]
pub struct Tiling {
    size: u64,
    levels: Vec<Unfinished>,
}

/// The last tile of a level, and the edge of the tree over its hashes: so no hash is made twice, once for a tile and
/// once for the root.
#[derive(Debug, Clone, Default)]
struct Unfinished {
    hashes: Vec<Hash>,
    edge: Frontier,
}

impl Tiling {
    /// A ledger without events.
    pub fn new() -> Self {
        Self::default()
    }

    /// Goes on at a size, from the partial tiles that a ledger of that size has; `tile` gives the hashes of one, or those
    /// of the full tile in its place. `None` when one cannot be had or holds too few. They are believed: whoever goes on
    /// compares [`root`](Self::root) with one that was signed.
    pub fn resume(size: u64, mut tile: impl FnMut(Tile) -> Option<Vec<Hash>>) -> Option<Self> {
        let mut levels = Vec::new();
        for level in 0..HEIGHT {
            let count = size >> level.saturating_mul(HEIGHT);
            if count == 0 {
                break;
            }
            let rest = usize::try_from(count % u64::from(FULL)).unwrap_or_default();
            let kind = u8::try_from(level).map_or(Kind::Entries, Kind::Hashes);
            let width = u16::try_from(rest).unwrap_or_default();
            let mut unfinished = Unfinished::default();
            if let Some(partial) = Tile::new(kind, count / u64::from(FULL), width) {
                let hashes = tile(partial)?;
                let hashes = hashes.get(..rest)?;
                hashes.iter().for_each(|hash| unfinished.push(*hash));
            }
            levels.push(unfinished);
        }
        Some(Self { size, levels })
    }

    /// How many events were taken in.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The root over the events so far; at most one node hash a level of the tree.
    pub fn root(&self) -> Root {
        // Every level's edge covers larger subtrees than those of the levels below it, and stands to their left.
        let levels = self.levels.iter().rev();
        let edge = levels.flat_map(|level| level.edge.edge()).copied();
        let edge = Frontier::from_edge(self.size, edge.collect());
        edge.map_or_else(Root::empty, |edge| edge.root())
    }

    /// Takes in the hash of the next event, and hands each tile it fills to `full` with its hashes, from
    /// the bottom up.
    pub fn push(&mut self, leaf: Hash, full: &mut dyn FnMut(Tile, &[Hash])) {
        self.size = self.size.saturating_add(1);
        let mut hash = leaf;
        for level in 0..=u8::MAX {
            let index = usize::from(level);
            if self.levels.len() == index {
                self.levels.push(Unfinished::default());
            }
            let Some(unfinished) = self.levels.get_mut(index) else {
                return;
            };
            unfinished.push(hash);
            if unfinished.hashes.len() < usize::from(FULL) {
                return;
            }
            let whole = std::mem::take(unfinished);
            let covered = HEIGHT.saturating_mul(u32::from(level).saturating_add(1));
            let count = self.size.checked_shr(covered).unwrap_or(0);
            if let Some(tile) = Tile::new(Kind::Hashes(level), count.saturating_sub(1), FULL) {
                full(tile, &whole.hashes);
            }
            hash = whole.edge.root().hash;
        }
    }

    /// The partial tiles at the size as it is now, from the bottom up, with their hashes: those a
    /// checkpoint of this size needs beside the full ones.
    pub fn partial(&self) -> impl Iterator<Item = (Tile, &[Hash])> {
        let levels = (0..=u8::MAX).zip(&self.levels);
        levels.filter_map(|(level, unfinished)| {
            let covered = HEIGHT.saturating_mul(u32::from(level).saturating_add(1));
            let number = self.size.checked_shr(covered).unwrap_or(0);
            let width = u16::try_from(unfinished.hashes.len()).ok()?;
            let tile = Tile::new(Kind::Hashes(level), number, width)?;
            Some((tile, unfinished.hashes.as_slice()))
        })
    }
}

impl Unfinished {
    fn push(&mut self, hash: Hash) {
        self.hashes.push(hash);
        self.edge.push(hash);
    }
}
