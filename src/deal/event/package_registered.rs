//! `package_registered`: documents announced together, with what was declared of them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::deal::value::ids::{Ref, StreamId};
use crate::deal::value::money::Money;
use crate::deal::value::text::{Names, Text};

/// A true example of the data.
pub const EXAMPLE: &str = r#"{"declared_counts":{"all":5,"institutional":2,"practical":3},"declared_value":{"money":{"amount":"12000000","currency":"USD","kind":"declared","qualifier":"exact"},"scope":"ambiguous"},"ref":"PK-2025-001","titles":{"en":"Documents of the brick and glass conference"}}"#;

/// How many documents the announcement speaks of. A count left out is unknown, not zero.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DeclaredCounts {
    /// All documents.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub all: Option<u32>,
    /// Practical ones: investment deals.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub practical: Option<u32>,
    /// Institutional ones: documents between bodies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub institutional: Option<u32>,
}

/// Which documents a declared value covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ValueScope {
    /// All documents of the package.
    All,
    /// The practical ones alone.
    Practical,
    /// The source does not say.
    Ambiguous,
}

/// The value declared of the package as a whole; it is a headline figure and is never summed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DeclaredValue {
    /// How much; its kind is `declared`.
    pub money: Money,
    /// Which documents it covers.
    pub scope: ValueScope,
}

/// A new package under a reference of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PackageRegistered {
    /// The reference people use, unique in the ledger.
    #[serde(rename = "ref")]
    pub reference: Ref,
    /// Its titles, by language.
    pub titles: Names,
    /// Where it was signed or announced.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub occasion: Option<StreamId>,
    /// How many documents were declared.
    #[serde(default)]
    pub declared_counts: DeclaredCounts,
    /// What they were declared to be worth together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub declared_value: Option<DeclaredValue>,
    /// What in this entry is inferred or assumed rather than read in the source; printed in reports.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inferred: Option<Text>,
}
