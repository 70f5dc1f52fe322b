//! Ledgers to try things on, and short words for commands.

use std::path::Path;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use dealtrail::codec::door;
use dealtrail::deal::command::{Command, Draft, Intent};
use dealtrail::deal::value::ids::{Actor, KnownBy, StreamId};
use dealtrail::service::ambient::{Ambient, SeededIds, SetClock};
use dealtrail::service::answer::{Answer, CommandError};
use dealtrail::service::ledger::{Ledger, Options};
use dealtrail::service::opening::Init;
use dealtrail::store::journal::segment;
use uuid::Uuid;

/// When the fictional ledgers begin.
pub(crate) const START: &str = "2025-04-18T06:00:00Z";

pub(crate) fn moment(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

pub(crate) fn init() -> Init {
    Init {
        origin: serde_json::from_str(r#""ledger.example/test""#).unwrap(),
        agency: serde_json::from_str(r#"{"en":"Investment Agency"}"#).unwrap(),
        zone: "Asia/Baku".parse().unwrap(),
        languages: serde_json::from_str(r#"["en"]"#).unwrap(),
        demonstration: true,
    }
}

/// Options with a clock under the test's hand, ids that come out the same again, and small segments.
pub(crate) fn options(clock: &SetClock) -> Options {
    Options {
        ambient: Ambient {
            clock: Arc::new(clock.clone()),
            ids: Arc::new(SeededIds::new(b"test")),
        },
        segment_bytes: segment::MIN_BYTES,
        floor_bytes: Some(0),
        ..Options::default()
    }
}

pub(crate) fn clock() -> SetClock {
    SetClock::at(moment(START))
}

pub(crate) fn memory() -> Ledger {
    Ledger::memory(init(), &options(&clock())).unwrap()
}

pub(crate) fn on_disk(dir: &Path) -> Ledger {
    Ledger::create(dir, init(), &options(&clock())).unwrap()
}

pub(crate) fn reopened(dir: &Path) -> Ledger {
    Ledger::open(dir, &options(&clock())).unwrap()
}

pub(crate) fn agreement(n: u64) -> StreamId {
    StreamId::Agreement(Uuid::from_u128(n.into()))
}

/// A fact to record, its data as JSON text.
pub(crate) fn record(stream: StreamId, kind: &str, on: Option<&str>, data: &str) -> Intent {
    Intent::Record(Draft {
        stream,
        payload: door::payload_from_text(kind, data.as_bytes()).unwrap(),
        on: on.map(|on| on.parse().unwrap()),
        sources: Vec::new(),
    })
}

pub(crate) fn registered(n: u64) -> Intent {
    let data = format!(
        r#"{{"class":"practical","instrument":"contract","nature":"greenfield","ref":"AG-{n:03}","titles":{{"en":"Brick {n}"}}}}"#
    );
    record(agreement(n), "agreement_registered", None, &data)
}

pub(crate) fn noted(stream: StreamId, words: &str) -> Intent {
    let data = serde_json::json!({ "words": words }).to_string();
    record(stream, "noted", None, &data)
}

pub(crate) fn command(id: &str, intents: Vec<Intent>) -> Command {
    by("u:officer", id, intents)
}

pub(crate) fn by(actor: &str, id: &str, intents: Vec<Intent>) -> Command {
    Command {
        id: id.parse().unwrap(),
        actor: Actor {
            id: actor.parse().unwrap(),
            known_by: KnownBy::LocalClaim,
        },
        intents,
        expected: None,
    }
}

pub(crate) fn send(
    ledger: &Ledger,
    id: &str,
    intents: Vec<Intent>,
) -> Result<Answer, CommandError> {
    ledger.submit_blocking(command(id, intents))
}

/// Every stored event's exact bytes, in order.
pub(crate) fn stored(ledger: &Ledger) -> Vec<Vec<u8>> {
    (0..ledger.head())
        .map(|seq| ledger.event_bytes(seq).unwrap().unwrap())
        .collect()
}
