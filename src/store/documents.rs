//! Documents of issued reports, where they stand and whether they are what was issued.
//!
//! A Document is named by the SHA-256 of its bytes, which the event that issues it holds too, so that any copy proves
//! itself. It is durable before that event is recorded.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use crate::store::evidence::write_durably;
use crate::store::journal::disk::Disk;
use crate::store::journal::mend::keep_file;

/// The directory of issued Documents inside a ledger's directory.
pub const DIRECTORY: &str = "reports";
/// The ending of a Document's file.
const ENDING: &str = ".json";
/// Held while a Document is written.
static KEEPING: Mutex<()> = Mutex::new(());

/// What stands in the place of a Document.
#[derive(Debug)]
pub enum Kept {
    /// The Document, proved against its digest.
    Whole(Vec<u8>),
    /// Other bytes.
    Changed,
    /// Nothing.
    Missing,
    /// Something that cannot be read.
    Unreadable(io::Error),
}

/// The digest a Document is named by, in lower-case hexadecimal.
#[must_use]
pub fn digest(bytes: &[u8]) -> String {
    HEXLOWER.encode(&Sha256::digest(bytes))
}

/// The digest a path names, when it is that of a Document.
#[must_use]
pub fn digest_of(path: &str) -> Option<&str> {
    let name = path.strip_prefix(DIRECTORY)?.strip_prefix('/')?;
    name.strip_suffix(ENDING)
}

/// The file of a Document, as a path inside a ledger's directory.
#[must_use]
pub fn name(digest: &str) -> String {
    format!("{DIRECTORY}/{digest}{ENDING}")
}

/// Where a Document stands.
#[must_use]
pub fn place(ledger: &Path, digest: &str) -> PathBuf {
    ledger.join(name(digest))
}

/// The Document of a digest, proved.
#[must_use]
pub fn read(ledger: &Path, wanted: &str) -> Kept {
    match fs::read(place(ledger, wanted)) {
        Ok(bytes) if digest(&bytes) == wanted => Kept::Whole(bytes),
        Ok(_) => Kept::Changed,
        Err(error) if error.kind() == io::ErrorKind::NotFound => Kept::Missing,
        Err(error) => Kept::Unreadable(error),
    }
}

/// Whether a Document stands there as it was issued.
#[must_use]
pub fn is_whole(ledger: &Path, digest: &str) -> bool {
    matches!(read(ledger, digest), Kept::Whole(_))
}

/// Writes a Document, whole and durable. One that stands there already is left as it is.
///
/// # Errors
/// When the disk fails.
pub fn keep(ledger: &Path, bytes: &[u8]) -> io::Result<String> {
    // Two who issue the same Document at once would write beside the same place.
    let _one_at_a_time = KEEPING.lock().unwrap_or_else(PoisonError::into_inner);
    let digest = digest(bytes);
    let shelf = ledger.join(DIRECTORY);
    if !is_whole(ledger, &digest) {
        fs::create_dir_all(&shelf)?;
        write_durably(&place(ledger, &digest), bytes)?;
    }
    // What stands there may be of an earlier try that ended before its names were durable.
    for directory in [shelf.as_path(), ledger] {
        File::open(directory)?.sync_all()?;
    }
    Ok(digest)
}

/// As [`keep`], over what is damaged there, which is moved aside first. Gives where that is kept.
///
/// # Errors
/// When the disk fails.
pub fn put_back(ledger: &Path, disk: &dyn Disk, bytes: &[u8]) -> io::Result<Option<String>> {
    let wanted = digest(bytes);
    let aside = match read(ledger, &wanted) {
        Kept::Whole(_) | Kept::Missing => None,
        Kept::Changed | Kept::Unreadable(_) => Some(keep_file(ledger, disk, &name(&wanted))?),
    };
    keep(ledger, bytes)?;
    Ok(aside)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::journal::disk::RealDisk;

    #[test]
    fn a_document_proves_itself_and_a_damaged_one_is_kept_aside() {
        let dir = tempfile::tempdir().unwrap();
        let bytes = br#"{"report":"practical-steps"}"#;
        let digest = keep(dir.path(), bytes).unwrap();
        assert_eq!(digest_of(&name(&digest)), Some(digest.as_str()));
        assert!(is_whole(dir.path(), &digest));
        assert_eq!(keep(dir.path(), bytes).unwrap(), digest, "kept once");
        fs::write(place(dir.path(), &digest), b"{}").unwrap();
        assert!(matches!(read(dir.path(), &digest), Kept::Changed));
        let aside = put_back(dir.path(), &RealDisk, bytes).unwrap();
        assert_eq!(fs::read(dir.path().join(aside.unwrap())).unwrap(), b"{}");
        assert!(is_whole(dir.path(), &digest));
        fs::remove_file(place(dir.path(), &digest)).unwrap();
        assert!(matches!(read(dir.path(), &digest), Kept::Missing));
        assert_eq!(put_back(dir.path(), &RealDisk, bytes).unwrap(), None);
    }

    #[test]
    fn other_paths_name_no_document() {
        for path in [
            "reports",
            "reports/",
            "evidence/ab/abc",
            "reports/x.json.new",
            "reportsx/y.json",
        ] {
            assert!(digest_of(path).is_none_or(str::is_empty), "{path}");
        }
    }
}
