//! The mirror's directory, taken for a ledger and locked against any other use.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use uuid::Uuid;

use crate::store::documents;
use crate::store::evidence;
use crate::store::journal::disk::Disk;
use crate::store::journal::segment;
use crate::store::ledger_file::{LedgerFile, LedgerFileError};
use crate::store::lock::{LockError, WriterLock};
use crate::store::mirror::disk::MirrorDisk;
use crate::store::mirror::error::MirrorError;

/// A mirror, locked against any other use.
pub struct Mirror {
    dir: PathBuf,
    disk: Arc<dyn Disk>,
    /// Held as long as the ledger is open.
    _lock: WriterLock,
}

impl Mirror {
    /// Whether nothing is in a directory, or not even the directory is there: so an unmounted disk looks.
    #[must_use]
    pub fn is_gone(dir: &Path, disk: &dyn Disk) -> bool {
        match disk.list(dir) {
            Ok(names) => names.is_empty(),
            Err(error) => error.kind() == io::ErrorKind::NotFound,
        }
    }

    /// Takes a directory as the mirror of a ledger: one that is new, empty, half made, or its mirror already.
    ///
    /// # Errors
    /// When the directory holds something else, is in use, or cannot be written.
    pub fn take(
        dir: &Path,
        primary: &Path,
        ledger: &LedgerFile,
        disk: &Arc<dyn Disk>,
    ) -> Result<Self, MirrorError> {
        let name = dir.display().to_string();
        let unusable = |problem: String| MirrorError::Unusable {
            dir: name.clone(),
            problem,
        };
        disk.create_dir(dir)
            .map_err(|error| unusable(error.to_string()))?;
        let whole = |path: &Path| std::fs::canonicalize(path);
        if let (Ok(one), Ok(other)) = (whole(dir), whole(primary))
            && (one.starts_with(&other) || other.starts_with(&one))
        {
            return Err(MirrorError::Itself(name));
        }
        match LedgerFile::read(disk.as_ref(), dir) {
            Ok(file) if file.id != ledger.id => return Err(MirrorError::OtherLedger(name)),
            Ok(_) => {}
            Err(LedgerFileError::NotALedger(_)) => {
                let begun = is_begun(disk.as_ref(), dir, ledger.id);
                if !begun.map_err(|error| unusable(error.to_string()))? {
                    return Err(MirrorError::ElseThere(name));
                }
            }
            // The ledger's own file is whole, and is written there again.
            Err(LedgerFileError::Damaged(_)) => {}
            Err(error) => return Err(unusable(error.to_string())),
        }
        let lock = WriterLock::take(dir).map_err(|error| match error {
            LockError::Held { .. } => unusable(error.to_string()),
            LockError::Io { error, .. } => unusable(error.to_string()),
        })?;
        Ok(Self {
            dir: dir.to_owned(),
            disk: Arc::clone(disk),
            _lock: lock,
        })
    }

    /// Its directory.
    #[must_use]
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The disk beneath both.
    #[must_use]
    pub fn disk(&self) -> &Arc<dyn Disk> {
        &self.disk
    }

    /// A disk that repeats in the mirror what is done to the journal of `primary`.
    #[must_use]
    pub fn twin(&self, primary: &Path) -> Arc<dyn Disk> {
        Arc::new(MirrorDisk::new(Arc::clone(&self.disk), primary, &self.dir))
    }

    /// The failure of a read or write there.
    #[must_use]
    pub fn unusable(&self, error: &io::Error) -> MirrorError {
        MirrorError::Unusable {
            dir: self.dir.display().to_string(),
            problem: error.to_string(),
        }
    }
}

/// Whether a directory without `LEDGER` is empty or holds what an interrupted making of this mirror left.
fn is_begun(disk: &dyn Disk, dir: &Path, ledger: Uuid) -> io::Result<bool> {
    let ours = |name: &String| {
        [
            "lock",
            segment::DIRECTORY,
            evidence::DIRECTORY,
            documents::DIRECTORY,
            "LEDGER.new",
            &begun_name(ledger),
        ]
        .contains(&name.as_str())
    };
    let names = disk.list(dir)?;
    let bare = names.iter().all(|name| name == "lock");
    Ok(bare || (names.contains(&begun_name(ledger)) && names.iter().all(ours)))
}

/// The mark of a mirror that is being made.
pub fn begun_name(ledger: Uuid) -> String {
    format!("mirror-of-{ledger}")
}
