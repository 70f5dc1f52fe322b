//! The proof that one entry is in a ledger, in one file of text (C2SP tlog-proof, `.tlog-proof`).
//!
//! It holds where the entry stands, the hashes from there to the root, and the checkpoint with that root.
//! The entry itself comes beside it: what is proved is its stored bytes, every one of them.

#[cfg(test)]
mod tests;

use std::fmt;

use data_encoding::BASE64;

use super::base64;
use super::checkpoint::{CheckpointError, SignedCheckpoint};
use super::decimal;
use super::note::MAX_BYTES as MAX_NOTE_BYTES;
use super::policy::{Accepted, Policy, PolicyError};
use super::tree::{Hash, TreeError, leaf_hash, verify_inclusion};

/// The first line, which names the format.
const HEADER: &str = "c2sp.org/tlog-proof@v1";

/// What the name of such a file ends with.
pub const EXTENSION: &str = "tlog-proof";

/// So many hashes lead from a leaf to the root of the largest tree a size can name.
const MAX_HASHES: usize = 64;

/// At most so many bytes are read: a checkpoint of the longest kind, and as much beside it.
pub const MAX_BYTES: usize = 2 * MAX_NOTE_BYTES;

/// The proof of one entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    extra: Option<Vec<u8>>,
    index: u64,
    proof: Vec<Hash>,
    checkpoint: SignedCheckpoint,
}

impl Receipt {
    /// The proof that the entry at `index` is in the tree of a checkpoint.
    pub fn new(index: u64, proof: Vec<Hash>, checkpoint: SignedCheckpoint) -> Self {
        let extra = None;
        Self {
            extra,
            index,
            proof,
            checkpoint,
        }
    }

    /// Reads a receipt. Nothing of it is checked.
    ///
    /// # Errors
    /// If the text is not one, with what is wrong with it.
    pub fn parse(bytes: &[u8]) -> Result<Self, ReceiptError> {
        if bytes.len() > MAX_BYTES {
            return Err(ReceiptError::TooLong);
        }
        let text = str::from_utf8(bytes).map_err(|_| ReceiptError::NotUtf8)?;
        let (head, checkpoint) = text.split_once("\n\n").ok_or(ReceiptError::NoCheckpoint)?;
        let mut lines = head.split('\n').peekable();
        if lines.next() != Some(HEADER) {
            return Err(ReceiptError::Header);
        }
        let extra = match lines.peek().and_then(|line| line.strip_prefix("extra ")) {
            Some(extra) => {
                lines.next();
                let extra = base64::read(extra);
                Some(
                    extra
                        .filter(|extra| !extra.is_empty())
                        .ok_or(ReceiptError::Extra)?,
                )
            }
            None => None,
        };
        let index = lines.next().and_then(|line| line.strip_prefix("index "));
        let index = index.and_then(decimal::read).ok_or(ReceiptError::Index)?;
        let proof: Vec<Hash> = lines.map(Hash::from_base64).collect::<Result<_, _>>()?;
        if proof.len() > MAX_HASHES {
            return Err(ReceiptError::TooManyHashes);
        }
        Ok(Self {
            extra,
            index,
            proof,
            checkpoint: SignedCheckpoint::parse(checkpoint.as_bytes())?,
        })
    }

    /// What its maker added; nothing vouches for it.
    pub fn extra(&self) -> Option<&[u8]> {
        self.extra.as_deref()
    }

    /// Where the entry stands, from 0.
    pub fn index(&self) -> u64 {
        self.index
    }

    /// The hashes beside the way from the entry to the root, from the bottom up.
    pub fn proof(&self) -> &[Hash] {
        &self.proof
    }

    /// The checkpoint that covers the entry.
    pub fn checkpoint(&self) -> &SignedCheckpoint {
        &self.checkpoint
    }

    /// Checks that a record of these bytes is in a ledger that the policy believes.
    ///
    /// # Errors
    /// If the checkpoint is not accepted, or the record is not where the receipt says.
    pub fn verify<'p>(
        &self,
        record: &[u8],
        policy: &'p Policy,
    ) -> Result<Accepted<'p>, ReceiptError> {
        let accepted = policy.accept(&self.checkpoint)?;
        // Size and root come from the signed text alone.
        let root = self.checkpoint.checkpoint().root();
        verify_inclusion(&root, self.index, &leaf_hash(record), &self.proof)?;
        Ok(accepted)
    }
}

impl fmt::Display for Receipt {
    /// The whole file, which ends with a newline.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{HEADER}")?;
        if let Some(extra) = &self.extra {
            writeln!(f, "extra {}", BASE64.encode(extra))?;
        }
        writeln!(f, "index {}", self.index)?;
        for hash in &self.proof {
            writeln!(f, "{}", hash.to_base64())?;
        }
        write!(f, "\n{}", self.checkpoint)
    }
}

/// Why a receipt is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReceiptError {
    /// Too many bytes.
    #[error("this is longer than the {MAX_BYTES} bytes that a receipt may have")]
    TooLong,
    /// Not text.
    #[error("this is not a receipt: it is not text in UTF-8")]
    NotUtf8,
    /// The first line.
    #[error("this is not a receipt: its first line is not {HEADER}")]
    Header,
    /// No checkpoint.
    #[error("the receipt has no blank line followed by a checkpoint: part of it may be missing")]
    NoCheckpoint,
    /// The extra line.
    #[error("the receipt's line `extra` does not hold base64")]
    Extra,
    /// The index line.
    #[error(
        "the receipt has no line `index` with the position of the entry, a whole number without leading zeros"
    )]
    Index,
    /// More hashes than any tree needs.
    #[error("the receipt has more than the {MAX_HASHES} hashes that the largest ledger needs")]
    TooManyHashes,
    /// A hash cannot be read, or the record is not where the receipt says.
    #[error(transparent)]
    Tree(#[from] TreeError),
    /// The checkpoint cannot be read.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// The checkpoint is not accepted.
    #[error(transparent)]
    Policy(#[from] PolicyError),
}
