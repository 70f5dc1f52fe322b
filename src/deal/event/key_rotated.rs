//! `key_rotated`: checkpoints are signed with a new key from here on.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::deal::value::text::Text;

/// A true example of the data.
pub const EXAMPLE: &str = r#"{"new_key":"dealtrail.example/demo+e80526e3+AROY9ixtGkV8UbpqS189vS9p/KkyFiGNyJl+QWvRfZPK","new_signature":"6AUm4ylHLBrFH3MXPNhbeW4jScNWH/j6ibYZGycz+FngK4gPwajGl/pZZ6nGEwZx0d/7tUeQdfxZEibKhZUjI0hRawA=","old_key":"dealtrail.example/demo+baac1b7f+AepKbGPinFIKvvVQexMuxfmVR3auvr57kkIe6mkURtIs","old_signature":"uqwbf8PQ34lZB0dCAG3IdXHCR6jtvpf7Y5Tez0QUJMLeKqUS0w1PU7/ue4+3IzVcNVX38u8A4xY6+MBSMDvqP40tWQg=","reason":"yearly rotation","root":"eiLOrfWTC19NF345ACdrgcvWXAtA9T03P9CtAY9nsC4=","size":3}"#;

/// The change of key, signed by both.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct KeyRotated {
    /// The verifier key in force until here.
    pub old_key: Text,
    /// The verifier key in force from here on.
    pub new_key: Text,
    /// How many entries the last checkpoint of the old key covers.
    pub size: u64,
    /// The root over them, base64.
    pub root: Text,
    /// The old key's signature over the statement that the members above make, base64 of the key's id and the signature.
    pub old_signature: Text,
    /// The new key's signature over the same.
    pub new_signature: Text,
    /// Why.
    pub reason: Text,
}
