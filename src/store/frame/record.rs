//! The bytes of one command record: as in the frame, so in the index.

use chrono::DateTime;

use crate::store::event_store::{CommandRecord, Scope};
use crate::store::frame::FrameError;
use crate::store::frame::cursor::Cursor;

/// The longest an actor's identity or a command's key may be, in bytes.
pub const MAX_NAME_BYTES: usize = 1_024;
const FIXED_BYTES: usize = 2 + 2 + 4 + 4 + 8 + 8 + 32;

/// How many bytes the record takes.
///
/// # Errors
/// When the actor's identity, the key or the warnings are too long.
pub fn length(record: &CommandRecord) -> Result<usize, FrameError> {
    for name in [&record.scope.actor, &record.scope.key] {
        if name.len() > MAX_NAME_BYTES {
            return Err(FrameError::TooLarge {
                bytes: name.len(),
                limit: MAX_NAME_BYTES,
            });
        }
    }
    let names = record.scope.actor.len() + record.scope.key.len();
    Ok(FIXED_BYTES
        .saturating_add(names)
        .saturating_add(record.warnings.len()))
}

/// Writes the record, which [`length`] has accepted.
pub fn write(record: &CommandRecord, out: &mut Vec<u8>) {
    let Scope { actor, key } = &record.scope;
    out.extend_from_slice(&(actor.len() as u16).to_le_bytes());
    out.extend_from_slice(&(key.len() as u16).to_le_bytes());
    out.extend_from_slice(&(record.warnings.len() as u32).to_le_bytes());
    out.extend_from_slice(&record.count.to_le_bytes());
    out.extend_from_slice(&record.first_seq.to_le_bytes());
    out.extend_from_slice(&record.recorded_at.timestamp_micros().to_le_bytes());
    out.extend_from_slice(&record.digest);
    out.extend_from_slice(actor.as_bytes());
    out.extend_from_slice(key.as_bytes());
    out.extend_from_slice(&record.warnings);
}

/// Reads one record, or `None` when the bytes are none.
pub fn read(cursor: &mut Cursor<'_>) -> Option<CommandRecord> {
    let actor = cursor.u16()?;
    let key = cursor.u16()?;
    let warnings = cursor.u32()?;
    let count = cursor.u32()?;
    let first_seq = cursor.u64()?;
    let recorded_at = DateTime::from_timestamp_micros(cursor.i64()?)?;
    let digest = cursor.array()?;
    let actor = cursor.text(actor.into())?.to_owned();
    let key = cursor.text(key.into())?.to_owned();
    let warnings = cursor.take(warnings as usize)?.to_vec();
    Some(CommandRecord {
        scope: Scope { actor, key },
        digest,
        first_seq,
        count,
        recorded_at,
        warnings,
    })
}
