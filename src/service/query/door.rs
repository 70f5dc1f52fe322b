//! The strict door for what arrives as JSON, as interfaces reach it.

use serde_json::{Map, Value};

use crate::canonical;
use crate::canonical::profile::ProfileError;
use crate::codec::door::{self, DoorError};
use crate::deal::event::{Kind, Payload};
use crate::deal::value::source::Source;

/// Reads fields as the data of a kind; what would be silently dropped is refused.
///
/// # Errors
/// A sentence that names the field.
pub fn payload(kind: Kind, fields: Map<String, Value>) -> Result<Payload, DoorError> {
    door::payload(kind.as_str(), fields)
}

/// Reads one JSON object of the canonical profile.
///
/// # Errors
/// A sentence that names what is outside the profile.
pub fn object(text: &str) -> Result<Map<String, Value>, DoorError> {
    match canonical::parse(text.as_bytes())? {
        Value::Object(fields) => Ok(fields),
        _ => Err(DoorError::Profile(ProfileError::NotAnObject)),
    }
}

/// Reads a JSON array of sources.
///
/// # Errors
/// As [`payload`].
pub fn sources(text: &str) -> Result<Vec<Source>, DoorError> {
    // Parsed within an object, since the profile is one of objects.
    let fields = object(&format!("{{\"sources\":{text}}}"))?;
    door::sources(fields.get("sources").unwrap_or(&Value::Null))
}
