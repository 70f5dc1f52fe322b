//! Snapshots: a start from one is the start from nothing, one of another history is left alone, a damaged one costs time.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use dealtrail::service::ledger::{Ledger, Options};
use dealtrail::service::rebuild::{RebuildError, rebuild};
use dealtrail::service::snapshot;

use crate::faults::disk::FaultyDisk;

use super::support::{agreement, clock, init, noted, options, registered, send};

fn often() -> Options {
    Options {
        snapshot_every: 5,
        ..options(&clock())
    }
}

/// A closed ledger of some dozen events, with snapshots.
fn made(dir: &Path) {
    let ledger = Ledger::create(dir, init(), &often()).unwrap();
    send(&ledger, "c-1", vec![registered(1)]).unwrap();
    for n in 0..12 {
        let text = format!("remark {n}");
        send(&ledger, &format!("n-{n}"), vec![noted(agreement(1), &text)]).unwrap();
    }
    ledger.models_at_head().unwrap();
}

fn files(dir: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(dir.join(snapshot::DIRECTORY)).unwrap();
    let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

/// The digests of the live read models, which have to be those of a fold from nothing.
fn asked(dir: &Path) -> std::collections::BTreeMap<&'static str, String> {
    let ledger = Ledger::read(dir, &options(&clock())).unwrap();
    let live = ledger.models_at_head().unwrap().digests();
    let replayed = ledger.replay(None, &mut |_, _| ()).unwrap();
    assert!(replayed.compared && replayed.differences.is_empty());
    live
}

fn used(dir: &Path) -> bool {
    let ledger = Ledger::read(dir, &options(&clock())).unwrap();
    snapshot::newest(dir, ledger.id(), ledger.store().as_ref()).is_some()
}

#[test]
fn a_ledger_goes_on_from_its_snapshot_and_answers_the_same() {
    let place = tempfile::tempdir().unwrap();
    let dir = place.path().join("ledger");
    made(&dir);
    let with = asked(&dir);
    assert!(used(&dir));
    assert!(files(&dir).len() <= 2, "{:?}", files(&dir));
    fs::remove_dir_all(dir.join(snapshot::DIRECTORY)).unwrap();
    assert_eq!(asked(&dir), with);
    assert!(!used(&dir));
    let again = Ledger::open(&dir, &often()).unwrap();
    send(&again, "c-2", vec![registered(2)]).unwrap();
    // What the read models have come to is written, however far that is.
    again.models_at_head().unwrap();
    drop(again);
    assert!(used(&dir), "closing writes one");
    asked(&dir);
}

#[test]
fn every_flipped_bit_of_a_snapshot_is_named_and_changes_no_answer() {
    let place = tempfile::tempdir().unwrap();
    let dir = place.path().join("ledger");
    made(&dir);
    let before = asked(&dir);
    for file in files(&dir) {
        let whole = fs::read(&file).unwrap();
        for at in (0..whole.len()).step_by(whole.len() / 40 + 1) {
            let mut bytes = whole.clone();
            bytes[at] ^= 1 << (at % 8);
            fs::write(&file, bytes).unwrap();
            let named = snapshot::examine(&dir);
            assert_eq!(named.len(), 1, "byte {at} of {}", file.display());
            assert_eq!(asked(&dir), before, "byte {at}");
        }
        for length in [0, 1, whole.len() / 2, whole.len() - 1] {
            fs::write(&file, &whole[..length]).unwrap();
            assert_eq!(snapshot::examine(&dir).len(), 1);
            assert_eq!(asked(&dir), before, "cut at {length}");
        }
        fs::write(&file, whole).unwrap();
    }
    assert!(snapshot::examine(&dir).is_empty());
}

#[test]
fn a_snapshot_of_another_history_or_of_more_than_there_is_is_left_alone() {
    let place = tempfile::tempdir().unwrap();
    let (one, other) = (place.path().join("one"), place.path().join("other"));
    made(&one);
    let ledger = Ledger::create(&other, init(), &often()).unwrap();
    send(&ledger, "c-1", vec![registered(7)]).unwrap();
    drop(ledger);
    // Its own one may have been written at closing, if the read models had come so far.
    let _ = fs::remove_dir_all(other.join(snapshot::DIRECTORY));
    fs::create_dir(other.join(snapshot::DIRECTORY)).unwrap();
    for file in files(&one) {
        let name = file.file_name().unwrap();
        fs::copy(&file, other.join(snapshot::DIRECTORY).join(name)).unwrap();
    }
    assert!(!used(&other));
    asked(&other);
}

#[test]
fn a_snapshot_of_the_same_ledger_that_went_another_way_is_left_alone() {
    let place = tempfile::tempdir().unwrap();
    let (one, other) = (place.path().join("one"), place.path().join("other"));
    drop(Ledger::create(&one, init(), &options(&clock())).unwrap());
    copy(&one, &other);
    for (dir, said) in [(&one, "bricks"), (&other, "tiles")] {
        let ledger = Ledger::open(dir, &often()).unwrap();
        send(&ledger, "c-1", vec![registered(1)]).unwrap();
        for n in 0..12 {
            let id = format!("n-{n}");
            send(&ledger, &id, vec![noted(agreement(1), said)]).unwrap();
        }
        ledger.models_at_head().unwrap();
    }
    let _ = fs::remove_dir_all(other.join(snapshot::DIRECTORY));
    copy(
        &one.join(snapshot::DIRECTORY),
        &other.join(snapshot::DIRECTORY),
    );
    assert!(used(&one) && !used(&other));
    asked(&other);
}

#[test]
fn a_rebuild_stands_where_the_ledger_ends_and_is_what_a_start_goes_on_from() {
    let place = tempfile::tempdir().unwrap();
    let dir = place.path().join("ledger");
    made(&dir);
    let before = files(&dir);
    let (mut told, recording) = (Vec::new(), Ledger::open(&dir, &options(&clock())).unwrap());
    let rebuilt = rebuild(&dir, &options(&clock()), &mut |done, all| {
        told.push((done, all));
    })
    .unwrap();
    assert_eq!(rebuilt.head, recording.store().head());
    assert_eq!(told.last(), Some(&(recording.head(), recording.head())));
    assert!(rebuilt.in_use && rebuilt.newest == recording.head());
    for file in before {
        assert!(file.exists(), "who records may rely on {}", file.display());
    }
    drop((rebuilt, recording));
    assert!(used(&dir));
    asked(&dir);
}

#[test]
fn a_rebuild_leaves_the_last_space_to_the_ledger() {
    let place = tempfile::tempdir().unwrap();
    let dir = place.path().join("ledger");
    made(&dir);
    fs::remove_dir_all(dir.join(snapshot::DIRECTORY)).unwrap();
    let full = FaultyDisk::default();
    full.say_free(Some(1 << 20));
    let options = Options {
        disk: Arc::new(full.clone()),
        ..options(&clock())
    };
    let refused = rebuild(&dir, &options, &mut |_, _| ()).err().unwrap();
    assert!(matches!(refused, RebuildError::NoRoom { .. }), "{refused}");
    assert!(refused.to_string().contains("and there are 1"), "{refused}");
    assert!(
        refused
            .hint()
            .is_some_and(|hint| hint.contains("free some space"))
    );
    assert!(!dir.join(snapshot::DIRECTORY).exists());
    full.say_free(None);
    rebuild(&dir, &options, &mut |_, _| ()).unwrap();
}

#[test]
fn a_rebuild_of_a_damaged_ledger_names_the_damage_and_writes_nothing() {
    let place = tempfile::tempdir().unwrap();
    let dir = place.path().join("ledger");
    made(&dir);
    fs::remove_dir_all(dir.join(snapshot::DIRECTORY)).unwrap();
    let journal = dir.join("journal/000000");
    let mut bytes = fs::read(&journal).unwrap();
    let at = bytes
        .windows(8)
        .position(|part| part == b"remark 5")
        .unwrap();
    bytes[at] ^= 1;
    fs::write(&journal, bytes).unwrap();
    let refused = rebuild(&dir, &options(&clock()), &mut |_, _| ());
    let refused = refused.err().unwrap();
    assert!(matches!(refused, RebuildError::Damaged(_)), "{refused:?}");
    assert!(!dir.join(snapshot::DIRECTORY).exists());
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        match entry.path().is_dir() {
            true => copy(&entry.path(), &target),
            false => drop(fs::copy(entry.path(), target).unwrap()),
        }
    }
}
