//! Events packed into a few hundred bytes, so that a million of them fit in memory.
//!
//! An event read from the ledger takes well over a kilobyte of small objects. Packed it is its data and sources as JSON and
//! some seventy bytes of envelope; texts that come again and again are kept once. Unpacking gives the event back as it was,
//! through the same decoder of data that reads the ledger.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::deal::event::payload_error::PayloadError;
use crate::deal::event::{Batch, Event, Kind, Payload, Unknown};
use crate::deal::value::ids::{Actor, ActorId, CommandId, EventId, KnownBy, StreamId};
use crate::deal::value::source::Source;
use crate::deal::value::when::When;
use crate::projection::bytes::{Cursor, number, signed, text};

/// Texts that many events share, each kept once.
#[derive(Debug, Clone, Default)]
pub(super) struct Words(Arc<Pool>);

#[derive(Debug, Clone, Default)]
struct Pool {
    numbers: BTreeMap<Arc<str>, usize>,
    words: Vec<(Arc<str>, u64)>,
}

impl Words {
    /// The number of a text; a new one gets the next, and is known from a position on.
    pub(super) fn number(&mut self, word: &str, since: u64) -> u64 {
        if let Some(number) = self.0.numbers.get(word) {
            return *number as u64;
        }
        let pool = Arc::make_mut(&mut self.0);
        let number = pool.words.len();
        let word: Arc<str> = Arc::from(word);
        pool.words.push((Arc::clone(&word), since));
        pool.numbers.insert(word, number);
        number as u64
    }

    /// The text of a number.
    pub(super) fn get(&self, number: u64) -> Option<&str> {
        let index = usize::try_from(number).ok()?;
        self.0.words.get(index).map(|(word, _)| word.as_ref())
    }

    /// The numbers of those texts that are wanted.
    pub(super) fn numbers_of(&self, wanted: fn(&str) -> bool) -> BTreeSet<u64> {
        let words = self.0.words.iter().zip(0..);
        let wanted = words.filter(|((word, _), _)| wanted(word));
        wanted.map(|(_, number)| number).collect()
    }

    /// Every text with the position it is known from, by their numbers.
    pub(super) fn all(&self) -> &[(Arc<str>, u64)] {
        &self.0.words
    }

    /// The texts known at a position, by their numbers.
    pub(super) fn before(&self, end: u64) -> impl Iterator<Item = &str> {
        let known = self
            .0
            .words
            .iter()
            .take_while(move |(_, since)| *since < end);
        known.map(|(word, _)| word.as_ref())
    }
}

/// A command's id is a UUID most of the time.
const COMMAND_IS_UUID: u8 = 0;
const COMMAND_IS_TEXT: u8 = 1;
/// The data read as they stand, or do not, for the reason that reading them gives again.
const AS_READ: u8 = 0;
/// The event was set aside for another reason, which is kept.
const SET_ASIDE: u8 = 1;

/// Packs an event; its stream and version are known by where it is kept.
pub(super) fn pack(event: &Event, words: &mut Words, out: &mut Vec<u8>) {
    number(out, event.seq);
    out.extend_from_slice(event.id.uuid().as_bytes());
    signed(out, event.recorded_at.timestamp());
    number(out, event.recorded_at.timestamp_subsec_nanos().into());
    signed(out, event.day.num_days_from_ce().into());
    number(out, words.number(event.actor.id.as_str(), event.seq));
    out.push(match event.actor.known_by {
        KnownBy::Token => 0,
        KnownBy::LocalClaim => 1,
        KnownBy::System => 2,
    });
    command(out, &event.command);
    number(out, event.seq.wrapping_sub(event.batch.first));
    number(out, event.batch.count);
    text(out, event.on.as_str());
    match event.sources.is_empty() {
        true => text(out, ""),
        false => text(out, &json(&event.sources)),
    }
    let kind = words.number(event.payload.kind_name(), event.seq);
    payload(out, &event.payload, kind);
}

fn command(out: &mut Vec<u8>, command: &CommandId) {
    let name = command.as_str();
    let mut hyphenated = Uuid::encode_buffer();
    match Uuid::try_parse(name) {
        Ok(uuid) if uuid.hyphenated().encode_lower(&mut hyphenated) == name => {
            out.push(COMMAND_IS_UUID);
            out.extend_from_slice(uuid.as_bytes());
        }
        _ => {
            out.push(COMMAND_IS_TEXT);
            text(out, name);
        }
    }
}

fn payload(out: &mut Vec<u8>, payload: &Payload, kind: u64) {
    let (unknown, v) = match payload {
        Payload::Unknown(unknown) => (Some(unknown), unknown.v),
        known => (None, known.kind().map_or(0, Kind::version)),
    };
    number(out, kind);
    number(out, v.into());
    match unknown {
        None => {
            out.push(AS_READ);
            // PANIC: the types of payloads hold nothing that JSON cannot: codec::envelope writes each of them too.
            text(out, &payload.to_json().expect("a payload is JSON"));
        }
        Some(unknown) => {
            let again = Payload::decode_or_keep(&unknown.kind, unknown.v, &unknown.data);
            if again == *payload {
                out.push(AS_READ);
            } else {
                out.push(SET_ASIDE);
                text(out, &reason(&unknown.why));
            }
            text(out, &unknown.data);
        }
    }
}

fn reason(why: &PayloadError) -> String {
    match why {
        PayloadError::Malformed { reason, .. } => reason.clone(),
        other => other.to_string(),
    }
}

fn json(value: &impl Serialize) -> String {
    // PANIC: as for payloads.
    serde_json::to_string(value).expect("sources are JSON")
}

/// The seq of a packed event.
#[must_use]
pub(super) fn seq_of(packed: &[u8]) -> Option<u64> {
    Cursor::new(packed).number()
}

/// The id of a packed event.
#[must_use]
pub(super) fn id_of(packed: &[u8]) -> Option<EventId> {
    let mut cursor = Cursor::new(packed);
    cursor.number()?;
    uuid(&mut cursor).map(EventId::new)
}

/// The number of a packed event's kind.
#[must_use]
pub(super) fn kind_of(packed: &[u8]) -> Option<u64> {
    at_kind(packed)?.number()
}

/// The data of a packed event that reads, as JSON.
#[must_use]
pub(super) fn data_of(packed: &[u8]) -> Option<&str> {
    let mut cursor = at_kind(packed)?;
    cursor.number()?;
    cursor.number()?;
    match cursor.byte()? {
        AS_READ => cursor.text(),
        _ => None,
    }
}

/// The one thing that the data of every amendment name.
#[derive(Deserialize)]
struct Target {
    fact: EventId,
}

/// The fact that a packed event amends, if it is an amendment that reads.
#[must_use]
pub(super) fn target_of(packed: &[u8]) -> Option<EventId> {
    let target: Target = serde_json::from_str(data_of(packed)?).ok()?;
    Some(target.fact)
}

/// What a packed event says.
#[must_use]
pub(super) fn payload_of(packed: &[u8], words: &Words) -> Option<Payload> {
    unpacked(&mut at_kind(packed)?, words)
}

/// The place in a packed event where its kind stands.
fn at_kind(packed: &[u8]) -> Option<Cursor<'_>> {
    let mut cursor = Cursor::new(packed);
    cursor.number()?;
    cursor.take(16)?;
    // When it was recorded, its day, its actor.
    cursor.signed()?;
    cursor.number()?;
    cursor.signed()?;
    cursor.number()?;
    cursor.byte()?;
    match cursor.byte()? {
        COMMAND_IS_UUID => cursor.take(16)?,
        _ => cursor.bytes()?,
    };
    // Its batch.
    cursor.number()?;
    cursor.number()?;
    // When it happened, its sources.
    cursor.bytes()?;
    cursor.bytes()?;
    Some(cursor)
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
    let seq = cursor.number()?;
    let id = EventId::new(uuid(&mut cursor)?);
    let seconds = cursor.signed()?;
    let nanos = u32::try_from(cursor.number()?).ok()?;
    let recorded_at: DateTime<Utc> = DateTime::from_timestamp(seconds, nanos)?;
    let day = NaiveDate::from_num_days_from_ce_opt(i32::try_from(cursor.signed()?).ok()?)?;
    let actor = ActorId::try_from(words.get(cursor.number()?)?.to_owned()).ok()?;
    let known_by = match cursor.byte()? {
        0 => KnownBy::Token,
        1 => KnownBy::LocalClaim,
        _ => KnownBy::System,
    };
    let command = match cursor.byte()? {
        COMMAND_IS_UUID => CommandId::from(uuid(&mut cursor)?),
        _ => CommandId::try_from(cursor.text()?.to_owned()).ok()?,
    };
    let first = seq.wrapping_sub(cursor.number()?);
    let count = cursor.number()?;
    let on = When::try_from(cursor.text()?.to_owned()).ok()?;
    let sources: Vec<Source> = match cursor.text()? {
        "" => Vec::new(),
        sources => serde_json::from_str(sources).ok()?,
    };
    Some(Event {
        seq,
        stream,
        version,
        id,
        on,
        recorded_at,
        day,
        actor: Actor {
            id: actor,
            known_by,
        },
        batch: Batch { first, count },
        command,
        sources,
        payload: unpacked(&mut cursor, words)?,
    })
}

fn unpacked(cursor: &mut Cursor<'_>, words: &Words) -> Option<Payload> {
    let kind = words.get(cursor.number()?)?;
    let v = u32::try_from(cursor.number()?).ok()?;
    if cursor.byte()? == AS_READ {
        return Some(Payload::decode_or_keep(kind, v, cursor.text()?));
    }
    let reason = cursor.text()?.to_owned();
    Some(Payload::Unknown(Unknown {
        kind: kind.to_owned(),
        v,
        data: cursor.text()?.to_owned(),
        why: PayloadError::Malformed {
            kind: Kind::of(kind)?.as_str(),
            reason,
        },
    }))
}

fn uuid(cursor: &mut Cursor<'_>) -> Option<Uuid> {
    Uuid::from_slice(cursor.take(16)?).ok()
}
