//! The few things the store asks of a disk. Tests put a failing disk here.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::store::sabotage::{self, Sabotage};

/// Who may read a file that is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// As the process's mask says.
    Usual,
    /// The owner alone: mode 0600.
    OwnerOnly,
}

/// A disk.
pub trait Disk: Send + Sync {
    /// Makes a new file, for reading and writing; it must not exist.
    ///
    /// # Errors
    /// As the system says.
    fn create(&self, path: &Path, access: Access) -> io::Result<Arc<dyn DiskFile>>;

    /// Opens a file that exists.
    ///
    /// # Errors
    /// As the system says.
    fn open(&self, path: &Path, writable: bool) -> io::Result<Arc<dyn DiskFile>>;

    /// Gives a file its final name, over whatever has that name.
    ///
    /// # Errors
    /// As the system says.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;

    /// Removes a file.
    ///
    /// # Errors
    /// As the system says.
    fn remove(&self, path: &Path) -> io::Result<()>;

    /// Makes a directory and those above it.
    ///
    /// # Errors
    /// As the system says.
    fn create_dir(&self, path: &Path) -> io::Result<()>;

    /// Makes new, renamed and removed names of a directory durable.
    ///
    /// # Errors
    /// As the system says.
    fn sync_dir(&self, path: &Path) -> io::Result<()>;

    /// The names in a directory, sorted.
    ///
    /// # Errors
    /// As the system says.
    fn list(&self, path: &Path) -> io::Result<Vec<String>>;

    /// Bytes that an ordinary process may still write on the disk of `path`.
    ///
    /// # Errors
    /// As the system says.
    fn free_bytes(&self, path: &Path) -> io::Result<u64>;
}

/// An open file. Reads and writes name their offset, so one file serves many threads.
pub trait DiskFile: Send + Sync {
    /// Writes all bytes at an offset.
    ///
    /// # Errors
    /// As the system says; some of the bytes may have been written.
    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<()>;

    /// Reads up to the buffer's length; 0 means the end of the file.
    ///
    /// # Errors
    /// As the system says.
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize>;

    /// Makes written bytes durable (`fdatasync`). After a failure nothing is known about them, and asking again is
    /// no help: Linux may report the second sync as a success although the bytes are gone.
    ///
    /// # Errors
    /// As the system says.
    fn sync(&self) -> io::Result<()>;

    /// The file's length.
    ///
    /// # Errors
    /// As the system says.
    fn length(&self) -> io::Result<u64>;
}

/// Fills the buffer from an offset; bytes after the end of the file read as zeros.
///
/// # Errors
/// As the system says.
pub fn fill_at(file: &dyn DiskFile, buffer: &mut [u8], offset: u64) -> io::Result<()> {
    let mut done = 0;
    while let Some(rest) = buffer.get_mut(done..).filter(|rest| !rest.is_empty()) {
        match file.read_at(rest, offset.saturating_add(done as u64)) {
            Ok(0) => {
                rest.fill(0);
                break;
            }
            Ok(count) => done = done.saturating_add(count),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Replaces a small file as a whole: a new file is written and synced, takes the name, and the directory is synced.
///
/// # Errors
/// As the system says; the old file is whole then.
pub fn replace(disk: &dyn Disk, path: &Path, bytes: &[u8], access: Access) -> io::Result<()> {
    let mut name = path.as_os_str().to_owned();
    name.push(".new");
    let fresh = PathBuf::from(name);
    match disk.remove(&fresh) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let file = disk.create(&fresh, access)?;
    file.write_at(bytes, 0)?;
    file.sync()?;
    disk.rename(&fresh, path)?;
    disk.sync_dir(path.parent().unwrap_or(Path::new(".")))
}

/// The disk itself.
#[derive(Debug, Clone, Copy, Default)]
pub struct RealDisk;

impl Disk for RealDisk {
    fn create(&self, path: &Path, access: Access) -> io::Result<Arc<dyn DiskFile>> {
        let mut options = OpenOptions::new();
        options.read(true).write(true).create_new(true);
        if access == Access::OwnerOnly {
            options.mode(0o600);
        }
        Ok(Arc::new(options.open(path)?))
    }

    fn open(&self, path: &Path, writable: bool) -> io::Result<Arc<dyn DiskFile>> {
        Ok(Arc::new(
            OpenOptions::new().read(true).write(writable).open(path)?,
        ))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        std::fs::rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        std::fs::remove_file(path)
    }

    fn create_dir(&self, path: &Path) -> io::Result<()> {
        std::fs::create_dir_all(path)
    }

    fn sync_dir(&self, path: &Path) -> io::Result<()> {
        if sabotage::is(Sabotage::NoSync) {
            return Ok(());
        }
        sabotage::heard(File::open(path)?.sync_all())
    }

    fn list(&self, path: &Path) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in std::fs::read_dir(path)? {
            names.push(entry?.file_name().to_string_lossy().into_owned());
        }
        names.sort_unstable();
        Ok(names)
    }

    fn free_bytes(&self, path: &Path) -> io::Result<u64> {
        let figures = rustix::fs::statvfs(path)?;
        Ok(figures.f_bavail.saturating_mul(figures.f_frsize))
    }
}

impl DiskFile for File {
    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<()> {
        if sabotage::is(Sabotage::EarlyAnswer) && sabotage::is_frame(bytes, offset) {
            return written_late(self.try_clone()?, bytes.to_vec(), offset);
        }
        sabotage::heard(self.write_all_at(bytes, offset))
    }

    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        FileExt::read_at(self, buffer, offset)
    }

    fn sync(&self) -> io::Result<()> {
        if sabotage::is(Sabotage::NoSync) {
            return Ok(());
        }
        sabotage::heard(self.sync_data())
    }

    fn length(&self) -> io::Result<u64> {
        Ok(self.metadata()?.len())
    }
}

/// What a trial that answers too early makes of a write.
fn written_late(file: File, bytes: Vec<u8>, offset: u64) -> io::Result<()> {
    let late = move || {
        std::thread::sleep(std::time::Duration::from_millis(20));
        file.write_all_at(&bytes, offset)
    };
    std::thread::Builder::new().spawn(late).map(drop)
}
