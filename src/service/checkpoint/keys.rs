//! Which key was in force when: the changes of key that the ledger tells of, as far as the keys themselves prove them.
//!
//! A change is an entry. It is proved by both keys' signatures over one statement, which also fixes the entries that
//! the old key vouches for last. A checkpoint that covers the entry is to be signed by the new key, any earlier one by the
//! old: so whoever knows one key of the chain can follow it to every other, forwards by the signature of the old key and
//! backwards by that of the new one.

use crate::deal::event::key_rotated::KeyRotated;
use crate::deal::value::text::Text;
use crate::proof::checkpoint::SignedCheckpoint;
use crate::proof::key::VerifierKey;
use crate::proof::policy::Policy;
use crate::proof::rotation::Rotation;
use crate::proof::tree::{Hash, Root};

/// A change of key that is proved.
#[derive(Debug, Clone)]
pub struct Change {
    /// The entry that tells of it.
    pub seq: u64,
    /// From which key to which.
    pub rotation: Rotation,
}

/// The keys of a ledger, in the order of their changes.
#[derive(Debug, Clone, Default)]
pub struct Keys {
    changes: Vec<Change>,
    problems: Vec<String>,
}

impl Keys {
    /// What the entries that tell of changes come to, in their order. `is_root` says whether a root is that of the ledger's
    /// first entries.
    pub fn of(
        origin: &str,
        told: impl IntoIterator<Item = (u64, KeyRotated)>,
        is_root: impl Fn(Root) -> bool,
    ) -> Self {
        let mut keys = Self::default();
        for (seq, told) in told {
            match keys.next(origin, seq, &told, &is_root) {
                Ok(rotation) => keys.changes.push(Change { seq, rotation }),
                Err(what) => keys.problems.push(format!(
                    "entry {seq} says that the key was changed, and that is not proved: {what}"
                )),
            }
        }
        keys
    }

    fn next(
        &self,
        origin: &str,
        seq: u64,
        told: &KeyRotated,
        is_root: impl Fn(Root) -> bool,
    ) -> Result<Rotation, String> {
        let rotation = statement(told)?;
        if rotation.old().name().as_str() != origin {
            return Err(format!("its keys are of {}", rotation.old().name()));
        }
        let proved = rotation.verify(words(&told.old_signature), words(&told.new_signature));
        proved.map_err(|error| error.to_string())?;
        let before = self.changes.last();
        if before.is_some_and(|before| before.rotation.new_key() != rotation.old()) {
            return Err("the old key it names was not in force".to_owned());
        }
        let root = rotation.root();
        if root.size > seq || !is_root(root) {
            return Err(format!(
                "the first {} entries are not those that the old key vouched for",
                root.size
            ));
        }
        Ok(rotation)
    }

    /// The changes that are proved.
    #[must_use]
    pub fn changes(&self) -> &[Change] {
        &self.changes
    }

    /// What is wrong with the others, a sentence each.
    #[must_use]
    pub fn problems(&self) -> &[String] {
        &self.problems
    }

    /// The key a checkpoint of so many entries has to be signed with; `None` in a ledger that never changed its key.
    #[must_use]
    pub fn at(&self, size: u64) -> Option<&VerifierKey> {
        let before = self.changes.iter().rev().find(|change| change.seq < size);
        match before {
            Some(change) => Some(change.rotation.new_key()),
            None => self.changes.first().map(|change| change.rotation.old()),
        }
    }

    /// Every key, the first one first.
    pub fn all(&self) -> impl Iterator<Item = &VerifierKey> {
        let first = self.changes.first().map(|change| change.rotation.old());
        let later = self.changes.iter().map(|change| change.rotation.new_key());
        first.into_iter().chain(later)
    }

    /// A trust policy as it reads for a checkpoint of so many entries: where it names a key of the chain, the one in
    /// force there takes its place.
    #[must_use]
    pub fn fit(&self, policy: &Policy, size: u64) -> Policy {
        let logs = policy.logs();
        let knows = |key: &VerifierKey| logs.iter().any(|log| log.key == *key);
        match self.at(size).filter(|_| self.all().any(knows)) {
            Some(key) => policy.with_key(key),
            None => policy.clone(),
        }
    }

    /// Why a checkpoint is refused that a key of this ledger signed which was not in force.
    #[must_use]
    pub fn out_of_force(&self, signed: &SignedCheckpoint) -> Option<String> {
        let size = signed.checkpoint().root().size;
        let in_force = self.at(size)?;
        let by = self.all().find(|key| signed.verify(key).is_ok())?;
        let change = self.changes.iter().find(|change| {
            let rotation = &change.rotation;
            rotation.old() == by && change.seq < size
                || rotation.new_key() == by && change.seq >= size
        })?;
        (by != in_force).then(|| {
            format!(
                "it is signed with a key that was not in force at {size} entries: entry {} changed the key",
                change.seq
            )
        })
    }
}

fn words(text: &Text) -> &str {
    // Sealed text is no key and no signature.
    text.plain().unwrap_or_default()
}

/// The statement that an entry says both keys signed.
fn statement(told: &KeyRotated) -> Result<Rotation, String> {
    let key = |text: &str| {
        text.parse::<VerifierKey>()
            .map_err(|error| error.to_string())
    };
    let hash = Hash::from_base64(words(&told.root)).map_err(|error| error.to_string())?;
    let root = Root {
        size: told.size,
        hash,
    };
    let (old, new) = (key(words(&told.old_key))?, key(words(&told.new_key))?);
    Rotation::new(root, old, new).map_err(|error| error.to_string())
}
