//! The strict door for data that arrive as JSON: what would be silently dropped is refused.
//!
//! Stored history is read leniently, because it must always read. A command is different: a
//! misspelt field that nobody notices is a fact lost. So data from outside are read into their type,
//! written again, and compared: every member given must come out again.

use std::sync::OnceLock;

use serde_json::{Map, Value};

use crate::canonical;
use crate::canonical::profile::{MAX_BYTES, ProfileError};
use crate::canonical::typed;
use crate::deal::event::payload_error::PayloadError;
use crate::deal::event::{Kind, Payload};
use crate::deal::value::source::Source;

use self::known::{Place, Stray, known_fields};
use self::path::join;
use super::schema::closed;

mod blame;
mod known;
mod path;

/// Why data from outside are refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DoorError {
    /// They are no JSON object of the canonical profile.
    #[error(transparent)]
    Profile(#[from] ProfileError),
    /// They are not what the kind says.
    #[error(transparent)]
    Payload(#[from] PayloadError),
    /// A field is not what the kind says.
    #[error("{error}")]
    Field {
        /// Where it stands; empty when that cannot be told.
        path: String,
        /// What is wrong.
        error: PayloadError,
    },
    /// A member nobody would read.
    #[error("there is no field `{path}`{}", suggestion(.near))]
    UnknownField {
        /// Where it stands.
        path: String,
        /// The nearest field there is.
        near: Option<String>,
    },
    /// A member without a value.
    #[error(
        "`{path}` is null: leave it out, or say {{\"unknown\": \"not in source\"}} where the source does not give it"
    )]
    Null {
        /// Where it stands.
        path: String,
    },
    /// A member that does not say what it seems to say.
    #[error("`{path}` would not be kept as it is given: write it as {kept}")]
    NotKept {
        /// Where it stands.
        path: String,
        /// How it would be kept.
        kept: String,
    },
    /// The sources are not what a source is.
    #[error("sources: {0}")]
    Sources(String),
}

impl DoorError {
    /// The field concerned, where the error is about one alone; empty for the whole.
    #[must_use]
    pub fn path(&self) -> &str {
        match self {
            Self::UnknownField { path, .. }
            | Self::Null { path }
            | Self::NotKept { path, .. }
            | Self::Field { path, .. } => path,
            Self::Profile(error) => error.path(),
            Self::Payload(_) | Self::Sources(_) => "",
        }
    }
}

impl From<Stray> for DoorError {
    fn from(stray: Stray) -> Self {
        let Stray { path, near } = stray;
        Self::UnknownField { path, near }
    }
}

fn suggestion(near: &Option<String>) -> String {
    near.as_ref()
        .map(|near| format!("; did you mean `{near}`?"))
        .unwrap_or_default()
}

/// Reads the data of a kind as a command brings them, as JSON text.
///
/// # Errors
/// When they are outside the canonical profile, not of the kind, or hold a member that nobody would read.
pub fn payload_from_text(kind: &str, text: &[u8]) -> Result<Payload, DoorError> {
    // Nothing is lost of what comes out again byte for byte or member for member.
    let read = match decoded(kind, text) {
        Some(payload) if is_written_as(&payload, text) => return Ok(payload),
        otherwise => otherwise,
    };
    let given = canonical::parse(text)?;
    if !given.is_object() {
        return Err(DoorError::Profile(ProfileError::NotAnObject));
    }
    let read = read.filter(|read| read.to_value().is_ok_and(|kept| kept == given));
    match read.filter(|_| !has_null(&given)) {
        Some(payload) => Ok(payload),
        None => read_payload(kind, &given),
    }
}

fn decoded(kind: &str, text: &[u8]) -> Option<Payload> {
    if text.len() > MAX_BYTES {
        return None;
    }
    let (known, text) = (Kind::of(kind)?, std::str::from_utf8(text).ok()?);
    Payload::decode(kind, known.version(), text).ok()
}

/// Whether a text is the canonical form of these data, and says no more than they do.
fn is_written_as(payload: &Payload, text: &[u8]) -> bool {
    let mut written = String::with_capacity(text.len());
    typed::write(&mut written, &payload.data()).is_ok()
        && written.as_bytes() == text
        && written.starts_with('{')
        && !written.contains("null")
}

/// Reads the data of a kind as a command brings them.
///
/// # Errors
/// As [`payload_from_text`].
pub fn payload(kind: &str, data: Map<String, Value>) -> Result<Payload, DoorError> {
    // The profile is checked on the value too: it may have been put together from several texts.
    let given = Value::Object(data);
    canonical::to_bytes(&given)?;
    read_payload(kind, &given)
}

fn read_payload(kind: &str, given: &Value) -> Result<Payload, DoorError> {
    no_nulls(given, "")?;
    let known = Kind::of(kind);
    let version = known.map_or(1, Kind::version);
    let read = |given: &Value| {
        let data = given.as_object().cloned().unwrap_or_default();
        Payload::from_map(kind, version, data)
    };
    let payload = read(given).map_err(|error| placed(given, error, &read));
    let both = payload.and_then(|payload| Ok((kept(&payload)?, payload)));
    // What comes out again member for member was read member for member: only the rest is held against the schema, which
    // knows what was meant.
    let both = match both {
        Ok((kept, payload)) if kept == *given => return Ok(payload),
        both => both,
    };
    if let Some(known) = known {
        known_fields(given, &Place::root(schema_of(known)))?;
    }
    let (kept, payload) = both?;
    same(given, &kept, "")?;
    Ok(payload)
}

/// An error with the place of the field it is about.
fn placed(
    given: &Value,
    error: PayloadError,
    read: &dyn Fn(&Value) -> Result<Payload, PayloadError>,
) -> DoorError {
    let reason = |error: PayloadError| match error {
        PayloadError::Malformed { reason, .. } => Some(reason),
        _ => None,
    };
    match reason(error.clone()) {
        Some(complaint) => {
            let complains = |given: &Value| read(given).err().and_then(reason);
            let path = blame::path(given, &complaint, &complains);
            DoorError::Field { path, error }
        }
        None => DoorError::Payload(error),
    }
}

fn kept(payload: &Payload) -> Result<Value, DoorError> {
    let kept = payload.to_value().map_err(|error| {
        let reason = error.to_string();
        PayloadError::Malformed {
            kind: "data",
            reason,
        }
    })?;
    Ok(kept)
}

/// Reads a list of sources as a command brings them, as JSON text.
///
/// # Errors
/// As [`payload_from_text`].
pub fn sources_from_text(text: &str) -> Result<Vec<Source>, DoorError> {
    // Parsed within an object, since the profile is one of objects.
    let wrapped = canonical::parse(format!("{{\"sources\":{text}}}").as_bytes())?;
    read_sources(&wrapped)
}

/// Reads a list of sources as a command brings them.
///
/// # Errors
/// As [`payload_from_text`].
pub fn sources(given: &Value) -> Result<Vec<Source>, DoorError> {
    let wrapped = serde_json::json!({ "sources": given });
    canonical::to_bytes(&wrapped)?;
    read_sources(&wrapped)
}

fn read_sources(wrapped: &Value) -> Result<Vec<Source>, DoorError> {
    no_nulls(wrapped, "")?;
    let given = wrapped.get("sources").unwrap_or(&Value::Null);
    if given.as_array().is_some_and(Vec::is_empty) {
        return Ok(Vec::new());
    }
    known_fields(given, &Place::root(schema_of_sources()).named("sources"))?;
    let sources: Vec<Source> = serde_json::from_value(given.clone())
        .map_err(|error| DoorError::Sources(error.to_string()))?;
    let kept =
        serde_json::to_value(&sources).map_err(|error| DoorError::Sources(error.to_string()))?;
    same(given, &kept, "sources")?;
    Ok(sources)
}

/// The schema of a kind's data. It is drawn once: drawing it takes longer than everything else that is done with a fact.
fn schema_of(kind: Kind) -> &'static Value {
    static SCHEMAS: [OnceLock<Value>; Kind::ALL.len()] =
        [const { OnceLock::new() }; Kind::ALL.len()];
    static NONE: Value = Value::Bool(true);
    let number = Kind::ALL.iter().position(|one| *one == kind);
    let place = number.and_then(|number| SCHEMAS.get(number));
    place.map_or(&NONE, |place| {
        place.get_or_init(|| closed(kind.data_schema().to_value()))
    })
}

fn schema_of_sources() -> &'static Value {
    static SCHEMA: OnceLock<Value> = OnceLock::new();
    SCHEMA.get_or_init(|| closed(schemars::schema_for!(Vec<Source>).to_value()))
}

fn has_null(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.iter().any(has_null),
        Value::Object(members) => members.values().any(has_null),
        _ => false,
    }
}

fn no_nulls(value: &Value, path: &str) -> Result<(), DoorError> {
    match value {
        Value::Null => Err(DoorError::Null {
            path: path.to_owned(),
        }),
        Value::Array(items) => (0..)
            .zip(items)
            .try_for_each(|(index, item): (usize, _)| no_nulls(item, &format!("{path}[{index}]"))),
        Value::Object(members) => members
            .iter()
            .try_for_each(|(key, member)| no_nulls(member, &join(path, key))),
        _ => Ok(()),
    }
}

/// Whether everything given comes out again. What is left out because it says nothing may be missing.
fn same(given: &Value, kept: &Value, path: &str) -> Result<(), DoorError> {
    match (given, kept) {
        (Value::Object(given), Value::Object(kept)) => {
            for (key, member) in given {
                match kept.get(key) {
                    Some(kept) => same(member, kept, &join(path, key))?,
                    None if says_nothing(member) => {}
                    None => {
                        return Err(DoorError::UnknownField {
                            path: join(path, key),
                            near: None,
                        });
                    }
                }
            }
            Ok(())
        }
        (Value::Array(given), Value::Array(kept)) if given.len() == kept.len() => (0..)
            .zip(given.iter().zip(kept))
            .try_for_each(|(index, (given, kept)): (usize, _)| {
                same(given, kept, &format!("{path}[{index}]"))
            }),
        _ if given == kept => Ok(()),
        _ => Err(DoorError::NotKept {
            path: path.to_owned(),
            kept: kept.to_string(),
        }),
    }
}

/// A flag that does not hold and an empty list are the same as their absence.
fn says_nothing(value: &Value) -> bool {
    match value {
        Value::Bool(flag) => !flag,
        Value::Array(items) => items.is_empty(),
        _ => false,
    }
}

#[cfg(test)]
mod tests;
