//! The files of the access log: `access/log-<number of its first record>` in the ledger's directory.

use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::service::access::chain::{Link, Place};
use crate::service::access::grants::DIRECTORY;

const BEGINS: &str = "log-";
const FORMAT: u32 = 1;

/// The line that begins a file.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Head {
    dealtrail_access_log: u32,
    ledger: Uuid,
    first: u64,
    prev: String,
}

impl Head {
    /// The head of a file that goes on from a place.
    pub(super) fn after(place: Place, ledger: Uuid) -> Self {
        Self {
            dealtrail_access_log: FORMAT,
            ledger,
            first: place.next,
            prev: place.link.unwrap_or(Link::NONE).to_string(),
        }
    }

    /// Whether a file with this line is one of the ledger's.
    pub(super) fn check(line: &[u8], ledger: Uuid) -> Result<(), LogError> {
        let head: Self = serde_json::from_slice(line)
            .map_err(|error| LogError::Damaged(format!("it does not begin as one: {error}")))?;
        match head {
            Self {
                dealtrail_access_log: FORMAT,
                ledger: of,
                ..
            } if of == ledger => Ok(()),
            Self {
                dealtrail_access_log: FORMAT,
                ledger,
                ..
            } => Err(LogError::OtherLedger(ledger)),
            Self {
                dealtrail_access_log,
                ..
            } => Err(LogError::Newer(dealtrail_access_log)),
        }
    }
}

/// The file whose first record has a number.
pub(super) fn name(first: u64) -> String {
    format!("{BEGINS}{first:020}")
}

/// The directory below a ledger's.
pub(super) fn directory(dir: &Path) -> PathBuf {
    dir.join(DIRECTORY)
}

/// The first record of each file with its path, in order.
pub(super) fn all(dir: &Path) -> io::Result<Vec<(u64, PathBuf)>> {
    let access = directory(dir);
    let entries = match std::fs::read_dir(&access) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut all = Vec::new();
    for entry in entries {
        let path = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str());
        let digits = name.and_then(|name| name.strip_prefix(BEGINS));
        let digits = digits.filter(|digits| digits.len() == 20);
        if let Some(first) = digits.and_then(|digits| digits.parse().ok()) {
            all.push((first, path));
        }
    }
    all.sort_unstable();
    Ok(all)
}

/// Why the access log cannot be kept or read.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// The system refused.
    #[error("the access log: {0}")]
    Io(#[from] io::Error),
    /// What was written may be lost.
    #[error("the access log could not be synced: {0}")]
    NotSynced(io::Error),
    /// A file is not what was written.
    #[error("the access log is damaged or was altered: {0}")]
    Damaged(String),
    /// Of a later release.
    #[error(
        "the access log has format {0}, which is newer than this program: use the dealtrail that wrote it"
    )]
    Newer(u32),
    /// Of another ledger.
    #[error("the access log belongs to another ledger, {0}")]
    OtherLedger(Uuid),
}
