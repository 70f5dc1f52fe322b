//! Opens the second copy beside a journal, or sets it aside.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use uuid::Uuid;

use crate::store::engine::sled::guard::SledError;
use crate::store::engine::sled::layout::Applied;
use crate::store::engine::sled::tree::Tree;
use crate::store::event_store::{Finding, Head};
use crate::store::journal::files::JournalFiles;
use crate::store::journal::segment;

/// The second copy's directory inside the ledger's.
pub const DIRECTORY: &str = "sled";
const KEPT_NAMES: u32 = 1_000;

/// Opens the database; one that cannot be opened is set aside, and a new one begun.
///
/// # Errors
/// When not even a new one can be made: the disk is full, for one.
pub fn open(dir: &Path, findings: &mut Vec<Finding>) -> Result<Arc<Tree>, SledError> {
    match Tree::open(&dir.join(DIRECTORY)) {
        Ok(tree) => Ok(Arc::new(tree)),
        Err(error) => {
            if free_bytes_are_short(&error) {
                return Err(error);
            }
            findings.push(set_aside(dir, &error.to_string())?);
            Tree::open(&dir.join(DIRECTORY)).map(Arc::new)
        }
    }
}

/// Checks that the database belongs to this journal and does not contradict it. `ahead` is still the database's own
/// head then: the caller puts the missing frames back.
///
/// # Errors
/// A sentence that says why the database is of no use.
pub fn fit(
    tree: &Tree,
    files: &JournalFiles,
    ledger: Uuid,
    indexer: u32,
    journal: Head,
) -> Result<Head, String> {
    let applied = tree.applied().map_err(|error| error.to_string())?;
    let Some(applied) = applied else {
        return if tree.is_empty() {
            Ok(segment::origin_head(ledger))
        } else {
            Err("it has another layout".to_owned())
        };
    };
    let Applied { head, last, .. } = applied;
    match () {
        () if applied.ledger != ledger => Err("it belongs to another ledger".to_owned()),
        () if applied.indexer != indexer => Err("its index follows older rules".to_owned()),
        () if head.frames == 0 || head.frames > journal.frames => Ok(head),
        () if head.frames == journal.frames && head != journal => Err(disagrees(head)),
        () => match files.frame_at(last, head.position) {
            Ok(frame) if frame.head() == head => Ok(head),
            Ok(_) => Err(disagrees(head)),
            // The place is damaged in the journal: the copy is what can mend it, so it is kept.
            Err(_) => Ok(head),
        },
    }
}

fn disagrees(head: Head) -> String {
    format!(
        "it has another history up to event {} than the journal",
        head.position
    )
}

/// Moves the database's directory away, to be looked at, and says where it is.
///
/// # Errors
/// When the system refuses.
pub fn set_aside(dir: &Path, reason: &str) -> Result<Finding, SledError> {
    let from = dir.join(DIRECTORY);
    let name = (0..KEPT_NAMES)
        .map(|number| format!("aside/sled-{number}"))
        .find(|name| !dir.join(name).exists())
        .ok_or_else(|| {
            SledError(
                "too many copies are kept in `aside`: look at them and remove some".to_owned(),
            )
        })?;
    let moved = || -> io::Result<()> {
        std::fs::create_dir_all(dir.join("aside"))?;
        std::fs::rename(&from, dir.join(&name))?;
        let sync = |path: PathBuf| std::fs::File::open(path)?.sync_all();
        sync(dir.join("aside"))?;
        sync(dir.to_owned())
    };
    moved().map_err(|error| SledError(format!("the second copy cannot be set aside: {error}")))?;
    Ok(Finding::SecondCopySetAside {
        reason: reason.to_owned(),
        aside: name,
    })
}

fn free_bytes_are_short(error: &SledError) -> bool {
    [
        "No space left",
        "StorageFull",
        "os error 28",
        "Permission denied",
        "Read-only",
        "WouldBlock",
    ]
    .iter()
    .any(|words| error.0.contains(words))
}
