//! The Document: a report as a pure value, before any format.
//!
//! It holds everything a reader is to see and everything needed to compute it again: the position
//! K, the day D, the resolved parameters, the root of the ledger at K, the sentences, the tables,
//! the notes with their sources. A renderer looks at nothing else. The digest of a report is taken
//! over the canonical bytes of this value, so it holds no float, and every list has one order.

pub mod block;
pub mod bytes;
pub mod note;

use std::collections::BTreeMap;

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use self::block::Part;
use self::bytes::BytesError;
use self::note::{Definition, Footnote};

/// Which ledger a Document was computed from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Ledger {
    /// The ledger's own name.
    pub origin: String,
    /// The agency, in the Document's language where the ledger has it.
    pub agency: String,
    /// The Merkle root over the first K events, 64 hexadecimal digits.
    pub root: String,
    /// Whether its clock may be set by hand, so that its facts are no record of an agency's work.
    pub demonstration: bool,
}

/// The words a renderer needs besides the Document's own, in the Document's language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Labels {
    /// Above the definitions.
    pub definitions: String,
    /// Above the footnotes.
    pub sources: String,
    /// Before each warning.
    pub warning: String,
    /// Marks a line that was struck through, where a format cannot strike.
    pub struck: String,
}

/// A report, computed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Document {
    /// The report's name in the registry of reports.
    pub report: String,
    /// The version of the code that computed it; a changed answer is a new version.
    pub report_version: u32,
    /// The language of its sentences.
    pub language: String,
    /// Its title.
    pub title: String,
    /// K: how many events were known, snapped down to the end of a batch.
    pub known_at: u64,
    /// D: the last day whose facts count.
    pub as_of: NaiveDate,
    /// The parameters, resolved.
    pub parameters: BTreeMap<String, String>,
    /// The ledger at K.
    pub ledger: Ledger,
    /// Whether every event it depends on could be read; an incomplete report cannot be issued.
    pub complete: bool,
    /// What a reader has to know before anything else.
    pub warnings: Vec<String>,
    /// Its parts, in the order they are read.
    pub parts: Vec<Part>,
    /// What the figures mean, by the letter printed beside them.
    pub definitions: Vec<Definition>,
    /// The facts cited, by the number printed beside them.
    pub footnotes: Vec<Footnote>,
    /// The positions of all events it cites, in order and without repeats.
    pub cited: Vec<u64>,
    /// The lines at its foot: both times, the root, and what no ledger proves.
    pub closing: Vec<String>,
    /// Words for renderers.
    pub labels: Labels,
}

impl Document {
    /// The one spelling of this Document that its digest is taken over: compact JSON, keys sorted.
    ///
    /// # Errors
    /// If a value cannot be written without a float; the Document types hold none.
    pub fn canonical_bytes(&self) -> Result<Vec<u8>, BytesError> {
        bytes::canonical(self)
    }

    /// The JSON Schema (2020-12) of the Documents of a report in a version.
    #[must_use]
    pub fn schema(report: &str, version: u32) -> serde_json::Value {
        let mut schema = schemars::schema_for!(Self).to_value();
        let constant = |schema: &mut serde_json::Value, member: &str, value: serde_json::Value| {
            let member = schema.pointer_mut(&format!("/properties/{member}"));
            if let Some(member) = member.and_then(serde_json::Value::as_object_mut) {
                member.insert("const".to_owned(), value);
            }
        };
        constant(&mut schema, "report", report.into());
        constant(&mut schema, "report_version", version.into());
        if let Some(members) = schema.as_object_mut() {
            let title = format!("Document of the report {report}");
            members.insert("title".to_owned(), title.into());
        }
        schema
    }
}

#[cfg(test)]
mod tests;
