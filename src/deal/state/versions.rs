//! The versions of one fact.

use std::sync::Arc;

/// Every version of a fact, oldest first; never none.
#[derive(Debug, Clone, PartialEq)]
#[allow(
    clippy::large_enum_variant,
    reason = "nearly every fact is the large one, and none is moved about"
)]
pub(super) enum Versions<V> {
    /// As it was first recorded, which most facts stay. In the fact itself: a place of its own would cost more memory.
    First(V),
    /// With its corrections. Shared, since whoever decides keeps a book from before beside it.
    Corrected(Arc<[V]>),
}

impl<V: Clone> Versions<V> {
    pub(super) fn as_slice(&self) -> &[V] {
        match self {
            Self::First(version) => std::slice::from_ref(version),
            Self::Corrected(versions) => versions,
        }
    }

    pub(super) fn push(&mut self, version: V) {
        let mut versions = self.as_slice().to_vec();
        versions.push(version);
        *self = Self::Corrected(versions.into());
    }
}
