//! `agreement_registered`: a document that will be followed through to delivery.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::deal::value::code::Code;
use crate::deal::value::ids::{Ref, StreamId};
use crate::deal::value::party::Party;
use crate::deal::value::text::{Names, Text};

/// A true example of the data.
pub const EXAMPLE: &str = r#"{"class":"practical","instrument":"contract","nature":"greenfield","parties":[{"country":"AZ","description":"a local company","role":"host_company"}],"ref":"AG-2025-001","sectors":[{"isic":"2392","text":"brick production"}],"titles":{"en":"Brick production"}}"#;

/// Whether money is meant to follow: the two are never counted together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// An investment deal.
    Practical,
    /// A memorandum, framework or declaration between bodies.
    Institutional,
}

impl Class {
    /// The word used in the ledger.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Practical => "practical",
            Self::Institutional => "institutional",
        }
    }
}

/// What kind of paper it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Instrument {
    /// Memorandum of understanding.
    Mou,
    /// Framework agreement.
    Framework,
    /// Contract.
    Contract,
    /// Declaration.
    Declaration,
    /// Protocol.
    Protocol,
    /// The source does not say.
    Unknown,
}

impl Instrument {
    /// The word used in the ledger.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Mou => "mou",
            Self::Framework => "framework",
            Self::Contract => "contract",
            Self::Declaration => "declaration",
            Self::Protocol => "protocol",
            Self::Unknown => "unknown",
        }
    }
}

/// What the investment does to the country's stock of enterprises.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Nature {
    /// A new enterprise on a new site.
    Greenfield,
    /// An existing enterprise grows.
    Expansion,
    /// Production moves into the country.
    Localisation,
    /// The source does not say.
    Unknown,
}

/// A field of business in the source's words, with its class where it is known.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Sector {
    /// As the source put it.
    pub text: Text,
    /// ISIC Rev. 4 code, two to four digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = r"^[0-9]{2,4}$"))]
    pub isic: Option<String>,
}

/// A new agreement under a reference of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AgreementRegistered {
    /// The reference people use, unique in the ledger.
    #[serde(rename = "ref")]
    pub reference: Ref,
    /// Its titles, by language.
    pub titles: Names,
    /// Practical or institutional: decides its track.
    pub class: Class,
    /// What kind of paper it is.
    pub instrument: Instrument,
    /// Fields of business.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sectors: Vec<Sector>,
    /// Who agreed; parties may be unnamed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parties: Vec<Party>,
    /// The package it was announced in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub package: Option<StreamId>,
    /// Greenfield, expansion, localisation or unknown.
    pub nature: Nature,
    /// The review tier of the policy it belongs to; the first one if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review_tier: Option<Code>,
    /// What in this entry is inferred or assumed rather than read in the source; printed in reports.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inferred: Option<Text>,
}
