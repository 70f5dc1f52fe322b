//! Who signs: names, short ids, and the keys that sign and verify (C2SP signed-note 1.0.0).
//!
//! A public key is handed about as one line of text, a *vkey*: `name+id+key`, with the id in
//! hexadecimal and the key in base64 behind one byte that tells its kind.

#[cfg(test)]
mod tests;

use std::fmt;
use std::str::FromStr;

use data_encoding::{BASE64, HEXLOWER};
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use sha2::{Digest, Sha256};

use super::base64;
use super::cosignature::Cosignature;

/// The name of a key: that of a ledger (its origin) or of a witness.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct KeyName(String);

impl KeyName {
    /// The name as text; an address without a scheme is recommended, as `ledger.example/agency`.
    ///
    /// # Errors
    /// If it is empty, or holds a space, a plus or a control character (signed-note, "Format").
    pub fn new(text: &str) -> Result<Self, KeyError> {
        let stray = |c: char| c.is_whitespace() || c == '+' || c < ' ';
        if text.is_empty() || text.contains(stray) {
            return Err(KeyError::Name(text.chars().take(80).collect()));
        }
        Ok(Self(text.to_owned()))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for KeyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// The short number that tells one key of a name from another. It finds a key and proves nothing.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct KeyId([u8; 4]);

impl KeyId {
    /// The id with these bytes.
    pub const fn new(bytes: [u8; 4]) -> Self {
        Self(bytes)
    }

    /// Its bytes.
    pub const fn as_bytes(&self) -> &[u8; 4] {
        &self.0
    }

    /// The first four bytes of SHA-256 over name, newline, kind and key (signed-note, "Signatures").
    fn of(name: &KeyName, kind: Kind, public: &VerifyingKey) -> Self {
        let digest: [u8; 32] = Sha256::new()
            .chain_update(name.as_str())
            .chain_update([b'\n', kind.byte()])
            .chain_update(public.as_bytes())
            .finalize()
            .into();
        let [a, b, c, d, ..] = digest;
        Self([a, b, c, d])
    }
}

impl fmt::Display for KeyId {
    /// In eight hexadecimal digits.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&HEXLOWER.encode(&self.0))
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// How a key signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Type 01: Ed25519 over the text of a note.
    Ed25519,
    /// Type 04: Ed25519 over a time and the text of a checkpoint.
    Cosignature,
}

impl Kind {
    /// The byte that stands for it (signed-note, "Signature types").
    pub const fn byte(self) -> u8 {
        match self {
            Self::Ed25519 => 1,
            Self::Cosignature => 4,
        }
    }

    const fn of(byte: u8) -> Option<Self> {
        match byte {
            1 => Some(Self::Ed25519),
            4 => Some(Self::Cosignature),
            _ => None,
        }
    }
}

/// A public key with its name. It is written and read as a vkey.
#[derive(Clone, PartialEq, Eq)]
pub struct VerifierKey {
    name: KeyName,
    id: KeyId,
    kind: Kind,
    public: VerifyingKey,
}

impl VerifierKey {
    fn new(name: KeyName, kind: Kind, public: VerifyingKey) -> Self {
        let id = KeyId::of(&name, kind, &public);
        Self {
            name,
            id,
            kind,
            public,
        }
    }

    /// Whose key it is.
    pub fn name(&self) -> &KeyName {
        &self.name
    }

    /// Its short number.
    pub fn id(&self) -> KeyId {
        self.id
    }

    /// How it signs.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The 32 bytes of the key alone: two vkeys with the same are one key under two names.
    pub fn public(&self) -> &[u8; 32] {
        self.public.as_bytes()
    }

    /// Checks a signature over a text; answers the time it was made, where the key's kind signs one.
    ///
    /// # Errors
    /// If the signature is not one of this key over this text.
    pub fn verify(&self, text: &str, signature: &[u8]) -> Result<Option<u64>, KeyError> {
        let refused = || KeyError::BadSignature(self.name.0.clone());
        match self.kind {
            Kind::Ed25519 => {
                let signature = Signature::from_slice(signature).map_err(|_| refused())?;
                let verified = self.public.verify_strict(text.as_bytes(), &signature);
                verified.map(|()| None).map_err(|_| refused())
            }
            Kind::Cosignature => {
                let signature = Cosignature::from_bytes(signature).ok_or_else(refused)?;
                let verified = signature.verifies(&self.public, text);
                verified.then(|| Some(signature.time())).ok_or_else(refused)
            }
        }
    }
}

impl fmt::Display for VerifierKey {
    /// As a vkey.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut key = vec![self.kind.byte()];
        key.extend_from_slice(self.public.as_bytes());
        write!(f, "{}+{}+{}", self.name, self.id, BASE64.encode(&key))
    }
}

impl fmt::Debug for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for VerifierKey {
    type Err = KeyError;

    /// Reads a vkey.
    fn from_str(text: &str) -> Result<Self, KeyError> {
        let malformed = || KeyError::Malformed(text.chars().take(160).collect());
        // A name holds no plus; base64 may.
        let mut parts = text.splitn(3, '+');
        let mut part = || parts.next().ok_or_else(malformed);
        let name = KeyName::new(part()?)?;
        let id = HEXLOWER
            .decode(part()?.as_bytes())
            .map_err(|_| malformed())?;
        let id = KeyId(id.try_into().map_err(|_| malformed())?);
        let key = base64::read(part()?).ok_or_else(malformed)?;
        let (kind, public) = key.split_first().ok_or_else(malformed)?;
        let kind = Kind::of(*kind).ok_or(KeyError::Kind(*kind))?;
        let public = public.try_into().map_err(|_| malformed())?;
        let public = VerifyingKey::from_bytes(public).map_err(|_| malformed())?;
        if public.is_weak() {
            return Err(KeyError::Weak(name.0));
        }
        let key = Self::new(name, kind, public);
        match key.id == id {
            true => Ok(key),
            false => Err(KeyError::Id {
                name: key.name.0,
                given: id,
                computed: key.id,
            }),
        }
    }
}

/// A key that signs notes as a ledger does (type 01). Its secret is overwritten in memory when it goes,
/// and never shown.
pub struct Signer {
    key: VerifierKey,
    secret: SigningKey,
}

impl Signer {
    /// The key with this name that follows from 32 secret random bytes.
    pub fn new(name: KeyName, seed: &[u8; 32]) -> Self {
        let secret = SigningKey::from_bytes(seed);
        let key = VerifierKey::new(name, Kind::Ed25519, secret.verifying_key());
        Self { key, secret }
    }

    /// The public key that verifies what this one signs.
    pub fn verifier(&self) -> &VerifierKey {
        &self.key
    }

    /// Signs a text.
    pub fn sign(&self, text: &str) -> [u8; 64] {
        self.secret.sign(text.as_bytes()).to_bytes()
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the secret key of {}", self.key)
    }
}

/// A key that cosigns checkpoints as a witness does (type 04). Its secret is overwritten in memory when
/// it goes, and never shown.
pub struct Cosigner {
    key: VerifierKey,
    secret: SigningKey,
}

impl Cosigner {
    /// The key with this name that follows from 32 secret random bytes. They are to be of no other key:
    /// what is signed does not name the cosigner.
    pub fn new(name: KeyName, seed: &[u8; 32]) -> Self {
        let secret = SigningKey::from_bytes(seed);
        let key = VerifierKey::new(name, Kind::Cosignature, secret.verifying_key());
        Self { key, secret }
    }

    /// The public key that verifies what this one signs.
    pub fn verifier(&self) -> &VerifierKey {
        &self.key
    }

    /// Signs the text of a checkpoint as seen at a time, in seconds since 1970; `None` for a time that
    /// the format cannot hold.
    pub fn sign(&self, text: &str, time: u64) -> Option<Cosignature> {
        Cosignature::make(&self.secret, time, text)
    }
}

impl fmt::Debug for Cosigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the secret key of {}", self.key)
    }
}

/// Why a key or its signature is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Not a name a key can have.
    #[error(
        "{0:?} cannot name a key: write an address such as ledger.example/agency, without spaces, plus signs or control characters"
    )]
    Name(String),
    /// Not a vkey.
    #[error(
        "{0:?} is not a verifier key; one has a name, eight hexadecimal digits and a key in base64, joined by plus signs"
    )]
    Malformed(String),
    /// A kind of key this program does not verify.
    #[error(
        "the key is of type {0:02x}; this program verifies types 01 (Ed25519) and 04 (Ed25519 cosignature)"
    )]
    Kind(u8),
    /// A key that would verify what its owner never signed.
    #[error("the key of {0} is one of the few weak ones that anybody can sign for; refuse it")]
    Weak(String),
    /// The id is not that of the key.
    #[error(
        "the key of {name} has the id {computed}, and {given} is written: part of it was mistyped or exchanged"
    )]
    Id {
        /// Whose key.
        name: String,
        /// The id that is written.
        given: KeyId,
        /// The id that follows from name and key.
        computed: KeyId,
    },
    /// A signature that the key did not make over the text.
    #[error(
        "the signature of {0} is not one over this text: the text, the signature or the key was altered"
    )]
    BadSignature(String),
}
