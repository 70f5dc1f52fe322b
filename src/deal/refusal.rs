//! Refusals: why a command is not carried out, and what to do instead.
//!
//! Every refusal has a stable code, the field it concerns, a sentence and a hint. The class says how
//! an interface answers it; the one table is [`Reason::class`].

use std::fmt;

use super::value::ids::{EventId, Ref, StreamId};

/// How an interface answers a refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RefusalClass {
    /// A rule of the domain forbids it (HTTP 422).
    Rule,
    /// Another event or thing stands in its way (HTTP 409).
    Conflict,
    /// The state it was meant for has gone (HTTP 412).
    Stale,
    /// It names something that does not exist (HTTP 404).
    Unknown,
    /// It holds more than one batch may (HTTP 413).
    TooLarge,
}

macro_rules! reasons {
    ($( $(#[doc = $doc:literal])* $Variant:ident = $code:literal, $class:ident; )+) => {
        /// Why a command is refused.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Reason { $( $(#[doc = $doc])* $Variant, )+ }

        impl Reason {
            /// Every reason, in the order of the table.
            pub const ALL: &'static [Self] = &[ $( Self::$Variant, )+ ];

            /// Its stable code.
            #[must_use]
            pub fn code(self) -> &'static str {
                match self { $( Self::$Variant => $code, )+ }
            }

            /// What it means, in one sentence.
            #[must_use]
            pub fn meaning(self) -> &'static str {
                match self { $( Self::$Variant => concat!($($doc),*).trim_ascii(), )+ }
            }

            /// How an interface answers it.
            #[must_use]
            pub fn class(self) -> RefusalClass {
                match self { $( Self::$Variant => RefusalClass::$class, )+ }
            }
        }
    };
}

reasons! {
    /// The fact lies after today.
    InTheFuture = "in_the_future", Rule;
    /// The day of the fact is missing and cannot be assumed.
    DayMissing = "day_missing", Rule;
    /// A day was given for a kind that takes the day of recording.
    DayNotTaken = "day_not_taken", Rule;
    /// The kind is not known to this program.
    UnknownKind = "unknown_kind", Rule;
    /// The kind does not stand in such a stream.
    WrongStream = "wrong_stream", Rule;
    /// The stream is registered already.
    AlreadyRegistered = "already_registered", Conflict;
    /// Nothing is registered under this stream.
    NotRegistered = "not_registered", Unknown;
    /// The registration was retracted.
    Withdrawn = "withdrawn", Rule;
    /// The reference is in use.
    RefInUse = "ref_in_use", Conflict;
    /// Another agreement holds the parcel.
    ParcelHeld = "parcel_held", Conflict;
    /// Another agreement holds the company's register entry.
    CompanyHeld = "company_held", Conflict;
    /// What is named beside the fact does not exist.
    UnknownTarget = "unknown_target", Unknown;
    /// What is named beside the fact is of the wrong sort.
    WrongTarget = "wrong_target", Rule;
    /// What is named beside the fact was withdrawn.
    TargetWithdrawn = "target_withdrawn", Rule;
    /// A chain of parents, duplicates or successors would run in a circle.
    Circle = "circle", Rule;
    /// The milestone is not in the agreement's track.
    NotInTrack = "not_in_track", Rule;
    /// The class of the agreement has no track.
    NoTrack = "no_track", Rule;
    /// One of the core four milestones was recorded as an ordinary one.
    CoreMilestone = "core_milestone", Rule;
    /// The nature of works is missing.
    NatureMissing = "nature_missing", Rule;
    /// A nature of works was given for another milestone.
    NatureNotTaken = "nature_not_taken", Rule;
    /// The milestone lies after the agreement was closed.
    AfterClosing = "after_closing", Rule;
    /// The milestone fact was reversed before.
    AlreadyReversed = "already_reversed", Rule;
    /// Resumed without a suspension.
    NotSuspended = "not_suspended", Rule;
    /// Suspended twice.
    AlreadySuspended = "already_suspended", Rule;
    /// Closed twice.
    AlreadyClosed = "already_closed", Rule;
    /// Reopened without having been closed.
    NotClosed = "not_closed", Rule;
    /// There is no such open promise.
    NoOpenPromise = "no_open_promise", Rule;
    /// There is no such open obstacle.
    NoOpenObstacle = "no_open_obstacle", Rule;
    /// The money is of the wrong kind for its place.
    WrongMoneyKind = "wrong_money_kind", Rule;
    /// An expectation that expects nothing.
    NothingExpected = "nothing_expected", Rule;
    /// The review tier is not in the policy.
    NoSuchTier = "no_such_tier", Rule;
    /// There is no such fact.
    UnknownFact = "unknown_fact", Unknown;
    /// The fact belongs to another stream.
    OtherStream = "other_stream", Rule;
    /// The fact is of another kind than needed.
    WrongFact = "wrong_fact", Rule;
    /// The fact was retracted; that is final.
    FactRetracted = "fact_retracted", Rule;
    /// The kind cannot be corrected.
    NotCorrectable = "not_correctable", Rule;
    /// The kind cannot be retracted.
    NotRetractable = "not_retractable", Rule;
    /// The kind cannot be moved.
    NotMovable = "not_movable", Rule;
    /// A fact continues another only when it is moved.
    ContinuesNotTaken = "continues_not_taken", Rule;
    /// No source was given.
    SourceMissing = "source_missing", Rule;
    /// The version was recorded by whoever confirms it.
    OwnRecord = "own_record", Rule;
    /// The version confirmed is no longer in force.
    VersionSuperseded = "version_superseded", Stale;
    /// The stream has moved on since it was read.
    StaleVersion = "stale_version", Stale;
    /// The ledger is not opened yet, or is opened a second time.
    LedgerOpening = "ledger_opening", Rule;
    /// The track contradicts itself.
    BadTrack = "bad_track", Rule;
    /// The policy contradicts itself.
    BadPolicy = "bad_policy", Rule;
    /// More events than one batch may hold.
    TooManyEvents = "too_many_events", TooLarge;
}

/// The event or thing a refusal points at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Other {
    /// The stream it stands in.
    pub stream: Option<StreamId>,
    /// The reference people know it by.
    pub reference: Option<Ref>,
    /// The event.
    pub event: Option<EventId>,
}

/// A command that is not carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Why, as a stable code and class.
    pub reason: Reason,
    /// The field concerned, in the words of the data, if it is one field.
    pub field: Option<&'static str>,
    /// What is wrong.
    pub sentence: String,
    /// What to do next.
    pub hint: String,
    /// What stands in the way, if that is another event or thing.
    pub other: Option<Box<Other>>,
    /// The version the stream has, for stale commands.
    pub version: Option<u64>,
    /// Which intent of the command, from 0.
    pub intent: Option<usize>,
}

impl Refusal {
    /// A refusal with its sentence and hint.
    #[must_use]
    pub fn new(reason: Reason, sentence: impl Into<String>, hint: impl Into<String>) -> Self {
        Self {
            reason,
            field: None,
            sentence: sentence.into(),
            hint: hint.into(),
            other: None,
            version: None,
            intent: None,
        }
    }

    /// Names the field concerned.
    #[must_use]
    pub fn field(mut self, field: &'static str) -> Self {
        self.field = Some(field);
        self
    }

    /// Names what stands in the way.
    #[must_use]
    pub fn other(mut self, other: Other) -> Self {
        self.other = Some(Box::new(other));
        self
    }

    /// Its stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.reason.code()
    }

    /// How an interface answers it.
    #[must_use]
    pub fn class(&self) -> RefusalClass {
        self.reason.class()
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence)
    }
}

impl std::error::Error for Refusal {}
