//! What the demonstration portfolio is made of: commands in their order, each with its own id and
//! moment, so that a half-made one is completed and never doubled.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};
use uuid::{Builder, Uuid};

use crate::deal::value::ids::{StreamId, StreamKind};

/// One entry of a command.
pub(super) enum Entry {
    /// A fact.
    Fact(Fact),
    /// A fact as it should have been recorded: its `on` and its sources change, the rest stays.
    Redate {
        /// The label of the fact.
        fact: &'static str,
        /// Its new day.
        on: &'static str,
        /// Its sources from now on.
        sources: &'static [Report],
        /// Why.
        reason: &'static str,
    },
    /// One more source of a fact.
    AlsoIn {
        /// The label of the fact.
        fact: &'static str,
        /// The further source.
        source: Report,
    },
    /// The choice between claims on one field.
    Prefer {
        /// The thing the claims are about.
        stream: StreamId,
        /// The label of the claim chosen.
        claim: &'static str,
        /// Why.
        reason: &'static str,
    },
}

/// A fact as it is recorded.
pub(super) struct Fact {
    /// The thing it is about.
    pub(super) stream: StreamId,
    /// The event kind.
    pub(super) kind: &'static str,
    /// When it happened, for kinds that are dated.
    pub(super) on: Option<&'static str>,
    /// What it says.
    pub(super) data: Map<String, Value>,
    /// Which reports it comes from.
    pub(super) sources: &'static [Report],
    /// A name by which later entries point at it.
    pub(super) label: Option<&'static str>,
}

impl Fact {
    /// A fact without a day, from one or more reports.
    pub(super) fn new(
        stream: StreamId,
        kind: &'static str,
        data: Value,
        sources: &'static [Report],
    ) -> Self {
        let data = match data {
            Value::Object(map) => map,
            // An entry without fields; the kind's own reading says if it needs some.
            _ => Map::new(),
        };
        Self {
            stream,
            kind,
            on: None,
            data,
            sources,
            label: None,
        }
    }

    /// The same on a day.
    pub(super) fn on(mut self, on: &'static str) -> Self {
        self.on = Some(on);
        self
    }

    /// The same under a name.
    pub(super) fn named(mut self, label: &'static str) -> Self {
        self.label = Some(label);
        self
    }

    /// As an entry.
    pub(super) fn entry(self) -> Entry {
        Entry::Fact(self)
    }
}

/// The three reports of the news agency that the portfolio comes from.
#[derive(Clone, Copy)]
pub(super) enum Report {
    /// 18 April 2025, on the conference in Beijing.
    Conference,
    /// 21 April 2025, on the meeting of AZPROMO and NDRC.
    Meeting,
    /// 25 April 2025, the statement on practical steps.
    Steps,
}

impl Report {
    /// The news agency as the one who claims what a report says in its own words.
    pub(super) fn speaker() -> Value {
        json!({ "description": "Trend", "role": "speaker" })
    }

    /// The source as it stands beside each fact.
    pub(super) fn source(self) -> Value {
        let (title, published) = match self {
            Self::Conference => (
                "Report on the China-Azerbaijan industrial and investment conference in Beijing",
                "2025-04-18",
            ),
            Self::Meeting => (
                "Report on a meeting of AZPROMO and NDRC in Beijing",
                "2025-04-21",
            ),
            Self::Steps => (
                "Report on a statement on practical steps under the documents signed in Beijing",
                "2025-04-25",
            ),
        };
        json!({ "title": title, "type": "statement", "publisher": "Trend", "published": published })
    }
}

/// One command: what it records and when.
pub(super) struct Batch {
    /// Its own id, the same in every run.
    pub(super) id: &'static str,
    /// The moment it is recorded at.
    pub(super) at: &'static str,
    /// Its entries, recorded together or not at all.
    pub(super) entries: Vec<Entry>,
}

/// The id of a thing of the portfolio: the same in every run and on every machine.
pub(super) fn stream(kind: StreamKind, number: u16) -> StreamId {
    let sort = match kind {
        StreamKind::Agreement => 1,
        StreamKind::Package => 2,
        StreamKind::Occasion => 3,
        StreamKind::Organization => 4,
        StreamKind::Ledger => 5,
    };
    let [high, low] = number.to_be_bytes();
    let tail = [sort, 0, 0, 0, 0, 0, 0, 0, high, low];
    StreamId::new(kind, uuid_at(OPENED_MILLIS, tail))
}

/// 18 April 2025, 06:00 UTC, in milliseconds since 1970.
const OPENED_MILLIS: u64 = 1_744_956_000_000;

/// A UUID of version 7 for a moment and a tail of our own.
pub(super) fn uuid_at(millis: u64, tail: [u8; 10]) -> Uuid {
    Builder::from_unix_timestamp_millis(millis, &tail).into_uuid()
}

/// Reads a moment written in the plan.
pub(super) fn moment(text: &str) -> Option<DateTime<Utc>> {
    DateTime::parse_from_rfc3339(text)
        .ok()
        .map(|moment| moment.with_timezone(&Utc))
}
