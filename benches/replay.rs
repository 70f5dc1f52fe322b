//! What a replay costs beside reading and decoding alone, on the same events and in the same run.
//!
//! Reading and decoding use all cores and fold nothing; the fold into every read model, its proofs included, does the same
//! and more. The two take turns, and the least time of each counts. The search is folded on demand, so the ratio is told without and with it. `DEALTRAIL_BENCH_LEDGER` is
//! the directory of a ledger, which is only read; without it a small fictional one is made. The bar is 0.4.
#![allow(clippy::print_stdout)]

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use dealtrail::codec::decoder::Decoder;
use dealtrail::deal::value::zone::Zone;
use dealtrail::projection::Projection;
use dealtrail::projection::models::Models;
use dealtrail::service::ahead::{Wanted, each_prepared};
use dealtrail::service::fiction;
use dealtrail::service::ledger::Options;
use dealtrail::store::event_store::EventStore;
use dealtrail::store::open::{self, OpenOptions};
use dealtrail::synth::plan::Plan;

/// The program's own.
#[cfg(feature = "jemalloc")]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

const TURNS: usize = 3;

fn main() {
    let made = tempfile::tempdir().unwrap();
    let dir = std::env::var_os("DEALTRAIL_BENCH_LEDGER").map_or_else(
        || {
            let dir = made.path().join("ledger");
            let plan = Plan::new(2_000, 20_000, 1).unwrap();
            fiction::make(&dir, &plan, &Options::default(), &mut |_, _| ()).unwrap();
            dir
        },
        PathBuf::from,
    );
    let (store, zone) = opened(&dir);
    let events = store.head().position;
    println!("{events} events, {TURNS} turns");
    let (mut decoded, mut folded, mut searched) = (Cost::MOST, Cost::MOST, Cost::MOST);
    for _ in 0..TURNS {
        decoded = decoded.least(decode(store.as_ref(), zone));
        let (fold, search) = fold(store.as_ref(), zone);
        folded = folded.least(fold);
        searched = searched.least(search);
    }
    row("reading and decoding alone", events, decoded, decoded);
    row("folded into the read models", events, folded, decoded);
    row("and the search folded, too", events, searched, decoded);
    unfolding(store.as_ref(), zone);
}

/// What something took: on the clock, and of the processor, all threads together. On a machine that does other things, too,
/// only the second tells.
#[derive(Clone, Copy)]
struct Cost {
    clock: Duration,
    processor: Duration,
}

impl Cost {
    const MOST: Self = Self {
        clock: Duration::MAX,
        processor: Duration::MAX,
    };

    fn least(self, other: Self) -> Self {
        Self {
            clock: self.clock.min(other.clock),
            processor: self.processor.min(other.processor),
        }
    }
}

struct Begun(Instant, Duration);

impl Begun {
    fn now() -> Self {
        Self(Instant::now(), processor_time())
    }

    fn cost(&self) -> Cost {
        Cost {
            clock: self.0.elapsed(),
            processor: processor_time() - self.1,
        }
    }
}

fn processor_time() -> Duration {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    Duration::new(now.tv_sec.unsigned_abs(), now.tv_nsec as u32)
}

fn opened(dir: &Path) -> (Arc<dyn EventStore>, Zone) {
    let store = open::open_reader(dir, OpenOptions::default())
        .unwrap()
        .events;
    let mut decoder = Decoder::from_start();
    decoder.decode(&store.event(0).unwrap().unwrap()).unwrap();
    (store, decoder.zone())
}

fn row(name: &str, events: u64, took: Cost, decoded: Cost) {
    let ratio = |of: fn(Cost) -> Duration| of(decoded).as_secs_f64() / of(took).as_secs_f64();
    println!(
        "{name:<28} {:>7.2} s {:>9.0} events/s, ratio {:.2}; processor {:>7.2} s, ratio {:.2}",
        took.clock.as_secs_f64(),
        events as f64 / took.clock.as_secs_f64(),
        ratio(|cost| cost.clock),
        took.processor.as_secs_f64(),
        ratio(|cost| cost.processor),
    );
}

/// Everything read, proved and decoded, and nothing done with it.
fn decode(store: &dyn EventStore, zone: Zone) -> Cost {
    let begun = Begun::now();
    let wanted = Wanted {
        proof: true,
        packed: false,
    };
    let mut events = 0;
    each_prepared(store.read(0).unwrap(), zone, wanted, &mut |prepared| {
        events += prepared.unwrap().events.unwrap().len() as u64;
        true
    });
    assert_eq!(events, store.head().position);
    begun.cost()
}

/// Everything folded; and with the search folded after it.
fn fold(store: &dyn EventStore, zone: Zone) -> (Cost, Cost) {
    let begun = Begun::now();
    let models = folded(store, zone);
    let fold = begun.cost();
    assert_eq!(models.search().position(), models.position());
    (fold, begun.cost())
}

fn folded(store: &dyn EventStore, zone: Zone) -> Models {
    let wanted = Wanted {
        proof: true,
        packed: true,
    };
    let mut models = Models::new();
    each_prepared(store.read(0).unwrap(), zone, wanted, &mut |prepared| {
        let prepared = prepared.unwrap();
        let events = prepared.events.unwrap();
        for (event, body) in events.iter().zip(prepared.packed.iter()) {
            models.take_in(event, body);
        }
        true
    });
    assert_eq!(models.position(), store.head().position);
    models
}

/// What it costs to have the events again from the read models.
fn unfolding(store: &dyn EventStore, zone: Zone) {
    let models = folded(store, zone);
    let begun = Begun::now();
    let unpacked = models.status.events_since(0, |_| true).count();
    let each = begun.cost().processor.as_secs_f64() / unpacked as f64;
    println!(
        "unpacking one event {:>16.2} µs of the processor",
        each * 1e6
    );
}
