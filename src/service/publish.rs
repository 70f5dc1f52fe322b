//! Reports: from what is asked to bytes in a format.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::ledger::Ledger;
use super::publish_error::PublishError;
use crate::deal::event::report_issued::{Manifest, ReportIssued};
use crate::export::{self, html};
use crate::projection::ledger::Issue;
use crate::projection::models::Models;
use crate::proof::certificate::Certificate;
use crate::report;
use crate::report::document::Document;
use crate::report::past::{Earlier, FOLLOWS, LAST_ISSUE, Past};
use crate::report::question::{ParameterKind, Question, Report, ReportError};
use crate::report::series::series;
use crate::report::text;
use crate::report::text::pack::LanguagePack;
use crate::report::text::sentence::issuing::Issuing;
use crate::store::documents::{self, Kept};

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

/// A question with everything resolved: the same one gives the same Document at any time.
struct Exact<'a> {
    report: &'static Report,
    position: u64,
    day: NaiveDate,
    parameters: BTreeMap<String, String>,
    text: &'a dyn LanguagePack,
}

/// A format of reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Offered {
    /// Its name.
    pub name: &'static str,
    /// What it is, in a few words.
    pub about: &'static str,
    /// Its media type (RFC 6838).
    pub media_type: &'static str,
}

/// Every format of reports.
pub fn formats() -> impl Iterator<Item = Offered> {
    export::FORMATS.iter().map(|format| Offered {
        name: format.name,
        about: format.about,
        media_type: format.media_type,
    })
}

/// A question with everything resolved, in words: two with the same words have the same Document.
///
/// # Errors
/// As [`document`], as far as it is no matter of computing.
pub fn exact(ledger: &Ledger, asked: &Asked) -> Result<String, PublishError> {
    let exact = resolve(ledger, asked)?;
    Ok(format!(
        "report {} at {} on {} with {:?} in {}",
        exact.report.name,
        exact.position,
        exact.day,
        exact.parameters,
        exact.text.code()
    ))
}

/// Computes a report.
///
/// # Errors
/// When it cannot be computed or the ledger not asked.
pub fn document(ledger: &Ledger, asked: &Asked) -> Result<Document, PublishError> {
    compute(ledger, resolve(ledger, asked)?)
}

fn resolve(ledger: &Ledger, asked: &Asked) -> Result<Exact<'static>, PublishError> {
    let report = report::report(&asked.name)?;
    let known = asked.known_at.as_deref().map(|text| ledger.known_at(text));
    let known = known.transpose()?;
    let position = known.map_or(ledger.head(), |known| known.position);
    let position = ledger
        .boundary(position)
        .map_err(super::open_error::LedgerError::from)?;
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
    Ok(Exact {
        report,
        position,
        day: asked.as_of.or(until).unwrap_or(then),
        parameters: resolved(ledger, report, position, &asked.parameters)?,
        text: pack(asked.language.as_deref().unwrap_or("en"))?,
    })
}

/// Computes a report and writes it in a format.
///
/// # Errors
/// As [`document`], and when there is no such format.
pub fn publish(ledger: &Ledger, asked: &Asked, format: &str) -> Result<Vec<u8>, PublishError> {
    let format = export::format(format)?;
    Ok((format.render)(&document(ledger, asked)?)?)
}

/// Writes a Document in a format.
///
/// # Errors
/// When there is no such format.
pub fn rendered(document: &Document, format: &str) -> Result<Vec<u8>, PublishError> {
    Ok((export::format(format)?.render)(document)?)
}

/// Writes the Document of an issued report in a format, under the line that tells what became of it, with what was signed
/// at its end. A page carries the whole certificate.
///
/// # Errors
/// When there is no such format.
pub fn rendered_issue(
    document: &Document,
    line: &str,
    certificate: Option<&str>,
    format: &str,
) -> Result<Vec<u8>, PublishError> {
    let format = export::format(format)?;
    if format.name == html::FORMAT.name {
        let issue = html::receipt::Issue { line, certificate };
        return Ok(html::page(document, Some(&issue))?);
    }
    let mut document = document.clone();
    document.warnings.insert(0, line.to_owned());
    if let Some(certificate) = certificate.and_then(|text| Certificate::parse(text.as_bytes()).ok())
    {
        let signed = certificate.receipt().checkpoint().checkpoint();
        document
            .closing
            .push(pack(&document.language)?.issuing(Issuing::Signed {
                origin: signed.origin(),
                size: signed.root().size,
                root: &signed.root().hash.to_base64(),
            }));
    }
    Ok((format.render)(&document)?)
}

/// The Document of an issued report, its bytes proved against the digest in the ledger: as kept, or else
/// computed again.
///
/// # Errors
/// When it is neither kept as issued nor computes to the same bytes.
pub fn as_issued(
    ledger: &Ledger,
    issue: &ReportIssued,
) -> Result<(Document, Vec<u8>), PublishError> {
    let manifest = &issue.manifest;
    let number = issue.number.plain().unwrap_or_default();
    let gone = || PublishError::DocumentGone(number.to_owned());
    let digest = manifest.document_sha256.plain().unwrap_or_default();
    if let Some(Kept::Whole(bytes)) = ledger.dir().map(|dir| documents::read(dir, digest)) {
        let document = serde_json::from_slice(&bytes).map_err(|_| gone())?;
        return Ok((document, bytes));
    }
    let document = again(ledger, manifest).map_err(|error| match error {
        PublishError::Report(_) | PublishError::Language(_) => gone(),
        other => other,
    })?;
    let bytes = document.canonical_bytes()?;
    match documents::digest(&bytes) == digest {
        true => Ok((document, bytes)),
        false => Err(gone()),
    }
}

/// Computes the Document of a manifest again.
fn again(ledger: &Ledger, manifest: &Manifest) -> Result<Document, PublishError> {
    let report = report::report(manifest.report.plain().unwrap_or_default())?;
    compute(
        ledger,
        Exact {
            report,
            position: manifest.known_at,
            day: manifest.as_of,
            parameters: manifest.parameters.clone(),
            text: pack(manifest.language.plain().unwrap_or_default())?,
        },
    )
}

/// Computes the report that a Document says it is: of the same position, day, parameters and language.
///
/// # Errors
/// When there is no such report or language, or it cannot be computed.
pub fn recomputed(ledger: &Ledger, document: &Document) -> Result<Document, PublishError> {
    compute(
        ledger,
        Exact {
            report: report::report(&document.report)?,
            position: document.known_at,
            day: document.as_of,
            parameters: document.parameters.clone(),
            text: pack(&document.language)?,
        },
    )
}

/// The language pack of a code.
///
/// # Errors
/// When there is none.
pub fn pack(code: &str) -> Result<&'static dyn LanguagePack, PublishError> {
    text::pack(code).ok_or_else(|| PublishError::Language(code.to_owned()))
}

/// The parameters with moments as positions, and "since the last issue" as the issue it means.
fn resolved(
    ledger: &Ledger,
    report: &Report,
    position: u64,
    given: &BTreeMap<String, String>,
) -> Result<BTreeMap<String, String>, PublishError> {
    let mut parameters = given.clone();
    for parameter in report.parameters {
        if parameter.kind == ParameterKind::Moment
            && let Some(value) = parameters.get_mut(parameter.name)
        {
            *value = ledger.known_at(value)?.position.to_string();
        }
    }
    if parameters
        .get("since")
        .is_some_and(|since| since == LAST_ISSUE)
    {
        if !report.parameters.iter().any(|known| known.name == FOLLOWS) {
            return Err(PublishError::FollowsNothing(report.name));
        }
        parameters.remove("since");
        let series = series(report, &parameters);
        let models = ledger
            .models_at_head()
            .map_err(super::open_error::LedgerError::from)?;
        let last = models
            .ledger
            .issues(Some(&series))
            .filter(|issue| issue.seq < position)
            .last();
        let number = last.and_then(|issue| issue.report.number.plain());
        match number {
            Some(number) => parameters.insert(FOLLOWS.to_owned(), number.to_owned()),
            None => return Err(PublishError::NoIssue { series, position }),
        };
    }
    Ok(parameters)
}

fn compute(ledger: &Ledger, exact: Exact<'_>) -> Result<Document, PublishError> {
    let Exact {
        report,
        position,
        day,
        parameters,
        text,
    } = exact;
    let models = ledger.models_at(position)?;
    let follows = match parameters.get(FOLLOWS) {
        Some(number) => Some(followed(ledger, report, &models, number, &parameters)?),
        None => None,
    };
    let moment = report
        .parameters
        .iter()
        .find(|parameter| parameter.kind == ParameterKind::Moment)
        .and_then(|parameter| parameters.get(parameter.name))
        .and_then(|position| position.parse().ok());
    let before = moment
        .map(|position| ledger.models_at(position))
        .transpose()?;
    // Only what looks back at an earlier moment tells of the reports issued by then.
    let issued = match before {
        Some(_) => issued_before(ledger, &models)?,
        None => Vec::new(),
    };
    let root = ledger.root(models.position())?;
    Ok(report.ask(&Question {
        models: &models,
        day,
        root: &root.hash.to_string(),
        parameters: &parameters,
        past: Past {
            follows: follows.as_ref(),
            before: before.as_deref(),
            issued: &issued,
        },
        text,
    })?)
}

/// The issue a report follows: of its own series, and known at its K.
fn followed(
    ledger: &Ledger,
    report: &Report,
    models: &Models,
    number: &str,
    parameters: &BTreeMap<String, String>,
) -> Result<Earlier, PublishError> {
    let series = series(report, parameters);
    let issue = models
        .ledger
        .issues(Some(&series))
        .find(|issue| issue.report.number.plain() == Some(number));
    let issue = issue.ok_or_else(|| ReportError::UnknownIssue {
        given: number.chars().take(40).collect(),
    })?;
    earlier(ledger, issue)
}

fn issued_before(ledger: &Ledger, models: &Models) -> Result<Vec<Earlier>, PublishError> {
    let issues = models.ledger.issues(None);
    issues.map(|issue| earlier(ledger, issue)).collect()
}

fn earlier(ledger: &Ledger, issue: &Issue) -> Result<Earlier, PublishError> {
    let (document, _) = as_issued(ledger, &issue.report)?;
    let until = document.parameters.get("until");
    Ok(Earlier {
        number: issue.report.number.plain().unwrap_or_default().to_owned(),
        seq: issue.seq,
        until: until
            .and_then(|until| until.parse().ok())
            .unwrap_or(document.as_of),
        known_at: document.known_at,
        cited: document.cited,
    })
}
