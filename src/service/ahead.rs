//! Frames read, decoded, hashed and packed ahead of whoever folds them, on several cores and in order.
//!
//! Folding is the smaller part of the work: reading and writing JSON is the larger, and frames do not depend on each other for it.

use std::num::NonZero;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{self, Scope};

use crate::codec::decoder::{DecodeError, Decoder};
use crate::deal::event::Event;
use crate::deal::value::zone::Zone;
use crate::projection::status::packed::Packed;
use crate::proof::tree::{Hash, leaf_hash};
use crate::store::event_store::{Frames, ReadError};
use crate::store::frame::{Check, Frame, FrameBytes};

/// How many events are handed over at once, about.
const BATCH: usize = 256;
/// How many batches wait before and behind each worker.
const WAITING: usize = 2;
/// More workers than this only wait for each other.
const MOST_WORKERS: usize = 8;

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

type Read = Vec<Result<Arc<Frame>, ReadError>>;
type Made = Vec<Result<Prepared, ReadError>>;

/// Hands every frame to `each`, prepared and in order, until there are no more or `each` says `false`.
pub fn each_prepared(
    frames: Frames,
    zone: Zone,
    wanted: Wanted,
    each: &mut dyn FnMut(Result<Prepared, ReadError>) -> bool,
) {
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    thread::scope(|scope| {
        let mut workers = Vec::new();
        for _ in 0..cores.min(MOST_WORKERS) {
            // Fewer threads than cores do as well, when the system gives no more.
            workers.extend(worker(scope, zone, wanted));
        }
        let (inputs, outputs): (Vec<_>, Vec<_>) = workers.into_iter().unzip();
        if outputs.is_empty() {
            return one_by_one(frames, zone, wanted, each);
        }
        let reader = thread::Builder::new().name("read-ahead".to_owned());
        let started = reader.spawn_scoped(scope, move || read(frames, &inputs));
        if let Err(error) = started {
            let problem = error.to_string();
            let file = "thread".to_owned();
            each(Err(ReadError::Io { file, problem }));
            return;
        }
        take(&outputs, each);
        // The receivers end here, and with them everyone who would send.
        drop(outputs);
    });
}

fn one_by_one(
    frames: Frames,
    zone: Zone,
    wanted: Wanted,
    each: &mut dyn FnMut(Result<Prepared, ReadError>) -> bool,
) {
    let mut decoder = Decoder::new(zone);
    for frame in frames {
        if !each(frame.map(|frame| prepare(frame, &mut decoder, wanted))) {
            return;
        }
    }
}

fn worker<'scope>(
    scope: &'scope Scope<'scope, '_>,
    zone: Zone,
    wanted: Wanted,
) -> Option<(SyncSender<Read>, Receiver<Made>)> {
    let (give, given) = sync_channel::<Read>(WAITING);
    let (hand_on, made) = sync_channel::<Made>(WAITING);
    let work = move || {
        let mut decoder = Decoder::new(zone);
        for batch in given {
            let prepared = batch
                .into_iter()
                .map(|frame| frame.map(|frame| prepare(frame, &mut decoder, wanted)));
            if hand_on.send(prepared.collect()).is_err() {
                return;
            }
        }
    };
    let thread = thread::Builder::new().name("decode".to_owned());
    thread.spawn_scoped(scope, work).ok()?;
    Some((give, made))
}

/// Deals batches out to the workers in turn.
fn read(frames: Frames, workers: &[SyncSender<Read>]) {
    let mut turns = workers.iter().cycle();
    let (mut batch, mut events) = (Vec::new(), 0);
    for frame in frames {
        let last = frame.is_err();
        events += frame
            .as_ref()
            .map_or(0, |frame| frame.events().len().max(1));
        batch.push(frame);
        if events < BATCH && !last {
            continue;
        }
        events = 0;
        let sent = turns
            .next()
            .map(|worker| worker.send(std::mem::take(&mut batch)));
        if last || !matches!(sent, Some(Ok(()))) {
            return;
        }
    }
    if let Some(worker) = turns.next() {
        // Whoever listens no more wants nothing more.
        let _ = worker.send(batch);
    }
}

/// Takes batches from the workers in the same turns.
fn take(workers: &[Receiver<Made>], each: &mut dyn FnMut(Result<Prepared, ReadError>) -> bool) {
    for worker in workers.iter().cycle() {
        let Ok(batch) = worker.recv() else { return };
        for prepared in batch {
            if !each(prepared) {
                return;
            }
        }
    }
}
