//! `agreement_described`: descriptive fields of an agreement change.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::agreement_registered::{Class, Instrument, Nature, Sector};
use crate::deal::value::code::Code;
use crate::deal::value::ids::StreamId;
use crate::deal::value::party::Party;
use crate::deal::value::text::{Names, Text};

/// A true example of the data.
pub const EXAMPLE: &str = r#"{"instrument":"contract","nature":"expansion"}"#;

/// The fields given replace those in force; a field left out stays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AgreementDescribed {
    /// Its titles, by language.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub titles: Option<Names>,
    /// Practical or institutional.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class: Option<Class>,
    /// What kind of paper it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instrument: Option<Instrument>,
    /// Fields of business.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sectors: Option<Vec<Sector>>,
    /// Who agreed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parties: Option<Vec<Party>>,
    /// The package it was announced in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub package: Option<StreamId>,
    /// Greenfield, expansion, localisation or unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nature: Option<Nature>,
    /// The review tier of the policy it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review_tier: Option<Code>,
    /// What is inferred or assumed rather than read in the source; printed in reports.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inferred: Option<Text>,
}
