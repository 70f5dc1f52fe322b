//! Why a file was not attached or found.

use std::io;

use crate::deal::value::source::SourceError;
use crate::service::ambient::NoRandomness;

/// The largest file that is taken in, in bytes.
pub const MAX_BYTES: u64 = 256 << 20;

/// Why a file was not attached or found.
#[derive(Debug, thiserror::Error)]
pub enum EvidenceError {
    /// The file cannot be read.
    #[error("{file} cannot be read: {error}")]
    Unreadable {
        /// The file.
        file: String,
        /// The system's own words.
        error: io::Error,
    },
    /// The file is empty.
    #[error("{0} is empty: attach the file that shows the fact")]
    Empty(String),
    /// The file is too large.
    #[error("{file} is larger than {} MiB: attach an extract of it", MAX_BYTES >> 20)]
    TooLarge {
        /// The file.
        file: String,
    },
    /// It cannot be kept.
    #[error("the file could not be kept beside the ledger: {0}")]
    NotKept(io::Error),
    /// It cannot be kept in the mirror.
    #[error(
        "the file could not be kept in the mirror {mirror} ({error}); `--mirror none` goes on without it"
    )]
    NotMirrored {
        /// The mirror.
        mirror: String,
        /// The system's own words.
        error: io::Error,
    },
    /// The system gives no random bytes.
    #[error(transparent)]
    Randomness(#[from] NoRandomness),
    /// What was made of it is no evidence.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// The ledger is in memory.
    #[error("this ledger is in memory and keeps no files: leave the file out")]
    NoPlace,
    /// The file or its salt is not there any more.
    #[error("the file behind {0} is not kept here; it may have been erased")]
    Gone(String),
    /// The file is not the one that was committed to.
    #[error("the file behind {0} has changed: put it back from a backup")]
    Changed(String),
}
