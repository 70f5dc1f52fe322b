//! The ledger folded where it is read: the stored events as a service hands them out, taken in by the same decoder and read
//! models as a replay of the journal, and hashed into the same tree.
//!
//! The frames stay with the service, and so do their checksums and their chain. What the root is equal to is every byte of
//! every event, in order.

use std::collections::BTreeMap;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::codec::decoder::{DecodeError, Decoder};
use crate::projection::models::Models;
use crate::proof::tree::{Frontier, Root, leaf_hash};
use crate::store::recorded::{Recorded, RecordedError};

/// What the read models have come to, for whoever folds them for themselves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Digests {
    /// How many events they took in.
    pub position: u64,
    /// The Merkle root over these, in hexadecimal (RFC 6962 section 2.1).
    pub root: String,
    /// The digest of each read model as it answers of that position, in hexadecimal, by its name.
    pub digests: BTreeMap<String, String>,
}

/// A fold of stored events that come one by one.
pub struct Refold {
    decoder: Decoder,
    models: Models,
    tree: Frontier,
    kept_at: Option<u64>,
    kept: Option<(Models, Root)>,
}

/// A position, the root over what is before it, and the read models there.
#[derive(Debug, Clone)]
pub struct Refolded {
    /// The Merkle root over the stored bytes.
    pub root: Root,
    /// The read models.
    pub models: Arc<Models>,
}

impl Refold {
    /// Begins with the first event, and keeps what there is at a position on the way.
    #[must_use]
    pub fn keeping(position: u64) -> Self {
        Self {
            decoder: Decoder::from_start(),
            models: Models::new(),
            tree: Frontier::new(),
            kept_at: Some(position),
            kept: None,
        }
    }

    /// Takes in the stored bytes of the next event.
    ///
    /// # Errors
    /// When they are no event, or another one belongs there.
    pub fn take_in(&mut self, bytes: &[u8]) -> Result<(), RefoldError> {
        self.keep();
        let stored = Recorded::parse(bytes.to_vec())?;
        let expected = self.models.position();
        if stored.seq() != expected {
            return Err(RefoldError::Misplaced {
                seq: stored.seq(),
                expected,
            });
        }
        let event = self.decoder.decode(&stored)?;
        self.tree.push(leaf_hash(bytes));
        self.models.apply(&event);
        Ok(())
    }

    fn keep(&mut self) {
        if self.kept_at == Some(self.models.position()) {
            self.kept_at = None;
            self.kept = Some((self.models.clone(), self.tree.root()));
        }
    }

    /// What there was at the position that was to be kept, and what there is at the end; `None` when the fold did not
    /// come so far.
    #[must_use]
    pub fn end(mut self) -> Option<(Refolded, Refolded)> {
        self.keep();
        let (models, root) = self.kept?;
        let kept = Refolded {
            root,
            models: Arc::new(models),
        };
        let end = Refolded {
            root: self.tree.root(),
            models: Arc::new(self.models),
        };
        Some((kept, end))
    }
}

/// Why a fold stopped.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RefoldError {
    /// What was handed out is no event.
    #[error(transparent)]
    NoEvent(#[from] RecordedError),
    /// An event cannot be placed.
    #[error(transparent)]
    Event(#[from] DecodeError),
    /// Another event belongs there.
    #[error("event {seq} stands where event {expected} belongs")]
    Misplaced {
        /// The event found.
        seq: u64,
        /// The position it stands at.
        expected: u64,
    },
}
