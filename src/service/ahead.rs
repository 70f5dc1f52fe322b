//! Frames read, decoded, hashed and packed ahead of whoever folds them, on several cores and in order.
//!
//! Folding is the smaller part of the work: reading and writing JSON is the larger, and frames do not depend on each other for it.

use std::sync::Arc;

use super::in_order::in_order;
use crate::codec::decoder::{DecodeError, Decoder};
use crate::deal::event::Event;
use crate::deal::value::zone::Zone;
use crate::projection::status::packed::Packed;
use crate::proof::tree::{Hash, leaf_hash};
use crate::store::event_store::{Frames, ReadError};
use crate::store::frame::{Check, Frame, FrameBytes};

/// How many events are handed over at once, about.
const BATCH: usize = 256;

/// A frame with what was made of it.
pub struct Prepared {
    /// The frame.
    pub frame: Arc<Frame>,
    /// Its events.
    pub events: Result<Vec<Event>, DecodeError>,
    /// The events packed; none when nobody asked for them.
    pub packed: Packed,
    /// The leaf hash of each event's stored bytes.
    pub leaves: Vec<Hash>,
    /// Whether its chain hash is that of its bytes; `None` when that was not asked.
    pub chained: Option<bool>,
}

/// What is asked of those who prepare frames, besides decoding.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wanted {
    /// To compute the chain hash anew.
    pub proof: bool,
    /// To pack the events.
    pub packed: bool,
}

/// Prepares one frame.
#[must_use]
pub fn prepare(frame: Arc<Frame>, decoder: &mut Decoder, wanted: Wanted) -> Prepared {
    let stored = frame.events().iter();
    let events: Result<Vec<Event>, DecodeError> =
        stored.clone().map(|one| decoder.decode(one)).collect();
    let packed = events.as_ref().ok().filter(|_| wanted.packed);
    let chained = wanted.proof.then(|| {
        // The store proves checksums as it reads; here the chain hash is computed anew as well.
        FrameBytes::decode(frame.bytes().to_vec().into(), Check::Chain).is_ok()
    });
    Prepared {
        packed: packed.map(Packed::of).unwrap_or_default(),
        events,
        leaves: stored.map(|one| leaf_hash(one.bytes())).collect(),
        chained,
        frame: Arc::clone(&frame),
    }
}

/// Hands every frame to `each`, prepared and in order, until there are no more or `each` says `false`.
pub fn each_prepared(
    frames: Frames,
    zone: Zone,
    wanted: Wanted,
    each: &mut dyn FnMut(Result<Prepared, ReadError>) -> bool,
) {
    let hire = || {
        let mut decoder = Decoder::new(zone);
        move |batch: Batch| {
            let frames = batch.into_iter();
            let prepared =
                frames.map(|frame| frame.map(|frame| prepare(frame, &mut decoder, wanted)));
            prepared.collect::<Vec<_>>()
        }
    };
    let (mut frames, mut has_more) = (frames, true);
    let batches = std::iter::from_fn(move || {
        let batch = has_more.then(|| batch(&mut frames)).flatten()?;
        // Nothing follows a frame that cannot be read.
        has_more = batch.last().is_some_and(Result::is_ok);
        Some(batch)
    });
    in_order(batches, &hire, &mut |batch| {
        batch.into_iter().all(&mut *each)
    });
}

type Batch = Vec<Result<Arc<Frame>, ReadError>>;

/// Some neighbouring frames; one that cannot be read is the last of them.
fn batch(frames: &mut Frames) -> Option<Batch> {
    let (mut batch, mut events) = (Vec::new(), 0_usize);
    while events < BATCH {
        let Some(frame) = frames.next() else { break };
        let read = frame.as_ref().map(|frame| frame.events().len().max(1));
        events = events.saturating_add(read.unwrap_or(BATCH));
        batch.push(frame);
    }
    (!batch.is_empty()).then_some(batch)
}
