//! The events of one book as they are packed, each read when somebody looks at its fact.
//!
//! Whoever asks for a book looks at a few of its facts: a decision at those of the kinds its rules speak of, a report at what it
//! tells. To unfold the others costs more than all the rest of an answer.

use std::sync::Arc;

use super::log::Log;
use super::unpacked::{self, Desk};
use super::words::Words;
use crate::deal::event::{Event, Kind, Role};
use crate::deal::state::facts::Unread;
use crate::deal::state::{Book, Fact};
use crate::deal::value::ids::{ActorId, EventId, StreamId};

/// Most packed events are longer.
const EVENT: usize = 128;

/// Packed events of a stream with all that reading them takes, so that they can be read after the log has gone.
struct Sheet {
    stream: StreamId,
    bytes: Vec<u8>,
    roots: Vec<Root>,
    actors: Vec<ActorId>,
}

/// The event that begins a fact: where it stands, its id and kind, and which of the actors recorded it.
#[derive(Clone, Copy)]
struct Root {
    start: u32,
    end: u32,
    actor: u32,
    kind: Kind,
    id: EventId,
}

/// An event that has to be unpacked for the fold: it amends a fact, or cannot be placed.
struct Whole<'a> {
    packed: &'a [u8],
    /// How many facts had begun before it.
    behind: usize,
    version: u64,
}

impl Sheet {
    /// The number that an actor has here, by the number of the word; `numbers` are those of the actors so far.
    fn actor(&mut self, number: u64, words: &Words, numbers: &mut Vec<u64>) -> Option<u32> {
        let known = numbers.iter().position(|known| *known == number);
        let at = match known {
            Some(at) => at,
            None => {
                let actor = ActorId::try_from(words.get(number)?).ok()?;
                self.actors.push(actor);
                numbers.push(number);
                numbers.len().checked_sub(1)?
            }
        };
        u32::try_from(at).ok()
    }

    /// Adds the event that begins the next fact, if it does.
    fn begins(&mut self, packed: &[u8], words: &Words, numbers: &mut Vec<u64>) -> Option<()> {
        let glance = unpacked::glance(packed)?;
        // What was read when it was packed is read again.
        let kind = words.kind(glance.kind).filter(|_| glance.reads)?;
        if kind.role() == Role::Amendment {
            return None;
        }
        let actor = self.actor(glance.actor, words, numbers)?;
        let start = u32::try_from(self.bytes.len()).ok()?;
        let end = start.checked_add(u32::try_from(packed.len()).ok()?)?;
        self.bytes.extend_from_slice(packed);
        self.roots.push(Root {
            start,
            end,
            actor,
            kind,
            id: glance.id,
        });
        Some(())
    }

    fn event(&self, number: usize) -> Option<Event> {
        let root = self.roots.get(number)?;
        let packed = self.bytes.get(root.start as usize..root.end as usize)?;
        let actor = self.actors.get(root.actor as usize)?.clone();
        let named = |_, _, _: &mut Desk| Some((root.kind.as_str(), actor));
        unpacked::unpack_named(packed, (self.stream, 0), named, &mut Desk::default())
    }
}

impl Unread<Fact> for Sheet {
    fn read(&self, number: usize) -> Fact {
        let event = self.event(number);
        // PANIC: a book asks for the facts it was told of, each of which has its root here; and what is packed unpacks.
        Fact::new(event.expect("a packed event unpacks"))
    }
}

impl Log {
    /// The facts of the stream as they were known at a position.
    #[must_use]
    pub(super) fn book(&self, end: u64, words: &Words) -> Book {
        let (sheet, others) = self.sheet(end, words);
        let sheet = Arc::new(sheet);
        let mut book = Book::unread(self.stream, sheet.roots.len(), Arc::clone(&sheet) as _);
        let mut roots = sheet.roots.iter();
        let mut desk = Desk::default();
        let mut begun = 0;
        for Whole {
            packed,
            behind,
            version,
        } in others
        {
            let until = behind.saturating_sub(begun);
            begun = behind;
            roots
                .by_ref()
                .take(until)
                .for_each(|root| book.take_unread(root.id, root.kind));
            book.take(self.unpacked(packed, version, words, &mut desk));
        }
        roots.for_each(|root| book.take_unread(root.id, root.kind));
        book
    }

    /// The events that begin facts, and the others.
    fn sheet(&self, end: u64, words: &Words) -> (Sheet, Vec<Whole<'_>>) {
        let mut sheet = Sheet {
            stream: self.stream,
            bytes: Vec::with_capacity(self.len()),
            roots: Vec::with_capacity(self.len() / EVENT),
            actors: Vec::new(),
        };
        let (mut numbers, mut others) = (Vec::new(), Vec::new());
        for (version, packed) in (0..).zip(self.before(end)) {
            if sheet.begins(packed, words, &mut numbers).is_none() {
                others.push(Whole {
                    packed,
                    behind: sheet.roots.len(),
                    version,
                });
            }
        }
        (sheet, others)
    }
}
