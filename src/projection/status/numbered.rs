//! Streams by their numbers: in the order of their first events, so that a number never changes.

use std::collections::BTreeSet;

use super::Status;
use super::log::Log;
use crate::deal::state::Book;
use crate::deal::value::ids::{EventId, StreamId, StreamKind};
use crate::projection::many;

impl Status {
    /// How many streams are known. Their numbers are those below.
    #[must_use]
    pub fn streams(&self) -> usize {
        self.logs.partition_point(|log| log.first < self.position)
    }

    /// The number of a stream, if it is known.
    #[must_use]
    pub fn number_of(&self, stream: StreamId) -> Option<u32> {
        let (number, _) = self.log(stream)?;
        u32::try_from(number).ok()
    }

    /// How many events of a stream are known: its version. No book is folded for it.
    #[must_use]
    pub fn version_of(&self, stream: StreamId) -> Option<u64> {
        let (_, log) = self.log(stream)?;
        Some(log.before(self.position).count() as u64)
    }

    /// The kind of the stream with a number.
    #[must_use]
    pub fn kind_of(&self, number: u32) -> Option<StreamKind> {
        let log = self.logs.get(number as usize)?;
        (log.first < self.position).then(|| log.stream.kind())
    }

    /// The numbers of the streams in which something was recorded from a position on, up to `end`, which may lie behind
    /// what is known here.
    #[must_use]
    pub fn touched(&self, from: u64, end: u64) -> BTreeSet<u32> {
        let number = |seq| self.order.get(usize::try_from(seq).ok()?).copied();
        (from..end).filter_map(number).collect()
    }

    /// What `draw` says of the book of each of these streams, in the order of their numbers given: on all cores, and of books
    /// that are not kept.
    pub fn drawn_from<T: Send>(&self, numbers: &[u32], draw: impl Fn(Book) -> T + Sync) -> Vec<T> {
        let known = |number: &u32| -> Option<&Log> {
            let log = self.logs.get(*number as usize)?;
            (log.first < self.position).then_some(log.as_ref())
        };
        many::each(numbers, |number| {
            let log = known(number)?;
            Some(draw(log.book(self.position, &self.words)))
        })
    }

    /// Whether the event before a position, which may lie behind what is known here, is this one.
    #[must_use]
    pub fn was_last(&self, position: u64, event: Option<EventId>) -> bool {
        let last = || {
            let seq = position.checked_sub(1)?;
            let number = *self.order.get(usize::try_from(seq).ok()?)?;
            self.logs.get(number as usize)?.event_at(seq)
        };
        event.is_some() && last() == event
    }
}
