//! A checkpoint that a restore is shown, and who vouches for it.

use super::error::BackupError;
use crate::proof::checkpoint::SignedCheckpoint;
use crate::proof::key::VerifierKey;
use crate::proof::policy::Policy;
use crate::proof::tree::Root;
use crate::service::checkpoint::keys::Keys;

/// A checkpoint, and whom to believe.
#[derive(Debug, Clone)]
pub struct Checkpoint {
    name: String,
    signed: SignedCheckpoint,
    trust: Option<Policy>,
}

/// Who vouches for a checkpoint that was shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Vouching {
    /// The trust policy that was handed in accepts it.
    Policy,
    /// The ledger's key in the backup signed it, or one that this key followed.
    BackupKey,
    /// Nobody: the backup holds no key, and no policy was handed in.
    Nobody,
}

impl Checkpoint {
    /// Reads a signed checkpoint, called `name` in errors, and the trust policy it is to be held against, if there is one.
    ///
    /// # Errors
    /// When either cannot be read.
    pub fn parse(name: &str, note: &[u8], trust: Option<&[u8]>) -> Result<Self, BackupError> {
        let signed = SignedCheckpoint::parse(note).map_err(|error| BackupError::NoCheckpoint {
            name: name.to_owned(),
            error,
        })?;
        let name = name.to_owned();
        let trust = trust.map(Policy::parse).transpose()?;
        Ok(Self {
            name,
            signed,
            trust,
        })
    }

    /// The ledger's name.
    #[must_use]
    pub fn origin(&self) -> &str {
        self.signed.checkpoint().origin()
    }

    /// How many entries it covers, and the root over them.
    #[must_use]
    pub fn root(&self) -> Root {
        self.signed.checkpoint().root()
    }

    /// Who vouches for it: the policy that was handed in alone, and without one the key of the backup. `keys` are those
    /// the ledger changed between.
    ///
    /// # Errors
    /// When its signature does not hold, or it is not one of whom is to be believed.
    pub(super) fn vouched(
        &self,
        own: Option<VerifierKey>,
        keys: &Keys,
    ) -> Result<Vouching, BackupError> {
        let (policy, vouching) = match (&self.trust, own) {
            (Some(policy), _) => (policy.clone(), Vouching::Policy),
            (None, Some(key)) => (Policy::of_log(key), Vouching::BackupKey),
            (None, None) => return Ok(Vouching::Nobody),
        };
        let policy = keys.fit(&policy, self.root().size);
        let accepted = policy.accept(&self.signed);
        accepted.map(|_| vouching).map_err(|error| {
            let told = keys.out_of_force(&self.signed);
            BackupError::NotVouched {
                name: self.name.clone(),
                what: told.unwrap_or_else(|| error.to_string()),
            }
        })
    }
}
