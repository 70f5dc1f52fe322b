//! sled lost, broken, foreign or interrupted: the same answers.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use dealtrail::store::event_store::{EventStore, Finding};
use dealtrail::store::journal::disk::RealDisk;
use dealtrail::store::ledger_file::LedgerFile;
use dealtrail::store::open::{self, OpenOptions};

use crate::faults::damage::filled;
use crate::store_contract::clauses::frames;
use crate::store_contract::events::{add, command, id_of, ledger_file, options, scope};

fn caught_up(store: &dyn EventStore) {
    for _ in 0..3_000 {
        let info = store.info();
        if info.lag_frames == 0 && info.second_copy == "ready" {
            return;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    panic!("sled never caught up: {:?}", store.info());
}

fn same_answers(store: &dyn EventStore) {
    let stream = store.stream("brick", 100).unwrap();
    assert_eq!(stream.len(), 80);
    assert_eq!(store.stream_version("brick").unwrap(), Some(179));
    assert_eq!(
        store.command(&scope("c-177")).unwrap(),
        Some(command("c-177", 177, 3))
    );
    assert_eq!(
        store.key(format!("id:{}", id_of(77)).as_bytes()).unwrap()[0].seq,
        77
    );
    assert_eq!(store.event(179).unwrap().unwrap().version(), 179);
    assert_eq!(frames(store, 0).len(), 60);
}

#[test]
fn a_deleted_copy_is_made_anew() {
    let dir = filled();
    fs::remove_dir_all(dir.path().join("sled")).unwrap();
    let told = Arc::new(AtomicU64::new(0));
    let count = Arc::clone(&told);
    let progress: Arc<dyn Fn(u64, u64) + Send + Sync> = Arc::new(move |done, all| {
        assert!(done <= all);
        count.store(done, Ordering::Relaxed);
    });
    let store = open::open(
        dir.path(),
        OpenOptions {
            progress: Some(progress),
            ..options()
        },
    )
    .unwrap()
    .events;
    same_answers(store.as_ref());
    caught_up(store.as_ref());
    same_answers(store.as_ref());
    assert_eq!(told.load(Ordering::Relaxed), 60);
    assert_eq!(store.info().blob_files, 0, "sled never syncs such files");
    drop(store);
    let store = open::open(dir.path(), options()).unwrap().events;
    assert_eq!(store.info().second_copy, "ready");
    same_answers(store.as_ref());
}

#[test]
fn an_unreadable_copy_is_set_aside() {
    for (name, damage) in [("conf", 20), ("db", 3 << 20), ("db", 100)] {
        let dir = filled();
        let path = dir.path().join("sled").join(name);
        let mut bytes = fs::read(&path).unwrap();
        let end = bytes.len().min(damage + 2_000);
        bytes[damage..end].iter_mut().for_each(|byte| *byte ^= 0x5a);
        fs::write(&path, bytes).unwrap();
        let store = open::open(dir.path(), options()).unwrap().events;
        same_answers(store.as_ref());
        add(store.as_ref(), "glass");
        caught_up(store.as_ref());
        assert_eq!(store.stream_version("glass").unwrap(), Some(0));
    }
}

#[test]
fn another_ledgers_copy_is_set_aside() {
    for id in [7, 8] {
        let (dir, other) = (filled(), tempfile::tempdir().unwrap());
        // The same id with another history, as after a restore; and another ledger altogether.
        let file = LedgerFile {
            id: uuid::Uuid::from_bytes([id; 16]),
            ..ledger_file()
        };
        open::create(other.path(), &file, &RealDisk).unwrap();
        foreign_copy(dir.path(), other.path());
    }
}

fn foreign_copy(dir: &Path, other: &Path) {
    let store = open::open(other, options()).unwrap().events;
    for _ in 0..3 {
        add(store.as_ref(), "glass");
    }
    drop(store);
    fs::remove_dir_all(dir.join("sled")).unwrap();
    fs::rename(other.join("sled"), dir.join("sled")).unwrap();
    let store = open::open(dir, options()).unwrap().events;
    let findings = store.info().findings;
    assert!(
        matches!(findings.as_slice(), [Finding::SecondCopySetAside { .. }]),
        "{findings:?}"
    );
    same_answers(store.as_ref());
    assert_eq!(store.stream_version("glass").unwrap(), None);
}

/// Makes the copy anew as it would be with segments of another length.
fn with_segments_of(dir: &Path, bytes: usize) {
    let (now, other) = (dir.join("sled"), dir.join("sled-other"));
    let opened = |path: &Path, bytes| {
        let config = sled::Config::new().path(path).segment_size(bytes);
        config.open().unwrap()
    };
    let (from, to) = (opened(&now, 512 << 10), opened(&other, bytes));
    for pair in from.iter() {
        let (key, value) = pair.unwrap();
        to.insert(key, value).unwrap();
    }
    to.flush().unwrap();
    drop((from, to));
    fs::remove_dir_all(&now).unwrap();
    fs::rename(&other, &now).unwrap();
}

#[test]
fn a_copy_with_the_segments_of_earlier_versions_is_kept() {
    let dir = filled();
    with_segments_of(dir.path(), 8 << 20);
    for round in 0..2 {
        let store = open::open(dir.path(), options()).unwrap().events;
        assert_eq!(store.info().findings, []);
        assert_eq!(store.info().second_copy, "ready");
        assert_eq!(store.stream("brick", 100).unwrap().len(), 80);
        if round == 0 {
            same_answers(store.as_ref());
        }
        let added = add(store.as_ref(), "glass");
        caught_up(store.as_ref());
        assert_eq!(store.stream_version("glass").unwrap(), Some(round));
        assert_eq!(store.event(added).unwrap().unwrap().stream(), "glass");
        assert_eq!(store.info().blob_files, 0);
    }
}

#[test]
fn a_copy_with_segments_of_another_length_is_set_aside() {
    let dir = filled();
    with_segments_of(dir.path(), 1 << 20);
    let store = open::open(dir.path(), options()).unwrap().events;
    let findings = store.info().findings;
    assert!(
        matches!(findings.as_slice(), [Finding::SecondCopySetAside { .. }]),
        "{findings:?}"
    );
    same_answers(store.as_ref());
    caught_up(store.as_ref());
    same_answers(store.as_ref());
}

#[test]
fn an_interrupted_rebuild_goes_on_at_the_next_start() {
    let dir = filled();
    fs::remove_dir_all(dir.path().join("sled")).unwrap();
    for _ in 0..4 {
        drop(open::open(dir.path(), options()).unwrap());
    }
    let store = open::open(dir.path(), options()).unwrap().events;
    same_answers(store.as_ref());
    caught_up(store.as_ref());
    same_answers(store.as_ref());
}
