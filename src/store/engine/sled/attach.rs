//! Opens the second copy beside a journal, or sets it aside.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use uuid::Uuid;

use crate::store::engine::sled::guard::SledError;
use crate::store::engine::sled::layout::Applied;
use crate::store::engine::sled::tree::Tree;
use crate::store::event_store::{Finding, Head};
use crate::store::frame::Check;
use crate::store::journal::files::JournalFiles;
use crate::store::journal::frames::{JournalFrames, SecondCopy};
use crate::store::journal::segment;

/// The second copy's directory inside the ledger's.
pub const DIRECTORY: &str = "sled";
const KEPT_NAMES: u32 = 1_000;

/// Opens the database; one that cannot be opened is set aside, and a new one begun.
///
/// # Errors
/// When not even a new one can be made: the disk is full, for one.
pub fn open(dir: &Path, ledger: Uuid, findings: &mut Vec<Finding>) -> Result<Arc<Tree>, SledError> {
    match Tree::open(&dir.join(DIRECTORY), segment::origin_head(ledger)) {
        Ok(tree) => Ok(Arc::new(tree)),
        Err(error) => {
            if free_bytes_are_short(&error) {
                return Err(error);
            }
            findings.push(set_aside(dir, &error.to_string())?);
            Tree::open(&dir.join(DIRECTORY), segment::origin_head(ledger)).map(Arc::new)
        }
    }
}

/// Checks that the database belongs to this journal and does not contradict it; gives the head it has reached, which
/// may lie ahead of the journal's.
///
/// # Errors
/// A sentence that says why the database is of no use.
pub fn fit(
    tree: &Arc<Tree>,
    files: &Arc<JournalFiles>,
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
    if applied.ledger != ledger {
        return Err("it belongs to another ledger".to_owned());
    }
    if applied.indexer != indexer {
        return Err("its index follows older rules".to_owned());
    }
    if head.frames > journal.frames || head == journal {
        return Ok(head);
    }
    let agrees = match files.frame_at(last, head.position) {
        Ok(frame) => frame.head() == head,
        // Either the journal is damaged there, and this copy is what mends it, or the copy has another history.
        Err(_) => reaches(tree, files, head),
    };
    if agrees {
        Ok(head)
    } else {
        Err(format!(
            "it has another history up to event {} than the journal",
            head.position
        ))
    }
}

/// Whether the journal comes to this head, with damaged frames taken from the copy where those fit.
fn reaches(tree: &Arc<Tree>, files: &Arc<JournalFiles>, head: Head) -> bool {
    let Some(start) = JournalFrames::start_of(files, |before| before.frames < head.frames) else {
        return false;
    };
    let copy = Arc::clone(tree) as Arc<dyn SecondCopy>;
    let mut frames = JournalFrames::new(Arc::clone(files), start, head.frames, Check::Checksum)
        .with_copy(Some(copy));
    frames.by_ref().all(|frame| frame.is_ok()) && frames.head() == head
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
