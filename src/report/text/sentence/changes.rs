//! What the ledger learned between two moments, and which earlier answers that changes.

#![allow(
    missing_docs,
    reason = "a field is explained by the sentence it completes"
)]

use chrono::NaiveDate;

/// What an entry does, in the order in which entries are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Deed {
    /// Registers a thing.
    Registered,
    /// Records a fact or statement.
    Recorded,
    /// Reverses a milestone.
    Reversed,
    /// Corrects a fact.
    Corrected,
    /// Withdraws a fact.
    Retracted,
    /// Adds a source.
    Sourced,
    /// Confirms a fact.
    Confirmed,
    /// Withdraws a source or a confirmation.
    SupportWithdrawn,
    /// Issues a report.
    Issued,
    /// Concerns the ledger itself otherwise.
    Ledger,
    /// Cannot be read.
    Unreadable,
}

impl Deed {
    /// All of them, in order.
    pub const ALL: [Self; 11] = [
        Self::Registered,
        Self::Recorded,
        Self::Reversed,
        Self::Corrected,
        Self::Retracted,
        Self::Sourced,
        Self::Confirmed,
        Self::SupportWithdrawn,
        Self::Issued,
        Self::Ledger,
        Self::Unreadable,
    ];
}

/// A heading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    Counts,
    New,
    Entries,
    Answers,
    Issued,
}

/// A column of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    Deed,
    Entries,
    Agreement,
    Answer,
    Before,
    Now,
}

/// An answer about an agreement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer<'a> {
    /// Whether it is registered.
    Registration,
    /// Its stage.
    Stage,
    /// Its health.
    Health,
    /// The evidence behind its milestones.
    Evidence,
    /// The day of a step.
    Step { milestone: &'a str },
}

/// What was learned.
#[derive(Debug, Clone, Copy)]
pub enum Changes<'a> {
    /// The title.
    Title { from: u64, position: u64 },
    /// Which two moments are compared.
    Between {
        from: u64,
        recorded: Option<NaiveDate>,
        entries: u64,
    },
    /// For which day both answers are given.
    AnswersOn { day: NaiveDate },
    /// The heading of a part.
    Section(Section),
    /// The heading of a column.
    Column(Column),
    /// A kind of entry as a row.
    Row(Deed),
    /// The row of all entries.
    Total,
    /// What the counted entries are.
    DefineEntries,
    /// What the compared answers are.
    DefineAnswers,
    /// What a cited fact corrected since is.
    DefineCited,
    /// Nothing was recorded.
    Nothing,
    /// Nothing was registered.
    NothingNew,
    /// A thing registered, by the kind of its registration.
    Registered { kind: &'a str, thing: &'a str },
    /// The ledger itself as a heading.
    LedgerItself,
    /// That entry is about another one.
    About { line: &'a str, about: &'a str },
    /// How many agreements were touched, and how many answer otherwise.
    Touched {
        touched: u64,
        changed: u64,
        untouched: u64,
        of: u64,
        mark: &'a str,
    },
    /// An answer as a row.
    Answer(Answer<'a>),
    /// It is registered.
    IsRegistered,
    /// It was not known.
    NotKnown,
    /// It was withdrawn.
    Withdrawn,
    /// No milestone, step or evidence.
    NoAnswer,
    /// How many issued reports were looked at, and how many cite what was corrected.
    IssuedLookedAt {
        looked: u64,
        concerned: u64,
        mark: &'a str,
    },
    /// An issued report and what became of what it cites.
    IssuedCites {
        number: &'a str,
        known_at: u64,
        corrected: &'a [String],
    },
}
