//! `signed`: the agreement was signed. One of the core four milestones, and no step: signing has its own line.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::common::Continued;
use crate::deal::value::ids::StreamId;
use crate::deal::value::party::Party;
use crate::deal::value::text::Text;

/// A true example of the data.
pub const EXAMPLE: &str = r#"{"occasion":"occasion-0196a3b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b","place":"Baku"}"#;

/// Where and by whom it was signed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Signed {
    /// The occasion it was signed at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub occasion: Option<StreamId>,
    /// The place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Text>,
    /// Organisations and offices that signed, never names of persons.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub signatories: Vec<Party>,
    /// Further words, as the source put them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<Text>,
    /// What is inferred or assumed rather than read in the source; printed in reports.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inferred: Option<Text>,
    /// The fact this one continues, when it was moved from another agreement.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub continues: Option<Continued>,
}
