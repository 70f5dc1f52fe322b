//! The certificate of an issued report: a text beside the report that proves when and of what it was issued.
//!
//! ```text
//! dealtrail/report-certificate@v1
//! {"actor":…,"data":{"manifest":{…},"number":"PS-2025-001",…},…}
//! <hash, in base64>                 that the ledger the report was computed from is the beginning
//! …                                 of the one that was signed: a consistency proof (RFC 9162 2.1.4)
//!
//! c2sp.org/tlog-proof@v1            that the event above is in it: a receipt, down to the end of the file
//! …
//! ```
//!
//! The second line is the stored bytes of the event that issued the report. Its manifest names the position K, the root
//! at K and the digest of the Document, so nothing here says them a second time: size and root come from what was signed,
//! the rest from what was hashed.

#[cfg(test)]
mod tests;

use std::fmt;

use super::policy::{Accepted, Policy};
use super::receipt::{self, Receipt, ReceiptError};
use super::tree::{Hash, Root, TreeError, verify_consistency};

/// The first line, which names the format.
pub const HEADER: &str = "dealtrail/report-certificate@v1";

/// What the name of such a file ends with.
pub const EXTENSION: &str = "certificate";

/// So many hashes prove the largest tree a size can name to be the beginning of another.
const MAX_HASHES: usize = 65;

/// At most so many bytes are read: a receipt of the longest kind, and the longest event there can be.
pub const MAX_BYTES: usize = receipt::MAX_BYTES + (128 << 10);

/// The certificate of an issued report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    record: String,
    consistency: Vec<Hash>,
    receipt: Receipt,
}

impl Certificate {
    /// A certificate of these parts: the stored bytes of the event that issued the report, the proof that the ledger it
    /// was computed from is the beginning of the one that was signed, and the receipt of the event.
    pub fn new(record: String, consistency: Vec<Hash>, receipt: Receipt) -> Self {
        Self {
            record,
            consistency,
            receipt,
        }
    }

    /// Reads a certificate. Nothing of it is checked.
    ///
    /// # Errors
    /// If the text is not one, with what is wrong with it.
    pub fn parse(bytes: &[u8]) -> Result<Self, CertificateError> {
        if bytes.len() > MAX_BYTES {
            return Err(CertificateError::TooLong);
        }
        let text = str::from_utf8(bytes).map_err(|_| CertificateError::NotUtf8)?;
        let (head, receipt) = text.split_once("\n\n").ok_or(CertificateError::NoReceipt)?;
        let mut lines = head.split('\n');
        if lines.next() != Some(HEADER) {
            return Err(CertificateError::Header);
        }
        let record = lines.next().filter(|line| line.starts_with('{'));
        let record = record.ok_or(CertificateError::NoRecord)?;
        let consistency: Vec<Hash> = lines.map(Hash::from_base64).collect::<Result<_, _>>()?;
        if consistency.len() > MAX_HASHES {
            return Err(CertificateError::TooManyHashes);
        }
        Ok(Self {
            record: record.to_owned(),
            consistency,
            receipt: Receipt::parse(receipt.as_bytes())?,
        })
    }

    /// The stored bytes of the event that issued the report.
    pub fn record(&self) -> &str {
        &self.record
    }

    /// The receipt of that event, with the checkpoint that covers it.
    pub fn receipt(&self) -> &Receipt {
        &self.receipt
    }

    /// Checks that the event is in a ledger that the policy believes, and that the ledger with the root `known`, of which
    /// its manifest says that the report was computed, is the beginning of that one and ends before the event.
    ///
    /// # Errors
    /// If the checkpoint is not accepted, or a proof does not show it.
    pub fn verify<'p>(
        &self,
        known: &Root,
        policy: &'p Policy,
    ) -> Result<Accepted<'p>, CertificateError> {
        let accepted = self.receipt.verify(self.record.as_bytes(), policy)?;
        let (known_at, index) = (known.size, self.receipt.index());
        if known_at > index {
            return Err(CertificateError::Ahead { known_at, index });
        }
        let signed = self.receipt.checkpoint().checkpoint().root();
        verify_consistency(known, &signed, &self.consistency)?;
        Ok(accepted)
    }
}

impl fmt::Display for Certificate {
    /// The whole file, which ends with a newline.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{HEADER}\n{}", self.record)?;
        for hash in &self.consistency {
            writeln!(f, "{}", hash.to_base64())?;
        }
        write!(f, "\n{}", self.receipt)
    }
}

/// Why a certificate is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CertificateError {
    /// Too many bytes.
    #[error("this is longer than the {MAX_BYTES} bytes that a certificate may have")]
    TooLong,
    /// Not text.
    #[error("this is not a certificate: it is not text in UTF-8")]
    NotUtf8,
    /// The first line.
    #[error("this is not a certificate of a report: its first line is not {HEADER}")]
    Header,
    /// The second line.
    #[error("the second line of the certificate is not the entry that issued the report")]
    NoRecord,
    /// No receipt.
    #[error("the certificate has no blank line followed by a receipt: part of it may be missing")]
    NoReceipt,
    /// More hashes than any tree needs.
    #[error("the certificate has more than the {MAX_HASHES} hashes that the largest ledger needs")]
    TooManyHashes,
    /// The report was computed from entries after its own issue.
    #[error(
        "the report says it knew {known_at} entries, and it was issued as entry {index}: nobody can know what is recorded later"
    )]
    Ahead {
        /// K.
        known_at: u64,
        /// The position of the event.
        index: u64,
    },
    /// A hash cannot be read, or what was known is not the beginning of what was signed.
    #[error(transparent)]
    Tree(#[from] TreeError),
    /// The receipt cannot be read, or does not show the event.
    #[error(transparent)]
    Receipt(#[from] ReceiptError),
}
