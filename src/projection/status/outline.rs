//! Which amendments a book takes in, told from the outline of its facts alone.
//!
//! Unfolding a whole book for each correction would make a fold of the ledger several times as long. The outline knows of
//! each fact its versions, its kind and what was withdrawn; the rules are those of [`Book::evolve`], and a test holds the two
//! to each other over random histories.
//!
//! [`Book::evolve`]: crate::deal::state::Book::evolve

use super::log::Log;
use super::packed::Corrected;
use super::unpacked;
use super::words::Words;
use crate::deal::event::{Event, Kind, Payload};
use crate::deal::value::ids::EventId;

/// One fact: the events that are versions of it, and those that amend it otherwise.
#[derive(Debug, Default)]
struct Slip {
    kind: Option<Kind>,
    root: Option<EventId>,
    corrections: Vec<EventId>,
    /// Sources added and confirmations given, and whether each was withdrawn.
    additions: Vec<(EventId, bool)>,
    retracted: bool,
}

/// The facts of a stream in outline.
#[derive(Debug, Default)]
pub(super) struct Outline {
    slips: Vec<Slip>,
    /// In order of position: what is amended is mostly amended soon.
    of_event: Vec<(EventId, usize)>,
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
        let kind = unpacked::kind_of(packed).and_then(|number| words.kind(number));
        let amends = [
            Kind::FactCorrected,
            Kind::FactRetracted,
            Kind::FactSourced,
            Kind::FactConfirmed,
        ];
        if !kind.is_some_and(|kind| amends.contains(&kind)) {
            self.of_event.push((id, self.slips.len()));
            self.slips.push(Slip {
                kind,
                root: Some(id),
                ..Slip::default()
            });
            return;
        }
        let target = unpacked::target_of(packed);
        let index = target.and_then(|target| self.slip_of(target));
        if let (Some(target), Some(index)) = (target, index)
            && let Some(slip) = self.slips.get_mut(index)
        {
            match kind {
                Some(Kind::FactCorrected) => slip.corrections.push(id),
                Some(Kind::FactRetracted) => slip.withdraw(target),
                _ => slip.additions.push((id, false)),
            }
            self.of_event.push((id, index));
        }
    }

    fn slip_of(&self, event: EventId) -> Option<usize> {
        let mut known = self.of_event.iter().rev();
        known.find(|(id, _)| *id == event).map(|(_, slip)| *slip)
    }

    /// Whether a book with these facts takes an amendment in.
    pub(super) fn takes(&self, event: &Event, corrected: Option<&Corrected>) -> bool {
        let live = |target: &EventId| {
            let index = self.slip_of(*target)?;
            self.slips.get(index).filter(|slip| !slip.retracted)
        };
        match &event.payload {
            Payload::FactCorrected(data) => {
                let slip = live(&data.fact).filter(|slip| slip.has_version(data.fact));
                match (corrected, slip) {
                    (Some(corrected), Some(slip)) => slip.kind == corrected.kind,
                    _ => false,
                }
            }
            Payload::FactRetracted(data) => {
                live(&data.fact).is_some_and(|slip| slip.can_withdraw(data.fact))
            }
            Payload::FactSourced(data) => live(&data.fact).is_some(),
            Payload::FactConfirmed(data) => {
                live(&data.fact).is_some_and(|slip| slip.has_version(data.version))
            }
            _ => true,
        }
    }
}

impl Slip {
    fn has_version(&self, event: EventId) -> bool {
        self.root == Some(event) || self.corrections.contains(&event)
    }

    fn addition(&self, event: EventId) -> Option<bool> {
        let mut additions = self.additions.iter();
        let found = additions.find(|(addition, _)| *addition == event);
        found.map(|(_, withdrawn)| *withdrawn)
    }

    fn can_withdraw(&self, event: EventId) -> bool {
        match self.addition(event) {
            Some(withdrawn) => !withdrawn,
            None => self.has_version(event),
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
