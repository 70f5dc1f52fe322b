//! One writer a directory: a lock that dies with its process, and says who holds it.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::path::Path;
use std::time::{Duration, Instant};

const FILE_NAME: &str = "lock";
/// How long to wait for the lock: two commands given at the same moment follow each other, somebody who only looks holds it
/// for an instant, and a process that was just started from one that held it keeps it until it is its own.
const PATIENCE: Duration = Duration::from_secs(1);
/// How often to try meanwhile.
const EVERY: Duration = Duration::from_millis(20);

/// The right to write to a ledger, until dropped.
#[derive(Debug)]
pub struct WriterLock {
    _file: File,
}

/// Why the lock was not given.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Another process has it.
    #[error("{dir} is open for recording in another process{}: use that one, or stop it first", holder(.pid))]
    Held {
        /// The ledger's directory.
        dir: String,
        /// Who has it, when that could be read.
        pid: Option<u32>,
    },
    /// The system refused.
    #[error("{dir} cannot be opened for recording: {error}")]
    Io {
        /// The ledger's directory.
        dir: String,
        /// The system's own words.
        error: io::Error,
    },
}

fn holder(pid: &Option<u32>) -> String {
    pid.map(|pid| format!(" (process {pid})"))
        .unwrap_or_default()
}

impl WriterLock {
    /// Takes the lock of a ledger's directory.
    ///
    /// # Errors
    /// When another process holds it, or the lock file cannot be made.
    pub fn take(dir: &Path) -> Result<Self, LockError> {
        let name = dir.display().to_string();
        let io = |error| LockError::Io {
            dir: name.clone(),
            error,
        };
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(dir.join(FILE_NAME))
            .map_err(io)?;
        let deadline = Instant::now().checked_add(PATIENCE);
        let mut taken = file.try_lock();
        while matches!(taken, Err(TryLockError::WouldBlock))
            && deadline.is_some_and(|deadline| Instant::now() < deadline)
        {
            std::thread::sleep(EVERY);
            taken = file.try_lock();
        }
        match taken {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut text = String::new();
                let read = Read::by_ref(&mut file).take(20).read_to_string(&mut text);
                let pid = read.ok().and_then(|_| text.trim().parse().ok());
                return Err(LockError::Held { dir: name, pid });
            }
            Err(TryLockError::Error(error)) => return Err(io(error)),
        }
        let mut write = || {
            file.set_len(0)?;
            file.rewind()?;
            writeln!(file, "{}", std::process::id())
        };
        match write() {
            // The number is a help for people; a full disk must not keep the ledger from being opened.
            Err(error) if error.kind() != io::ErrorKind::StorageFull => Err(io(error)),
            _ => Ok(Self { _file: file }),
        }
    }
}

/// Whether a process records in a ledger's directory now. Nothing is written.
#[must_use]
pub fn is_held(dir: &Path) -> bool {
    // Without the file, or without the right to read it, nobody can be seen to hold it.
    let Ok(file) = File::open(dir.join(FILE_NAME)) else {
        return false;
    };
    matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_writer_is_told_who_has_the_lock() {
        let dir = tempfile::tempdir().unwrap();
        let first = WriterLock::take(dir.path()).unwrap();
        let error = WriterLock::take(dir.path()).unwrap_err();
        assert!(
            error
                .to_string()
                .contains(&format!("(process {})", std::process::id())),
            "{error}"
        );
        assert!(is_held(dir.path()));
        drop(first);
        assert!(!is_held(dir.path()));
        WriterLock::take(dir.path()).unwrap();
    }

    #[test]
    fn who_comes_while_another_is_about_to_end_waits_a_moment() {
        let dir = tempfile::tempdir().unwrap();
        let first = WriterLock::take(dir.path()).unwrap();
        let ending = std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(100));
            drop(first);
        });
        WriterLock::take(dir.path()).unwrap();
        ending.join().unwrap();
    }
}
