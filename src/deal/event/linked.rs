//! `linked`: one thing stands in a named relation to another.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::deal::value::ids::StreamId;
use crate::deal::value::text::Text;

/// A true example of the data.
pub const EXAMPLE: &str = r#"{"relation":"implements","target":"agreement-0196a3b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b"}"#;

/// How one thing relates to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Relation {
    /// Carries out the target.
    Implements,
    /// Came out of the target.
    ArisesFrom,
    /// Renews the target.
    Renews,
    /// Takes the target's place; the target leaves conversion denominators.
    Supersedes,
    /// Is the same agreement as the target; this one leaves conversion denominators.
    DuplicateOf,
    /// Belongs to the target.
    PartOf,
}

impl Relation {
    /// The word used in the ledger.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Implements => "implements",
            Self::ArisesFrom => "arises_from",
            Self::Renews => "renews",
            Self::Supersedes => "supersedes",
            Self::DuplicateOf => "duplicate_of",
            Self::PartOf => "part_of",
        }
    }
}

/// A relation from the stream of this event to the target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Linked {
    /// Which relation.
    pub relation: Relation,
    /// To what.
    pub target: StreamId,
    /// What is inferred rather than read in the source.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inferred: Option<Text>,
}
