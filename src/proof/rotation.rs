//! The change of a ledger's key: a statement signed by the old key and by the new one.
//!
//! The statement names the ledger, the last checkpoint of the old key and both keys. It is the text of a signed note
//! (C2SP signed-note) with both signatures, so that any software for notes can check it, and its first line is none
//! that a checkpoint can have: no signature under one is a signature under the other.

use std::fmt;

use super::key::{Signer, VerifierKey};
use super::note::{Note, NoteError};
use super::tree::Root;

/// The first line, which no origin can be: it holds blanks.
const HEADER: &str = "dealtrail key rotation v1";

/// From an old key to a new one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rotation {
    root: Root,
    old: VerifierKey,
    new: VerifierKey,
}

impl Rotation {
    /// The change of key of a ledger whose last checkpoint under the old key is over this root.
    ///
    /// # Errors
    /// When the keys are of different ledgers, or one and the same.
    pub fn new(root: Root, old: VerifierKey, new: VerifierKey) -> Result<Self, RotationError> {
        if old.name() != new.name() {
            return Err(RotationError::Names {
                old: old.name().to_string(),
                new: new.name().to_string(),
            });
        }
        match old == new {
            true => Err(RotationError::Same),
            false => Ok(Self { root, old, new }),
        }
    }

    /// What the old key vouches for last: so many entries, and the root over them.
    pub fn root(&self) -> Root {
        self.root
    }

    /// The key in force before.
    pub fn old(&self) -> &VerifierKey {
        &self.old
    }

    /// The key in force from then on.
    pub fn new_key(&self) -> &VerifierKey {
        &self.new
    }

    /// What one of both keys adds to the statement: base64 of its id and its signature, as a line of a note has it.
    ///
    /// # Errors
    /// Never for names that keys can have; the note's own check is passed on.
    pub fn sign(&self, signer: &Signer) -> Result<String, RotationError> {
        let mut note = Note::unsigned(&self.to_string())?;
        note.sign(signer);
        let line = note.signatures().first().map(ToString::to_string);
        let line = line.unwrap_or_default();
        Ok(line.rsplit(' ').next().unwrap_or_default().to_owned())
    }

    /// Checks that both keys signed the statement.
    ///
    /// # Errors
    /// When a signature is none, or not one of its key over this statement.
    pub fn verify(&self, by_old: &str, by_new: &str) -> Result<(), RotationError> {
        for (key, signature) in [(&self.old, by_old), (&self.new, by_new)] {
            let note = format!("{self}\n\u{2014} {} {signature}\n", key.name());
            Note::parse(note.as_bytes())?.verify(std::slice::from_ref(key))?;
        }
        Ok(())
    }
}

impl fmt::Display for Rotation {
    /// The text that is signed; it ends with a newline.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Root { size, hash } = self.root;
        writeln!(f, "{HEADER}\norigin {}", self.old.name())?;
        writeln!(f, "size {size}\nroot {}", hash.to_base64())?;
        writeln!(f, "old {}\nnew {}", self.old, self.new)
    }
}

/// Why a change of key is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RotationError {
    /// Keys of two ledgers.
    #[error("the old key is of {old} and the new one of {new}: a ledger changes its own key alone")]
    Names {
        /// The old key's ledger.
        old: String,
        /// The new key's.
        new: String,
    },
    /// No change.
    #[error("the old key and the new one are the same")]
    Same,
    /// The statement or its signatures.
    #[error(transparent)]
    Note(#[from] NoteError),
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proof::checkpoint::SignedCheckpoint;
    use crate::proof::key::KeyName;
    use crate::proof::tree::Hash;

    fn signer(seed: u8) -> Signer {
        Signer::new(KeyName::new("dealtrail.example/demo").unwrap(), &[seed; 32])
    }

    fn root() -> Root {
        let hash = "7a22ceadf5930b5f4d177e3900276b81cbd65c0b40f53d373fd0ad018f67b02e";
        Root {
            size: 3,
            hash: hash.parse().unwrap(),
        }
    }

    fn rotation() -> Rotation {
        let (old, new) = (signer(7), signer(8));
        Rotation::new(root(), old.verifier().clone(), new.verifier().clone()).unwrap()
    }

    #[test]
    fn the_statement_is_a_note_that_both_keys_signed() {
        let rotation = rotation();
        let text = rotation.to_string();
        assert_eq!(
            text,
            format!(
                "dealtrail key rotation v1\norigin dealtrail.example/demo\nsize 3\n\
                 root eiLOrfWTC19NF345ACdrgcvWXAtA9T03P9CtAY9nsC4=\nold {}\nnew {}\n",
                signer(7).verifier(),
                signer(8).verifier()
            )
        );
        let by_old = rotation.sign(&signer(7)).unwrap();
        let by_new = rotation.sign(&signer(8)).unwrap();
        rotation.verify(&by_old, &by_new).unwrap();
        // Made by another program.
        assert_eq!(
            by_old,
            "uqwbf8PQ34lZB0dCAG3IdXHCR6jtvpf7Y5Tez0QUJMLeKqUS0w1PU7/ue4+3IzVcNVX38u8A4xY6+MBSMDvqP40tWQg="
        );
        assert_eq!(
            by_new,
            "6AUm4ylHLBrFH3MXPNhbeW4jScNWH/j6ibYZGycz+FngK4gPwajGl/pZZ6nGEwZx0d/7tUeQdfxZEibKhZUjI0hRawA="
        );
        let name = "dealtrail.example/demo";
        let note = format!("{text}\n\u{2014} {name} {by_old}\n\u{2014} {name} {by_new}\n");
        let note = Note::parse(note.as_bytes()).unwrap();
        let keys = [signer(7).verifier().clone(), signer(8).verifier().clone()];
        assert_eq!(note.verify(&keys).unwrap().len(), 2);
        // No checkpoint is made of it.
        assert!(SignedCheckpoint::parse(note.to_string().as_bytes()).is_err());
    }

    #[test]
    fn one_signature_or_another_statement_is_not_enough() {
        let rotation = rotation();
        let by_old = rotation.sign(&signer(7)).unwrap();
        let by_new = rotation.sign(&signer(8)).unwrap();
        let by_other = rotation.sign(&signer(9)).unwrap();
        for (one, other) in [
            (&by_new, &by_old),
            (&by_old, &by_old),
            (&by_new, &by_new),
            (&by_old, &by_other),
            (&by_other, &by_new),
            (&String::new(), &by_new),
            (&by_old, &"AA==".to_owned()),
            (&format!("{by_old}\n\u{2014} x AAAAAAA="), &by_other),
        ] {
            assert!(rotation.verify(one, other).is_err(), "{one} {other}");
        }
        let (old, new) = (rotation.old().clone(), rotation.new_key().clone());
        let mut later = root();
        later.size = 4;
        let mut other = root();
        other.hash = Hash::new([0; 32]);
        for root in [later, other] {
            let altered = Rotation::new(root, old.clone(), new.clone()).unwrap();
            assert!(altered.verify(&by_old, &by_new).is_err());
        }
        let third = signer(9).verifier().clone();
        let altered = Rotation::new(root(), old.clone(), third).unwrap();
        assert!(altered.verify(&by_old, &by_new).is_err());
        assert_eq!(
            Rotation::new(root(), old.clone(), old.clone()),
            Err(RotationError::Same)
        );
        let name = KeyName::new("other.example/demo").unwrap();
        let stranger = Signer::new(name, &[8; 32]).verifier().clone();
        let refused = Rotation::new(root(), old, stranger).unwrap_err();
        assert!(refused.to_string().contains("changes its own key alone"));
    }
}
