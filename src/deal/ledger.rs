//! What the ledger's own stream adds up to: whose ledger it is, its tracks and its policy.

use std::collections::BTreeMap;

use super::event::agreement_registered::Class;
use super::event::ledger_opened::LedgerOpened;
use super::event::{Event, Payload};
use super::policy::Policy;
use super::track::Track;

/// The ledger's state as known at some position.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LedgerState {
    /// The opening; `None` before the first event.
    pub opened: Option<LedgerOpened>,
    /// The track in force for each class.
    pub tracks: BTreeMap<Class, Track>,
    /// The policy in force.
    pub policy: Option<Policy>,
}

impl LedgerState {
    /// Takes in the ledger's next event. Events of other streams change nothing.
    pub fn evolve(&mut self, event: &Event) {
        match &event.payload {
            // The first opening stands: whose ledger it is never changes.
            Payload::LedgerOpened(data) if self.opened.is_none() => {
                self.opened = Some(data.as_ref().clone());
            }
            Payload::TrackDefined(data) => {
                self.tracks.insert(data.track.class, data.track.clone());
            }
            Payload::PolicySet(data) => self.policy = Some(data.policy.clone()),
            _ => {}
        }
    }

    /// The track of a class.
    #[must_use]
    pub fn track(&self, class: Class) -> Option<&Track> {
        self.tracks.get(&class)
    }
}
