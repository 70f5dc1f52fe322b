//! A disk that does everything twice: what the writer does to the journal is done to the mirror's as well.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::store::journal::disk::{Access, Disk, DiskFile};
use crate::store::journal::segment;

/// The disk beneath a ledger with a mirror.
///
/// Only the journal is repeated, and only what changes it: reading stays with the ledger's own directory. Everything
/// succeeds when it succeeded on both sides.
pub struct MirrorDisk {
    inner: Arc<dyn Disk>,
    journal: PathBuf,
    mirror: PathBuf,
}

struct MirrorFile {
    own: Arc<dyn DiskFile>,
    twin: Arc<dyn DiskFile>,
    mirror: PathBuf,
}

impl MirrorDisk {
    /// Repeats in `mirror` what is done to the journal of `primary`.
    pub fn new(inner: Arc<dyn Disk>, primary: &Path, mirror: &Path) -> Self {
        Self {
            inner,
            journal: primary.join(segment::DIRECTORY),
            mirror: mirror.to_owned(),
        }
    }

    fn twin(&self, path: &Path) -> Option<PathBuf> {
        let inside = path.strip_prefix(&self.journal).ok()?;
        let journal = self.mirror.join(segment::DIRECTORY);
        // Joining nothing would append a slash.
        Some(match inside.as_os_str().is_empty() {
            true => journal,
            false => journal.join(inside),
        })
    }

    /// Does it in the mirror, where the path is mirrored.
    fn repeat(&self, path: &Path, act: impl FnOnce(&Path) -> io::Result<()>) -> io::Result<()> {
        match self.twin(path) {
            Some(twin) => act(&twin).map_err(|error| named(&self.mirror, &error)),
            None => Ok(()),
        }
    }

    fn both(&self, own: Arc<dyn DiskFile>, twin: Arc<dyn DiskFile>) -> Arc<dyn DiskFile> {
        Arc::new(MirrorFile {
            own,
            twin,
            mirror: self.mirror.clone(),
        })
    }
}

/// A failure of the mirror says so, and what lets one go on. Its kind stays: a full disk is told apart by it.
fn named(mirror: &Path, error: &io::Error) -> io::Error {
    let text = format!(
        "the mirror in {}: {error}; `--mirror none` goes on without it",
        mirror.display()
    );
    io::Error::new(error.kind(), text)
}

impl Disk for MirrorDisk {
    fn create(&self, path: &Path, access: Access) -> io::Result<Arc<dyn DiskFile>> {
        let own = self.inner.create(path, access)?;
        let Some(twin) = self.twin(path) else {
            return Ok(own);
        };
        let made = match self.inner.remove(&twin) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => self.inner.create(&twin, access),
        };
        made.map(|twin| self.both(own, twin))
            .map_err(|error| named(&self.mirror, &error))
    }

    fn open(&self, path: &Path, writable: bool) -> io::Result<Arc<dyn DiskFile>> {
        let own = self.inner.open(path, writable)?;
        let Some(twin) = self.twin(path).filter(|_| writable) else {
            return Ok(own);
        };
        let opened = self.inner.open(&twin, true);
        opened
            .map(|twin| self.both(own, twin))
            .map_err(|error| named(&self.mirror, &error))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.inner.rename(from, to)?;
        match (self.twin(from), self.twin(to)) {
            (Some(from), Some(to)) => {
                let renamed = self.inner.rename(&from, &to);
                renamed.map_err(|error| named(&self.mirror, &error))
            }
            _ => Ok(()),
        }
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        let removed = self.inner.remove(path);
        self.repeat(path, |twin| match self.inner.remove(twin) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        })?;
        removed
    }

    fn create_dir(&self, path: &Path) -> io::Result<()> {
        self.inner.create_dir(path)?;
        self.repeat(path, |twin| self.inner.create_dir(twin))
    }

    fn sync_dir(&self, path: &Path) -> io::Result<()> {
        self.inner.sync_dir(path)?;
        self.repeat(path, |twin| self.inner.sync_dir(twin))
    }

    fn list(&self, path: &Path) -> io::Result<Vec<String>> {
        self.inner.list(path)
    }

    /// The lesser of both: the ledger stops before either disk is full.
    fn free_bytes(&self, path: &Path) -> io::Result<u64> {
        let own = self.inner.free_bytes(path)?;
        Ok(match self.inner.free_bytes(&self.mirror) {
            Ok(twin) => own.min(twin),
            Err(_) => own,
        })
    }
}

impl DiskFile for MirrorFile {
    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<()> {
        self.own.write_at(bytes, offset)?;
        let written = self.twin.write_at(bytes, offset);
        written.map_err(|error| named(&self.mirror, &error))
    }

    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        self.own.read_at(buffer, offset)
    }

    /// Both at once, so that an answer waits for the slower disk and not for one after the other. Both are waited for,
    /// whichever fails.
    fn sync(&self) -> io::Result<()> {
        let (own, twin) = std::thread::scope(|scope| {
            let helper = std::thread::Builder::new().spawn_scoped(scope, || self.twin.sync());
            let own = self.own.sync();
            let twin = match helper {
                Ok(helper) => helper
                    .join()
                    .unwrap_or_else(|_| Err(io::Error::other("its sync was cut short"))),
                // The system gives no thread: one after the other, then.
                Err(_) => self.twin.sync(),
            };
            (own, twin)
        });
        own?;
        twin.map_err(|error| named(&self.mirror, &error))
    }

    fn length(&self) -> io::Result<u64> {
        self.own.length()
    }
}
