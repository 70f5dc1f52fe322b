//! The trail as an object-centric event log: OCEL 2.0 in JSON, for process mining.
//!
//! Agreements, packages, occasions, organisations, issued reports and the ledger itself are the objects; every event of the
//! ledger is an event of the log and tells in its relations, each with a qualifier, which objects it is about. `time` is the
//! last day on which the fact may have happened, at midnight UTC: a day has no time of day, and `seq` keeps the order within
//! it. `recorded_at` and `on` stand beside it as attributes. Values are texts and types are declared, as the published schema
//! asks; programs read them by their type. Events are written as they come; objects and types, which grow with the things of
//! the ledger and not with its events, stand behind them.

mod objects;
mod writing;

use std::collections::BTreeMap;

use chrono::SecondsFormat;
use serde_json::{Map, Value};

use self::objects::Objects;
use self::writing::{Sort, Types, listed, relations, scalar, write_types};
use super::events::{EventError, EventFormat, EventWriter, Told, members};

/// OCEL 2.0 in JSON.
pub const FORMAT: EventFormat = EventFormat {
    name: "ocel",
    media_type: "application/json",
    start: |_| Box::new(Log::default()),
};

#[derive(Default)]
struct Log {
    types: Types,
    objects: Objects,
    written: bool,
}

/// The flat attributes of an event.
type Attributes = BTreeMap<String, (String, Sort)>;

impl EventWriter for Log {
    fn begin(&mut self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"{\"events\":[");
    }

    fn event(&mut self, told: &Told<'_>, out: &mut Vec<u8>) -> Result<(), EventError> {
        let stored = told.stored;
        let data: Map<String, Value> =
            serde_json::from_str(stored.data()).map_err(|error| EventError::Data {
                seq: stored.seq(),
                problem: error.to_string(),
            })?;
        let about = self.objects.take_in(stored, &data);
        let attributes = attributes(told, &data);
        let declared = self.types.entry(stored.kind().to_owned()).or_default();
        for (name, (_, sort)) in &attributes {
            let known = declared.entry(name.clone()).or_insert(*sort);
            *known = known.with(*sort);
        }
        let between: &[u8] = if self.written { b",\n{" } else { b"\n{" };
        self.written = true;
        out.extend_from_slice(between);
        let (id, time) = (stored.id().to_string(), format!("{}T00:00:00Z", told.day));
        let named = [
            ("id", id.as_str()),
            ("type", stored.kind()),
            ("time", &time),
        ];
        members(&named, out);
        out.extend_from_slice(b",\"attributes\":");
        let flat = attributes.iter();
        listed(flat, out, |(name, (value, _)), out| {
            members(&[("name", name), ("value", value)], out);
        });
        out.extend_from_slice(b",\"relationships\":");
        relations(&about, out);
        out.push(b'}');
        Ok(())
    }

    fn end(&mut self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"\n],\n\"objects\":");
        let declared = self.objects.write(out);
        out.extend_from_slice(b",\n\"objectTypes\":");
        write_types(&declared, out);
        out.extend_from_slice(b",\n\"eventTypes\":");
        write_types(&self.types, out);
        out.extend_from_slice(b"}\n");
    }
}

/// What an event says, each in a flat attribute: its envelope, its data whole, and each scalar of its data by its path.
fn attributes(told: &Told<'_>, data: &Map<String, Value>) -> Attributes {
    let stored = told.stored;
    let recorded = stored.recorded_at();
    let envelope = [
        ("actor", stored.actor().to_owned(), Sort::Text),
        ("data", stored.data().to_owned(), Sort::Text),
        ("known_by", stored.known_by().to_owned(), Sort::Text),
        ("kind_version", stored.v().to_string(), Sort::Integer),
        ("on", stored.on().to_owned(), Sort::Text),
        (
            "recorded_at",
            recorded.to_rfc3339_opts(SecondsFormat::Micros, true),
            Sort::Time,
        ),
        ("seq", stored.seq().to_string(), Sort::Integer),
        ("sources", stored.sources().to_owned(), Sort::Text),
        ("version", stored.version().to_string(), Sort::Integer),
    ];
    let mut attributes: Attributes = envelope
        .into_iter()
        .map(|(name, value, sort)| (name.to_owned(), (value, sort)))
        .collect();
    for (name, value) in data {
        flatten(&format!("data.{name}"), value, &mut attributes);
    }
    attributes
}

/// Lists have no place in a flat attribute; they stand in `data`.
fn flatten(path: &str, value: &Value, into: &mut Attributes) {
    if let Value::Object(members) = value {
        for (name, member) in members {
            flatten(&format!("{path}.{name}"), member, into);
        }
    } else if let Some(scalar) = scalar(value) {
        into.insert(path.to_owned(), scalar);
    }
}
