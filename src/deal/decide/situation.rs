//! What a fact is held against, and what comes of it.

use chrono::NaiveDate;

use crate::deal::ledger::LedgerState;
use crate::deal::state::{Book, Fact};
use crate::deal::value::when::When;

/// What the rules of a kind say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It may be recorded.
    Record,
    /// The ledger says so already.
    NothingToDo,
}

/// What a fact is held against.
pub(super) struct Situation<'a> {
    /// The stream it would stand in.
    pub(super) book: &'a Book,
    /// The ledger's tracks and policy.
    pub(super) ledger: &'a LedgerState,
    /// The day of recording.
    pub(super) today: NaiveDate,
    /// When it happened.
    pub(super) on: &'a When,
    /// The day on which that was first recorded: today, unless the fact was moved.
    pub(super) since: NaiveDate,
    /// The fact it is a correction of. Order in time then only warns.
    pub(super) corrects: Option<&'a Fact>,
}

impl Situation<'_> {
    /// The latest day on which it can have happened.
    pub(super) fn latest_day(&self) -> NaiveDate {
        self.on.latest_day(self.since)
    }
}
