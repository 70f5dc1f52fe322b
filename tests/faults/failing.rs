//! Every sync of a scripted history fails once, and every write finds a full disk: through the mounted disk, so that
//! the journal, sled, the file LEDGER and the evidence are all hit.
//!
//! After a failed sync of the journal that process acknowledges nothing; the next start, and a cut of power after it,
//! prove the state. A full disk costs no acknowledged event, reading goes on, and recording resumes when there is space.
//! `DEALTRAIL_EIO_STRIDE` tries every so-manieth sync (usual 2) and `DEALTRAIL_ENOSPC_STRIDE` every so-manieth write
//! (usual 16); 1 for all.

use std::path::Path;

use super::lanes::lanes;
use super::scene::{FIRST_ACT, SECOND_ACT, Scene, Step, almost_full};
use super::shim::dice::Dice;
use super::shim::disk::{Disk, Survival};
use super::shim::fuse::SharedDisk;
use super::tally::{count, tell};

/// What one trial came to.
struct Outcome {
    /// Whether the fault took place at all.
    hit: bool,
    acknowledged: u64,
}

type Act = &'static [(&'static str, Step)];
type Begin<'a> = &'a (dyn Fn(&Path) -> (Disk, Scene) + Sync);
type Trial<'a> = &'a (dyn Fn(&Path, SharedDisk, Scene, Act, u64) -> Outcome + Sync);

/// Tries every `stride`th number until the fault comes no more.
fn every(trial: &str, act: Act, begin: Begin<'_>, stride: u64, run: Trial<'_>) {
    let [hits, acknowledged] = lanes(|lane, lanes| {
        let place = tempfile::tempdir().unwrap();
        let (mut hits, mut acknowledged) = (0, 0);
        for number in (1 + lane * stride..).step_by((lanes * stride) as usize) {
            let (disk, scene) = begin(place.path());
            let outcome = run(place.path(), SharedDisk::from(disk), scene, act, number);
            if !outcome.hit {
                break;
            }
            hits += 1;
            acknowledged += outcome.acknowledged;
        }
        [hits, acknowledged]
    });
    assert!(hits > 1, "{trial}: {hits} faults");
    tell(
        trial,
        &[
            ("faults", hits),
            ("stride", stride),
            ("acknowledged", acknowledged),
            ("lost", 0),
        ],
    );
}

fn on_both_acts(trial: &str, stride: u64, run: Trial<'_>) {
    let fresh = |place: &Path| (Disk::default(), Scene::at(place));
    every(
        &format!("{trial}, first act"),
        &FIRST_ACT,
        &fresh,
        stride,
        run,
    );
    let first = tempfile::tempdir().unwrap();
    let (full, filled) = almost_full(first.path());
    let later = |place: &Path| (full.clone(), Scene::after(place, &filled));
    every(
        &format!("{trial}, second act"),
        &SECOND_ACT,
        &later,
        stride,
        run,
    );
}

/// Checks after a restart, and again after a cut of power that keeps nothing un-synced: what the restart answered as
/// recorded had to be durable, whatever the failed call had left in memory.
fn restart_and_cut(place: &Path, disk: &SharedDisk, scene: &mut Scene, about: &str) {
    let session = disk.mount(place).unwrap();
    scene.check(about);
    drop(session);
    disk.lock().cut(Survival::None, &mut Dice::new(1));
    let _session = disk.mount(place).unwrap();
    scene.check(&format!("{about}, then the power went"));
}

fn sync_fails(place: &Path, disk: SharedDisk, mut scene: Scene, act: Act, number: u64) -> Outcome {
    let about = format!("sync {number} failed");
    let session = disk.mount(place).unwrap();
    disk.lock().plan.fail_sync = Some(number);
    let mut failed_in = None;
    let mut before = scene.acknowledged();
    scene.play_on(act, |scene, step| {
        let failed_at = disk.lock().failed_at.clone();
        let journal =
            failed_at.filter(|path| path.contains("/journal/0") && !path.contains(".new"));
        if let Some(path) = journal {
            let opening = *failed_in.get_or_insert(scene.opened);
            let quiet = scene.opened != opening || scene.acknowledged() == before;
            assert!(quiet, "{about} at {path}: `{step}` was acknowledged");
        }
        before = scene.acknowledged();
    });
    let hit = disk.lock().counts.failed_syncs > 0;
    let acknowledged = scene.acknowledged();
    scene.close();
    drop(session);
    disk.lock().revive();
    restart_and_cut(place, &disk, &mut scene, &about);
    Outcome { hit, acknowledged }
}

#[test]
fn a_failed_sync_is_the_last_word_of_its_process() {
    let stride = count("DEALTRAIL_EIO_STRIDE", 2);
    on_both_acts("every sync fails once (EIO)", stride, &sync_fails);
}

fn disk_full(
    place: &Path,
    disk: SharedDisk,
    mut scene: Scene,
    act: Act,
    number: u64,
    in_place: bool,
) -> Outcome {
    let about = format!("no space from write {number} on, in place: {in_place}");
    let session = disk.mount(place).unwrap();
    {
        let mut disk = disk.lock();
        disk.plan.full_from_write = Some(number);
        disk.plan.in_place = in_place;
    }
    scene.play_on(act, |scene, step| scene.reads(&format!("{about}: {step}")));
    let hit = disk.lock().counts.refused > 0;
    let acknowledged = scene.acknowledged();
    disk.lock().plan.full_from_write = None;
    let resumed = match scene.is_open() {
        true => scene.go_on(),
        false => Ok(()),
    };
    if in_place {
        assert!(resumed.is_ok(), "{about}: {resumed:?}");
    }
    scene.close();
    drop(session);
    restart_and_cut(place, &disk, &mut scene, &about);
    Outcome { hit, acknowledged }
}

#[test]
fn a_full_disk_costs_nothing_and_recording_resumes_by_itself() {
    let stride = count("DEALTRAIL_ENOSPC_STRIDE", 16);
    on_both_acts(
        "every write finds no space (ENOSPC)",
        stride,
        &|place, disk, scene, act, number| disk_full(place, disk, scene, act, number, true),
    );
}

#[test]
fn a_full_disk_that_copies_on_write_costs_nothing() {
    let stride = count("DEALTRAIL_ENOSPC_STRIDE", 16);
    on_both_acts(
        "every write finds no space, nor room to write in place",
        stride,
        &|place, disk, scene, act, number| disk_full(place, disk, scene, act, number, false),
    );
}
