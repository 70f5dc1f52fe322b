//! A cheaply cloned view of shared bytes.

use std::ops::{Deref, Range};
use std::sync::Arc;

/// A range of a shared, immutable buffer.
///
/// All events of a frame share the one buffer the frame was read into, so handing an event on copies a pointer.
/// The price is that one kept event keeps its whole frame (at most 2 MiB) in memory: copy what is kept for long.
#[derive(Clone)]
pub struct Slice {
    buffer: Arc<Vec<u8>>,
    start: usize,
    end: usize,
}

impl Slice {
    /// A view of `range` of `buffer`, or `None` when the range does not lie inside it.
    pub fn of(buffer: &Arc<Vec<u8>>, range: Range<usize>) -> Option<Self> {
        buffer.get(range.clone())?;
        Some(Self {
            buffer: Arc::clone(buffer),
            start: range.start,
            end: range.end,
        })
    }

    /// The bytes.
    pub fn as_bytes(&self) -> &[u8] {
        self.buffer.get(self.start..self.end).unwrap_or_default()
    }
}

impl From<Vec<u8>> for Slice {
    fn from(bytes: Vec<u8>) -> Self {
        let end = bytes.len();
        Self {
            buffer: Arc::new(bytes),
            start: 0,
            end,
        }
    }
}

impl Deref for Slice {
    type Target = [u8];
    fn deref(&self) -> &[u8] {
        self.as_bytes()
    }
}

impl PartialEq for Slice {
    fn eq(&self, other: &Self) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl Eq for Slice {}

impl std::fmt::Debug for Slice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", String::from_utf8_lossy(self))
    }
}
