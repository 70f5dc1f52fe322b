//! A bounded memory of folded streams: the least recently used make room.
//!
//! What is bounded is how many streams there are and how many bytes they take together: one whose facts nobody has looked at
//! takes a fifth of what it takes when they are all read, and streams may be long.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::Arc;

use crate::deal::state::Book;
use crate::deal::value::ids::{EventId, StreamId};

/// Folded streams by id, and the streams of the events told of last. The maps are only ever looked up; what makes room is
/// chosen by use, not by their order.
pub(super) struct BookCache {
    room: usize,
    room_for_bytes: u64,
    uses: u64,
    books: HashMap<StreamId, Remembered>,
    /// How many bytes the remembered streams took when they were remembered.
    held: u64,
    /// How many events a generation has.
    generation: usize,
    young: Events,
    old: Events,
}

/// For so many bytes of folded streams one event is remembered in each of two generations; when the younger is full, the
/// older is dropped.
const BYTES_AN_EVENT: u64 = 1_024;
/// How many that are when no limit was set.
const EVENTS: usize = 65_536;

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
            room_for_bytes: u64::MAX,
            uses: 0,
            books: HashMap::new(),
            held: 0,
            generation: EVENTS,
            young: Events::default(),
            old: Events::default(),
        }
    }

    /// Remembers streams of at most so many bytes together; one alone stays however long it is.
    pub(super) fn limit(&mut self, bytes: u64) {
        self.room_for_bytes = bytes;
        self.generation = usize::try_from(bytes / BYTES_AN_EVENT).unwrap_or(EVENTS);
    }

    pub(super) fn get(&mut self, stream: StreamId) -> Option<Arc<Book>> {
        self.uses = self.uses.saturating_add(1);
        let remembered = self.books.get_mut(&stream)?;
        remembered.used = self.uses;
        Some(Arc::clone(&remembered.book))
    }

    /// The stream of an event that was told of not long ago. An event never changes its stream.
    pub(super) fn stream_of(&self, event: EventId) -> Option<StreamId> {
        let found = self.young.get(&event).or_else(|| self.old.get(&event));
        found.copied()
    }

    /// Remembers a stream.
    pub(super) fn put(&mut self, stream: StreamId, book: Arc<Book>) {
        self.uses = self.uses.saturating_add(1);
        self.forget(stream);
        let held = book.weight();
        let too_much = |cache: &Self| cache.held.saturating_add(held) > cache.room_for_bytes;
        while self.books.len() >= self.room || (too_much(self) && !self.books.is_empty()) {
            self.make_room();
        }
        self.held = self.held.saturating_add(held);
        let used = self.uses;
        self.books.insert(stream, Remembered { used, held, book });
    }

    /// Remembers the streams of events.
    pub(super) fn put_events(&mut self, events: impl IntoIterator<Item = (EventId, StreamId)>) {
        if self.young.len() >= self.generation {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.extend(events);
    }

    /// Hands a stream out to grow: whoever has it alone changes it without a copy. It comes back with
    /// [`put`](Self::put), or is read anew when it is asked for.
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
        self.young.clear();
        self.old.clear();
    }

    /// Drops the less recently used half, so that its cost is spread over many uses.
    fn make_room(&mut self) {
        let mut uses: Vec<u64> = self.books.values().map(|one| one.used).collect();
        uses.sort_unstable();
        let median = uses.get(uses.len() / 2).copied().unwrap_or(u64::MAX);
        let held = &mut self.held;
        self.books.retain(|_, one| {
            let stays = one.used > median;
            if !stays {
                *held = held.saturating_sub(one.held);
            }
            stays
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deal::event::{Batch, Event, Payload};
    use crate::deal::value::ids::{Actor, CommandId, KnownBy};
    use crate::deal::value::sources::Sources;
    use crate::deal::value::when::When;
    use chrono::DateTime;
    use uuid::Uuid;

    fn noted(of: u128, n: u64) -> Event {
        let at = DateTime::UNIX_EPOCH;
        Event {
            seq: n,
            stream: stream(of),
            version: n,
            id: EventId::new(Uuid::from_u128(n.into())),
            on: When::day(at.date_naive()),
            recorded_at: at,
            day: at.date_naive(),
            actor: Actor {
                id: "u:1".parse().unwrap(),
                known_by: KnownBy::Token,
            },
            batch: Batch { first: n, count: 1 },
            command: CommandId::from(Uuid::from_u128(1)),
            sources: Sources::none(),
            payload: Payload::decode("noted", 1, r#"{"words":"x"}"#).unwrap(),
        }
    }

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
        let book = |n, facts| {
            let mut book = Book::new(stream(n));
            for fact in 0..facts {
                book.evolve(&noted(n, fact));
            }
            Arc::new(book)
        };
        let (one, three) = (book(0, 1).weight(), book(0, 3).weight());
        assert!(0 < one && one < three);
        let mut cache = BookCache::new(1_000);
        cache.limit(three * 7 / 2);
        for n in 0..50 {
            cache.put(stream(n), book(n, 3));
            assert!(cache.get(stream(n)).is_some());
            assert!(cache.held <= three * 7 / 2 && cache.books.len() <= 3, "{n}");
        }
        // One that has grown counts as what it is now, and one alone stays however long it is.
        let grown = cache.take(stream(49)).unwrap();
        let large = book(49, 50);
        cache.put(stream(49), Arc::clone(&large));
        assert_eq!((cache.held, cache.books.len()), (large.weight(), 1));
        drop(grown);
        cache.put(stream(1), book(1, 1));
        assert_eq!((cache.held, cache.books.len()), (one, 1));
        cache.clear();
        assert_eq!(cache.held, 0);
    }

    #[test]
    fn the_events_told_of_last_are_known_and_no_more_than_there_is_room_for() {
        const EVENTS: usize = 100;
        let mut cache = BookCache::new(1);
        cache.limit(EVENTS as u64 * BYTES_AN_EVENT);
        let event = |n: usize| EventId::new(Uuid::from_u128(n as u128));
        for n in 0..EVENTS * 3 {
            cache.put_events([(event(n), stream(n as u128))]);
            assert_eq!(cache.stream_of(event(n)), Some(stream(n as u128)));
        }
        assert_eq!(cache.stream_of(event(0)), None);
        let known = (0..EVENTS * 3).filter(|n| cache.stream_of(event(*n)).is_some());
        assert!((EVENTS..=EVENTS * 2).contains(&known.count()));
        cache.clear();
        assert_eq!(cache.stream_of(event(EVENTS * 3 - 1)), None);
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
