//! One thing with everything that is the matter with it.

use crate::deal::value::ids::{ActorId, StreamId};
use crate::report::text::sentence::follow_up::{Action, Topic};

/// One matter.
pub(super) struct Matter {
    /// What it is.
    pub(super) topic: Topic,
    /// How many cases it stands for.
    pub(super) cases: u64,
    /// How many days it is late or long; `None` where no day is passed.
    pub(super) days: Option<i64>,
    /// In words; empty where another matter's words say it too.
    pub(super) text: String,
    /// Footnotes.
    pub(super) notes: Vec<u32>,
    /// What to do.
    pub(super) action: Action,
}

/// A thing with everything that is the matter with it.
pub(super) struct Case<'a> {
    /// The thing.
    pub(super) id: StreamId,
    /// Whose it is.
    pub(super) officer: Option<&'a ActorId>,
    /// Its review tier, by its place in the policy.
    pub(super) tier: usize,
    /// A sentence said before the matters.
    pub(super) lead: Option<String>,
    /// The matters, by topic.
    pub(super) matters: Vec<Matter>,
}

impl Case<'_> {
    /// Whether nothing is the matter.
    pub(super) fn is_empty(&self) -> bool {
        self.matters.is_empty()
    }

    /// The most days anything is late.
    pub(super) fn latest(&self) -> i64 {
        let days = self.matters.iter().filter_map(|matter| matter.days);
        days.max().unwrap_or(0)
    }
}
