//! `promise_made`: a commitment with an owner.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::common::Continued;
use crate::deal::value::party::Party;
use crate::deal::value::text::Text;
use crate::deal::value::when::When;

/// A true example of the data.
pub const EXAMPLE: &str = r#"{"due":"2025-06","owner":{"description":"the zone's management","role":"owner"},"what":"send the draft lease"}"#;

/// Who promised what to whom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PromiseMade {
    /// Who will do it.
    pub owner: Party,
    /// To whom it was promised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counterpart: Option<Party>,
    /// What was promised.
    pub what: Text,
    /// When it is due.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<When>,
    /// The fact this one continues, when it was moved from another agreement.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub continues: Option<Continued>,
}
