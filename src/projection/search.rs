//! Search: things found by their references, and by the words of their names, parties, places and the like.
//!
//! It follows registrations and descriptions alone, with their corrections and retractions, by the same rules as
//! the books. Words are folded, kept once each, and stand in ordered lists of numbers; what a thing is called is
//! not kept here but asked of the books.
//!
//! Read in this order: [`said`] (what a thing is found by), `letters` (how words are compared), `known` (what is in
//! force), `state` and `index` (what is kept), [`asking`] (the answer to a question).

pub mod asking;
mod index;
mod known;
mod letters;
mod packing;
mod places;
pub mod said;
mod shown;
mod state;
mod telling;

use std::sync::Arc;

use self::asking::Hits;
use self::said::describes;
use self::state::State;
use super::Projection;
use super::digest::StateDigest;
use super::status::Status;
use crate::deal::event::{Event, Kind, Role};
use crate::deal::value::ids::StreamKind;

/// Every thing by the words it is found by.
///
/// A copy shares everything with the original, and what changes later copies only what it changes.
#[derive(Debug, Clone, Default)]
pub struct Search {
    state: Arc<State>,
    position: u64,
}

impl Search {
    /// Whether events of a kind can change what is found.
    #[must_use]
    pub fn follows_kind(kind: &str) -> bool {
        let Some(kind) = Kind::of(kind) else {
            return false;
        };
        let amends = [Kind::FactCorrected, Kind::FactRetracted].contains(&kind);
        let registers = kind.role() == Role::Registration;
        let described = [
            Kind::AgreementRegistered,
            Kind::PackageRegistered,
            Kind::OccasionRegistered,
            Kind::OrganizationRegistered,
        ];
        amends
            || registers
            || described
                .into_iter()
                .any(|one| describes(one) == Some(kind))
    }

    /// What all events known to a status add up to: the same as taking them in one by one, in much less time.
    #[must_use]
    pub fn fold(status: &Status) -> Self {
        let things = status.gathered(Self::follows_kind, |stream, events| {
            Some((stream, telling::gathered(events)?))
        });
        Self {
            state: Arc::new(State::of(things)),
            position: status.position(),
        }
    }

    /// Takes in all that a status knows beyond what was taken in.
    pub fn catch_up(&mut self, status: &Status) {
        for event in status.events_since(self.position, Self::follows_kind) {
            self.apply(&event);
        }
        self.position = self.position.max(status.position());
    }

    /// The things that say all words of a question, or whose reference it is or begins; the best first, at
    /// most `most` of them.
    #[must_use]
    pub fn ask(&self, question: &str, kind: Option<StreamKind>, most: usize) -> Hits {
        asking::ask(&self.state.index, &self.state.shown, question, kind, most)
    }
}

impl Projection for Search {
    fn name(&self) -> &'static str {
        "search"
    }

    fn version(&self) -> u32 {
        2
    }

    fn apply(&mut self, event: &Event) {
        self.position = self.position.saturating_add(1);
        let stream = event.stream;
        // Amendments of any other fact are not followed, and leave a shared state shared.
        if telling::target(&event.payload).is_some_and(|fact| !self.state.has(stream, fact)) {
            return;
        }
        if let Some(change) = telling::change(&event.payload) {
            Arc::make_mut(&mut self.state).take(stream, event.id, change);
        }
    }

    fn position(&self) -> u64 {
        self.position
    }

    fn digest(&self) -> [u8; 32] {
        let mut digest = StateDigest::of(self.name(), self.version());
        digest.number(self.position);
        self.state.digest(&mut digest);
        digest.finish()
    }
}
