//! Sources, the files behind them, and what evidence they amount to.

use super::string_form::{shown, string_form};
use super::text::{Label, Text};
use super::when::When;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

/// What a source is. News and press reports are statements.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum SourceType {
    /// Somebody said so, in public or in the press.
    Statement,
    /// The agency's own note.
    Note,
    /// A signed document.
    Document,
    /// A letter of the other side.
    CounterpartyLetter,
    /// An entry in a public register.
    Register,
    /// An act of an authority.
    AuthorityAct,
    /// Seen on the spot.
    SiteVisit,
}

impl SourceType {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Statement,
        Self::Note,
        Self::Document,
        Self::CounterpartyLetter,
        Self::Register,
        Self::AuthorityAct,
        Self::SiteVisit,
    ];

    /// The type's word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Statement => "statement",
            Self::Note => "note",
            Self::Document => "document",
            Self::CounterpartyLetter => "counterparty_letter",
            Self::Register => "register",
            Self::AuthorityAct => "authority_act",
            Self::SiteVisit => "site_visit",
        }
    }

    /// The level a source of this type may reach.
    fn highest_level(self) -> u8 {
        match self {
            Self::Statement => 0,
            Self::Note => 1,
            Self::Document | Self::CounterpartyLetter => 2,
            Self::Register | Self::AuthorityAct => 3,
            Self::SiteVisit => 4,
        }
    }

    /// The level a source of this type gives: from 2 up only when it can be shown.
    fn level(self, can_be_shown: bool) -> EvidenceLevel {
        let highest = self.highest_level();
        EvidenceLevel::Level(if can_be_shown {
            highest
        } else {
            highest.min(1)
        })
    }
}

impl fmt::Display for SourceType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for SourceType {
    type Err = SourceError;

    fn from_str(typed: &str) -> Result<Self, SourceError> {
        let word = typed.trim().to_ascii_lowercase().replace('-', "_");
        Self::ALL
            .into_iter()
            .find(|kind| kind.as_str() == word)
            .ok_or_else(|| SourceError::Type(shown(typed)))
    }
}

/// How well a fact is evidenced: nobody types it, it follows from the sources.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub enum EvidenceLevel {
    /// No source at all; below every level.
    #[default]
    None,
    /// 0 statement, 1 note, 2 document or letter, 3 register or authority's act, 4 site visit.
    Level(u8),
}

impl EvidenceLevel {
    /// The level from which a step counts as documented.
    pub const DOCUMENTED: Self = Self::Level(2);

    /// The level of a fact with these sources: the highest of them.
    pub fn of<'a>(sources: impl IntoIterator<Item = &'a Source>) -> Self {
        sources
            .into_iter()
            .map(Source::level)
            .max()
            .unwrap_or(Self::None)
    }
}

impl fmt::Display for EvidenceLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.pad("none"),
            Self::Level(level) => f.pad(&level.to_string()),
        }
    }
}

impl Serialize for EvidenceLevel {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::None => serializer.serialize_str("none"),
            Self::Level(level) => serializer.serialize_u8(*level),
        }
    }
}

impl<'de> Deserialize<'de> for EvidenceLevel {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Written {
            Number(u8),
            Word(String),
        }
        match Written::deserialize(deserializer)? {
            Written::Number(level @ 0..=4) => Ok(Self::Level(level)),
            Written::Word(word) if word == "none" => Ok(Self::None),
            _ => Err(serde::de::Error::custom(
                "an evidence level is \"none\" or 0 to 4",
            )),
        }
    }
}

impl JsonSchema for EvidenceLevel {
    fn schema_name() -> Cow<'static, str> {
        "EvidenceLevel".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "How well a fact is evidenced; none = it has no source.",
            "enum": ["none", 0, 1, 2, 3, 4]
        })
    }
}

/// SHA-256 of a salt and a file, as 64 hexadecimal digits. Salt and file are kept outside the
/// ledger, so that a file can be erased and the commitment then tells nothing.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Commitment(Arc<str>);

impl Commitment {
    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn from_canonical(text: &str) -> Result<Self, SourceError> {
        let digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        if text.len() == 64 && text.bytes().all(digit) {
            Ok(Self(text.into()))
        } else {
            Err(SourceError::Commitment(shown(text)))
        }
    }
}

impl fmt::Display for Commitment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl FromStr for Commitment {
    type Err = SourceError;

    fn from_str(typed: &str) -> Result<Self, SourceError> {
        Self::from_canonical(&typed.trim().to_ascii_lowercase())
    }
}

string_form!(Commitment, SourceError, expects "64 hexadecimal digits in quotes", schema {
    "type": "string",
    "description": "SHA-256 of salt and file, 64 hexadecimal digits.",
    "pattern": "^[0-9a-f]{64}$"
});

/// The type of a file's contents, such as `application/pdf` (RFC 6838, without parameters).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MediaType(Arc<str>);

impl MediaType {
    /// The type.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn from_canonical(text: &str) -> Result<Self, SourceError> {
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        let name = |name: &str| {
            name.len() <= 127
                && name.bytes().next().is_some_and(plain)
                && name
                    .bytes()
                    .all(|byte| plain(byte) || b"!#$&^_.+-".contains(&byte))
        };
        match text.split_once('/') {
            Some((top, sub)) if name(top) && name(sub) => Ok(Self(text.into())),
            _ => Err(SourceError::Media(shown(text))),
        }
    }
}

impl fmt::Display for MediaType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl FromStr for MediaType {
    type Err = SourceError;

    fn from_str(typed: &str) -> Result<Self, SourceError> {
        Self::from_canonical(&typed.trim().to_ascii_lowercase())
    }
}

string_form!(MediaType, SourceError, expects "a media type in quotes, such as \"application/pdf\"", schema {
    "type": "string",
    "description": "The type of a file's contents (RFC 6838), in small letters.",
    "pattern": "^[a-z0-9][a-z0-9!#$&^_.+-]{0,126}/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}$"
});

/// An address on the web, starting with `https://` or `http://`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct WebAddress(Arc<str>);

impl WebAddress {
    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn from_canonical(text: &str) -> Result<Self, SourceError> {
        let rest = text
            .strip_prefix("https://")
            .or_else(|| text.strip_prefix("http://"));
        let well_formed = text.len() <= 2048
            && rest.is_some_and(|rest| rest.starts_with(|first: char| first.is_ascii_alphanumeric()))
            // Printable ASCII but the marks RFC 3986 leaves out: an address can stand in any page.
            && text.bytes().all(|b| b.is_ascii_graphic()
                && !matches!(b, b'"' | b'<' | b'>' | b'\\' | b'^' | b'`' | b'{' | b'|' | b'}'));
        if well_formed {
            Ok(Self(text.into()))
        } else {
            Err(SourceError::Address(shown(text)))
        }
    }
}

impl fmt::Display for WebAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl FromStr for WebAddress {
    type Err = SourceError;

    fn from_str(typed: &str) -> Result<Self, SourceError> {
        Self::from_canonical(typed.trim())
    }
}

string_form!(WebAddress, SourceError, expects "a web address in quotes", schema {
    "type": "string",
    "description": "A web address (RFC 3986).",
    "pattern": "^https?://[A-Za-z0-9][!#-;=?-\\[\\]_a-z~]*$",
    "maxLength": 2048
});

/// A file behind a source, by a commitment to its bytes.
#[derive(
    Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
pub struct Evidence {
    /// The commitment to salt and file.
    pub commit: Commitment,
    /// The file's length in bytes.
    #[serde(deserialize_with = "file_size")]
    #[schemars(range(max = 9_007_199_254_740_991_u64))]
    pub size: u64,
    /// What the file is.
    pub media: MediaType,
}

/// A length every reader of the stored bytes holds exactly, up to 2^53 - 1.
fn file_size<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    match u64::deserialize(deserializer)? {
        size if size < 1 << 53 => Ok(size),
        size => Err(serde::de::Error::custom(format!(
            "{size} is no file's length; give it in bytes, below 9007199254740992"
        ))),
    }
}

/// Where a fact comes from. Only title and type are required.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub struct Source {
    /// What it is called.
    pub title: Text,
    /// What it is.
    #[serde(rename = "type")]
    pub kind: SourceType,
    /// Who published it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub publisher: Option<Text>,
    /// The number of the act, letter or register entry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<Label>,
    /// When it was published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published: Option<When>,
    /// Where it can be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<WebAddress>,
    /// Where in it: page, paragraph, minute.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locator: Option<Text>,
    /// The attached file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<Evidence>,
}

impl Source {
    /// A source with nothing but its title and type.
    pub fn new(title: Text, kind: SourceType) -> Self {
        Self {
            title,
            kind,
            publisher: None,
            number: None,
            published: None,
            url: None,
            locator: None,
            evidence: None,
        }
    }

    /// The level it gives its fact: that of its type, but from 2 up only with an attached file or a
    /// number by which it can be looked up, otherwise 1.
    pub fn level(&self) -> EvidenceLevel {
        let can_be_shown = self.evidence.is_some() || self.number.is_some();
        self.kind.level(can_be_shown)
    }
}

/// As much of a source as its level follows from; whatever else it holds is passed over.
#[derive(Debug, Clone, Copy, Deserialize)]
pub struct Grade {
    #[serde(rename = "type")]
    kind: SourceType,
    #[serde(default)]
    number: Option<IgnoredAny>,
    #[serde(default)]
    evidence: Option<IgnoredAny>,
}

impl Grade {
    /// The level of the source.
    #[must_use]
    pub fn level(&self) -> EvidenceLevel {
        self.kind
            .level(self.evidence.is_some() || self.number.is_some())
    }
}

/// Why a source is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SourceError {
    /// Not a type.
    #[error(
        "{0} is not a type of source; choose statement, note, document, counterparty_letter, \
         register, authority_act or site_visit"
    )]
    Type(String),
    /// Not a commitment.
    #[error(
        "{0} is not a commitment; it has 64 hexadecimal digits, as given when the file was attached"
    )]
    Commitment(String),
    /// Not a media type.
    #[error("{0} is not a media type; write it in small letters, such as application/pdf")]
    Media(String),
    /// Not a web address.
    #[error("{0} is not a web address; start it with https:// and write other letters as %-codes")]
    Address(String),
}
