//! A restore drill: a ledger is filled, backed up, lost, restored and proved, and the times are told.

use std::fs;

use dealtrail::service::backup::Shown;
use dealtrail::service::ledger::Ledger;

use super::tally::{count, tell};
use crate::service::backup::{Place, opts, proof};
use crate::service::support::{agreement, init, noted, registered, reopened, send};

/// `DEALTRAIL_RESTORE_EVENTS` is how many (usual 20,000): a ledger of that size is backed up, lost, restored and
/// proved, and the times are told.
#[test]
fn a_restore_drill() {
    let wanted = count("DEALTRAIL_RESTORE_EVENTS", 20_000);
    let place = Place::new();
    let mut options = opts();
    options.segment_bytes = 64 << 20;
    let ledger = Ledger::create(&place.ledger(), init(), &options).unwrap();
    let agreements = (wanted / 100).clamp(1, 100_000);
    let mut left: Vec<u64> = (0..agreements).collect();
    while !left.is_empty() {
        let some: Vec<_> = left.drain(..left.len().min(500)).map(registered).collect();
        send(&ledger, &format!("r-{}", left.len()), some).unwrap();
    }
    let mut n = 0;
    while ledger.head() < wanted {
        let some = (wanted - ledger.head()).min(1_000);
        let notes = (n..n + some).map(|n| noted(agreement(n % agreements), &format!("remark {n}")));
        send(&ledger, &format!("n-{n}"), notes.collect()).unwrap();
        n += some;
    }
    let root = ledger.root(wanted).unwrap();
    drop(ledger);
    let timed = |what: &dyn Fn()| {
        let begun = std::time::Instant::now();
        what();
        u64::try_from(begun.elapsed().as_millis()).unwrap()
    };
    let backup = timed(&|| drop(place.take(false).unwrap()));
    let proved = timed(&|| proof(&place).unwrap());
    fs::remove_dir_all(place.ledger()).unwrap();
    let restored = timed(&|| drop(place.put_back(&Shown::default()).unwrap()));
    let ledger = reopened(&place.restored());
    assert_eq!(ledger.root(wanted).unwrap(), root);
    assert_eq!(ledger.head(), wanted + 1);
    tell(
        "restore drill",
        &[
            ("events", wanted),
            ("lost", 0),
            ("backup_ms", backup),
            ("proof_ms", proved),
            ("restore_ms", restored),
        ],
    );
}
