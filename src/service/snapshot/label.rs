//! What a snapshot is of: a ledger, a place in its history, and the versions of the folds.

use std::io::{self, BufRead, Read, Write};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::pieces;
use crate::projection::models::Models;
use crate::store::event_store::EventStore;
use crate::store::head::{ChainHash, Head};

/// The version of the file's form.
pub const FORMAT: u32 = 2;
/// The longest first line that is believed, in bytes.
const MAX_LINE: u64 = 64 << 10;
/// How many bytes of a digest stand for the folds in a file's name; the first line has the last word.
const ID_BYTES: usize = 8;

/// How a program folds: its read models with the versions of their folds, and the form in which it writes them down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folds {
    form: u32,
    models: Vec<(String, u32)>,
}

impl Folds {
    /// Those of this program.
    #[must_use]
    pub fn own() -> Self {
        let models = Models::new();
        let models = models.each().into_iter();
        Self::of(models.map(|model| (model.name().to_owned(), model.version())))
    }

    /// Those of a program with these read models in these versions.
    #[must_use]
    pub fn of(models: impl IntoIterator<Item = (String, u32)>) -> Self {
        Self {
            form: FORMAT,
            models: models.into_iter().collect(),
        }
    }

    /// The read models and the versions of their folds.
    #[must_use]
    pub fn models(&self) -> &[(String, u32)] {
        &self.models
    }

    /// What stands for them in the name of a file.
    pub(super) fn id(&self) -> String {
        let mut hash = Sha256::new();
        hash.update(self.form.to_le_bytes());
        for (name, version) in &self.models {
            // No name holds a line's end, so that no two lists are the same bytes.
            hash.update(format!("{name} {version}\n"));
        }
        let digest = hash.finalize();
        let bytes = digest.iter().take(ID_BYTES);
        bytes.map(|byte| format!("{byte:02x}")).collect()
    }
}

/// What a snapshot is of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Label {
    dealtrail_snapshot: u32,
    pub(super) ledger: Uuid,
    position: u64,
    frames: u64,
    chain: String,
    /// The read models and the versions of their folds.
    models: Vec<(String, u32)>,
}

/// As much of a first line as every form has.
#[derive(Deserialize)]
struct Form {
    dealtrail_snapshot: u32,
}

/// Why a first line is of no use.
#[derive(Debug, thiserror::Error)]
pub(super) enum LabelError {
    /// It was written by a program that came later, which knows what it means.
    #[error("it is of a newer form")]
    Newer,
    /// It cannot be read, or is not what was written.
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl LabelError {
    /// Whether it is no sign of damage: a later program knows what it means, or whoever records has forgotten the file since.
    pub(super) fn says_nothing(&self) -> bool {
        match self {
            Self::Newer => true,
            Self::Io(error) => error.kind() == io::ErrorKind::NotFound,
        }
    }
}

impl Label {
    pub(super) fn of(ledger: Uuid, head: Head, folds: &Folds) -> Self {
        Self {
            dealtrail_snapshot: folds.form,
            ledger,
            position: head.position,
            frames: head.frames,
            chain: head.chain.to_string(),
            models: folds.models.clone(),
        }
    }

    /// The folds it was made by.
    pub(super) fn folds(&self) -> Folds {
        Folds {
            form: self.dealtrail_snapshot,
            models: self.models.clone(),
        }
    }

    /// The place it says it was taken at.
    pub(super) fn head(&self) -> Option<Head> {
        let bytes = data_encoding::HEXLOWER.decode(self.chain.as_bytes()).ok()?;
        Some(Head {
            position: self.position,
            frames: self.frames,
            chain: ChainHash(bytes.try_into().ok()?),
        })
    }

    /// The place it was taken at, when this ledger has that very place in its history.
    pub(super) fn place_in(&self, ledger: Uuid, store: &dyn EventStore) -> Option<Head> {
        let head = self.head()?;
        let end = store.head();
        if self.ledger != ledger || head.frames > end.frames {
            return None;
        }
        if head.frames == end.frames {
            return (end == head).then_some(head);
        }
        let mut frames = store.read(head.position).ok()?;
        let next = frames.find_map(|frame| match frame {
            Ok(frame) if frame.number() < head.frames => None,
            Ok(frame) => Some(frame.number() == head.frames && frame.previous() == head.chain),
            Err(_) => Some(false),
        });
        next?.then_some(head)
    }

    /// Writes it down as the first line, and once more as the first piece.
    pub(super) fn write(&self, to: &mut impl Write) -> io::Result<()> {
        let mut line = serde_json::to_vec(self)?;
        line.push(b'\n');
        to.write_all(&line)?;
        pieces::put(to, &line)
    }

    /// Reads the first line and the piece that repeats it.
    pub(super) fn read(reader: &mut impl BufRead) -> Result<Self, LabelError> {
        let mut line = Vec::new();
        reader
            .by_ref()
            .take(MAX_LINE)
            .read_until(b'\n', &mut line)?;
        match pieces::next(reader)? {
            Some(again) if again == line => {}
            _ => return Err(io::Error::other("its first line has changed").into()),
        }
        let form: Form = serde_json::from_slice(&line).map_err(io::Error::from)?;
        if form.dealtrail_snapshot > FORMAT {
            return Err(LabelError::Newer);
        }
        Ok(serde_json::from_slice(&line).map_err(io::Error::from)?)
    }
}
