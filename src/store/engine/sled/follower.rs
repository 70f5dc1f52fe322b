//! The thread that applies durable frames to sled, and keeps the ledger going when sled does not.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::store::ballast;
use crate::store::engine::sled::attach;
use crate::store::engine::sled::entry::{Entry, entries_of};
use crate::store::engine::sled::guard::SledError;
use crate::store::engine::sled::layout::Applied;
use crate::store::engine::sled::runs::STEP_ENTRIES;
use crate::store::engine::sled::shared::{Shared, State};
use crate::store::engine::sled::tree::Tree;
use crate::store::event_store::{Finding, ReadError};
use crate::store::frame::Frame;
use crate::store::head::Head;
use crate::store::journal::files::Location;
use crate::store::journal::frames::{JournalFrames, parsed};
use crate::store::journal::segment;

/// How long sled may hold frames that are not durable there.
const SYNC_EVERY: Duration = Duration::from_millis(400);
/// How long frames may come together before they are copied, when nobody waits for them.
const GATHER_FOR: Duration = Duration::from_millis(20);
/// How many bytes of frames go into one batch.
const BATCH_BYTES: usize = 512 << 10;
/// How many index entries make a run: two to three an event.
const RUN_ENTRIES: usize = 32 << 10;
/// How many entries are merged for each that comes in: on its way up each is merged a few times, so that this keeps pace.
const MERGE_PACE: usize = 16;
/// How many bytes of frames wait for a run at most: they are held in memory, and read again after a kill.
const RUN_BYTES: usize = 8 << 20;
/// How often the free space is looked at.
const SPACE_EVERY: Duration = Duration::from_secs(5);
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
    stuck: bool,
    space_seen: Option<Instant>,
    entries: Vec<Entry>,
    waiting: Vec<Arc<Frame>>,
    waiting_bytes: usize,
    /// How many entries merging may go on for before more come in.
    merge_due: usize,
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
            stuck: false,
            space_seen: None,
            entries: Vec::new(),
            waiting: Vec::new(),
            waiting_bytes: 0,
            merge_due: 0,
        }
    }

    /// Runs until the store is closed.
    pub fn run(mut self) {
        self.index_gap();
        loop {
            let behind = |state: &State| {
                !self.stuck
                    && state.tree.is_some()
                    && state.applied.frames < self.shared.head.get().frames
            };
            let next = self.shared.head.get().frames.saturating_add(1);
            let (tree, is_behind) = {
                let state = self.shared.wait_to_follow(self.patience(), next, |state| {
                    state.closing || state.condemned.is_some() || behind(state)
                });
                // What little is left is applied before closing; a long catching-up goes on at the next start.
                if state.closing && !(state.caught_up && behind(&state)) {
                    break;
                }
                (state.tree.clone(), behind(&state))
            };
            if is_behind {
                self.shared.gather(GATHER_FOR);
            }
            self.tend_space();
            let condemned = self.shared.state().condemned.take();
            if let Some(reason) = condemned {
                drop(tree);
                self.condemn(&reason);
                continue;
            }
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

    /// Copies the next frames, indexes when enough have come together, and syncs when it is time.
    fn advance(&mut self, tree: &Arc<Tree>) -> Result<(), SledError> {
        let frames = match self.next_frames() {
            Ok(frames) => frames,
            Err(error) => {
                // The journal is at fault, not sled: what sled has stays readable, and nothing more is recorded.
                self.stuck = true;
                self.shared.change(|state| {
                    state.status = "waiting: the journal is damaged".to_owned();
                    state.broken.get_or_insert(error.to_string());
                });
                Vec::new()
            }
        };
        if let Some((last, newest)) = frames.last() {
            self.copy(tree, &frames, *last, newest.head())?;
            self.unsynced_since.get_or_insert_with(Instant::now);
            self.last = *last;
        } else {
            tree.merge_step()?;
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

    fn copy(
        &mut self,
        tree: &Arc<Tree>,
        frames: &[(Location, Arc<Frame>)],
        last: Location,
        head: Head,
    ) -> Result<(), SledError> {
        let indexer = Arc::clone(&self.shared.indexer);
        let copied = self.shared.state().copied.frames;
        // After a kill, frames that were copied and not yet indexed come by once more.
        let fresh = frames.partition_point(|(_, frame)| frame.number() < copied);
        let fresh = frames.get(fresh..).unwrap_or_default();
        if !fresh.is_empty() {
            let applied = Applied {
                indexer: indexer.version(),
                ledger: self.shared.ledger,
                head,
                last,
            };
            tree.copy(fresh, applied)?;
        }
        let before = self.entries.len();
        let mut bytes = 0;
        for (at, frame) in frames {
            bytes += frame.bytes().len();
            entries_of(*at, frame, indexer.as_ref(), &mut self.entries)
                .map_err(|error| SledError(error.to_string()))?;
            self.waiting.push(Arc::clone(frame));
        }
        self.waiting_bytes += bytes;
        let fresh = self.entries.len().saturating_sub(before);
        self.merge_due = self
            .merge_due
            .saturating_add(fresh.saturating_mul(MERGE_PACE));
        let all = self.shared.head.get().frames;
        self.shared.come_to(head, bytes as u64, all);
        self.report(head.frames, all);
        if self.entries.len() >= RUN_ENTRIES || self.waiting_bytes >= RUN_BYTES {
            self.index(tree, head)?;
        }
        self.merge(tree)
    }

    /// Goes on with merging as far as what came in asks for: whoever records one entry at a time does not pay for what piled
    /// up before. The rest is done when nothing comes in.
    fn merge(&mut self, tree: &Tree) -> Result<(), SledError> {
        while self.merge_due >= STEP_ENTRIES {
            self.merge_due -= STEP_ENTRIES;
            if !tree.merge_step()? {
                self.merge_due = 0;
            }
        }
        Ok(())
    }

    /// Makes a run of what has come together; from then on the index in memory need not know it.
    fn index(&mut self, tree: &Tree, head: Head) -> Result<(), SledError> {
        tree.index(std::mem::take(&mut self.entries), head)?;
        self.waiting_bytes = 0;
        for frame in std::mem::take(&mut self.waiting) {
            self.shared
                .overlay
                .remove(&frame)
                .map_err(|error| SledError(error.to_string()))?;
        }
        Ok(())
    }

    fn forget_waiting(&mut self) {
        self.entries.clear();
        self.waiting.clear();
        self.waiting_bytes = 0;
    }

    /// The frames to apply: from memory when they are new, else from the journal, read in order.
    fn next_frames(&mut self) -> Result<Vec<(Location, Arc<Frame>)>, ReadError> {
        if self.stuck {
            return Ok(Vec::new());
        }
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
        let problem = self.index_up_to_head().err();
        self.shared.change(|state| {
            state.indexed = true;
            if let Some(problem) = &problem {
                state.broken.get_or_insert(problem.to_string());
            }
            state.unindexed = problem;
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

    /// Looks after the ballast now and then.
    fn tend_space(&mut self) {
        if self
            .space_seen
            .is_some_and(|seen| seen.elapsed() < SPACE_EVERY)
        {
            return;
        }
        self.space_seen = Some(Instant::now());
        let (files, floor) = (&self.shared.files, self.shared.floor_bytes);
        if let Err(error) = ballast::tend(files.disk().as_ref(), files.dir(), floor, &|| {
            self.shared.closing()
        }) {
            tracing::debug!(%error, "the ballast was left as it is");
        }
    }

    /// Sets a database aside that is not what the journal is, and begins another.
    fn condemn(&mut self, reason: &str) {
        let gone = self
            .shared
            .begin_era(|state| state.status = format!("off: {reason}"));
        discard(gone);
        match attach::set_aside(self.shared.files.dir(), reason) {
            Ok(finding) => self.shared.change(|state| state.findings.push(finding)),
            Err(error) => {
                tracing::warn!(%error, "the second copy is wrong and could not be set aside");
            }
        }
        self.reader = None;
        self.forget_waiting();
        self.unsynced_since = None;
        self.retry_at = None;
        self.retry();
    }

    /// Goes on without sled: the journal and the index in memory carry the ledger.
    fn detach(&mut self, error: &SledError) {
        tracing::warn!(%error, "the second copy failed; recording goes on from the journal alone");
        let gone = self
            .shared
            .begin_era(|state| state.status = format!("off: {error}"));
        discard(gone);
        self.reader = None;
        self.forget_waiting();
        self.unsynced_since = None;
        self.retry_at = None;
        self.retry();
    }

    /// Opens sled again, or makes it anew.
    fn retry(&mut self) {
        // Beside a damaged journal the copy is left as it is: it may be all that is left of what stands there.
        let leave = self.shared.state().broken.is_some();
        if leave || self.retry_at.is_some_and(|at| Instant::now() < at) {
            if self.shared.state().indexed {
                return self.shared.overlay.index_queue();
            }
            let applied = segment::origin_head(self.shared.ledger);
            self.shared.change(|state| state.applied = applied);
            self.shared.overlay.restart_at(0);
            return self.index_gap();
        }
        self.retry_at = Instant::now().checked_add(RETRY_AFTER);
        let mut findings = Vec::new();
        let opened = reopen(&self.shared, &mut findings);
        let was_indexed = self.shared.state().indexed;
        let origin = segment::origin_head(self.shared.ledger);
        let (tree, copied, status) = match opened {
            Ok((tree, head)) => (Some(tree), head, "catching up".to_owned()),
            Err(error) => (None, origin, format!("off: {error}")),
        };
        let applied = tree.as_ref().map_or(origin, |tree| tree.indexed());
        if tree.is_none() && was_indexed {
            return self.shared.change(|state| state.status = status);
        }
        self.shared.begin_era(|state| {
            state.tree = tree;
            state.applied = applied;
            state.copied = copied;
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
    }

    fn last_sync(&mut self) {
        let (tree, applied) = {
            let mut state = self.shared.state();
            (state.tree.take(), state.applied)
        };
        if let Some(tree) = &tree
            && let Err(error) = self.index(tree, applied).and_then(|()| tree.sync())
        {
            tracing::warn!(%error, "the second copy could not be synced; it is made anew when needed");
        }
        discard(tree);
    }
}

/// Opens the database again, checks that it fits, and begins a new one when it does not.
fn reopen(shared: &Shared, findings: &mut Vec<Finding>) -> Result<(Arc<Tree>, Head), SledError> {
    let dir = shared.files.dir();
    let tree = attach::open(dir, shared.ledger, findings)?;
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
                attach::open(dir, shared.ledger, findings)?,
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
