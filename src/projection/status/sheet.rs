//! The events of one book as they are packed, each read when somebody looks at its fact.
//!
//! Whoever asks for a book looks at a few of its facts: a decision at those of the kinds its rules speak of, a report at what it
//! tells. To unfold the others costs more than all the rest of an answer.

use std::sync::Arc;

use super::log::{Log, Piece, Place};
use super::unpacked::{self, Desk};
use super::words::Words;
use crate::deal::event::{Event, Kind, Role};
use crate::deal::state::facts::Unread;
use crate::deal::state::places::Begun;
use crate::deal::state::{Book, Fact};
use crate::deal::value::ids::{ActorId, EventId, StreamId};

/// Most packed events are longer.
const EVENT: usize = 128;

/// Packed events of a stream with all that reading them takes, so that they can be read after the log has gone. What does not
/// change is shared with the log.
struct Sheet {
    stream: StreamId,
    pieces: Vec<Piece>,
    tail: Vec<u8>,
    roots: Vec<Root>,
    actors: Vec<ActorId>,
}

/// The event that begins a fact: where it stands, its kind, and which of the actors recorded it.
#[derive(Clone, Copy)]
struct Root {
    part: u32,
    start: u32,
    end: u32,
    actor: u32,
    kind: Kind,
}

/// An event that has to be unpacked for the fold: it amends a fact, or cannot be placed.
struct Whole<'a> {
    packed: &'a [u8],
    /// How many facts had begun before it.
    behind: usize,
    version: u64,
}

/// What an event is at first sight.
enum Seen {
    /// It begins a fact.
    Root(Root),
    /// It has to be unpacked.
    Whole,
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

    /// What an event is; nothing when it cannot be told.
    fn see(&mut self, place: &Place<'_>, words: &Words, numbers: &mut Vec<u64>) -> Option<Seen> {
        let sight = unpacked::sight(place.packed)?;
        // What was read when it was packed is read again.
        let kind = words.kind(sight.kind).filter(|_| sight.reads);
        let Some(kind) = kind.filter(|kind| kind.role() != Role::Amendment) else {
            return Some(Seen::Whole);
        };
        Some(Seen::Root(Root {
            part: u32::try_from(place.part).ok()?,
            start: u32::try_from(place.start).ok()?,
            end: u32::try_from(place.start.checked_add(place.packed.len())?).ok()?,
            actor: self.actor(sight.actor, words, numbers)?,
            kind,
        }))
    }

    fn packed(&self, root: &Root) -> Option<&[u8]> {
        let part = self.pieces.get(root.part as usize).map(Piece::bytes);
        let part = part.unwrap_or(&self.tail);
        part.get(root.start as usize..root.end as usize)
    }

    fn event(&self, number: usize) -> Option<Event> {
        let root = self.roots.get(number)?;
        let actor = self.actors.get(root.actor as usize)?.clone();
        let named = |_, _, _: &mut Desk| Some((root.kind.as_str(), actor));
        let packed = self.packed(root)?;
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

impl Begun for Sheet {
    fn events(&self) -> Vec<EventId> {
        let ids = self.roots.iter();
        let ids = ids.map(|root| self.packed(root).and_then(unpacked::id_of));
        // PANIC: as in `read`: every packed event has its id.
        ids.map(|id| id.expect("a packed event has an id"))
            .collect()
    }
}

impl Log {
    /// The facts of the stream as they were known at a position.
    #[must_use]
    pub(super) fn book(&self, end: u64, words: &Words) -> Book {
        self.unread(end, words)
            .unwrap_or_else(|| self.read(end, words))
    }

    /// The book of which no fact is read that no amendment speaks of; nothing when an event does not tell what it is.
    fn unread(&self, end: u64, words: &Words) -> Option<Book> {
        let mut sheet = Sheet {
            stream: self.stream,
            pieces: self.pieces().to_vec(),
            tail: self.tail().to_vec(),
            roots: Vec::with_capacity(self.len() / EVENT),
            actors: Vec::new(),
        };
        let (mut others, mut numbers) = (Vec::new(), Vec::new());
        for (version, place) in (0..).zip(self.placed(end)) {
            match sheet.see(&place, words, &mut numbers)? {
                Seen::Root(root) => sheet.roots.push(root),
                Seen::Whole => others.push(Whole {
                    packed: place.packed,
                    behind: sheet.roots.len(),
                    version,
                }),
            }
        }
        let (sheet, mut desk) = (Arc::new(sheet), Desk::default());
        let kinds = sheet.roots.iter().map(|root| root.kind);
        let mut book = Book::unread(self.stream, kinds, &sheet);
        for other in others {
            book.begin(other.behind);
            book.take(self.unpacked(other.packed, other.version, words, &mut desk));
        }
        book.begin(sheet.roots.len());
        Some(book)
    }

    /// The book with every fact read.
    fn read(&self, end: u64, words: &Words) -> Book {
        let mut book = Book::new(self.stream);
        self.events(end, words).for_each(|event| book.take(event));
        book
    }
}

#[cfg(test)]
mod tests {
    use super::super::packed::Packed;
    use super::*;
    use crate::deal::event::{Batch, Payload};
    use crate::deal::value::ids::{Actor, CommandId, KnownBy};
    use crate::deal::value::sources::Sources;
    use crate::deal::value::when::When;
    use chrono::DateTime;
    use uuid::Uuid;

    fn event(seq: u64) -> Event {
        let at = DateTime::UNIX_EPOCH;
        let of = u128::from(seq);
        // Every seventh withdraws the one before it.
        let (kind, data) = match seq % 7 {
            6 => {
                let fact = Uuid::from_u128(of - 1);
                (
                    "fact_retracted",
                    format!(r#"{{"fact":"{fact}","reason":"a mistake"}}"#),
                )
            }
            _ => (
                "noted",
                format!(r#"{{"words":"{seq} {}"}}"#, "qx zk ".repeat(30) + "j"),
            ),
        };
        Event {
            seq,
            stream: StreamId::Ledger,
            version: seq,
            id: EventId::new(Uuid::from_u128(of)),
            on: When::day(at.date_naive()),
            recorded_at: at,
            day: at.date_naive(),
            actor: Actor {
                id: format!("u:{}", seq % 3).parse().unwrap(),
                known_by: KnownBy::Token,
            },
            batch: Batch {
                first: seq,
                count: 1,
            },
            command: CommandId::from(Uuid::from_u128(of)),
            sources: Sources::none(),
            payload: Payload::decode(kind, 1, &data).unwrap(),
        }
    }

    #[test]
    fn a_long_log_has_pieces_and_its_books_are_those_of_its_events_before_any_position() {
        let events: Vec<Event> = (0..125).map(event).collect();
        let (mut log, mut words) = (Log::new(StreamId::Ledger, 0), Words::default());
        for event in &events {
            let packed = Packed::of([event]);
            log.push(
                event,
                packed.iter().next().unwrap(),
                &mut words,
                &mut Vec::new(),
            );
        }
        assert!(log.pieces().len() >= 2 && !log.tail().is_empty());
        for end in 0..=125 {
            let book = log.book(end, &words);
            let before = events.iter().take(usize::try_from(end).unwrap());
            assert_eq!(book, Book::fold(StreamId::Ledger, before), "{end}");
            assert!(book.anomalies.is_empty());
        }
    }
}
