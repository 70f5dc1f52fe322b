//! Books that were asked for lately, kept from one reading to the next: what lists name once they mostly name again.
//!
//! A book is a function of its events. It is kept with the last one of them, by which the same book is known again, whatever
//! copy of the read models asks and however much of the stream it knows.

use std::collections::BTreeMap;
use std::mem;
use std::sync::{Arc, Mutex, PoisonError};

use crate::deal::state::Book;
use crate::deal::value::ids::EventId;

/// When so many books were put in, those of before that were not asked for again go.
const MOST: usize = 2_048;

/// The books that all copies of the read models share; bounded.
#[derive(Debug, Clone, Default)]
pub(super) struct Stock(Arc<Mutex<Shelves>>);

/// By the number of the stream, with the last event of each.
type Books = BTreeMap<u32, (EventId, Arc<Book>)>;

#[derive(Debug, Default)]
struct Shelves {
    new: Books,
    old: Books,
}

impl Shelves {
    /// Puts a book in; the books that give way to it are to be dropped when others may ask again.
    fn put(&mut self, stream: u32, last: EventId, book: &Arc<Book>) -> Books {
        let mut gone = Books::new();
        if self.new.len() >= MOST {
            gone = mem::replace(&mut self.old, mem::take(&mut self.new));
        }
        self.new.insert(stream, (last, Arc::clone(book)));
        gone
    }

    fn get(&mut self, stream: u32, last: EventId) -> Option<Arc<Book>> {
        let same = |(of, _): &&(EventId, Arc<Book>)| *of == last;
        if let Some((_, book)) = self.new.get(&stream).filter(same) {
            return Some(Arc::clone(book));
        }
        let (_, book) = self.old.remove(&stream).filter(|one| same(&one))?;
        // One that is asked for again is new again, whatever room there is: what was old is bounded, too.
        self.new.insert(stream, (last, Arc::clone(&book)));
        Some(book)
    }
}

impl Stock {
    /// The book of a stream up to its event `last`; `unfold` makes it when it is not kept.
    pub(super) fn book(
        &self,
        stream: usize,
        last: EventId,
        unfold: impl FnOnce() -> Book,
    ) -> Arc<Book> {
        let Ok(stream) = u32::try_from(stream) else {
            return Arc::new(unfold());
        };
        let shelves = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(book) = shelves().get(stream, last) {
            return book;
        }
        // Others go on asking meanwhile; two who ask for the same book at once both make it.
        let book = Arc::new(unfold());
        let gone = shelves().put(stream, last, &book);
        drop(gone);
        book
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deal::value::ids::StreamId;
    use uuid::Uuid;

    fn event(n: u128) -> EventId {
        EventId::new(Uuid::from_u128(n))
    }

    fn empty() -> Book {
        Book::with_room(StreamId::Ledger, 0)
    }

    #[test]
    fn a_book_is_kept_with_its_last_event() {
        let stock = Stock::default();
        let first = stock.book(7, event(1), empty);
        assert!(Arc::ptr_eq(
            &first,
            &stock.book(7, event(1), || panic!("it is kept"))
        ));
        let longer = stock.book(7, event(2), empty);
        assert!(!Arc::ptr_eq(&first, &longer));
        // The shorter one gave way; whoever asks for it gets it all the same.
        assert!(!Arc::ptr_eq(&longer, &stock.book(7, event(1), empty)));
    }

    #[test]
    fn what_is_asked_for_again_stays_and_the_rest_is_bounded() {
        let stock = Stock::default();
        let kept = stock.book(0, event(0), empty);
        for n in 1..MOST * 5 {
            stock.book(n, event(n as u128), empty);
            if n % (MOST / 2) == 0 {
                assert!(Arc::ptr_eq(&kept, &stock.book(0, event(0), empty)));
            }
        }
        let shelves = stock.0.lock().unwrap();
        assert!(shelves.new.len() + shelves.old.len() <= MOST * 3);
        assert!(!shelves.old.contains_key(&1));
    }
}
