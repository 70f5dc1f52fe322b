//! The ledger's signing key on disk: the file `key` in the ledger's directory, readable by its owner alone.
//!
//! The secret is sealed with a passphrase: Argon2id (RFC 9106) makes a key of it, XChaCha20-Poly1305 seals the secret
//! and vouches for the public part beside it. A secret that lies open is made only when that is asked for. The file is
//! one JSON object; its version is the member `dealtrail_key`.

#[cfg(test)]
mod tests;

use std::fmt;
use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use argon2::{Algorithm, Argon2, Params, Version};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use data_encoding::BASE64;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::proof::key::{Cosigner, KeyName, Signer, VerifierKey};
use crate::store::journal::disk::{Access, Disk, fill_at, replace};

/// The file's name in the ledger's directory.
pub const FILE_NAME: &str = "key";
/// The file of a key that is to follow, until it takes the place of the one in force.
pub const NEXT: &str = "key.next";
const FORMAT: u32 = 1;
/// Far more than a key file has, in bytes.
const MAX_BYTES: u64 = 64 << 10;
/// What Argon2id takes to make a key: 64 MiB, three passes, one lane.
const MEMORY_KIB: u32 = 64 << 10;
const PASSES: u32 = 3;
/// More than this no file is believed to need: a changed one could take all memory.
const MAX_MEMORY_KIB: u32 = 1 << 20;
const MAX_PASSES: u32 = 50;
/// Below this a passphrase is refused when a key is made, in bytes.
const SHORTEST: usize = 12;

/// What a secret is sealed with. It is overwritten in memory when it goes, and never shown.
pub struct Passphrase(Zeroizing<Vec<u8>>);

impl Passphrase {
    /// A passphrase as it was given.
    #[must_use]
    pub fn new(bytes: Vec<u8>) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// Whether the two are the same.
    #[must_use]
    pub fn is(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl fmt::Debug for Passphrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a passphrase")
    }
}

/// How the secret of a new key is to lie on disk.
#[derive(Debug)]
pub enum Protection<'a> {
    /// Sealed with a passphrase.
    Sealed(&'a Passphrase),
    /// Open: whoever can read the file can sign.
    Open,
}

/// The file.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyFile {
    dealtrail_key: u32,
    /// The public key as a vkey (C2SP signed-note).
    key: String,
    secret: Secret,
    /// Where it lies.
    #[serde(skip)]
    name: &'static str,
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "kind", deny_unknown_fields)]
enum Secret {
    #[serde(rename = "argon2id-xchacha20poly1305")]
    Sealed {
        memory_kib: u32,
        passes: u32,
        salt: String,
        nonce: String,
        sealed: String,
    },
    #[serde(rename = "open")]
    Open { seed: Zeroizing<String> },
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sealed { .. } => "sealed",
            Self::Open { .. } => "open",
        })
    }
}

/// 32 bytes nobody can foresee, overwritten in memory when they go.
fn random<const N: usize>() -> Result<Zeroizing<[u8; N]>, KeyFileError> {
    let mut bytes = Zeroizing::new([0; N]);
    let filled = getrandom::fill(bytes.as_mut_slice());
    filled.map_err(|error| KeyFileError::Randomness(error.to_string()))?;
    Ok(bytes)
}

/// The public key of a ledger's secret, as a vkey (C2SP signed-note).
fn signing(name: &KeyName, seed: &[u8; 32]) -> String {
    Signer::new(name.clone(), seed).verifier().to_string()
}

impl KeyFile {
    /// Makes a key with this name and lays it down, durably, with mode 0600.
    ///
    /// # Errors
    /// When there is a key already, the passphrase is too short, the system gives no random bytes, or the disk fails.
    pub fn make(
        disk: &dyn Disk,
        dir: &Path,
        name: &KeyName,
        protection: &Protection<'_>,
    ) -> Result<Self, KeyFileError> {
        Self::make_as(disk, dir, protection, |seed| signing(name, seed))
    }

    /// As [`make`](Self::make), for a witness: a key that cosigns (type 04).
    ///
    /// # Errors
    /// As [`make`](Self::make).
    pub fn make_cosigner(
        disk: &dyn Disk,
        dir: &Path,
        name: &KeyName,
        protection: &Protection<'_>,
    ) -> Result<Self, KeyFileError> {
        Self::make_as(disk, dir, protection, |seed| {
            Cosigner::new(name.clone(), seed).verifier().to_string()
        })
    }

    fn make_as(
        disk: &dyn Disk,
        dir: &Path,
        protection: &Protection<'_>,
        public: impl FnOnce(&[u8; 32]) -> String,
    ) -> Result<Self, KeyFileError> {
        match Self::read(disk, dir)? {
            Some(_) => Err(KeyFileError::Exists),
            None => Self::lay(disk, dir, FILE_NAME, protection, public),
        }
    }

    /// Makes the key that is to follow the one in force, and lays it down beside that one, durably. One that was left there
    /// and never recorded is replaced.
    ///
    /// # Errors
    /// As [`make`](Self::make).
    pub fn make_next(
        disk: &dyn Disk,
        dir: &Path,
        name: &KeyName,
        protection: &Protection<'_>,
    ) -> Result<Self, KeyFileError> {
        Self::lay(disk, dir, NEXT, protection, |seed| signing(name, seed))
    }

    fn lay(
        disk: &dyn Disk,
        dir: &Path,
        file_name: &'static str,
        protection: &Protection<'_>,
        public: impl FnOnce(&[u8; 32]) -> String,
    ) -> Result<Self, KeyFileError> {
        let seed = random::<32>()?;
        let key = public(&seed);
        let secret = match protection {
            Protection::Open => Secret::Open {
                seed: Zeroizing::new(BASE64.encode(seed.as_slice())),
            },
            Protection::Sealed(passphrase) => {
                if passphrase.0.len() < SHORTEST {
                    return Err(KeyFileError::Short);
                }
                let (salt, nonce) = (random::<16>()?, random::<24>()?);
                let cipher = cipher(passphrase, salt.as_slice(), MEMORY_KIB, PASSES)?;
                let payload = Payload {
                    msg: seed.as_slice(),
                    aad: key.as_bytes(),
                };
                let sealed = cipher.encrypt(&XNonce::from(*nonce), payload);
                Secret::Sealed {
                    memory_kib: MEMORY_KIB,
                    passes: PASSES,
                    salt: BASE64.encode(salt.as_slice()),
                    nonce: BASE64.encode(nonce.as_slice()),
                    sealed: BASE64.encode(&sealed.map_err(|_| KeyFileError::Sealing)?),
                }
            }
        };
        let file = Self {
            dealtrail_key: FORMAT,
            key,
            secret,
            name: file_name,
        };
        let bytes = serde_json::to_vec_pretty(&file).map(Zeroizing::new);
        let bytes = bytes.map_err(|error| KeyFileError::Io(error.into()))?;
        replace(disk, &dir.join(file_name), &bytes, Access::OwnerOnly)?;
        Ok(file)
    }

    /// The key of a ledger, if it has one. Its secret stays sealed.
    ///
    /// # Errors
    /// When the file is none that this program wrote, or others than its owner may read it.
    pub fn read(disk: &dyn Disk, dir: &Path) -> Result<Option<Self>, KeyFileError> {
        Self::read_from(disk, dir, FILE_NAME)
    }

    /// The key that is to follow, if one was made.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub fn read_next(disk: &dyn Disk, dir: &Path) -> Result<Option<Self>, KeyFileError> {
        Self::read_from(disk, dir, NEXT)
    }

    fn read_from(
        disk: &dyn Disk,
        dir: &Path,
        name: &'static str,
    ) -> Result<Option<Self>, KeyFileError> {
        let path = dir.join(name);
        let file = match disk.open(&path, false) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            file => file?,
        };
        let length = file.length()?.min(MAX_BYTES);
        let mut bytes = Zeroizing::new(vec![0; usize::try_from(length).unwrap_or_default()]);
        fill_at(file.as_ref(), &mut bytes, 0)?;
        let read = serde_json::from_slice::<Self>(&bytes);
        // What cannot be read is not shown: it may be a secret.
        let mut read = read.map_err(|_| KeyFileError::Damaged)?;
        read.name = name;
        if read.dealtrail_key != FORMAT {
            return Err(KeyFileError::Newer(read.dealtrail_key));
        }
        read.verifier()?;
        Ok(Some(read))
    }

    /// The public key.
    ///
    /// # Errors
    /// When what the file says is no key.
    pub fn verifier(&self) -> Result<VerifierKey, KeyFileError> {
        self.key.parse().map_err(|_| KeyFileError::Damaged)
    }

    /// Whether a passphrase is needed to sign.
    #[must_use]
    pub fn is_sealed(&self) -> bool {
        matches!(self.secret, Secret::Sealed { .. })
    }

    /// The key, ready to sign.
    ///
    /// # Errors
    /// When others may read the file, the passphrase is missing or another, or the secret is not that of the public
    /// key.
    pub fn open(
        &self,
        dir: &Path,
        passphrase: Option<&Passphrase>,
    ) -> Result<Signer, KeyFileError> {
        let (verifier, seed) = self.secret_of(dir, passphrase)?;
        let signer = Signer::new(verifier.name().clone(), &seed);
        match signer.verifier() == &verifier {
            true => Ok(signer),
            false => Err(KeyFileError::Damaged),
        }
    }

    /// As [`open`](Self::open), for the key of a witness.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub fn open_cosigner(
        &self,
        dir: &Path,
        passphrase: Option<&Passphrase>,
    ) -> Result<Cosigner, KeyFileError> {
        let (verifier, seed) = self.secret_of(dir, passphrase)?;
        let cosigner = Cosigner::new(verifier.name().clone(), &seed);
        match cosigner.verifier() == &verifier {
            true => Ok(cosigner),
            false => Err(KeyFileError::Damaged),
        }
    }

    fn secret_of(
        &self,
        dir: &Path,
        passphrase: Option<&Passphrase>,
    ) -> Result<(VerifierKey, Zeroizing<[u8; 32]>), KeyFileError> {
        let mode = fs::metadata(dir.join(self.name))?.permissions().mode();
        if mode & 0o077 != 0 {
            return Err(KeyFileError::Readable(mode & 0o777));
        }
        let verifier = self.verifier()?;
        let seed = Zeroizing::new(self.seed(passphrase)?);
        let seed: &[u8; 32] = seed
            .as_slice()
            .try_into()
            .map_err(|_| KeyFileError::Damaged)?;
        Ok((verifier, Zeroizing::new(*seed)))
    }

    fn seed(&self, passphrase: Option<&Passphrase>) -> Result<Vec<u8>, KeyFileError> {
        let decoded = |text: &str| {
            let bytes = BASE64.decode(text.as_bytes());
            bytes.map_err(|_| KeyFileError::Damaged)
        };
        match &self.secret {
            Secret::Open { seed } => decoded(seed),
            Secret::Sealed {
                memory_kib,
                passes,
                salt,
                nonce,
                sealed,
            } => {
                if *memory_kib > MAX_MEMORY_KIB || *passes > MAX_PASSES {
                    return Err(KeyFileError::Damaged);
                }
                let passphrase = passphrase.ok_or(KeyFileError::Locked)?;
                let cipher = cipher(passphrase, &decoded(salt)?, *memory_kib, *passes)?;
                let nonce: [u8; 24] = decoded(nonce)?
                    .try_into()
                    .map_err(|_| KeyFileError::Damaged)?;
                let sealed = decoded(sealed)?;
                let payload = Payload {
                    msg: &sealed,
                    aad: self.key.as_bytes(),
                };
                let seed = cipher.decrypt(&XNonce::from(nonce), payload);
                seed.map_err(|_| KeyFileError::Passphrase)
            }
        }
    }
}

/// Puts the key that is to follow in the place of the one in force, durably.
///
/// # Errors
/// When the disk fails; both are there then, or the new one alone.
pub(super) fn promote(disk: &dyn Disk, dir: &Path) -> io::Result<()> {
    disk.rename(&dir.join(NEXT), &dir.join(FILE_NAME))?;
    disk.sync_dir(dir)
}

fn cipher(
    passphrase: &Passphrase,
    salt: &[u8],
    memory_kib: u32,
    passes: u32,
) -> Result<XChaCha20Poly1305, KeyFileError> {
    let damaged = |_| KeyFileError::Damaged;
    let params = Params::new(memory_kib, passes, 1, Some(32)).map_err(damaged)?;
    let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let mut key = Zeroizing::new([0; 32]);
    argon
        .hash_password_into(&passphrase.0, salt, key.as_mut_slice())
        .map_err(damaged)?;
    Ok(XChaCha20Poly1305::new(&Key::from(*key)))
}

/// Why the ledger's key cannot be made or used.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// There is one.
    #[error(
        "this ledger has a signing key already: whoever checks its checkpoints knows it by that one"
    )]
    Exists,
    /// A passphrase that is soon guessed.
    #[error(
        "the passphrase is shorter than {SHORTEST} characters, and whoever gets at the file `key` can try them all"
    )]
    Short,
    /// The passphrase is missing.
    #[error("the ledger's signing key is sealed, and no passphrase was given")]
    Locked,
    /// The passphrase is another.
    #[error("the passphrase does not open the ledger's signing key, or the file `key` was altered")]
    Passphrase,
    /// Others may read it.
    #[error(
        "the file `key` can be read by others than its owner (mode {0:o}): make it yours alone with `chmod 600`"
    )]
    Readable(u32),
    /// Not a key file.
    #[error("the file `key` in the ledger's directory is damaged: put it back from a backup")]
    Damaged,
    /// Of a later release.
    #[error(
        "the file `key` has format {0}, which is newer than this program: use the dealtrail that wrote it"
    )]
    Newer(u32),
    /// No randomness.
    #[error("the system gives no random bytes, which a key needs: {0}")]
    Randomness(String),
    /// The cipher refused.
    #[error("the key could not be sealed")]
    Sealing,
    /// The system refused.
    #[error("the file `key`: {0}")]
    Io(#[from] io::Error),
}

impl KeyFileError {
    /// Whether asking otherwise helps, as against damage and a system that refuses.
    #[must_use]
    pub fn is_refusal(&self) -> bool {
        !matches!(self, Self::Damaged | Self::Io(_) | Self::Randomness(_))
    }
}
