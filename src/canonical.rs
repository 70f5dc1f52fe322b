//! The canonical JSON of the ledger: the one spelling in which an event's bytes are hashed.
//!
//! A profile of RFC 8785 that leaves out what implementations disagree on: one object, keys of
//! `[a-z0-9_]`, no floats at all, whole numbers that every language holds exactly, text in Unicode
//! Normalisation Form C. [`parse`] is the door for bytes from outside, [`to_bytes`] writes the
//! canonical form; both enforce the same limits and name the field that breaks one.

mod letters;
pub mod profile;
mod reader;
#[cfg(test)]
mod tests;
pub mod typed;

use letters::{write_digits, write_key, write_text};
use profile::{
    MAX_BYTES, MAX_INTEGER, Path, ProfileError, Step, check_integer, check_key, check_text, is_text,
};
use serde::Serialize;
use serde_json::{Map, Value};
use std::borrow::Cow;
use std::fmt::Write as _;
use std::ops::Range;
use typed::Outside;

/// Room for an event of the usual size, so that its bytes do not grow step by step.
const USUAL_BYTES: usize = 1_024;

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
    let mut out = String::with_capacity(USUAL_BYTES);
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

/// Writes one object member by member, without having it as a value first.
///
/// The caller gives the keys in ascending order, which is the canonical one.
pub struct Members<'a> {
    out: String,
    path: Path<'a>,
}

impl<'a> Members<'a> {
    /// An object without members.
    pub fn start() -> Self {
        let mut path = Path::default();
        // The outermost object is never too deep.
        let _ = path.enter();
        let mut out = String::with_capacity(USUAL_BYTES);
        out.push('{');
        Self { out, path }
    }

    /// A member that is text; where it stands, in its quotes.
    ///
    /// # Errors
    /// If the key or the text is outside the profile.
    pub fn text(&mut self, key: &'a str, text: &str) -> Result<Range<usize>, ProfileError> {
        let start = self.key(key)?;
        if !is_text(text) {
            self.path.push(Step::Key(Cow::Borrowed(key)));
            check_text(text, &self.path)?;
        }
        write_text(&mut self.out, text);
        Ok(start..self.out.len())
    }

    /// A member of a type that is written as it is; where it stands.
    ///
    /// # Errors
    /// If the key or the value is outside the profile.
    pub fn typed(&mut self, key: &'a str, value: &impl Serialize) -> Result<Range<usize>, Outside> {
        let start = self.key(key).map_err(|_| Outside)?;
        typed::write(&mut self.out, value)?;
        Ok(start..self.out.len())
    }

    /// Whether an object stands there.
    #[must_use]
    pub fn has_object_at(&self, at: &Range<usize>) -> bool {
        let written = self.out.get(at.clone());
        written.is_some_and(|text| text.starts_with('{'))
    }

    /// Begins a member that is an object: what is given until [`close`](Self::close) are its members.
    ///
    /// # Errors
    /// If the key is outside the profile, or the object nested too deep.
    pub fn open(&mut self, key: &'a str) -> Result<(), ProfileError> {
        self.key(key)?;
        self.path.push(Step::Key(Cow::Borrowed(key)));
        self.path.enter()?;
        self.out.push('{');
        Ok(())
    }

    /// Ends the member that is an object.
    pub fn close(&mut self) {
        self.out.push('}');
        self.path.leave();
        self.path.pop();
    }

    /// A member that another object of the profile has as well, as it stands written there; where it stands.
    ///
    /// # Errors
    /// If the key is outside the profile.
    pub fn as_written(&mut self, key: &'a str, text: &str) -> Result<Range<usize>, ProfileError> {
        let start = self.key(key)?;
        self.out.push_str(text);
        Ok(start..self.out.len())
    }

    /// A member that is a whole number.
    ///
    /// # Errors
    /// If the key or the number is outside the profile.
    pub fn number(&mut self, key: &'a str, number: u64) -> Result<(), ProfileError> {
        self.key(key)?;
        if number > MAX_INTEGER {
            self.path.push(Step::Key(Cow::Borrowed(key)));
            check_integer(number, &self.path)?;
        }
        write_digits(&mut self.out, number);
        Ok(())
    }

    /// The bytes of the whole object.
    ///
    /// # Errors
    /// If it is too long.
    pub fn finish(self) -> Result<Vec<u8>, ProfileError> {
        let mut out = self.out;
        out.push('}');
        if out.len() > MAX_BYTES {
            return Err(ProfileError::TooLong { bytes: out.len() });
        }
        Ok(out.into_bytes())
    }

    /// Begins a member; where its value will stand.
    fn key(&mut self, key: &'a str) -> Result<usize, ProfileError> {
        check_key(key, &self.path)?;
        // Nothing but an object that was just begun ends in a brace that opens: texts end in their quotes.
        if !self.out.ends_with('{') {
            self.out.push(',');
        }
        write_key(&mut self.out, key);
        Ok(self.out.len())
    }
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
            write_number(out, number);
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
    // Sorted here where need be, because the map's own order is a feature flag of its crate. Keys are ASCII, so
    // byte order is the UTF-16 order RFC 8785 asks for.
    if object.keys().is_sorted() {
        return write_entries(out, object.iter(), path);
    }
    let mut entries: Vec<_> = object.iter().collect();
    entries.sort_by_key(|(key, _)| *key);
    write_entries(out, entries.into_iter(), path)
}

fn write_entries<'a>(
    out: &mut String,
    entries: impl Iterator<Item = (&'a String, &'a Value)>,
    path: &mut Path<'a>,
) -> Result<(), ProfileError> {
    path.enter()?;
    out.push('{');
    for (index, (key, value)) in entries.enumerate() {
        check_key(key, path)?;
        if index > 0 {
            out.push(',');
        }
        write_key(out, key);
        path.push(Step::Key(Cow::Borrowed(key)));
        write_value(out, value, path)?;
        path.pop();
    }
    out.push('}');
    path.leave();
    Ok(())
}

fn write_number(out: &mut String, number: &dyn std::fmt::Display) {
    // Writing to a string cannot fail.
    let _ = write!(out, "{number}");
}
