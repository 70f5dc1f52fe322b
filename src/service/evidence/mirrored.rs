//! Files behind facts in the ledger's mirror.

use std::fs;
use std::io;
use std::path::Path;

use super::error::EvidenceError;
use crate::service::ledger::Ledger;
use crate::store::evidence::{self, Whole, places};

/// Keeps an attached file and its salt in the ledger's mirror as well, where it has one.
///
/// # Errors
/// When it cannot be kept there.
pub(super) fn mirrored(ledger: &Ledger, commit: &str) -> Result<(), EvidenceError> {
    let (Some(dir), Some(mirror)) = (ledger.dir(), ledger.mirror()) else {
        return Ok(());
    };
    repeat(dir, mirror, commit).map_err(|error| EvidenceError::NotMirrored {
        mirror: mirror.display().to_string(),
        error,
    })
}

/// Keeps an attached file and its salt in another ledger directory as well.
fn repeat(ledger: &Path, mirror: &Path, commit: &str) -> io::Result<()> {
    let (file, salt) = places(ledger, commit);
    let whole = Whole {
        salt: fs::read(salt)?,
        bytes: fs::read(file)?,
    };
    evidence::keep(mirror, commit, &whole)
}
