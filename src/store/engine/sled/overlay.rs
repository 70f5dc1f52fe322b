//! The index of the frames that sled has not taken over yet.
//!
//! Appending only queues a frame here and notes its commands, which every later command is held against; any other look-up
//! indexes the queue first. So the writer's thread pays nothing for events nobody looks for before sled has them.

use std::collections::VecDeque;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};

use crate::store::event_store::Indexer;
use crate::store::frame::Frame;
use crate::store::frame::error::FrameError;
use crate::store::group::Scope;
use crate::store::index::Index;
use crate::store::journal::files::Location;
use crate::store::watch::HeadWatch;

/// How many frame bytes stay in memory while sled is away; older frames are read from the journal.
const HELD_BYTES: usize = 64 << 20;

/// A frame that is durable in the journal.
#[derive(Clone)]
pub struct Held {
    /// Where it stands.
    pub at: Location,
    /// The frame, unless it has to be read.
    pub frame: Option<Arc<Frame>>,
}

/// How many bytes of the newest frames stay in memory for those who follow the head.
const RECENT_BYTES: usize = 4 << 20;

struct Content {
    index: Index<Held>,
    queue: VecDeque<(Location, Arc<Frame>)>,
    held_bytes: usize,
    recent: VecDeque<Arc<Frame>>,
    recent_bytes: usize,
}

/// The index, shared by the writer, the follower and everyone who looks something up.
pub struct Overlay {
    content: RwLock<Content>,
    indexer: Arc<dyn Indexer>,
}

impl Overlay {
    /// Covers nothing, and goes on with frame `first_frame`.
    pub fn starting_at(first_frame: u64, indexer: Arc<dyn Indexer>) -> Self {
        let content = Content::starting_at(first_frame);
        Self {
            content: RwLock::new(content),
            indexer,
        }
    }

    /// Forgets everything and goes on with frame `first_frame`.
    pub fn restart_at(&self, first_frame: u64) {
        let mut content = self.content.write().unwrap_or_else(PoisonError::into_inner);
        let recent = std::mem::take(&mut content.recent);
        let recent_bytes = content.recent_bytes;
        *content = Content {
            recent,
            recent_bytes,
            ..Content::starting_at(first_frame)
        };
    }

    /// Queues a frame, when it is the next one, and moves the head in the same step: whoever sees the head move finds
    /// the frame here, or is the scan that will bring it.
    pub fn push(&self, at: Location, frame: Arc<Frame>, head: &HeadWatch) {
        let mut content = self.content.write().unwrap_or_else(PoisonError::into_inner);
        let moved = frame.head();
        content.remember(&frame);
        if content.end_frame() == frame.number() {
            content.held_bytes = content.held_bytes.saturating_add(frame.bytes().len());
            // The frame was made by this process from records it had checked, so its records can be read.
            let _ = content.index.add_commands(&frame);
            content.queue.push_back((at, frame));
            if content.held_bytes > HELD_BYTES {
                content.index_queue(self.indexer.as_ref());
            }
        }
        head.set(moved);
    }

    /// Number of the frame after the last one here, and how many frames there are, at one moment.
    pub fn reach(&self, head: &HeadWatch) -> (u64, u64) {
        let content = self.content.read().unwrap_or_else(PoisonError::into_inner);
        (content.end_frame(), head.get().frames)
    }

    /// Indexes a frame that was read from the journal, without keeping it.
    ///
    /// # Errors
    /// When its command records are not well formed.
    pub fn index(&self, at: Location, frame: &Frame) -> Result<(), FrameError> {
        let mut content = self.content.write().unwrap_or_else(PoisonError::into_inner);
        content
            .index
            .add(frame, Held { at, frame: None }, self.indexer.as_ref())
    }

    /// Frames from `first` on that are in memory, up to about `max_bytes`.
    pub fn held_from(&self, first: u64, max_bytes: usize) -> Vec<(Location, Arc<Frame>)> {
        let content = self.content.read().unwrap_or_else(PoisonError::into_inner);
        let mut found = Vec::new();
        let mut bytes = 0;
        for number in first.. {
            let Some((at, frame)) = content.held(number) else {
                break;
            };
            bytes += frame.bytes().len();
            found.push((at, frame));
            if bytes >= max_bytes {
                break;
            }
        }
        found
    }

    /// The newest frames from position `from` on, when all of them are in memory.
    pub fn recent_from(&self, from: u64) -> Option<Vec<Arc<Frame>>> {
        let content = self.content.read().unwrap_or_else(PoisonError::into_inner);
        let oldest = content.recent.front()?;
        // Frames that stand at the same position before the oldest one here could be wanted too.
        if oldest.first_seq() >= from && oldest.number() > 0 {
            return None;
        }
        let first = content
            .recent
            .partition_point(|frame| frame.end_seq() <= from && frame.first_seq() < from);
        Some(content.recent.range(first..).cloned().collect())
    }

    /// Forgets a frame that sled has now. Frames go in order.
    ///
    /// # Errors
    /// When its command records are not well formed.
    pub fn remove(&self, frame: &Frame) -> Result<(), FrameError> {
        let mut content = self.content.write().unwrap_or_else(PoisonError::into_inner);
        let content = &mut *content;
        if content.index.first_frame() != frame.number() {
            return Ok(());
        }
        let held = match content.index.frame(frame.number()) {
            Some(place) => place.at.frame.is_some(),
            None => match content.queue.pop_front() {
                Some(_) => {
                    content.index.remove_commands(frame)?;
                    content.index.restart_at(frame.number().saturating_add(1));
                    content.held_bytes = content.held_bytes.saturating_sub(frame.bytes().len());
                    return Ok(());
                }
                None => return Ok(()),
            },
        };
        if held {
            content.held_bytes = content.held_bytes.saturating_sub(frame.bytes().len());
        }
        content.index.remove_first(frame, self.indexer.as_ref())
    }

    /// The frame that holds the record of a command: its number, its first position, and where it is kept.
    pub fn command(&self, scope: &Scope) -> Option<(u64, u64, Held)> {
        let content = self.content.read().unwrap_or_else(PoisonError::into_inner);
        let number = content.index.command(scope)?;
        if let Some(place) = content.index.frame(number) {
            return Some((number, place.first_seq, place.at.clone()));
        }
        let (at, frame) = content.held(number)?;
        let first_seq = frame.first_seq();
        let frame = Some(frame);
        Some((number, first_seq, Held { at, frame }))
    }

    /// Looks something up, with everything indexed that was appended before.
    pub fn look<T>(&self, look: impl Fn(&Index<Held>) -> T) -> T {
        let content = self.content.read().unwrap_or_else(PoisonError::into_inner);
        if content.queue.is_empty() {
            return look(&content.index);
        }
        drop(content);
        self.index_queue();
        let content: RwLockReadGuard<'_, Content> =
            self.content.read().unwrap_or_else(PoisonError::into_inner);
        look(&content.index)
    }

    /// Indexes what is queued, and lets go of frames beyond what may be held.
    pub fn index_queue(&self) {
        let mut content = self.content.write().unwrap_or_else(PoisonError::into_inner);
        content.index_queue(self.indexer.as_ref());
    }
}

impl Content {
    fn starting_at(first_frame: u64) -> Self {
        Self {
            index: Index::starting_at(first_frame),
            queue: VecDeque::new(),
            held_bytes: 0,
            recent: VecDeque::new(),
            recent_bytes: 0,
        }
    }

    fn remember(&mut self, frame: &Arc<Frame>) {
        self.recent_bytes = self.recent_bytes.saturating_add(frame.bytes().len());
        self.recent.push_back(Arc::clone(frame));
        while self.recent_bytes > RECENT_BYTES
            && let Some(oldest) = self.recent.pop_front()
        {
            self.recent_bytes = self.recent_bytes.saturating_sub(oldest.bytes().len());
        }
    }

    fn end_frame(&self) -> u64 {
        self.index
            .end_frame()
            .saturating_add(self.queue.len() as u64)
    }

    fn index_queue(&mut self, indexer: &dyn Indexer) {
        while let Some((at, frame)) = self.queue.pop_front() {
            let keep = self.held_bytes <= HELD_BYTES;
            let held = Held {
                at,
                frame: keep.then(|| Arc::clone(&frame)),
            };
            if !keep {
                self.held_bytes = self.held_bytes.saturating_sub(frame.bytes().len());
            }
            self.index.add_events(&frame, held, indexer);
        }
    }

    fn held(&self, number: u64) -> Option<(Location, Arc<Frame>)> {
        if let Some(place) = self.index.frame(number) {
            return place
                .at
                .frame
                .as_ref()
                .map(|frame| (place.at.at, Arc::clone(frame)));
        }
        let behind = number.checked_sub(self.index.end_frame())?;
        self.queue
            .get(usize::try_from(behind).ok()?)
            .map(|(at, frame)| (*at, Arc::clone(frame)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::event_store::NoKeys;
    use crate::store::frame::encode::encode;
    use crate::store::group::{CommandRecord, Group};
    use crate::store::head::{ChainHash, Head};

    fn scope(key: &str) -> Scope {
        Scope {
            actor: "u:1".to_owned(),
            key: key.to_owned(),
        }
    }

    /// A frame of one command of its own, and one that is recorded again and again.
    fn frame(number: u64) -> Arc<Frame> {
        let record = |key: &str| CommandRecord {
            scope: scope(key),
            digest: [1; 32],
            first_seq: 0,
            count: 0,
            recorded_at: "2025-04-18T06:00:00Z".parse().unwrap(),
            warnings: b"[]".to_vec(),
        };
        let group = Group {
            commands: vec![record(&format!("c-{number}")), record("again")],
            events: Vec::new(),
        };
        Arc::new(encode(number, 0, ChainHash::default(), group).unwrap())
    }

    #[test]
    fn a_command_is_found_from_its_frame_on_until_sled_has_it_indexed_or_not() {
        let at = Location {
            segment: 0,
            offset: 0,
        };
        for indexed in [None, Some(0), Some(1), Some(2), Some(3)] {
            let overlay = Overlay::starting_at(0, Arc::new(NoKeys));
            let head = HeadWatch::new(Head::default());
            let found = |key: &str| overlay.command(&scope(key)).map(|(number, ..)| number);
            for number in 0..4 {
                assert_eq!(found(&format!("c-{number}")), None);
                overlay.push(at, frame(number), &head);
                if indexed == Some(number) {
                    overlay.index_queue();
                }
                let all = (0..=number).map(|one| found(&format!("c-{one}")));
                assert!(all.eq((0..=number).map(Some)), "{indexed:?}");
                assert_eq!(found("again"), Some(number), "{indexed:?}");
            }
            for number in 0..4 {
                assert_eq!(found("again"), Some(3), "{indexed:?}");
                overlay.remove(&frame(number)).unwrap();
                assert_eq!(found(&format!("c-{number}")), None, "{indexed:?}");
            }
            assert_eq!(found("again"), None, "{indexed:?}");
            // Nothing of them is kept.
            for key in ["c-0", "c-3", "again"] {
                let left = overlay.look(|index| index.command(&scope(key)));
                assert_eq!(left, None, "{indexed:?} {key}");
            }
        }
    }
}
