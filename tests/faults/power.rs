//! The power goes under eight senders at once, on a disk that forgets what was not synced: nothing
//! acknowledged is lost, and the ledger opens without anybody's help.
//!
//! `DEALTRAIL_CUTS` is how often (default 6). A third of the cuts keeps nothing un-synced, a third a
//! prefix, a third any subset torn into sectors.

use std::collections::BTreeMap;
use std::path::Path;

use super::kill_service::{SENDERS, check, note, stopped};
use super::shim::dice::Dice;
use super::shim::disk::Survival;
use super::shim::fuse::SharedDisk;
use super::tally::count;
use crate::service::support::{on_disk, registered, send};

fn cuts() -> u64 {
    count("DEALTRAIL_CUTS", 6)
}

/// Cuts the power while the senders record, brings it back, and gives what they were told.
fn cut(disk: &SharedDisk, place: &Path, round: u64) -> Vec<String> {
    let session = disk.mount(place).unwrap();
    let told = stopped(&place.join("ledger"), round, |_| disk.lock().kill());
    drop(session);
    let survival = Survival::CUTS[(round % 3) as usize];
    disk.lock().cut(survival, &mut Dice::new(round + 1));
    told
}

#[test]
fn nothing_acknowledged_is_lost_when_the_power_goes() {
    let place = tempfile::tempdir().unwrap();
    let disk = SharedDisk::default();
    let session = disk.mount(place.path()).unwrap();
    let ledger = on_disk(&place.path().join("ledger"));
    send(&ledger, "register", (0..=SENDERS).map(registered).collect()).unwrap();
    drop(ledger);
    drop(session);
    let mut acknowledged = BTreeMap::new();
    let mut forgotten = 0;
    for round in 0..cuts() {
        let before = acknowledged.len();
        note(&mut acknowledged, &cut(&disk, place.path(), round));
        forgotten += usize::from(acknowledged.len() == before);
        let session = disk.mount(place.path()).unwrap();
        check(&place.path().join("ledger"), &acknowledged, round);
        drop(session);
    }
    assert!(!acknowledged.is_empty());
    assert!(forgotten < cuts() as usize, "some round recorded something");
}

/// The ledger's very first second: made, cut, and made again or found whole.
#[test]
fn a_ledger_cut_while_it_is_made_is_finished_by_making_it_again() {
    for round in 0..cuts() {
        let place = tempfile::tempdir().unwrap();
        let disk = SharedDisk::default();
        let session = disk.mount(place.path()).unwrap();
        let dir = place.path().join("ledger");
        disk.lock().plan.stop_after = Some(3 + round * 5);
        let options = dealtrail::service::ledger::Options {
            segment_bytes: 4 << 20,
            ..Default::default()
        };
        let made = dealtrail::service::ledger::Ledger::create(
            &dir,
            crate::service::support::init(),
            &options,
        );
        let done = made.is_ok();
        drop(made);
        drop(session);
        disk.lock()
            .cut(Survival::CUTS[(round % 3) as usize], &mut Dice::new(round));
        let session = disk.mount(place.path()).unwrap();
        let again = dealtrail::service::ledger::Ledger::create(
            &dir,
            crate::service::support::init(),
            &options,
        );
        match again {
            Ok(ledger) => assert_eq!(ledger.head(), 4),
            Err(error) => {
                assert!(done, "round {round}: {error}");
                assert_eq!(
                    dealtrail::service::ledger::Ledger::open(&dir, &options)
                        .unwrap()
                        .head(),
                    4
                );
            }
        }
        drop(session);
    }
}
