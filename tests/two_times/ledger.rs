//! A small ledger written by hand: who recorded what when, in the words of the tables.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use dealtrail::deal::event::{Batch, Event, Kind, Payload};
use dealtrail::deal::value::ids::{
    Actor, ActorId, CommandId, EventId, KnownBy, StreamId, StreamKind,
};
use dealtrail::deal::value::source::Source;
use dealtrail::deal::value::when::When;
use dealtrail::deal::value::zone::Zone;
use dealtrail::projection::models::Models;
use dealtrail::projection::standing::Standing;
use serde_json::{Value, json};
use uuid::Uuid;

/// The zone of the tables.
pub(crate) fn zone() -> Zone {
    "Asia/Baku".parse().unwrap()
}

/// A civil day of 2025 as the tables write it: "24 Apr".
pub(crate) fn day(text: &str) -> NaiveDate {
    NaiveDate::parse_from_str(&format!("{text} 2025"), "%d %b %Y")
        .unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// A moment: "24 Apr 06:00" in UTC, or "24 Apr" for eight in the morning UTC, noon in Baku.
pub(crate) fn moment(text: &str) -> DateTime<Utc> {
    match text.split_once(':') {
        Some((head, minutes)) => {
            let (date, hour) = head.rsplit_once(' ').unwrap();
            let time = format!("{date} 2025 {hour}:{minutes}");
            NaiveDateTime::parse_from_str(&time, "%d %b %Y %H:%M")
                .unwrap_or_else(|error| panic!("{text}: {error}"))
                .and_utc()
        }
        None => day(text).and_hms_opt(8, 0, 0).unwrap().and_utc(),
    }
}

/// When something happened: "22 Apr", or the text of a [`When`] such as `../2025-04-25`.
pub(crate) fn when(text: &str) -> When {
    text.parse().unwrap_or_else(|_| When::day(day(text)))
}

/// The UUID a name stands for.
pub(crate) fn uuid(name: &str) -> Uuid {
    let mut bytes = [0_u8; 16];
    for (slot, byte) in bytes.iter_mut().zip(name.bytes()) {
        *slot = byte;
    }
    Uuid::from_bytes(bytes)
}

/// The agreement of a name.
pub(crate) fn agreement(name: &str) -> StreamId {
    StreamId::new(StreamKind::Agreement, uuid(name))
}

/// The package of a name.
pub(crate) fn package(name: &str) -> StreamId {
    StreamId::new(StreamKind::Package, uuid(name))
}

/// What one event says, before it has a place.
#[derive(Debug, Clone)]
pub(crate) struct Draft {
    pub(crate) stream: StreamId,
    pub(crate) payload: Payload,
    pub(crate) on: Option<When>,
    pub(crate) sources: Vec<Source>,
}

/// A draft of a kind on a deal; milestones without a kind of their own go by their code.
pub(crate) fn draft(stream: StreamId, word: &str, on: &str, data: Value) -> Draft {
    let (kind, data) = spelled(word, data);
    Draft {
        stream,
        payload: Payload::decode(kind.as_str(), kind.version(), &data.to_string())
            .unwrap_or_else(|error| panic!("{error}")),
        on: (!on.is_empty()).then(|| when(on)),
        sources: Vec::new(),
    }
}

/// The kind a word of the tables means, with its data.
fn spelled(word: &str, mut data: Value) -> (Kind, Value) {
    match (word, Kind::of(word)) {
        ("financial_model_agreed", _) if data == json!({}) => {
            (Kind::FinancialModelAgreed, json!({"strength": "agreed"}))
        }
        ("company_incorporated", _) if data == json!({}) => (
            Kind::CompanyIncorporated,
            json!({"legal_name": "Glassworks LLC"}),
        ),
        (_, Some(kind)) => (kind, data),
        (code, None) => {
            data["milestone"] = json!(code);
            (Kind::MilestoneReached, data)
        }
    }
}

/// A ledger under the pen.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ledger {
    pub(crate) events: Vec<Event>,
    versions: BTreeMap<StreamId, u64>,
}

impl Ledger {
    /// A ledger with these agreements registered on 1 April.
    pub(crate) fn with(names: &[&str]) -> Self {
        let mut ledger = Self::default();
        for name in names {
            ledger.register("1 Apr", name, json!({}));
        }
        ledger
    }

    /// Registers a practical agreement under its name; `more` adds to the data or replaces parts.
    pub(crate) fn register(&mut self, recorded: &str, name: &str, more: Value) -> EventId {
        let mut data = json!({
            "ref": name.to_uppercase(), "titles": {"en": name}, "class": "practical",
            "instrument": "contract", "nature": "unknown",
        });
        for (key, value) in more.as_object().into_iter().flatten() {
            data[key] = value.clone();
        }
        self.record(recorded, agreement(name), "agreement_registered", "", data)
    }

    /// Records one fact.
    pub(crate) fn record(
        &mut self,
        recorded: &str,
        stream: StreamId,
        word: &str,
        on: &str,
        data: Value,
    ) -> EventId {
        self.batch(recorded, vec![draft(stream, word, on, data)])[0]
    }

    /// Records one dated fact without further data on an agreement, by name.
    pub(crate) fn fact(&mut self, recorded: &str, name: &str, word: &str, on: &str) -> EventId {
        self.record(recorded, agreement(name), word, on, json!({}))
    }

    /// Corrects a fact: its day, its data, or both.
    pub(crate) fn correct(
        &mut self,
        recorded: &str,
        fact: EventId,
        on: &str,
        data: Value,
    ) -> EventId {
        let draft = self.correction(fact, on, data);
        self.batch(recorded, vec![draft])[0]
    }

    pub(crate) fn correction(&self, fact: EventId, on: &str, data: Value) -> Draft {
        let root = self.event(fact);
        let now = json!({
            "kind": root.payload.kind_name(), "v": 1, "on": when(on).as_str(), "data": data,
            "sources": root.sources.as_slice(),
        });
        let data = json!({"fact": fact, "now": now, "reason": "typing error"});
        draft(root.stream, "fact_corrected", "", data)
    }

    /// Withdraws a fact.
    pub(crate) fn retract(&mut self, recorded: &str, fact: EventId) -> EventId {
        let draft = self.retraction(fact);
        self.batch(recorded, vec![draft])[0]
    }

    pub(crate) fn retraction(&self, fact: EventId) -> Draft {
        let data = json!({"fact": fact, "reason": "recorded in error"});
        draft(self.event(fact).stream, "fact_retracted", "", data)
    }

    /// Moves a fact to another agreement: one batch that withdraws it here and records it there.
    pub(crate) fn moves(&mut self, recorded: &str, fact: EventId, to: &str) -> EventId {
        let root = self.event(fact);
        let mut payload = root.payload.clone();
        assert!(payload.set_continues(
            serde_json::from_value(json!({"fact": fact, "since": root.day})).unwrap()
        ));
        let there = Draft {
            stream: agreement(to),
            payload,
            on: Some(root.on.clone()),
            sources: root.sources.to_vec(),
        };
        let here = self.retraction(fact);
        self.batch(recorded, vec![here, there])[1]
    }

    /// Records several facts at one moment, whole or not at all.
    pub(crate) fn batch(&mut self, recorded: &str, drafts: Vec<Draft>) -> Vec<EventId> {
        self.batch_at(moment(recorded), drafts)
    }

    pub(crate) fn batch_at(&mut self, at: DateTime<Utc>, drafts: Vec<Draft>) -> Vec<EventId> {
        let first = self.events.len() as u64;
        let batch = Batch {
            first,
            count: drafts.len() as u64,
        };
        let mut ids = Vec::new();
        for draft in drafts {
            let seq = self.events.len() as u64;
            let version = self.versions.entry(draft.stream).or_default();
            let id = EventId::new(Uuid::from_u128(u128::from(seq) + 1));
            self.events.push(Event {
                seq,
                stream: draft.stream,
                version: *version,
                id,
                on: draft.on.unwrap_or_else(|| When::day(zone().day_of(at))),
                recorded_at: at,
                day: zone().day_of(at),
                actor: officer(),
                batch,
                command: CommandId::from(Uuid::from_u128(u128::from(first))),
                sources: draft.sources.into(),
                payload: draft.payload,
            });
            *version += 1;
            ids.push(id);
        }
        ids
    }

    pub(crate) fn event(&self, id: EventId) -> &Event {
        self.events.iter().find(|event| event.id == id).unwrap()
    }

    /// The position a moment of the tables means: "24 Apr" the end of that day, "24 Apr 06:00" that
    /// very moment, "head" everything.
    pub(crate) fn position(&self, known: &str) -> u64 {
        let boundaries = self.head().boundaries;
        match known {
            "head" => boundaries.head(),
            exact if exact.contains(':') => boundaries.known_at(moment(exact)),
            date => boundaries.known_on(day(date), zone()),
        }
    }

    /// Everything known.
    pub(crate) fn head(&self) -> Models {
        Models::fold(&self.events)
    }

    /// What was known at a moment of the tables.
    pub(crate) fn known(&self, known: &str) -> Models {
        Models::fold(&self.events[..self.position(known) as usize])
    }

    /// Asks for the stage of an agreement in both times, row by row: (D, T, stage).
    #[track_caller]
    pub(crate) fn stages(&self, name: &str, rows: &[(&str, &str, &str)]) {
        for (on, known, expected) in rows {
            let models = self.known(known);
            let standing = models.standing(agreement(name), day(on)).unwrap();
            let stage = standing.stage().map_or("no milestone", |stage| stage.code);
            assert_eq!(stage, *expected, "{name} on {on} as known on {known}");
        }
    }
}

pub(crate) fn officer() -> Actor {
    Actor {
        id: "u:7f3a".parse::<ActorId>().unwrap(),
        known_by: KnownBy::Token,
    }
}

/// The codes of an agreement's milestones with their days, as "land_allocated 2025-04-22".
pub(crate) fn milestones(standing: &Standing<'_>) -> Vec<String> {
    standing
        .milestones
        .iter()
        .map(|reached| format!("{} {}", reached.code, reached.day))
        .collect()
}
