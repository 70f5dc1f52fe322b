//! A Document shown again as it was issued.

use super::document::Document;
use super::facts::Wording;
use super::facts::amended::words;
use super::text::pack::LanguagePack;
use super::text::sentence::issuing::Issuing;
use crate::projection::amended::amended_since;
use crate::projection::ledger::Issue;
use crate::projection::models::Models;
use crate::projection::status::Status;

/// What became of the facts a Document cites, a phrase each, as known to these read models.
#[must_use]
pub fn corrected_since(
    models: &Models,
    document: &Document,
    text: &dyn LanguagePack,
) -> Vec<String> {
    let wording = Wording { models, text };
    let amended = amended_since(&models.status, &document.cited, document.known_at);
    amended.iter().map(|one| words(wording, one)).collect()
}

/// The line under which an issued Document is shown: which issue it is, and how many of the facts it
/// cites were corrected since.
#[must_use]
pub fn line(
    models: &Models,
    issue: &Issue,
    document: &Document,
    text: &dyn LanguagePack,
) -> String {
    let issued = issued_on(&models.status, issue);
    text.issuing(Issuing::AsIssued {
        number: issue.report.number.plain().unwrap_or_default(),
        issued: issued.unwrap_or(document.as_of),
        corrected: &corrected_since(models, document, text),
    })
}

/// The civil day on which a report was issued.
#[must_use]
pub fn issued_on(status: &Status, issue: &Issue) -> Option<chrono::NaiveDate> {
    let found = status.fact_at(issue.seq)?;
    Some(found.fact.root().recording.day)
}
