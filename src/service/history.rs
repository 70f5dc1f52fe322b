//! Reading the past: stored events in order, from the first.

use crate::codec::decoder::DecodeError;
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

/// Hands the stored events from one position to another to `each`, in order.
///
/// # Errors
/// When one cannot be read, or there are not so many; and what `each` says.
pub fn each_stored<E: From<HistoryError>>(
    store: &dyn EventStore,
    from: u64,
    position: u64,
    mut each: impl FnMut(&Recorded) -> Result<(), E>,
) -> Result<(), E> {
    let mut next = from;
    // Of a ledger that is read only to its beginning nothing is read at all.
    if position > from {
        for frame in store.read(from).map_err(HistoryError::from)? {
            for event in frame.map_err(HistoryError::from)?.events() {
                if event.seq() < from {
                    continue;
                }
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
    let short = HistoryError::Short {
        wanted: position,
        position: next,
    };
    Err(short.into())
}

/// The Merkle root over the first so many events' stored bytes, from the edge of the tree at or before them.
///
/// # Errors
/// When one cannot be read, or there are not so many.
pub fn root(store: &dyn EventStore, from: Frontier, position: u64) -> Result<Root, HistoryError> {
    Ok(edge(store, from, position)?.root())
}

/// The edge of the tree over the first so many events' stored bytes, from an edge at or before them.
///
/// # Errors
/// When one cannot be read, or there are not so many.
pub fn edge(
    store: &dyn EventStore,
    mut edge: Frontier,
    position: u64,
) -> Result<Frontier, HistoryError> {
    each_stored(store, edge.size(), position, |stored| {
        edge.push(leaf_hash(stored.bytes()));
        Ok::<_, HistoryError>(())
    })?;
    Ok(edge)
}
