//! A ledger in memory, written event by event as a test tells it.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, TimeZone, Utc};
use dealtrail::deal::event::{Batch, Event, Kind, Payload};
use dealtrail::deal::value::ids::{
    Actor, ActorId, CommandId, EventId, KnownBy, StreamId, StreamKind,
};
use dealtrail::deal::value::source::Source;
use dealtrail::deal::value::when::When;
use dealtrail::projection::models::Models;
use uuid::Uuid;

pub(super) struct Ledger {
    pub(super) events: Vec<Event>,
    streams: BTreeMap<String, StreamId>,
    versions: BTreeMap<StreamId, u64>,
    day: NaiveDate,
    sources: Vec<Source>,
    batch: usize,
}

impl Ledger {
    pub(super) fn opened(agency: &str, demonstration: bool) -> Self {
        let mut ledger = Self {
            events: Vec::new(),
            streams: BTreeMap::from([("LEDGER".to_owned(), StreamId::Ledger)]),
            versions: BTreeMap::new(),
            day: "2025-04-18".parse().unwrap(),
            sources: Vec::new(),
            batch: 0,
        };
        ledger.add("LEDGER", "ledger_opened", None, &format!(
            r#"{{"origin":"dealtrail.example/test","agency":{{"en":"{agency}"}},"zone":"Asia/Baku","languages":["en"],"demonstration":{demonstration}}}"#
        ));
        ledger.end();
        ledger
    }

    /// From now on events are recorded on this day and rest on these sources.
    pub(super) fn day(&mut self, day: &str, sources: &str) {
        self.day = day.parse().unwrap();
        self.sources = serde_json::from_str(sources).unwrap();
    }

    /// Ends the batch: all events since the last end are recorded together.
    pub(super) fn end(&mut self) {
        let (first, count) = (self.batch as u64, (self.events.len() - self.batch) as u64);
        for event in &mut self.events[self.batch..] {
            event.batch = Batch { first, count };
        }
        self.batch = self.events.len();
    }

    /// Records an event; a reference not met before names a new stream by its first letters.
    pub(super) fn add(
        &mut self,
        reference: &str,
        kind: &str,
        on: Option<&str>,
        data: &str,
    ) -> EventId {
        let version = Kind::of(kind).unwrap().version();
        let payload = Payload::decode(kind, version, data).unwrap_or_else(|why| panic!("{why}"));
        self.push(reference, payload, on)
    }

    /// Records an event of a kind that this program does not know.
    pub(super) fn add_unknown(&mut self, reference: &str, kind: &str, data: &str) {
        self.push(reference, Payload::decode_or_keep(kind, 1, data), None);
    }

    /// Corrects the newest fact of a stream's registration.
    pub(super) fn correct(&mut self, reference: &str, on: &str, data: &str, reason: &str) {
        let stream = self.streams[reference];
        let fact = self
            .events
            .iter()
            .find(|event| event.stream == stream)
            .unwrap();
        self.correct_fact(
            reference,
            fact.id,
            fact.payload.kind_name().to_owned().as_str(),
            on,
            data,
            reason,
        );
    }

    pub(super) fn correct_fact(
        &mut self,
        reference: &str,
        fact: EventId,
        kind: &str,
        on: &str,
        data: &str,
        reason: &str,
    ) {
        let sources = serde_json::to_string(&self.sources).unwrap();
        self.add(reference, "fact_corrected", None, &format!(
            r#"{{"fact":"{fact}","now":{{"kind":"{kind}","v":1,"on":"{on}","data":{data},"sources":{sources}}},"reason":"{reason}"}}"#
        ));
    }

    /// The first event of a stream: its registration.
    pub(super) fn first(&self, reference: &str) -> EventId {
        let stream = self.streams[reference];
        let mut events = self.events.iter();
        events.find(|event| event.stream == stream).unwrap().id
    }

    /// The data of a stream's registration as JSON.
    pub(super) fn data(&self, reference: &str) -> String {
        let stream = self.streams[reference];
        let event = self
            .events
            .iter()
            .find(|event| event.stream == stream)
            .unwrap();
        event.payload.to_value().unwrap().to_string()
    }

    /// The text with `<REF>` replaced by the stream of that reference.
    pub(super) fn filled(&self, data: &str) -> String {
        self.streams
            .iter()
            .fold(data.to_owned(), |data, (reference, stream)| {
                data.replace(&format!("<{reference}>"), &stream.to_string())
            })
    }

    /// The read models of what had been recorded by the end of a day.
    pub(super) fn known_on(&self, day: &str) -> Models {
        let all = Models::fold(&self.events);
        let position = all
            .boundaries
            .known_on(day.parse().unwrap(), all.ledger.zone());
        Models::fold(&self.events[..usize::try_from(position).unwrap()])
    }

    fn push(&mut self, reference: &str, payload: Payload, on: Option<&str>) -> EventId {
        let next = self.streams.len() as u128;
        let stream = *self.streams.entry(reference.to_owned()).or_insert_with(|| {
            StreamId::new(
                kind_of(reference),
                Uuid::from_u128(0x0196_0000_0000_7000_8000_0000_0000_0000 + next),
            )
        });
        let seq = self.events.len() as u64;
        let version = self.versions.entry(stream).or_default();
        let id = EventId::new(Uuid::from_u128(
            0x0197_0000_0000_7000_8000_0000_0000_0000 + u128::from(seq),
        ));
        self.events.push(Event {
            seq,
            stream,
            version: *version,
            id,
            on: on.map_or_else(|| When::day(self.day), |on| on.parse().unwrap()),
            recorded_at: noon(self.day),
            day: self.day,
            actor: actor(),
            batch: Batch {
                first: seq,
                count: 1,
            },
            command: "test".parse::<CommandId>().unwrap(),
            sources: self.sources.clone().into(),
            payload,
        });
        *version += 1;
        id
    }
}

fn kind_of(reference: &str) -> StreamKind {
    match &reference[..2] {
        "AG" => StreamKind::Agreement,
        "PK" => StreamKind::Package,
        "OC" => StreamKind::Occasion,
        _ => StreamKind::Organization,
    }
}

fn actor() -> Actor {
    Actor {
        id: "u:7f3a".parse::<ActorId>().unwrap(),
        known_by: KnownBy::LocalClaim,
    }
}

fn noon(day: NaiveDate) -> DateTime<Utc> {
    Utc.from_utc_datetime(&day.and_hms_opt(8, 0, 0).unwrap())
}
