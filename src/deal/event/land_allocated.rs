//! `land_allocated`: land was set aside for the investment. One of the core four milestones.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::common::{Continued, is_false};
use crate::deal::value::known::Known;
use crate::deal::value::party::Party;
use crate::deal::value::quantity::Quantity;
use crate::deal::value::text::Text;

/// A true example of the data.
pub const EXAMPLE: &str = r#"{"area":{"amount":"3","qualifier":"almost","text":"almost three hectares","unit":"ha"},"parcel":"AZ-12-345","tenure":"lease"}"#;

/// How the land is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Tenure {
    /// Bought.
    Ownership,
    /// Rented.
    Lease,
    /// Given for use.
    Use,
}

/// Which land, how much of it and by whom.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LandAllocated {
    /// How much; vague words are welcome.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub area: Option<Known<Quantity>>,
    /// The parcel's number in the land register; held by one agreement at a time unless `shared`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parcel: Option<Text>,
    /// The economic zone or district.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<Text>,
    /// The body that allocated it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Party>,
    /// How it is held.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tenure: Option<Tenure>,
    /// True when a further one besides a milestone already reached is meant.
    #[serde(default, skip_serializing_if = "is_false")]
    pub additional: bool,
    /// True when the parcel is knowingly shared with another agreement.
    #[serde(default, skip_serializing_if = "is_false")]
    pub shared: bool,
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
