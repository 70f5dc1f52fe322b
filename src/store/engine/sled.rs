//! The durable engine: the journal answers, sled follows.
//!
//! [`append`](SledStore) acknowledges from the journal alone. A follower thread applies durable frames to sled, which
//! is a second copy of every frame and the index for look-ups. When sled fails, the ledger goes on: look-ups are
//! answered from an index in memory until sled was opened again or made anew.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::store::admission::admit;
use crate::store::event_store::{
    AppendError, Appended, EventStore, Frames, Indexer, Info, KeyHit, ReadError,
};
use crate::store::frame::FrameBytes;
use crate::store::frame::error::FrameError;
use crate::store::group::{CommandRecord, Group, Scope};
use crate::store::head::Head;
use crate::store::index::keys_of;
use crate::store::journal::files::{Location, damaged};
use crate::store::journal::frames::parsed;
use crate::store::journal::parts::Parts;
use crate::store::journal::writer::JournalWriter;
use crate::store::lock::WriterLock;
use crate::store::mirror::side::Mirror;
use crate::store::recorded::Recorded;

pub mod attach;
pub mod entry;
pub mod examine;
pub mod follower;
pub mod guard;
pub mod layout;
mod named;
pub mod overlay;
pub mod run;
pub mod runs;
pub mod shared;
pub mod start;
pub mod tree;

use entry::{Entry, command_hash, key_hash, stream_hash};
use guard::SledError;
use named::Named;
use shared::Shared;
use tree::Tree;

/// How long an append waits at a time for sled to come nearer, before it looks again whether the store is closing.
const LAG_PATIENCE: Duration = Duration::from_millis(200);
/// How long sled may stand still before nobody waits for it any more.
const STANDSTILL: Duration = Duration::from_secs(10);

/// A ledger in a directory, open for recording.
pub struct SledStore {
    shared: Arc<Shared>,
    writer: Mutex<JournalWriter>,
    threads: Vec<JoinHandle<()>>,
    /// The right to write, of the ledger and its mirror, shared with the threads.
    _locks: Arc<(WriterLock, Option<Mirror>)>,
}

impl SledStore {
    /// The writer. A thread that died while it appended may have left it between write and answer: nothing more is
    /// recorded then.
    fn writer(&self) -> MutexGuard<'_, JournalWriter> {
        self.writer.lock().unwrap_or_else(|poisoned: PoisonError<_>| {
            let mut writer = poisoned.into_inner();
            writer.stop("a thread failed while it recorded: start dealtrail again, it verifies the ledger first");
            writer
        })
    }

    /// Waits while sled is too far behind and comes nearer. One that stands still is not waited for: on a failing disk
    /// sled may wait for itself for ever.
    fn wait_for_second_copy(&self) {
        let bound = self.shared.lag_bytes;
        let near = |state: &shared::State| {
            state.closing || state.tree.is_none() || !state.caught_up || state.lag_bytes <= bound
        };
        if near(&self.shared.state()) {
            return;
        }
        self.shared.change(|state| state.waited_for += 1);
        let mut since = (Instant::now(), u64::MAX);
        let stands_still = loop {
            let lag = {
                let state = self.shared.wait(LAG_PATIENCE, near);
                if near(&state) {
                    break false;
                }
                state.lag_bytes
            };
            if lag < since.1 {
                since = (Instant::now(), lag);
            } else if since.0.elapsed() >= STANDSTILL {
                break true;
            }
        };
        if stands_still {
            tracing::warn!("the second copy stands still; recording goes on without it");
        }
        self.shared.change(|state| {
            state.waited_for = state.waited_for.saturating_sub(1);
            if stands_still {
                state.caught_up = false;
                state.status = "stands still: recording goes on without it".to_owned();
            }
        });
    }

    /// Reads the frame of an index entry.
    fn frame_of(&self, entry: &Entry, number: Option<u64>) -> Result<FrameBytes, ReadError> {
        self.shared.frame_at(entry.at, number, entry.seq)
    }

    fn place_of(&self, seq: u64) -> Result<Option<Location>, ReadError> {
        let (tree, recent) = self
            .shared
            .look(|index| index.frame_of(seq).map(|place| place.at.at))?;
        match (recent, tree) {
            (Some(at), _) => Ok(Some(at)),
            (None, Some(tree)) => tree.place_of(seq).map_err(|error| unreadable(&error)),
            (None, None) => Ok(None),
        }
    }

    /// Where the frame before position `from` stands, when that is known without waiting for the index.
    fn place_before(&self, from: u64) -> Option<Location> {
        let before = from
            .checked_sub(1)
            .filter(|_| self.shared.state().indexed)?;
        self.place_of(before).ok()?
    }

    /// An event that is there, read from the beginning of its segment on.
    fn event_read(&self, seq: u64) -> Result<Option<Recorded>, ReadError> {
        for frame in self.read(seq)? {
            if let Some(event) = frame?.event(seq) {
                return Ok(Some(event.clone()));
            }
        }
        Err(ReadError::Io {
            file: "journal".to_owned(),
            problem: format!("event {seq} was recorded and is not found; run `dealtrail doctor`"),
        })
    }

    /// The events of a stream in the frame of an index entry, in order. Only those that can be of it are parsed: a frame
    /// holds many events, and looking for a name costs a small part of reading them.
    fn events_in(&self, entry: &Entry, stream: &Named<'_>) -> Result<Vec<Recorded>, ReadError> {
        let (at, seq) = (entry.at, entry.seq);
        let choose = |parts: &Parts| parts.of_stream(stream.name);
        let slices = self.shared.events_at((at, None, seq), choose, |frame| {
            let mut slices = frame.events()?;
            slices.retain(|slice| stream.may_be_in(slice));
            Ok(slices)
        })?;
        let mut events = Vec::new();
        for slice in slices {
            let event = Recorded::parse(slice)
                .map_err(|error| senseless(at, seq, &FrameError::Content(error.to_string())))?;
            if event.stream() == stream.name {
                events.push(event);
            }
        }
        Ok(events)
    }

    /// The events with these sequence numbers, which rise, in the frame at a place; those that are not in it are left out.
    fn events_of(&self, at: Location, seqs: &[u64]) -> Result<Vec<Recorded>, ReadError> {
        let Some(seq) = seqs.first().copied() else {
            return Ok(Vec::new());
        };
        let choose = |parts: &Parts| seqs.iter().flat_map(|seq| parts.of_event(*seq)).collect();
        let slices = self.shared.events_at((at, None, seq), choose, |frame| {
            let (slices, first) = (frame.events()?, frame.header().first_seq);
            let place = |seq: &u64| usize::try_from(seq.checked_sub(first)?).ok();
            let found = seqs.iter().filter_map(|seq| slices.get(place(seq)?));
            Ok(found.cloned().collect())
        })?;
        let events = slices.into_iter().map(Recorded::parse);
        events
            .collect::<Result<_, _>>()
            .map_err(|error| senseless(at, seq, &FrameError::Content(error.to_string())))
    }

    /// The event with this sequence number, in the frame at a place.
    fn event_in(&self, at: Location, seq: u64) -> Result<Option<Recorded>, ReadError> {
        Ok(self.events_of(at, &[seq])?.pop())
    }

    /// The stream's events from a version on that sled knows of, and whose sequence numbers are below `before`.
    fn stream_in_sled(
        &self,
        tree: &Tree,
        stream: &str,
        from: u64,
        before: u64,
    ) -> Result<Vec<Recorded>, ReadError> {
        let entries = tree
            .find(stream_hash(stream))
            .map_err(|error| unreadable(&error))?;
        let stream = Named::new(stream);
        let begun = entries.partition_point(|entry| entry.number <= from);
        let (earlier, later) = entries.split_at(begun);
        let mut events = Vec::new();
        // The run before the wanted version may reach into it. An entry of another stream with the same hash reaches
        // nowhere, so the search goes on before it.
        for entry in earlier.iter().rev() {
            events = self.events_in(entry, &stream)?;
            if !events.is_empty() {
                break;
            }
        }
        for entry in later.iter().filter(|entry| entry.seq < before) {
            events.extend(self.events_in(entry, &stream)?);
        }
        // A frame may hold events on either side of a bound.
        events.retain(|event| event.version() >= from && event.seq() < before);
        Ok(events)
    }
}

impl EventStore for SledStore {
    fn head(&self) -> Head {
        self.shared.head.get()
    }

    fn append(&self, expected: u64, group: Group) -> Result<Appended, AppendError> {
        let mut writer = self.writer();
        writer.check_stopped()?;
        if let Some(reason) = self.shared.state().broken.clone() {
            return Err(AppendError::Stopped { reason });
        }
        let frame = Arc::new(admit(writer.head(), expected, group)?);
        self.wait_for_second_copy();
        let at = writer.append(&frame)?;
        let head = frame.head();
        let bytes = frame.bytes().len() as u64;
        self.shared.overlay.push(at, frame, &self.shared.head);
        self.shared.grow(head.frames, bytes);
        Ok(Appended { head })
    }

    fn read(&self, from: u64) -> Result<Frames, ReadError> {
        let head = self.head();
        if let Some(recent) = self.shared.overlay.recent_from(from) {
            let frames = recent
                .into_iter()
                .filter(move |frame| frame.number() < head.frames);
            return Ok(Box::new(frames.map(Ok)));
        }
        let frames = match self.place_before(from) {
            Some(at) => self.shared.frames_at(at, from, head.frames)?,
            None => self.shared.frames_from_position(from, head.frames)?,
        };
        let wanted = frames.filter_map(move |item| match item {
            Ok((_, frame)) if !frame.header().is_wanted_from(from) => None,
            Ok((at, frame)) => Some(parsed(at, frame)),
            Err(error) => Some(Err(error)),
        });
        Ok(Box::new(wanted))
    }

    fn wait_beyond(&self, frames: u64, timeout: Duration) -> Head {
        self.shared.head.wait_beyond(frames, timeout)
    }

    fn stream(&self, stream: &str, from_version: u64) -> Result<Vec<Recorded>, ReadError> {
        let (tree, recent) = self
            .shared
            .look(|index| index.places_of(stream, from_version))?;
        let mut events = match tree {
            Some(tree) => {
                let before = recent.first().map_or(u64::MAX, |(seq, _)| *seq);
                self.stream_in_sled(&tree, stream, from_version, before)?
            }
            None => Vec::new(),
        };
        for (seq, held) in recent {
            let event = match &held.frame {
                Some(frame) => frame.event(seq).cloned(),
                None => self.event_in(held.at, seq)?,
            };
            events.extend(event);
        }
        Ok(events)
    }

    fn stream_version(&self, stream: &str) -> Result<Option<u64>, ReadError> {
        let (tree, recent) = self.shared.look(|index| index.stream_version(stream))?;
        let (None, Some(tree)) = (recent, tree) else {
            return Ok(recent);
        };
        let entries = tree
            .find(stream_hash(stream))
            .map_err(|error| unreadable(&error))?;
        let stream = Named::new(stream);
        for entry in entries.iter().rev() {
            if let Some(last) = self.events_in(entry, &stream)?.last() {
                return Ok(Some(last.version()));
            }
        }
        Ok(None)
    }

    fn command(&self, scope: &Scope) -> Result<Option<CommandRecord>, ReadError> {
        let overlay = &self.shared.overlay;
        let (tree, recent) = self.shared.in_one_era(|| overlay.command(scope))?;
        let mut places = Vec::new();
        if let Some((number, seq, held)) = recent {
            if let Some(frame) = held.frame {
                return Ok(frame.command(scope));
            }
            let (hash, at) = (0, held.at);
            places.push(Entry {
                hash,
                number,
                seq,
                at,
            });
        } else if let Some(tree) = tree {
            places = tree
                .find(command_hash(scope))
                .map_err(|error| unreadable(&error))?;
        }
        for entry in places.iter().rev() {
            let frame = self.frame_of(entry, Some(entry.number))?;
            let commands = frame
                .commands()
                .map_err(|error| senseless(entry.at, entry.seq, &error))?;
            if let Some(found) = commands
                .into_iter()
                .rfind(|command| command.scope == *scope)
            {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    fn event(&self, seq: u64) -> Result<Option<Recorded>, ReadError> {
        if seq >= self.head().position {
            return Ok(None);
        }
        let recent = self
            .shared
            .overlay
            .look(|index| index.frame_of(seq)?.at.frame.clone());
        if let Some(frame) = recent {
            return Ok(frame.event(seq).cloned());
        }
        match self.place_of(seq) {
            Ok(Some(at)) => self.event_in(at, seq),
            // The index does not know the event, and it is there: the journal is in order and needs no index.
            Ok(None) | Err(_) => self.event_read(seq),
        }
    }

    fn key(&self, key: &[u8]) -> Result<Vec<KeyHit>, ReadError> {
        let (tree, recent) = self.shared.look(|index| index.key(key))?;
        let before = recent.first().map_or(u64::MAX, |(seq, _)| *seq);
        let mut hits = Vec::new();
        if let Some(tree) = tree {
            let entries = tree
                .find(key_hash(key))
                .map_err(|error| unreadable(&error))?;
            let older: Vec<_> = entries
                .into_iter()
                .filter(|entry| entry.seq < before)
                .collect();
            for run in older.chunk_by(|a, b| a.at == b.at) {
                let Some(first) = run.first() else { continue };
                let seqs: Vec<_> = run.iter().map(|entry| entry.seq).collect();
                for event in self.events_of(first.at, &seqs)? {
                    let mentioned = mentions(&event, key, self.shared.indexer.as_ref());
                    hits.extend(mentioned.then(|| KeyHit {
                        seq: event.seq(),
                        stream: event.stream().to_owned(),
                    }));
                }
            }
        }
        hits.extend(recent.into_iter().map(|(seq, stream)| KeyHit {
            seq,
            stream: stream.to_string(),
        }));
        Ok(hits)
    }

    fn info(&self) -> Info {
        let head = self.head();
        let (last_sync, stopped) = {
            let writer = self.writer();
            (writer.last_sync(), writer.stopped().map(str::to_owned))
        };
        let state = self.shared.state();
        let files = &self.shared.files;
        Info {
            engine: "journal + sled",
            head,
            applied: state.applied.position,
            lag_frames: head.frames.saturating_sub(state.applied.frames),
            lag_bytes: state.lag_bytes,
            last_sync_micros: last_sync.and_then(|took| u64::try_from(took.as_micros()).ok()),
            segments: files.used().len() as u64,
            segment_bytes: files.segment_bytes(),
            blob_files: state.tree.as_ref().map_or(0, |tree| tree.blob_files()),
            free_bytes: files.disk().free_bytes(files.dir()).ok(),
            second_copy: state.status.clone(),
            stopped: stopped.or_else(|| state.broken.clone()),
            damage: state.broken.clone(),
            findings: state.findings.clone(),
            scrub_passes: state.scrub.passes,
            scrub_position: state.scrub.position,
            scrub_ended_seconds: state.scrub.ended.map(|ended| ended.elapsed().as_secs()),
        }
    }
}

impl Drop for SledStore {
    fn drop(&mut self) {
        self.shared.change(|state| state.closing = true);
        let patience = Instant::now() + STANDSTILL;
        for thread in self.threads.drain(..) {
            while !thread.is_finished() && Instant::now() < patience {
                std::thread::sleep(Duration::from_millis(1));
            }
            // The journal holds everything that was acknowledged, so a follower that panicked loses nothing, nor does
            // one that waits inside sled for a disk that is gone.
            if thread.is_finished() {
                let _ = thread.join();
            } else {
                tracing::warn!("the second copy does not let go; the ledger is closed without it");
            }
        }
    }
}

/// Whether an event really mentions a key, and not another one with the same hash.
fn mentions(event: &Recorded, key: &[u8], indexer: &dyn Indexer) -> bool {
    keys_of(event, indexer).iter().any(|found| found == key)
}

fn unreadable(error: &SledError) -> ReadError {
    ReadError::Io {
        file: attach::DIRECTORY.to_owned(),
        problem: error.to_string(),
    }
}

fn senseless(at: Location, seq: u64, error: &FrameError) -> ReadError {
    damaged(at.segment.into(), at.offset.into(), seq, &error.to_string())
}
