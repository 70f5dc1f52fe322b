//! From a decision to the bytes of its batch: positions, versions, one time of recording.

use std::collections::BTreeMap;

use super::known::WorldError;
use crate::codec::envelope::{RecordError, Said, record as record_event};
use crate::deal::command::{Command, MAX_EVENTS};
use crate::deal::decision::Decision;
use crate::deal::event::{Batch, Event};
use crate::deal::value::ids::StreamId;
use crate::deal::value::zone::Zone;
use crate::service::answer::{Answer, CommandError, RecordedEvent};
use crate::store::frame::{MAX_FRAME_BYTES, record};
use crate::store::group::CommandRecord;
use crate::store::recorded::Recorded;

/// The most bytes the events of one batch may have together.
pub(super) const MAX_BATCH_BYTES: usize = 1 << 20;

/// The most bytes of one group: a frame with room to spare for its own header.
pub(super) const MAX_GROUP_BYTES: usize = MAX_FRAME_BYTES - 1_024;

/// Bytes of a frame beside each event's own.
const EVENT_OVERHEAD: usize = 4;

/// A command ready to be appended.
pub(super) struct Prepared {
    pub(super) events: Vec<Event>,
    pub(super) stored: Vec<Recorded>,
    pub(super) record: CommandRecord,
    pub(super) answer: Answer,
    /// How many bytes of a frame it takes.
    pub(super) bytes: usize,
}

/// Gives a decision its positions from `record.first_seq` on, and writes its events; what some of them say may be written already.
pub(super) fn prepare(
    command: &Command,
    (decision, said): (Decision, &[Said]),
    mut record: CommandRecord,
    zone: Zone,
    version: impl Fn(StreamId) -> Result<u64, WorldError>,
) -> Result<Prepared, CommandError> {
    let count = decision.events.len();
    if count > MAX_EVENTS {
        return Err(CommandError::TooLarge {
            bytes: count,
            limit: MAX_EVENTS,
        });
    }
    let first = record.first_seq;
    let batch = Batch {
        first,
        count: count as u64,
    };
    let day = zone.day_of(record.recorded_at);
    let mut versions = BTreeMap::new();
    let mut events = Vec::with_capacity(count);
    for (seq, decided) in (first..).zip(decision.events) {
        let next = match versions.get(&decided.stream) {
            Some(next) => *next,
            None => version(decided.stream)?,
        };
        versions.insert(decided.stream, next.saturating_add(1));
        events.push(Event {
            seq,
            stream: decided.stream,
            version: next,
            id: decided.id,
            on: decided.on,
            recorded_at: record.recorded_at,
            day,
            actor: command.actor.clone(),
            batch,
            command: command.id.clone(),
            sources: decided.sources,
            payload: decided.payload,
        });
    }
    let stored = stored(&events, said)?;
    // At most 1,000, as checked above.
    record.count = u32::try_from(count).unwrap_or(u32::MAX);
    let bytes = size(&stored, &record)?;
    let answer = Answer {
        position: first.saturating_add(count as u64),
        count: record.count,
        events: events.iter().map(told).collect(),
        warnings: decision.warnings,
        recorded_at: record.recorded_at,
        replayed: false,
    };
    Ok(Prepared {
        events,
        stored,
        record,
        answer,
        bytes,
    })
}

/// The events as they are stored; what some of them say is written already, in their order, and not all of it came to an event.
fn stored(events: &[Event], said: &[Said]) -> Result<Vec<Recorded>, CommandError> {
    let mut rest = said;
    let stored = events.iter().map(|event| {
        let place = rest.iter().position(|said| said.is_of(event));
        let (own, behind) = place
            .and_then(|place| rest.get(place..)?.split_first())
            .unzip();
        rest = behind.unwrap_or(rest);
        store(event, own)
    });
    stored.collect()
}

fn told(event: &Event) -> RecordedEvent {
    RecordedEvent {
        id: event.id,
        seq: event.seq,
        stream: event.stream,
        version: event.version,
    }
}

fn store(event: &Event, said: Option<&Said>) -> Result<Recorded, CommandError> {
    record_event(event, said).map_err(|error| match error {
        RecordError::Encode(error) => CommandError::NotStorable(error),
        RecordError::Unreadable(error) => CommandError::NotTaken(error.to_string()),
    })
}

fn size(stored: &[Recorded], record: &CommandRecord) -> Result<usize, CommandError> {
    let events: usize = stored.iter().map(|event| event.bytes().len()).sum();
    if events > MAX_BATCH_BYTES {
        return Err(CommandError::TooLarge {
            bytes: events,
            limit: MAX_BATCH_BYTES,
        });
    }
    let record =
        record::length(record).map_err(|error| CommandError::NotTaken(error.to_string()))?;
    let bytes = events
        .saturating_add(stored.len().saturating_mul(EVENT_OVERHEAD))
        .saturating_add(record);
    if bytes > MAX_GROUP_BYTES {
        return Err(CommandError::TooLarge {
            bytes,
            limit: MAX_GROUP_BYTES,
        });
    }
    Ok(bytes)
}
