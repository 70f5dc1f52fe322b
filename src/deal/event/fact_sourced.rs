//! `fact_sourced`: one more source for a fact. The source stands in the event's `sources`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::deal::value::ids::EventId;

/// A true example of the data.
pub const EXAMPLE: &str = r#"{"fact":"0196a3b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b"}"#;

/// Which fact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FactSourced {
    /// The root event of the fact.
    pub fact: EventId,
}
