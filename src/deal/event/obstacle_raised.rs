//! `obstacle_raised`: what blocks an agreement, and who can remove it.

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::common::Continued;
use crate::deal::value::party::Party;
use crate::deal::value::text::Text;

/// A true example of the data.
pub const EXAMPLE: &str = r#"{"body":{"description":"the land committee","role":"responsible"},"due":"2025-06-30","reason":"land","words":"the plan of the parcel is missing"}"#;

/// Why an agreement does not move.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ObstacleReason {
    /// The promoter lost interest.
    PromoterInterest,
    /// Land.
    Land,
    /// Inputs and supply.
    Inputs,
    /// Environment, forest or wildlife clearance.
    Environment,
    /// Permits.
    Permits,
    /// Utilities or roads.
    Utilities,
    /// Finance.
    Finance,
    /// Terms of incentives not agreed.
    IncentiveTerms,
    /// The investor does not answer.
    InvestorSilent,
    /// The study found it infeasible.
    InfeasibleStudy,
    /// The law changed.
    LawChange,
    /// A counterpart defaulted.
    CounterpartDefault,
    /// Force majeure.
    ForceMajeure,
    /// Superseded by another agreement.
    Superseded,
    /// The same as another agreement.
    Duplicate,
    /// Something else, said in words.
    Other,
}

/// The obstacle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ObstacleRaised {
    /// Why.
    pub reason: ObstacleReason,
    /// Further words, as the source put them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<Text>,
    /// The body responsible for removing it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Party>,
    /// The day by which it should be gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<NaiveDate>,
    /// The fact this one continues, when it was moved from another agreement.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub continues: Option<Continued>,
}
