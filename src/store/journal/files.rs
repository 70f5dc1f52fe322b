//! The segments of an open journal: which there are, and reading one frame of them.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use crate::store::event_store::ReadError;
use crate::store::frame::error::FrameError;
use crate::store::frame::{Check, FrameBytes, HEADER_BYTES, Header};
use crate::store::head::Head;
use crate::store::journal::disk::{Disk, DiskFile, fill_at};
use crate::store::journal::segment;
use crate::store::slice::Slice;

/// How many files are kept open for single reads.
const OPEN_FILES: usize = 64;
/// How many bytes of a frame are read at once before its length is known: most frames have no more.
const FIRST_BYTES: usize = 2 << 10;

/// Where a frame stands in the journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Location {
    /// Number of the segment.
    pub segment: u32,
    /// Offset in its file.
    pub offset: u32,
}

/// A used segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SegmentStart {
    /// Its number.
    pub number: u64,
    /// The head when it was begun.
    pub start: Head,
}

/// The used segments of a journal, in order, and their files.
pub struct JournalFiles {
    dir: PathBuf,
    disk: Arc<dyn Disk>,
    segment_bytes: u64,
    used: RwLock<Vec<SegmentStart>>,
    open: Mutex<BTreeMap<u64, Arc<dyn DiskFile>>>,
}

impl JournalFiles {
    /// The segments found at the start.
    pub fn new(
        dir: &Path,
        disk: Arc<dyn Disk>,
        segment_bytes: u64,
        used: Vec<SegmentStart>,
    ) -> Self {
        Self {
            dir: dir.to_owned(),
            disk,
            segment_bytes,
            used: RwLock::new(used),
            open: Mutex::new(BTreeMap::new()),
        }
    }

    /// The length of each segment.
    pub fn segment_bytes(&self) -> u64 {
        self.segment_bytes
    }

    /// The ledger's directory.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The disk.
    pub fn disk(&self) -> &Arc<dyn Disk> {
        &self.disk
    }

    /// The used segments, in order.
    pub fn used(&self) -> Vec<SegmentStart> {
        self.used
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Notes that a segment is in use now.
    pub fn begin(&self, segment: SegmentStart) {
        self.used
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .push(segment);
    }

    /// The used segment with this place in the order of segments.
    pub fn at(&self, place: usize) -> Option<SegmentStart> {
        self.used
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(place)
            .copied()
    }

    /// The place of the last segment that fulfils `before`, which holds for a run of segments from the first on.
    pub fn last_where(&self, before: impl Fn(&SegmentStart) -> bool) -> usize {
        let used = self.used.read().unwrap_or_else(PoisonError::into_inner);
        used.partition_point(before).saturating_sub(1)
    }

    /// Opens a segment's file for reading.
    ///
    /// # Errors
    /// When the file is missing or cannot be opened.
    pub fn file(&self, number: u64) -> Result<Arc<dyn DiskFile>, ReadError> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(file) = open.get(&number) {
            return Ok(Arc::clone(file));
        }
        let file = self
            .disk
            .open(&segment::path(&self.dir, number), false)
            .map_err(|error| unreadable(number, &error))?;
        if open.len() >= OPEN_FILES {
            open.pop_first();
        }
        open.insert(number, Arc::clone(&file));
        Ok(file)
    }

    /// Forgets the open files: one was replaced.
    pub fn forget(&self) {
        self.open
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
    }

    /// Reads and proves the frame at a place.
    ///
    /// # Errors
    /// When the frame cannot be read or is damaged; `first_seq` is named in the error.
    pub fn frame_at(&self, at: Location, first_seq: u64) -> Result<FrameBytes, ReadError> {
        let number = u64::from(at.segment);
        let file = self.file(number)?;
        let damaged =
            |error: FrameError| damaged(number, at.offset.into(), first_seq, &error.to_string());
        let unreadable = |error: io::Error| unreadable(number, &error);
        let mut bytes = vec![0; FIRST_BYTES];
        fill_at(file.as_ref(), &mut bytes, at.offset.into()).map_err(unreadable)?;
        let header = bytes.get(..HEADER_BYTES).unwrap_or_default();
        let header = Header::parse(header).map_err(damaged)?;
        bytes.resize(header.frame_bytes(), 0);
        if let Some(rest) = bytes.get_mut(FIRST_BYTES..) {
            let offset = u64::from(at.offset).saturating_add(FIRST_BYTES as u64);
            fill_at(file.as_ref(), rest, offset).map_err(unreadable)?;
        }
        FrameBytes::decode(Slice::from(bytes), Check::Checksum).map_err(damaged)
    }
}

/// A damaged place, named.
pub fn damaged(segment: u64, offset: u64, first_seq: u64, what: &str) -> ReadError {
    ReadError::Damaged {
        file: segment::name(segment),
        offset,
        first_seq,
        what: what.to_owned(),
    }
}

/// A file that cannot be read, named.
pub fn unreadable(number: u64, error: &io::Error) -> ReadError {
    let file = segment::name(number);
    match error.kind() {
        io::ErrorKind::NotFound => ReadError::Missing {
            file,
            what: "a segment of the journal: nothing was changed; put it back from a copy of the directory".to_owned(),
        },
        _ => ReadError::Io { file, problem: error.to_string() },
    }
}
