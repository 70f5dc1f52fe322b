//! Why a backup was not taken, not proved, or not restored.

use std::io;
use std::path::Path;

use uuid::Uuid;

use crate::proof::checkpoint::CheckpointError;
use crate::proof::policy::PolicyError;
use crate::service::open_error::LedgerError;
use crate::service::replay::ReplayError;
use crate::store::event_store::ReadError;
use crate::store::ledger_file::LedgerFileError;

/// Why a backup was not taken, not proved, or not restored.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The ledger cannot be opened.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The ledger's journal is damaged or cannot be read.
    #[error("{0}")]
    Journal(ReadError),
    /// The stored events do not follow one another.
    #[error(transparent)]
    Replay(#[from] ReplayError),
    /// The directory is no backup.
    #[error("{0} is no backup: name the directory that `dealtrail backup` wrote")]
    NotABackup(String),
    /// A backup was begun there and never finished.
    #[error("{0} holds a backup that was begun and never finished")]
    Unfinished(String),
    /// The directory holds something else.
    #[error("{0} is not empty and holds no backup: a backup needs a directory of its own")]
    ElseThere(String),
    /// The directory holds the backup of another ledger.
    #[error(
        "{dir} holds the backup of another ledger ({ledger}): give each ledger a directory of its own"
    )]
    OtherLedger {
        /// The directory.
        dir: String,
        /// The ledger whose backup it is.
        ledger: Uuid,
    },
    /// The backup that is there holds entries that the ledger does not have.
    #[error(
        "{dir} holds a backup of {position} entries that this ledger does not have in the same order: back up to a new directory, so that they are not lost"
    )]
    NotContained {
        /// The directory.
        dir: String,
        /// How many entries that backup holds.
        position: u64,
    },
    /// Another backup is being written there.
    #[error("another backup is being written to {0}: wait until it is done")]
    Busy(String),
    /// It was written by a later release.
    #[error(
        "the backup has format {0}, which is newer than this program: use the dealtrail that wrote it"
    )]
    Newer(u32),
    /// A file of the backup is not as it was written.
    #[error("{file}: {what}")]
    Damaged {
        /// The file, as a path inside the backup or the ledger.
        file: String,
        /// What does not hold.
        what: String,
    },
    /// What was restored is not what the manifest says.
    #[error("the restored ledger differs from the backup's manifest: {0}")]
    Different(String),
    /// The backup is older than what is known to exist.
    #[error("the backup holds {backup} entries, and {shown}: {} would be lost", lost(*backup, *newest))]
    Older {
        /// How many entries the backup holds.
        backup: u64,
        /// How many there are known to be.
        newest: u64,
        /// Who says so.
        shown: String,
    },
    /// The checkpoint is of another ledger.
    #[error(
        "the checkpoint is of {checkpoint} and the backup of {backup}: show the checkpoint of this ledger"
    )]
    OtherOrigin {
        /// The checkpoint's origin.
        checkpoint: String,
        /// The backup's origin.
        backup: String,
    },
    /// The checkpoint has another root.
    #[error(
        "the checkpoint fixes another history: at {size} entries its root is {checkpoint} and the backup's is {backup}"
    )]
    OtherHistory {
        /// The checkpoint's size.
        size: u64,
        /// Its root, in hexadecimal.
        checkpoint: String,
        /// The backup's root at that size, in hexadecimal.
        backup: String,
    },
    /// The file is no checkpoint.
    #[error("{name} is no checkpoint: {error}")]
    NoCheckpoint {
        /// What it is called.
        name: String,
        /// What is wrong with it.
        error: CheckpointError,
    },
    /// The trust policy cannot be read.
    #[error(transparent)]
    Policy(#[from] PolicyError),
    /// Nobody who is to be believed signed the checkpoint.
    #[error("{name} is not to be believed: {what}")]
    NotVouched {
        /// What it is called.
        name: String,
        /// Why not.
        what: String,
    },
    /// The directory to restore into holds something.
    #[error("{dir} holds {what}: a ledger is restored into a new directory")]
    Occupied {
        /// The directory.
        dir: String,
        /// What is there.
        what: String,
    },
    /// The system refused.
    #[error("{file}: {error}")]
    Io {
        /// The file or directory.
        file: String,
        /// The system's own words.
        error: io::Error,
    },
}

impl BackupError {
    /// Whether asking otherwise helps, as against damage and a system that refuses.
    #[must_use]
    pub fn is_refusal(&self) -> bool {
        match self {
            Self::Ledger(error) => error.is_refusal(),
            Self::Journal(_)
            | Self::Replay(_)
            | Self::Unfinished(_)
            | Self::Newer(_)
            | Self::Damaged { .. }
            | Self::Different(_)
            | Self::Io { .. } => false,
            Self::NotABackup(_)
            | Self::ElseThere(_)
            | Self::OtherLedger { .. }
            | Self::NotContained { .. }
            | Self::Busy(_)
            | Self::Older { .. }
            | Self::OtherOrigin { .. }
            | Self::OtherHistory { .. }
            | Self::NoCheckpoint { .. }
            | Self::Policy(_)
            | Self::NotVouched { .. }
            | Self::Occupied { .. } => true,
        }
    }

    /// What to do next, where the sentence itself does not say it.
    #[must_use]
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Ledger(error) => error.hint(),
            Self::Journal(_) | Self::Replay(_) => Some(
                "no damaged entry was taken and the older backup stands; `dealtrail replay` names the damage, and opening \
                 the ledger for recording (a note will do) restores what another copy holds",
            ),
            Self::Unfinished(_) => Some("run `dealtrail backup` again, it finishes what is there"),
            Self::Damaged { .. } | Self::Different(_) => Some(
                "`dealtrail backup DIR --prove` copies damaged files anew while the ledger is whole; to restore, use \
                 another backup or the mirror",
            ),
            Self::Older { .. } => Some(
                "restore a newer backup, or use the mirror (`--data MIRROR`); --accept-loss goes on without what is missing",
            ),
            Self::OtherHistory { .. } => Some(
                "nothing was restored; use a backup of the history that the checkpoint fixes, or ask who made the checkpoint",
            ),
            Self::NotVouched { .. } => Some(
                "nothing was restored; show a checkpoint as the ledger signed it, or name whom to believe with --trust",
            ),
            Self::Occupied { .. } => {
                Some("name another with --data, or move that one away first; nothing was changed")
            }
            _ => None,
        }
    }
}

impl From<LedgerFileError> for BackupError {
    fn from(error: LedgerFileError) -> Self {
        Self::Ledger(LedgerError::Open(error.into()))
    }
}

impl From<ReadError> for BackupError {
    fn from(error: ReadError) -> Self {
        Self::Journal(error)
    }
}

fn lost(backup: u64, newest: u64) -> String {
    match newest.saturating_sub(1) {
        last if last == backup => format!("entry {last}"),
        last => format!("entries {backup} to {last}"),
    }
}

/// The system's refusal, with the file it concerns.
pub(super) fn io_at(file: &Path) -> impl Fn(io::Error) -> BackupError + '_ {
    |error| BackupError::Io {
        file: file.display().to_string(),
        error,
    }
}

/// Damage of one file.
pub(super) fn damaged(file: &str, what: impl Into<String>) -> BackupError {
    BackupError::Damaged {
        file: file.to_owned(),
        what: what.into(),
    }
}
