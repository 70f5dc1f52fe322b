//! Groups: who waits for what, and what is lost with a group that was not recorded.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use super::*;
use crate::codec::door;
use crate::deal::command::Draft;
use crate::deal::value::ids::{Actor, KnownBy, StreamId};
use crate::service::ambient::{SeededIds, SetClock};
use crate::service::indexer::DealIndexer;
use crate::store::engine::memory::MemoryStore;
use crate::store::event_store::{Appended, Frames, Info, KeyHit};
use crate::store::group::Group as StoreGroup;
use crate::store::head::Head;
use crate::store::recorded::Recorded;

const WELL: u8 = 0;
const FULL: u8 = 1;
const MOVED: u8 = 2;
const FAILED: u8 = 3;

/// A memory engine whose next append may come to nothing.
struct Moody {
    store: MemoryStore,
    mood: AtomicU8,
}

impl EventStore for Moody {
    fn append(&self, expected: u64, group: StoreGroup) -> Result<Appended, AppendError> {
        let head = self.store.head();
        match self.mood.swap(WELL, Ordering::Relaxed) {
            FULL => Err(AppendError::NoSpace("not a byte".to_owned())),
            MOVED => Err(AppendError::Conflict { head }),
            FAILED => Err(AppendError::Unknown {
                reason: "the disk failed".to_owned(),
            }),
            _ => self.store.append(expected, group),
        }
    }

    fn head(&self) -> Head {
        self.store.head()
    }

    fn read(&self, from: u64) -> Result<Frames, ReadError> {
        self.store.read(from)
    }

    fn wait_beyond(&self, frames: u64, timeout: Duration) -> Head {
        self.store.wait_beyond(frames, timeout)
    }

    fn stream(&self, stream: &str, from: u64) -> Result<Vec<Recorded>, ReadError> {
        self.store.stream(stream, from)
    }

    fn stream_version(&self, stream: &str) -> Result<Option<u64>, ReadError> {
        self.store.stream_version(stream)
    }

    fn command(&self, scope: &Scope) -> Result<Option<CommandRecord>, ReadError> {
        self.store.command(scope)
    }

    fn event(&self, seq: u64) -> Result<Option<Recorded>, ReadError> {
        self.store.event(seq)
    }

    fn key(&self, key: &[u8]) -> Result<Vec<KeyHit>, ReadError> {
        self.store.key(key)
    }

    fn info(&self) -> Info {
        self.store.info()
    }
}

struct Desk {
    recorder: Recorder,
    store: Arc<Moody>,
}

fn desk() -> Desk {
    let store = Arc::new(Moody {
        store: MemoryStore::new(Arc::new(DealIndexer)),
        mood: AtomicU8::new(WELL),
    });
    let ambient = Ambient {
        clock: Arc::new(SetClock::at("2025-04-18T06:00:00Z".parse().unwrap())),
        ids: Arc::new(SeededIds::new(b"test")),
    };
    let events: Arc<dyn EventStore> = store.clone();
    let mut recorder = Recorder::new(events, Source::default(), [7; 32], ambient, 100).unwrap();
    let opening = command(
        "init",
        StreamId::Ledger,
        "ledger_opened",
        crate::deal::event::ledger_opened::EXAMPLE,
    );
    assert!(recorder.record(&[opening]).iter().all(Result::is_ok));
    Desk { recorder, store }
}

fn command(id: &str, stream: StreamId, kind: &str, data: &str) -> Command {
    Command {
        id: id.parse().unwrap(),
        actor: Actor {
            id: "u:officer".parse().unwrap(),
            known_by: KnownBy::LocalClaim,
        },
        intents: vec![Intent::Record(Draft {
            stream,
            payload: door::payload_from_text(kind, data.as_bytes()).unwrap(),
            on: None,
            sources: Vec::new(),
        })],
        expected: None,
    }
}

/// Registers agreement `n` under a reference.
fn register(id: &str, n: u128, reference: &str) -> Command {
    let data = format!(
        r#"{{"class":"practical","instrument":"contract","nature":"greenfield","ref":"{reference}","titles":{{"en":"Brick"}}}}"#
    );
    let stream = StreamId::Agreement(uuid::Uuid::from_u128(n));
    command(id, stream, "agreement_registered", &data)
}

/// A note on agreement `n`.
fn note(id: &str, n: u128) -> Command {
    let stream = StreamId::Agreement(uuid::Uuid::from_u128(n));
    command(id, stream, "noted", r#"{"words":"a map"}"#)
}

fn code(outcome: &Outcome) -> &str {
    match outcome {
        Ok(answer) if answer.replayed => "again",
        Ok(_) => "recorded",
        Err(error) => error.code(),
    }
}

fn told(outcomes: &[Outcome]) -> Vec<&str> {
    outcomes.iter().map(code).collect()
}

#[test]
fn commands_of_a_group_are_decided_on_each_other_and_share_a_frame() {
    let Desk {
        mut recorder,
        store,
    } = desk();
    let frames = store.head().frames;
    let outcomes = recorder.record(&[
        register("a", 1, "AG-1"),
        register("b", 2, "AG-1"),
        register("a", 1, "AG-1"),
        register("c", 3, "AG-3"),
    ]);
    assert_eq!(
        told(&outcomes),
        ["recorded", "ref_in_use", "again", "recorded"]
    );
    assert_eq!(store.head().frames, frames + 1);
}

#[test]
fn what_rested_on_a_lost_group_is_lost_and_what_did_not_is_answered() {
    let Desk {
        mut recorder,
        store,
    } = desk();
    recorder.record(&[register("a", 1, "AG-1")]);
    store.mood.store(FULL, Ordering::Relaxed);
    let outcomes = recorder.record(&[
        // Rests on what was durable before.
        register("x", 9, "AG-1"),
        register("a", 1, "AG-1"),
        // The group, and what was decided on it.
        register("b", 2, "AG-2"),
        register("c", 3, "AG-2"),
        register("b", 2, "AG-2"),
    ]);
    assert_eq!(
        told(&outcomes),
        ["ref_in_use", "again", "no_space", "no_space", "no_space"]
    );
    // Nothing of it is left in what the next is decided on.
    let outcomes = recorder.record(&[register("c", 3, "AG-2"), register("b", 2, "AG-4")]);
    assert_eq!(told(&outcomes), ["recorded", "recorded"]);
}

#[test]
fn another_writer_means_try_again_on_what_is_there_now() {
    let Desk {
        mut recorder,
        store,
    } = desk();
    recorder.record(&[register("a", 1, "AG-1")]);
    store.mood.store(MOVED, Ordering::Relaxed);
    assert_eq!(told(&recorder.record(&[note("b", 1)])), ["busy"]);
    // The other one records on the same agreement, from its own desk.
    let events: Arc<dyn EventStore> = store;
    let ambient = Ambient::set(SetClock::at("2025-04-18T06:00:00Z".parse().unwrap()), b"o");
    let mut other = Recorder::new(events, Source::default(), [7; 32], ambient, 9).unwrap();
    assert_eq!(told(&other.record(&[note("theirs", 1)])), ["recorded"]);
    let outcomes = recorder.record(&[note("b", 1), register("c", 2, "AG-1")]);
    assert_eq!(told(&outcomes), ["recorded", "ref_in_use"]);
    let versions = outcomes.iter().flatten().map(|a| a.events[0].version);
    assert_eq!(versions.collect::<Vec<_>>(), [2]);
}

#[test]
fn after_an_unknown_outcome_nothing_is_acknowledged_again() {
    let Desk {
        mut recorder,
        store,
    } = desk();
    recorder.record(&[register("a", 1, "AG-1")]);
    store.mood.store(FAILED, Ordering::Relaxed);
    let lost = recorder.record(&[register("b", 2, "AG-2")]);
    assert_eq!(told(&lost), ["outcome_unknown"]);
    let after = recorder.record(&[register("a", 1, "AG-1"), register("c", 3, "AG-3")]);
    assert_eq!(told(&after), ["stopped", "stopped"]);
}

#[test]
fn a_forgotten_stream_is_read_again() {
    let Desk { recorder, store } = desk();
    drop(recorder);
    let events: Arc<dyn EventStore> = store;
    let ambient = Ambient::set(SetClock::at("2025-04-18T06:00:00Z".parse().unwrap()), b"x");
    let mut recorder = Recorder::new(events, Source::default(), [7; 32], ambient, 1).unwrap();
    for n in 1..6 {
        let outcomes = recorder.record(&[register(&format!("r{n}"), n, &format!("AG-{n}"))]);
        assert_eq!(told(&outcomes), ["recorded"]);
    }
    let again = recorder.record(&[register("other", 1, "AG-77")]);
    assert_eq!(told(&again), ["already_registered"]);
}
