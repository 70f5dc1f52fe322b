//! Makes the next segment ahead, on a thread of its own.
//!
//! Filling 64 MiB with zeros takes long enough to be felt in an answer, so it is done while the current segment's
//! second half is being written.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use crate::store::journal::disk::{Access, Disk, fill_at};
use crate::store::journal::segment;

/// How much is written between two syncs: small, so that a commit never waits behind a long flush.
const STEP_BYTES: u64 = 2 << 20;

/// Why a segment could not be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SpareError {
    /// The disk is full.
    NoSpace(String),
    /// Anything else.
    Failed(String),
}

/// What the helper is at.
#[derive(Debug, Clone, PartialEq, Eq)]
enum State {
    Idle,
    /// A segment was left by an earlier run, and whether it is blank throughout is being looked at.
    Found(u64),
    Wanted(u64),
    Ready(u64),
    Failed(u64, SpareError),
    Closed,
}

struct Shared {
    state: Mutex<State>,
    changed: Condvar,
    dir: PathBuf,
    disk: Arc<dyn Disk>,
    bytes: u64,
}

/// The helper that makes segments.
pub struct Spare {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

impl Spare {
    /// Starts the helper; `found` is the number of a segment that is there already and begins blank. It is read through, and
    /// made anew when a bit of it is not: nothing that was acknowledged stands there.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(
        dir: &Path,
        disk: Arc<dyn Disk>,
        bytes: u64,
        found: Option<u64>,
    ) -> io::Result<Self> {
        let shared = Arc::new(Shared {
            state: Mutex::new(found.map_or(State::Idle, State::Found)),
            changed: Condvar::new(),
            dir: dir.to_owned(),
            disk,
            bytes,
        });
        let helper = Arc::clone(&shared);
        let thread = std::thread::Builder::new()
            .name("journal-spare".to_owned())
            .spawn(move || helper.run())?;
        Ok(Self {
            shared,
            thread: Some(thread),
        })
    }

    /// Asks for segment `number`, without waiting.
    pub fn want(&self, number: u64) {
        let mut state = self.shared.lock();
        if matches!(*state, State::Idle | State::Failed(..)) {
            *state = State::Wanted(number);
            self.shared.changed.notify_all();
        }
    }

    /// Waits for segment `number`, asking for it when nobody has.
    ///
    /// # Errors
    /// When it could not be made. The next call tries again.
    pub fn take(&self, number: u64) -> Result<(), SpareError> {
        self.want(number);
        let mut state = self.shared.lock();
        loop {
            match &*state {
                State::Ready(ready) if *ready == number => {
                    *state = State::Idle;
                    return Ok(());
                }
                State::Failed(_, error) => {
                    let error = error.clone();
                    *state = State::Idle;
                    return Err(error);
                }
                State::Wanted(_) | State::Found(_) => {}
                State::Idle | State::Ready(_) => *state = State::Wanted(number),
                State::Closed => {
                    return Err(SpareError::Failed("the ledger is closing".to_owned()));
                }
            }
            self.shared.changed.notify_all();
            state = self
                .shared
                .changed
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Whether a blank segment is ready, or one that is there is being looked at.
    pub fn is_ready(&self) -> bool {
        matches!(*self.shared.lock(), State::Ready(_) | State::Found(_))
    }
}

impl Drop for Spare {
    fn drop(&mut self) {
        *self.shared.lock() = State::Closed;
        self.shared.changed.notify_all();
        if let Some(thread) = self.thread.take() {
            // A helper that panicked left an unfinished `.new` file at worst, which the next start removes.
            let _ = thread.join();
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn run(&self) {
        let mut state = self.lock();
        loop {
            match *state {
                State::Closed => return,
                State::Found(number) | State::Wanted(number) => {
                    let found = matches!(*state, State::Found(_));
                    drop(state);
                    let made = match found && self.is_blank(number) {
                        true => Ok(()),
                        false => make(&self.dir, self.disk.as_ref(), self.bytes, number, &|| {
                            matches!(*self.lock(), State::Closed)
                        }),
                    };
                    state = self.lock();
                    if matches!(*state, State::Found(_) | State::Wanted(_)) {
                        *state = match made {
                            Ok(()) => State::Ready(number),
                            Err(error) => State::Failed(number, error),
                        };
                    }
                    self.changed.notify_all();
                }
                _ => {
                    state = self
                        .changed
                        .wait(state)
                        .unwrap_or_else(PoisonError::into_inner)
                }
            }
        }
    }
}

impl Shared {
    /// Whether a segment is zeros throughout. When it is closed meanwhile, nobody asks any more.
    fn is_blank(&self, number: u64) -> bool {
        let blank = || -> io::Result<bool> {
            let file = self.disk.open(&segment::path(&self.dir, number), false)?;
            let mut piece = vec![0; 256 << 10];
            let mut at = 0;
            while at < self.bytes && !matches!(*self.lock(), State::Closed) {
                let count = (self.bytes - at).min(piece.len() as u64);
                let read = piece.get_mut(..count as usize).unwrap_or_default();
                fill_at(file.as_ref(), read, at)?;
                if read.iter().any(|byte| *byte != 0) {
                    return Ok(false);
                }
                at += count;
            }
            Ok(true)
        };
        let found = blank().unwrap_or(false);
        if !found {
            tracing::warn!(
                segment = number,
                "a segment made ahead is not blank and is made anew"
            );
        }
        found
    }
}

/// Makes one blank segment: zeros, synced, under its final name, the name durable too.
///
/// # Errors
/// When the disk is full, fails, or `stop` says so; no file is left behind under the final name then.
pub fn make(
    dir: &Path,
    disk: &dyn Disk,
    bytes: u64,
    number: u64,
    stop: &dyn Fn() -> bool,
) -> Result<(), SpareError> {
    let path = segment::path(dir, number);
    let fresh = path.with_extension("new");
    let made = fill(disk, &fresh, bytes, stop).and_then(|()| {
        disk.rename(&fresh, &path)?;
        disk.sync_dir(&dir.join(segment::DIRECTORY))
    });
    made.map_err(|error| {
        // Gives the space back; when even that fails, the next start removes the file.
        let _ = disk.remove(&fresh);
        let what = format!("{} could not be made: {error}", segment::name(number));
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => SpareError::NoSpace(what),
            _ => SpareError::Failed(what),
        }
    })
}

/// Makes a file of zeros, synced; whatever had its name is gone.
///
/// # Errors
/// As the system says, or when `stop` says so; an unfinished file is left.
pub fn fill(disk: &dyn Disk, path: &Path, bytes: u64, stop: &dyn Fn() -> bool) -> io::Result<()> {
    match disk.remove(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let file = disk.create(path, Access::Usual)?;
    let zeros = vec![0; STEP_BYTES as usize];
    let mut at = 0;
    while at < bytes {
        if stop() {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let count = (bytes - at).min(STEP_BYTES);
        file.write_at(zeros.get(..count as usize).unwrap_or_default(), at)?;
        file.sync()?;
        at += count;
    }
    Ok(())
}
