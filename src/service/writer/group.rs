//! The commands that share one frame and one sync.

use std::collections::BTreeMap;

use super::batch::{MAX_GROUP_BYTES, Prepared};
use crate::service::answer::{Answer, CommandError};
use crate::store::group::{CommandRecord, Group as StoreGroup, Scope};

/// What a command is told.
pub(super) type Outcome = Result<Answer, CommandError>;

/// An outcome that waits for the group's sync.
pub(super) struct Waiting {
    pub(super) outcome: Outcome,
    /// Whether it rests on what the group decided before it, and is lost with the group.
    pub(super) on_group: bool,
}

/// A group being put together.
#[derive(Default)]
pub(super) struct Group {
    base: u64,
    bytes: usize,
    content: StoreGroup,
    /// Of each command, where its record and its outcome stand.
    answers: BTreeMap<Scope, (usize, usize)>,
    waiting: Vec<Waiting>,
}

impl Group {
    /// An empty group at this position.
    pub(super) fn new(base: u64) -> Self {
        Self {
            base,
            ..Self::default()
        }
    }

    /// Whether nobody waits for it.
    pub(super) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// The position after its events so far.
    pub(super) fn end(&self) -> u64 {
        self.base.saturating_add(self.content.events.len() as u64)
    }

    /// Whether another command still fits; an empty group takes any.
    pub(super) fn has_room(&self, prepared: &Prepared) -> bool {
        self.content.commands.is_empty()
            || self.bytes.saturating_add(prepared.bytes) <= MAX_GROUP_BYTES
    }

    /// A command of this group under the same scope, and what it will be told.
    pub(super) fn earlier(&self, scope: &Scope) -> Option<(&CommandRecord, &Answer)> {
        let (record, outcome) = self.answers.get(scope)?;
        let answer = self.waiting.get(*outcome)?.outcome.as_ref().ok()?;
        Some((self.content.commands.get(*record)?, answer))
    }

    /// Adds an outcome that records nothing.
    pub(super) fn wait(&mut self, outcome: Outcome) {
        self.waiting.push(Waiting {
            outcome,
            on_group: !self.content.commands.is_empty(),
        });
    }

    /// Adds a decided command.
    pub(super) fn add(&mut self, prepared: Prepared) {
        self.bytes = self.bytes.saturating_add(prepared.bytes);
        let kept = (self.content.commands.len(), self.waiting.len());
        self.answers.insert(prepared.record.scope.clone(), kept);
        self.content.commands.push(prepared.record);
        self.content.events.extend(prepared.stored);
        self.waiting.push(Waiting {
            outcome: Ok(prepared.answer),
            on_group: true,
        });
    }

    /// Its position, what to append, and who waits for it.
    pub(super) fn close(self) -> (u64, StoreGroup, Vec<Waiting>) {
        (self.base, self.content, self.waiting)
    }
}
