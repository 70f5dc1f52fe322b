//! Rules of the state of an agreement: suspended and resumed, closed and reopened.
//!
//! Each is held against the state at its own place in time. A later fact that it contradicts only
//! warns, and so does a correction.

use super::reading;
use super::situation::{Situation, Verdict};
use crate::deal::refusal::{Other, Reason, Refusal};
use crate::deal::state::Fact;

/// A suspension needs an agreement that is not suspended.
pub(super) fn suspended(at: &Situation<'_>) -> Result<Verdict, Refusal> {
    match reading::suspension_by(at.book, at.latest_day()) {
        Some(held) if at.corrects.is_none() => Err(Refusal::new(
            Reason::AlreadySuspended,
            format!("it is suspended since {}", held.current().on),
            "correct that suspension, or record `resumed` first",
        )
        .other(fact(held, at))),
        _ => Ok(Verdict::Record),
    }
}

/// A resumption needs a suspension.
pub(super) fn resumed(at: &Situation<'_>) -> Result<Verdict, Refusal> {
    if at.corrects.is_some() || reading::suspension_by(at.book, at.latest_day()).is_some() {
        return Ok(Verdict::Record);
    }
    Err(match reading::suspension(at.book) {
        Some(later) => Refusal::new(
            Reason::NotSuspended,
            format!(
                "on {} it was not suspended; the suspension in force is of {}",
                at.on,
                later.current().on
            ),
            "give a day on or after it, or correct the suspension's day",
        )
        .field("on")
        .other(fact(later, at)),
        None => Refusal::new(
            Reason::NotSuspended,
            format!("on {} it was not suspended, so it cannot resume", at.on),
            "record `suspended` first, or use a note or a contact for other news",
        ),
    })
}

/// Closing needs an agreement that is not closed.
pub(super) fn closed(at: &Situation<'_>) -> Result<Verdict, Refusal> {
    match reading::closing_by(at.book, at.latest_day()) {
        Some(held) if at.corrects.is_none() => Err(Refusal::new(
            Reason::AlreadyClosed,
            format!(
                "it is {} since {}",
                held.payload().kind_name(),
                held.current().on
            ),
            "correct or retract that, or record `reopened` first",
        )
        .other(fact(held, at))),
        _ => Ok(Verdict::Record),
    }
}

/// Reopening needs an agreement that is closed.
pub(super) fn reopened(at: &Situation<'_>) -> Result<Verdict, Refusal> {
    if at.corrects.is_some() || reading::closing_by(at.book, at.latest_day()).is_some() {
        return Ok(Verdict::Record);
    }
    Err(match reading::closing(at.book) {
        Some(later) => Refusal::new(
            Reason::NotClosed,
            format!(
                "on {} it was open; it is {} since {}",
                at.on,
                later.payload().kind_name(),
                later.current().on
            ),
            "give a day on or after that, or correct its day",
        )
        .field("on")
        .other(fact(later, at)),
        None => Refusal::new(
            Reason::NotClosed,
            "it is neither terminated nor completed, so it cannot be reopened",
            "record what happened as it is; an open agreement takes every kind of news",
        ),
    })
}

fn fact(fact: &Fact, at: &Situation<'_>) -> Other {
    Other {
        stream: Some(at.book.id),
        reference: reading::reference(at.book).cloned(),
        event: Some(fact.id()),
    }
}
