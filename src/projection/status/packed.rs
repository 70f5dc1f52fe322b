//! Events packed into some two hundred bytes, so that a million of them fit in memory.
//!
//! An event read from the ledger takes well over a kilobyte of small objects. Packed it is its data and sources as JSON in
//! short and some forty bytes of envelope. Unpacking gives the event back as it was, through the same decoder of data that
//! reads the ledger. The largest part of it, the body, depends on the event alone, so that it can be made on any thread before the event is taken in.

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::brief::{lengthened, shorten, skip};
use super::words::Words;
use crate::deal::event::payload_error::PayloadError;
use crate::deal::event::{Batch, Event, Kind, Payload, Unknown};
use crate::deal::value::ids::{Actor, ActorId, CommandId, EventId, KnownBy, StreamId};
use crate::deal::value::source::Source;
use crate::deal::value::when::When;
use crate::projection::bytes::{Cursor, number, signed, text};

/// Which of the ways an actor is known by, in the two lowest bits.
const KNOWN_BY: u8 = 0b11;
/// The command's id is a UUID, not a text.
const COMMAND_IS_ID: u8 = 1 << 2;
/// The event's id begins with the millisecond it was recorded in, which is left out.
const TIMED: u8 = 1 << 3;
/// So does the command's.
const COMMAND_IS_TIMED: u8 = 1 << 4;
/// The moment has whole microseconds and fits seven bytes.
const MICROSECONDS: u8 = 1 << 5;
/// The data are of the version this program writes.
const NEWEST: u8 = 1 << 6;
/// The event was set aside for a reason that reading its data does not give again.
const SET_ASIDE: u8 = 1 << 7;

/// The bodies of several events, packed ahead of whoever takes them in.
#[derive(Debug, Clone, Default)]
pub struct Packed {
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

/// The body of one packed event.
#[derive(Debug, Clone, Copy)]
pub struct Body<'a>(&'a [u8]);

impl Packed {
    /// Packs these events.
    pub fn of<'a>(events: impl IntoIterator<Item = &'a Event>) -> Self {
        let mut packed = Self::default();
        let mut json = Vec::new();
        for event in events {
            body(event, &mut json, &mut packed.bytes);
            packed.ends.push(packed.bytes.len());
        }
        packed
    }

    /// The bodies in order.
    pub fn iter(&self) -> impl Iterator<Item = Body<'_>> {
        let starts = [0].into_iter().chain(self.ends.iter().copied());
        let spans = starts.zip(&self.ends);
        spans.map(|(start, end)| Body(self.bytes.get(start..*end).unwrap_or_default()))
    }
}

/// Writes a packed event whose body is made; its stream and version are known by where it is kept.
pub(super) fn pack(event: &Event, body: Body<'_>, words: &mut Words, out: &mut Vec<u8>) {
    let kind = words.number(event.payload.kind_name(), event.seq);
    let actor = words.number(event.actor.id.as_str(), event.seq);
    number(out, event.seq);
    number(out, kind);
    number(out, actor);
    out.extend_from_slice(body.0);
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
        put_json(&event.sources, json);
    }
    shorten(json, out);
    // PANIC: the types of payloads hold nothing that JSON cannot: codec::envelope writes each of them too.
    let data = event.payload.to_json().expect("a payload is JSON");
    shorten(data.as_bytes(), out);
}

/// The first bytes of an id that was made in the millisecond of a moment.
fn millisecond(at: DateTime<Utc>) -> [u8; 6] {
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

fn put_json(value: &impl Serialize, out: &mut Vec<u8>) {
    // PANIC: as for payloads; and memory takes whatever is written.
    serde_json::to_writer(out, value).expect("sources are JSON");
}

fn reason(why: &PayloadError) -> String {
    match why {
        PayloadError::Malformed { reason, .. } => reason.clone(),
        other => other.to_string(),
    }
}

/// What stands before the texts of a packed event.
struct Envelope {
    seq: u64,
    kind: u64,
    actor: u64,
    flags: u8,
    recorded_at: DateTime<Utc>,
    id: EventId,
}

/// The seq of a packed event.
#[must_use]
pub(super) fn seq_of(packed: &[u8]) -> Option<u64> {
    Cursor::new(packed).number()
}

/// The id of a packed event.
#[must_use]
pub(super) fn id_of(packed: &[u8]) -> Option<EventId> {
    envelope(&mut Cursor::new(packed)).map(|envelope| envelope.id)
}

/// The number of a packed event's kind.
#[must_use]
pub(super) fn kind_of(packed: &[u8]) -> Option<u64> {
    let mut cursor = Cursor::new(packed);
    cursor.number()?;
    cursor.number()
}

/// The data of a packed event that reads, as JSON.
#[must_use]
pub(super) fn data_of(packed: &[u8]) -> Option<String> {
    let mut cursor = Cursor::new(packed);
    let envelope = envelope(&mut cursor)?;
    if envelope.flags & SET_ASIDE != 0 {
        return None;
    }
    command(&mut cursor, &envelope)?;
    cursor.signed()?;
    cursor.number()?;
    cursor.number()?;
    if envelope.flags & NEWEST == 0 {
        cursor.number()?;
    }
    let mut texts = cursor.rest();
    skip(&mut texts)?;
    skip(&mut texts)?;
    lengthened(&mut texts)
}

/// The one thing that the data of every amendment name.
#[derive(Deserialize)]
struct Target {
    fact: EventId,
}

/// The fact that a packed event amends, if it is an amendment that reads.
#[must_use]
pub(super) fn target_of(packed: &[u8]) -> Option<EventId> {
    let target: Target = serde_json::from_str(&data_of(packed)?).ok()?;
    Some(target.fact)
}

/// What a packed event says.
#[must_use]
pub(super) fn payload_of(packed: &[u8], words: &Words) -> Option<Payload> {
    let mut cursor = Cursor::new(packed);
    let envelope = envelope(&mut cursor)?;
    command(&mut cursor, &envelope)?;
    // Its day and its batch.
    cursor.signed()?;
    cursor.number()?;
    cursor.number()?;
    let kind = words.get(envelope.kind)?;
    let (v, set_aside) = form(&mut cursor, &envelope, kind)?;
    let mut texts = cursor.rest();
    skip(&mut texts)?;
    skip(&mut texts)?;
    payload(kind, v, lengthened(&mut texts)?, set_aside)
}

/// The version of the data, and why they were set aside if they were.
fn form(cursor: &mut Cursor<'_>, envelope: &Envelope, kind: &str) -> Option<(u32, Option<String>)> {
    let v = match envelope.flags & NEWEST {
        0 => u32::try_from(cursor.number()?).ok()?,
        _ => Kind::of(kind)?.version(),
    };
    let set_aside = match envelope.flags & SET_ASIDE {
        0 => None,
        _ => Some(cursor.text()?.to_owned()),
    };
    Some((v, set_aside))
}

fn envelope(cursor: &mut Cursor<'_>) -> Option<Envelope> {
    let (seq, kind, actor) = (cursor.number()?, cursor.number()?, cursor.number()?);
    let flags = cursor.byte()?;
    let recorded_at = match flags & MICROSECONDS {
        0 => {
            let seconds = cursor.signed()?;
            DateTime::from_timestamp(seconds, u32::try_from(cursor.number()?).ok()?)?
        }
        _ => {
            let mut micros = [0; 8];
            let (low, _) = micros.split_at_mut(7);
            low.copy_from_slice(cursor.take(7)?);
            DateTime::from_timestamp_micros(i64::from_le_bytes(micros))?
        }
    };
    let id = id(cursor, flags & TIMED != 0, recorded_at)?;
    Some(Envelope {
        seq,
        kind,
        actor,
        flags,
        recorded_at,
        id: EventId::new(id),
    })
}

fn id(cursor: &mut Cursor<'_>, timed: bool, recorded_at: DateTime<Utc>) -> Option<Uuid> {
    if !timed {
        return Uuid::from_slice(cursor.take(16)?).ok();
    }
    let mut bytes = [0; 16];
    let (first, rest) = bytes.split_at_mut(6);
    first.copy_from_slice(&millisecond(recorded_at));
    rest.copy_from_slice(cursor.take(10)?);
    Some(Uuid::from_bytes(bytes))
}

fn command(cursor: &mut Cursor<'_>, envelope: &Envelope) -> Option<CommandId> {
    if envelope.flags & COMMAND_IS_ID == 0 {
        return CommandId::try_from(cursor.text()?.to_owned()).ok();
    }
    let timed = envelope.flags & COMMAND_IS_TIMED != 0;
    id(cursor, timed, envelope.recorded_at).map(CommandId::from)
}

/// An event as it was packed; `None` when these bytes are no packed event.
#[must_use]
pub(super) fn unpack(
    packed: &[u8],
    stream: StreamId,
    version: u64,
    words: &Words,
) -> Option<Event> {
    let mut cursor = Cursor::new(packed);
    let envelope = envelope(&mut cursor)?;
    let command = command(&mut cursor, &envelope)?;
    let recorded_at = envelope.recorded_at;
    let days = i64::from(recorded_at.date_naive().num_days_from_ce());
    let day = i32::try_from(days.checked_add(cursor.signed()?)?).ok()?;
    let first = envelope.seq.wrapping_sub(cursor.number()?);
    let count = cursor.number()?;
    let kind = words.get(envelope.kind)?;
    let (v, set_aside) = form(&mut cursor, &envelope, kind)?;
    let mut texts = cursor.rest();
    let on = When::try_from(lengthened(&mut texts)?).ok()?;
    let sources: Vec<Source> = match lengthened(&mut texts)? {
        none if none.is_empty() => Vec::new(),
        sources => serde_json::from_str(&sources).ok()?,
    };
    let data = lengthened(&mut texts)?;
    Some(Event {
        seq: envelope.seq,
        stream,
        version,
        id: envelope.id,
        on,
        recorded_at,
        day: NaiveDate::from_num_days_from_ce_opt(day)?,
        actor: Actor {
            id: ActorId::try_from(words.get(envelope.actor)?.to_owned()).ok()?,
            known_by: match envelope.flags & KNOWN_BY {
                0 => KnownBy::Token,
                1 => KnownBy::LocalClaim,
                _ => KnownBy::System,
            },
        },
        batch: Batch { first, count },
        command,
        sources,
        payload: payload(kind, v, data, set_aside)?,
    })
}

fn payload(kind: &str, v: u32, data: String, set_aside: Option<String>) -> Option<Payload> {
    let Some(reason) = set_aside else {
        return Some(Payload::decode_or_keep(kind, v, &data));
    };
    Some(Payload::Unknown(Unknown {
        kind: kind.to_owned(),
        v,
        data,
        why: PayloadError::Malformed {
            kind: Kind::of(kind)?.as_str(),
            reason,
        },
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn there_and_back(event: &Event) -> (usize, Event) {
        let packed = Packed::of([event]);
        let (mut words, mut out) = (Words::default(), Vec::new());
        pack(event, packed.iter().next().unwrap(), &mut words, &mut out);
        assert_eq!(seq_of(&out), Some(event.seq));
        assert_eq!(id_of(&out), Some(event.id));
        let name = kind_of(&out).and_then(|number| words.get(number));
        assert_eq!(name, Some(event.payload.kind_name()));
        let back = unpack(&out, event.stream, event.version, &words).unwrap();
        (out.len(), back)
    }

    fn noted() -> Event {
        let at = DateTime::from_timestamp_micros(1_745_489_700_123_456).unwrap();
        let moment = u128::from_be_bytes({
            let mut bytes = [7; 16];
            bytes[..6].copy_from_slice(&millisecond(at));
            bytes
        });
        Event {
            seq: 900_000,
            stream: StreamId::Ledger,
            version: 3,
            id: EventId::new(Uuid::from_u128(moment)),
            on: When::try_from("2025-04-18/..".to_owned()).unwrap(),
            recorded_at: at,
            day: at.date_naive().succ_opt().unwrap(),
            actor: Actor {
                id: "u:1".parse().unwrap(),
                known_by: KnownBy::LocalClaim,
            },
            batch: Batch {
                first: 899_998,
                count: 4,
            },
            command: CommandId::from(Uuid::from_u128(moment + 1)),
            sources: Vec::new(),
            payload: Payload::decode("noted", 1, r#"{"words":"asked \"for\" a map"}"#).unwrap(),
        }
    }

    #[test]
    fn an_event_of_every_kind_comes_back() {
        for kind in Kind::ALL {
            let mut event = noted();
            event.payload = Payload::decode(kind.as_str(), kind.version(), kind.example()).unwrap();
            let (_, back) = there_and_back(&event);
            assert_eq!(back, event, "{}", kind.as_str());
        }
    }

    #[test]
    fn what_is_out_of_the_ordinary_comes_back_and_only_takes_more_room() {
        let plain = noted();
        let (length, back) = there_and_back(&plain);
        assert_eq!(back, plain);
        assert!(length < 70, "{length}");
        let changes: [fn(&mut Event); 8] = [
            |event| event.id = EventId::new(Uuid::from_u128(5)),
            |event| event.command = CommandId::from(Uuid::from_u128(6)),
            |event| event.command = "by-hand".parse().unwrap(),
            |event| event.command = "017B14F1-6CA6-7708-82D0-3CD79BB91C70".parse().unwrap(),
            |event| event.recorded_at += chrono::Duration::nanoseconds(1),
            |event| event.recorded_at = DateTime::from_timestamp(-5, 0).unwrap(),
            |event| event.payload = Payload::decode_or_keep("moon_landed", 9, r#"{"a": "b"}"#),
            |event| {
                event.payload = Payload::Unknown(Unknown {
                    kind: "noted".to_owned(),
                    v: 1,
                    data: r#"{"words":"x"}"#.to_owned(),
                    why: PayloadError::Malformed {
                        kind: "noted",
                        reason: "its sources".to_owned(),
                    },
                });
            },
        ];
        for change in changes {
            let mut event = noted();
            change(&mut event);
            assert_eq!(there_and_back(&event).1, event);
        }
    }
}
