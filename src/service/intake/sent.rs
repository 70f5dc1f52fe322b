//! What was sent, read.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::amendments::{Amends, Saying, amendment};
use super::error::{IntakeError, below, malformed};
use super::parts::{Braced, UpTo, day, given, payload, read, sources};
use crate::deal::command::MAX_EVENTS;
use crate::deal::event::{Kind, Payload, Role};
use crate::deal::value::ids::{StreamId, StreamKind};

/// Kinds that the program alone records, of what it did itself.
const RESERVED: [Kind; 7] = [
    Kind::LedgerOpened,
    Kind::ReportIssued,
    Kind::KeyRotated,
    Kind::LedgerRepaired,
    Kind::LedgerRestored,
    Kind::ImportUndone,
    Kind::SubjectErased,
];

/// Which thing an item is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Subject {
    /// By what people call it: a reference or a stream's id, of one kind if that matters.
    Named(String, Option<StreamKind>),
    /// By its stream.
    Stream(StreamId),
    /// A new one, for which a stream is drawn.
    New(StreamKind),
    /// That of the fact which the item amends.
    OfFact,
}

/// One thing that is asked.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Item {
    /// Its path in what was sent; empty when it is all that was sent.
    pub(crate) path: String,
    pub(crate) subject: Subject,
    pub(crate) saying: Saying,
}

/// A command as it was sent: read, and nothing looked up yet.
#[derive(Debug, Clone, PartialEq)]
pub struct Sent {
    pub(crate) items: Vec<Item>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SentBatch<T> {
    events: T,
}

type Items<'a> = UpTo<MAX_EVENTS, Braced<SentItem<'a>>>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SentItem<'a> {
    #[serde(default, rename = "ref", deserialize_with = "given")]
    reference: Option<String>,
    #[serde(default, deserialize_with = "given")]
    stream: Option<String>,
    #[serde(default, deserialize_with = "given")]
    kind: Option<String>,
    #[serde(default, deserialize_with = "given")]
    on: Option<String>,
    #[serde(borrow, default)]
    data: Option<&'a RawValue>,
    #[serde(borrow, default)]
    sources: Option<&'a RawValue>,
}

impl Sent {
    /// Reads `{"events": [ITEM, …]}`.
    ///
    /// # Errors
    /// With the path of the first field that is wrong.
    pub fn batch(body: &[u8]) -> Result<Self, IntakeError> {
        // Where something is wrong with an item, or there are too many, each is read by itself to say which one it is.
        let items = match read::<SentBatch<Items<'_>>>("", body) {
            Ok(batch) => {
                let UpTo(events) = batch.events;
                few_enough(events.len())?;
                let items = events.iter().enumerate();
                let items = items.map(|(index, Braced(sent))| item(event_path(index), sent, None));
                items.collect::<Result<_, _>>()?
            }
            Err(_) => {
                let batch: SentBatch<Vec<&RawValue>> = read("", body)?;
                few_enough(batch.events.len())?;
                let items = batch.events.iter().enumerate();
                let items = items.map(|(index, raw)| {
                    let path = event_path(index);
                    let sent: SentItem<'_> = read(&path, raw.get().as_bytes())?;
                    item(path, &sent, None)
                });
                items.collect::<Result<_, _>>()?
            }
        };
        Ok(Self { items })
    }

    /// Reads one event of a thing that is named elsewhere: `{"kind": …, "on": …, "data": {…}, "sources": […]}`.
    ///
    /// # Errors
    /// As [`batch`](Self::batch).
    pub fn event(body: &[u8], thing: &str, kind: StreamKind) -> Result<Self, IntakeError> {
        let sent: SentItem<'_> = read("", body)?;
        if sent.reference.is_some() || sent.stream.is_some() {
            let field = if sent.reference.is_some() {
                "ref"
            } else {
                "stream"
            };
            return Err(malformed(
                "",
                field,
                "the path names the thing already: leave it out",
            ));
        }
        let subject = Subject::Named(thing.to_owned(), Some(kind));
        let item = item(String::new(), &sent, Some(subject))?;
        Ok(Self { items: vec![item] })
    }

    /// Reads the registration of a thing: `{"data": {…}, "on": …, "sources": […], "stream": …}`.
    ///
    /// # Errors
    /// As [`batch`](Self::batch).
    pub fn registration(body: &[u8], kind: StreamKind) -> Result<Self, IntakeError> {
        let mut sent: SentItem<'_> = read("", body)?;
        let registers = match kind {
            StreamKind::Agreement => Kind::AgreementRegistered,
            StreamKind::Package => Kind::PackageRegistered,
            StreamKind::Occasion => Kind::OccasionRegistered,
            StreamKind::Organization => Kind::OrganizationRegistered,
            StreamKind::Ledger => Kind::LedgerOpened,
        };
        if let Some(other) = sent
            .kind
            .as_deref()
            .filter(|one| *one != registers.as_str())
        {
            let sentence = format!("{other} does not register: leave the kind out");
            return Err(malformed("", "kind", sentence));
        }
        sent.kind = Some(registers.as_str().to_owned());
        let item = item(String::new(), &sent, None)?;
        Ok(Self { items: vec![item] })
    }

    /// Whether it confirms what somebody else recorded.
    #[must_use]
    pub fn confirms(&self) -> bool {
        let confirms = |item: &Item| matches!(item.saying, Saying::Confirm { .. });
        self.items.iter().any(confirms)
    }
}

fn few_enough(events: usize) -> Result<(), IntakeError> {
    match events {
        0 => Err(malformed("", "events", "a batch has at least one event")),
        1..=MAX_EVENTS => Ok(()),
        _ => {
            let sentence = format!("a batch has at most {MAX_EVENTS} events");
            Err(malformed("", "events", sentence))
        }
    }
}

fn event_path(index: usize) -> String {
    ["events[", &index.to_string(), "]"].concat()
}

fn item(path: String, sent: &SentItem<'_>, subject: Option<Subject>) -> Result<Item, IntakeError> {
    let name = sent.kind.as_deref();
    let name = name.ok_or_else(|| malformed(&path, "kind", "say what happened"))?;
    let (subject, saying) = match Amends::of(name) {
        Some(amends) => {
            let parts = (sent.on.as_deref(), sent.data, sent.sources);
            let about = || named(&path, sent).map(|named| named.unwrap_or(Subject::OfFact));
            let saying = amendment(&path, amends, parts)?;
            (subject.map_or_else(about, Ok)?, saying)
        }
        None => {
            let kind = kind(&path, name)?;
            let about = || self::subject(&path, sent, kind);
            let saying = Saying::Record {
                payload: payload(&path, kind, sent.data.map(RawValue::get))?,
                on: day(&path, sent.on.as_deref())?,
                sources: sources(&path, "sources", sent.sources)?.unwrap_or_default(),
            };
            (subject.map_or_else(about, Ok)?, saying)
        }
    };
    Ok(Item {
        path,
        subject,
        saying,
    })
}

fn kind(path: &str, name: &str) -> Result<Kind, IntakeError> {
    let path = below(path, "kind");
    let Some(kind) = Kind::of(name) else {
        let known = Payload::decode(name, 1, "{}");
        let sentence = known.map_or_else(|error| error.to_string(), |_| name.to_owned());
        return Err(IntakeError::UnknownKind { path, sentence });
    };
    match RESERVED.contains(&kind) {
        true => Err(IntakeError::Reserved {
            path,
            kind: kind.as_str(),
        }),
        false => Ok(kind),
    }
}

/// The thing an item names.
fn named(path: &str, sent: &SentItem<'_>) -> Result<Option<Subject>, IntakeError> {
    match (&sent.reference, &sent.stream) {
        (Some(_), Some(_)) => {
            let sentence = "name the thing by one of `ref` and `stream`";
            Err(malformed(path, "stream", sentence))
        }
        (Some(reference), None) => Ok(Some(Subject::Named(reference.clone(), None))),
        (None, Some(stream)) => match StreamId::try_from(stream.as_str()) {
            Ok(stream) => Ok(Some(Subject::Stream(stream))),
            Err(error) => Err(malformed(path, "stream", error)),
        },
        (None, None) => Ok(None),
    }
}

fn subject(path: &str, sent: &SentItem<'_>, kind: Kind) -> Result<Subject, IntakeError> {
    let registers = kind.role() == Role::Registration;
    if registers && sent.reference.is_some() {
        let sentence = "a new thing's reference stands in its data: leave this out";
        return Err(malformed(path, "ref", sentence));
    }
    if let Some(named) = named(path, sent)? {
        return Ok(named);
    }
    match (kind.role(), kind.streams()) {
        (Role::Registration, [new, ..]) => Ok(Subject::New(*new)),
        (Role::Ledger, _) => Ok(Subject::Stream(StreamId::Ledger)),
        _ => {
            let sentence = "say which thing it is about, by `ref` or `stream`";
            Err(malformed(path, "ref", sentence))
        }
    }
}
