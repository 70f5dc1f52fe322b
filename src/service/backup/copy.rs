//! Copies files durably, and tells their digests.

use std::io;
use std::path::Path;

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use crate::store::journal::disk::{Access, Disk, DiskFile, fill_at};

/// How much is read and written at once.
const STEP_BYTES: usize = 1 << 20;

/// What was read while a file was copied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Content {
    /// How many bytes.
    pub(super) bytes: u64,
    /// Their SHA-256, in hexadecimal.
    pub(super) sha256: String,
}

/// SHA-256 in hexadecimal.
pub(super) fn digest(bytes: &[u8]) -> String {
    HEXLOWER.encode(&Sha256::digest(bytes))
}

/// Hands a file's first `length` bytes to `each`, piece by piece, and gives their digest.
fn each_piece(
    file: &dyn DiskFile,
    length: u64,
    mut each: impl FnMut(&[u8], u64) -> io::Result<()>,
) -> io::Result<Content> {
    let mut buffer = vec![0; STEP_BYTES];
    let mut hash = Sha256::new();
    let mut at = 0;
    while at < length {
        let count = length.saturating_sub(at).min(STEP_BYTES as u64);
        let piece = buffer.get_mut(..count as usize).unwrap_or_default();
        fill_at(file, piece, at)?;
        hash.update(&*piece);
        each(piece, at)?;
        at = at.saturating_add(count);
    }
    Ok(Content {
        bytes: length,
        sha256: HEXLOWER.encode(&hash.finalize()),
    })
}

/// A file's length and digest.
pub(super) fn content_of(disk: &dyn Disk, path: &Path) -> io::Result<Content> {
    let file = disk.open(path, false)?;
    let length = file.length()?;
    each_piece(file.as_ref(), length, |_, _| Ok(()))
}

/// Copies a file's first `length` bytes under another name, whole and durable but for the name, which lasts once the
/// directory is synced. Zeros follow up to `padded`.
pub(super) fn copy(
    disk: &dyn Disk,
    from: &Path,
    to: &Path,
    length: Option<u64>,
    padded: u64,
) -> io::Result<Content> {
    let source = disk.open(from, false)?;
    let length = match length {
        Some(length) => length,
        None => source.length()?,
    };
    let mut name = to.as_os_str().to_owned();
    name.push(".new");
    let fresh = Path::new(&name);
    remove_if_there(disk, fresh)?;
    let target = disk.create(fresh, Access::Usual)?;
    let content = each_piece(source.as_ref(), length, |piece, at| {
        target.write_at(piece, at)
    })?;
    let zeros = vec![0; STEP_BYTES];
    let mut at = length;
    while at < padded {
        let count = padded.saturating_sub(at).min(STEP_BYTES as u64);
        target.write_at(zeros.get(..count as usize).unwrap_or_default(), at)?;
        at = at.saturating_add(count);
    }
    target.sync()?;
    disk.rename(fresh, to)?;
    Ok(content)
}

/// Reads a small file whole.
pub(super) fn read_small(disk: &dyn Disk, path: &Path, most: u64) -> io::Result<Vec<u8>> {
    let file = disk.open(path, false)?;
    let length = file.length()?;
    if length > most {
        return Err(io::Error::other(format!(
            "it has {length} bytes, and at most {most} are read"
        )));
    }
    let mut bytes = vec![0; usize::try_from(length).map_err(io::Error::other)?];
    fill_at(file.as_ref(), &mut bytes, 0)?;
    Ok(bytes)
}

/// The names in a directory; none where there is no such directory.
pub(super) fn names(disk: &dyn Disk, dir: &Path) -> io::Result<Vec<String>> {
    match disk.list(dir) {
        Ok(names) => Ok(names),
        Err(error) => match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Ok(Vec::new()),
            _ => Err(error),
        },
    }
}

/// Removes a file that may be there.
pub(super) fn remove_if_there(disk: &dyn Disk, path: &Path) -> io::Result<()> {
    match disk.remove(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
