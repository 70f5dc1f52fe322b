//! Carries out what an examination proposes. What stands there is kept aside first, so that nothing is lost by mending.

use std::io;
use std::sync::Arc;

use crate::store::damage::{Cure, Damage};
use crate::store::event_store::{Finding, Source};
use crate::store::frame::{Check, FrameBytes};
use crate::store::head::Head;
use crate::store::journal::disk::{Access, DiskFile};
use crate::store::journal::examination::{Examination, follows, header};
use crate::store::journal::mend::{keep_aside, keep_file, mend};
use crate::store::journal::scan::{SegmentScan, Step};
use crate::store::journal::segment::{self, FRAMES_START};

/// How many zeros are written at once.
const ZEROS: usize = 1 << 20;

impl Examination<'_> {
    /// Mends one damage of the journal; `None` when its cure is not the journal's.
    ///
    /// # Errors
    /// When the disk fails, or the second copy no longer has what it had.
    pub fn repair(&self, damage: &Damage) -> io::Result<Option<Finding>> {
        let (aside, source) = match damage.cure {
            Cure::Restore {
                segment,
                offset,
                head,
                frames,
            } => self.restore(segment, offset, head, frames)?,
            Cure::Header { segment, start } => {
                let bytes = header(self.ledger, segment, start, self.segment_bytes).to_bytes();
                let aside = mend(self.dir, self.disk, segment, 0, &bytes)?;
                (aside, Source::Journal)
            }
            Cure::Zero {
                segment,
                offset,
                end,
            } => (self.zero(segment, offset, end)?, Source::Journal),
            Cure::Rebuild {
                segment,
                start,
                frames,
            } => self.rebuild(segment, start, frames)?,
            Cure::Remove { segment } => {
                let aside = keep_file(self.dir, self.disk, &segment::name(segment))?;
                self.disk.sync_dir(&self.dir.join(segment::DIRECTORY))?;
                (aside, Source::Journal)
            }
            Cure::SecondCopy
            | Cure::Mirror { .. }
            | Cure::LedgerFile { .. }
            | Cure::Leftover
            | Cure::Nothing => {
                return Ok(None);
            }
        };
        Ok(Some(Finding::FrameRepaired {
            file: damage.file.clone(),
            offset: damage.offset,
            bytes: damage.length,
            first_seq: damage.first_seq,
            events: damage.events,
            aside,
            source,
        }))
    }

    fn wanted(&self, head: &Head) -> io::Result<(FrameBytes, Source)> {
        self.copied(head)
            .ok_or_else(|| io::Error::other("the second copy no longer holds what belongs there"))
    }

    fn restore(
        &self,
        number: u64,
        offset: u64,
        head: Head,
        frames: u64,
    ) -> io::Result<(String, Source)> {
        let mut bytes = Vec::new();
        let (mut at, mut source) = (head, Source::Journal);
        let file = self.disk.open(&segment::path(self.dir, number), false)?;
        for _ in 0..frames {
            let place = offset.saturating_add(bytes.len() as u64);
            let (frame, from) = match self.copied(&at) {
                Some(copied) => copied,
                None => match self.healed(&file, place, &at)? {
                    Some(frame) => (frame, Source::Journal),
                    None => self.wanted(&at)?,
                },
            };
            source = source.max(from);
            at = frame.head();
            bytes.extend_from_slice(frame.bytes());
        }
        let aside = mend(self.dir, self.disk, number, offset, &bytes)?;
        Ok((aside, source))
    }

    fn zero(&self, number: u64, offset: u64, end: u64) -> io::Result<String> {
        let aside = keep_aside(self.dir, self.disk, number, offset, end)?;
        let file = self.disk.open(&segment::path(self.dir, number), true)?;
        fill_zeros(file.as_ref(), offset, end)?;
        file.sync()?;
        Ok(aside)
    }

    /// Makes the file under another name first: until it is whole and synced, the old one stays.
    fn rebuild(&self, number: u64, start: Head, frames: u64) -> io::Result<(String, Source)> {
        let path = segment::path(self.dir, number);
        let fresh = path.with_extension("new");
        match self.disk.remove(&fresh) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let old = self.disk.open(&path, false).ok();
        let file = self.disk.create(&fresh, Access::Usual)?;
        let first = header(self.ledger, number, start, self.segment_bytes);
        file.write_at(&first.to_bytes(), 0)?;
        let (mut at, mut offset, mut source) = (start, FRAMES_START, Source::Journal);
        for _ in 0..frames {
            let kept = |offset| self.frame_in(old.as_ref()?, offset, &at);
            let (frame, from) = match kept(offset) {
                Some(frame) => (frame, Source::Journal),
                None => self.wanted(&at)?,
            };
            source = source.max(from);
            file.write_at(frame.bytes(), offset)?;
            offset = offset.saturating_add(frame.bytes().len() as u64);
            at = frame.head();
        }
        fill_zeros(file.as_ref(), offset, self.segment_bytes)?;
        file.sync()?;
        let aside = match old {
            Some(_) => keep_file(self.dir, self.disk, &segment::name(number))?,
            None => String::new(),
        };
        self.disk.rename(&fresh, &path)?;
        self.disk.sync_dir(&self.dir.join(segment::DIRECTORY))?;
        Ok((aside, source))
    }

    fn frame_in(&self, file: &Arc<dyn DiskFile>, offset: u64, head: &Head) -> Option<FrameBytes> {
        let file = Arc::clone(file);
        let mut scan = SegmentScan::new(file, self.segment_bytes, offset, Check::Chain);
        match scan.step().ok()? {
            Step::Frame(_, frame) => follows(head, &frame).then_some(frame),
            _ => None,
        }
    }
}

fn fill_zeros(file: &dyn DiskFile, from: u64, end: u64) -> io::Result<()> {
    let zeros = vec![0; ZEROS];
    let mut at = from;
    while at < end {
        let count = (end - at).min(ZEROS as u64);
        file.write_at(zeros.get(..count as usize).unwrap_or_default(), at)?;
        at += count;
    }
    Ok(())
}
