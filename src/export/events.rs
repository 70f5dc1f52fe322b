//! What a form of the trail is: stored events written down one by one, in the order of the ledger.

use chrono::NaiveDate;

use crate::store::recorded::Recorded;

/// A form in which the events of a ledger are handed to other programs.
#[derive(Clone, Copy)]
pub struct EventFormat {
    /// Its name on the command line.
    pub name: &'static str,
    /// Its media type (RFC 6838).
    pub media_type: &'static str,
    /// A writer for the ledger of this origin.
    pub start: fn(origin: &str) -> Box<dyn EventWriter>,
}

/// An event, and what the ledger's own zone adds to it.
#[derive(Debug, Clone, Copy)]
pub struct Told<'a> {
    /// The event as it is stored.
    pub stored: &'a Recorded,
    /// The last day on which the fact may have happened, never after the day it was recorded.
    pub day: NaiveDate,
}

/// Writes events of one ledger, all of them and in order. What it keeps from event to event grows with the things of the
/// ledger at most, not with its events.
pub trait EventWriter {
    /// What stands in front of all events.
    fn begin(&mut self, out: &mut Vec<u8>);

    /// One event.
    ///
    /// # Errors
    /// When it cannot be written in this form.
    fn event(&mut self, told: &Told<'_>, out: &mut Vec<u8>) -> Result<(), EventError>;

    /// What stands behind all events.
    fn end(&mut self, out: &mut Vec<u8>);
}

/// Why an event cannot be written down.
#[derive(Debug, thiserror::Error)]
pub enum EventError {
    /// Its data are not what an event's data are.
    #[error("entry {seq} cannot be exported: its data are no JSON object ({problem})")]
    Data {
        /// Its position.
        seq: u64,
        /// What is wrong.
        problem: String,
    },
    /// The row was refused.
    #[error("entry {seq} cannot be exported: {problem}")]
    Row {
        /// Its position.
        seq: u64,
        /// What is wrong.
        problem: String,
    },
}

/// A text as JSON.
pub(super) fn quoted(text: &str, out: &mut Vec<u8>) {
    // Writing a text to memory does not fail.
    let _ = serde_json::to_writer(out, text);
}

/// Members of a JSON object in the order given, without their braces.
pub(super) fn members(members: &[(&str, &str)], out: &mut Vec<u8>) {
    for (at, (name, value)) in members.iter().enumerate() {
        if at > 0 {
            out.push(b',');
        }
        quoted(name, out);
        out.push(b':');
        quoted(value, out);
    }
}
