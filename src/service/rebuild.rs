//! The read models made anew beside whoever records, and kept as a snapshot for the next start.
//!
//! A program whose folds have other versions than those on disk folds the whole journal when it starts, and a large ledger takes
//! a minute in which nothing serves. So the new program folds first, beside the old one: with the follower that every start has,
//! from the journal's first frame, and no snapshot is believed. It writes the one file and takes no lock; the old program's
//! snapshots stay as they are, and the new one goes on from its own and from what was recorded meanwhile.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::follow::{NotReady, Reached};
use super::ledger::{Ledger, Options};
use super::open_error::{self, LedgerError};
use super::snapshot;
use super::snapshot::label::Folds;
use super::snapshots::{NoRoom, room};
use crate::projection::models::Models;
use crate::store::head::Head;
use crate::store::lock;

/// After how many events it is told how far the fold has come.
const STEP: u64 = 10_000;

/// What a rebuild came to.
pub struct Rebuilt {
    /// Where in the ledger's history the snapshot stands.
    pub head: Head,
    /// The snapshot.
    pub file: PathBuf,
    /// How long it is, in bytes.
    pub bytes: u64,
    /// The read models and the versions of their folds.
    pub folds: Folds,
    /// Where the newest snapshot stands that this program goes on from: somewhere else when who records has the same program,
    /// and wrote one meanwhile.
    pub newest: u64,
    /// Whether another process records in the ledger.
    pub in_use: bool,
    /// What was folded: whoever ends with the answer need not give its memory back.
    pub ledger: Ledger,
}

/// Why the read models were not made anew.
#[derive(Debug, thiserror::Error)]
pub enum RebuildError {
    /// The ledger cannot be opened.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The fold did not come to its end.
    #[error(transparent)]
    NotReady(#[from] NotReady),
    /// The journal is damaged.
    #[error("{0}")]
    Damaged(String),
    /// There is too little space.
    #[error(
        "a snapshot of {events} entries needs {} MiB free on the ledger's disk, and there are {}: the space is left to the ledger",
        .room.needed.div_ceil(1 << 20),
        .room.free >> 20
    )]
    NoRoom {
        /// How many entries there are.
        events: u64,
        /// What is needed, and what there is.
        room: NoRoom,
    },
    /// The snapshot cannot be written.
    #[error("the snapshot could not be written: {0}")]
    Write(#[from] io::Error),
}

impl RebuildError {
    /// What to do next, where the sentence itself does not say it.
    #[must_use]
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Ledger(error) => error.hint(),
            Self::NotReady(_) => None,
            Self::Damaged(_) => Some(
                "nothing was written; `dealtrail doctor` names every damaged place, and with --repair it mends what a good \
                 copy is at hand for",
            ),
            Self::NoRoom { .. } => Some("free some space on its disk and try again"),
            Self::Write(error) => open_error::of_system(error),
        }
    }
}

/// Folds a ledger afresh from its first frame and keeps the fold as a snapshot, beside whoever records or with nobody recording.
/// `progress` is told events done, of all.
///
/// # Errors
/// When the directory is no ledger, or one that cannot be read whole; when the disk fails or is too full. The snapshots before
/// stand.
pub fn rebuild(
    dir: &Path,
    options: &Options,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<Rebuilt, RebuildError> {
    let options = Options {
        afresh: true,
        ..options.clone()
    };
    let ledger = Ledger::read(dir, &options)?;
    let enough = |events| {
        let room = room(options.disk.as_ref(), dir, events);
        room.map_err(|room| RebuildError::NoRoom { events, room })
    };
    // Before the work, and once more after it: others write meanwhile.
    enough(ledger.head())?;
    let reached = folded(&ledger, progress)?;
    if let Some(damage) = ledger.damage() {
        return Err(RebuildError::Damaged(damage));
    }
    let head = reached.head;
    enough(head.position)?;
    let file = snapshot::write_beside(dir, ledger.id(), &reached)?;
    Ok(Rebuilt {
        bytes: fs::metadata(&file)?.len(),
        file,
        folds: Folds::own(),
        newest: snapshot::newest_position(dir).unwrap_or(head.position),
        in_use: lock::is_held(dir),
        head,
        ledger,
    })
}

/// The fold of everything recorded so far.
fn folded(
    ledger: &Ledger,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<Reached<Models>, NotReady> {
    let until = ledger.head();
    loop {
        let position = ledger.follow_status().position;
        progress(position.min(until), until);
        if position >= until {
            break;
        }
        ledger.models(position.saturating_add(STEP).min(until))?;
    }
    let reached = ledger.follower().reached();
    match reached.head.position {
        position if position >= until => Ok(reached),
        // Begun anew since.
        position => Err(NotReady::Behind {
            position,
            wanted: until,
        }),
    }
}
