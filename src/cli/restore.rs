//! `restore`: a ledger again, from a backup.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::json;

use super::context::Context;
use super::failure::Failure;
use super::progress::Steps;
use super::session::options;
use super::trouble;
use crate::service::backup::checkpoint::{Checkpoint, Vouching};
use crate::service::backup::{self, Restored, Shown};

/// Make a ledger of a backup, in the new directory named by --data
///
/// Every file and every entry is proved before the directory becomes a ledger; an interrupted restore
/// is no ledger and can be begun again. Say what is known of the newest entries with --at-least or
/// --checkpoint: a backup older than that is refused.
#[derive(Debug, Args)]
pub(super) struct Restore {
    /// The directory of the backup
    #[arg(value_name = "BACKUP")]
    backup: PathBuf,
    /// So many entries are known to be recorded
    #[arg(long, value_name = "N")]
    at_least: Option<u64>,
    /// A checkpoint of this ledger: its root is computed anew, and its signature checked
    #[arg(long, value_name = "FILE")]
    checkpoint: Option<PathBuf>,
    /// The trust policy the checkpoint is held against; without it the key in the backup is taken
    #[arg(long, value_name = "FILE", requires = "checkpoint")]
    trust: Option<PathBuf>,
    /// Go on without the entries that the backup lacks
    #[arg(long)]
    accept_loss: bool,
}

impl Restore {
    /// Runs the command.
    pub(super) fn run(&self, context: &Context) -> Result<(), Failure> {
        let shown = Shown {
            at_least: self.at_least,
            checkpoint: self.checkpoint()?,
            accept_loss: self.accept_loss,
        };
        let mut steps = Steps::default();
        let options = options(context.clock(), context.mirror())?;
        let restored = backup::restore(
            &self.backup,
            context.data(),
            &shown,
            &options,
            &mut |step, done, all| {
                steps.told(step, done, all);
            },
        );
        steps.end();
        let restored = restored.map_err(|error| trouble::of_backup(&error))?;
        let output = context.output();
        if output.is_json() {
            return output.json(&as_json(&restored, context));
        }
        let manifest = &restored.manifest;
        output.heading(&format!(
            "Restored {} entries of {} to {}",
            manifest.position,
            manifest.origin,
            context.data().display()
        ))?;
        output.line(&format!(
            "  as backed up on {}; every file and entry proved",
            manifest.created.format("%Y-%m-%d %H:%M UTC")
        ))?;
        output.line(&format!("  root {}", manifest.root))?;
        if !restored.compared {
            output.line("  read models not compared: this release folds otherwise than the one that took the backup")?;
        }
        if self.checkpoint.is_some() && !restored.checkpoint_fits {
            output
                .line("  the checkpoint lies beyond the backup: only its name could be compared")?;
        }
        if restored.checkpoint_fits {
            output.line("  the checkpoint's name, size and root fit")?;
        }
        if let Some(vouching) = restored.vouching {
            output.line(&format!("  the checkpoint is {}", vouched(vouching)))?;
        }
        if restored.missing > 0 {
            let missing = match restored.missing {
                1 => "1 later entry is".to_owned(),
                more => format!("{more} later entries are"),
            };
            output.line(&format!(
                "  {missing} missing, as accepted: whoever sent them can send them again"
            ))?;
        }
        output.line(&format!(
            "  entry {} records the restore; the mirror, if there was one, is to be named again with --mirror",
            manifest.position
        ))?;
        output.line(&format!("Next: {} replay", context.program()))
    }

    fn checkpoint(&self) -> Result<Option<Checkpoint>, Failure> {
        let Some(file) = &self.checkpoint else {
            return Ok(None);
        };
        let note = read("--checkpoint", file)?;
        let trust = self.trust.as_deref().map(|file| read("--trust", file));
        let trust = trust.transpose()?;
        let name = file.display().to_string();
        let checkpoint = Checkpoint::parse(&name, &note, trust.as_deref());
        checkpoint
            .map(Some)
            .map_err(|error| trouble::of_backup(&error))
    }
}

fn read(flag: &str, file: &Path) -> Result<Vec<u8>, Failure> {
    fs::read(file).map_err(|error| Failure::of_field(flag, format!("{}: {error}", file.display())))
}

fn vouched(vouching: Vouching) -> &'static str {
    match vouching {
        Vouching::Policy => "signed as the trust policy asks for",
        Vouching::BackupKey => "signed with the ledger's key, as the backup holds it",
        Vouching::Nobody => {
            "signed by nobody known: the backup holds no key; --trust names whom to believe"
        }
    }
}

fn as_json(restored: &Restored, context: &Context) -> serde_json::Value {
    let manifest = &restored.manifest;
    json!({
        "dir": context.data().display().to_string(),
        "ledger": manifest.ledger,
        "origin": manifest.origin,
        "backed_up": manifest.created,
        "restored": manifest.position,
        "position": restored.position,
        "frames": manifest.frames,
        "chain": manifest.chain,
        "root": manifest.root,
        "compared": restored.compared,
        "missing": restored.missing,
        "checkpoint_fits": restored.checkpoint_fits,
        "vouched_by": restored.vouching.map(|vouching| match vouching {
            Vouching::Policy => "policy",
            Vouching::BackupKey => "backup_key",
            Vouching::Nobody => "nobody",
        }),
    })
}
