//! `milestone_not_needed`: a milestone of the track does not apply to this agreement.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::common::Continued;
use crate::deal::value::code::Code;
use crate::deal::value::text::Text;

/// A true example of the data.
pub const EXAMPLE: &str = r#"{"milestone":"land_allocated","reason":"the company uses its own building"}"#;

/// Which milestone, and why not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct MilestoneNotNeeded {
    /// The milestone's code in the track.
    pub milestone: Code,
    /// Why it is not needed.
    pub reason: Text,
    /// The fact this one continues, when it was moved from another agreement.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub continues: Option<Continued>,
}
