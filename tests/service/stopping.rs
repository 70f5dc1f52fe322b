//! A disk that stops after some operations, as it is when the process dies there.

use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use dealtrail::store::journal::disk::{Access, Disk, DiskFile, RealDisk};

/// Every operation that changes something counts; the one after `left` and all later ones fail.
pub(crate) struct StoppingDisk {
    left: Arc<AtomicU64>,
    /// The files made and synced, in order.
    pub(crate) deeds: Arc<Mutex<Vec<String>>>,
}

struct StoppingFile {
    left: Arc<AtomicU64>,
    deeds: Arc<Mutex<Vec<String>>>,
    name: String,
    file: Arc<dyn DiskFile>,
}

fn count(left: &AtomicU64) -> io::Result<()> {
    let take = |left: u64| left.checked_sub(1);
    let taken = left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take);
    taken.map(drop).map_err(|_| io::Error::from_raw_os_error(5))
}

impl StoppingDisk {
    pub(crate) fn after(operations: u64) -> Self {
        let left = Arc::new(AtomicU64::new(operations));
        let deeds = Arc::default();
        Self { left, deeds }
    }

    fn file(&self, path: &Path, file: Arc<dyn DiskFile>) -> Arc<dyn DiskFile> {
        Arc::new(StoppingFile {
            left: Arc::clone(&self.left),
            deeds: Arc::clone(&self.deeds),
            name: path.file_name().unwrap().to_string_lossy().into_owned(),
            file,
        })
    }
}

impl Disk for StoppingDisk {
    fn create(&self, path: &Path, access: Access) -> io::Result<Arc<dyn DiskFile>> {
        count(&self.left)?;
        let name = path.file_name().unwrap().to_string_lossy();
        self.deeds.lock().unwrap().push(format!("made {name}"));
        Ok(self.file(path, RealDisk.create(path, access)?))
    }

    fn open(&self, path: &Path, writable: bool) -> io::Result<Arc<dyn DiskFile>> {
        Ok(self.file(path, RealDisk.open(path, writable)?))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        count(&self.left)?;
        RealDisk.rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        count(&self.left)?;
        RealDisk.remove(path)
    }

    fn create_dir(&self, path: &Path) -> io::Result<()> {
        count(&self.left)?;
        RealDisk.create_dir(path)
    }

    fn sync_dir(&self, path: &Path) -> io::Result<()> {
        count(&self.left)?;
        RealDisk.sync_dir(path)
    }

    fn list(&self, path: &Path) -> io::Result<Vec<String>> {
        RealDisk.list(path)
    }

    fn free_bytes(&self, path: &Path) -> io::Result<u64> {
        RealDisk.free_bytes(path)
    }
}

impl DiskFile for StoppingFile {
    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<()> {
        if let Err(error) = count(&self.left) {
            // The half of a write may be there.
            let half = &bytes[..bytes.len() / 2];
            self.file.write_at(half, offset)?;
            return Err(error);
        }
        self.file.write_at(bytes, offset)
    }

    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        self.file.read_at(buffer, offset)
    }

    fn sync(&self) -> io::Result<()> {
        count(&self.left)?;
        let name = &self.name;
        self.deeds.lock().unwrap().push(format!("synced {name}"));
        self.file.sync()
    }

    fn length(&self) -> io::Result<u64> {
        self.file.length()
    }
}
