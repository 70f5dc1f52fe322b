//! Issued Documents that a mirror lacks.

use std::io;
use std::path::Path;

use crate::store::documents::{self, DIRECTORY, Kept};
use crate::store::journal::disk::Disk;

/// Copies whole Documents that the mirror lacks. What is there stays: which of two that differ is the good one is for the
/// doctor to say, who reads them all.
///
/// # Errors
/// When either side cannot be read or written.
pub(super) fn level(disk: &dyn Disk, primary: &Path, mirror: &Path) -> io::Result<()> {
    let names = match disk.list(&primary.join(DIRECTORY)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        other => other?,
    };
    for name in names {
        let Some(digest) = documents::digest_of(&format!("{DIRECTORY}/{name}")).map(str::to_owned)
        else {
            continue;
        };
        let lacks = matches!(documents::read(mirror, &digest), Kept::Missing);
        if lacks && let Kept::Whole(bytes) = documents::read(primary, &digest) {
            documents::keep(mirror, &bytes)?;
        }
    }
    Ok(())
}
