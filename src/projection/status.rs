//! The books of all streams, and the look-ups by which people and other read models find them.
//!
//! What is kept is every event, packed and by stream; the book of a stream is folded from them when
//! it is asked for. So a million events fit in memory, and "as known at K" is the same packed events, read up to K.

mod brief;
pub mod excerpt;
pub mod glimpse;
mod log;
mod numbered;
mod outline;
pub mod packed;
mod pieces;
mod places;
mod saved;
mod sheet;
mod shelf;
mod single;
mod trie;
mod unpacked;
mod words;

use std::collections::BTreeSet;
use std::sync::Arc;

use self::glimpse::Glimpse;
use self::log::Log;
use self::outline::Outline;
use self::packed::{Body, Corrected, Packed};
use self::places::Places;
use self::shelf::Shelf;
use self::unpacked::Desk;
use self::words::Words;
use super::Projection;
use super::digest::StateDigest;
use super::many;
use super::shared::{Index, List};
use crate::deal::event::{Event, Payload, Role};
use crate::deal::state::{Anomaly, Book, Fact};
use crate::deal::value::ids::{EventId, Ref, StreamId, StreamKind};

/// Every stream's facts, found by stream, reference, event or position, as known at a position.
///
/// A copy costs next to nothing and shares what it was copied from; it unfolds its own books, which go when it goes.
#[derive(Debug, Clone, Default)]
pub struct Status {
    logs: List<Arc<Log>>,
    words: Words,
    numbers: Index<StreamId, u32>,
    refs: Index<Ref, Held>,
    places: Places,
    order: List<u32>,
    /// Events that could not be placed.
    strays: List<(u64, StreamId)>,
    position: u64,
    shelf: Shelf,
    room: Vec<u8>,
}

/// Who holds a reference, and from which position on.
#[derive(Debug, Clone, Copy)]
struct Held {
    stream: StreamId,
    since: u64,
}

/// A fact and the book it stands in.
#[derive(Debug, Clone, Copy)]
pub struct Found<'a> {
    /// The stream's book.
    pub book: &'a Book,
    /// The fact.
    pub fact: &'a Fact,
    /// The event that was asked for: the fact's root, a correction of it, or another amendment.
    pub event: EventId,
}

impl Status {
    /// The status as it was known at a position: the first so many events.
    #[must_use]
    pub fn until(&self, position: u64) -> Self {
        Self {
            position: position.min(self.position),
            ..self.clone()
        }
    }

    fn log(&self, stream: StreamId) -> Option<(usize, &Log)> {
        let number = *self.numbers.get(&stream)? as usize;
        let log = self.logs.get(number)?;
        (log.first < self.position).then_some((number, log.as_ref()))
    }

    /// The book of a stream, if any event of it was recorded.
    #[must_use]
    pub fn book(&self, stream: StreamId) -> Option<&Book> {
        let (number, log) = self.log(stream)?;
        self.unfolded(number, log)
    }

    /// The same, folded anew and not kept: for whoever takes one book away.
    #[must_use]
    pub fn fold(&self, stream: StreamId) -> Option<Book> {
        let (_, log) = self.log(stream)?;
        Some(log.book(self.position, &self.words))
    }

    fn unfolded(&self, number: usize, log: &Log) -> Option<&Book> {
        let unfold = || log.book(self.position, &self.words);
        self.shelf.book(number, unfold)
    }

    /// All books by stream: agreements, packages, occasions, organisations, the ledger's own.
    pub fn books(&self) -> impl Iterator<Item = &Book> {
        self.known_logs()
            .filter_map(|(number, log)| self.unfolded(number, log))
    }

    /// The streams known, in their own order: what is read from them is written into reports in this one.
    fn known_logs(&self) -> impl Iterator<Item = (usize, &Log)> {
        let in_order = self.shelf.in_order(|| {
            let streams = self.numbers.iter();
            let mut streams: Vec<_> = streams.map(|(stream, number)| (*stream, *number)).collect();
            streams.sort();
            streams.into_iter().map(|(_, number)| number).collect()
        });
        in_order.iter().filter_map(|number| {
            let log = self.logs.get(*number as usize)?;
            (log.first < self.position).then_some((*number as usize, log.as_ref()))
        })
    }

    /// The books of one kind of stream whose registration stands.
    pub fn registered(&self, kind: StreamKind) -> impl Iterator<Item = &Book> {
        self.of_kind(kind).filter(|book| book.is_registered())
    }

    /// The books of one kind of stream, withdrawn ones included.
    pub fn of_kind(&self, kind: StreamKind) -> impl Iterator<Item = &Book> {
        self.known_logs()
            .filter(move |(_, log)| log.stream.kind() == kind)
            .filter_map(|(number, log)| self.unfolded(number, log))
    }

    /// What `draw` says of each book of one kind of stream, in the streams' order: on all cores, and of books that are not
    /// kept. For answers over everything, which would otherwise fill the memory with books that are looked at once.
    pub fn drawn<T: Send>(
        &self,
        kind: StreamKind,
        draw: impl Fn(&Book) -> Option<T> + Sync,
    ) -> Vec<T> {
        let logs: Vec<(usize, &Log)> = self
            .known_logs()
            .filter(|(_, log)| log.stream.kind() == kind)
            .collect();
        many::each(&logs, |(number, log)| match self.shelf.get(*number) {
            Some(book) => draw(book),
            None => draw(&log.book(self.position, &self.words)),
        })
    }

    /// Registered agreements.
    pub fn agreements(&self) -> impl Iterator<Item = &Book> {
        self.registered(StreamKind::Agreement)
    }

    /// Registered packages.
    pub fn packages(&self) -> impl Iterator<Item = &Book> {
        self.registered(StreamKind::Package)
    }

    /// Registered occasions.
    pub fn occasions(&self) -> impl Iterator<Item = &Book> {
        self.registered(StreamKind::Occasion)
    }

    /// Registered organisations.
    pub fn organizations(&self) -> impl Iterator<Item = &Book> {
        self.registered(StreamKind::Organization)
    }

    /// The book of an agreement; `None` for other kinds of stream.
    #[must_use]
    pub fn agreement(&self, stream: StreamId) -> Option<&Book> {
        self.book(stream)
            .filter(|book| book.id.kind() == StreamKind::Agreement)
    }

    /// The stream that holds a reference. A withdrawn registration keeps its reference, and so does
    /// one whose reference was corrected.
    #[must_use]
    pub fn by_ref(&self, reference: &Ref) -> Option<StreamId> {
        let held = self.refs.get(reference)?;
        (held.since < self.position).then_some(held.stream)
    }

    /// All references ever given, with the stream that holds each; in no order that matters.
    pub fn refs(&self) -> impl Iterator<Item = (&Ref, StreamId)> {
        let known = |held: &Held| held.since < self.position;
        self.refs
            .iter()
            .filter(move |(_, held)| known(held))
            .map(|(reference, held)| (reference, held.stream))
    }

    /// At most `most` references that somebody who typed `text` may have meant, the nearest first.
    #[must_use]
    pub fn near_refs(&self, text: &str, most: usize) -> Vec<&Ref> {
        let typed = text.trim().to_uppercase();
        let letters = typed.chars().count();
        if letters == 0 {
            return Vec::new();
        }
        let far = (letters / 3).max(2);
        let mut near: Vec<(usize, &Ref)> = self
            .refs()
            .filter_map(|(reference, _)| {
                let name = reference.as_str();
                let distance = strsim::osa_distance(&typed, name);
                // Part of a reference is a fair guess at it however long the rest is.
                let part = letters >= 2 && name.contains(&typed);
                (part || distance <= far).then_some((distance, reference))
            })
            .collect();
        near.sort_unstable();
        near.truncate(most);
        near.into_iter().map(|(_, reference)| reference).collect()
    }

    /// The stream an event stands in.
    #[must_use]
    pub fn stream_of(&self, event: EventId) -> Option<StreamId> {
        let mut logs = self
            .places
            .of(event)
            .filter_map(|number| self.logs.get(number as usize));
        let log = logs.find(|log| log.has(event, self.position))?;
        Some(log.stream)
    }

    /// The event at a position, counted from 0.
    #[must_use]
    pub fn event_at(&self, seq: u64) -> Option<EventId> {
        if seq >= self.position {
            return None;
        }
        let number = *self.order.get(usize::try_from(seq).ok()?)?;
        self.logs.get(number as usize)?.event_at(seq)
    }

    /// The fact an event belongs to: its root, a correction of it, or another amendment.
    #[must_use]
    pub fn fact(&self, event: EventId) -> Option<Found<'_>> {
        let book = self.book(self.stream_of(event)?)?;
        let fact = book.fact(event)?;
        Some(Found { book, fact, event })
    }

    /// The fact the event at a position belongs to.
    #[must_use]
    pub fn fact_at(&self, seq: u64) -> Option<Found<'_>> {
        self.fact(self.event_at(seq)?)
    }

    /// The position at which a fact was learned: that of its root event or, when it was moved here
    /// from another agreement, that of the fact it continues.
    #[must_use]
    pub fn learned_at(&self, fact: &Fact) -> u64 {
        let mut fact = fact;
        while let Some(continued) = fact.root().payload.continues() {
            match self.fact(continued.fact) {
                // A fact continues an earlier one only, so that no ring of facts holds us here.
                Some(found) if found.fact.seq() < fact.seq() => fact = found.fact,
                _ => break,
            }
        }
        fact.seq()
    }

    /// What could not be placed, by stream: answers from these streams are incomplete.
    pub fn anomalies(&self) -> impl Iterator<Item = (StreamId, &Anomaly)> {
        let strays = self
            .strays
            .iter()
            .take_while(|(seq, _)| *seq < self.position);
        let streams: BTreeSet<StreamId> = strays.map(|(_, stream)| *stream).collect();
        let books = streams.into_iter().filter_map(|stream| self.book(stream));
        books.flat_map(|book| book.anomalies.iter().map(|anomaly| (book.id, anomaly)))
    }

    /// Whether any event could not be placed.
    #[must_use]
    pub fn is_incomplete(&self) -> bool {
        let first = self.strays.get(0);
        first.is_some_and(|(seq, _)| *seq < self.position)
    }

    /// The position of the first event in which two states differ, if they do.
    #[must_use]
    pub fn first_difference(&self, other: &Self) -> Option<u64> {
        let ends = (self.position != other.position).then(|| self.position.min(other.position));
        let streams = self.known_logs().chain(other.known_logs());
        let streams: BTreeSet<StreamId> = streams.map(|(_, log)| log.stream).collect();
        let firsts = streams.into_iter().filter_map(|stream| {
            let (one, two) = (self.events_of(stream), other.events_of(stream));
            let same = one
                .iter()
                .zip(&two)
                .take_while(|(one, two)| one == two)
                .count();
            let seqs = [one.get(same), two.get(same)].into_iter().flatten();
            seqs.map(|event| event.seq).min()
        });
        firsts.chain(ends).min()
    }

    /// The events of a stream, in order.
    #[must_use]
    pub fn events_of(&self, stream: StreamId) -> Vec<Event> {
        let log = self.log(stream).map(|(_, log)| log);
        let events = log.map(|log| log.events(self.position, &self.words));
        events.into_iter().flatten().collect()
    }

    /// What `gather` makes of the events of some kinds in each stream, by the streams' first events; on all cores, and
    /// without unfolding any book.
    pub fn gathered<T: Send>(
        &self,
        wanted: fn(&str) -> bool,
        gather: impl Fn(StreamId, &mut dyn Iterator<Item = Glimpse<'_>>) -> Option<T> + Sync,
    ) -> Vec<T> {
        let numbers = self.words.numbers_of(wanted);
        let is_wanted =
            |packed: &&[u8]| unpacked::kind_of(packed).is_some_and(|kind| numbers.contains(&kind));
        let logs: Vec<&Arc<Log>> = self.logs.iter().collect();
        many::each(&logs, |log| {
            let events = log.before(self.position).filter(is_wanted);
            let mut events = events.map(|packed| Glimpse::of(packed, &self.words));
            gather(log.stream, &mut events)
        })
    }

    /// The events of some kinds from a position on, in order, unpacked one by one.
    pub fn events_since(
        &self,
        position: u64,
        wanted: fn(&str) -> bool,
    ) -> impl Iterator<Item = Event> {
        let numbers = self.words.numbers_of(wanted);
        (position..self.position).filter_map(move |seq| {
            let number = *self.order.get(usize::try_from(seq).ok()?)?;
            let log = self.logs.get(number as usize)?;
            let mut events = (0..).zip(log.before(self.position));
            let (version, packed) = events.find(|(_, one)| unpacked::seq_of(one) == Some(seq))?;
            let kind = unpacked::kind_of(packed)?;
            let wanted = numbers.contains(&kind);
            wanted.then(|| log.unpacked(packed, version, &self.words, &mut Desk::default()))
        })
    }

    fn learn_ref(&mut self, stream: StreamId, seq: u64, reference: Option<&Ref>) {
        if let Some(reference) = reference {
            // The first holder keeps it: references are unique, and for ever.
            self.refs
                .insert(reference.clone(), Held { stream, since: seq });
        }
    }

    /// The number of a stream; a new one gets the next.
    fn number(&mut self, stream: StreamId, seq: u64) -> u32 {
        if let Some(number) = self.numbers.get(&stream) {
            return *number;
        }
        let number = u32::try_from(self.logs.len()).unwrap_or(u32::MAX);
        self.logs.push(Arc::new(Log::new(stream, seq)));
        self.numbers.insert(stream, number);
        self.shelf.reach(self.logs.len());
        number
    }

    /// Amendments are the only events of known kinds that a book may be unable to place, and the only ones that can bring a
    /// reference without being a registration.
    fn amend(&mut self, number: usize, event: &Event, corrected: Option<&Corrected>) {
        let outline = self.logs.get(number).map(|log| {
            let stray = |seq| {
                let before = self.strays.partition_point(|(other, _)| *other < seq);
                self.strays
                    .get(before)
                    .is_some_and(|(other, _)| *other == seq)
            };
            Outline::of(log, &self.words, stray)
        });
        if !outline.is_some_and(|outline| outline.takes(event, corrected)) {
            return self.strays.push((event.seq, event.stream));
        }
        let reference = corrected.and_then(|corrected| corrected.reference.as_ref());
        self.learn_ref(event.stream, event.seq, reference);
    }

    /// Takes in the next event, whose body was packed ahead.
    pub fn take_in(&mut self, event: &Event, body: Body<'_>) {
        let stream = event.stream;
        let number = self.number(stream, event.seq);
        let index = number as usize;
        match &event.payload {
            Payload::Unknown(_) => self.strays.push((event.seq, stream)),
            payload
                if payload
                    .kind()
                    .is_some_and(|kind| kind.role() == Role::Amendment) =>
            {
                self.amend(index, event, body.corrected);
            }
            payload => self.learn_ref(stream, event.seq, payload.reference()),
        }
        self.shelf.take(index);
        self.places.insert(event.id, number);
        self.order.push(number);
        if let Some(log) = self.logs.get_mut(index) {
            Arc::make_mut(log).push(event, body, &mut self.words, &mut self.room);
        }
        self.position = self.position.saturating_add(1);
    }
}

impl Projection for Status {
    fn name(&self) -> &'static str {
        "status"
    }

    fn version(&self) -> u32 {
        3
    }

    fn apply(&mut self, event: &Event) {
        if let Some(body) = Packed::of([event]).iter().next() {
            self.take_in(event, body);
        }
    }

    fn position(&self) -> u64 {
        self.position
    }

    fn digest(&self) -> [u8; 32] {
        let mut digest = StateDigest::of(self.name(), self.version());
        digest.number(self.position);
        for (_, log) in self.known_logs() {
            digest.text(log.stream.to_string());
            for packed in log.before(self.position) {
                digest.text(packed);
            }
        }
        for word in self.words.before(self.position) {
            digest.text(word);
        }
        let mut refs: Vec<_> = self.refs().collect();
        refs.sort_unstable();
        digest.count(refs.len());
        for (reference, stream) in refs {
            digest.text(reference.as_str());
            digest.text(stream.to_string());
        }
        digest.finish()
    }
}
