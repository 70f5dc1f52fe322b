//! The power goes while a backup is taken or restored: the older or the newer backup can be restored, and a restore
//! is a ledger as a whole or not at all and can be begun again.
//!
//! `DEALTRAIL_BACKUP_STOPS` is at how many places (usual 8) of the sequence of writes and syncs.

use std::path::Path;

use dealtrail::service::backup::error::BackupError;
use dealtrail::service::backup::{Shown, backup, restore};
use dealtrail::service::ledger::Ledger;

use super::shim::dice::Dice;
use super::shim::disk::{Plan, Survival};
use super::shim::fuse::SharedDisk;
use super::tally::{count, tell};
use crate::service::support::{
    agreement, clock, noted, on_disk, options, registered, send, stored,
};

fn take(ledger: &Path, to: &Path) -> Result<u64, BackupError> {
    let taken = backup(ledger, to, false, &options(&clock()), &mut |_, _, _| ());
    taken.map(|taken| taken.manifest.position)
}

fn put_back(from: &Path, to: &Path) -> Result<u64, BackupError> {
    let shown = Shown::default();
    let restored = restore(from, to, &shown, &options(&clock()), &mut |_, _, _| ());
    restored.map(|restored| restored.manifest.position)
}

/// How many writes and syncs an action takes on the disk.
fn steps(disk: &SharedDisk, action: impl FnOnce()) -> u64 {
    let total = |disk: &SharedDisk| {
        let counts = disk.lock().counts;
        counts.writes + counts.syncs
    };
    let before = total(disk);
    action();
    total(disk) - before
}

/// Every how-manieth of `all` steps is tried, so that there are `wanted` of them.
fn places(all: u64) -> impl Iterator<Item = u64> {
    let wanted = count("DEALTRAIL_BACKUP_STOPS", 8).min(all + 1);
    (0..wanted).map(move |n| n * all / wanted.max(1))
}

/// Stops the disk after so many steps of an action, and brings it back as it survives.
fn stopped(disk: &SharedDisk, place: &Path, after: u64, action: impl FnOnce() -> bool) -> bool {
    let session = disk.mount(place).unwrap();
    {
        let mut disk = disk.lock();
        disk.counts = Default::default();
        disk.plan.stop_after = Some(after);
    }
    let done = action();
    drop(session);
    let mut disk = disk.lock();
    disk.cut(
        Survival::CUTS[(after % 3) as usize],
        &mut Dice::new(after + 1),
    );
    disk.plan = Plan::default();
    done
}

/// A ledger on an ordinary disk and an older backup of it on the forgetting one.
struct Scene {
    dir: tempfile::TempDir,
    disk: SharedDisk,
    older: u64,
    newer: u64,
    whole: Vec<Vec<u8>>,
}

impl Scene {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let disk = SharedDisk::default();
        let place = dir.path().join("disk");
        std::fs::create_dir(&place).unwrap();
        let ledger = on_disk(&dir.path().join("ledger"));
        send(&ledger, "c-1", vec![registered(1)]).unwrap();
        let session = disk.mount(&place).unwrap();
        let older = take(&dir.path().join("ledger"), &place.join("backup")).unwrap();
        drop(session);
        send(
            &ledger,
            "c-2",
            vec![noted(agreement(1), "the map was sent")],
        )
        .unwrap();
        let (newer, whole) = (ledger.head(), stored(&ledger));
        Self {
            dir,
            disk,
            older,
            newer,
            whole,
        }
    }

    fn place(&self) -> std::path::PathBuf {
        self.dir.path().join("disk")
    }

    fn take(&self) -> Result<u64, BackupError> {
        take(
            &self.dir.path().join("ledger"),
            &self.place().join("backup"),
        )
    }

    /// Restores from the forgetting disk to an ordinary one and compares.
    fn check(&self) -> u64 {
        let to = self.dir.path().join("restored");
        let position = put_back(&self.place().join("backup"), &to).unwrap();
        let restored = Ledger::read(&to, &options(&clock())).unwrap();
        let events = stored(&restored);
        assert_eq!(events[..position as usize], self.whole[..position as usize]);
        drop(restored);
        std::fs::remove_dir_all(&to).unwrap();
        position
    }
}

#[test]
fn a_backup_cut_anywhere_leaves_the_older_or_the_newer_one() {
    let measure = Scene::new();
    let session = measure.disk.mount(&measure.place()).unwrap();
    let all = steps(&measure.disk, || assert!(measure.take().is_ok()));
    drop(session);
    let (mut cuts, mut older, mut newer) = (0, 0, 0);
    for after in places(all + 1) {
        let scene = Scene::new();
        let done = stopped(&scene.disk, &scene.place(), after, || scene.take().is_ok());
        let session = scene.disk.mount(&scene.place()).unwrap();
        let position = scene.check();
        assert!(
            position == scene.newer || (!done && position == scene.older),
            "{after}"
        );
        match position == scene.older {
            true => older += 1,
            false => newer += 1,
        }
        // And the next one goes through, with whatever was left there.
        assert_eq!(scene.take().unwrap(), scene.newer);
        assert_eq!(scene.check(), scene.newer);
        drop(session);
        cuts += 1;
    }
    assert!(older > 0);
    tell(
        "power cuts while a backup is taken",
        &[
            ("cuts", cuts),
            ("of_steps", all),
            ("older", older),
            ("newer", newer),
            ("lost", 0),
        ],
    );
}

#[test]
fn a_restore_cut_anywhere_is_no_ledger_or_the_whole_one() {
    let scene = Scene::new();
    let session = scene.disk.mount(&scene.place()).unwrap();
    scene.take().unwrap();
    let (backup, to) = (scene.place().join("backup"), scene.place().join("restored"));
    let all = steps(&scene.disk, || assert!(put_back(&backup, &to).is_ok()));
    std::fs::remove_dir_all(&to).unwrap();
    std::fs::File::open(scene.place())
        .unwrap()
        .sync_all()
        .unwrap();
    drop(session);
    let (mut cuts, mut whole) = (0, 0);
    for after in places(all) {
        let _ = stopped(&scene.disk, &scene.place(), after, || {
            put_back(&backup, &to).is_ok()
        });
        let session = scene.disk.mount(&scene.place()).unwrap();
        match to.join("LEDGER").exists() {
            true => {
                let opened = Ledger::open(&to, &options(&clock())).unwrap();
                let events = stored(&opened);
                assert_eq!(events[..scene.newer as usize], scene.whole[..], "{after}");
                assert_eq!(
                    events.len() as u64,
                    scene.newer + 1,
                    "restored, and recorded once: {after}"
                );
                whole += 1;
            }
            false => assert_eq!(put_back(&backup, &to).unwrap(), scene.newer, "{after}"),
        }
        std::fs::remove_dir_all(&to).unwrap();
        std::fs::File::open(scene.place())
            .unwrap()
            .sync_all()
            .unwrap();
        drop(session);
        cuts += 1;
    }
    tell(
        "power cuts while a backup is restored",
        &[
            ("cuts", cuts),
            ("of_steps", all),
            ("whole", whole),
            ("lost", 0),
        ],
    );
}
