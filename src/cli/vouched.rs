//! Words that the auditor's commands share: who vouches for a checkpoint, and why a ledger could not be read.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use super::failure::{Exit, Failure};
use super::output::time_in_words;
use crate::service::receipt::Trusted;
use crate::service::verify::VerifyError;

/// `signed by the ledger, cosigned by coa at 2025-04-24 10:15:00 UTC`.
pub(super) fn signed_by(trusted: &Trusted) -> String {
    let cosigned = trusted.witnesses.iter();
    let cosigned =
        cosigned.map(|(name, time)| format!(", cosigned by {name} at {}", time_in_words(*time)));
    format!("signed by the ledger{}", cosigned.collect::<String>())
}

/// The same for programs.
pub(super) fn trusted_json(trusted: &Trusted) -> Value {
    let witnesses = trusted.witnesses.iter();
    let witnesses: Vec<Value> = witnesses
        .map(|(name, time)| json!({ "name": name, "time": time }))
        .collect();
    json!({
        "origin": trusted.origin, "size": trusted.size, "root": trusted.root, "key": trusted.key,
        "witnesses": witnesses,
    })
}

/// A ledger that could not be verified.
pub(super) fn failure(error: &VerifyError) -> Failure {
    let failure = Failure {
        exit: match error.is_refusal() {
            true => Exit::Refused,
            false => Exit::Broken,
        },
        ..Failure::refused("verify", error.to_string())
    };
    match error {
        VerifyError::Damaged(_) => failure.hint(
            "nothing was changed; `dealtrail doctor` looks for good copies of what is damaged, and mends with --repair",
        ),
        _ => failure,
    }
}

/// A file named on the command line.
pub(super) fn read(what: &str, file: &Path) -> Result<Vec<u8>, Failure> {
    fs::read(file).map_err(|error| Failure::of_field(what, format!("{}: {error}", file.display())))
}
