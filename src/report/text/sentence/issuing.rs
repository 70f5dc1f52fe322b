//! What is said of reports that were issued, and of the one a report follows.

#![allow(
    missing_docs,
    reason = "a field is explained by the sentence it completes"
)]

use chrono::NaiveDate;

use crate::projection::amended::Became;

/// Issued reports.
#[derive(Debug, Clone, Copy)]
pub enum Issuing<'a> {
    /// Which issue a report follows.
    Follows {
        number: &'a str,
        until: NaiveDate,
        known_at: u64,
    },
    /// Nothing that issue cited was corrected.
    NothingCitedCorrected { number: &'a str },
    /// Nothing earlier was learned since that issue.
    NothingLearned { number: &'a str },
    /// That a Document is shown as it was issued, and what became of what it cites.
    AsIssued {
        number: &'a str,
        issued: NaiveDate,
        corrected: &'a [String],
    },
    /// What the ledger signed once it had recorded the issue: its name, how many entries, their root in base64.
    Signed {
        origin: &'a str,
        size: u64,
        root: &'a str,
    },
    /// A cited fact, and what became of it.
    Amended {
        thing: &'a str,
        kind: &'a str,
        seq: u64,
        became: Became,
        recorded: NaiveDate,
        by: u64,
    },
}
