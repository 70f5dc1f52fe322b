//! Small answers for whoever prepares a command or prints its answer from afar: what a name means, what comes next, what
//! was used last.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::standing::FactLine;
use super::{Reading, Word};
use crate::deal::event::ledger_opened::LedgerOpened;
use crate::deal::event::package_registered::DeclaredCounts;
use crate::deal::value::ids::{Actor, EventId, Ref, StreamId, StreamKind};
use crate::deal::value::source::Source;
use crate::deal::value::text::Names;
use crate::service::find::{self, FindError};

/// The ledger, and which answers are given now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LedgerNow {
    /// Its id.
    pub id: Uuid,
    /// How it was opened: origin, agency, zone, languages, whether its clock may be set.
    #[serde(flatten)]
    pub opened: LedgerOpened,
    /// How many events it has.
    pub position: u64,
    /// How many events the answer asked for rests on.
    pub known_at: u64,
    /// The day asked about, inclusive.
    pub as_of: NaiveDate,
    /// Today, in the agency's zone.
    pub today: NaiveDate,
    /// When the last entry known was recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recorded_at: Option<DateTime<Utc>>,
    /// Who asks: what they record is recorded under this id.
    pub caller: Actor,
}

/// What a reference or the id of a stream means.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Thing {
    /// Its reference; nothing of what was never registered.
    #[serde(rename = "ref", skip_serializing_if = "Option::is_none")]
    pub reference: Option<Ref>,
    /// Its title or name, in the agency's language.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// What it is.
    pub kind: StreamKind,
    /// Its stream.
    pub stream: StreamId,
    /// How many entries it has.
    pub version: u64,
    /// All its names, by language.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub names: Option<Names>,
    /// Of a package: the counts declared of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub declared_counts: Option<DeclaredCounts>,
}

/// The fact that an event belongs to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FactNow {
    /// The event that was named.
    pub event: EventId,
    /// What it did: recorded, corrected, and so on.
    pub deed: Word,
    /// The fact's own name: the event that recorded it first.
    pub root: EventId,
    /// The thing it is about.
    pub stream: StreamId,
    /// Its kind.
    pub kind: String,
    /// What the version in force says, with the fields of its kind.
    pub data: Map<String, Value>,
    /// The fact as lists show it.
    pub fact: FactLine,
}

/// The next free reference of each kind of thing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NextRefs {
    /// By kind.
    #[serde(flatten)]
    pub by_kind: BTreeMap<String, Ref>,
}

/// The codes of the milestones of the tracks in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Milestones {
    /// In the order of the alphabet.
    pub milestones: Vec<String>,
}

/// The sources an actor used last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LastSources {
    /// None where the actor used none lately.
    pub sources: Vec<Source>,
}

/// What a command recorded first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SentBefore {
    /// The thing it is about.
    pub stream: StreamId,
    /// Its sources.
    pub sources: Vec<Source>,
}

impl Reading {
    /// The thing of a kind that somebody means by a reference or a stream's id.
    ///
    /// # Errors
    /// When there is none; the near references are given.
    pub fn thing_of(&self, kind: StreamKind, typed: &str) -> Result<StreamId, FindError> {
        find::stream(&self.models, typed, Some(kind))
    }

    /// What a stream is called and how many entries it has; `None` when nothing of it is known.
    #[must_use]
    pub fn described(&self, stream: StreamId) -> Option<Thing> {
        let version = self.models.status.version_of(stream)?;
        let named = self.name(stream);
        let counts = (stream.kind() == StreamKind::Package).then(|| self.declared_counts(stream));
        Some(Thing {
            reference: named.as_ref().map(|named| named.reference.clone()),
            title: named.map(|named| named.title),
            kind: stream.kind(),
            stream,
            version,
            names: self.names(stream),
            declared_counts: counts,
        })
    }

    /// The fact that somebody means by an event id or a position, with what the version in force says.
    ///
    /// # Errors
    /// When there is none.
    pub fn fact_now(&self, typed: &str) -> Result<FactNow, FindError> {
        let found = self.fact(typed)?;
        let unknown = || FindError::UnknownFact(typed.trim().to_owned());
        let (deed, fact) = self.fact_of(found.event).ok_or_else(unknown)?;
        let data = match found.payload.to_value() {
            Ok(Value::Object(data)) => data,
            _ => Map::new(),
        };
        Ok(FactNow {
            event: found.event,
            deed,
            root: found.root,
            stream: found.stream,
            kind: found.payload.kind_name().to_owned(),
            data,
            fact,
        })
    }

    /// The next free reference of each kind of thing.
    #[must_use]
    pub fn next_refs(&self) -> NextRefs {
        let kinds = [
            StreamKind::Agreement,
            StreamKind::Package,
            StreamKind::Occasion,
            StreamKind::Organization,
        ];
        let refs = kinds.into_iter().filter_map(|kind| {
            let next = self.next_ref(kind)?;
            Some((kind.as_str().to_owned(), next))
        });
        NextRefs {
            by_kind: refs.collect(),
        }
    }
}
