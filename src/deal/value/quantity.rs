//! Quantities: an amount, its unit, and how the source qualifies it.

use super::amount::Amount;
use super::string_form::{shown, string_form};
use super::text::Text;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

/// How a source qualifies an amount.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Qualifier {
    /// Stated plainly.
    Exact,
    /// "About": either side.
    About,
    /// "Almost": a little less.
    Almost,
    /// "Nearly": a little less.
    Nearly,
    /// "At least": this or more.
    AtLeast,
    /// "Over": more.
    Over,
    /// "Up to": this or less.
    UpTo,
}

/// On which side of its amount the truth lies.
#[derive(PartialEq)]
enum Side {
    On,
    Below,
    Above,
    Either,
}

impl Qualifier {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Exact,
        Self::About,
        Self::Almost,
        Self::Nearly,
        Self::AtLeast,
        Self::Over,
        Self::UpTo,
    ];

    /// The qualifier's word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::About => "about",
            Self::Almost => "almost",
            Self::Nearly => "nearly",
            Self::AtLeast => "at_least",
            Self::Over => "over",
            Self::UpTo => "up_to",
        }
    }

    fn side(self) -> Side {
        match self {
            Self::Exact => Side::On,
            Self::About => Side::Either,
            Self::Almost | Self::Nearly | Self::UpTo => Side::Below,
            Self::AtLeast | Self::Over => Side::Above,
        }
    }

    /// The qualifier of a sum of amounts qualified so. Of several on one side the sum takes the
    /// word that promises least: up to, or at least.
    pub fn of_sum(of: impl IntoIterator<Item = Self>) -> Self {
        of.into_iter().fold(Self::Exact, Self::with)
    }

    fn with(self, other: Self) -> Self {
        match (self.side(), other.side()) {
            (Side::On, _) => other,
            (_, Side::On) => self,
            (Side::Below, Side::Below) if self != other => Self::UpTo,
            (Side::Above, Side::Above) if self != other => Self::AtLeast,
            (mine, theirs) if mine == theirs => self,
            _ => Self::About,
        }
    }
}

impl fmt::Display for Qualifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Qualifier {
    type Err = QuantityError;

    fn from_str(typed: &str) -> Result<Self, QuantityError> {
        let word = typed.trim().to_ascii_lowercase().replace(['-', ' '], "_");
        Self::ALL
            .into_iter()
            .find(|qualifier| qualifier.as_str() == word)
            .ok_or_else(|| QuantityError::Qualifier(shown(typed)))
    }
}

/// A unit of measure in ASCII, such as `ha`, `m2`, `jobs` or `t/year`. Only equal units add up.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Unit(Arc<str>);

impl Unit {
    /// The unit.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn from_canonical(text: &str) -> Result<Self, QuantityError> {
        let well_formed = text.len() <= 32
            && text.starts_with(|letter: char| letter.is_ascii_alphabetic() || letter == '%')
            && text
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"%/._-".contains(&byte));
        if well_formed {
            Ok(Self(text.into()))
        } else {
            Err(QuantityError::Unit(shown(text)))
        }
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl FromStr for Unit {
    type Err = QuantityError;

    fn from_str(typed: &str) -> Result<Self, QuantityError> {
        Self::from_canonical(typed.trim())
    }
}

string_form!(Unit, QuantityError, expects "a unit in quotes, such as \"ha\"", schema {
    "type": "string",
    "description": "A unit of measure, such as ha, m2, jobs or t/year.",
    "pattern": "^[A-Za-z%][A-Za-z0-9%/._-]{0,31}$"
});

/// An amount of something, as its source gives it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub struct Quantity {
    /// How much.
    pub amount: Amount,
    /// Of what unit.
    pub unit: Unit,
    /// How the source qualifies it.
    pub qualifier: Qualifier,
    /// The source's own words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<Text>,
}

/// Why a quantity is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum QuantityError {
    /// Not a qualifier.
    #[error("{0} is not a qualifier; choose exact, about, almost, nearly, at_least, over or up_to")]
    Qualifier(String),
    /// Not a unit.
    #[error(
        "{0} is not a unit; use ASCII letters, digits and % / . _ -, such as ha, m2, jobs or t/year"
    )]
    Unit(String),
}
