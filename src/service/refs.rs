//! References that were found before, so that who records need not ask the read models each time.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

use crate::deal::value::ids::{Ref, StreamId};

/// How many references are remembered.
const ROOM: usize = 100_000;

/// References that were found before. A reference is given once and for ever, so that none is ever wrong.
#[derive(Default)]
pub(crate) struct Refs(RwLock<HashMap<Ref, StreamId>>);

impl Refs {
    /// The thing of a reference, if it was found before.
    pub(crate) fn get(&self, reference: &Ref) -> Option<StreamId> {
        let refs = self.0.read().unwrap_or_else(PoisonError::into_inner);
        refs.get(reference).copied()
    }

    /// Remembers one.
    pub(crate) fn put(&self, reference: Ref, stream: StreamId) {
        let mut refs = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if refs.len() >= ROOM {
            refs.clear();
        }
        refs.insert(reference, stream);
    }
}
