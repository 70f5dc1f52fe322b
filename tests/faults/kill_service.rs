//! kill -9 under eight senders at once: nothing acknowledged is lost, no gap, no torn batch, and
//! whoever sends again is told the first answer.
//!
//! `DEALTRAIL_KILLS` is how often (usual 5).

use std::time::Duration;

use super::client::{Client, SENDERS};
use super::lanes::lanes;
use super::senders::Senders;
use super::shim::dice::Dice;
use super::tally::{count, tell};
use crate::service::support::{on_disk, registered, send};

/// A ledger lives through so many kills, then another one begins: checking one takes as long as it is.
const LIFE: u64 = 8;

#[test]
fn nothing_acknowledged_to_eight_senders_is_lost() {
    let kills = count("DEALTRAIL_KILLS", 5);
    let [done, acknowledged] = lanes(|lane, lanes| {
        let rounds: Vec<u64> = (lane..kills).step_by(lanes as usize).collect();
        let mut acknowledged = 0;
        for life in rounds.chunks(LIFE as usize) {
            let place = tempfile::tempdir().unwrap();
            let dir = place.path().join("ledger");
            let ledger = on_disk(&dir);
            send(&ledger, "register", (0..=SENDERS).map(registered).collect()).unwrap();
            drop(ledger);
            let mut client = Client::default();
            for round in life {
                let mut dice = Dice::new(*round + 1);
                let mut senders = Senders::start(&dir, *round, u64::MAX, &[]);
                // Every fourth kill falls into the opening.
                if round % 4 != 3 {
                    senders.begin();
                }
                std::thread::sleep(Duration::from_micros(dice.below(60_000)));
                client.note(&senders.kill());
                if round % 5 == 4 {
                    std::fs::remove_dir_all(dir.join("sled")).unwrap();
                }
                client.check(&dir, &format!("kill {round}"));
            }
            acknowledged += client.len();
        }
        [rounds.len() as u64, acknowledged]
    });
    assert_eq!(done, kills);
    assert!(acknowledged > kills, "the senders recorded");
    tell(
        "kill -9 under eight senders",
        &[
            ("kills", kills),
            ("acknowledged", acknowledged),
            ("lost", 0),
        ],
    );
}
