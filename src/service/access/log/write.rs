//! The one who writes the access log.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use uuid::Uuid;

use super::decision::{Entry, Keeping};
use super::files::{self, Head, LogError};
use super::line;
use super::used::Used;
use crate::service::access::chain::{self, Link, Place};

/// How often what was written is made durable, and how often a write that failed is tried again.
const SYNC: Duration = Duration::from_secs(1);

/// Writes the log.
pub(super) struct Writer {
    dir: PathBuf,
    ledger: Uuid,
    keeping: Keeping,
    file: File,
    /// How many bytes of the file hold.
    end: u64,
    place: Place,
    /// What is chained and not yet written.
    buffer: Vec<u8>,
    unsynced: bool,
    synced: Instant,
    failed: Option<Instant>,
    closed: bool,
    /// How many records came after it was closed.
    lost: u64,
    used: Used,
}

impl Writer {
    /// Opens the newest file, or makes the first; tells what was cut off its end.
    pub(super) fn open(
        dir: &Path,
        ledger: Uuid,
        keeping: Keeping,
    ) -> Result<(Self, Option<String>), LogError> {
        let access = files::directory(dir);
        chain::make_dir(&access)?;
        let mut all = files::all(dir)?;
        let newest = all.pop();
        let first = newest.is_none();
        let (number, path) = newest.unwrap_or_else(|| (0, access.join(files::name(0))));
        let bytes = chain::bytes_of(&path)?;
        if let Some(head) = chain::lines(&bytes).next() {
            Head::check(head, ledger)?;
        }
        let before = all.last().map(|(number, path)| (*number, path.as_path()));
        let begins = begins(number, before)?;
        let checked = chain::follow(&bytes, begins);
        let file = chain::open(&path)?;
        let cut = match checked.broken {
            Some(broken) => Some(set_aside(&access, &file, &bytes, checked.bytes, &broken)?),
            None => None,
        };
        let mut writer = Self {
            dir: dir.to_owned(),
            ledger,
            keeping,
            file,
            end: checked.bytes,
            place: checked.place,
            buffer: Vec::new(),
            unsynced: false,
            synced: Instant::now(),
            failed: None,
            closed: false,
            lost: 0,
            used: Used::read(dir),
        };
        if checked.bytes == 0 {
            writer.head();
        }
        if first {
            File::open(&access)?.sync_all()?;
            File::open(dir)?.sync_all()?;
        }
        Ok((writer, cut))
    }

    fn head(&mut self) {
        let head = Head::after(self.place, self.ledger);
        let from = self.buffer.len();
        // Writing into memory does not fail.
        let _ = serde_json::to_writer(&mut self.buffer, &head);
        self.chained(from);
    }

    fn chained(&mut self, from: usize) {
        let line = self.buffer.get(from..).unwrap_or_default();
        self.place.link = Some(Link::of(line));
        self.buffer.push(b'\n');
    }

    /// Chains an entry.
    pub(super) fn take_in(&mut self, entry: &Entry) {
        if self.closed {
            self.lost = self.lost.saturating_add(1);
            return;
        }
        if let Entry::Decision(decision) = entry {
            self.used.note(decision);
        }
        let from = self.buffer.len();
        let (n, prev) = (self.place.next, self.place.link.unwrap_or(Link::NONE));
        line::write(&mut self.buffer, n, entry, prev);
        self.place.next = n.saturating_add(1);
        self.chained(from);
    }

    /// Writes what is chained, syncs when it is time, begins a new file when this one is large.
    ///
    /// # Errors
    /// When the disk refuses; what could not be written is kept and written next time.
    pub(super) fn write(&mut self, last: bool) -> Result<(), LogError> {
        if self.closed {
            return Err(LogError::NotSynced(io::Error::other("it is closed")));
        }
        let rests = self.failed.is_some_and(|at| at.elapsed() < SYNC) && !last;
        if rests {
            return Err(LogError::Io(io::Error::other(
                "it is tried again in a moment",
            )));
        }
        if !self.buffer.is_empty() {
            let written = self.file.write_all_at(&self.buffer, self.end);
            self.failed = written.is_err().then(Instant::now);
            written?;
            self.end = self.end.saturating_add(self.buffer.len() as u64);
            self.buffer.clear();
            self.unsynced = true;
        }
        if self.unsynced && (last || self.synced.elapsed() >= SYNC) {
            self.sync()?;
        }
        if self.end >= self.keeping.file_bytes {
            self.sync()?;
            self.next_file()?;
        }
        self.used.keep(&self.dir, last);
        Ok(())
    }

    /// How many records were handed over and could not be written.
    pub(super) fn unwritten(&self) -> u64 {
        self.lost
            .saturating_add(chain::lines(&self.buffer).count() as u64)
    }

    fn sync(&mut self) -> Result<(), LogError> {
        let synced = self.file.sync_data();
        self.closed = synced.is_err();
        self.unsynced = false;
        self.synced = Instant::now();
        synced.map_err(LogError::NotSynced)
    }

    fn next_file(&mut self) -> Result<(), LogError> {
        let access = files::directory(&self.dir);
        let file = chain::open(&access.join(files::name(self.place.next)));
        self.failed = file.is_err().then(Instant::now);
        self.file = file?;
        self.end = 0;
        self.head();
        File::open(&access)?.sync_all()?;
        Ok(())
    }
}

#[cfg(test)]
impl Writer {
    /// Goes on in another file, for tests of what happens when it cannot be written.
    pub(super) fn write_to(&mut self, file: File) {
        self.file = file;
    }
}

/// Where the file whose first record has a number begins. A file that others were moved away from begins where it says.
fn begins(number: u64, before: Option<(u64, &Path)>) -> Result<Place, LogError> {
    let from = |number: u64| Place {
        next: number,
        link: (number == 0).then_some(Link::NONE),
    };
    let Some((first, path)) = before else {
        return Ok(from(number));
    };
    let place = chain::follow(&chain::bytes_of(path)?, from(first)).place;
    match place.next == number {
        true => Ok(place),
        false => Err(LogError::Damaged(format!(
            "the records from {} to {number} are missing",
            place.next
        ))),
    }
}

/// Keeps what does not hold aside, and cuts it off.
fn set_aside(
    access: &Path,
    file: &File,
    bytes: &[u8],
    good: u64,
    broken: &str,
) -> Result<String, LogError> {
    let rest = usize::try_from(good)
        .ok()
        .and_then(|good| bytes.get(good..));
    let rest = rest.unwrap_or_default();
    // Named by what it holds: the same rest twice is the same file.
    let name = Link::of(rest).to_string();
    let name = format!("cut-{}", name.get(..16).unwrap_or_default());
    let aside = chain::open(&access.join(&name))?;
    aside.write_all_at(rest, 0)?;
    aside.sync_all()?;
    File::open(access)?.sync_all()?;
    file.set_len(good)?;
    file.sync_all()?;
    let count = rest.len();
    Ok(format!(
        "the log did not end whole ({broken}): its last {count} bytes were cut and are kept in access/{name}"
    ))
}
