//! One stored event: its exact bytes, and the envelope read from them.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use serde::Deserialize;
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::store::slice::Slice;

/// The longest an event may be, in bytes.
///
/// An entry bundle of a tiled transparency log (C2SP tlog-tiles) writes each length in 16 bits.
pub const MAX_EVENT_BYTES: usize = 65_535;

/// Which atomic batch an event belongs to: `count` events from sequence number `first`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct BatchSpan {
    /// Sequence number of the batch's first event.
    pub first: u64,
    /// How many events the batch has, at least one.
    pub count: u32,
}

/// One event exactly as it was stored, and its envelope.
///
/// The bytes are what was hashed and signed: they are handed on as they are and never written anew.
/// Text fields are ranges of the bytes, so that reading a million events allocates no million strings.
#[derive(Clone)]
pub struct Recorded {
    bytes: Slice,
    seq: u64,
    version: u64,
    v: u32,
    id: Uuid,
    recorded_at: DateTime<Utc>,
    batch: BatchSpan,
    stream: Text,
    kind: Text,
    on: Text,
    command: Text,
    actor: Text,
    known_by: Text,
    data: Text,
    sources: Text,
}

/// A field's text: where it stands in the bytes, or its own copy when the JSON string has escapes.
#[derive(Clone)]
enum Text {
    At(u32, u32),
    Own(Arc<str>),
}

/// Why bytes are not a stored event.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RecordedError {
    /// The bytes are not one JSON object.
    #[error("the stored event is not a JSON object: {0}")]
    NotJson(String),
    /// A field of the envelope is missing, given twice or of the wrong type.
    #[error("the stored event's field `{field}` is wrong: {problem}")]
    Field {
        /// The field's name.
        field: &'static str,
        /// What is wrong with it.
        problem: String,
    },
    /// The event is longer than [`MAX_EVENT_BYTES`].
    #[error(
        "the event has {0} bytes and may have at most 65,535: put long texts and files into evidence instead"
    )]
    TooLong(usize),
}

#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(borrow)]
    actor: ActorPart<'a>,
    batch: BatchSpan,
    #[serde(borrow)]
    command: Cow<'a, str>,
    #[serde(borrow)]
    data: &'a RawValue,
    #[serde(borrow)]
    id: Cow<'a, str>,
    #[serde(borrow)]
    kind: Cow<'a, str>,
    #[serde(borrow)]
    on: Cow<'a, str>,
    #[serde(borrow)]
    recorded_at: Cow<'a, str>,
    seq: u64,
    #[serde(borrow)]
    sources: &'a RawValue,
    #[serde(borrow)]
    stream: Cow<'a, str>,
    v: u32,
    version: u64,
}

#[derive(Deserialize)]
struct ActorPart<'a> {
    #[serde(borrow)]
    id: Cow<'a, str>,
    #[serde(borrow)]
    known_by: Cow<'a, str>,
}

/// What whoever has just written an event knows of its bytes, so that they need not be read for it.
#[derive(Debug, Clone)]
pub struct Written {
    /// Position in the ledger.
    pub seq: u64,
    /// Position in the stream.
    pub version: u64,
    /// Version of the kind's data.
    pub v: u32,
    /// The event's own identity.
    pub id: Uuid,
    /// When the ledger recorded it, to the microsecond.
    pub recorded_at: DateTime<Utc>,
    /// The atomic batch it belongs to.
    pub batch: BatchSpan,
    /// Where its texts stand, without their quotes: none of them has anything to escape.
    pub texts: WrittenTexts,
}

/// Where the texts of an event stand in its bytes.
#[derive(Debug, Clone)]
pub struct WrittenTexts {
    /// The stream.
    pub stream: Range<usize>,
    /// The kind.
    pub kind: Range<usize>,
    /// When it happened.
    pub on: Range<usize>,
    /// The key of the command.
    pub command: Range<usize>,
    /// Who recorded it.
    pub actor: Range<usize>,
    /// How the actor was known.
    pub known_by: Range<usize>,
    /// The kind's own data.
    pub data: Range<usize>,
    /// The sources.
    pub sources: Range<usize>,
}

impl Recorded {
    /// The event that [`parse`](Self::parse) reads from these bytes, by whoever has just written them.
    ///
    /// # Errors
    /// When the bytes are too long, or the event does not lie inside its own batch.
    pub fn written(bytes: Vec<u8>, written: Written) -> Result<Self, RecordedError> {
        if bytes.len() > MAX_EVENT_BYTES {
            return Err(RecordedError::TooLong(bytes.len()));
        }
        let Written { seq, batch, .. } = written;
        lies_within(seq, batch)?;
        let texts = written.texts;
        // No place of bytes so few is beyond 32 bits.
        let at = |range: Range<usize>| Text::At(range.start as u32, range.end as u32);
        Ok(Self {
            seq,
            version: written.version,
            v: written.v,
            id: written.id,
            recorded_at: written.recorded_at,
            batch,
            stream: at(texts.stream),
            kind: at(texts.kind),
            on: at(texts.on),
            command: at(texts.command),
            actor: at(texts.actor),
            known_by: at(texts.known_by),
            data: at(texts.data),
            sources: at(texts.sources),
            bytes: bytes.into(),
        })
    }

    /// The same event in bytes that hold the very same and may be shared with others.
    #[must_use]
    pub fn within(self, bytes: Slice) -> Self {
        match bytes == self.bytes {
            true => Self { bytes, ..self },
            false => self,
        }
    }

    /// Reads the envelope of one stored event.
    ///
    /// Fields that this version does not know are left alone: they stay in the bytes.
    ///
    /// # Errors
    /// When the bytes are too long, are not one JSON object, or lack a field of the envelope; the error names the field.
    pub fn parse(bytes: impl Into<Slice>) -> Result<Self, RecordedError> {
        let bytes = bytes.into();
        if bytes.len() > MAX_EVENT_BYTES {
            return Err(RecordedError::TooLong(bytes.len()));
        }
        let envelope: Envelope<'_> =
            serde_json::from_slice(&bytes).map_err(|error| explain(&bytes, &error.to_string()))?;
        let id = Uuid::try_parse(&envelope.id).map_err(|e| wrong("id", e.to_string()))?;
        let recorded_at = instant(&envelope.recorded_at).ok_or_else(|| {
            wrong(
                "recorded_at",
                format!(
                    "`{}` is not a UTC time with microseconds",
                    envelope.recorded_at
                ),
            )
        })?;
        lies_within(envelope.seq, envelope.batch)?;
        let at = |text: Cow<'_, str>| Text::of(&bytes, text);
        Ok(Self {
            seq: envelope.seq,
            version: envelope.version,
            v: envelope.v,
            id,
            recorded_at,
            batch: envelope.batch,
            stream: at(envelope.stream),
            kind: at(envelope.kind),
            on: at(envelope.on),
            command: at(envelope.command),
            actor: at(envelope.actor.id),
            known_by: at(envelope.actor.known_by),
            data: at(Cow::Borrowed(envelope.data.get())),
            sources: at(Cow::Borrowed(envelope.sources.get())),
            bytes,
        })
    }

    /// The stored bytes, exactly.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The stored bytes, shared.
    pub fn slice(&self) -> &Slice {
        &self.bytes
    }

    /// The same event in bytes of its own: for keeping, since a read event keeps the whole buffer it was read into.
    pub fn detach(&self) -> Self {
        Self {
            bytes: self.bytes.detach(),
            ..self.clone()
        }
    }

    /// Position in the ledger: 0 for the first event, without a gap.
    pub fn seq(&self) -> u64 {
        self.seq
    }

    /// The stream the event belongs to.
    pub fn stream(&self) -> &str {
        self.text(&self.stream)
    }

    /// Position in the stream: 0 for its first event, without a gap.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// The event's own identity.
    pub fn id(&self) -> Uuid {
        self.id
    }

    /// What happened: a past-tense word.
    pub fn kind(&self) -> &str {
        self.text(&self.kind)
    }

    /// Version of the kind's data.
    pub fn v(&self) -> u32 {
        self.v
    }

    /// When it happened in the world, as stated (text of the extended date/time format).
    pub fn on(&self) -> &str {
        self.text(&self.on)
    }

    /// When the ledger recorded it.
    pub fn recorded_at(&self) -> DateTime<Utc> {
        self.recorded_at
    }

    /// Opaque identity of who recorded it.
    pub fn actor(&self) -> &str {
        self.text(&self.actor)
    }

    /// How the actor was known.
    pub fn known_by(&self) -> &str {
        self.text(&self.known_by)
    }

    /// The atomic batch it belongs to.
    pub fn batch(&self) -> BatchSpan {
        self.batch
    }

    /// The key of the command that caused it.
    pub fn command(&self) -> &str {
        self.text(&self.command)
    }

    /// The kind's own data: JSON text, a slice of the bytes.
    pub fn data(&self) -> &str {
        self.text(&self.data)
    }

    /// The sources: JSON text, a slice of the bytes.
    pub fn sources(&self) -> &str {
        self.text(&self.sources)
    }

    fn text<'a>(&'a self, text: &'a Text) -> &'a str {
        match text {
            Text::Own(own) => own,
            Text::At(start, end) => self
                .bytes
                .get(*start as usize..*end as usize)
                .and_then(|part| std::str::from_utf8(part).ok())
                .unwrap_or_default(),
        }
    }
}

impl Text {
    /// Notes where a borrowed text lies in `bytes`, by its address, without looking at it again.
    fn of(bytes: &[u8], text: Cow<'_, str>) -> Self {
        match text {
            Cow::Borrowed(part) => match range_within(bytes, part.as_bytes()) {
                Some(range) => Self::At(range.start as u32, range.end as u32),
                None => Self::Own(Arc::from(part)),
            },
            Cow::Owned(own) => Self::Own(Arc::from(own.as_str())),
        }
    }
}

/// Where `part` lies inside `whole`, when it is a slice of it.
fn range_within(whole: &[u8], part: &[u8]) -> Option<Range<usize>> {
    let start = (part.as_ptr() as usize).checked_sub(whole.as_ptr() as usize)?;
    let end = start.checked_add(part.len())?;
    (end <= whole.len()).then_some(start..end)
}

/// Reads `YYYY-MM-DDTHH:MM:SS.ffffffZ`, the one form the ledger writes.
fn instant(text: &str) -> Option<DateTime<Utc>> {
    let bytes: &[u8; 27] = text.as_bytes().try_into().ok()?;
    let shape = b"0000-00-00T00:00:00.000000Z";
    if !bytes.iter().zip(shape).all(|(b, s)| {
        if *s == b'0' {
            b.is_ascii_digit()
        } else {
            b == s
        }
    }) {
        return None;
    }
    let number = |range: Range<usize>| {
        bytes
            .get(range)
            .unwrap_or_default()
            .iter()
            .fold(0_u32, |n, d| n * 10 + u32::from(d - b'0'))
    };
    NaiveDate::from_ymd_opt(number(0..4) as i32, number(5..7), number(8..10))?
        .and_hms_micro_opt(
            number(11..13),
            number(14..16),
            number(17..19),
            number(20..26),
        )
        .map(|time| time.and_utc())
}

/// An event lies inside its own batch.
fn lies_within(seq: u64, batch: BatchSpan) -> Result<(), RecordedError> {
    match seq.checked_sub(batch.first) {
        Some(n) if n < batch.count.into() => Ok(()),
        _ => Err(wrong(
            "batch",
            "the event does not lie inside its own batch".to_owned(),
        )),
    }
}

fn wrong(field: &'static str, problem: String) -> RecordedError {
    RecordedError::Field { field, problem }
}

/// Whether a field's JSON is of the field's type.
type Fits = fn(&str) -> Result<(), serde_json::Error>;

/// The fields of the envelope, and how to tell whether a value fits one.
const FIELDS: [(&str, Fits); 13] = [
    ("actor", |raw| {
        serde_json::from_str::<ActorPart<'_>>(raw).map(drop)
    }),
    ("batch", |raw| {
        serde_json::from_str::<BatchSpan>(raw).map(drop)
    }),
    ("command", |raw| {
        serde_json::from_str::<Cow<'_, str>>(raw).map(drop)
    }),
    ("data", |_| Ok(())),
    ("id", |raw| {
        serde_json::from_str::<Cow<'_, str>>(raw).map(drop)
    }),
    ("kind", |raw| {
        serde_json::from_str::<Cow<'_, str>>(raw).map(drop)
    }),
    ("on", |raw| {
        serde_json::from_str::<Cow<'_, str>>(raw).map(drop)
    }),
    ("recorded_at", |raw| {
        serde_json::from_str::<Cow<'_, str>>(raw).map(drop)
    }),
    ("seq", |raw| serde_json::from_str::<u64>(raw).map(drop)),
    ("sources", |_| Ok(())),
    ("stream", |raw| {
        serde_json::from_str::<Cow<'_, str>>(raw).map(drop)
    }),
    ("v", |raw| serde_json::from_str::<u32>(raw).map(drop)),
    ("version", |raw| serde_json::from_str::<u64>(raw).map(drop)),
];

/// Finds the field at fault. Only failures come here, so that the good case reads the bytes once.
fn explain(bytes: &[u8], problem: &str) -> RecordedError {
    let Ok(fields) = serde_json::from_slice::<std::collections::BTreeMap<String, &RawValue>>(bytes)
    else {
        return RecordedError::NotJson(problem.to_owned());
    };
    for (field, fits) in FIELDS {
        match fields.get(field).map(|raw| fits(raw.get())) {
            None => return wrong(field, "it is missing".to_owned()),
            Some(Err(error)) => return wrong(field, error.to_string()),
            Some(Ok(())) => {}
        }
    }
    RecordedError::NotJson(problem.to_owned())
}

impl PartialEq for Recorded {
    fn eq(&self, other: &Self) -> bool {
        self.bytes == other.bytes
    }
}

impl Eq for Recorded {}

impl fmt::Debug for Recorded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Recorded({:?})", self.bytes)
    }
}

#[cfg(test)]
mod tests;
