//! `organization_registered`: a company, agency or body becomes known to the ledger.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::deal::value::code::{Code, Identifier};
use crate::deal::value::ids::{Ref, StreamId};
use crate::deal::value::known::Known;
use crate::deal::value::party::Country;
use crate::deal::value::text::Names;

/// A true example of the data.
pub const EXAMPLE: &str = r#"{"country":"AZ","identifiers":[{"id":"1234567890","scheme":"az_ivi"}],"names":{"en":"Brickworks LLC"},"ref":"OR-2025-001","type":"company"}"#;

/// A new organisation under a reference of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OrganizationRegistered {
    /// The reference people use, unique in the ledger.
    #[serde(rename = "ref")]
    pub reference: Ref,
    /// Its names, by language.
    pub names: Names,
    /// Where it is registered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<Known<Country>>,
    /// What it is: company, agency, ministry, zone, bank, …
    #[serde(rename = "type", default, skip_serializing_if = "Option::is_none")]
    pub organization_type: Option<Code>,
    /// Register entries that identify it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub identifiers: Vec<Identifier>,
    /// The organisation it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<StreamId>,
}
