//! The power goes under eight senders at once, on a disk that forgets what was not synced: nothing
//! acknowledged is lost, and the ledger opens without anybody's help.
//!
//! `DEALTRAIL_CUTS` is how often (usual 6). A third of the cuts keeps nothing un-synced, a third a prefix, a third any
//! subset torn into sectors. Every second cut comes after a counted operation, the others at any moment; every
//! second time the process lives on and has to end by itself on the dead disk.

use std::path::Path;
use std::time::Duration;

use super::client::{Client, SENDERS};
use super::lanes::lanes;
use super::senders::Senders;
use super::shim::dice::Dice;
use super::shim::disk::{Disk, Survival};
use super::shim::fuse::SharedDisk;
use super::tally::{count, tell};
use crate::service::support::{on_disk, registered, send};

/// A ledger lives through so many cuts, then another one begins: checking one takes as long as it is.
const LIFE: u64 = 12;

/// A disk with a young ledger on it.
fn young(place: &Path) -> Disk {
    let disk = SharedDisk::default();
    let session = disk.mount(place).unwrap();
    let ledger = on_disk(&place.join("ledger"));
    send(&ledger, "register", (0..=SENDERS).map(registered).collect()).unwrap();
    drop(ledger);
    drop(session);
    // Plans count from here.
    disk.lock().revive();
    disk.lock().clone()
}

/// Cuts the power while the senders record and brings it back; gives what they were told.
fn cut(disk: &SharedDisk, place: &Path, dice: &mut Dice, round: u64) -> Vec<String> {
    let session = disk.mount(place).unwrap();
    let mut senders = Senders::start(&place.join("ledger"), round, u64::MAX, &[]);
    let counted = round.is_multiple_of(2);
    if counted && round.is_multiple_of(4) {
        // From the first operation of opening on.
        disk.lock().plan.stop_after = Some(1 + dice.below(60));
    }
    if senders.wait_for("begin") {
        let mut disk = disk.lock();
        if counted {
            let done = disk.counts.writes + disk.counts.syncs;
            disk.plan
                .stop_after
                .get_or_insert(done + 1 + dice.below(400));
        }
        drop(disk);
        std::thread::sleep(Duration::from_micros(dice.below(100_000)));
    }
    if !counted {
        disk.lock().kill();
    }
    let told = if round % 4 < 2 && disk.lock().is_dead() {
        senders.end().0
    } else {
        disk.lock().kill();
        senders.kill()
    };
    drop(session);
    let survival = Survival::CUTS[(round % 3) as usize];
    disk.lock().cut(survival, dice);
    told
}

#[test]
fn nothing_acknowledged_is_lost_when_the_power_goes() {
    let cuts = count("DEALTRAIL_CUTS", 6);
    let first = tempfile::tempdir().unwrap();
    let young = young(first.path());
    let [done, acknowledged] = lanes(|lane, lanes| {
        let place = tempfile::tempdir().unwrap();
        let (mut disk, mut client) = (SharedDisk::from(young.clone()), Client::default());
        let (mut done, mut acknowledged) = (0, 0);
        for round in (lane..cuts).step_by(lanes as usize) {
            if done % LIFE == LIFE - 1 {
                acknowledged += client.len();
                (disk, client) = (SharedDisk::from(young.clone()), Client::default());
            }
            let mut dice = Dice::new(round + 1);
            client.note(&cut(&disk, place.path(), &mut dice, round));
            let session = disk.mount(place.path()).unwrap();
            let ledger = place.path().join("ledger");
            if round % 7 == 6 {
                // It may be gone already: set aside, and the new one's name lost with the power.
                let _ = std::fs::remove_dir_all(ledger.join("sled"));
            }
            client.check(&ledger, &format!("round {round}"));
            drop(session);
            done += 1;
        }
        [done, acknowledged + client.len()]
    });
    assert_eq!(done, cuts);
    assert!(acknowledged > cuts, "the senders recorded");
    let figures = [("cuts", cuts), ("acknowledged", acknowledged), ("lost", 0)];
    tell("power cuts under eight senders", &figures);
}
