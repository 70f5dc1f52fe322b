//! Appends frames: one write and one `fdatasync` each.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use uuid::Uuid;

use crate::store::event_store::AppendError;
use crate::store::frame::{Frame, HEADER_BYTES};
use crate::store::head::Head;
use crate::store::journal::disk::DiskFile;
use crate::store::journal::files::{JournalFiles, Location, SegmentStart};
use crate::store::journal::segment::{self, SegmentHeader};
use crate::store::journal::spare::{Spare, SpareError};
use crate::store::sabotage;

/// What the user is told to do when a write or a sync has failed.
const RESTART: &str =
    "check the disk, then start dealtrail again: it verifies the ledger before it records";
/// How often the free space is looked at.
const SPACE_CHECK_EVERY: Duration = Duration::from_millis(100);

/// The end of the journal, open for appending.
pub struct JournalWriter {
    files: Arc<JournalFiles>,
    ledger: Uuid,
    head: Head,
    number: u64,
    offset: u64,
    file: Arc<dyn DiskFile>,
    spare: Spare,
    floor_bytes: u64,
    space_seen: Option<Instant>,
    stopped: Option<String>,
    last_sync: Option<Duration>,
}

/// Where a journal ends, as found at the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JournalEnd {
    /// The head.
    pub head: Head,
    /// Number of the segment it lies in.
    pub segment: u64,
    /// Offset behind the last frame.
    pub offset: u64,
    /// Whether the segment after it was made already.
    pub spare_ready: bool,
}

impl JournalWriter {
    /// Goes on at the end that was found.
    ///
    /// # Errors
    /// When the segment cannot be opened for writing, or the system gives no thread.
    pub fn new(
        files: Arc<JournalFiles>,
        ledger: Uuid,
        end: JournalEnd,
        floor_bytes: u64,
    ) -> io::Result<Self> {
        let file = files
            .disk()
            .open(&segment::path(files.dir(), end.segment), true)?;
        let ready = end.spare_ready.then(|| end.segment.saturating_add(1));
        let spare = Spare::start(
            files.dir(),
            Arc::clone(files.disk()),
            files.segment_bytes(),
            ready,
        )?;
        Ok(Self {
            files,
            ledger,
            head: end.head,
            number: end.segment,
            offset: end.offset,
            file,
            spare,
            floor_bytes,
            space_seen: None,
            stopped: None,
            last_sync: None,
        })
    }

    /// The head.
    pub fn head(&self) -> Head {
        self.head
    }

    /// How long the last sync took.
    pub fn last_sync(&self) -> Option<Duration> {
        self.last_sync
    }

    /// Why nothing is acknowledged any more, when it is so.
    pub fn stopped(&self) -> Option<&str> {
        self.stopped.as_deref()
    }

    /// Acknowledges nothing from here on.
    pub fn stop(&mut self, reason: &str) {
        self.stopped.get_or_insert_with(|| reason.to_owned());
    }

    /// Refuses when the writer was stopped.
    ///
    /// # Errors
    /// `Stopped`.
    pub fn check_stopped(&self) -> Result<(), AppendError> {
        match &self.stopped {
            Some(reason) => Err(AppendError::Stopped {
                reason: reason.clone(),
            }),
            None => Ok(()),
        }
    }

    /// Makes one frame durable, and says where it stands.
    ///
    /// # Errors
    /// `NoSpace` when there is no room, with nothing changed. `Unknown` when the write or the sync failed: nothing is
    /// acknowledged from then on.
    pub fn append(&mut self, frame: &Frame) -> Result<Location, AppendError> {
        self.check_stopped()?;
        self.check_space()?;
        let length = frame.bytes().len() as u64;
        if self.offset.saturating_add(length) > self.files.segment_bytes() {
            return self.append_to_next(frame);
        }
        let offset = self.offset;
        let file = Arc::clone(&self.file);
        self.write(file.as_ref(), frame.bytes(), offset)?;
        self.advance(frame, offset)
    }

    /// Begins the next segment: its header and the frame go out in one write.
    fn append_to_next(&mut self, frame: &Frame) -> Result<Location, AppendError> {
        let number = self.number.saturating_add(1);
        self.spare
            .take(number)
            .map_err(|error| self.no_segment(error))?;
        let file = self
            .files
            .disk()
            .open(&segment::path(self.files.dir(), number), true)
            .map_err(|error| {
                self.fail(&format!(
                    "{} could not be opened: {error}",
                    segment::name(number)
                ))
            })?;
        let bytes = self.files.segment_bytes();
        let header = SegmentHeader {
            ledger: self.ledger,
            number,
            start: self.head,
            bytes,
        };
        let mut out = header.to_bytes();
        out.extend_from_slice(frame.bytes());
        self.number = number;
        self.file = Arc::clone(&file);
        self.offset = segment::FRAMES_START;
        self.write(file.as_ref(), &out, 0)?;
        self.files.begin(SegmentStart {
            number,
            start: self.head,
        });
        self.advance(frame, segment::FRAMES_START)
    }

    fn write(&mut self, file: &dyn DiskFile, bytes: &[u8], offset: u64) -> Result<(), AppendError> {
        if let Err(error) = file.write_at(bytes, offset) {
            return Err(self.write_failed(file, offset, &error));
        }
        let begun = Instant::now();
        let synced = sabotage::heard(file.sync());
        self.last_sync = Some(begun.elapsed());
        synced.map_err(|error| {
            self.fail(&format!(
                "a sync of {} failed ({error})",
                segment::name(self.number)
            ))
        })
    }

    /// A file system that copies on write can run out of space inside a file that is there already. The frame may
    /// stand on the disk whole nevertheless, and must not come to life at the next start: its header is wiped.
    fn write_failed(&mut self, file: &dyn DiskFile, offset: u64, error: &io::Error) -> AppendError {
        let what = format!("a write to {} failed ({error})", segment::name(self.number));
        if error.kind() == io::ErrorKind::StorageFull
            && offset > 0
            && file
                .write_at(&[0; HEADER_BYTES], offset)
                .and_then(|()| file.sync())
                .is_ok()
        {
            return AppendError::NoSpace(what);
        }
        self.fail(&what)
    }

    fn advance(&mut self, frame: &Frame, offset: u64) -> Result<Location, AppendError> {
        self.head = frame.head();
        self.offset = offset.saturating_add(frame.bytes().len() as u64);
        if self.offset > self.files.segment_bytes() / 2 && !self.spare.is_ready() {
            self.spare.want(self.number.saturating_add(1));
        }
        match (u32::try_from(self.number), u32::try_from(offset)) {
            (Ok(segment), Ok(offset)) => Ok(Location { segment, offset }),
            _ => Err(self.fail("the journal has more segments than can be counted")),
        }
    }

    /// Looks at the free space now and then, so that the ledger stops before the disk is full to the last byte.
    fn check_space(&mut self) -> Result<(), AppendError> {
        if self.floor_bytes == 0
            || self
                .space_seen
                .is_some_and(|seen| seen.elapsed() < SPACE_CHECK_EVERY)
        {
            return Ok(());
        }
        if let Ok(free) = self.files.disk().free_bytes(self.files.dir())
            && free < self.floor_bytes
        {
            return Err(AppendError::NoSpace(format!(
                "{} MiB are free, and {} MiB are kept back for reading and repair",
                free >> 20,
                self.floor_bytes >> 20
            )));
        }
        self.space_seen = Some(Instant::now());
        Ok(())
    }

    fn no_segment(&mut self, error: SpareError) -> AppendError {
        match error {
            SpareError::NoSpace(what) => AppendError::NoSpace(what),
            SpareError::Failed(what) => {
                self.stop(&format!("{what}; {RESTART}"));
                AppendError::Stopped {
                    reason: format!("{what}; {RESTART}"),
                }
            }
        }
    }

    fn fail(&mut self, what: &str) -> AppendError {
        let reason = format!("{what}; {RESTART}");
        self.stop(&reason);
        AppendError::Unknown { reason }
    }
}

/// Makes a new, empty journal: the first segment, with its header.
///
/// # Errors
/// When the disk is full or fails.
pub fn create(
    dir: &Path,
    disk: &dyn crate::store::journal::disk::Disk,
    ledger: Uuid,
    segment_bytes: u64,
) -> io::Result<()> {
    disk.create_dir(&dir.join(segment::DIRECTORY))?;
    crate::store::journal::spare::make(dir, disk, segment_bytes, 0, &|| false).map_err(
        |error| match error {
            SpareError::NoSpace(what) => io::Error::new(io::ErrorKind::StorageFull, what),
            SpareError::Failed(what) => io::Error::other(what),
        },
    )?;
    let file = disk.open(&segment::path(dir, 0), true)?;
    let start = segment::origin_head(ledger);
    let header = SegmentHeader {
        ledger,
        number: 0,
        start,
        bytes: segment_bytes,
    };
    file.write_at(&header.to_bytes(), 0)?;
    file.sync()?;
    disk.sync_dir(dir)
}
