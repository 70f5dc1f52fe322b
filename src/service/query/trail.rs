//! A thing's whole trail, with both dates of every entry and what became of it.

use chrono::{DateTime, NaiveDate, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::standing::FactLine;
use super::{Named, Reading, Word, phrase};
use crate::deal::state::{Anomaly, Book, Confirmation, Recording, Retraction, Version};
use crate::deal::value::ids::{EventId, KnownBy, StreamId};
use crate::deal::value::source::EvidenceLevel;
use crate::projection::timeline::{Entry, Holds, SourceEntry, Trail};

/// Who recorded something, and when.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Recorded {
    /// The position.
    pub seq: u64,
    /// The event.
    pub id: EventId,
    /// When.
    pub recorded_at: DateTime<Utc>,
    /// The civil day of that moment in the agency's zone.
    pub day: NaiveDate,
    /// Who.
    pub actor: String,
    /// How the actor is known; a local claim is not checked.
    pub known_by: KnownBy,
}

/// One version of a fact.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct VersionLine {
    /// Who recorded it, and when.
    #[serde(flatten)]
    pub recorded: Recorded,
    /// When it happened, as this version says.
    pub on: String,
    /// The same in words.
    pub on_words: String,
    /// What it says.
    pub content: String,
    /// Why it replaced the version before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Whether it is in force.
    pub in_force: bool,
}

/// A withdrawal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Withdrawal {
    /// Who recorded it, and when.
    #[serde(flatten)]
    pub recorded: Recorded,
    /// Why.
    pub reason: String,
}

/// A confirmation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ConfirmationLine {
    /// Who recorded it, and when.
    #[serde(flatten)]
    pub recorded: Recorded,
    /// Whether it lapsed because the version it speaks of was corrected.
    pub lapsed: bool,
}

/// A source of a fact.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SourceLine {
    /// Its title.
    pub title: String,
    /// Its type.
    #[serde(rename = "type")]
    pub kind: Word,
    /// Who published it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub publisher: Option<String>,
    /// When it was published.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub published: Option<String>,
    /// The level it gives.
    pub level: EvidenceLevel,
    /// Whether it was withdrawn.
    pub withdrawn: bool,
}

/// One fact with all that became of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TrailEntry {
    /// The fact as it stands.
    #[serde(flatten)]
    pub fact: FactLine,
    /// How it stands to the day asked about: happened, possible, later, undated or retracted.
    pub holds: Word,
    /// Every version, oldest first.
    pub versions: Vec<VersionLine>,
    /// Set when it was withdrawn.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retracted: Option<Withdrawal>,
    /// The position of the fact that reverses it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reversed_by: Option<u64>,
    /// The event of the fact it continues, when it was moved here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub moved_from: Option<EventId>,
    /// Confirmations, lapsed ones marked.
    pub confirmations: Vec<ConfirmationLine>,
    /// Its sources.
    pub sources: Vec<SourceLine>,
}

/// An entry this program could not place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct UnplacedLine {
    /// Who recorded it, and when.
    #[serde(flatten)]
    pub recorded: Recorded,
    /// Its kind, as stored.
    pub kind: String,
    /// What is wrong with it.
    pub why: String,
}

/// The whole trail of a thing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ThingTrail {
    /// What it is called.
    #[serde(flatten)]
    pub named: Option<Named>,
    /// Its stream.
    pub stream: StreamId,
    /// How many entries it has.
    pub version: u64,
    /// How many entries of the ledger were known.
    pub known_at: u64,
    /// Its facts.
    pub entries: Vec<TrailEntry>,
    /// What could not be placed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unplaced: Vec<UnplacedLine>,
}

impl Reading {
    /// The trail of a thing, in order of recording, or of happening; `None` when it has no entry.
    #[must_use]
    pub fn trail(&self, stream: StreamId, by_happening: bool) -> Option<ThingTrail> {
        let trail: Trail<'_> = self.models.trail(stream)?;
        let book = trail.book;
        let entries = match by_happening {
            true => trail
                .by_happening()
                .map(|one| self.entry(book, one))
                .collect(),
            false => trail
                .entries
                .iter()
                .map(|one| self.entry(book, one))
                .collect(),
        };
        Some(ThingTrail {
            named: self.named(book),
            stream,
            version: book.version,
            known_at: self.position(),
            entries,
            unplaced: book.anomalies.iter().map(unplaced).collect(),
        })
    }

    fn entry(&self, book: &Book, entry: &Entry<'_>) -> TrailEntry {
        let standing = entry.confirmation.map(|one| confirmation(one, false));
        let lapsed = entry.lapsed.iter().map(|one| confirmation(one, true));
        TrailEntry {
            fact: self.fact_line(book, entry.fact),
            holds: holds(entry.holds(self.day())).into(),
            versions: entry
                .versions
                .iter()
                .map(|one| version(one.version, one.in_force))
                .collect(),
            retracted: entry.retracted.map(withdrawal),
            reversed_by: entry.reversed_by.map(|fact| fact.seq()),
            moved_from: entry.continues.map(|continued| continued.fact),
            confirmations: lapsed.chain(standing).collect(),
            sources: entry.sources.iter().map(source).collect(),
        }
    }
}

fn holds(holds: Holds) -> &'static str {
    match holds {
        Holds::Happened => "happened",
        Holds::Possible => "possible",
        Holds::Later => "later",
        Holds::Undated => "undated",
        Holds::Retracted => "retracted",
    }
}

/// What could not be placed, as lists show it.
pub(super) fn unplaced(anomaly: &Anomaly) -> UnplacedLine {
    UnplacedLine {
        recorded: recorded(&anomaly.recording),
        kind: anomaly.kind.clone(),
        why: anomaly.why.clone(),
    }
}

/// Who recorded something, and when.
pub(super) fn recorded(recording: &Recording) -> Recorded {
    Recorded {
        seq: recording.seq,
        id: recording.event,
        recorded_at: recording.at,
        day: recording.day,
        actor: recording.actor.id.to_string(),
        known_by: recording.actor.known_by,
    }
}

fn version(version: &Version, in_force: bool) -> VersionLine {
    VersionLine {
        recorded: recorded(&version.recording),
        on: version.on.to_string(),
        on_words: phrase::when(&version.on),
        content: phrase::content(&version.payload),
        reason: version.reason.as_ref().map(ToString::to_string),
        in_force,
    }
}

fn withdrawal(retraction: &Retraction) -> Withdrawal {
    Withdrawal {
        recorded: recorded(&retraction.recording),
        reason: retraction.reason.to_string(),
    }
}

fn confirmation(confirmation: &Confirmation, lapsed: bool) -> ConfirmationLine {
    ConfirmationLine {
        recorded: recorded(&confirmation.recording),
        lapsed,
    }
}

fn source(entry: &SourceEntry<'_>) -> SourceLine {
    SourceLine {
        title: entry.source.title.to_string(),
        kind: entry.source.kind.as_str().into(),
        publisher: entry.source.publisher.as_ref().map(ToString::to_string),
        published: entry.source.published.as_ref().map(ToString::to_string),
        level: entry.level,
        withdrawn: entry.retracted.is_some(),
    }
}
