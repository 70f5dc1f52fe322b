//! The frames of a journal, given by number: what one of two journals has lost, the other supplies.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use uuid::Uuid;

use crate::store::event_store::Source;
use crate::store::frame::{Check, FrameBytes};
use crate::store::journal::disk::{Disk, fill_at};
use crate::store::journal::files::SegmentStart;
use crate::store::journal::frames::SecondCopy;
use crate::store::journal::scan::{SegmentScan, Step};
use crate::store::journal::segment::{self, Stamp};
use crate::store::slice::Slice;

/// A journal whose frames can be asked for, whatever else of it is damaged or missing.
pub struct JournalCopy {
    disk: Arc<dyn Disk>,
    dir: PathBuf,
    segment_bytes: u64,
    used: Vec<SegmentStart>,
    /// Frames are mostly asked for in order: where the last one was found, and the number of the next.
    place: Mutex<Option<(u64, u64, SegmentScan)>>,
}

impl JournalCopy {
    /// Looks at the headers of a ledger's segments. Those that are damaged or of another ledger give no frames.
    ///
    /// # Errors
    /// When the directory cannot be listed.
    pub fn open(
        dir: &Path,
        disk: &Arc<dyn Disk>,
        ledger: Uuid,
        segment_bytes: u64,
    ) -> io::Result<Self> {
        let names = match disk.list(&dir.join(segment::DIRECTORY)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            other => other?,
        };
        let mut numbers: Vec<u64> = names
            .iter()
            .filter_map(|name| segment::number_of(name))
            .collect();
        numbers.sort_unstable();
        let mut used = Vec::new();
        for number in numbers {
            if let Some(start) = start_of(disk.as_ref(), dir, number, ledger, segment_bytes) {
                used.push(start);
            }
        }
        Ok(Self {
            disk: Arc::clone(disk),
            dir: dir.to_owned(),
            segment_bytes,
            used,
            place: Mutex::new(None),
        })
    }

    /// The segments whose headers are whole, in order.
    pub fn used(&self) -> &[SegmentStart] {
        &self.used
    }

    /// The number of a whole frame from `number` on, if there is one: in order or behind damage.
    ///
    /// # Errors
    /// When a segment cannot be read.
    pub fn any_from(&self, number: u64) -> io::Result<Option<u64>> {
        let first = self.used.partition_point(|one| one.start.frames <= number);
        for one in self.used.get(first.saturating_sub(1)..).unwrap_or_default() {
            let mut scan = self.scan(one.number)?;
            loop {
                let at = match scan.step()? {
                    Step::Frame(_, frame) if frame.header().number >= number => {
                        return Ok(Some(frame.header().number));
                    }
                    Step::Frame(..) => continue,
                    Step::End(at) | Step::Bad(at, _) => at,
                };
                // Nearly always there are but zeros behind, which tells fast.
                if scan.used_end(at)? == at {
                    break;
                }
                match scan.find_later(at.saturating_add(8), number.saturating_sub(1))? {
                    Some(found) => scan.skip_to(found),
                    None => break,
                }
            }
        }
        Ok(None)
    }

    /// The frame that holds event `seq`, or frame `number` where that is known.
    pub fn of_event(&self, number: Option<u64>, seq: u64) -> Option<Vec<u8>> {
        if let Some(number) = number {
            return self.find(number).ok()?;
        }
        let after = self.used.partition_point(|one| one.start.position <= seq);
        let mut scan = self
            .scan(self.used.get(after.checked_sub(1)?)?.number)
            .ok()?;
        while let Step::Frame(_, frame) = scan.step().ok()? {
            let header = frame.header();
            if header.first_seq <= seq && seq < header.end_seq() {
                return Some(frame.bytes().to_vec());
            }
        }
        None
    }

    fn scan(&self, number: u64) -> io::Result<SegmentScan> {
        let file = self.disk.open(&segment::path(&self.dir, number), false)?;
        let length = self.segment_bytes;
        Ok(SegmentScan::new(
            file,
            length,
            segment::FRAMES_START,
            Check::Checksum,
        ))
    }

    fn find(&self, number: u64) -> io::Result<Option<Vec<u8>>> {
        let after = self.used.partition_point(|one| one.start.frames <= number);
        let Some(one) = after.checked_sub(1).and_then(|place| self.used.get(place)) else {
            return Ok(None);
        };
        let mut place = self.place.lock().unwrap_or_else(PoisonError::into_inner);
        let mut scan = match place.take() {
            Some((segment, next, scan)) if segment == one.number && next <= number => scan,
            _ => self.scan(one.number)?,
        };
        loop {
            let at = match scan.step()? {
                Step::Frame(_, frame) => {
                    let found = frame.header().number;
                    if found < number {
                        continue;
                    }
                    if found > number {
                        return Ok(None);
                    }
                    let bytes = frame.bytes().to_vec();
                    *place = Some((one.number, number.saturating_add(1), scan));
                    return Ok(Some(bytes));
                }
                Step::End(at) => at,
                Step::Bad(at, _) => at,
            };
            if scan.used_end(at)? == at {
                return Ok(None);
            }
            match scan.find_later(at.saturating_add(8), number.saturating_sub(1))? {
                Some(found) => scan.skip_to(found),
                None => return Ok(None),
            }
        }
    }
}

impl SecondCopy for JournalCopy {
    fn frame(&self, number: u64, _first_seq: u64) -> Option<Vec<u8>> {
        self.find(number).ok()?
    }

    fn source(&self) -> Source {
        Source::Mirror
    }

    fn makes_segments_anew(&self) -> bool {
        true
    }
}

/// Several copies, asked one after the other.
pub struct Copies(Vec<Arc<dyn SecondCopy>>);

impl Copies {
    /// These, in this order.
    pub fn new(copies: Vec<Arc<dyn SecondCopy>>) -> Self {
        Self(copies)
    }
}

impl SecondCopy for Copies {
    fn frame(&self, number: u64, first_seq: u64) -> Option<Vec<u8>> {
        self.frame_from(number, first_seq).map(|(bytes, _)| bytes)
    }

    fn frame_from(&self, number: u64, first_seq: u64) -> Option<(Vec<u8>, Source)> {
        let is_whole = |(bytes, _): &(Vec<u8>, Source)| {
            let frame = FrameBytes::decode(Slice::from(bytes.clone()), Check::Chain);
            frame.is_ok_and(|frame| frame.header().number == number)
        };
        self.0
            .iter()
            .find_map(|copy| copy.frame_from(number, first_seq).filter(is_whole))
    }

    fn makes_segments_anew(&self) -> bool {
        self.0.iter().any(|copy| copy.makes_segments_anew())
    }
}

/// The start of a used segment, from its header or, when that is damaged, from its first frame.
fn start_of(
    disk: &dyn Disk,
    dir: &Path,
    number: u64,
    ledger: Uuid,
    segment_bytes: u64,
) -> Option<SegmentStart> {
    let file = disk.open(&segment::path(dir, number), false).ok()?;
    let mut bytes = vec![0; segment::FRAMES_START as usize];
    fill_at(file.as_ref(), &mut bytes, 0).ok()?;
    match Stamp::parse(&bytes) {
        Stamp::Used(header) if header.ledger == ledger && header.number == number => {
            Some(SegmentStart {
                number,
                start: header.start,
            })
        }
        Stamp::Damaged => {
            let mut scan =
                SegmentScan::new(file, segment_bytes, segment::FRAMES_START, Check::Checksum);
            let Step::Frame(_, frame) = scan.step().ok()? else {
                return None;
            };
            let header = frame.header();
            let start = crate::store::head::Head {
                position: header.first_seq,
                frames: header.number,
                chain: header.previous,
            };
            Some(SegmentStart { number, start })
        }
        _ => None,
    }
}
