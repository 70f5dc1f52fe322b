//! What a ledger's directory remembers of its last backup: a small file, replaced as a whole.

use std::path::Path;

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::copy::read_small;
use super::seal::{seal, unseal};
use crate::store::journal::disk::{Access, Disk, replace};

/// The file in a ledger's directory.
pub const IN_LEDGER: &str = "last-backup.json";
/// The file in a backup that says when it was last proved.
pub const IN_BACKUP: &str = "proof.json";
const MAX_BYTES: u64 = 64 << 10;

/// A proof: the backup of so many entries was restored, read, and found to be what its manifest says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Proof {
    /// When.
    pub at: DateTime<Utc>,
    /// Which release proved it.
    pub program: String,
    /// How many entries it held.
    pub position: u64,
}

/// The last backup of a ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastBackup {
    /// Where it is.
    pub dir: String,
    /// How many entries it holds.
    pub position: u64,
    /// When it was taken.
    pub taken: DateTime<Utc>,
    /// Whether it was proved after it was taken.
    pub proved: bool,
    /// The last time a backup in that place was proved.
    pub proof: Option<Proof>,
}

/// What the ledger's directory remembers; `None` when no backup was taken, or the file is of no use.
#[must_use]
pub fn last_backup(disk: &dyn Disk, ledger: &Path) -> Option<LastBackup> {
    read(disk, &ledger.join(IN_LEDGER))
}

/// Remembers a backup in the ledger's directory. It is a help for people: a ledger that cannot be written is backed up
/// all the same.
pub(super) fn remember(disk: &dyn Disk, ledger: &Path, backup: &LastBackup) -> bool {
    write(disk, &ledger.join(IN_LEDGER), backup).is_ok()
}

/// The last proof of a backup.
pub(super) fn proof_of(disk: &dyn Disk, backup: &Path) -> Option<Proof> {
    read(disk, &backup.join(IN_BACKUP))
}

/// Remembers a proof in the backup.
pub(super) fn proved(disk: &dyn Disk, backup: &Path, proof: &Proof) -> bool {
    write(disk, &backup.join(IN_BACKUP), proof).is_ok()
}

fn read<T: Serialize + for<'a> Deserialize<'a>>(disk: &dyn Disk, path: &Path) -> Option<T> {
    unseal(&read_small(disk, path, MAX_BYTES).ok()?)
}

fn write<T: Serialize>(disk: &dyn Disk, path: &Path, content: &T) -> std::io::Result<()> {
    replace(disk, path, &seal(content)?, Access::Usual)
}
