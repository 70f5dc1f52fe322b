//! `claim_preferred`: of several claims on a field one is shown; the others stay.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::deal::value::ids::EventId;
use crate::deal::value::text::Text;

/// A true example of the data.
pub const EXAMPLE: &str = r#"{"claim":"0196a3b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b","reason":"the later source counts by class"}"#;

/// The claim chosen, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ClaimPreferred {
    /// The claim chosen.
    pub claim: EventId,
    /// Why.
    pub reason: Text,
}
