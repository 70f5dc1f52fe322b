//! The canonical JSON of the ledger: the one spelling in which an event's bytes are hashed.
//!
//! A profile of RFC 8785 that leaves out what implementations disagree on: one object, keys of
//! `[a-z0-9_]`, no floats at all, whole numbers that every language holds exactly, text in Unicode
//! Normalisation Form C. [`parse`] is the door for bytes from outside, [`to_bytes`] writes the
//! canonical form; both enforce the same limits and name the field that breaks one.

mod reader;
#[cfg(test)]
mod tests;

use serde_json::{Map, Value};
use std::fmt;
use std::fmt::Write as _;
use unicode_normalization::is_nfc;

/// The most bytes one event may have: the records of public log bundles carry a 16-bit length.
pub const MAX_BYTES: usize = 65_535;

/// The deepest nesting of objects and lists, the outermost object being the first.
pub const MAX_DEPTH: usize = 32;

/// The largest whole number, up or down, that a float of 64 bits still tells from its neighbour
/// (2^53 - 1): readers in other languages hold no more.
pub const MAX_INTEGER: u64 = (1 << 53) - 1;

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
    let mut out = String::new();
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

fn write_value(out: &mut String, value: &Value, path: &mut Path) -> Result<(), ProfileError> {
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

fn write_list(out: &mut String, items: &[Value], path: &mut Path) -> Result<(), ProfileError> {
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

fn write_object(
    out: &mut String,
    object: &Map<String, Value>,
    path: &mut Path,
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
        path.push(Step::Key(key.clone()));
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

fn check_integer(size: u64, path: &Path) -> Result<(), ProfileError> {
    if size > MAX_INTEGER {
        return Err(ProfileError::TooBig {
            path: path.to_string(),
        });
    }
    Ok(())
}

fn check_text(text: &str, path: &Path) -> Result<(), ProfileError> {
    if !is_nfc(text) {
        return Err(ProfileError::NotComposed {
            path: path.to_string(),
        });
    }
    Ok(())
}

fn check_key(key: &str, path: &Path) -> Result<(), ProfileError> {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
    if key.is_empty() || !key.bytes().all(plain) {
        let key = key.chars().take(60).collect();
        return Err(ProfileError::Key {
            path: path.to_string(),
            key,
        });
    }
    Ok(())
}

/// Where in a document we are.
#[derive(Default)]
struct Path {
    steps: Vec<Step>,
    depth: usize,
}

enum Step {
    Key(String),
    Index(usize),
}

impl Path {
    fn push(&mut self, step: Step) {
        self.steps.push(step);
    }

    fn pop(&mut self) {
        self.steps.pop();
    }

    /// One object or list deeper.
    fn enter(&mut self) -> Result<(), ProfileError> {
        if self.depth >= MAX_DEPTH {
            return Err(ProfileError::TooDeep {
                path: self.to_string(),
            });
        }
        self.depth = self.depth.saturating_add(1);
        Ok(())
    }

    fn leave(&mut self) {
        self.depth = self.depth.saturating_sub(1);
    }
}

impl fmt::Display for Path {
    /// As `data.sources[0].title`, the end kept when it is long; the outermost object has a name.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const LONGEST: usize = 200;
        let mut text = String::new();
        for step in &self.steps {
            match step {
                Step::Key(key) if text.is_empty() => text.push_str(key),
                Step::Key(key) => write!(text, ".{key}")?,
                Step::Index(index) => write!(text, "[{index}]")?,
            }
        }
        match text
            .len()
            .checked_sub(LONGEST)
            .and_then(|start| text.get(start..))
        {
            _ if text.is_empty() => f.write_str("the document"),
            Some(end) => write!(f, "…{end}"),
            None => f.write_str(&text),
        }
    }
}

/// Why bytes or a value are outside the profile.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProfileError {
    /// Over the limit of one event.
    #[error(
        "the event has {bytes} bytes, more than {MAX_BYTES}; shorten its texts, or attach them as a file"
    )]
    TooLong {
        /// How many it has.
        bytes: usize,
    },
    /// Not UTF-8.
    #[error("the text is not valid UTF-8 from byte {at} on; save it as UTF-8 and send it again")]
    NotUtf8 {
        /// The first byte that is not.
        at: usize,
    },
    /// A list, a number or a text on its own.
    #[error("one JSON object is expected, {{…}}; put the value into an object")]
    NotAnObject,
    /// No JSON.
    #[error("at {path}: the JSON is not well formed: {what}")]
    Syntax {
        /// The field being read.
        path: String,
        /// What the reader met.
        what: String,
    },
    /// The same key twice.
    #[error("{path} is given twice; keep one of the two")]
    Duplicate {
        /// The field.
        path: String,
    },
    /// A key of other characters.
    #[error("in {path}: the key {key:?} is not allowed; use small letters, digits and _")]
    Key {
        /// The object.
        path: String,
        /// The key.
        key: String,
    },
    /// A float.
    #[error(
        "{path} is a number with a point, an exponent, a minus before zero or too many digits; \
         write it as text in quotes, such as \"2.9\""
    )]
    NotWhole {
        /// The field.
        path: String,
    },
    /// A whole number that floats do not hold.
    #[error(
        "{path} is a whole number beyond 9007199254740991 (2^53 - 1); write it as text in quotes"
    )]
    TooBig {
        /// The field.
        path: String,
    },
    /// Not in NFC.
    #[error("{path} is not in Unicode form NFC (composed letters); normalise it and send it again")]
    NotComposed {
        /// The field.
        path: String,
    },
    /// Nested too deep.
    #[error("{path} is nested deeper than {MAX_DEPTH} levels; make the document flatter")]
    TooDeep {
        /// The field.
        path: String,
    },
}
