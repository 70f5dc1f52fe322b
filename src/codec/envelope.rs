//! The stored form of an event: one canonical JSON object, written once and never again.

use std::ops::Range;

use chrono::{DateTime, Datelike, SecondsFormat, SubsecRound, Timelike, Utc};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::canonical::profile::{MAX_BYTES, ProfileError};
use crate::canonical::typed::Outside;
use crate::canonical::{self, Members};
use crate::deal::event::{Event, Payload};
use crate::deal::value::ids::{Actor, CommandId, EventId, StreamId};
use crate::deal::value::source::Source;
use crate::deal::value::when::When;
use crate::store::recorded::{BatchSpan, Recorded, RecordedError, Written, WrittenTexts};

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
    if !is_usual(moment) {
        return moment.to_rfc3339_opts(SecondsFormat::Micros, true);
    }
    // Digit by digit: what formats any moment at all takes many times as long, and every event has one.
    let local = moment.naive_utc();
    let parts = [
        (local.year().unsigned_abs(), 4, '-'),
        (local.month(), 2, '-'),
        (local.day(), 2, 'T'),
        (local.hour(), 2, ':'),
        (local.minute(), 2, ':'),
        (local.second(), 2, '.'),
        (local.nanosecond() / 1_000, 6, 'Z'),
    ];
    let mut text = String::with_capacity(LONGEST_TIME);
    for (number, digits, behind) in parts {
        let mut place = 10_u32.pow(digits);
        while place > 1 {
            place /= 10;
            // PANIC: the remainder of a division by ten fits any number.
            text.push(char::from(b'0' + (number / place % 10) as u8));
        }
        text.push(behind);
    }
    text
}

/// Whether a moment is within the years of four digits, and in no leap second.
fn is_usual(moment: DateTime<Utc>) -> bool {
    (0..=9_999).contains(&moment.year()) && moment.nanosecond() < 1_000_000_000
}

/// How long a moment is as text.
const LONGEST_TIME: usize = "2025-04-22T06:00:00.500000Z".len();

/// The bytes to store for an event.
///
/// # Errors
/// When they would be too long or outside the canonical profile; the error names the field.
pub fn encode(event: &Event) -> Result<Vec<u8>, EncodeError> {
    // What cannot be written is looked at as a whole, to say what is wrong with it.
    match write(event, None) {
        Ok((bytes, _)) => Ok(bytes),
        Err(_) => canonical_bytes(&whole(event)?),
    }
}

/// The data of a fact in canonical JSON, written before there was an event of them: whoever hands in a command writes them to
/// digest it, and not once more for the event.
#[derive(Debug, Clone)]
pub struct Said {
    payload: Payload,
    data: Box<str>,
}

impl Said {
    /// These data, as [`Members::typed`] wrote them on the first level of an object.
    #[must_use]
    pub fn new(payload: Payload, data: Box<str>) -> Self {
        Self { payload, data }
    }

    /// Whether it is what an event says.
    #[must_use]
    pub fn is_of(&self, event: &Event) -> bool {
        self.payload.is(&event.payload)
    }
}

/// An event as it is stored, with its envelope: what reading its bytes gives, and they are not read for it. What it says may be
/// written already; of other data that is left alone.
///
/// # Errors
/// As [`encode`]; or when the event is none that can be read again.
pub fn record(event: &Event, said: Option<&Said>) -> Result<Recorded, RecordError> {
    match write(event, said) {
        Ok((bytes, Some(texts))) if is_usual(event.recorded_at) => {
            let written = written(event, texts)?;
            Ok(Recorded::written(bytes, written)?)
        }
        // Out of the ordinary: it is read as whoever reads the ledger will read it.
        Ok((bytes, _)) => Ok(Recorded::parse(bytes)?),
        Err(_) => Ok(Recorded::parse(canonical_bytes(&whole(event)?)?)?),
    }
}

/// Why an event cannot be recorded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    /// It cannot be written.
    #[error(transparent)]
    Encode(#[from] EncodeError),
    /// It could not be read again.
    #[error(transparent)]
    Unreadable(#[from] RecordedError),
}

fn written(event: &Event, texts: WrittenTexts) -> Result<Written, RecordedError> {
    let count = u32::try_from(event.batch.count).map_err(|error| RecordedError::Field {
        field: "batch",
        problem: error.to_string(),
    })?;
    Ok(Written {
        seq: event.seq,
        version: event.version,
        v: version_of(&event.payload),
        id: event.id.uuid(),
        recorded_at: event.recorded_at.trunc_subsecs(MICROSECONDS),
        batch: BatchSpan {
            first: event.batch.first,
            count,
        },
        texts,
    })
}

/// As many digits of a second are stored.
const MICROSECONDS: u16 = 6;

/// Where a text stands without its quotes, if nothing in it was escaped.
fn plain(text: &str, at: Range<usize>) -> Option<Range<usize>> {
    let inner = at.start.checked_add(1)?..at.end.checked_sub(1)?;
    (inner.len() == text.len()).then_some(inner)
}

/// Writes an event's members, in the order of their keys; and where its texts stand, if none of them has an escape.
fn write(
    event: &Event,
    said: Option<&Said>,
) -> Result<(Vec<u8>, Option<WrittenTexts>), WriteError> {
    let said = said.filter(|said| said.is_of(event));
    let (stream, kind) = (event.stream.to_string(), event.payload.kind_name());
    let (actor, known_by) = (event.actor.id.as_str(), event.actor.known_by.as_str());
    let (command, on) = (event.command.as_str(), event.on.as_str());
    let v = version_of(&event.payload);
    let mut members = Members::start();
    members.open("actor")?;
    let actor_at = members.text("id", actor)?;
    let known_by_at = members.text("known_by", known_by)?;
    members.close();
    members.open("batch")?;
    members.number("count", event.batch.count)?;
    members.number("first", event.batch.first)?;
    members.close();
    let command_at = members.text("command", command)?;
    let data_at = match said {
        Some(said) => members.as_written("data", &said.data)?,
        None => members.typed("data", &event.payload.data())?,
    };
    if !members.has_object_at(&data_at) {
        return Err(WriteError);
    }
    members.text(
        "id",
        event
            .id
            .uuid()
            .hyphenated()
            .encode_lower(&mut Uuid::encode_buffer()),
    )?;
    let kind_at = members.text("kind", kind)?;
    let on_at = members.text("on", on)?;
    members.text("recorded_at", &timestamp(event.recorded_at))?;
    members.number("seq", event.seq)?;
    let sources_at = members.typed("sources", &event.sources.as_slice())?;
    let stream_at = members.text("stream", &stream)?;
    members.number("v", v.into())?;
    members.number("version", event.version)?;
    let texts = || {
        Some(WrittenTexts {
            stream: plain(&stream, stream_at)?,
            kind: plain(kind, kind_at)?,
            on: plain(on, on_at)?,
            command: plain(command, command_at)?,
            actor: plain(actor, actor_at)?,
            known_by: plain(known_by, known_by_at)?,
            data: data_at,
            sources: sources_at,
        })
    };
    let texts = texts();
    Ok((members.finish()?, texts))
}

/// Something in an event cannot be written; what it is, [`whole`] and [`canonical_bytes`] tell.
struct WriteError;

impl From<ProfileError> for WriteError {
    fn from(_: ProfileError) -> Self {
        Self
    }
}

impl From<Outside> for WriteError {
    fn from(_: Outside) -> Self {
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
mod tests;
