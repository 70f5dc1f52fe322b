//! Takes snapshots behind a ledger that is open for recording, on a thread of its own.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::JoinHandle;
use std::time::Duration;

use uuid::Uuid;

use super::follow::Follower;
use super::snapshot;
use crate::projection::models::Models;
use crate::store::journal::disk::{Disk, RealDisk};

/// How many events lie between two snapshots of a small ledger: to fold so many takes part of a second.
pub(super) const DISTANCE: u64 = 100_000;
/// From how many events on the distance is twice as long, and so forth: a snapshot takes time in proportion to all events,
/// so that at a fixed distance each event recorded would cost the more the larger the ledger is.
const DOUBLED_AT: u64 = 1_600_000;
/// How often to look.
const EVERY: Duration = Duration::from_millis(200);
/// When a ledger is closed, this part of the usual distance is enough for a last snapshot.
const AT_CLOSING: u64 = 5;

/// About how many bytes of a snapshot an event takes.
const BYTES_AN_EVENT: u64 = 400;
/// How much space a snapshot leaves to the ledger, in bytes.
const KEPT_FREE: u64 = 256 << 20;

/// Too little space for a snapshot: it is left to the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoRoom {
    /// How many bytes have to be free.
    pub needed: u64,
    /// How many are.
    pub free: u64,
}

/// Refuses a snapshot of so many events where it would take the space that the ledger needs.
pub(super) fn room(disk: &dyn Disk, dir: &Path, events: u64) -> Result<(), NoRoom> {
    let bytes = events.saturating_mul(BYTES_AN_EVENT);
    let needed = bytes.saturating_add(KEPT_FREE);
    match disk.free_bytes(dir) {
        Ok(free) if free < needed => Err(NoRoom { needed, free }),
        // A disk that does not say is found out by writing.
        _ => Ok(()),
    }
}

/// Whether read models were found to be other than what is stored. From then on they are not written down any more, so that the
/// snapshot of a rebuild stays the newest.
#[derive(Debug, Clone, Default)]
pub(super) struct Doubt(Arc<AtomicBool>);

impl Doubt {
    /// Says that they differ; this is not taken back while the ledger is open.
    pub(super) fn raise(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    fn is_raised(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// A thread that writes a snapshot whenever the fold has gone on far enough; dropped, it writes a last one.
pub(super) struct Snapshots {
    doubt: Doubt,
    end: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// What the thread works with.
struct Keeper {
    dir: PathBuf,
    ledger: Uuid,
    follower: Arc<Follower<Models>>,
    /// How many events lie between two snapshots of a small ledger.
    distance: u64,
    last: u64,
    doubt: Doubt,
}

impl Snapshots {
    /// Follows a ledger's read models, which began from a snapshot at `last`, or from nothing.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub(super) fn start(
        dir: &Path,
        ledger: Uuid,
        follower: Arc<Follower<Models>>,
        last: u64,
        distance: u64,
    ) -> io::Result<Self> {
        let (end, ended) = mpsc::channel();
        let doubt = Doubt::default();
        let mut keeper = Keeper {
            doubt: doubt.clone(),
            last,
            dir: dir.to_owned(),
            ledger,
            follower,
            distance: distance.max(1),
        };
        let thread = std::thread::Builder::new()
            .name("snapshots".to_owned())
            .spawn(move || {
                snapshot::tidy(&keeper.dir);
                while ended.recv_timeout(EVERY) == Err(RecvTimeoutError::Timeout) {
                    keeper.keep(keeper.distance);
                }
                keeper.keep((keeper.distance / AT_CLOSING).max(1));
            })?;
        Ok(Self {
            doubt,
            end: Some(end),
            thread: Some(thread),
        })
    }

    /// Where it is told that the read models differ from what is stored.
    pub(super) fn doubt(&self) -> Doubt {
        self.doubt.clone()
    }
}

impl Keeper {
    /// Writes a snapshot when the fold is so far ahead of the last one. One that cannot be written is told and tried again
    /// a distance later: the ledger does not need it.
    fn keep(&mut self, distance: u64) {
        let ahead = self.follower.status().position.saturating_sub(self.last);
        let longer = u128::from(distance) * u128::from(self.last) / u128::from(DOUBLED_AT);
        if u128::from(ahead) < u128::from(distance) + longer {
            return;
        }
        let reached = self.follower.reached();
        self.last = reached.head.position;
        if self.doubt.is_raised() {
            tracing::warn!("no snapshot is written: the read models differ from the ledger");
            return;
        }
        if room(&RealDisk, &self.dir, self.last).is_err() {
            tracing::warn!("no snapshot is written: the space is left to the ledger");
            return;
        }
        if let Err(error) = snapshot::write(&self.dir, self.ledger, &reached) {
            tracing::warn!(%error, "a snapshot could not be written");
        }
    }
}

impl Drop for Snapshots {
    fn drop(&mut self) {
        drop(self.end.take());
        if let Some(thread) = self.thread.take() {
            // A panic there costs a snapshot, which is no truth.
            let _ = thread.join();
        }
    }
}
