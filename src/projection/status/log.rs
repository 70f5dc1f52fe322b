//! The packed events of one stream, in order.

use std::sync::Arc;

use super::packed::{self, Body};
use super::unpacked::{self, Desk};
use super::words::Words;
use crate::deal::event::Event;
use crate::deal::value::ids::{EventId, StreamId};
use crate::projection::bytes::{Cursor, number};

/// A tail grows by this part of itself at least: little is left over, and growing stays cheap.
const GROWTH: usize = 6;
/// A tail of so many bytes becomes a piece of its own, which is never copied again: neither to grow nor to be read.
const TAIL: usize = 4 << 10;

/// The events of one stream.
#[derive(Debug, Clone)]
pub(super) struct Log {
    /// The stream.
    pub(super) stream: StreamId,
    /// The position of its first event.
    pub(super) first: u64,
    pieces: Vec<Piece>,
    tail: Vec<u8>,
}

/// Packed events that do not change: a part of a block, which may hold those of other streams, too.
#[derive(Debug, Clone)]
pub(super) struct Piece {
    block: Arc<Vec<u8>>,
    start: u32,
    end: u32,
}

impl Piece {
    /// All of a block.
    pub(super) fn of(block: Vec<u8>) -> Option<Self> {
        let end = u32::try_from(block.len()).ok()?;
        let block = Arc::new(block);
        Some(Self {
            block,
            start: 0,
            end,
        })
    }

    /// Its bytes.
    pub(super) fn bytes(&self) -> &[u8] {
        let span = self.start as usize..self.end as usize;
        self.block.get(span).unwrap_or_default()
    }
}

/// A packed event and where it stands: in which part of the log, and from which byte of it on.
pub(super) struct Place<'a> {
    /// The event.
    pub(super) packed: &'a [u8],
    /// The number of the part: of a piece, or of the tail behind them.
    pub(super) part: usize,
    /// The byte.
    pub(super) start: usize,
}

impl Log {
    /// A stream whose first event stands at a position.
    #[must_use]
    pub(super) fn new(stream: StreamId, first: u64) -> Self {
        Self {
            stream,
            first,
            pieces: Vec::new(),
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
            pieces: vec![Piece::of(bytes)?],
            tail: Vec::new(),
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
        let first = unpacked::seq_of(cursor.bytes()?)?;
        let piece = Piece {
            block: Arc::clone(block),
            start: u32::try_from(start).ok()?,
            end: u32::try_from(end).ok()?,
        };
        Some(Self {
            stream,
            first,
            pieces: vec![piece],
            tail: Vec::new(),
        })
    }

    /// Its packed events, part by part.
    pub(super) fn parts(&self) -> impl Iterator<Item = &[u8]> {
        let pieces = self.pieces.iter().map(Piece::bytes);
        pieces.chain([self.tail.as_slice()])
    }

    /// The parts of it that do not change any more.
    #[must_use]
    pub(super) fn pieces(&self) -> &[Piece] {
        &self.pieces
    }

    /// The part that does.
    #[must_use]
    pub(super) fn tail(&self) -> &[u8] {
        &self.tail
    }

    /// How many bytes its packed events have.
    #[must_use]
    pub(super) fn len(&self) -> usize {
        self.parts().map(<[u8]>::len).sum()
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
        if self.tail.len() >= TAIL {
            // Taken as long as it is: what it had room for is given back.
            if let Some(piece) = Piece::of(self.tail.as_slice().to_vec()) {
                self.pieces.push(piece);
                self.tail = Vec::new();
            }
        }
    }

    /// Each packed event before a position.
    pub(super) fn before(&self, end: u64) -> impl Iterator<Item = &[u8]> {
        self.placed(end).map(|place| place.packed)
    }

    /// Each packed event before a position, and where it stands.
    pub(super) fn placed(&self, end: u64) -> impl Iterator<Item = Place<'_>> {
        let parts = self.parts().enumerate();
        let events = parts.flat_map(|(part, bytes)| {
            let mut cursor = Cursor::new(bytes);
            std::iter::from_fn(move || {
                let packed = cursor.bytes()?;
                let behind = bytes.len().saturating_sub(cursor.left());
                Some(Place {
                    packed,
                    part,
                    start: behind.saturating_sub(packed.len()),
                })
            })
        });
        events.take_while(move |place| unpacked::seq_of(place.packed).is_some_and(|seq| seq < end))
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
