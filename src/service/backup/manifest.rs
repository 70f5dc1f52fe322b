//! What a backup holds, file by file. The format is for ever: a later one gets another number.

use std::collections::BTreeMap;
use std::io;
use std::path::{Component, Path};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::copy::{digest, read_small};
use super::error::{BackupError, damaged, io_at};
use super::seal::{seal, unseal};
use crate::store::journal::disk::{Access, Disk, replace};

/// The manifest's name in a backup.
pub const FILE_NAME: &str = "manifest.json";
/// The file that says whose backup a directory holds, written before anything else.
pub const MARK: &str = "BACKUP";
/// The format this code writes.
pub const FORMAT: u32 = 1;
/// Far more than a manifest can have.
const MAX_BYTES: u64 = 1 << 30;

/// One file of a backup. Fields stand in the order of their names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its length in the backup, in bytes.
    pub bytes: u64,
    /// Where it belongs in the ledger's directory.
    pub path: String,
    /// SHA-256 of its bytes in the backup, in hexadecimal.
    pub sha256: String,
    /// Where it is kept in the backup.
    pub stored: String,
}

/// The digest of one read model, and the version of the fold that made it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelDigest {
    /// SHA-256 over its state, in hexadecimal.
    pub digest: String,
    /// The version of its fold: digests of two versions cannot be compared.
    pub version: u32,
}

/// What a backup holds. Fields stand in the order of their names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The chain hash after the last frame, in hexadecimal.
    pub chain: String,
    /// When the backup was taken.
    pub created: DateTime<Utc>,
    /// Its files, in the order of their paths.
    pub files: Vec<Entry>,
    /// The format of the backup.
    pub format: u32,
    /// How many frames it holds.
    pub frames: u64,
    /// The ledger's id.
    pub ledger: Uuid,
    /// The ledger's name in checkpoints.
    pub origin: String,
    /// How many events it holds.
    pub position: u64,
    /// The release that took it.
    pub program: String,
    /// The digest of each read model folded from it, by name.
    pub read_models: BTreeMap<String, ModelDigest>,
    /// The Merkle root over its events, in hexadecimal.
    pub root: String,
    /// The length of each journal segment once restored, in bytes.
    pub segment_bytes: u64,
}

#[derive(Serialize, Deserialize)]
struct Sealed<T> {
    manifest: T,
    sha256: String,
}

#[derive(Deserialize)]
struct Probe {
    format: u32,
}

impl Manifest {
    /// The file's bytes: the manifest, and SHA-256 over its compact form.
    ///
    /// # Errors
    /// Never in practice: every field has a JSON form.
    pub fn to_bytes(&self) -> io::Result<Vec<u8>> {
        let sealed = Sealed {
            sha256: digest(&serde_json::to_vec(self)?),
            manifest: self,
        };
        let mut bytes = serde_json::to_vec_pretty(&sealed)?;
        bytes.push(b'\n');
        Ok(bytes)
    }

    /// Reads a manifest's bytes, each of which is proved.
    ///
    /// # Errors
    /// When it is of a later format or damaged, or names a file outside of the directory.
    pub fn parse(bytes: &[u8]) -> Result<Self, BackupError> {
        let bad = |what: &str| damaged(FILE_NAME, format!("the manifest is damaged ({what})"));
        let probe: Sealed<Probe> =
            serde_json::from_slice(bytes).map_err(|error| bad(&error.to_string()))?;
        if probe.manifest.format != FORMAT {
            return Err(BackupError::Newer(probe.manifest.format));
        }
        let sealed: Sealed<Self> =
            serde_json::from_slice(bytes).map_err(|error| bad(&error.to_string()))?;
        let manifest = sealed.manifest;
        // Written anew it must be the very same bytes, so that no flipped bit passes.
        if manifest.to_bytes().ok().as_deref() != Some(bytes) {
            return Err(bad("its digest does not fit"));
        }
        let strange = |file: &&Entry| !is_inside(&file.path) || !is_inside(&file.stored);
        if let Some(file) = manifest.files.iter().find(strange) {
            return Err(bad(&format!("it names the file {}", file.path)));
        }
        Ok(manifest)
    }

    /// Reads the manifest of a backup.
    ///
    /// # Errors
    /// When there is none, it is of a later format, or it is damaged.
    pub fn read(disk: &dyn Disk, backup: &Path) -> Result<Self, BackupError> {
        let path = backup.join(FILE_NAME);
        match read_small(disk, &path, MAX_BYTES) {
            Ok(bytes) => Self::parse(&bytes),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let name = backup.display().to_string();
                Err(match disk.open(&backup.join(MARK), false) {
                    Ok(_) => BackupError::Unfinished(name),
                    Err(_) => BackupError::NotABackup(name),
                })
            }
            Err(error) => Err(io_at(&path)(error)),
        }
    }

    /// Puts the manifest in the place of the one before: whole and durable, or not at all.
    ///
    /// # Errors
    /// When the disk is full or fails.
    pub fn write(&self, disk: &dyn Disk, backup: &Path) -> Result<(), BackupError> {
        let path = backup.join(FILE_NAME);
        let write = || replace(disk, &path, &self.to_bytes()?, Access::Usual);
        write().map_err(io_at(&path))
    }

    /// The file kept for a path of the ledger's directory.
    #[must_use]
    pub fn entry(&self, path: &str) -> Option<&Entry> {
        self.files.iter().find(|file| file.path == path)
    }
}

/// Whose backup a directory holds, as its mark says.
pub(super) fn marked(disk: &dyn Disk, backup: &Path) -> Option<Uuid> {
    let bytes = read_small(disk, &backup.join(MARK), 4_096).ok()?;
    unseal(&bytes)
}

/// Marks a directory as the backup of a ledger.
pub(super) fn mark(disk: &dyn Disk, backup: &Path, ledger: Uuid) -> Result<(), BackupError> {
    let path = backup.join(MARK);
    let write = || replace(disk, &path, &seal(ledger)?, Access::Usual);
    write().map_err(io_at(&path))
}

/// Whether a path stays inside the directory it is joined to.
fn is_inside(path: &str) -> bool {
    let mut parts = Path::new(path).components().peekable();
    parts.peek().is_some() && parts.all(|part| matches!(part, Component::Normal(_)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest() -> Manifest {
        let model = ModelDigest {
            digest: "11".repeat(32),
            version: 3,
        };
        Manifest {
            chain: "22".repeat(32),
            created: "2025-04-26T20:00:00Z".parse().unwrap(),
            files: vec![Entry {
                bytes: 5,
                path: "journal/000000".to_owned(),
                sha256: "33".repeat(32),
                stored: "segments/000000-at-2".to_owned(),
            }],
            format: FORMAT,
            frames: 2,
            ledger: Uuid::from_bytes([7; 16]),
            origin: "ledger.example/test".to_owned(),
            position: 6,
            program: "0.1.0".to_owned(),
            read_models: BTreeMap::from([("status".to_owned(), model)]),
            root: "44".repeat(32),
            segment_bytes: 4 << 20,
        }
    }

    /// These bytes stand in backups: when this test fails, old backups cannot be restored.
    #[test]
    fn the_format_is_for_ever() {
        let bytes = manifest().to_bytes().unwrap();
        assert_eq!(Manifest::parse(&bytes).unwrap(), manifest());
        assert_eq!(digest(&bytes), FROZEN);
    }

    const FROZEN: &str = "ad50625d0cb82414640fd6ea4b0123fabccd17944cf2710360649eae926154b0";

    #[test]
    fn every_flipped_bit_is_noticed() {
        let whole = manifest().to_bytes().unwrap();
        for byte in 0..whole.len() {
            for bit in 0..8 {
                let mut bad = whole.clone();
                bad[byte] ^= 1 << bit;
                assert!(Manifest::parse(&bad).is_err(), "byte {byte} bit {bit}");
            }
        }
    }

    #[test]
    fn a_path_that_leads_outside_is_refused() {
        for bad in ["../x", "/etc/x", "a/../../x", ""] {
            let mut manifest = manifest();
            manifest.files[0].path = bad.to_owned();
            let bytes = manifest.to_bytes().unwrap();
            assert!(Manifest::parse(&bytes).is_err(), "{bad}");
        }
    }
}
