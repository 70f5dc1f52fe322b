//! The sled database: a second copy of every frame, and the index.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use sled::{Batch, IVec};

use crate::store::engine::sled::guard::{SledError, guarded};
use crate::store::engine::sled::layout::{self, Applied};
use crate::store::event_store::{CommandRecord, Indexer, KeyHit, Scope};
use crate::store::frame::cursor::Cursor;
use crate::store::frame::{Frame, record};
use crate::store::index::keys_of;
use crate::store::journal::files::Location;
use crate::store::journal::frames::SecondCopy;

/// How long to wait for a lock that an ending database still holds.
const LOCK_PATIENCE: Duration = Duration::from_secs(2);

/// One event's place, as the index knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Located {
    /// Its version in its stream.
    pub version: u64,
    /// Its sequence number.
    pub seq: u64,
    /// Number of its frame.
    pub frame: u64,
    /// Where the frame stands in the journal.
    pub at: Location,
}

/// An open sled database.
pub struct Tree {
    db: sled::Db,
    log: File,
    dir: PathBuf,
}

impl Tree {
    /// Opens or makes the database.
    ///
    /// # Errors
    /// What sled says, panics included.
    pub fn open(dir: &Path) -> Result<Self, SledError> {
        let deadline = Instant::now() + LOCK_PATIENCE;
        loop {
            match guarded(|| Ok(settings(dir).open())) {
                Ok(Ok(db)) => {
                    let log =
                        File::open(dir.join("db")).map_err(|error| SledError(error.to_string()))?;
                    return Ok(Self {
                        db,
                        log,
                        dir: dir.to_owned(),
                    });
                }
                // sled's own threads may hold the lock a little longer than the database lives.
                Ok(Err(sled::Error::Io(error)))
                    if is_locked(&error) && Instant::now() < deadline =>
                {
                    std::thread::sleep(Duration::from_millis(20));
                }
                Ok(Err(error)) => return Err(error.into()),
                Err(panic) => return Err(panic),
            }
        }
    }

    /// What was taken over; `None` in a new database, or one of another layout.
    ///
    /// # Errors
    /// What sled says.
    pub fn applied(&self) -> Result<Option<Applied>, SledError> {
        guarded(|| {
            Ok(self
                .db
                .get(layout::APPLIED)?
                .and_then(|bytes| Applied::parse(&bytes)))
        })
    }

    /// Whether nothing is in it.
    pub fn is_empty(&self) -> bool {
        self.db.iter().next().is_none()
    }

    /// Takes over frames and notes it, in one atomic batch.
    ///
    /// # Errors
    /// What sled says.
    pub fn apply(
        &self,
        frames: &[(Location, Arc<Frame>)],
        applied: Applied,
        indexer: &dyn Indexer,
    ) -> Result<(), SledError> {
        let mut batch = Batch::default();
        for (at, frame) in frames {
            put_frame(&mut batch, *at, frame);
            put_streams(&mut batch, *at, frame);
            for command in frame
                .commands()
                .map_err(|error| SledError(error.to_string()))?
            {
                let mut value = Vec::new();
                record::write(&command, &mut value);
                batch.insert(layout::command_key(&command.scope), value);
            }
            for event in frame.events() {
                for key in keys_of(event, indexer) {
                    batch.insert(
                        layout::mention_key(&key, event.seq()),
                        event.stream().as_bytes(),
                    );
                }
            }
        }
        batch.insert(layout::APPLIED, applied.to_bytes());
        guarded(|| Ok(self.db.apply_batch(batch)?))
    }

    /// Makes everything that was applied durable. sled's `flush` alone is no `fsync` on Linux.
    ///
    /// # Errors
    /// What sled or the system says.
    pub fn sync(&self) -> Result<(), SledError> {
        guarded(|| Ok(self.db.flush().map(drop)?))?;
        self.log
            .sync_data()
            .map_err(|error| SledError(error.to_string()))
    }

    /// The events of a stream from a version on, in order.
    ///
    /// # Errors
    /// What sled says.
    pub fn stream(&self, stream: &str, from_version: u64) -> Result<Vec<Located>, SledError> {
        guarded(|| {
            let prefix = layout::stream_prefix(stream);
            let wanted = layout::stream_key(stream, from_version);
            let run = self
                .db
                .range(prefix.clone()..=wanted)
                .next_back()
                .transpose()?;
            let start = run.map_or(layout::stream_key(stream, 0), |(key, _)| key.to_vec());
            let mut found = Vec::new();
            for item in self.db.range(start..=layout::stream_key(stream, u64::MAX)) {
                let (key, value) = item?;
                found.extend(run_of(&key, &value)?);
            }
            found.retain(|located| located.version >= from_version);
            Ok(found)
        })
    }

    /// The version of a stream's last event.
    ///
    /// # Errors
    /// What sled says.
    pub fn stream_version(&self, stream: &str) -> Result<Option<u64>, SledError> {
        guarded(|| {
            let all = layout::stream_key(stream, 0)..=layout::stream_key(stream, u64::MAX);
            let Some((key, value)) = self.db.range(all).next_back().transpose()? else {
                return Ok(None);
            };
            Ok(run_of(&key, &value)?.last().map(|located| located.version))
        })
    }

    /// A command record.
    ///
    /// # Errors
    /// What sled says.
    pub fn command(&self, scope: &Scope) -> Result<Option<CommandRecord>, SledError> {
        guarded(|| {
            let Some(value) = self.db.get(layout::command_key(scope))? else {
                return Ok(None);
            };
            record::read(&mut Cursor::new(&value))
                .map(Some)
                .ok_or_else(senseless)
        })
    }

    /// Where the frame stands that holds an event.
    ///
    /// # Errors
    /// What sled says.
    pub fn event(&self, seq: u64) -> Result<Option<Located>, SledError> {
        guarded(|| {
            let all =
                layout::frame_key(0, 0, None)..=layout::frame_key(seq, u64::MAX, Some(u16::MAX));
            let Some((key, value)) = self.db.range(all).next_back().transpose()? else {
                return Ok(None);
            };
            let at = layout::read_location(&mut Cursor::new(&value)).ok_or_else(senseless)?;
            let number = key
                .get(10..18)
                .and_then(layout::number_at_end)
                .ok_or_else(senseless)?;
            Ok(Some(Located {
                version: 0,
                seq,
                frame: number,
                at,
            }))
        })
    }

    /// The bytes of a frame that holds an event, or stands at its position.
    pub fn frame_of_event(&self, number: u64, seq: u64) -> Option<Vec<u8>> {
        let all = layout::frame_key(0, 0, None)..=layout::frame_key(seq, number, Some(u16::MAX));
        let found = guarded(|| Ok(self.db.range(all).next_back().transpose()?));
        let (key, _) = found.ok()??;
        let first_seq = key.get(2..10).and_then(layout::number_at_end)?;
        self.frame(number, first_seq)
    }

    /// The events that mention a key.
    ///
    /// # Errors
    /// What sled says.
    pub fn key(&self, key: &[u8]) -> Result<Vec<KeyHit>, SledError> {
        guarded(|| {
            let prefix = layout::mention_prefix(key);
            let mut hits = Vec::new();
            for item in self.db.scan_prefix(&prefix) {
                let (found, stream) = item?;
                // A longer key never shares the prefix: the length comes first.
                let seq = layout::number_at_end(&found).ok_or_else(senseless)?;
                hits.push(KeyHit {
                    seq,
                    stream: String::from_utf8_lossy(&stream).into_owned(),
                });
            }
            Ok(hits)
        })
    }

    /// Files in sled's `blobs` directory, which sled never syncs: there should be none.
    pub fn blob_files(&self) -> u64 {
        std::fs::read_dir(self.dir.join("blobs")).map_or(0, |files| files.count() as u64)
    }
}

impl SecondCopy for Tree {
    fn frame(&self, number: u64, first_seq: u64) -> Option<Vec<u8>> {
        let read = guarded(|| {
            let mut bytes = Vec::new();
            for chunk in self
                .db
                .scan_prefix(layout::frame_key(first_seq, number, None))
            {
                let (_, value) = chunk?;
                bytes.extend_from_slice(value.get(layout::LOCATION_BYTES..).unwrap_or_default());
            }
            Ok(bytes)
        });
        read.ok().filter(|bytes| !bytes.is_empty())
    }
}

fn settings(dir: &Path) -> sled::Config {
    sled::Config::new()
        .path(dir)
        .cache_capacity(64 << 20)
        .segment_size(8 << 20)
        // Garbage collection runs only in the background flusher, so it stays on although we flush ourselves.
        .flush_every_ms(Some(500))
        .use_compression(false)
}

fn is_locked(error: &std::io::Error) -> bool {
    error.kind() == std::io::ErrorKind::WouldBlock || error.to_string().contains("WouldBlock")
}

fn put_frame(batch: &mut Batch, at: Location, frame: &Frame) {
    for (chunk, bytes) in (0_u16..).zip(frame.bytes().chunks(layout::CHUNK_BYTES)) {
        let mut value = Vec::with_capacity(layout::LOCATION_BYTES + bytes.len());
        value.extend_from_slice(&layout::location(at));
        value.extend_from_slice(bytes);
        batch.insert(
            layout::frame_key(frame.first_seq(), frame.number(), Some(chunk)),
            value,
        );
    }
}

/// One entry a stream and frame: the events of a batch mostly share a stream.
fn put_streams(batch: &mut Batch, at: Location, frame: &Frame) {
    let mut runs: BTreeMap<&str, (u64, Vec<u8>)> = BTreeMap::new();
    for event in frame.events() {
        let (_, value) = runs.entry(event.stream()).or_insert_with(|| {
            let mut value = Vec::with_capacity(24);
            value.extend_from_slice(&layout::location(at));
            value.extend_from_slice(&frame.number().to_le_bytes());
            (event.version(), value)
        });
        value.extend_from_slice(&event.seq().to_le_bytes());
    }
    for (stream, (version, value)) in runs {
        batch.insert(layout::stream_key(stream, version), value);
    }
}

/// Reads a stream's entry for one frame: its events have consecutive versions.
fn run_of(key: &IVec, value: &IVec) -> Result<Vec<Located>, SledError> {
    let first = layout::number_at_end(key).ok_or_else(senseless)?;
    let mut cursor = Cursor::new(value);
    let at = layout::read_location(&mut cursor).ok_or_else(senseless)?;
    let frame = cursor.u64().ok_or_else(senseless)?;
    let mut located = Vec::new();
    for (version, seq) in (first..).zip(cursor.rest().as_chunks::<8>().0) {
        located.push(Located {
            version,
            seq: u64::from_le_bytes(*seq),
            frame,
            at,
        });
    }
    Ok(located)
}

fn senseless() -> SledError {
    SledError("an entry of sled's index makes no sense".to_owned())
}
