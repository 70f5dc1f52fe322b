//! `company_incorporated`: the project company was entered in a register. One of the core four milestones.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::common::{Continued, is_false};
use crate::deal::value::code::Identifier;
use crate::deal::value::known::Known;
use crate::deal::value::money::Money;
use crate::deal::value::party::Party;
use crate::deal::value::text::Text;

/// A true example of the data.
pub const EXAMPLE: &str = r#"{"identifier":{"id":"1234567890","scheme":"az_ivi"},"legal_name":"Brickworks LLC"}"#;

/// The company as registered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CompanyIncorporated {
    /// Its legal name.
    pub legal_name: Known<Text>,
    /// Its register entry; held by one agreement at a time unless `shared`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identifier: Option<Identifier>,
    /// Its legal form.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub form: Option<Text>,
    /// Its charter capital; shown, never summed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub charter_capital: Option<Money>,
    /// Shareholding organisations, never names of persons.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shareholders: Vec<Party>,
    /// True when a further one besides a milestone already reached is meant.
    #[serde(default, skip_serializing_if = "is_false")]
    pub additional: bool,
    /// True when the company knowingly serves several agreements.
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
