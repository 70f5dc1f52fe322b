//! Who and which: events, streams, actors, commands and the short references people use.

use super::string_form::{shown, string_form};
use arrayvec::ArrayString;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;
use uuid::Uuid;

/// An event's id, made once when it is recorded (UUID version 7, so that ids sort by time).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EventId(Uuid);

impl EventId {
    /// The id with this UUID.
    pub fn new(uuid: Uuid) -> Self {
        Self(uuid)
    }

    /// Its UUID.
    pub fn uuid(&self) -> Uuid {
        self.0
    }

    fn from_canonical(text: &str) -> Result<Self, IdError> {
        canonical_uuid(text)
            .map(Self)
            .ok_or_else(|| IdError::Event(shown(text)))
    }
}

/// The text of an id, put together where it is needed: every event has several, and what formats anything takes many times as
/// long.
type Spelled = ArrayString<{ "organization-".len() + UUID_LENGTH }>;

/// The UUID, if the text is its one canonical spelling: small letters, five groups with hyphens.
fn canonical_uuid(text: &str) -> Option<Uuid> {
    // Of the forms that can be read only the one with hyphens has that length.
    let canonical = text.len() == UUID_LENGTH && !text.bytes().any(|b| b.is_ascii_uppercase());
    canonical.then(|| Uuid::try_parse(text).ok()).flatten()
}

impl EventId {
    fn spelled(self) -> Spelled {
        let mut text = Spelled::new();
        // There is room for it.
        let _ = text.try_push_str(self.0.hyphenated().encode_lower(&mut Uuid::encode_buffer()));
        text
    }
}

impl fmt::Display for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.spelled().as_str())
    }
}

impl FromStr for EventId {
    type Err = IdError;

    fn from_str(typed: &str) -> Result<Self, IdError> {
        Self::from_canonical(&typed.trim().to_ascii_lowercase())
    }
}

string_form!(EventId, IdError, written spelled, expects "an event id (a UUID) in quotes", schema {
    "type": "string",
    "description": "An event's id (UUID, small letters).",
    "format": "uuid",
    "pattern": "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"
});

/// What a stream is about.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum StreamKind {
    /// A document followed through to delivery.
    Agreement,
    /// Documents announced together.
    Package,
    /// A conference, meeting, session, mission, visit or statement.
    Occasion,
    /// A body or company.
    Organization,
    /// The ledger itself; there is one such stream.
    Ledger,
}

impl StreamKind {
    /// The kind's word, which starts the stream's text.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Agreement => "agreement",
            Self::Package => "package",
            Self::Occasion => "occasion",
            Self::Organization => "organization",
            Self::Ledger => "ledger",
        }
    }

    /// The two letters that start a proposed reference: AG, PK, OC, OR. `None` for the ledger.
    pub fn ref_prefix(self) -> Option<&'static str> {
        match self {
            Self::Agreement => Some("AG"),
            Self::Package => Some("PK"),
            Self::Occasion => Some("OC"),
            Self::Organization => Some("OR"),
            Self::Ledger => None,
        }
    }
}

impl fmt::Display for StreamKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The id of a stream, written `agreement-<uuid>`, `package-<uuid>`, `occasion-<uuid>`,
/// `organization-<uuid>` or `ledger`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum StreamId {
    /// One agreement.
    Agreement(Uuid),
    /// One package.
    Package(Uuid),
    /// One occasion.
    Occasion(Uuid),
    /// One organisation.
    Organization(Uuid),
    /// The ledger itself.
    Ledger,
}

impl StreamId {
    /// The stream of that kind and UUID; the ledger's own stream has none, and leaves it unused.
    pub fn new(kind: StreamKind, uuid: Uuid) -> Self {
        match kind {
            StreamKind::Agreement => Self::Agreement(uuid),
            StreamKind::Package => Self::Package(uuid),
            StreamKind::Occasion => Self::Occasion(uuid),
            StreamKind::Organization => Self::Organization(uuid),
            StreamKind::Ledger => Self::Ledger,
        }
    }

    /// What it is about.
    pub fn kind(&self) -> StreamKind {
        match self {
            Self::Agreement(_) => StreamKind::Agreement,
            Self::Package(_) => StreamKind::Package,
            Self::Occasion(_) => StreamKind::Occasion,
            Self::Organization(_) => StreamKind::Organization,
            Self::Ledger => StreamKind::Ledger,
        }
    }

    /// Its UUID; `None` for the ledger.
    pub fn uuid(&self) -> Option<Uuid> {
        match self {
            Self::Agreement(uuid)
            | Self::Package(uuid)
            | Self::Occasion(uuid)
            | Self::Organization(uuid) => Some(*uuid),
            Self::Ledger => None,
        }
    }

    fn from_canonical(text: &str) -> Result<Self, IdError> {
        let malformed = || IdError::Stream(shown(text));
        if text == StreamKind::Ledger.as_str() {
            return Ok(Self::Ledger);
        }
        let (kind, uuid) = text.split_once('-').ok_or_else(malformed)?;
        let uuid = canonical_uuid(uuid).ok_or_else(malformed)?;
        match kind {
            "agreement" => Ok(Self::Agreement(uuid)),
            "package" => Ok(Self::Package(uuid)),
            "occasion" => Ok(Self::Occasion(uuid)),
            "organization" => Ok(Self::Organization(uuid)),
            _ => Err(malformed()),
        }
    }
}

impl StreamId {
    fn spelled(self) -> Spelled {
        let mut text = Spelled::new();
        // There is room for it.
        let _ = text.try_push_str(self.kind().as_str());
        if let Some(uuid) = self.uuid() {
            let _ = text.try_push('-');
            let _ = text.try_push_str(uuid.hyphenated().encode_lower(&mut Uuid::encode_buffer()));
        }
        text
    }
}

impl fmt::Display for StreamId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.spelled().as_str())
    }
}

impl FromStr for StreamId {
    type Err = IdError;

    fn from_str(typed: &str) -> Result<Self, IdError> {
        Self::from_canonical(&typed.trim().to_ascii_lowercase())
    }
}

string_form!(StreamId, IdError, written spelled, expects "a stream such as \"agreement-<uuid>\" or \"ledger\"", schema {
    "type": "string",
    "description": "The id of a stream.",
    "pattern": "^(ledger|(agreement|package|occasion|organization)\
        -[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$"
});

/// Whoever recorded something, as an opaque id such as `u:7f3a`; names live in a directory outside
/// the ledger, where they can be changed and erased.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ActorId(Arc<str>);

impl ActorId {
    /// The id.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn from_canonical(text: &str) -> Result<Self, IdError> {
        let well_formed = text.split_once(':').is_some_and(|(space, id)| {
            is_word(space, 16, |byte| {
                byte.is_ascii_lowercase() || byte.is_ascii_digit()
            }) && space.starts_with(|letter: char| letter.is_ascii_lowercase())
                && is_word(id, 64, |byte| {
                    byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._-".contains(&byte)
                })
                && id.starts_with(|letter: char| letter.is_ascii_alphanumeric())
        });
        if well_formed {
            Ok(Self(text.into()))
        } else {
            Err(IdError::Actor(shown(text)))
        }
    }
}

fn is_word(text: &str, longest: usize, allowed: impl Fn(u8) -> bool) -> bool {
    !text.is_empty() && text.len() <= longest && text.bytes().all(allowed)
}

impl fmt::Display for ActorId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl FromStr for ActorId {
    type Err = IdError;

    fn from_str(typed: &str) -> Result<Self, IdError> {
        Self::from_canonical(typed.trim())
    }
}

string_form!(ActorId, IdError, expects "an actor's id in quotes, such as \"u:7f3a\"", schema {
    "type": "string",
    "description": "An actor's opaque id.",
    "pattern": "^[a-z][a-z0-9]{0,15}:[a-z0-9][a-z0-9._-]{0,63}$"
});

/// How the ledger knows an actor.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum KnownBy {
    /// By an access token the service checked.
    Token,
    /// By their own word on a local ledger: the identity is not checked.
    LocalClaim,
    /// It is the program itself.
    System,
}

impl KnownBy {
    /// Its word in the ledger.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::LocalClaim => "local_claim",
            Self::System => "system",
        }
    }
}

/// Who recorded an event, and how that is known.
#[derive(
    Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
pub struct Actor {
    /// The opaque id.
    pub id: ActorId,
    /// How it is known.
    pub known_by: KnownBy,
}

/// A command's id, chosen by its sender: the same id with the same body is the same command.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CommandId(Spelling);

/// How many characters a UUID has.
const UUID_LENGTH: usize = 36;

/// A text of as many characters as a UUID, as nearly all are, stands in the value itself.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Spelling {
    Short([u8; UUID_LENGTH]),
    Other(Arc<str>),
}

impl fmt::Debug for Spelling {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_str().fmt(f)
    }
}

impl Spelling {
    fn of(text: &str) -> Self {
        match text.as_bytes().try_into() {
            Ok(short) => Self::Short(short),
            Err(_) => Self::Other(text.into()),
        }
    }

    fn as_str(&self) -> &str {
        match self {
            Self::Short(text) => std::str::from_utf8(text).unwrap_or_default(),
            Self::Other(text) => text,
        }
    }
}

impl Ord for CommandId {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.as_str().cmp(other.as_str())
    }
}

impl PartialOrd for CommandId {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl CommandId {
    /// The id.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    fn from_canonical(text: &str) -> Result<Self, IdError> {
        let well_formed = text.starts_with(|letter: char| letter.is_ascii_alphanumeric())
            && is_word(text, 128, |b| {
                b.is_ascii_alphanumeric() || b"._:-".contains(&b)
            });
        if well_formed {
            Ok(Self(Spelling::of(text)))
        } else {
            Err(IdError::Command(shown(text)))
        }
    }
}

impl From<Uuid> for CommandId {
    fn from(uuid: Uuid) -> Self {
        let mut text = [0; UUID_LENGTH];
        uuid.hyphenated().encode_lower(&mut text);
        Self(Spelling::Short(text))
    }
}

impl fmt::Display for CommandId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for CommandId {
    type Err = IdError;

    fn from_str(typed: &str) -> Result<Self, IdError> {
        Self::from_canonical(typed.trim())
    }
}

string_form!(CommandId, IdError, expects "a command id in quotes", schema {
    "type": "string",
    "description": "A command's id: letters, digits and . _ : -, at most 128.",
    "pattern": "^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$"
});

/// The short reference people call a thing by, such as `AG-2025-001`; unique in the ledger over all
/// kinds, so always in capitals.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Ref(Arc<str>);

impl Ref {
    /// A reference as a person typed it, put in capitals.
    ///
    /// # Errors
    /// If it is no reference even so.
    pub fn new(typed: &str) -> Result<Self, IdError> {
        Self::from_canonical(&typed.trim().to_ascii_uppercase())
    }

    /// The reference.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn from_canonical(text: &str) -> Result<Self, IdError> {
        let capital = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
        let well_formed = text.len() >= 2
            && !text.starts_with('-')
            && is_word(text, 40, |byte| capital(byte) || byte == b'-');
        if well_formed {
            Ok(Self(text.into()))
        } else {
            Err(IdError::Ref(shown(text)))
        }
    }
}

impl fmt::Display for Ref {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl FromStr for Ref {
    type Err = IdError;

    fn from_str(typed: &str) -> Result<Self, IdError> {
        Self::new(typed)
    }
}

string_form!(Ref, IdError, expects "a reference in quotes, such as \"AG-2025-001\"", schema {
    "type": "string",
    "description": "A short reference in capitals.",
    "pattern": "^[A-Z0-9][A-Z0-9-]{1,39}$"
});

/// Why a text is no id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// No event id.
    #[error(
        "{0} is not an event id; copy it from the history, such as 0196581c-6f00-7000-8000-000000000001"
    )]
    Event(String),
    /// No stream.
    #[error(
        "{0} is not a stream; write ledger, or a kind and a UUID such as agreement-0196581c-6f00-7000-8000-000000000001"
    )]
    Stream(String),
    /// No actor.
    #[error(
        "{0} is not an actor's id; write a space and an opaque id in small letters, such as u:7f3a"
    )]
    Actor(String),
    /// No command id.
    #[error(
        "{0} is not a command id; use letters, digits and . _ : -, starting with a letter or digit (at most 128)"
    )]
    Command(String),
    /// No reference.
    #[error("{0} is not a reference; use 2 to 40 letters, digits and hyphens, such as AG-2025-001")]
    Ref(String),
}
