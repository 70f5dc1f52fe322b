//! An event among those of its stream, read no further than it is asked.

use super::unpacked;
use super::words::Words;
use crate::deal::event::{Kind, Payload};
use crate::deal::value::ids::EventId;

/// A packed event.
#[derive(Debug, Clone, Copy)]
pub struct Glimpse<'a> {
    packed: &'a [u8],
    words: &'a Words,
}

impl<'a> Glimpse<'a> {
    /// A glimpse of packed bytes.
    pub(super) fn of(packed: &'a [u8], words: &'a Words) -> Self {
        Self { packed, words }
    }

    /// Its id.
    #[must_use]
    pub fn id(&self) -> Option<EventId> {
        unpacked::id_of(self.packed)
    }

    /// Its kind, if this program knows it.
    #[must_use]
    pub fn kind(&self) -> Option<Kind> {
        self.words.kind(unpacked::kind_of(self.packed)?)
    }

    /// The fact it names as the one it amends.
    #[must_use]
    pub fn target(&self) -> Option<EventId> {
        unpacked::target_of(self.packed)
    }

    /// What it says.
    #[must_use]
    pub fn payload(&self) -> Option<Payload> {
        unpacked::payload_of(self.packed, self.words)
    }
}
