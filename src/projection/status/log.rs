//! The packed events of one stream, in order.

use std::sync::Arc;

use super::packed::{self, Body};
use super::unpacked::{self, Desk};
use super::words::Words;
use crate::deal::event::Event;
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
    base: Option<Base>,
    tail: Vec<u8>,
}

/// Events that were read together with those of other streams: a part of one block.
#[derive(Debug, Clone)]
struct Base {
    block: Arc<Vec<u8>>,
    start: u32,
    end: u32,
}

impl Base {
    fn bytes(&self) -> &[u8] {
        let span = self.start as usize..self.end as usize;
        self.block.get(span).unwrap_or_default()
    }
}

impl Log {
    /// A stream whose first event stands at a position.
    #[must_use]
    pub(super) fn new(stream: StreamId, first: u64) -> Self {
        Self {
            stream,
            first,
            base: None,
            tail: Vec::new(),
        }
    }

    /// A stream with these packed events.
    #[must_use]
    pub(super) fn from_bytes(stream: StreamId, bytes: Vec<u8>) -> Option<Self> {
        let first = unpacked::seq_of(Cursor::new(&bytes).bytes()?)?;
        Some(Self {
            stream,
            first,
            base: None,
            tail: bytes,
        })
    }

    /// A stream whose packed events are a part of a block.
    #[must_use]
    pub(super) fn in_block(
        stream: StreamId,
        block: &Arc<Vec<u8>>,
        start: usize,
        end: usize,
    ) -> Option<Self> {
        let mut cursor = Cursor::new(block.get(start..end)?);
        Some(Self {
            stream,
            first: unpacked::seq_of(cursor.bytes()?)?,
            base: Some(Base {
                block: Arc::clone(block),
                start: u32::try_from(start).ok()?,
                end: u32::try_from(end).ok()?,
            }),
            tail: Vec::new(),
        })
    }

    /// Its packed events, in two parts.
    #[must_use]
    pub(super) fn parts(&self) -> [&[u8]; 2] {
        let base = self.base.as_ref().map(Base::bytes);
        [base.unwrap_or_default(), &self.tail]
    }

    /// How many bytes its packed events have.
    #[must_use]
    pub(super) fn len(&self) -> usize {
        self.parts().iter().map(|part| part.len()).sum()
    }

    /// Adds the next event; `room` is a buffer to work in.
    pub(super) fn push(
        &mut self,
        event: &Event,
        body: Body<'_>,
        words: &mut Words,
        room: &mut Vec<u8>,
    ) {
        room.clear();
        packed::pack(event, body, words, room);
        // A length takes at most ten bytes.
        let more = room.len().saturating_add(10);
        if self.tail.capacity().saturating_sub(self.tail.len()) < more {
            self.tail.reserve_exact(more.max(self.tail.len() / GROWTH));
        }
        number(&mut self.tail, room.len() as u64);
        self.tail.extend_from_slice(room);
    }

    /// Each packed event before a position.
    pub(super) fn before(&self, end: u64) -> impl Iterator<Item = &[u8]> {
        let [base, tail] = self.parts().map(Cursor::new);
        let (mut cursor, mut tail) = (base, Some(tail));
        std::iter::from_fn(move || {
            let packed = match cursor.bytes() {
                Some(packed) => packed,
                None => {
                    cursor = tail.take()?;
                    cursor.bytes()?
                }
            };
            (unpacked::seq_of(packed)? < end).then_some(packed)
        })
    }

    /// The events before a position.
    pub(super) fn events(&self, end: u64, words: &Words) -> impl Iterator<Item = Event> {
        let mut desk = Desk::default();
        (0..)
            .zip(self.before(end))
            .map(move |(version, packed)| self.unpacked(packed, version, words, &mut desk))
    }

    /// One packed event of this stream.
    pub(super) fn unpacked(
        &self,
        packed: &[u8],
        version: u64,
        words: &Words,
        desk: &mut Desk,
    ) -> Event {
        let event = unpacked::unpack(packed, self.stream, version, words, desk);
        // PANIC: every log is written by `pack`, and what it writes `unpack` reads.
        event.expect("a packed event unpacks")
    }

    /// The event at a position, if it is one of this stream's.
    #[must_use]
    pub(super) fn event_at(&self, seq: u64) -> Option<EventId> {
        let mut events = self.before(seq.saturating_add(1));
        let found = events.find(|packed| unpacked::seq_of(packed) == Some(seq));
        unpacked::id_of(found?)
    }

    /// Whether an event before a position is one of this stream's.
    #[must_use]
    pub(super) fn has(&self, event: EventId, end: u64) -> bool {
        self.before(end)
            .any(|packed| unpacked::id_of(packed) == Some(event))
    }
}
