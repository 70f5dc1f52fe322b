//! `financial_model_agreed`: how the investment pays for itself was settled. One of the core four milestones.
//!
//! With strength `discussions_concluded` every output says so and never "agreed".

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::common::{Continued, is_false};
use crate::deal::value::money::Money;
use crate::deal::value::text::Text;

/// A true example of the data.
pub const EXAMPLE: &str = r#"{"strength":"discussions_concluded"}"#;

/// How settled the model is, weakest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ModelStrength {
    /// The sides finished discussing it.
    DiscussionsConcluded,
    /// The sides agreed it.
    Agreed,
    /// It was signed off by those who may.
    SignedOff,
}

impl ModelStrength {
    /// The word used in the ledger.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::DiscussionsConcluded => "discussions_concluded",
            Self::Agreed => "agreed",
            Self::SignedOff => "signed_off",
        }
    }
}

/// The state of the financial model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FinancialModelAgreed {
    /// How settled it is.
    pub strength: ModelStrength,
    /// The investment it foresees; shown, never summed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub investment: Option<Money>,
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
