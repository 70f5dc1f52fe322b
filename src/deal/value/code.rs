//! Words of the vocabulary, and identifiers given by others.

use super::string_form::{shown, string_form};
use super::text::Label;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

/// A word of a vocabulary: a milestone, a role, a reason, a measure. Small letters, digits and `_`,
/// starting with a letter, at most 64 characters.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Code(Arc<str>);

impl Code {
    /// A code as a person typed it: `-` is read as `_`, capitals as small letters.
    ///
    /// # Errors
    /// If it is no such word.
    pub fn new(typed: &str) -> Result<Self, CodeError> {
        Self::from_canonical(&typed.trim().to_ascii_lowercase().replace('-', "_"))
    }

    /// A word of this program's own, known to be well formed.
    pub(in crate::deal) fn fixed(word: &'static str) -> Self {
        Self(word.into())
    }

    /// The word.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn from_canonical(text: &str) -> Result<Self, CodeError> {
        let well_formed = text.len() <= 64
            && text.starts_with(|letter: char| letter.is_ascii_lowercase())
            && text
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        if well_formed {
            Ok(Self(text.into()))
        } else {
            Err(CodeError(shown(text)))
        }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl FromStr for Code {
    type Err = CodeError;

    fn from_str(typed: &str) -> Result<Self, CodeError> {
        Self::new(typed)
    }
}

impl PartialEq<str> for Code {
    fn eq(&self, other: &str) -> bool {
        *self.0 == *other
    }
}

impl PartialEq<&str> for Code {
    fn eq(&self, other: &&str) -> bool {
        *self.0 == **other
    }
}

impl std::borrow::Borrow<str> for Code {
    fn borrow(&self) -> &str {
        &self.0
    }
}

string_form!(Code, CodeError, expects "a code word in quotes, such as \"works_started\"", schema {
    "type": "string",
    "description": "A code word: small letters, digits and _, starting with a letter.",
    "pattern": "^[a-z][a-z0-9_]{0,63}$"
});

/// The text is no [`Code`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0} is not a code word; use small letters, digits and _, such as works_started (at most 64)"
)]
pub struct CodeError(String);

/// A thing's identifier in a register of others: a company's registration number, a parcel's number
/// in the cadastre.
#[derive(
    Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
pub struct Identifier {
    /// The register, as a code word such as `az_tax_id`.
    pub scheme: Code,
    /// The identifier as the register writes it.
    pub id: Label,
}

impl Identifier {
    /// What two spellings of one identifier have in common: the scheme, and the letters and digits
    /// of the id in capitals. Uniqueness is decided on it, so that `az-12 3` and `AZ123` are one.
    pub fn key(&self) -> String {
        let id = self.id.as_str();
        let plain: String = id
            .chars()
            .filter(|letter| letter.is_alphanumeric())
            .flat_map(char::to_uppercase)
            .collect();
        // An id of marks alone still has to differ from another of that kind.
        format!(
            "{}:{}",
            self.scheme,
            if plain.is_empty() { id } else { &plain }
        )
    }
}

impl fmt::Display for Identifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.scheme, self.id)
    }
}

impl FromStr for Identifier {
    type Err = IdentifierError;

    /// Reads `scheme:id`, such as `az_tax_id:1234567890`.
    fn from_str(typed: &str) -> Result<Self, IdentifierError> {
        let malformed = || IdentifierError(shown(typed));
        let (scheme, id) = typed.split_once(':').ok_or_else(malformed)?;
        Ok(Self {
            scheme: Code::new(scheme).map_err(|_| malformed())?,
            id: Label::new(id).map_err(|_| malformed())?,
        })
    }
}

/// The text is no [`Identifier`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0} is not an identifier; write the register and the number, such as az_tax_id:1234567890"
)]
pub struct IdentifierError(String);
