//! A token: 256 random bits behind `dt_`, with a checksum, and the id it is known by.
//!
//! The token itself is shown once and kept nowhere: what is stored is its SHA-256. A slow hash is for secrets that can be
//! guessed, and this one cannot. The checksum lets a scanner of leaked secrets tell a token from any other text without
//! asking the service: `dt_`, 52 letters of base32 (RFC 4648 section 6, in small letters) for the 32 random bytes, 7
//! letters for the CRC-32C of those 52, big end first.

use std::fmt;
use std::str::FromStr;

use data_encoding::BASE32_NOPAD;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

/// What every token begins with, for people and for scanners of leaked secrets.
pub const PREFIX: &str = "dt_";
/// How many letters the random part has.
const RANDOM_LETTERS: usize = 52;
/// How many letters the checksum has.
const CHECK_LETTERS: usize = 7;
/// How many letters of the hash an id has.
const ID_LETTERS: usize = 12;

/// The SHA-256 of a token: what is stored of it.
pub type TokenHash = [u8; 32];

/// A token, shown to whoever asked for it and overwritten in memory when it goes.
pub struct Token(Zeroizing<String>);

impl Token {
    /// The token of these random bytes.
    #[must_use]
    pub fn of(random: &[u8; 32]) -> Self {
        let letters = BASE32_NOPAD.encode(random).to_ascii_lowercase();
        let check = check_of(&letters);
        Self(Zeroizing::new(format!("{PREFIX}{letters}{check}")))
    }

    /// The token a person typed.
    ///
    /// # Errors
    /// When it is none, or was not copied whole.
    pub fn parse(typed: &str) -> Result<Self, NoToken> {
        let letters = typed.strip_prefix(PREFIX).ok_or(NoToken)?;
        let (random, check) = letters.split_at_checked(RANDOM_LETTERS).ok_or(NoToken)?;
        let whole = check.len() == CHECK_LETTERS && check == check_of(random);
        match whole {
            true => Ok(Self(Zeroizing::new(typed.to_owned()))),
            false => Err(NoToken),
        }
    }

    /// The token as it is sent.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What is stored of it.
    #[must_use]
    pub fn hash(&self) -> TokenHash {
        Sha256::digest(self.0.as_bytes()).into()
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a token")
    }
}

fn check_of(letters: &str) -> String {
    let sum = crc32c::crc32c(letters.as_bytes()).to_be_bytes();
    BASE32_NOPAD.encode(&sum).to_ascii_lowercase()
}

/// What was typed is no token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is no token, or not all of one: a token is `dt_` and 59 letters and digits")]
pub struct NoToken;

/// What a token is called where it must not be shown: the first letters of its hash.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TokenId(std::sync::Arc<str>);

impl TokenId {
    /// The id of the token with this hash.
    #[must_use]
    pub fn of(hash: &TokenHash) -> Self {
        let letters = BASE32_NOPAD.encode(hash).to_ascii_lowercase();
        let short = letters.get(..ID_LETTERS).unwrap_or_default();
        Self(format!("t-{short}").into())
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for TokenId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl From<TokenId> for String {
    fn from(id: TokenId) -> Self {
        id.0.as_ref().to_owned()
    }
}

impl FromStr for TokenId {
    type Err = NoTokenId;

    fn from_str(typed: &str) -> Result<Self, NoTokenId> {
        let letters = typed.trim().strip_prefix("t-").ok_or(NoTokenId)?;
        let known = |letter: u8| letter.is_ascii_lowercase() || (b'2'..=b'7').contains(&letter);
        match letters.len() == ID_LETTERS && letters.bytes().all(known) {
            true => Ok(Self(typed.trim().into())),
            false => Err(NoTokenId),
        }
    }
}

impl TryFrom<String> for TokenId {
    type Error = NoTokenId;

    fn try_from(typed: String) -> Result<Self, NoTokenId> {
        typed.parse()
    }
}

/// What was typed is no token's id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a token's id is `t-` and 12 letters and digits, as `dealtrail token list` shows it")]
pub struct NoTokenId;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_known_again_and_a_slip_of_the_pen_is_seen() {
        let token = Token::of(&[7; 32]);
        assert_eq!(token.as_str().len(), 3 + 59);
        let again = Token::parse(token.as_str()).unwrap();
        assert_eq!(again.hash(), token.hash());
        for at in 3..token.as_str().len() {
            let mut typed = token.as_str().as_bytes().to_vec();
            typed[at] = if typed[at] == b'a' { b'b' } else { b'a' };
            let typed = String::from_utf8(typed).unwrap();
            assert!(Token::parse(&typed).is_err(), "letter {at}");
        }
        for typed in ["", "dt_", "dt_\u{e9}", &token.as_str()[..61], "t-7f3a"] {
            assert!(Token::parse(typed).is_err(), "{typed:?}");
        }
    }

    /// What somebody else's program computes: the format is a promise to scanners of leaked secrets.
    #[test]
    fn the_letters_are_those_of_the_standards() {
        let token = Token::of(&[0; 32]);
        // The last seven by Python: base64.b32encode(struct.pack(">I", crc32c(b"a" * 52))).
        assert_eq!(token.as_str(), format!("dt_{}aym44ya", "a".repeat(52)));
    }

    #[test]
    fn neither_is_shown_by_accident() {
        let token = Token::of(&[9; 32]);
        assert_eq!(format!("{token:?}"), "a token");
        let id = TokenId::of(&token.hash());
        assert!(!token.as_str().contains(&id.as_str()[2..]));
        assert_eq!(id.as_str().parse::<TokenId>().unwrap(), id);
        assert!("t-7F3A".parse::<TokenId>().is_err());
    }
}
