//! A bounded memory of folded streams: the least recently used make room.

use std::collections::HashMap;
use std::sync::Arc;

use crate::deal::state::Book;
use crate::deal::value::ids::{EventId, StreamId};

/// Folded streams by id, and the stream of each of their events. The maps are only ever looked up; what makes room is
/// chosen by use, not by their order.
pub(super) struct BookCache {
    room: usize,
    uses: u64,
    books: HashMap<StreamId, (u64, Arc<Book>)>,
    events: HashMap<EventId, StreamId>,
}

impl BookCache {
    /// A memory for so many streams, at least one.
    pub(super) fn new(room: usize) -> Self {
        Self {
            room: room.max(1),
            uses: 0,
            books: HashMap::new(),
            events: HashMap::new(),
        }
    }

    pub(super) fn get(&mut self, stream: StreamId) -> Option<Arc<Book>> {
        self.uses = self.uses.saturating_add(1);
        let (used, book) = self.books.get_mut(&stream)?;
        *used = self.uses;
        Some(Arc::clone(book))
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
        if self.books.len() >= self.room && !self.books.contains_key(&stream) {
            self.make_room();
        }
        self.books.insert(stream, (self.uses, book));
    }

    /// Remembers the stream of an event.
    pub(super) fn put_event(&mut self, event: EventId, stream: StreamId) {
        self.events.insert(event, stream);
    }

    /// Hands a stream out to grow: whoever has it alone changes it without a copy. It comes back with
    /// [`put_grown`](Self::put_grown), or is read anew when it is asked for.
    pub(super) fn take(&mut self, stream: StreamId) -> Option<Arc<Book>> {
        self.books.remove(&stream).map(|(_, book)| book)
    }

    pub(super) fn clear(&mut self) {
        self.books.clear();
        self.events.clear();
    }

    /// Drops the less recently used half, so that its cost is spread over many uses.
    fn make_room(&mut self) {
        let mut uses: Vec<u64> = self.books.values().map(|(used, _)| *used).collect();
        uses.sort_unstable();
        let median = uses.get(uses.len() / 2).copied().unwrap_or(u64::MAX);
        let events = &mut self.events;
        self.books.retain(|_, (used, book)| {
            let stays = *used > median;
            if !stays {
                for event in book.events() {
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
    fn a_memory_for_one_still_works() {
        let mut cache = BookCache::new(0);
        for n in 0..3 {
            cache.put(stream(n), Arc::new(Book::new(stream(n))));
            assert!(cache.get(stream(n)).is_some());
            assert_eq!(cache.books.len(), 1);
        }
    }
}
