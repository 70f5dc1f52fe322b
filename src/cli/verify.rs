//! `verify`: the auditor's checks, offline.

use std::fs;
use std::path::{Path, PathBuf};

use chrono::DateTime;
use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::context::Context;
use super::failure::{Exit, Failure};
use super::output::Output;
use super::progress::Progress;
use super::session;
use crate::service::receipt::{self, Trusted};
use crate::service::verify::{self, Against, ShownCheckpoint, Verified, VerifyError, Vouched};

/// Read everything stored, hash every entry again, and hold it against what was signed
///
/// Reads the journal from its first byte to its last, beside a running writer or without one: every frame's checksum and
/// chain, every entry's place, time and id, and the root over all of them at every checkpoint the ledger keeps and at the
/// one given. Nothing is changed, and nothing is taken from an index or a snapshot. Exit code 0 when everything fits, 1
/// when a checkpoint does not, 2 when the ledger is damaged.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct Verify {
    #[command(subcommand)]
    what: Option<What>,
    /// A checkpoint kept elsewhere: it alone tells a ledger that was rewritten and signed again
    #[arg(long, value_name = "FILE")]
    checkpoint: Option<PathBuf>,
    /// Whom to believe, as `trust` prints it, kept where the ledger's keepers cannot change it; without it the key in the
    /// ledger's own directory is taken
    #[arg(long, value_name = "FILE")]
    trust: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Check the receipt of an entry
    ///
    /// Needs the stored bytes of the entry, from a file or from the ledger at --data. Exit code 0 when the receipt proves
    /// that the entry is in a ledger the policy believes, 1 when it does not.
    Receipt(CheckReceipt),
}

#[derive(Debug, Args)]
struct CheckReceipt {
    /// The receipt
    #[arg(value_name = "FILE")]
    receipt: PathBuf,
    /// The entry's stored bytes; without it they are read from the ledger
    #[arg(long, value_name = "FILE")]
    record: Option<PathBuf>,
    /// Whom to believe, as `trust` prints it
    #[arg(long, value_name = "FILE")]
    trust: PathBuf,
}

/// How many damaged files are named to a person.
const MOST_NAMED: usize = 10;

impl Verify {
    /// Runs the command.
    pub(super) fn run(&self, context: &Context) -> Result<(), Failure> {
        if let Some(What::Receipt(check)) = &self.what {
            return check.run(context);
        }
        let options = session::options(context.clock(), context.mirror())?;
        let trust = self.trust.as_deref().map(|file| read("--trust", file));
        let trust = trust.transpose()?;
        let shown = match &self.checkpoint {
            Some(file) => Some((file.display().to_string(), read("--checkpoint", file)?)),
            None => None,
        };
        let against = Against {
            checkpoint: shown
                .as_ref()
                .map(|(name, bytes)| ShownCheckpoint { name, bytes }),
            trust: trust.as_deref(),
        };
        let progress = Progress::of("reading and hashing", "entries");
        let mut told = |done: u64, all: u64| progress.told(done, all);
        let verified = verify::verify(context.data(), &options.disk, against, &mut told);
        match &verified {
            Ok(_) => progress.end_and_tell(),
            Err(_) => progress.end(),
        }
        let verified = verified.map_err(|error| failure(&error))?;
        let output = context.output();
        match output.is_json() {
            true => output.json(&as_json(&verified))?,
            false => tell(&verified, output)?,
        }
        verdict(&verified)
    }
}

fn tell(verified: &Verified, output: &Output) -> Result<(), Failure> {
    output.heading(&format!(
        "Read {} entries in {} frames of {}; every checksum and the chain hold",
        verified.position, verified.frames, verified.origin
    ))?;
    output.line(&format!("  root {}", verified.root))?;
    for one in &verified.checkpoints {
        let size = match one.size {
            Some(size) => format!(" of {size} entries"),
            None => String::new(),
        };
        let words = match &one.verdict {
            Ok(vouched) => format!("fits, {}", vouched_for(vouched)),
            Err(problem) => format!("DIFFERS: {problem}"),
        };
        output.line(&format!("  checkpoint{size} ({}): {words}", one.file))?;
    }
    if verified.checkpoints.is_empty() {
        output.line("  held against no checkpoint: none is kept and none was given")?;
    }
    if let Some(size) = verified.published {
        let wrong = verified.wrong_tiles.len();
        let words = match wrong {
            0 => "all as the entries make them".to_owned(),
            wrong => format!("{wrong} not as the entries make them"),
        };
        let pieces = verified.tiles;
        output.line(&format!(
            "  published: {size} entries in {pieces} tiles and entry bundles, {words}"
        ))?;
    }
    for wrong in verified.wrong_tiles.iter().take(MOST_NAMED) {
        output.line(&format!("  DAMAGED: {}: {}", wrong.file, wrong.what))?;
    }
    let unnamed = verified.wrong_tiles.len().saturating_sub(MOST_NAMED);
    if unnamed > 0 {
        output.line(&format!(
            "  DAMAGED: and {unnamed} more; --json names them all"
        ))?;
    }
    for seq in &verified.key_changes {
        output.line(&format!(
            "  entry {seq} changed the signing key, signed with the old one and with the new one"
        ))?;
    }
    for problem in &verified.unproved {
        output.line(&format!("  NOT PROVED: {problem}"))?;
    }
    for found in &verified.impossible {
        output.line(&format!("  IMPOSSIBLE: {found}"))?;
    }
    for note in &verified.notes {
        output.line(&format!("  note: {note}"))?;
    }
    output.line("What no ledger proves is that an officer recorded everything, or told the truth.")
}

fn vouched_for(vouched: &Vouched) -> String {
    match vouched {
        Vouched::Nobody => "its signature unchecked: there is no key".to_owned(),
        Vouched::OwnKey => "signed by the ledger".to_owned(),
        Vouched::Policy(trusted) => signed_by(trusted),
    }
}

/// `signed by the ledger, cosigned by coa at 2025-04-24 10:15:00 UTC`.
fn signed_by(trusted: &Trusted) -> String {
    let cosigned = trusted.witnesses.iter().map(|(name, time)| {
        let moment = i64::try_from(*time).ok();
        let moment = moment.and_then(|time| DateTime::from_timestamp(time, 0));
        match moment {
            Some(moment) => format!(
                ", cosigned by {name} at {}",
                moment.format("%Y-%m-%d %H:%M:%S UTC")
            ),
            None => format!(", cosigned by {name}"),
        }
    });
    format!("signed by the ledger{}", cosigned.collect::<String>())
}

fn verdict(verified: &Verified) -> Result<(), Failure> {
    if !verified.impossible.is_empty() {
        let failure = Failure::broken(
            "damaged",
            "the ledger holds what was never recorded by this program: its bytes were altered",
        );
        return Err(failure.hint(
            "keep this copy as evidence; go on from a backup or the mirror made before the change",
        ));
    }
    if !verified.unproved.is_empty() && verified.fits() {
        let failure = Failure::refused(
            "different",
            "an entry says that the ledger's key was changed, and the keys do not prove it",
        );
        return Err(failure.hint(
            "believe no checkpoint signed with that new key; ask the keepers of the ledger, by another way than the ledger",
        ));
    }
    match verified.fits() {
        true if verified.wrong_tiles.is_empty() => Ok(()),
        true => Err(Failure::broken(
            "damaged",
            "the entries are as they were signed, and what is published of them is damaged",
        )
        .hint("`dealtrail doctor --repair` makes it again from the journal")),
        false => Err(Failure::refused(
            "different",
            "the ledger is not the one that a checkpoint was signed for, or that checkpoint was altered",
        )
        .hint("keep the ledger and the checkpoint as evidence; compare with a backup and with what witnesses kept")),
    }
}

fn as_json(verified: &Verified) -> Value {
    let checkpoints = verified.checkpoints.iter().map(|one| match &one.verdict {
        Ok(vouched) => {
            let (by, trusted) = match vouched {
                Vouched::Nobody => ("nobody", None),
                Vouched::OwnKey => ("own_key", None),
                Vouched::Policy(trusted) => ("policy", Some(trusted_json(trusted))),
            };
            json!({ "file": one.file, "size": one.size, "fits": true, "vouched_by": by, "trusted": trusted })
        }
        Err(problem) => {
            json!({ "file": one.file, "size": one.size, "fits": false, "differs": problem })
        }
    });
    json!({
        "origin": verified.origin,
        "position": verified.position,
        "frames": verified.frames,
        "root": verified.root,
        "checkpoints": checkpoints.collect::<Vec<_>>(),
        "key_changes": verified.key_changes,
        "unproved": verified.unproved,
        "impossible": verified.impossible,
        "published": verified.published.map(|size| json!({
            "size": size,
            "pieces": verified.tiles,
            "damaged": verified.wrong_tiles.iter().map(|wrong| json!({
                "file": wrong.file, "what": wrong.what, "first": wrong.first,
            })).collect::<Vec<_>>(),
        })),
        "notes": verified.notes,
    })
}

fn trusted_json(trusted: &Trusted) -> Value {
    let witnesses = trusted.witnesses.iter();
    let witnesses: Vec<Value> = witnesses
        .map(|(name, time)| json!({ "name": name, "time": time }))
        .collect();
    json!({
        "origin": trusted.origin, "size": trusted.size, "root": trusted.root, "key": trusted.key,
        "witnesses": witnesses,
    })
}

fn failure(error: &VerifyError) -> Failure {
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

impl CheckReceipt {
    fn run(&self, context: &Context) -> Result<(), Failure> {
        let text = read("the receipt", &self.receipt)?;
        let trust = read("--trust", &self.trust)?;
        let refused = |error: &dyn std::fmt::Display| {
            Failure::refused("receipt", format!("{}: {error}", self.receipt.display()))
        };
        receipt::check_policy(&trust).map_err(|error| Failure::of_field("--trust", error))?;
        let index = receipt::index_of(&text).map_err(|error| refused(&error))?;
        let record = match &self.record {
            Some(file) => read("--record", file)?,
            None => from_ledger(context, index)?,
        };
        let proven = receipt::check(&text, &record, &trust).map_err(|error| refused(&error))?;
        let (trusted, output) = (&proven.checkpoint, context.output());
        if output.is_json() {
            return output.json(&json!({
                "seq": proven.index,
                "checkpoint": trusted_json(trusted),
                "record": String::from_utf8_lossy(&record),
            }));
        }
        output.heading(&format!(
            "Entry {} is in the ledger {}, exactly as it stands in its {} bytes",
            proven.index,
            trusted.origin,
            record.len()
        ))?;
        output.line(&format!(
            "  checkpoint of {} entries, {}",
            trusted.size,
            signed_by(trusted)
        ))?;
        output.line(&format!("  root {}", trusted.root))?;
        output.line("What no receipt proves is that the entry tells the truth.")
    }
}

fn from_ledger(context: &Context, index: u64) -> Result<Vec<u8>, Failure> {
    let session = context.inspector()?;
    let record = session.ledger().event_bytes(index);
    let record = record.map_err(|error| Failure::broken("damaged", error.to_string()))?;
    record.ok_or_else(|| {
        let sentence = format!("the ledger at hand has no entry {index}");
        Failure::refused("receipt", sentence).hint("give the entry's stored bytes with --record")
    })
}

fn read(what: &str, file: &Path) -> Result<Vec<u8>, Failure> {
    fs::read(file).map_err(|error| Failure::of_field(what, format!("{}: {error}", file.display())))
}
