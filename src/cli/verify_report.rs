//! `verify report`: a report held against the ledger.

use std::path::PathBuf;

use clap::Args;
use serde_json::{Value, json};

use super::context::Context;
use super::failure::Failure;
use super::output::Output;
use super::progress::Progress;
use super::session;
use super::trouble;
use super::vouched::{self, read, signed_by, trusted_json};
use crate::service::verify::report::{self, Compared, Difference, ReportCheckError, Shown};

#[derive(Debug, Args)]
pub(super) struct CheckReport {
    /// The report, as json or html
    #[arg(value_name = "FILE")]
    report: PathBuf,
    /// Its certificate, where the report does not carry one
    #[arg(long, value_name = "FILE")]
    certificate: Option<PathBuf>,
    /// Whom to believe, as `trust` prints it; without it the key in the ledger's own directory is taken
    #[arg(long, value_name = "FILE")]
    trust: Option<PathBuf>,
}

impl CheckReport {
    /// Runs the command.
    pub(super) fn run(&self, context: &Context) -> Result<(), Failure> {
        let file = read("the report", &self.report)?;
        let certificate = self.certificate.as_deref();
        let certificate = certificate.map(|file| read("--certificate", file));
        let certificate = certificate.transpose()?;
        let trust = self.trust.as_deref().map(|file| read("--trust", file));
        let trust = trust.transpose()?;
        let options = session::options(context.clock(), context.mirror())?;
        let shown = Shown {
            report: &file,
            certificate: certificate.as_deref(),
            trust: trust.as_deref(),
        };
        let progress = Progress::of("reading and hashing", "entries");
        let mut told = |done: u64, all: u64| progress.told(done, all);
        let compared = report::compare(context.data(), &options, shown, &mut told);
        progress.end();
        let compared = compared.map_err(|error| failure(&error))?;
        let output = context.output();
        match output.is_json() {
            true => output.json(&as_json(&compared))?,
            false => tell(&compared, output)?,
        }
        verdict(&compared)
    }
}

fn tell(compared: &Compared, output: &Output) -> Result<(), Failure> {
    let document = &compared.document;
    let which = format!(
        "{} (version {}), what had happened by {}, as known at {}",
        document.report, document.report_version, document.as_of, document.known_at
    );
    match &compared.difference {
        None => {
            output.heading(&which)?;
            output.line("  computed again from the ledger: the same, byte for byte")?;
        }
        Some(difference) => {
            output.heading(&which)?;
            differs(difference, output)?;
        }
    }
    if let Some(problem) = &compared.page {
        output.line(&format!("  DIFFERS: {problem}"))?;
    }
    match &compared.issued {
        Some(line) => output.line(&format!("  {line}"))?,
        None => output.line("  the ledger issued no report of these words")?,
    }
    match &compared.certificate {
        None => output.line("  no certificate was given")?,
        Some(Ok(certified)) => output.line(&format!(
            "  certificate of {}: fits; entry {} of the {} that were signed, {}",
            certified.number,
            certified.index,
            certified.checkpoint.size,
            signed_by(&certified.checkpoint)
        ))?,
        Some(Err(problem)) => output.line(&format!("  certificate DIFFERS: {problem}"))?,
    }
    let ledger = &compared.ledger;
    for one in &ledger.checkpoints {
        if let Err(problem) = &one.verdict {
            output.line(&format!("  checkpoint ({}) DIFFERS: {problem}", one.file))?;
        }
    }
    output.line(&format!(
        "  the ledger: {} entries read and hashed, held against {}",
        ledger.position,
        match ledger.checkpoints.len() {
            0 => "no checkpoint".to_owned(),
            1 => "1 checkpoint".to_owned(),
            number => format!("{number} checkpoints"),
        }
    ))?;
    output.line("What no ledger proves is that an officer recorded everything, or told the truth.")
}

fn differs(difference: &Difference, output: &Output) -> Result<(), Failure> {
    if difference.file.is_none() && difference.ledger.is_none() {
        return output.line(
            "  DIFFERS: it says what the ledger computes in other bytes; a report is one line of JSON as it was written",
        );
    }
    let nothing = "nothing";
    output.line(&format!("  DIFFERS first in {}:", difference.place))?;
    let file = difference.file.as_deref().unwrap_or(nothing);
    output.line(&format!("    the file says       {file}"))?;
    let ledger = difference.ledger.as_deref().unwrap_or(nothing);
    output.line(&format!("    the ledger computes {ledger}"))
}

fn verdict(compared: &Compared) -> Result<(), Failure> {
    if !compared.ledger.impossible.is_empty() {
        let found = compared.ledger.impossible.join("; ");
        return Err(Failure::broken("damaged", found).hint(
            "keep this copy as evidence; go on from a backup or the mirror made before the change",
        ));
    }
    if compared.is_same() {
        return Ok(());
    }
    let (sentence, hint) = match &compared.difference {
        Some(difference) if difference.place == "report_version" => (
            "the report was computed by another release than this one",
            "compute it with the release that its certificate names",
        ),
        Some(_) => (
            "the report is not what this ledger computes",
            "the report was altered, the ledger was, or it was computed by another release; keep both",
        ),
        None => (
            "the report is what this ledger computes, and what stands around it does not fit",
            "what does not fit is named above; keep it, and ask whoever gave it to you",
        ),
    };
    Err(Failure::refused("different", sentence).hint(hint))
}

fn as_json(compared: &Compared) -> Value {
    let document = &compared.document;
    let certificate = compared.certificate.as_ref().map(|one| match one {
        Ok(certified) => json!({
            "fits": true,
            "number": certified.number,
            "seq": certified.index,
            "document_sha256": certified.document_sha256,
            "checkpoint": trusted_json(&certified.checkpoint),
        }),
        Err(problem) => json!({ "fits": false, "differs": problem }),
    });
    let difference = compared
        .difference
        .as_ref()
        .map(|one| json!({ "place": one.place, "file": one.file, "ledger": one.ledger }));
    json!({
        "same": compared.is_same(),
        "report": document.report,
        "report_version": document.report_version,
        "known_at": document.known_at,
        "as_of": document.as_of,
        "difference": difference,
        "page": compared.page,
        "issued": compared.issued,
        "certificate": certificate,
        "ledger": {
            "origin": compared.ledger.origin,
            "position": compared.ledger.position,
            "root": compared.ledger.root,
            "fits": compared.ledger.fits(),
        },
    })
}

fn failure(error: &ReportCheckError) -> Failure {
    match error {
        ReportCheckError::Ledger(error) => vouched::failure(error),
        ReportCheckError::Open(error) => trouble::of_ledger(error),
        ReportCheckError::Damaged(damage) => trouble::of_damage(damage, None),
        ReportCheckError::Publish(error) if !error_is_of_report(error) => trouble::of_report(error),
        error if error.is_refusal() => Failure::refused("report", error.to_string()),
        error => Failure::broken("report", error.to_string()),
    }
}

fn error_is_of_report(error: &crate::service::publish_error::PublishError) -> bool {
    matches!(
        error,
        crate::service::publish_error::PublishError::Report(_)
    )
}
