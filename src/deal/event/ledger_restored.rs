//! `ledger_restored`: this ledger goes on from a backup.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::deal::value::text::Text;

/// A true example of the data.
pub const EXAMPLE: &str = r#"{"backup":"2025-04-26T20:00:00Z","position":40,"reason":"the disk failed"}"#;

/// From which backup, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LedgerRestored {
    /// The backup's own name or time.
    pub backup: Text,
    /// How many events it held.
    pub position: u64,
    /// Why it was restored.
    pub reason: Text,
}
