//! Looking things up by what people type: references, streams, positions and event ids.

use std::collections::BTreeSet;

use crate::deal::event::Payload;
use crate::deal::event::agreement_registered::Class;
use crate::deal::state::{Fact, Recording};
use crate::deal::value::ids::{ActorId, CommandId, EventId, Ref, StreamId, StreamKind};
use crate::deal::value::source::Source;

use super::Reading;
use crate::service::find::{self, FindError};

/// A fact found by what somebody typed.
#[derive(Debug, Clone, PartialEq)]
pub struct FoundFact {
    /// The event that was named: the fact's root, a correction of it, or another amendment.
    pub event: EventId,
    /// The root event: the fact's own name.
    pub root: EventId,
    /// The thing it is about.
    pub stream: StreamId,
    /// What the version in force says.
    pub payload: Payload,
}

/// An event that a command recorded.
#[derive(Debug, Clone, PartialEq)]
pub struct Sent {
    /// The thing it is about.
    pub stream: StreamId,
    /// Its sources.
    pub sources: Vec<Source>,
}

impl Reading {
    /// The thing somebody means by a reference or a stream's id.
    ///
    /// # Errors
    /// When there is none; the near references are given.
    pub fn thing(&self, typed: &str) -> Result<StreamId, FindError> {
        find::stream(&self.models, typed, None)
    }

    /// The registered organisation of a reference.
    #[must_use]
    pub fn organization(&self, reference: &Ref) -> Option<StreamId> {
        let stream = self.models.status.by_ref(reference)?;
        (stream.kind() == StreamKind::Organization).then_some(stream)
    }

    /// The fact somebody means by an event id or a position.
    ///
    /// # Errors
    /// When there is none.
    pub fn fact(&self, typed: &str) -> Result<FoundFact, FindError> {
        let event = find::event(&self.models, typed)?;
        let found = self.models.status.fact(event);
        let found = found.ok_or_else(|| FindError::UnknownFact(typed.trim().to_owned()))?;
        Ok(FoundFact {
            event,
            root: found.fact.id(),
            stream: found.book.id,
            payload: found.fact.payload().clone(),
        })
    }

    /// The sources an actor used last, in any thing; empty when there are none.
    #[must_use]
    pub fn last_sources(&self, actor: &ActorId) -> Vec<Source> {
        let books = self.models.status.books();
        books
            .flat_map(|book| book.facts().flat_map(sourced))
            .filter(|(recording, sources)| recording.actor.id == *actor && !sources.is_empty())
            .max_by_key(|(recording, _)| recording.seq)
            .map(|(_, sources)| sources.to_vec())
            .unwrap_or_default()
    }

    /// The first event that a command of an actor recorded, if it was sent before.
    #[must_use]
    pub fn sent_by(&self, actor: &ActorId, command: &CommandId) -> Option<Sent> {
        let books = self.models.status.books();
        let first = books
            .flat_map(|book| book.facts().flat_map(sourced).map(|found| (book.id, found)))
            .filter(|(_, (recording, _))| {
                recording.actor.id == *actor && recording.command == *command
            })
            .min_by_key(|(_, (recording, _))| recording.seq)?;
        let (stream, (_, sources)) = first;
        Some(Sent {
            stream,
            sources: sources.to_vec(),
        })
    }

    /// The next free reference of a kind of thing, such as AG-2025-008.
    #[must_use]
    pub fn next_ref(&self, sort: StreamKind) -> Option<Ref> {
        use chrono::Datelike as _;
        let prefix = format!("{}-{:04}-", sort.ref_prefix()?, self.day.year());
        let numbers = self.models.status.refs().filter_map(|(reference, _)| {
            reference
                .as_str()
                .strip_prefix(&prefix)?
                .parse::<u64>()
                .ok()
        });
        let next = numbers.max().unwrap_or(0).saturating_add(1);
        Ref::new(&format!("{prefix}{next:03}")).ok()
    }

    /// The codes of every milestone of the tracks in force.
    #[must_use]
    pub fn milestones(&self) -> BTreeSet<String> {
        [Class::Practical, Class::Institutional]
            .into_iter()
            .flat_map(|class| &self.models.ledger.track(class).milestones)
            .map(|milestone| milestone.code.as_str().to_owned())
            .collect()
    }
}

/// Every recording of a fact that carries sources: its versions, the sources added later, and confirmations.
fn sourced(fact: &Fact) -> Vec<(&Recording, &[Source])> {
    let versions = fact
        .versions()
        .iter()
        .map(|version| (&version.recording, version.sources.as_slice()));
    let added = fact
        .added
        .iter()
        .map(|added| (&added.recording, added.sources.as_slice()));
    let confirmed = fact
        .confirmations
        .iter()
        .map(|one| (&one.recording, one.sources.as_slice()));
    versions.chain(added).chain(confirmed).collect()
}
