//! Finds the end of a journal when it is opened, and mends what may be mended.
//!
//! An unfinished last frame is cut only when nothing shows that it was ever acknowledged: no whole frame follows it,
//! the second copy does not have it, and no position known from outside (a signed checkpoint) reaches it. Its bytes
//! are kept aside. Anything else that does not hold is damage: it is mended from the second copy or it is named, and
//! then nothing more is recorded.

use std::io;
use std::path::Path;
use std::sync::Arc;

use uuid::Uuid;

use crate::store::event_store::{Finding, ReadError, Source};
use crate::store::frame::{Check, FrameBytes};
use crate::store::head::Head;
use crate::store::journal::disk::{Disk, DiskFile, fill_at};
use crate::store::journal::files::{JournalFiles, SegmentStart, damaged, unreadable};
use crate::store::journal::frames::SecondCopy;
use crate::store::journal::mend::{keep_aside, mend, repaired};
use crate::store::journal::scan::{SegmentScan, Step};
use crate::store::journal::segment::{self, SegmentHeader, Stamp};
use crate::store::journal::writer::JournalEnd;
use crate::store::slice::Slice;

/// How often a reader looks again at a place that a running writer may just be writing.
const LOOKS: u32 = 3;

/// What is known before the journal is opened.
pub struct Recovery<'a> {
    /// The ledger's directory.
    pub dir: &'a Path,
    /// The disk.
    pub disk: Arc<dyn Disk>,
    /// The ledger's id.
    pub ledger: Uuid,
    /// Length of each segment.
    pub segment_bytes: u64,
    /// The second copy, when it could be opened.
    pub copy: Option<Arc<dyn SecondCopy>>,
    /// A position that is known to have been acknowledged, from a checkpoint for one.
    pub acknowledged: u64,
    /// Whether to mend; a reader never writes.
    pub writable: bool,
}

/// An opened journal.
pub struct Recovered {
    /// Its segments.
    pub files: Arc<JournalFiles>,
    /// Where it ends.
    pub end: JournalEnd,
    /// What was found and mended.
    pub findings: Vec<Finding>,
    /// Why nothing may be recorded, when it is so.
    pub broken: Option<ReadError>,
}

impl Recovery<'_> {
    /// Opens the journal.
    ///
    /// # Errors
    /// When a segment is missing, belongs to another ledger, or has no usable header.
    pub fn run(&self) -> Result<Recovered, ReadError> {
        let mut findings = Vec::new();
        let (used, blank) = self.segments(&mut findings)?;
        let tail = *used
            .last()
            .ok_or_else(|| unreadable(0, &io::ErrorKind::NotFound.into()))?;
        let files = Arc::new(JournalFiles::new(
            self.dir,
            Arc::clone(&self.disk),
            self.segment_bytes,
            used,
        ));
        let file = self.open(tail.number)?;
        file.sync()
            .or_else(|error| self.excuse(error))
            .map_err(|error| sync_error(tail.number, &error))?;
        let mut walk = TailWalk {
            recovery: self,
            file,
            number: tail.number,
            head: tail.start,
            last: None,
            findings,
        };
        let (offset, mut broken) = walk.run()?;
        if broken.is_none() && self.writable {
            walk.write_again(tail.start)?;
        }
        let (head, findings) = (walk.head, walk.findings);
        if broken.is_none() && head.position < self.acknowledged {
            let what = format!(
                "the ledger was acknowledged up to event {}",
                self.acknowledged
            );
            broken = Some(damaged(tail.number, offset, head.position, &what));
        }
        let end = JournalEnd {
            head,
            segment: tail.number,
            offset,
            spare_ready: blank,
        };
        if broken.is_none() {
            self.check_next(&end)?;
        }
        Ok(Recovered {
            files,
            end,
            findings,
            broken,
        })
    }

    /// The used segments, and whether a blank one follows them.
    fn segments(
        &self,
        findings: &mut Vec<Finding>,
    ) -> Result<(Vec<SegmentStart>, bool), ReadError> {
        let directory = self.dir.join(segment::DIRECTORY);
        let names = self
            .disk
            .list(&directory)
            .map_err(|error| unreadable(0, &error))?;
        let mut numbers: Vec<u64> = names
            .iter()
            .filter_map(|name| segment::number_of(name))
            .collect();
        numbers.sort_unstable();
        if let Some(gap) = (0..)
            .zip(&numbers)
            .find_map(|(wanted, found)| (wanted != *found).then_some(wanted))
        {
            return Err(unreadable(gap, &io::ErrorKind::NotFound.into()));
        }
        let stamps = numbers
            .iter()
            .map(|number| self.stamp(*number))
            .collect::<Result<Vec<_>, _>>()?;
        let in_use = stamps
            .iter()
            .rposition(|stamp| *stamp != Stamp::Blank)
            .map_or(0, |last| last + 1);
        let mut used: Vec<SegmentStart> = Vec::with_capacity(in_use);
        let mut blank = stamps.len() > in_use;
        for (number, stamp) in (0..).zip(stamps.iter().take(in_use)) {
            match self.start_of(number, *stamp, findings)? {
                Some(start) => used.push(SegmentStart { number, start }),
                None if number as usize + 1 == in_use && number > 0 => {
                    self.clear(number, findings)?;
                    blank = true;
                }
                None => {
                    return Err(damaged(
                        number,
                        0,
                        0,
                        "the segment has neither a header nor a first frame",
                    ));
                }
            }
        }
        for pair in used.windows(2) {
            if let [before, after] = pair
                && (after.start.frames <= before.start.frames
                    || after.start.position < before.start.position)
            {
                return Err(damaged(
                    after.number,
                    0,
                    after.start.position,
                    "the segment does not follow the one before",
                ));
            }
        }
        Ok((used, blank))
    }

    fn stamp(&self, number: u64) -> Result<Stamp, ReadError> {
        let file = self.open(number)?;
        let length = file.length().map_err(|error| unreadable(number, &error))?;
        if length != self.segment_bytes {
            let what = format!(
                "the file has {length} bytes and must have {}",
                self.segment_bytes
            );
            return Err(damaged(number, length.min(self.segment_bytes), 0, &what));
        }
        let mut bytes = vec![0; segment::FRAMES_START as usize];
        fill_at(file.as_ref(), &mut bytes, 0).map_err(|error| unreadable(number, &error))?;
        Ok(Stamp::parse(&bytes))
    }

    /// The head a segment starts from. A damaged header is made anew from the first frame, which says the same.
    fn start_of(
        &self,
        number: u64,
        stamp: Stamp,
        findings: &mut Vec<Finding>,
    ) -> Result<Option<Head>, ReadError> {
        match stamp {
            Stamp::Used(header) if header.ledger != self.ledger => Err(damaged(
                number,
                0,
                header.start.position,
                "the segment belongs to another ledger",
            )),
            Stamp::Used(header)
                if header.number != number || header.bytes != self.segment_bytes =>
            {
                Err(damaged(
                    number,
                    0,
                    header.start.position,
                    "the segment's header belongs to another file",
                ))
            }
            Stamp::Used(header) => Ok(Some(header.start)),
            Stamp::Newer(version) => {
                let what =
                    format!("layout {version}: it was written by a newer dealtrail, use that one");
                Err(damaged(number, 0, 0, &what))
            }
            Stamp::Blank => Err(damaged(
                number,
                0,
                0,
                "the segment is empty and later ones are not",
            )),
            Stamp::Damaged => self.header_from_frame(number, findings),
        }
    }

    fn header_from_frame(
        &self,
        number: u64,
        findings: &mut Vec<Finding>,
    ) -> Result<Option<Head>, ReadError> {
        let file = self.open(number)?;
        let mut scan = self.scan(&file, segment::FRAMES_START);
        let Step::Frame(_, frame) = scan.step().map_err(|error| unreadable(number, &error))? else {
            return Ok(None);
        };
        let frame = frame.header();
        let start = Head {
            position: frame.first_seq,
            frames: frame.number,
            chain: frame.previous,
        };
        if self.writable {
            let header = SegmentHeader {
                ledger: self.ledger,
                number,
                start,
                bytes: self.segment_bytes,
            };
            let aside = mend(self.dir, self.disk.as_ref(), number, 0, &header.to_bytes())
                .map_err(|error| unreadable(number, &error))?;
            let file = segment::name(number);
            findings.push(Finding::FrameRepaired {
                file,
                offset: 0,
                bytes: header.to_bytes().len() as u64,
                first_seq: start.position,
                events: 0,
                aside,
                source: Source::Journal,
            });
        }
        Ok(Some(start))
    }

    /// Makes a segment blank whose very first write was never finished.
    fn clear(&self, number: u64, findings: &mut Vec<Finding>) -> Result<(), ReadError> {
        let file = self.open(number)?;
        let end = self
            .scan(&file, 0)
            .used_end(0)
            .map_err(|error| unreadable(number, &error))?;
        self.cut(&file, number, 0, end, findings)
    }

    /// Cuts unfinished bytes: kept aside first, then replaced by zeros. A reader leaves them.
    fn cut(
        &self,
        file: &Arc<dyn DiskFile>,
        number: u64,
        offset: u64,
        end: u64,
        findings: &mut Vec<Finding>,
    ) -> Result<(), ReadError> {
        if !self.writable {
            return Ok(());
        }
        let cut = || {
            let aside = keep_aside(self.dir, self.disk.as_ref(), number, offset, end)?;
            let zeros = vec![0; 1 << 20];
            let mut at = offset;
            while at < end {
                let count = (end - at).min(zeros.len() as u64);
                file.write_at(zeros.get(..count as usize).unwrap_or_default(), at)?;
                at += count;
            }
            file.sync()?;
            Ok(aside)
        };
        let aside = cut().map_err(|error: io::Error| unreadable(number, &error))?;
        let bytes = end - offset;
        findings.push(Finding::TornTailCut {
            file: segment::name(number),
            offset,
            bytes,
            aside,
        });
        Ok(())
    }

    /// A second copy that goes on where the journal ends, when the next frame would have begun a new segment and
    /// there is none: that segment was there and is missing.
    fn check_next(&self, end: &JournalEnd) -> Result<(), ReadError> {
        let Some((frame, _)) = self.second_copy(&end.head) else {
            return Ok(());
        };
        let fits = end.offset.saturating_add(frame.bytes().len() as u64) <= self.segment_bytes;
        let made_anew = self
            .copy
            .as_ref()
            .is_some_and(|copy| copy.makes_segments_anew());
        if fits || end.spare_ready || made_anew {
            return Ok(());
        }
        Err(unreadable(
            end.segment.saturating_add(1),
            &io::ErrorKind::NotFound.into(),
        ))
    }

    fn second_copy(&self, head: &Head) -> Option<(FrameBytes, Source)> {
        let copy = self.copy.as_ref()?;
        let (bytes, source) = copy.frame_from(head.frames, head.position)?;
        let frame = FrameBytes::decode(Slice::from(bytes), Check::Chain).ok()?;
        follows(head, &frame).then_some((frame, source))
    }

    fn open(&self, number: u64) -> Result<Arc<dyn DiskFile>, ReadError> {
        let path = segment::path(self.dir, number);
        self.disk
            .open(&path, self.writable)
            .map_err(|error| unreadable(number, &error))
    }

    fn scan(&self, file: &Arc<dyn DiskFile>, offset: u64) -> SegmentScan {
        SegmentScan::new(
            Arc::clone(file),
            self.segment_bytes,
            offset,
            Check::Checksum,
        )
    }

    /// A reader syncs too, since a frame that was written but not synced could still vanish. On a medium that cannot
    /// be written nothing is left to sync, and the system may say so with an error.
    fn excuse(&self, error: io::Error) -> io::Result<()> {
        use rustix::io::Errno;
        let harmless = [Errno::ROFS, Errno::BADF, Errno::INVAL].map(Errno::raw_os_error);
        match error.raw_os_error() {
            Some(code) if !self.writable && harmless.contains(&code) => Ok(()),
            _ => Err(error),
        }
    }
}

fn follows(head: &Head, frame: &FrameBytes) -> bool {
    let header = frame.header();
    header.number == head.frames
        && header.first_seq == head.position
        && header.previous == head.chain
}

/// Walks the last segment to its end.
struct TailWalk<'a> {
    recovery: &'a Recovery<'a>,
    file: Arc<dyn DiskFile>,
    number: u64,
    head: Head,
    /// The last whole frame, and where it stands.
    last: Option<(u64, FrameBytes)>,
    findings: Vec<Finding>,
}

impl TailWalk<'_> {
    /// Gives the offset behind the last frame, and the damage that could not be mended.
    fn run(&mut self) -> Result<(u64, Option<ReadError>), ReadError> {
        let mut scan = self.recovery.scan(&self.file, segment::FRAMES_START);
        let (mut looks, mut mended) = (0, None);
        loop {
            let bad = match scan.step().map_err(|error| self.io(&error))? {
                Step::Frame(at, frame) if follows(&self.head, &frame) => {
                    self.head = frame.head();
                    self.last = Some((at, frame));
                    continue;
                }
                Step::Frame(at, _) => {
                    (at, "the frame does not follow the one before it".to_owned())
                }
                Step::Bad(at, error) => (at, error.to_string()),
                Step::End(at) => (at, "a frame is missing here".to_owned()),
            };
            let (at, what) = bad;
            scan = self.recovery.scan(&self.file, at);
            let end = scan.used_end(at).map_err(|error| self.io(&error))?;
            if end == at {
                return Ok((at, None));
            }
            if mended == Some(at) {
                let what = format!("{what} although it was restored: the disk is failing");
                let damage = damaged(self.number, at, self.head.position, &what);
                return Ok((at, Some(damage)));
            }
            if self.mend_from_copy(at)? {
                mended = Some(at);
                continue;
            }
            let later = scan
                .find_later(at + 8, self.head.frames)
                .map_err(|error| self.io(&error))?;
            scan = self.recovery.scan(&self.file, at);
            if !self.recovery.writable && looks < LOOKS {
                looks += 1;
                continue;
            }
            let rotted = scan
                .healed(at)
                .map_err(|error| self.io(&error))?
                .is_some_and(|frame| follows(&self.head, &frame));
            let acknowledged = self.head.position < self.recovery.acknowledged;
            if later.is_some() || rotted || acknowledged {
                return Ok((
                    at,
                    Some(damaged(self.number, at, self.head.position, &what)),
                ));
            }
            self.recovery
                .cut(&self.file, self.number, at, end, &mut self.findings)?;
            return Ok((at, None));
        }
    }

    /// Writes the segment's header and its last frame once more, and syncs. When a sync failed in the process before,
    /// the system may show bytes that never reached the disk and hold them for written: only new writes get there.
    /// What is written was proved by its checksum, so a disk that lies when it is read spoils nothing.
    fn write_again(&self, start: Head) -> Result<(), ReadError> {
        let header = SegmentHeader {
            ledger: self.recovery.ledger,
            number: self.number,
            start,
            bytes: self.recovery.segment_bytes,
        };
        let frame = |(at, frame): &(u64, FrameBytes)| self.file.write_at(frame.bytes(), *at);
        self.file
            .write_at(&header.to_bytes(), 0)
            .and_then(|()| self.last.as_ref().map_or(Ok(()), frame))
            .and_then(|()| self.file.sync())
            .map_err(|error| sync_error(self.number, &error))
    }

    fn mend_from_copy(&mut self, at: u64) -> Result<bool, ReadError> {
        let Some((frame, source)) = self
            .recovery
            .second_copy(&self.head)
            .filter(|_| self.recovery.writable)
            .filter(|(frame, _)| at + frame.bytes().len() as u64 <= self.recovery.segment_bytes)
        else {
            return Ok(false);
        };
        let disk = self.recovery.disk.as_ref();
        let aside = mend(self.recovery.dir, disk, self.number, at, frame.bytes())
            .map_err(|error| self.io(&error))?;
        let place = (self.number, at);
        self.findings.push(repaired(place, &frame, aside, source));
        Ok(true)
    }

    fn io(&self, error: &io::Error) -> ReadError {
        unreadable(self.number, error)
    }
}

/// A sync that failed while the journal was opened.
fn sync_error(number: u64, error: &io::Error) -> ReadError {
    ReadError::Io {
        file: segment::name(number),
        problem: format!("its last frames could not be synced ({error})"),
    }
}
