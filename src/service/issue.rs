//! Issuing reports: the Document is kept, durable, and then the event is recorded that gives it a number.
//!
//! A crash between the two leaves a Document that no event names, which is no harm; there is never an
//! event without its Document.

use std::collections::BTreeMap;
use std::path::Path;

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::answer::{Answer, CommandError};
use super::ledger::Ledger;
use super::open_error::LedgerError;
use super::publish::{self, Asked};
use super::publish_error::PublishError;
use crate::deal::command::{Command, Draft, Intent};
use crate::deal::event::Payload;
use crate::deal::event::report_issued::{Manifest, ReportIssued};
use crate::deal::refusal::Reason;
use crate::deal::state::Recording;
use crate::deal::value::ids::{Actor, CommandId, StreamId};
use crate::deal::value::text::Text;
use crate::projection::ledger::Issue;
use crate::projection::models::Models;
use crate::report;
use crate::report::as_issued;
use crate::report::document::Document;
use crate::report::document::bytes;
use crate::report::series::{next_number, series};
use crate::store::documents;

/// How often a number is drawn anew when somebody else recorded in the ledger's own stream meanwhile.
const ATTEMPTS: u32 = 8;

/// An issued report.
#[derive(Debug)]
pub struct Issued {
    /// Its number.
    pub number: String,
    /// Its series.
    pub series: String,
    /// The digest of its Document, in hexadecimal.
    pub digest: String,
    /// Where its Document is kept, inside the ledger's directory.
    pub file: String,
    /// Its Document.
    pub document: Document,
    /// What the ledger answered.
    pub answer: Answer,
}

/// What is told of a report that was issued.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct IssuedNow {
    /// Its number.
    pub number: String,
    /// Its series.
    pub series: String,
    /// The position of its event.
    pub seq: Option<u64>,
    /// The position after it: a reader who waits for it sees it.
    pub position: u64,
    /// K.
    pub known_at: u64,
    /// D.
    pub as_of: NaiveDate,
    /// The parameters, resolved.
    pub parameters: BTreeMap<String, String>,
    /// The digest of its Document, in hexadecimal.
    pub document_sha256: String,
    /// Where its Document is kept, inside the ledger's directory.
    pub file: String,
    /// Whether this command issued it before.
    pub replayed: bool,
}

impl From<&Issued> for IssuedNow {
    fn from(issued: &Issued) -> Self {
        Self {
            number: issued.number.clone(),
            series: issued.series.clone(),
            seq: issued.answer.events.first().map(|event| event.seq),
            position: issued.answer.position,
            known_at: issued.document.known_at,
            as_of: issued.document.as_of,
            parameters: issued.document.parameters.clone(),
            document_sha256: issued.digest.clone(),
            file: issued.file.clone(),
            replayed: issued.answer.replayed,
        }
    }
}

/// An issued report in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Listed {
    /// Its number.
    pub number: String,
    /// Its series.
    pub series: String,
    /// The report's name.
    pub report: String,
    /// The position of its event.
    pub seq: u64,
    /// The day it was issued on.
    pub issued: Option<NaiveDate>,
    /// Its first day, where it has one.
    pub since: Option<String>,
    /// D.
    pub as_of: NaiveDate,
    /// K.
    pub known_at: u64,
    /// The digest of its Document, in hexadecimal.
    pub document_sha256: String,
    /// What became of the facts it cites; `None` when its Document is gone.
    pub corrected: Option<Vec<String>>,
}

/// Issues a report. The same command id gives the first answer again.
///
/// # Errors
/// When it cannot be computed, is incomplete, cannot be kept, or is not recorded.
pub fn issue(
    ledger: &Ledger,
    asked: &Asked,
    actor: &Actor,
    command: CommandId,
) -> Result<Issued, PublishError> {
    // Beside a writer nothing is written, no Document either.
    if !ledger.records() {
        return Err(CommandError::ReadOnly.into());
    }
    let models = ledger.models_at_head().map_err(LedgerError::from)?;
    if let Some((recording, report)) = sent_before(&models, actor, &command) {
        return repeated(ledger, asked, actor, command, (recording, report));
    }
    let mut attempt = 0_u32;
    loop {
        attempt = attempt.saturating_add(1);
        match once(ledger, asked, actor, &command) {
            Err(PublishError::Command(CommandError::Refused(refusal)))
                if refusal.reason == Reason::StaleVersion && attempt < ATTEMPTS => {}
            outcome => return outcome,
        }
    }
}

fn once(
    ledger: &Ledger,
    asked: &Asked,
    actor: &Actor,
    command: &CommandId,
) -> Result<Issued, PublishError> {
    let document = publish::document(ledger, asked)?;
    if !document.complete {
        return Err(PublishError::Incomplete(document.warnings.join(" ")));
    }
    let models = ledger.models_at_head().map_err(LedgerError::from)?;
    let bytes = document.canonical_bytes()?;
    let digest = keep(ledger, &bytes)?;
    let report = report::report(&document.report)?;
    let given = models.ledger.issues(None);
    let number = next_number(
        report.name,
        ledger.today(),
        given.filter_map(|issue| issue.report.number.plain()),
    );
    let issued = ReportIssued {
        series: text(&series(report, &document.parameters))?,
        number: text(&number)?,
        manifest: manifest(ledger, &document, &digest)?,
    };
    let own = models.status.book(StreamId::Ledger);
    let version = own.map_or(0, |book| book.version);
    // Whoever else took a number meanwhile has moved the ledger's own stream on.
    let answer = record(
        ledger,
        &issued,
        actor,
        command,
        Some((StreamId::Ledger, version)),
    )?;
    Ok(Issued {
        series: issued.series.plain().unwrap_or_default().to_owned(),
        number,
        file: documents::name(&digest),
        digest,
        document,
        answer,
    })
}

fn record(
    ledger: &Ledger,
    issued: &ReportIssued,
    actor: &Actor,
    command: &CommandId,
    expected: Option<(StreamId, u64)>,
) -> Result<Answer, PublishError> {
    let draft = Draft {
        stream: StreamId::Ledger,
        payload: Payload::from(issued.clone()),
        on: None,
        sources: Vec::new(),
    };
    Ok(ledger.submit_blocking(Command {
        id: command.clone(),
        actor: actor.clone(),
        intents: vec![Intent::Record(draft)],
        expected,
    })?)
}

/// What this command issued before, if it did.
fn sent_before<'a>(
    models: &'a Models,
    actor: &Actor,
    command: &CommandId,
) -> Option<(&'a Recording, &'a ReportIssued)> {
    let mut facts = models.status.book(StreamId::Ledger)?.facts();
    facts.find_map(|fact| {
        let recording = &fact.root().recording;
        let same = recording.actor.id == actor.id && recording.command == *command;
        match fact.payload() {
            Payload::ReportIssued(report) if same => Some((recording, report.as_ref())),
            _ => None,
        }
    })
}

/// The first answer again, when the question is the first one: asked as it stood then, it gives the
/// same Document.
fn repeated(
    ledger: &Ledger,
    asked: &Asked,
    actor: &Actor,
    command: CommandId,
    (recording, report): (&Recording, &ReportIssued),
) -> Result<Issued, PublishError> {
    let manifest = &report.manifest;
    let mut then = asked.clone();
    then.known_at
        .get_or_insert_with(|| manifest.known_at.to_string());
    if !then.parameters.contains_key("until") {
        then.as_of.get_or_insert(manifest.as_of);
    }
    let other = || CommandError::IdReused {
        command: command.clone(),
        first_seq: recording.seq,
    };
    let (document, bytes) = publish::as_issued(ledger, report)?;
    let asked_again = publish::document(ledger, &then)?;
    if asked_again != document {
        return Err(other().into());
    }
    let digest = keep(ledger, &bytes)?;
    let answer = record(ledger, report, actor, &command, None)?;
    Ok(Issued {
        number: report.number.plain().unwrap_or_default().to_owned(),
        series: report.series.plain().unwrap_or_default().to_owned(),
        file: documents::name(&digest),
        digest,
        document,
        answer,
    })
}

/// Keeps a Document beside the ledger and in its mirror, durable in both.
fn keep(ledger: &Ledger, bytes: &[u8]) -> Result<String, PublishError> {
    let dir = ledger.dir().ok_or(PublishError::NoPlace)?;
    let kept = |dir: &Path| {
        documents::keep(dir, bytes).map_err(|error| PublishError::NotKept {
            place: dir.display().to_string(),
            error,
        })
    };
    let digest = kept(dir)?;
    ledger.mirror().map(kept).transpose()?;
    Ok(digest)
}

fn text(words: &str) -> Result<Text, PublishError> {
    Text::new(words).map_err(|error| PublishError::NotStorable(error.to_string()))
}

fn manifest(ledger: &Ledger, document: &Document, digest: &str) -> Result<Manifest, PublishError> {
    let models = ledger.models_at(document.known_at)?;
    let tracks = [
        crate::deal::event::agreement_registered::Class::Practical,
        crate::deal::event::agreement_registered::Class::Institutional,
    ]
    .map(|class| models.ledger.track(class));
    let of = |value: Vec<u8>| text(&documents::digest(&value)).map(Some);
    Ok(Manifest {
        origin: text(&document.ledger.origin)?,
        known_at: document.known_at,
        root: text(&document.ledger.root)?,
        as_of: document.as_of,
        report: text(&document.report)?,
        report_version: document.report_version,
        parameters: document.parameters.clone(),
        language: text(&document.language)?,
        document_sha256: text(digest)?,
        program: Some(text(env!("CARGO_PKG_VERSION"))?),
        // Of empty ones: the versions are the same, and no search is folded for them.
        read_models: Models::new()
            .each()
            .into_iter()
            .map(|model| (model.name().to_owned(), model.version()))
            .collect(),
        policy_sha256: of(bytes::canonical(models.ledger.policy())?)?,
        tracks_sha256: of(bytes::canonical(&tracks)?)?,
    })
}

/// Every issued report, or those of one report, with what became of the facts they cite.
///
/// # Errors
/// When the ledger cannot be asked.
pub fn list(ledger: &Ledger, name: Option<&str>) -> Result<Vec<Listed>, PublishError> {
    let models = ledger.models_at_head().map_err(LedgerError::from)?;
    let name = name.map(|name| report::report(name).map(|report| report.name));
    let name = name.transpose()?;
    let wanted =
        |issue: &&Issue| name.is_none_or(|name| issue.report.manifest.report.plain() == Some(name));
    let issues = models.ledger.issues(None).filter(wanted);
    issues.map(|issue| listed(ledger, &models, issue)).collect()
}

fn listed(ledger: &Ledger, models: &Models, issue: &Issue) -> Result<Listed, PublishError> {
    let plain = |text: &Text| text.plain().unwrap_or_default().to_owned();
    let manifest = &issue.report.manifest;
    let corrected = match publish::as_issued(ledger, &issue.report) {
        Ok((document, _)) => {
            let pack = publish::pack(&document.language)?;
            Some(as_issued::corrected_since(models, &document, pack))
        }
        Err(PublishError::DocumentGone(_)) => None,
        Err(error) => return Err(error),
    };
    Ok(Listed {
        number: plain(&issue.report.number),
        series: plain(&issue.report.series),
        report: plain(&manifest.report),
        seq: issue.seq,
        issued: as_issued::issued_on(&models.status, issue),
        since: manifest.parameters.get("since").cloned(),
        as_of: manifest.as_of,
        known_at: manifest.known_at,
        document_sha256: plain(&manifest.document_sha256),
        corrected,
    })
}

/// An issued report shown again.
#[derive(Debug)]
pub struct Shown {
    /// Its Document.
    pub document: Document,
    /// The Document's bytes, as they were issued.
    pub bytes: Vec<u8>,
    /// Which issue it is, and what became of the facts it cites.
    pub line: String,
}

/// The report of a number, as it was issued.
///
/// # Errors
/// When there is none, or its Document is gone.
pub fn show(ledger: &Ledger, number: &str) -> Result<Shown, PublishError> {
    let models = ledger.models_at_head().map_err(LedgerError::from)?;
    let wanted = number.trim().to_ascii_uppercase();
    let issue = models
        .ledger
        .issues(None)
        .find(|issue| issue.report.number.plain() == Some(wanted.as_str()))
        .ok_or_else(|| PublishError::UnknownNumber(number.chars().take(40).collect()))?;
    let (document, bytes) = publish::as_issued(ledger, &issue.report)?;
    let pack = publish::pack(&document.language)?;
    let line = as_issued::line(&models, issue, &document, pack);
    Ok(Shown {
        document,
        bytes,
        line,
    })
}
