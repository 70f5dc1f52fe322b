//! The file `LEDGER`: what a ledger is, written once when it is made.

use std::io;
use std::path::Path;

use chrono::{DateTime, Utc};
use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::store::journal::disk::{Access, Disk, fill_at, replace};
use crate::store::journal::segment;

/// The format this program makes and opens.
pub const FORMAT: u32 = 1;
/// The file's name.
pub const FILE_NAME: &str = "LEDGER";
/// The first release that opens what this program writes.
const NEEDS: &str = "0.1.0";
/// Far more than the file can have; a wild length is not read into memory.
const MAX_FILE_BYTES: u64 = 64 << 10;

/// What a ledger is. Time, id and secret are handed in: the store has no clock and draws nothing at random.
#[derive(Clone, PartialEq, Eq)]
pub struct LedgerFile {
    /// The ledger's id; its journal's chain starts from it.
    pub id: Uuid,
    /// The origin under which its checkpoints are signed: a URL without scheme.
    pub origin: String,
    /// Length of each journal segment.
    pub segment_bytes: u64,
    /// When the ledger was made.
    pub created: DateTime<Utc>,
    /// Key of the digests of commands.
    pub secret: [u8; 32],
}

/// Why a directory's `LEDGER` is of no use.
#[derive(Debug, thiserror::Error)]
pub enum LedgerFileError {
    /// There is none.
    #[error(
        "{0} is not a ledger's directory: make one with `dealtrail init`, or name another with --data"
    )]
    NotALedger(String),
    /// It is of a later format.
    #[error("the ledger has format {format}: it needs dealtrail >= {needs}, and this is {}", env!("CARGO_PKG_VERSION"))]
    Newer {
        /// The format.
        format: u32,
        /// The release that opens it.
        needs: String,
    },
    /// It makes no sense.
    #[error("the file LEDGER is damaged ({0}): put it back from a backup")]
    Damaged(String),
    /// The system refused.
    #[error("the file LEDGER cannot be read or written: {0}")]
    Io(#[from] io::Error),
}

/// The file's content. Fields stand in the order of their names: the bytes are canonical JSON (RFC 8785).
#[derive(Serialize, Deserialize)]
struct Content {
    created: DateTime<Utc>,
    format: u32,
    id: Uuid,
    needs: String,
    origin: String,
    secret: String,
    segment_bytes: u64,
}

#[derive(Deserialize)]
struct Probe {
    format: u32,
    #[serde(default)]
    needs: String,
}

impl LedgerFile {
    /// Reads the file of a ledger's directory.
    ///
    /// # Errors
    /// When there is none, it is of a later format, or it is damaged.
    pub fn read(disk: &dyn Disk, dir: &Path) -> Result<Self, LedgerFileError> {
        let file = disk
            .open(&dir.join(FILE_NAME), false)
            .map_err(|error| match error.kind() {
                io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => {
                    LedgerFileError::NotALedger(dir.display().to_string())
                }
                _ => LedgerFileError::Io(error),
            })?;
        let length = file.length()?.min(MAX_FILE_BYTES);
        let mut bytes = vec![0; usize::try_from(length).unwrap_or_default()];
        fill_at(file.as_ref(), &mut bytes, 0)?;
        Self::parse(&bytes)
    }

    /// Reads the file's bytes.
    ///
    /// # Errors
    /// When they are of a later format or damaged.
    pub fn parse(bytes: &[u8]) -> Result<Self, LedgerFileError> {
        let probe: Probe = serde_json::from_slice(bytes).map_err(damaged)?;
        if probe.format != FORMAT {
            return Err(LedgerFileError::Newer {
                format: probe.format,
                needs: probe.needs,
            });
        }
        let content: Content = serde_json::from_slice(bytes).map_err(damaged)?;
        let secret = HEXLOWER
            .decode(content.secret.as_bytes())
            .map_err(damaged)?;
        let secret = secret
            .try_into()
            .map_err(|_| damaged("its secret has not 32 bytes"))?;
        if !(segment::MIN_BYTES..=segment::MAX_BYTES).contains(&content.segment_bytes) {
            return Err(damaged("its segment length is out of bounds"));
        }
        Ok(Self {
            id: content.id,
            origin: content.origin,
            segment_bytes: content.segment_bytes,
            created: content.created,
            secret,
        })
    }

    /// Writes the file, readable by its owner alone, whole and durable or not at all.
    ///
    /// # Errors
    /// When the disk is full or fails.
    pub fn write(&self, disk: &dyn Disk, dir: &Path) -> Result<(), LedgerFileError> {
        let content = Content {
            created: self.created,
            format: FORMAT,
            id: self.id,
            needs: NEEDS.to_owned(),
            origin: self.origin.clone(),
            secret: HEXLOWER.encode(&self.secret),
            segment_bytes: self.segment_bytes,
        };
        let bytes = serde_json::to_vec(&content).map_err(damaged)?;
        Ok(replace(
            disk,
            &dir.join(FILE_NAME),
            &bytes,
            Access::OwnerOnly,
        )?)
    }
}

impl std::fmt::Debug for LedgerFile {
    /// Leaves the secret out.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "LedgerFile({}, {})", self.id, self.origin)
    }
}

fn damaged(problem: impl std::fmt::Display) -> LedgerFileError {
    LedgerFileError::Damaged(problem.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"{"created":"2025-04-24T00:00:00Z","format":1,"id":"07070707-0707-0707-0707-070707070707","needs":"0.1.0","origin":"ledger.example/test","secret":"0909090909090909090909090909090909090909090909090909090909090909","segment_bytes":4194304}"#;

    #[test]
    fn the_file_is_the_same_bytes_for_ever() {
        let dir = tempfile::tempdir().unwrap();
        let ledger = LedgerFile::parse(TEXT.as_bytes()).unwrap();
        let disk = crate::store::journal::disk::RealDisk;
        ledger.write(&disk, dir.path()).unwrap();
        assert_eq!(
            std::fs::read_to_string(dir.path().join(FILE_NAME)).unwrap(),
            TEXT
        );
        assert_eq!(LedgerFile::read(&disk, dir.path()).unwrap(), ledger);
        let mode = std::os::unix::fs::PermissionsExt::mode(
            &std::fs::metadata(dir.path().join(FILE_NAME))
                .unwrap()
                .permissions(),
        );
        assert_eq!(mode & 0o777, 0o600);
        assert!(!format!("{ledger:?}").contains("0909"));
    }

    #[test]
    fn a_newer_format_names_the_release_that_opens_it() {
        let newer = TEXT
            .replace("\"format\":1", "\"format\":2")
            .replace("0.1.0", "3.4.0");
        let error = LedgerFile::parse(newer.as_bytes()).unwrap_err();
        assert!(
            error.to_string().contains("it needs dealtrail >= 3.4.0"),
            "{error}"
        );
    }

    #[test]
    fn what_is_no_ledger_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let error =
            LedgerFile::read(&crate::store::journal::disk::RealDisk, dir.path()).unwrap_err();
        assert!(matches!(error, LedgerFileError::NotALedger(_)));
        for bad in [
            "",
            "{}",
            &TEXT.replace("4194304", "7"),
            &TEXT.replace("0909", "09"),
        ] {
            assert!(
                matches!(
                    LedgerFile::parse(bad.as_bytes()),
                    Err(LedgerFileError::Damaged(_))
                ),
                "{bad}"
            );
        }
    }
}
