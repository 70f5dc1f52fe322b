//! `noted`: a remark. Never a step.
//!
//! Drafts before the first release (version 0) called the words `text`; they stay readable.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::common::{Continued, Upcast};
use crate::deal::value::text::Text;

/// A true example of the data.
pub const EXAMPLE: &str = r#"{"words":"the delegation asks for a map of the zone"}"#;

/// From each old version to the next.
pub(super) const UPCASTS: &[(u32, Upcast)] = &[(0, text_became_words)];

fn text_became_words(mut data: Map<String, Value>) -> Result<Map<String, Value>, String> {
    let words = data.remove("text").ok_or("a draft note has its words in `text`")?;
    data.insert("words".to_owned(), words);
    Ok(data)
}

/// The remark.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Noted {
    /// In words.
    pub words: Text,
    /// The fact this one continues, when it was moved from another agreement.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub continues: Option<Continued>,
}
