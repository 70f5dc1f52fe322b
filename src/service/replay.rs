//! Everything folded afresh from the stored bytes, and compared with the live read models.
//!
//! Replay has no fold of its own: the same decoder and the same read models run over the journal from
//! frame 0, with checksums and chain proved on the way. It changes nothing.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::ahead::{Prepared, Wanted, each_prepared, prepare};
use super::follow::{Follower, NotReady};
use super::history::HistoryError;
use crate::codec::decoder::Decoder;
use crate::projection::models::Models;
use crate::proof::tree::{Frontier, Root};
use crate::store::event_store::{EventStore, ReadError};
use crate::store::frame::Frame;
use crate::store::head::ChainHash;

/// What a replay asks of every frame.
const WANTED: Wanted = Wanted {
    proof: true,
    packed: true,
};

/// A read model whose fresh fold differs from the live one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Its name.
    pub projection: String,
    /// The digest of the live one, in hexadecimal.
    pub live: String,
    /// The digest of the fresh one, in hexadecimal.
    pub fresh: String,
    /// The position of the first fact that differs, where it can be told.
    pub first: Option<u64>,
}

/// What a replay found.
#[derive(Debug, Clone)]
pub struct Replayed {
    /// How many events were folded.
    pub position: u64,
    /// How many frames were read and proved.
    pub frames: u64,
    /// The Merkle root over the stored bytes.
    pub root: Root,
    /// The digest of each read model, in hexadecimal.
    pub digests: BTreeMap<&'static str, String>,
    /// The read models whose live state differs; none when all is well. Compared only at the head.
    pub differences: Vec<Difference>,
    /// Whether the live read models were compared: they stand at the head, a replay of less does not.
    pub compared: bool,
    /// The read models folded afresh.
    pub models: Arc<Models>,
}

/// Why a replay did not come to its end.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReplayError {
    /// The stored bytes are damaged or cannot be read.
    #[error(transparent)]
    History(#[from] HistoryError),
    /// A frame does not follow the one before.
    #[error(
        "frame {frame}, which begins with event {first_seq}, does not follow the frame before it: the journal was changed"
    )]
    Broken {
        /// The frame's number.
        frame: u64,
        /// Its first event.
        first_seq: u64,
    },
    /// An event does not stand where it belongs.
    #[error("event {seq} stands where event {expected} belongs: the journal was changed")]
    Misplaced {
        /// The event found.
        seq: u64,
        /// The position it stands at.
        expected: u64,
    },
    /// The live read models cannot be asked.
    #[error(transparent)]
    NotReady(#[from] NotReady),
}

impl From<ReadError> for ReplayError {
    fn from(error: ReadError) -> Self {
        Self::History(error.into())
    }
}

/// A fold of the stored events that proves what it reads.
pub(super) struct Fold {
    decoder: Decoder,
    models: Models,
    tree: Frontier,
    chain: Option<ChainHash>,
    frames: u64,
    marked: Option<(u64, Option<Root>)>,
}

impl Fold {
    pub(super) fn new() -> Self {
        Self {
            decoder: Decoder::from_start(),
            models: Models::new(),
            tree: Frontier::new(),
            chain: None,
            frames: 0,
            marked: None,
        }
    }

    /// Keeps the root over the first `size` events when the fold comes by.
    pub(super) fn mark(mut self, size: Option<u64>) -> Self {
        self.marked = size.map(|size| (size, (size == 0).then(Root::empty)));
        self
    }

    /// The root at the mark, if the fold came so far.
    pub(super) fn marked(&self) -> Option<Root> {
        self.marked.and_then(|(_, root)| root)
    }

    /// The Merkle root over the stored bytes so far.
    pub(super) fn root(&self) -> Root {
        self.tree.root()
    }

    /// The read models so far.
    pub(super) fn models(&self) -> &Models {
        &self.models
    }

    /// Takes in a frame, up to a position.
    pub(super) fn take_in(&mut self, frame: &Arc<Frame>, until: u64) -> Result<(), ReplayError> {
        let mut decoder = self.decoder;
        let prepared = prepare(Arc::clone(frame), &mut decoder, WANTED);
        self.decoder = decoder;
        self.take_in_prepared(prepared, until)
    }

    /// As [`take_in`](Self::take_in), of a frame that was decoded and hashed before.
    fn take_in_prepared(&mut self, prepared: Prepared, until: u64) -> Result<(), ReplayError> {
        let frame = prepared.frame;
        let follows = self.chain.is_none_or(|chain| frame.previous() == chain);
        if !follows || prepared.chained != Some(true) || frame.number() != self.frames {
            return Err(ReplayError::Broken {
                frame: frame.number(),
                first_seq: frame.first_seq(),
            });
        }
        self.chain = Some(frame.chain());
        self.frames = self.frames.saturating_add(1);
        let events = prepared.events.map_err(HistoryError::from)?;
        let events = events.iter().zip(prepared.packed.iter());
        for ((event, body), leaf) in events.zip(prepared.leaves) {
            let expected = self.models.position();
            if expected >= until {
                return Ok(());
            }
            if event.seq != expected {
                return Err(ReplayError::Misplaced {
                    seq: event.seq,
                    expected,
                });
            }
            self.tree.push(leaf);
            if let Some((size, root)) = &mut self.marked
                && *size == self.tree.size()
            {
                *root = Some(self.tree.root());
            }
            self.models.take_in(event, body);
        }
        Ok(())
    }
}

/// Folds the first `position` events afresh; at the head, compares with the live read models.
/// `progress` is told events done, of all.
///
/// # Errors
/// When stored bytes are damaged: the error names the place.
pub(super) fn replay(
    store: &dyn EventStore,
    live: &Follower<Models>,
    position: u64,
    patience: std::time::Duration,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<Replayed, ReplayError> {
    let mut fold = Fold::new();
    // To the head means to the very end of the journal, so that damage behind the last event shows too;
    // a shorter replay proves what it rests on and stops there.
    let to_head = position == store.head().position;
    if let Some(first) = store.event(0)? {
        // It tells the zone, which whoever reads ahead has to know.
        fold.decoder.decode(&first).map_err(HistoryError::from)?;
    }
    let mut result = Ok(());
    let zone = fold.decoder.zone();
    each_prepared(store.read(0)?, zone, WANTED, &mut |prepared| {
        if !to_head && fold.models.position() >= position {
            return false;
        }
        let taken = prepared.map_err(ReplayError::from);
        result = taken.and_then(|prepared| fold.take_in_prepared(prepared, position));
        progress(fold.models.position(), position);
        result.is_ok()
    });
    result?;
    let reached = fold.models.position();
    if reached < position {
        return Err(HistoryError::Short {
            wanted: position,
            position: reached,
        }
        .into());
    }
    let live = live.models(position, patience)?;
    let compared = live.position() == position;
    let differences = match compared {
        true => differences(&live, &fold.models),
        false => Vec::new(),
    };
    Ok(Replayed {
        position,
        frames: fold.frames,
        root: fold.tree.root(),
        digests: fold.models.digests(),
        differences,
        compared,
        models: Arc::new(fold.models),
    })
}

/// The read models that differ, each with the first fact that does.
#[must_use]
pub fn differences(live: &Models, fresh: &Models) -> Vec<Difference> {
    let (was, is) = (live.digests(), fresh.digests());
    let names: Vec<&'static str> = is.keys().copied().collect();
    let differing = names
        .into_iter()
        .filter(|name| was.get(name) != is.get(name));
    differing
        .map(|name| Difference {
            projection: name.to_owned(),
            live: was.get(name).cloned().unwrap_or_default(),
            fresh: is.get(name).cloned().unwrap_or_default(),
            first: live.status.first_difference(&fresh.status),
        })
        .collect()
}
