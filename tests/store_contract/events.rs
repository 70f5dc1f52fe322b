//! Events and groups for store tests. They mean nothing: the store knows no deal.

use std::sync::Arc;

use chrono::DateTime;
use dealtrail::store::event_store::{CommandRecord, EventStore, Group, Indexer, Scope};
use dealtrail::store::journal::disk::RealDisk;
use dealtrail::store::journal::segment::MIN_BYTES;
use dealtrail::store::ledger_file::LedgerFile;
use dealtrail::store::open::{self, OpenOptions};
use dealtrail::store::recorded::Recorded;
use tempfile::TempDir;
use uuid::Uuid;

/// Finds events by their id, and by the words of their data.
pub(crate) struct TestKeys;

impl Indexer for TestKeys {
    fn version(&self) -> u32 {
        1
    }
    fn keys(&self, event: &Recorded) -> Vec<Vec<u8>> {
        let data: serde_json::Value = serde_json::from_str(event.data()).unwrap();
        let words = data["words"].as_array().into_iter().flatten();
        let mut keys: Vec<_> = words
            .filter_map(|word| word.as_str())
            .map(|word| format!("word:{word}").into_bytes())
            .collect();
        keys.push(format!("id:{}", event.id()).into_bytes());
        keys
    }
}

pub(crate) fn id_of(seq: u64) -> Uuid {
    Uuid::from_u128(0x0195_f9b5_1fd5_7aaa_8000_0000_0000_0000 | u128::from(seq))
}

/// What an event is made from.
#[derive(Clone)]
pub(crate) struct Plan<'a> {
    pub stream: &'a str,
    pub version: u64,
    pub words: &'a [&'a str],
    pub filler: usize,
}

pub(crate) fn plan(stream: &str, version: u64) -> Plan<'_> {
    Plan {
        stream,
        version,
        words: &[],
        filler: 0,
    }
}

/// One event of a batch.
pub(crate) fn event(seq: u64, batch: (u64, u32), plan: &Plan<'_>) -> Recorded {
    let id = id_of(seq);
    let (first, count) = batch;
    let words = serde_json::to_string(plan.words).unwrap();
    let Plan {
        stream,
        version,
        filler,
        ..
    } = plan;
    let text = format!(
        "{{\"actor\":{{\"id\":\"p-1\",\"known_by\":\"token\"}},\"batch\":{{\"count\":{count},\"first\":{first}}},\
         \"command\":\"c-{first}\",\"data\":{{\"filler\":\"{}\",\"words\":{words}}},\"id\":\"{id}\",\"kind\":\"noted\",\
         \"on\":\"2025-04\",\"recorded_at\":\"2025-04-24T10:15:00.000001Z\",\"seq\":{seq},\"sources\":[],\
         \"stream\":\"{stream}\",\"v\":1,\"version\":{version}}}",
        "x".repeat(*filler)
    );
    Recorded::parse(text.into_bytes()).unwrap()
}

pub(crate) fn scope(key: impl ToString) -> Scope {
    Scope {
        actor: "p-1".to_owned(),
        key: key.to_string(),
    }
}

pub(crate) fn command(key: impl ToString, first_seq: u64, count: u32) -> CommandRecord {
    CommandRecord {
        scope: scope(key),
        digest: [count as u8; 32],
        first_seq,
        count,
        recorded_at: DateTime::from_timestamp_micros(1_745_489_700_000_001).unwrap(),
        warnings: format!("[{first_seq}]").into_bytes(),
    }
}

/// One command, one batch.
pub(crate) fn group(first: u64, plans: &[Plan<'_>]) -> Group {
    let batch = (first, plans.len() as u32);
    let events = (first..)
        .zip(plans)
        .map(|(seq, plan)| event(seq, batch, plan))
        .collect();
    Group {
        commands: vec![command(format!("c-{first}"), first, plans.len() as u32)],
        events,
    }
}

/// Appends one event to a stream and gives its number.
pub(crate) fn add(store: &dyn EventStore, stream: &str) -> u64 {
    let position = store.head().position;
    let version = store.stream_version(stream).unwrap() + 1;
    store
        .append(position, group(position, &[plan(stream, version)]))
        .unwrap();
    position
}

pub(crate) fn ledger_file() -> LedgerFile {
    LedgerFile {
        id: Uuid::from_bytes([7; 16]),
        origin: "ledger.example/test".to_owned(),
        segment_bytes: MIN_BYTES,
        created: DateTime::from_timestamp_micros(1_745_489_700_000_000).unwrap(),
        secret: [9; 32],
    }
}

pub(crate) fn new_ledger() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    open::create(dir.path(), &ledger_file(), &RealDisk).unwrap();
    dir
}

pub(crate) fn options() -> OpenOptions {
    OpenOptions {
        indexer: Arc::new(TestKeys),
        floor_bytes: Some(0),
        ..OpenOptions::default()
    }
}
