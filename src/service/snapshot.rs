//! Folds kept on disk, so that a ledger is ready without reading all of its history.
//!
//! A snapshot is bound to the ledger, to a place between two frames (position, number and chain hash), and to the versions
//! of the read models; a journal that has another history there, or a program that folds otherwise, does not use it. Those of
//! programs that fold otherwise stand side by side (`shelf`), so that a new one is made ready while the old one serves. It is
//! no truth: one that is damaged or missing costs time and nothing else.
//!
//! The file is a line of JSON that says what it is (`label`), then pieces (`pieces`): length and CRC32C (four bytes each,
//! little-endian), then so many bytes. The first piece is the line again; one of length 0 is the end. The file is written
//! under another name (`draft`), synced, and renamed.

use std::fs::{self, File};
use std::io::{self, BufReader, Read, Seek};
use std::path::{Path, PathBuf};
use std::thread;

use uuid::Uuid;

use self::draft::Draft;
use self::label::{Folds, Label, LabelError};
use self::pieces::Ahead;
use self::shelf::Shelved;
use super::follow::Reached;
use super::roots::Roots;
use crate::projection::models::Models;
use crate::projection::save::{Loader, Saver};
use crate::store::event_store::EventStore;
use crate::store::head::Head;

mod draft;
pub mod label;
mod pieces;
mod shelf;

/// The directory of snapshots inside a ledger's directory.
pub const DIRECTORY: &str = "snapshots";

/// To fold so many entries takes long enough to be told of.
const LONG: u64 = 100_000;

/// The newest fold on disk that this ledger and this program can go on from; the log says so, and where there is none, why a start
/// takes long.
#[must_use]
pub fn newest(dir: &Path, ledger: Uuid, store: &dyn EventStore) -> Option<Reached<Models>> {
    let own = Folds::own();
    let id = own.id();
    let all = shelf::all(&dir.join(DIRECTORY));
    // Those of other programs are for them: whoever cannot use one need not be told of it.
    let mut mine = all.iter().rev().filter(|one| one.may_be_of(&id));
    let reached = mine.find_map(|one| {
        let loaded = load(&one.path, (ledger, store), &own);
        if let Err(problem) = &loaded {
            tracing::warn!(file = %one.path.display(), %problem, "a snapshot is of no use");
        }
        loaded.ok()
    });
    match &reached {
        Some(reached) => {
            let position = reached.head.position;
            tracing::info!(position, "the read models go on from a snapshot");
        }
        None => {
            let entries = store.head().position;
            if !all.is_empty() || entries >= LONG {
                tracing::info!(
                    entries,
                    snapshots = all.len(),
                    "no snapshot fits this program: the read models are folded from the first entry; \
                     `dealtrail rebuild` before a start saves that time"
                );
            }
        }
    }
    reached
}

fn load(
    file: &Path,
    (ledger, store): (Uuid, &dyn EventStore),
    own: &Folds,
) -> Result<Reached<Models>, LabelError> {
    let file = File::open(file)?;
    let mut reader = BufReader::new(&file);
    let label = Label::read(&mut reader)?;
    let from = reader.stream_position().map_err(LabelError::from)?;
    if label.folds() != *own {
        return Err(io::Error::other("it is of a program that folds otherwise").into());
    }
    let head = label
        .place_in(ledger, store)
        .ok_or_else(|| io::Error::other("it is of another history"))?;
    let loaded = thread::scope(|scope| {
        let mut ahead = Ahead::of(scope, &file, from)?;
        let mut problem = None;
        let mut source = || match ahead.next()? {
            Ok(piece) => Some(piece),
            Err(error) => {
                problem.get_or_insert(error);
                None
            }
        };
        let mut loader = Loader::new(&mut source);
        let models = Models::load(&mut loader);
        let roots = Roots::load(&mut loader).filter(|_| loader.is_at_end());
        match (problem, models.zip(roots)) {
            (None, Some((models, roots)))
                if models.position() == head.position && roots.size() == head.position =>
            {
                Ok(Reached {
                    models,
                    head,
                    roots,
                })
            }
            (Some(error), _) => Err(error),
            _ => Err(io::Error::other(
                "it does not hold what its first line says",
            )),
        }
    });
    loaded.map_err(LabelError::from)
}

/// A place of the history that a snapshot says it was taken at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The snapshot's file, as a path inside the ledger's directory.
    pub file: String,
    /// The ledger and the head it names; `None` when its first line cannot be read.
    pub of: Option<(Uuid, Head)>,
}

/// The places of all snapshots, whichever program's, the oldest first. What a later program wrote in a newer form is not told of:
/// it alone knows how to read that.
#[must_use]
pub fn places(dir: &Path) -> Vec<Place> {
    let place = |one: Shelved| {
        let read = File::open(&one.path).map_err(LabelError::from);
        let read = read.and_then(|file| Label::read(&mut BufReader::new(file)));
        let of = match read {
            Ok(label) => label.head().map(|head| (label.ledger, head)),
            Err(error) if error.says_nothing() => return None,
            Err(_) => None,
        };
        Some(Place {
            file: inside(dir, &one.path),
            of,
        })
    };
    let all = shelf::all(&dir.join(DIRECTORY)).into_iter();
    all.filter_map(place).collect()
}

/// A path inside a ledger's directory.
fn inside(dir: &Path, path: &Path) -> String {
    let path = path.strip_prefix(dir).unwrap_or(path);
    path.display().to_string()
}

/// Writes a fold down as who records does, and forgets what is kept no longer.
///
/// # Errors
/// When the disk fails; the snapshots before stand.
pub fn write(dir: &Path, ledger: Uuid, reached: &Reached<Models>) -> io::Result<()> {
    let own = Folds::own();
    put(dir, (ledger, reached), &own)?;
    shelf::forget(&dir.join(DIRECTORY), &own.id())
}

/// Writes a fold down beside who records, and gives the file's path. Nothing that stands there is forgotten: who records may
/// rely on it.
///
/// # Errors
/// When the disk fails; the snapshots before stand.
pub fn write_beside(dir: &Path, ledger: Uuid, reached: &Reached<Models>) -> io::Result<PathBuf> {
    put(dir, (ledger, reached), &Folds::own())
}

/// Writes a fold down as one of these folds.
fn put(
    dir: &Path,
    (ledger, reached): (Uuid, &Reached<Models>),
    folds: &Folds,
) -> io::Result<PathBuf> {
    let place = dir.join(DIRECTORY);
    fs::create_dir_all(&place)?;
    File::open(dir)?.sync_all()?;
    draft::sweep(&place);
    let name = shelf::name(reached.head.position, &folds.id());
    let mut draft = Draft::begin(&place, &name)?;
    Label::of(ledger, reached.head, folds).write(&mut draft)?;
    let mut failed = Ok(());
    let mut put = |piece: &[u8]| {
        if failed.is_ok() && !piece.is_empty() {
            failed = pieces::put(&mut draft, piece);
        }
    };
    let mut saver = Saver::new(&mut put);
    reached.models.save(&mut saver);
    reached.roots.save(&mut saver);
    saver.end();
    failed?;
    pieces::put(&mut draft, &[])?;
    draft.finish(&place, &name)
}

/// Removes what interrupted writers left unfinished, for whoever records.
pub fn tidy(dir: &Path) {
    let place = dir.join(DIRECTORY);
    draft::sweep(&place);
    shelf::sweep_earlier(&place);
}

/// The position of the newest snapshot of this program, as its name says.
#[must_use]
pub fn newest_position(dir: &Path) -> Option<u64> {
    let id = Folds::own().id();
    let mut all = shelf::all(&dir.join(DIRECTORY)).into_iter().rev();
    Some(all.find(|one| one.is_of(&id))?.position)
}

/// What does not hold in a ledger's snapshots, whichever program's: each file and why. Of one in a newer form nothing is known.
#[must_use]
pub fn examine(dir: &Path) -> Vec<(String, String)> {
    let problem = |one: &Shelved| -> Option<(String, String)> {
        let read = || -> Result<(), LabelError> {
            let mut reader = BufReader::new(File::open(&one.path)?);
            Label::read(&mut reader)?;
            while pieces::next(&mut reader)?.is_some() {}
            match reader.read(&mut [0])? {
                0 => Ok(()),
                _ => Err(io::Error::other("something follows its end").into()),
            }
        };
        let error = match read() {
            Ok(()) => return None,
            Err(error) if error.says_nothing() => return None,
            Err(error) => error,
        };
        Some((inside(dir, &one.path), error.to_string()))
    };
    let all = shelf::all(&dir.join(DIRECTORY));
    all.iter().filter_map(problem).collect()
}

#[cfg(test)]
mod tests;
