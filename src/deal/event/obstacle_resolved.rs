//! `obstacle_resolved`: an obstacle is gone.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::deal::value::ids::EventId;
use crate::deal::value::text::Text;

/// A true example of the data.
pub const EXAMPLE: &str = r#"{"obstacle":"0196a3b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b","words":"the plan was delivered"}"#;

/// Which obstacle, and how.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ObstacleResolved {
    /// The obstacle.
    pub obstacle: EventId,
    /// Further words, as the source put them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<Text>,
}
