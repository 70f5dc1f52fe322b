//! What is known at one position, asked on one day: of the ledger at hand, or through a running service. Both ways answer
//! with the same values, so the same code prints them.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::NaiveDate;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::client::{Client, part};
use super::failure::Failure;
use super::trouble::{self, not_found};
use crate::deal::event::{Kind, Payload};
use crate::deal::value::ids::{EventId, Ref, StreamId, StreamKind};
use crate::deal::value::text::Names;
use crate::service::query::choice::Wanted;
use crate::service::query::explained::Explanation;
use crate::service::query::find::FoundFact;
use crate::service::query::known::{FactNow, LedgerNow, Milestones, NextRefs, Thing};
use crate::service::query::rows::Row;
use crate::service::query::search::FoundThings;
use crate::service::query::standing::{FactLine, ThingStanding};
use crate::service::query::trail::ThingTrail;
use crate::service::query::{Named, Reading, Word};

/// How many rows of a list are asked for at a time.
const ROWS: usize = 1_000;

/// What is known at one position, asked on one day.
#[derive(Clone)]
pub(super) enum View {
    /// Of the ledger at hand.
    Local(Reading),
    /// Through a service.
    Remote(Remote),
}

/// A position and a day at a service: every question asks for the same two times.
#[derive(Clone)]
pub(super) struct Remote {
    client: Arc<Client>,
    known_at: u64,
    as_of: NaiveDate,
}

/// The path of the things of a kind.
fn plural(kind: StreamKind) -> &'static str {
    match kind {
        StreamKind::Agreement => "agreements",
        StreamKind::Package => "packages",
        StreamKind::Occasion => "occasions",
        // The ledger's own stream is no thing that is listed or shown.
        StreamKind::Organization | StreamKind::Ledger => "organizations",
    }
}

/// Nothing, where that is the answer.
fn unless<T>(code: &str, asked: Result<T, Failure>) -> Result<Option<T>, Failure> {
    match asked {
        Ok(found) => Ok(Some(found)),
        Err(failure) if failure.code == code => Ok(None),
        Err(failure) => Err(failure),
    }
}

impl Remote {
    /// The two times that a service settled.
    pub(super) fn new(client: Arc<Client>, now: &LedgerNow) -> Self {
        Self {
            client,
            known_at: now.known_at,
            as_of: now.as_of,
        }
    }

    fn times(&self) -> Vec<(&'static str, String)> {
        vec![
            ("known_at", self.known_at.to_string()),
            ("as_of", self.as_of.to_string()),
        ]
    }

    fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, Failure> {
        self.client.get(path, &self.times())
    }

    fn of<T: DeserializeOwned>(&self, stream: StreamId, what: &str) -> Result<Option<T>, Failure> {
        let path = format!("/v1/{}/{stream}{what}", plural(stream.kind()));
        unless("not_known", self.get(&path))
    }

    fn thing(&self, typed: &str) -> Result<Thing, Failure> {
        self.get(&format!("/v1/things/{}", part(typed.trim())))
    }

    fn fact(&self, typed: &str) -> Result<FactNow, Failure> {
        let typed = typed.trim().trim_start_matches('#');
        let found = self.get(&format!("/v1/facts/{}", part(typed)));
        // A position beyond the ledger names no fact; as a moment it would be refused otherwise.
        found.map_err(|failure: Failure| match failure.code == "refused" {
            true => failure.coded("unknown_fact").hint(trouble::HINT_FACT),
            false => failure,
        })
    }

    fn list(&self, kind: StreamKind, wanted: &Wanted) -> Result<Vec<Row>, Failure> {
        let plural = plural(kind);
        let wanted = serde_json::to_value(wanted).unwrap_or_default();
        let mut query = self.times();
        query.push(("limit", ROWS.to_string()));
        let mut query: Map<String, Value> = query
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value.into()))
            .collect();
        query.extend(wanted.as_object().cloned().unwrap_or_default());
        let mut page: Map<String, Value> = self.client.get(&format!("/v1/{plural}"), &query)?;
        let mut rows = Vec::new();
        loop {
            let found = page.remove(plural).unwrap_or_default();
            let found: Vec<Row> = serde_json::from_value(found)
                .map_err(|error| Failure::broken("service", error.to_string()))?;
            rows.extend(found);
            let Some(next) = page.get("next").and_then(Value::as_str).map(str::to_owned) else {
                return Ok(rows);
            };
            page = self.client.get(&next, &())?;
        }
    }
}

impl View {
    /// The day asked about, inclusive.
    pub(super) fn day(&self) -> NaiveDate {
        match self {
            Self::Local(reading) => reading.day(),
            Self::Remote(remote) => remote.as_of,
        }
    }

    /// How many events are known here.
    pub(super) fn position(&self) -> u64 {
        match self {
            Self::Local(reading) => reading.position(),
            Self::Remote(remote) => remote.known_at,
        }
    }

    /// How a thing stands; nothing when nothing of it was known.
    pub(super) fn standing(&self, stream: StreamId) -> Result<Option<ThingStanding>, Failure> {
        match self {
            Self::Local(reading) => Ok(reading.standing(stream)),
            Self::Remote(remote) => remote.of(stream, ""),
        }
    }

    /// The trail of a thing, in order of recording, or of happening.
    pub(super) fn trail(
        &self,
        stream: StreamId,
        by_happening: bool,
    ) -> Result<Option<ThingTrail>, Failure> {
        match self {
            Self::Local(reading) => Ok(reading.trail(stream, by_happening)),
            Self::Remote(remote) => {
                let path = format!("/v1/{}/{stream}/history", plural(stream.kind()));
                let mut query = remote.times();
                query.push(("by_day", by_happening.to_string()));
                unless("not_known", remote.client.get(&path, &query))
            }
        }
    }

    /// What the answer about a thing was made of; `head` is what is known in the end.
    pub(super) fn explained(
        &self,
        stream: StreamId,
        head: &Self,
    ) -> Result<Option<Explanation>, Failure> {
        match (self, head) {
            (Self::Local(reading), Self::Local(head)) => Ok(reading.explained(stream, head)),
            (Self::Remote(remote), _) | (_, Self::Remote(remote)) => {
                remote.of(stream, "/explanation")
            }
        }
    }

    /// The registered things of a kind that are wanted, in order.
    pub(super) fn list(&self, kind: StreamKind, wanted: &Wanted) -> Result<Vec<Row>, Failure> {
        match self {
            Self::Local(reading) => reading.list(kind, wanted).map_err(trouble::of_choice),
            Self::Remote(remote) => remote.list(kind, wanted),
        }
    }

    /// The registered things that say all these words, or whose reference they are or begin.
    pub(super) fn search(
        &self,
        words: &str,
        kind: Option<StreamKind>,
        most: usize,
    ) -> Result<FoundThings, Failure> {
        match self {
            Self::Local(reading) => Ok(reading.search(words, kind, most)),
            Self::Remote(remote) => {
                let mut query = vec![
                    ("q", words.to_owned()),
                    ("limit", most.to_string()),
                    ("known_at", remote.known_at.to_string()),
                ];
                query.extend(kind.map(|kind| ("kind", kind.as_str().to_owned())));
                remote.client.get("/v1/search", &query)
            }
        }
    }

    /// What a registered thing is called.
    pub(super) fn name(&self, stream: StreamId) -> Result<Option<Named>, Failure> {
        match self {
            Self::Local(reading) => Ok(reading.name(stream)),
            Self::Remote(remote) => {
                let thing = unless("not_found", remote.thing(&stream.to_string()))?;
                let named = thing.and_then(|thing| thing.reference.zip(thing.title));
                Ok(named.map(|(reference, title)| Named { reference, title }))
            }
        }
    }

    /// The fact that an event belongs to, as lists show it, and what the event did to it.
    pub(super) fn fact_of(&self, event: EventId) -> Result<Option<(Word, FactLine)>, Failure> {
        match self {
            Self::Local(reading) => Ok(reading.fact_of(event)),
            Self::Remote(remote) => {
                let found = unless("unknown_fact", remote.fact(&event.to_string()))?;
                Ok(found.map(|found| (found.deed, found.fact)))
            }
        }
    }

    /// The thing of a reference or stream id.
    pub(super) fn thing(&self, typed: &str) -> Result<StreamId, Failure> {
        match self {
            Self::Local(reading) => reading.thing(typed).map_err(not_found),
            Self::Remote(remote) => Ok(remote.thing(typed)?.stream),
        }
    }

    /// The fact of an event id or position.
    pub(super) fn fact(&self, typed: &str) -> Result<FoundFact, Failure> {
        match self {
            Self::Local(reading) => reading.fact(typed).map_err(not_found),
            Self::Remote(remote) => {
                let found = remote.fact(typed)?;
                let version = Kind::of(&found.kind).map_or(0, Kind::version);
                let data = Value::Object(found.data).to_string();
                Ok(FoundFact {
                    event: found.event,
                    root: found.root,
                    stream: found.stream,
                    payload: Payload::decode_or_keep(&found.kind, version, &data),
                })
            }
        }
    }

    /// The registered organisation of a reference. A service that cannot be asked is told before anything is sent to it.
    pub(super) fn organization(&self, reference: &Ref) -> Option<StreamId> {
        match self {
            Self::Local(reading) => reading.organization(reference),
            Self::Remote(remote) => {
                let thing = unless("not_found", remote.thing(reference.as_str()));
                let thing = remote.client.or_missed(thing)?;
                (thing.kind == StreamKind::Organization).then_some(thing.stream)
            }
        }
    }

    /// All names of a thing.
    pub(super) fn names(&self, stream: StreamId) -> Result<Option<Names>, Failure> {
        match self {
            Self::Local(reading) => Ok(reading.names(stream)),
            Self::Remote(remote) => Ok(remote.thing(&stream.to_string())?.names),
        }
    }

    /// The counts declared of a package so far, by class.
    pub(super) fn declared_counts(&self, package: StreamId) -> Result<Map<String, Value>, Failure> {
        let counts = match self {
            Self::Local(reading) => Some(reading.declared_counts(package)),
            Self::Remote(remote) => remote.thing(&package.to_string())?.declared_counts,
        };
        Ok(match serde_json::to_value(counts) {
            Ok(Value::Object(counts)) => counts,
            _ => Map::new(),
        })
    }

    /// The next free reference of a kind of thing.
    pub(super) fn next_ref(&self, kind: StreamKind) -> Result<Option<Ref>, Failure> {
        match self {
            Self::Local(reading) => Ok(reading.next_ref(kind)),
            Self::Remote(remote) => {
                let mut next: NextRefs = remote.get("/v1/next-refs")?;
                Ok(next.by_kind.remove(kind.as_str()))
            }
        }
    }

    /// The codes of every milestone of the tracks in force.
    pub(super) fn milestones(&self) -> Result<BTreeSet<String>, Failure> {
        match self {
            Self::Local(reading) => Ok(reading.milestones()),
            Self::Remote(remote) => {
                let all: Milestones = remote.get("/v1/milestones")?;
                Ok(all.milestones.into_iter().collect())
            }
        }
    }
}
