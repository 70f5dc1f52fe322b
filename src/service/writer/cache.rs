//! A bounded memory of folded streams: the least recently used make room.
//!
//! What is bounded is how many streams there are and how many events they have together: an event of a folded stream takes half a
//! kilobyte or more, and streams may be long.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::Arc;

use crate::deal::state::Book;
use crate::deal::value::ids::{EventId, StreamId};

/// Folded streams by id, and the stream of each of their events. The maps are only ever looked up; what makes room is
/// chosen by use, not by their order.
pub(super) struct BookCache {
    room: usize,
    room_for_events: u64,
    uses: u64,
    books: HashMap<StreamId, Remembered>,
    /// How many events the remembered streams had when they were remembered.
    held: u64,
    events: Events,
}

/// The stream of each event.
pub(super) type Events = HashMap<EventId, StreamId, BuildHasherDefault<Tail>>;

/// The last eight bytes of a key, for ids that the ledger draws by lot itself: their end is as good as any hash of them.
#[derive(Default)]
pub(super) struct Tail(u64);

impl Hasher for Tail {
    fn write(&mut self, bytes: &[u8]) {
        for word in bytes.rchunks(size_of::<u64>()).take(1) {
            self.0 = word.iter().fold(0, |all, byte| all << 8 | u64::from(*byte));
        }
    }

    fn finish(&self) -> u64 {
        // The highest bits count as well as the lowest.
        self.0 ^ self.0.rotate_left(32)
    }
}

struct Remembered {
    used: u64,
    held: u64,
    book: Arc<Book>,
}

impl BookCache {
    /// A memory for so many streams, at least one.
    pub(super) fn new(room: usize) -> Self {
        Self {
            room: room.max(1),
            room_for_events: u64::MAX,
            uses: 0,
            books: HashMap::new(),
            held: 0,
            events: Events::default(),
        }
    }

    /// Remembers streams of at most so many events together; one alone stays however long it is.
    pub(super) fn limit(&mut self, events: u64) {
        self.room_for_events = events;
    }

    pub(super) fn get(&mut self, stream: StreamId) -> Option<Arc<Book>> {
        self.uses = self.uses.saturating_add(1);
        let remembered = self.books.get_mut(&stream)?;
        remembered.used = self.uses;
        Some(Arc::clone(&remembered.book))
    }

    /// The stream of an event, when that stream is remembered. An event never changes its stream.
    pub(super) fn stream_of(&self, event: EventId) -> Option<StreamId> {
        self.events.get(&event).copied()
    }

    /// Remembers a stream that was read, and its events.
    pub(super) fn put(&mut self, stream: StreamId, book: Arc<Book>) {
        self.events
            .extend(book.events().map(|event| (event, stream)));
        self.put_grown(stream, book);
    }

    /// Remembers a stream again that is handed out and has grown by events that are told by themselves.
    pub(super) fn put_grown(&mut self, stream: StreamId, book: Arc<Book>) {
        self.uses = self.uses.saturating_add(1);
        self.forget(stream);
        let held = book.version;
        let too_much = |cache: &Self| cache.held.saturating_add(held) > cache.room_for_events;
        while self.books.len() >= self.room || (too_much(self) && !self.books.is_empty()) {
            self.make_room();
        }
        self.held = self.held.saturating_add(held);
        let used = self.uses;
        self.books.insert(stream, Remembered { used, held, book });
    }

    /// Remembers the streams of events.
    pub(super) fn put_events(&mut self, events: Events) {
        self.events.extend(events);
    }

    /// Hands a stream out to grow: whoever has it alone changes it without a copy. It comes back with
    /// [`put_grown`](Self::put_grown), or is read anew when it is asked for.
    pub(super) fn take(&mut self, stream: StreamId) -> Option<Arc<Book>> {
        self.forget(stream)
    }

    fn forget(&mut self, stream: StreamId) -> Option<Arc<Book>> {
        let remembered = self.books.remove(&stream)?;
        self.held = self.held.saturating_sub(remembered.held);
        Some(remembered.book)
    }

    pub(super) fn clear(&mut self) {
        self.books.clear();
        self.held = 0;
        self.events.clear();
    }

    /// Drops the less recently used half, so that its cost is spread over many uses.
    fn make_room(&mut self) {
        let mut uses: Vec<u64> = self.books.values().map(|one| one.used).collect();
        uses.sort_unstable();
        let median = uses.get(uses.len() / 2).copied().unwrap_or(u64::MAX);
        let (events, held) = (&mut self.events, &mut self.held);
        self.books.retain(|_, one| {
            let stays = one.used > median;
            if !stays {
                *held = held.saturating_sub(one.held);
                for event in one.book.events() {
                    events.remove(&event);
                }
            }
            stays
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn stream(n: u128) -> StreamId {
        StreamId::Agreement(Uuid::from_u128(n))
    }

    #[test]
    fn the_least_recently_used_make_room() {
        let mut cache = BookCache::new(4);
        for n in 0..4 {
            cache.put(stream(n), Arc::new(Book::new(stream(n))));
        }
        assert!(cache.get(stream(0)).is_some(), "used again");
        cache.put(stream(9), Arc::new(Book::new(stream(9))));
        assert!(cache.books.len() <= 4);
        assert!(cache.get(stream(0)).is_some());
        assert!(cache.get(stream(9)).is_some());
        assert!(cache.get(stream(1)).is_none());
    }

    #[test]
    fn long_streams_make_room_as_well() {
        let mut cache = BookCache::new(1_000);
        cache.limit(100);
        let book = |n, version| {
            let mut book = Book::new(stream(n));
            book.version = version;
            Arc::new(book)
        };
        for n in 0..50 {
            cache.put(stream(n), book(n, 30));
            assert!(cache.get(stream(n)).is_some());
            assert!(cache.held <= 100 && cache.books.len() <= 3, "{n}");
        }
        // One that has grown counts as what it is now, and one alone stays however long it is.
        let grown = cache.take(stream(49)).unwrap();
        cache.put_grown(stream(49), book(49, 500));
        assert_eq!((cache.held, cache.books.len()), (500, 1));
        drop(grown);
        cache.put(stream(1), book(1, 1));
        assert_eq!((cache.held, cache.books.len()), (1, 1));
        cache.clear();
        assert_eq!(cache.held, 0);
    }

    #[test]
    fn a_memory_for_one_still_works() {
        let mut cache = BookCache::new(0);
        for n in 0..3 {
            cache.put(stream(n), Arc::new(Book::new(stream(n))));
            assert!(cache.get(stream(n)).is_some());
            assert_eq!(cache.books.len(), 1);
        }
    }
}
