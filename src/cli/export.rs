//! `export`: what others need, in a form they can read.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use serde_json::json;

use super::access_log::AccessLog;
use super::audit_pack::AuditPack;
use super::client::Client;
use super::context::Context;
use super::failure::{Exit, Failure};
use super::output;
use super::progress::Progress;
use super::session;
use super::stored;
use super::trouble;
use crate::service::exporting::{self, Exported, Exporting, ExportingError};
use crate::service::query::known::LedgerNow;

/// Write what others need, in a form they can read
///
/// Of the trail, every entry as far as it was known, in the order it was recorded, with both its dates. The same question gives the same
/// bytes at any time. The journal is read beside a running writer, or handed out by a service, and nothing is changed.
#[derive(Debug, Subcommand)]
pub(super) enum Export {
    /// CloudEvents 1.0, one JSON object a line
    ///
    /// `data` is the entry exactly as it is stored, `time` when it was recorded, and the extension `effectivedate` when it
    /// happened.
    Cloudevents(Trail),
    /// An object-centric event log, OCEL 2.0 in JSON, for process mining
    ///
    /// Agreements, packages, occasions, organisations, issued reports and the ledger are its objects. `time` is the last day
    /// on which a fact may have happened; `recorded_at` and `seq` stand beside it.
    Ocel(Trail),
    /// A table for spreadsheets, a row an entry, in which no cell is a formula
    Csv(Trail),
    /// Everything an auditor needs to check the ledger without this program, in one archive
    ///
    /// Every entry up to the newest checkpoint, the tiles over them, all checkpoints, the public key, the schemas, the
    /// issued reports with their certificates, and two small verifiers, one for Python and one for Node, with a text that
    /// says how to run them. The same ledger and checkpoint give the same bytes.
    AuditPack(AuditPack),
    /// The access log of the service, one JSON object a line: who was let through to what, and who was not
    ///
    /// Each line carries the SHA-256 of the line before it as `prev`, which is checked on the way: a log that was altered is not
    /// exported. Keep the SHA-256 of the last line: with it, a log that was cut off later shows.
    AccessLog(AccessLog),
}

/// How much of the trail, and where to.
#[derive(Debug, Args)]
pub(super) struct Trail {
    /// As known then: a day (its end), a moment such as 2025-04-25T09:00:00Z, or a position
    #[arg(long, value_name = "TIME")]
    known_at: Option<String>,
    /// Write it to a file instead of printing it
    #[arg(short = 'o', long = "output", value_name = "FILE")]
    file: Option<PathBuf>,
}

impl Export {
    /// Runs the command.
    pub(super) fn run(&self, context: &Context) -> Result<(), Failure> {
        match self {
            Self::Cloudevents(trail) => trail.export("cloudevents", context),
            Self::Ocel(trail) => trail.export("ocel", context),
            Self::Csv(trail) => trail.export("csv", context),
            Self::AuditPack(pack) => pack.run(context),
            Self::AccessLog(log) => log.run(context),
        }
    }

    /// The name of what is made of a ledger's own files, never through a service.
    pub(super) fn at_hand_only(&self) -> Option<&'static str> {
        match self {
            Self::Cloudevents(_) | Self::Ocel(_) | Self::Csv(_) => None,
            // The checkpoints, the key and the issued Documents with their certificates are files.
            Self::AuditPack(_) => Some("export audit-pack"),
            // The lines that begin the log's files are links of its chain, and no records that are handed out.
            Self::AccessLog(_) => Some("export access-log"),
        }
    }
}

impl Trail {
    fn export(&self, form: &str, context: &Context) -> Result<(), Failure> {
        let Some(file) = &self.file else {
            let mut out = io::stdout().lock();
            return self.write(form, context, &mut out).map(drop);
        };
        let part = beside(file);
        let mut out = File::create(&part).map_err(|error| of_file(file, &error))?;
        let written = self.write(form, context, &mut out);
        let written = written.and_then(|exported| {
            let kept = out.sync_all().and_then(|()| fs::rename(&part, file));
            kept.map_err(|error| of_file(file, &error))?;
            Ok(exported)
        });
        if written.is_err() {
            // A part of an export is of no use; that it stays when it cannot be removed does no harm.
            let _ = fs::remove_file(&part);
        }
        tell(context, file, &written?)
    }

    fn write(
        &self,
        form: &str,
        context: &Context,
        out: &mut dyn io::Write,
    ) -> Result<Exported, Failure> {
        let progress = Progress::of("writing", "entries");
        let mut told = |done: u64, all: u64| {
            // Beside an export on the terminal itself a bar would stand in its midst.
            if self.file.is_some() {
                progress.told(done, all);
            }
        };
        let asked = (form, self.known_at.as_deref());
        let exported = match context.service()? {
            Some(client) => from_service(&client, asked, out, &mut told),
            None => {
                let options = session::options(context.clock(), context.mirror())?;
                exporting::export(context.data(), &options, asked, out, &mut told)
                    .map_err(|error| failure(&error))
            }
        };
        progress.end();
        exported
    }
}

/// The stored events as a service hands them out, written here as they are written from a ledger at hand.
fn from_service(
    client: &Client,
    asked: (&str, Option<&str>),
    out: &mut dyn io::Write,
    told: &mut dyn FnMut(u64, u64),
) -> Result<Exported, Failure> {
    let now: LedgerNow = client.get("/v1/ledger", &())?;
    let exporting = Exporting::begin(asked, &now.opened, now.position, out);
    let mut exporting = exporting.map_err(|error| failure(&error))?;
    let told = &mut |done: u64| told(done, now.position);
    if !exporting.has_all() {
        stored::each(client, 0..now.position, told, &mut |event| {
            let is_known = exporting.event(event).map_err(|error| failure(&error))?;
            Ok(is_known && !exporting.has_all())
        })?;
    }
    exporting.end().map_err(|error| failure(&error))
}

/// Written beside the file and renamed, so that a reader never meets a part.
fn beside(file: &Path) -> PathBuf {
    let mut name: OsString = file.file_name().unwrap_or(file.as_os_str()).to_owned();
    name.push(".part");
    file.with_file_name(name)
}

fn tell(context: &Context, file: &Path, exported: &Exported) -> Result<(), Failure> {
    let output = context.output();
    if output.is_json() {
        return output.json(&json!({
            "origin": exported.origin,
            "entries": exported.events,
            "bytes": exported.bytes,
            "file": file.display().to_string(),
        }));
    }
    output.line(&format!(
        "Wrote {} entries of {} to {}",
        exported.events,
        exported.origin,
        file.display()
    ))
}

fn of_file(file: &Path, error: &io::Error) -> Failure {
    let sentence = format!("{} could not be written: {error}", file.display());
    Failure::broken("output", sentence)
        .hint("check that its directory exists and may be written to")
}

fn failure(error: &ExportingError) -> Failure {
    let exit = match error.is_refusal() {
        true => Exit::Refused,
        false => Exit::Broken,
    };
    match error {
        ExportingError::Ledger(error) => trouble::of_ledger(error),
        ExportingError::Output(error) => output::not_printed(error),
        ExportingError::NoEvent(_) => Failure::broken("service", error.to_string())
            .hint("use the same release of dealtrail as the service"),
        ExportingError::Read(_) => Failure::broken("damaged", error.to_string()).hint(
            "nothing was changed; `dealtrail doctor` looks for good copies of what is damaged, and --known-at with a \
             smaller position exports what stands before it",
        ),
        _ => Failure {
            exit,
            ..Failure::refused("export", error.to_string())
        },
    }
}
