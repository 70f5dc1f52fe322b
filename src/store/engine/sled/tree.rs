//! The sled database: a second copy of every frame, and the index.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use sled::Batch;

use crate::store::engine::sled::entry::Entry;
use crate::store::engine::sled::guard::{Guarded, SledError, guarded};
use crate::store::engine::sled::layout::{self, Applied};
use crate::store::engine::sled::runs::{self, Live, Runs};
use crate::store::frame::Frame;
use crate::store::frame::cursor::Cursor;
use crate::store::head::Head;
use crate::store::journal::files::Location;
use crate::store::journal::frames::SecondCopy;
use crate::store::sabotage::{self, Sabotage};

/// How long to wait for a lock that an ending database still holds.
const LOCK_PATIENCE: Duration = Duration::from_secs(2);

/// An open sled database.
pub struct Tree {
    db: Guarded<sled::Db>,
    log: File,
    dir: PathBuf,
    runs: Mutex<Runs>,
    live: Live,
}

impl Tree {
    /// Opens or makes the database; `origin` is the head that the index of a new one has reached.
    ///
    /// # Errors
    /// What sled says, panics included.
    pub fn open(dir: &Path, origin: Head) -> Result<Self, SledError> {
        let deadline = Instant::now() + LOCK_PATIENCE;
        let mut segment = layout::SEGMENT_BYTES;
        loop {
            match guarded(|| Ok(settings(dir, segment).open())) {
                Ok(Ok(db)) => {
                    if segment != layout::SEGMENT_BYTES {
                        tracing::info!(
                            "the second copy was begun by an earlier version and takes some 20 MB more memory: to have it made anew, remove the ledger's directory `sled` while dealtrail is stopped"
                        );
                    }
                    return Self::with(Guarded::new(db), dir, origin);
                }
                // sled compares its settings with those of the database before it changes anything.
                Ok(Err(sled::Error::Unsupported(_))) if segment == layout::SEGMENT_BYTES => {
                    segment = layout::EARLIER_SEGMENT_BYTES;
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

    /// The database is guarded from the first moment: on a disk that dies right here its end panics.
    fn with(db: Guarded<sled::Db>, dir: &Path, origin: Head) -> Result<Self, SledError> {
        let log = File::open(dir.join("db")).map_err(|error| SledError(error.to_string()))?;
        let runs = guarded(|| Runs::load(&db, origin))?;
        let live = Arc::clone(runs.live());
        Ok(Self {
            db,
            log,
            dir: dir.to_owned(),
            runs: Mutex::new(runs),
            live,
        })
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
        guarded(|| Ok(self.db.iter().next().is_none())).unwrap_or(false)
    }

    /// Copies frames and notes it, in one atomic batch.
    ///
    /// # Errors
    /// What sled says.
    pub fn copy(
        &self,
        frames: &[(Location, Arc<Frame>)],
        applied: Applied,
    ) -> Result<(), SledError> {
        let mut batch = Batch::default();
        for (at, frame) in frames {
            put_frame(&mut batch, *at, frame);
        }
        batch.insert(layout::APPLIED, applied.to_bytes());
        guarded(|| Ok(self.db.apply_batch(batch)?))
    }

    /// Makes entries findable, and notes that everything up to `indexed` is.
    ///
    /// # Errors
    /// What sled says.
    pub fn index(&self, entries: Vec<Entry>, indexed: Head) -> Result<(), SledError> {
        guarded(|| self.runs().add(entries, indexed))
    }

    /// Goes a step on with merging the index; `true` while there is more to do.
    ///
    /// # Errors
    /// What sled says.
    pub fn merge_step(&self) -> Result<bool, SledError> {
        guarded(|| self.runs().merge_step())
    }

    /// The head up to which everything is findable.
    pub fn indexed(&self) -> Head {
        self.runs().indexed()
    }

    fn runs(&self) -> MutexGuard<'_, Runs> {
        // A panic inside sled costs the whole database, which is dropped then: a half-done change is never used.
        self.runs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The index's entries with a hash, in order.
    ///
    /// # Errors
    /// What sled says.
    pub fn find(&self, hash: u64) -> Result<Vec<Entry>, SledError> {
        guarded(|| runs::find(&self.db, &self.live, hash))
    }

    /// Every entry of the index, sorted, each one looked for as a look-up would.
    ///
    /// # Errors
    /// What sled says, or that a look-up would miss an entry.
    pub fn all_entries(&self) -> Result<Vec<Entry>, SledError> {
        guarded(|| runs::all(&self.db, &self.live))
    }

    /// Makes everything that was applied durable. sled's `flush` alone is no `fsync` on Linux.
    ///
    /// # Errors
    /// What sled or the system says.
    pub fn sync(&self) -> Result<(), SledError> {
        guarded(|| Ok(self.db.flush().map(drop)?))?;
        if sabotage::is(Sabotage::NoSync) {
            return Ok(());
        }
        self.log
            .sync_data()
            .map_err(|error| SledError(error.to_string()))
    }

    /// Where the frame stands that holds an event.
    ///
    /// # Errors
    /// What sled says.
    pub fn place_of(&self, seq: u64) -> Result<Option<Location>, SledError> {
        guarded(|| {
            let all =
                layout::frame_key(0, 0, None)..=layout::frame_key(seq, u64::MAX, Some(u16::MAX));
            let Some((_, value)) = self.db.range(all).next_back().transpose()? else {
                return Ok(None);
            };
            layout::read_location(&mut Cursor::new(&value))
                .map(Some)
                .ok_or_else(senseless)
        })
    }

    /// The bytes of a frame that holds an event, or stands at its position; of several that do, the last one up to `number`.
    pub fn frame_of_event(&self, number: u64, seq: u64) -> Option<Vec<u8>> {
        let all = layout::frame_key(0, 0, None)..=layout::frame_key(seq, number, Some(u16::MAX));
        let found = guarded(|| Ok(self.db.range(all).next_back().transpose()?));
        let (key, _) = found.ok()??;
        let first_seq = key.get(2..10).and_then(layout::number_at_end)?;
        // The number that was given is the greatest that it can be: whoever looks for an event does not know it.
        let number = key.get(10..18).and_then(layout::number_at_end)?;
        self.frame(number, first_seq)
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

fn settings(dir: &Path, segment: usize) -> sled::Config {
    sled::Config::new()
        .path(dir)
        .cache_capacity(16 << 20)
        .segment_size(segment)
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

fn senseless() -> SledError {
    SledError("an entry of sled's index makes no sense".to_owned())
}

#[cfg(test)]
mod tests;
