//! Why a report was not given or not issued.

use std::io;

use super::answer::CommandError;
use super::open_error::LedgerError;
use crate::export::format::ExportError;
use crate::report::document::bytes::BytesError;
use crate::report::question::ReportError;

/// Why a report was not given or not issued.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// The ledger could not be asked.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The report could not be computed.
    #[error(transparent)]
    Report(#[from] ReportError),
    /// The format is unknown, or the Document cannot be written in it.
    #[error(transparent)]
    Export(#[from] ExportError),
    /// No such language.
    #[error("there are no sentences in {0:?} yet; choose en")]
    Language(String),
    /// The series has no issue yet.
    #[error(
        "no report of the series {series:?} was issued before position {position}; say since which day, and issue it with --issue"
    )]
    NoIssue {
        /// The series.
        series: String,
        /// K.
        position: u64,
    },
    /// The report does not follow issues.
    #[error("the report {0} has no period that could follow its last issue; leave since out")]
    FollowsNothing(&'static str),
    /// No issue of that number.
    #[error("no report was issued as {0:?}; `dealtrail report --issued` lists those there are")]
    UnknownNumber(String),
    /// An issued Document is neither kept nor can it be computed again.
    #[error(
        "the Document of {0} is not kept here as it was issued, and this release computes another one; \
         put it back from a backup, `dealtrail doctor` names it"
    )]
    DocumentGone(String),
    /// The report rests on events that cannot be read.
    #[error("the report is incomplete and cannot be issued: {0}")]
    Incomplete(String),
    /// The Document has no bytes, or the event no form.
    #[error(transparent)]
    Bytes(#[from] BytesError),
    /// What goes into the event cannot be written.
    #[error("the issue cannot be recorded as it is: {0}")]
    NotStorable(String),
    /// The ledger is in memory.
    #[error("this ledger is in memory and keeps no Documents: a report cannot be issued from it")]
    NoPlace,
    /// The Document could not be kept.
    #[error("the Document could not be kept in {place}, and nothing was issued: {error}")]
    NotKept {
        /// The ledger's directory or its mirror's.
        place: String,
        /// The system's own words.
        error: io::Error,
    },
    /// The issue was not recorded.
    #[error(transparent)]
    Command(#[from] CommandError),
}
