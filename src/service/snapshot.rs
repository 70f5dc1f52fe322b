//! Folds kept on disk, so that a ledger is ready without reading all of its history.
//!
//! A snapshot is bound to the ledger, to a place between two frames (position, number and chain hash), and to the versions
//! of the read models; a journal that has another history there, or a program that folds otherwise, does not use it. It is no
//! truth: one that is damaged or missing costs time and nothing else.
//!
//! The file is a line of JSON that says what it is, then pieces: length and CRC32C (four bytes each, little-endian), then so
//! many bytes. The first piece is the line again; one of length 0 is the end. The file is written under another name,
//! synced, and renamed.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::follow::Reached;
use super::roots::Roots;
use crate::projection::models::Models;
use crate::projection::save::{Loader, Saver};
use crate::store::event_store::EventStore;
use crate::store::head::{ChainHash, Head};

/// The directory of snapshots inside a ledger's directory.
pub const DIRECTORY: &str = "snapshots";
/// The version of the file's form.
pub const FORMAT: u32 = 2;
/// How many snapshots are kept: the newest, and one before it should that be damaged.
const KEPT: usize = 2;
/// The longest first line and the longest piece that are believed, in bytes.
const MAX_LINE: u64 = 64 << 10;
const MAX_PIECE: u32 = 16 << 20;
/// How many pieces are read and checked ahead of whoever takes them apart.
const AHEAD: usize = 8;

/// What a snapshot is of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Label {
    dealtrail_snapshot: u32,
    ledger: Uuid,
    position: u64,
    frames: u64,
    chain: String,
    /// The read models and the versions of their folds.
    models: Vec<(String, u32)>,
}

impl Label {
    fn of(ledger: Uuid, head: Head) -> Self {
        let models = Models::new();
        let models = models.each().into_iter();
        Self {
            dealtrail_snapshot: FORMAT,
            ledger,
            position: head.position,
            frames: head.frames,
            chain: head.chain.to_string(),
            models: models
                .map(|model| (model.name().to_owned(), model.version()))
                .collect(),
        }
    }

    /// The place it was taken at, when this ledger has that very place in its history.
    fn place_in(&self, ledger: Uuid, store: &dyn EventStore) -> Option<Head> {
        let chain = chain_of(&self.chain)?;
        let head = Head {
            position: self.position,
            frames: self.frames,
            chain,
        };
        let end = store.head();
        if *self != Self::of(ledger, head) || head.frames > end.frames {
            return None;
        }
        if head.frames == end.frames {
            return (end == head).then_some(head);
        }
        let mut frames = store.read(head.position).ok()?;
        let next = frames.find_map(|frame| match frame {
            Ok(frame) if frame.number() < head.frames => None,
            Ok(frame) => Some(frame.number() == head.frames && frame.previous() == chain),
            Err(_) => Some(false),
        });
        next?.then_some(head)
    }
}

fn chain_of(text: &str) -> Option<ChainHash> {
    let bytes = data_encoding::HEXLOWER.decode(text.as_bytes()).ok()?;
    Some(ChainHash(bytes.try_into().ok()?))
}

/// The newest fold on disk that this ledger can go on from.
#[must_use]
pub fn newest(dir: &Path, ledger: Uuid, store: &dyn EventStore) -> Option<Reached<Models>> {
    files(dir).into_iter().rev().find_map(|file| {
        let loaded = load(&file, ledger, store);
        if let Err(problem) = &loaded {
            tracing::warn!(file = %file.display(), %problem, "a snapshot is of no use");
        }
        loaded.ok()
    })
}

/// Every snapshot, the oldest first.
fn files(dir: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(dir.join(DIRECTORY)).into_iter().flatten();
    let paths = entries.filter_map(|entry| entry.ok().map(|entry| entry.path()));
    let mut files: Vec<_> = paths.filter(|path| path.extension().is_none()).collect();
    files.sort();
    files
}

fn load(file: &Path, ledger: Uuid, store: &dyn EventStore) -> io::Result<Reached<Models>> {
    let mut reader = BufReader::with_capacity(256 << 10, File::open(file)?);
    let label = label(&mut reader)?;
    let head = label.place_in(ledger, store).ok_or_else(|| {
        io::Error::other("it is of another history, or of a program that folds otherwise")
    })?;
    thread::scope(|scope| {
        let (give, given) = sync_channel(AHEAD);
        thread::Builder::new()
            .name("snapshot".to_owned())
            .spawn_scoped(scope, move || give_pieces(&mut reader, &give))?;
        let mut problem = None;
        let mut source = || match given.recv() {
            Ok(Ok(piece)) => Some(piece),
            Ok(Err(error)) => {
                problem = Some(error);
                None
            }
            // The reader came to the end that was written.
            Err(_) => None,
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
    })
}

/// Reads and checks every piece, ahead of whoever takes them apart.
fn give_pieces(reader: &mut impl Read, give: &SyncSender<io::Result<Vec<u8>>>) {
    loop {
        let piece = piece(reader).transpose();
        let Some(piece) = piece else { return };
        let is_last = piece.is_err();
        // Whoever takes no more has seen that the file is of no use.
        if give.send(piece).is_err() || is_last {
            return;
        }
    }
}

fn label(reader: &mut impl BufRead) -> io::Result<Label> {
    let mut line = Vec::new();
    reader
        .by_ref()
        .take(MAX_LINE)
        .read_until(b'\n', &mut line)?;
    match piece(reader)? {
        Some(again) if again == line => Ok(serde_json::from_slice(&line)?),
        _ => Err(io::Error::other("its first line has changed")),
    }
}

/// The next piece; `None` at the end that was written.
fn piece(reader: &mut impl Read) -> io::Result<Option<Vec<u8>>> {
    let mut number = || -> io::Result<u32> {
        let mut four = [0; 4];
        reader.read_exact(&mut four)?;
        Ok(u32::from_le_bytes(four))
    };
    let (length, sum) = (number()?, number()?);
    if length > MAX_PIECE {
        return Err(io::Error::other("a piece is longer than any"));
    }
    let mut bytes = vec![0; length as usize];
    reader.read_exact(&mut bytes)?;
    if crc32c::crc32c(&bytes) != sum {
        return Err(io::Error::other("a checksum does not hold"));
    }
    Ok((length > 0).then_some(bytes))
}

/// A place of the history that a snapshot says it was taken at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The snapshot's file, as a path inside the ledger's directory.
    pub file: String,
    /// The ledger and the head it names; `None` when its first line cannot be read.
    pub of: Option<(Uuid, Head)>,
}

/// The places of all snapshots, the oldest first.
#[must_use]
pub fn places(dir: &Path) -> Vec<Place> {
    let place = |file: PathBuf| {
        let read = File::open(&file).and_then(|file| label(&mut BufReader::new(file)));
        let head = |label: &Label| {
            let (position, frames) = (label.position, label.frames);
            let chain = chain_of(&label.chain)?;
            Some(Head {
                position,
                frames,
                chain,
            })
        };
        let of = read
            .ok()
            .and_then(|label| Some((label.ledger, head(&label)?)));
        let file = file.strip_prefix(dir).unwrap_or(&file);
        Place {
            file: file.display().to_string(),
            of,
        }
    };
    files(dir).into_iter().map(place).collect()
}

/// Writes a fold down, and forgets all but the newest ones.
///
/// # Errors
/// When the disk fails; the snapshots before stand.
pub fn write(dir: &Path, ledger: Uuid, reached: &Reached<Models>) -> io::Result<()> {
    let place = dir.join(DIRECTORY);
    fs::create_dir_all(&place)?;
    File::open(dir)?.sync_all()?;
    let path = place.join(format!("{:020}", reached.head.position));
    let fresh = path.with_extension("new");
    let mut file = File::create(&fresh)?;
    let mut line = serde_json::to_vec(&Label::of(ledger, reached.head))?;
    line.push(b'\n');
    file.write_all(&line)?;
    put_piece(&mut file, &line)?;
    let mut failed = Ok(());
    let mut put = |piece: &[u8]| {
        if failed.is_ok() && !piece.is_empty() {
            failed = put_piece(&mut file, piece);
        }
    };
    let mut saver = Saver::new(&mut put);
    reached.models.save(&mut saver);
    reached.roots.save(&mut saver);
    saver.end();
    failed?;
    put_piece(&mut file, &[])?;
    file.sync_all()?;
    fs::rename(&fresh, &path)?;
    File::open(&place)?.sync_all()?;
    forget_old(dir)
}

fn put_piece(file: &mut File, piece: &[u8]) -> io::Result<()> {
    let length = u32::try_from(piece.len()).map_err(io::Error::other)?;
    file.write_all(&length.to_le_bytes())?;
    file.write_all(&crc32c::crc32c(piece).to_le_bytes())?;
    file.write_all(piece)
}

/// Forgets all but the newest, and what an interruption left unfinished.
fn forget_old(dir: &Path) -> io::Result<()> {
    for entry in fs::read_dir(dir.join(DIRECTORY))? {
        let path = entry?.path();
        if path.extension().is_some_and(|ending| ending == "new") {
            fs::remove_file(path)?;
        }
    }
    let files = files(dir);
    let old = files.len().saturating_sub(KEPT);
    files.iter().take(old).try_for_each(fs::remove_file)
}

/// The position of the newest snapshot, as its name says.
#[must_use]
pub fn newest_position(dir: &Path) -> Option<u64> {
    let newest = files(dir).pop()?;
    newest.file_name()?.to_str()?.parse().ok()
}

/// What does not hold in a ledger's snapshots: each file and why.
#[must_use]
pub fn examine(dir: &Path) -> Vec<(String, String)> {
    let problem = |file: &PathBuf| -> Option<(String, String)> {
        let name = file.strip_prefix(dir).unwrap_or(file).display().to_string();
        let read = || -> io::Result<()> {
            let mut reader = BufReader::new(File::open(file)?);
            label(&mut reader)?;
            while piece(&mut reader)?.is_some() {}
            match reader.read(&mut [0])? {
                0 => Ok(()),
                _ => Err(io::Error::other("something follows its end")),
            }
        };
        read().err().map(|error| (name, error.to_string()))
    };
    files(dir).iter().filter_map(problem).collect()
}
