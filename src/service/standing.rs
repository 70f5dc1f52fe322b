//! How long ago a ledger was signed and copied away, and what came since.

use std::fs;
use std::time::SystemTime;

use super::checkpoint::kept;
use super::ledger::Ledger;
use super::snapshot;
use crate::store::journal::disk::RealDisk;

/// How long ago a ledger was signed and copied away; what never was is `None`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Standing {
    /// How long ago the newest checkpoint was laid down, in seconds.
    pub checkpoint_age: Option<u64>,
    /// How many events came after it.
    pub unsigned: Option<u64>,
    /// How long ago the last backup was taken, in seconds.
    pub backup_age: Option<u64>,
    /// How many events came after it.
    pub unsaved: Option<u64>,
    /// How many events the newest snapshot of the read models holds that fits this program.
    pub snapshot: Option<u64>,
}

impl Standing {
    /// Of a ledger, now.
    #[must_use]
    pub fn of(ledger: &Ledger) -> Self {
        let Some(dir) = ledger.dir() else {
            return Self::default();
        };
        let head = ledger.head();
        let signed = kept::sizes(&RealDisk, dir).unwrap_or_default();
        let signed = signed.last().copied();
        let backup = ledger.last_backup();
        let ago = |taken| {
            let age = ledger.now().signed_duration_since(taken);
            // A clock that was set back makes it fresh.
            u64::try_from(age.num_seconds()).unwrap_or(0)
        };
        Self {
            checkpoint_age: signed.and_then(|size| {
                let file = fs::metadata(dir.join(kept::name(size))).ok()?;
                let age = SystemTime::now().duration_since(file.modified().ok()?);
                Some(age.map_or(0, |age| age.as_secs()))
            }),
            unsigned: signed.map(|size| head.saturating_sub(size)),
            backup_age: backup.as_ref().map(|backup| ago(backup.taken)),
            unsaved: backup.map(|backup| head.saturating_sub(backup.position)),
            snapshot: snapshot::newest_position(dir),
        }
    }
}
