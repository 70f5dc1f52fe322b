//! A bounded memory of folded streams: the least recently used make room.

use std::collections::HashMap;
use std::sync::Arc;

use crate::deal::state::Book;
use crate::deal::value::ids::StreamId;

/// Folded streams by id. The map is only ever looked up; what makes room is chosen by use, not by its order.
pub(super) struct BookCache {
    room: usize,
    uses: u64,
    books: HashMap<StreamId, (u64, Arc<Book>)>,
}

impl BookCache {
    /// A memory for so many streams, at least one.
    pub(super) fn new(room: usize) -> Self {
        Self {
            room: room.max(1),
            uses: 0,
            books: HashMap::new(),
        }
    }

    pub(super) fn get(&mut self, stream: StreamId) -> Option<Arc<Book>> {
        self.uses = self.uses.saturating_add(1);
        let (used, book) = self.books.get_mut(&stream)?;
        *used = self.uses;
        Some(Arc::clone(book))
    }

    pub(super) fn put(&mut self, stream: StreamId, book: Arc<Book>) {
        self.uses = self.uses.saturating_add(1);
        if self.books.len() >= self.room && !self.books.contains_key(&stream) {
            self.make_room();
        }
        self.books.insert(stream, (self.uses, book));
    }

    pub(super) fn clear(&mut self) {
        self.books.clear();
    }

    /// Drops the less recently used half, so that its cost is spread over many uses.
    fn make_room(&mut self) {
        let mut uses: Vec<u64> = self.books.values().map(|(used, _)| *used).collect();
        uses.sort_unstable();
        let median = uses.get(uses.len() / 2).copied().unwrap_or(u64::MAX);
        self.books.retain(|_, (used, _)| *used > median);
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
