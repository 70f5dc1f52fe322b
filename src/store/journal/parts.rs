//! What was proved of each event of a large frame, so that one of them can be read again without the rest.
//!
//! A frame has one checksum over all its bytes. Whoever proved it once keeps a checksum an event beside it, in memory: from then
//! on an event is read by itself and held to its own. Bytes that are not the ones proved are never given; the whole frame is
//! asked then, and with it its other copies, as if nothing had been kept.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use serde::Deserialize;

use crate::store::frame::{FrameBytes, HEADER_BYTES};
use crate::store::journal::disk::fill_at;
use crate::store::journal::files::{JournalFiles, Location};
use crate::store::sabotage::{self, Sabotage};
use crate::store::slice::Slice;

/// Frames below this many bytes are read whole: reading less of them saves nothing.
const LARGE: usize = 4 << 10;
/// How many events each of the two generations is kept for, 8 bytes each; a frame counts as some more.
const ROOM: usize = 512 << 10;
/// What a frame takes beside its events, in events.
const FRAME: usize = 16;

/// One event of a proved frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Part {
    /// CRC32C of its bytes.
    checksum: u32,
    /// Its length: an event has at most 65,535 bytes.
    bytes: u16,
    /// Sixteen bits of a hash of its stream's name. A wrong "may be" costs the reading of one event.
    stream: u16,
}

/// The events of one proved frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parts {
    number: u64,
    first_seq: u64,
    events: Box<[Part]>,
}

/// The one field of a stored event that says where it belongs.
#[derive(Deserialize)]
struct Belonging<'a> {
    #[serde(borrow)]
    stream: Cow<'a, str>,
}

impl Parts {
    /// The events of a proved frame; `None` when it is small, or when one of its events is none.
    pub fn of(frame: &FrameBytes) -> Option<Self> {
        if frame.bytes().len() < LARGE {
            return None;
        }
        let part = |slice: Slice| {
            let belonging: Belonging<'_> = serde_json::from_slice(&slice).ok()?;
            Some(Part {
                checksum: crc32c::crc32c(&slice),
                bytes: u16::try_from(slice.len()).ok()?,
                stream: tag(&belonging.stream),
            })
        };
        let events: Option<Box<[Part]>> = frame.events().ok()?.into_iter().map(part).collect();
        Some(Self {
            number: frame.header().number,
            first_seq: frame.header().first_seq,
            events: events?,
        })
    }

    /// The places in the frame of the events that may be of a stream.
    pub fn of_stream(&self, stream: &str) -> Vec<usize> {
        let wanted = tag(stream);
        let events = self.events.iter().enumerate();
        let may_be = events.filter(|(_, part)| part.stream == wanted);
        may_be.map(|(place, _)| place).collect()
    }

    /// The place in the frame of an event.
    pub fn of_event(&self, seq: u64) -> Vec<usize> {
        let place = seq.checked_sub(self.first_seq);
        let place = place.and_then(|place| usize::try_from(place).ok());
        place.into_iter().collect()
    }

    /// The events at these places, in order, read from a frame at `at`; `None` when one is not what was proved.
    fn read(&self, files: &JournalFiles, at: Location, places: &[usize]) -> Option<Vec<Slice>> {
        let file = files.file(at.segment.into()).ok()?;
        let mut found = Vec::with_capacity(places.len());
        let mut offset = (HEADER_BYTES + 4 * self.events.len()) as u64 + u64::from(at.offset);
        let mut before = 0;
        for run in places.chunk_by(|one, next| one.checked_add(1) == Some(*next)) {
            let (first, count) = (*run.first()?, run.len());
            offset += length(self.events.get(before..first)?);
            let parts = self.events.get(first..first.checked_add(count)?)?;
            let bytes = length(parts);
            let mut buffer = vec![0; usize::try_from(bytes).ok()?];
            fill_at(file.as_ref(), &mut buffer, offset).ok()?;
            let buffer = Slice::from(buffer);
            let mut begin = 0;
            for part in parts {
                let end = begin + usize::from(part.bytes);
                let event = buffer.sub(begin..end)?;
                let is_proved = crc32c::crc32c(&event) == part.checksum;
                if !is_proved && !sabotage::is(Sabotage::NoChecksum) {
                    return None;
                }
                found.push(event);
                begin = end;
            }
            offset += bytes;
            before = first + count;
        }
        Some(found)
    }
}

fn length(parts: &[Part]) -> u64 {
    parts.iter().map(|part| u64::from(part.bytes)).sum()
}

fn tag(stream: &str) -> u16 {
    crc32c::crc32c(stream.as_bytes()) as u16
}

/// The parts of frames that were read before, by where they stand.
#[derive(Debug, Default)]
pub struct KnownParts(Mutex<Shelves>);

type Shelf = BTreeMap<Location, Arc<Parts>>;

/// Two generations: when the young one is full it becomes the old one, and what nobody asked for meanwhile goes.
#[derive(Debug, Default)]
struct Shelves {
    young: Shelf,
    old: Shelf,
    events: usize,
}

impl KnownParts {
    /// Events of the frame at `at`, which holds event `seq` or stands at that position, by themselves; `None` when its parts
    /// are not known or the bytes there are not those that were proved. `choose` gives the places in the frame, in order.
    pub fn read(
        &self,
        files: &JournalFiles,
        (at, number, seq): (Location, Option<u64>, u64),
        choose: impl Fn(&Parts) -> Vec<usize>,
    ) -> Option<Vec<Slice>> {
        let parts = self.at(at)?;
        let end = parts.first_seq.saturating_add(parts.events.len() as u64);
        let is_it = number.is_none_or(|number| number == parts.number);
        if !is_it || !(parts.first_seq..=end).contains(&seq) {
            return None;
        }
        parts.read(files, at, &choose(&parts))
    }

    /// Keeps the parts of a frame that was proved.
    pub fn keep(&self, at: Location, frame: &FrameBytes) {
        if let Some(parts) = Parts::of(frame) {
            self.shelves().put(at, Arc::new(parts));
        }
    }

    fn at(&self, at: Location) -> Option<Arc<Parts>> {
        let mut shelves = self.shelves();
        if let Some(parts) = shelves.young.get(&at) {
            return Some(Arc::clone(parts));
        }
        let parts = shelves.old.remove(&at)?;
        shelves.put(at, Arc::clone(&parts));
        Some(parts)
    }

    /// Whatever stands in a shelf is whole, and both may be lost.
    fn shelves(&self) -> std::sync::MutexGuard<'_, Shelves> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Shelves {
    fn put(&mut self, at: Location, parts: Arc<Parts>) {
        let weight = |parts: &Parts| parts.events.len().saturating_add(FRAME);
        let count = weight(&parts);
        if self.events.saturating_add(count) > ROOM {
            self.old = std::mem::take(&mut self.young);
            self.events = 0;
        }
        self.events = self.events.saturating_add(count);
        if let Some(before) = self.young.insert(at, parts) {
            self.events = self.events.saturating_sub(weight(&before));
        }
    }
}

#[cfg(test)]
mod tests;
