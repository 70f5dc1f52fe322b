//! `backup`: a second place for the ledger.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::context::Context;
use super::failure::Failure;
use super::progress::Steps;
use super::session::options;
use super::trouble;
use crate::service::backup::{self, Taken};

/// Copy the ledger to another place, beside whoever records in it
///
/// Every entry is read and proved; damaged entries are never taken. What the backup holds already is
/// not copied again, and until the new backup is complete the older one can be restored. Exit code 2
/// when the ledger or the backup is damaged: the damage is named, and the older backup stays.
#[derive(Debug, Args)]
pub(super) struct Backup {
    /// The directory of the backup: a new one, or that of an earlier backup of this ledger
    #[arg(value_name = "DIR")]
    dir: PathBuf,
    /// Restore it to a temporary place beside it, read everything and compare; copy damaged files anew
    #[arg(long)]
    prove: bool,
}

impl Backup {
    /// Runs the command.
    pub(super) fn run(&self, context: &Context) -> Result<(), Failure> {
        let mut steps = Steps::default();
        let options = options(context.clock(), context.mirror())?;
        let taken = backup::backup(
            context.data(),
            &self.dir,
            self.prove,
            &options,
            &mut |step, done, all| {
                steps.told(step, done, all);
            },
        );
        steps.end();
        let taken = taken.map_err(|error| trouble::of_backup(&error))?;
        let output = context.output();
        if output.is_json() {
            return output.json(&self.as_json(&taken));
        }
        let manifest = &taken.manifest;
        output.heading(&format!(
            "Backed up {} entries to {}",
            manifest.position,
            self.dir.display()
        ))?;
        output.line(&format!("  root {}", manifest.root))?;
        output.line(&format!("  {}", copied(&taken)))?;
        for file in &taken.mended {
            output.line(&format!(
                "  {file} was damaged in the backup and is written anew"
            ))?;
        }
        output.line(&format!("  {}", proof(&taken)))?;
        if taken.proved {
            return Ok(());
        }
        let program = context.program();
        let dir = super::context::quoted(&self.dir.to_string_lossy());
        output.line(&format!("Next: {program} backup {dir} --prove"))
    }

    fn as_json(&self, taken: &Taken) -> serde_json::Value {
        let manifest = &taken.manifest;
        json!({
            "dir": self.dir.display().to_string(),
            "ledger": manifest.ledger,
            "origin": manifest.origin,
            "created": manifest.created,
            "position": manifest.position,
            "frames": manifest.frames,
            "chain": manifest.chain,
            "root": manifest.root,
            "files": manifest.files.len(),
            "copied": taken.copied,
            "copied_bytes": taken.copied_bytes,
            "mended": taken.mended,
            "proved": taken.proved,
            "last_proof": taken.proof,
        })
    }
}

fn copied(taken: &Taken) -> String {
    let (copied, bytes) = (taken.copied, taken.copied_bytes);
    match taken.manifest.files.len() as u64 {
        all if copied == all => format!("all {all} files copied, {bytes} bytes"),
        all if copied == 0 => format!("all {all} files were there already"),
        all => {
            format!("{copied} of {all} files copied, {bytes} bytes; the others were there already")
        }
    }
}

fn proof(taken: &Taken) -> String {
    match &taken.proof {
        _ if taken.proved => {
            "proved: restored to a temporary place, read from the first entry to the last, found the same".to_owned()
        }
        Some(proof) => format!(
            "unverified; the last proof, of {} entries, was on {}",
            proof.position,
            proof.at.format("%Y-%m-%d %H:%M UTC")
        ),
        None => "unverified; it was never proved".to_owned(),
    }
}
