//! Lays a backup's files out as a ledger's directory, and proves them there. `LEDGER` is left to the caller: a
//! directory without it is no ledger.

use std::path::Path;
use std::sync::Arc;

use super::copy::{content_of, copy, read_small};
use super::error::{BackupError, damaged, io_at};
use super::manifest::{Entry, Manifest};
use super::source::{Marks, Proved, Source};
use super::step::{Step, Told};
use crate::store::documents;
use crate::store::evidence;
use crate::store::head::Head;
use crate::store::journal::disk::{Access, Disk, replace};
use crate::store::journal::segment;
use crate::store::ledger_file::{self, LedgerFile};

/// Far more than a small file has.
const SMALL_BYTES: u64 = 64 << 20;

/// A ledger's files, laid out and proved.
pub(super) struct LaidOut {
    /// What the file `LEDGER` says.
    pub(super) ledger: LedgerFile,
    /// What the journal came to.
    pub(super) proved: Proved,
    /// Whether every read model was compared with the manifest's digest.
    pub(super) compared: bool,
}

/// Copies every file of a backup but `LEDGER` to where it belongs below `dir`, durably, with its digest proved on the
/// way; then reads the journal from its first frame and compares it with the manifest.
pub(super) fn lay_out(
    disk: &Arc<dyn Disk>,
    backup: &Path,
    manifest: &Manifest,
    dir: &Path,
    marks: Marks,
    told: Told<'_>,
) -> Result<LaidOut, BackupError> {
    let ledger = ledger_of(disk.as_ref(), backup, manifest)?;
    let mut dirs = vec![dir.to_owned()];
    let all = manifest.files.len() as u64;
    for (done, entry) in manifest.files.iter().enumerate() {
        told(Step::Restoring, done as u64, all);
        if entry.path != ledger_file::FILE_NAME {
            put(disk.as_ref(), backup, manifest, entry, dir)?;
        }
        let place = dir.join(&entry.path);
        let above = place
            .ancestors()
            .skip(1)
            .take_while(|above| above.starts_with(dir));
        dirs.extend(above.map(Path::to_owned));
    }
    dirs.sort();
    dirs.dedup();
    for one in dirs {
        disk.sync_dir(&one).map_err(io_at(&one))?;
    }
    for entry in &manifest.files {
        let commit = evidence::commitment_of(&entry.path);
        if commit.is_some_and(|commit| !evidence::is_whole(dir, commit)) {
            return Err(damaged(
                &entry.stored,
                "the attached file does not fit its commitment",
            ));
        }
    }
    for entry in &manifest.files {
        let digest = documents::digest_of(&entry.path);
        if digest.is_some_and(|digest| digest != entry.sha256) {
            return Err(damaged(
                &entry.stored,
                "the Document of an issued report does not fit its digest",
            ));
        }
    }
    let source = Source::open(dir, disk, manifest.ledger, manifest.segment_bytes)?;
    let proved = source.prove(marks, Step::Proving, told)?;
    let compared = compare(manifest, source.head(), &proved)?;
    Ok(LaidOut {
        ledger,
        proved,
        compared,
    })
}

fn ledger_of(
    disk: &dyn Disk,
    backup: &Path,
    manifest: &Manifest,
) -> Result<LedgerFile, BackupError> {
    let entry = manifest
        .entry(ledger_file::FILE_NAME)
        .ok_or_else(|| damaged(ledger_file::FILE_NAME, "the backup does not hold it"))?;
    check(disk, backup, entry)?;
    let path = backup.join(&entry.stored);
    let bytes = read_small(disk, &path, SMALL_BYTES).map_err(io_at(&path))?;
    let ledger = LedgerFile::parse(&bytes)?;
    if ledger.id != manifest.ledger || ledger.segment_bytes != manifest.segment_bytes {
        return Err(damaged(
            &entry.stored,
            "it is of another ledger than the manifest",
        ));
    }
    Ok(ledger)
}

/// Proves a stored file by its length and digest.
fn check(disk: &dyn Disk, backup: &Path, entry: &Entry) -> Result<(), BackupError> {
    let found = content_of(disk, &backup.join(&entry.stored))
        .map_err(|error| damaged(&entry.stored, error.to_string()))?;
    fits(entry, found.bytes, &found.sha256)
}

fn fits(entry: &Entry, bytes: u64, sha256: &str) -> Result<(), BackupError> {
    if bytes != entry.bytes {
        let what = format!("the file has {bytes} bytes and must have {}", entry.bytes);
        return Err(damaged(&entry.stored, what));
    }
    match sha256 == entry.sha256 {
        true => Ok(()),
        false => Err(damaged(
            &entry.stored,
            "its bytes are not those that were backed up",
        )),
    }
}

fn put(
    disk: &dyn Disk,
    backup: &Path,
    manifest: &Manifest,
    entry: &Entry,
    dir: &Path,
) -> Result<(), BackupError> {
    let place = dir.join(&entry.path);
    if let Some(parent) = place.parent() {
        disk.create_dir(parent).map_err(io_at(parent))?;
    }
    let is_segment = entry.path.starts_with(segment::DIRECTORY);
    if !is_segment && !entry.path.contains('/') {
        check(disk, backup, entry)?;
        let path = backup.join(&entry.stored);
        let bytes = read_small(disk, &path, SMALL_BYTES).map_err(io_at(&path))?;
        return replace(disk, &place, &bytes, Access::OwnerOnly).map_err(io_at(&place));
    }
    let padded = if is_segment {
        manifest.segment_bytes
    } else {
        0
    };
    let from = backup.join(&entry.stored);
    if let Err(error) = disk.open(&from, false) {
        return Err(damaged(&entry.stored, error.to_string()));
    }
    let found = copy(disk, &from, &place, None, padded).map_err(io_at(&place))?;
    fits(entry, found.bytes, &found.sha256)
}

/// Holds what was read against the manifest; says whether every read model could be compared.
fn compare(manifest: &Manifest, head: Head, proved: &Proved) -> Result<bool, BackupError> {
    let pairs = [
        (
            "entries",
            manifest.position.to_string(),
            head.position.to_string(),
        ),
        (
            "frames",
            manifest.frames.to_string(),
            head.frames.to_string(),
        ),
        ("chain", manifest.chain.clone(), head.chain.to_string()),
        ("root", manifest.root.clone(), proved.root.hash.to_string()),
    ];
    for (name, wanted, found) in pairs {
        if wanted != found {
            return Err(BackupError::Different(format!(
                "{name} {found} instead of {wanted}"
            )));
        }
    }
    let mut compared = true;
    for (name, wanted) in &manifest.read_models {
        match proved.read_models.get(name) {
            Some(found) if found.version == wanted.version => {
                if found.digest != wanted.digest {
                    let what = format!(
                        "the read model {name} is {} instead of {}",
                        found.digest, wanted.digest
                    );
                    return Err(BackupError::Different(what));
                }
            }
            // Another release folds otherwise; the entries themselves are proved by chain and root.
            _ => compared = false,
        }
    }
    Ok(compared)
}
