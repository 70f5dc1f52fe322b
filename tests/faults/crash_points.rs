//! A scripted history stopped after every single write and every single sync.
//!
//! The history takes snapshots of the read models, too: what is left of one must never change an answer.
//!
//! Each point is tried four times: the power goes and keeps nothing un-synced, a prefix, or a torn subset; or only the
//! process dies, goes on un-synced, and the power goes later. Threads of the ledger write beside each other, so the
//! number of a point does not name the same operation in every run: points are counted on until a run comes to its end.
//! `DEALTRAIL_CRASH_STRIDE` tries every so-manieth point (usual 16; 1 for all).

use std::path::Path;

use super::lanes::lanes_apart;
use super::scene::{FIRST_ACT, SECOND_ACT, Scene, THIRD_ACT, almost_full};
use super::shim::dice::Dice;
use super::shim::disk::{Disk, Survival};
use super::shim::fuse::SharedDisk;
use super::signing::{self, FOURTH_ACT};
use super::tally::{count, tell};

/// What happens at a point.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Stop {
    Cut(Survival),
    /// The process dies, the ledger is opened again and sent everything, and only then the power goes.
    KillThenCut,
}

const STOPS: [Stop; 4] = [
    Stop::Cut(Survival::None),
    Stop::Cut(Survival::Prefix),
    Stop::Cut(Survival::Subset),
    Stop::KillThenCut,
];

/// More points than any history has.
const FAR: u64 = 20_000;

/// Plays an act until the disk stops after `point` operations, and checks what is left. Gives how many commands were
/// acknowledged, and whether the disk did stop.
fn stopped_at<S: Copy>(
    place: &Path,
    disk: SharedDisk,
    mut scene: Scene,
    play: impl Fn(&mut Scene) -> Result<(), S>,
    also: fn(&Scene, &str),
    (point, stop): (u64, Stop),
) -> (u64, bool) {
    let about = format!("{stop:?} at point {point}");
    let session = disk.mount(place).unwrap();
    disk.lock().plan.stop_after = Some(point);
    let ended = play(&mut scene).is_ok();
    scene.close();
    let dead = disk.lock().is_dead();
    assert!(ended || dead, "{about}: stopped without a reason");
    assert!(
        dead || scene.snapshots() > 0,
        "{about}: the history took no snapshot"
    );
    let acknowledged = scene.acknowledged();
    drop(session);
    let mut dice = Dice::new(point);
    match stop {
        Stop::Cut(survival) => disk.lock().cut(survival, &mut dice),
        Stop::KillThenCut => {
            disk.lock().revive();
            let session = disk.mount(place).unwrap();
            scene.check(&about);
            drop(session);
            disk.lock().cut(Survival::None, &mut dice);
        }
    }
    let session = disk.mount(place).unwrap();
    scene.check(&about);
    also(&scene, &about);
    drop(session);
    (acknowledged, dead)
}

/// Every point of one act; gives points, trials and acknowledged commands.
fn every_point(
    test: &str,
    trial: &str,
    act: impl Fn(&mut Scene) -> Result<(), ()>,
    begin: impl Fn(&Path) -> (Disk, Scene),
    also: fn(&Scene, &str),
) {
    let stride = count("DEALTRAIL_CRASH_STRIDE", 16);
    let ([points, trials, acknowledged], again) = lanes_apart(test, |lane, told| {
        let place = tempfile::tempdir().unwrap();
        for round in lane.rounds().take_while(|round| round * stride < FAR) {
            let point = 1 + round * stride;
            let (mut stopped, mut acknowledged) = (false, 0);
            for stop in STOPS {
                let (disk, scene) = begin(place.path());
                let disk = SharedDisk::from(disk);
                let at = (point, stop);
                let (answered, dead) = stopped_at(place.path(), disk, scene, &act, also, at);
                acknowledged += answered;
                stopped |= dead;
            }
            told(round, [1, STOPS.len() as u64, acknowledged]);
            if !stopped {
                break;
            }
        }
    });
    assert!(points * stride > 60, "{points} points");
    tell(
        trial,
        &[
            ("points", points),
            ("stride", stride),
            ("trials", trials),
            ("acknowledged", acknowledged),
            ("lost", 0),
            ("again", again),
        ],
    );
}

#[test]
fn a_ledger_made_and_filled_is_whole_after_every_operation() {
    every_point(
        "faults::crash_points::a_ledger_made_and_filled_is_whole_after_every_operation",
        "crash points from the making of a ledger on",
        |scene| scene.play(&FIRST_ACT).map_err(drop),
        |place| (Disk::default(), Scene::at(place).with_snapshots()),
        |_, _| (),
    );
}

#[test]
fn a_ledger_that_comes_to_its_next_segment_is_whole_after_every_operation() {
    let first = tempfile::tempdir().unwrap();
    let (full, filled) = almost_full(first.path());
    every_point(
        "faults::crash_points::a_ledger_that_comes_to_its_next_segment_is_whole_after_every_operation",
        "crash points across the end of a segment",
        |scene| scene.play(&SECOND_ACT).map_err(drop),
        |place| (full.clone(), Scene::after(place, &filled).with_snapshots()),
        |_, _| (),
    );
}

#[test]
fn a_ledger_backed_up_and_restored_is_whole_after_every_operation() {
    every_point(
        "faults::crash_points::a_ledger_backed_up_and_restored_is_whole_after_every_operation",
        "crash points of a backup and a restore",
        |scene| scene.play(&THIRD_ACT).map_err(drop),
        |place| (Disk::default(), Scene::at(place).with_snapshots()),
        |_, _| (),
    );
}

#[test]
fn a_ledger_that_signs_and_publishes_is_whole_after_every_operation() {
    every_point(
        "faults::crash_points::a_ledger_that_signs_and_publishes_is_whole_after_every_operation",
        "crash points of checkpoints and their tiles",
        |scene| scene.play(&FOURTH_ACT).map_err(drop),
        |place| (Disk::default(), Scene::at(place).with_snapshots()),
        signing::check,
    );
}
