//! `contacted`: someone was asked or answered. It ends silence and is no step.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::common::Continued;
use crate::deal::value::party::Party;
use crate::deal::value::text::Text;

/// A true example of the data.
pub const EXAMPLE: &str = r#"{"outcome":"asked_nothing_new","with":{"description":"the company's office","role":"investor"}}"#;

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ContactOutcome {
    /// Asked, and nothing new was said.
    AskedNothingNew,
    /// Asked, and no answer came.
    NoAnswer,
    /// News came; the words say which.
    News,
    /// Something was agreed; the words say what.
    Agreed,
}

/// With whom and with what outcome.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Contacted {
    /// With whom: an office or role, never a person's name.
    pub with: Party,
    /// What came of it.
    pub outcome: ContactOutcome,
    /// Further words, as the source put them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<Text>,
    /// The fact this one continues, when it was moved from another agreement.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub continues: Option<Continued>,
}
