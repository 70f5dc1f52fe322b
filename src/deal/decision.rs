//! What a decision is made from, and what it comes to.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};

use super::event::Payload;
use super::ledger::LedgerState;
use super::refusal::Refusal;
use super::state::Book;
use super::value::ids::{EventId, StreamId};
use super::value::sources::Sources;
use super::value::when::When;
use super::value::zone::Zone;
use super::warning::Warning;

/// The moment of deciding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// Now.
    pub now: DateTime<Utc>,
    /// The civil day of now in the agency's zone.
    pub today: NaiveDate,
    /// The agency's zone.
    pub zone: Zone,
}

impl Moment {
    /// A moment in the agency's zone.
    #[must_use]
    pub fn new(now: DateTime<Utc>, zone: Zone) -> Self {
        Self {
            now,
            today: zone.day_of(now),
            zone,
        }
    }
}

/// The world a decision reads.
pub trait World {
    /// Why it could not be read.
    type Error;

    /// The facts of a stream; `None` when it has no event.
    ///
    /// # Errors
    /// When they cannot be read.
    fn book(&self, stream: StreamId) -> Result<Option<Arc<Book>>, Self::Error>;

    /// The streams that ever mentioned a key (see [`super::keys`]), in any order.
    ///
    /// # Errors
    /// When they cannot be read.
    fn mentioned(&self, key: &str) -> Result<Vec<StreamId>, Self::Error>;

    /// The stream an event stands in; `None` when there is no such event.
    ///
    /// # Errors
    /// When it cannot be read.
    fn fact_stream(&self, event: EventId) -> Result<Option<StreamId>, Self::Error>;

    /// The ledger's own state.
    ///
    /// # Errors
    /// When it cannot be read.
    fn ledger(&self) -> Result<Arc<LedgerState>, Self::Error>;
}

/// An event to append; position, version and batch are given by whoever appends it.
#[derive(Debug, Clone, PartialEq)]
pub struct Decided {
    /// Its id.
    pub id: EventId,
    /// The thing it is about.
    pub stream: StreamId,
    /// When it happened; the day of recording for kinds that are not dated.
    pub on: When,
    /// What it says.
    pub payload: Payload,
    /// Where it comes from.
    pub sources: Sources,
}

/// What follows from a command.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Decision {
    /// The events to append as one batch; none when there is nothing to do.
    pub events: Vec<Decided>,
    /// What to look at.
    pub warnings: Vec<Warning>,
}

/// Why there is no decision.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecideError<E> {
    /// A rule forbids it.
    #[error("{0}")]
    Refused(Box<Refusal>),
    /// The world could not be read.
    #[error("the ledger could not be read while deciding")]
    World(E),
}

impl<E> From<Refusal> for DecideError<E> {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(Box::new(refusal))
    }
}
