//! A thread that a disk does not let go: closing does not wait for it for ever, and nobody else records until it ended.

use std::sync::Arc;
use std::time::{Duration, Instant};

use dealtrail::service::ledger::{Ledger, Options};
use dealtrail::service::open_error::LedgerError;
use dealtrail::store::journal::disk::Disk;
use dealtrail::store::journal::scrub::Pace;
use dealtrail::store::open::OpenError;

use super::disk::FaultyDisk;
use crate::service::support::{clock, init, options, registered, send};

#[test]
fn a_thread_left_behind_in_a_dead_disk_keeps_the_lock_until_it_ends() {
    let place = tempfile::tempdir().unwrap();
    let dir = place.path().join("ledger");
    let disk = FaultyDisk::default();
    let without_rest = Pace {
        rest: Duration::ZERO,
        ..Pace::default()
    };
    let told = Options {
        disk: Arc::new(disk.clone()) as Arc<dyn Disk>,
        pace: without_rest,
        ..options(&clock())
    };
    let ledger = Ledger::create(&dir, init(), &told).unwrap();
    send(&ledger, "c-1", vec![registered(1)]).unwrap();
    disk.hold(Some("journal-scrub"));
    std::thread::sleep(Duration::from_millis(200));
    let begun = Instant::now();
    drop(ledger);
    assert!(
        begun.elapsed() < Duration::from_secs(60),
        "closing waits for ever"
    );
    let other = options(&clock());
    match Ledger::open(&dir, &other) {
        Err(LedgerError::Open(OpenError::Lock(_))) => {}
        Err(error) => panic!("{error}"),
        Ok(_) => panic!("it was opened although somebody may still write"),
    }
    Ledger::read(&dir, &other).unwrap();
    disk.hold(None);
    let deadline = Instant::now() + Duration::from_secs(30);
    let again = loop {
        match Ledger::open(&dir, &other) {
            Ok(ledger) => break ledger,
            Err(error) if Instant::now() > deadline => panic!("{error}"),
            Err(_) => std::thread::sleep(Duration::from_millis(20)),
        }
    };
    assert!(
        send(&again, "c-1", vec![registered(1)]).unwrap().replayed,
        "what was acknowledged is there"
    );
}
