//! Recording: a draft is admitted, or takes the way of amendments if it is one.

use super::admit::{admit, recording_day};
use super::amend;
use super::head::{Head, Step};
use crate::deal::command::{Change, Draft};
use crate::deal::decision::World;
use crate::deal::event::{Payload, Role};
use crate::deal::refusal::{Reason, Refusal};

/// Records a draft. An amendment sent as an event takes the way of amendments.
pub(super) fn record<W: World>(head: &mut Head<'_, W>, draft: &Draft) -> Step<(), W> {
    let Draft {
        stream,
        payload,
        on,
        sources,
    } = draft;
    let stream = *stream;
    if matches!(
        payload.kind().map(|kind| kind.role()),
        Some(Role::Amendment)
    ) {
        recording_day(head.moment().today, on.clone())?;
    }
    match payload {
        Payload::FactCorrected(data) => {
            let new = Payload::from_map(&data.now.kind, data.now.v, data.now.data.clone());
            let change = Change {
                on: Some(data.now.on.clone()),
                data: Some(new.map_err(|error| unreadable(&error.to_string()))?),
                sources: Some(data.now.sources.clone()),
            };
            amend::correct(head, Some(stream), data.fact, &change, &data.reason)
        }
        Payload::FactRetracted(data) => amend::retract(head, Some(stream), data.fact, &data.reason),
        Payload::FactSourced(data) => amend::source(head, Some(stream), data.fact, sources),
        Payload::FactConfirmed(data) => {
            let given = amend::Confirming {
                version: Some(data.version),
                sources,
                words: data.words.as_ref(),
            };
            amend::confirm(head, Some(stream), data.fact, given)
        }
        _ if payload.continues().is_some() => Err(Refusal::new(
            Reason::ContinuesNotTaken,
            "a new fact continues no other one",
            "move the fact instead, or leave `continues` out",
        )
        .field("continues")
        .into()),
        _ => admit(head, stream, payload.clone(), on.clone(), sources.clone()),
    }
}

fn unreadable(reason: &str) -> Refusal {
    Refusal::new(
        Reason::UnknownKind,
        format!("the corrected data cannot be read: {reason}"),
        "give the whole new data of the fact's own kind",
    )
    .field("data")
}
