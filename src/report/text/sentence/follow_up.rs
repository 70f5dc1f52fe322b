//! What is to be followed up: who has to see to what, how late it is, and what to do.

#![allow(
    missing_docs,
    reason = "a field is explained by the sentence it completes"
)]

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::Reached;
use crate::deal::event::agreement_registered::Class;
use crate::deal::value::money::{Currency, MoneyKind};
use crate::projection::attention::Topic;

/// What to do about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    RecordOutcome,
    AskParties,
    AskAgain,
    ClosePromise,
    AwaitPromise,
    PressBody,
    NameBody,
    StateNext,
    AddEvidence,
    RecordMissing,
    RecordSigning,
    CheckDays,
    MergeRepetition,
    CheckCounts,
    CheckAmounts,
    AddSource,
}

/// A column of the tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    Matter,
    Agreements,
    Others,
    Entries,
    Late,
    Longest,
    Officer,
    Tier,
    LookedAt,
    WithMatter,
}

/// A heading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    Summary,
    ByOfficer,
    Agreements,
    Others,
}

/// Follow-up.
#[derive(Debug, Clone, Copy)]
pub enum FollowUp<'a> {
    /// The title.
    Title { as_of: NaiveDate },
    /// One officer's agreements alone.
    OneOfficer { officer: &'a str },
    /// How many agreements are looked at, and which are not.
    LookedAt {
        open: u64,
        suspended: u64,
        ended: u64,
        replaced: u64,
    },
    /// How many other things are looked at.
    OthersLookedAt {
        packages: u64,
        occasions: u64,
        organizations: u64,
    },
    /// In which order they stand, and why.
    Order,
    /// In which order one officer's stand.
    OrderOfOne,
    /// The heading of a part.
    Section(Section),
    /// The heading of a column.
    Column(Column),
    /// How many more cases there are than the list names; whether one officer's are listed.
    More { count: u64, of_one: bool },
    /// A matter as a row of the summary.
    Topic(Topic),
    /// What a matter means; the level is that below which evidence is weak.
    Define { topic: Topic, level: u8 },
    /// The heading of a group.
    Group {
        officer: Option<&'a str>,
        tier: &'a str,
        every_days: Option<u32>,
        flagged: u64,
        of: u64,
    },
    /// An officer in a table.
    Officer(Option<&'a str>),
    /// When something was heard last.
    LastNews { day: NaiveDate, days: i64 },
    /// Nothing was ever heard.
    NeverHeard,
    /// Silence, said after when something was heard last.
    Silent { interval: u32 },
    /// How late something is.
    DaysLate { days: i64 },
    /// How late a review is, said after its day.
    ReviewLate { days: i64 },
    /// How late an expectation is.
    HorizonPast { days: i64 },
    /// How long is left.
    DaysLeft { days: i64 },
    /// No day was named.
    NoDueDay,
    /// How long an obstacle has stood.
    Standing { days: i64 },
    /// Nobody is named as responsible.
    NoBody,
    /// Nothing is expected or promised.
    NoNextStep,
    /// Steps on weak evidence, each a phrase.
    WeakEvidence {
        steps: &'a [String],
        count: u64,
        level: u8,
    },
    /// A step with its evidence.
    Weak {
        what: Reached<'a>,
        evidence: &'a str,
    },
    /// A milestone lacks another.
    NeedUnmet {
        what: Reached<'a>,
        needs: Reached<'a>,
        later: bool,
    },
    /// A milestone before the signing.
    BeforeSigning {
        what: Reached<'a>,
        on: &'a str,
        signed: Option<&'a str>,
    },
    /// A milestone recorded twice.
    AlreadyReached { what: Reached<'a>, first: u64 },
    /// Counts that contradict each other.
    CountsContradict { all: u64, by_class: u64 },
    /// More registered than declared.
    MoreThanDeclared {
        class: Option<Class>,
        registered: u64,
        declared: u64,
    },
    /// Parts above the whole.
    PartsAboveWhole {
        kind: MoneyKind,
        currency: Currency,
        sum: &'a Decimal,
        whole: &'a Decimal,
        own: bool,
    },
    /// Entries without a source, each a phrase.
    NoSource { entries: &'a [String], count: u64 },
    /// An entry by its kind and position.
    Entry { kind: &'a str, seq: u64 },
    /// What to do.
    ToDo { actions: &'a [String] },
    /// One thing to do.
    Action(Action),
    /// Nothing needs attention.
    Nothing,
    /// Nothing of the agreements does.
    NoAgreement,
    /// Nothing of the other things does.
    NoOther,
}
