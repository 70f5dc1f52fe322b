//! A store that answers wrongly on purpose, to see that the search notices.

use std::sync::Arc;
use std::time::Duration;

use dealtrail::store::event_store::{
    AppendError, Appended, EventStore, Frames, Info, KeyHit, ReadError,
};
use dealtrail::store::group::{CommandRecord, Group, Scope};
use dealtrail::store::head::Head;
use dealtrail::store::recorded::Recorded;

/// What is wrong with the ledger on disk, as far as the comparison sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flaw {
    /// A stream's look-up leaves out its last event.
    ForgetsAStreamEntry,
    /// A key's look-up leaves out its last mention.
    ForgetsAKey,
    /// The record of a command with several events counts one less.
    MiscountsACommand,
    /// The last event cannot be read.
    LosesTheLastEvent,
    /// A repetition is answered as if it were new.
    ForgetsThatItAnswered,
}

pub(crate) struct Flawed {
    pub(crate) inner: Arc<dyn EventStore>,
    pub(crate) flaw: Option<Flaw>,
}

impl EventStore for Flawed {
    fn head(&self) -> Head {
        self.inner.head()
    }

    fn append(&self, expected: u64, group: Group) -> Result<Appended, AppendError> {
        self.inner.append(expected, group)
    }

    fn read(&self, from: u64) -> Result<Frames, ReadError> {
        self.inner.read(from)
    }

    fn wait_beyond(&self, frames: u64, timeout: Duration) -> Head {
        self.inner.wait_beyond(frames, timeout)
    }

    fn stream(&self, stream: &str, from_version: u64) -> Result<Vec<Recorded>, ReadError> {
        let mut events = self.inner.stream(stream, from_version)?;
        if self.flaw == Some(Flaw::ForgetsAStreamEntry) && events.len() > 2 {
            events.pop();
        }
        Ok(events)
    }

    fn stream_version(&self, stream: &str) -> Result<Option<u64>, ReadError> {
        self.inner.stream_version(stream)
    }

    fn command(&self, scope: &Scope) -> Result<Option<CommandRecord>, ReadError> {
        let mut record = self.inner.command(scope)?;
        if let Some(record) = record.as_mut()
            && self.flaw == Some(Flaw::MiscountsACommand)
            && record.count > 1
        {
            record.count -= 1;
        }
        Ok(record)
    }

    fn event(&self, seq: u64) -> Result<Option<Recorded>, ReadError> {
        let last = self.inner.head().position.saturating_sub(1);
        if self.flaw == Some(Flaw::LosesTheLastEvent) && seq == last && seq > 5 {
            return Ok(None);
        }
        self.inner.event(seq)
    }

    fn key(&self, key: &[u8]) -> Result<Vec<KeyHit>, ReadError> {
        let mut hits = self.inner.key(key)?;
        if self.flaw == Some(Flaw::ForgetsAKey) {
            hits.pop();
        }
        Ok(hits)
    }

    fn info(&self) -> Info {
        self.inner.info()
    }
}
