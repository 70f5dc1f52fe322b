//! A second directory, meant for another disk: a complete ledger of its own, written and synced before every answer.
//!
//! [`disk`] repeats what the journal's writer does, so that an answer waits for both; [`copy`] gives frames of one
//! journal to the other; [`level`] brings the two together when the ledger is opened; [`choice`] remembers where the
//! mirror is. Either directory alone is the whole ledger: the one that is ahead counts, since what it has may have been
//! acknowledged.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::store::event_store::Finding;
use crate::store::journal::disk::Disk;
use crate::store::ledger_file::{LedgerFile, LedgerFileError};
use crate::store::lock::{LockError, WriterLock};

pub mod choice;
pub mod copy;
pub mod disk;
pub mod level;

use disk::MirrorDisk;

/// Why a ledger with a mirror could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum MirrorError {
    /// The mirror's directory holds another ledger.
    #[error("the mirror in {0} is of another ledger: name a new directory with --mirror")]
    OtherLedger(String),
    /// The mirror's directory holds something else.
    #[error(
        "the mirror's directory {0} is not empty and holds no ledger: name a new one with --mirror"
    )]
    ElseThere(String),
    /// The mirror is the ledger itself, or one lies in the other.
    #[error(
        "the mirror {0} lies in the ledger's own directory or holds it: name a directory on another disk"
    )]
    Itself(String),
    /// Both have entries that the other lacks.
    #[error(
        "the ledger and its mirror in {dir} have gone different ways: each holds entries that the other lacks, up to {ours} and {theirs}"
    )]
    Diverged {
        /// The mirror.
        dir: String,
        /// How many entries the ledger has.
        ours: u64,
        /// How many entries the mirror has.
        theirs: u64,
    },
    /// The mirror cannot be read or written.
    #[error("the mirror in {dir} cannot be written: {problem}")]
    Unusable {
        /// The mirror.
        dir: String,
        /// What is wrong.
        problem: String,
    },
    /// The choice of the mirror cannot be read or written.
    #[error("the file `mirror` in the ledger's directory cannot be read or written: {0}")]
    Choice(String),
}

/// A mirror, locked against any other use.
pub struct Mirror {
    dir: PathBuf,
    disk: Arc<dyn Disk>,
    /// Held as long as the ledger is open.
    _lock: WriterLock,
}

impl MirrorError {
    /// Whether naming another directory helps.
    #[must_use]
    pub fn is_refusal(&self) -> bool {
        matches!(
            self,
            Self::OtherLedger(_) | Self::ElseThere(_) | Self::Itself(_)
        )
    }

    /// What to do next, where the sentence itself does not say it.
    #[must_use]
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Unusable { .. } => Some(
                "nothing is recorded without the mirror; bring it back, or decide to go on without one: --mirror none",
            ),
            Self::Diverged { .. } => Some(
                "no entry of either was changed; keep both, decide which one counts, and open that one with --mirror none",
            ),
            _ => None,
        }
    }
}

impl Mirror {
    /// Takes a directory as the mirror of a ledger: one that is new, empty, half made, or its mirror already.
    ///
    /// # Errors
    /// When the directory holds something else, is in use, or cannot be written.
    pub fn take(
        dir: &Path,
        primary: &Path,
        ledger: &LedgerFile,
        disk: &Arc<dyn Disk>,
    ) -> Result<Self, MirrorError> {
        let name = dir.display().to_string();
        let unusable = |problem: String| MirrorError::Unusable {
            dir: name.clone(),
            problem,
        };
        disk.create_dir(dir)
            .map_err(|error| unusable(error.to_string()))?;
        let whole = |path: &Path| std::fs::canonicalize(path);
        if let (Ok(one), Ok(other)) = (whole(dir), whole(primary))
            && (one.starts_with(&other) || other.starts_with(&one))
        {
            return Err(MirrorError::Itself(name));
        }
        match LedgerFile::read(disk.as_ref(), dir) {
            Ok(file) if file.id != ledger.id => return Err(MirrorError::OtherLedger(name)),
            Ok(_) => {}
            Err(LedgerFileError::NotALedger(_)) => {
                let begun = level::is_begun(disk.as_ref(), dir, ledger.id);
                if !begun.map_err(|error| unusable(error.to_string()))? {
                    return Err(MirrorError::ElseThere(name));
                }
            }
            // The ledger's own file is whole, and is written there again.
            Err(LedgerFileError::Damaged(_)) => {}
            Err(error) => return Err(unusable(error.to_string())),
        }
        let lock = WriterLock::take(dir).map_err(|error| match error {
            LockError::Held { .. } => unusable(error.to_string()),
            LockError::Io { error, .. } => unusable(error.to_string()),
        })?;
        Ok(Self {
            dir: dir.to_owned(),
            disk: Arc::clone(disk),
            _lock: lock,
        })
    }

    /// Its directory.
    #[must_use]
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The disk beneath both.
    #[must_use]
    pub fn disk(&self) -> &Arc<dyn Disk> {
        &self.disk
    }

    /// A disk that repeats in the mirror what is done to the journal of `primary`.
    #[must_use]
    pub fn twin(&self, primary: &Path) -> Arc<dyn Disk> {
        Arc::new(MirrorDisk::new(Arc::clone(&self.disk), primary, &self.dir))
    }

    fn unusable(&self, error: &io::Error) -> MirrorError {
        MirrorError::Unusable {
            dir: self.dir.display().to_string(),
            problem: error.to_string(),
        }
    }
}

/// The finding for a segment that was put back whole.
fn segment_put_back(file: String, bytes: u64, first_seq: u64, events: u64) -> Finding {
    Finding::FrameRepaired {
        file,
        offset: 0,
        bytes,
        first_seq,
        events,
        aside: String::new(),
    }
}
