//! `receipt`: the proof that one entry is in the ledger.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::json;

use super::client::Client;
use super::context::Context;
use super::failure::{Exit, Failure};
use super::session;
use crate::service::receipt::{self, IssueError, Issued};

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

/// What to do about an entry that no checkpoint covers.
const HINT_SIGN: &str = "`dealtrail checkpoint` signs everything recorded so far";

impl Receipt {
    /// Runs the command.
    pub(super) fn run(&self, context: &Context) -> Result<(), Failure> {
        let issued = match context.service()? {
            Some(client) => self.fetched(&client)?,
            None => {
                let session = context.reader()?;
                let options = session::options(context.clock(), context.mirror())?;
                let issued = receipt::issue(session.ledger()?, &options.disk, self.seq);
                issued.map_err(|error| failure(&error))?
            }
        };
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

impl Receipt {
    /// The receipt and the entry as a service hands them out. That one proves the other is checked here.
    fn fetched(&self, client: &Client) -> Result<Issued, Failure> {
        let path = format!("/v1/ledger/events/{}", self.seq);
        let text = client.bytes(&format!("{path}/proof"), &());
        let text = text.map_err(|failure| match failure.code.as_ref() {
            "no_such_entry" => Failure::refused("receipt", failure.sentence),
            "not_signed" => Failure::refused("receipt", failure.sentence).hint(HINT_SIGN),
            _ => failure,
        })?;
        let record = client.bytes(&path, &())?;
        Issued::received(self.seq, &text, record).map_err(|error| {
            Failure::refused("different", format!("the receipt that the service gave does not prove the entry it gave: {error}"))
                .hint("keep both as they are, and ask whoever runs it to run `dealtrail verify` on the ledger's own directory")
        })
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
