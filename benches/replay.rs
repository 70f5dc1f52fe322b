//! What a replay costs beside reading and decoding alone, on the same events and in the same run.
//!
//! Reading and decoding use all cores and fold nothing; the fold into every read model, its proofs included, does the same
//! and more. The two take turns. The search is folded on demand, so the ratio is told without and with it. `DEALTRAIL_BENCH_LEDGER` is
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
    println!("{events} events, {TURNS} turns, the fastest of each");
    let (mut decoded, mut folded, mut searched) = (Duration::MAX, Duration::MAX, Duration::MAX);
    for _ in 0..TURNS {
        decoded = decoded.min(decode(store.as_ref(), zone));
        let (fold, search) = fold(store.as_ref(), zone);
        folded = folded.min(fold);
        searched = searched.min(fold + search);
    }
    row("reading and decoding alone", events, decoded, decoded);
    row("folded into the read models", events, folded, decoded);
    row("and the search folded, too", events, searched, decoded);
    unfolding(store.as_ref(), zone);
}

fn opened(dir: &Path) -> (Arc<dyn EventStore>, Zone) {
    let store = open::open_reader(dir, OpenOptions::default())
        .unwrap()
        .events;
    let mut decoder = Decoder::from_start();
    decoder.decode(&store.event(0).unwrap().unwrap()).unwrap();
    (store, decoder.zone())
}

fn row(name: &str, events: u64, took: Duration, decoded: Duration) {
    println!(
        "{name:<30} {:>8.2} s {:>10.0} events/s  ratio {:.2}",
        took.as_secs_f64(),
        events as f64 / took.as_secs_f64(),
        decoded.as_secs_f64() / took.as_secs_f64(),
    );
}

/// Everything read, proved and decoded, and nothing done with it.
fn decode(store: &dyn EventStore, zone: Zone) -> Duration {
    let begun = Instant::now();
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
    begun.elapsed()
}

/// Everything folded, then the search.
fn fold(store: &dyn EventStore, zone: Zone) -> (Duration, Duration) {
    let begun = Instant::now();
    let models = folded(store, zone);
    let fold = begun.elapsed();
    let begun = Instant::now();
    assert_eq!(models.search().position(), models.position());
    (fold, begun.elapsed())
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
    let begun = Instant::now();
    let unpacked = models.status.events_of_kinds(|_| true).count();
    let each = begun.elapsed().as_secs_f64() / unpacked as f64;
    println!("unpacking one event            {:>8.2} µs", each * 1e6);
}
