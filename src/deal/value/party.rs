//! Parties of an agreement, and countries.

use super::code::Code;
use super::ids::{StreamId, StreamKind};
use super::known::Known;
use super::string_form::{shown, string_form};
use super::text::Text;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A country or territory by its ISO 3166 alpha-2 code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Country(&'static str);

impl Country {
    /// The two capitals.
    pub fn as_str(&self) -> &'static str {
        self.0
    }

    /// The English short name.
    pub fn name(&self) -> &'static str {
        rust_iso3166::from_alpha2(self.0).map_or(self.0, |country| country.name)
    }

    fn from_canonical(text: &str) -> Result<Self, PartyError> {
        match rust_iso3166::from_alpha2(text) {
            Some(country) => Ok(Self(country.alpha2)),
            None => Err(PartyError::Country(shown(text))),
        }
    }
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.0)
    }
}

impl FromStr for Country {
    type Err = PartyError;

    fn from_str(typed: &str) -> Result<Self, PartyError> {
        Self::from_canonical(&typed.trim().to_ascii_uppercase())
    }
}

string_form!(Country, PartyError, expects "a country code in quotes, such as \"AZ\"", schema {
    "type": "string",
    "description": "A country code of ISO 3166-1 alpha-2.",
    "pattern": "^[A-Z]{2}$"
});

/// One side of an agreement: a registered organisation, or words where the source names none ("a
/// Chinese company").
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "Stated")]
#[schemars(!try_from, extend("anyOf" = [
    { "required": ["organization"] },
    { "required": ["description"] }
]))]
pub struct Party {
    #[serde(skip_serializing_if = "Option::is_none")]
    organization: Option<StreamId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<Text>,
    #[serde(skip_serializing_if = "Option::is_none")]
    country: Option<Known<Country>>,
    role: Code,
}

/// A party as it may be written, before its parts are held against each other.
#[derive(Deserialize)]
struct Stated {
    organization: Option<StreamId>,
    description: Option<Text>,
    country: Option<Known<Country>>,
    role: Code,
}

impl TryFrom<Stated> for Party {
    type Error = PartyError;

    fn try_from(stated: Stated) -> Result<Self, PartyError> {
        let Stated {
            organization,
            description,
            country,
            role,
        } = stated;
        Self::new(organization, description, country, role)
    }
}

impl Party {
    /// A party.
    ///
    /// # Errors
    /// If it has neither organisation nor words, or names a stream that is no organisation.
    pub fn new(
        organization: Option<StreamId>,
        description: Option<Text>,
        country: Option<Known<Country>>,
        role: Code,
    ) -> Result<Self, PartyError> {
        match organization {
            Some(stream) if stream.kind() != StreamKind::Organization => {
                Err(PartyError::NotAnOrganization(stream))
            }
            None if description.is_none() => Err(PartyError::Nobody),
            _ => Ok(Self {
                organization,
                description,
                country,
                role,
            }),
        }
    }

    /// The registered organisation, if it is one.
    pub fn organization(&self) -> Option<StreamId> {
        self.organization
    }

    /// The source's words for it.
    pub fn description(&self) -> Option<&Text> {
        self.description.as_ref()
    }

    /// Its country, if stated; an organisation brings its own.
    pub fn country(&self) -> Option<&Known<Country>> {
        self.country.as_ref()
    }

    /// Its part in the agreement, such as `investor` or `local_partner`.
    pub fn role(&self) -> &Code {
        &self.role
    }
}

/// Why a party is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PartyError {
    /// Not in the table of ISO 3166.
    #[error("{0} is not a country; write its ISO 3166 code of two capitals, such as AZ or CN")]
    Country(String),
    /// Another kind of stream.
    #[error("{0} is not an organisation; register the party as one, or describe it in words")]
    NotAnOrganization(StreamId),
    /// Neither organisation nor words.
    #[error("a party needs an organisation, or words such as \"a foreign company\"")]
    Nobody,
}
