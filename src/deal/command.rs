//! Commands: what somebody asks the ledger to do.

use super::event::Payload;
use super::value::ids::{Actor, CommandId, EventId, StreamId};
use super::value::source::Source;
use super::value::text::Text;
use super::value::when::When;

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
