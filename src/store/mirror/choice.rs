//! Where a ledger's mirror is: a small file in its directory, so that later commands keep it without being told.

use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::store::journal::disk::{Access, Disk, fill_at, replace};
use crate::store::mirror::error::MirrorError;

/// The file's name in the ledger's directory. It is not mirrored: a mirror used alone has none.
pub const FILE_NAME: &str = "mirror";
const FORMAT: u32 = 1;
const MAX_BYTES: u64 = 64 << 10;

#[derive(Serialize, Deserialize)]
struct Content {
    dir: PathBuf,
    format: u32,
}

/// The mirror that a ledger's directory names.
///
/// # Errors
/// When the file is there and cannot be understood: nothing is recorded without the mirror by mistake.
pub fn recorded(disk: &dyn Disk, ledger: &Path) -> Result<Option<PathBuf>, MirrorError> {
    let read = || -> io::Result<Vec<u8>> {
        let file = disk.open(&ledger.join(FILE_NAME), false)?;
        let length = file.length()?.min(MAX_BYTES);
        let mut bytes = vec![0; usize::try_from(length).map_err(io::Error::other)?];
        fill_at(file.as_ref(), &mut bytes, 0)?;
        Ok(bytes)
    };
    let bytes = match read() {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(MirrorError::Choice(error.to_string())),
    };
    let again = "name the mirror again with --mirror";
    match serde_json::from_slice::<Content>(&bytes) {
        Ok(content) if content.format == FORMAT => Ok(Some(content.dir)),
        Ok(content) => Err(MirrorError::Choice(format!(
            "format {} is of a newer dealtrail; {again}",
            content.format
        ))),
        Err(error) => Err(MirrorError::Choice(format!("{error}; {again}"))),
    }
}

/// Remembers the mirror, or that there is none any more.
///
/// # Errors
/// When the disk fails.
pub fn record(disk: &dyn Disk, ledger: &Path, mirror: Option<&Path>) -> Result<(), MirrorError> {
    let path = ledger.join(FILE_NAME);
    let write = || match mirror {
        Some(dir) => {
            let content = Content {
                dir: dir.to_owned(),
                format: FORMAT,
            };
            replace(disk, &path, &serde_json::to_vec(&content)?, Access::Usual)
        }
        None => match disk.remove(&path) {
            Ok(()) => disk.sync_dir(ledger),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(error),
        },
    };
    write().map_err(|error| MirrorError::Choice(error.to_string()))
}
