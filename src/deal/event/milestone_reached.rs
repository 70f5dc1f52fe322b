//! `milestone_reached`: any milestone of the agreement's track besides the core four.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::common::{Continued, is_false};
use crate::deal::value::code::Code;
use crate::deal::value::money::Money;
use crate::deal::value::quantity::Quantity;
use crate::deal::value::text::Text;

/// A true example of the data.
pub const EXAMPLE: &str = r#"{"milestone":"works_started","nature":"unspecified"}"#;

/// What `works_started` means in this case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum WorksNature {
    /// Construction.
    Construction,
    /// Preparation of the site or the project.
    Preparation,
    /// The source does not say.
    Unspecified,
}

/// The milestone and its fields.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct MilestoneReached {
    /// The milestone's code in the track.
    pub milestone: Code,
    /// For `works_started` alone, where it is required.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nature: Option<WorksNature>,
    /// An amount of money that belongs to the milestone; shown, never summed (state a value for that).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub money: Option<Money>,
    /// A quantity that belongs to the milestone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quantity: Option<Quantity>,
    /// Further fields, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub details: BTreeMap<Code, Text>,
    /// True when a further one besides a milestone already reached is meant.
    #[serde(default, skip_serializing_if = "is_false")]
    pub additional: bool,
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
