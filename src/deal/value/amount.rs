//! Decimal numbers as facts state them, never floats.

use super::string_form::{shown, string_form};
use rust_decimal::Decimal;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

/// A decimal number of zero or more, with at most 28 digits.
///
/// The text is kept as given ("3.10" stays "3.10"), because the source's own precision is part of
/// the fact; two amounts are equal when their values are.
#[derive(Debug, Clone)]
pub struct Amount {
    text: Arc<str>,
    value: Decimal,
}

impl Amount {
    /// How many digits an amount may have: as many as are always exact in 96 bits.
    pub const MAX_DIGITS: usize = 28;

    /// The text as given.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The value.
    pub fn decimal(&self) -> Decimal {
        self.value
    }

    fn from_canonical(text: &str) -> Result<Self, AmountError> {
        let (whole, fraction) = match text.split_once('.') {
            Some((whole, fraction)) => (whole, Some(fraction)),
            None => (text, None),
        };
        let numeric = |field: &str| !field.is_empty() && field.bytes().all(|b| b.is_ascii_digit());
        if !numeric(whole) || !fraction.is_none_or(numeric) {
            return Err(AmountError::why(text));
        }
        if whole.len() > 1 && whole.starts_with('0') {
            return Err(AmountError::LeadingZero(shown(text)));
        }
        let whole_digits = if whole == "0" { 0 } else { whole.len() };
        if whole_digits.saturating_add(fraction.map_or(0, str::len)) > Self::MAX_DIGITS {
            return Err(AmountError::TooLong(shown(text)));
        }
        let value = Decimal::from_str_exact(text).map_err(|_| AmountError::TooLong(shown(text)))?;
        Ok(Self {
            text: text.into(),
            value,
        })
    }
}

impl From<u64> for Amount {
    fn from(number: u64) -> Self {
        Self {
            text: number.to_string().into(),
            value: Decimal::from(number),
        }
    }
}

impl PartialEq for Amount {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl Eq for Amount {}

impl PartialOrd for Amount {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Amount {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.value.cmp(&other.value)
    }
}

impl std::hash::Hash for Amount {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.value.hash(state);
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

impl FromStr for Amount {
    type Err = AmountError;

    fn from_str(text: &str) -> Result<Self, AmountError> {
        Self::from_canonical(text.trim())
    }
}

string_form!(Amount, AmountError, expects "a decimal number in quotes, such as \"2.9\"", schema {
    "type": "string",
    "description": "A decimal number of zero or more, at most 28 digits, kept as given.",
    "pattern": "^(0|[1-9][0-9]{0,27})(\\.[0-9]{1,28})?$",
    "maxLength": 30
});

/// Why a text is no [`Amount`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AmountError {
    /// Below zero.
    #[error("{0} is negative; amounts are zero or more")]
    Negative(String),
    /// Written with an exponent.
    #[error("{0} has an exponent; write the number out, such as 335000000")]
    Exponent(String),
    /// Written with separators or a decimal comma.
    #[error(
        "{0} has separators; write digits with a point for the fraction, such as 335000000 or 2.9"
    )]
    Separators(String),
    /// Not a number.
    #[error("{0} is not a decimal number; write digits alone, such as 335000000 or 2.9")]
    NotANumber(String),
    /// Needless zeros in front.
    #[error("{0} starts with needless zeros; write 3 instead of 03, 0.5 instead of 00.5")]
    LeadingZero(String),
    /// More digits than can be added up exactly.
    #[error(
        "{0} has more than 28 digits; shorten the fraction or state the amount in a larger unit"
    )]
    TooLong(String),
}

impl AmountError {
    fn why(text: &str) -> Self {
        let digits = text.bytes().any(|byte| byte.is_ascii_digit());
        if digits && text.starts_with(['-', '\u{2212}']) {
            Self::Negative(shown(text))
        } else if digits && text.contains(['e', 'E']) {
            Self::Exponent(shown(text))
        } else if digits && text.contains([',', ' ', '_', '\'', '\u{a0}', '\u{202f}']) {
            Self::Separators(shown(text))
        } else {
            Self::NotANumber(shown(text))
        }
    }
}
