//! A service on a disk that may fail.

use std::sync::Arc;

use dealtrail::codec::door::payload_from_text;
use dealtrail::deal::command::{Command, Draft, Intent};
use dealtrail::deal::value::ids::{Actor, KnownBy, StreamKind};
use dealtrail::service::access::Access;
use dealtrail::service::answer::CommandError;
use dealtrail::service::ledger::{Ledger, Options};
use dealtrail::service::opening::Init;

use super::service::Service;
use crate::faults::disk::FaultyDisk;

/// Whoever can connect may do everything.
pub(super) fn open() -> Access {
    Access::Open("u:local".parse().unwrap())
}

fn init() -> Init {
    Init {
        origin: serde_json::from_str("\"ledger.example/bricks\"").unwrap(),
        agency: serde_json::from_str("{\"en\":\"Agency of Bricks\"}").unwrap(),
        zone: "Asia/Baku".parse().unwrap(),
        languages: serde_json::from_str("[\"en\"]").unwrap(),
        demonstration: true,
    }
}

/// What a ledger on such a disk is opened with.
pub(super) fn options(disk: &FaultyDisk) -> Options {
    Options {
        disk: Arc::new(disk.clone()),
        segment_bytes: 4 << 20,
        floor_bytes: Some(1),
        ..Options::default()
    }
}

/// A service on a disk that fails when it is told to.
pub(super) fn moody() -> (Service, FaultyDisk) {
    let disk = FaultyDisk::default();
    let dir = tempfile::tempdir().unwrap();
    let ledger = Ledger::create(&dir.path().join("ledger"), init(), &options(&disk)).unwrap();
    (Service::over(dir, ledger, open()), disk)
}

/// Records a note on an organisation of its own.
pub(super) fn record(ledger: &Ledger, name: &str) -> Result<(), CommandError> {
    let stream = ledger.new_stream(StreamKind::Organization);
    let data = serde_json::json!({ "ref": name, "names": { "en": name } }).to_string();
    let payload = payload_from_text("organization_registered", data.as_bytes());
    let command = Command {
        id: ledger.new_command_id(),
        actor: Actor {
            id: "u:local".parse().unwrap(),
            known_by: KnownBy::LocalClaim,
        },
        intents: vec![Intent::Record(Draft {
            stream,
            payload: payload.unwrap(),
            on: None,
            sources: Vec::new(),
        })],
        expected: None,
    };
    ledger.submit_blocking(command).map(drop)
}
