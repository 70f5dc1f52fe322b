//! Files behind sources: kept beside the ledger, bound to it by a commitment.
use std::io;
use std::path::Path;

use super::ledger::Ledger;
use crate::deal::value::source::Evidence;

/// Why a file could not be stored.
#[derive(Debug, thiserror::Error)]
pub enum EvidenceError {
    /// The file or the disk failed.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// Stores a file.
///
/// # Errors
/// When it cannot be read or stored.
pub fn attach(_ledger: &Ledger, _file: &Path) -> Result<Evidence, EvidenceError> {
    Err(io::Error::other("not there yet").into())
}
