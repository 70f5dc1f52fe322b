//! The canonical JSON of the ledger: the one spelling in which an event's bytes are hashed.
//!
//! A profile of RFC 8785 that leaves out what implementations disagree on: one object, keys of
//! `[a-z0-9_]`, no floats at all, whole numbers that every language holds exactly, text in Unicode
//! Normalisation Form C. [`parse`] is the door for bytes from outside, [`to_bytes`] writes the
//! canonical form; both enforce the same limits and name the field that breaks one.

pub mod profile;
mod reader;
#[cfg(test)]
mod tests;

use profile::{MAX_BYTES, Path, ProfileError, Step, check_integer, check_key, check_text};
use serde_json::{Map, Value};
use std::borrow::Cow;
use std::fmt::Write as _;

/// Reads one JSON object of the profile, in any spelling (blanks, order of keys).
///
/// # Errors
/// If the bytes are no JSON, or JSON outside the profile; the error names the field.
pub fn parse(bytes: &[u8]) -> Result<Value, ProfileError> {
    if bytes.len() > MAX_BYTES {
        return Err(ProfileError::TooLong { bytes: bytes.len() });
    }
    let text = std::str::from_utf8(bytes).map_err(|error| ProfileError::NotUtf8 {
        at: error.valid_up_to(),
    })?;
    reader::read(text)
}

/// Writes a value canonically: compact, keys sorted.
///
/// # Errors
/// If the value is outside the profile; the error names the field.
pub fn to_bytes(value: &Value) -> Result<Vec<u8>, ProfileError> {
    let Value::Object(object) = value else {
        return Err(ProfileError::NotAnObject);
    };
    // Room for an event of the usual size, so that it does not grow step by step.
    let mut out = String::with_capacity(1_024);
    write_object(&mut out, object, &mut Path::default())?;
    if out.len() > MAX_BYTES {
        return Err(ProfileError::TooLong { bytes: out.len() });
    }
    Ok(out.into_bytes())
}

/// Whether the bytes are exactly what [`to_bytes`] would write.
pub fn is_canonical(bytes: &[u8]) -> bool {
    parse(bytes)
        .and_then(|value| to_bytes(&value))
        .is_ok_and(|canonical| canonical == bytes)
}

fn write_value<'a>(
    out: &mut String,
    value: &'a Value,
    path: &mut Path<'a>,
) -> Result<(), ProfileError> {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(true) => out.push_str("true"),
        Value::Bool(false) => out.push_str("false"),
        Value::Number(number) => {
            if number.is_f64() {
                return Err(ProfileError::NotWhole {
                    path: path.to_string(),
                });
            }
            let size = number
                .as_i64()
                .map(i64::unsigned_abs)
                .or_else(|| number.as_u64());
            check_integer(size.unwrap_or(u64::MAX), path)?;
            out.push_str(&number.to_string());
        }
        Value::String(text) => {
            check_text(text, path)?;
            write_text(out, text);
        }
        Value::Array(items) => write_list(out, items, path)?,
        Value::Object(object) => write_object(out, object, path)?,
    }
    Ok(())
}

fn write_list<'a>(
    out: &mut String,
    items: &'a [Value],
    path: &mut Path<'a>,
) -> Result<(), ProfileError> {
    path.enter()?;
    out.push('[');
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        path.push(Step::Index(index));
        write_value(out, item, path)?;
        path.pop();
    }
    out.push(']');
    path.leave();
    Ok(())
}

fn write_object<'a>(
    out: &mut String,
    object: &'a Map<String, Value>,
    path: &mut Path<'a>,
) -> Result<(), ProfileError> {
    path.enter()?;
    // Sorted here, because the map's own order is a feature flag of its crate. Keys are ASCII, so
    // byte order is the UTF-16 order RFC 8785 asks for.
    let mut entries: Vec<_> = object.iter().collect();
    entries.sort_by_key(|(key, _)| *key);
    out.push('{');
    for (index, (key, value)) in entries.into_iter().enumerate() {
        check_key(key, path)?;
        if index > 0 {
            out.push(',');
        }
        write_text(out, key);
        out.push(':');
        path.push(Step::Key(Cow::Borrowed(key)));
        write_value(out, value, path)?;
        path.pop();
    }
    out.push('}');
    path.leave();
    Ok(())
}

/// RFC 8785 section 3.2.2.2: the short escapes, `\u00xx` in small letters for the other control
/// characters, everything else as it is.
fn write_text(out: &mut String, text: &str) {
    out.push('"');
    for letter in text.chars() {
        match letter {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{8}' => out.push_str("\\b"),
            '\t' => out.push_str("\\t"),
            '\n' => out.push_str("\\n"),
            '\u{c}' => out.push_str("\\f"),
            '\r' => out.push_str("\\r"),
            control @ '\0'..='\u{1f}' => {
                // Writing to a string cannot fail.
                let _ = write!(out, "\\u{:04x}", u32::from(control));
            }
            other => out.push(other),
        }
    }
    out.push('"');
}
