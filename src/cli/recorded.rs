//! Who recorded an entry when, as several commands print it beneath the entry.

use super::failure::Failure;
use super::output::{Output, Span};
use crate::deal::value::ids::KnownBy;
use crate::service::query::trail::Recorded;

/// A line beneath what it is about.
pub(super) fn beneath(output: &Output, words: &str) -> Result<(), Failure> {
    output.spans(&[Span::Faint(format!("         {words}"))])
}

/// Who recorded it, and on which day.
pub(super) fn who(recorded: &Recorded) -> String {
    format!("recorded on {} by {}", recorded.day, whom(recorded))
}

/// Who recorded it, and whether that was checked.
pub(super) fn whom(recorded: &Recorded) -> String {
    let checked = match recorded.known_by {
        KnownBy::LocalClaim => ", identity not checked",
        KnownBy::Token | KnownBy::System => "",
    };
    format!("{}{checked}", recorded.actor)
}
