//! A growing ledger as ours, `ct-merkle` and `tlog_tiles` know it.

use ct_merkle::mem_backed_tree::MemoryBackedTree;
use dealtrail::proof::tree::{Hash, Root, leaf_hash, root_of};
use sha2::Sha256;
use tlog_tiles::{Error, HashReader};

/// The record at a position.
pub(crate) fn record(number: usize) -> Vec<u8> {
    format!(r#"{{"kind":"signed","seq":{number}}}"#).into_bytes()
}

/// All hashes of a tree in the order `tlog_tiles` stores them.
#[derive(Default)]
pub(crate) struct Stored(Vec<tlog_tiles::Hash>);

impl HashReader for Stored {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<tlog_tiles::Hash>, Error> {
        let hash = |index: &u64| self.0.get(*index as usize).copied();
        let hashes: Option<Vec<_>> = indexes.iter().map(hash).collect();
        hashes.ok_or(Error::IndexesNotInTree)
    }
}

/// The same records in three trees.
#[derive(Default)]
pub(crate) struct Ledger {
    pub(crate) leaves: Vec<Hash>,
    pub(crate) ct: MemoryBackedTree<Sha256, Vec<u8>>,
    pub(crate) stored: Stored,
}

impl Ledger {
    pub(crate) fn grow(&mut self, size: usize) {
        for number in self.leaves.len()..size {
            let record = record(number);
            self.leaves.push(leaf_hash(&record));
            let hashes = tlog_tiles::stored_hashes(number as u64, &record, &self.stored).unwrap();
            self.stored.0.extend(hashes);
            self.ct.push(record);
        }
    }

    /// The root as ours has it, and theirs the same.
    pub(crate) fn root(&self) -> Root {
        let root = root_of(self.leaves.iter().copied());
        assert_eq!(root.size, self.ct.len());
        assert_eq!(root.hash.as_bytes()[..], self.ct.root().as_bytes()[..]);
        let tiled = tlog_tiles::tree_hash(root.size, &self.stored).unwrap();
        assert_eq!(root.hash, ours(&tiled));
        root
    }
}

pub(crate) fn ours(hash: &tlog_tiles::Hash) -> Hash {
    Hash::new(hash.0)
}

pub(crate) fn theirs(hash: &Hash) -> tlog_tiles::Hash {
    tlog_tiles::Hash(*hash.as_bytes())
}
