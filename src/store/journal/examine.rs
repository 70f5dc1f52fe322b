//! Reads every byte of a journal, and names everything that does not hold; nothing is written.
//!
//! One walk serves the doctor and the scrub. It goes by what must stand where: frames follow one another without a gap,
//! and one that does not fit begins the next segment. Where the journal fails, the second copy says what belongs there;
//! where that fails too, the walk goes on at the next whole frame, so that every damage is named, not the first alone.

use std::io;
use std::sync::Arc;

use crate::store::damage::{Cure, Damage};
use crate::store::frame::{Check, FrameBytes};
use crate::store::head::Head;
use crate::store::journal::disk::DiskFile;
use crate::store::journal::examination::{Examination, Examined, Seen, follows, stamp};
use crate::store::journal::files::Location;
use crate::store::journal::scan::{SegmentScan, Step};
use crate::store::journal::segment::{self, FRAMES_START, Stamp};

/// How often to look again at an end that a running writer may just be writing.
const LOOKS: u32 = 5;
/// How long to wait in between.
const BETWEEN_LOOKS: std::time::Duration = std::time::Duration::from_millis(20);

/// Walks.
///
/// # Errors
/// When the directory of the journal cannot be listed.
pub fn examine(plan: &Examination<'_>, seen: &mut Seen<'_>) -> io::Result<Examined> {
    let names = match plan.disk.list(&plan.dir.join(segment::DIRECTORY)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
        other => other?,
    };
    let numbers = names.iter().filter_map(|name| segment::number_of(name));
    let count = numbers.max().map_or(0, |last| last.saturating_add(1));
    let starts = (0..count)
        .map(|number| plan.start_on_disk(number))
        .collect();
    let mut walk = Walk {
        plan,
        starts,
        count,
        head: segment::origin_head(plan.ledger),
        lost: false,
        found: Examined::default(),
        seen,
    };
    walk.run();
    walk.found.head = walk.head;
    Ok(walk.found)
}

struct Walk<'a, 'b> {
    plan: &'a Examination<'a>,
    /// What the header of each segment says, where it can be trusted.
    starts: Vec<Option<Head>>,
    count: u64,
    head: Head,
    /// Whether frames before here are lost, so that a later header's word has to be taken.
    lost: bool,
    found: Examined,
    seen: &'a mut Seen<'b>,
}

impl Walk<'_, '_> {
    fn run(&mut self) {
        let mut number = 0;
        while self.has_more(number) {
            if !(self.plan.pace)(0) {
                self.found.stopped = true;
            }
            if self.found.stopped {
                break;
            }
            let before = self.head;
            if let Err(error) = self.segment(number) {
                let what = format!("it cannot be read: {error}");
                self.whole(number, None, &what);
            }
            number += 1;
            if number >= self.count && self.head == before {
                // Behind the last file nothing but a copy leads on, and it led nowhere.
                break;
            }
        }
        self.found.segments = number;
        if let Some(until) = self
            .plan
            .until
            .filter(|_| !self.found.stopped && !self.reached())
        {
            let last = number.saturating_sub(1);
            if self.found.damages.is_empty() {
                let before = self.head;
                self.note(
                    last,
                    (0, 0),
                    "frames are missing here",
                    before,
                    Cure::Nothing,
                );
                if let Some(damage) = self.found.damages.last_mut() {
                    damage.events = until.position.saturating_sub(before.position);
                }
            }
        }
    }

    fn reached(&self) -> bool {
        self.plan
            .until
            .is_some_and(|until| self.head.frames >= until.frames)
    }

    fn has_more(&self, number: u64) -> bool {
        match self.plan.until {
            Some(_) if self.reached() => false,
            _ => number < self.count || self.plan.from_copy(&self.head).is_some(),
        }
    }

    /// What the first later segment with a header starts from.
    fn later(&self, number: u64) -> Option<Head> {
        let later = usize::try_from(number.saturating_add(1)).ok()?;
        self.starts.get(later..)?.iter().flatten().next().copied()
    }

    fn segment(&mut self, number: u64) -> io::Result<()> {
        let file = match self
            .plan
            .disk
            .open(&segment::path(self.plan.dir, number), false)
        {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                self.whole(number, None, "the file is missing");
                return Ok(());
            }
            Err(error) => return Err(error),
        };
        let (length, wanted) = (file.length()?, self.plan.segment_bytes);
        if length != wanted {
            let what = format!("the file has {length} bytes and must have {wanted}");
            self.whole(number, Some(&file), &what);
            return Ok(());
        }
        match stamp(file.as_ref())? {
            Stamp::Newer(version) => {
                let what = format!("layout {version}: it was written by a newer dealtrail");
                self.note(number, (0, length), &what, self.head, Cure::Nothing);
                self.lost = true;
                return Ok(());
            }
            Stamp::Used(header) if header.ledger != self.plan.ledger => {
                self.whole(number, None, "the file belongs to another ledger");
                return Ok(());
            }
            Stamp::Used(header) if header.number != number || header.bytes != wanted => {
                let what = format!("the file is segment {} under another name", header.number);
                self.whole(number, None, &what);
                return Ok(());
            }
            Stamp::Used(header) if self.lost => {
                self.head = header.start;
                self.lost = false;
            }
            Stamp::Used(header) if header.start != self.head => {
                self.whole(number, None, "its header is of another time or history");
                return Ok(());
            }
            Stamp::Used(_) => {}
            Stamp::Blank | Stamp::Damaged => {
                if !self.unstamped(number, &file)? {
                    return Ok(());
                }
            }
        }
        self.frames(number, &file)
    }

    /// A segment without a usable header; `true` when its frames are there nevertheless.
    fn unstamped(&mut self, number: u64, file: &Arc<dyn DiskFile>) -> io::Result<bool> {
        let mut scan = self.scan(file, FRAMES_START);
        let first = match scan.step()? {
            Step::Frame(_, frame) => Some(frame),
            _ => None,
        };
        let first_start = first.map(|frame| {
            let header = frame.header();
            Head {
                position: header.first_seq,
                frames: header.number,
                chain: header.previous,
            }
        });
        if let Some(start) = first_start.filter(|start| self.lost || *start == self.head) {
            self.head = start;
            self.lost = false;
            let cure = Cure::Header {
                segment: number,
                start,
            };
            self.note(
                number,
                (0, FRAMES_START),
                "its header is damaged",
                self.head,
                cure,
            );
            return Ok(true);
        }
        let end = self.scan(file, 0).used_end(0)?;
        let more = self.later(number).is_some() || self.plan.from_copy(&self.head).is_some();
        match () {
            () if more || number == 0 => self.whole(number, Some(file), "its header is damaged"),
            () if end > 0 => {
                let cure = Cure::Zero {
                    segment: number,
                    offset: 0,
                    end,
                };
                let what = "a segment that must be blank is not";
                self.note(number, (0, end), what, self.head, cure);
            }
            () => {}
        }
        Ok(false)
    }

    /// The frames of a segment whose header is right.
    fn frames(&mut self, number: u64, file: &Arc<dyn DiskFile>) -> io::Result<()> {
        let mut scan = self.scan(file, FRAMES_START);
        let mut looks = 0;
        loop {
            if self.reached() {
                return Ok(());
            }
            let before = scan.offset();
            let (at, what) = match scan.step()? {
                Step::Frame(at, frame) if follows(&self.head, &frame) => {
                    self.take(number, at, &frame, true);
                    if !(self.plan.pace)(scan.offset() - before) {
                        self.found.stopped = true;
                        return Ok(());
                    }
                    continue;
                }
                Step::Frame(at, _) => {
                    (at, "the frame does not follow the one before it".to_owned())
                }
                Step::Bad(at, error) => (at, error.to_string()),
                Step::End(at) => (at, "frames are missing here".to_owned()),
            };
            if self.later(number) == Some(self.head) {
                self.padding(number, file, at)?;
                return Ok(());
            }
            if let Some(length) = self.restorable(number, file, at, &what)? {
                scan = self.scan(file, at.saturating_add(length));
                continue;
            }
            let end = self.scan(file, at).used_end(at)?;
            let last = self.later(number).is_none();
            if last && end > at && looks < LOOKS {
                looks += 1;
                std::thread::sleep(BETWEEN_LOOKS);
                scan = self.scan(file, at);
                continue;
            }
            match self.resume(number, file, at, end, &what)? {
                Some(next) => scan = self.scan(file, next),
                None => return Ok(()),
            }
        }
    }

    /// The rest of a segment behind its last frame has to be zeros.
    fn padding(&mut self, number: u64, file: &Arc<dyn DiskFile>, at: u64) -> io::Result<()> {
        let end = self.scan(file, at).used_end(at)?;
        if end > at {
            let cure = Cure::Zero {
                segment: number,
                offset: at,
                end,
            };
            let what = "what must be blank is not";
            self.note(number, (at, end - at), what, self.head, cure);
        }
        Ok(())
    }

    /// Takes the frame that belongs here from the second copy, or from the journal with one bit flipped back; gives
    /// its length.
    fn restorable(
        &mut self,
        number: u64,
        file: &Arc<dyn DiskFile>,
        at: u64,
        what: &str,
    ) -> io::Result<Option<u64>> {
        let frame = match self.plan.from_copy(&self.head) {
            Some(frame) => Some(frame),
            None => self.plan.healed(file, at, &self.head)?,
        };
        let Some(frame) = frame else { return Ok(None) };
        let length = frame.bytes().len() as u64;
        if at.saturating_add(length) > self.plan.segment_bytes {
            return Ok(None);
        }
        let cure = Cure::Restore {
            segment: number,
            offset: at,
            head: self.head,
            frames: 1,
        };
        let before = self.head;
        self.take(number, at, &frame, false);
        let commands = u64::from(frame.header().commands);
        if !self.joined(number, at, length, commands) {
            self.note(number, (at, length), what, before, cure);
            if let Some(damage) = self.found.damages.last_mut() {
                damage.commands = Some(commands);
            }
        }
        Ok(Some(length))
    }

    /// Lengthens the damage before by one frame, when that stands right before.
    fn joined(&mut self, number: u64, at: u64, length: u64, commands: u64) -> bool {
        let Some(last) = self.found.damages.last_mut() else {
            return false;
        };
        let Cure::Restore {
            segment, frames, ..
        } = &mut last.cure
        else {
            return false;
        };
        if *segment != number || last.offset.saturating_add(last.length) != at {
            return false;
        }
        *frames += 1;
        last.length += length;
        last.events = self.head.position.saturating_sub(last.first_seq);
        last.commands = last.commands.map(|before| before.saturating_add(commands));
        true
    }

    /// Nothing says what belongs here: goes on at the next whole frame, if there is one in this segment.
    fn resume(
        &mut self,
        number: u64,
        file: &Arc<dyn DiskFile>,
        at: u64,
        end: u64,
        what: &str,
    ) -> io::Result<Option<u64>> {
        let later = self.later(number);
        if end == at && later.is_none() {
            return Ok(None);
        }
        let mut scan = self.scan(file, at);
        let next = scan.find_later(at.saturating_add(8), self.head.frames)?;
        let Some(next) = next else {
            match later {
                None => {
                    let cure = Cure::Zero {
                        segment: number,
                        offset: at,
                        end,
                    };
                    let what = format!("an unfinished write at the end ({what})");
                    self.note(number, (at, end - at), &what, self.head, cure);
                }
                Some(after) => {
                    self.gap(number, (at, end.max(at + 1) - at), what, after);
                    self.lost = true;
                }
            }
            return Ok(None);
        };
        let mut scan = self.scan(file, next);
        if let Step::Frame(_, frame) = scan.step()? {
            let header = *frame.header();
            let after = Head {
                position: header.first_seq,
                frames: header.number,
                chain: header.previous,
            };
            self.gap(number, (at, next - at), what, after);
            self.head = after;
        }
        Ok(Some(next))
    }

    /// A segment's file as a whole is of no use, or missing.
    fn whole(&mut self, number: u64, old: Option<&Arc<dyn DiskFile>>, what: &str) {
        let start = self.head;
        let mut offset = FRAMES_START;
        let mut commands = 0_u64;
        let mut frames = 0;
        while self.later(number) != Some(self.head) && !self.reached() {
            let kept = || old.and_then(|file| self.kept(file, offset));
            let Some(frame) = self.plan.from_copy(&self.head).or_else(kept) else {
                break;
            };
            let length = frame.bytes().len() as u64;
            if offset.saturating_add(length) > self.plan.segment_bytes {
                break;
            }
            self.take(number, offset, &frame, false);
            offset = offset.saturating_add(length);
            commands = commands.saturating_add(frame.header().commands.into());
            frames += 1;
        }
        let complete = match self.later(number) {
            Some(later) => later == self.head,
            // Of the last segment nobody but the second copy knows how far it went.
            None => frames > 0,
        };
        let cure = match () {
            () if complete => Cure::Rebuild {
                segment: number,
                start,
                frames,
            },
            () if number > 0 && self.is_spare(number, old) => Cure::Remove { segment: number },
            () => Cure::Nothing,
        };
        let bytes = self.plan.segment_bytes;
        let end = self.head;
        self.note(number, (0, bytes), what, start, cure);
        if let Some(damage) = self.found.damages.last_mut() {
            damage.events = end.position.saturating_sub(start.position);
            damage.commands = Some(commands);
        }
        if cure == Cure::Nothing {
            if let (Some(damage), Some(later)) = (
                self.found.damages.last_mut(),
                self.starts
                    .get(number as usize + 1..)
                    .and_then(|rest| rest.iter().flatten().next()),
            ) {
                damage.events = later.position.saturating_sub(start.position);
                damage.commands = None;
            }
            self.lost = true;
        }
    }

    /// Whether a segment's file holds nothing but zeros and none follows it.
    fn is_spare(&self, number: u64, old: Option<&Arc<dyn DiskFile>>) -> bool {
        let blank =
            |file: &Arc<dyn DiskFile>| self.scan(file, 0).used_end(0).is_ok_and(|end| end == 0);
        self.later(number).is_none() && old.is_some_and(blank)
    }

    /// The frame that an old file still holds at an offset, when it belongs there.
    fn kept(&self, file: &Arc<dyn DiskFile>, offset: u64) -> Option<FrameBytes> {
        match self.scan(file, offset).step().ok()? {
            Step::Frame(_, frame) => follows(&self.head, &frame).then_some(frame),
            _ => None,
        }
    }

    fn take(&mut self, number: u64, at: u64, frame: &FrameBytes, whole: bool) {
        self.head = frame.head();
        if let (Ok(segment), Ok(offset)) = (u32::try_from(number), u32::try_from(at)) {
            (self.seen)(Location { segment, offset }, frame, whole);
        }
    }

    fn gap(&mut self, number: u64, place: (u64, u64), what: &str, after: Head) {
        self.note(number, place, what, self.head, Cure::Nothing);
        if let Some(damage) = self.found.damages.last_mut() {
            damage.events = after.position.saturating_sub(damage.first_seq);
        }
    }

    /// Notes damage; the events from `before` up to the head are concerned.
    fn note(&mut self, number: u64, place: (u64, u64), what: &str, before: Head, cure: Cure) {
        self.found.damages.push(Damage {
            file: segment::name(number),
            offset: place.0,
            length: place.1,
            what: what.to_owned(),
            first_seq: before.position,
            events: self.head.position.saturating_sub(before.position),
            commands: None,
            cure,
        });
    }

    fn scan(&self, file: &Arc<dyn DiskFile>, offset: u64) -> SegmentScan {
        let (file, length) = (Arc::clone(file), self.plan.segment_bytes);
        SegmentScan::new(file, length, offset, Check::Chain)
    }
}
