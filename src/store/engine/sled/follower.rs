//! The thread that applies durable frames to sled, and keeps the ledger going when sled does not.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::store::engine::sled::attach;
use crate::store::engine::sled::guard::SledError;
use crate::store::engine::sled::layout::Applied;
use crate::store::engine::sled::shared::{Shared, State};
use crate::store::engine::sled::tree::Tree;
use crate::store::event_store::{Finding, Head, ReadError};
use crate::store::frame::Frame;
use crate::store::journal::files::Location;
use crate::store::journal::frames::{JournalFrames, parsed};
use crate::store::journal::segment;

/// How long sled may hold frames that are not durable there.
const SYNC_EVERY: Duration = Duration::from_millis(400);
/// How many bytes of frames go into one batch.
const BATCH_BYTES: usize = 512 << 10;
/// How long to leave sled alone after it failed.
const RETRY_AFTER: Duration = Duration::from_secs(5);

/// Follows the journal until the store is closed.
pub struct Follower {
    shared: Arc<Shared>,
    reader: Option<JournalFrames>,
    unsynced_since: Option<Instant>,
    synced_segment: u32,
    last: Location,
    retry_at: Option<Instant>,
}

impl Follower {
    /// Follows for `shared`.
    pub fn new(shared: Arc<Shared>) -> Self {
        let last = Location {
            segment: 0,
            offset: 0,
        };
        Self {
            shared,
            reader: None,
            unsynced_since: None,
            synced_segment: 0,
            last,
            retry_at: None,
        }
    }

    /// Runs until the store is closed.
    pub fn run(mut self) {
        self.index_gap();
        loop {
            let behind = |state: &State| state.applied.frames < self.shared.head.get().frames;
            let tree = {
                let state = self.shared.wait(self.patience(), |state| {
                    state.closing || (state.tree.is_some() && behind(state))
                });
                // What little is left is applied before closing; a long catching-up goes on at the next start.
                if state.closing && !(state.tree.is_some() && state.caught_up && behind(&state)) {
                    break;
                }
                state.tree.clone()
            };
            match tree {
                Some(tree) => {
                    if let Err(error) = self.advance(&tree) {
                        drop(tree);
                        self.detach(&error);
                    }
                }
                None => self.retry(),
            }
        }
        self.last_sync();
    }

    fn patience(&self) -> Duration {
        match self.unsynced_since {
            Some(since) => SYNC_EVERY.saturating_sub(since.elapsed()),
            None => Duration::from_millis(500),
        }
    }

    /// Applies the next frames and syncs when it is time.
    fn advance(&mut self, tree: &Arc<Tree>) -> Result<(), SledError> {
        let frames = self
            .next_frames()
            .map_err(|error| SledError(error.to_string()))?;
        if let Some((last, newest)) = frames.last() {
            let head = newest.head();
            let applied = Applied {
                indexer: self.shared.indexer.version(),
                ledger: self.shared.ledger,
                head,
                last: *last,
            };
            tree.apply(&frames, applied, self.shared.indexer.as_ref())?;
            self.unsynced_since.get_or_insert_with(Instant::now);
            self.last = *last;
            let bytes: usize = frames.iter().map(|(_, frame)| frame.bytes().len()).sum();
            for (_, frame) in &frames {
                self.shared
                    .overlay
                    .remove(frame)
                    .map_err(|error| SledError(error.to_string()))?;
            }
            let all = self.shared.head.get().frames;
            self.shared.change(|state| {
                state.applied = head;
                state.lag_bytes = state.lag_bytes.saturating_sub(bytes as u64);
            });
            self.report(head.frames, all);
        }
        let changed_segment = self.last.segment != self.synced_segment;
        if self
            .unsynced_since
            .is_some_and(|since| changed_segment || since.elapsed() >= SYNC_EVERY)
        {
            tree.sync()?;
            self.unsynced_since = None;
            self.synced_segment = self.last.segment;
        }
        Ok(())
    }

    /// The frames to apply: from memory when they are new, else from the journal, read in order.
    fn next_frames(&mut self) -> Result<Vec<(Location, Arc<Frame>)>, ReadError> {
        let first = self.shared.state().applied.frames;
        let held = self.shared.overlay.held_from(first, BATCH_BYTES);
        if !held.is_empty() {
            self.reader = None;
            return Ok(held);
        }
        let end = self.shared.head.get().frames;
        let mut reader = match self.reader.take() {
            Some(mut reader) if reader.head().frames == first => {
                reader.extend_to(end);
                reader
            }
            _ => self.shared.frames_from(first, end)?,
        };
        let mut frames = Vec::new();
        let mut bytes = 0;
        for item in reader.by_ref() {
            let (at, frame) = item?;
            if frame.header().number >= first {
                bytes += frame.bytes().len();
                frames.push((at, parsed(at, frame)?));
            }
            if bytes >= BATCH_BYTES {
                break;
            }
        }
        self.reader = Some(reader);
        Ok(frames)
    }

    /// Indexes in memory what sled lacks, so that look-ups find everything while it catches up.
    fn index_gap(&self) {
        let problem = self.index_up_to_head().err().map(|error| error.to_string());
        self.shared.change(|state| {
            state.indexed = true;
            if let Some(problem) = problem {
                state.broken.get_or_insert(problem);
            }
        });
    }

    fn index_up_to_head(&self) -> Result<(), ReadError> {
        let mut reader: Option<JournalFrames> = None;
        loop {
            let (from, end) = self.shared.overlay.reach(&self.shared.head);
            if from >= end || self.shared.closing() {
                return Ok(());
            }
            let mut frames = match reader.take() {
                Some(reader) => reader,
                None => self.shared.frames_from(from, end)?,
            };
            frames.extend_to(end);
            for item in frames.by_ref() {
                let (at, frame) = item?;
                if frame.header().number < from {
                    continue;
                }
                let frame = parsed(at, frame)?;
                self.shared.overlay.index(at, &frame).map_err(|error| {
                    let (segment, offset) = (at.segment.into(), at.offset.into());
                    crate::store::journal::files::damaged(
                        segment,
                        offset,
                        frame.first_seq(),
                        &error.to_string(),
                    )
                })?;
                if self.shared.closing() {
                    return Ok(());
                }
            }
            reader = Some(frames);
        }
    }

    /// Goes on without sled: the journal and the index in memory carry the ledger.
    fn detach(&mut self, error: &SledError) {
        tracing::warn!(%error, "the second copy failed; recording goes on from the journal alone");
        let tree = {
            let mut state = self.shared.state();
            state.indexed = false;
            state.status = format!("off: {error}");
            state.tree.take()
        };
        discard(tree);
        self.reader = None;
        self.unsynced_since = None;
        self.retry_at = None;
        self.retry();
    }

    /// Opens sled again, or makes it anew.
    fn retry(&mut self) {
        // Beside a damaged journal the copy is left as it is: it may be all that is left of what stands there.
        let leave = self.shared.state().broken.is_some();
        if leave || self.retry_at.is_some_and(|at| Instant::now() < at) {
            self.shared.overlay.index_queue();
            return;
        }
        self.retry_at = Instant::now().checked_add(RETRY_AFTER);
        let mut findings = Vec::new();
        let opened = reopen(&self.shared, &mut findings);
        let was_indexed = self.shared.state().indexed;
        let (tree, applied, status) = match opened {
            Ok((tree, head)) => (Some(tree), head, "catching up".to_owned()),
            Err(error) => (
                None,
                segment::origin_head(self.shared.ledger),
                format!("off: {error}"),
            ),
        };
        if tree.is_none() && was_indexed {
            return self.shared.change(|state| state.status = status);
        }
        self.shared.change(|state| {
            state.indexed = false;
            state.tree = tree;
            state.applied = applied;
            state.status = status;
            state.lag_bytes = 0;
            state.caught_up = false;
            state.findings.append(&mut findings);
        });
        self.shared.overlay.restart_at(applied.frames);
        self.index_gap();
    }

    fn report(&self, done: u64, all: u64) {
        if let Some(progress) = &self.shared.progress
            && self.reader.is_some()
        {
            progress(done, all);
        }
        if done >= all {
            self.shared.change(|state| {
                state.caught_up = true;
                state.lag_bytes = 0;
                state.status = "ready".to_owned();
            });
        }
    }

    fn last_sync(&mut self) {
        let tree = self.shared.state().tree.take();
        if let Some(tree) = &tree
            && let Err(error) = tree.sync()
        {
            tracing::warn!(%error, "the second copy could not be synced; it is made anew when needed");
        }
        discard(tree);
    }
}

/// Opens the database again, checks that it fits, and begins a new one when it does not.
fn reopen(shared: &Shared, findings: &mut Vec<Finding>) -> Result<(Arc<Tree>, Head), SledError> {
    let dir = shared.files.dir();
    let tree = attach::open(dir, findings)?;
    let journal = shared.head.get();
    match attach::fit(
        &tree,
        &shared.files,
        shared.ledger,
        shared.indexer.version(),
        journal,
    ) {
        Ok(head) if head.frames <= journal.frames => Ok((tree, head)),
        Ok(_) => Err(SledError(
            "the second copy is ahead of the journal: restart to mend the journal".to_owned(),
        )),
        Err(reason) => {
            discard(Some(tree));
            findings.push(attach::set_aside(dir, &reason)?);
            Ok((
                attach::open(dir, findings)?,
                segment::origin_head(shared.ledger),
            ))
        }
    }
}

/// Drops a database where a panic or an endless wait of sled's cannot reach the ledger.
pub fn discard(tree: Option<Arc<Tree>>) {
    let Some(tree) = tree else { return };
    let dropped = std::thread::Builder::new()
        .name("sled-close".to_owned())
        .spawn(move || {
            let _ = crate::store::engine::sled::guard::guarded(|| {
                drop(tree);
                Ok(())
            });
        });
    if let Ok(thread) = dropped {
        let patience = Instant::now() + Duration::from_secs(5);
        while !thread.is_finished() && Instant::now() < patience {
            std::thread::sleep(Duration::from_millis(2));
        }
    }
}
