//! An index in memory: the memory engine's only one, a reader's, and the sled engine's for frames sled has not taken yet.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use crate::store::event_store::Indexer;
use crate::store::frame::error::FrameError;
use crate::store::frame::{EventKeys, Frame};
use crate::store::group::Scope;
use crate::store::recorded::Recorded;

/// The longest key that is indexed, in bytes.
pub const MAX_KEY_BYTES: usize = 1_024;

/// Where one event stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// Its version in its stream.
    pub version: u64,
    /// Its sequence number.
    pub seq: u64,
}

/// A frame the index knows, and where its holder keeps it.
#[derive(Debug, Clone)]
pub struct Place<P> {
    /// Sequence number of its first event.
    pub first_seq: u64,
    /// Position after it.
    pub end_seq: u64,
    /// What the holder needs to get at it.
    pub at: P,
}

/// An event that mentions a key, and its stream.
pub type Mention = (u64, Arc<str>);

/// Look-ups over a run of frames without a gap.
///
/// Hash maps are used for looking up only; nothing is ever read in their order.
pub struct Index<P> {
    first_frame: u64,
    frames: VecDeque<Place<P>>,
    streams: HashMap<Box<str>, VecDeque<Entry>>,
    commands: HashMap<Scope, u64>,
    keys: HashMap<Box<[u8]>, VecDeque<Mention>>,
}

impl<P: Clone> Index<P> {
    /// An empty index whose first frame will be `first_frame`.
    pub fn starting_at(first_frame: u64) -> Self {
        Self {
            first_frame,
            frames: VecDeque::new(),
            streams: HashMap::new(),
            commands: HashMap::new(),
            keys: HashMap::new(),
        }
    }

    /// Number of the first frame it covers.
    pub fn first_frame(&self) -> u64 {
        self.first_frame
    }

    /// Number of the frame after the last it covers.
    pub fn end_frame(&self) -> u64 {
        self.first_frame.saturating_add(self.frames.len() as u64)
    }

    /// Takes in the next frame.
    ///
    /// # Errors
    /// When its command records are not well formed; nothing was taken in then.
    pub fn add(&mut self, frame: &Frame, at: P, indexer: &dyn Indexer) -> Result<(), FrameError> {
        self.add_commands(frame)?;
        self.add_events(frame, at, indexer);
        Ok(())
    }

    /// Takes in the commands of a frame alone, whose events come later or never.
    ///
    /// # Errors
    /// When its command records are not well formed; nothing was taken in then.
    pub fn add_commands(&mut self, frame: &Frame) -> Result<(), FrameError> {
        for command in frame.commands()? {
            self.commands.insert(command.scope, frame.number());
        }
        Ok(())
    }

    /// Takes in the next frame but for its commands.
    pub fn add_events(&mut self, frame: &Frame, at: P, indexer: &dyn Indexer) {
        for (event, keys) in frame.events().iter().zip(keys_in(frame, indexer)) {
            let entry = Entry {
                version: event.version(),
                seq: event.seq(),
            };
            match self.streams.get_mut(event.stream()) {
                Some(entries) => entries.push_back(entry),
                None => drop(
                    self.streams
                        .insert(event.stream().into(), VecDeque::from([entry])),
                ),
            }
            let mut stream: Option<Arc<str>> = None;
            for key in keys {
                let stream = stream.get_or_insert_with(|| Arc::from(event.stream()));
                self.keys
                    .entry(key.as_slice().into())
                    .or_default()
                    .push_back((event.seq(), Arc::clone(stream)));
            }
        }
        self.frames.push_back(Place {
            first_seq: frame.first_seq(),
            end_seq: frame.end_seq(),
            at,
        });
    }

    /// Forgets the first frame it covers.
    ///
    /// # Errors
    /// When the frame's command records are not well formed.
    pub fn remove_first(&mut self, frame: &Frame, indexer: &dyn Indexer) -> Result<(), FrameError> {
        self.remove_commands(frame)?;
        for (event, keys) in frame.events().iter().zip(keys_in(frame, indexer)) {
            pop(&mut self.streams, event.stream(), |entry| {
                entry.seq <= event.seq()
            });
            for key in keys {
                pop(&mut self.keys, key.as_slice(), |(seq, _)| {
                    *seq <= event.seq()
                });
            }
        }
        self.frames.pop_front();
        self.first_frame = self.first_frame.saturating_add(1);
        Ok(())
    }

    /// Forgets the commands of a frame.
    ///
    /// # Errors
    /// When its command records are not well formed.
    pub fn remove_commands(&mut self, frame: &Frame) -> Result<(), FrameError> {
        for command in frame.commands()? {
            if self.commands.get(&command.scope) == Some(&frame.number()) {
                self.commands.remove(&command.scope);
            }
        }
        Ok(())
    }

    /// The frame with this number.
    pub fn frame(&self, number: u64) -> Option<&Place<P>> {
        self.frames
            .get(usize::try_from(number.checked_sub(self.first_frame)?).ok()?)
    }

    /// Moves the start of an index that covers nothing.
    pub fn restart_at(&mut self, first_frame: u64) {
        if self.frames.is_empty() {
            self.first_frame = first_frame;
        }
    }

    /// The frame with this number, to change where it is kept.
    pub fn frame_mut(&mut self, number: u64) -> Option<&mut Place<P>> {
        self.frames
            .get_mut(usize::try_from(number.checked_sub(self.first_frame)?).ok()?)
    }

    /// Number of the frame that holds event `seq`, or of the first one at or after that position.
    ///
    /// Command-only frames at the same position come before the frame with the event, and are found first.
    pub fn first_frame_at(&self, seq: u64) -> u64 {
        let before = self
            .frames
            .partition_point(|place| place.end_seq <= seq && place.first_seq < seq);
        self.first_frame.saturating_add(before as u64)
    }

    /// The frame that holds event `seq`.
    pub fn frame_of(&self, seq: u64) -> Option<&Place<P>> {
        let before = self.frames.partition_point(|place| place.end_seq <= seq);
        self.frames
            .get(before)
            .filter(|place| place.first_seq <= seq)
    }

    /// The events of one stream from a version on, in order, each with where its frame is kept.
    pub fn places_of(&self, stream: &str, from_version: u64) -> Vec<(u64, P)> {
        let entries = self.stream(stream, from_version).into_iter();
        entries
            .filter_map(|entry| Some((entry.seq, self.frame_of(entry.seq)?.at.clone())))
            .collect()
    }

    /// The entries of one stream from a version on, in order.
    pub fn stream(&self, stream: &str, from_version: u64) -> Vec<Entry> {
        let Some(entries) = self.streams.get(stream) else {
            return Vec::new();
        };
        let before = entries.partition_point(|entry| entry.version < from_version);
        entries.range(before..).copied().collect()
    }

    /// The version of the stream's last event here.
    pub fn stream_version(&self, stream: &str) -> Option<u64> {
        self.streams.get(stream)?.back().map(|entry| entry.version)
    }

    /// Number of the frame with the command's record.
    pub fn command(&self, scope: &Scope) -> Option<u64> {
        self.commands.get(scope).copied()
    }

    /// The events that mention a key, in order, each with its stream.
    pub fn key(&self, key: &[u8]) -> Vec<Mention> {
        self.keys
            .get(key)
            .map(|hits| hits.iter().cloned().collect())
            .unwrap_or_default()
    }
}

/// The keys of each event of a frame, as [`keys_of`] gives them.
pub fn keys_in<'a>(frame: &'a Frame, indexer: &dyn Indexer) -> &'a [EventKeys] {
    frame.keys(|event| keys_of(event, indexer))
}

/// The keys of an event, sorted, each once, none too long.
pub fn keys_of(event: &Recorded, indexer: &dyn Indexer) -> Vec<Vec<u8>> {
    let mut keys = indexer.keys(event);
    keys.retain(|key| key.len() <= MAX_KEY_BYTES);
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// Drops the front elements that are `gone`, and the whole list when it is empty.
fn pop<K, Q, V>(map: &mut HashMap<Box<K>, VecDeque<V>>, key: &Q, gone: impl Fn(&V) -> bool)
where
    K: ?Sized + std::hash::Hash + Eq,
    Box<K>: std::borrow::Borrow<Q>,
    Q: ?Sized + std::hash::Hash + Eq,
{
    let Some(list) = map.get_mut(key) else { return };
    while list.front().is_some_and(&gone) {
        list.pop_front();
    }
    if list.is_empty() {
        map.remove(key);
    }
}
