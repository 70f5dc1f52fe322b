//! The note that a running service leaves in its ledger's directory, for `info`: a help for people, and no truth.

use std::fs;
use std::io;
use std::path::Path;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::self_audit::Audited;

/// The file in the ledger's directory.
pub const FILE_NAME: &str = "service.json";
const MAX_BYTES: u64 = 64 << 10;

/// A running service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Presence {
    /// Its process.
    pub pid: u32,
    /// Where it answers.
    pub address: String,
    /// Which release it is.
    pub version: String,
    /// Since when.
    pub since: DateTime<Utc>,
    /// What its audit of itself found last.
    pub audit: Option<LastAudit>,
}

/// What a service's audit of itself found last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastAudit {
    /// When that was written down.
    pub at: DateTime<Utc>,
    /// How often everything was compared.
    pub rounds: u64,
    /// How many events the last whole round compared.
    pub events: u64,
    /// The position of the first difference, and what differs.
    pub departure: Option<(u64, String)>,
}

impl LastAudit {
    /// Of an audit, now.
    #[must_use]
    pub fn of(audited: &Audited, at: DateTime<Utc>) -> Self {
        let departure = audited.departure.clone();
        Self {
            at,
            rounds: audited.rounds,
            events: audited.last_round,
            departure: departure.map(|departure| (departure.position, departure.what)),
        }
    }
}

impl Presence {
    /// A service of this process that answers from now on.
    #[must_use]
    pub fn here(address: &str, since: DateTime<Utc>) -> Self {
        Self {
            pid: std::process::id(),
            address: address.to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            since,
            audit: None,
        }
    }

    /// Leaves the note, in the place of an earlier one.
    ///
    /// # Errors
    /// When the directory cannot be written.
    pub fn leave(&self, dir: &Path) -> io::Result<()> {
        let fresh = dir.join(FILE_NAME).with_extension("new");
        fs::write(&fresh, serde_json::to_vec(self)?)?;
        fs::rename(&fresh, dir.join(FILE_NAME))
    }

    /// Takes the note away.
    pub fn take_away(dir: &Path) {
        if let Err(error) = fs::remove_file(dir.join(FILE_NAME)) {
            tracing::debug!(%error, "the note of this service stays");
        }
    }

    /// The note in a directory, and whether the process that left it is still there.
    #[must_use]
    pub fn read(dir: &Path) -> Option<(Self, bool)> {
        let path = dir.join(FILE_NAME);
        let short = fs::metadata(&path).is_ok_and(|file| file.len() <= MAX_BYTES);
        let bytes = short.then(|| fs::read(&path).ok()).flatten()?;
        let presence: Self = serde_json::from_slice(&bytes).ok()?;
        // Whoever records writes its process into the lock.
        let lock = fs::read_to_string(dir.join("lock")).unwrap_or_default();
        let holds = lock.trim().parse() == Ok(presence.pid);
        let lives = Path::new("/proc").join(presence.pid.to_string()).exists();
        Some((presence, holds && lives))
    }
}
