//! `package_described`: what is declared of a package, or its title, changes.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::package_registered::{DeclaredCounts, DeclaredValue};
use crate::deal::value::ids::StreamId;
use crate::deal::value::text::{Names, Text};

/// A true example of the data.
pub const EXAMPLE: &str = r#"{"declared_counts":{"all":5,"institutional":2,"practical":3}}"#;

/// The fields given replace those in force; a field left out stays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PackageDescribed {
    /// Its titles, by language.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub titles: Option<Names>,
    /// Where it was signed or announced.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub occasion: Option<StreamId>,
    /// How many documents were declared, as a whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub declared_counts: Option<DeclaredCounts>,
    /// What they were declared to be worth together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub declared_value: Option<DeclaredValue>,
    /// What is inferred or assumed rather than read in the source; printed in reports.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inferred: Option<Text>,
}
