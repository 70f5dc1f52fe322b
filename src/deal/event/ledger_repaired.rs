//! `ledger_repaired`: damaged bytes were restored from their second copy.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::deal::value::text::Text;

/// A true example of the data.
pub const EXAMPLE: &str = r#"{"what":[{"count":3,"file":"journal/000001","first":120,"kept_as":"journal/damaged-000001-4096","length":900,"offset":4096,"restored_from":"sled"}]}"#;

/// One damaged place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RepairedPlace {
    /// The damaged file, relative to the ledger's directory.
    pub file: Text,
    /// Where the damage began, in bytes.
    pub offset: u64,
    /// How many bytes were damaged or rewritten.
    pub length: u64,
    /// The first event concerned.
    pub first: u64,
    /// How many events were concerned.
    pub count: u64,
    /// Which copy was good.
    pub restored_from: Text,
    /// Where the damaged bytes were kept.
    pub kept_as: Text,
}

/// What was repaired.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LedgerRepaired {
    /// Every damaged place.
    pub what: Vec<RepairedPlace>,
}
