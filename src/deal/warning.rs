//! Warnings: what is recorded all the same, and should be looked at.
//!
//! Warnings are part of a command's answer. They are kept with it, so that a retry hears the same.

use serde::{Deserialize, Serialize};
use std::fmt;

use super::value::ids::{EventId, StreamId};

/// What a warning is about, as a stable code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Concern {
    /// A milestone the track puts first is not reached.
    NeedUnmet,
    /// A milestone lies before the signing, or no signing is recorded.
    BeforeSigning,
    /// The milestone was reached before.
    AlreadyReached,
    /// A milestone is not in the track of the agreement's class.
    NotInTrack,
    /// Facts about the state of an agreement contradict each other in time.
    OutOfOrder,
    /// A milestone lies after the agreement was closed.
    AfterClosing,
    /// Another fact speaks of one that no longer stands.
    LeftDangling,
    /// Other things still name what was withdrawn.
    StillNamed,
    /// The parts come to more than the declared whole.
    PartsAboveWhole,
    /// The documents counted do not match those declared.
    CountsDiffer,
    /// An expectation is past its review day.
    ReviewDue,
    /// Nothing is expected or promised next.
    NoNextStep,
    /// A fact has no source.
    NoSource,
}

impl Concern {
    /// Every concern.
    pub const ALL: [Self; 13] = [
        Self::NeedUnmet,
        Self::BeforeSigning,
        Self::AlreadyReached,
        Self::NotInTrack,
        Self::OutOfOrder,
        Self::AfterClosing,
        Self::LeftDangling,
        Self::StillNamed,
        Self::PartsAboveWhole,
        Self::CountsDiffer,
        Self::ReviewDue,
        Self::NoNextStep,
        Self::NoSource,
    ];

    /// Its stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::NeedUnmet => "need_unmet",
            Self::BeforeSigning => "before_signing",
            Self::AlreadyReached => "already_reached",
            Self::NotInTrack => "not_in_track",
            Self::OutOfOrder => "out_of_order",
            Self::AfterClosing => "after_closing",
            Self::LeftDangling => "left_dangling",
            Self::StillNamed => "still_named",
            Self::PartsAboveWhole => "parts_above_whole",
            Self::CountsDiffer => "counts_differ",
            Self::ReviewDue => "review_due",
            Self::NoNextStep => "no_next_step",
            Self::NoSource => "no_source",
        }
    }
}

/// Something to look at. Its members stand in the order of their names, so that its JSON is canonical.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Warning {
    /// What it is about.
    pub code: Concern,
    /// The event concerned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<EventId>,
    /// The field concerned, in the words of the data.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// What to do about it.
    pub hint: String,
    /// What is the matter.
    pub sentence: String,
    /// The thing concerned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stream: Option<StreamId>,
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence)
    }
}
