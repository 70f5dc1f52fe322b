//! The ledger in memory: for tests, and for trying things out. It is gone when the process ends.

use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};
use std::time::Duration;

use crate::store::admission::admit;
use crate::store::event_store::{
    AppendError, Appended, CommandRecord, EventStore, Frames, Group, Head, Indexer, Info, KeyHit,
    ReadError, Scope,
};
use crate::store::frame::Frame;
use crate::store::index::Index;
use crate::store::recorded::Recorded;
use crate::store::watch::HeadWatch;

/// Keeps every frame in memory.
pub struct MemoryStore {
    index: RwLock<Index<Arc<Frame>>>,
    head: HeadWatch,
    indexer: Arc<dyn Indexer>,
}

impl MemoryStore {
    /// An empty ledger.
    pub fn new(indexer: Arc<dyn Indexer>) -> Self {
        Self {
            index: RwLock::new(Index::starting_at(0)),
            head: HeadWatch::default(),
            indexer,
        }
    }

    fn index(&self) -> RwLockReadGuard<'_, Index<Arc<Frame>>> {
        self.index.read().unwrap_or_else(PoisonError::into_inner)
    }
}

impl EventStore for MemoryStore {
    fn head(&self) -> Head {
        self.head.get()
    }

    fn append(&self, expected: u64, group: Group) -> Result<Appended, AppendError> {
        let mut index = self.index.write().unwrap_or_else(PoisonError::into_inner);
        let frame = Arc::new(admit(self.head.get(), expected, group)?);
        index
            .add(&frame, Arc::clone(&frame), self.indexer.as_ref())
            .map_err(|error| AppendError::Invalid(error.to_string()))?;
        let head = frame.head();
        self.head.set(head);
        Ok(Appended { head })
    }

    fn read(&self, from: u64) -> Result<Frames, ReadError> {
        let index = self.index();
        let first = index.first_frame_at(from);
        let frames: Vec<_> = (first..index.end_frame())
            .filter_map(|number| index.frame(number))
            .map(|place| Ok(Arc::clone(&place.at)))
            .collect();
        Ok(Box::new(frames.into_iter()))
    }

    fn wait_beyond(&self, frames: u64, timeout: Duration) -> Head {
        self.head.wait_beyond(frames, timeout)
    }

    fn stream(&self, stream: &str, from_version: u64) -> Result<Vec<Recorded>, ReadError> {
        let index = self.index();
        let entries = index.stream(stream, from_version);
        Ok(entries
            .iter()
            .filter_map(|entry| event_in(&index, entry.seq))
            .collect())
    }

    fn stream_version(&self, stream: &str) -> Result<u64, ReadError> {
        Ok(self.index().stream_version(stream).unwrap_or(0))
    }

    fn command(&self, scope: &Scope) -> Result<Option<CommandRecord>, ReadError> {
        let index = self.index();
        let frame = index.command(scope).and_then(|number| index.frame(number));
        Ok(frame.and_then(|place| place.at.command(scope)))
    }

    fn event(&self, seq: u64) -> Result<Option<Recorded>, ReadError> {
        Ok(event_in(&self.index(), seq))
    }

    fn key(&self, key: &[u8]) -> Result<Vec<KeyHit>, ReadError> {
        let hits = self.index().key(key);
        Ok(hits
            .into_iter()
            .map(|(seq, stream)| KeyHit {
                seq,
                stream: stream.to_string(),
            })
            .collect())
    }

    fn info(&self) -> Info {
        let head = self.head();
        Info {
            engine: "memory",
            head,
            applied: head.position,
            second_copy: "none: everything is in memory".to_owned(),
            ..Info::default()
        }
    }
}

fn event_in(index: &Index<Arc<Frame>>, seq: u64) -> Option<Recorded> {
    index.frame_of(seq)?.at.event(seq).cloned()
}
