//! Files behind facts: kept beside the ledger, named in it only by a salted commitment.
//!
//! The ledger holds SHA-256 over a random salt and the bytes. With file and salt anyone can check that
//! this is the file meant; without them the commitment says nothing, so a file can be erased while
//! every proof over the ledger stands. The file is durable before the fact that names it is recorded.

use std::fs::{self, File};
use std::io::{self, Read, Seek};
use std::path::{Path, PathBuf};

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use self::error::{EvidenceError, MAX_BYTES};
use self::mirrored::mirrored;
use super::ambient;
use super::ledger::Ledger;
use crate::deal::value::source::{Commitment, Evidence, MediaType};
use crate::store::evidence::{self, Whole, commitment, places};
use crate::store::sabotage::{self, Sabotage};

pub mod error;
pub mod incoming;
mod mirrored;

/// About how many bytes are hashed at a time.
const HASHED_BYTES: usize = 256 << 10;

/// Keeps a copy of a file beside the ledger, durable, and gives what a source says of it.
///
/// # Errors
/// When the file cannot be read or kept.
pub fn attach(ledger: &Ledger, file: &Path) -> Result<Evidence, EvidenceError> {
    let dir = ledger.dir().ok_or(EvidenceError::NoPlace)?;
    let evidence = attach_in(dir, file, None)?;
    mirrored(ledger, evidence.commit.as_str())?;
    Ok(evidence)
}

/// As [`attach`], in a ledger's directory, with the file's media type where its ending does not tell.
///
/// # Errors
/// When the file cannot be read or kept.
pub fn attach_in(
    ledger: &Path,
    file: &Path,
    media: Option<&str>,
) -> Result<Evidence, EvidenceError> {
    let (bytes, by_ending) = outside(file)?;
    let size = bytes.len() as u64;
    let salt = ambient::secret()?.to_vec();
    let commit = commitment(&salt, &bytes);
    evidence::keep(ledger, &commit, &Whole { salt, bytes }).map_err(EvidenceError::NotKept)?;
    Ok(Evidence {
        commit: Commitment::try_from(commit)?,
        size,
        media: MediaType::try_from(media.unwrap_or(by_ending).to_owned())?,
    })
}

/// The bytes of a file that is to be attached, and its media type by its ending.
///
/// # Errors
/// When it cannot be read, is empty or too large.
pub fn outside(file: &Path) -> Result<(Vec<u8>, &'static str), EvidenceError> {
    let name = file.display().to_string();
    let unreadable = |error| EvidenceError::Unreadable {
        file: name.clone(),
        error,
    };
    let mut bytes = Vec::new();
    let reader = File::open(file).map_err(unreadable)?;
    reader
        .take(MAX_BYTES.saturating_add(1))
        .read_to_end(&mut bytes)
        .map_err(unreadable)?;
    match bytes.len() as u64 {
        0 => Err(EvidenceError::Empty(name)),
        size if size > MAX_BYTES => Err(EvidenceError::TooLarge { file: name }),
        _ => Ok((bytes, media_of(file))),
    }
}

/// The bytes of attached evidence, proved against their commitment.
///
/// # Errors
/// When the file or its salt is gone, or does not fit the commitment.
pub fn read(ledger: &Path, commit: &Commitment) -> Result<Vec<u8>, EvidenceError> {
    let (file, salt) = places(ledger, commit.as_str());
    let whole = |path: PathBuf| {
        fs::read(&path).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => EvidenceError::Gone(commit.as_str().to_owned()),
            _ => EvidenceError::Unreadable {
                file: path.display().to_string(),
                error,
            },
        })
    };
    let salt = whole(salt)?;
    let bytes = whole(file)?;
    if commitment(&salt, &bytes) == commit.as_str() || sabotage::is(Sabotage::NoChecksum) {
        Ok(bytes)
    } else {
        Err(EvidenceError::Changed(commit.as_str().to_owned()))
    }
}

/// A file of attached evidence, proved against its commitment, and its length. It is read to its end for that, a piece at
/// a time.
///
/// # Errors
/// As [`read`].
pub fn open_proved(ledger: &Ledger, commit: &Commitment) -> Result<(File, u64), EvidenceError> {
    let dir = ledger.dir().ok_or(EvidenceError::NoPlace)?;
    let (path, salt) = places(dir, commit.as_str());
    let failed = |path: PathBuf| {
        move |error: io::Error| match error.kind() {
            io::ErrorKind::NotFound => EvidenceError::Gone(commit.as_str().to_owned()),
            _ => EvidenceError::Unreadable {
                file: path.display().to_string(),
                error,
            },
        }
    };
    let salt = fs::read(&salt).map_err(failed(salt.clone()))?;
    let mut file = File::open(&path).map_err(failed(path.clone()))?;
    let (mut hash, mut bytes) = (Sha256::new().chain_update(salt), 0_u64);
    loop {
        let piece = piece(&mut file, HASHED_BYTES).map_err(failed(path.clone()))?;
        if piece.is_empty() {
            break;
        }
        hash.update(&piece);
        bytes = bytes.saturating_add(piece.len() as u64);
    }
    if HEXLOWER.encode(&hash.finalize()) != commit.as_str() && !sabotage::is(Sabotage::NoChecksum) {
        return Err(EvidenceError::Changed(commit.as_str().to_owned()));
    }
    file.rewind().map_err(failed(path))?;
    Ok((file, bytes))
}

/// The next so many bytes of a file, fewer at its end, none behind it.
///
/// # Errors
/// As the system says.
pub fn piece(file: &mut File, bytes: usize) -> io::Result<Vec<u8>> {
    let mut piece = Vec::with_capacity(bytes);
    file.take(bytes as u64).read_to_end(&mut piece)?;
    Ok(piece)
}

/// The media type by the file's ending; an unknown one is just bytes.
fn media_of(file: &Path) -> &'static str {
    let ending = file.extension().and_then(|ending| ending.to_str());
    let ending = ending.map(str::to_ascii_lowercase).unwrap_or_default();
    let known = [
        ("pdf", "application/pdf"),
        ("txt", "text/plain"),
        ("md", "text/markdown"),
        ("html", "text/html"),
        ("csv", "text/csv"),
        ("json", "application/json"),
        ("png", "image/png"),
        ("jpg", "image/jpeg"),
        ("jpeg", "image/jpeg"),
        ("tif", "image/tiff"),
        ("tiff", "image/tiff"),
        (
            "docx",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ),
        (
            "xlsx",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ),
        ("eml", "message/rfc822"),
    ];
    let found = known.into_iter().find(|(known, _)| *known == ending);
    found.map_or("application/octet-stream", |(_, media)| media)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letter(dir: &Path, bytes: &[u8]) -> PathBuf {
        let file = dir.join("letter.PDF");
        fs::write(&file, bytes).unwrap();
        file
    }

    #[test]
    fn a_file_comes_back_and_two_salts_make_two_commitments() {
        let dir = tempfile::tempdir().unwrap();
        let file = letter(dir.path(), b"land of brick");
        let first = attach_in(dir.path(), &file, None).unwrap();
        assert_eq!((first.size, first.media.as_str()), (13, "application/pdf"));
        assert_eq!(read(dir.path(), &first.commit).unwrap(), b"land of brick");
        let second = attach_in(dir.path(), &file, Some("text/plain")).unwrap();
        assert_ne!(
            first.commit, second.commit,
            "nobody can guess a file by its commitment"
        );
    }

    #[test]
    fn a_changed_file_and_an_erased_one_are_told_apart() {
        let dir = tempfile::tempdir().unwrap();
        let file = letter(dir.path(), b"land of brick");
        let kept = attach_in(dir.path(), &file, None).unwrap();
        let (place, _) = places(dir.path(), kept.commit.as_str());
        fs::write(&place, b"land of glass").unwrap();
        assert!(matches!(
            read(dir.path(), &kept.commit),
            Err(EvidenceError::Changed(_))
        ));
        fs::remove_file(&place).unwrap();
        assert!(matches!(
            read(dir.path(), &kept.commit),
            Err(EvidenceError::Gone(_))
        ));
    }

    #[test]
    fn nothing_is_no_evidence() {
        let dir = tempfile::tempdir().unwrap();
        let file = letter(dir.path(), b"");
        assert!(matches!(
            attach_in(dir.path(), &file, None),
            Err(EvidenceError::Empty(_))
        ));
        let missing = dir.path().join("nowhere");
        assert!(matches!(
            attach_in(dir.path(), &missing, None),
            Err(EvidenceError::Unreadable { .. })
        ));
    }
}
