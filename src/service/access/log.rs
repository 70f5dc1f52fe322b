//! The access log: who was let through to what and who was not, a record a decision, chained and kept.
//!
//! Handing a record over never waits: it goes into a queue that one thread empties every few hundredths of a second, chains,
//! writes and syncs once a second. So a crash loses at most the last second, and the log says where it went on. When the
//! disk does not take the log, the service refuses what would have to be logged: what nobody can look up later does not
//! happen. A write that failed is tried again each second; after a failed sync nothing is known about what was written, and
//! the log stays closed until the service is started again.
//!
//! A record never holds a token, a body, or what stands behind a question mark.

pub mod decision;
pub mod files;
mod line;
pub mod read;
pub mod used;
mod write;

use std::fmt;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use decision::{Decision, Entry, Keeping};
use files::LogError;
use write::Writer;

/// How often what was handed over is written.
const TICK: Duration = Duration::from_millis(50);
/// How many records wait at most before requests are refused: more than a second at full speed.
const CAPACITY: usize = 65_536;

/// The access log of a running service.
pub struct AccessLog {
    shared: Arc<Shared>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

struct Shared {
    queue: Mutex<Queue>,
    wake: Condvar,
    full: AtomicBool,
    state: AtomicU8,
}

struct Queue {
    waiting: Vec<Entry>,
    ended: bool,
}

/// The disk takes what is written.
const WORKING: u8 = 0;
/// The last write failed and is tried again.
const FAILING: u8 = 1;
/// A sync failed: nothing is written any more.
const CLOSED: u8 = 2;

impl AccessLog {
    /// Opens the log in a ledger's directory and goes on where it ended. What is not whole at its end is kept aside.
    ///
    /// # Errors
    /// When the disk refuses, the log belongs to another ledger, or the system gives no thread.
    pub fn open(
        dir: &Path,
        ledger: Uuid,
        keeping: Keeping,
        now: DateTime<Utc>,
    ) -> Result<Self, LogError> {
        let (writer, cut) = Writer::open(dir, ledger, keeping)?;
        let shared = Arc::new(Shared::new());
        let theirs = Arc::clone(&shared);
        let thread = std::thread::Builder::new().name("access log".to_owned());
        let thread = thread.spawn(move || keep(&theirs, writer))?;
        let log = Self {
            shared,
            thread: Mutex::new(Some(thread)),
        };
        log.note(now, "the service starts".to_owned());
        if let Some(cut) = cut {
            tracing::warn!(%cut, "the access log did not end whole");
            log.note(now, cut);
        }
        Ok(log)
    }

    /// Hands a decision over.
    pub fn decided(&self, decision: Decision) {
        self.shared.push(Entry::Decision(decision));
    }

    /// Hands over what somebody who reads the log should know.
    pub fn note(&self, now: DateTime<Utc>, words: String) {
        self.shared.push(Entry::Note(now, words));
    }

    /// Whether decisions can be logged at the moment. When not, nothing that would have to be logged is to happen.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.shared.state.load(Ordering::Relaxed) == WORKING
            && !self.shared.full.load(Ordering::Relaxed)
    }

    /// Writes what waits and ends. Whoever holds the log may call it; dropping the log does the same.
    pub fn end(&self) {
        self.shared.lock().ended = true;
        self.shared.wake.notify_one();
        let thread = self
            .thread
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if thread.is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the access log ended early");
        }
    }
}

impl fmt::Debug for AccessLog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an access log")
    }
}

impl Drop for AccessLog {
    fn drop(&mut self) {
        self.end();
    }
}

impl Shared {
    /// Nothing waits yet, and the disk takes what is written.
    fn new() -> Self {
        Self {
            queue: Mutex::new(Queue {
                waiting: Vec::new(),
                ended: false,
            }),
            wake: Condvar::new(),
            full: AtomicBool::new(false),
            state: AtomicU8::new(WORKING),
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn push(&self, entry: Entry) {
        let mut queue = self.lock();
        queue.waiting.push(entry);
        let waiting = queue.waiting.len();
        drop(queue);
        // Whoever was let through before it was full is recorded all the same: there are never more than are under way.
        if waiting >= CAPACITY {
            self.full.store(true, Ordering::Relaxed);
        }
        if waiting == CAPACITY / 2 {
            self.wake.notify_one();
        }
    }

    /// What waits, after a moment's rest, and whether nothing will follow.
    fn take(&self) -> (Vec<Entry>, bool) {
        let mut queue = self.lock();
        if !queue.ended && queue.waiting.len() < CAPACITY / 2 {
            let rested = self.wake.wait_timeout(queue, TICK);
            queue = rested.unwrap_or_else(PoisonError::into_inner).0;
        }
        let taken = std::mem::take(&mut queue.waiting);
        self.full.store(false, Ordering::Relaxed);
        (taken, queue.ended)
    }
}

fn keep(shared: &Shared, mut writer: Writer) {
    loop {
        let (entries, ended) = shared.take();
        for entry in &entries {
            writer.take_in(entry);
        }
        let state = match writer.write(ended) {
            Ok(()) => WORKING,
            Err(LogError::NotSynced(error)) => {
                tracing::error!(%error, "the access log could not be synced: it stays closed until the service starts again");
                CLOSED
            }
            Err(error) => {
                if shared.state.load(Ordering::Relaxed) == WORKING {
                    tracing::error!(%error, "the access log cannot be written: requests are refused until it can");
                }
                FAILING
            }
        };
        shared.state.store(state, Ordering::Relaxed);
        if ended {
            let lost = writer.unwritten();
            if lost > 0 {
                tracing::error!(
                    records = lost,
                    "the access log ends without records of what was decided last: its disk did not take them"
                );
            }
            return;
        }
    }
}

#[cfg(test)]
mod tests;
