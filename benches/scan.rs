//! tmp
#![allow(clippy::print_stdout)]
use dealtrail::deal::state::Book;
use dealtrail::projection::description;
use dealtrail::projection::standing::standing;
use dealtrail::service::ledger::{Ledger, Options};
use std::time::Instant;

fn main() {
    let dir = std::env::var("DEALTRAIL_BENCH_LEDGER").unwrap();
    let start = Instant::now();
    let ledger = Ledger::read(dir.as_ref(), &Options::default()).unwrap();
    let models = ledger.models_at_head().unwrap();
    println!("ready {:?}", start.elapsed());
    let status = &models.status;
    let ids: Vec<_> = {
        let mut v: Vec<_> = status.refs().map(|(_, s)| s).collect();
        v.sort();
        v.dedup();
        v
    };
    println!("{} streams", ids.len());
    let start = Instant::now();
    let mut n = 0;
    for id in &ids {
        n += status.events_of(*id).len();
    }
    println!("unpack {} {:?}", n, start.elapsed());
    let start = Instant::now();
    let mut n = 0;
    for id in &ids {
        n += Book::fold(*id, &status.events_of(*id)).facts().len();
    }
    println!("unpack+fold {} {:?}", n, start.elapsed());
    let day = "2026-06-01".parse().unwrap();
    let start = Instant::now();
    let mut n = 0;
    for id in &ids {
        let book = Book::fold(*id, &status.events_of(*id));
        let track = models.ledger.track(description::class_of(&book));
        n += standing(&book, track, day).milestones.len();
    }
    println!("unpack+fold+standing {} {:?}", n, start.elapsed());
}
