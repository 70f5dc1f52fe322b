//! Proofs from tiles: of a ledger of any size a proof needs a handful.

use std::collections::BTreeMap;

use super::{FULL, HEIGHT, Kind, Tile};
use crate::proof::subtrees::Subtrees;
use crate::proof::tree::{Hash, root_of};

/// Where tiles of hashes come from: files, a server, a ledger itself.
pub trait TileSource {
    /// Why a tile cannot be had.
    type Error;

    /// The hashes of a tile. A source that no longer has a partial tile answers with the full one in its
    /// place.
    ///
    /// # Errors
    /// When the tile cannot be read.
    fn tile(&mut self, tile: Tile) -> Result<Vec<Hash>, Self::Error>;
}

/// The tree of a ledger of a known size, read from tiles; each is read once.
///
/// Nothing of a tile is believed by itself: a proof made of wrong hashes does not verify.
#[derive(Debug)]
pub struct TiledTree<S> {
    source: S,
    size: u64,
    read: BTreeMap<Tile, Vec<Hash>>,
}

impl<S: TileSource> TiledTree<S> {
    /// The tree over so many events, which a checkpoint has to vouch for.
    pub fn new(source: S, size: u64) -> Self {
        Self {
            source,
            size,
            read: BTreeMap::new(),
        }
    }

    /// How many tiles were read.
    pub fn tiles_read(&self) -> usize {
        self.read.len()
    }

    /// The tile with the hash of a subtree, whole or as far as the tree goes; `None` beyond its end.
    fn tile_at(&self, level: u32, number: u64) -> Option<Tile> {
        let hashes = self.size.checked_shr(level.saturating_mul(HEIGHT))?;
        let before = number.checked_mul(u64::from(FULL))?;
        let width = hashes.checked_sub(before)?.min(u64::from(FULL));
        let kind = Kind::Hashes(u8::try_from(level).ok()?);
        Tile::new(kind, number, u16::try_from(width).ok()?)
    }
}

impl<S: TileSource> Subtrees for TiledTree<S> {
    type Error = TileError<S::Error>;

    fn subtree(&mut self, height: u32, number: u64) -> Result<Hash, Self::Error> {
        // A tile holds every eighth row of the tree; the rows between are hashed from the row below.
        let (level, above) = (height / HEIGHT, height % HEIGHT);
        let outside = || TileError::Outside { height, number };
        let first = number.checked_mul(1 << above);
        let first = first.ok_or_else(outside)?;
        let full = u64::from(FULL);
        let tile = self.tile_at(level, first / full);
        let tile = tile.ok_or_else(outside)?;
        if !self.read.contains_key(&tile) {
            let hashes = self.source.tile(tile).map_err(TileError::Source)?;
            if hashes.len() < usize::from(tile.width()) {
                return Err(TileError::Short(tile));
            }
            self.read.insert(tile, hashes);
        }
        let from = usize::try_from(first % full).unwrap_or(usize::MAX);
        let until = from.saturating_add(1 << above);
        let hashes = self.read.get(&tile);
        let within = until <= usize::from(tile.width());
        let hashes = hashes.and_then(|hashes| hashes.get(from..until));
        let hashes = hashes.filter(|_| within).ok_or_else(outside)?;
        Ok(root_of(hashes.iter().copied()).hash)
    }
}

/// Why a hash cannot be read from tiles.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TileError<E> {
    /// The tile cannot be had.
    #[error(transparent)]
    Source(E),
    /// The tile holds fewer hashes than its path says.
    #[error("{0} holds fewer hashes than its name says: it is damaged or incomplete")]
    Short(Tile),
    /// The subtree does not lie within the tree.
    #[error("the subtree {number} of height {height} does not lie within the ledger of this size")]
    Outside {
        /// Its height.
        height: u32,
        /// Its number among those of its height.
        number: u64,
    },
}
