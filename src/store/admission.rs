//! What every engine demands of a group before it touches anything.

use std::collections::HashMap;

use crate::store::event_store::{AppendError, Group, Head};
use crate::store::frame::encode::encode;
use crate::store::frame::{Frame, FrameError};
use crate::store::recorded::{MAX_EVENT_BYTES, Recorded};

/// Checks the group against the head and makes its frame.
///
/// # Errors
/// `Conflict`, `Invalid` or `TooLarge`, as the contract says.
pub fn admit(head: Head, expected: u64, group: Group) -> Result<Frame, AppendError> {
    if expected != head.position {
        return Err(AppendError::Conflict { head });
    }
    if group.events.is_empty() && group.commands.is_empty() {
        return Err(AppendError::Invalid(
            "it has neither events nor commands".to_owned(),
        ));
    }
    let end = head.position.saturating_add(group.events.len() as u64);
    for (event, seq) in group.events.iter().zip(head.position..) {
        if event.bytes().len() > MAX_EVENT_BYTES {
            return Err(AppendError::TooLarge {
                bytes: event.bytes().len(),
                limit: MAX_EVENT_BYTES,
            });
        }
        let batch = event.batch();
        if event.seq() != seq {
            return Err(AppendError::Invalid(format!(
                "event {} stands where {seq} belongs",
                event.seq()
            )));
        }
        if batch.first < head.position || batch.first.saturating_add(batch.count.into()) > end {
            return Err(AppendError::Invalid(format!(
                "the batch of event {seq} is not whole"
            )));
        }
    }
    versions_follow(&group.events)?;
    for command in &group.commands {
        let last = command.first_seq.checked_add(command.count.into());
        if command.first_seq < head.position || last.is_none_or(|last| last > end) {
            return Err(AppendError::Invalid(format!(
                "command `{}` claims events outside the group",
                command.scope.key
            )));
        }
    }
    encode(head.frames, head.position, head.chain, group).map_err(|error| match error {
        FrameError::TooLarge { bytes, limit } => AppendError::TooLarge { bytes, limit },
        other => AppendError::Invalid(other.to_string()),
    })
}

/// Inside a group, each stream's versions must follow one another: the index keeps one entry a stream and group.
fn versions_follow(events: &[Recorded]) -> Result<(), AppendError> {
    let mut last: HashMap<&str, u64> = HashMap::new();
    for event in events {
        let before = last.insert(event.stream(), event.version());
        if before.is_some_and(|before| before.checked_add(1) != Some(event.version())) {
            return Err(AppendError::Invalid(format!(
                "event {} has version {} of `{}`, which does not follow",
                event.seq(),
                event.version(),
                event.stream()
            )));
        }
    }
    Ok(())
}
