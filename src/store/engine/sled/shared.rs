//! What the writer, the follower and the look-ups of one sled store share.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use uuid::Uuid;

use crate::store::engine::sled::overlay::{Held, Overlay};
use crate::store::engine::sled::tree::Tree;
use crate::store::event_store::{Finding, Indexer, ReadError};
use crate::store::frame::error::FrameError;
use crate::store::frame::{Check, FrameBytes};
use crate::store::head::Head;
use crate::store::index::Index;
use crate::store::journal::files::{JournalFiles, Location, damaged};
use crate::store::journal::frames::{JournalFrames, SecondCopy};
use crate::store::journal::parts::{KnownParts, Parts};
use crate::store::mirror::copy::{Copies, JournalCopy};
use crate::store::slice::Slice;
use crate::store::watch::HeadWatch;

/// Told how far a rebuild of the second copy has come: frames done, frames in all.
pub type Progress = Arc<dyn Fn(u64, u64) + Send + Sync>;

/// How many bytes of frames the follower lets come together at most before it copies them.
const GATHER_BYTES: u64 = 512 << 10;
/// How many frames.
const GATHER_FRAMES: u64 = 64;
/// The state of a database that has everything.
pub const READY: &str = "ready";

/// Bounds that a store keeps.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// How many bytes sled may be behind before appending waits.
    pub lag_bytes: u64,
    /// Free bytes below which nothing is recorded.
    pub floor_bytes: u64,
}

/// Everything but the writer.
pub struct Shared {
    /// The journal.
    pub files: Arc<JournalFiles>,
    /// The ledger's id.
    pub ledger: Uuid,
    /// The durable head.
    pub head: HeadWatch,
    /// Frames sled does not have yet.
    pub overlay: Overlay,
    /// What was proved of the events of large frames.
    pub parts: KnownParts,
    /// Which keys events have.
    pub indexer: Arc<dyn Indexer>,
    /// How many bytes sled may be behind before appending waits.
    pub lag_bytes: u64,
    /// Free bytes below which nothing is recorded.
    pub floor_bytes: u64,
    /// Told about a rebuild.
    pub progress: Option<Progress>,
    state: Mutex<State>,
    changed: Condvar,
    /// Wakes the follower alone: whoever else waits for the state would be woken by every frame for nothing.
    grown: Condvar,
}

/// The second copy's state.
#[derive(Default)]
pub struct State {
    /// The database, while there is one.
    pub tree: Option<Arc<Tree>>,
    /// The mirror's frames, when there is a mirror.
    pub mirror: Option<Arc<JournalCopy>>,
    /// What was copied to it and passed on to its index, durable or not.
    pub applied: Head,
    /// What was copied to it, when it was opened.
    pub copied: Head,
    /// Whether look-ups need not wait: sled and the overlay meet, or cannot and `unindexed` says why.
    pub indexed: bool,
    /// Why sled and the overlay do not find everything between them, when the journal could not be read for it.
    pub unindexed: Option<ReadError>,
    /// How often the database was changed for another one, or none: what a look-up found in one and what it found in
    /// the overlay belong together only when this is the same.
    pub era: u64,
    /// Bytes of durable frames it does not have.
    pub lag_bytes: u64,
    /// Whether it has had everything once since it was opened. Only then does its lag hold writes up: a rebuild of
    /// hours must not.
    pub caught_up: bool,
    /// Whether the store is being closed.
    pub closing: bool,
    /// How many frames there have to be before the follower wants to be woken by one; `u64::MAX` while it works anyway.
    pub wake_at: u64,
    /// How many wait for the follower to come nearer: while somebody does, it lets no frames come together.
    pub waited_for: u32,
    /// Its state in words.
    pub status: String,
    /// What was found, at the start and since.
    pub findings: Vec<Finding>,
    /// Damage that stops recording.
    pub broken: Option<String>,
    /// Why the database has to be set aside, when the scrub found it other than the journal.
    pub condemned: Option<String>,
    /// How far the scrub has come.
    pub scrub: ScrubState,
}

/// How far reading everything again has come.
#[derive(Debug, Clone, Copy, Default)]
pub struct ScrubState {
    /// How many passes came to their end.
    pub passes: u64,
    /// How many events the last one read.
    pub position: u64,
    /// When it ended.
    pub ended: Option<Instant>,
}

impl Shared {
    /// Puts the parts together.
    pub fn new(
        files: Arc<JournalFiles>,
        ledger: Uuid,
        head: Head,
        indexer: Arc<dyn Indexer>,
        bounds: Bounds,
        progress: Option<Progress>,
        state: State,
    ) -> Self {
        let overlay = Overlay::starting_at(state.applied.frames, Arc::clone(&indexer));
        Self {
            files,
            ledger,
            head: HeadWatch::new(head),
            overlay,
            parts: KnownParts::default(),
            indexer,
            lag_bytes: bounds.lag_bytes,
            floor_bytes: bounds.floor_bytes,
            progress,
            state: Mutex::new(state),
            changed: Condvar::new(),
            grown: Condvar::new(),
        }
    }

    /// The state. Every change of it is made whole under the lock, so a poisoned one is still right.
    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the state and wakes whoever waits for it.
    pub fn change(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.state());
        self.changed.notify_all();
        self.grown.notify_all();
    }

    /// Notes a frame that is durable; there are `frames` of them now. Only the follower hears of it, and only when it wants to.
    pub fn grow(&self, frames: u64, bytes: u64) {
        let wanted = {
            let mut state = self.state();
            state.lag_bytes = state.lag_bytes.saturating_add(bytes);
            let is_waiting = state.wake_at != u64::MAX;
            is_waiting && (frames >= state.wake_at || state.lag_bytes >= GATHER_BYTES)
        };
        if wanted {
            self.grown.notify_all();
        }
    }

    /// Notes how far the follower has come, of `all` frames there are. Whoever waits for it to come nearer hears of it.
    pub fn come_to(&self, applied: Head, bytes: u64, all: u64) {
        let mut state = self.state();
        state.applied = applied;
        state.lag_bytes = state.lag_bytes.saturating_sub(bytes);
        let is_news = applied.frames >= all && (!state.caught_up || state.status != READY);
        if is_news {
            state.caught_up = true;
            // What was appended while it caught up was counted, and read from the journal with the rest.
            state.lag_bytes = 0;
            READY.clone_into(&mut state.status);
        }
        let is_waited_for = state.waited_for > 0;
        drop(state);
        if is_news || is_waited_for {
            self.changed.notify_all();
        }
    }

    /// Lets frames come together before the follower copies them: each batch of sled's is a write of its own, and the journal's
    /// next sync would wait behind it. Ends as soon as enough have come, after `patience`, or when anybody waits for the follower.
    pub fn gather(&self, patience: Duration) {
        let first = self.state().applied.frames;
        let enough = first.saturating_add(GATHER_FRAMES);
        let is_over = |state: &State| {
            let is_wanted = state.closing || state.condemned.is_some() || state.waited_for > 0;
            is_wanted
                || state.tree.is_none()
                || state.lag_bytes >= GATHER_BYTES
                || self.head.get().frames >= enough
        };
        drop(self.wait_to_follow(patience, enough, is_over));
    }

    /// Waits until `done` or the time is over; gives the state.
    pub fn wait(&self, timeout: Duration, done: impl Fn(&State) -> bool) -> MutexGuard<'_, State> {
        self.wait_for(&self.changed, timeout, done)
    }

    /// As [`wait`](Self::wait), for the follower: it is woken by every change, and by a frame from number `frames` on.
    pub fn wait_to_follow(
        &self,
        timeout: Duration,
        frames: u64,
        done: impl Fn(&State) -> bool,
    ) -> MutexGuard<'_, State> {
        self.state().wake_at = frames;
        let mut state = self.wait_for(&self.grown, timeout, done);
        state.wake_at = u64::MAX;
        state
    }

    fn wait_for(
        &self,
        told: &Condvar,
        timeout: Duration,
        done: impl Fn(&State) -> bool,
    ) -> MutexGuard<'_, State> {
        let end = Instant::now() + timeout;
        let mut state = self.state();
        while !done(&state) {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            state = told
                .wait_timeout(state, left)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
        state
    }

    /// Whether the store is being closed.
    pub fn closing(&self) -> bool {
        self.state().closing
    }

    /// The database, and what `look` finds in memory of the frames that it lacks; what both have counts once.
    ///
    /// The memory is asked before the database: a frame leaves it only after the database has it, so nothing is missed
    /// between the two.
    ///
    /// # Errors
    /// When the two do not have everything between them: what they do not find could still be there.
    pub fn look<T>(
        &self,
        look: impl Fn(&Index<Held>) -> T,
    ) -> Result<(Option<Arc<Tree>>, T), ReadError> {
        self.in_one_era(|| self.overlay.look(&look))
    }

    /// As [`look`](Self::look), for what can be found without indexing what was appended since.
    ///
    /// # Errors
    /// As of [`look`](Self::look).
    pub fn in_one_era<T>(&self, look: impl Fn() -> T) -> Result<(Option<Arc<Tree>>, T), ReadError> {
        loop {
            let (tree, era) = self.indexed_tree()?;
            let found = look();
            // In between the database may have failed, and the memory begun anew: these are halves of two things then.
            if self.state().era == era {
                return Ok((tree, found));
            }
        }
    }

    /// The database, once look-ups need not wait, and its era.
    fn indexed_tree(&self) -> Result<(Option<Arc<Tree>>, u64), ReadError> {
        let mut state = self.state();
        while !state.indexed {
            if state.closing {
                return Err(ReadError::Io {
                    file: "journal".to_owned(),
                    problem: "the ledger is being closed".to_owned(),
                });
            }
            state = self
                .changed
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
        match &state.unindexed {
            Some(error) => Err(error.clone()),
            None => Ok((state.tree.clone(), state.era)),
        }
    }

    /// From here on look-ups wait until [`State::indexed`] is set again. Gives the database that goes.
    pub fn begin_era(&self, change: impl FnOnce(&mut State)) -> Option<Arc<Tree>> {
        let mut state = self.state();
        state.era += 1;
        state.indexed = false;
        let gone = state.tree.take();
        change(&mut state);
        drop(state);
        self.changed.notify_all();
        self.grown.notify_all();
        gone
    }

    /// Every other copy, to read damaged frames from.
    pub fn copy(&self) -> Option<Arc<dyn SecondCopy>> {
        let (tree, mirror) = {
            let state = self.state();
            (state.tree.clone(), state.mirror.clone())
        };
        let tree = tree.map(|tree| tree as Arc<dyn SecondCopy>);
        let Some(mirror) = mirror else {
            return tree;
        };
        let mut all: Vec<Arc<dyn SecondCopy>> = tree.into_iter().collect();
        all.push(mirror);
        Some(Arc::new(Copies::new(all)))
    }

    /// Reads the journal from the segment that holds frame `first` on; earlier frames of that segment come first.
    ///
    /// # Errors
    /// When the journal has no segment.
    pub fn frames_from(&self, first: u64, end: u64) -> Result<JournalFrames, ReadError> {
        self.frames_where(end, |head| head.frames <= first)
    }

    /// Reads the journal from a frame on that begins before position `from`.
    ///
    /// # Errors
    /// When the journal has no segment.
    pub fn frames_at(&self, at: Location, from: u64, end: u64) -> Result<JournalFrames, ReadError> {
        match JournalFrames::start_at(&self.files, at) {
            Some(start) if start.head.position < from => {
                let frames =
                    JournalFrames::new(Arc::clone(&self.files), start, end, Check::Checksum);
                Ok(frames.with_copy(self.copy()))
            }
            _ => self.frames_from_position(from, end),
        }
    }

    /// Reads the journal from the segment that holds position `from` on; earlier frames of it come first.
    ///
    /// # Errors
    /// When the journal has no segment.
    pub fn frames_from_position(&self, from: u64, end: u64) -> Result<JournalFrames, ReadError> {
        // A segment that begins at the position itself may be preceded by command-only frames at the same position.
        self.frames_where(end, |head| head.position < from || head.frames == 0)
    }

    fn frames_where(
        &self,
        end: u64,
        before: impl Fn(&Head) -> bool,
    ) -> Result<JournalFrames, ReadError> {
        let start = JournalFrames::start_of(&self.files, before);
        let start = start.ok_or_else(|| ReadError::Missing {
            file: "journal".to_owned(),
            what: "the ledger has no segment".to_owned(),
        })?;
        let frames = JournalFrames::new(Arc::clone(&self.files), start, end, Check::Checksum);
        Ok(frames.with_copy(self.copy()))
    }

    /// The frame at a place, which holds event `seq` or stands at that position; when it is damaged there, its second
    /// copy. `number` is the frame's, where that is known.
    ///
    /// # Errors
    /// When neither can be read.
    pub fn frame_at(
        &self,
        at: Location,
        number: Option<u64>,
        seq: u64,
    ) -> Result<FrameBytes, ReadError> {
        let fits = |frame: &FrameBytes| {
            let header = frame.header();
            header.first_seq <= seq
                && seq <= header.end_seq()
                && number.is_none_or(|number| header.number == number)
        };
        let error = match self.files.frame_at(at, seq) {
            Ok(frame) if fits(&frame) => return Ok(frame),
            Ok(_) => damaged(
                at.segment.into(),
                at.offset.into(),
                seq,
                "another frame stands there than the index says",
            ),
            Err(error) => error,
        };
        let (tree, mirror) = {
            let state = self.state();
            (state.tree.clone(), state.mirror.clone())
        };
        let whole = |bytes: Vec<u8>| {
            let frame = FrameBytes::decode(Slice::from(bytes), Check::Chain);
            frame.ok().filter(fits)
        };
        let kept = tree.and_then(|tree| tree.frame_of_event(number.unwrap_or(u64::MAX), seq));
        let kept = kept.and_then(whole);
        let mirrored = || whole(mirror?.of_event(number, seq)?);
        kept.or_else(mirrored).ok_or(error)
    }

    /// Events of the frame at a place: those that `choose` names, when what was proved of them before still holds, and the rest
    /// of a large frame is not read; else those that `whole` takes from the frame as [`frame_at`](Self::frame_at) finds it.
    ///
    /// # Errors
    /// When the frame cannot be read, or its lengths make no sense.
    pub fn events_at(
        &self,
        (at, number, seq): (Location, Option<u64>, u64),
        choose: impl Fn(&Parts) -> Vec<usize>,
        whole: impl FnOnce(&FrameBytes) -> Result<Vec<Slice>, FrameError>,
    ) -> Result<Vec<Slice>, ReadError> {
        let place = (at, number, seq);
        if let Some(events) = self.parts.read(&self.files, place, choose) {
            return Ok(events);
        }
        let frame = self.frame_at(at, number, seq)?;
        self.parts.keep(at, &frame);
        whole(&frame).map_err(|error| {
            let (segment, offset) = (at.segment.into(), at.offset.into());
            damaged(
                segment,
                offset,
                frame.header().first_seq,
                &error.to_string(),
            )
        })
    }
}

#[cfg(test)]
mod tests;
