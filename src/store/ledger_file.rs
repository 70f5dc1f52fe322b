//! The file `LEDGER`: what a ledger is, written once when it is made, and kept twice.
//!
//! ```text
//! {"check":"<SHA-256 in hexadecimal>","created":…,"format":1,"id":…,"needs":…,"origin":…,"secret":…,"segment_bytes":…}
//! ```
//!
//! The check is taken over the same text without its own member. Files of the first release have none: those must
//! be the very text that this program would have written, and get their check when they are next opened for recording.

use std::io;
use std::path::Path;

use chrono::{DateTime, Utc};
use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::store::journal::disk::{Access, Disk, fill_at, replace};
use crate::store::journal::segment::{self, Stamp};
use crate::store::sabotage::{self, Sabotage};

/// The format this program makes and opens.
pub const FORMAT: u32 = 1;
/// The file's name.
pub const FILE_NAME: &str = "LEDGER";
/// The name of its second copy.
pub const COPY_NAME: &str = "LEDGER.copy";
/// What a text with a check begins with.
const CHECKED: &str = "{\"check\":\"";
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
    /// Reads the file of a ledger's directory, or its copy where the file itself is lost or damaged.
    ///
    /// # Errors
    /// When there is none, it is of a later format, or both are damaged.
    pub fn read(disk: &dyn Disk, dir: &Path) -> Result<Self, LedgerFileError> {
        Pair::read(disk, dir).settle(disk, dir).map(|pair| pair.0)
    }

    /// Reads the file's bytes.
    ///
    /// # Errors
    /// When they are of a later format or damaged.
    pub fn parse(bytes: &[u8]) -> Result<Self, LedgerFileError> {
        let plain = unchecked(bytes)?;
        let probe: Probe = serde_json::from_slice(&plain).map_err(damaged)?;
        if probe.format != FORMAT {
            return Err(LedgerFileError::Newer {
                format: probe.format,
                needs: probe.needs,
            });
        }
        let content: Content = serde_json::from_slice(&plain).map_err(damaged)?;
        let secret = HEXLOWER
            .decode(content.secret.as_bytes())
            .map_err(damaged)?;
        let secret = secret
            .try_into()
            .map_err(|_| damaged("its secret has not 32 bytes"))?;
        if !(segment::MIN_BYTES..=segment::MAX_BYTES).contains(&content.segment_bytes) {
            return Err(damaged("its segment length is out of bounds"));
        }
        let file = Self {
            id: content.id,
            origin: content.origin,
            segment_bytes: content.segment_bytes,
            created: content.created,
            secret,
        };
        // Without a check only its form can be compared: whatever is not as it was written has changed since.
        if plain == bytes && file.plain()? != plain && !sabotage::is(Sabotage::NoChecksum) {
            return Err(damaged("it is not as it was written"));
        }
        Ok(file)
    }

    /// The file's text, check included.
    ///
    /// # Errors
    /// When its content cannot be written as JSON.
    pub fn to_bytes(&self) -> Result<Vec<u8>, LedgerFileError> {
        let plain = self.plain()?;
        let mut out = CHECKED.as_bytes().to_vec();
        out.extend_from_slice(HEXLOWER.encode(&Sha256::digest(&plain)).as_bytes());
        out.extend_from_slice(b"\",");
        out.extend_from_slice(plain.get(1..).unwrap_or_default());
        Ok(out)
    }

    fn plain(&self) -> Result<Vec<u8>, LedgerFileError> {
        let content = Content {
            created: self.created,
            format: FORMAT,
            id: self.id,
            needs: NEEDS.to_owned(),
            origin: self.origin.clone(),
            secret: HEXLOWER.encode(&self.secret),
            segment_bytes: self.segment_bytes,
        };
        serde_json::to_vec(&content).map_err(damaged)
    }

    /// Writes the file and its copy, readable by their owner alone, each whole and durable or not at all.
    ///
    /// # Errors
    /// When the disk is full or fails.
    pub fn write(&self, disk: &dyn Disk, dir: &Path) -> Result<(), LedgerFileError> {
        self.write_as(disk, dir, FILE_NAME)?;
        self.write_as(disk, dir, COPY_NAME)
    }

    /// Writes one of the two files.
    ///
    /// # Errors
    /// When the disk is full or fails.
    pub fn write_as(&self, disk: &dyn Disk, dir: &Path, name: &str) -> Result<(), LedgerFileError> {
        let bytes = self.to_bytes()?;
        Ok(replace(disk, &dir.join(name), &bytes, Access::OwnerOnly)?)
    }
}

/// Whether the file `LEDGER` has a check at all: those of the first release have none.
pub fn is_checked(disk: &dyn Disk, dir: &Path) -> bool {
    bytes_of(disk, dir, FILE_NAME).is_ok_and(|bytes| bytes.starts_with(CHECKED.as_bytes()))
}

/// The text without its check, once that holds.
fn unchecked(bytes: &[u8]) -> Result<Vec<u8>, LedgerFileError> {
    let Some(rest) = bytes.strip_prefix(CHECKED.as_bytes()) else {
        return Ok(bytes.to_vec());
    };
    let (check, rest) = rest
        .split_at_checked(64)
        .ok_or_else(|| damaged("it is cut short"))?;
    let rest = rest
        .strip_prefix(b"\",")
        .ok_or_else(|| damaged("its check is cut short"))?;
    let plain = [b"{", rest].concat();
    if HEXLOWER.encode(&Sha256::digest(&plain)).as_bytes() != check
        && !sabotage::is(Sabotage::NoChecksum)
    {
        return Err(damaged("it does not match its check"));
    }
    Ok(plain)
}

/// The file and its copy as they stand.
pub struct Pair {
    /// The file `LEDGER`.
    pub file: Result<LedgerFile, LedgerFileError>,
    /// The file `LEDGER.copy`.
    pub copy: Result<LedgerFile, LedgerFileError>,
    /// Whether both have their check, and are byte for byte what this program writes.
    pub settled: bool,
}

impl Pair {
    /// Reads both.
    pub fn read(disk: &dyn Disk, dir: &Path) -> Self {
        let read = |name| {
            let bytes = bytes_of(disk, dir, name)?;
            let file = LedgerFile::parse(&bytes)?;
            let settled = file.to_bytes().is_ok_and(|wanted| wanted == bytes);
            Ok((file, settled))
        };
        let (file, copy) = (read(FILE_NAME), read(COPY_NAME));
        let whole =
            |one: &Result<(LedgerFile, bool), LedgerFileError>| matches!(one, Ok((_, true)));
        let settled = whole(&file) && whole(&copy);
        Self {
            file: file.map(|(file, _)| file),
            copy: copy.map(|(file, _)| file),
            settled,
        }
    }

    /// What the ledger is, and the name of the file that has to be put right, if one has.
    ///
    /// # Errors
    /// As [`LedgerFile::read`].
    pub fn settle(
        self,
        disk: &dyn Disk,
        dir: &Path,
    ) -> Result<(LedgerFile, Option<&'static str>), LedgerFileError> {
        match (self.file, self.copy) {
            (Ok(file), Ok(copy)) if file == copy => Ok((file, None)),
            // Each is whole, and they are of two ledgers: the journal says which one lives here.
            (Ok(file), Ok(copy)) => {
                let here = journal_id(disk, dir);
                match (here == Some(file.id), here == Some(copy.id)) {
                    (true, false) => Ok((file, Some(COPY_NAME))),
                    (false, true) => Ok((copy, Some(FILE_NAME))),
                    _ => Err(damaged(
                        "it differs from LEDGER.copy, and nothing tells which of the two is right",
                    )),
                }
            }
            (Err(newer @ LedgerFileError::Newer { .. }), _)
            | (Ok(_), Err(newer @ LedgerFileError::Newer { .. })) => Err(newer),
            (Ok(file), Err(_)) => Ok((file, Some(COPY_NAME))),
            (Err(_), Ok(copy)) => Ok((copy, Some(FILE_NAME))),
            (Err(error), Err(_)) => Err(error),
        }
    }
}

/// The ledger's id as the first segment of the journal has it.
fn journal_id(disk: &dyn Disk, dir: &Path) -> Option<Uuid> {
    let file = disk.open(&segment::path(dir, 0), false).ok()?;
    let mut bytes = vec![0; segment::FRAMES_START as usize];
    fill_at(file.as_ref(), &mut bytes, 0).ok()?;
    match Stamp::parse(&bytes) {
        Stamp::Used(header) => Some(header.ledger),
        _ => None,
    }
}

fn bytes_of(disk: &dyn Disk, dir: &Path, name: &str) -> Result<Vec<u8>, LedgerFileError> {
    let file = disk
        .open(&dir.join(name), false)
        .map_err(|error| match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => {
                LedgerFileError::NotALedger(dir.display().to_string())
            }
            _ => LedgerFileError::Io(error),
        })?;
    let length = file.length()?.min(MAX_FILE_BYTES);
    let mut bytes = vec![0; usize::try_from(length).unwrap_or_default()];
    fill_at(file.as_ref(), &mut bytes, 0)?;
    Ok(bytes)
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

    /// As the first release wrote it.
    const OLD: &str = r#"{"created":"2025-04-24T00:00:00Z","format":1,"id":"07070707-0707-0707-0707-070707070707","needs":"0.1.0","origin":"ledger.example/test","secret":"0909090909090909090909090909090909090909090909090909090909090909","segment_bytes":4194304}"#;

    const TEXT: &str = r#"{"check":"893b25b18ee34977b379a4c215b1a8f2ad471b5014b0f4ee3ec8c0fe0a810f51","created":"2025-04-24T00:00:00Z","format":1,"id":"07070707-0707-0707-0707-070707070707","needs":"0.1.0","origin":"ledger.example/test","secret":"0909090909090909090909090909090909090909090909090909090909090909","segment_bytes":4194304}"#;

    #[test]
    fn a_file_of_the_first_release_stays_readable() {
        assert_eq!(
            LedgerFile::parse(OLD.as_bytes()).unwrap(),
            LedgerFile::parse(TEXT.as_bytes()).unwrap()
        );
    }

    #[test]
    fn every_flipped_bit_is_noticed_and_the_copy_stands_in() {
        let disk = crate::store::journal::disk::RealDisk;
        let dir = tempfile::tempdir().unwrap();
        let ledger = LedgerFile::parse(TEXT.as_bytes()).unwrap();
        ledger.write(&disk, dir.path()).unwrap();
        for byte in 0..TEXT.len() {
            for bit in 0..8 {
                let mut bad = TEXT.as_bytes().to_vec();
                bad[byte] ^= 1 << bit;
                assert!(LedgerFile::parse(&bad).is_err(), "byte {byte} bit {bit}");
            }
        }
        for name in [FILE_NAME, COPY_NAME] {
            std::fs::write(dir.path().join(name), &TEXT[1..]).unwrap();
            let pair = Pair::read(&disk, dir.path()).settle(&disk, dir.path());
            assert_eq!(pair.unwrap(), (ledger.clone(), Some(name)));
            std::fs::remove_file(dir.path().join(name)).unwrap();
            assert_eq!(LedgerFile::read(&disk, dir.path()).unwrap(), ledger);
            ledger.write(&disk, dir.path()).unwrap();
        }
    }

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
        let newer = OLD
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
            &OLD.replace("4194304", "7"),
            &OLD.replace("0909", "09"),
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
