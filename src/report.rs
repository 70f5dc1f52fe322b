//! Reports: pure functions of what was known at a position, a day and parameters to one Document.
//!
//! A report reads the read models folded up to position K, applies the day D, and says what it
//! finds through a language pack. It reads no clock and no file, so the same question gives the
//! same bytes on any machine and in any year. To add a report, write `report/<name>.rs` and its line in
//! [`REPORTS`]; the command line and the service derive names, parameters and help from there.

mod announced;
pub mod as_issued;
pub mod changes;
pub mod conversion;
pub mod document;
pub mod dossier;
mod facts;
pub mod follow_up;
mod notes;
mod opening;
pub mod past;
pub mod portfolio;
pub mod practical_steps;
pub mod question;
mod rates;
pub mod series;
mod tables;
pub mod text;

use self::question::{Report, ReportError, names};

/// Every report.
pub const REPORTS: &[Report] = &[
    practical_steps::REPORT,
    portfolio::REPORT,
    conversion::REPORT,
    dossier::REPORT,
    follow_up::REPORT,
    changes::REPORT,
];

/// The report of that name.
///
/// # Errors
/// If there is none; the error lists those there are.
pub fn report(name: &str) -> Result<&'static Report, ReportError> {
    let wanted = name.trim().to_ascii_lowercase().replace('_', "-");
    let found = REPORTS.iter().find(|report| report.name == wanted);
    found.ok_or_else(|| ReportError::UnknownReport {
        given: name.chars().take(40).collect(),
        known: names(REPORTS.iter().map(|report| report.name)),
    })
}
