//! A ledger with a mirror: either directory can be lost, a failed sync on either side ends all answers, and what one
//! side lost the other supplies.
//!
//! `DEALTRAIL_MIRROR_CUTS` is how many writes and syncs are cut on each side (usual 2).

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use dealtrail::deal::command::Intent;
use dealtrail::service::answer::CommandError;
use dealtrail::service::doctor;
use dealtrail::service::evidence;
use dealtrail::service::ledger::{Ledger, Options};
use dealtrail::service::open_error::LedgerError;
use dealtrail::store::evidence::places;
use dealtrail::store::journal::disk::Disk;
use dealtrail::store::open::MirrorChoice;

use super::disk::{Call, EIO, ENOSPC, Fate, Fault, FaultyDisk};
use super::tally::{count, tell};
use crate::service::backup::fill_a_segment;
use crate::service::support::{
    agreement, clock, init, noted, options, record, registered, send, stored,
};

struct Pair {
    dir: tempfile::TempDir,
    disk: FaultyDisk,
}

impl Pair {
    /// A ledger with one agreement and a mirror.
    fn new() -> Self {
        let pair = Self {
            dir: tempfile::tempdir().unwrap(),
            disk: FaultyDisk::default(),
        };
        let options = pair.options(MirrorChoice::In(pair.mirror()));
        let ledger = Ledger::create(&pair.primary(), init(), &options).unwrap();
        send(&ledger, "c-1", vec![registered(1)]).unwrap();
        pair
    }

    fn primary(&self) -> PathBuf {
        self.dir.path().join("primary")
    }

    fn mirror(&self) -> PathBuf {
        self.dir.path().join("mirror")
    }

    fn options(&self, mirror: MirrorChoice) -> Options {
        Options {
            disk: Arc::new(self.disk.clone()) as Arc<dyn Disk>,
            mirror,
            ..options(&clock())
        }
    }

    /// Opens the ledger as later commands do: it knows its mirror.
    fn open(&self) -> Result<Ledger, LedgerError> {
        Ledger::open(&self.primary(), &self.options(MirrorChoice::Recorded))
    }

    fn same(&self) {
        let names = |dir: &Path| -> Vec<_> {
            let mut names: Vec<_> = fs::read_dir(dir.join("journal"))
                .unwrap()
                .map(|entry| entry.unwrap().file_name())
                .collect();
            names.sort();
            names
        };
        assert_eq!(names(&self.primary()), names(&self.mirror()));
        for name in names(&self.primary()) {
            let read = |dir: &Path| fs::read(dir.join("journal").join(&name)).unwrap();
            assert!(
                read(&self.primary()) == read(&self.mirror()),
                "{name:?} differs"
            );
        }
    }
}

/// One directory alone, as a ledger of its own.
fn alone(dir: &Path) -> Ledger {
    let options = Options {
        mirror: MirrorChoice::Ended,
        ..options(&clock())
    };
    Ledger::open(dir, &options).unwrap()
}

fn note(ledger: &Ledger, n: u64) -> Result<u64, CommandError> {
    let answer = send(
        ledger,
        &format!("n-{n}"),
        vec![noted(agreement(1), &format!("remark {n}"))],
    )?;
    Ok(answer.position)
}

/// Every acknowledged command is answered as it was, and none is recorded again.
fn check(ledger: &Ledger, acknowledged: &[(u64, u64)]) {
    let head = ledger.head();
    for (n, position) in acknowledged {
        assert_eq!(note(ledger, *n).unwrap(), *position, "remark {n}");
    }
    assert_eq!(ledger.head(), head, "sending again records nothing");
    let replayed = ledger.replay(None, &mut |_, _| ()).unwrap();
    assert!(replayed.compared && replayed.differences.is_empty());
}

#[test]
fn the_loss_of_either_directory_loses_nothing() {
    let pair = Pair::new();
    let ledger = pair.open().unwrap();
    fill_a_segment(&ledger, "a");
    let letter = pair.dir.path().join("letter.pdf");
    fs::write(&letter, "land of brick").unwrap();
    let kept = evidence::attach(&ledger, &letter).unwrap();
    let acknowledged: Vec<_> = (0..20).map(|n| (n, note(&ledger, n).unwrap())).collect();
    let whole = stored(&ledger);
    // At this very moment, with the ledger still open: the mirror alone has every answer.
    pair.same();
    drop(ledger);

    fs::remove_dir_all(pair.mirror()).unwrap();
    for empty in [false, true] {
        if empty {
            fs::create_dir(pair.mirror()).unwrap();
        }
        let error = pair.open().map(drop).unwrap_err().to_string();
        assert!(error.contains("its disk may not be mounted"), "{error}");
    }
    let again = pair.options(MirrorChoice::In(pair.mirror()));
    drop(Ledger::open(&pair.primary(), &again).unwrap());
    pair.same();
    assert_eq!(
        evidence::read(&pair.mirror(), &kept.commit).unwrap(),
        b"land of brick"
    );

    fs::remove_dir_all(pair.primary()).unwrap();
    let ledger = alone(&pair.mirror());
    assert_eq!(stored(&ledger), whole);
    check(&ledger, &acknowledged);
    tell(
        "loss of one directory",
        &[("acknowledged", acknowledged.len() as u64), ("lost", 0)],
    );
}

/// Fails the `nth` call on one side; whatever follows, nothing is acknowledged that either side lacks.
fn fails(side: &'static str, call: Call, nth: u64, errno: i32) -> (u64, u64) {
    let pair = Pair::new();
    let ledger = pair.open().unwrap();
    let fault = Fault {
        call,
        nth,
        fate: Fate::Lost,
        errno,
        dead: errno == EIO,
    };
    pair.disk.arm_on(side, fault);
    let mut acknowledged = Vec::new();
    let mut after = 0;
    for n in 0..nth + 6 {
        let was_fired = pair.disk.fired();
        if let Ok(position) = note(&ledger, n) {
            acknowledged.push((n, position));
            after += u64::from(was_fired);
        }
    }
    assert!(pair.disk.fired(), "{side} {call:?} {nth}");
    drop(ledger);
    pair.disk.cut_power();
    pair.disk.calm();
    for dir in [pair.primary(), pair.mirror()] {
        let copy = pair.dir.path().join("copy");
        fs::create_dir_all(copy.join("journal")).unwrap();
        for file in ["LEDGER", "journal/000000"] {
            fs::copy(dir.join(file), copy.join(file)).unwrap();
        }
        check(&alone(&copy), &acknowledged);
        fs::remove_dir_all(copy).unwrap();
    }
    check(&pair.open().unwrap(), &acknowledged);
    pair.same();
    (acknowledged.len() as u64, after)
}

#[test]
fn a_failed_sync_on_either_side_ends_all_answers() {
    let cuts = count("DEALTRAIL_MIRROR_CUTS", 2);
    let mut acknowledged = 0;
    for nth in 0..cuts {
        for side in ["primary/journal", "mirror/journal"] {
            for call in [Call::Sync, Call::Write] {
                let (some, after) = fails(side, call, nth, EIO);
                assert_eq!(after, 0, "{side} {call:?} {nth}");
                acknowledged += some;
            }
        }
    }
    tell(
        "a mirror's failing disk",
        &[
            ("faults", cuts * 4),
            ("acknowledged", acknowledged),
            ("lost", 0),
            ("answered_after", 0),
        ],
    );
}

#[test]
fn a_full_disk_on_either_side_refuses_and_recording_resumes() {
    for side in ["primary/journal", "mirror/journal"] {
        for nth in 0..3 {
            let (_, after) = fails(side, Call::Write, nth, ENOSPC);
            assert!(after > 0, "{side} {nth}: recording resumes by itself");
        }
    }
}

#[test]
fn what_only_the_mirror_has_counts_as_acknowledged() {
    let pair = Pair::new();
    let older = pair.dir.path().join("older");
    fs::create_dir(&older).unwrap();
    let ledger = pair.open().unwrap();
    for entry in fs::read_dir(pair.primary().join("journal")).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, older.join(path.file_name().unwrap())).unwrap();
    }
    let acknowledged: Vec<_> = (0..5).map(|n| (n, note(&ledger, n).unwrap())).collect();
    fill_a_segment(&ledger, "a");
    fill_a_segment(&ledger, "b");
    let whole = stored(&ledger);
    drop(ledger);
    // The ledger's own disk comes back as it was long ago, its second copy too.
    fs::remove_dir_all(pair.primary().join("sled")).unwrap();
    fs::remove_dir_all(pair.primary().join("journal")).unwrap();
    fs::rename(&older, pair.primary().join("journal")).unwrap();
    let ledger = pair.open().unwrap();
    assert_eq!(stored(&ledger)[..whole.len()], whole);
    check(&ledger, &acknowledged);
    drop(ledger);
    pair.same();
}

#[test]
fn a_damaged_or_missing_segment_is_supplied_by_the_mirror() {
    for missing in [false, true] {
        let pair = Pair::new();
        let ledger = pair.open().unwrap();
        fill_a_segment(&ledger, "a");
        fill_a_segment(&ledger, "b");
        let whole = stored(&ledger);
        drop(ledger);
        fs::remove_dir_all(pair.primary().join("sled")).unwrap();
        let segments = fs::read_dir(pair.primary().join("journal"))
            .unwrap()
            .count() as u64;
        for number in 0..segments - 1 {
            let path = pair.primary().join(format!("journal/{number:06}"));
            if missing {
                fs::remove_file(path).unwrap();
                continue;
            }
            let mut bytes = fs::read(&path).unwrap();
            bytes[4_096 + 500] ^= 1;
            fs::write(path, bytes).unwrap();
        }
        let ledger = pair.open().unwrap();
        // The background check mends sealed segments.
        let mended = || ledger.replay(None, &mut |_, _| ()).is_ok();
        let patience = std::time::Instant::now();
        while !mended() && patience.elapsed().as_secs() < 20 {
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
        assert_eq!(stored(&ledger)[..whole.len()], whole);
        drop(ledger);
        pair.same();
    }
}

#[test]
fn rot_in_the_mirror_is_put_right() {
    let pair = Pair::new();
    let ledger = pair.open().unwrap();
    fill_a_segment(&ledger, "a");
    drop(ledger);
    for file in ["journal/000000", "journal/000001"] {
        let path = pair.mirror().join(file);
        let mut bytes = fs::read(&path).unwrap();
        bytes[4_096 + 500] ^= 1;
        fs::write(path, bytes).unwrap();
    }
    let ledger = pair.open().unwrap();
    let same = || {
        let read = |dir: &Path| fs::read(dir.join("journal/000000")).unwrap();
        read(&pair.primary()) == read(&pair.mirror())
    };
    let patience = std::time::Instant::now();
    while !same() && patience.elapsed().as_secs() < 20 {
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    drop(ledger);
    pair.same();
}

#[test]
fn a_mirror_that_went_its_own_way_is_refused_and_nothing_is_overwritten() {
    let pair = Pair::new();
    {
        let ledger = alone(&pair.mirror());
        note(&ledger, 1).unwrap();
    }
    {
        // Told to go on without: an explicit decision.
        let ledger = Ledger::open(&pair.primary(), &pair.options(MirrorChoice::Ended)).unwrap();
        note(&ledger, 2).unwrap();
        note(&ledger, 3).unwrap();
    }
    let before = fs::read(pair.mirror().join("journal/000000")).unwrap();
    let again = MirrorChoice::In(pair.mirror());
    let error = Ledger::open(&pair.primary(), &pair.options(again))
        .err()
        .unwrap();
    assert!(error.to_string().contains("gone different ways"), "{error}");
    assert!(!error.is_refusal());
    assert_eq!(
        fs::read(pair.mirror().join("journal/000000")).unwrap(),
        before
    );
    assert!(pair.open().unwrap().mirror().is_none());
}

#[test]
fn a_mirror_is_a_directory_of_its_own_that_can_be_written() {
    let pair = Pair::new();
    let refused = |dir: &Path| {
        let options = pair.options(MirrorChoice::In(dir.to_owned()));
        Ledger::open(&pair.primary(), &options).err().unwrap()
    };
    let else_there = pair.dir.path().join("else");
    fs::create_dir(&else_there).unwrap();
    fs::write(else_there.join("letter.txt"), "dear sir").unwrap();
    assert!(refused(&else_there).to_string().contains("is not empty"));
    assert!(refused(&else_there).is_refusal());
    assert!(
        refused(&pair.primary().join("inside"))
            .to_string()
            .contains("own directory")
    );
    let unwritable = refused(Path::new("/proc/self/mirror"));
    assert!(
        unwritable.to_string().contains("cannot be written"),
        "{unwritable}"
    );
    assert!(unwritable.hint().unwrap().contains("--mirror none"));
    // The choice of before still holds.
    assert_eq!(pair.open().unwrap().mirror(), Some(pair.mirror().as_path()));
    // While the ledger is open its mirror is no ledger of its own.
    let ledger = pair.open().unwrap();
    let error = Ledger::open(&pair.mirror(), &options(&clock()))
        .err()
        .unwrap();
    assert!(error.to_string().contains("another process"), "{error}");
    drop(ledger);
}

#[test]
fn evidence_that_one_side_lost_is_put_back_from_the_other_and_a_cut_file_never_replaces_a_good_one()
{
    let pair = Pair::new();
    let letter = pair.dir.path().join("letter.txt");
    fs::write(&letter, "land of brick").unwrap();
    let ledger = pair.open().unwrap();
    let kept = evidence::attach(&ledger, &letter).unwrap();
    let mut signed = record(agreement(1), "signed", Some("2025-04-17"), "{}");
    if let Intent::Record(draft) = &mut signed {
        let paper = serde_json::json!([{"title": "letter", "type": "document", "evidence": kept}]);
        draft.sources = serde_json::from_value(paper).unwrap();
    }
    send(&ledger, "c-2", vec![signed]).unwrap();
    drop(ledger);
    let options = pair.options(MirrorChoice::Recorded);
    let stands = |side: &Path| places(side, kept.commit.as_str()).0;
    for (damaged, other) in [
        (pair.primary(), pair.mirror()),
        (pair.mirror(), pair.primary()),
    ] {
        fs::write(stands(&damaged), "land").unwrap();
        if damaged == pair.primary() {
            drop(pair.open().unwrap());
        }
        assert_eq!(fs::read(stands(&other)).unwrap(), b"land of brick");
        let treatment = doctor::repair(&pair.primary(), &options).unwrap();
        let [place] = treatment.before.damage.as_slice() else {
            panic!("{treatment:#?}");
        };
        assert!(place.mendable, "{place:?}");
        assert_eq!(treatment.done.len(), 1, "{treatment:#?}");
        let after = treatment.after.unwrap();
        assert!(after.is_whole(), "{after:#?}");
        assert_eq!(fs::read(stands(&damaged)).unwrap(), b"land of brick");
    }
    fs::remove_file(stands(&pair.mirror())).unwrap();
    let treatment = doctor::repair(&pair.primary(), &options).unwrap();
    assert_eq!(treatment.done.len(), 1, "{treatment:#?}");
    fs::remove_file(stands(&pair.primary())).unwrap();
    fs::remove_file(stands(&pair.mirror())).unwrap();
    let diagnosis = doctor::examine(&pair.primary(), &options).unwrap();
    let mendable: Vec<_> = diagnosis.damage.iter().map(|one| one.mendable).collect();
    assert_eq!(mendable, [false, false], "{diagnosis:#?}");
}
