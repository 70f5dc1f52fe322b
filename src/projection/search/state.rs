//! Every thing by the words it is found by: what is kept of each, and the index over all of them.

use super::index::{Index, Memory};
use super::known::{Change, Known};
use super::packing::{Numbers, pack, unpack};
use super::places::{Place, Places};
use super::said::Field;
use super::shown::Shown;
use super::telling::Wording;
use crate::deal::value::ids::{EventId, StreamId};
use crate::projection::digest::StateDigest;
use crate::projection::shared;

/// The things and the index. A copy shares everything, and a change copies only the pieces it touches.
#[derive(Debug, Clone, Default)]
pub(super) struct State {
    /// The words, and where each stands.
    pub(super) index: Index,
    /// Every thing as questions see it, by its number: those with something kept, and those that are named.
    pub(super) shown: shared::List<Shown>,
    /// What is kept of each, packed.
    kept: shared::List<Box<[u8]>>,
    numbers: shared::Index<StreamId, u32>,
}

impl State {
    /// The state of many things at once.
    pub(super) fn of(things: Vec<(StreamId, Known<Wording>)>) -> Self {
        let mut state = Self::default();
        let mut memory = Memory::large();
        // All of them have their numbers before any is named by another, so that places come in order.
        for (stream, _) in &things {
            state.number(*stream);
        }
        for (stream, known) in things {
            let number = state.number(stream);
            let known = known.map(|said| state.numbered(&said, &mut memory));
            state.replace(number, &Known::default(), &known);
        }
        state
    }

    /// Whether an event is a version of something kept of a thing.
    pub(super) fn has(&self, stream: StreamId, event: EventId) -> bool {
        let number = self.numbers.get(&stream);
        number.is_some_and(|number| self.known(*number).has(event))
    }

    /// Takes in what an event does to a thing.
    pub(super) fn take(&mut self, stream: StreamId, event: EventId, change: Change<Wording>) {
        let number = self.number(stream);
        let change = change.map(|said| self.numbered(&said, &mut Memory::none()));
        let before = self.known(number);
        let mut after = before.clone();
        after.take(event, change);
        self.replace(number, &before, &after);
    }

    fn known(&self, number: u32) -> Known<Numbers> {
        let packed = self.kept.get(number as usize);
        packed.map_or_else(Known::default, |packed| unpack(packed))
    }

    /// The number of a thing; a new one gets the next.
    fn number(&mut self, stream: StreamId) -> u32 {
        if let Some(number) = self.numbers.get(&stream) {
            return *number;
        }
        let number = u32::try_from(self.shown.len()).unwrap_or(u32::MAX);
        self.shown.push(Shown::new(stream));
        self.kept.push(Box::default());
        self.index.reach();
        self.numbers.insert(stream, number);
        number
    }

    fn numbered(&mut self, said: &Wording, memory: &mut Memory) -> Numbers {
        let words = said.words().map(|word| self.index.intern(word, memory));
        let mut words: Vec<u32> = words.collect();
        let mut things: Vec<u32> = said.things.iter().map(|one| self.number(*one)).collect();
        for numbers in [&mut words, &mut things] {
            numbers.sort_unstable();
            numbers.dedup();
        }
        Numbers { words, things }
    }

    /// Keeps of a thing what is known of it now, and brings the index after it.
    fn replace(&mut self, number: u32, before: &Known<Numbers>, after: &Known<Numbers>) {
        let (old, new) = (before.in_force(), after.in_force());
        let nothing = Numbers::default();
        for field in Field::ALL {
            let old = *old.get(&field).unwrap_or(&&nothing);
            let new = *new.get(&field).unwrap_or(&&nothing);
            let place = Place::new(number, field);
            for (word, stands) in differences(&old.words, &new.words) {
                self.index.put_word(word, place, stands);
            }
            for (thing, stands) in differences(&old.things, &new.things) {
                self.index.put_name(thing, place, stands);
            }
        }
        let registration = after.registration();
        let reference = registration.and_then(|fact| fact.told.reference.as_deref());
        let index = number as usize;
        if let Some(shown) = self.shown.get_mut(index) {
            shown.call(reference);
        }
        if let Some(kept) = self.kept.get_mut(index) {
            *kept = pack(after);
        }
    }

    /// Writes the whole state down, in an order that does not depend on how it came about.
    pub(super) fn digest(&self, digest: &mut StateDigest) {
        let streams = self.shown.iter().map(|shown| shown.stream).zip(0..);
        let mut order: Vec<(StreamId, u32)> = streams.collect();
        order.sort_unstable();
        let known: Vec<(StreamId, u32, Known<Numbers>)> = order
            .iter()
            .map(|(stream, number)| (*stream, *number, self.known(*number)))
            .filter(|(_, _, known)| !known.facts.is_empty())
            .collect();
        digest.count(known.len());
        let mut ranks = vec![u32::MAX; self.shown.len()];
        for (rank, (stream, number, known)) in (0..).zip(&known) {
            digest.text(stream.to_string());
            self.digest_known(known, digest);
            if let Some(slot) = ranks.get_mut(*number as usize) {
                *slot = rank;
            }
        }
        let mut entries: Vec<_> = self
            .index
            .all()
            .filter(|entry| !entry.places.is_empty())
            .collect();
        entries.sort_unstable_by(|one, other| one.word.cmp(&other.word));
        digest.count(entries.len());
        for entry in entries {
            digest.text(entry.word.as_bytes());
            digest_places(&entry.places, &ranks, digest);
        }
        let named: Vec<&Places> = self.index.named().collect();
        for (stream, number) in order {
            let places = named.get(number as usize);
            if let Some(places) = places.filter(|places| !places.is_empty()) {
                digest.text(stream.to_string());
                digest_places(places, &ranks, digest);
            }
        }
    }

    fn digest_known(&self, known: &Known<Numbers>, digest: &mut StateDigest) {
        digest.count(known.facts.len());
        for fact in &known.facts {
            digest.text(fact.kind.as_str());
            digest.count(usize::from(fact.stands));
            digest.count(fact.versions.len());
            for version in &fact.versions {
                digest.text(version.uuid().as_bytes());
            }
            digest.text(fact.told.reference.as_deref().unwrap_or_default());
            digest.count(fact.told.fields.len());
            for (field, said) in &fact.told.fields {
                digest.text(field.as_str());
                let words = said.words.iter();
                let words = words.filter_map(|word| self.index.entry(*word));
                let mut words: Vec<&str> = words.map(|entry| entry.word.as_ref()).collect();
                words.sort_unstable();
                digest.count(words.len());
                words.into_iter().for_each(|word| digest.text(word));
                let things = said.things.iter();
                let things = things.filter_map(|thing| self.shown.get(*thing as usize));
                let mut things: Vec<StreamId> = things.map(|shown| shown.stream).collect();
                things.sort_unstable();
                digest.count(things.len());
                things
                    .into_iter()
                    .for_each(|thing| digest.text(thing.to_string()));
            }
        }
    }
}

/// What is in one of two ordered lists alone: taken out of the old one, or new in the new one.
fn differences(old: &[u32], new: &[u32]) -> Vec<(u32, bool)> {
    let gone = old.iter().filter(|one| new.binary_search(one).is_err());
    let come = new.iter().filter(|one| old.binary_search(one).is_err());
    let gone = gone.map(|one| (*one, false));
    gone.chain(come.map(|one| (*one, true))).collect()
}

fn digest_places(places: &Places, ranks: &[u32], digest: &mut StateDigest) {
    let mut all = Vec::new();
    places.each(|place| {
        let rank = ranks.get(place.thing()).copied().unwrap_or(u32::MAX);
        all.push((rank, place.field()));
    });
    all.sort_unstable();
    digest.count(all.len());
    for (rank, field) in all {
        digest.number(u64::from(rank));
        digest.count(field);
    }
}
