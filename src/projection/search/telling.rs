//! What an event tells of a thing, in words ready to be looked up.

use super::known::{Change, Known, Told};
use super::letters::words_into;
use super::said::{Field, saying};
use crate::deal::event::{Kind, Payload};
use crate::deal::value::ids::{EventId, StreamId};
use crate::projection::status::glimpse::Glimpse;

/// What a field says.
#[derive(Debug, Clone, Default)]
pub(super) struct Wording {
    /// Its words, folded, a space after each; a word may come again.
    pub(super) words: String,
    /// The things it names, in order and once.
    pub(super) things: Vec<StreamId>,
}

impl Wording {
    /// Its words one by one.
    pub(super) fn words(&self) -> impl Iterator<Item = &str> {
        self.words.split_terminator(' ')
    }
}

/// What an event does to what is kept of its thing; `None` when it does nothing.
pub(super) fn change(payload: &Payload) -> Option<Change<Wording>> {
    match payload {
        Payload::FactRetracted(data) => Some(Change::Retract(data.fact)),
        Payload::FactCorrected(data) => {
            // What cannot be read changes nothing, as in the book.
            let now = &data.now;
            let now = Payload::from_map(&now.kind, now.v, now.data.clone()).ok()?;
            Some(Change::Correct(data.fact, now.kind()?, told(&now)?))
        }
        payload => Some(Change::State(payload.kind()?, told(payload)?)),
    }
}

/// The fact an event amends, when it is one that may change what is kept.
pub(super) fn target(payload: &Payload) -> Option<EventId> {
    match payload {
        Payload::FactRetracted(data) => Some(data.fact),
        Payload::FactCorrected(data) => Some(data.fact),
        _ => None,
    }
}

fn told(payload: &Payload) -> Option<Told<Wording>> {
    let saying = saying(payload)?;
    let mut fields = Vec::with_capacity(saying.fields.len().saturating_add(1));
    if let Some(reference) = saying.reference {
        let mut wording = Wording::default();
        words_into(reference.as_str(), &mut wording.words);
        fields.push((Field::Reference, wording));
    }
    for said in saying.fields {
        let mut wording = Wording {
            things: said.things,
            ..Wording::default()
        };
        wording.things.sort_unstable();
        wording.things.dedup();
        for text in said.texts {
            words_into(text, &mut wording.words);
        }
        wording.words.shrink_to_fit();
        fields.push((said.field, wording));
    }
    Some(Told {
        reference: saying.reference.map(|one| one.as_str().to_owned()),
        fields,
    })
}

/// What is kept of a thing after these events of it, in order; `None` when that is nothing.
pub(super) fn gathered(events: &mut dyn Iterator<Item = Glimpse<'_>>) -> Option<Known<Wording>> {
    let mut known = Known::default();
    for event in events {
        let amends = [Kind::FactCorrected, Kind::FactRetracted];
        if event.kind().is_some_and(|kind| amends.contains(&kind))
            && !event.target().is_some_and(|target| known.has(target))
        {
            // Most amendments are of facts that are not followed.
            continue;
        }
        let change = event.payload().as_ref().and_then(change);
        if let (Some(id), Some(change)) = (event.id(), change) {
            known.take(id, change);
        }
    }
    (!known.facts.is_empty()).then_some(known)
}
