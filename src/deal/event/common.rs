//! What several payloads share.

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::deal::value::ids::EventId;

/// The fact a moved fact continues, so that a move does not make it look newly learned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Continued {
    /// The root event of the fact retracted from the other agreement.
    pub fact: EventId,
    /// The civil day on which its `on` was first recorded.
    pub since: NaiveDate,
}

/// Leaves out a flag that does not hold, so that its absence and `false` give the same bytes.
#[allow(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes the field by reference"
)]
pub(crate) fn is_false(flag: &bool) -> bool {
    !*flag
}

/// A step from one version of a kind's data to the next. It may rename and restructure, and never
/// invents what the old data did not hold.
pub type Upcast = fn(Map<String, Value>) -> Result<Map<String, Value>, String>;
