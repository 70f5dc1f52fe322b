//! `organization_described`: descriptive fields of an organisation change.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::deal::value::code::{Code, Identifier};
use crate::deal::value::ids::StreamId;
use crate::deal::value::known::Known;
use crate::deal::value::party::Country;
use crate::deal::value::text::Names;

/// A true example of the data.
pub const EXAMPLE: &str = r#"{"names":{"az":"Kərpic MMC","en":"Brickworks LLC"}}"#;

/// The fields given replace those in force; a field left out stays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OrganizationDescribed {
    /// Its names, by language.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub names: Option<Names>,
    /// Where it is registered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<Known<Country>>,
    /// What it is: company, agency, ministry, zone, bank, …
    #[serde(rename = "type", default, skip_serializing_if = "Option::is_none")]
    pub organization_type: Option<Code>,
    /// Register entries that identify it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identifiers: Option<Vec<Identifier>>,
    /// The organisation it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<StreamId>,
}
