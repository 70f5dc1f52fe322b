//! One thing with everything that is the matter with it, in figures and in words.

use crate::deal::value::ids::{ActorId, StreamId};
use crate::projection::attention::{Topic, Weight};
use crate::report::text::sentence::follow_up::Action;

/// One matter in words.
pub(super) struct Matter {
    /// What it is.
    pub(super) topic: Topic,
    /// In words; empty where another matter's words say it too.
    pub(super) text: String,
    /// Footnotes.
    pub(super) notes: Vec<u32>,
    /// What to do.
    pub(super) action: Action,
}

/// A thing with everything that is the matter with it, in figures.
pub(super) struct Case {
    /// The thing.
    pub(super) id: StreamId,
    /// Whose it is.
    pub(super) officer: Option<ActorId>,
    /// Its review tier, by its place in the policy.
    pub(super) tier: usize,
    /// The matters.
    pub(super) weights: Vec<Weight>,
}

/// The same in words.
pub(super) struct Told {
    /// A sentence said before the matters.
    pub(super) lead: Option<String>,
    /// The matters, by topic.
    pub(super) matters: Vec<Matter>,
}

impl Case {
    /// Whether nothing is the matter.
    pub(super) fn is_empty(&self) -> bool {
        self.weights.is_empty()
    }

    /// The most days anything is late.
    pub(super) fn latest(&self) -> i64 {
        let days = self.weights.iter().filter_map(|weight| weight.days);
        days.max().unwrap_or(0)
    }
}
