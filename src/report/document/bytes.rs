//! Canonical JSON of a Document.
//!
//! The same spelling as the ledger's canonical JSON, without its limit on length: an event has to
//! fit a log record, a report does not.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

/// Why a value has no canonical bytes.
#[derive(Debug, thiserror::Error)]
pub enum BytesError {
    /// It holds a number that is not whole.
    #[error("a report holds a number that is not whole; amounts belong in decimal strings")]
    NotWhole,
    /// It cannot be written as JSON at all.
    #[error("a report cannot be written as JSON: {0}")]
    NotJson(#[from] serde_json::Error),
}

/// Compact JSON with keys sorted and no floats.
///
/// # Errors
/// If the value holds a float or cannot be written.
pub fn canonical(value: &impl Serialize) -> Result<Vec<u8>, BytesError> {
    let mut out = Vec::new();
    write(&serde_json::to_value(value)?, &mut out)?;
    Ok(out)
}

fn write(value: &Value, out: &mut Vec<u8>) -> Result<(), BytesError> {
    match value {
        Value::Number(number) if number.is_f64() => return Err(BytesError::NotWhole),
        Value::Array(items) => {
            out.push(b'[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(b',');
                }
                write(item, out)?;
            }
            out.push(b']');
        }
        Value::Object(members) => {
            // Sorted here, because the order of the map is a feature of its crate.
            let sorted: BTreeMap<_, _> = members.iter().collect();
            out.push(b'{');
            for (index, (key, member)) in sorted.into_iter().enumerate() {
                if index > 0 {
                    out.push(b',');
                }
                serde_json::to_writer(&mut *out, key)?;
                out.push(b':');
                write(member, out)?;
            }
            out.push(b'}');
        }
        scalar => serde_json::to_writer(&mut *out, scalar)?,
    }
    Ok(())
}
