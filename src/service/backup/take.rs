//! Fills a backup: what is new is copied under names that no manifest uses yet, then the manifest is replaced.
//!
//! A crash at any point leaves the manifest that stood before, and every file it names: sealed segments and evidence
//! never change, and the last segment and the small files are kept under names that say which state they hold.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::copy::{content_of, copy, digest, names, read_small, remove_if_there};
use super::error::{BackupError, damaged, io_at};
use super::manifest::{Entry, Manifest};
use super::source::Source;
use super::step::{Step, Told};
use crate::service::checkpoint::kept;
use crate::service::checkpoint::key_file::{self, KeyFile};
use crate::store::documents;
use crate::store::evidence;
use crate::store::frame::Check;
use crate::store::head::Head;
use crate::store::journal::disk::{Access, Disk, replace};
use crate::store::journal::scan::{SegmentScan, Step as Found};
use crate::store::journal::segment;
use crate::store::ledger_file;

/// Where a backup keeps segments. Not `journal`: no backup must look like a ledger that lost its file `LEDGER`.
const SEGMENTS: &str = "segments";
/// Where it keeps the small files of the ledger's directory.
const FILES: &str = "files";
/// The small files that belong to a ledger, beside `LEDGER`.
const SMALL: [&str; 2] = [ledger_file::FILE_NAME, "directory.json"];
/// Far more than a small file has.
const SMALL_BYTES: u64 = 64 << 20;

/// A backup being filled.
pub(super) struct Filling<'a> {
    disk: Arc<dyn Disk>,
    ledger: &'a Path,
    backup: &'a Path,
    before: BTreeMap<String, Entry>,
    thorough: bool,
    files: Vec<Entry>,
    changed: BTreeSet<PathBuf>,
    /// Files of the backup that were no longer as they were written, and were copied anew.
    pub(super) mended: Vec<String>,
    /// How many files were copied.
    pub(super) copied: u64,
    /// How many bytes they have.
    pub(super) copied_bytes: u64,
}

impl<'a> Filling<'a> {
    /// Goes on from the manifest that stands; `thorough` reads every file that is there already.
    pub(super) fn new(
        disk: &Arc<dyn Disk>,
        ledger: &'a Path,
        backup: &'a Path,
        before: Option<&Manifest>,
        thorough: bool,
    ) -> Self {
        let before = before.into_iter().flat_map(|manifest| &manifest.files);
        Self {
            disk: Arc::clone(disk),
            ledger,
            backup,
            before: before
                .map(|file| (file.stored.clone(), file.clone()))
                .collect(),
            thorough,
            files: Vec::new(),
            changed: BTreeSet::new(),
            mended: Vec::new(),
            copied: 0,
            copied_bytes: 0,
        }
    }

    /// Copies what is not there yet, durably, and gives the list of files.
    pub(super) fn fill(mut self, source: &Source, told: Told<'_>) -> Result<Filled, BackupError> {
        for name in SMALL {
            self.small(name)?;
        }
        self.signed(source.head())?;
        self.segments(source, told)?;
        self.evidence(told)?;
        self.documents()?;
        for dir in &self.changed {
            self.disk.sync_dir(dir).map_err(io_at(dir))?;
        }
        self.disk
            .sync_dir(self.backup)
            .map_err(io_at(self.backup))?;
        self.files.sort_by(|one, other| one.path.cmp(&other.path));
        Ok(Filled {
            files: self.files,
            mended: self.mended,
            copied: self.copied,
            copied_bytes: self.copied_bytes,
        })
    }

    /// Whether a file of the backup is as it was written. Its length tells at once; its bytes only when asked to be
    /// thorough.
    fn kept(&mut self, stored: &str) -> Option<Entry> {
        let entry = self.before.get(stored)?.clone();
        let path = self.backup.join(stored);
        let whole = match self.thorough {
            true => content_of(self.disk.as_ref(), &path)
                .is_ok_and(|found| found.bytes == entry.bytes && found.sha256 == entry.sha256),
            false => self
                .disk
                .open(&path, false)
                .and_then(|file| file.length())
                .is_ok_and(|length| length == entry.bytes),
        };
        if !whole {
            self.mended.push(stored.to_owned());
        }
        whole.then_some(entry)
    }

    /// The place of a new file; its directory is made and will be synced.
    fn place(&mut self, stored: &str) -> Result<PathBuf, BackupError> {
        let place = self.backup.join(stored);
        if let Some(parent) = place.parent() {
            if self.changed.insert(parent.to_owned()) {
                self.disk.create_dir(parent).map_err(io_at(parent))?;
            }
            if let Some(above) = parent
                .parent()
                .filter(|above| above.starts_with(self.backup))
            {
                self.changed.insert(above.to_owned());
            }
        }
        Ok(place)
    }

    fn took(&mut self, entry: Entry) {
        self.copied = self.copied.saturating_add(1);
        self.copied_bytes = self.copied_bytes.saturating_add(entry.bytes);
        self.files.push(entry);
    }

    /// What was signed up to the head of the backup, and the key if it is sealed: one that lies open is not carried to
    /// other places. A checkpoint signed meanwhile is left out: what is restored would fall behind it.
    fn signed(&mut self, head: Head) -> Result<(), BackupError> {
        let disk = Arc::clone(&self.disk);
        let (disk, ledger) = (disk.as_ref(), self.ledger);
        let sizes = kept::sizes(disk, ledger).map_err(io_at(ledger))?;
        for size in sizes.iter().filter(|size| **size <= head.position) {
            self.piece(&kept::name(*size))?;
        }
        // Cosignatures come in later and grow, so their files are copied by content.
        let cosigned = kept::cosigned_sizes(disk, ledger).map_err(io_at(ledger))?;
        for size in cosigned.iter().filter(|size| **size <= head.position) {
            self.small(&kept::cosigned_name(*size))?;
        }
        if sizes.last().is_some_and(|size| *size <= head.position) {
            self.small(kept::NEWEST)?;
        }
        let sealed = |key: Result<Option<KeyFile>, _>| {
            key.is_ok_and(|key| key.is_some_and(|key| key.is_sealed()))
        };
        // A change of key may be under way: with both files it can be ended wherever the backup is put back.
        if sealed(KeyFile::read_next(disk, ledger)) {
            self.small(key_file::NEXT)?;
        }
        match sealed(KeyFile::read(disk, ledger)) {
            true => self.small(key_file::FILE_NAME),
            false => Ok(()),
        }
    }

    /// A small file may be replaced at any time, so its copy is named by its content.
    fn small(&mut self, name: &str) -> Result<(), BackupError> {
        let path = self.ledger.join(name);
        let bytes = match read_small(self.disk.as_ref(), &path, SMALL_BYTES) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(io_at(&path)(error)),
        };
        let sha256 = digest(&bytes);
        let stored = format!("{FILES}/{name}-{}", sha256.get(..16).unwrap_or_default());
        if let Some(entry) = self.kept(&stored) {
            self.files.push(entry);
            return Ok(());
        }
        let place = self.place(&stored)?;
        // `LEDGER` holds the secret of the digests of commands.
        replace(self.disk.as_ref(), &place, &bytes, Access::OwnerOnly).map_err(io_at(&place))?;
        self.took(Entry {
            bytes: bytes.len() as u64,
            path: name.to_owned(),
            sha256,
            stored,
        });
        Ok(())
    }

    fn segments(&mut self, source: &Source, told: Told<'_>) -> Result<(), BackupError> {
        let used = source.files.used();
        let head = source.head();
        let all = used.len() as u64;
        for (place, one) in used.iter().enumerate() {
            told(Step::Copying, place as u64, all);
            // A segment that another follows is sealed: it never changes again, and is copied whole.
            let (stored, length, end) = match used.get(place.saturating_add(1)) {
                Some(next) => (
                    format!("{SEGMENTS}/{:06}", one.number),
                    source.files.segment_bytes(),
                    next.start,
                ),
                None => (
                    format!("{SEGMENTS}/{:06}-at-{}", one.number, head.frames),
                    source.end.offset,
                    head,
                ),
            };
            let entry = match self.kept(&stored) {
                Some(entry) => entry,
                None => {
                    let entry = self.segment(one.number, stored, length, (one.start, end))?;
                    self.took(entry);
                    continue;
                }
            };
            self.files.push(entry);
        }
        Ok(())
    }

    fn segment(
        &mut self,
        number: u64,
        stored: String,
        length: u64,
        (start, end): (Head, Head),
    ) -> Result<Entry, BackupError> {
        let place = self.place(&stored)?;
        let from = segment::path(self.ledger, number);
        let disk = Arc::clone(&self.disk);
        let content =
            copy(disk.as_ref(), &from, &place, Some(length), length).map_err(io_at(&place))?;
        // What was proved is the ledger's file; what counts is the copy.
        let reached = walk(disk.as_ref(), &place, length, start).map_err(io_at(&place))?;
        if reached != end {
            // Taken back, so that no later backup takes it for a good one.
            remove_if_there(disk.as_ref(), &place).map_err(io_at(&place))?;
            return Err(damaged(
                &segment::name(number),
                "its copy does not hold the frames it must: the file or its disk is failing",
            ));
        }
        Ok(Entry {
            bytes: content.bytes,
            path: segment::name(number),
            sha256: content.sha256,
            stored,
        })
    }

    fn evidence(&mut self, told: Told<'_>) -> Result<(), BackupError> {
        let root = self.ledger.join(evidence::DIRECTORY);
        let shelves = names(self.disk.as_ref(), &root).map_err(io_at(&root))?;
        let all = shelves.len() as u64;
        for (done, shelf) in shelves.into_iter().enumerate() {
            told(Step::Copying, done as u64, all);
            let dir = root.join(&shelf);
            for name in names(self.disk.as_ref(), &dir).map_err(io_at(&dir))? {
                if !name.ends_with(".new") {
                    self.piece(&format!("{}/{shelf}/{name}", evidence::DIRECTORY))?;
                }
            }
        }
        Ok(())
    }

    fn documents(&mut self) -> Result<(), BackupError> {
        let dir = self.ledger.join(documents::DIRECTORY);
        for name in names(self.disk.as_ref(), &dir).map_err(io_at(&dir))? {
            if !name.ends_with(".new") {
                self.piece(&format!("{}/{name}", documents::DIRECTORY))?;
            }
        }
        Ok(())
    }

    fn piece(&mut self, path: &str) -> Result<(), BackupError> {
        if let Some(entry) = self.kept(path) {
            self.files.push(entry);
            return Ok(());
        }
        let place = self.place(path)?;
        let disk = Arc::clone(&self.disk);
        let content = match copy(disk.as_ref(), &self.ledger.join(path), &place, None, 0) {
            Ok(content) => content,
            // It was erased while the backup ran.
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(io_at(&place)(error)),
        };
        if let Some(commit) = evidence::commitment_of(path)
            && !evidence::is_whole(self.ledger, commit)
        {
            remove_if_there(disk.as_ref(), &place).map_err(io_at(&place))?;
            return Err(damaged(
                path,
                "the attached file does not fit its commitment: put it back from an older backup, or move it away",
            ));
        }
        if documents::digest_of(path).is_some_and(|digest| digest != content.sha256) {
            remove_if_there(disk.as_ref(), &place).map_err(io_at(&place))?;
            return Err(damaged(
                path,
                "the Document of an issued report does not fit its digest: put it back from an older backup, or move it away",
            ));
        }
        self.took(Entry {
            bytes: content.bytes,
            path: path.to_owned(),
            sha256: content.sha256,
            stored: path.to_owned(),
        });
        Ok(())
    }
}

/// What filling came to.
pub(super) struct Filled {
    pub(super) files: Vec<Entry>,
    pub(super) mended: Vec<String>,
    pub(super) copied: u64,
    pub(super) copied_bytes: u64,
}

/// The head after the frames of a segment's file, which begin at `start`.
fn walk(disk: &dyn Disk, file: &Path, length: u64, start: Head) -> io::Result<Head> {
    let mut scan = SegmentScan::new(
        disk.open(file, false)?,
        length,
        segment::FRAMES_START,
        Check::Chain,
    );
    let mut head = start;
    while let Found::Frame(_, frame) = scan.step()? {
        let header = frame.header();
        if header.number != head.frames || header.previous != head.chain {
            break;
        }
        head = frame.head();
    }
    Ok(head)
}

/// Removes files that no manifest names any more. What cannot be removed stays: it takes room and harms nothing.
pub(super) fn sweep(disk: &dyn Disk, backup: &Path, manifest: &Manifest) {
    let named: BTreeSet<&str> = manifest
        .files
        .iter()
        .map(|file| file.stored.as_str())
        .collect();
    let mut dirs = vec![
        SEGMENTS.to_owned(),
        FILES.to_owned(),
        documents::DIRECTORY.to_owned(),
        kept::DIRECTORY.to_owned(),
    ];
    let shelves = names(disk, &backup.join(evidence::DIRECTORY)).unwrap_or_default();
    dirs.extend(
        shelves
            .into_iter()
            .map(|shelf| format!("{}/{shelf}", evidence::DIRECTORY)),
    );
    for dir in dirs {
        for name in names(disk, &backup.join(&dir)).unwrap_or_default() {
            let stored = format!("{dir}/{name}");
            if !named.contains(stored.as_str()) {
                let _ = disk.remove(&backup.join(&stored));
            }
        }
    }
}
