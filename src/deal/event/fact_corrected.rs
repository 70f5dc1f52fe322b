//! `fact_corrected`: a fact was recorded wrongly; this is the whole of it, right.
//!
//! The event's own `on` is the day of correcting; `now.on` is when the thing happened.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::deal::value::ids::EventId;
use crate::deal::value::source::Source;
use crate::deal::value::text::Text;
use crate::deal::value::when::When;

/// A true example of the data.
pub const EXAMPLE: &str = r#"{"fact":"0196a3b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b","now":{"data":{"area":{"amount":"3.1","qualifier":"exact","unit":"ha"}},"kind":"land_allocated","on":"2025-04-22","sources":[],"v":1},"reason":"typing error"}"#;

/// The whole new version of a fact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Correction {
    /// The fact's kind, so that the correction can be read by itself.
    pub kind: String,
    /// The version of that kind's data.
    pub v: u32,
    /// When it happened.
    pub on: When,
    /// The whole new data, of the fact's own kind.
    pub data: serde_json::Map<String, serde_json::Value>,
    /// The whole new sources.
    pub sources: Vec<Source>,
}

/// Which fact, what it is now, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FactCorrected {
    /// The root event of the fact.
    pub fact: EventId,
    /// The fact as it should have been recorded.
    pub now: Correction,
    /// Why; "typing error" is a reason.
    pub reason: Text,
}
