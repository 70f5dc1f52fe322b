//! What an examination of a journal goes by, and the answers it needs at each place.

use std::io;
use std::path::Path;
use std::sync::Arc;

use uuid::Uuid;

use crate::store::damage::Damage;
use crate::store::event_store::Source;
use crate::store::frame::{Check, FrameBytes};
use crate::store::head::Head;
use crate::store::journal::disk::{Disk, DiskFile, fill_at};
use crate::store::journal::files::Location;
use crate::store::journal::frames::SecondCopy;
use crate::store::journal::scan::SegmentScan;
use crate::store::journal::segment::{self, FRAMES_START, SegmentHeader, Stamp};
use crate::store::slice::Slice;

/// What is told about each whole frame: where it stands or belongs, and whether the journal has it whole.
pub type Seen<'a> = dyn FnMut(Location, &FrameBytes, bool) + 'a;

/// What a walk found.
#[derive(Debug, Default)]
pub struct Examined {
    /// Everything that does not hold, in order.
    pub damages: Vec<Damage>,
    /// The head of everything that could be read or put back.
    pub head: Head,
    /// How many segments were looked at.
    pub segments: u64,
    /// Whether the walk was stopped before its end.
    pub stopped: bool,
}

/// A walk through a journal.
pub struct Examination<'a> {
    /// The ledger's directory.
    pub dir: &'a Path,
    /// The disk.
    pub disk: &'a dyn Disk,
    /// The ledger's id.
    pub ledger: Uuid,
    /// Length of each segment.
    pub segment_bytes: u64,
    /// The second copy, when it can be asked.
    pub copy: Option<&'a dyn SecondCopy>,
    /// Where to stop: the durable head of a running writer. `None`: at the end, spare segment included.
    pub until: Option<Head>,
    /// Told how many bytes were read since it was last asked; `false` stops the walk.
    pub pace: &'a dyn Fn(u64) -> bool,
}

impl Examination<'_> {
    /// The head that a segment's own header names, when that can be trusted.
    pub fn start_on_disk(&self, number: u64) -> Option<Head> {
        let file = self
            .disk
            .open(&segment::path(self.dir, number), false)
            .ok()?;
        match stamp(file.as_ref()).ok()? {
            Stamp::Used(header) if header.ledger == self.ledger && header.number == number => {
                Some(header.start)
            }
            _ => None,
        }
    }

    /// The frame that belongs behind a head, when all that is wrong with it in its segment is one flipped bit.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn healed(
        &self,
        file: &Arc<dyn DiskFile>,
        offset: u64,
        head: &Head,
    ) -> io::Result<Option<FrameBytes>> {
        let scan = SegmentScan::new(Arc::clone(file), self.segment_bytes, offset, Check::Chain);
        Ok(scan.healed(offset)?.filter(|frame| follows(head, frame)))
    }

    /// The frame that belongs behind a head, from the second copy, proved.
    pub fn from_copy(&self, head: &Head) -> Option<FrameBytes> {
        self.copied(head).map(|(frame, _)| frame)
    }

    /// As [`from_copy`](Self::from_copy), and which copy has it.
    pub fn copied(&self, head: &Head) -> Option<(FrameBytes, Source)> {
        let (bytes, source) = self.copy?.frame_from(head.frames, head.position)?;
        let frame = FrameBytes::decode(Slice::from(bytes), Check::Chain).ok()?;
        follows(head, &frame).then_some((frame, source))
    }
}

/// Whether a frame is the one that belongs behind a head.
pub fn follows(head: &Head, frame: &FrameBytes) -> bool {
    let header = frame.header();
    header.number == head.frames
        && header.first_seq == head.position
        && header.previous == head.chain
}

/// What stands where a segment's header belongs.
///
/// # Errors
/// When the file cannot be read.
pub fn stamp(file: &dyn DiskFile) -> io::Result<Stamp> {
    let mut bytes = vec![0; FRAMES_START as usize];
    fill_at(file, &mut bytes, 0)?;
    Ok(Stamp::parse(&bytes))
}

/// The header of a segment that starts from a head.
pub fn header(ledger: Uuid, number: u64, start: Head, bytes: u64) -> SegmentHeader {
    SegmentHeader {
        ledger,
        number,
        start,
        bytes,
    }
}
