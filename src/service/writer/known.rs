//! The world a command is decided on: what is durable, and over it what the open group has decided.

use std::cell::RefCell;
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use super::cache::{BookCache, Events};
use super::mentions::{Mentions, Streams};
use crate::codec::decoder::{DecodeError, Decoder};
use crate::deal::decision::World;
use crate::deal::event::Event;
use crate::deal::keys;
use crate::deal::ledger::LedgerState;
use crate::deal::state::Book;
use crate::deal::value::ids::{EventId, StreamId};
use crate::deal::value::zone::Zone;
use crate::service::folded::{Folded, Source};
use crate::service::indexer::index_key;
use crate::store::event_store::{EventStore, ReadError};
use crate::store::recorded::Recorded;

/// Why the world could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum WorldError {
    /// The store could not.
    #[error(transparent)]
    Store(#[from] ReadError),
    /// An event is of a form this program cannot place.
    #[error(transparent)]
    Event(#[from] DecodeError),
}

/// How many looked-up keys are remembered for each folded stream.
const KEYS_A_BOOK: usize = 2;
/// How many events behind the head read models may be for what came after them to be read as it stands, and how many of the
/// last events are remembered for it. Further behind, the stream's own events are looked up.
const NEAR: u64 = 4_096;
/// How many bytes the last events may have together, as they are stored.
const NEAR_BYTES: usize = 4 << 20;

/// What the open group has decided and not yet made durable.
#[derive(Default)]
struct Overlay {
    books: BTreeMap<StreamId, Arc<Book>>,
    mentions: BTreeMap<String, Streams>,
    /// Each with its length as it is stored.
    events: Vec<(Event, usize)>,
    streams: Events,
    ledger: Option<Arc<LedgerState>>,
}

/// The world of the writer.
pub(super) struct Known {
    store: Arc<dyn EventStore>,
    folds: Source,
    near: u64,
    ledger: Arc<LedgerState>,
    cache: RefCell<BookCache>,
    mentions: RefCell<Mentions>,
    /// The last events that became durable, each with its length, and their length together.
    recent: VecDeque<(Event, usize)>,
    recent_bytes: usize,
    overlay: Overlay,
}

impl Known {
    /// Remembers folded streams of at most so many bytes together.
    pub(super) fn remember(&self, bytes: u64) {
        self.cache.borrow_mut().limit(bytes);
    }

    /// The world at the head of a store, with room for so many folded streams; of others it asks the read models first.
    pub(super) fn new(
        store: Arc<dyn EventStore>,
        folds: Source,
        books: usize,
    ) -> Result<Self, WorldError> {
        let mut known = Self {
            store,
            folds,
            near: NEAR,
            ledger: Arc::default(),
            cache: RefCell::new(BookCache::new(books)),
            mentions: RefCell::new(Mentions::new(books.saturating_mul(KEYS_A_BOOK))),
            recent: VecDeque::new(),
            recent_bytes: 0,
            overlay: Overlay::default(),
        };
        known.refresh()?;
        Ok(known)
    }

    /// Forgets everything and reads the ledger's own state anew.
    pub(super) fn refresh(&mut self) -> Result<(), WorldError> {
        self.forget();
        self.cache.borrow_mut().clear();
        self.mentions.borrow_mut().clear();
        self.recent.clear();
        self.recent_bytes = 0;
        let mut state = LedgerState::default();
        let mut decoder = Decoder::from_start();
        for stored in self.store.stream(&StreamId::Ledger.to_string(), 0)? {
            state.evolve(&decoder.decode(&stored)?);
        }
        self.ledger = Arc::new(state);
        Ok(())
    }

    /// The agency's zone, once the ledger is opened.
    pub(super) fn zone(&self) -> Option<Zone> {
        let state = self.overlay.ledger.as_ref().unwrap_or(&self.ledger);
        state.opened.as_ref().map(|opened| opened.zone)
    }

    /// How many events a stream has.
    pub(super) fn version(&self, stream: StreamId) -> Result<u64, WorldError> {
        Ok(self.book(stream)?.map_or(0, |book| book.version))
    }

    /// Reads a stream into the open group, so that taking in its next event cannot fail.
    pub(super) fn hold(&mut self, stream: StreamId) -> Result<(), WorldError> {
        if self.overlay.books.contains_key(&stream) {
            return Ok(());
        }
        let taken = self.cache.borrow_mut().take(stream);
        let book = match taken {
            Some(book) => Some(book),
            None => self.load(stream)?,
        };
        let book = book.unwrap_or_else(|| Arc::new(Book::new(stream)));
        self.overlay.books.insert(stream, book);
        Ok(())
    }

    /// Lets an event of the open group change the world; it has so many bytes as it is stored. Its stream is held.
    pub(super) fn take_in(&mut self, event: Event, bytes: usize) {
        let entry = self.overlay.books.entry(event.stream);
        let book = entry.or_insert_with(|| Arc::new(Book::new(event.stream)));
        Arc::make_mut(book).evolve(&event);
        for key in keys::of_others(&event) {
            let streams = self.overlay.mentions.entry(key).or_default();
            streams.insert(event.stream);
        }
        self.overlay.streams.insert(event.id, event.stream);
        if event.stream == StreamId::Ledger {
            let durable = || Arc::clone(&self.ledger);
            let state = self.overlay.ledger.get_or_insert_with(durable);
            Arc::make_mut(state).evolve(&event);
        }
        self.overlay.events.push((event, bytes));
    }

    /// The open group is durable.
    pub(super) fn keep(&mut self) {
        let overlay = std::mem::take(&mut self.overlay);
        let mut cache = self.cache.borrow_mut();
        // A stream held for a command that came to nothing has no events, and is no stream.
        for (stream, book) in overlay
            .books
            .into_iter()
            .filter(|(_, book)| book.version > 0)
        {
            cache.put(stream, book);
        }
        cache.put_events(overlay.streams);
        let bytes: usize = overlay.events.iter().map(|(_, bytes)| bytes).sum();
        self.recent_bytes = self.recent_bytes.saturating_add(bytes);
        self.recent.extend(overlay.events);
        while self.recent.len() as u64 > self.near || self.recent_bytes > NEAR_BYTES {
            let Some((_, bytes)) = self.recent.pop_front() else {
                break;
            };
            self.recent_bytes = self.recent_bytes.saturating_sub(bytes);
        }
        let mut mentions = self.mentions.borrow_mut();
        for (key, streams) in overlay.mentions {
            mentions.add(&key, streams);
        }
        if let Some(ledger) = overlay.ledger {
            self.ledger = ledger;
        }
    }

    /// The open group is lost.
    pub(super) fn forget(&mut self) {
        self.overlay = Overlay::default();
    }

    /// A stream at the durable head: what the read models hold of it and what came after them, or all of it from the store.
    fn load(&self, stream: StreamId) -> Result<Option<Arc<Book>>, WorldError> {
        let held = self.folds.get().and_then(|folds| folds.folded(stream));
        let followed = held.and_then(|held| self.followed(held));
        let book = match followed {
            Some(book) => book,
            None => {
                let book = self.grown(Book::new(stream), &self.stored(stream, 0)?)?;
                // The read models know the events of what they hold, and say so when they are asked.
                let events = book.events().map(|event| (event, stream));
                self.cache.borrow_mut().put_events(events);
                book
            }
        };
        Ok(Some(book).filter(|book| book.version > 0).map(Arc::new))
    }

    /// A book of the read models, brought up to the durable head; `None` when the two do not meet.
    fn followed(&self, held: Folded) -> Option<Book> {
        let Folded { position, book } = held;
        let behind = self.store.head().position.checked_sub(position)?;
        if let Some(later) = self.remembered(position, behind) {
            return followed_by(book, later);
        }
        let later = match behind <= self.near {
            true => self.after(position, &book.id.to_string()).ok()?,
            false => self.stored(book.id, book.version).ok()?,
        };
        let mut versions = (book.version..).zip(&later);
        let meets = versions.all(|(version, event)| event.version() == version);
        meets.then(|| self.grown(book, &later).ok())?
    }

    /// The events from a position on, so many before the head, when they are remembered.
    fn remembered(&self, position: u64, behind: u64) -> Option<impl Iterator<Item = &Event>> {
        let first = usize::try_from(behind).ok();
        let first = self.recent.len().checked_sub(first?)?;
        let meets = self
            .recent
            .get(first)
            .is_none_or(|(event, _)| event.seq == position);
        meets.then(|| self.recent.range(first..).map(|(event, _)| event))
    }

    /// The events of a stream from a position on, which has to be one between two frames.
    fn after(&self, position: u64, stream: &str) -> Result<Vec<Recorded>, WorldError> {
        let mut events = Vec::new();
        for frame in self.store.read(position)? {
            let frame = frame?;
            let of_stream = |event: &&Recorded| event.stream() == stream;
            events.extend(frame.events().iter().filter(of_stream).cloned());
        }
        Ok(events)
    }

    /// The streams that mention a key in the durable ledger.
    fn stored_mentions(&self, key: &str) -> Result<Streams, WorldError> {
        let hits = self.store.key(&index_key(key))?.into_iter();
        let streams = hits.map(|hit| {
            StreamId::try_from(hit.stream).map_err(|error| DecodeError {
                seq: hit.seq,
                field: "stream",
                problem: error.to_string(),
            })
        });
        Ok(streams.collect::<Result<_, _>>()?)
    }

    /// The stored events of a stream from a version on.
    fn stored(&self, stream: StreamId, from: u64) -> Result<Vec<Recorded>, WorldError> {
        Ok(self.store.stream(&stream.to_string(), from)?)
    }

    /// A book after the next events of its stream.
    fn grown(&self, mut book: Book, events: &[Recorded]) -> Result<Book, WorldError> {
        let opened = self.ledger.opened.as_ref();
        let mut decoder = Decoder::new(opened.map_or(Zone::UTC, |opened| opened.zone));
        for stored in events {
            book.take(decoder.decode(stored)?);
        }
        Ok(book)
    }
}

/// A book and the events of its stream among these; nothing when they do not meet.
fn followed_by<'a>(mut book: Book, events: impl Iterator<Item = &'a Event>) -> Option<Book> {
    let stream = book.id;
    for event in events.filter(|event| event.stream == stream) {
        if event.version != book.version {
            return None;
        }
        book.evolve(event);
    }
    Some(book)
}

impl World for Known {
    type Error = WorldError;

    fn book(&self, stream: StreamId) -> Result<Option<Arc<Book>>, WorldError> {
        if let Some(book) = self.overlay.books.get(&stream) {
            return Ok(Some(Arc::clone(book)).filter(|book| book.version > 0));
        }
        if let Some(book) = self.cache.borrow_mut().get(stream) {
            return Ok(Some(book));
        }
        let loaded = self.load(stream)?;
        if let Some(book) = &loaded {
            self.cache.borrow_mut().put(stream, Arc::clone(book));
        }
        Ok(loaded)
    }

    fn mentioned(&self, key: &str) -> Result<Vec<StreamId>, WorldError> {
        let open = self.overlay.mentions.get(key);
        if let Some(durable) = self.mentions.borrow_mut().get(key) {
            return Ok(match open {
                Some(open) => durable.union(open).copied().collect(),
                None => durable.iter().copied().collect(),
            });
        }
        let streams = self.stored_mentions(key)?;
        let found = streams.iter().chain(open.into_iter().flatten());
        let found: Streams = found.copied().collect();
        self.mentions.borrow_mut().put(key.to_owned(), streams);
        Ok(found.into_iter().collect())
    }

    fn fact_stream(&self, event: EventId) -> Result<Option<StreamId>, WorldError> {
        if let Some(stream) = self.overlay.streams.get(&event) {
            return Ok(Some(*stream));
        }
        if let Some(stream) = self.cache.borrow().stream_of(event) {
            return Ok(Some(stream));
        }
        let held = self.folds.get().and_then(|folds| folds.stream_of(event));
        if let Some(stream) = held {
            return Ok(Some(stream));
        }
        // Not remembered as a key: events that are recorded are remembered by themselves.
        let streams = self.stored_mentions(&keys::event(event))?;
        Ok(streams.first().copied())
    }

    fn ledger(&self) -> Result<Arc<LedgerState>, WorldError> {
        Ok(Arc::clone(
            self.overlay.ledger.as_ref().unwrap_or(&self.ledger),
        ))
    }
}

#[cfg(test)]
mod tests;
