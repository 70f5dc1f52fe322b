//! `subject_erased`: the key of a person's sealed data was destroyed; the proof stands.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::deal::value::text::Text;

/// A true example of the data.
pub const EXAMPLE: &str = r#"{"evidence":[],"reason":"request of the person","subject":"s:19c2"}"#;

/// Whose data, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SubjectErased {
    /// The opaque id of the subject.
    pub subject: Text,
    /// Commitments of the files erased with it.
    pub evidence: Vec<Text>,
    /// Why.
    pub reason: Text,
}
