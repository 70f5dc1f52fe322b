//! `assigned`: an officer becomes responsible for an agreement.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::deal::value::ids::ActorId;

/// A true example of the data.
pub const EXAMPLE: &str = r#"{"officer":"u:7f3a"}"#;

/// Who follows it up from now on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Assigned {
    /// The officer's opaque id.
    pub officer: ActorId,
}
