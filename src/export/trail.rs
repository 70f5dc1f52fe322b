//! The trail as CSV, a row an event with both its dates, for spreadsheets (RFC 4180; UTF-8 with a byte order mark).
//!
//! No cell is a formula. A cell is on one line: what an event says in full is its data, as JSON.

use std::collections::BTreeMap;

use chrono::SecondsFormat;
use serde::Deserialize;

use super::csv::cell::safe;
use super::events::{EventError, EventFormat, EventWriter, Told};

/// A sheet of events.
pub const FORMAT: EventFormat = EventFormat {
    name: "csv",
    media_type: "text/csv; charset=utf-8; header=present",
    start: |_| Box::new(Sheet::default()),
};

/// The byte order mark by which spreadsheets know UTF-8.
const MARK: &[u8] = "\u{feff}".as_bytes();

/// The headings of the columns. `happened` is the date in the ledger's form, `happened_by` the last day it may mean.
const COLUMNS: [&str; 16] = [
    "entry",
    "recorded_at",
    "happened",
    "happened_by",
    "kind",
    "kind_version",
    "thing",
    "reference",
    "version",
    "event",
    "actor",
    "known_by",
    "command",
    "batch",
    "data",
    "sources",
];

/// The references of things, as they were told last.
#[derive(Default)]
struct Sheet {
    references: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct Referred {
    #[serde(rename = "ref")]
    reference: Option<String>,
    now: Option<Corrected>,
}

#[derive(Deserialize)]
struct Corrected {
    data: Option<Named>,
}

#[derive(Deserialize)]
struct Named {
    #[serde(rename = "ref")]
    reference: Option<String>,
}

impl Sheet {
    /// Learns the reference of a thing from its registration, or from what corrects it.
    fn learn(&mut self, told: &Told<'_>) {
        if !told.stored.data().contains("\"ref\":") {
            return;
        }
        let Ok(said) = serde_json::from_str::<Referred>(told.stored.data()) else {
            return;
        };
        let corrected = said.now.and_then(|now| now.data?.reference);
        if let Some(reference) = said.reference.or(corrected) {
            let stream = told.stored.stream().to_owned();
            self.references.insert(stream, reference);
        }
    }
}

impl EventWriter for Sheet {
    fn begin(&mut self, out: &mut Vec<u8>) {
        out.extend_from_slice(MARK);
        out.extend_from_slice(COLUMNS.join(",").as_bytes());
        out.extend_from_slice(b"\r\n");
    }

    fn event(&mut self, told: &Told<'_>, out: &mut Vec<u8>) -> Result<(), EventError> {
        self.learn(told);
        let stored = told.stored;
        let reference = self.references.get(stored.stream());
        let recorded = stored.recorded_at();
        let cells: [String; COLUMNS.len()] = [
            stored.seq().to_string(),
            recorded.to_rfc3339_opts(SecondsFormat::Micros, true),
            safe(stored.on()),
            told.day.to_string(),
            safe(stored.kind()),
            stored.v().to_string(),
            safe(stored.stream()),
            safe(reference.map_or("", String::as_str)),
            stored.version().to_string(),
            stored.id().to_string(),
            safe(stored.actor()),
            safe(stored.known_by()),
            safe(stored.command()),
            stored.batch().first.to_string(),
            safe(stored.data()),
            safe(stored.sources()),
        ];
        let refused = |problem: String| EventError::Row {
            seq: stored.seq(),
            problem,
        };
        let mut row = ::csv::WriterBuilder::new()
            .terminator(::csv::Terminator::CRLF)
            .from_writer(out);
        row.write_record(&cells)
            .map_err(|error| refused(error.to_string()))?;
        row.flush().map_err(|error| refused(error.to_string()))
    }

    fn end(&mut self, _: &mut Vec<u8>) {}
}
