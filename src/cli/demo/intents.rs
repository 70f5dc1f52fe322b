//! The plan as ordinary commands.

use std::collections::BTreeMap;

use super::plan::{Batch, Entry, Fact, Report};
use crate::deal::command::{Change, Draft, Intent};
use crate::deal::event::claim_preferred::ClaimPreferred;
use crate::deal::event::{Kind, Payload};
use crate::deal::value::ids::EventId;
use crate::deal::value::source::Source;
use crate::deal::value::text::Text;

/// The events of labelled facts, known once they are recorded.
pub(super) type Labels = BTreeMap<&'static str, EventId>;

/// What a batch asks for, in order.
///
/// # Errors
/// A sentence, when an entry is not as its kind needs it; a test holds that none is.
pub(super) fn of(batch: &Batch, labels: &Labels) -> Result<Vec<Intent>, String> {
    batch
        .entries
        .iter()
        .map(|entry| intent(entry, labels).map_err(|why| format!("{}: {why}", batch.id)))
        .collect()
}

fn intent(entry: &Entry, labels: &Labels) -> Result<Intent, String> {
    let event = |label: &str| {
        let found = labels.get(label).copied();
        found.ok_or_else(|| format!("nothing is recorded under the name {label:?} yet"))
    };
    Ok(match entry {
        Entry::Fact(fact) => Intent::Record(draft(fact)?),
        Entry::Redate {
            fact,
            on,
            sources,
            reason,
        } => Intent::Correct {
            fact: event(fact)?,
            change: Change {
                on: Some(on.parse().map_err(told)?),
                data: None,
                sources: Some(self::sources(sources)?),
            },
            reason: text(reason)?,
        },
        Entry::AlsoIn { fact, source } => Intent::Source {
            fact: event(fact)?,
            sources: sources(&[*source])?,
        },
        Entry::Prefer {
            stream,
            claim,
            reason,
        } => Intent::Record(Draft {
            stream: *stream,
            payload: Payload::from(ClaimPreferred {
                claim: event(claim)?,
                reason: text(reason)?,
            }),
            on: None,
            sources: Vec::new(),
        }),
    })
}

fn draft(fact: &Fact) -> Result<Draft, String> {
    let version = Kind::of(fact.kind).map_or(1, Kind::version);
    Ok(Draft {
        stream: fact.stream,
        payload: Payload::from_map(fact.kind, version, fact.data.clone()).map_err(told)?,
        on: fact.on.map(str::parse).transpose().map_err(told)?,
        sources: sources(fact.sources)?,
    })
}

fn sources(reports: &[Report]) -> Result<Vec<Source>, String> {
    let read = |report: &Report| serde_json::from_value(report.source()).map_err(told);
    reports.iter().map(read).collect()
}

fn text(words: &str) -> Result<Text, String> {
    Text::new(words).map_err(told)
}

fn told(error: impl std::fmt::Display) -> String {
    error.to_string()
}

/// Whether nothing of an entry is lost when it is read: what is recorded is what is written here.
#[cfg(test)]
pub(super) fn is_kept_whole(fact: &Fact) -> bool {
    let read = draft(fact).and_then(|draft| draft.payload.to_value().map_err(told));
    read == Ok(serde_json::Value::Object(fact.data.clone()))
}
