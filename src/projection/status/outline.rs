//! Which amendments a book takes in, told from the outline of its facts alone.
//!
//! Unfolding a whole book for each correction would make a fold of the ledger several times as long. The outline knows of
//! each fact its versions, its kind and what was withdrawn; the rules are those of [`Book::evolve`], and a test holds the two
//! to each other over random histories.
//!
//! [`Book::evolve`]: crate::deal::state::Book::evolve

use std::collections::BTreeMap;

use super::log::Log;
use super::unpacked;
use super::words::Words;
use crate::deal::event::{Event, Kind, Payload};
use crate::deal::value::ids::EventId;

/// One fact: the events that are versions of it, and those that amend it otherwise.
#[derive(Debug, Default)]
struct Slip {
    kind: Option<Kind>,
    versions: Vec<EventId>,
    /// Sources added and confirmations given, and whether each was withdrawn.
    additions: Vec<(EventId, bool)>,
    retracted: bool,
}

/// The facts of a stream in outline.
#[derive(Debug, Default)]
pub(super) struct Outline {
    slips: Vec<Slip>,
    of_event: BTreeMap<EventId, usize>,
}

impl Outline {
    /// The outline of everything in a log; `strays` says which positions could not be placed.
    pub(super) fn of(log: &Log, words: &Words, strays: impl Fn(u64) -> bool) -> Self {
        let mut outline = Self::default();
        for packed in log.before(u64::MAX) {
            let placed = unpacked::seq_of(packed).is_some_and(|seq| !strays(seq));
            if let (true, Some(id)) = (placed, unpacked::id_of(packed)) {
                outline.add(id, packed, words);
            }
        }
        outline
    }

    fn add(&mut self, id: EventId, packed: &[u8], words: &Words) {
        let kind = unpacked::kind_of(packed).and_then(|number| Kind::of(words.get(number)?));
        let amends = [
            Kind::FactCorrected,
            Kind::FactRetracted,
            Kind::FactSourced,
            Kind::FactConfirmed,
        ];
        if !kind.is_some_and(|kind| amends.contains(&kind)) {
            self.of_event.insert(id, self.slips.len());
            self.slips.push(Slip {
                kind,
                versions: vec![id],
                ..Slip::default()
            });
            return;
        }
        let target = unpacked::target_of(packed);
        let index = target.and_then(|target| self.of_event.get(&target).copied());
        if let (Some(target), Some(index)) = (target, index)
            && let Some(slip) = self.slips.get_mut(index)
        {
            match kind {
                Some(Kind::FactCorrected) => slip.versions.push(id),
                Some(Kind::FactRetracted) => slip.withdraw(target),
                _ => slip.additions.push((id, false)),
            }
            self.of_event.insert(id, index);
        }
    }

    /// Whether a book with these facts takes an amendment in.
    pub(super) fn takes(&self, event: &Event) -> bool {
        let live = |target: &EventId| {
            let index = self.of_event.get(target)?;
            self.slips.get(*index).filter(|slip| !slip.retracted)
        };
        match &event.payload {
            Payload::FactCorrected(data) => {
                let payload = Payload::from_map(&data.now.kind, data.now.v, data.now.data.clone());
                let slip = live(&data.fact).filter(|slip| slip.versions.contains(&data.fact));
                match (payload, slip) {
                    (Ok(payload), Some(slip)) => slip.kind == payload.kind(),
                    _ => false,
                }
            }
            Payload::FactRetracted(data) => {
                live(&data.fact).is_some_and(|slip| slip.can_withdraw(data.fact))
            }
            Payload::FactSourced(data) => live(&data.fact).is_some(),
            Payload::FactConfirmed(data) => {
                live(&data.fact).is_some_and(|slip| slip.versions.contains(&data.version))
            }
            _ => true,
        }
    }
}

impl Slip {
    fn addition(&self, event: EventId) -> Option<bool> {
        let mut additions = self.additions.iter();
        let found = additions.find(|(addition, _)| *addition == event);
        found.map(|(_, withdrawn)| *withdrawn)
    }

    fn can_withdraw(&self, event: EventId) -> bool {
        match self.addition(event) {
            Some(withdrawn) => !withdrawn,
            None => self.versions.contains(&event),
        }
    }

    fn withdraw(&mut self, event: EventId) {
        let mut additions = self.additions.iter_mut();
        match additions.find(|(addition, _)| *addition == event) {
            Some((_, withdrawn)) => *withdrawn = true,
            None => self.retracted = true,
        }
    }
}
