//! Compares a sled database with the frames of the journal, entry by entry. It works on a copy of the directory, since
//! sled writes when it opens.

use std::fs;
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use uuid::Uuid;

use crate::store::engine::sled::attach::DIRECTORY;
use crate::store::engine::sled::entry::{Entry, entries_of};
use crate::store::engine::sled::follower::discard;
use crate::store::engine::sled::guard::SledError;
use crate::store::engine::sled::tree::Tree;
use crate::store::event_store::Indexer;
use crate::store::frame::{Frame, FrameBytes};
use crate::store::head::Head;
use crate::store::journal::files::Location;
use crate::store::journal::frames::SecondCopy;
use crate::store::journal::segment;

static COPIES: AtomicU64 = AtomicU64::new(0);

/// A database opened from a copy of its files, which are removed in the end.
pub struct Specimen {
    tree: Option<Arc<Tree>>,
    place: PathBuf,
}

impl Specimen {
    /// Copies the files and opens the copy; `None` when the ledger has no database at all.
    ///
    /// # Errors
    /// `Ok(Err)` says what keeps the database from being opened; an error, what keeps it from being copied.
    pub fn take(dir: &Path, ledger: Uuid) -> io::Result<Option<Result<Self, SledError>>> {
        let from = dir.join(DIRECTORY);
        if !from.exists() {
            return Ok(None);
        }
        let number = COPIES.fetch_add(1, Ordering::Relaxed);
        let name = format!("dealtrail-examine-{}-{number}", std::process::id());
        let mut specimen = Self {
            tree: None,
            place: std::env::temp_dir().join(name),
        };
        fs::DirBuilder::new().mode(0o700).create(&specimen.place)?;
        copy_files(&from, &specimen.place)?;
        // The database makes what is missing, and an empty one looks whole: what was lost must be noticed first.
        for name in ["db", "conf"] {
            let bytes = fs::metadata(specimen.place.join(name)).map_or(0, |file| file.len());
            if bytes == 0 {
                let what = format!("the file {name} is missing or empty");
                return Ok(Some(Err(SledError(what))));
            }
        }
        Ok(Some(
            Tree::open(&specimen.place, segment::origin_head(ledger)).map(|tree| {
                specimen.tree = Some(Arc::new(tree));
                specimen
            }),
        ))
    }

    /// The database.
    pub fn tree(&self) -> Option<&Arc<Tree>> {
        self.tree.as_ref()
    }
}

impl Drop for Specimen {
    fn drop(&mut self) {
        discard(self.tree.take());
        // What stays behind lies in the system's directory for temporary files.
        let _ = fs::remove_dir_all(&self.place);
    }
}

fn copy_files(from: &Path, to: &Path) -> io::Result<()> {
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        if entry.file_type()?.is_dir() {
            fs::DirBuilder::new().mode(0o700).create(&target)?;
            copy_files(&source, &target)?;
        } else {
            fs::copy(&source, &target)?;
        }
    }
    Ok(())
}

/// Compares a database with the frames it is shown, in order.
pub struct Comparison {
    tree: Arc<Tree>,
    indexer: Arc<dyn Indexer>,
    copied: Head,
    indexed: Head,
    wanted: Vec<Entry>,
    /// What does not agree: a sentence, the first event concerned, and how many.
    problems: Vec<(String, u64, u64)>,
}

impl Comparison {
    /// Begins.
    ///
    /// # Errors
    /// A sentence that says why the database is of no use.
    pub fn new(tree: &Arc<Tree>, ledger: Uuid, indexer: &Arc<dyn Indexer>) -> Result<Self, String> {
        let applied = tree.applied().map_err(|error| error.to_string())?;
        let origin = segment::origin_head(ledger);
        let copied = match applied {
            Some(applied) if applied.ledger != ledger => {
                return Err("it belongs to another ledger".to_owned());
            }
            Some(applied) => applied.head,
            None if tree.is_empty() => origin,
            None => return Err("its note of what was copied makes no sense".to_owned()),
        };
        Ok(Self {
            tree: Arc::clone(tree),
            indexer: Arc::clone(indexer),
            copied,
            indexed: tree.indexed(),
            wanted: Vec::new(),
            problems: Vec::new(),
        })
    }

    /// The head up to which the database says it has everything.
    pub fn copied(&self) -> Head {
        self.copied
    }

    /// Looks at one frame, which was proved.
    pub fn see(&mut self, at: Location, frame: &FrameBytes) {
        let header = frame.header();
        let head = frame.head();
        if header.number < self.copied.frames {
            let held = self.tree.frame(header.number, header.first_seq);
            let problem = match held {
                None => Some("lacks a frame"),
                Some(bytes) if bytes != frame.bytes() => Some("holds other bytes of a frame"),
                _ => None,
            };
            if let Some(problem) = problem {
                self.note(problem, header.first_seq, header.events.into());
            }
        }
        if head.frames == self.copied.frames && head != self.copied {
            self.note("has another history", 0, head.position);
        }
        if header.number < self.indexed.frames
            && let Ok(whole) = Frame::read(frame.clone())
            && entries_of(at, &whole, self.indexer.as_ref(), &mut self.wanted).is_err()
        {
            self.note("cannot be compared", header.first_seq, header.events.into());
        }
    }

    /// Ends: compares the index with what the frames say, and gives everything that does not agree.
    pub fn end(mut self) -> Vec<(String, u64, u64)> {
        self.wanted.sort_unstable();
        self.wanted.dedup();
        let indexed = self.indexed.position;
        match self.tree.all_entries() {
            Err(error) => self.note(
                &format!("has an index that cannot be read ({error})"),
                0,
                indexed,
            ),
            Ok(found) if found != self.wanted => {
                self.note("has an index that says other than the journal", 0, indexed)
            }
            Ok(_) => {}
        }
        self.problems
    }

    fn note(&mut self, problem: &str, first_seq: u64, events: u64) {
        if let Some((last, first, count)) = self.problems.last_mut()
            && last == problem
            && first.saturating_add(*count) == first_seq
        {
            *count = count.saturating_add(events);
            return;
        }
        self.problems.push((problem.to_owned(), first_seq, events));
    }
}
