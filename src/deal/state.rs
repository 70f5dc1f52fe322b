//! What the events of one stream add up to: its facts, each with every version it ever had.
//!
//! [`Book::evolve`] is total: any event in any state gives a state. What makes no sense is kept as an
//! [`Anomaly`] and changes nothing else. A book holds no day: "what had happened by day D" is asked
//! of it, so one fold serves every D, and the fold of the first K events is what was known at K.

mod amend;
pub mod facts;
pub mod places;
mod versions;

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};

use self::facts::{Facts, Kinds, Unread};
use self::places::{Begun, Places};
use self::versions::Versions;
use super::event::common::Continued;
use super::event::{Event, Kind, Payload};
use super::value::ids::{Actor, CommandId, EventId, StreamId};
use super::value::source::{EvidenceLevel, Source};
use super::value::sources::Sources;
use super::value::text::Text;
use super::value::when::When;

/// The kinds that make a thing known.
const REGISTRATIONS: Kinds = Kinds::of(&[
    Kind::AgreementRegistered,
    Kind::PackageRegistered,
    Kind::OccasionRegistered,
    Kind::OrganizationRegistered,
]);

/// Where an event stands and who recorded it when.
#[derive(Debug, Clone, PartialEq)]
pub struct Recording {
    /// The event.
    pub event: EventId,
    /// Its position in the ledger.
    pub seq: u64,
    /// When it was recorded.
    pub at: DateTime<Utc>,
    /// The civil day of that moment in the agency's zone.
    pub day: NaiveDate,
    /// Who recorded it.
    pub actor: Actor,
    /// The command that caused it.
    pub command: CommandId,
}

impl Recording {
    fn of(event: &Event) -> Self {
        Self {
            event: event.id,
            seq: event.seq,
            at: event.recorded_at,
            day: event.day,
            actor: event.actor.clone(),
            command: event.command.clone(),
        }
    }
}

/// One version of a fact: as first recorded, or as a correction put it.
#[derive(Debug, Clone, PartialEq)]
pub struct Version {
    /// The event that holds it.
    pub recording: Recording,
    /// When the fact happened.
    pub on: When,
    /// The civil day on which this very `on` was first recorded of this fact.
    pub on_since: NaiveDate,
    /// What the fact says.
    pub payload: Payload,
    /// Where it comes from.
    pub sources: Sources,
    /// Why it replaced the version before; `None` for the first.
    pub reason: Option<Text>,
}

impl Version {
    /// The latest day on which it can have happened: the earlier of the end of its `on` and the day
    /// that `on` was first recorded, since a fact is never in the future.
    #[must_use]
    pub fn latest_day(&self) -> NaiveDate {
        self.on
            .latest()
            .map_or(self.on_since, |latest| latest.min(self.on_since))
    }

    /// The earliest day on which it can have happened; `None` when the start is unknown.
    #[must_use]
    pub fn earliest_day(&self) -> Option<NaiveDate> {
        self.on.earliest()
    }
}

/// A source added to a fact after its recording.
#[derive(Debug, Clone, PartialEq)]
pub struct AddedSource {
    /// The event that added it.
    pub recording: Recording,
    /// The sources.
    pub sources: Sources,
    /// Set when the addition was retracted.
    pub retracted: Option<Box<Retraction>>,
}

/// A second person's confirmation of one version.
#[derive(Debug, Clone, PartialEq)]
pub struct Confirmation {
    /// The event that confirms.
    pub recording: Recording,
    /// The event of the version confirmed.
    pub version: EventId,
    /// What the confirmation rests on.
    pub sources: Sources,
    /// Set when the confirmation was retracted.
    pub retracted: Option<Box<Retraction>>,
}

/// A withdrawal, and why.
#[derive(Debug, Clone, PartialEq)]
pub struct Retraction {
    /// The event that withdraws.
    pub recording: Recording,
    /// Why.
    pub reason: Text,
}

/// One fact with all that was ever recorded of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Fact {
    versions: Versions<Version>,
    /// Sources added later.
    pub added: Vec<AddedSource>,
    /// Confirmations.
    pub confirmations: Vec<Confirmation>,
    /// Set when the fact was retracted; final.
    pub retracted: Option<Box<Retraction>>,
}

impl Fact {
    /// The fact that an event begins.
    #[must_use]
    pub fn new(event: Event) -> Self {
        let recording = Recording::of(&event);
        Self::begun(recording, (event.on, event.payload, event.sources))
    }

    fn begun(recording: Recording, (on, payload, sources): (When, Payload, Sources)) -> Self {
        let on_since = match payload.continues() {
            Some(Continued { since, .. }) => since.min(recording.day),
            None => recording.day,
        };
        Self {
            versions: Versions::First(Version {
                recording,
                on,
                on_since,
                payload,
                sources,
                reason: None,
            }),
            added: Vec::new(),
            confirmations: Vec::new(),
            retracted: None,
        }
    }

    /// The version first recorded.
    #[must_use]
    pub fn root(&self) -> &Version {
        // PANIC: a fact is made with one version and versions are only ever added.
        self.versions().first().expect("a fact has a version")
    }

    /// The version in force.
    #[must_use]
    pub fn current(&self) -> &Version {
        // PANIC: as in `root`.
        self.versions().last().expect("a fact has a version")
    }

    /// Every version, oldest first.
    #[must_use]
    pub fn versions(&self) -> &[Version] {
        self.versions.as_slice()
    }

    fn has_version(&self, event: EventId) -> bool {
        self.versions().iter().any(|v| v.recording.event == event)
    }

    /// The root event's id: the fact's own name.
    #[must_use]
    pub fn id(&self) -> EventId {
        self.root().recording.event
    }

    /// The root event's position.
    #[must_use]
    pub fn seq(&self) -> u64 {
        self.root().recording.seq
    }

    /// What the version in force says.
    #[must_use]
    pub fn payload(&self) -> &Payload {
        &self.current().payload
    }

    /// The milestone it reaches, if any.
    #[must_use]
    pub fn milestone(&self) -> Option<&str> {
        self.payload().milestone()
    }

    /// Whether it still stands, in whatever version.
    #[must_use]
    pub fn is_live(&self) -> bool {
        self.retracted.is_none()
    }

    /// Whether it was ever corrected.
    #[must_use]
    pub fn is_corrected(&self) -> bool {
        self.versions().len() > 1
    }

    /// The sources in force: those of the current version, then those added and not withdrawn.
    pub fn sources(&self) -> impl Iterator<Item = &Source> {
        let added = self.added.iter().filter(|added| added.retracted.is_none());
        self.current()
            .sources
            .iter()
            .chain(added.flat_map(|added| added.sources.iter()))
    }

    /// Whether it rests on any source in force.
    #[must_use]
    pub fn is_sourced(&self) -> bool {
        let mut added = self.added.iter().filter(|added| added.retracted.is_none());
        !self.current().sources.is_empty() || added.any(|added| !added.sources.is_empty())
    }

    /// The highest level among the sources in force.
    #[must_use]
    pub fn evidence(&self) -> EvidenceLevel {
        let added = self.added.iter().filter(|added| added.retracted.is_none());
        added
            .map(|added| added.sources.level())
            .fold(self.current().sources.level(), EvidenceLevel::max)
    }

    /// The confirmation of the version in force, unless it lapsed by a correction or was withdrawn.
    #[must_use]
    pub fn confirmation(&self) -> Option<&Confirmation> {
        let current = self.current().recording.event;
        self.confirmations
            .iter()
            .find(|c| c.version == current && c.retracted.is_none())
    }

    /// Confirmations that lapsed because the version they speak of was corrected.
    pub fn lapsed_confirmations(&self) -> impl Iterator<Item = &Confirmation> {
        let current = self.current().recording.event;
        self.confirmations
            .iter()
            .filter(move |c| c.version != current && c.retracted.is_none())
    }

    /// Whether it is dated, so that a day asked about filters it.
    #[must_use]
    pub fn is_dated(&self) -> bool {
        self.payload().kind().is_some_and(Kind::dated)
    }

    /// Whether it had happened by the end of a day. Facts that are not dated always hold.
    #[must_use]
    pub fn happened_by(&self, day: NaiveDate) -> bool {
        !self.is_dated() || self.current().latest_day() <= day
    }

    /// Whether it may have happened by the end of a day, and may not.
    #[must_use]
    pub fn possible_on(&self, day: NaiveDate) -> bool {
        let version = self.current();
        self.is_dated()
            && version.latest_day() > day
            && version
                .earliest_day()
                .is_none_or(|earliest| earliest <= day)
    }
}

/// Something in the stream that this program could not place; kept and shown, never dropped.
#[derive(Debug, Clone, PartialEq)]
pub struct Anomaly {
    /// The event.
    pub recording: Recording,
    /// Its kind, as stored.
    pub kind: String,
    /// What is wrong with it.
    pub why: String,
}

/// The facts of one stream.
#[derive(Debug, Clone, PartialEq)]
pub struct Book {
    /// The stream.
    pub id: StreamId,
    /// How many events it has: the version to expect next.
    pub version: u64,
    /// Its facts, by the position of their root. Who decides on a book copies it first: a copy shares them, so that an
    /// entry costs the same in a long book as in a short one.
    facts: Facts<Fact>,
    /// Every event that belongs to a fact, amendments included.
    by_event: Places,
    /// What could not be placed.
    pub anomalies: Vec<Anomaly>,
}

impl Book {
    /// A stream without events.
    #[must_use]
    pub fn new(id: StreamId) -> Self {
        Self {
            id,
            version: 0,
            facts: Facts::default(),
            by_event: Places::default(),
            anomalies: Vec::new(),
        }
    }

    /// The facts of a stream by their kinds alone, which are read when somebody looks at them. Each begins with an event of its
    /// own; the stream's other events have to be told, and before each of them how many facts had [begun](Self::begin).
    #[must_use]
    pub fn unread<S: Unread<Fact> + Begun + 'static>(
        id: StreamId,
        kinds: impl Iterator<Item = Kind>,
        from: &Arc<S>,
    ) -> Self {
        let facts = Facts::unread(kinds, Arc::clone(from) as Arc<dyn Unread<Fact>>);
        Self {
            version: facts.len() as u64,
            facts,
            by_event: Places::late(Arc::clone(from) as Arc<dyn Begun>),
            ..Self::new(id)
        }
    }

    /// So many of the unread facts have begun: what is told next may speak of them.
    pub fn begin(&mut self, facts: usize) {
        self.by_event.begin(facts);
    }

    /// The book after these events, which must be of its stream and in order.
    #[must_use]
    pub fn fold<'a>(id: StreamId, events: impl IntoIterator<Item = &'a Event>) -> Self {
        let mut book = Self::new(id);
        for event in events {
            book.evolve(event);
        }
        book
    }

    /// All facts, by the position of their root; retracted ones included.
    pub fn facts(&self) -> impl Iterator<Item = &Fact> {
        self.facts.iter()
    }

    /// The facts of some kinds, by the position of their root; retracted ones included. The others are passed over without
    /// being looked at.
    pub fn of(&self, kinds: Kinds) -> impl Iterator<Item = &Fact> {
        self.facts.of(kinds)
    }

    /// The facts of some kinds that were not retracted.
    pub fn live_of(&self, kinds: Kinds) -> impl Iterator<Item = &Fact> {
        self.of(kinds).filter(|fact| fact.is_live())
    }

    /// The facts that were not retracted.
    pub fn live(&self) -> impl Iterator<Item = &Fact> {
        self.facts().filter(|fact| fact.is_live())
    }

    /// The fact an event belongs to: its root, a correction of it, or another amendment.
    #[must_use]
    pub fn fact(&self, event: EventId) -> Option<&Fact> {
        self.facts.get(self.by_event.get(event)?)
    }

    /// Every event that belongs to a fact, in the order of their ids.
    pub fn events(&self) -> impl Iterator<Item = EventId> + use<> {
        self.by_event.events()
    }

    /// About how many bytes of memory it takes, its registration read and few of its other unread facts.
    #[must_use]
    pub fn weight(&self) -> u64 {
        const BOOK: usize = 1_500;
        const WHOLE: usize = 900;
        const UNREAD: usize = 64;
        let whole = self.facts.whole();
        let unread = self.facts.len().saturating_sub(whole);
        let facts = whole.saturating_mul(WHOLE);
        let facts = facts.saturating_add(unread.saturating_mul(UNREAD));
        facts.saturating_add(BOOK) as u64
    }

    /// The registration of the thing, if the stream has one; a retracted one included.
    #[must_use]
    pub fn registration(&self) -> Option<&Fact> {
        self.of(REGISTRATIONS).next()
    }

    /// Whether the stream has a registration that still stands.
    #[must_use]
    pub fn is_registered(&self) -> bool {
        self.registration().is_some_and(Fact::is_live)
    }

    /// Whether any event of the stream could not be placed, so that answers from it are incomplete.
    #[must_use]
    pub fn is_incomplete(&self) -> bool {
        !self.anomalies.is_empty()
    }

    /// Takes in the stream's next event.
    pub fn evolve(&mut self, event: &Event) {
        self.take(event.clone());
    }

    /// Takes in the stream's next event, with what is in it.
    pub fn take(&mut self, event: Event) {
        self.version = self.version.saturating_add(1);
        let recording = Recording::of(&event);
        let Some(kind) = event.payload.kind() else {
            let (kind, why) = match &event.payload {
                Payload::Unknown(unknown) => (unknown.kind.clone(), unknown.why.to_string()),
                known => (known.kind_name().to_owned(), String::new()),
            };
            return self.anomalies.push(Anomaly {
                recording,
                kind,
                why,
            });
        };
        let outcome = match event.payload {
            Payload::FactCorrected(data) => self.correct(recording, Arc::unwrap_or_clone(data)),
            Payload::FactRetracted(data) => self.retract(recording, Arc::unwrap_or_clone(data)),
            Payload::FactSourced(data) => self.add_source(recording, data.fact, event.sources),
            Payload::FactConfirmed(data) => self.confirm(recording, &data, event.sources),
            payload => {
                let (on, sources) = (event.on, event.sources);
                return self.add(kind, Fact::begun(recording, (on, payload, sources)));
            }
        };
        if let Err(Stray { recording, why }) = outcome {
            self.anomalies.push(Anomaly {
                recording,
                kind: kind.as_str().to_owned(),
                why,
            });
        }
    }

    fn add(&mut self, kind: Kind, fact: Fact) {
        self.by_event.insert(fact.id(), self.facts.len());
        self.facts.push(kind, fact);
    }
}

/// An event that could not be placed, and why.
struct Stray {
    recording: Recording,
    why: String,
}

impl Recording {
    fn stray(self, why: impl Into<String>) -> Stray {
        Stray {
            recording: self,
            why: why.into(),
        }
    }
}
