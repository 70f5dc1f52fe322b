//! Certificates of issued reports: made once a checkpoint covers the issue, and checked without a ledger.

use std::sync::Arc;

use super::checkpoint::kept::Kept;
use super::ledger::Ledger;
use super::open_error::LedgerError;
use super::receipt::{self, IssueError, Trusted};
use crate::deal::event::Payload;
use crate::deal::event::report_issued::{Manifest, ReportIssued};
use crate::projection::ledger::Issue;
use crate::proof::certificate::{self as format, Certificate, CertificateError};
use crate::proof::policy::Policy;
use crate::proof::subtrees;
use crate::proof::tree::{Hash, Root, verify_consistency};
use crate::report::document::Document;
use crate::store::documents;
use crate::store::journal::disk::{Disk, RealDisk};
use crate::store::recorded::Recorded;

/// What the name of a certificate's file ends with.
pub const EXTENSION: &str = format::EXTENSION;

/// What a certificate proves of a Document.
#[derive(Debug, Clone)]
pub struct Certified {
    /// The report's number.
    pub number: String,
    /// The position of the entry that issued it.
    pub index: u64,
    /// The digest of the Document, in hexadecimal.
    pub document_sha256: String,
    /// What was signed.
    pub checkpoint: Trusted,
}

/// Makes the certificate of an issued report, over the newest kept checkpoint. It is checked before it is given away.
///
/// # Errors
/// When there is no such report, no checkpoint covers its issue yet, or the ledger is not what it signed.
pub fn issue(ledger: &Ledger, disk: &Arc<dyn Disk>, number: &str) -> Result<String, CertifyError> {
    let models = ledger.models_at_head().map_err(LedgerError::from)?;
    let wanted = number.trim().to_ascii_uppercase();
    let mut issues = models.ledger.issues(None);
    let issue = issues.find(|issue| issue.report.number.plain() == Some(wanted.as_str()));
    let issue = issue.ok_or_else(|| CertifyError::UnknownNumber(cut(number)))?;
    let kept = receipt::newest(ledger, disk).map_err(IssueError::from)?;
    Ok(of((ledger, disk), kept, issue)?.to_string())
}

/// The certificate of an issued report, from the disk the ledger is on.
///
/// # Errors
/// As [`issue`].
pub fn kept(ledger: &Ledger, number: &str) -> Result<String, CertifyError> {
    let disk: Arc<dyn Disk> = Arc::new(RealDisk);
    issue(ledger, &disk, number)
}

/// The certificate of an issue, over a checkpoint.
pub(super) fn of(
    (ledger, disk): (&Ledger, &Arc<dyn Disk>),
    kept: Option<Kept>,
    issue: &Issue,
) -> Result<Certificate, CertifyError> {
    let number = issue.report.number.plain().unwrap_or_default();
    let mut made = receipt::make(ledger, disk, kept, issue.seq).map_err(|error| match error {
        IssueError::NotSigned { signed, .. } => CertifyError::NotSigned {
            number: number.to_owned(),
            index: issue.seq,
            signed,
        },
        other => other.into(),
    })?;
    let signed = made.receipt.checkpoint().checkpoint().root();
    let known_at = issue.report.manifest.known_at;
    let proof = subtrees::consistency_proof(&mut made.tree, known_at, signed.size)?;
    let proof = proof.unwrap_or_default();
    let other = || CertifyError::OtherRoot(number.to_owned());
    let known = known(&issue.report.manifest).ok_or_else(other)?;
    verify_consistency(&known, &signed, &proof).map_err(|_| other())?;
    let record = String::from_utf8(made.record).map_err(|_| other())?;
    Ok(Certificate::new(record, proof, made.receipt))
}

/// What the ledger was that a report was computed from, by its manifest; `None` when that names no root.
fn known(manifest: &Manifest) -> Option<Root> {
    let hash: Hash = manifest.root.plain()?.parse().ok()?;
    let size = manifest.known_at;
    Some(Root { size, hash })
}

/// Checks a certificate and the bytes of a Document by a trust policy. It needs no ledger.
///
/// # Errors
/// When the certificate cannot be read, the policy does not accept its checkpoint, a proof does not show what it says, or
/// the Document is another.
pub fn check(
    certificate: &[u8],
    document: &[u8],
    policy: &Policy,
) -> Result<Certified, CheckError> {
    let certificate = Certificate::parse(certificate)?;
    let (seq, issued) = issued(certificate.record()).ok_or(CheckError::NoIssue)?;
    let number = issued.number.plain().unwrap_or_default().to_owned();
    let manifest = &issued.manifest;
    let known = known(manifest).ok_or(CheckError::NoIssue)?;
    let accepted = certificate.verify(&known, policy)?;
    let index = certificate.receipt().index();
    let checkpoint = Trusted::of(certificate.receipt().checkpoint(), &accepted);
    if seq != index || manifest.origin.plain() != Some(checkpoint.origin.as_str()) {
        return Err(CheckError::NoIssue);
    }
    let found = documents::digest(document);
    let wanted = manifest.document_sha256.plain().unwrap_or_default();
    if found != wanted {
        let wanted = wanted.to_owned();
        return Err(CheckError::OtherDocument {
            number,
            wanted,
            found,
        });
    }
    let read: Document = serde_json::from_slice(document).map_err(|_| CheckError::NoDocument)?;
    if read.known_at != manifest.known_at || Some(&*read.ledger.root) != manifest.root.plain() {
        return Err(CheckError::OtherManifest(number));
    }
    Ok(Certified {
        number,
        index,
        document_sha256: found,
        checkpoint,
    })
}

/// The issue that a stored event is, with its position.
fn issued(record: &str) -> Option<(u64, ReportIssued)> {
    let record = Recorded::parse(record.as_bytes().to_vec()).ok()?;
    match Payload::decode_or_keep(record.kind(), record.v(), record.data()) {
        Payload::ReportIssued(issued) => Some((record.seq(), Arc::unwrap_or_clone(issued))),
        _ => None,
    }
}

fn cut(text: &str) -> String {
    text.chars().take(40).collect()
}

/// Why no certificate was made.
#[derive(Debug, thiserror::Error)]
pub enum CertifyError {
    /// No issue of that number.
    #[error("no report was issued as {0:?}; `dealtrail report --issued` lists those there are")]
    UnknownNumber(String),
    /// No checkpoint covers the issue.
    #[error("{number} has no certificate yet: it was issued as entry {index}, and {}", covered(*signed))]
    NotSigned {
        /// The report.
        number: String,
        /// The position of its issue.
        index: u64,
        /// How many entries the newest checkpoint covers.
        signed: u64,
    },
    /// The ledger is not the one that the report was computed from.
    #[error(
        "the ledger is not the one {0} was computed from: the root its manifest names is not that of the first entries"
    )]
    OtherRoot(String),
    /// The receipt of the issue cannot be made.
    #[error(transparent)]
    Receipt(#[from] IssueError),
    /// The ledger cannot be asked.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

fn covered(signed: u64) -> String {
    match signed {
        0 => "no checkpoint was signed".to_owned(),
        signed => format!("the newest checkpoint is of {signed} entries"),
    }
}

impl CertifyError {
    /// Whether asking otherwise helps, as against damage.
    #[must_use]
    pub fn is_refusal(&self) -> bool {
        match self {
            Self::UnknownNumber(_) | Self::NotSigned { .. } | Self::OtherRoot(_) => true,
            Self::Receipt(error) => error.is_refusal(),
            Self::Ledger(error) => error.is_refusal(),
        }
    }

    /// What to do next, where the sentence itself does not say it.
    #[must_use]
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::UnknownNumber(_) => None,
            Self::NotSigned { .. } => {
                Some("`dealtrail checkpoint` signs everything recorded so far; then ask again")
            }
            Self::OtherRoot(_) | Self::Ledger(_) => {
                Some("`dealtrail verify` reads everything and says what differs")
            }
            Self::Receipt(error) => error.hint(),
        }
    }
}

/// Why a certificate proves nothing of a Document.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CheckError {
    /// The certificate cannot be read, or does not show what it says.
    #[error(transparent)]
    Certificate(#[from] CertificateError),
    /// The event of the certificate is no issue of that ledger.
    #[error("the entry in the certificate is not the issue of a report of that ledger")]
    NoIssue,
    /// The digest is another.
    #[error(
        "the certificate is of {number}, whose Document has the SHA-256 {wanted}; this one has {found}"
    )]
    OtherDocument {
        /// The report of the certificate.
        number: String,
        /// The digest in its manifest.
        wanted: String,
        /// The digest of the Document at hand.
        found: String,
    },
    /// The bytes are no Document.
    #[error("what was issued is not a Document this release can read")]
    NoDocument,
    /// The manifest says otherwise than the Document.
    #[error("the manifest of {0} names another position or root than its Document")]
    OtherManifest(String),
}
