//! Lays down what a ledger of a size has and one of a smaller size did not: the cost is that of the entries between.

use std::io;

use super::files::{Files, Writing};
use crate::proof::tiles::{FULL, Kind, Tile, Tiling, entry_bytes, hash_bytes};
use crate::proof::tree::{Root, leaf_hash};
use crate::service::history::{self, HistoryError};
use crate::store::event_store::EventStore;

/// What was laid down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Laid {
    /// The root over the stored bytes.
    pub root: Root,
    /// How many pieces were written; the others stood there already.
    pub written: u64,
}

/// Makes the pieces of a ledger of `size` entries durable. It goes on from what is there of an earlier size, `from`, where
/// those hashes give its root; otherwise, and without one, everything is hashed and looked at from the first entry.
///
/// # Errors
/// When an entry cannot be read, the disk fails, or the stored entries do not give the earlier root.
pub fn lay(
    files: &Files,
    store: &dyn EventStore,
    from: Option<Root>,
    size: u64,
) -> Result<Laid, LayError> {
    let from = from.unwrap_or_else(Root::empty);
    // Whole runs of 256 are believed by their hashes; the last entries before the earlier size are hashed again.
    let whole = from.size.saturating_sub(from.size % u64::from(FULL));
    let resumed = Tiling::resume(whole, |tile| files.hashes(tile));
    let laid = match resumed {
        Some(tiling) => Laying::new(files, tiling, from).walk(store, size),
        None => Err(LayError::Departs(from)),
    };
    match laid {
        Err(LayError::Departs(_)) if whole > 0 => {
            let laid = Laying::new(files, Tiling::new(), from).walk(store, size)?;
            files.trim(size)?;
            Ok(laid)
        }
        laid => laid,
    }
}

/// Makes every piece of a published size again that is not what the entries make it, those of earlier checkpoints
/// included; gives how many were written.
///
/// # Errors
/// As [`lay`]; when the entries do not give the root that was signed nothing can be said to be right.
pub fn again(files: &Files, store: &dyn EventStore, root: Root) -> Result<u64, LayError> {
    let laying = Laying::new(files, Tiling::new(), root);
    let laid = laying.walk(store, root.size)?;
    Ok(laid.written.saturating_add(files.trim(root.size)?))
}

struct Laying<'a> {
    tiling: Tiling,
    from: Root,
    writing: Writing<'a>,
    /// The entries of the last bundle, as it will stand.
    bundle: Vec<u8>,
}

impl<'a> Laying<'a> {
    fn new(files: &'a Files, tiling: Tiling, from: Root) -> Self {
        Self {
            tiling,
            from,
            writing: Writing::to(files),
            bundle: Vec::new(),
        }
    }

    fn walk(mut self, store: &dyn EventStore, size: u64) -> Result<Laid, LayError> {
        let first = self.tiling.size();
        self.hold(size)?;
        history::each_stored(store, first, size, |stored| {
            self.take_in(stored.bytes())?;
            self.hold(size)
        })?;
        for (tile, hashes) in self.tiling.partial() {
            self.writing.put(tile, &hash_bytes(hashes))?;
        }
        let width = u16::try_from(size % u64::from(FULL)).unwrap_or_default();
        if let Some(tile) = Tile::new(Kind::Entries, size / u64::from(FULL), width) {
            self.writing.put(tile, &self.bundle)?;
        }
        Ok(Laid {
            root: self.tiling.root(),
            written: self.writing.settle()?,
        })
    }

    /// Refuses to go on from what does not give the earlier root.
    fn hold(&self, size: u64) -> Result<(), LayError> {
        let is_there = self.tiling.size() == self.from.size && size >= self.from.size;
        match is_there && self.tiling.root() != self.from {
            true => Err(LayError::Departs(self.from)),
            false => Ok(()),
        }
    }

    fn take_in(&mut self, entry: &[u8]) -> Result<(), LayError> {
        let seq = self.tiling.size();
        let framed = entry_bytes([entry]).ok_or(LayError::TooLong(seq))?;
        self.bundle.extend_from_slice(&framed);
        let mut filled = Vec::new();
        self.tiling.push(leaf_hash(entry), &mut |tile, hashes| {
            filled.push((tile, hash_bytes(hashes)));
        });
        if filled.is_empty() {
            return Ok(());
        }
        if let Some(tile) = Tile::new(Kind::Entries, seq / u64::from(FULL), FULL) {
            self.writing.put(tile, &self.bundle)?;
        }
        self.bundle.clear();
        for (tile, bytes) in filled {
            self.writing.put(tile, &bytes)?;
        }
        Ok(())
    }
}

/// Why nothing was laid down.
#[derive(Debug, thiserror::Error)]
pub enum LayError {
    /// An entry cannot be read.
    #[error(transparent)]
    History(#[from] HistoryError),
    /// The disk failed.
    #[error("the tiles could not be written: {0}")]
    Io(#[from] io::Error),
    /// No bundle has room for it; this program records none that long.
    #[error("entry {0} is longer than an entry bundle can hold")]
    TooLong(u64),
    /// The stored entries are others than those that were signed.
    #[error("the first {} entries do not give the root that was signed for them", .0.size)]
    Departs(Root),
}
