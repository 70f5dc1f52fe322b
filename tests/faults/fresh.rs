//! A ledger's very first second: the power goes while it is made and while the first facts are recorded.
//!
//! `DEALTRAIL_FRESH_CUTS` is how often (usual 6). Half of the ledgers are made by the real program, command by command,
//! the others by eight senders at once. Half of the cuts come after a counted operation, half at any moment.

use std::path::Path;
use std::time::Duration;

use super::client::{Client, SENDERS};
use super::lanes::lanes;
use super::officer::{Officer, SCRIPT};
use super::senders::{Senders, opened};
use super::shim::dice::Dice;
use super::shim::disk::Survival;
use super::shim::fuse::SharedDisk;
use super::tally::{count, tell};
use crate::service::recording::{check_order, events};
use crate::service::support::{registered, reopened, send};

/// Cuts the power under the program and gives how many commands it had acknowledged.
fn under_the_program(place: &Path, round: u64, counted: bool) -> u64 {
    let (disk, mut dice) = (SharedDisk::default(), Dice::new(round + 1));
    let session = disk.mount(place).unwrap();
    let mut officer = Officer::on(&disk, place.join("ledger"));
    if counted {
        disk.lock().plan.stop_after = Some(1 + dice.below(220));
        officer.work();
    } else {
        let moment = Duration::from_millis(dice.below(900));
        std::thread::scope(|scope| {
            scope.spawn(|| {
                std::thread::sleep(moment);
                disk.lock().kill();
            });
            officer.work()
        });
    }
    drop(session);
    let told = officer.acknowledged();
    disk.lock()
        .cut(Survival::CUTS[(round % 3) as usize], &mut dice);
    let session = disk.mount(place).unwrap();
    officer.check(&format!("round {round}"));
    // Whether `init` was acknowledged may have stayed open.
    assert!(officer.acknowledged() + 1 >= SCRIPT as u64);
    whole(officer.data());
    drop(session);
    told
}

/// Order, chain and read models of a ledger.
pub(crate) fn whole(dir: &Path) {
    let ledger = reopened(dir);
    assert_eq!(ledger.stopped(), None);
    check_order(&events(&ledger));
    let replayed = ledger.replay(None, &mut |_, _| ()).unwrap();
    assert!(replayed.compared && replayed.differences.is_empty());
}

/// Cuts the power under eight senders, from the making of the ledger on; gives how many commands were acknowledged.
fn under_senders(place: &Path, round: u64, counted: bool) -> u64 {
    let (disk, mut dice) = (SharedDisk::default(), Dice::new(round + 1));
    let session = disk.mount(place).unwrap();
    let dir = place.join("ledger");
    if counted {
        disk.lock().plan.stop_after = Some(1 + dice.below(300));
    }
    let mut senders = Senders::start(&dir, round, u64::MAX, &[]);
    assert!(senders.wait_for("start"));
    let told = if counted {
        senders.end().0
    } else {
        std::thread::sleep(Duration::from_micros(dice.below(150_000)));
        disk.lock().kill();
        senders.kill()
    };
    drop(session);
    let begun = told.iter().any(|line| line == "begin");
    let mut client = Client::default();
    client.note(&told);
    let acknowledged = client.len();
    disk.lock()
        .cut(Survival::CUTS[(round % 3) as usize], &mut dice);
    let session = disk.mount(place).unwrap();
    let about = format!("round {round}");
    let ledger = if begun {
        reopened(&dir)
    } else {
        opened(&dir).unwrap_or_else(|error| panic!("{about}: {error}"))
    };
    let all = (0..=SENDERS).map(registered).collect();
    let again = send(&ledger, "register", all).unwrap();
    assert!(
        again.replayed || !begun,
        "{about}: the registrations are lost"
    );
    drop(ledger);
    client.check(&dir, &about);
    drop(session);
    acknowledged
}

#[test]
fn nothing_acknowledged_in_the_first_second_is_lost() {
    let cuts = count("DEALTRAIL_FRESH_CUTS", 6);
    let [done, acknowledged] = lanes(|lane, lanes| {
        let (mut done, mut acknowledged) = (0, 0);
        for round in (lane..cuts).step_by(lanes as usize) {
            let place = tempfile::tempdir().unwrap();
            let counted = round / 4 % 2 == 0;
            acknowledged += match round / 2 % 2 {
                0 => under_the_program(place.path(), round, counted),
                _ => under_senders(place.path(), round, counted),
            };
            done += 1;
        }
        [done, acknowledged]
    });
    assert_eq!(done, cuts);
    assert!(acknowledged > 0);
    let figures = [("cuts", cuts), ("acknowledged", acknowledged), ("lost", 0)];
    tell("power cuts in a ledger's first second", &figures);
}
