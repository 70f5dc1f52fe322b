//! A report held against the ledger: computed again from the stored bytes, and compared word for word.
//!
//! Everything stored is walked and hashed first, and the read models are folded from the first frame: no snapshot, no
//! index and no kept Document is believed.

use std::path::Path;

use serde_json::Value;

use super::{Against, ShownCheckpoint, Verified, VerifyError, verify};
use crate::export::html::carried::carried;
use crate::export::html::page;
use crate::export::html::receipt::Issue as OnPage;
use crate::proof::certificate::Certificate;
use crate::proof::policy::{Policy, PolicyError};
use crate::report::as_issued;
use crate::report::document::Document;
use crate::service::certificate::{self, Certified};
use crate::service::checkpoint::key_file::KeyFile;
use crate::service::ledger::{Ledger, Options};
use crate::service::open_error::LedgerError;
use crate::service::publish;
use crate::service::publish_error::PublishError;
use crate::store::documents;

/// A report as somebody holds it.
#[derive(Debug, Clone, Copy)]
pub struct Shown<'a> {
    /// Its file: the Document as JSON, or a page that carries it.
    pub report: &'a [u8],
    /// Its certificate, where the report does not carry one.
    pub certificate: Option<&'a [u8]>,
    /// Whom to believe; without it the key in the ledger's own directory is taken.
    pub trust: Option<&'a [u8]>,
}

/// What came of it.
#[derive(Debug)]
pub struct Compared {
    /// What the file says it is.
    pub document: Document,
    /// The ledger, walked and held against its checkpoints and that of the certificate.
    pub ledger: Verified,
    /// The first difference between the file and what the ledger computes.
    pub difference: Option<Difference>,
    /// What is wrong with the page around the Document, where the file is a page.
    pub page: Option<String>,
    /// What the certificate proves, or why it proves nothing; `None` without one.
    pub certificate: Option<Result<Certified, String>>,
    /// Which issue it is, and what became of the facts it cites; `None` when the ledger issued no such Document.
    pub issued: Option<String>,
}

impl Compared {
    /// Whether the report is what the ledger computes, and everything around it fits.
    #[must_use]
    pub fn is_same(&self) -> bool {
        let certified = self.certificate.as_ref().is_none_or(Result::is_ok);
        self.difference.is_none() && self.page.is_none() && certified && self.ledger.fits()
    }
}

/// The first place at which two Documents differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Where, from the outside in.
    pub place: String,
    /// What the file says there, as JSON; `None` when it has no such place.
    pub file: Option<String>,
    /// What the ledger computes; `None` when it computes no such place.
    pub ledger: Option<String>,
}

/// Why nothing could be compared.
#[derive(Debug, thiserror::Error)]
pub enum ReportCheckError {
    /// The file carries no Document.
    #[error(
        "this is no report that can be computed again: only the formats json and html carry the whole Document"
    )]
    NoDocument,
    /// The Document cannot be read.
    #[error("the Document in this file is not one of this release: {0}")]
    NotRead(serde_json::Error),
    /// The trust policy cannot be read.
    #[error(transparent)]
    Policy(#[from] PolicyError),
    /// A certificate was shown, and there is no key to check it with.
    #[error("there is no key to check the certificate with: say with --trust whom to believe")]
    NoKey,
    /// It is a report of another ledger.
    #[error("the report is of {report}, and this ledger is {ledger}")]
    OtherLedger {
        /// The ledger the report names.
        report: String,
        /// This ledger.
        ledger: String,
    },
    /// It knows more than the ledger has.
    #[error("the report knew {known_at} entries, and the ledger has {position}")]
    Beyond {
        /// K.
        known_at: u64,
        /// How many entries there are.
        position: u64,
    },
    /// The ledger is damaged, or something cannot be read.
    #[error(transparent)]
    Ledger(#[from] VerifyError),
    /// The ledger cannot be opened.
    #[error(transparent)]
    Open(#[from] LedgerError),
    /// What stands before the damage is not the whole ledger.
    #[error("{0}")]
    Damaged(String),
    /// The report cannot be computed.
    #[error(transparent)]
    Publish(#[from] PublishError),
}

impl ReportCheckError {
    /// Whether asking otherwise helps, as against damage.
    #[must_use]
    pub fn is_refusal(&self) -> bool {
        match self {
            Self::NoDocument
            | Self::NotRead(_)
            | Self::Policy(_)
            | Self::NoKey
            | Self::OtherLedger { .. }
            | Self::Beyond { .. } => true,
            Self::Ledger(error) => error.is_refusal(),
            Self::Open(error) => error.is_refusal(),
            Self::Damaged(_) => false,
            Self::Publish(error) => matches!(
                error,
                PublishError::Report(_) | PublishError::Language(_) | PublishError::Bytes(_)
            ),
        }
    }
}

/// A report taken out of its file.
struct Held {
    document: Document,
    bytes: Vec<u8>,
    certificate: Option<Vec<u8>>,
    page: Option<String>,
}

/// Computes a report again and compares. `told` hears entries walked, of all.
///
/// # Errors
/// When the file is no report, or the ledger is damaged. A report that differs is an answer.
pub fn compare(
    dir: &Path,
    options: &Options,
    shown: Shown<'_>,
    told: &mut dyn FnMut(u64, u64),
) -> Result<Compared, ReportCheckError> {
    let held = held(shown)?;
    let policy = policy(dir, options, shown.trust)?;
    let certified = match (&held.certificate, &policy) {
        (None, _) => None,
        (Some(_), None) => return Err(ReportCheckError::NoKey),
        (Some(text), Some(policy)) => Some((text, policy)),
    };
    let checkpoint = held.certificate.as_ref().and_then(|text| {
        let certificate = Certificate::parse(text).ok()?;
        Some(certificate.receipt().checkpoint().to_string())
    });
    let against = Against {
        checkpoint: checkpoint.as_ref().map(|text| ShownCheckpoint {
            name: "the certificate's",
            bytes: text.as_bytes(),
        }),
        trust: shown.trust,
        ..Against::default()
    };
    let walked = verify(dir, &options.disk, against, told)?;
    if walked.origin != held.document.ledger.origin {
        return Err(ReportCheckError::OtherLedger {
            report: held.document.ledger.origin.chars().take(80).collect(),
            ledger: walked.origin,
        });
    }
    let certified = certified.map(|(text, policy)| {
        // A policy may name a key that was in force before or after.
        let size = Certificate::parse(text).map(|certificate| {
            let checkpoint = certificate.receipt().checkpoint().checkpoint();
            checkpoint.root().size
        });
        let policy = size.map_or_else(|_| policy.clone(), |size| walked.keys.fit(policy, size));
        let checked = certificate::check(text, &held.bytes, &policy);
        checked.map_err(|error| error.to_string())
    });
    let (known_at, position) = (held.document.known_at, walked.position);
    if known_at > position {
        return Err(ReportCheckError::Beyond { known_at, position });
    }
    let afresh = Options {
        afresh: true,
        ..options.clone()
    };
    let ledger = Ledger::read(dir, &afresh)?;
    if let Some(damage) = ledger.damage() {
        return Err(ReportCheckError::Damaged(damage));
    }
    let computed = publish::recomputed(&ledger, &held.document)?;
    let computed_bytes = computed.canonical_bytes().map_err(PublishError::from)?;
    Ok(Compared {
        difference: difference(&held.bytes, &computed_bytes),
        page: held.page,
        certificate: certified,
        issued: issued(&ledger, &computed, &held.bytes)?,
        ledger: walked,
        document: held.document,
    })
}

fn policy(
    dir: &Path,
    options: &Options,
    trust: Option<&[u8]>,
) -> Result<Option<Policy>, ReportCheckError> {
    if let Some(trust) = trust {
        return Ok(Some(Policy::parse(trust)?));
    }
    // A key file that cannot be read vouches for nothing; `verify` tells of it.
    let key = KeyFile::read(options.disk.as_ref(), dir).ok().flatten();
    Ok(key.and_then(|key| key.verifier().ok()).map(Policy::of_log))
}

fn held(shown: Shown<'_>) -> Result<Held, ReportCheckError> {
    let (bytes, mut certificate, mut page) = (shown.report, None, None);
    // A file of a Document ends with a line feed that is not part of it.
    let mut bytes = bytes.strip_suffix(b"\n").unwrap_or(bytes).to_vec();
    if !bytes.starts_with(b"{") {
        let text = str::from_utf8(shown.report).map_err(|_| ReportCheckError::NoDocument)?;
        let found = carried(text).ok_or(ReportCheckError::NoDocument)?;
        let document = serde_json::from_slice(&found.document);
        let document = document.map_err(ReportCheckError::NotRead)?;
        page = around(
            text,
            &document,
            found.line.as_deref(),
            found.certificate.as_deref(),
        );
        certificate = found.certificate.map(String::into_bytes);
        bytes = found.document;
    }
    let given = shown.certificate.map(<[u8]>::to_vec);
    Ok(Held {
        document: serde_json::from_slice(&bytes).map_err(ReportCheckError::NotRead)?,
        bytes,
        certificate: given.or(certificate),
        page,
    })
}

/// What is wrong with a page: it has to be, byte for byte, what this release writes of the Document it carries.
fn around(
    text: &str,
    document: &Document,
    line: Option<&str>,
    certificate: Option<&str>,
) -> Option<String> {
    let issue = line.map(|line| OnPage { line, certificate });
    let written = page(document, issue.as_ref()).ok()?;
    let written = String::from_utf8(written).ok()?;
    if written == text {
        return None;
    }
    let mut lines = text.lines().zip(written.lines()).zip(1_u64..);
    let first = lines.find(|((file, own), _)| file != own);
    let line = first.map_or_else(
        || "its end".to_owned(),
        |(_, number)| format!("line {number}"),
    );
    Some(format!(
        "the page around the Document is not the one this release writes of it, from {line} on: it was altered, or \
         another release wrote it; print the report again to read it"
    ))
}

/// Which issue a Document is.
fn issued(
    ledger: &Ledger,
    document: &Document,
    bytes: &[u8],
) -> Result<Option<String>, ReportCheckError> {
    let models = ledger.models_at_head().map_err(LedgerError::from)?;
    let digest = documents::digest(bytes);
    let own = |digest_of: Option<&str>| digest_of == Some(digest.as_str());
    let issue = models
        .ledger
        .issues(None)
        .find(|issue| own(issue.report.manifest.document_sha256.plain()));
    let Some(issue) = issue else { return Ok(None) };
    let pack = publish::pack(&document.language)?;
    Ok(Some(as_issued::line(&models, issue, document, pack)))
}

/// What says which report it is: a difference here explains all others.
const FIRST: [&str; 8] = [
    "report",
    "report_version",
    "language",
    "known_at",
    "as_of",
    "parameters",
    "ledger",
    "complete",
];

fn difference(file: &[u8], ledger: &[u8]) -> Option<Difference> {
    if file == ledger {
        return None;
    }
    let read = |bytes| serde_json::from_slice::<Value>(bytes).unwrap_or_default();
    let (told, computed) = (read(file), read(ledger));
    let first = FIRST
        .iter()
        .find_map(|name| first_difference(told.get(name), computed.get(name), name));
    let found = first.or_else(|| first_difference(Some(&told), Some(&computed), ""));
    // The same values in other bytes: spaces, another order, a number written otherwise.
    Some(found.unwrap_or_else(|| Difference {
        place: "the spelling".to_owned(),
        file: None,
        ledger: None,
    }))
}

fn first_difference(file: Option<&Value>, ledger: Option<&Value>, at: &str) -> Option<Difference> {
    match (file, ledger) {
        (Some(file), Some(ledger)) if file == ledger => None,
        (Some(Value::Object(file)), Some(Value::Object(ledger))) => {
            let names = file.keys().chain(ledger.keys());
            let mut names: Vec<&String> = names.collect();
            names.sort_unstable();
            let below = |name: &&String| {
                let at = match at {
                    "" => (*name).clone(),
                    at => format!("{at}, {name}"),
                };
                first_difference(file.get(*name), ledger.get(*name), &at)
            };
            names.iter().find_map(below)
        }
        (Some(Value::Array(file)), Some(Value::Array(ledger))) => {
            let longest = file.len().max(ledger.len());
            (0..longest).find_map(|index| {
                let (file, ledger) = (file.get(index), ledger.get(index));
                // A part is called by its name, anything else by its place.
                let name = ledger.or(file).and_then(|value| value.get("name"));
                let name = name.and_then(Value::as_str).map(str::to_owned);
                let number = index.saturating_add(1);
                let name = name.unwrap_or_else(|| number.to_string());
                first_difference(file, ledger, &format!("{at} {name}"))
            })
        }
        (None, None) => None,
        (file, ledger) => Some(Difference {
            place: at.to_owned(),
            file: file.map(short),
            ledger: ledger.map(short),
        }),
    }
}

/// A value as JSON, cut where it is long.
fn short(value: &Value) -> String {
    const LETTERS: usize = 240;
    let text = value.to_string();
    match text.chars().nth(LETTERS) {
        None => text,
        Some(_) => text.chars().take(LETTERS).chain(['\u{2026}']).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(file: &str, ledger: &str) -> (String, Option<String>, Option<String>) {
        let found = difference(file.as_bytes(), ledger.as_bytes()).unwrap();
        (found.place, found.file, found.ledger)
    }

    #[test]
    fn the_first_difference_is_named_from_the_outside_in() {
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(difference(b"{}", b"{}"), None);
        let (file, ledger) = (
            r#"{"parts":[{"name":"steps","rows":[1,2]}],"title":"a"}"#,
            r#"{"parts":[{"name":"steps","rows":[1,3]}],"title":"b"}"#,
        );
        assert_eq!(
            found(file, ledger),
            ("parts steps, rows 2".to_owned(), some("2"), some("3"))
        );
        // What says which report it is comes first.
        assert_eq!(
            found(
                r#"{"cited":[1],"report_version":1}"#,
                r#"{"cited":[2],"report_version":2}"#
            ),
            ("report_version".to_owned(), some("1"), some("2"))
        );
        assert_eq!(
            found(r#"{"cited":[1,2]}"#, r#"{"cited":[1]}"#),
            ("cited 2".to_owned(), some("2"), None)
        );
        assert_eq!(
            found(r#"{"a": 1}"#, r#"{"a":1}"#),
            ("the spelling".to_owned(), None, None)
        );
        let long = format!("\"{}\"", "x".repeat(500));
        let told = found(&format!("{{\"a\":{long}}}"), r#"{"a":1}"#).1.unwrap();
        assert_eq!(told.chars().count(), 241);
    }
}
