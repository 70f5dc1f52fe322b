//! The packed events of one stream, in order.

use super::packed::{self, Words};
use crate::deal::event::Event;
use crate::deal::state::Book;
use crate::deal::value::ids::{EventId, StreamId};
use crate::projection::bytes::{Cursor, number};

/// A log grows by this part of itself at least: little is left over, and growing stays cheap.
const GROWTH: usize = 6;

/// The events of one stream.
#[derive(Debug, Clone)]
pub(super) struct Log {
    /// The stream.
    pub(super) stream: StreamId,
    /// The position of its first event.
    pub(super) first: u64,
    bytes: Vec<u8>,
}

impl Log {
    /// A stream whose first event stands at a position.
    #[must_use]
    pub(super) fn new(stream: StreamId, first: u64) -> Self {
        Self {
            stream,
            first,
            bytes: Vec::new(),
        }
    }

    /// A stream with these packed events.
    #[must_use]
    pub(super) fn from_bytes(stream: StreamId, bytes: Vec<u8>) -> Option<Self> {
        let first = packed::seq_of(Cursor::new(&bytes).bytes()?)?;
        Some(Self {
            stream,
            first,
            bytes,
        })
    }

    /// Its packed events.
    #[must_use]
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Adds the next event; `room` is a buffer to work in.
    pub(super) fn push(&mut self, event: &Event, words: &mut Words, room: &mut Vec<u8>) {
        room.clear();
        packed::pack(event, words, room);
        // A length takes at most ten bytes.
        let more = room.len().saturating_add(10);
        if self.bytes.capacity().saturating_sub(self.bytes.len()) < more {
            self.bytes
                .reserve_exact(more.max(self.bytes.len() / GROWTH));
        }
        number(&mut self.bytes, room.len() as u64);
        self.bytes.extend_from_slice(room);
    }

    /// Each packed event before a position.
    pub(super) fn before(&self, end: u64) -> impl Iterator<Item = &[u8]> {
        let mut cursor = Cursor::new(&self.bytes);
        std::iter::from_fn(move || {
            let packed = cursor.bytes()?;
            (packed::seq_of(packed)? < end).then_some(packed)
        })
    }

    /// The facts of the stream as they were known at a position.
    #[must_use]
    pub(super) fn book(&self, end: u64, words: &Words) -> Book {
        let mut book = Book::new(self.stream);
        for event in self.events(end, words) {
            book.take(event);
        }
        book
    }

    /// The events before a position.
    pub(super) fn events(&self, end: u64, words: &Words) -> impl Iterator<Item = Event> {
        (0..)
            .zip(self.before(end))
            .map(|(version, packed)| self.unpacked(packed, version, words))
    }

    /// One packed event of this stream.
    pub(super) fn unpacked(&self, packed: &[u8], version: u64, words: &Words) -> Event {
        let event = packed::unpack(packed, self.stream, version, words);
        // PANIC: every log is written by `pack`, and what it writes `unpack` reads.
        event.expect("a packed event unpacks")
    }

    /// The event at a position, if it is one of this stream's.
    #[must_use]
    pub(super) fn event_at(&self, seq: u64) -> Option<EventId> {
        let mut events = self.before(seq.saturating_add(1));
        let found = events.find(|packed| packed::seq_of(packed) == Some(seq));
        packed::id_of(found?)
    }
}
