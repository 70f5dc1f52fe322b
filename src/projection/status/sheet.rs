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
    fn begins(
        &mut self,
        place: &Place<'_>,
        words: &Words,
        numbers: &mut Vec<u64>,
    ) -> Option<(EventId, Kind)> {
        let glance = unpacked::glance(place.packed)?;
        // What was read when it was packed is read again.
        let kind = words.kind(glance.kind).filter(|_| glance.reads)?;
        if kind.role() == Role::Amendment {
            return None;
        }
        let actor = self.actor(glance.actor, words, numbers)?;
        self.roots.push(Root {
            part: u32::try_from(place.part).ok()?,
            start: u32::try_from(place.start).ok()?,
            end: u32::try_from(place.start.checked_add(place.packed.len())?).ok()?,
            actor,
            kind,
        });
        Some((glance.id, kind))
    }

    fn event(&self, number: usize) -> Option<Event> {
        let root = self.roots.get(number)?;
        let part = self.pieces.get(root.part as usize).map(Piece::bytes);
        let part = part.unwrap_or(&self.tail);
        let packed = part.get(root.start as usize..root.end as usize)?;
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
        let mut sheet = Sheet {
            stream: self.stream,
            pieces: self.pieces().to_vec(),
            tail: self.tail().to_vec(),
            roots: Vec::with_capacity(self.len() / EVENT),
            actors: Vec::new(),
        };
        let (mut begun, mut others) = (Vec::with_capacity(sheet.roots.capacity()), Vec::new());
        let mut numbers = Vec::new();
        for (version, place) in (0..).zip(self.placed(end)) {
            match sheet.begins(&place, words, &mut numbers) {
                Some(root) => begun.push(root),
                None => others.push(Whole {
                    packed: place.packed,
                    behind: begun.len(),
                    version,
                }),
            }
        }
        let mut book = Book::unread(self.stream, begun.len(), Arc::new(sheet));
        let (mut roots, mut desk) = (begun.into_iter(), Desk::default());
        let mut taken = 0;
        for other in others {
            let more = other.behind.saturating_sub(taken);
            taken = other.behind;
            let before = roots.by_ref().take(more);
            before.for_each(|(event, kind)| book.take_unread(event, kind));
            book.take(self.unpacked(other.packed, other.version, words, &mut desk));
        }
        roots.for_each(|(event, kind)| book.take_unread(event, kind));
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
