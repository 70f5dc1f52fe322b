//! The mark of a restore: laid down before the first file is put back, taken away once the ledger has recorded
//! `ledger_restored`. A directory with it and without `LEDGER` is a restore that was interrupted.

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::deal::event::ledger_restored::LedgerRestored;
use crate::deal::value::ids::CommandId;
use crate::deal::value::text::Text;
use crate::store::journal::disk::{Access, Disk, fill_at, replace};

/// The file's name in the ledger's directory.
pub const FILE_NAME: &str = "RESTORE";
const FORMAT: u32 = 1;
const MAX_BYTES: u64 = 64 << 10;

/// From where a ledger is restored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RestoreMark {
    /// The format of the file.
    pub format: u32,
    /// The backup: when it was taken, and where it was.
    pub backup: String,
    /// How many events it held.
    pub position: u64,
    /// The chain hash after them, in hexadecimal.
    pub chain: String,
    /// Why, with the backup's root.
    pub reason: String,
}

impl RestoreMark {
    /// A mark.
    #[must_use]
    pub fn new(backup: String, position: u64, chain: String, reason: String) -> Self {
        let format = FORMAT;
        Self {
            format,
            backup,
            position,
            chain,
            reason,
        }
    }

    /// The mark in a directory, if there is one that can be read.
    #[must_use]
    pub fn read(disk: &dyn Disk, dir: &Path) -> Option<Self> {
        let file = disk.open(&dir.join(FILE_NAME), false).ok()?;
        let length = file.length().ok().filter(|length| *length <= MAX_BYTES)?;
        let mut bytes = vec![0; usize::try_from(length).ok()?];
        fill_at(file.as_ref(), &mut bytes, 0).ok()?;
        let mark: Self = serde_json::from_slice(&bytes).ok()?;
        (mark.format == FORMAT).then_some(mark)
    }

    /// Lays the mark down, durably.
    ///
    /// # Errors
    /// When the disk is full or fails.
    pub fn write(&self, disk: &dyn Disk, dir: &Path) -> std::io::Result<()> {
        let bytes = serde_json::to_vec(self)?;
        replace(disk, &dir.join(FILE_NAME), &bytes, Access::Usual)
    }

    /// Takes the mark away.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn remove(disk: &dyn Disk, dir: &Path) -> std::io::Result<()> {
        disk.remove(&dir.join(FILE_NAME))?;
        disk.sync_dir(dir)
    }

    /// The command that records the restore. Its id follows from the backup, so that a restore which is interrupted
    /// right after recording is not recorded twice.
    #[must_use]
    pub fn command(&self) -> Option<(CommandId, LedgerRestored)> {
        let chain = self.chain.get(..32).unwrap_or(&self.chain);
        let event = LedgerRestored {
            backup: Text::new(&self.backup).ok()?,
            position: self.position,
            reason: Text::new(&self.reason).ok()?,
        };
        Some((
            format!("restored-{}-{chain}", self.position).parse().ok()?,
            event,
        ))
    }
}
