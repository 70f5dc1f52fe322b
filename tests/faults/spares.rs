//! The copies that a scripted history makes of its ledger: a backup, taken twice, and what is restored from it.

use std::path::{Path, PathBuf};

use dealtrail::service::backup::{Shown, backup, restore};
use dealtrail::service::ledger::Ledger;

use crate::service::support::{clock, options, stored};

/// What the sender knows of the copies.
#[derive(Debug, Clone, Default)]
pub(crate) struct Spares {
    /// How many entries the last backup holds that was reported as taken.
    backed: Option<u64>,
    /// How many entries were restored, once that was reported as done.
    restored: Option<u64>,
}

fn backup_in(place: &Path) -> PathBuf {
    place.join("backup")
}

fn restored_in(place: &Path) -> PathBuf {
    place.join("restored")
}

impl Spares {
    /// Takes a backup of the ledger, beside whoever records in it.
    pub(crate) fn take(&mut self, place: &Path, ledger: &Path) -> Result<(), String> {
        let to = backup_in(place);
        let taken = backup(ledger, &to, false, &options(&clock()), &mut |_, _, _| ());
        let taken = taken.map_err(|error| error.to_string())?;
        self.backed = Some(taken.manifest.position);
        Ok(())
    }

    /// Makes a ledger of the backup.
    pub(crate) fn put_back(&mut self, place: &Path) -> Result<(), String> {
        self.restored = Some(put_back(place, &restored_in(place))?);
        Ok(())
    }

    /// What was reported is there: the backup holds at least what it held then and restores to a prefix of `whole`; a
    /// ledger that was restored is one, and a restore that was stopped can be begun again.
    pub(crate) fn check(&self, place: &Path, whole: &[Vec<u8>], about: &str) {
        let Some(backed) = self.backed else { return };
        let begun = restored_in(place);
        if let Some(restored) = self.restored {
            prefix(&begun, restored, whole, about);
        } else if let Err(error) = put_back(place, &begun) {
            // Nobody was told, and it was whole nevertheless.
            assert!(begun.join("LEDGER").exists(), "{about}: {error}");
            prefix(&begun, backed, whole, about);
        }
        let again = place.join("restored-again");
        // Where the power went after a check, its removal may not have lasted.
        let _ = std::fs::remove_dir_all(&again);
        let position = put_back(place, &again).unwrap_or_else(|error| panic!("{about}: {error}"));
        assert!(position >= backed, "{about}: {position} of {backed}");
        prefix(&again, position, whole, about);
        std::fs::remove_dir_all(again).unwrap();
    }
}

fn put_back(place: &Path, to: &Path) -> Result<u64, String> {
    let shown = Shown::default();
    let from = backup_in(place);
    let restored = restore(&from, to, &shown, &options(&clock()), &mut |_, _, _| ());
    let restored = restored.map_err(|error| error.to_string())?;
    Ok(restored.manifest.position)
}

/// Whether a restored ledger begins with so many entries of the whole one, byte for byte.
fn prefix(dir: &Path, position: u64, whole: &[Vec<u8>], about: &str) {
    let ledger = Ledger::open(dir, &options(&clock()));
    let ledger = ledger.unwrap_or_else(|error| panic!("{about}: {error}"));
    assert_eq!(ledger.stopped(), None, "{about}");
    let found = stored(&ledger);
    let count = position as usize;
    assert!(found.len() >= count, "{about}: {} of {count}", found.len());
    assert!(
        found[..count] == whole[..count],
        "{about}: the restored ledger is another one"
    );
}
