//! `claim_stated`: what a source says where sources differ, or of a body. Claims coexist.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::common::Continued;
use crate::deal::value::party::Party;
use crate::deal::value::text::Text;

/// A true example of the data.
pub const EXAMPLE: &str = r#"{"field":"declared_counts","speaker":{"description":"the agency","role":"speaker"},"value":"two institutional and three practical documents"}"#;

/// One source's word on a field or topic.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ClaimStated {
    /// The field of the registration it speaks of, or a topic in words.
    pub field: Text,
    /// What is claimed.
    pub value: Text,
    /// Who claims it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub speaker: Option<Party>,
    /// The fact this one continues, when it was moved from another agreement.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub continues: Option<Continued>,
}
