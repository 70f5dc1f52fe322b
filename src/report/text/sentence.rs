//! Every sentence a report can say, as typed values.

#![allow(
    missing_docs,
    reason = "a field is explained by the sentence it completes"
)]

pub mod changes;
pub mod follow_up;
pub mod issuing;
pub mod portfolio;
pub mod record;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::deal::event::agreement_registered::{Class, Instrument, Nature};
use crate::deal::event::contacted::ContactOutcome;
use crate::deal::event::figure_stated::Standing;
use crate::deal::event::financial_model_agreed::ModelStrength;
use crate::deal::event::land_allocated::Tenure;
use crate::deal::event::linked::Relation;
use crate::deal::event::milestone_reached::WorksNature;
use crate::deal::event::obstacle_raised::ObstacleReason;
use crate::deal::event::package_registered::{DeclaredCounts, DeclaredValue, ValueScope};
use crate::deal::event::promise_closed::Outcome;
use crate::deal::policy::Criterion;
use crate::deal::value::money::{Currency, Money, MoneyKind};
use crate::deal::value::quantity::{Qualifier, Quantity};
use crate::deal::value::source::{EvidenceLevel, SourceType};
use crate::deal::value::text::Names;
use crate::deal::value::when::When;

/// How much of a milestone was reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Strength {
    /// The milestone knows no degrees.
    Plain,
    /// A financial model's.
    Model(ModelStrength),
    /// The nature of works.
    Works(WorksNature),
}

/// The heading of a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heading {
    /// Packages, their declared documents and value.
    Headline,
    /// What is not of one package.
    Overall,
    /// Conversion, a line each definition.
    Conversion,
    /// What the agency and others say.
    Claims,
    /// Steps in the window.
    Steps,
    /// Steps of documents between institutions.
    InstitutionalSteps,
    /// Steps by sector.
    BySector,
    /// Raised strengths.
    Strengthened,
    /// Steps before the window, learned since.
    LearnedSince,
    /// Expectations.
    Expected,
    /// Obstacles.
    Obstacles,
    /// Agreements without a step.
    NoStep,
    /// What is inferred rather than read.
    Assumptions,
    /// Corrections.
    Corrections,
    /// What an agreement is.
    Description,
    /// Where it stands.
    Status,
    /// Its whole trail.
    Trail,
    /// Milestones reached.
    Milestones,
    /// What lies ahead.
    Outlook,
    /// Promises.
    Promises,
    /// Money and figures.
    Money,
}

/// The label of a figure or of a table's column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Label {
    /// Where the package was signed or announced.
    Occasion,
    /// Documents declared.
    Documents,
    /// Agreements registered.
    Registered,
    /// Value declared.
    DeclaredValue,
    /// Value apportioned.
    Apportioned,
    /// Value not apportioned.
    Residual,
    /// Agreements outside packages.
    Outside,
    /// Agreements signed in the window.
    Signed,
    /// Steps in the window.
    Steps,
    /// A sector.
    Sector,
    /// The denominator of conversion.
    Denominator,
    /// Conversion by value.
    ByValue,
    /// An agreement's class.
    Class,
    /// Its instrument.
    Instrument,
    /// Its package.
    Package,
    /// Its parties.
    Parties,
    /// Its nature.
    Nature,
    /// Its sectors.
    Sectors,
    /// What it is linked to.
    Links,
    /// Its furthest milestone.
    Stage,
    /// Its latest step.
    LatestStep,
    /// The evidence behind its milestones.
    Evidence,
    /// Its health.
    Health,
    /// The officer responsible.
    Officer,
}

/// A word for a code of the domain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Word {
    /// A class of agreements.
    Class(Class),
    /// An instrument.
    Instrument(Instrument),
    /// The nature of an investment.
    Nature(Nature),
    /// The outcome of a contact.
    Contact(ContactOutcome),
    /// The outcome of a promise.
    Outcome(Outcome),
    /// Why something is blocked.
    Obstacle(ObstacleReason),
    /// How one thing relates to another.
    Relation(Relation),
    /// How land is held.
    Tenure(Tenure),
    /// Whether a figure is promised or realised.
    Standing(Standing),
    /// A kind of money.
    Money(MoneyKind),
    /// A type of source.
    Source(SourceType),
    /// A health of an agreement, by its code.
    Health(&'static str),
    /// A text that is encrypted.
    Sealed,
    /// A value that is not known.
    NotKnown,
    /// A speaker whom the source does not name.
    UnnamedSpeaker,
    /// Where there is nothing to show.
    None,
}

/// Title, scope, warnings and foot.
#[derive(Debug, Clone, Copy)]
pub enum Frame<'a> {
    /// The title of the report on practical steps.
    StepsTitle {
        since: Option<NaiveDate>,
        until: NaiveDate,
    },
    /// The title of a dossier.
    DossierTitle { reference: &'a str, title: &'a str },
    /// Both times.
    Times {
        as_of: NaiveDate,
        position: u64,
        recorded: Option<NaiveDate>,
    },
    /// The window of steps.
    Window {
        since: Option<NaiveDate>,
        until: NaiveDate,
    },
    /// One package alone.
    OnePackage { reference: &'a str, title: &'a str },
    /// The clock can be set by hand.
    Demonstration,
    /// Some events could not be read.
    Incomplete { count: u64 },
    /// Recorded under claimed names.
    IdentityNotChecked,
    /// Nothing was registered.
    EmptyLedger,
    /// Which ledger, up to where, with which root.
    Root {
        origin: &'a str,
        as_of: NaiveDate,
        position: u64,
        root: &'a str,
    },
    /// What no ledger proves.
    NoProof,
}

/// What a figure means.
#[derive(Debug, Clone, Copy)]
pub enum Definition<'a> {
    /// Documents of a package.
    Documents,
    /// Registered agreements of a package.
    Registered,
    /// The declared value.
    DeclaredValue,
    /// Value apportioned.
    Apportioned,
    /// The residual.
    Residual,
    /// Agreements outside packages.
    Outside,
    /// A step.
    Step,
    /// One definition of conversion.
    Conversion {
        name: &'a str,
        criterion: &'a Criterion,
        milestone: &'a str,
    },
    /// The denominator of conversion.
    Denominator,
    /// Conversion by value.
    ByValue,
    /// Agreements signed in the window.
    Signed,
}

/// The headline.
#[derive(Debug, Clone, Copy)]
pub enum Headline<'a> {
    /// A package's heading.
    Package { reference: &'a str, title: &'a str },
    /// An occasion and its day.
    Occasion {
        name: &'a str,
        on: &'a When,
        place: Option<&'a str>,
    },
    /// Documents declared.
    Documents(&'a DeclaredCounts),
    /// A figure that sources state differently, and the statement relied on.
    Disputed { relied_on: Option<&'a str> },
    /// Registered agreements and the rest.
    Registered { practical: u64, institutional: u64 },
    /// How many of the declared are not registered.
    NotRegistered {
        all: Option<u64>,
        practical: Option<u64>,
        institutional: Option<u64>,
    },
    /// The declared value.
    Value(Option<&'a DeclaredValue>),
    /// What a declared value covers.
    Scope(ValueScope),
    /// An amount of no agreement at all.
    Nothing(Option<Currency>),
    /// A sum.
    Sum {
        currency: Currency,
        amount: &'a Decimal,
        qualifier: Qualifier,
    },
    /// A sum that cannot be computed exactly.
    TooLarge,
    /// Agreements outside packages.
    Outside { practical: u64, institutional: u64 },
    /// How many steps on how many agreements.
    Steps { steps: u64, agreements: u64 },
    /// How many steps of documents between institutions.
    InstitutionalSteps { steps: u64, documents: u64 },
    /// No package is registered.
    NoPackage,
}

/// Why a rate cannot be computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// A package does not say how many of its documents are practical.
    Counts,
    /// There is no practical agreement.
    Agreements,
    /// No value is apportioned to an agreement.
    Apportioned,
}

/// Conversion.
#[derive(Debug, Clone, Copy)]
pub enum Rate<'a> {
    /// "2 of 9".
    Of { numerator: u64, denominator: u64 },
    /// "cannot be computed", and why.
    CannotBeComputed(Missing),
    /// The parts of a rate by instrument, and how many agreements are not registered.
    ByInstrument {
        parts: &'a [(Instrument, u64, u64)],
        unregistered: u64,
    },
    /// A rate by value.
    Value {
        currency: Currency,
        converted: &'a Decimal,
        of: &'a Decimal,
        covers_others: bool,
    },
}

/// The milestone a sentence is about.
#[derive(Debug, Clone, Copy)]
pub struct Reached<'a> {
    /// Its code.
    pub code: &'a str,
    /// Its names in the track in force.
    pub names: Option<&'a Names>,
    /// How much of it was reached.
    pub strength: Strength,
}

/// Steps.
#[derive(Debug, Clone, Copy)]
pub enum StepWords<'a> {
    /// A milestone with its day, details and evidence.
    Reached {
        /// The milestone.
        what: Reached<'a>,
        /// When, as recorded.
        on: &'a When,
        /// Details, each a phrase.
        details: &'a [String],
        /// How well it is evidenced.
        evidence: EvidenceLevel,
    },
    /// A strength was raised.
    Strengthened {
        from: Reached<'a>,
        to: Reached<'a>,
        on: &'a When,
        evidence: EvidenceLevel,
    },
    /// On which day an earlier step was recorded.
    Learned {
        sentence: &'a str,
        recorded: NaiveDate,
    },
    /// The nature of works is not stated.
    NatureNotStated,
    /// A land area.
    Area(&'a Quantity),
    /// An area the source does not give.
    AreaNotStated,
    /// A parcel.
    Parcel(&'a str),
    /// A zone.
    Zone(&'a str),
    /// Where it was signed.
    Place(&'a str),
    /// The occasion it was signed at.
    Occasion { name: &'a str },
    /// Who signed.
    SignedBy(&'a str),
    /// Who allocated.
    AllocatedBy(&'a str),
    /// How land is held.
    Tenure(Tenure),
    /// An investment sum of a model.
    Investment(&'a Money),
    /// Charter capital.
    CharterCapital(&'a Money),
    /// A company's register entry.
    Register { scheme: &'a str, id: &'a str },
    /// An amount belonging to a milestone.
    Amount(&'a Money),
    /// A further fact of the same milestone.
    Further { details: &'a str, on: &'a When },
    /// A strength raised after the first fact.
    Since { what: Reached<'a>, on: &'a When },
    /// A milestone that is reversed.
    Reversed {
        what: Reached<'a>,
        on: &'a When,
        words: &'a str,
    },
    /// No step in the window.
    NoneInWindow,
    /// No milestone at all.
    NoneAtAll,
    /// Nothing learned late.
    NoneLearned,
    /// No strength raised.
    NoneStrengthened,
}

/// What a list that names no more than so many goes on with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Listed {
    /// Packages.
    Packages,
    /// Things of which something is said.
    Things,
    /// Agreements with steps of the period.
    WithSteps,
    /// Agreements without any.
    Agreements,
    /// Steps.
    Steps,
    /// Expectations.
    Expectations,
    /// Obstacles.
    Obstacles,
    /// Corrections and withdrawals.
    Corrections,
}

/// What is to come, what blocks, what has not begun.
#[derive(Debug, Clone, Copy)]
pub enum Outlook<'a> {
    /// A milestone is expected.
    Milestone {
        what: Reached<'a>,
        horizon: &'a When,
        words: Option<&'a str>,
    },
    /// An intention in words.
    Intention { words: &'a str, horizon: &'a When },
    /// Something is expected, and the entry does not say what.
    Unnamed { horizon: &'a When },
    /// The horizon is past.
    Slipping,
    /// The day of review is past.
    ReviewOverdue { day: NaiveDate },
    /// The day of review is to come.
    ReviewOn { day: NaiveDate },
    /// How many more there are than the list names.
    More { what: Listed, count: u64 },
    /// Nothing is expected.
    NothingExpected,
    /// Neither expectation nor obstacle.
    NothingAhead,
    /// An obstacle.
    Obstacle {
        reason: ObstacleReason,
        since: &'a When,
        words: Option<&'a str>,
    },
    /// The body responsible.
    Body(&'a str),
    /// When it is due.
    Due { day: NaiveDate, overdue: bool },
    /// The due day has passed.
    Overdue,
    /// No obstacle.
    NoObstacle,
    /// How many have no step yet.
    NoStep { all: u64, named: u64 },
    /// How many cannot be told.
    NoStepUnknown { named: u64 },
    /// Those the source does not name.
    NotNamed { count: u64, package: &'a str },
    /// There is no practical agreement.
    NoPracticalAgreement,
    /// All have a step.
    EveryOneHasAStep,
    /// A promise.
    Promise {
        owner: &'a str,
        what: &'a str,
        to: Option<&'a str>,
        due: Option<&'a When>,
    },
    /// A promise that was closed.
    PromiseClosed { outcome: Outcome },
}
