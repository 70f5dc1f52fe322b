//! The durable engine: the journal answers, sled follows.
//!
//! [`append`](SledStore) acknowledges from the journal alone. A follower thread applies durable frames to sled, which
//! is a second copy of every frame and the index for look-ups. When sled fails, the ledger goes on: look-ups are
//! answered from an index in memory until sled was opened again or made anew.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::store::admission::admit;
use crate::store::event_store::{
    AppendError, Appended, CommandRecord, EventStore, Frames, Group, Head, Info, KeyHit, ReadError,
    Scope,
};
use crate::store::frame::FrameError;
use crate::store::journal::files::{Location, damaged};
use crate::store::journal::frames::parsed;
use crate::store::journal::writer::JournalWriter;
use crate::store::lock::WriterLock;
use crate::store::recorded::Recorded;

pub mod attach;
pub mod follower;
pub mod guard;
pub mod layout;
pub mod overlay;
pub mod shared;
pub mod start;
pub mod tree;

use guard::SledError;
use shared::Shared;
use tree::Located;

/// How long an append waits at a time for sled to come nearer, before it looks again whether the store is closing.
const LAG_PATIENCE: Duration = Duration::from_millis(200);

/// A ledger in a directory, open for recording.
pub struct SledStore {
    shared: Arc<Shared>,
    writer: Mutex<JournalWriter>,
    threads: Vec<JoinHandle<()>>,
    _lock: WriterLock,
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

    fn wait_for_second_copy(&self) {
        let bound = self.shared.lag_bytes;
        let near = |state: &shared::State| {
            state.closing || state.tree.is_none() || !state.caught_up || state.lag_bytes <= bound
        };
        while !near(&self.shared.wait(LAG_PATIENCE, near)) {}
    }

    /// Where events stand: sled's part and the overlay's, by version. The overlay is asked first: a frame leaves it only
    /// after sled has it, so nothing is missed between the two, and what both have counts once.
    fn locate_stream(&self, stream: &str, from_version: u64) -> Result<Vec<Located>, ReadError> {
        let tree = self.shared.indexed_tree();
        let mut recent = self.shared.overlay.look(|index| {
            let entries = index.stream(stream, from_version).into_iter();
            entries
                .filter_map(|entry| {
                    let place = index.frame_of(entry.seq)?;
                    let frame = index.number_of(entry.seq)?;
                    Some(Located {
                        version: entry.version,
                        seq: entry.seq,
                        frame,
                        at: place.at.at,
                    })
                })
                .collect::<Vec<_>>()
        });
        let Some(tree) = tree else { return Ok(recent) };
        let mut found = tree
            .stream(stream, from_version)
            .map_err(|error| unreadable(&error))?;
        if let Some(first) = recent.first() {
            found.retain(|located| located.seq < first.seq);
        }
        found.append(&mut recent);
        Ok(found)
    }

    fn locate_event(&self, seq: u64) -> Result<Option<Located>, ReadError> {
        let tree = self.shared.indexed_tree();
        let recent = self.shared.overlay.look(|index| {
            let place = index.frame_of(seq)?;
            Some(Located {
                version: 0,
                seq,
                frame: index.number_of(seq)?,
                at: place.at.at,
            })
        });
        match (recent, tree) {
            (Some(located), _) => Ok(Some(located)),
            (None, Some(tree)) => tree.event(seq).map_err(|error| unreadable(&error)),
            (None, None) => Ok(None),
        }
    }

    /// Where the frame before position `from` stands, when that is known without waiting for the index.
    fn place_before(&self, from: u64) -> Option<Location> {
        let before = from
            .checked_sub(1)
            .filter(|_| self.shared.state().indexed)?;
        self.locate_event(before).ok()?.map(|located| located.at)
    }

    /// Reads events at known places, each frame once.
    fn events_at(&self, located: &[Located]) -> Result<Vec<Recorded>, ReadError> {
        let mut events = Vec::with_capacity(located.len());
        for run in located.chunk_by(|a, b| a.frame == b.frame) {
            let Some(first) = run.first() else { continue };
            let frame = self.shared.frame_at(first.at, first.frame, first.seq)?;
            for event in run {
                let found = frame
                    .event(event.seq)
                    .map_err(|error| senseless(event.at, event.seq, &error))?;
                events.extend(found);
            }
        }
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
        self.shared
            .change(|state| state.lag_bytes = state.lag_bytes.saturating_add(bytes));
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
        self.events_at(&self.locate_stream(stream, from_version)?)
    }

    fn stream_version(&self, stream: &str) -> Result<u64, ReadError> {
        let tree = self.shared.indexed_tree();
        if let Some(version) = self
            .shared
            .overlay
            .look(|index| index.stream_version(stream))
        {
            return Ok(version);
        }
        let Some(tree) = tree else { return Ok(0) };
        let version = tree
            .stream_version(stream)
            .map_err(|error| unreadable(&error))?;
        Ok(version.unwrap_or(0))
    }

    fn command(&self, scope: &Scope) -> Result<Option<CommandRecord>, ReadError> {
        let tree = self.shared.indexed_tree();
        let recent = self.shared.overlay.look(|index| {
            let number = index.command(scope)?;
            index.frame(number).cloned().map(|place| (number, place))
        });
        if let Some((number, place)) = recent {
            if let Some(frame) = place.at.frame {
                return Ok(frame.command(scope));
            }
            let frame = self.shared.frame_at(place.at.at, number, place.first_seq)?;
            let commands = frame
                .commands()
                .map_err(|error| senseless(place.at.at, place.first_seq, &error))?;
            return Ok(commands
                .into_iter()
                .rfind(|command| command.scope == *scope));
        }
        let Some(tree) = tree else { return Ok(None) };
        tree.command(scope).map_err(|error| unreadable(&error))
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
        let Some(located) = self.locate_event(seq)? else {
            return Ok(None);
        };
        Ok(self.events_at(&[located])?.into_iter().next())
    }

    fn key(&self, key: &[u8]) -> Result<Vec<KeyHit>, ReadError> {
        let tree = self.shared.indexed_tree();
        let recent = self.shared.overlay.look(|index| index.key(key));
        let mut hits = match tree {
            Some(tree) => tree.key(key).map_err(|error| unreadable(&error))?,
            None => Vec::new(),
        };
        if let Some((first, _)) = recent.first() {
            hits.retain(|hit| hit.seq < *first);
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
            findings: state.findings.clone(),
        }
    }
}

impl Drop for SledStore {
    fn drop(&mut self) {
        self.shared.change(|state| state.closing = true);
        for thread in self.threads.drain(..) {
            // The journal holds everything that was acknowledged, so a follower that panicked loses nothing.
            let _ = thread.join();
        }
    }
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
