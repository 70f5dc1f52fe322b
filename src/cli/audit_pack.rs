//! `export audit-pack`: everything an auditor needs, in one archive.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::context::Context;
use super::failure::Failure;
use super::progress::Progress;
use super::session;
use crate::service::audit_pack::{self, PackError};

#[derive(Debug, Args)]
pub(super) struct AuditPack {
    /// An archive when the name ends with .tar, else a new or empty folder
    #[arg(short = 'o', long = "output", value_name = "FILE|DIR")]
    to: PathBuf,
}

impl AuditPack {
    /// Runs the command.
    pub(super) fn run(&self, context: &Context) -> Result<(), Failure> {
        let session = context.reader()?;
        let options = session::options(context.clock(), context.mirror())?;
        let progress = Progress::of("writing and hashing", "entries");
        let mut told = |done: u64, all: u64| progress.told(done, all);
        let packed = audit_pack::write(session.ledger()?, &options.disk, &self.to, &mut told);
        progress.end();
        let packed = packed.map_err(|error| failure(&error))?;
        let output = context.output();
        for number in &packed.without {
            output.aside(
                "note:",
                &format!("{number} is left out: its Document is not kept here as it was issued"),
            );
        }
        if packed.keyless {
            output.aside(
                "note:",
                "the pack has no trust policy, because the file `key` is not here: whoever checks it has to hold one",
            );
        }
        let to = self.to.display();
        if output.is_json() {
            return output.json(&json!({
                "to": to.to_string(),
                "origin": packed.origin,
                "size": packed.size,
                "root": packed.root,
                "files": packed.files,
                "bytes": packed.bytes,
                "reports": packed.reports,
                "without": packed.without,
            }));
        }
        output.heading(&format!(
            "Wrote {to}: {} entries of {}, up to its newest checkpoint",
            packed.size, packed.origin
        ))?;
        output.line(&format!("  root {}", packed.root))?;
        output.line(&format!(
            "  {} files, {}; README.txt in it says how to check it",
            packed.files,
            match packed.reports.len() {
                0 => "no issued report".to_owned(),
                1 => "1 issued report with its certificate".to_owned(),
                number => format!("{number} issued reports with their certificates"),
            }
        ))
    }
}

fn failure(error: &PackError) -> Failure {
    let failure = match error.is_refusal() {
        true => Failure::refused("audit_pack", error.to_string()),
        false => Failure::broken("audit_pack", error.to_string()),
    };
    match error.hint() {
        Some(hint) => failure.hint(hint),
        None => failure,
    }
}
