//! A disk that lies when it is read: single bits flipped between disk and program, once or always.
//!
//! The bits are those of the journal. Nothing wrong is ever answered, and no mending writes the lie over the good bytes: when the disk tells the truth
//! again, everything that was acknowledged is there. `DEALTRAIL_READ_FLIPS` is how often (usual 24).

use std::path::Path;

use dealtrail::service::ledger::Ledger;

use super::lanes::lanes;
use super::shim::dice::Dice;
use super::shim::disk::Disk;
use super::shim::fuse::SharedDisk;
use super::shim::lie::Lie;
use super::tally::{count, tell};
use crate::service::support::{
    agreement, clock, noted, on_disk, options, registered, reopened, send, stored,
};

/// A disk with a ledger of some frames, and what is stored in it.
fn told(place: &Path) -> (Disk, Vec<Vec<u8>>) {
    let disk = SharedDisk::default();
    let session = disk.mount(place).unwrap();
    let ledger = on_disk(&place.join("ledger"));
    send(&ledger, "register", (0..4).map(registered).collect()).unwrap();
    for n in 0..20 {
        let words = format!("brick-{n}");
        send(&ledger, &words, vec![noted(agreement(n % 4), &words)]).unwrap();
    }
    let truth = stored(&ledger);
    drop(ledger);
    drop(session);
    disk.lock().revive();
    let disk = disk.lock().clone();
    (disk, truth)
}

/// A lie about the journal's used part, once or always; or about one read in some of it.
fn lie(disk: &Disk, dice: &mut Dice, round: u64) -> Lie {
    let path = "ledger/journal/000000";
    let node = disk.find(path).unwrap();
    if round % 3 == 2 {
        return Lie::Some {
            nodes: vec![node],
            one_in: 2 + dice.below(20),
            dice: dice.clone(),
        };
    }
    let bytes = disk.bytes_at(path).unwrap();
    let used = bytes.iter().rposition(|byte| *byte != 0).unwrap() as u64;
    Lie::Bit {
        node,
        at: dice.below(used + 1) as usize,
        bit: dice.below(8) as u8,
        times: if dice.coin() { 1 } else { u64::MAX },
    }
}

/// What is answered is the truth, or an error.
fn answers(ledger: &Ledger, truth: &[Vec<u8>], about: &str) -> bool {
    let mut named = ledger.damage().is_some() || !ledger.findings().is_empty();
    for (seq, true_bytes) in truth.iter().enumerate() {
        match ledger.event_bytes(seq as u64) {
            Ok(Some(bytes)) => assert!(&bytes == true_bytes, "{about}: event {seq} is a lie"),
            // A reader takes an unreadable last frame for one that is still being written.
            Ok(None) => assert!(
                named || seq as u64 >= ledger.head(),
                "{about}: event {seq} is passed over"
            ),
            Err(_) => named = true,
        }
    }
    named || ledger.stopped().is_some()
}

/// One lie; whether it was told at all, and whether somebody named it.
fn lied_to(place: &Path, disk: Disk, truth: &[Vec<u8>], round: u64, writer: bool) -> (bool, bool) {
    let about = format!("lie {round}, to a writer: {writer}");
    let disk = SharedDisk::from(disk);
    let session = disk.mount(place).unwrap();
    let dir = place.join("ledger");
    let told = {
        let disk = disk.lock();
        lie(&disk, &mut Dice::new(round + 1), round)
    };
    disk.lock().plan.lie = Some(told);
    let opened = match writer {
        true => Ledger::open(&dir, &options(&clock())),
        false => Ledger::read(&dir, &options(&clock())),
    };
    let mut recorded = None;
    let named = match &opened {
        Err(_) => true,
        Ok(ledger) => {
            if writer {
                let words = vec![noted(agreement(1), "one-more")];
                recorded = send(ledger, "one-more", words).ok();
            }
            answers(ledger, truth, &about)
        }
    };
    drop(opened);
    let was_told = disk.lock().counts.lies > 0;
    disk.lock().plan.lie = None;
    let ledger = reopened(&dir);
    assert_eq!(ledger.stopped(), None, "{about}");
    let now = stored(&ledger);
    assert!(now.starts_with(truth), "{about}: the lie came to stay");
    if let Some(answer) = recorded {
        let again = send(&ledger, "one-more", vec![noted(agreement(1), "one-more")]);
        assert_eq!(
            again.map(|again| again.events),
            Ok(answer.events),
            "{about}"
        );
    }
    let replayed = ledger.replay(None, &mut |_, _| ()).unwrap();
    assert!(replayed.differences.is_empty(), "{about}");
    drop(ledger);
    drop(session);
    (was_told, named)
}

#[test]
fn a_lie_is_named_or_harmless_and_never_stays() {
    let lies = count("DEALTRAIL_READ_FLIPS", 24);
    let first = tempfile::tempdir().unwrap();
    let (disk, truth) = told(first.path());
    let [tried, told, named] = lanes(|lane, lanes| {
        let place = tempfile::tempdir().unwrap();
        let mut sums = [0; 3];
        for round in (lane..lies).step_by(lanes as usize) {
            let writer = round / 3 % 2 == 0;
            let (told, named) = lied_to(place.path(), disk.clone(), &truth, round, writer);
            sums[0] += 1;
            sums[1] += u64::from(told);
            sums[2] += u64::from(told && named);
        }
        sums
    });
    assert!(
        told > 0 && named > 0,
        "{told} of {tried} lies were told, {named} named"
    );
    tell(
        "bits flipped on read",
        &[
            ("flips", tried),
            ("read", told),
            ("named", named),
            ("wrong answers", 0),
        ],
    );
}
