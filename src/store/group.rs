//! What is stored together: events, and what is remembered of the commands that caused them.

use chrono::{DateTime, Utc};

use crate::store::recorded::Recorded;

/// What makes a command the same command: who sent it, and the key the sender gave it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Scope {
    /// Opaque identity of the actor.
    pub actor: String,
    /// The command's key, unique for this actor for ever.
    pub key: String,
}

/// What the ledger remembers of one command, for ever, so that a repetition gets the first answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommandRecord {
    /// Whose command, under which key.
    pub scope: Scope,
    /// HMAC-SHA-256 of the command's canonical body under the ledger's secret, computed by the caller.
    pub digest: [u8; 32],
    /// Sequence number of its first event; for a command with nothing to do, the position it was decided at.
    pub first_seq: u64,
    /// How many events it caused; 0 means "nothing to do".
    pub count: u32,
    /// When it was decided (microseconds are kept).
    pub recorded_at: DateTime<Utc>,
    /// The warnings it was answered with: the caller's own bytes.
    pub warnings: Vec<u8>,
}

/// One group commit: becomes one frame, durable as a whole or not at all.
#[derive(Debug, Clone, Default)]
pub struct Group {
    /// One record a command, in the order of decision.
    pub commands: Vec<CommandRecord>,
    /// The events, with sequence numbers from the expected position on.
    pub events: Vec<Recorded>,
}
