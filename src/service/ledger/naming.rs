//! What people name, found in the ledger as it stands: things by their references, facts by their events.

use std::sync::Arc;

use super::Ledger;
use crate::deal::value::ids::{EventId, Ref, StreamId, StreamKind};
use crate::projection::models::Models;
use crate::service::find::{self, FindError};
use crate::service::follow::NotReady;

/// A fact that somebody named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedFact {
    /// The event that was named.
    pub event: EventId,
    /// The thing it is about.
    pub stream: StreamId,
}

impl Ledger {
    /// The thing of a reference, when that can be told without waiting for anything. `None` says nothing.
    #[must_use]
    pub fn thing_at_once(&self, reference: &Ref) -> Option<StreamId> {
        let known = self.refs.get(reference);
        known.or_else(|| {
            let found = self
                .follower
                .at_once(|models| models.status.by_ref(reference));
            found.inspect(|stream| self.refs.put(reference.clone(), *stream))
        })
    }

    /// Remembers things that were registered just now, so that whoever records of them next need not wait for the read models.
    pub fn remember<'a>(&self, registered: impl IntoIterator<Item = (&'a Ref, StreamId)>) {
        for (reference, stream) in registered {
            self.refs.put(reference.clone(), stream);
        }
    }

    /// The thing of a reference or of a stream's id, of one kind if that matters, once everything recorded so far was
    /// looked at.
    ///
    /// # Errors
    /// When there is none, with near references; when it is of another kind; when the read models are not there.
    pub fn thing(&self, typed: &str, wanted: Option<StreamKind>) -> Result<StreamId, NamingError> {
        Ok(find::stream(self.everything()?.as_ref(), typed, wanted)?)
    }

    /// The fact somebody means by an event id or a position.
    ///
    /// # Errors
    /// When there is none, or the read models are not there.
    pub fn fact(&self, typed: &str) -> Result<NamedFact, NamingError> {
        let models = self.everything()?;
        let event = find::event(&models, typed)?;
        let stream = models.status.stream_of(event);
        let stream = stream.ok_or_else(|| FindError::UnknownFact(typed.trim().to_owned()))?;
        Ok(NamedFact { event, stream })
    }

    /// The kind of the fact that an event belongs to, as it is stored.
    ///
    /// # Errors
    /// When the read models are not there.
    pub fn kind_of(&self, event: EventId) -> Result<Option<String>, NotReady> {
        let models = self.everything()?;
        let found = models.status.fact(event);
        Ok(found.map(|found| found.fact.payload().kind_name().to_owned()))
    }

    fn everything(&self) -> Result<Arc<Models>, NotReady> {
        self.models_at_head()
    }
}

/// Why something named was not found.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NamingError {
    /// There is no such thing.
    #[error(transparent)]
    Find(#[from] FindError),
    /// It cannot be said.
    #[error(transparent)]
    NotReady(#[from] NotReady),
}
