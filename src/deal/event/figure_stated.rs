//! `figure_stated`: a figure other than money: jobs, capacity, missions.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::common::Continued;
use crate::deal::value::code::Code;
use crate::deal::value::quantity::Quantity;
use crate::deal::value::text::Text;

/// A true example of the data.
pub const EXAMPLE: &str = r#"{"measure":"jobs","quantity":{"amount":"120","qualifier":"up_to","unit":"jobs"},"standing":"promised"}"#;

/// Whether the figure is a promise or a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Foreseen.
    Promised,
    /// Reached.
    Realised,
}

/// What is counted, how many, and whether it is there yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FigureStated {
    /// What is counted: jobs, capacity, missions, …
    pub measure: Code,
    /// How many.
    pub quantity: Quantity,
    /// Promised or realised; the two never add up together.
    pub standing: Standing,
    /// Further words, as the source put them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<Text>,
    /// What is inferred or assumed rather than read in the source; printed in reports.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inferred: Option<Text>,
    /// The fact this one continues, when it was moved from another agreement.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub continues: Option<Continued>,
}
