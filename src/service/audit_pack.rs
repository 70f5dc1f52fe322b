//! The audit pack: everything needed to check a ledger without this program, in one archive or folder.
//!
//! It holds what the newest checkpoint covers and nothing recorded later: the entries in bundles and the tiles over them
//! (C2SP tlog-tiles), all checkpoints, the trust policy, the schemas, the issued Documents with their certificates, and
//! the verifiers. Entries are read once from front to back; in memory are one bundle and one unfinished tile a level. It is
//! given its name only when the root over everything written is the one that was signed.

use std::io;
use std::path::Path;
use std::sync::Arc;

mod shelf;

use serde_json::Value;
use shelf::Shelf;

use super::certificate::{self, CertifyError};
use super::checkpoint::Signing;
use super::checkpoint::kept::{self, Kept, Unreadable};
use super::ledger::Ledger;
use super::open_error::LedgerError;
use super::publish;
use super::publish_error::PublishError;
use super::receipt;
use crate::codec::schema;
use crate::deal::event::Kind;
use crate::deal::event::agreement_registered::Class;
use crate::deal::policy::Policy;
use crate::deal::track::Track;
use crate::proof::tiles::{Kind as TileKind, Tile, Tiling, entry_bytes, hash_bytes};
use crate::proof::tree::{Frontier, leaf_hash};
use crate::report::REPORTS;
use crate::report::document::Document;
use crate::report::series;
use crate::store::event_store::ReadError;
use crate::store::journal::disk::Disk;
use crate::store::recorded::Recorded;

/// The verifiers, and what they are called in a pack.
const VERIFIERS: [(&str, &str); 2] = [
    ("verify.js", include_str!("../../verifier/verify.js")),
    ("verify.py", include_str!("../../verifier/verify.py")),
];
/// What a reader of a pack is told.
const README: &str = include_str!("audit_pack/README.txt");

/// A pack that was written.
#[derive(Debug, Clone)]
pub struct Packed {
    /// The ledger's name.
    pub origin: String,
    /// How many entries it holds.
    pub size: u64,
    /// The root over them, in hexadecimal.
    pub root: String,
    /// How many files it has.
    pub files: u64,
    /// How many bytes they have.
    pub bytes: u64,
    /// The numbers of the issued reports in it.
    pub reports: Vec<String>,
    /// The numbers of issued reports whose Documents are gone.
    pub without: Vec<String>,
    /// Whether it has no trust policy, because the ledger's key is not here.
    pub keyless: bool,
}

/// Writes a pack over the newest checkpoint: an archive when the name ends with `.tar`, else a folder. `told` hears entries
/// done, of all.
///
/// # Errors
/// When nothing was signed, the ledger is not what it signed, or something cannot be read or written. Nothing stands under
/// that name then.
pub fn write(
    ledger: &Ledger,
    disk: &Arc<dyn Disk>,
    to: &Path,
    told: &mut dyn FnMut(u64, u64),
) -> Result<Packed, PackError> {
    let newest = receipt::newest(ledger, disk)?.ok_or(PackError::NotSigned)?;
    let signed = newest.signed.checkpoint().root();
    if signed.size > ledger.head() {
        return Err(PackError::Departs(newest.file));
    }
    let place = |error| PackError::Write(to.display().to_string(), error);
    let mut shelf = Shelf::new(to).map_err(place)?;
    let mut packing = Packing {
        ledger,
        disk,
        newest: &newest,
        shelf: &mut shelf,
        to: to.display().to_string(),
    };
    match packing.all(told) {
        Ok(packed) => {
            shelf.end().map_err(place)?;
            Ok(packed)
        }
        Err(error) => {
            shelf.abandon();
            Err(error)
        }
    }
}

/// A pack under way.
struct Packing<'a> {
    ledger: &'a Ledger,
    disk: &'a Arc<dyn Disk>,
    newest: &'a Kept,
    shelf: &'a mut Shelf,
    to: String,
}

impl Packing<'_> {
    fn all(&mut self, told: &mut dyn FnMut(u64, u64)) -> Result<Packed, PackError> {
        let checkpoint = self.newest.signed.checkpoint();
        let (origin, signed) = (checkpoint.origin().to_owned(), checkpoint.root());
        let root = signed.hash.to_string();
        let readme = README
            .replace("{origin}", &origin)
            .replace("{size}", &signed.size.to_string())
            .replace("{root}", &root);
        self.file("README.txt", readme.as_bytes())?;
        for (name, verifier) in VERIFIERS {
            self.file(name, verifier.as_bytes())?;
        }
        let keyless = !self.policy()?;
        self.checkpoints(signed.size)?;
        self.schemas()?;
        let (reports, without) = self.reports(signed.size)?;
        let found = self.entries(signed.size, told)?;
        if found.root() != signed {
            return Err(PackError::Departs(self.newest.file.clone()));
        }
        Ok(Packed {
            origin,
            size: signed.size,
            root,
            files: self.shelf.files(),
            bytes: self.shelf.bytes(),
            reports,
            without,
            keyless,
        })
    }

    fn file(&mut self, name: &str, content: &[u8]) -> Result<(), PackError> {
        let written = self.shelf.write(name, content);
        written.map_err(|error| PackError::Write(self.to.clone(), error))
    }

    /// The ledger's public key as a policy; whether it is there.
    fn policy(&mut self) -> Result<bool, PackError> {
        // A key that cannot be read is told of by everything that signs.
        let policy = Signing::of(self.ledger, self.disk).and_then(|signing| signing.policy());
        let Ok(policy) = policy else {
            return Ok(false);
        };
        self.file("trust-policy", policy.as_bytes())?;
        Ok(true)
    }

    fn checkpoints(&mut self, size: u64) -> Result<(), PackError> {
        let text = self.newest.signed.to_string();
        self.file(kept::NEWEST, text.as_bytes())?;
        let Some(dir) = self.ledger.dir() else {
            return Ok(());
        };
        // One that was signed meanwhile belongs to the next pack.
        let sizes = kept::sizes(self.disk.as_ref(), dir).map_err(PackError::Kept)?;
        for size in sizes.into_iter().filter(|one| *one < size) {
            let kept = kept::of_size(self.disk.as_ref(), dir, size)?;
            self.file(&kept.file, kept.signed.to_string().as_bytes())?;
        }
        self.file(&kept::name(size), text.as_bytes())
    }

    fn schemas(&mut self) -> Result<(), PackError> {
        for (name, schema) in schemas().map_err(PackError::Schema)? {
            let text = serde_json::to_string_pretty(&schema).map_err(PackError::Schema)?;
            self.file(&format!("schemas/{name}"), format!("{text}\n").as_bytes())?;
        }
        Ok(())
    }

    /// The issued reports that the checkpoint covers; the numbers of those written, and of those whose Document is gone.
    fn reports(&mut self, size: u64) -> Result<(Vec<String>, Vec<String>), PackError> {
        let (mut written, mut gone) = (Vec::new(), Vec::new());
        let models = self.ledger.models_at_head().map_err(LedgerError::from)?;
        let issues = models.ledger.issues(None);
        for issue in issues.filter(|issue| issue.seq < size) {
            let number = issue.report.number.plain().unwrap_or_default().to_owned();
            let document = match publish::as_issued(self.ledger, &issue.report) {
                Ok((_, bytes)) if series::is_number(&number) => bytes,
                Ok(_) | Err(PublishError::DocumentGone(_)) => {
                    gone.push(number);
                    continue;
                }
                Err(error) => return Err(error.into()),
            };
            let certificate =
                certificate::of((self.ledger, self.disk), Some(self.newest.clone()), issue)?;
            self.file(&format!("reports/{number}.json"), &document)?;
            let name = format!("reports/{number}.{}", certificate::EXTENSION);
            self.file(&name, certificate.to_string().as_bytes())?;
            written.push(number);
        }
        Ok((written, gone))
    }

    /// The entries in bundles and the tiles over them, as they come; the edge of the tree over all of them.
    fn entries(
        &mut self,
        size: u64,
        told: &mut dyn FnMut(u64, u64),
    ) -> Result<Frontier, PackError> {
        let (mut edge, mut tiling) = (Frontier::new(), Tiling::new());
        let mut bundle: Vec<Recorded> = Vec::new();
        let frames = self.ledger.store().read(0)?;
        'all: for frame in frames {
            for event in frame?.events() {
                if edge.size() == size {
                    break 'all;
                }
                let leaf = leaf_hash(event.bytes());
                edge.push(leaf);
                let mut full = Vec::new();
                tiling.push(leaf, &mut |tile, hashes| {
                    full.push((tile, hash_bytes(hashes)));
                });
                for (tile, hashes) in full {
                    self.file(&tile.to_string(), &hashes)?;
                }
                bundle.push(event.clone());
                if bundle.len() == usize::from(crate::proof::tiles::FULL) {
                    self.bundle(edge.size(), &mut bundle)?;
                    told(edge.size(), size);
                }
            }
        }
        if !bundle.is_empty() {
            self.bundle(edge.size(), &mut bundle)?;
        }
        for (tile, hashes) in tiling.partial() {
            self.file(&tile.to_string(), &hash_bytes(hashes))?;
        }
        told(edge.size(), size);
        Ok(edge)
    }

    /// Writes the entries up to a position that are not written yet.
    fn bundle(&mut self, end: u64, entries: &mut Vec<Recorded>) -> Result<(), PackError> {
        let full = u64::from(crate::proof::tiles::FULL);
        let number = end.saturating_sub(1) / full;
        let width = u16::try_from(entries.len()).unwrap_or_default();
        let tile = Tile::new(TileKind::Entries, number, width);
        let bytes = entry_bytes(entries.iter().map(Recorded::bytes));
        // An entry is never longer than a bundle can hold, and there is at least one.
        let (tile, bytes) = tile.zip(bytes).ok_or(PackError::TooLong(end))?;
        entries.clear();
        self.file(&tile.to_string(), &bytes)
    }
}

/// The published schemas, with their files.
fn schemas() -> Result<Vec<(String, Value)>, serde_json::Error> {
    let track = Track::built_in(Class::Practical);
    let mut all = vec![
        ("envelope.v1.json".to_owned(), schema::of_envelope()),
        (
            "policy.v1.json".to_owned(),
            schema::of_policy(&Policy::built_in())?,
        ),
        ("track.v1.json".to_owned(), schema::of_track(&track)?),
    ];
    for kind in Kind::ALL {
        let name = format!("event/{}.v{}.json", kind.as_str(), kind.version());
        all.push((name, schema::of_kind(*kind)?));
    }
    for report in REPORTS {
        let name = format!("report/{}.v{}.json", report.name, report.version);
        all.push((name, Document::schema(report.name, report.version)));
    }
    Ok(all)
}

/// Why no pack was written.
#[derive(Debug, thiserror::Error)]
pub enum PackError {
    /// There is nothing to check a pack against.
    #[error("the ledger has signed nothing yet, and a pack holds what a checkpoint covers")]
    NotSigned,
    /// The ledger is not what it signed.
    #[error("the ledger is not the one that signed {0}: no pack was written")]
    Departs(String),
    /// A kept checkpoint cannot be read.
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    /// The directory of checkpoints cannot be read.
    #[error("the kept checkpoints cannot be read: {0}")]
    Kept(io::Error),
    /// The pack cannot be written.
    #[error("{0} could not be written: {1}")]
    Write(String, io::Error),
    /// An entry is longer than any can be.
    #[error("the entries before {0} do not fit the format of bundles")]
    TooLong(u64),
    /// A schema could not be written.
    #[error("a schema could not be written: {0}")]
    Schema(serde_json::Error),
    /// The entries cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The ledger cannot be asked.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// An issued report cannot be read.
    #[error(transparent)]
    Publish(#[from] PublishError),
    /// A certificate cannot be made.
    #[error(transparent)]
    Certify(#[from] CertifyError),
}

impl PackError {
    /// Whether asking otherwise helps, as against damage and a system that refuses.
    #[must_use]
    pub fn is_refusal(&self) -> bool {
        match self {
            Self::NotSigned | Self::Departs(_) => true,
            Self::Write(_, error) => error.kind() == io::ErrorKind::DirectoryNotEmpty,
            Self::Certify(error) => error.is_refusal(),
            _ => false,
        }
    }

    /// What to do next, where the sentence itself does not say it.
    #[must_use]
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::NotSigned => Some("`dealtrail checkpoint` signs everything recorded so far"),
            Self::Departs(_) | Self::Read(_) | Self::Certify(_) => {
                Some("`dealtrail verify` reads everything and says what differs")
            }
            Self::Unreadable(_) => Some("put the file back from a backup"),
            Self::Write(_, error) if error.kind() == io::ErrorKind::AlreadyExists => {
                Some("an earlier pack was not finished there; remove what ends with .part")
            }
            Self::Write(_, error) if error.kind() == io::ErrorKind::DirectoryNotEmpty => {
                Some("name a new folder, or a file that ends with .tar")
            }
            Self::Write(..) => Some("check that the folder above it exists and the disk has room"),
            _ => None,
        }
    }
}
