//! From stored bytes back to events. History always reads: what this program does not know is kept.

use serde::Deserialize;
use serde::de::IntoDeserializer;
use serde::de::value::{Error as ValueError, StrDeserializer};

use crate::deal::event::payload_error::PayloadError;
use crate::deal::event::{Batch, Event, Payload, Unknown};
use crate::deal::value::ids::{Actor, ActorId, CommandId, EventId, KnownBy, StreamId};
use crate::deal::value::source::Source;
use crate::deal::value::when::When;
use crate::deal::value::zone::Zone;
use crate::store::recorded::Recorded;

/// Why a stored event cannot be placed at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "event {seq} has a `{field}` this program cannot read ({problem}): read the ledger with a newer release"
)]
pub struct DecodeError {
    /// The event's position.
    pub seq: u64,
    /// The member of the envelope.
    pub field: &'static str,
    /// What is wrong with it.
    pub problem: String,
}

/// Reads stored events in order. It learns the agency's zone from the ledger's first event, because
/// the civil day of a recording depends on it.
#[derive(Debug, Clone, Copy)]
pub struct Decoder {
    zone: Zone,
    learned: bool,
}

impl Decoder {
    /// A decoder for a ledger whose zone is known.
    #[must_use]
    pub fn new(zone: Zone) -> Self {
        Self {
            zone,
            learned: true,
        }
    }

    /// A decoder that starts at event 0 and learns the zone there; until then days are those of UTC.
    #[must_use]
    pub fn from_start() -> Self {
        Self {
            zone: Zone::UTC,
            learned: false,
        }
    }

    /// The zone in which recordings become civil days.
    #[must_use]
    pub fn zone(&self) -> Zone {
        self.zone
    }

    /// Reads one stored event. Data this program does not understand become [`Payload::Unknown`].
    ///
    /// # Errors
    /// When the event cannot be placed: its stream, actor or command are of a form from the future.
    pub fn decode(&mut self, stored: &Recorded) -> Result<Event, DecodeError> {
        let seq = stored.seq();
        let fault = |field, problem: String| DecodeError {
            seq,
            field,
            problem,
        };
        let stream = StreamId::try_from(stored.stream())
            .map_err(|error| fault("stream", error.to_string()))?;
        let id = ActorId::try_from(stored.actor())
            .map_err(|error| fault("actor.id", error.to_string()))?;
        let known_by = known_by(stored.known_by())
            .map_err(|error| fault("actor.known_by", error.to_string()))?;
        let command = CommandId::try_from(stored.command())
            .map_err(|error| fault("command", error.to_string()))?;
        let payload = Payload::decode_or_keep(stored.kind(), stored.v(), stored.data());
        self.learn(&payload);
        let day = self.zone.day_of(stored.recorded_at());
        let (on, payload) = match When::try_from(stored.on()) {
            Ok(on) => (on, payload),
            Err(error) => (
                When::day(day),
                set_aside(stored, payload, &format!("its `on`: {error}")),
            ),
        };
        let (sources, payload) = match serde_json::from_str::<Vec<Source>>(stored.sources()) {
            Ok(sources) => (sources, payload),
            Err(error) => (
                Vec::new(),
                set_aside(stored, payload, &format!("its sources: {error}")),
            ),
        };
        let batch = stored.batch();
        Ok(Event {
            seq,
            stream,
            version: stored.version(),
            id: EventId::new(stored.id()),
            on,
            recorded_at: stored.recorded_at(),
            day,
            actor: Actor { id, known_by },
            batch: Batch {
                first: batch.first,
                count: batch.count.into(),
            },
            command,
            sources: sources.into(),
            payload,
        })
    }

    fn learn(&mut self, payload: &Payload) {
        if let (false, Payload::LedgerOpened(opened)) = (self.learned, payload) {
            self.zone = opened.zone;
            self.learned = true;
        }
    }
}

fn known_by(word: &str) -> Result<KnownBy, ValueError> {
    let word: StrDeserializer<'_, ValueError> = word.into_deserializer();
    KnownBy::deserialize(word)
}

/// Keeps an event whose envelope holds something unreadable as one not understood, rather than
/// reading half of it.
fn set_aside(stored: &Recorded, payload: Payload, reason: &str) -> Payload {
    let Some(kind) = payload.kind() else {
        return payload;
    };
    Payload::from(Unknown {
        kind: stored.kind().to_owned(),
        v: stored.v(),
        data: stored.data().to_owned(),
        why: PayloadError::Malformed {
            kind: kind.as_str(),
            reason: reason.to_owned(),
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::envelope::encode;
    use crate::deal::event::Kind;

    const STORED: &str = r#"{"actor":{"id":"u:7f3a","known_by":"token"},"batch":{"count":1,"first":3},"command":"c-1","data":{"words":"asked for a map"},"id":"0196a3b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b","kind":"noted","on":"2025-04-18","recorded_at":"2025-04-17T22:30:00.000000Z","seq":3,"sources":[],"stream":"ledger","v":1,"version":2}"#;

    fn stored(text: &str) -> Recorded {
        Recorded::parse(text.as_bytes().to_vec()).unwrap()
    }

    fn read(text: &str) -> Event {
        let mut decoder = Decoder::new("Asia/Baku".parse().unwrap());
        decoder.decode(&stored(text)).unwrap()
    }

    #[test]
    fn an_event_reads_and_writes_back_the_same_bytes() {
        let event = read(STORED);
        assert_eq!(event.day.to_string(), "2025-04-18", "the day in Baku");
        assert_eq!(encode(&event).unwrap(), STORED.as_bytes());
    }

    #[test]
    fn every_kind_reads_back_as_it_was_written() {
        let mut event = read(STORED);
        for kind in Kind::ALL {
            event.payload = Payload::decode(kind.as_str(), kind.version(), kind.example()).unwrap();
            let text = String::from_utf8(encode(&event).unwrap()).unwrap();
            assert_eq!(read(&text), event, "{}", kind.as_str());
        }
    }

    #[test]
    fn what_is_not_known_is_kept_as_it_stands() {
        let unknown = read(&STORED.replace("noted", "moon_landed"));
        let Payload::Unknown(kept) = &unknown.payload else {
            panic!("{unknown:?}")
        };
        assert_eq!(kept.data, r#"{"words":"asked for a map"}"#);
        let newer = read(&STORED.replace(r#""v":1"#, r#""v":9"#));
        assert!(matches!(newer.payload, Payload::Unknown(_)));
        let source = r#""sources":[{"title":"t","type":"telepathy"}]"#;
        let from_the_future = read(&STORED.replace(r#""sources":[]"#, source));
        assert!(matches!(&from_the_future.payload, Payload::Unknown(kept)
            if kept.why.to_string().contains("its sources")));
        let sometime = read(&STORED.replace("2025-04-18", "spring"));
        assert!(matches!(sometime.payload, Payload::Unknown(_)));
    }

    #[test]
    fn an_event_without_a_place_names_the_member() {
        let mut decoder = Decoder::new(Zone::UTC);
        let odd = STORED.replace(r#""stream":"ledger""#, r#""stream":"planet-1""#);
        let error = decoder.decode(&stored(&odd)).unwrap_err();
        assert_eq!((error.seq, error.field), (3, "stream"));
    }

    #[test]
    fn the_zone_is_learned_once_from_the_opening() {
        let mut decoder = Decoder::from_start();
        let opening = STORED.replace("noted", "ledger_opened").replace(
            r#"{"words":"asked for a map"}"#,
            Kind::LedgerOpened.example(),
        );
        decoder.decode(&stored(&opening)).unwrap();
        assert_eq!(decoder.zone().to_string(), "Asia/Baku");
        let again = opening.replace("Asia/Baku", "Asia/Tokyo");
        decoder.decode(&stored(&again)).unwrap();
        assert_eq!(decoder.zone().to_string(), "Asia/Baku");
    }
}
