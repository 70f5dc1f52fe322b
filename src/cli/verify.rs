//! `verify`: the auditor's checks, offline.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::context::Context;
use super::failure::Failure;
use super::output::Output;
use super::progress::Progress;
use super::session;
use super::verify_report::CheckReport;
use super::vouched::{failure, read, signed_by, trusted_json};
use crate::service::receipt;
use crate::service::verify::times::{Times, Tolerance};
use crate::service::verify::{self, Against, ShownCheckpoint, Verified, Vouched};

/// Read everything stored, hash every entry again, and hold it against what was signed
///
/// Reads the journal from its first byte to its last, beside a running writer or without one: every frame's checksum and
/// chain, every entry's place, time and id, and the root over all of them at every checkpoint the ledger keeps and at the
/// one given. With a policy that names witnesses, each entry's time is held against the times at which they cosigned. Nothing is
/// changed, and nothing is taken from an index or a snapshot. Exit code 0 when everything fits, 1
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
    /// How many seconds the clocks of the ledger and of a witness may be apart
    #[arg(long, value_name = "SECONDS", requires = "trust", default_value_t = Tolerance::default().skew)]
    skew: u64,
    /// How many seconds after a checkpoint was made a witness may cosign it
    #[arg(long, value_name = "SECONDS", requires = "trust", default_value_t = Tolerance::default().delay)]
    cosigning_delay: u64,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Check the receipt of an entry
    ///
    /// Needs the stored bytes of the entry, from a file or from the ledger at --data. Exit code 0 when the receipt proves
    /// that the entry is in a ledger the policy believes, 1 when it does not.
    Receipt(CheckReceipt),
    /// Compute a report again and compare it with the file at hand
    ///
    /// Takes the formats that carry the whole report: json and html. Reads and hashes everything stored, folds it afresh,
    /// and computes the report of the same position, day, parameters and language. Exit code 0 when it is the same, byte
    /// for byte, 1 when anything differs, 2 when the ledger is damaged.
    Report(CheckReport),
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
        match &self.what {
            Some(What::Receipt(check)) => return check.run(context),
            Some(What::Report(check)) => return check.run(context),
            None => {}
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
            tolerance: Tolerance {
                skew: self.skew,
                delay: self.cosigning_delay,
            },
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
    output.line(&format!("  {}", in_words(&verified.times)))?;
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
    match &verified.access_log {
        Ok(None) => {}
        Ok(Some(records)) => output.line(&format!(
            "  access log: {records} records, each follows from the one before"
        ))?,
        Err(problem) => output.line(&format!("  DAMAGED: {problem}"))?,
    }
    for note in &verified.notes {
        output.line(&format!("  note: {note}"))?;
    }
    output.line("What no ledger proves is that an officer recorded everything, or told the truth.")
}

/// What was found of the entries' times.
fn in_words(times: &Times) -> String {
    match times {
        Times::Demonstration => {
            "times: a demonstration ledger, whose clock may be set by hand; its times prove nothing".to_owned()
        }
        Times::NoWitness => {
            "times: held against no witness; --trust with witnesses, and checkpoints that they cosigned, are needed".to_owned()
        }
        Times::Fit {
            checkpoints,
            covered,
            tolerance,
        } => {
            let checkpoints = match checkpoints {
                1 => "1 cosigned checkpoint, which covers".to_owned(),
                many => format!("{many} cosigned checkpoints, the last of which covers"),
            };
            format!(
                "times: fit {checkpoints} {covered} entries; clocks may be {} seconds apart, and a cosignature {} seconds \
                 late",
                tolerance.skew, tolerance.delay
            )
        }
        Times::Misfit { what, .. } => format!("times DIFFER: {what}"),
    }
}

fn times_json(times: &Times) -> Value {
    match times {
        Times::Demonstration => json!({ "checked": false, "why": "demonstration" }),
        Times::NoWitness => json!({ "checked": false, "why": "no_witness" }),
        Times::Fit {
            checkpoints,
            covered,
            tolerance,
        } => json!({
            "checked": true, "fit": true, "checkpoints": checkpoints, "covered": covered,
            "skew": tolerance.skew, "cosigning_delay": tolerance.delay,
        }),
        Times::Misfit { seq, what } => {
            json!({ "checked": true, "fit": false, "first": seq, "differs": what })
        }
    }
}

fn vouched_for(vouched: &Vouched) -> String {
    match vouched {
        Vouched::Nobody => "its signature unchecked: there is no key".to_owned(),
        Vouched::OwnKey => "signed by the ledger".to_owned(),
        Vouched::Policy(trusted) => signed_by(trusted),
    }
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
    if let Times::Misfit { .. } = verified.times
        && verified.checkpoints.iter().all(|one| one.verdict.is_ok())
    {
        let sentence = "entries were recorded at another time than they say: the ledger's clock was wrong, or they were dated back";
        return Err(Failure::refused("different", sentence)
            .hint("ask the witness about its clock too; --skew says how far clocks may be apart"));
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
    if let Err(problem) = &verified.access_log
        && verified.fits()
    {
        return Err(Failure::broken("damaged", problem).hint(
            "the entries are as they were signed; keep the directory `access` as evidence of what was altered",
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
        "times": times_json(&verified.times),
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
        "access_log": match &verified.access_log {
            Ok(records) => json!({ "records": records }),
            Err(problem) => json!({ "damaged": problem }),
        },
        "notes": verified.notes,
    })
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
    let record = session.ledger()?.event_bytes(index);
    let record = record.map_err(|error| Failure::broken("damaged", error.to_string()))?;
    record.ok_or_else(|| {
        let sentence = format!("the ledger at hand has no entry {index}");
        Failure::refused("receipt", sentence).hint("give the entry's stored bytes with --record")
    })
}
