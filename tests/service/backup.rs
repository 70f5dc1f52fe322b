//! Backups from outside: taken beside senders, incremental, proved, refused, restored.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use dealtrail::service::ambient::SeededIds;
use dealtrail::service::backup::checkpoint::Vouching;
use dealtrail::service::backup::error::BackupError;
use dealtrail::service::backup::{Restored, Shown, Taken, backup, prove, restore};
use dealtrail::service::evidence;
use dealtrail::service::ledger::{Ledger, Options};

use super::shown::signed;
use super::support::{
    agreement, clock, init, noted, on_disk, options, registered, reopened, send, stored,
};
use crate::faults::shim::dice::Dice;
use crate::faults::tally::{count, tell};

/// A ledger, and places for its backup and what is restored of it.
pub(crate) struct Place {
    dir: tempfile::TempDir,
}

impl Place {
    pub(crate) fn new() -> Self {
        Self {
            dir: tempfile::tempdir().unwrap(),
        }
    }

    pub(crate) fn ledger(&self) -> PathBuf {
        self.dir.path().join("ledger")
    }

    pub(crate) fn backup(&self) -> PathBuf {
        self.dir.path().join("backup")
    }

    pub(crate) fn restored(&self) -> PathBuf {
        self.dir.path().join("restored")
    }

    pub(crate) fn take(&self, proved: bool) -> Result<Taken, BackupError> {
        take(&self.ledger(), &self.backup(), proved)
    }

    pub(crate) fn put_back(&self, shown: &Shown) -> Result<Restored, BackupError> {
        restore(
            &self.backup(),
            &self.restored(),
            shown,
            &opts(),
            &mut |_, _, _| (),
        )
    }
}

pub(crate) fn opts() -> Options {
    options(&clock())
}

pub(crate) fn take(ledger: &Path, to: &Path, proved: bool) -> Result<Taken, BackupError> {
    backup(ledger, to, proved, &opts(), &mut |_, _, _| ())
}

pub(crate) fn proof(place: &Place) -> Result<(), BackupError> {
    prove(&place.backup(), &opts(), &mut |_, _, _| ()).map(drop)
}

/// Notes that fill more than a segment of the least length.
pub(crate) fn fill_a_segment(ledger: &Ledger, name: &str) {
    for part in 0..5 {
        let words = |n| format!("{name} {part} {n} {}", "x".repeat(15_000));
        let notes = (0..60).map(|n| noted(agreement(1), &words(n))).collect();
        send(ledger, &format!("fill-{name}-{part}"), notes).unwrap();
    }
}

/// Every file below a directory with its bytes, by its path.
fn files(dir: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut left = vec![dir.to_owned()];
    while let Some(dir) = left.pop() {
        for entry in fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => left.push(path),
                false => drop(found.insert(path.clone(), fs::read(path).unwrap())),
            }
        }
    }
    found
}

/// What was restored holds exactly the first events of the ledger, and one that says so.
fn check_prefix(restored: &Ledger, whole: &[Vec<u8>], position: u64) {
    let bytes = stored(restored);
    assert_eq!(bytes.len() as u64, position + 1);
    assert_eq!(bytes[..position as usize], whole[..position as usize]);
    let last = String::from_utf8(bytes.last().unwrap().clone()).unwrap();
    assert!(last.contains("ledger_restored"), "{last}");
    let replayed = restored.replay(None, &mut |_, _| ()).unwrap();
    assert!(replayed.compared && replayed.differences.is_empty());
}

#[test]
fn a_backup_under_eight_senders_holds_all_that_was_acknowledged_before_it_began() {
    const SENDERS: u64 = 8;
    let place = Place::new();
    let ledger = Arc::new(on_disk(&place.ledger()));
    send(&ledger, "register", (0..=SENDERS).map(registered).collect()).unwrap();
    let (stop, acknowledged) = (
        Arc::new(AtomicBool::new(false)),
        Arc::new(AtomicU64::new(0)),
    );
    let senders: Vec<_> = (0..SENDERS)
        .map(|sender| {
            let (ledger, stop, acknowledged) = (
                Arc::clone(&ledger),
                Arc::clone(&stop),
                Arc::clone(&acknowledged),
            );
            std::thread::spawn(move || {
                for n in 0.. {
                    if stop.load(Ordering::Acquire) {
                        return;
                    }
                    let id = format!("s-{sender}-{n}");
                    let both = vec![
                        noted(agreement(sender), &id),
                        noted(agreement(SENDERS), &id),
                    ];
                    let answer = send(&ledger, &id, both).unwrap();
                    acknowledged.fetch_max(answer.position, Ordering::AcqRel);
                }
            })
        })
        .collect();
    let mut positions = Vec::new();
    for _ in 0..4 {
        std::thread::sleep(std::time::Duration::from_millis(40));
        let before = acknowledged.load(Ordering::Acquire);
        let taken = place.take(positions.len() == 2).unwrap();
        assert!(taken.manifest.position >= before);
        positions.push(taken.manifest.position);
    }
    stop.store(true, Ordering::Release);
    senders
        .into_iter()
        .for_each(|sender| sender.join().unwrap());
    let whole = stored(&ledger);
    assert!(
        positions.is_sorted() && positions[0] < positions[3],
        "{positions:?}"
    );
    let restored = place.put_back(&Shown::default()).unwrap();
    assert_eq!(restored.manifest.position, positions[3]);
    assert_eq!((positions[3] - 4 - 9) % 2, 0, "every batch is whole");
    check_prefix(&reopened(&place.restored()), &whole, positions[3]);
}

#[test]
fn a_command_sent_again_after_a_restore_is_answered_as_before() {
    let place = Place::new();
    let ledger = on_disk(&place.ledger());
    send(&ledger, "c-1", vec![registered(1)]).unwrap();
    let first = send(
        &ledger,
        "c-2",
        vec![noted(agreement(1), "the map was sent")],
    )
    .unwrap();
    place.take(false).unwrap();
    drop(ledger);
    fs::remove_dir_all(place.ledger()).unwrap();
    place.put_back(&Shown::default()).unwrap();
    let ledger = reopened(&place.restored());
    let head = ledger.head();
    let again = send(
        &ledger,
        "c-2",
        vec![noted(agreement(1), "the map was sent")],
    )
    .unwrap();
    assert!(again.replayed);
    assert_eq!(
        (again.position, again.events),
        (first.position, first.events)
    );
    assert_eq!(ledger.head(), head);
    drop(ledger);
    assert_eq!(reopened(&place.restored()).head(), head, "recorded once");
}

#[test]
fn a_second_backup_copies_only_what_is_new() {
    let place = Place::new();
    let ledger = on_disk(&place.ledger());
    send(&ledger, "c-1", vec![registered(1)]).unwrap();
    let letter = place.dir.path().join("letter.pdf");
    fs::write(&letter, "land of brick").unwrap();
    evidence::attach(&ledger, &letter).unwrap();
    fill_a_segment(&ledger, "a");
    let first = place.take(false).unwrap();
    assert_eq!(first.copied, first.manifest.files.len() as u64);
    assert!(!first.proved && first.proof.is_none());
    let again = place.take(false).unwrap();
    assert_eq!(again.copied, 0, "nothing is new");
    fill_a_segment(&ledger, "b");
    let before = files(&place.backup().join("segments"));
    let next = place.take(true).unwrap();
    assert_eq!(
        next.copied, 2,
        "the segment that was sealed, and the last one"
    );
    assert!(next.proved && next.mended.is_empty());
    let sealed = place.backup().join("segments/000000");
    assert_eq!(
        files(&place.backup().join("segments"))[&sealed],
        before[&sealed]
    );
    let names: Vec<_> = next
        .manifest
        .files
        .iter()
        .map(|file| file.stored.clone())
        .collect();
    assert_eq!(
        files(&place.backup()).len(),
        names.len() + 4,
        "nothing is left over: {names:?}"
    );
    assert_eq!(ledger.last_backup().unwrap().position, ledger.head());
    assert!(ledger.last_backup().unwrap().proved);
}

#[test]
fn each_file_of_a_backup_is_proved_to_the_bit() {
    let place = Place::new();
    let ledger = on_disk(&place.ledger());
    send(&ledger, "c-1", vec![registered(1)]).unwrap();
    let letter = place.dir.path().join("letter.pdf");
    fs::write(&letter, "land of brick").unwrap();
    evidence::attach(&ledger, &letter).unwrap();
    fill_a_segment(&ledger, "a");
    let taken = place.take(false).unwrap();
    let mut dice = Dice::new(1);
    let mut flips = 0;
    for entry in &taken.manifest.files {
        let path = place.backup().join(&entry.stored);
        let whole = fs::read(&path).unwrap();
        for _ in 0..count("DEALTRAIL_BACKUP_FLIPS", 2) {
            flips += 1;
            let at = dice.below(whole.len() as u64) as usize;
            let mut bad = whole.clone();
            bad[at] ^= 1 << dice.below(8);
            fs::write(&path, &bad).unwrap();
            let error = proof(&place).unwrap_err();
            assert!(error.to_string().contains(&entry.stored), "{error}");
            assert!(!error.is_refusal());
            let error = place.put_back(&Shown::default()).unwrap_err();
            assert!(error.to_string().contains(&entry.stored), "{error}");
            assert!(!place.restored().join("LEDGER").exists());
        }
        fs::remove_file(&path).unwrap();
        assert!(
            proof(&place)
                .unwrap_err()
                .to_string()
                .contains(&entry.stored)
        );
        // What is damaged in the backup and whole in the ledger is copied anew.
        let mended = place.take(true).unwrap();
        assert_eq!(mended.mended, std::slice::from_ref(&entry.stored));
        assert_eq!(fs::read(&path).unwrap(), whole);
    }
    for (file, is_needed) in [
        ("manifest.json", true),
        ("BACKUP", false),
        ("proof.json", false),
    ] {
        let path = place.backup().join(file);
        let whole = fs::read(&path).unwrap();
        let mut bad = whole.clone();
        bad[14] ^= 4;
        fs::write(&path, &bad).unwrap();
        assert_eq!(proof(&place).is_err(), is_needed, "{file}");
        place.take(true).unwrap();
        proof(&place).unwrap();
    }
    assert_eq!(
        fs::read_dir(place.dir.path()).unwrap().count(),
        4,
        "no temporary place is left"
    );
    tell(
        "bits flipped in a backup",
        &[("flips", flips), ("silent", 0)],
    );
}

#[test]
fn damage_in_the_ledger_is_named_and_the_older_backup_stays() {
    let place = Place::new();
    let ledger = on_disk(&place.ledger());
    send(&ledger, "c-1", vec![registered(1)]).unwrap();
    place.take(false).unwrap();
    send(
        &ledger,
        "c-2",
        vec![noted(agreement(1), "the map was sent")],
    )
    .unwrap();
    let whole = stored(&ledger);
    drop(ledger);
    let before = files(&place.backup());
    let segment = place.ledger().join("journal/000000");
    let mut bytes = fs::read(&segment).unwrap();
    bytes[4_096 + 300] ^= 1;
    fs::write(&segment, bytes).unwrap();
    let error = place.take(false).unwrap_err();
    assert!(error.to_string().contains("journal/000000"), "{error}");
    assert!(!error.is_refusal());
    assert_eq!(files(&place.backup()), before);
    place.put_back(&Shown::default()).unwrap();
    check_prefix(&reopened(&place.restored()), &whole, 5);
}

#[test]
fn a_backup_keeps_to_a_directory_of_its_own() {
    let place = Place::new();
    drop(on_disk(&place.ledger()));
    let other = Place::new();
    let mut options = opts();
    options.ambient.ids = Arc::new(SeededIds::new(b"other"));
    drop(Ledger::create(&other.ledger(), init(), &options).unwrap());
    fs::create_dir(place.backup()).unwrap();
    fs::write(place.backup().join("letter.txt"), "dear sir").unwrap();
    let error = place.take(false).unwrap_err();
    assert!(
        error.is_refusal() && error.to_string().contains("is not empty"),
        "{error}"
    );
    assert_eq!(files(&place.backup()).len(), 1);
    let error = take(&place.ledger(), &place.ledger(), false).unwrap_err();
    assert!(error.to_string().contains("is not empty"), "{error}");
    other.take(false).unwrap();
    let error = take(&place.ledger(), &other.backup(), false).unwrap_err();
    assert!(matches!(error, BackupError::OtherLedger { .. }), "{error}");
}

#[test]
fn a_backup_is_not_replaced_by_a_history_that_lacks_its_entries() {
    let place = Place::new();
    let ledger = on_disk(&place.ledger());
    send(&ledger, "c-1", vec![registered(1)]).unwrap();
    place.take(false).unwrap();
    send(&ledger, "c-2", vec![noted(agreement(1), "on")]).unwrap();
    let newer = place.dir.path().join("newer");
    take(&place.ledger(), &newer, false).unwrap();
    place.put_back(&Shown::default()).unwrap();
    let error = take(&place.restored(), &newer, false).unwrap_err();
    assert!(
        matches!(error, BackupError::NotContained { position: 6, .. }),
        "{error}"
    );
    assert!(error.is_refusal());
    let taken = take(&place.restored(), &place.backup(), true).unwrap();
    assert_eq!(taken.manifest.position, 6);
}

#[test]
fn a_restore_never_falls_behind_what_it_is_shown() {
    let place = Place::new();
    let ledger = on_disk(&place.ledger());
    send(&ledger, "c-1", vec![registered(1)]).unwrap();
    place.take(false).unwrap();
    send(&ledger, "c-2", vec![noted(agreement(1), "on")]).unwrap();
    let shown = |size: u64, origin: &str| signed(ledger.root(size).unwrap(), origin, 7, None);
    let at_least = |n| Shown {
        at_least: Some(n),
        ..Shown::default()
    };
    for behind in [at_least(6), shown(6, "ledger.example/test")] {
        let error = place.put_back(&behind).unwrap_err();
        assert!(
            error.is_refusal() && error.to_string().contains("entry 5 would be lost"),
            "{error}"
        );
        assert!(error.hint().unwrap().contains("--accept-loss"));
        assert!(!place.restored().exists());
    }
    let error = place
        .put_back(&shown(4, "ledger.example/other"))
        .unwrap_err();
    assert!(matches!(error, BackupError::OtherOrigin { .. }), "{error}");
    let mut root = ledger.root(4).unwrap();
    root.hash = ledger.root(3).unwrap().hash;
    let other = signed(root, "ledger.example/test", 7, None);
    let error = place.put_back(&other).unwrap_err();
    assert!(
        matches!(error, BackupError::OtherHistory { size: 4, .. }),
        "{error}"
    );
    assert!(!place.restored().join("LEDGER").exists());
    let accepted = Shown {
        accept_loss: true,
        ..at_least(6)
    };
    assert_eq!(place.put_back(&accepted).unwrap().missing, 1);
    let error = place.put_back(&at_least(5)).unwrap_err();
    assert!(
        error.to_string().contains("ahead of the backup's 5"),
        "{error}"
    );
}

#[test]
fn a_checkpoint_that_fits_lets_the_restore_pass() {
    let place = Place::new();
    let ledger = on_disk(&place.ledger());
    send(&ledger, "c-1", vec![registered(1)]).unwrap();
    place.take(false).unwrap();
    for size in [0, 3, 5] {
        let root = ledger.root(size).unwrap();
        let shown = signed(root, "ledger.example/test", 7, None);
        // The backup holds no key, and nobody says whom to believe.
        let restored = place.put_back(&shown).unwrap();
        assert_eq!(restored.vouching, Some(Vouching::Nobody));
        fs::remove_dir_all(place.restored()).unwrap();
    }
}

#[test]
fn a_restore_that_was_interrupted_is_begun_again() {
    let place = Place::new();
    let ledger = on_disk(&place.ledger());
    send(&ledger, "c-1", vec![registered(1)]).unwrap();
    place.take(false).unwrap();
    place.put_back(&Shown::default()).unwrap();
    // As it is left by a power cut before the last name was given, with a file of an older attempt.
    let dir = place.restored();
    fs::write(dir.join("RESTORE"), "{").unwrap();
    fs::remove_file(dir.join("LEDGER")).unwrap();
    fs::remove_file(dir.join("LEDGER.copy")).unwrap();
    fs::remove_dir_all(dir.join("sled")).unwrap();
    fs::write(dir.join("journal/000001"), "left over").unwrap();
    assert!(Ledger::open(&dir, &opts()).is_err());
    place.put_back(&Shown::default()).unwrap();
    check_prefix(&reopened(&dir), &stored(&ledger), 5);
    assert!(!dir.join("RESTORE").exists());
}

#[test]
fn nothing_but_a_backup_is_restored_and_nothing_is_overwritten() {
    let place = Place::new();
    drop(on_disk(&place.ledger()));
    fs::create_dir(place.backup()).unwrap();
    let error = place.put_back(&Shown::default()).unwrap_err();
    assert!(error.to_string().contains("is no backup"), "{error}");
    fs::remove_dir(place.backup()).unwrap();
    place.take(false).unwrap();
    fs::create_dir(place.restored()).unwrap();
    fs::write(place.restored().join("letter.txt"), "dear sir").unwrap();
    let error = place.put_back(&Shown::default()).unwrap_err();
    assert!(
        error.is_refusal() && error.to_string().contains("holds something else"),
        "{error}"
    );
    assert_eq!(files(&place.restored()).len(), 1);
}
