//! Reads the journal across its segments, in order, proving that each frame follows the one before.

use std::sync::Arc;

use crate::store::event_store::{ReadError, Source};
use crate::store::frame::{Check, Frame, FrameBytes};
use crate::store::head::Head;
use crate::store::journal::files::{JournalFiles, Location, damaged, unreadable};
use crate::store::journal::scan::{SegmentScan, Step};
use crate::store::journal::segment;
use crate::store::slice::Slice;

/// A second copy of frames, asked for the bytes of a frame that the journal has lost.
pub trait SecondCopy: Send + Sync {
    /// The bytes of frame `number`, whose first event is `first_seq`.
    fn frame(&self, number: u64, first_seq: u64) -> Option<Vec<u8>>;

    /// Which copy it is.
    fn source(&self) -> Source {
        Source::Sled
    }

    /// As [`frame`](Self::frame), and which copy has it.
    fn frame_from(&self, number: u64, first_seq: u64) -> Option<(Vec<u8>, Source)> {
        Some((self.frame(number, first_seq)?, self.source()))
    }

    /// Whether a last segment that is missing may be made anew from this copy, frame by frame, because nothing that
    /// stood behind can be missing from the copy too.
    fn makes_segments_anew(&self) -> bool {
        false
    }
}

/// A place to read from: a head, and where the frame after it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Start {
    /// The ledger before the first frame to read.
    pub head: Head,
    /// Place of the segment in the order of segments.
    pub place: usize,
    /// Offset in that segment.
    pub offset: u64,
}

/// Frames in order, each proved, with where it stands.
pub struct JournalFrames {
    files: Arc<JournalFiles>,
    copy: Option<Arc<dyn SecondCopy>>,
    check: Check,
    end_frame: u64,
    next: Start,
    scan: Option<(u64, SegmentScan)>,
    failed: bool,
}

impl JournalFrames {
    /// Reads from `start` up to, not including, frame `end_frame`, which must be durable.
    pub fn new(files: Arc<JournalFiles>, start: Start, end_frame: u64, check: Check) -> Self {
        Self {
            files,
            copy: None,
            check,
            end_frame,
            next: start,
            scan: None,
            failed: false,
        }
    }

    /// Takes a frame from the second copy where the journal is damaged.
    pub fn with_copy(mut self, copy: Option<Arc<dyn SecondCopy>>) -> Self {
        self.copy = copy;
        self
    }

    /// Where a reader that wants event `from`, or frame `frame`, has to begin: the start of a segment.
    pub fn start_of(files: &JournalFiles, wanted: impl Fn(&Head) -> bool) -> Option<Start> {
        let place = files.last_where(|segment| wanted(&segment.start));
        let segment = files.at(place)?;
        Some(Start {
            head: segment.start,
            place,
            offset: segment::FRAMES_START,
        })
    }

    /// Begins at a frame in the midst of a segment; `None` when no whole frame stands there.
    pub fn start_at(files: &JournalFiles, at: Location) -> Option<Start> {
        let frame = files.frame_at(at, 0).ok()?;
        let header = frame.header();
        let head = Head {
            position: header.first_seq,
            frames: header.number,
            chain: header.previous,
        };
        // Segments are numbered from 0 without a gap, so a number is also a place in their order.
        Some(Start {
            head,
            place: at.segment as usize,
            offset: at.offset.into(),
        })
    }

    /// The head after the last frame that was given.
    pub fn head(&self) -> Head {
        self.next.head
    }

    /// Where the next frame is looked for.
    pub fn position(&self) -> Start {
        self.next
    }

    /// Lets the reader go on to a later end.
    pub fn extend_to(&mut self, end_frame: u64) {
        if end_frame > self.end_frame {
            self.end_frame = end_frame;
            // What was buffered before the new frames were written shows zeros in their place.
            self.scan = None;
        }
    }

    fn step(&mut self) -> Result<(Location, FrameBytes), ReadError> {
        loop {
            let segment = self
                .files
                .at(self.next.place)
                .ok_or_else(|| self.missing(self.next.place as u64))?;
            let step = self
                .scan(segment.number)?
                .step()
                .map_err(|error| unreadable(segment.number, &error))?;
            let bad = match step {
                Step::Frame(offset, frame) => match self.follows(&frame) {
                    Ok(()) => return self.take(segment.number, offset, frame),
                    Err(what) => (offset, what),
                },
                Step::Bad(offset, error) if !self.is_segment_done() => (offset, error.to_string()),
                // Bytes behind the last frame of a segment hold nothing, whatever they are.
                Step::Bad(offset, _) | Step::End(offset) => {
                    match self.files.at(self.next.place + 1) {
                        Some(later) if later.start == self.next.head => {
                            self.next.place += 1;
                            self.next.offset = segment::FRAMES_START;
                            continue;
                        }
                        _ => (offset, "frames are missing here".to_owned()),
                    }
                }
            };
            return match self.second_copy() {
                Some(frame) => self.take(segment.number, bad.0, frame),
                None => Err(damaged(
                    segment.number,
                    bad.0,
                    self.next.head.position,
                    &bad.1,
                )),
            };
        }
    }

    /// Whether the next segment begins where this one has come to.
    fn is_segment_done(&self) -> bool {
        let later = self.files.at(self.next.place + 1);
        later.is_some_and(|later| later.start == self.next.head)
    }

    fn scan(&mut self, number: u64) -> Result<&mut SegmentScan, ReadError> {
        let fresh = match self.scan.take() {
            Some((of, scan)) if of == number => scan,
            _ => {
                let file = self.files.file(number)?;
                SegmentScan::new(
                    file,
                    self.files.segment_bytes(),
                    self.next.offset,
                    self.check,
                )
            }
        };
        let (_, scan) = self.scan.insert((number, fresh));
        scan.skip_to(self.next.offset);
        Ok(scan)
    }

    fn follows(&self, frame: &FrameBytes) -> Result<(), String> {
        let header = frame.header();
        let head = self.next.head;
        match () {
            () if header.number != head.frames => Err(format!(
                "frame {} stands where frame {} belongs",
                header.number, head.frames
            )),
            () if header.first_seq != head.position || header.previous != head.chain => {
                Err("the frame does not follow the one before it".to_owned())
            }
            () => Ok(()),
        }
    }

    fn second_copy(&self) -> Option<FrameBytes> {
        let head = self.next.head;
        let bytes = self.copy.as_ref()?.frame(head.frames, head.position)?;
        let frame = FrameBytes::decode(Slice::from(bytes), Check::Chain).ok()?;
        self.follows(&frame).ok().map(|()| frame)
    }

    fn take(
        &mut self,
        number: u64,
        offset: u64,
        frame: FrameBytes,
    ) -> Result<(Location, FrameBytes), ReadError> {
        let header = frame.header();
        self.next.head = frame.head();
        self.next.offset = offset.saturating_add(header.frame_bytes() as u64);
        match (u32::try_from(number), u32::try_from(offset)) {
            (Ok(segment), Ok(offset)) => Ok((Location { segment, offset }, frame)),
            _ => Err(damaged(
                number,
                offset,
                header.first_seq,
                "the segment is too long",
            )),
        }
    }

    fn missing(&self, number: u64) -> ReadError {
        unreadable(number, &std::io::ErrorKind::NotFound.into())
    }
}

impl Iterator for JournalFrames {
    type Item = Result<(Location, FrameBytes), ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.failed || self.next.head.frames >= self.end_frame {
            return None;
        }
        let step = self.step();
        self.failed = step.is_err();
        Some(step)
    }
}

/// Reads a proved frame's events; names the place when they make no sense.
///
/// # Errors
/// When an event of the frame is no event.
pub fn parsed(at: Location, bytes: FrameBytes) -> Result<Arc<Frame>, ReadError> {
    let first_seq = bytes.header().first_seq;
    match Frame::read(bytes) {
        Ok(frame) => Ok(Arc::new(frame)),
        Err(error) => Err(damaged(
            at.segment.into(),
            at.offset.into(),
            first_seq,
            &error.to_string(),
        )),
    }
}
