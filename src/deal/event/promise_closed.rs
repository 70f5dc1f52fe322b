//! `promise_closed`: how a promise ended.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::deal::value::ids::EventId;
use crate::deal::value::text::Text;

/// A true example of the data.
pub const EXAMPLE: &str = r#"{"outcome":"kept","promise":"0196a3b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b"}"#;

/// How it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It was kept.
    Kept,
    /// It was dropped.
    Dropped,
    /// Another promise took its place.
    Superseded,
}

/// The end of a promise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PromiseClosed {
    /// The promise.
    pub promise: EventId,
    /// How it ended.
    pub outcome: Outcome,
    /// Further words, as the source put them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<Text>,
}
