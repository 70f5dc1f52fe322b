//! A new key for a ledger that signs already. At no moment is it without a key it can sign with: the new one lies beside the
//! old one, durably, before the entry that changes the key is recorded, and takes its place only afterwards.

use std::sync::Arc;

use super::key_file::{self, KeyFile, Passphrase, Protection};
use super::keys::Keys;
use super::{Published, Signing, SigningError, mirrored};
use crate::deal::command::{Command, Draft, Intent};
use crate::deal::event::key_rotated::KeyRotated;
use crate::deal::event::{Kind, Payload};
use crate::deal::value::ids::{Actor, StreamId};
use crate::deal::value::text::Text;
use crate::proof::key::{KeyName, Signer};
use crate::proof::rotation::Rotation;
use crate::proof::tree::{Hash, Root};
use crate::service::history::{self, HistoryError};

/// Who changes the key, why, and how the new one is to lie on disk.
#[derive(Debug)]
pub struct Order<'a> {
    /// Who.
    pub actor: Actor,
    /// Why.
    pub reason: Text,
    /// What the new key is sealed with; one that lies open is followed by one that lies open.
    pub passphrase: Option<&'a Passphrase>,
}

/// A key that was changed.
#[derive(Debug, Clone)]
pub struct Rotated {
    /// The entry that tells of it.
    pub seq: u64,
    /// The old key, as a vkey.
    pub old: String,
    /// The new one.
    pub new: String,
    /// The last checkpoint of the old key.
    pub last: Published,
    /// The first one of the new key, which covers the change.
    pub first: Published,
}

impl Signing<'_> {
    /// The changes of key that the ledger tells of and that are proved by the keys.
    ///
    /// # Errors
    /// When neither the read models nor the stored entries can be asked.
    pub fn keys(&self) -> Result<Keys, SigningError> {
        let told: Vec<(u64, KeyRotated)> = match self.ledger.models_at_head() {
            Ok(models) => {
                let own = models.status.events_of(StreamId::Ledger).into_iter();
                let told = own.filter_map(|event| match event.payload {
                    Payload::KeyRotated(told) => Some((event.seq, Arc::unwrap_or_clone(told))),
                    _ => None,
                });
                told.collect()
            }
            // What a release cannot fold it can sign: the entries themselves are asked.
            Err(_) => self.stored_changes()?,
        };
        // That the old key vouched for what stands before is computed by `verify`, from the stored bytes.
        Ok(Keys::of(self.origin(), told, |_| true))
    }

    fn stored_changes(&self) -> Result<Vec<(u64, KeyRotated)>, SigningError> {
        let (store, mut told) = (self.ledger.store().as_ref(), Vec::new());
        history::each_stored(store, 0, self.ledger.head(), |stored| {
            if stored.kind() == Kind::KeyRotated.as_str()
                && let Ok(change) = serde_json::from_str(stored.data())
            {
                told.push((stored.seq(), change));
            }
            Ok::<_, HistoryError>(())
        })?;
        Ok(told)
    }

    /// Ends a change of key that was recorded and then interrupted: the new key takes the old one's place.
    pub(super) fn end_rotation(&self) -> Result<(), SigningError> {
        let disk = self.disk.as_ref();
        let Some(next) = KeyFile::read_next(disk, self.dir)? else {
            return Ok(());
        };
        let keys = self.keys()?;
        let in_force = keys
            .changes()
            .last()
            .map(|change| change.rotation.new_key());
        match in_force == Some(&next.verifier()?) {
            true => Ok(key_file::promote(disk, self.dir)?),
            // Made and never recorded: it signs nothing, and the next change of key replaces it.
            false => Ok(()),
        }
    }

    /// Changes the ledger's key: everything recorded so far is signed with the old one a last time, the change is recorded,
    /// signed by both, and from then on the new one signs. `passphrase` is asked for that of the old key.
    ///
    /// # Errors
    /// When the ledger is not open for recording, has no key, departs from what it signed, or the disk fails. It has its
    /// old key then, or the new one, and the next checkpoint is signed with the one that is in force.
    pub fn rotate(
        &self,
        order: &Order<'_>,
        passphrase: &mut dyn FnMut() -> Option<Passphrase>,
    ) -> Result<Rotated, SigningError> {
        let _lock = self.lock()?;
        let disk = self.disk.as_ref();
        self.end_rotation()?;
        let key = self.key()?.ok_or(SigningError::NoKey)?;
        let old = Arc::new(self.signer(passphrase)?);
        let last = self.sign_with(&mut || Ok(Arc::clone(&old)))?;
        let name = KeyName::new(self.origin())?;
        let protection = match (key.is_sealed(), order.passphrase) {
            (true, Some(passphrase)) => Protection::Sealed(passphrase),
            (true, None) => return Err(key_file::KeyFileError::Locked.into()),
            (false, _) => Protection::Open,
        };
        let made = KeyFile::make_next(disk, self.dir, &name, &protection)?;
        let new = Arc::new(made.open(self.dir, order.passphrase)?);
        // The mirror has the new key before anything depends on it.
        mirrored::level(disk, self.dir);
        let told = statement(&last, &old, &new, order.reason.clone())?;
        let seq = self.record(order.actor.clone(), told)?;
        key_file::promote(disk, self.dir)?;
        let first = self.sign_with(&mut || Ok(Arc::clone(&new)))?;
        Ok(Rotated {
            seq,
            old: old.verifier().to_string(),
            new: new.verifier().to_string(),
            last,
            first,
        })
    }

    fn record(&self, actor: Actor, told: KeyRotated) -> Result<u64, SigningError> {
        let command = Command {
            id: self.ledger.new_command_id(),
            actor,
            intents: vec![Intent::Record(Draft {
                stream: StreamId::Ledger,
                payload: Payload::from(told),
                on: None,
                sources: Vec::new(),
            })],
            expected: None,
        };
        let answer = self.ledger.submit_blocking(command);
        let answer = answer.map_err(Box::new)?;
        Ok(answer.events.first().map_or(0, |event| event.seq))
    }
}

fn statement(
    last: &Published,
    old: &Signer,
    new: &Signer,
    reason: Text,
) -> Result<KeyRotated, SigningError> {
    let hash: Hash = last.root.parse().unwrap_or(Root::empty().hash);
    let root = Root {
        size: last.size,
        hash,
    };
    let rotation = Rotation::new(root, old.verifier().clone(), new.verifier().clone())?;
    let text = |words: String| {
        Text::new(&words).map_err(|error| SigningError::Statement(error.to_string()))
    };
    Ok(KeyRotated {
        old_key: text(old.verifier().to_string())?,
        new_key: text(new.verifier().to_string())?,
        old_signature: text(rotation.sign(old)?)?,
        new_signature: text(rotation.sign(new)?)?,
        size: root.size,
        root: text(root.hash.to_base64())?,
        reason,
    })
}
