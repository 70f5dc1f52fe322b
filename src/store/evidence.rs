//! Files behind facts, where they stand and whether they are what was committed to.
//!
//! A file is named by its commitment, SHA-256 over a random salt and the bytes, so that any copy of both proves itself.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use crate::store::journal::disk::Disk;
use crate::store::journal::mend::keep_file;

/// The directory of evidence inside a ledger's directory.
pub const DIRECTORY: &str = "evidence";
/// The ending of the file that holds a salt.
const SALT: &str = "salt";

/// A file and its salt that fit their commitment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Whole {
    /// The random salt.
    pub salt: Vec<u8>,
    /// The file.
    pub bytes: Vec<u8>,
}

/// What a file and its salt commit to, in lower-case hexadecimal.
#[must_use]
pub fn commitment(salt: &[u8], bytes: &[u8]) -> String {
    let digest = Sha256::new()
        .chain_update(salt)
        .chain_update(bytes)
        .finalize();
    HEXLOWER.encode(&digest)
}

/// The commitment a path names, when it is that of an attached file and not of its salt.
#[must_use]
pub fn commitment_of(path: &str) -> Option<&str> {
    let name = path.rsplit('/').next().unwrap_or(path);
    (path.starts_with(DIRECTORY) && !name.contains('.')).then_some(name)
}

/// The file of a commitment and its salt, as paths inside a ledger's directory.
#[must_use]
pub fn names(commit: &str) -> [String; 2] {
    let shelf: String = commit.chars().take(2).collect();
    let file = format!("{DIRECTORY}/{shelf}/{commit}");
    let salt = format!("{file}.{SALT}");
    [file, salt]
}

/// Where a file of evidence and its salt stand.
#[must_use]
pub fn places(ledger: &Path, commit: &str) -> (PathBuf, PathBuf) {
    let [file, salt] = names(commit);
    (ledger.join(file), ledger.join(salt))
}

/// Whether a kept file and its salt fit their commitment.
#[must_use]
pub fn is_whole(ledger: &Path, commit: &str) -> bool {
    best(&[ledger], commit).is_some()
}

/// A file and its salt that fit the commitment, each from any of these directories.
#[must_use]
pub fn best(ledgers: &[&Path], commit: &str) -> Option<Whole> {
    let read = |ledger: &&Path| {
        let (file, salt) = places(ledger, commit);
        (fs::read(file).ok(), fs::read(salt).ok())
    };
    let (files, salts): (Vec<_>, Vec<_>) = ledgers.iter().map(read).unzip();
    let pairs = files.iter().flatten().flat_map(|bytes| {
        let salts = salts.iter().flatten();
        salts.map(move |salt| (salt, bytes))
    });
    let mut fitting = pairs.filter(|(salt, bytes)| commitment(salt, bytes) == commit);
    fitting.next().map(|(salt, bytes)| Whole {
        salt: salt.clone(),
        bytes: bytes.clone(),
    })
}

/// Writes salt and file, each whole and durable, the file last: where it stands, its salt does too.
///
/// # Errors
/// When the disk fails.
pub fn keep(ledger: &Path, commit: &str, whole: &Whole) -> io::Result<()> {
    let (file, salt) = places(ledger, commit);
    let Some(shelf) = file.parent() else {
        return Err(io::Error::other("there is no place for it"));
    };
    fs::create_dir_all(shelf)?;
    write_durably(&salt, &whole.salt)?;
    write_durably(&file, &whole.bytes)?;
    for directory in [shelf, &ledger.join(DIRECTORY), ledger] {
        File::open(directory)?.sync_all()?;
    }
    Ok(())
}

/// As [`keep`], over what is damaged there, which is moved aside first. Gives where that is kept.
///
/// # Errors
/// When the disk fails.
pub fn put_back(
    ledger: &Path,
    disk: &dyn Disk,
    commit: &str,
    whole: &Whole,
) -> io::Result<Vec<String>> {
    let mut aside = Vec::new();
    let [file, salt] = names(commit);
    for (name, good) in [(file, &whole.bytes), (salt, &whole.salt)] {
        match fs::read(ledger.join(&name)) {
            Ok(there) if there == *good => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            // What cannot be read can still be moved.
            Ok(_) | Err(_) => aside.push(keep_file(ledger, disk, &name)?),
        }
    }
    keep(ledger, commit, whole)?;
    Ok(aside)
}

/// Writes a file beside its place and renames it: whole and durable but for its name, or not at all.
///
/// # Errors
/// When the disk fails.
pub fn write_durably(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut unfinished = path.as_os_str().to_owned();
    unfinished.push(".new");
    let unfinished = PathBuf::from(unfinished);
    let mut file = File::create(&unfinished)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&unfinished, path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::journal::disk::RealDisk;

    fn letter() -> (String, Whole) {
        let whole = Whole {
            salt: b"salt".to_vec(),
            bytes: b"land of brick".to_vec(),
        };
        (commitment(&whole.salt, &whole.bytes), whole)
    }

    #[test]
    fn a_file_of_one_side_and_a_salt_of_the_other_make_one_whole() {
        let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let (commit, whole) = letter();
        for side in [&one, &other] {
            keep(side.path(), &commit, &whole).unwrap();
        }
        fs::write(places(one.path(), &commit).0, b"land of glass").unwrap();
        fs::write(places(other.path(), &commit).1, b"sand").unwrap();
        assert!(!is_whole(one.path(), &commit) && !is_whole(other.path(), &commit));
        assert_eq!(best(&[one.path(), other.path()], &commit), Some(whole));
    }

    #[test]
    fn what_was_damaged_is_kept_aside_when_it_is_put_back() {
        let dir = tempfile::tempdir().unwrap();
        let (commit, whole) = letter();
        let nothing: [String; 0] = [];
        assert_eq!(
            put_back(dir.path(), &RealDisk, &commit, &whole).unwrap(),
            nothing
        );
        fs::write(places(dir.path(), &commit).0, b"land of glass").unwrap();
        let aside = put_back(dir.path(), &RealDisk, &commit, &whole).unwrap();
        assert_eq!(
            fs::read(dir.path().join(&aside[0])).unwrap(),
            b"land of glass".to_vec()
        );
        assert!(is_whole(dir.path(), &commit));
    }
}
