//! What only one thing at a time may have: references, parcels and companies' register entries.
//!
//! Checked on the state that results from the whole command, so that no way of amending goes around
//! it: whatever a stream holds afterwards and did not hold before must be held by nobody else.

use std::collections::BTreeMap;

use super::head::{Head, Step};
use super::reading;
use crate::deal::decision::World;
use crate::deal::event::Payload;
use crate::deal::keys;
use crate::deal::refusal::{Other, Reason, Refusal};
use crate::deal::state::{Book, Fact};
use crate::deal::value::ids::{EventId, StreamId};

/// One thing held.
struct Held {
    reason: Reason,
    field: &'static str,
    shown: String,
    by: EventId,
    version: EventId,
}

/// Refuses a state in which two hold the same.
pub(super) fn check<W: World>(head: &mut Head<'_, W>) -> Step<(), W> {
    let mut gained = Vec::new();
    let mut holders: BTreeMap<String, Vec<StreamId>> = BTreeMap::new();
    for stream in head.touched().clone() {
        let before = head
            .before(stream)?
            .as_deref()
            .map(held)
            .unwrap_or_default();
        let now = head.book(stream)?.as_deref().map(held).unwrap_or_default();
        for (key, own) in now {
            holders.entry(key.clone()).or_default().push(stream);
            if !before.contains_key(&key) {
                gained.push((stream, key, own));
            }
        }
    }
    for (stream, key, own) in gained {
        let mut candidates = head.mentioned_before(&key)?;
        candidates.extend(holders.get(&key).into_iter().flatten());
        candidates.retain(|candidate| *candidate != stream);
        for candidate in candidates {
            let Some(book) = head.book(candidate)? else {
                continue;
            };
            if let Some(other) = held(&book).remove(&key) {
                let mut refusal = taken(&own, &other, &book);
                refusal.intent = head.intent_of(own.version);
                return Err(refusal.into());
            }
        }
    }
    Ok(())
}

fn taken(own: &Held, other: &Held, holder: &Book) -> Refusal {
    let (shown, called) = (&own.shown, reading::called(holder));
    let (sentence, hint) = match own.reason {
        Reason::RefInUse => (
            format!(
                "the reference {shown} is in use: it belongs to {}",
                name(holder, &called)
            ),
            "choose another reference; a retracted registration keeps its own".to_owned(),
        ),
        Reason::ParcelHeld => (
            format!("the parcel {shown} is held by {called}"),
            format!("say `shared` if both use it, or correct, retract or reverse it at {called}"),
        ),
        _ => (
            format!("the company {shown} is held by {called}"),
            format!(
                "say `shared` if it serves both, or correct, retract or reverse it at {called}"
            ),
        ),
    };
    Refusal::new(own.reason, sentence, hint)
        .field(own.field)
        .other(Other {
            stream: Some(holder.id),
            reference: reading::reference(holder).cloned(),
            event: Some(other.by),
        })
}

fn name(holder: &Book, called: &str) -> String {
    format!("{} {called}", holder.id.kind())
}

/// What a stream holds, by its key.
fn held(book: &Book) -> BTreeMap<String, Held> {
    let mut held = BTreeMap::new();
    if let Some(registration) = book.registration() {
        for reference in reading::references(book) {
            let own = Held {
                reason: Reason::RefInUse,
                field: "ref",
                shown: reference.to_string(),
                by: registration.id(),
                version: registration.current().recording.event,
            };
            held.insert(keys::reference(reference), own);
        }
    }
    let ended = reading::closing(book).is_some_and(reading::is_termination);
    if book.is_registered() && !ended {
        for fact in reading::milestones(book) {
            held.extend(holding(fact));
        }
    }
    held
}

fn holding(fact: &Fact) -> Option<(String, Held)> {
    match fact.payload() {
        Payload::LandAllocated(data) if !data.shared => {
            let parcel = data.parcel.as_ref()?.plain()?;
            let own = Held {
                reason: Reason::ParcelHeld,
                field: "parcel",
                shown: parcel.to_owned(),
                by: fact.id(),
                version: fact.current().recording.event,
            };
            Some((keys::parcel(parcel), own))
        }
        Payload::CompanyIncorporated(data) if !data.shared => {
            let identifier = data.identifier.as_ref()?;
            let own = Held {
                reason: Reason::CompanyHeld,
                field: "identifier",
                shown: identifier.to_string(),
                by: fact.id(),
                version: fact.current().recording.event,
            };
            Some((keys::identifier(identifier), own))
        }
        _ => None,
    }
}
