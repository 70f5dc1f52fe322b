//! The right edge of the tree at many places of the history, so that the root over any first part of it is at hand.
//!
//! From the nearest edge at most some hundred events have to be hashed to know the root at a position.

use crate::projection::save::{Loader, Saver};
use crate::projection::shared::List;
use crate::proof::tree::{Frontier, Hash};

/// How many events lie between two edges that are kept.
const EVERY: u64 = 256;

/// Edges of the tree over a ledger's events. A copy costs next to nothing.
#[derive(Debug, Clone, Default)]
pub struct Roots {
    edges: List<Frontier>,
    last: Frontier,
}

impl Roots {
    /// Appends the next event by its leaf hash.
    pub fn push(&mut self, leaf: Hash) {
        self.last.push(leaf);
        if self.last.size().is_multiple_of(EVERY) {
            self.edges.push(self.last.clone());
        }
    }

    /// How many events there are.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.last.size()
    }

    /// The nearest edge at or before a size; `None` when the tree is not so large.
    #[must_use]
    pub fn near(&self, size: u64) -> Option<Frontier> {
        if size >= self.last.size() {
            return (size == self.last.size()).then(|| self.last.clone());
        }
        let whole = usize::try_from(size / EVERY).ok()?;
        match whole.checked_sub(1) {
            Some(index) => self.edges.get(index).cloned(),
            None => Some(Frontier::new()),
        }
    }

    /// Writes the edges down.
    pub fn save(&self, saver: &mut Saver<'_>) {
        saver.number(self.edges.len() as u64);
        for edge in self.edges.iter().chain([&self.last]) {
            saver.number(edge.size());
            let hashes = edge.edge().iter().flat_map(Hash::as_bytes);
            saver.bytes(&hashes.copied().collect::<Vec<_>>());
        }
    }

    /// The edges that were written down.
    pub fn load(loader: &mut Loader<'_>) -> Option<Self> {
        let mut edges = List::default();
        for _ in 0..loader.number()? {
            edges.push(edge(loader)?);
        }
        let last = edge(loader)?;
        (last.size() / EVERY == edges.len() as u64).then_some(Self { edges, last })
    }
}

fn edge(loader: &mut Loader<'_>) -> Option<Frontier> {
    let size = loader.number()?;
    let bytes = loader.bytes()?;
    let hashes = bytes
        .chunks(32)
        .map(|hash| hash.try_into().ok().map(Hash::new));
    Frontier::from_edge(size, hashes.collect::<Option<_>>()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proof::tree::{leaf_hash, root_of};

    #[test]
    fn the_root_at_every_size_is_that_of_the_leaves() {
        let leaves: Vec<Hash> = (0..1_100_u32)
            .map(|n| leaf_hash(&n.to_be_bytes()))
            .collect();
        let mut roots = Roots::default();
        leaves.iter().for_each(|leaf| roots.push(*leaf));
        let mut pieces = Vec::new();
        let mut sink = |piece: &[u8]| pieces.push(piece.to_vec());
        let mut saver = Saver::new(&mut sink);
        roots.save(&mut saver);
        saver.end();
        let mut given = pieces.into_iter();
        let loaded = Roots::load(&mut Loader::new(&mut || given.next())).unwrap();
        for roots in [&roots, &loaded] {
            for size in 0..=leaves.len() {
                let mut edge = roots.near(size as u64).unwrap();
                let from = edge.size() as usize;
                assert!(size - from < 256);
                leaves[from..size].iter().for_each(|leaf| edge.push(*leaf));
                assert_eq!(edge.root(), root_of(leaves[..size].iter().copied()));
            }
            assert!(roots.near(leaves.len() as u64 + 1).is_none());
        }
    }
}
