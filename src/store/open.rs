//! The registry above the engines: opens a ledger by its place.

use std::sync::Arc;

use crate::store::engine::memory::MemoryStore;
use crate::store::event_store::{EventStore, Indexer};

/// A ledger in memory.
pub fn memory(indexer: Arc<dyn Indexer>) -> Arc<dyn EventStore> {
    Arc::new(MemoryStore::new(indexer))
}
