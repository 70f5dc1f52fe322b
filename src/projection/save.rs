//! Read models written down and read back, in pieces, so that a large one is never in memory twice.
//!
//! What is written is bound to the versions of the read models; whoever keeps it proves that it comes back unchanged.

use super::bytes::{Cursor, number, signed, text};
use crate::deal::value::ids::{StreamId, StreamKind};
use uuid::Uuid;

/// How much is handed on at once, in bytes.
const PIECE_BYTES: usize = 1 << 20;

/// Writes values into pieces.
pub struct Saver<'a> {
    buffer: Vec<u8>,
    sink: &'a mut dyn FnMut(&[u8]),
}

impl<'a> Saver<'a> {
    /// Hands pieces to `sink`.
    pub fn new(sink: &'a mut dyn FnMut(&[u8])) -> Self {
        Self {
            buffer: Vec::with_capacity(PIECE_BYTES),
            sink,
        }
    }

    fn full(&mut self) {
        if self.buffer.len() >= PIECE_BYTES {
            self.end();
        }
    }

    /// Hands on what is left.
    pub fn end(&mut self) {
        (self.sink)(&self.buffer);
        self.buffer.clear();
    }

    /// A number.
    pub fn number(&mut self, value: u64) {
        number(&mut self.buffer, value);
        self.full();
    }

    /// A number that may be negative.
    pub fn signed(&mut self, value: i64) {
        signed(&mut self.buffer, value);
        self.full();
    }

    /// A text.
    pub fn text(&mut self, value: &str) {
        text(&mut self.buffer, value);
        self.full();
    }

    /// Bytes, with their length.
    pub fn bytes(&mut self, bytes: &[u8]) {
        number(&mut self.buffer, bytes.len() as u64);
        for piece in bytes.chunks(PIECE_BYTES) {
            self.buffer.extend_from_slice(piece);
            self.full();
        }
    }

    /// Bytes that make a piece of their own, so that whoever reads them back gets them without copying.
    pub fn block(&mut self, bytes: &[u8]) {
        self.end();
        (self.sink)(bytes);
    }

    /// A stream.
    pub fn stream(&mut self, stream: StreamId) {
        let kind = match stream.kind() {
            StreamKind::Agreement => 0,
            StreamKind::Package => 1,
            StreamKind::Occasion => 2,
            StreamKind::Organization => 3,
            StreamKind::Ledger => 4,
        };
        self.buffer.push(kind);
        let uuid = stream.uuid().unwrap_or_default();
        self.buffer.extend_from_slice(uuid.as_bytes());
        self.full();
    }
}

/// Reads back what a [`Saver`] wrote; `None` when it is not that.
pub struct Loader<'a> {
    piece: Vec<u8>,
    at: usize,
    source: &'a mut dyn FnMut() -> Option<Vec<u8>>,
}

impl<'a> Loader<'a> {
    /// Reads the pieces that `source` gives, in order and as they were written.
    pub fn new(source: &'a mut dyn FnMut() -> Option<Vec<u8>>) -> Self {
        Self {
            piece: Vec::new(),
            at: 0,
            source,
        }
    }

    fn rest(&self) -> &[u8] {
        self.piece.get(self.at..).unwrap_or_default()
    }

    fn refill(&mut self) -> Option<()> {
        while self.at >= self.piece.len() {
            self.piece = (self.source)()?;
            self.at = 0;
        }
        Some(())
    }

    fn byte(&mut self) -> Option<u8> {
        self.refill()?;
        let byte = *self.piece.get(self.at)?;
        self.at = self.at.saturating_add(1);
        Some(byte)
    }

    /// A number.
    pub fn number(&mut self) -> Option<u64> {
        // Ten bytes hold any number: most often they are at hand and need no look at the piece's end.
        let mut cursor = Cursor::new(self.rest());
        if let Some(value) = cursor.number() {
            self.at = self.piece.len().saturating_sub(cursor.left());
            return Some(value);
        }
        let mut held = Vec::with_capacity(10);
        loop {
            let byte = self.byte()?;
            held.push(byte);
            if byte < 0x80 || held.len() >= 10 {
                return Cursor::new(&held).number();
            }
        }
    }

    /// Several numbers.
    pub fn numbers<const N: usize>(&mut self) -> Option<[u64; N]> {
        let mut numbers = [0; N];
        let mut cursor = Cursor::new(self.rest());
        let read = numbers.iter_mut().try_for_each(|number| {
            *number = cursor.number()?;
            Some(())
        });
        match read {
            Some(()) => self.at = self.piece.len().saturating_sub(cursor.left()),
            // They go on in the next piece.
            None => {
                for number in &mut numbers {
                    *number = self.number()?;
                }
            }
        }
        Some(numbers)
    }

    fn length(&mut self) -> Option<usize> {
        usize::try_from(self.number()?).ok()
    }

    /// So many bytes; a length for which there is no memory is refused.
    fn take(&mut self, length: usize) -> Option<Vec<u8>> {
        let mut taken = Vec::new();
        taken.try_reserve_exact(length).ok()?;
        while taken.len() < length {
            self.refill()?;
            let wanted = length.saturating_sub(taken.len());
            let rest = self.rest();
            let part = rest.get(..wanted.min(rest.len()))?;
            taken.extend_from_slice(part);
            self.at = self.at.saturating_add(part.len());
        }
        Some(taken)
    }

    /// Bytes.
    pub fn bytes(&mut self) -> Option<Vec<u8>> {
        let length = self.length()?;
        self.take(length)
    }

    /// A piece of its own, as it was written by [`Saver::block`].
    pub fn block(&mut self) -> Option<Vec<u8>> {
        if !self.rest().is_empty() {
            return None;
        }
        self.refill()?;
        self.at = 0;
        Some(std::mem::take(&mut self.piece))
    }

    /// A text.
    pub fn text(&mut self) -> Option<String> {
        String::from_utf8(self.bytes()?).ok()
    }

    /// A stream.
    pub fn stream(&mut self) -> Option<StreamId> {
        let kind = match self.byte()? {
            0 => StreamKind::Agreement,
            1 => StreamKind::Package,
            2 => StreamKind::Occasion,
            3 => StreamKind::Organization,
            _ => StreamKind::Ledger,
        };
        let uuid = match self.rest().first_chunk() {
            Some(bytes) => {
                let uuid = Uuid::from_bytes(*bytes);
                self.at = self.at.saturating_add(bytes.len());
                uuid
            }
            // It goes on in the next piece.
            None => Uuid::from_slice(&self.take(16)?).ok()?,
        };
        Some(StreamId::new(kind, uuid))
    }

    /// Whether nothing is left.
    pub fn is_at_end(&mut self) -> bool {
        self.refill().is_none()
    }
}
