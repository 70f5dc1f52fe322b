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
use crate::deal::event::ledger_opened::LedgerOpened;
use crate::deal::value::when::When;
use crate::deal::value::zone::Zone;
use crate::export::EVENT_FORMATS;
use crate::export::events::{EventError, EventFormat, EventWriter, Told};
use crate::store::event_store::{EventStore, ReadError};
use crate::store::open;
use crate::store::recorded::{Recorded, RecordedError};

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

    /// Refuses a position that a ledger of so many events does not reach.
    fn is_within(self, position: u64) -> Result<(), FindError> {
        match self {
            Self::Position(wanted) if wanted > position => {
                Err(FindError::BeyondHead { wanted, position })
            }
            _ => Ok(()),
        }
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
    let (form, until) = asked(form, known_at)?;
    let opened = open::open_reader(dir, options.store()).map_err(LedgerError::from)?;
    let store = opened.events.as_ref();
    let position = store.head().position;
    until.is_within(position)?;
    let zone = zone(store)?;
    let mut exporting = Exporting::of(form, until, (&opened.file.origin, zone), out);
    exporting.fill(store, &mut |done| told(done, position))?;
    exporting.end()
}

fn asked(
    form: &str,
    known_at: Option<&str>,
) -> Result<(&'static EventFormat, Until), ExportingError> {
    let form = EVENT_FORMATS.iter().find(|one| one.name == form);
    let form = form.ok_or(ExportingError::Form)?;
    Ok((form, known_at.map_or(Ok(Until::Head), Until::read)?))
}

/// The zone in which recordings of this ledger become days.
fn zone(store: &dyn EventStore) -> Result<Zone, ExportingError> {
    let first = store.event(0)?.ok_or(ExportingError::NeverOpened)?;
    match Decoder::from_start().decode(&first)?.payload {
        Payload::LedgerOpened(opened) => Ok(opened.zone),
        _ => Err(ExportingError::NeverOpened),
    }
}

/// An export under way: events that come one by one, in order.
pub struct Exporting<'a> {
    origin: String,
    zone: Zone,
    until: Until,
    writer: Box<dyn EventWriter>,
    /// What is written and not handed on yet.
    bytes: Vec<u8>,
    events: u64,
    handed_on: u64,
    out: &'a mut dyn Write,
}

impl<'a> Exporting<'a> {
    /// Begins to export a ledger that has `position` events, as a service tells of it.
    ///
    /// # Errors
    /// When there is no such form, or nobody can have known what is asked for.
    pub fn begin(
        (form, known_at): (&str, Option<&str>),
        opened: &LedgerOpened,
        position: u64,
        out: &'a mut dyn Write,
    ) -> Result<Self, ExportingError> {
        let (form, until) = asked(form, known_at)?;
        until.is_within(position)?;
        Ok(Self::of(
            form,
            until,
            (opened.origin.as_str(), opened.zone),
            out,
        ))
    }

    fn of(
        form: &EventFormat,
        until: Until,
        (origin, zone): (&str, Zone),
        out: &'a mut dyn Write,
    ) -> Self {
        let (mut writer, mut bytes) = ((form.start)(origin), Vec::new());
        writer.begin(&mut bytes);
        Self {
            origin: origin.to_owned(),
            zone,
            until,
            writer,
            bytes,
            events: 0,
            handed_on: 0,
            out,
        }
    }

    /// Writes the next event, given as its stored bytes; `false` when it was not known by then, and so nothing after it.
    ///
    /// # Errors
    /// When the bytes are no event, it cannot be written in this form, or `out` takes no more.
    pub fn event(&mut self, bytes: &[u8]) -> Result<bool, ExportingError> {
        let written = self.write(&Recorded::parse(bytes.to_vec())?)?;
        if self.bytes.len() >= PIECE_BYTES {
            self.hand_on()?;
        }
        Ok(written)
    }

    fn write(&mut self, stored: &Recorded) -> Result<bool, ExportingError> {
        if !self.until.holds(stored, self.zone) {
            return Ok(false);
        }
        let recorded = self.zone.day_of(stored.recorded_at());
        let on = When::try_from(stored.on());
        let day = on.map_or(recorded, |on| on.latest_day(recorded));
        self.writer.event(&Told { stored, day }, &mut self.bytes)?;
        self.events = self.events.saturating_add(1);
        Ok(true)
    }

    /// Writes every event that was known.
    fn fill(
        &mut self,
        store: &dyn EventStore,
        told: &mut dyn FnMut(u64),
    ) -> Result<(), ExportingError> {
        let mut frames = store.read(0)?;
        // What stands behind the position asked for is not looked at, whole or damaged.
        while !self.has_all()
            && let Some(frame) = frames.next()
        {
            for stored in frame?.events() {
                if !self.write(stored)? {
                    return Ok(());
                }
            }
            if self.bytes.len() >= PIECE_BYTES {
                self.hand_on()?;
                told(self.events);
            }
        }
        Ok(())
    }

    /// Whether everything before the position asked for is written.
    #[must_use]
    pub fn has_all(&self) -> bool {
        matches!(self.until, Until::Position(position) if position <= self.events)
    }

    fn hand_on(&mut self) -> Result<(), ExportingError> {
        self.out
            .write_all(&self.bytes)
            .map_err(ExportingError::Output)?;
        self.handed_on = self.handed_on.saturating_add(self.bytes.len() as u64);
        self.bytes.clear();
        Ok(())
    }

    /// Writes what ends the form, and says what was exported.
    ///
    /// # Errors
    /// When `out` takes no more.
    pub fn end(mut self) -> Result<Exported, ExportingError> {
        self.writer.end(&mut self.bytes);
        self.hand_on()?;
        self.out.flush().map_err(ExportingError::Output)?;
        Ok(Exported {
            origin: self.origin,
            events: self.events,
            bytes: self.handed_on,
        })
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
    /// What a service handed out is no event.
    #[error(transparent)]
    NoEvent(#[from] RecordedError),
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
