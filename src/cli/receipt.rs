//! `receipt`: the proof that one entry is in the ledger.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::json;

use super::context::Context;
use super::failure::{Exit, Failure};
use super::session;
use crate::service::receipt::{self, IssueError};

/// Print the proof that an entry is in the ledger
///
/// A receipt (C2SP tlog-proof) holds the newest checkpoint and the hashes that lead from the entry to it. With the entry's
/// stored bytes and the ledger's public key anybody can check it, without the ledger and without this program.
#[derive(Debug, Args)]
pub(super) struct Receipt {
    /// The entry's position
    #[arg(value_name = "SEQ")]
    seq: u64,
    /// Write the receipt there, by custom with the ending .tlog-proof
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Write the entry's stored bytes there: they are what the receipt proves
    #[arg(long, value_name = "FILE")]
    record: Option<PathBuf>,
}

impl Receipt {
    /// Runs the command.
    pub(super) fn run(&self, context: &Context) -> Result<(), Failure> {
        let session = context.reader()?;
        let options = session::options(context.clock(), context.mirror())?;
        let issued = receipt::issue(session.ledger()?, &options.disk, self.seq);
        let issued = issued.map_err(|error| failure(&error))?;
        if let Some(file) = &self.record {
            write(file, &issued.record)?;
        }
        if let Some(file) = &self.output {
            write(file, issued.text.as_bytes())?;
        }
        let output = context.output();
        if output.is_json() {
            return output.json(&json!({
                "seq": issued.index,
                "size": issued.size,
                "receipt": issued.text,
                "record": String::from_utf8_lossy(&issued.record),
            }));
        }
        match &self.output {
            None => output.bytes(issued.text.as_bytes()),
            Some(file) => output.line(&format!(
                "Wrote the receipt of entry {} to {}; it rests on the checkpoint of {} entries",
                issued.index,
                file.display(),
                issued.size
            )),
        }
    }
}

fn write(file: &Path, bytes: &[u8]) -> Result<(), Failure> {
    fs::write(file, bytes)
        .map_err(|error| Failure::broken("output", format!("{}: {error}", file.display())))
}

fn failure(error: &IssueError) -> Failure {
    let failure = Failure {
        exit: match error.is_refusal() {
            true => Exit::Refused,
            false => Exit::Broken,
        },
        ..Failure::refused("receipt", error.to_string())
    };
    match error.hint() {
        Some(hint) => failure.hint(hint),
        None => failure,
    }
}
