//! What recording one entry costs in processor time, all threads together, on ledgers of different sizes.
//!
//! Remarks are recorded one by one on agreements all over a ledger, through the writer as anybody's; the read models, the
//! second copy and the snapshots follow meanwhile. A small fictional ledger of 10,000 entries is made for it.
//! `DEALTRAIL_BENCH_LEDGER` names the directory of a larger ledger to compare with, **which is recorded into**: it has to be
//! a copy. The bar is 1.3 times the small one's. With `DEALTRAIL_BENCH_TIMES` and `DEALTRAIL_BENCH_FROM`, the ledger is made first,
//! as so many times that one's entries under other ids: large ones take less time to make than to think up.
#![allow(clippy::print_stdout)]

use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono::DateTime;
use dealtrail::codec::door;
use dealtrail::deal::command::{Command, Draft, Intent};
use dealtrail::deal::value::ids::{Actor, CommandId, KnownBy, StreamId, StreamKind};
use dealtrail::service::fiction;
use dealtrail::service::indexer::DealIndexer;
use dealtrail::service::ledger::{Ledger, Options};
use dealtrail::store::event_store::EventStore;
use dealtrail::store::group::{CommandRecord, Group, Scope};
use dealtrail::store::journal::disk::RealDisk;
use dealtrail::store::ledger_file::LedgerFile;
use dealtrail::store::open::{self, OpenOptions};
use dealtrail::store::recorded::Recorded;
use dealtrail::synth::plan::Plan;
use std::sync::Arc;
use uuid::Uuid;

const WARM_UP: usize = 500;
const ENTRIES: usize = 4_000;

fn main() {
    let large = std::env::var_os("DEALTRAIL_BENCH_LEDGER").map(PathBuf::from);
    let times = std::env::var("DEALTRAIL_BENCH_TIMES").ok();
    if let (Some(large), Some(times)) = (&large, times.and_then(|text| text.parse().ok())) {
        let from = std::env::var_os("DEALTRAIL_BENCH_FROM").map(PathBuf::from);
        multiply(&from.unwrap(), large, times);
    }
    let made = tempfile::tempdir_in(
        large
            .as_deref()
            .and_then(Path::parent)
            .unwrap_or(Path::new(".")),
    )
    .unwrap();
    let small = made.path().join("ledger");
    let plan = Plan::new(1_000, 10_000, 1).unwrap();
    fiction::make(&small, &plan, &Options::default(), &mut |_, _| ()).unwrap();
    let first = measured(&small);
    if let Some(large) = large {
        let second = measured(&large);
        println!("ratio {:.2} (bar 1.3)", second / first);
    }
}

/// Microseconds of processor time an entry, over some thousand entries.
fn measured(dir: &Path) -> f64 {
    let ledger = Ledger::open(dir, &Options::default()).unwrap();
    let streams = streams(&ledger);
    let position = ledger.store().head().position;
    settled(&ledger);
    let mut turns = streams.iter().cycle();
    for (n, stream) in (0..WARM_UP).zip(&mut turns) {
        record(&ledger, *stream, n);
    }
    let before = processor_time();
    for (n, stream) in (0..ENTRIES).zip(&mut turns) {
        record(&ledger, *stream, n);
    }
    let each = (processor_time() - before).as_secs_f64() / ENTRIES as f64 * 1e6;
    println!("at {position:>9} entries: {each:>7.1} µs of processor time an entry");
    each
}

/// Agreements from all over the ledger, no two next to each other near.
fn streams(ledger: &Ledger) -> Vec<StreamId> {
    let models = ledger.models_at_head().unwrap();
    let streams = models.status.refs().map(|(_, stream)| stream);
    let mut streams: Vec<_> = streams
        .filter(|stream| stream.kind() == StreamKind::Agreement)
        .collect();
    streams.sort_by_key(|stream| {
        stream
            .uuid()
            .map(|id| id.as_u128().wrapping_mul(0x9e37_79b9_7f4a_7c15))
    });
    streams.truncate(WARM_UP + ENTRIES);
    streams
}

/// Waits until what goes on behind a ledger that was just opened has come to rest.
fn settled(ledger: &Ledger) {
    ledger.models_at_head().unwrap();
    loop {
        let before = processor_time();
        std::thread::sleep(Duration::from_secs(2));
        if processor_time() - before < Duration::from_millis(60) {
            return;
        }
    }
}

fn record(ledger: &Ledger, stream: StreamId, n: usize) {
    let text = format!(r#"{{"words":"remark {n} of the measurement"}}"#);
    let intent = Intent::Record(Draft {
        stream,
        payload: door::payload_from_text("noted", text.as_bytes()).unwrap(),
        on: None,
        sources: Vec::new(),
    });
    let command = Command {
        id: CommandId::from(Uuid::now_v7()),
        actor: Actor {
            id: "u:measure".parse().unwrap(),
            known_by: KnownBy::LocalClaim,
        },
        intents: vec![intent],
        expected: None,
    };
    ledger.submit_blocking(command).unwrap();
}

fn processor_time() -> Duration {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    Duration::new(now.tv_sec.unsigned_abs(), now.tv_nsec as u32)
}

/// Makes a ledger of so many times the entries of another one. Each time the ids end in another byte and the references
/// name other years; everything else is as it was decided there.
fn multiply(from: &Path, to: &Path, times: u8) {
    let source = open::open_reader(from, OpenOptions::default()).unwrap();
    let file = LedgerFile {
        id: Uuid::new_v4(),
        created: DateTime::UNIX_EPOCH,
        ..source.file
    };
    open::create(to, &file, &RealDisk).unwrap();
    let options = OpenOptions {
        indexer: Arc::new(DealIndexer),
        ..OpenOptions::default()
    };
    let target = open::open(to, options).unwrap().events;
    for turn in 0..times {
        // Events of the ledger's own stream are there once.
        let mut left_out = 0;
        let offset = target.head().position;
        for frame in source.events.read(0).unwrap() {
            let frame = frame.unwrap();
            let mut group = Group::default();
            let own = |event: &Recorded| turn > 0 && event.stream() == "ledger";
            let before = left_out;
            for event in frame.events() {
                if own(event) {
                    left_out += 1;
                    continue;
                }
                let shift = offset.wrapping_sub(left_out);
                let text = moved(event, turn, shift);
                group.events.push(Recorded::parse(text).unwrap());
            }
            if left_out > before {
                // The opening is one batch and stands at the beginning of its frame.
                assert_eq!(frame.first_seq(), 0);
            }
            let taken = |command: &CommandRecord| turn == 0 || command.first_seq >= left_out;
            group.commands = frame
                .commands()
                .unwrap()
                .into_iter()
                .filter(taken)
                .collect();
            for command in &mut group.commands {
                command.first_seq = command
                    .first_seq
                    .wrapping_add(offset.wrapping_sub(left_out));
                command.scope = Scope {
                    key: String::from_utf8(named(command.scope.key.as_bytes(), turn)).unwrap(),
                    ..command.scope.clone()
                };
            }
            if !group.events.is_empty() {
                target.append(target.head().position, group).unwrap();
            }
        }
        println!("{} entries made", target.head().position);
    }
}

/// The stored bytes of an event as it stands elsewhere.
fn moved(event: &Recorded, turn: u8, shift: u64) -> Vec<u8> {
    let text = named(event.bytes(), turn);
    let text = String::from_utf8(text).unwrap();
    let first = event.batch().first;
    let (head, tail) = text.split_once(&format!("\"first\":{first}}}")).unwrap();
    let (middle, end) = tail
        .rsplit_once(&format!("\"seq\":{},", event.seq()))
        .unwrap();
    let (first, seq) = (first.wrapping_add(shift), event.seq().wrapping_add(shift));
    format!("{head}\"first\":{first}}}{middle}\"seq\":{seq},{end}").into_bytes()
}

/// A text with other ids and references.
fn named(text: &[u8], turn: u8) -> Vec<u8> {
    let mut named = text.to_vec();
    let mut at = 0;
    while at + 36 <= text.len() {
        let looks = text[at + 8] == b'-'
            && text[at + 13] == b'-'
            && text[at + 18] == b'-'
            && text[at + 23] == b'-';
        if looks && let Ok(id) = Uuid::try_parse_ascii(&text[at..at + 36]) {
            let other = Uuid::from_u128(id.as_u128() ^ u128::from(turn));
            let mut written = Uuid::encode_buffer();
            let written = other.hyphenated().encode_lower(&mut written);
            named[at..at + 36].copy_from_slice(written.as_bytes());
            at += 36;
            continue;
        }
        at += 1;
    }
    for at in 0..named.len().saturating_sub(12) {
        if named[at..].starts_with(b"\"ref\":\"") && named[at + 9..].starts_with(b"-20") {
            named[at + 11] = b'0' + turn % 10;
        }
    }
    named
}
