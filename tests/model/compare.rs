//! Whether two ledgers are the same ledger, in everything that can be asked of them.

use std::collections::BTreeSet;

use dealtrail::deal::value::ids::StreamId;
use dealtrail::service::indexer::DealIndexer;
use dealtrail::service::ledger::Ledger;
use dealtrail::service::query::Reading;
use dealtrail::store::event_store::{EventStore, Indexer};
use dealtrail::store::group::{CommandRecord, Scope};

use super::flawed::Flawed;
use super::history::{Chance, Known};

/// `Err` with a sentence when two answers are not equal.
pub(crate) fn same<T: PartialEq + std::fmt::Debug>(
    what: &str,
    disk: T,
    memory: T,
) -> Result<(), String> {
    if disk == memory {
        return Ok(());
    }
    let short = |answer: T| {
        format!("{answer:?}")
            .chars()
            .take(1_500)
            .collect::<String>()
    };
    let (disk, memory) = (short(disk), short(memory));
    Err(format!("{what}\n   on disk: {disk}\n in memory: {memory}"))
}

/// Everything stored, and every way to find it again.
pub(crate) fn stores(disk: &Flawed, memory: &dyn EventStore, known: &Known) -> Result<(), String> {
    let (here, there) = (disk.head(), memory.head());
    same("position", here.position, there.position)?;
    same("number of frames", here.frames, there.frames)?;
    let mut keys = BTreeSet::new();
    for seq in 0..=there.position {
        let (one, other) = (disk.event(seq), memory.event(seq));
        if let Ok(Some(event)) = &other {
            keys.extend(DealIndexer.keys(event));
        }
        let bytes = |event: Result<Option<_>, _>| {
            event.map(|event: Option<dealtrail::store::recorded::Recorded>| {
                event.map(|event| event.bytes().to_vec())
            })
        };
        same(
            &format!("stored bytes of event {seq}"),
            bytes(one),
            bytes(other),
        )?;
    }
    let nowhere = "agreement-00000000-0000-0000-0000-0000000000ff".to_owned();
    for stream in known.streams.iter().chain([&nowhere]) {
        let from = there.position % 3;
        same(
            &format!("version of {stream}"),
            disk.stream_version(stream),
            memory.stream_version(stream),
        )?;
        same(
            &format!("events of {stream}"),
            disk.stream(stream, from),
            memory.stream(stream, from),
        )?;
    }
    for key in keys {
        let named = format!("mentions of {}", String::from_utf8_lossy(&key));
        same(&named, disk.key(&key), memory.key(&key))?;
    }
    for command in &known.sent {
        let scope = Scope {
            actor: command.actor.id.as_str().to_owned(),
            key: command.id.as_str().to_owned(),
        };
        let record =
            |store: &dyn EventStore| store.command(&scope).map(|found| found.map(undigested));
        same(
            &format!("record of command {}", scope.key),
            record(disk),
            record(memory),
        )?;
    }
    Ok(())
}

/// Each ledger has a secret of its own, so digests of commands differ.
fn undigested(record: CommandRecord) -> CommandRecord {
    CommandRecord {
        digest: [0; 32],
        ..record
    }
}

/// Read models now and at a position before, and the tree of hashes.
pub(crate) fn models(
    disk: &Ledger,
    memory: &Ledger,
    known: &Known,
    chance: &mut Chance,
) -> Result<(), String> {
    let told = |error: &dyn std::fmt::Display| format!("a ledger does not answer: {error}");
    let head = memory.head();
    let past = chance.next() % (head + 1);
    same("root", disk.root(past).ok(), memory.root(past).ok())?;
    same(
        "root at the head",
        disk.root(head).ok(),
        memory.root(head).ok(),
    )?;
    for position in [head, past] {
        let here = disk.models_at(position).map_err(|error| told(&error))?;
        let there = memory.models_at(position).map_err(|error| told(&error))?;
        same(
            &format!("digests at {position}"),
            here.digests(),
            there.digests(),
        )?;
        let back = chrono::Days::new(chance.next() % 400);
        let day = memory.today() - back;
        let (here, there) = (Reading::new(here, day), Reading::new(there, day));
        for stream in &known.streams {
            let Ok(stream) = stream.parse::<StreamId>() else {
                continue;
            };
            let at = format!("{stream} on {day} as known at {position}");
            same(
                &format!("standing of {at}"),
                here.standing(stream),
                there.standing(stream),
            )?;
            let by_day = chance.below(2) == 0;
            same(
                &format!("history of {at}"),
                here.trail(stream, by_day),
                there.trail(stream, by_day),
            )?;
        }
    }
    let replayed = disk
        .replay(None, &mut |_, _| ())
        .map_err(|error| told(&error))?;
    same(
        "what a replay finds different",
        replayed.differences.len(),
        0,
    )
}
