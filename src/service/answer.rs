//! What a command is told: what was recorded, or why not and what to do.

use std::fmt;

use chrono::{DateTime, Duration, Utc};

use crate::codec::envelope::EncodeError;
use crate::deal::refusal::{Refusal, RefusalClass};
use crate::deal::value::ids::{CommandId, EventId, StreamId};
use crate::deal::warning::Warning;
use crate::store::event_store::{AppendError, ReadError};

/// One event a command recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecordedEvent {
    /// Its id.
    pub id: EventId,
    /// Its position in the ledger, from 0.
    pub seq: u64,
    /// The thing it is about.
    pub stream: StreamId,
    /// Its position in that thing's stream, from 0.
    pub version: u64,
}

/// A command carried out: durable when it is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The position after the command: a reader who waits for it sees all of it.
    pub position: u64,
    /// How many events it recorded; 0 means there was nothing to do.
    pub count: u32,
    /// The events, in order.
    pub events: Vec<RecordedEvent>,
    /// What to look at.
    pub warnings: Vec<Warning>,
    /// When it was recorded.
    pub recorded_at: DateTime<Utc>,
    /// Whether this is the answer to an earlier sending of the same command.
    pub replayed: bool,
}

/// How many events of a command are named in the log.
const NAMED: usize = 8;

impl Answer {
    /// The ids of its first events, for the log.
    #[must_use]
    pub fn first_ids(&self) -> Vec<EventId> {
        let events = self.events.iter().take(NAMED);
        events.map(|event| event.id).collect()
    }
}

/// The clock cannot be trusted, so nothing is recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClockFault {
    /// It shows a time before the last event.
    BehindLedger {
        /// What it shows.
        now: DateTime<Utc>,
        /// When the last event was recorded.
        last: DateTime<Utc>,
    },
    /// It jumped while the ledger was open.
    Jumped {
        /// What it shows.
        now: DateTime<Utc>,
        /// By how much more or less it moved than time passed.
        by: Duration,
    },
}

impl fmt::Display for ClockFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BehindLedger { now, last } => write!(
                f,
                "the clock shows {}, but the last event was recorded at {}",
                shown(*now),
                shown(*last)
            ),
            Self::Jumped { now, by } => {
                let minutes = by.num_minutes().unsigned_abs();
                let way = if *by < Duration::zero() {
                    "back"
                } else {
                    "ahead"
                };
                write!(
                    f,
                    "the clock jumped {minutes} minutes {way}, to {}",
                    shown(*now)
                )
            }
        }
    }
}

fn shown(moment: DateTime<Utc>) -> String {
    moment.format("%Y-%m-%d %H:%M:%S UTC").to_string()
}

/// Why a command was not carried out. Nothing of it was recorded, unless it says that this is not known.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CommandError {
    /// A rule refuses it.
    #[error("{0}")]
    Refused(Box<Refusal>),
    /// The command's id was used before, for something else.
    #[error("the command id {command} was used before for another command")]
    IdReused {
        /// The id.
        command: CommandId,
        /// The position of that other command's first event.
        first_seq: u64,
    },
    /// The events cannot be written as they are.
    #[error("{0}")]
    NotStorable(EncodeError),
    /// The command has more bytes than one batch may have.
    #[error("the command comes to {bytes} bytes, and one batch may have at most {limit}")]
    TooLarge {
        /// Its size.
        bytes: usize,
        /// The limit.
        limit: usize,
    },
    /// Too many commands are waiting.
    #[error("too many commands are waiting to be recorded")]
    Busy,
    /// The disk has no room.
    #[error("there is no space left for the ledger: {0}")]
    NoSpace(String),
    /// The clock cannot be trusted.
    #[error("{0}, so nothing is recorded")]
    Clock(ClockFault),
    /// The ledger cannot be read.
    #[error("the ledger could not be read while deciding: {0}")]
    Unreadable(String),
    /// The store does not take it, and wrote nothing.
    #[error("the store did not take it: {0}")]
    NotTaken(String),
    /// It is open for reading only.
    #[error("this ledger is open for reading only")]
    ReadOnly,
    /// This process has stopped recording.
    #[error("the ledger has stopped recording: {0}")]
    Stopped(String),
    /// The disk failed in the middle: only the next start tells whether it was recorded.
    #[error("it is not known whether this was recorded: {0}")]
    OutcomeUnknown(String),
}

/// How an interface answers a command that was not carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorClass {
    /// As the refusal's own class says.
    Refusal(RefusalClass),
    /// The same id names another command (HTTP 409).
    Conflict,
    /// Something in it is not well formed (HTTP 422).
    Invalid,
    /// It is too large (HTTP 413).
    TooLarge,
    /// Try again in a moment (HTTP 503 with Retry-After).
    Busy,
    /// No space (HTTP 507).
    NoSpace,
    /// Nothing can be recorded for now (HTTP 503).
    Unavailable,
}

impl CommandError {
    /// A stable code in small letters.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Refused(refusal) => refusal.code(),
            Self::IdReused { .. } => "command_id_reused",
            Self::NotStorable(EncodeError::TooLong { .. }) => "event_too_long",
            Self::NotStorable(_) => "not_storable",
            Self::TooLarge { .. } => "batch_too_large",
            Self::Busy => "busy",
            Self::NoSpace(_) => "no_space",
            Self::Clock(_) => "clock",
            Self::Unreadable(_) => "unreadable",
            Self::NotTaken(_) => "not_taken",
            Self::ReadOnly => "read_only",
            Self::Stopped(_) => "stopped",
            Self::OutcomeUnknown(_) => "outcome_unknown",
        }
    }

    /// How an interface answers it.
    #[must_use]
    pub fn class(&self) -> ErrorClass {
        match self {
            Self::Refused(refusal) => ErrorClass::Refusal(refusal.class()),
            Self::IdReused { .. } => ErrorClass::Conflict,
            Self::NotStorable(EncodeError::TooLong { .. }) | Self::TooLarge { .. } => {
                ErrorClass::TooLarge
            }
            Self::NotStorable(_) => ErrorClass::Invalid,
            Self::Busy => ErrorClass::Busy,
            Self::NoSpace(_) => ErrorClass::NoSpace,
            Self::Clock(_)
            | Self::Unreadable(_)
            | Self::NotTaken(_)
            | Self::ReadOnly
            | Self::Stopped(_)
            | Self::OutcomeUnknown(_) => ErrorClass::Unavailable,
        }
    }

    /// What to do next.
    #[must_use]
    pub fn hint(&self) -> String {
        match self {
            Self::Refused(refusal) => refusal.hint.clone(),
            Self::IdReused { .. } => {
                "choose a new command id, or send exactly what was sent before".to_owned()
            }
            Self::NotStorable(_) => "change the field named and send the command again".to_owned(),
            Self::TooLarge { .. } => "split it into several commands".to_owned(),
            Self::Busy => "nothing was recorded; try again in a moment with the same command id".to_owned(),
            Self::NoSpace(_) => {
                "free some space on the ledger's disk: recording resumes by itself, and reading goes on".to_owned()
            }
            Self::Clock(_) => {
                "set the machine's clock right, then try again; nothing needs to be restarted".to_owned()
            }
            Self::Unreadable(_) => "nothing was recorded; run `dealtrail replay` to find the damage".to_owned(),
            Self::NotTaken(_) => "nothing was recorded; please report this with the program's log".to_owned(),
            Self::ReadOnly => "open it with the right to write, or record where it is open for recording".to_owned(),
            Self::Stopped(_) => "start the program again; it checks the ledger when it opens it".to_owned(),
            Self::OutcomeUnknown(_) => {
                "start the program again and send the same command with the same id: it is never recorded twice".to_owned()
            }
        }
    }
}

impl From<AppendError> for CommandError {
    fn from(error: AppendError) -> Self {
        match error {
            // Another writer came first: what is there now has to be read before deciding again.
            AppendError::Conflict { .. } => Self::Busy,
            AppendError::NoSpace(problem) => Self::NoSpace(problem),
            AppendError::TooLarge { bytes, limit } => Self::TooLarge { bytes, limit },
            AppendError::Invalid(problem) => Self::NotTaken(problem),
            AppendError::Stopped { reason } => Self::Stopped(reason),
            AppendError::Unknown { reason } => Self::OutcomeUnknown(reason),
        }
    }
}

impl From<ReadError> for CommandError {
    fn from(error: ReadError) -> Self {
        Self::Unreadable(error.to_string())
    }
}
