//! The contract between the service and an engine.
//!
//! Every sentence in the documentation of [`EventStore`] is a clause of the suite in `tests/store_contract.rs`,
//! which every engine runs.

use std::sync::Arc;
use std::time::Duration;

use crate::store::frame::Frame;
use crate::store::group::{CommandRecord, Group, Scope};
use crate::store::head::Head;
use crate::store::recorded::Recorded;

/// A durable append.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Appended {
    /// The head after it.
    pub head: Head,
}

/// Why a group was not acknowledged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AppendError {
    /// Another append came first; nothing was written.
    #[error("the ledger has moved on to position {}: decide again on what is there now", head.position)]
    Conflict {
        /// The head as it is.
        head: Head,
    },
    /// The disk has no room; nothing was written, reading goes on, and writing resumes by itself.
    #[error(
        "there is no space left for the ledger: free some space, recording resumes by itself ({0})"
    )]
    NoSpace(String),
    /// The group does not fit into one frame; nothing was written.
    #[error(
        "the group has {bytes} bytes and one commit may have at most {limit}: send it in smaller parts"
    )]
    TooLarge {
        /// Its size as a frame, or the size of its largest event.
        bytes: usize,
        /// The limit it breaks.
        limit: usize,
    },
    /// The group is not well formed (numbers that do not follow the head, for one); nothing was written.
    #[error("the group cannot be stored: {0}")]
    Invalid(String),
    /// This process never acknowledges again; nothing was written.
    #[error("the ledger has stopped recording: {reason}")]
    Stopped {
        /// Why, and what to do.
        reason: String,
    },
    /// The write may or may not survive: only the next start tells. From here on the ledger is stopped.
    #[error("it is not known whether this was recorded: {reason}")]
    Unknown {
        /// Why, and what to do.
        reason: String,
    },
}

/// Why something could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// Stored bytes are damaged and no second copy could stand in.
    #[error("{file}: damaged at byte {offset}, {what}; events from {first_seq} on are concerned")]
    Damaged {
        /// The file, as a path inside the ledger's directory.
        file: String,
        /// Offset of the damaged frame in the file.
        offset: u64,
        /// First event that cannot be read.
        first_seq: u64,
        /// What does not hold.
        what: String,
    },
    /// A file that must be there is not.
    #[error("{file} is missing: {what}")]
    Missing {
        /// The file, as a path inside the ledger's directory.
        file: String,
        /// What it held, and what to do.
        what: String,
    },
    /// The operating system refused.
    #[error("{file} cannot be read: {problem}")]
    Io {
        /// The file.
        file: String,
        /// The system's own words.
        problem: String,
    },
}

/// One mention of a key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct KeyHit {
    /// The event that mentions it.
    pub seq: u64,
    /// The stream of that event.
    pub stream: String,
}

/// Says under which keys an event can be found again.
///
/// It must be pure: the index is thrown away and made anew from the journal whenever that is easier than mending it.
/// Who holds a key *now* is decided above the store; the index only knows every event that ever mentioned it.
pub trait Indexer: Send + Sync {
    /// A number to raise whenever [`keys`](Self::keys) changes its answers: the stored index is then made anew.
    fn version(&self) -> u32;

    /// The keys that `event` mentions. A key is at most 1,024 bytes; a longer one is not found again.
    fn keys(&self, event: &Recorded) -> Vec<Vec<u8>>;
}

/// Finds no event by any key.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoKeys;

impl Indexer for NoKeys {
    fn version(&self) -> u32 {
        0
    }

    fn keys(&self, _event: &Recorded) -> Vec<Vec<u8>> {
        Vec::new()
    }
}

/// Frames in order.
pub type Frames = Box<dyn Iterator<Item = Result<Arc<Frame>, ReadError>> + Send>;

/// An append-only ledger of events.
///
/// One thread appends; any number of threads read and look up beside it.
pub trait EventStore: Send + Sync {
    /// Where the ledger ends. Everything before the head is durable. The head never moves back.
    fn head(&self) -> Head;

    /// Appends one group at the expected position.
    ///
    /// When it answers `Ok`, every event and command record of the group is durable: it survives the death of the
    /// process and the loss of power. A group is stored whole or not at all. A group without events stores its command
    /// records and leaves the position where it is. A group with nothing in it is invalid.
    ///
    /// An expected position other than the head's is a conflict that carries the head. Events must be numbered from the
    /// expected position on, without a gap; the versions of one stream in the group must follow one another; batches and
    /// command records must lie inside the group. Events above 65,535 bytes and groups above 2 MiB are too large. After any refusal but `Unknown` nothing has changed.
    ///
    /// Callers number the events of each stream from 0 on, without a gap.
    ///
    /// # Errors
    /// As [`AppendError`] says. After `Unknown`, every append answers `Stopped`.
    fn append(&self, expected: u64, group: Group) -> Result<Appended, AppendError>;

    /// The durable frames from the one that holds event `from`, or from the first frame at a later position.
    ///
    /// Frames come in order, without a gap, up to the head as it was at the call. Events and command records are the
    /// appended ones, byte for byte. From the head on there are none. A damaged frame is an error after the frames before
    /// it, and ends the iteration.
    ///
    /// # Errors
    /// When the place to start from cannot be found or read.
    fn read(&self, from: u64) -> Result<Frames, ReadError>;

    /// Waits until there are more than `frames` frames, or until `timeout` is over, and gives the head then.
    fn wait_beyond(&self, frames: u64, timeout: Duration) -> Head;

    /// The events of one stream from version `from_version` on, in order. An unknown stream has none.
    ///
    /// # Errors
    /// When the index or an event cannot be read.
    fn stream(&self, stream: &str, from_version: u64) -> Result<Vec<Recorded>, ReadError>;

    /// The version of the stream's last event; none for an unknown stream.
    ///
    /// # Errors
    /// When the index cannot be read.
    fn stream_version(&self, stream: &str) -> Result<Option<u64>, ReadError>;

    /// The record of the command stored under this scope. Callers store a scope once; of two, the later is found.
    ///
    /// # Errors
    /// When the index cannot be read.
    fn command(&self, scope: &Scope) -> Result<Option<CommandRecord>, ReadError>;

    /// The event with this sequence number; none from the head on.
    ///
    /// # Errors
    /// When the index or the event cannot be read.
    fn event(&self, seq: u64) -> Result<Option<Recorded>, ReadError>;

    /// Every event that mentions this key, in order: each once.
    ///
    /// # Errors
    /// When the index cannot be read.
    fn key(&self, key: &[u8]) -> Result<Vec<KeyHit>, ReadError>;

    /// Figures about the store, for people and for metrics.
    fn info(&self) -> Info;
}

/// Figures about a store.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Info {
    /// Which engine answers.
    pub engine: &'static str,
    /// Where the ledger ends.
    pub head: Head,
    /// How many events the second copy and its index have taken over.
    pub applied: u64,
    /// How many frames it is behind.
    pub lag_frames: u64,
    /// How many bytes of frames it is behind.
    pub lag_bytes: u64,
    /// How long the last sync of the journal took, in microseconds.
    pub last_sync_micros: Option<u64>,
    /// How many segments of the journal hold frames; the spare one does not count.
    pub segments: u64,
    /// Size of each segment, in bytes.
    pub segment_bytes: u64,
    /// Files in the second copy's `blobs` directory: anything but 0 calls for attention.
    pub blob_files: u64,
    /// Bytes free for the ledger on its disk.
    pub free_bytes: Option<u64>,
    /// State of the second copy: `ready`, `opening`, `rebuilding`, `off` and the like, with the last problem.
    pub second_copy: String,
    /// Why the ledger refuses to record, when it does.
    pub stopped: Option<String>,
    /// Damage of the journal that no copy mended yet, when it is that for which the ledger refuses to record.
    pub damage: Option<String>,
    /// What opening and the scrub found and mended.
    pub findings: Vec<Finding>,
    /// How many times everything stored was read again since the ledger was opened.
    pub scrub_passes: u64,
    /// How many events the last such pass read.
    pub scrub_position: u64,
    /// How many seconds ago it ended.
    pub scrub_ended_seconds: Option<u64>,
}

/// Where what was put right was taken from; of several, the last in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    /// The journal itself: a bit flipped back and proved by its hash, a header that the first frame repeats, or zeros
    /// where nothing was.
    Journal,
    /// The second copy in sled.
    Sled,
    /// The mirror.
    Mirror,
}

/// Something that opening or scrubbing found, mended or set aside: the service records it as an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// An unfinished last frame was cut; it had never been acknowledged.
    TornTailCut {
        /// The journal file.
        file: String,
        /// Where it began.
        offset: u64,
        /// How many bytes were cut.
        bytes: u64,
        /// Where they are kept.
        aside: String,
    },
    /// A damaged frame was replaced by its second copy.
    FrameRepaired {
        /// The journal file.
        file: String,
        /// Where the frame begins.
        offset: u64,
        /// How many bytes were put back.
        bytes: u64,
        /// Its first event.
        first_seq: u64,
        /// How many events it has.
        events: u64,
        /// Where the damaged bytes are kept.
        aside: String,
        /// What was good.
        source: Source,
    },
    /// The second copy did not fit the journal or could not be opened, and is being made anew.
    SecondCopySetAside {
        /// Why.
        reason: String,
        /// Where it is kept.
        aside: String,
    },
    /// The file `LEDGER` or its copy was lost or damaged and was written anew from the other.
    LedgerFileRestored {
        /// The one that was written.
        file: String,
        /// The one that was good.
        from: String,
        /// Where the damaged file is kept; empty when there was none.
        aside: String,
    },
    /// A file of evidence or its salt was lost or damaged and was put back.
    EvidenceRestored {
        /// The file.
        file: String,
        /// Its length.
        bytes: u64,
        /// The first event that names it.
        seq: u64,
        /// Where it was good: `ledger` or `mirror`.
        from: String,
        /// Where what was damaged is kept; empty when there was nothing.
        aside: String,
    },
    /// A snapshot of the read models was damaged; nothing rests on it.
    SnapshotSetAside {
        /// The file.
        file: String,
        /// What did not hold.
        reason: String,
        /// Where it is kept.
        aside: String,
    },
    /// Published tiles were damaged or missing and were made again from the journal.
    TilesMadeAgain {
        /// How many files were written.
        files: u64,
    },
    /// Damage that no copy could mend.
    Damage {
        /// The journal file.
        file: String,
        /// Where the frame begins.
        offset: u64,
        /// First event concerned.
        first_seq: u64,
        /// What does not hold.
        what: String,
    },
}

/// Follows a store: every frame once, in order, across the head as it moves.
pub struct Tail<'a> {
    store: &'a dyn EventStore,
    frames: Frames,
    next_seq: u64,
    next_frame: u64,
    seen_frames: u64,
}

impl<'a> Tail<'a> {
    /// Follows `store` from the frame that holds event `from`.
    ///
    /// # Errors
    /// As [`EventStore::read`].
    pub fn new(store: &'a dyn EventStore, from: u64) -> Result<Self, ReadError> {
        let seen_frames = store.head().frames;
        Ok(Self {
            store,
            frames: store.read(from)?,
            next_seq: from,
            next_frame: 0,
            seen_frames,
        })
    }

    /// Follows `store` from the frame behind a head it had once.
    ///
    /// # Errors
    /// As [`EventStore::read`].
    pub fn behind(store: &'a dyn EventStore, head: Head) -> Result<Self, ReadError> {
        Ok(Self {
            next_frame: head.frames,
            ..Self::new(store, head.position)?
        })
    }

    /// The next frame, waiting at most `timeout` for one; `None` when none came.
    ///
    /// # Errors
    /// As [`EventStore::read`].
    pub fn next(&mut self, timeout: Duration) -> Result<Option<Arc<Frame>>, ReadError> {
        if let Some(frame) = self.step()? {
            return Ok(Some(frame));
        }
        let seen = self.seen_frames.max(self.next_frame);
        let head = self.store.wait_beyond(seen, timeout);
        if head.frames <= seen {
            return Ok(None);
        }
        self.seen_frames = head.frames;
        self.frames = self.store.read(self.next_seq)?;
        self.step()
    }

    /// The next frame that was not handed out yet: command-only frames share a position with the frame after them.
    fn step(&mut self) -> Result<Option<Arc<Frame>>, ReadError> {
        for frame in self.frames.by_ref() {
            let frame = frame?;
            if frame.number() >= self.next_frame {
                self.next_frame = frame.number().saturating_add(1);
                self.next_seq = frame.end_seq();
                return Ok(Some(frame));
            }
        }
        Ok(None)
    }
}
