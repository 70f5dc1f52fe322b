//! What is said of the record itself: footnotes, corrections, and the trail of one agreement.

#![allow(
    missing_docs,
    reason = "a field is explained by the sentence it completes"
)]

use chrono::NaiveDate;

use super::Reached;
use crate::deal::event::figure_stated::Standing;
use crate::deal::value::money::Money;
use crate::deal::value::quantity::Quantity;
use crate::deal::value::source::{EvidenceLevel, SourceType};
use crate::deal::value::when::When;

/// Footnotes and corrections.
#[derive(Debug, Clone, Copy)]
pub enum Remark<'a> {
    /// A whole footnote.
    Note {
        /// The position cited.
        seq: u64,
        /// When it was recorded.
        recorded: NaiveDate,
        /// Sources, each already a phrase.
        sources: &'a [String],
        /// Marks, each already a sentence.
        marks: &'a [String],
    },
    /// A source as a phrase.
    Source {
        /// Publisher.
        publisher: Option<&'a str>,
        /// Title.
        title: &'a str,
        /// Its type.
        kind: SourceType,
        /// Register or act number.
        number: Option<&'a str>,
        /// When it was published.
        published: Option<&'a When>,
        /// Where in it.
        locator: Option<&'a str>,
    },
    /// The fact was corrected.
    Corrected {
        recorded: NaiveDate,
        reason: &'a str,
    },
    /// The version was confirmed by a second person.
    Confirmed {
        recorded: NaiveDate,
        unchecked: bool,
    },
    /// A confirmation lapsed.
    ConfirmationLapsed,
    /// Another claim on the field is preferred.
    NotPreferred,
    /// The claim is the one preferred, and why.
    Preferred { reason: &'a str },
    /// What a claim is about, and when it was made.
    ClaimContext { field: &'a str, on: &'a When },
    /// A correction listed: which fact changed, from what to what, when and why.
    Change {
        /// The agreement or thing.
        about: &'a str,
        /// The kind of fact.
        kind: &'a str,
        /// When the change was recorded.
        recorded: NaiveDate,
        /// What it said before.
        before: &'a str,
        /// What it says now.
        after: &'a str,
        /// Why.
        reason: &'a str,
    },
    /// A withdrawal listed.
    Withdrawn {
        about: &'a str,
        kind: &'a str,
        recorded: NaiveDate,
        before: &'a str,
        reason: &'a str,
    },
    /// Nothing was corrected.
    NoCorrection,
    /// No claim is recorded.
    NoClaim,
    /// An assumption, and about what.
    Assumption { about: &'a str, words: &'a str },
    /// No assumption.
    NoAssumption,
}

/// The trail of one agreement.
#[derive(Debug, Clone, Copy)]
pub enum Trail<'a> {
    /// An entry: both dates, who, what.
    Entry {
        /// The position.
        seq: u64,
        /// When it happened; none for entries that are not dated.
        on: Option<&'a When>,
        /// When it was recorded.
        recorded: NaiveDate,
        /// Who recorded it.
        actor: &'a str,
        /// Whether their identity was not checked.
        unchecked: bool,
        /// What it says.
        words: &'a str,
    },
    /// A plain fact: its kind and what it says.
    Fact { kind: &'a str, words: &'a str },
    /// A version that was replaced.
    Replaced { by: u64 },
    /// A version that replaced another, and why.
    Correction { reason: &'a str },
    /// A fact that was withdrawn.
    Retracted {
        recorded: NaiveDate,
        reason: &'a str,
    },
    /// The entry an entry is about.
    OfEntry { seq: u64 },
    /// A source was added.
    SourceAdded,
    /// A source or confirmation was withdrawn.
    AmendmentWithdrawn { reason: &'a str },
    /// An event that cannot be read.
    Unreadable { kind: &'a str, why: &'a str },
    /// An agreement that is not registered any more.
    Withdrawn { reason: &'a str },
    /// The evidence from lowest to highest.
    EvidenceRange {
        low: EvidenceLevel,
        high: EvidenceLevel,
    },
    /// Possible facts: they may or may not have happened.
    Possible { what: Reached<'a>, on: &'a When },
    /// A milestone said not to be needed.
    NotNeeded { what: Reached<'a>, reason: &'a str },
    /// A figure.
    Figure {
        measure: &'a str,
        quantity: &'a Quantity,
        standing: Standing,
    },
    /// An amount of a kind.
    Value(&'a Money),
    /// A milestone with its day, briefly.
    Milestone { what: Reached<'a>, on: &'a When },
}
