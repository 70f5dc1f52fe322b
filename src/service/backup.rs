//! Backups: a second place for a ledger, and the way back.
//!
//! [`backup`] copies a ledger beside its running writer, [`prove`] restores a backup to a temporary place and reads
//! everything, [`restore`] makes a ledger of it again. Read in this order: [`manifest`] (what a backup holds), `take`
//! (how it is filled so that a crash leaves the older or the newer one), `lay_out` (how it is put back and proved),
//! [`last`] (what is remembered of it), [`checkpoint`] (what a restore is shown), [`error`].

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::checkpoint::key_file::KeyFile;
use super::checkpoint::keys::Keys;
use super::ledger::{Ledger, Options};
use super::open_error::LedgerError;
use super::restored::{self, RestoreMark};
use super::verify;
use crate::store::head::ChainHash;
use crate::store::journal::disk::Disk;
use crate::store::journal::segment;
use crate::store::ledger_file::{self, LedgerFile};
use crate::store::lock::{LockError, WriterLock};

pub mod checkpoint;
mod copy;
pub mod error;
pub mod last;
mod lay_out;
pub mod manifest;
mod seal;
mod source;
pub mod step;
mod take;

use checkpoint::{Checkpoint, Vouching};
use copy::names;
use error::{BackupError, io_at};
use last::{LastBackup, Proof};
use lay_out::{LaidOut, lay_out};
use manifest::Manifest;
use source::{Marks, Source};
use step::{Step, Told};
use take::{Filling, sweep};

/// What was backed up.
#[derive(Debug, Clone)]
pub struct Taken {
    /// What the backup holds now.
    pub manifest: Manifest,
    /// How many files were copied; the others were there already.
    pub copied: u64,
    /// How many bytes they have.
    pub copied_bytes: u64,
    /// Files of the backup that were no longer as they were written, and were copied anew.
    pub mended: Vec<String>,
    /// The last proof of this place, this time's included.
    pub proof: Option<Proof>,
    /// Whether this very backup was proved.
    pub proved: bool,
}

/// What is known of a ledger that a restore must not fall behind.
#[derive(Debug, Clone, Default)]
pub struct Shown {
    /// So many entries were acknowledged.
    pub at_least: Option<u64>,
    /// A checkpoint.
    pub checkpoint: Option<Checkpoint>,
    /// Go on although entries are missing.
    pub accept_loss: bool,
}

/// What was restored.
#[derive(Debug, Clone)]
pub struct Restored {
    /// What the backup holds.
    pub manifest: Manifest,
    /// How many entries the ledger has now: those of the backup, and that it was restored.
    pub position: u64,
    /// Whether every read model was compared; a later release may fold otherwise.
    pub compared: bool,
    /// How many entries are known to be missing; only ever after `accept_loss`.
    pub missing: u64,
    /// Whether a checkpoint was shown and its root found; one that lies beyond the backup cannot be compared.
    pub checkpoint_fits: bool,
    /// Who vouches for the checkpoint that was shown.
    pub vouching: Option<Vouching>,
}

/// Backs a ledger up, beside a running writer or without one. Every entry is read and proved; what the backup holds
/// already is not copied again. With `proved`, every file of the backup is read as well, damaged ones are copied anew,
/// and the backup is then proved by [`prove`].
///
/// A crash at any point leaves the backup that was there before, or this one.
///
/// # Errors
/// When the ledger is damaged, the directory holds something else, or the disk fails: the older backup stands then.
pub fn backup(
    ledger: &Path,
    to: &Path,
    proved: bool,
    options: &Options,
    told: Told<'_>,
) -> Result<Taken, BackupError> {
    let disk = &options.disk;
    let file = LedgerFile::read(disk.as_ref(), ledger)?;
    let source = Source::open(ledger, disk, file.id, file.segment_bytes)?;
    let _lock = claim(disk.as_ref(), to, file.id)?;
    let before = Manifest::read(disk.as_ref(), to);
    let mut mended = Vec::new();
    if let Err(error @ BackupError::Damaged { .. }) = &before {
        tracing::warn!(%error, "everything is copied anew");
        mended.push(manifest::FILE_NAME.to_owned());
    }
    let frames = before.as_ref().ok().map(|before| before.frames);
    let marks = Marks {
        frames,
        ..Marks::default()
    };
    let read = source.prove(marks, Step::Reading, told)?;
    if let Ok(before) = &before {
        follows(to, before, read.passed)?;
    }
    if options.ambient.clock.is_set() && !read.demonstration {
        return Err(LedgerError::ClockNotAllowed.into());
    }
    let before = before.ok();
    let filling = Filling::new(disk, ledger, to, before.as_ref(), proved);
    let filled = filling.fill(&source, told)?;
    mended.extend(filled.mended);
    let head = source.head();
    let manifest = Manifest {
        chain: head.chain.to_string(),
        created: options.ambient.clock.now(),
        files: filled.files,
        format: manifest::FORMAT,
        frames: head.frames,
        ledger: file.id,
        origin: file.origin,
        position: head.position,
        program: env!("CARGO_PKG_VERSION").to_owned(),
        read_models: read.read_models,
        root: read.root.hash.to_string(),
        segment_bytes: file.segment_bytes,
    };
    manifest.write(disk.as_ref(), to)?;
    sweep(disk.as_ref(), to, &manifest);
    let mut taken = Taken {
        copied: filled.copied,
        copied_bytes: filled.copied_bytes,
        mended,
        proof: last::proof_of(disk.as_ref(), to),
        proved: false,
        manifest,
    };
    remember(disk.as_ref(), ledger, to, &taken);
    if proved {
        taken.proof = Some(prove_locked(to, options, told)?);
        taken.proved = true;
        remember(disk.as_ref(), ledger, to, &taken);
    }
    Ok(taken)
}

/// Proves a backup: it is restored to a temporary place beside it, read from the first frame to the last, folded, and
/// compared with its manifest; every attached file is held against its commitment.
///
/// # Errors
/// When anything differs: the error names it. The temporary place is removed in any case.
pub fn prove(backup: &Path, options: &Options, told: Told<'_>) -> Result<Proof, BackupError> {
    let _lock = lock(backup)?;
    prove_locked(backup, options, told)
}

fn prove_locked(backup: &Path, options: &Options, told: Told<'_>) -> Result<Proof, BackupError> {
    let disk = &options.disk;
    let manifest = Manifest::read(disk.as_ref(), backup)?;
    let place = Temporary::beside(backup)?;
    lay_out(disk, backup, &manifest, &place.0, Marks::default(), told)?;
    let proof = Proof {
        at: options.ambient.clock.now(),
        program: env!("CARGO_PKG_VERSION").to_owned(),
        position: manifest.position,
    };
    if !last::proved(disk.as_ref(), backup, &proof) {
        tracing::warn!("the proof could not be noted in the backup");
    }
    Ok(proof)
}

/// Makes a ledger of a backup in a new or empty directory, and opens it once, so that it records `ledger_restored`.
/// Every file and frame is proved before the directory becomes a ledger: `LEDGER` is written last, and an interrupted
/// restore can be begun again.
///
/// # Errors
/// When the backup is older than what is shown, anything in it is damaged, the directory holds something, or the disk
/// fails. The directory is no ledger then.
pub fn restore(
    backup: &Path,
    ledger: &Path,
    shown: &Shown,
    options: &Options,
    told: Told<'_>,
) -> Result<Restored, BackupError> {
    let disk = &options.disk;
    let manifest = Manifest::read(disk.as_ref(), backup)?;
    let missing = shown.check(&manifest)?;
    vacant(disk, ledger, &manifest)?;
    disk.create_dir(ledger).map_err(io_at(ledger))?;
    let lock = WriterLock::take(ledger).map_err(|error| LedgerError::Open(error.into()))?;
    begin(disk.as_ref(), ledger, &mark_of(backup, &manifest))?;
    let size = shown
        .checkpoint
        .as_ref()
        .map(|checkpoint| checkpoint.root().size);
    let marks = Marks {
        size,
        ..Marks::default()
    };
    let laid = lay_out(disk, backup, &manifest, ledger, marks, told)?;
    let marked = laid.proved.marked;
    if let (Some(checkpoint), Some(found)) = (&shown.checkpoint, marked)
        && checkpoint.root() != found
    {
        return Err(BackupError::OtherHistory {
            size: found.size,
            checkpoint: checkpoint.root().hash.to_string(),
            backup: found.hash.to_string(),
        });
    }
    let vouching = vouched(disk, ledger, &laid, shown.checkpoint.as_ref())?;
    laid.ledger.write(disk.as_ref(), ledger)?;
    if let Some(parent) = ledger
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty())
    {
        // The directory's own name must last too. A parent that may not be opened is not ours to sync.
        let _ = disk.sync_dir(parent);
    }
    drop(lock);
    let opened = Ledger::open(ledger, options)?;
    Ok(Restored {
        position: opened.head(),
        compared: laid.compared,
        missing,
        checkpoint_fits: marked.is_some(),
        vouching,
        manifest,
    })
}

/// Who vouches for the checkpoint that was shown; refuses one that is not to be believed. The ledger is laid out and
/// proved, and no ledger yet.
fn vouched(
    disk: &Arc<dyn Disk>,
    dir: &Path,
    laid: &LaidOut,
    shown: Option<&Checkpoint>,
) -> Result<Option<Vouching>, BackupError> {
    let Some(shown) = shown else { return Ok(None) };
    let keys = match laid.proved.key_changed {
        true => verify::keys(dir, disk, &laid.ledger)?,
        false => Keys::default(),
    };
    // A key that cannot be read vouches for nothing, and hinders no restore.
    let own = KeyFile::read(disk.as_ref(), dir).ok().flatten();
    let own = own.and_then(|key| key.verifier().ok());
    shown.vouched(own, &keys).map(Some)
}

impl Shown {
    /// How many entries the backup lacks; refuses unless that is accepted.
    fn check(&self, manifest: &Manifest) -> Result<u64, BackupError> {
        let checkpoint = self.checkpoint.as_ref();
        if let Some(other) = checkpoint.filter(|checkpoint| checkpoint.origin() != manifest.origin)
        {
            return Err(BackupError::OtherOrigin {
                checkpoint: other.origin().to_owned(),
                backup: manifest.origin.clone(),
            });
        }
        let told = self
            .at_least
            .map(|newest| (newest, format!("{newest} are known to be recorded")));
        let fixed = checkpoint.map(|checkpoint| {
            let size = checkpoint.root().size;
            (size, format!("the checkpoint fixes {size}"))
        });
        match told.into_iter().chain(fixed).max() {
            Some((newest, shown)) if newest > manifest.position && !self.accept_loss => {
                Err(BackupError::Older {
                    backup: manifest.position,
                    newest,
                    shown,
                })
            }
            newest => Ok(newest.map_or(0, |(newest, _)| newest.saturating_sub(manifest.position))),
        }
    }
}

/// Takes the right to write to a backup's directory, and marks a new one as this ledger's.
fn claim(disk: &dyn Disk, to: &Path, ledger: uuid::Uuid) -> Result<WriterLock, BackupError> {
    disk.create_dir(to).map_err(io_at(to))?;
    let name = to.display().to_string();
    let found = names(disk, to).map_err(io_at(to))?;
    let unmade = |name: &String| name == "lock" || name == &format!("{}.new", manifest::MARK);
    let is_new = found.iter().all(unmade);
    let owner =
        || manifest::marked(disk, to).or_else(|| Some(Manifest::read(disk, to).ok()?.ledger));
    match owner() {
        Some(owner) if owner != ledger => {
            return Err(BackupError::OtherLedger {
                dir: name,
                ledger: owner,
            });
        }
        None if !is_new => return Err(BackupError::ElseThere(name)),
        _ => {}
    }
    let lock = lock(to)?;
    if manifest::marked(disk, to).is_none() {
        manifest::mark(disk, to, ledger)?;
        if let Some(parent) = to.parent().filter(|parent| !parent.as_os_str().is_empty()) {
            // A parent that may not be opened is not ours to sync.
            let _ = disk.sync_dir(parent);
        }
    }
    Ok(lock)
}

/// Refuses to put a history in the place of a backup that it does not contain: what that one holds beyond may be all
/// that is left of it.
fn follows(to: &Path, before: &Manifest, passed: Option<ChainHash>) -> Result<(), BackupError> {
    if passed.is_some_and(|chain| chain.to_string() == before.chain) {
        return Ok(());
    }
    Err(BackupError::NotContained {
        dir: to.display().to_string(),
        position: before.position,
    })
}

fn lock(backup: &Path) -> Result<WriterLock, BackupError> {
    let name = backup.display().to_string();
    WriterLock::take(backup).map_err(|error| match error {
        LockError::Held { .. } => BackupError::Busy(name),
        LockError::Io { error, .. } => BackupError::Io { file: name, error },
    })
}

fn remember(disk: &dyn Disk, ledger: &Path, to: &Path, taken: &Taken) {
    let dir = fs::canonicalize(to).unwrap_or_else(|_| to.to_owned());
    let last = LastBackup {
        dir: dir.display().to_string(),
        position: taken.manifest.position,
        taken: taken.manifest.created,
        proved: taken.proved,
        proof: taken.proof.clone(),
    };
    if !last::remember(disk, ledger, &last) {
        tracing::warn!("the backup could not be noted in the ledger's directory");
    }
}

/// Refuses a directory that holds anything but a restore that was interrupted.
fn vacant(disk: &Arc<dyn Disk>, dir: &Path, manifest: &Manifest) -> Result<(), BackupError> {
    let occupied = |what: String| {
        Err(BackupError::Occupied {
            dir: dir.display().to_string(),
            what,
        })
    };
    let found = names(disk.as_ref(), dir).map_err(io_at(dir))?;
    if found.iter().any(|name| name == ledger_file::FILE_NAME) {
        let Ok(file) = LedgerFile::read(disk.as_ref(), dir) else {
            return occupied("a ledger".to_owned());
        };
        if file.id != manifest.ledger {
            return occupied("another ledger".to_owned());
        }
        return match Source::open(dir, disk, file.id, file.segment_bytes) {
            Ok(there) if there.head().position > manifest.position => occupied(format!(
                "this ledger with {} entries, ahead of the backup's {}",
                there.head().position,
                manifest.position
            )),
            Ok(there) => occupied(format!(
                "this ledger with {} entries",
                there.head().position
            )),
            Err(_) => occupied("this ledger, damaged".to_owned()),
        };
    }
    let begun = found.iter().any(|name| name == restored::FILE_NAME);
    let unmade = |name: &String| name == "lock" || name == &format!("{}.new", restored::FILE_NAME);
    match begun || found.iter().all(unmade) {
        true => Ok(()),
        false => occupied("something else".to_owned()),
    }
}

/// Lays the mark of a restore down, and clears away what an interrupted one left.
fn begin(disk: &dyn Disk, ledger: &Path, mark: &RestoreMark) -> Result<(), BackupError> {
    mark.write(disk, ledger).map_err(io_at(ledger))?;
    for left in [
        segment::DIRECTORY,
        crate::store::evidence::DIRECTORY,
        crate::store::documents::DIRECTORY,
        super::checkpoint::kept::DIRECTORY,
    ] {
        let left = ledger.join(left);
        match fs::remove_dir_all(&left) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(io_at(&left)(error));
            }
            _ => {}
        }
    }
    Ok(())
}

fn mark_of(backup: &Path, manifest: &Manifest) -> RestoreMark {
    let dir = fs::canonicalize(backup).unwrap_or_else(|_| backup.to_owned());
    RestoreMark::new(
        format!(
            "the backup of {} in {}",
            manifest
                .created
                .to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
            dir.display()
        ),
        manifest.position,
        manifest.chain.clone(),
        format!(
            "restored by command; root over its entries {}",
            manifest.root
        ),
    )
}

/// A directory that is gone when it is dropped.
struct Temporary(PathBuf);

impl Temporary {
    fn beside(backup: &Path) -> Result<Self, BackupError> {
        let whole = fs::canonicalize(backup).map_err(io_at(backup))?;
        let mut name = whole.into_os_string();
        name.push(format!(".proof-{}", std::process::id()));
        let place = PathBuf::from(name);
        // A process of the same number may have died while it proved.
        let _ = fs::remove_dir_all(&place);
        fs::create_dir(&place).map_err(io_at(&place))?;
        Ok(Self(place))
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.0) {
            tracing::warn!(%error, "{} could not be removed", self.0.display());
        }
    }
}
