//! `track_defined`: the whole template of milestones for one class of agreements.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::deal::track::Track;

/// A true example of the data.
pub const EXAMPLE: &str = r#"{"track":{"class":"institutional","milestones":[{"code":"signed","names":{"en":"signed"},"step":false},{"code":"in_force","names":{"en":"in force"},"step":true}],"needs":[],"review_interval_days":180}}"#;

/// The track in force from this event on, replacing the earlier one of its class as a whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TrackDefined {
    /// The whole track.
    pub track: Track,
}
