//! What a ledger knows: its read models at any position, the root over what they were folded from, and a fold afresh.

use std::sync::Arc;

use super::{Ledger, PATIENCE};
use crate::projection::models::Models;
use crate::proof::tree::{Frontier, Root};
use crate::service::checkpoint::held::{self, Departure};
use crate::service::checkpoint::kept;
use crate::service::find::{self, KnownAt};
use crate::service::follow::NotReady;
use crate::service::history;
use crate::service::open_error::LedgerError;
use crate::service::replay::{self, ReplayError, Replayed};
use crate::store::journal::disk::Disk;

impl Ledger {
    /// The read models once they have taken in so many events.
    ///
    /// # Errors
    /// When they stopped following, or make no progress.
    pub fn models(&self, at_least: u64) -> Result<Arc<Models>, NotReady> {
        self.follower.models(at_least, PATIENCE)
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
