//! Finding what people name: a thing by its reference, a fact by its event, a moment in the ledger's life.

use chrono::{DateTime, NaiveDate, Utc};

use crate::deal::value::ids::{EventId, Ref, StreamId, StreamKind};
use crate::projection::models::Models;

/// How many near references are suggested.
const NEAR: usize = 3;

/// Why something named was not found.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FindError {
    /// No thing has this reference.
    #[error("there is no {what} {text:?}{}", suggestion(.near))]
    UnknownRef {
        /// What was looked for.
        what: String,
        /// What was named.
        text: String,
        /// References that may have been meant.
        near: Vec<Ref>,
    },
    /// The reference belongs to another sort of thing.
    #[error("{text} is {} {found}, and {} {wanted} is needed", article(*.found), article(*.wanted))]
    OtherKind {
        /// What was named.
        text: String,
        /// What it is.
        found: StreamKind,
        /// What it should be.
        wanted: StreamKind,
    },
    /// The text names no fact.
    #[error(
        "{0:?} names no fact: give its position, or its event id as `dealtrail history` shows it"
    )]
    UnknownFact(String),
    /// The position is beyond the ledger.
    #[error("position {wanted} is beyond the ledger, which has {position} events")]
    BeyondHead {
        /// What was asked for.
        wanted: u64,
        /// How many events there are.
        position: u64,
    },
    /// The text names no moment.
    #[error(
        "{0:?} is no moment: give a position such as 120, a day such as 2025-04-26, or a time such as 2025-04-26T10:00:00Z"
    )]
    NoMoment(String),
}

fn article(kind: StreamKind) -> &'static str {
    match kind {
        StreamKind::Package | StreamKind::Ledger => "a",
        _ => "an",
    }
}

fn suggestion(near: &[Ref]) -> String {
    match near {
        [] => String::new(),
        [one] => format!("; did you mean {one}?"),
        many => {
            let many: Vec<&str> = many.iter().map(Ref::as_str).collect();
            format!("; did you mean one of {}?", many.join(", "))
        }
    }
}

/// The thing of this reference or stream id, of one kind if that matters.
///
/// # Errors
/// When there is none, with near references; or when it is of another kind.
pub fn stream(
    models: &Models,
    text: &str,
    wanted: Option<StreamKind>,
) -> Result<StreamId, FindError> {
    let by_ref = Ref::new(text).ok();
    let found = by_ref.and_then(|reference| models.status.by_ref(&reference));
    let by_id = || {
        text.trim()
            .parse()
            .ok()
            .filter(|id| models.status.book(*id).is_some())
    };
    let Some(found) = found.or_else(by_id) else {
        let near = models.status.near_refs(text, NEAR);
        return Err(FindError::UnknownRef {
            what: wanted.map_or("thing called", StreamKind::as_str).to_owned(),
            text: text.chars().take(60).collect(),
            near: near.into_iter().cloned().collect(),
        });
    };
    match wanted {
        Some(wanted) if wanted != found.kind() => Err(FindError::OtherKind {
            text: text.trim().to_owned(),
            found: found.kind(),
            wanted,
        }),
        _ => Ok(found),
    }
}

/// The event a person names by its id or its position.
///
/// # Errors
/// When there is none.
pub fn event(models: &Models, text: &str) -> Result<EventId, FindError> {
    let typed = text.trim();
    if let Ok(seq) = typed.trim_start_matches('#').parse::<u64>() {
        return models.status.event_at(seq).ok_or(FindError::BeyondHead {
            wanted: seq,
            position: models.position(),
        });
    }
    let id: Option<EventId> = typed.parse().ok();
    id.filter(|id| models.status.stream_of(*id).is_some())
        .ok_or_else(|| FindError::UnknownFact(typed.chars().take(60).collect()))
}

/// A moment of the ledger's life: the position it stands for, and the civil day it lies on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KnownAt {
    /// The first so many events were known, on a batch boundary.
    pub position: u64,
    /// The civil day of the moment in the agency's zone; `None` before the first event.
    pub day: Option<NaiveDate>,
}

/// The position a person means by a number, a moment (RFC 3339, inclusive) or a day (to its end).
///
/// # Errors
/// When the text is none of these, or the position is beyond the ledger.
pub fn known_at(models: &Models, text: &str) -> Result<KnownAt, FindError> {
    let typed = text.trim();
    let zone = models.ledger.zone();
    let boundaries = &models.boundaries;
    if let Ok(day) = NaiveDate::parse_from_str(typed, "%Y-%m-%d") {
        return Ok(KnownAt {
            position: boundaries.known_on(day, zone),
            day: Some(day),
        });
    }
    if let Ok(moment) = DateTime::parse_from_rfc3339(typed) {
        let moment = moment.with_timezone(&Utc);
        return Ok(KnownAt {
            position: boundaries.known_at(moment),
            day: Some(zone.day_of(moment)),
        });
    }
    let wanted: u64 = typed
        .parse()
        .map_err(|_| FindError::NoMoment(typed.chars().take(60).collect()))?;
    if wanted > models.position() {
        return Err(FindError::BeyondHead {
            wanted,
            position: models.position(),
        });
    }
    let position = boundaries.snap(wanted);
    let day = boundaries.recorded_at(position).map(|at| zone.day_of(at));
    Ok(KnownAt { position, day })
}
