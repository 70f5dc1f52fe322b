//! Packed events read again, as far as they are asked.

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::brief::{ends, id_behind, lengthen, skip};
use super::packed::{
    COMMAND_IS_ID, COMMAND_IS_TIMED, KNOWN_BY, MICROSECONDS, NEWEST, SET_ASIDE, TIMED, millisecond,
};
use super::words::Words;
use crate::deal::event::payload_error::PayloadError;
use crate::deal::event::{Batch, Event, Kind, Payload, Unknown};
use crate::deal::value::ids::{Actor, ActorId, CommandId, EventId, KnownBy, StreamId};
use crate::deal::value::source::{EvidenceLevel, Grade, Source};
use crate::deal::value::sources::{Reader, Sources};
use crate::deal::value::when::When;
use crate::projection::bytes::Cursor;

/// Most texts are shorter.
const TEXT: usize = 1 << 10;

/// What whoever unpacks several events keeps between them.
#[derive(Debug, Default)]
pub(super) struct Desk {
    /// Room for one text.
    text: Vec<u8>,
    /// The actors met, by the numbers of their words.
    actors: Vec<(u64, ActorId)>,
}

impl Desk {
    /// Reads a text that was written in short, and goes on behind it.
    fn text(&mut self, bytes: &mut &[u8]) -> Option<&str> {
        self.text.clear();
        self.text.reserve(TEXT);
        lengthen(bytes, &mut self.text)?;
        std::str::from_utf8(&self.text).ok()
    }

    fn actor(&mut self, number: u64, words: &Words) -> Option<ActorId> {
        let mut known = self.actors.iter();
        if let Some((_, actor)) = known.find(|(known, _)| *known == number) {
            return Some(actor.clone());
        }
        let actor = ActorId::try_from(words.get(number)?).ok()?;
        self.actors.push((number, actor.clone()));
        Some(actor)
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
    let mut cursor = Cursor::new(packed);
    cursor.number()?;
    cursor.number()?;
    cursor.number()?;
    let flags = cursor.byte()?;
    let short = MICROSECONDS | TIMED;
    let id = match flags & short == short {
        // Of nearly every event, and read for many of them: the millisecond is had without making a moment of it.
        true => {
            let [b0, b1, b2, b3, b4, b5, b6] = *cursor.take(7)?.first_chunk()?;
            let micros = u64::from_le_bytes([b0, b1, b2, b3, b4, b5, b6, 0]);
            let [_, _, milliseconds @ ..] = (micros / 1_000).to_be_bytes();
            behind(milliseconds, &mut cursor)?
        }
        false => return envelope(&mut Cursor::new(packed)).map(|envelope| envelope.id),
    };
    Some(EventId::new(id))
}

/// The number of a packed event's kind.
#[must_use]
pub(super) fn kind_of(packed: &[u8]) -> Option<u64> {
    let mut cursor = Cursor::new(packed);
    cursor.number()?;
    cursor.number()
}

/// What is known of a packed event at first sight.
pub(super) struct Sight {
    /// Its position.
    pub(super) seq: u64,
    /// The number of its kind.
    pub(super) kind: u64,
    /// The number of its actor.
    pub(super) actor: u64,
    /// Whether its data read as those of its kind.
    pub(super) reads: bool,
}

/// A packed event at first sight.
#[must_use]
pub(super) fn sight(packed: &[u8]) -> Option<Sight> {
    let mut cursor = Cursor::new(packed);
    let (seq, kind, actor) = (cursor.number()?, cursor.number()?, cursor.number()?);
    let reads = cursor.byte()? & NEWEST != 0;
    Some(Sight {
        seq,
        kind,
        actor,
        reads,
    })
}

/// The one thing that the data of every amendment name.
#[derive(Deserialize)]
struct Target {
    fact: EventId,
}

/// The fact that a packed event amends, if it is an amendment that reads.
#[must_use]
pub(super) fn target_of(packed: &[u8]) -> Option<EventId> {
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
    // What this program writes begins with it, and then the rest need not be read.
    if let Some(fact) = id_behind(r#"{"fact":""#, texts) {
        return Some(EventId::new(fact));
    }
    let target: Target = serde_json::from_str(Desk::default().text(&mut texts)?).ok()?;
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
    payload(kind, v, Desk::default().text(&mut texts)?, set_aside)
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
    behind(millisecond(recorded_at), cursor)
}

/// The id that goes on behind the millisecond it begins with.
fn behind(millisecond: [u8; 6], cursor: &mut Cursor<'_>) -> Option<Uuid> {
    let mut bytes = [0; 16];
    let (first, rest) = bytes.split_at_mut(6);
    first.copy_from_slice(&millisecond);
    rest.copy_from_slice(cursor.take(10)?);
    Some(Uuid::from_bytes(bytes))
}

fn command(cursor: &mut Cursor<'_>, envelope: &Envelope) -> Option<CommandId> {
    if envelope.flags & COMMAND_IS_ID == 0 {
        return CommandId::try_from(cursor.text()?).ok();
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
    desk: &mut Desk,
) -> Option<Event> {
    let named = |kind, actor, desk: &mut Desk| Some((words.get(kind)?, desk.actor(actor, words)?));
    unpack_named(packed, (stream, version), named, desk)
}

/// An event as it was packed, whose kind and actor `named` knows by their numbers; `None` when these bytes are no packed event.
#[must_use]
pub(super) fn unpack_named<'a>(
    packed: &[u8],
    (stream, version): (StreamId, u64),
    named: impl FnOnce(u64, u64, &mut Desk) -> Option<(&'a str, ActorId)>,
    desk: &mut Desk,
) -> Option<Event> {
    let mut cursor = Cursor::new(packed);
    let envelope = envelope(&mut cursor)?;
    let command = command(&mut cursor, &envelope)?;
    let recorded_at = envelope.recorded_at;
    let days = i64::from(recorded_at.date_naive().num_days_from_ce());
    let day = i32::try_from(days.checked_add(cursor.signed()?)?).ok()?;
    let first = envelope.seq.wrapping_sub(cursor.number()?);
    let count = cursor.number()?;
    let (kind, actor) = named(envelope.kind, envelope.actor, desk)?;
    let (v, set_aside) = form(&mut cursor, &envelope, kind)?;
    let mut texts = cursor.rest();
    let on = When::try_from(desk.text(&mut texts)?).ok()?;
    let sources = sources(&mut texts)?;
    let data = desk.text(&mut texts)?;
    Some(Event {
        seq: envelope.seq,
        stream,
        version,
        id: envelope.id,
        on,
        recorded_at,
        day: NaiveDate::from_num_days_from_ce_opt(day)?,
        actor: Actor {
            id: actor,
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

/// The sources of an event; they are read when somebody looks at them.
fn sources(texts: &mut &[u8]) -> Option<Sources> {
    const READER: Reader = Reader {
        sources: |bytes| read_sources::<Source>(bytes),
        level: |bytes| {
            let grades = read_sources::<Grade>(bytes);
            let levels = grades.iter().map(Grade::level);
            levels.max().unwrap_or(EvidenceLevel::None)
        },
    };
    let from = *texts;
    skip(texts)?;
    let packed = from.get(..from.len().checked_sub(texts.len())?)?;
    Some(match ends(packed) {
        true => Sources::none(),
        false => Sources::packed(packed, READER),
    })
}

fn read_sources<T: DeserializeOwned>(packed: &[u8]) -> Vec<T> {
    let (mut rest, mut desk) = (packed, Desk::default());
    let text = desk.text(&mut rest);
    let sources = text.and_then(|text| serde_json::from_str(text).ok());
    // PANIC: whatever sources were packed, JSON was made of them that reads.
    sources.expect("packed sources read")
}

fn payload(kind: &str, v: u32, data: &str, set_aside: Option<String>) -> Option<Payload> {
    let Some(reason) = set_aside else {
        return Some(Payload::decode_or_keep(kind, v, data));
    };
    Some(Payload::from(Unknown {
        kind: kind.to_owned(),
        v,
        data: data.to_owned(),
        why: PayloadError::Malformed {
            kind: Kind::of(kind)?.as_str(),
            reason,
        },
    }))
}

#[cfg(test)]
mod tests {
    use super::super::packed::{Packed, pack};
    use super::*;

    fn there_and_back(event: &Event) -> (usize, Event) {
        let packed = Packed::of([event]);
        let (mut words, mut out) = (Words::default(), Vec::new());
        pack(event, packed.iter().next().unwrap(), &mut words, &mut out);
        assert_eq!(seq_of(&out), Some(event.seq));
        assert_eq!(id_of(&out), Some(event.id));
        let name = kind_of(&out).and_then(|number| words.get(number));
        assert_eq!(name, Some(event.payload.kind_name()));
        let back = unpack(
            &out,
            event.stream,
            event.version,
            &words,
            &mut Desk::default(),
        )
        .unwrap();
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
            sources: Sources::none(),
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
                event.payload = Payload::from(Unknown {
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

    #[test]
    fn sources_come_back_when_they_are_looked_at_and_their_level_before() {
        let whole = r#"{"title":"act \"7\"","type":"authority_act","number":"7","published":"2025-04-18","url":"https://example.org/7"}"#;
        for (sources, level) in [
            ("[]".to_owned(), EvidenceLevel::None),
            (
                r#"[{"title":"x","type":"statement","locator":"page 3"}]"#.to_owned(),
                EvidenceLevel::Level(0),
            ),
            (
                r#"[{"title":"x","type":"register"}]"#.to_owned(),
                EvidenceLevel::Level(1),
            ),
            (
                format!(r#"[{{"title":"x","type":"note"}},{whole}]"#),
                EvidenceLevel::Level(3),
            ),
        ] {
            let mut event = noted();
            let read: Vec<Source> = serde_json::from_str(&sources).unwrap();
            event.sources = read.clone().into();
            let (_, back) = there_and_back(&event);
            assert_eq!(back.sources.is_empty(), read.is_empty(), "{sources}");
            assert_eq!(back.sources.level(), level, "{sources}");
            assert_eq!(back.sources.as_slice(), read, "{sources}");
            assert_eq!(back, event, "{sources}");
        }
    }

    #[test]
    fn the_fact_an_amendment_names_is_found_however_its_data_are_written() {
        let id = "0196a3b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b";
        let data = [
            format!(r#"{{"fact":"{id}","reason":"typing error"}}"#),
            format!(r#"{{"reason":"typing error","fact":"{id}"}}"#),
        ];
        for data in data {
            let mut event = noted();
            event.payload = Payload::decode_or_keep("fact_retracted", 9, &data);
            let (mut words, mut out) = (Words::default(), Vec::new());
            let packed = Packed::of([&event]);
            pack(&event, packed.iter().next().unwrap(), &mut words, &mut out);
            assert_eq!(target_of(&out), Some(id.parse().unwrap()), "{data}");
        }
    }
}
