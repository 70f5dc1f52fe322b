//! What a witness decides when it is shown a checkpoint, and how it is asked (C2SP tlog-witness 1.0.0, "add-checkpoint").
//!
//! A witness remembers one checkpoint of each ledger: the largest it cosigned. It cosigns another only when that one
//! extends it. What it remembers is handed in, and what it decides is handed back: whoever keeps the state has to check and
//! keep as one step, before answering.

#[cfg(test)]
mod tests;

use std::fmt;

use sha2::{Digest, Sha256};

use super::checkpoint::{CheckpointError, SignedCheckpoint};
use super::decimal;
use super::key::VerifierKey;
use super::note::{NoteError, SignatureLine};
use super::policy::Policy;
use super::tree::{Hash, Root, verify_consistency};

/// The most hashes a consistency proof may have.
pub const MAX_PROOF: usize = 63;

/// The media type of an answer that says how large a tree the witness knows.
pub const SIZE_TYPE: &str = "text/x.tlog.size";

/// A checkpoint shown to a witness, and the proof that it extends the one the witness is thought to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    old: u64,
    proof: Vec<Hash>,
    signed: SignedCheckpoint,
}

impl Request {
    /// A request; `proof` leads from the first `old` entries to the checkpoint.
    pub fn new(old: u64, proof: Vec<Hash>, signed: SignedCheckpoint) -> Self {
        Self { old, proof, signed }
    }

    /// Reads a request. Nothing of it is checked but its form.
    ///
    /// # Errors
    /// When it is not an old size, at most [`MAX_PROOF`] hashes, a blank line, and a signed checkpoint.
    pub fn parse(body: &[u8]) -> Result<Self, Refusal> {
        let malformed = |what: &str| Refusal::Malformed(what.to_owned());
        let end = body.windows(2).position(|pair| pair == b"\n\n");
        let end =
            end.ok_or_else(|| malformed("it has no blank line in front of the checkpoint"))?;
        let (head, rest) = body.split_at_checked(end).unwrap_or_default();
        let head = str::from_utf8(head).map_err(|_| malformed("it is not text in UTF-8"))?;
        let mut lines = head.split('\n');
        let old = lines.next().and_then(|line| line.strip_prefix("old "));
        let old = old.and_then(decimal::read).ok_or_else(|| {
            malformed("its first line is not `old`, a space, and the size of a tree in decimal")
        })?;
        let proof: Vec<&str> = lines.collect();
        if proof.len() > MAX_PROOF {
            return Err(malformed("its proof has more than 63 hashes"));
        }
        let hashes = proof.into_iter().map(Hash::from_base64);
        let proof = hashes
            .collect::<Result<_, _>>()
            .map_err(|_| malformed("a line of its proof is not a hash in base64"))?;
        let note = rest.get(2..).unwrap_or_default();
        let signed = SignedCheckpoint::parse(note).map_err(Refusal::Checkpoint)?;
        Ok(Self { old, proof, signed })
    }

    /// The checkpoint that is shown.
    pub fn signed(&self) -> &SignedCheckpoint {
        &self.signed
    }

    /// Decides by the ledgers that `known` names and the root last cosigned for this one, `None` when there was none. The
    /// checks stand in the order of the specification, so that the first that fails is the one that is told.
    ///
    /// # Errors
    /// When the checkpoint is not to be cosigned.
    pub fn judge(&self, known: &Policy, latest: Option<&Root>) -> Result<(), Refusal> {
        let checkpoint = self.signed.checkpoint();
        let logs = known.logs().iter();
        let keys: Vec<VerifierKey> = logs
            .filter(|log| log.key.name().as_str() == checkpoint.origin())
            .map(|log| log.key.clone())
            .collect();
        if keys.is_empty() {
            return Err(Refusal::UnknownLog);
        }
        self.signed
            .note()
            .verify(&keys)
            .map_err(Refusal::Signature)?;
        let new = checkpoint.root();
        if self.old > new.size {
            return Err(Refusal::Malformed(format!(
                "it speaks of {} entries before, and its checkpoint is of {}",
                self.old, new.size
            )));
        }
        let latest = latest.copied().unwrap_or_else(Root::empty);
        if self.old != latest.size {
            return Err(Refusal::Conflict(latest.size));
        }
        if latest.size == new.size && latest.hash != new.hash {
            return Err(Refusal::Fork(latest.size));
        }
        verify_consistency(&latest, &new, &self.proof).map_err(|_| Refusal::Proof)
    }
}

impl fmt::Display for Request {
    /// The body that is sent.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "old {}", self.old)?;
        for hash in &self.proof {
            writeln!(f, "{}", hash.to_base64())?;
        }
        write!(f, "\n{}", self.signed)
    }
}

/// Why a witness does not cosign.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Not a request.
    #[error("this is no request for a cosignature: {0}")]
    Malformed(String),
    /// Not a checkpoint.
    #[error("what is to be cosigned is no checkpoint: {0}")]
    Checkpoint(CheckpointError),
    /// A ledger the witness does not follow.
    #[error("this witness does not follow the ledger that the checkpoint names")]
    UnknownLog,
    /// No good signature of the ledger.
    #[error("the checkpoint is not signed with a key of its ledger that this witness knows: {0}")]
    Signature(NoteError),
    /// The sender does not know what the witness knows.
    #[error("the last tree this witness cosigned has {0} entries, and the proof begins at another")]
    Conflict(u64),
    /// Two trees of one size.
    #[error(
        "this witness cosigned another tree of {0} entries of this ledger: one of the two is a rewritten history"
    )]
    Fork(u64),
    /// The proof does not prove it.
    #[error(
        "the proof does not show that the checkpoint extends the last one this witness cosigned"
    )]
    Proof,
}

impl Refusal {
    /// The HTTP status that tells it.
    pub fn status(&self) -> u16 {
        match self {
            Self::Malformed(_) | Self::Checkpoint(_) => 400,
            Self::Signature(_) => 403,
            Self::UnknownLog => 404,
            Self::Conflict(_) | Self::Fork(_) => 409,
            Self::Proof => 422,
        }
    }

    /// The size the sender has to begin at, where that is what is wrong.
    pub fn latest(&self) -> Option<u64> {
        match self {
            Self::Conflict(size) | Self::Fork(size) => Some(*size),
            _ => None,
        }
    }
}

/// Reads the size in an answer of the type [`SIZE_TYPE`].
pub fn size_of(answer: &[u8]) -> Option<u64> {
    let text = str::from_utf8(answer).ok()?;
    decimal::read(text.strip_suffix('\n').unwrap_or(text))
}

/// The cosignatures in an answer that a known witness made over the checkpoint, each with its time in seconds since 1970.
/// Lines of other keys are left alone.
///
/// # Errors
/// When the answer is not signature lines, a known key did not make the signature that names it, or none is of a known key.
pub fn cosignatures(
    answer: &[u8],
    signed: &SignedCheckpoint,
    known: &[VerifierKey],
) -> Result<Vec<(SignatureLine, u64)>, NoteError> {
    let text = str::from_utf8(answer).map_err(|_| NoteError::NotUtf8)?;
    let text = text.strip_suffix('\n').ok_or(NoteError::NoNewline)?;
    let mut found = Vec::new();
    for line in text.split('\n') {
        let line = SignatureLine::parse(line)?;
        if let Some(time) = line.time_by(known, signed.note().text())? {
            found.push((line, time));
        }
    }
    match found.is_empty() {
        true => Err(NoteError::NoKnownKey),
        false => Ok(found),
    }
}

/// Where a witness shows its latest checkpoint of a ledger: the SHA-256 of the origin in hexadecimal.
pub fn place_of(origin: &str) -> String {
    data_encoding::HEXLOWER.encode(&Sha256::digest(origin.as_bytes()))
}
