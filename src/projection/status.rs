//! The books of all streams, and the look-ups by which people and other read models find them.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Projection;
use super::digest::StateDigest;
use crate::deal::event::{Event, Payload};
use crate::deal::state::{Anomaly, Book, Fact};
use crate::deal::value::ids::{EventId, Ref, StreamId, StreamKind};

/// Every stream's facts, found by stream, reference, event or position.
///
/// Books are shared: a copy of the status costs one pointer a stream, and later events copy only the
/// books they change.
#[derive(Debug, Clone, Default)]
pub struct Status {
    books: BTreeMap<StreamId, Arc<Book>>,
    refs: BTreeMap<Ref, StreamId>,
    streams: BTreeMap<EventId, StreamId>,
    order: Vec<EventId>,
    position: u64,
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
    /// The book of a stream, if any event of it was recorded.
    #[must_use]
    pub fn book(&self, stream: StreamId) -> Option<&Book> {
        self.books.get(&stream).map(Arc::as_ref)
    }

    /// The book of a stream, to be kept beyond the next event.
    #[must_use]
    pub fn shared_book(&self, stream: StreamId) -> Option<Arc<Book>> {
        self.books.get(&stream).cloned()
    }

    /// All books by stream: agreements, packages, occasions, organisations, the ledger's own.
    pub fn books(&self) -> impl Iterator<Item = &Book> {
        self.books.values().map(Arc::as_ref)
    }

    /// The books of one kind of stream whose registration stands.
    pub fn registered(&self, kind: StreamKind) -> impl Iterator<Item = &Book> {
        self.of_kind(kind).filter(|book| book.is_registered())
    }

    /// The books of one kind of stream, withdrawn ones included.
    pub fn of_kind(&self, kind: StreamKind) -> impl Iterator<Item = &Book> {
        self.books().filter(move |book| book.id.kind() == kind)
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
        self.refs.get(reference).copied()
    }

    /// All references ever given, with the stream that holds each.
    pub fn refs(&self) -> impl Iterator<Item = (&Ref, StreamId)> {
        self.refs
            .iter()
            .map(|(reference, stream)| (reference, *stream))
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
            .refs
            .keys()
            .filter_map(|reference| {
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
        self.streams.get(&event).copied()
    }

    /// The event at a position, counted from 0.
    #[must_use]
    pub fn event_at(&self, seq: u64) -> Option<EventId> {
        let index = usize::try_from(seq).ok()?;
        self.order.get(index).copied()
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
        self.books()
            .flat_map(|book| book.anomalies.iter().map(|anomaly| (book.id, anomaly)))
    }

    /// Whether any event could not be placed.
    #[must_use]
    pub fn is_incomplete(&self) -> bool {
        self.books().any(Book::is_incomplete)
    }

    fn learn_ref(&mut self, stream: StreamId, payload: &Payload) {
        let reference = match payload {
            Payload::AgreementRegistered(data) => &data.reference,
            Payload::PackageRegistered(data) => &data.reference,
            Payload::OccasionRegistered(data) => &data.reference,
            Payload::OrganizationRegistered(data) => &data.reference,
            _ => return,
        };
        // The first holder keeps it: references are unique, and for ever.
        self.refs.entry(reference.clone()).or_insert(stream);
    }
}

impl Projection for Status {
    fn name(&self) -> &'static str {
        "status"
    }

    fn version(&self) -> u32 {
        1
    }

    fn apply(&mut self, event: &Event) {
        self.position = self.position.saturating_add(1);
        self.order.push(event.id);
        self.streams.insert(event.id, event.stream);
        let entry = self
            .books
            .entry(event.stream)
            .or_insert_with(|| Arc::new(Book::new(event.stream)));
        let book = Arc::make_mut(entry);
        book.evolve(event);
        // A correction of a registration may bring a new reference; only a correction the book took in counts.
        let stated = book
            .fact(event.id)
            .map(|fact| fact.current())
            .filter(|version| version.recording.event == event.id)
            .map(|version| version.payload.clone());
        if let Some(payload) = stated {
            self.learn_ref(event.stream, &payload);
        }
    }

    fn position(&self) -> u64 {
        self.position
    }

    fn digest(&self) -> [u8; 32] {
        let mut digest = StateDigest::of(self.name(), self.version());
        digest.number(self.position);
        digest.count(self.order.len());
        for event in &self.order {
            digest.text(event.uuid().as_bytes());
        }
        digest.count(self.streams.len());
        for (event, stream) in &self.streams {
            digest.text(event.uuid().as_bytes());
            digest.text(stream.to_string());
        }
        digest.count(self.refs.len());
        for (reference, stream) in &self.refs {
            digest.text(reference.as_str());
            digest.text(stream.to_string());
        }
        digest.count(self.books.len());
        for book in self.books() {
            digest.book(book);
        }
        digest.finish()
    }
}
