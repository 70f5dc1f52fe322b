//! A file that arrives piece by piece: written and hashed as it comes, and in its place only when all of it is durable.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::PathBuf;

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::error::EvidenceError;
use super::mirrored::mirrored;
use crate::deal::value::source::{Commitment, Evidence, MediaType};
use crate::service::ambient;
use crate::service::ledger::Ledger;
use crate::store::evidence::{self, DIRECTORY, places};

/// A file on its way. Dropping it before it is kept removes what came of it.
pub struct Incoming {
    file: File,
    unfinished: PathBuf,
    salt: Vec<u8>,
    hash: Sha256,
    bytes: u64,
    limit: u64,
}

impl Incoming {
    /// Begins a file of at most so many bytes.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn begin(ledger: &Ledger, limit: u64) -> Result<Self, EvidenceError> {
        let dir = ledger.dir().ok_or(EvidenceError::NoPlace)?;
        let salt = ambient::secret()?.to_vec();
        let directory = dir.join(DIRECTORY);
        fs::create_dir_all(&directory).map_err(EvidenceError::NotKept)?;
        let name = format!("{}.new", Uuid::new_v4().simple());
        let unfinished = directory.join(name);
        let file = File::create_new(&unfinished).map_err(EvidenceError::NotKept)?;
        Ok(Self {
            file,
            unfinished,
            hash: Sha256::new().chain_update(&salt),
            salt,
            bytes: 0,
            limit,
        })
    }

    /// Takes the next piece.
    ///
    /// # Errors
    /// When there are too many bytes, or it cannot be written.
    pub fn write(&mut self, piece: &[u8]) -> Result<(), EvidenceError> {
        self.bytes = self.bytes.saturating_add(piece.len() as u64);
        if self.bytes > self.limit {
            let file = "the file".to_owned();
            return Err(EvidenceError::TooLarge { file });
        }
        self.hash.update(piece);
        self.file.write_all(piece).map_err(EvidenceError::NotKept)
    }

    /// Puts it in its place, durable, in the ledger's mirror as well, and gives what a source says of it.
    ///
    /// # Errors
    /// When it is empty, or cannot be kept.
    pub fn keep(mut self, ledger: &Ledger, media: MediaType) -> Result<Evidence, EvidenceError> {
        let dir = ledger.dir().ok_or(EvidenceError::NoPlace)?;
        if self.bytes == 0 {
            return Err(EvidenceError::Empty("the file".to_owned()));
        }
        let commit = HEXLOWER.encode(&std::mem::take(&mut self.hash).finalize());
        let (file, salt) = places(dir, &commit);
        let kept = self.file.sync_all().and_then(|()| {
            let shelf = file
                .parent()
                .ok_or_else(|| io::Error::other("there is no place for it"))?;
            fs::create_dir_all(shelf)?;
            // The salt first: where the file stands, its salt does too.
            evidence::write_durably(&salt, &self.salt)?;
            fs::rename(&self.unfinished, &file)?;
            for directory in [shelf, &dir.join(DIRECTORY), dir] {
                File::open(directory)?.sync_all()?;
            }
            Ok(())
        });
        kept.map_err(EvidenceError::NotKept)?;
        mirrored(ledger, &commit)?;
        Ok(Evidence {
            commit: Commitment::try_from(commit)?,
            size: self.bytes,
            media,
        })
    }
}

impl Drop for Incoming {
    fn drop(&mut self) {
        // Not there any more once it was kept.
        let _ = fs::remove_file(&self.unfinished);
    }
}
