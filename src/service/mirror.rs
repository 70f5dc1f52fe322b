//! How a ledger's mirror is doing, for people: looked at from outside, beside whoever records.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use uuid::Uuid;

use crate::store::journal::disk::{Disk, RealDisk};
use crate::store::journal::recover::Recovery;
use crate::store::ledger_file::LedgerFile;
use crate::store::mirror::choice;

/// A mirror, as it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MirrorState {
    /// Its directory.
    pub dir: PathBuf,
    /// How many entries it has; `None` when it cannot be read.
    pub position: Option<u64>,
    /// Its state in words.
    pub words: String,
}

/// Looks at the mirror of the ledger in `dir`, which has `head` entries; nothing is written.
pub(super) fn look(
    dir: &Path,
    ledger: Uuid,
    head: u64,
    open: Option<&Path>,
) -> Option<MirrorState> {
    let disk: Arc<dyn Disk> = Arc::new(RealDisk);
    let place = match open {
        Some(place) => place.to_owned(),
        None => match choice::recorded(disk.as_ref(), dir) {
            Ok(place) => place?,
            Err(error) => {
                return Some(MirrorState {
                    dir: PathBuf::new(),
                    position: None,
                    words: error.to_string(),
                });
            }
        },
    };
    let (position, words) = match position(&place, ledger, &disk) {
        Ok(position) if position == head => (Some(position), format!("level, {position} entries")),
        Ok(position) => (
            Some(position),
            format!(
                "{position} entries and the ledger {head}: brought level when it is next opened for recording"
            ),
        ),
        Err(problem) => (
            None,
            format!(
                "cannot be used ({problem}): nothing is recorded until it is back, or --mirror none ends it"
            ),
        ),
    };
    Some(MirrorState {
        dir: place,
        position,
        words,
    })
}

fn position(place: &Path, ledger: Uuid, disk: &Arc<dyn Disk>) -> Result<u64, String> {
    let file = LedgerFile::read(disk.as_ref(), place).map_err(|error| error.to_string())?;
    if file.id != ledger {
        return Err("it holds another ledger".to_owned());
    }
    let recovery = Recovery {
        dir: place,
        disk: Arc::clone(disk),
        ledger,
        segment_bytes: file.segment_bytes,
        copy: None,
        acknowledged: 0,
        writable: false,
    };
    let recovered = recovery.run().map_err(|error| error.to_string())?;
    match recovered.broken {
        Some(damage) => Err(damage.to_string()),
        None => Ok(recovered.end.head.position),
    }
}
