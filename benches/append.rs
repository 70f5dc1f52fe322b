//! What recording one entry costs in processor time, all threads together, on ledgers of different sizes.
//!
//! Remarks are recorded one by one on agreements all over a ledger, through the writer as anybody's; the read models, the
//! second copy and the snapshots follow meanwhile, and what they cost counts. A small fictional ledger of 10,000 entries is
//! made for it. `DEALTRAIL_BENCH_LEDGER` names the directory of a larger ledger to compare with, **which is recorded into**: it
//! has to be a copy. The bar is 1.3 times the small one's.
//!
//! The two differ in more than their length. The small one has 1,000 agreements, so that each comes up again within the run
//! and the writer remembers it; in a large one none comes up twice, and each is looked up: that is part of the ratio. No
//! snapshot of the read models falls due within a run, in neither. A second copy that was made shortly before still has its
//! index to merge, a step with every entry: the first run on a ledger that was never opened for recording costs more.
#![allow(clippy::print_stdout)]

use std::path::{Path, PathBuf};
use std::time::Duration;

use dealtrail::codec::door;
use dealtrail::deal::command::{Command, Draft, Intent};
use dealtrail::deal::value::ids::{Actor, CommandId, KnownBy, StreamId, StreamKind};
use dealtrail::service::fiction;
use dealtrail::service::ledger::{Ledger, Options};
use dealtrail::store::journal::scrub::Pace;
use dealtrail::synth::plan::Plan;
use uuid::Uuid;

/// The program's own.
#[cfg(feature = "jemalloc")]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

const WARM_UP: usize = 500;
const ENTRIES: usize = 4_000;
/// How many times two seconds are waited for a ledger to come to rest.
const LONGEST_REST: usize = 300;

fn main() {
    let large = std::env::var_os("DEALTRAIL_BENCH_LEDGER").map(PathBuf::from);
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
    // What is stored is read again at a pace of its own, whatever is recorded: it is left out.
    let options = Options {
        pace: Pace {
            first: 1,
            later: 1,
            rest: Duration::from_secs(3_600),
        },
        ..Options::default()
    };
    let ledger = Ledger::open(dir, &options).unwrap();
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
    streams.truncate(2 * (WARM_UP + ENTRIES));
    // Nothing is recorded on what was withdrawn.
    streams.retain(|stream| {
        models
            .status
            .book(*stream)
            .is_some_and(|book| book.is_registered())
    });
    streams.truncate(WARM_UP + ENTRIES);
    streams
}

/// Waits until what goes on behind a ledger that was just opened has come to rest.
fn settled(ledger: &Ledger) {
    ledger.models_at_head().unwrap();
    for _ in 0..LONGEST_REST {
        let before = processor_time();
        std::thread::sleep(Duration::from_secs(2));
        if processor_time() - before < Duration::from_millis(60) {
            return;
        }
    }
    panic!("the ledger does not come to rest");
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
