//! Reports: from what is asked to bytes in a format.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::ledger::Ledger;
use super::open_error::LedgerError;
use crate::export;
use crate::export::format::ExportError;
use crate::report;
use crate::report::document::Document;
use crate::report::question::{ParameterKind, Question, ReportError};
use crate::report::text;

/// A report asked for.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// Its name.
    pub name: String,
    /// Its parameters by name.
    pub parameters: BTreeMap<String, String>,
    /// The day up to which things had happened.
    pub as_of: Option<NaiveDate>,
    /// As known at a day, moment or position.
    pub known_at: Option<String>,
    /// The language of its sentences.
    pub language: Option<String>,
}

/// Why a report was not given.
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
}

/// Computes a report.
///
/// # Errors
/// When it cannot be computed or the ledger not asked.
pub fn document(ledger: &Ledger, asked: &Asked) -> Result<Document, PublishError> {
    let report = report::report(&asked.name)?;
    let code = asked.language.as_deref().unwrap_or("en");
    let pack = text::pack(code).ok_or_else(|| PublishError::Language(code.to_owned()))?;
    let known = asked.known_at.as_deref().map(|text| ledger.known_at(text));
    let known = known.transpose()?;
    let position = known.map_or(ledger.head(), |known| known.position);
    let models = ledger.models_at(position)?;
    let today = ledger.today();
    let then = known
        .and_then(|known| known.day)
        .map_or(today, |day| day.min(today));
    let until = report
        .parameters
        .iter()
        .find(|parameter| parameter.kind == ParameterKind::LastDay)
        .and_then(|parameter| asked.parameters.get(parameter.name))
        .and_then(|day| day.parse().ok());
    let root = ledger.root(models.position())?;
    Ok(report.ask(&Question {
        models: &models,
        day: asked.as_of.or(until).unwrap_or(then),
        root: &root.hash.to_string(),
        parameters: &asked.parameters,
        text: pack,
    })?)
}

/// Computes a report and writes it in a format.
///
/// # Errors
/// As [`document`], and when there is no such format.
pub fn publish(ledger: &Ledger, asked: &Asked, format: &str) -> Result<Vec<u8>, PublishError> {
    let format = export::format(format)?;
    Ok((format.render)(&document(ledger, asked)?)?)
}
