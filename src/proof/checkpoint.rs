//! The signed head of a ledger: whose it is, how many events it has, the root over them (C2SP
//! tlog-checkpoint 1.0.0).
//!
//! Three lines make the text: the origin, the size, the root in base64. Lines after them are read and
//! kept and never written: nobody can audit what they say.

#[cfg(test)]
mod tests;

use std::fmt;
use std::str::FromStr;

use super::decimal;
use super::key::{KeyName, Signer, VerifierKey};
use super::note::{Note, NoteError};
use super::tree::{Hash, Root};

/// What a checkpoint fixes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    origin: String,
    root: Root,
    extensions: Vec<String>,
}

impl Checkpoint {
    /// The head of a ledger. Its origin is the name its key signs under.
    pub fn new(origin: &KeyName, root: Root) -> Self {
        Self {
            origin: origin.as_str().to_owned(),
            root,
            extensions: Vec::new(),
        }
    }

    /// The ledger's name.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// How many events there were, and the root over them.
    pub fn root(&self) -> Root {
        self.root
    }

    /// Further lines, which the ledger's witnesses do not vouch for.
    pub fn extensions(&self) -> &[String] {
        &self.extensions
    }
}

impl fmt::Display for Checkpoint {
    /// The text that is signed; it ends with a newline.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Root { size, hash } = self.root;
        writeln!(f, "{}\n{size}\n{}", self.origin, hash.to_base64())?;
        self.extensions
            .iter()
            .try_for_each(|line| writeln!(f, "{line}"))
    }
}

impl FromStr for Checkpoint {
    type Err = CheckpointError;

    /// Reads the text that is signed, without signatures.
    fn from_str(text: &str) -> Result<Self, CheckpointError> {
        let text = text.strip_suffix('\n').ok_or(CheckpointError::Lines)?;
        let mut lines = text.split('\n');
        let mut line = || lines.next().filter(|line| !line.is_empty());
        let origin = line().ok_or(CheckpointError::Lines)?;
        let size = line().ok_or(CheckpointError::Lines)?;
        let hash = line().ok_or(CheckpointError::Lines)?;
        let extensions: Vec<String> = lines.map(str::to_owned).collect();
        if extensions.iter().any(String::is_empty) {
            return Err(CheckpointError::Lines);
        }
        let cut = |text: &str| text.chars().take(80).collect::<String>();
        let size = decimal::read(size).ok_or_else(|| CheckpointError::Size(cut(size)))?;
        let hash = Hash::from_base64(hash).map_err(|_| CheckpointError::Hash(cut(hash)))?;
        Ok(Self {
            origin: origin.to_owned(),
            root: Root { size, hash },
            extensions,
        })
    }
}

/// A checkpoint with its signatures, as it is kept, published and handed about.
///
/// What it says is to be believed once [`verify`](Self::verify) or a policy has said so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedCheckpoint {
    checkpoint: Checkpoint,
    note: Note,
}

impl SignedCheckpoint {
    /// The head of a ledger, signed with the ledger's key, whose name is the origin.
    ///
    /// # Errors
    /// Never for a name a key can have; the note's own check is passed on.
    pub fn sign(root: Root, signer: &Signer) -> Result<Self, CheckpointError> {
        let checkpoint = Checkpoint::new(signer.verifier().name(), root);
        let mut note = Note::unsigned(&checkpoint.to_string())?;
        note.sign(signer);
        Ok(Self { checkpoint, note })
    }

    /// Reads a checkpoint with its signatures, which are not checked.
    ///
    /// # Errors
    /// If it is not a signed note, or its text is not a checkpoint.
    pub fn parse(bytes: &[u8]) -> Result<Self, CheckpointError> {
        Self::of_note(Note::parse(bytes)?)
    }

    fn of_note(note: Note) -> Result<Self, CheckpointError> {
        let checkpoint = note.text().parse()?;
        Ok(Self { checkpoint, note })
    }

    /// What it says.
    pub fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// The note it is, with its signatures.
    pub fn note(&self) -> &Note {
        &self.note
    }

    /// The note, to add signatures to; its text stays as it is.
    pub fn note_mut(&mut self) -> &mut Note {
        &mut self.note
    }

    /// The same checkpoint with the signatures of these keys alone.
    ///
    /// # Errors
    /// As [`Note::verify`].
    pub fn signed_by(&self, keys: &[VerifierKey]) -> Result<Self, NoteError> {
        let note = self.note.signed_by(keys)?;
        let checkpoint = self.checkpoint.clone();
        Ok(Self { checkpoint, note })
    }

    /// Checks that this key signed it, and that the key is the one of the origin it names.
    ///
    /// # Errors
    /// If it is the checkpoint of another ledger, or its signature does not verify.
    pub fn verify(&self, log: &VerifierKey) -> Result<&Checkpoint, CheckpointError> {
        if self.checkpoint.origin != log.name().as_str() {
            return Err(CheckpointError::Origin {
                origin: self.checkpoint.origin.chars().take(80).collect(),
                key: log.name().as_str().to_owned(),
            });
        }
        self.note.verify(std::slice::from_ref(log))?;
        Ok(&self.checkpoint)
    }
}

impl fmt::Display for SignedCheckpoint {
    /// The whole note.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.note.fmt(f)
    }
}

/// Why a checkpoint is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// Too few lines, or an empty one.
    #[error(
        "the text is not a checkpoint; one has three lines: the name of the ledger, its size and its root in base64"
    )]
    Lines,
    /// The second line.
    #[error(
        "{0:?} is not the size of a ledger; the second line of a checkpoint is a whole number without leading zeros"
    )]
    Size(String),
    /// The third line.
    #[error("{0:?} is not a root; the third line of a checkpoint is 32 bytes in base64")]
    Hash(String),
    /// Another ledger.
    #[error(
        "this is a checkpoint of {origin}, and the key is of {key}: take the checkpoint or the key of the other"
    )]
    Origin {
        /// The ledger it names.
        origin: String,
        /// Whose key it was checked with.
        key: String,
    },
    /// The note or its signatures.
    #[error(transparent)]
    Note(#[from] NoteError),
}
