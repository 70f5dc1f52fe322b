//! The ledger's own signature: its key, and the checkpoints it signs (C2SP tlog-checkpoint).
//!
//! A checkpoint is signed over a durable head between two frames, never over a part of a batch. What was signed before is
//! compared first, and the root that is signed is computed from the stored bytes since then, not taken from a fold. The
//! order is: journal synced, tiles durable, checkpoint kept, checkpoint published; whoever is stopped on the way leaves
//! what stood before, or more. Read in this order: [`key_file`], [`kept`], [`held`], [`keys`],
//! [`rotate`].

use std::io;
use std::path::Path;
use std::sync::Arc;

pub mod held;
pub mod kept;
pub mod key_file;
pub mod keys;
mod mirrored;
pub mod rotate;

use held::Departure;
use kept::{Kept, Unreadable};
use key_file::{KeyFile, KeyFileError, Passphrase, Protection};

use super::answer::CommandError;
use super::history::{self, HistoryError};
use super::ledger::Ledger;
use super::open_error::LedgerError;
use super::tiles::files::Files;
use super::tiles::lay::{self, LayError};
use crate::proof::checkpoint::{CheckpointError, SignedCheckpoint};
use crate::proof::key::{KeyError, KeyName, Signer};
use crate::proof::note::SignatureLine;
use crate::proof::policy::Policy;
use crate::proof::rotation::RotationError;
use crate::proof::tree::{Frontier, Root};
use crate::store::journal::disk::Disk;
use crate::store::journal::segment;
use crate::store::lock::{LockError, WriterLock};

/// A ledger at the place where it signs.
pub struct Signing<'a> {
    ledger: &'a Ledger,
    dir: &'a Path,
    disk: Arc<dyn Disk>,
    files: Files,
}

/// A checkpoint that may be shown.
#[derive(Debug, Clone)]
pub struct Published {
    /// The ledger's name.
    pub origin: String,
    /// How many entries it covers.
    pub size: u64,
    /// The root over them, in hexadecimal.
    pub root: String,
    /// The signed note.
    pub text: String,
    /// Whether it was signed now; the head had one already otherwise.
    pub fresh: bool,
}

impl Published {
    fn of(signed: &SignedCheckpoint, fresh: bool) -> Self {
        let checkpoint = signed.checkpoint();
        Self {
            origin: checkpoint.origin().to_owned(),
            size: checkpoint.root().size,
            root: checkpoint.root().hash.to_string(),
            text: signed.to_string(),
            fresh,
        }
    }
}

impl Published {
    /// The same with the signatures that are kept of it by now.
    pub(super) fn with(&self, signed: &SignedCheckpoint) -> Self {
        Self::of(signed, self.fresh)
    }
}

impl<'a> Signing<'a> {
    /// Where a ledger signs. It may be open for reading or for recording: its head is durable in both.
    ///
    /// # Errors
    /// When it is in memory alone.
    pub fn of(ledger: &'a Ledger, disk: &Arc<dyn Disk>) -> Result<Self, SigningError> {
        let dir = ledger.dir().ok_or(SigningError::InMemory)?;
        Ok(Self {
            ledger,
            dir,
            disk: Arc::clone(disk),
            files: Files::of(disk, dir),
        })
    }

    /// The ledger.
    pub(super) fn ledger(&self) -> &Ledger {
        self.ledger
    }

    /// The ledger's directory.
    pub(super) fn dir(&self) -> &Path {
        self.dir
    }

    /// The disk it lies on.
    pub(super) fn disk(&self) -> &Arc<dyn Disk> {
        &self.disk
    }

    /// Keeps cosignatures of a checkpoint, durably, beside it.
    pub(super) fn keep_cosignatures(
        &self,
        size: u64,
        lines: Vec<SignatureLine>,
    ) -> Result<Kept, SigningError> {
        let _lock = self.lock()?;
        let disk = self.disk.as_ref();
        let mut kept = kept::of_size(disk, self.dir, size)?;
        for line in lines {
            kept.signed.note_mut().add(line);
        }
        let written = kept::keep_cosigned(disk, self.dir, &kept.signed);
        written.map_err(SigningError::Cosignatures)?;
        // What is handed out is the cosigned one; an other one may have been published meanwhile.
        let there = self.files.checkpoint().ok().flatten();
        if there.is_some_and(|there| there.signed.checkpoint() == kept.signed.checkpoint()) {
            let published = self.files.publish(&kept.signed.to_string());
            published.map_err(|error| SigningError::NotPublished(error.into()))?;
        }
        mirrored::level(disk, self.dir);
        Ok(kept)
    }

    fn origin(&self) -> &str {
        self.ledger.opened().origin.as_str()
    }

    /// The ledger's key, if it has one.
    ///
    /// # Errors
    /// When its file cannot be read.
    pub fn key(&self) -> Result<Option<KeyFile>, SigningError> {
        Ok(KeyFile::read(self.disk.as_ref(), self.dir)?)
    }

    /// The newest checkpoint, if the ledger signed any.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn newest(&self) -> Result<Option<Published>, SigningError> {
        let kept = kept::newest(self.disk.as_ref(), self.dir)?;
        Ok(kept.map(|kept| Published::of(&kept.signed, false)))
    }

    /// Makes the ledger's key.
    ///
    /// # Errors
    /// When there is one, or was one: checkpoints that it signed are here.
    pub fn make_key(&self, protection: &Protection<'_>) -> Result<KeyFile, SigningError> {
        let _lock = self.lock()?;
        let disk = self.disk.as_ref();
        let signed = kept::sizes(disk, self.dir)?;
        if self.key()?.is_none() && !signed.is_empty() {
            return Err(SigningError::KeyLost);
        }
        let name = KeyName::new(self.origin())?;
        let made = KeyFile::make(disk, self.dir, &name, protection)?;
        mirrored::level(disk, self.dir);
        Ok(made)
    }

    /// The policy by which others can check this ledger: its key, and no witness. Earlier keys stand in comments: by the
    /// changes that the ledger holds, `verify` follows from any of them to the others.
    ///
    /// # Errors
    /// When there is no key, or its file cannot be read.
    pub fn policy(&self) -> Result<String, SigningError> {
        let key = self.key()?.ok_or(SigningError::NoKey)?;
        let mut text = String::new();
        for change in self.keys()?.changes() {
            text.push_str(&format!(
                "# until entry {} the key was {}\n",
                change.seq,
                change.rotation.old()
            ));
        }
        let policy = Policy::of_log(key.verifier()?).to_bytes();
        text.push_str(&String::from_utf8_lossy(&policy));
        Ok(text)
    }

    /// Signs the head, unless it is signed; answers once the checkpoint is on disk. `passphrase` is asked for one only when
    /// the key is needed and sealed.
    ///
    /// # Errors
    /// When the ledger departs from what it signed, the key cannot be used, or the disk fails. Nothing was signed then.
    pub fn sign(
        &self,
        passphrase: &mut dyn FnMut() -> Option<Passphrase>,
    ) -> Result<Published, SigningError> {
        let _lock = self.lock()?;
        self.end_rotation()?;
        self.sign_with(&mut || self.signer(passphrase).map(Arc::new))
    }

    /// Signs the head with a key that is asked for when it is needed, while nobody else signs.
    fn sign_with(
        &self,
        signer: &mut dyn FnMut() -> Result<Arc<Signer>, SigningError>,
    ) -> Result<Published, SigningError> {
        let disk = self.disk.as_ref();
        let last = kept::newest(disk, self.dir)?;
        let position = self.ledger.head();
        let edge = match &last {
            None => Frontier::new(),
            Some(last) => self.held_to(last, position)?,
        };
        if let Some(last) = last.as_ref().filter(|_| edge.size() == position) {
            self.publish(&last.signed, None)?;
            return Ok(Published::of(&last.signed, false));
        }
        let (signer, keys) = (signer()?, self.keys()?);
        if keys
            .at(position)
            .is_some_and(|key| key != signer.verifier())
        {
            return Err(SigningError::Replaced);
        }
        if let Some(last) = &last {
            let size = last.signed.checkpoint().root().size;
            let then = keys.at(size).unwrap_or(signer.verifier());
            let by_its_key = last.signed.verify(then);
            by_its_key.map_err(|_| SigningError::OtherKey(last.file.clone()))?;
        }
        self.settle()?;
        let before = last.as_ref().map(|last| last.signed.checkpoint().root());
        let root = self.lay(before, position)?;
        let signed = SignedCheckpoint::sign(root, &signer)?;
        kept::keep(disk, self.dir, &signed)?;
        mirrored::level(disk, self.dir);
        self.publish(&signed, Some(root))?;
        Ok(Published::of(&signed, true))
    }

    /// Makes the tiles of a size durable, beginning where a checkpoint before it ended, and gives the root over the stored
    /// bytes. The tiles' hashes up to there are believed only where they give the root that was signed.
    fn lay(&self, from: Option<Root>, size: u64) -> Result<Root, LayError> {
        let store = self.ledger.store().as_ref();
        let laid = lay::lay(&self.files, store, from, size)?;
        Ok(laid.root)
    }

    /// Hands a signed checkpoint out, behind its tiles, and takes away the partial tiles that nobody needs any more. Where
    /// it is handed out already nothing is done. `laid` is the root of what was laid down just now.
    fn publish(&self, signed: &SignedCheckpoint, laid: Option<Root>) -> Result<(), SigningError> {
        let there = self.files.checkpoint().ok().flatten();
        if there.as_ref().is_some_and(|there| there.signed == *signed) {
            return Ok(());
        }
        let root = signed.checkpoint().root();
        if laid != Some(root) {
            // It was signed before there were tiles, or by somebody who was stopped.
            self.lay(Some(root), root.size)
                .map_err(SigningError::NotPublished)?;
        }
        let publish = || {
            let sizes = kept::sizes(self.disk.as_ref(), self.dir)?;
            let before = there.map_or(0, |there| there.signed.checkpoint().root().size);
            self.files.sweep(before, root.size, &sizes);
            self.files.publish(&signed.to_string())
        };
        publish().map_err(|error| SigningError::NotPublished(error.into()))
    }

    /// Makes what was read durable. Beside whoever records, the last frame may have been written and not synced yet: a power
    /// cut would leave a checkpoint of more than the ledger has.
    fn settle(&self) -> io::Result<()> {
        let journal = self.dir.join(segment::DIRECTORY);
        for name in self.disk.list(&journal)? {
            self.disk.open(&journal.join(name), false)?.sync()?;
        }
        Ok(())
    }

    /// The edge of the tree where the last checkpoint was signed. It is that of the ledger's memory when it gives the signed
    /// root, and computed from the first entry on when it does not.
    fn held_to(&self, last: &Kept, position: u64) -> Result<Frontier, SigningError> {
        let store = self.ledger.store().as_ref();
        let mut edge = Frontier::new();
        let departs = held::check(last, self.origin(), position, |size| {
            let signed = last.signed.checkpoint().root();
            let near = self.ledger.edge(size).unwrap_or_default();
            edge = history::edge(store, near, size)?;
            if edge.root() != signed {
                edge = history::edge(store, Frontier::new(), size)?;
            }
            Ok::<_, HistoryError>(edge.root())
        })?;
        departs?;
        Ok(edge)
    }

    fn signer(
        &self,
        passphrase: &mut dyn FnMut() -> Option<Passphrase>,
    ) -> Result<Signer, SigningError> {
        let key = self.key()?.ok_or(SigningError::NoKey)?;
        let passphrase = key.is_sealed().then(passphrase).flatten();
        let signer = key.open(self.dir, passphrase.as_ref())?;
        match signer.verifier().name().as_str() == self.origin() {
            true => Ok(signer),
            false => Err(SigningError::OtherOrigin {
                key: signer.verifier().name().to_string(),
                own: self.origin().to_owned(),
            }),
        }
    }

    /// Two who sign at once would each compare with what the other has not kept yet.
    fn lock(&self) -> Result<WriterLock, SigningError> {
        let place = self.dir.join(kept::DIRECTORY);
        self.disk.create_dir(&place)?;
        WriterLock::take(&place).map_err(|error| match error {
            LockError::Held { .. } => SigningError::Busy,
            LockError::Io { error, .. } => SigningError::Io(error),
        })
    }
}

/// Why nothing was signed.
#[derive(Debug, thiserror::Error)]
pub enum SigningError {
    /// A ledger in memory has nowhere to keep a key.
    #[error("a ledger in memory signs nothing")]
    InMemory,
    /// The ledger has no key.
    #[error("this ledger has no signing key yet")]
    NoKey,
    /// There were checkpoints before, and their key is gone.
    #[error("this ledger has signed checkpoints, and the file `key` they were signed with is gone")]
    KeyLost,
    /// The key is not the one that signed before.
    #[error("{0} was not signed with the key that is here now, or it was altered")]
    OtherKey(String),
    /// The key was changed, and the old one is here.
    #[error("the file `key` is not the one that the ledger's last change of key names")]
    Replaced,
    /// The statement of a change of key.
    #[error(transparent)]
    Rotation(#[from] RotationError),
    /// The statement cannot be an event.
    #[error("the change of key cannot be recorded: {0}")]
    Statement(String),
    /// The change of key was not recorded.
    #[error("the key was not changed: {0}")]
    NotRecorded(#[from] Box<CommandError>),
    /// The key is of another ledger.
    #[error("the file `key` is the key of {key}, and this ledger is {own}")]
    OtherOrigin {
        /// Whose key it is.
        key: String,
        /// This ledger.
        own: String,
    },
    /// Another process signs.
    #[error("another process is signing a checkpoint of this ledger: try again in a moment")]
    Busy,
    /// The ledger is not what it signed.
    #[error(transparent)]
    Departs(#[from] Departure),
    /// A kept checkpoint cannot be read.
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    /// The key file.
    #[error(transparent)]
    Key(#[from] KeyFileError),
    /// The ledger's name cannot be that of a key.
    #[error(transparent)]
    Name(#[from] KeyError),
    /// The checkpoint could not be made.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// The stored entries cannot be read.
    #[error(transparent)]
    History(#[from] HistoryError),
    /// The tiles could not be laid down.
    #[error("nothing was signed: {0}")]
    Tiles(#[from] LayError),
    /// Signed and kept, and not handed out.
    #[error("the checkpoint is signed and kept, and could not be published: {0}")]
    NotPublished(LayError),
    /// The ledger cannot be asked.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The disk failed.
    #[error("the checkpoint could not be kept, so nothing was signed: {0}")]
    Io(#[from] io::Error),
    /// The disk failed after the checkpoint was kept.
    #[error("the checkpoint is signed and kept, and its cosignatures could not be: {0}")]
    Cosignatures(io::Error),
}

impl SigningError {
    /// Whether asking otherwise helps, as against damage and a system that refuses.
    #[must_use]
    pub fn is_refusal(&self) -> bool {
        match self {
            Self::Key(error) => error.is_refusal(),
            Self::Ledger(error) => error.is_refusal(),
            Self::NotRecorded(error) => matches!(**error, CommandError::Refused(_)),
            Self::Tiles(LayError::Departs(_)) => true,
            Self::History(_)
            | Self::Io(_)
            | Self::Cosignatures(_)
            | Self::Tiles(_)
            | Self::NotPublished(_) => false,
            _ => true,
        }
    }

    /// What to do next, where the sentence itself does not say it.
    #[must_use]
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Departs(departure) => Some(departure.hint()),
            Self::NoKey => Some(
                "`dealtrail trust key new` makes one, sealed with a passphrase; keep that passphrase where the ledger is not",
            ),
            Self::KeyLost | Self::Replaced | Self::OtherKey(_) | Self::OtherOrigin { .. } => Some(
                "put the file `key` back from a backup of this ledger: whoever checks its checkpoints knows it by that key",
            ),
            Self::Unreadable(_) => Some("put the file back from a backup; nothing was signed"),
            Self::Key(KeyFileError::Locked | KeyFileError::Passphrase) => Some(
                "set DEALTRAIL_KEY_PASSPHRASE, or DEALTRAIL_KEY_PASSPHRASE_FILE to the file that holds it, or type it at a \
                 terminal",
            ),
            Self::Key(KeyFileError::Exists) => {
                Some("`dealtrail trust` prints the key that is there")
            }
            Self::Key(KeyFileError::Short) => {
                Some("choose a longer one, such as five words drawn at random")
            }
            Self::History(_) | Self::Tiles(LayError::History(_) | LayError::Departs(_)) => {
                Some("`dealtrail verify` names what is damaged; nothing was signed")
            }
            Self::NotPublished(_) => Some("the next `dealtrail checkpoint` publishes it"),
            _ => None,
        }
    }
}
