//! A cheaply cloned view of shared bytes.

use std::ops::{Deref, Range};
use std::sync::Arc;

/// A range of a shared, immutable buffer.
///
/// Events share the one buffer they were read into, so handing an event on copies a pointer. The price is that one kept
/// event keeps the whole buffer (256 KiB, or a frame of up to 2 MiB) in memory: [`Slice::detach`] what is kept for long.
#[derive(Clone)]
pub struct Slice {
    buffer: Arc<Vec<u8>>,
    start: usize,
    end: usize,
}

impl Slice {
    /// A narrower view: `range` counts from this view's start. `None` when it does not fit.
    pub fn sub(&self, range: Range<usize>) -> Option<Self> {
        let end = self.start.checked_add(range.end)?;
        let start = self.start.checked_add(range.start)?;
        (end <= self.end && start <= end).then(|| Self {
            buffer: Arc::clone(&self.buffer),
            start,
            end,
        })
    }

    /// The buffer itself, when nobody else looks at it any more; else a new one.
    pub fn into_buffer(self) -> Vec<u8> {
        Arc::try_unwrap(self.buffer).unwrap_or_default()
    }

    /// A copy that shares nothing.
    pub fn detach(&self) -> Self {
        Self::from(self.as_bytes().to_vec())
    }

    /// The bytes.
    pub fn as_bytes(&self) -> &[u8] {
        self.buffer.get(self.start..self.end).unwrap_or_default()
    }
}

impl From<Arc<Vec<u8>>> for Slice {
    fn from(buffer: Arc<Vec<u8>>) -> Self {
        let end = buffer.len();
        Self {
            buffer,
            start: 0,
            end,
        }
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
