//! One event as it stands in the books, and whether the look-ups lead to it: for whoever compares them with the ledger.

use super::Status;
use super::unpacked::{self, Desk};
use crate::deal::event::Event;
use crate::deal::value::ids::{Ref, StreamId};

impl Status {
    /// The event at a position, counted from 0; `None` where there is none, or what stands there cannot be read.
    #[must_use]
    pub fn event(&self, seq: u64) -> Option<Event> {
        if seq >= self.position {
            return None;
        }
        let number = *self.order.get(usize::try_from(seq).ok()?)?;
        let log = self.logs.get(number as usize)?;
        let mut events = (0..).zip(log.before(self.position));
        let (version, packed) = events.find(|(_, one)| unpacked::seq_of(one) == Some(seq))?;
        unpacked::unpack(
            packed,
            log.stream,
            version,
            &self.words,
            &mut Desk::default(),
        )
    }

    /// Whether a reference that the event at a position gave to a stream leads there, or to who had it before.
    #[must_use]
    pub fn is_held(&self, reference: &Ref, stream: StreamId, seq: u64) -> bool {
        let held = self.refs.get(reference);
        held.is_some_and(|held| held.since < seq || (held.since == seq && held.stream == stream))
    }

    /// How many events all streams have together: as many as there are positions, or something stands where nothing should.
    #[must_use]
    pub fn counted(&self) -> u64 {
        let logs = self.logs.iter();
        let counts = logs.map(|log| log.before(self.position).count() as u64);
        counts.fold(0, u64::saturating_add)
    }
}
