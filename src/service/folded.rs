//! What the read models hold already, for the writer: it need not read that from the store again.

use std::sync::{Arc, OnceLock};

use crate::deal::state::Book;
use crate::deal::value::ids::{EventId, StreamId};

/// A stream as the read models hold it. They stand between two frames, so that what came after is what stands at their
/// position and later.
#[derive(Debug, Clone)]
pub(crate) struct Folded {
    /// How many events of the ledger they have taken in.
    pub(crate) position: u64,
    /// The stream's book there; one without events when they know none.
    pub(crate) book: Book,
}

/// Read models that say what they hold at once, or nothing: who decides never waits for them.
pub(crate) trait Folds: Send + Sync {
    /// A stream as it stands in them; `None` when they cannot say right now.
    fn folded(&self, stream: StreamId) -> Option<Folded>;

    /// The stream of an event, when they know the event and can say so right now. An event never changes its stream.
    fn stream_of(&self, event: EventId) -> Option<StreamId>;
}

/// Where the writer finds read models, once there are any.
#[derive(Clone, Default)]
pub(crate) struct Source(Arc<OnceLock<Arc<dyn Folds>>>);

impl Source {
    /// From now on these are asked; the first ones given stay.
    pub(crate) fn set(&self, folds: Arc<dyn Folds>) {
        let _ = self.0.set(folds);
    }

    /// The read models, if there are any yet.
    pub(crate) fn get(&self) -> Option<&dyn Folds> {
        self.0.get().map(Arc::as_ref)
    }
}
