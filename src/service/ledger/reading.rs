//! What a ledger knows: its read models at any position, the root over what they were folded from, and a fold afresh.

use std::sync::Arc;
use std::time::Duration;

use super::{Ledger, PATIENCE};
use crate::codec::decoder::Decoder;
use crate::deal::event::Event;
use crate::deal::value::ids::{ActorId, CommandId, Ref, StreamId, StreamKind};
use crate::deal::value::source::Source;
use crate::projection::models::Models;
use crate::proof::tree::{Frontier, Root};
use crate::service::checkpoint::held::{self, Departure};
use crate::service::checkpoint::kept;
use crate::service::find::{self, KnownAt};
use crate::service::follow::NotReady;
use crate::service::history;
use crate::service::open_error::LedgerError;
use crate::service::query::find::Sent;
use crate::service::replay::{self, ReplayError, Replayed};
use crate::service::snapshots::{Doubt, Snapshots};
use crate::store::event_store::ReadError;
use crate::store::group::Scope;
use crate::store::journal::disk::Disk;
use crate::store::recorded::Recorded;

/// Among how many of the newest entries the sources are looked for that somebody used last: reading one takes some
/// microseconds, and whoever asks means what they have just recorded.
const LOOKED_BACK: u64 = 20_000;

/// A thing that is known at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AtHand {
    /// Its stream.
    pub stream: StreamId,
    /// How many events it has.
    pub version: u64,
    /// How many events of the ledger are known.
    pub position: u64,
}

impl Ledger {
    /// The read models once they have taken in so many events.
    ///
    /// # Errors
    /// When they stopped following, or make no progress.
    pub fn models(&self, at_least: u64) -> Result<Arc<Models>, NotReady> {
        self.follower.models(at_least, PATIENCE)
    }

    /// As [`models`](Self::models), for whoever does not wait longer than that.
    ///
    /// # Errors
    /// When they stopped following, or are not there in time.
    pub fn models_within(
        &self,
        at_least: u64,
        patience: Duration,
    ) -> Result<Arc<Models>, NotReady> {
        self.follower.models(at_least, patience)
    }

    /// The thing of a kind that holds a reference, and how many events it has: as far as everything recorded is known at once,
    /// without waiting and without folding. `None` says nothing of whether there is one.
    #[must_use]
    pub fn at_hand(&self, kind: StreamKind, reference: &str) -> Option<AtHand> {
        let reference = Ref::new(reference).ok()?;
        let head = self.head();
        self.follower.at_once(|models| {
            let stream = models.status.by_ref(&reference)?;
            let is_current = stream.kind() == kind && models.position() >= head;
            let version = models.status.version_of(stream)?;
            is_current.then_some(AtHand {
                stream,
                version,
                position: models.position(),
            })
        })
    }

    /// The stored events of a stream among the first so many of the ledger, in order.
    ///
    /// # Errors
    /// When one cannot be read.
    pub fn stored_of(&self, stream: StreamId, position: u64) -> Result<Vec<Recorded>, ReadError> {
        let mut events = self.store.stream(&stream.to_string(), 0)?;
        events.retain(|event| event.seq() < position);
        Ok(events)
    }

    /// What a command of an actor recorded first, if it recorded anything.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn sent_by(
        &self,
        actor: &ActorId,
        command: &CommandId,
    ) -> Result<Option<Sent>, LedgerError> {
        let scope = Scope {
            actor: actor.to_string(),
            key: command.to_string(),
        };
        let record = self
            .store
            .command(&scope)
            .map_err(LedgerError::Unreadable)?;
        let first = record.filter(|record| record.count > 0);
        let Some(first) = first.map(|record| record.first_seq) else {
            return Ok(None);
        };
        let Some(event) = self.decoded(first)? else {
            return Ok(None);
        };
        Ok(Some(Sent {
            stream: event.stream,
            sources: event.sources.as_slice().to_vec(),
        }))
    }

    /// The sources an actor used last, among the newest entries; empty when there are none.
    ///
    /// # Errors
    /// When an entry cannot be read.
    pub fn last_sources(&self, actor: &ActorId) -> Result<Vec<Source>, LedgerError> {
        let head = self.head();
        for seq in (head.saturating_sub(LOOKED_BACK)..head).rev() {
            let stored = self.store.event(seq).map_err(LedgerError::Unreadable)?;
            let own = stored.filter(|stored| stored.actor() == actor.as_str());
            if own.is_some_and(|stored| stored.sources() != "[]")
                && let Some(event) = self.decoded(seq)?
            {
                return Ok(event.sources.as_slice().to_vec());
            }
        }
        Ok(Vec::new())
    }

    fn decoded(&self, seq: u64) -> Result<Option<Event>, LedgerError> {
        let stored = self.store.event(seq).map_err(LedgerError::Unreadable)?;
        let mut decoder = Decoder::new(self.opened.zone);
        let event = stored.map(|stored| decoder.decode(&stored));
        Ok(event.transpose()?)
    }

    /// The read models with everything recorded so far.
    ///
    /// # Errors
    /// As [`models`](Self::models).
    pub fn models_at_head(&self) -> Result<Arc<Models>, NotReady> {
        self.models(self.head())
    }

    /// What was known at a position: the first so many events, down to a batch boundary.
    ///
    /// # Errors
    /// When an event cannot be read.
    pub fn models_at(&self, position: u64) -> Result<Arc<Models>, LedgerError> {
        let live = self.models_at_head()?;
        let position = live.boundaries.snap(position);
        if position == live.position() {
            return Ok(live);
        }
        Ok(Arc::new(live.until(position)))
    }

    /// The largest batch boundary at or below a position.
    ///
    /// # Errors
    /// As [`models`](Self::models).
    pub fn boundary(&self, position: u64) -> Result<u64, NotReady> {
        Ok(self.models_at_head()?.boundaries.snap(position))
    }

    /// The position a person means by a number, a moment or a day.
    ///
    /// # Errors
    /// When the text is none of these, or the position is beyond the ledger.
    pub fn known_at(&self, text: &str) -> Result<KnownAt, LedgerError> {
        let models = self.models_at_head()?;
        Ok(find::known_at(&models, text)?)
    }

    /// The Merkle root over the first so many events' stored bytes (RFC 6962 section 2.1).
    ///
    /// # Errors
    /// When an event cannot be read, or there are not so many.
    pub fn root(&self, position: u64) -> Result<Root, LedgerError> {
        // Where the read models cannot come so far, everything is hashed.
        let edge = self.edge(position).unwrap_or_default();
        Ok(history::root(self.store.as_ref(), edge, position)?)
    }

    /// The nearest edge of the tree at or before a size that the read models know; `None` where they cannot come so far.
    #[must_use]
    pub fn edge(&self, size: u64) -> Option<Frontier> {
        let models = self.models(size).ok();
        models.and_then(|_| self.follower.edge(size))
    }

    /// Refuses a ledger that is not what it signed: entries of it are missing, or others.
    pub(super) fn held_to_checkpoint(&self, disk: &dyn Disk) -> Result<(), LedgerError> {
        let Some(dir) = &self.dir else { return Ok(()) };
        let kept = kept::newest(disk, dir).map_err(Departure::from)?;
        let Some(kept) = kept else { return Ok(()) };
        let origin = self.opened.origin.as_str();
        held::check(&kept, origin, self.head(), |size| self.root(size))??;
        Ok(())
    }

    /// Where it is told that the read models differ from what is stored. Of a ledger that is open for reading alone nobody listens.
    pub(in crate::service) fn doubt(&self) -> Doubt {
        let snapshots = self.snapshots.as_ref();
        snapshots.map(Snapshots::doubt).unwrap_or_default()
    }

    /// Folds the first so many events afresh, down to a batch boundary, and at the head compares with the
    /// live read models. `progress` is told events done, of all.
    ///
    /// # Errors
    /// When stored bytes are damaged: the error names the place, and nothing is changed.
    pub fn replay(
        &self,
        position: Option<u64>,
        progress: &mut dyn FnMut(u64, u64),
    ) -> Result<Replayed, ReplayError> {
        let head = self.head();
        let position = match position {
            Some(position) if position < head => self.boundary(position)?,
            _ => head,
        };
        replay::replay(
            self.store.as_ref(),
            &self.follower,
            position,
            PATIENCE,
            progress,
        )
    }
}
