//! `occasion_described`: descriptive fields of an occasion change.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::occasion_registered::{OccasionKind, Participation};
use crate::deal::value::ids::StreamId;
use crate::deal::value::quantity::Quantity;
use crate::deal::value::text::{Names, Text};

/// A true example of the data.
pub const EXAMPLE: &str = r#"{"theme":"Building together"}"#;

/// The fields given replace those in force; a field left out stays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OccasionDescribed {
    /// What sort of occasion.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<OccasionKind>,
    /// Its names, by language.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub names: Option<Names>,
    /// Where it was held.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Text>,
    /// Its theme.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub theme: Option<Text>,
    /// The occasion it was part of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<StreamId>,
    /// Who did what.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub roles: Option<Vec<Participation>>,
    /// How many came, by unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attendance: Option<Vec<Quantity>>,
    /// What was spoken about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topics: Option<Vec<Text>>,
}
