//! A witness: it remembers the largest checkpoint it cosigned of each ledger it follows, and cosigns what extends it (C2SP
//! tlog-witness 1.0.0).
//!
//! Its directory holds `key`, sealed like a ledger's, and `followed/`, a file a ledger: the checkpoint it cosigned last,
//! with its cosignature. Comparing with that file and replacing it is one step that no other request comes between, and the
//! file is on disk before anybody gets the cosignature: so a witness that is killed in between has given nothing away, and
//! whoever asks again gets a cosignature again.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::ambient::Clock;
use super::checkpoint::kept::bytes_of;
use super::checkpoint::key_file::{KeyFile, KeyFileError, Passphrase, Protection};
use crate::proof::checkpoint::SignedCheckpoint;
use crate::proof::key::{Cosigner, KeyError, KeyName, Kind, VerifierKey};
use crate::proof::note::NoteError;
use crate::proof::policy::{Policy, PolicyError};
use crate::proof::witness::{Refusal, Request, place_of};
use crate::store::journal::disk::{Access, Disk, replace};
use crate::store::lock::{LockError, WriterLock};

/// The directory of what was cosigned last, inside a witness's directory.
pub const DIRECTORY: &str = "followed";

/// A witness that answers.
pub struct Witness {
    dir: PathBuf,
    disk: Arc<dyn Disk>,
    clock: Arc<dyn Clock>,
    cosigner: Cosigner,
    known: Policy,
    turn: Mutex<()>,
    _lock: WriterLock,
}

/// A ledger that is followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Followed {
    /// Its name.
    pub origin: String,
    /// How many entries the checkpoint cosigned last covers, and when it was cosigned, in seconds since 1970.
    pub last: Option<(u64, u64)>,
}

/// What was cosigned last.
struct Last {
    signed: SignedCheckpoint,
    time: u64,
}

/// Makes the key of a witness and, if need be, its directory.
///
/// # Errors
/// When the name cannot be that of a key, there is a key already, or the disk fails.
pub fn make_key(
    dir: &Path,
    disk: &dyn Disk,
    name: &str,
    protection: &Protection<'_>,
) -> Result<VerifierKey, WitnessError> {
    let name = KeyName::new(name)?;
    disk.create_dir(&dir.join(DIRECTORY))?;
    disk.sync_dir(dir)?;
    if !disk.list(&dir.join(DIRECTORY))?.is_empty() && KeyFile::read(disk, dir)?.is_none() {
        return Err(WitnessError::KeyLost);
    }
    let made = KeyFile::make_cosigner(disk, dir, &name, protection)?;
    Ok(made.verifier()?)
}

/// The key of the witness in a directory, its secret sealed; `None` where there is none.
///
/// # Errors
/// When its file cannot be read, or is that of a ledger.
pub fn key(dir: &Path, disk: &dyn Disk) -> Result<Option<KeyFile>, WitnessError> {
    let Some(key) = KeyFile::read(disk, dir)? else {
        return Ok(None);
    };
    match key.verifier()?.kind() {
        Kind::Cosignature => Ok(Some(key)),
        Kind::Ed25519 => Err(WitnessError::OfLedger),
    }
}

impl Witness {
    /// Takes a witness's directory for this process. `policy` names the ledgers it follows. `passphrase` is asked for one
    /// when the key is sealed.
    ///
    /// # Errors
    /// When another process has it, the key or the policy cannot be used, or what was cosigned last cannot be read: without
    /// that it could cosign a history that was rewritten.
    pub fn open(
        dir: &Path,
        (disk, clock): (Arc<dyn Disk>, Arc<dyn Clock>),
        policy: &[u8],
        passphrase: &mut dyn FnMut() -> Option<Passphrase>,
    ) -> Result<Self, WitnessError> {
        let key = key(dir, disk.as_ref())?.ok_or(WitnessError::NoKey)?;
        let known = Policy::parse(policy)?;
        if known.logs().is_empty() {
            return Err(WitnessError::NoLedger);
        }
        disk.create_dir(&dir.join(DIRECTORY))?;
        let lock = WriterLock::take(dir).map_err(|error| match error {
            LockError::Held { .. } => WitnessError::Busy,
            LockError::Io { error, .. } => WitnessError::Io(error),
        })?;
        let passphrase = key.is_sealed().then(passphrase).flatten();
        let cosigner = key.open_cosigner(dir, passphrase.as_ref())?;
        let witness = Self {
            dir: dir.to_owned(),
            disk,
            clock,
            cosigner,
            known,
            turn: Mutex::new(()),
            _lock: lock,
        };
        witness.followed()?;
        Ok(witness)
    }

    /// The public key that verifies what it cosigns.
    #[must_use]
    pub fn verifier(&self) -> &VerifierKey {
        self.cosigner.verifier()
    }

    /// The ledgers it follows, in the order of the policy.
    ///
    /// # Errors
    /// When what was cosigned last of one cannot be read.
    pub fn followed(&self) -> Result<Vec<Followed>, WitnessError> {
        let mut followed: Vec<Followed> = Vec::new();
        for log in self.known.logs() {
            let origin = log.key.name().as_str();
            if followed.iter().any(|one| one.origin == origin) {
                continue;
            }
            let last = self.last(&place_of(origin))?;
            followed.push(Followed {
                origin: origin.to_owned(),
                last: last.map(|last| (last.signed.checkpoint().root().size, last.time)),
            });
        }
        Ok(followed)
    }

    /// Answers a request to cosign: the signature line, once what was cosigned is on disk.
    ///
    /// # Errors
    /// When the checkpoint is not to be cosigned, or the cosignature cannot be made or kept. Nothing was given away then.
    pub fn add_checkpoint(&self, body: &[u8]) -> Result<String, WitnessError> {
        let request = Request::parse(body)?;
        let place = place_of(request.signed().checkpoint().origin());
        // From reading what was cosigned last to replacing it nobody else may come between (tlog-witness, the race).
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let last = self.last(&place)?;
        let root = last.as_ref().map(|last| last.signed.checkpoint().root());
        request.judge(&self.known, root.as_ref())?;
        let now = u64::try_from(self.clock.now().timestamp()).unwrap_or_default();
        if let Some(last) = last.filter(|last| now < last.time) {
            return Err(WitnessError::Clock {
                now,
                last: last.time,
            });
        }
        // The ledger's own signature alone is kept beside ours: what else a sender adds is nobody's word here.
        let mut signed = self.plain(&request)?;
        signed.note_mut().cosign(&self.cosigner, now)?;
        let file = self.dir.join(DIRECTORY).join(place);
        let kept = signed.to_string();
        replace(self.disk.as_ref(), &file, kept.as_bytes(), Access::Usual)?;
        let line = signed.note().signatures().last();
        Ok(line.map(|line| format!("{line}\n")).unwrap_or_default())
    }

    /// The checkpoint of a request with the signatures of the ledger's known keys alone.
    fn plain(&self, request: &Request) -> Result<SignedCheckpoint, WitnessError> {
        let shown = request.signed();
        let keys: Vec<VerifierKey> = self
            .known
            .logs()
            .iter()
            .map(|log| log.key.clone())
            .collect();
        Ok(shown.signed_by(&keys)?)
    }

    /// The checkpoint cosigned last of the ledger at a place (the SHA-256 of its origin in hexadecimal), as a signed note;
    /// `None` when there is none.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn latest(&self, place: &str) -> Result<Option<String>, WitnessError> {
        let hexadecimal = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        if place.len() != 64 || !place.bytes().all(hexadecimal) {
            return Ok(None);
        }
        Ok(self.last(place)?.map(|last| last.signed.to_string()))
    }

    /// What was cosigned last at a place. Our own cosignature vouches for the file.
    fn last(&self, place: &str) -> Result<Option<Last>, WitnessError> {
        let file = self.dir.join(DIRECTORY).join(place);
        let bytes = match bytes_of(self.disk.as_ref(), &file) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            bytes => bytes?,
        };
        let damaged = || WitnessError::Damaged(format!("{DIRECTORY}/{place}"));
        let signed = SignedCheckpoint::parse(&bytes).map_err(|_| damaged())?;
        let own = std::slice::from_ref(self.cosigner.verifier());
        let verified = signed.note().verify(own).map_err(|_| damaged())?;
        let time = verified.first().and_then(|one| one.time);
        let time = time.ok_or_else(damaged)?;
        match place_of(signed.checkpoint().origin()) == place {
            true => Ok(Some(Last { signed, time })),
            false => Err(damaged()),
        }
    }
}

/// Why a witness does not start or does not cosign.
#[derive(Debug, thiserror::Error)]
pub enum WitnessError {
    /// The request is not one that is cosigned.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// There is no key.
    #[error("this witness has no key yet")]
    NoKey,
    /// There are cosigned checkpoints, and their key is gone.
    #[error(
        "this witness has cosigned checkpoints, and the file `key` they were cosigned with is gone: put it back from a backup"
    )]
    KeyLost,
    /// The key in the directory signs for a ledger.
    #[error(
        "the key in this directory is that of a ledger: a witness has a directory and a key of its own"
    )]
    OfLedger,
    /// The policy names nobody to follow.
    #[error(
        "the policy names no ledger to follow: it needs a `log` line, as `dealtrail trust` prints one"
    )]
    NoLedger,
    /// Another process answers for this witness.
    #[error("another process runs this witness")]
    Busy,
    /// What was cosigned last cannot be read.
    #[error(
        "{0} is not the checkpoint that was cosigned last: without it a rewritten ledger could be cosigned"
    )]
    Damaged(String),
    /// The clock stands before the last cosignature.
    #[error("the clock of this witness stands {} seconds before its last cosignature: nothing is cosigned until it is right", last.saturating_sub(*now))]
    Clock {
        /// What the clock says, in seconds since 1970.
        now: u64,
        /// When it cosigned last.
        last: u64,
    },
    /// The policy cannot be read.
    #[error(transparent)]
    Policy(#[from] PolicyError),
    /// The name cannot be that of a key.
    #[error(transparent)]
    Name(#[from] KeyError),
    /// The key file.
    #[error("{}", of_key(.0))]
    Key(#[from] KeyFileError),
    /// The cosignature could not be made.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// The disk failed.
    #[error("what was cosigned could not be kept, so nothing was cosigned: {0}")]
    Io(#[from] io::Error),
}

/// What is wrong with a witness's key: most of these words are about a ledger's otherwise.
fn of_key(error: &KeyFileError) -> String {
    let words = match error {
        KeyFileError::Exists => {
            "this witness has a key already: whoever checks its cosignatures knows it by that one"
        }
        KeyFileError::Locked => "the key of this witness is sealed, and no passphrase was given",
        KeyFileError::Passphrase => {
            "the passphrase does not open the key of this witness, or the file `key` was altered"
        }
        KeyFileError::Damaged => {
            "the file `key` in the directory of this witness is damaged: put it back from a backup"
        }
        other => return other.to_string(),
    };
    words.to_owned()
}

impl WitnessError {
    /// What to do next, where the sentence itself does not say it.
    #[must_use]
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::NoKey => Some(
                "`dealtrail witness key new NAME` makes one, sealed with a passphrase; NAME is an address of yours, such as \
                 witness.example/audit",
            ),
            Self::Damaged(_) => Some(
                "put the file back from a backup of this witness that is not older than its last answer",
            ),
            Self::Key(KeyFileError::Locked | KeyFileError::Passphrase) => Some(
                "set DEALTRAIL_KEY_PASSPHRASE, or DEALTRAIL_KEY_PASSPHRASE_FILE to the file that holds it, or type it at a \
                 terminal",
            ),
            Self::Key(KeyFileError::Exists) => {
                Some("`dealtrail witness key` prints the key that is there")
            }
            _ => None,
        }
    }

    /// Whether asking otherwise helps, as against damage and a system that refuses.
    #[must_use]
    pub fn is_refusal(&self) -> bool {
        match self {
            Self::Key(error) => error.is_refusal(),
            Self::Damaged(_) | Self::Clock { .. } | Self::Io(_) | Self::Note(_) => false,
            _ => true,
        }
    }
}
