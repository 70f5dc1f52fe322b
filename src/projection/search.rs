//! Search: things found by their references, and by the words of their names, parties, places and the like.
//!
//! It follows registrations and descriptions alone, with their corrections and retractions, by the same rules as
//! the books. Words are folded, kept once each, and stand in ordered lists of numbers; what a thing is called is
//! not kept here but asked of the books.

pub mod asking;
mod index;
mod letters;
pub mod said;

use std::collections::BTreeMap;
use std::sync::Arc;

use self::asking::{Hits, Thing};
use self::index::{Index, Place};
use self::said::{Field, Saying, describes, saying};
use super::Projection;
use super::digest::StateDigest;
use crate::deal::event::fact_corrected::Correction;
use crate::deal::event::{Event, Kind, Payload, Role};
use crate::deal::value::ids::{EventId, Ref, StreamId, StreamKind};

/// Every thing by the words it is found by.
///
/// A copy shares everything with the original until an event changes what is found.
#[derive(Debug, Clone, Default)]
pub struct Search {
    state: Arc<State>,
    position: u64,
}

#[derive(Debug, Clone, Default)]
struct State {
    index: Index,
    /// Things in the order in which they were first met; their places in the index go by this number.
    things: Vec<Known>,
    /// What a question needs to know of each thing, close together: a question looks at all of them.
    shown: Vec<Shown>,
    numbers: BTreeMap<StreamId, u32>,
}

/// A thing as questions see it.
#[derive(Debug, Clone)]
struct Shown {
    stream: StreamId,
    /// `None` while its registration does not stand.
    reference: Option<Ref>,
}

/// A thing with its registrations and descriptions.
#[derive(Debug, Clone)]
struct Known {
    stream: StreamId,
    facts: Vec<Kept>,
}

/// A registration or description.
#[derive(Debug, Clone)]
struct Kept {
    kind: Kind,
    /// Its root and every correction of it.
    versions: Vec<EventId>,
    stands: bool,
    reference: Option<Ref>,
    /// What the version in force says, field by field.
    said: Vec<KeptField>,
}

/// A field in words by number, and the things it names.
#[derive(Debug, Clone)]
struct KeptField {
    field: Field,
    words: Box<[u32]>,
    things: Box<[StreamId]>,
}

impl Search {
    /// Whether events of a kind can change what is found.
    #[must_use]
    pub fn follows_kind(kind: &str) -> bool {
        let Some(kind) = Kind::of(kind) else {
            return false;
        };
        let amends = [Kind::FactCorrected, Kind::FactRetracted].contains(&kind);
        let registers = kind.role() == Role::Registration;
        let described = [
            Kind::AgreementRegistered,
            Kind::PackageRegistered,
            Kind::OccasionRegistered,
            Kind::OrganizationRegistered,
        ];
        amends
            || registers
            || described
                .into_iter()
                .any(|one| describes(one) == Some(kind))
    }

    /// What the events of these kinds among the first `position` events add up to, in order.
    #[must_use]
    pub fn fold(events: impl Iterator<Item = Event>, position: u64) -> Self {
        let mut search = Self::default();
        for event in events {
            search.apply(&event);
        }
        Self { position, ..search }
    }

    /// The things that say all words of a question, or whose reference it is or begins; the best first, at
    /// most `most` of them.
    #[must_use]
    pub fn ask(&self, question: &str, kind: Option<StreamKind>, most: usize) -> Hits {
        let things = &self.state.shown;
        let thing = |number: usize| {
            let shown = things.get(number)?;
            Some(Thing {
                stream: shown.stream,
                reference: shown.reference.as_ref(),
            })
        };
        asking::ask(&self.state.index, thing, things.len(), question, kind, most)
    }
}

impl Known {
    /// The registration, as long as it stands.
    fn registration(&self) -> Option<&Kept> {
        let mut facts = self.facts.iter();
        let first = facts.find(|fact| fact.kind.role() == Role::Registration)?;
        first.stands.then_some(first)
    }

    /// The fields in force: the registration's, each replaced by the last description that states it.
    fn in_force(&self) -> BTreeMap<Field, &KeptField> {
        let mut fields = BTreeMap::new();
        let Some(registration) = self.registration() else {
            return fields;
        };
        let description = describes(registration.kind);
        let described = self
            .facts
            .iter()
            .filter(|fact| fact.stands && Some(fact.kind) == description);
        for fact in std::iter::once(registration).chain(described) {
            fields.extend(fact.said.iter().map(|said| (said.field, said)));
        }
        fields
    }

    /// The fact in force that has this event among its versions.
    fn version_of(&mut self, event: EventId) -> Option<&mut Kept> {
        let mut facts = self.facts.iter_mut();
        facts.find(|fact| fact.stands && fact.versions.contains(&event))
    }
}

impl State {
    fn number(&mut self, stream: StreamId) -> u32 {
        if let Some(number) = self.numbers.get(&stream) {
            return *number;
        }
        let number = u32::try_from(self.things.len()).unwrap_or(u32::MAX);
        self.things.push(Known {
            stream,
            facts: Vec::new(),
        });
        self.shown.push(Shown {
            stream,
            reference: None,
        });
        self.numbers.insert(stream, number);
        number
    }

    /// Changes what is kept of a thing, and brings the index after it.
    fn change(&mut self, stream: StreamId, change: impl FnOnce(&mut Known, &mut Index)) {
        let number = self.number(stream);
        let index = &mut self.index;
        let place = usize::try_from(number).unwrap_or(usize::MAX);
        let Some(known) = self.things.get_mut(place) else {
            return;
        };
        put(known, number, index, false);
        change(known, index);
        put(known, number, index, true);
        if let Some(shown) = self.shown.get_mut(place) {
            shown.reference = known.registration().and_then(|fact| fact.reference.clone());
        }
    }
}

/// Enters everything a thing says now into the index, or takes it out.
fn put(known: &Known, number: u32, index: &mut Index, stands: bool) {
    for (field, said) in known.in_force() {
        let place = Place::new(number, field);
        for word in &said.words {
            index.put_word(*word, place, stands);
        }
        for thing in &said.things {
            index.put_name(*thing, place, stands);
        }
    }
}

fn kept(saying: &Saying<'_>, index: &mut Index) -> Vec<KeptField> {
    let mut fields = Vec::new();
    let mut number_all = |texts: &[&str]| -> Box<[u32]> {
        let words = texts.iter().flat_map(|text| letters::words(text));
        let mut numbers: Vec<u32> = words.map(|word| index.intern(&word)).collect();
        numbers.sort_unstable();
        numbers.dedup();
        numbers.into_boxed_slice()
    };
    if let Some(reference) = saying.reference {
        fields.push(KeptField {
            field: Field::Reference,
            words: number_all(&[reference.as_str()]),
            things: Box::default(),
        });
    }
    for said in &saying.fields {
        let mut things = said.things.clone();
        things.sort_unstable();
        things.dedup();
        fields.push(KeptField {
            field: said.field,
            words: number_all(&said.texts),
            things: things.into_boxed_slice(),
        });
    }
    fields
}

impl State {
    fn state_fact(&mut self, event: &Event, kind: Kind, saying: &Saying<'_>) {
        self.change(event.stream, |known, index| {
            known.facts.push(Kept {
                kind,
                versions: vec![event.id],
                stands: true,
                reference: saying.reference.cloned(),
                said: kept(saying, index),
            });
        });
    }

    /// A correction counts where the book takes it in: of a fact that stands, in a version of it, of its kind.
    fn correct(&mut self, event: &Event, fact: EventId, now: &Correction) {
        // What cannot be read changes nothing, as in the book.
        let Ok(payload) = Payload::from_map(&now.kind, now.v, now.data.clone()) else {
            return;
        };
        let Some(saying) = saying(&payload) else {
            return;
        };
        self.change(event.stream, |known, index| {
            let Some(fact) = known.version_of(fact) else {
                return;
            };
            if Some(fact.kind) != payload.kind() {
                return;
            }
            fact.versions.push(event.id);
            fact.reference = saying.reference.cloned();
            fact.said = kept(&saying, index);
        });
    }

    fn retract(&mut self, event: &Event, fact: EventId) {
        self.change(event.stream, |known, _| {
            if let Some(fact) = known.version_of(fact) {
                fact.stands = false;
            }
        });
    }

    /// Whether an event is a version of a registration or description: any other fact is not followed, and its
    /// amendments leave a shared state shared.
    fn follows(&self, stream: StreamId, event: EventId) -> bool {
        let number = self.numbers.get(&stream);
        let known = number.and_then(|number| self.things.get(usize::try_from(*number).ok()?));
        let mut facts = known.into_iter().flat_map(|known| &known.facts);
        facts.any(|fact| fact.versions.contains(&event))
    }
}

impl Projection for Search {
    fn name(&self) -> &'static str {
        "search"
    }

    fn version(&self) -> u32 {
        1
    }

    fn apply(&mut self, event: &Event) {
        self.position = self.position.saturating_add(1);
        match &event.payload {
            Payload::FactCorrected(data) => {
                if self.state.follows(event.stream, data.fact) {
                    Arc::make_mut(&mut self.state).correct(event, data.fact, &data.now);
                }
            }
            Payload::FactRetracted(data) => {
                if self.state.follows(event.stream, data.fact) {
                    Arc::make_mut(&mut self.state).retract(event, data.fact);
                }
            }
            payload => {
                if let (Some(kind), Some(saying)) = (payload.kind(), saying(payload)) {
                    Arc::make_mut(&mut self.state).state_fact(event, kind, &saying);
                }
            }
        }
    }

    fn position(&self) -> u64 {
        self.position
    }

    fn digest(&self) -> [u8; 32] {
        let mut digest = StateDigest::of(self.name(), self.version());
        digest.number(self.position);
        digest.count(self.state.things.len());
        for known in &self.state.things {
            digest.text(known.stream.to_string());
            digest.count(known.facts.len());
            for fact in &known.facts {
                self.state.digest_fact(fact, &mut digest);
            }
        }
        let entries: Vec<_> = self.state.index.entries().collect();
        digest.count(entries.len());
        for entry in entries {
            digest.text(entry.word.as_bytes());
            digest_places(&entry.places, &mut digest);
        }
        for (thing, places) in self.state.index.all_named() {
            digest.text(thing.to_string());
            digest_places(places, &mut digest);
        }
        digest.finish()
    }
}

impl State {
    fn digest_fact(&self, fact: &Kept, digest: &mut StateDigest) {
        digest.text(fact.kind.as_str());
        digest.count(usize::from(fact.stands));
        digest.count(fact.versions.len());
        for version in &fact.versions {
            digest.text(version.to_string());
        }
        digest.json(&fact.reference);
        digest.count(fact.said.len());
        for said in &fact.said {
            digest.text(said.field.as_str());
            digest.count(said.words.len());
            for word in &said.words {
                let word = self.index.entry(*word);
                digest.text(word.map_or("", |entry| &entry.word));
            }
            digest.count(said.things.len());
            for thing in &said.things {
                digest.text(thing.to_string());
            }
        }
    }
}

fn digest_places(places: &[Place], digest: &mut StateDigest) {
    digest.count(places.len());
    for place in places {
        digest.number(place.number());
    }
}
