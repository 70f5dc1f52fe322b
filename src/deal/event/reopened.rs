//! `reopened`: a terminated or completed agreement goes on.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::common::Continued;
use crate::deal::value::code::Code;
use crate::deal::value::text::Text;

/// A true example of the data.
pub const EXAMPLE: &str = r#"{"reason":"error","words":"the investor came back"}"#;

/// Why: a terminated or completed agreement goes on.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Reopened {
    /// A reason code, where one fits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Code>,
    /// Further words, as the source put them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<Text>,
    /// The fact this one continues, when it was moved from another agreement.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub continues: Option<Continued>,
}
