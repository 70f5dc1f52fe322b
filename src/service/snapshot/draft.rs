//! A snapshot while it is written: under a name of its own, so that nobody takes it for one, and locked, so that nobody takes it
//! for one that was left behind.
//!
//! Several processes may write at once: who records, and a rebuild beside it. A draft is removed by others only under its lock,
//! which ends with the process that wrote it.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// How the name of a draft ends. Earlier programs take no notice of it; `.new`, which was theirs, they would remove.
const ENDING: &str = "part";
/// How many drafts of one snapshot there may be at once, abandoned ones included.
const MOST: u32 = 64;

/// A snapshot that is being written. Dropped unfinished, it is removed.
pub(super) struct Draft {
    file: File,
    path: PathBuf,
    finished: bool,
}

impl Draft {
    /// Begins one that is to have a name in the directory of snapshots.
    pub(super) fn begin(place: &Path, name: &str) -> io::Result<Self> {
        for number in 0..MOST {
            let path = place.join(format!("{name}.{number}.{ENDING}"));
            let mut options = OpenOptions::new();
            let file = match options.write(true).create_new(true).open(&path) {
                Ok(file) => file,
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => continue,
                Err(error) => return Err(error),
            };
            // Between its making and its lock it looks abandoned, and whoever tidies up then may have taken it away.
            if file.try_lock().is_ok() && is_at(&file, &path) {
                return Ok(Self {
                    file,
                    path,
                    finished: false,
                });
            }
        }
        Err(io::Error::other("too many are being written at once"))
    }

    /// Makes it durable under its name, in the place of what had that name.
    pub(super) fn finish(mut self, place: &Path, name: &str) -> io::Result<PathBuf> {
        let path = place.join(name);
        self.file.sync_all()?;
        fs::rename(&self.path, &path)?;
        self.finished = true;
        File::open(place)?.sync_all()?;
        Ok(path)
    }
}

impl Write for Draft {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        if !self.finished {
            // Still locked, so that the name is still this file's.
            discard(&self.path);
        }
    }
}

/// Removes the drafts that nobody writes any more.
pub(super) fn sweep(place: &Path) {
    for entry in fs::read_dir(place).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.extension().is_none_or(|ending| ending != ENDING) {
            continue;
        }
        let Ok(file) = File::open(&path) else {
            continue;
        };
        // Under its lock the name changes hands no more.
        if file.try_lock().is_ok() && is_at(&file, &path) {
            discard(&path);
        }
    }
}

/// Whether a name is still that of an open file.
fn is_at(file: &File, path: &Path) -> bool {
    let one = |found: fs::Metadata| (found.dev(), found.ino());
    let (open, named) = (file.metadata().map(one), fs::metadata(path).map(one));
    matches!((open, named), (Ok(open), Ok(named)) if open == named)
}

/// Removes an unfinished file. One that cannot be removed takes space and does no other harm.
pub(super) fn discard(path: &Path) {
    if let Err(error) = fs::remove_file(path)
        && error.kind() != io::ErrorKind::NotFound
    {
        tracing::debug!(file = %path.display(), %error, "an unfinished snapshot could not be removed");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(place: &Path) -> Vec<String> {
        let entries = fs::read_dir(place).unwrap();
        let mut names: Vec<_> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn given_two_who_write_the_same_then_each_has_a_draft_and_the_last_one_stays() {
        let place = tempfile::tempdir().unwrap();
        let place = place.path();
        let mut one = Draft::begin(place, "1.aa").unwrap();
        let mut other = Draft::begin(place, "1.aa").unwrap();
        one.write_all(b"one").unwrap();
        other.write_all(b"other").unwrap();
        sweep(place);
        assert_eq!(names(place), ["1.aa.0.part", "1.aa.1.part"]);
        other.finish(place, "1.aa").unwrap();
        assert_eq!(fs::read(place.join("1.aa")).unwrap(), b"other");
        one.finish(place, "1.aa").unwrap();
        assert_eq!(names(place), ["1.aa"]);
        assert_eq!(fs::read(place.join("1.aa")).unwrap(), b"one");
    }

    #[test]
    fn given_one_that_is_being_written_then_only_those_left_behind_are_removed() {
        let place = tempfile::tempdir().unwrap();
        let place = place.path();
        fs::write(place.join("1.aa.0.part"), "left behind").unwrap();
        fs::write(place.join("1.aa"), "finished").unwrap();
        let draft = Draft::begin(place, "1.aa").unwrap();
        sweep(place);
        assert_eq!(names(place), ["1.aa", "1.aa.1.part"]);
        drop(draft);
        assert_eq!(names(place), ["1.aa"]);
    }
}
