//! `fact_confirmed`: a second person confirms exactly one version of a fact; a later correction makes it lapse.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::deal::value::ids::EventId;
use crate::deal::value::text::Text;

/// A true example of the data.
pub const EXAMPLE: &str = r#"{"fact":"0196a3b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b","version":"0196a3b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b"}"#;

/// Which fact, and which version of it was seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FactConfirmed {
    /// The root event of the fact.
    pub fact: EventId,
    /// The event that holds the version confirmed: the root itself or a correction.
    pub version: EventId,
    /// Further words, as the source put them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<Text>,
}
