//! Reading the past: stored events in order, from the first.

use crate::codec::decoder::{DecodeError, Decoder};
use crate::deal::event::Event;
use crate::proof::tree::{Frontier, Root, leaf_hash};
use crate::store::event_store::{EventStore, ReadError};
use crate::store::recorded::Recorded;

/// Why the past cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HistoryError {
    /// The store cannot.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// An event cannot be placed.
    #[error(transparent)]
    Event(#[from] DecodeError),
    /// There are fewer events.
    #[error("position {wanted} is beyond the ledger, which has {position} events")]
    Short {
        /// How many were asked for.
        wanted: u64,
        /// How many there are.
        position: u64,
    },
}

/// Hands the first so many stored events to `each`, in order.
///
/// # Errors
/// When one cannot be read, or there are not so many.
pub fn each_stored(
    store: &dyn EventStore,
    position: u64,
    mut each: impl FnMut(&Recorded) -> Result<(), HistoryError>,
) -> Result<(), HistoryError> {
    let mut next = 0;
    // A ledger that is read only to its beginning is not read at all.
    if position > 0 {
        for frame in store.read(0)? {
            for event in frame?.events() {
                if next == position {
                    return Ok(());
                }
                each(event)?;
                next = next.saturating_add(1);
            }
        }
    }
    if next == position {
        return Ok(());
    }
    Err(HistoryError::Short {
        wanted: position,
        position: next,
    })
}

/// Hands the first so many events to `each`, in order.
///
/// # Errors
/// When one cannot be read, or there are not so many.
pub fn each_event(
    store: &dyn EventStore,
    position: u64,
    mut each: impl FnMut(&Event),
) -> Result<(), HistoryError> {
    let mut decoder = Decoder::from_start();
    each_stored(store, position, |stored| {
        each(&decoder.decode(stored)?);
        Ok(())
    })
}

/// The Merkle root over the first so many events' stored bytes.
///
/// # Errors
/// When one cannot be read, or there are not so many.
pub fn root(store: &dyn EventStore, position: u64) -> Result<Root, HistoryError> {
    let mut tree = Frontier::new();
    each_stored(store, position, |stored| {
        tree.push(leaf_hash(stored.bytes()));
        Ok(())
    })?;
    Ok(tree.root())
}
