//! The trail for other programs: every stored event as far as something was known, written down one after the other.
//!
//! The journal alone is read, beside a running writer, and nothing is folded: what an export needs of memory grows with the
//! things of the ledger at most, not with its events.

use std::io::{self, Write};
use std::path::Path;

use chrono::{DateTime, NaiveDate, Utc};

use super::find::FindError;
use super::ledger::Options;
use super::open_error::LedgerError;
use crate::codec::decoder::{DecodeError, Decoder};
use crate::deal::event::Payload;
use crate::deal::value::when::When;
use crate::deal::value::zone::Zone;
use crate::export::EVENT_FORMATS;
use crate::export::events::{EventError, EventWriter, Told};
use crate::store::event_store::{EventStore, ReadError};
use crate::store::open;
use crate::store::recorded::Recorded;

/// About how many bytes are collected before they are handed on.
const PIECE_BYTES: usize = 256 << 10;

/// What was exported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exported {
    /// The ledger's name.
    pub origin: String,
    /// How many events: the first so many of the ledger.
    pub events: u64,
    /// How many bytes they take in this form.
    pub bytes: u64,
}

/// How far something was known.
#[derive(Debug, Clone, Copy)]
enum Until {
    Head,
    Position(u64),
    Moment(DateTime<Utc>),
    Day(NaiveDate),
}

impl Until {
    /// Reads a position, a moment (RFC 3339, inclusive) or a day (to its end).
    fn read(typed: &str) -> Result<Self, FindError> {
        let typed = typed.trim();
        if let Ok(day) = NaiveDate::parse_from_str(typed, "%Y-%m-%d") {
            return Ok(Self::Day(day));
        }
        if let Ok(moment) = DateTime::parse_from_rfc3339(typed) {
            return Ok(Self::Moment(moment.with_timezone(&Utc)));
        }
        let position = typed.parse().map(Self::Position);
        position.map_err(|_| FindError::NoMoment(typed.chars().take(60).collect()))
    }

    /// Whether an event was known by then. A batch was known as a whole or not at all.
    fn holds(self, stored: &Recorded, zone: Zone) -> bool {
        let batch = stored.batch();
        match self {
            Self::Head => true,
            Self::Position(position) => batch.first.saturating_add(batch.count.into()) <= position,
            Self::Moment(moment) => stored.recorded_at() <= moment,
            Self::Day(day) => zone.day_of(stored.recorded_at()) <= day,
        }
    }
}

/// Writes the events of a ledger in a form for other programs. `told` hears events done, of all.
///
/// # Errors
/// When there is no such form, the ledger is damaged before the place asked for, or `out` takes no more.
pub fn export(
    dir: &Path,
    options: &Options,
    (form, known_at): (&str, Option<&str>),
    out: &mut dyn Write,
    told: &mut dyn FnMut(u64, u64),
) -> Result<Exported, ExportingError> {
    let form = EVENT_FORMATS.iter().find(|one| one.name == form);
    let form = form.ok_or(ExportingError::Form)?;
    let until = known_at.map_or(Ok(Until::Head), Until::read)?;
    let opened = open::open_reader(dir, options.store()).map_err(LedgerError::from)?;
    let store = opened.events.as_ref();
    let position = store.head().position;
    if let Until::Position(wanted) = until
        && wanted > position
    {
        return Err(FindError::BeyondHead { wanted, position }.into());
    }
    let zone = zone(store)?;
    let mut piece = Piece {
        writer: (form.start)(&opened.file.origin),
        bytes: Vec::new(),
        handed_on: 0,
        out,
    };
    let events = piece.fill(store, (until, zone), &mut |done| told(done, position))?;
    let bytes = piece.end()?;
    Ok(Exported {
        origin: opened.file.origin,
        events,
        bytes,
    })
}

/// The zone in which recordings of this ledger become days.
fn zone(store: &dyn EventStore) -> Result<Zone, ExportingError> {
    let first = store.event(0)?.ok_or(ExportingError::NeverOpened)?;
    match Decoder::from_start().decode(&first)?.payload {
        Payload::LedgerOpened(opened) => Ok(opened.zone),
        _ => Err(ExportingError::NeverOpened),
    }
}

/// What is written and not handed on yet.
struct Piece<'a> {
    writer: Box<dyn EventWriter>,
    bytes: Vec<u8>,
    handed_on: u64,
    out: &'a mut dyn Write,
}

impl Piece<'_> {
    /// Writes every event that was known, and answers how many there are.
    fn fill(
        &mut self,
        store: &dyn EventStore,
        (until, zone): (Until, Zone),
        told: &mut dyn FnMut(u64),
    ) -> Result<u64, ExportingError> {
        self.writer.begin(&mut self.bytes);
        let mut events = 0_u64;
        let mut frames = store.read(0)?;
        // What stands behind the position asked for is not looked at, whole or damaged.
        while !matches!(until, Until::Position(position) if position <= events)
            && let Some(frame) = frames.next()
        {
            for stored in frame?.events() {
                if !until.holds(stored, zone) {
                    return Ok(events);
                }
                let recorded = zone.day_of(stored.recorded_at());
                let on = When::try_from(stored.on());
                let day = on.map_or(recorded, |on| on.latest_day(recorded));
                let event = Told { stored, day };
                self.writer.event(&event, &mut self.bytes)?;
                events = events.saturating_add(1);
            }
            if self.bytes.len() >= PIECE_BYTES {
                self.hand_on()?;
                told(events);
            }
        }
        Ok(events)
    }

    fn hand_on(&mut self) -> Result<(), ExportingError> {
        self.out
            .write_all(&self.bytes)
            .map_err(ExportingError::Output)?;
        self.handed_on = self.handed_on.saturating_add(self.bytes.len() as u64);
        self.bytes.clear();
        Ok(())
    }

    fn end(mut self) -> Result<u64, ExportingError> {
        self.writer.end(&mut self.bytes);
        self.hand_on()?;
        self.out.flush().map_err(ExportingError::Output)?;
        Ok(self.handed_on)
    }
}

/// Why nothing, or not everything, was exported.
#[derive(Debug, thiserror::Error)]
pub enum ExportingError {
    /// No such form.
    #[error("there is no such form of export")]
    Form,
    /// The place asked for cannot be found.
    #[error(transparent)]
    Place(#[from] FindError),
    /// The ledger cannot be opened.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The ledger has no first event.
    #[error("this ledger was never opened: it has no first entry")]
    NeverOpened,
    /// Stored events cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The first event cannot be read.
    #[error(transparent)]
    Event(#[from] DecodeError),
    /// An event cannot be written in this form.
    #[error(transparent)]
    Writing(#[from] EventError),
    /// The file or pipe takes no more.
    #[error("the export could not be written: {0}")]
    Output(io::Error),
}

impl ExportingError {
    /// Whether asking otherwise helps, as against damage and a system that refuses.
    #[must_use]
    pub fn is_refusal(&self) -> bool {
        match self {
            Self::Form | Self::Place(_) => true,
            Self::Ledger(error) => error.is_refusal(),
            _ => false,
        }
    }
}
