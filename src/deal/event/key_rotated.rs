//! `key_rotated`: checkpoints are signed with a new key from here on.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::deal::value::text::Text;

/// A true example of the data.
pub const EXAMPLE: &str = r#"{"new_key":"dealtrail.example/demo+baac1b7f+AepKbGPinFIKvvVQexMuxfmVR3auvr57kkIe6mkURtIs","new_signature":"AA==","old_key":"dealtrail.example/demo+baac1b7f+AepKbGPinFIKvvVQexMuxfmVR3auvr57kkIe6mkURtIs","old_signature":"AA==","reason":"yearly rotation"}"#;

/// The change of key, signed by both.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct KeyRotated {
    /// The verifier key in force until here.
    pub old_key: Text,
    /// The verifier key in force from here on.
    pub new_key: Text,
    /// The old key's signature over both keys, base64.
    pub old_signature: Text,
    /// The new key's signature over both keys, base64.
    pub new_signature: Text,
    /// Why.
    pub reason: Text,
}
