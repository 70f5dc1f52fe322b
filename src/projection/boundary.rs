//! Which positions may be asked about, and which position a moment or a day means.
//!
//! A batch is recorded whole or not at all, so "as known at position K" never cuts one: K is taken
//! down to the nearest batch boundary.

use chrono::{DateTime, NaiveDate, Utc};

use super::Projection;
use super::bytes::with_sign;
use super::digest::StateDigest;
use super::save::{Loader, Saver};
use super::shared::List;
use crate::deal::event::{Batch, Event};
use crate::deal::value::zone::Zone;

/// The largest batch boundary at or below a position, from the batch of the event just before it.
///
/// Position K means the first K events; position 0 is a boundary of its own and has no such event.
#[must_use]
pub fn snapped(position: u64, batch: Batch) -> u64 {
    if batch.end() <= position {
        position
    } else {
        batch.first.min(position)
    }
}

/// One batch: where it begins and ends, and when it was recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Mark {
    first: u64,
    end: u64,
    at: DateTime<Utc>,
}

impl Mark {
    fn load(loader: &mut Loader<'_>) -> Option<Self> {
        let [first, end, seconds, nanos] = loader.numbers()?;
        let at = DateTime::from_timestamp(with_sign(seconds), u32::try_from(nanos).ok()?)?;
        Some(Self { first, end, at })
    }
}

/// The batch boundaries of the ledger with the moment of each.
#[derive(Debug, Clone, Default)]
pub struct Boundaries {
    marks: List<Mark>,
    position: u64,
}

impl Boundaries {
    /// The largest batch boundary at or below a position. A position above the head means the head.
    #[must_use]
    pub fn snap(&self, position: u64) -> u64 {
        let position = position.min(self.position);
        let before = self.marks.partition_point(|mark| mark.first < position);
        match before.checked_sub(1).and_then(|last| self.marks.get(last)) {
            Some(mark) if mark.end > position => mark.first,
            _ => position,
        }
    }

    /// The position of the last whole batch.
    #[must_use]
    pub fn head(&self) -> u64 {
        self.snap(self.position)
    }

    /// What was known at a moment: all events recorded at that moment or before it.
    #[must_use]
    pub fn known_at(&self, moment: DateTime<Utc>) -> u64 {
        self.known_while(|at| at <= moment)
    }

    /// What was known at the end of a civil day of the agency's zone.
    #[must_use]
    pub fn known_on(&self, day: NaiveDate, zone: Zone) -> u64 {
        match zone.end_of(day) {
            Some(after) => self.known_while(|at| at < after),
            None => self.head(),
        }
    }

    /// When the event just before a position was recorded; `None` at position 0 and above the head.
    #[must_use]
    pub fn recorded_at(&self, position: u64) -> Option<DateTime<Utc>> {
        if position > self.position {
            return None;
        }
        let before = self.marks.partition_point(|mark| mark.first < position);
        let mark = self.marks.get(before.checked_sub(1)?)?;
        Some(mark.at)
    }

    /// The boundaries as they were known at a position, which is one of them.
    #[must_use]
    pub fn until(&self, position: u64) -> Self {
        let before = self.marks.partition_point(|mark| mark.first < position);
        Self {
            marks: self.marks.prefix(before),
            position: position.min(self.position),
        }
    }

    /// Writes the boundaries down.
    pub(super) fn save(&self, saver: &mut Saver<'_>) {
        saver.number(self.position);
        saver.number(self.marks.len() as u64);
        for mark in self.marks.iter() {
            saver.number(mark.first);
            saver.number(mark.end);
            saver.signed(mark.at.timestamp());
            saver.number(mark.at.timestamp_subsec_nanos().into());
        }
    }

    /// The boundaries that were written down.
    pub(super) fn load(loader: &mut Loader<'_>) -> Option<Self> {
        let position = loader.number()?;
        let count = loader.number()?;
        let marks: List<Mark> = (0..count).map_while(|_| Mark::load(loader)).collect();
        (marks.len() as u64 == count).then_some(Self { marks, position })
    }

    fn known_while(&self, known: impl Fn(DateTime<Utc>) -> bool) -> u64 {
        let known = self.marks.partition_point(|mark| known(mark.at));
        let next = self
            .marks
            .get(known)
            .map_or(self.position, |mark| mark.first);
        self.snap(next)
    }
}

impl Projection for Boundaries {
    fn name(&self) -> &'static str {
        "boundaries"
    }

    fn version(&self) -> u32 {
        1
    }

    fn apply(&mut self, event: &Event) {
        let seq = self.position;
        self.position = seq.saturating_add(1);
        let last = self.marks.last();
        // Recorded moments never run backwards; should they, the later one holds, so that what was
        // known at a moment stays a beginning of the ledger.
        let at = last.map_or(event.recorded_at, |mark| mark.at.max(event.recorded_at));
        if last.is_none_or(|mark| mark.end <= seq) {
            let end = event.batch.end().max(self.position);
            self.marks.push(Mark {
                first: seq,
                end,
                at,
            });
        }
    }

    fn position(&self) -> u64 {
        self.position
    }

    fn digest(&self) -> [u8; 32] {
        let mut digest = StateDigest::of(self.name(), self.version());
        digest.number(self.position);
        digest.count(self.marks.len());
        for mark in self.marks.iter() {
            digest.number(mark.first);
            digest.number(mark.end);
            digest.json(&mark.at);
        }
        digest.finish()
    }
}
