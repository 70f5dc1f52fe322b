//! What items say, those of facts that were recorded before among them.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::error::{IntakeError, below, malformed};
use super::parts::{self, day, given, read};
use crate::canonical;
use crate::deal::event::Payload;
use crate::deal::value::source::Source;
use crate::deal::value::text::Text;
use crate::deal::value::when::When;

/// What an item says.
#[derive(Debug, Clone, PartialEq)]
#[allow(
    clippy::large_enum_variant,
    reason = "facts are the largest and by far the commonest; a box would cost every one"
)]
pub(crate) enum Saying {
    /// A fact or a registration.
    Record {
        payload: Payload,
        on: Option<When>,
        sources: Vec<Source>,
    },
    Correct {
        fact: String,
        on: Option<When>,
        data: Option<String>,
        sources: Option<Vec<Source>>,
        reason: Text,
    },
    Retract {
        fact: String,
        reason: Text,
    },
    Move {
        fact: String,
        to: String,
        reason: Text,
    },
    Source {
        fact: String,
        sources: Vec<Source>,
    },
    Confirm {
        fact: String,
        version: Option<String>,
        sources: Vec<Source>,
        words: Option<Text>,
    },
}

impl Saying {
    /// The fact it is about, as it was named; empty for what is recorded anew.
    pub(super) fn fact(&self) -> &str {
        match self {
            Self::Record { .. } => "",
            Self::Correct { fact, .. }
            | Self::Retract { fact, .. }
            | Self::Move { fact, .. }
            | Self::Source { fact, .. }
            | Self::Confirm { fact, .. } => fact,
        }
    }
}

/// What is done to a fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Amends {
    Correct,
    Retract,
    Move,
    Source,
    Confirm,
}

impl Amends {
    /// What a word says is done; a move is told by a word of its own and recorded as two events.
    pub(super) fn of(word: &str) -> Option<Self> {
        match word {
            "fact_corrected" => Some(Self::Correct),
            "fact_retracted" => Some(Self::Retract),
            "fact_moved" => Some(Self::Move),
            "fact_sourced" => Some(Self::Source),
            "fact_confirmed" => Some(Self::Confirm),
            _ => None,
        }
    }
}

/// A fact by its event's id or its position.
#[derive(Deserialize)]
#[serde(untagged, expecting = "an event's id in quotes, or a position")]
enum FactName {
    Position(u64),
    Id(String),
}

impl FactName {
    fn into_text(self) -> String {
        match self {
            Self::Position(position) => position.to_string(),
            Self::Id(id) => id,
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Correcting<'a> {
    fact: FactName,
    reason: String,
    #[serde(default, deserialize_with = "given")]
    on: Option<String>,
    #[serde(borrow, default)]
    data: Option<&'a RawValue>,
    #[serde(borrow, default)]
    sources: Option<&'a RawValue>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Retracting {
    fact: FactName,
    reason: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Moving {
    fact: FactName,
    to: String,
    reason: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sourcing {
    fact: FactName,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Confirming {
    fact: FactName,
    #[serde(default, deserialize_with = "given")]
    version: Option<FactName>,
    #[serde(default, deserialize_with = "given")]
    words: Option<String>,
}

/// Reads what an item says of a fact.
///
/// # Errors
/// With the path of the field that is wrong.
pub(super) fn amendment(
    path: &str,
    amends: Amends,
    (on, data, sources): (Option<&str>, Option<&RawValue>, Option<&RawValue>),
) -> Result<Saying, IntakeError> {
    let at = below(path, "data");
    let data = data.map_or("{}", RawValue::get).as_bytes();
    // Depth, numbers, letters and members given twice, as of everything that is stored.
    if let Err(error) = canonical::parse(data) {
        return Err(malformed(&at, error.path(), &error));
    }
    if on.is_some() {
        let sentence = "an amendment happens when it is recorded: leave it out";
        return Err(malformed(path, "on", sentence));
    }
    let sources = parts::sources(path, "sources", sources)?;
    let takes = matches!(amends, Amends::Source | Amends::Confirm);
    if sources.is_some() && !takes {
        let sentence = "new sources of a corrected fact stand in its data: leave it out";
        return Err(malformed(path, "sources", sentence));
    }
    let text =
        |field: &str, words: &str| Text::new(words).map_err(|error| malformed(&at, field, error));
    Ok(match amends {
        Amends::Correct => {
            let said: Correcting<'_> = read(&at, data)?;
            Saying::Correct {
                fact: said.fact.into_text(),
                on: day(&at, said.on.as_deref())?,
                data: said.data.map(|data| data.get().to_owned()),
                sources: parts::sources(&at, "sources", said.sources)?,
                reason: text("reason", &said.reason)?,
            }
        }
        Amends::Move => {
            let said: Moving = read(&at, data)?;
            Saying::Move {
                fact: said.fact.into_text(),
                to: said.to,
                reason: text("reason", &said.reason)?,
            }
        }
        Amends::Source => {
            let said: Sourcing = read(&at, data)?;
            Saying::Source {
                fact: said.fact.into_text(),
                sources: sources.unwrap_or_default(),
            }
        }
        Amends::Confirm => {
            let said: Confirming = read(&at, data)?;
            let words = said.words.map(|words| text("words", &words));
            Saying::Confirm {
                fact: said.fact.into_text(),
                version: said.version.map(FactName::into_text),
                sources: sources.unwrap_or_default(),
                words: words.transpose()?,
            }
        }
        Amends::Retract => {
            let said: Retracting = read(&at, data)?;
            Saying::Retract {
                fact: said.fact.into_text(),
                reason: text("reason", &said.reason)?,
            }
        }
    })
}
