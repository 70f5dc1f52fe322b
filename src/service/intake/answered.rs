//! What a command is answered, as JSON.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;

use super::resolve::Resolved;
use crate::codec::envelope::timestamp;
use crate::deal::value::ids::{EventId, Ref, StreamId};
use crate::deal::warning::Warning;
use crate::service::answer::{Answer, RecordedEvent};

/// What a command recorded: durable when it is read.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Answered {
    /// The position after the command: whoever reads with `at_least` of it sees all of it.
    position: u64,
    /// How many events it recorded; 0 when there was nothing to do.
    count: u32,
    /// When it was recorded: UTC with microseconds.
    recorded_at: String,
    /// Whether the same command was carried out before, and this is its answer.
    replayed: bool,
    /// The events, in order.
    events: Vec<AnsweredEvent>,
    /// What to look at.
    #[schemars(with = "Vec<WarningSchema>")]
    warnings: Vec<Warning>,
}

/// One event a command recorded.
#[derive(Debug, Serialize, JsonSchema)]
pub struct AnsweredEvent {
    /// Its id.
    id: EventId,
    /// Its position in the ledger, from 0.
    seq: u64,
    /// The thing it is about.
    stream: StreamId,
    /// Its position in that thing's stream, from 0.
    version: u64,
    /// The thing's reference, where the command named it.
    #[serde(rename = "ref", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    reference: Option<Ref>,
}

/// Something to look at.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "Warning")]
pub struct WarningSchema {
    /// What it is about, as a stable code.
    pub code: String,
    /// The event concerned.
    pub event: Option<EventId>,
    /// The field concerned.
    pub field: Option<String>,
    /// What to do about it.
    pub hint: String,
    /// What is the matter.
    pub sentence: String,
    /// The thing concerned.
    pub stream: Option<StreamId>,
}

impl Answered {
    /// The answer to a command, with the references it named.
    #[must_use]
    pub fn new(resolved: &Resolved, answer: Answer) -> Self {
        let refs = references(resolved, &answer);
        let told = |event: &RecordedEvent| AnsweredEvent {
            id: event.id,
            seq: event.seq,
            stream: event.stream,
            version: event.version,
            reference: refs.get(&event.stream).cloned(),
        };
        Self {
            position: answer.position,
            count: answer.count,
            recorded_at: at(answer.recorded_at),
            replayed: answer.replayed,
            events: answer.events.iter().map(told).collect(),
            warnings: answer.warnings,
        }
    }
}

impl Answered {
    /// The reference of the first thing, where the command named it.
    #[must_use]
    pub fn reference(&self) -> Option<&Ref> {
        self.events.first()?.reference.as_ref()
    }

    /// How many events were recorded.
    #[must_use]
    pub fn count(&self) -> u32 {
        self.count
    }
}

fn at(moment: DateTime<Utc>) -> String {
    timestamp(moment)
}

/// The references of the things that the answer names. Of a command sent again the new things have the streams of the first
/// time, in the order in which their streams are drawn each time.
fn references(resolved: &Resolved, answer: &Answer) -> BTreeMap<StreamId, Ref> {
    let mut refs = resolved.refs.clone();
    let is_new =
        |event: &&RecordedEvent| event.version == 0 && !resolved.streams.contains(&event.stream);
    let new = answer.events.iter().filter(is_new);
    for (event, drawn) in new.zip(&resolved.drawn) {
        if let Some(reference) = resolved.refs.get(drawn) {
            refs.insert(event.stream, reference.clone());
        }
    }
    refs
}
