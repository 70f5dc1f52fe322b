//! The stored form of an event: one canonical JSON object, written once and never again.

use chrono::{DateTime, SecondsFormat, Utc};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::canonical::profile::{MAX_BYTES, ProfileError};
use crate::canonical::{self, Members};
use crate::deal::event::{Event, Payload};
use crate::deal::value::ids::{Actor, CommandId, EventId, StreamId};
use crate::deal::value::source::Source;
use crate::deal::value::when::When;

/// Why an event cannot be written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EncodeError {
    /// It is longer than the records of a public log may be.
    #[error(
        "the event has {bytes} bytes and may have at most {}; its longest field is {field} with {length}: \
         shorten it, or attach it as a file",
        MAX_BYTES
    )]
    TooLong {
        /// Its length, in bytes.
        bytes: usize,
        /// The longest text in it.
        field: String,
        /// That text's length, in bytes.
        length: usize,
    },
    /// It holds something outside the canonical profile.
    #[error(transparent)]
    Profile(ProfileError),
    /// Its data are no JSON object.
    #[error("the data of `{kind}` cannot be written: {problem}")]
    Data {
        /// The event's kind.
        kind: String,
        /// What is wrong.
        problem: String,
    },
}

/// Which atomic batch an event belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct BatchMember {
    /// How many events the batch has: 1 to 1,000.
    #[schemars(range(min = 1, max = 1_000))]
    pub count: u64,
    /// The `seq` of its first event.
    pub first: u64,
}

/// One event as it is stored. Every event of the ledger has exactly these members.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Envelope {
    /// Who recorded it, and how that is known.
    pub actor: Actor,
    /// The batch it was recorded in.
    pub batch: BatchMember,
    /// The command that caused it.
    pub command: CommandId,
    /// What it says; its form is fixed by `kind` and `v`.
    pub data: Map<String, Value>,
    /// Its own id.
    pub id: EventId,
    /// What happened.
    #[schemars(regex(pattern = r"^[a-z][a-z0-9_]{0,63}$"))]
    pub kind: String,
    /// When it happened, in civil days of the agency's zone.
    pub on: When,
    /// When it was recorded: UTC with microseconds.
    #[schemars(regex(
        pattern = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z$"
    ))]
    pub recorded_at: String,
    /// Its dense index in the ledger, from 0.
    pub seq: u64,
    /// Where the fact comes from.
    pub sources: Vec<Source>,
    /// The thing it is about.
    pub stream: StreamId,
    /// The version of the kind's data.
    pub v: u32,
    /// Its dense index in its stream, from 0.
    pub version: u64,
}

impl Envelope {
    /// The stored form of an event.
    ///
    /// # Errors
    /// When its data are no JSON object.
    pub fn of(event: &Event) -> Result<Self, EncodeError> {
        let kind = event.payload.kind_name().to_owned();
        let data = match event.payload.to_value() {
            Ok(Value::Object(data)) => data,
            Ok(_) => {
                let problem = "it is no JSON object".to_owned();
                return Err(EncodeError::Data { kind, problem });
            }
            Err(error) => {
                let problem = error.to_string();
                return Err(EncodeError::Data { kind, problem });
            }
        };
        let v = version_of(&event.payload);
        Ok(Self {
            actor: event.actor.clone(),
            batch: BatchMember {
                count: event.batch.count,
                first: event.batch.first,
            },
            command: event.command.clone(),
            data,
            id: event.id,
            kind,
            on: event.on.clone(),
            recorded_at: timestamp(event.recorded_at),
            seq: event.seq,
            sources: event.sources.to_vec(),
            stream: event.stream,
            v,
            version: event.version,
        })
    }
}

fn version_of(payload: &Payload) -> u32 {
    match payload {
        Payload::Unknown(unknown) => unknown.v,
        known => known.kind().map_or(0, |kind| kind.version()),
    }
}

/// A moment as the ledger writes it: RFC 3339, UTC, microseconds.
#[must_use]
pub fn timestamp(moment: DateTime<Utc>) -> String {
    moment.to_rfc3339_opts(SecondsFormat::Micros, true)
}

/// The bytes to store for an event.
///
/// # Errors
/// When they would be too long or outside the canonical profile; the error names the field.
pub fn encode(event: &Event) -> Result<Vec<u8>, EncodeError> {
    // What cannot be written is looked at as a whole, to say what is wrong with it.
    match write(event) {
        Ok(bytes) => Ok(bytes),
        Err(_) => canonical_bytes(&whole(event)?),
    }
}

/// Writes an event's members, in the order of their keys.
fn write(event: &Event) -> Result<Vec<u8>, WriteError> {
    let actor = serde_json::to_value(&event.actor)?;
    let batch = serde_json::json!({ "count": event.batch.count, "first": event.batch.first });
    let (data, sources) = (event.payload.to_value()?, sources(event)?);
    if !data.is_object() {
        return Err(WriteError);
    }
    let v = version_of(&event.payload);
    let mut members = Members::start();
    members.value("actor", &actor)?;
    members.value("batch", &batch)?;
    members.text("command", event.command.as_str())?;
    members.value("data", &data)?;
    members.text(
        "id",
        event
            .id
            .uuid()
            .hyphenated()
            .encode_lower(&mut Uuid::encode_buffer()),
    )?;
    members.text("kind", event.payload.kind_name())?;
    members.text("on", event.on.as_str())?;
    members.text("recorded_at", &timestamp(event.recorded_at))?;
    members.number("seq", event.seq)?;
    members.value("sources", &sources)?;
    members.text("stream", &event.stream.to_string())?;
    members.number("v", v.into())?;
    members.number("version", event.version)?;
    Ok(members.finish()?)
}

fn sources(event: &Event) -> Result<Value, serde_json::Error> {
    match event.sources.as_slice() {
        [] => Ok(Value::Array(Vec::new())),
        some => serde_json::to_value(some),
    }
}

/// Something in an event cannot be written; what it is, [`whole`] and [`canonical_bytes`] tell.
struct WriteError;

impl From<ProfileError> for WriteError {
    fn from(_: ProfileError) -> Self {
        Self
    }
}

impl From<serde_json::Error> for WriteError {
    fn from(_: serde_json::Error) -> Self {
        Self
    }
}

/// The stored form of an event as one JSON value.
fn whole(event: &Event) -> Result<Value, EncodeError> {
    let mut envelope = Envelope::of(event)?;
    let data = std::mem::take(&mut envelope.data);
    let data_error = |error: serde_json::Error| EncodeError::Data {
        kind: event.payload.kind_name().to_owned(),
        problem: error.to_string(),
    };
    let mut value = serde_json::to_value(&envelope).map_err(data_error)?;
    if let Value::Object(members) = &mut value {
        // They are a JSON object already and need not be written into one again.
        members.insert("data".to_owned(), Value::Object(data));
    }
    Ok(value)
}

/// The canonical bytes of an event or a part of one.
///
/// # Errors
/// When they would be too long, with the longest field named, or outside the canonical profile.
pub fn canonical_bytes(value: &Value) -> Result<Vec<u8>, EncodeError> {
    canonical::to_bytes(value).map_err(|error| match error {
        ProfileError::TooLong { bytes } => {
            let (field, length) = longest_text(value);
            EncodeError::TooLong {
                bytes,
                field,
                length,
            }
        }
        other => EncodeError::Profile(other),
    })
}

/// The longest text in a value: its path and its length in bytes.
fn longest_text(value: &Value) -> (String, usize) {
    let mut longest = ("the event".to_owned(), 0);
    let mut open = vec![(String::new(), value)];
    while let Some((path, value)) = open.pop() {
        match value {
            Value::String(text) if text.len() > longest.1 => longest = (path, text.len()),
            Value::Array(items) => {
                let items = items.iter().enumerate();
                open.extend(items.map(|(index, item)| (format!("{path}[{index}]"), item)));
            }
            Value::Object(members) => {
                let dot = if path.is_empty() { "" } else { "." };
                let members = members.iter();
                open.extend(members.map(|(key, member)| (format!("{path}{dot}{key}"), member)));
            }
            _ => {}
        }
    }
    longest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deal::event::{Batch, Kind};
    use crate::deal::value::ids::KnownBy;

    fn event(payload: Payload) -> Event {
        let day = "2025-04-22".parse().unwrap();
        Event {
            seq: 7,
            stream: StreamId::Ledger,
            version: 2,
            id: "0196a3b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b".parse().unwrap(),
            on: When::day(day),
            recorded_at: "2025-04-22T06:00:00.5Z".parse().unwrap(),
            day,
            actor: Actor {
                id: "u:7f3a".parse().unwrap(),
                known_by: KnownBy::LocalClaim,
            },
            batch: Batch { first: 7, count: 1 },
            command: "c-1".parse().unwrap(),
            sources: Vec::new().into(),
            payload,
        }
    }

    fn noted(words: &str) -> Event {
        let data = serde_json::json!({ "words": words }).to_string();
        event(Payload::decode("noted", 1, &data).unwrap())
    }

    #[test]
    fn the_bytes_are_one_canonical_object() {
        let bytes = encode(&noted("asked for a map")).unwrap();
        assert_eq!(
            String::from_utf8(bytes.clone()).unwrap(),
            r#"{"actor":{"id":"u:7f3a","known_by":"local_claim"},"batch":{"count":1,"first":7},"command":"c-1","data":{"words":"asked for a map"},"id":"0196a3b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b","kind":"noted","on":"2025-04-22","recorded_at":"2025-04-22T06:00:00.500000Z","seq":7,"sources":[],"stream":"ledger","v":1,"version":2}"#
        );
        assert!(canonical::is_canonical(&bytes));
    }

    #[test]
    fn every_kind_is_written_canonically() {
        for kind in Kind::ALL {
            let payload = Payload::decode(kind.as_str(), kind.version(), kind.example()).unwrap();
            let mut event = event(payload);
            let source = r#"{"title":"Qeyd \"A\"","type":"note"}"#;
            event.sources = vec![serde_json::from_str(source).unwrap()].into();
            let bytes = encode(&event).unwrap();
            assert!(canonical::is_canonical(&bytes), "{}", kind.as_str());
            let whole = canonical_bytes(&whole(&event).unwrap());
            assert_eq!(Ok(bytes), whole, "{}", kind.as_str());
        }
    }

    #[test]
    fn an_event_too_long_names_its_longest_field() {
        // 16,000 letters of four bytes fit the text's own limit; with a few sources the event is too long.
        let mut event = noted(&"𐐀".repeat(16_000));
        let title: String = "b".repeat(4_000);
        let source = format!(r#"{{"title":"{title}","type":"note"}}"#);
        event.sources = vec![serde_json::from_str(&source).unwrap()].into();
        let error = encode(&event).unwrap_err().to_string();
        assert!(
            error.contains("its longest field is data.words with 64000: shorten it"),
            "{error}"
        );
    }
}
