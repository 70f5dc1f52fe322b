//! `milestone_reversed`: a milestone was undone in the world (land withdrawn, company liquidated).
//!
//! History stays; the step counts no longer from that day.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::deal::value::ids::EventId;
use crate::deal::value::text::Text;

/// A true example of the data.
pub const EXAMPLE: &str = r#"{"fact":"0196a3b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b","words":"the land was withdrawn"}"#;

/// Which milestone fact was undone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct MilestoneReversed {
    /// The milestone fact that no longer holds.
    pub fact: EventId,
    /// What happened.
    pub words: Text,
}
