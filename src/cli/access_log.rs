//! `export access-log`: who was let through to what, for an auditor.

use std::fs::{self, File};
use std::io;
use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::context::Context;
use super::failure::Failure;
use super::output;
use super::session;
use super::trouble;
use crate::service::access::files_of;
use crate::service::access::log::read::{self, Checked, ExportError};

#[derive(Debug, Args)]
pub(super) struct AccessLog {
    /// Write it to a file instead of printing it
    #[arg(short = 'o', long = "output", value_name = "FILE")]
    file: Option<PathBuf>,
}

impl AccessLog {
    /// Runs the command.
    pub(super) fn run(&self, context: &Context) -> Result<(), Failure> {
        let options = session::options(None, None)?;
        let files = files_of(context.data(), options.disk.as_ref());
        let files = files.map_err(|error| trouble::of_ledger(&error))?;
        let written = |out: &mut dyn io::Write| read::export(&files.dir, files.ledger, out);
        let Some(file) = &self.file else {
            let mut out = io::stdout().lock();
            let checked = written(&mut out).map_err(|error| failure(&error))?;
            context.output().aside("Note:", &in_words(&checked));
            return Ok(());
        };
        let to_file = |error: io::Error| failure(&ExportError::Output(error));
        let mut part = file.as_os_str().to_owned();
        part.push(".part");
        let part = PathBuf::from(part);
        let mut out = File::create(&part).map_err(to_file)?;
        let checked = written(&mut out).and_then(|checked| {
            let kept = out.sync_all().and_then(|()| fs::rename(&part, file));
            kept.map_err(ExportError::Output).map(|()| checked)
        });
        if checked.is_err() {
            // A part of a log is of no use; that it stays when it cannot be removed does no harm.
            let _ = fs::remove_file(&part);
        }
        let checked = checked.map_err(|error| failure(&error))?;
        let output = context.output();
        match output.is_json() {
            true => output.json(&json!({
                "records": checked.records,
                "first": checked.first,
                "last": checked.last,
                "file": file.display().to_string(),
            })),
            false => output.line(&format!("{}, to {}", in_words(&checked), file.display())),
        }
    }
}

fn in_words(checked: &Checked) -> String {
    let last = match &checked.last {
        Some(last) => format!("; the last line's SHA-256 is {last}"),
        None => String::new(),
    };
    let (records, first) = (checked.records, checked.first);
    match first {
        0 => format!("{records} records, each follows from the one before{last}"),
        _ => format!(
            "{records} records from number {first} on, each follows from the one before{last}"
        ),
    }
}

fn failure(error: &ExportError) -> Failure {
    match error {
        ExportError::Log(error) => Failure::broken("damaged", error.to_string())
            .hint("keep the directory `access` as evidence; what was exported before shows what is missing"),
        ExportError::Output(error) => output::not_printed(error),
    }
}
