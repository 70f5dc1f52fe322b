//! The name of a ledger in checkpoints.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A ledger's origin: a URL without a scheme, such as `dealtrail.example/agency`.
///
/// It is the first line of every checkpoint, so it may hold no space and no `+` (C2SP
/// tlog-checkpoint and signed-note).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(!try_from)]
pub struct Origin(
    #[schemars(
        regex(pattern = r"^[a-z0-9.-]+(/[A-Za-z0-9._~-]+)*$"),
        length(max = 200)
    )]
    String,
);

/// Why a text is no origin.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is no ledger origin: write a host name and a path without a scheme, spaces or `+`, such as `dealtrail.example/agency`"
)]
pub struct OriginError(String);

impl Origin {
    /// Reads an origin.
    ///
    /// # Errors
    /// When the text is empty, longer than 200 characters, or holds other characters than a host
    /// name and path may.
    pub fn new(text: &str) -> Result<Self, OriginError> {
        let error = || OriginError(text.chars().take(80).collect());
        if text.is_empty() || text.len() > 200 {
            return Err(error());
        }
        for (index, part) in text.split('/').enumerate() {
            let fits = |c: char| match index {
                0 => c.is_ascii_lowercase() || c.is_ascii_digit() || ".-".contains(c),
                _ => c.is_ascii_alphanumeric() || "._~-".contains(c),
            };
            if part.is_empty() || !part.chars().all(fits) {
                return Err(error());
            }
        }
        Ok(Self(text.to_owned()))
    }

    /// The origin's text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Origin {
    type Error = OriginError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::new(&text)
    }
}

impl From<Origin> for String {
    fn from(origin: Origin) -> Self {
        origin.0
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_urls_without_a_scheme() {
        for good in [
            "dealtrail.example/agency",
            "localhost",
            "a.b-c.example/x/Y_1~",
        ] {
            assert!(Origin::new(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "https://dealtrail.example",
            "dealtrail.example/a b",
            "a+b",
            "a//b",
            "/a",
            "Ü.example",
        ] {
            assert!(Origin::new(bad).is_err(), "{bad}");
        }
    }
}
