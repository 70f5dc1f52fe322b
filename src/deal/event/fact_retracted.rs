//! `fact_retracted`: a fact should never have been recorded here. Final; its trail stays.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::deal::value::ids::EventId;
use crate::deal::value::text::Text;

/// A true example of the data.
pub const EXAMPLE: &str = r#"{"fact":"0196a3b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b","reason":"recorded on the wrong agreement"}"#;

/// Which fact, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FactRetracted {
    /// The root event of the fact, or a source added or confirmation given to one.
    pub fact: EventId,
    /// Why.
    pub reason: Text,
}
