//! Events packed into some two hundred bytes, so that a million of them fit in memory.
//!
//! An event read from the ledger takes well over a kilobyte of small objects. Packed it is its data and sources as JSON in
//! short and some forty bytes of envelope. Unpacking gives the event back as it was, through the same decoder of data that
//! reads the ledger. The largest part of it, the body, depends on the event alone, so that it can be made on any thread before the event is taken in.

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use serde::Serialize;
use uuid::Uuid;

use super::brief::shorten;
use super::words::Words;
use crate::deal::event::payload_error::PayloadError;
use crate::deal::event::{Event, Kind, Payload};
use crate::deal::value::ids::{KnownBy, Ref};
use crate::projection::bytes::{number, signed, text};

/// Which of the ways an actor is known by, in the two lowest bits.
pub(super) const KNOWN_BY: u8 = 0b11;
/// The command's id is a UUID, not a text.
pub(super) const COMMAND_IS_ID: u8 = 1 << 2;
/// The event's id begins with the millisecond it was recorded in, which is left out.
pub(super) const TIMED: u8 = 1 << 3;
/// So does the command's.
pub(super) const COMMAND_IS_TIMED: u8 = 1 << 4;
/// The moment has whole microseconds and fits seven bytes.
pub(super) const MICROSECONDS: u8 = 1 << 5;
/// The data are of the version this program writes.
pub(super) const NEWEST: u8 = 1 << 6;
/// The event was set aside for a reason that reading its data does not give again.
pub(super) const SET_ASIDE: u8 = 1 << 7;

/// The bodies of several events, packed ahead of whoever takes them in.
#[derive(Debug, Clone, Default)]
pub struct Packed {
    bytes: Vec<u8>,
    ends: Vec<(usize, Option<Box<Corrected>>)>,
}

/// The body of one packed event.
#[derive(Debug, Clone, Copy)]
pub struct Body<'a> {
    bytes: &'a [u8],
    /// What a correction makes of its fact; `None` for other events, and when that cannot be read.
    pub(super) corrected: Option<&'a Corrected>,
}

/// What a correction makes of the fact it names, as far as whoever takes it in has to know.
#[derive(Debug, Clone)]
pub(super) struct Corrected {
    /// The kind it says the fact is of.
    pub(super) kind: Option<Kind>,
    /// The reference it gives, when it corrects a registration.
    pub(super) reference: Option<Ref>,
}

impl Corrected {
    fn of(payload: &Payload) -> Option<Box<Self>> {
        let Payload::FactCorrected(data) = payload else {
            return None;
        };
        let now = &data.now;
        let payload = Payload::from_map(&now.kind, now.v, now.data.clone()).ok()?;
        Some(Box::new(Self {
            kind: payload.kind(),
            reference: payload.reference().cloned(),
        }))
    }
}

impl Packed {
    /// Packs these events.
    pub fn of<'a>(events: impl IntoIterator<Item = &'a Event>) -> Self {
        let mut packed = Self::default();
        let mut json = Vec::new();
        for event in events {
            body(event, &mut json, &mut packed.bytes);
            let corrected = Corrected::of(&event.payload);
            packed.ends.push((packed.bytes.len(), corrected));
        }
        packed
    }

    /// The bodies in order.
    pub fn iter(&self) -> impl Iterator<Item = Body<'_>> {
        let ends = self.ends.iter().map(|(end, _)| *end);
        let spans = [0].into_iter().chain(ends).zip(&self.ends);
        spans.map(|(start, (end, corrected))| Body {
            bytes: self.bytes.get(start..*end).unwrap_or_default(),
            corrected: corrected.as_deref(),
        })
    }
}

/// Writes a packed event whose body is made; its stream and version are known by where it is kept.
pub(super) fn pack(event: &Event, body: Body<'_>, words: &mut Words, out: &mut Vec<u8>) {
    let kind = words.number(event.payload.kind_name(), event.seq);
    let actor = words.number(event.actor.id.as_str(), event.seq);
    number(out, event.seq);
    number(out, kind);
    number(out, actor);
    out.extend_from_slice(body.bytes);
}

fn body(event: &Event, json: &mut Vec<u8>, out: &mut Vec<u8>) {
    let at = event.recorded_at;
    let moment = millisecond(at);
    let mut flags = match event.actor.known_by {
        KnownBy::Token => 0,
        KnownBy::LocalClaim => 1,
        KnownBy::System => 2,
    };
    let timed = |id: &Uuid| id.as_bytes().starts_with(&moment);
    let id = event.id.uuid();
    let command = written_id(event.command.as_str());
    let micros = whole_micros(at);
    let (unknown, v) = match &event.payload {
        Payload::Unknown(unknown) => (Some(unknown), unknown.v),
        known => (None, known.kind().map_or(0, Kind::version)),
    };
    let set_aside = unknown.filter(|unknown| {
        Payload::decode_or_keep(&unknown.kind, unknown.v, &unknown.data) != event.payload
    });
    for (flag, holds) in [
        (COMMAND_IS_ID, command.is_some()),
        (TIMED, timed(&id)),
        (COMMAND_IS_TIMED, command.as_ref().is_some_and(timed)),
        (MICROSECONDS, micros.is_some()),
        (NEWEST, unknown.is_none()),
        (SET_ASIDE, set_aside.is_some()),
    ] {
        if holds {
            flags |= flag;
        }
    }
    out.push(flags);
    match micros {
        Some(micros) => out.extend_from_slice(&micros),
        None => {
            signed(out, at.timestamp());
            number(out, at.timestamp_subsec_nanos().into());
        }
    }
    put_id(&id, flags & TIMED != 0, out);
    match &command {
        Some(command) => put_id(command, flags & COMMAND_IS_TIMED != 0, out),
        None => text(out, event.command.as_str()),
    }
    let days = |day: NaiveDate| i64::from(day.num_days_from_ce());
    signed(out, days(event.day).wrapping_sub(days(at.date_naive())));
    number(out, event.seq.wrapping_sub(event.batch.first));
    number(out, event.batch.count);
    if unknown.is_some() {
        number(out, v.into());
    }
    if let Some(unknown) = set_aside {
        text(out, &reason(&unknown.why));
    }
    shorten(event.on.as_str().as_bytes(), out);
    json.clear();
    if !event.sources.is_empty() {
        put_json(event.sources.as_slice(), json);
    }
    shorten(json, out);
    // PANIC: the types of payloads hold nothing that JSON cannot: codec::envelope writes each of them too.
    let data = event.payload.to_json().expect("a payload is JSON");
    shorten(data.as_bytes(), out);
}

/// The first bytes of an id that was made in the millisecond of a moment.
pub(super) fn millisecond(at: DateTime<Utc>) -> [u8; 6] {
    let [_, _, bytes @ ..] = at.timestamp_millis().to_be_bytes();
    bytes
}

/// A moment in seven bytes, when it fits them.
fn whole_micros(at: DateTime<Utc>) -> Option<[u8; 7]> {
    let whole = at.timestamp_subsec_nanos().is_multiple_of(1_000);
    let micros = u64::try_from(at.timestamp_micros()).ok()?;
    let [bytes @ .., 0] = micros.to_le_bytes() else {
        return None;
    };
    whole.then_some(bytes)
}

/// The id that a text is, when it would be written just so.
fn written_id(text: &str) -> Option<Uuid> {
    let id = Uuid::try_parse(text).ok()?;
    let mut hyphenated = Uuid::encode_buffer();
    (id.hyphenated().encode_lower(&mut hyphenated) == text).then_some(id)
}

fn put_id(id: &Uuid, timed: bool, out: &mut Vec<u8>) {
    let left_out = if timed { 6 } else { 0 };
    out.extend(id.as_bytes().iter().skip(left_out));
}

fn put_json(value: &(impl Serialize + ?Sized), out: &mut Vec<u8>) {
    // PANIC: as for payloads; and memory takes whatever is written.
    serde_json::to_writer(out, value).expect("sources are JSON");
}

fn reason(why: &PayloadError) -> String {
    match why {
        PayloadError::Malformed { reason, .. } => reason.clone(),
        other => other.to_string(),
    }
}
