//! The registry above the engines: makes and opens ledgers.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::store::engine::memory::MemoryStore;
use crate::store::engine::reader::ReaderStore;
use crate::store::engine::sled::shared::Progress;
use crate::store::engine::sled::start::{self, Settings, StartError};
use crate::store::event_store::{EventStore, Finding, Indexer, NoKeys, ReadError};
use crate::store::frame::Check;
use crate::store::journal::disk::{Disk, RealDisk};
use crate::store::journal::mend::keep_file;
use crate::store::journal::scan::SegmentScan;
use crate::store::journal::scrub::Pace;
use crate::store::journal::{segment, writer};
use crate::store::ledger_file::{self, LedgerFile, LedgerFileError, Pair};
use crate::store::lock::{LockError, WriterLock};
use crate::store::mirror::choice;
use crate::store::mirror::error::MirrorError;
use crate::store::mirror::side::Mirror;

pub mod doctor;
mod mirrored;

/// How many bytes of frames the second copy may be behind before appending waits.
pub const DEFAULT_LAG_BYTES: u64 = 32 << 20;

/// Where the ledger's mirror is: a second directory that is written before every answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum MirrorChoice {
    /// Where the ledger's directory says, if it says so.
    #[default]
    Recorded,
    /// There, from now on.
    In(PathBuf),
    /// Nowhere any more.
    Ended,
}

/// What a ledger is opened with.
#[derive(Clone)]
pub struct OpenOptions {
    /// Which keys events have.
    pub indexer: Arc<dyn Indexer>,
    /// The disk; tests put a failing one here.
    pub disk: Arc<dyn Disk>,
    /// Where the mirror is.
    pub mirror: MirrorChoice,
    /// A position known to have been acknowledged: the size of the newest signed checkpoint.
    pub acknowledged: u64,
    /// How many bytes of frames the second copy may be behind before appending waits.
    pub lag_bytes: u64,
    /// Free bytes below which nothing is recorded; `None`: two segments and 64 MiB.
    pub floor_bytes: Option<u64>,
    /// Told about a rebuild of the second copy: frames done, frames in all.
    pub progress: Option<Progress>,
    /// How fast what is stored is read again behind the ledger.
    pub pace: Pace,
}

impl Default for OpenOptions {
    fn default() -> Self {
        Self {
            indexer: Arc::new(NoKeys),
            disk: Arc::new(RealDisk),
            mirror: MirrorChoice::Recorded,
            acknowledged: 0,
            lag_bytes: DEFAULT_LAG_BYTES,
            floor_bytes: None,
            progress: None,
            pace: Pace::default(),
        }
    }
}

/// An open ledger.
pub struct Ledger {
    /// What it is.
    pub file: LedgerFile,
    /// Its events.
    pub events: Arc<dyn EventStore>,
    /// Its mirror's directory, when it is open for recording and has one.
    pub mirror: Option<PathBuf>,
}

/// Why a ledger could not be made or opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The directory holds something already.
    #[error("{0} is not empty: a new ledger needs a directory of its own")]
    NotEmpty(String),
    /// The length of segments is out of bounds.
    #[error("a journal segment may have {min} to {max} MiB", min = segment::MIN_BYTES >> 20, max = segment::MAX_BYTES >> 20)]
    SegmentBytes,
    /// The file `LEDGER` is of no use.
    #[error(transparent)]
    Ledger(#[from] LedgerFileError),
    /// Another process records there.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// The mirror cannot be used.
    #[error(transparent)]
    Mirror(#[from] MirrorError),
    /// The journal cannot be opened.
    #[error("the ledger cannot be opened: {0}")]
    Journal(#[from] ReadError),
    /// The system refused.
    #[error("{dir}: {error}")]
    Io {
        /// The directory.
        dir: String,
        /// The system's own words.
        error: io::Error,
    },
}

/// A ledger in memory.
pub fn memory(indexer: Arc<dyn Indexer>) -> Arc<dyn EventStore> {
    Arc::new(MemoryStore::new(indexer))
}

/// Makes a new, empty ledger in a new or empty directory.
///
/// The file `LEDGER` is written last: a directory without it was never a ledger.
///
/// # Errors
/// When the directory holds something already, cannot be written, or the disk is full.
pub fn create(dir: &Path, file: &LedgerFile, disk: &dyn Disk) -> Result<(), OpenError> {
    if !(segment::MIN_BYTES..=segment::MAX_BYTES).contains(&file.segment_bytes)
        || !file.segment_bytes.is_multiple_of(segment::FRAMES_START)
    {
        return Err(OpenError::SegmentBytes);
    }
    let name = dir.display().to_string();
    let io = |error| OpenError::Io {
        dir: name.clone(),
        error,
    };
    disk.create_dir(dir).map_err(io)?;
    if dir.join(ledger_file::FILE_NAME).exists() || !is_fresh(disk, dir).map_err(io)? {
        return Err(OpenError::NotEmpty(dir.display().to_string()));
    }
    let _lock = WriterLock::take(dir)?;
    writer::create(dir, disk, file.id, file.segment_bytes).map_err(io)?;
    file.write(disk, dir)?;
    if let Some(parent) = dir.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        // The directory's own name must last too. A parent that may not be opened is not ours to sync.
        let _ = disk.sync_dir(parent);
    }
    Ok(())
}

/// Whether a directory is empty, or holds only what an interrupted attempt to make a ledger left behind.
fn is_fresh(disk: &dyn Disk, dir: &Path) -> io::Result<bool> {
    let names = disk.list(dir)?;
    let ours = |name: &String| {
        [
            "lock",
            segment::DIRECTORY,
            "LEDGER.new",
            ledger_file::COPY_NAME,
            "LEDGER.copy.new",
        ]
        .contains(&name.as_str())
    };
    if !names.iter().all(ours) {
        return Ok(false);
    }
    let journal = dir.join(segment::DIRECTORY);
    if !journal.exists() {
        return Ok(true);
    }
    let left = disk.list(&journal)?;
    for name in &left {
        let unused = match name.as_str() {
            "000000.new" => true,
            "000000" => holds_no_frame(disk, &journal.join(name))?,
            _ => false,
        };
        if !unused {
            return Ok(false);
        }
    }
    left.iter()
        .try_for_each(|name| disk.remove(&journal.join(name)))?;
    Ok(true)
}

/// A first segment with anything behind its header belongs to a ledger whose file `LEDGER` was lost: it is not ours
/// to remove.
fn holds_no_frame(disk: &dyn Disk, path: &Path) -> io::Result<bool> {
    let file = disk.open(path, false)?;
    let length = file.length()?;
    let end = SegmentScan::new(file, length, 0, Check::Checksum).used_end(segment::FRAMES_START)?;
    Ok(end == segment::FRAMES_START)
}

/// Opens a ledger for recording.
///
/// # Errors
/// When the directory is no ledger, is of a newer format, is open for recording elsewhere, or its journal is not whole.
pub fn open(dir: &Path, options: OpenOptions) -> Result<Ledger, OpenError> {
    LedgerFile::read(options.disk.as_ref(), dir)?;
    let lock = WriterLock::take(dir)?;
    settle_names(dir, options.disk.as_ref()).map_err(|error| OpenError::Io {
        dir: dir.display().to_string(),
        error,
    })?;
    let (file, finding) = settled(options.disk.as_ref(), dir)?;
    open_locked(dir, &file, lock, options, finding.into_iter().collect())
}

/// Opens a ledger whose lock is held; `findings` were made before.
fn open_locked(
    dir: &Path,
    file: &LedgerFile,
    lock: WriterLock,
    options: OpenOptions,
    findings: Vec<Finding>,
) -> Result<Ledger, OpenError> {
    let floor = options.floor_bytes.unwrap_or(
        file.segment_bytes
            .saturating_mul(2)
            .saturating_add(64 << 20),
    );
    let settings = Settings {
        disk: options.disk,
        indexer: options.indexer,
        acknowledged: options.acknowledged,
        lag_bytes: options.lag_bytes,
        floor_bytes: floor,
        progress: options.progress,
        pace: options.pace,
    };
    let disk = Arc::clone(&settings.disk);
    let place = mirror_of(dir, &options.mirror, disk.as_ref())?;
    if let Some(place) = &place
        && options.mirror == MirrorChoice::Recorded
        && Mirror::is_gone(place, disk.as_ref())
    {
        return Err(MirrorError::Gone(place.display().to_string()).into());
    }
    let mirror = place
        .as_deref()
        .map(|place| Mirror::take(place, dir, file, &disk));
    let store = start::open(dir, file, lock, mirror.transpose()?, settings, findings)?;
    if options.mirror != MirrorChoice::Recorded {
        // Only now: a mirror that could not be made level is not one.
        choice::record(disk.as_ref(), dir, place.as_deref())?;
    }
    Ok(Ledger {
        file: file.clone(),
        events: Arc::new(store),
        mirror: place,
    })
}

/// Makes the ledger's names durable. The process before may have died between giving a file its name and syncing the
/// directory; nothing may be acknowledged in a file whose name could still vanish.
fn settle_names(dir: &Path, disk: &dyn Disk) -> io::Result<()> {
    if let Some(parent) = dir.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        // A parent that may not be opened is not ours to sync.
        let _ = disk.sync_dir(parent);
    }
    disk.sync_dir(dir)?;
    disk.sync_dir(&dir.join(segment::DIRECTORY))
}

/// Where the mirror is to be.
fn mirror_of(
    dir: &Path,
    said: &MirrorChoice,
    disk: &dyn Disk,
) -> Result<Option<PathBuf>, MirrorError> {
    match said {
        MirrorChoice::Recorded => choice::recorded(disk, dir),
        MirrorChoice::Ended => Ok(None),
        MirrorChoice::In(place) => match std::path::absolute(place) {
            Ok(place) => Ok(Some(place)),
            Err(error) => Err(MirrorError::Choice(error.to_string())),
        },
    }
}

impl From<StartError> for OpenError {
    fn from(error: StartError) -> Self {
        match error {
            StartError::Journal(error) => Self::Journal(error),
            StartError::Mirror(error) => Self::Mirror(error),
        }
    }
}

/// What the ledger is. A lost or damaged `LEDGER`, or its copy, is written anew from the other; a pair of the first
/// release gets its checks.
fn settled(disk: &dyn Disk, dir: &Path) -> Result<(LedgerFile, Option<Finding>), OpenError> {
    let pair = Pair::read(disk, dir);
    let whole = pair.settled;
    let first_release = matches!(pair.copy, Err(LedgerFileError::NotALedger(_)))
        && pair.file.is_ok()
        && !ledger_file::is_checked(disk, dir);
    let (file, bad) = pair.settle(disk, dir)?;
    if whole {
        return Ok((file, None));
    }
    let mend = || -> Result<Option<Finding>, LedgerFileError> {
        let Some(bad) = bad.filter(|_| !first_release) else {
            file.write(disk, dir)?;
            return Ok(None);
        };
        let aside = match disk.open(&dir.join(bad), false) {
            Ok(_) => keep_file(dir, disk, bad)?,
            Err(_) => String::new(),
        };
        file.write_as(disk, dir, bad)?;
        let from = match bad {
            ledger_file::FILE_NAME => ledger_file::COPY_NAME,
            _ => ledger_file::FILE_NAME,
        };
        Ok(Some(Finding::LedgerFileRestored {
            file: bad.to_owned(),
            from: from.to_owned(),
            aside,
        }))
    };
    match mend() {
        Ok(finding) => Ok((file, finding)),
        Err(error) => {
            // One of the two is good, and a full disk must not keep the ledger from being opened.
            tracing::warn!(%error, "LEDGER and its copy could not be put right; this is tried again at the next start");
            Ok((file, None))
        }
    }
}

/// Opens a ledger for reading, beside a running writer or without one; nothing is written.
///
/// # Errors
/// When the directory is no ledger, is of a newer format, or a segment is missing.
pub fn open_reader(dir: &Path, options: OpenOptions) -> Result<Ledger, OpenError> {
    let file = LedgerFile::read(options.disk.as_ref(), dir)?;
    let store = ReaderStore::open(dir, options.disk, &file, options.indexer)?;
    Ok(Ledger {
        file,
        events: Arc::new(store),
        mirror: None,
    })
}
