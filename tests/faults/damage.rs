//! Damaged, missing and foreign files: mended or named, never passed over.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use dealtrail::store::event_store::{AppendError, EventStore, Finding, ReadError};
use dealtrail::store::journal::disk::RealDisk;
use dealtrail::store::journal::scrub::Pace;
use dealtrail::store::open::{self, OpenError};

use crate::store_contract::clauses::frames;
use crate::store_contract::events::{self, Plan, add, group, new_ledger, options, plan};
use crate::store_contract::{Durable, Engine};

const FIRST: &str = "journal/000000";

/// A ledger over three segments: 60 frames of about 180 KiB.
pub(crate) fn filled() -> tempfile::TempDir {
    let dir = new_ledger();
    let store = open::open(dir.path(), options()).unwrap().events;
    for _ in 0..60 {
        let first = store.head().position;
        let plans: Vec<_> = (0..3)
            .map(|n| Plan {
                filler: 60_000,
                ..plan("brick", first + n)
            })
            .collect();
        store.append(first, group(first, &plans)).unwrap();
    }
    drop(store);
    assert!(dir.path().join("journal/000002").exists());
    dir
}

fn without_sled(dir: &Path) {
    fs::remove_dir_all(dir.join("sled")).unwrap();
}

fn flip(dir: &Path, file: &str, offset: usize) {
    let mut bytes = fs::read(dir.join(file)).unwrap();
    bytes[offset] ^= 0x10;
    fs::write(dir.join(file), bytes).unwrap();
}

/// Waits until the scrub behind the ledger has found something.
fn found(store: &dyn EventStore) -> Vec<Finding> {
    for _ in 0..500 {
        let findings = store.info().findings;
        if !findings.is_empty() {
            return findings;
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    panic!("nothing was found");
}

#[test]
fn a_damaged_frame_without_a_second_copy_is_named_and_stops_recording() {
    for (file, offset, first_seq) in [
        (FIRST, 4_096 + 200_000, 3),
        ("journal/000002", 4_096 + 300_000, 138 - 3),
    ] {
        let dir = filled();
        without_sled(dir.path());
        flip(dir.path(), file, offset);
        let reader = open::open_reader(dir.path(), options()).unwrap().events;
        let mut read = reader.read(0).unwrap();
        let error = read.find_map(Result::err).unwrap();
        assert!(read.next().is_none());
        let ReadError::Damaged {
            file: named,
            first_seq: from,
            ..
        } = error
        else {
            panic!("{error}")
        };
        assert_eq!(named, file);
        assert!(
            from.is_multiple_of(3) && (file != FIRST || from == first_seq),
            "{from}"
        );
        let store = open::open(dir.path(), options()).unwrap().events;
        let stopped = (0..500).find_map(|_| {
            std::thread::sleep(std::time::Duration::from_millis(5));
            store.info().stopped
        });
        assert!(stopped.unwrap().contains(file));
        let position = store.head().position;
        let refused = store.append(position, group(position, &[plan("glass", 0)]));
        assert!(
            matches!(refused, Err(AppendError::Stopped { .. })),
            "{refused:?}"
        );
        assert_eq!(
            store.event(0).unwrap().unwrap().seq(),
            0,
            "reads are served"
        );
    }
}

#[test]
fn a_damaged_frame_is_mended_from_sled_and_the_bytes_are_kept() {
    for (file, offset) in [
        (FIRST, 4_096 + 200_000),
        ("journal/000002", 4_096 + 300_000),
        (FIRST, 30),
    ] {
        let dir = filled();
        let whole = fs::read(dir.path().join(file)).unwrap();
        flip(dir.path(), file, offset);
        let store = open::open(dir.path(), options()).unwrap().events;
        let findings = found(store.as_ref());
        let [
            Finding::FrameRepaired {
                file: named, aside, ..
            },
        ] = findings.as_slice()
        else {
            panic!("{findings:?}")
        };
        assert_eq!(named, file);
        assert!(dir.path().join(aside).exists());
        assert_eq!(frames(store.as_ref(), 0).len(), 60);
        assert_eq!(store.info().stopped, None);
        drop(store);
        assert!(
            fs::read(dir.path().join(file)).unwrap() == whole,
            "{file} is as it was"
        );
    }
}

#[test]
fn a_missing_segment_is_refused_and_named() {
    for missing in ["journal/000000", "journal/000001", "journal/000002"] {
        let dir = filled();
        fs::remove_file(dir.path().join(missing)).unwrap();
        let last = fs::read_dir(dir.path().join("journal")).unwrap().count() == 2;
        let Err(OpenError::Journal(ReadError::Missing { file, .. })) =
            open::open(dir.path(), options())
        else {
            panic!("{missing} was not missed")
        };
        assert_eq!(file, missing);
        if !last {
            assert!(open::open_reader(dir.path(), options()).is_err());
        }
    }
}

#[test]
fn a_last_frame_that_was_never_whole_is_cut_and_kept() {
    let mut engine = Durable::new();
    add(engine.store().as_ref(), "brick");
    let head = engine.store().head();
    add(engine.store().as_ref(), "brick");
    engine.close();
    without_sled(engine.dir());
    let path = engine.dir().join(FIRST);
    let mut bytes = fs::read(&path).unwrap();
    let end = bytes.iter().rposition(|byte| *byte != 0).unwrap();
    bytes[end - 40..=end].fill(0);
    fs::write(&path, bytes).unwrap();
    engine.reopen();
    let store = engine.store();
    assert_eq!(store.head(), head);
    let findings = store.info().findings;
    let [Finding::TornTailCut { aside, .. }] = findings.as_slice() else {
        panic!("{findings:?}")
    };
    assert!(fs::metadata(engine.dir().join(aside)).unwrap().len() > 300);
    assert_eq!(add(store.as_ref(), "brick"), 1);
}

#[test]
fn a_tail_that_a_checkpoint_reaches_is_not_cut() {
    let mut engine = Durable::new();
    add(engine.store().as_ref(), "brick");
    engine.close();
    without_sled(engine.dir());
    flip(engine.dir(), FIRST, 4_096 + 150);
    let options = open::OpenOptions {
        acknowledged: 1,
        ..options()
    };
    let store = open::open(engine.dir(), options).unwrap().events;
    assert!(store.info().stopped.unwrap().contains(FIRST));
    assert!(matches!(
        store.append(0, group(0, &[plan("brick", 0)])),
        Err(AppendError::Stopped { .. })
    ));
}

#[test]
fn a_lost_or_torn_tail_comes_back_from_sled() {
    for torn in [false, true] {
        let mut engine = Durable::new();
        for _ in 0..5 {
            add(engine.store().as_ref(), "brick");
        }
        let head = engine.store().head();
        engine.close();
        let path = engine.dir().join(FIRST);
        let mut bytes = fs::read(&path).unwrap();
        bytes[4_096 + 1_000..].fill(0);
        if !torn {
            bytes[4_096..].fill(0);
        }
        fs::write(&path, bytes).unwrap();
        engine.reopen();
        assert_eq!(engine.store().head(), head);
        assert_eq!(engine.store().stream("brick", 0).unwrap().len(), 5);
        assert!(
            !engine.store().info().findings.is_empty(),
            "and it is reported"
        );
    }
}

#[test]
fn a_reader_changes_nothing_and_stops_at_the_last_whole_frame() {
    let dir = new_ledger();
    add(
        open::open(dir.path(), options()).unwrap().events.as_ref(),
        "brick",
    );
    let path = dir.path().join(FIRST);
    let mut bytes = fs::read(&path).unwrap();
    let end = bytes.iter().rposition(|byte| *byte != 0).unwrap() + 8;
    bytes[end..end + 300].fill(0xff);
    fs::write(&path, &bytes).unwrap();
    let reader = open::open_reader(dir.path(), options()).unwrap().events;
    assert_eq!(reader.head().position, 1);
    assert_eq!(frames(reader.as_ref(), 0).len(), 1);
    assert!(fs::read(&path).unwrap() == bytes);
    assert!(!dir.path().join("aside").exists());
    assert!(matches!(
        reader.append(1, group(1, &[plan("brick", 1)])),
        Err(AppendError::Stopped { .. })
    ));
}

#[test]
fn another_ledgers_segment_is_refused() {
    let dir = filled();
    let other = new_ledger();
    let mut file = events::ledger_file();
    file.id = uuid::Uuid::from_bytes([8; 16]);
    file.write(&RealDisk, other.path()).unwrap();
    fs::copy(dir.path().join(FIRST), other.path().join(FIRST)).unwrap();
    let error = open::open(other.path(), options()).err().unwrap();
    assert!(error.to_string().contains("another ledger"), "{error}");
}

#[test]
fn a_second_writer_is_refused_and_readers_are_not() {
    let dir = new_ledger();
    let first = open::open(dir.path(), options()).unwrap().events;
    add(first.as_ref(), "brick");
    let error = open::open(dir.path(), options()).err().unwrap();
    assert!(
        error
            .to_string()
            .contains(&format!("process {}", std::process::id())),
        "{error}"
    );
    assert_eq!(
        open::open_reader(dir.path(), options())
            .unwrap()
            .events
            .head(),
        first.head()
    );
}

#[test]
fn making_a_ledger_never_overwrites_one() {
    let dir = filled();
    let again = |dir: &Path| open::create(dir, &events::ledger_file(), &RealDisk);
    assert!(matches!(again(dir.path()), Err(OpenError::NotEmpty(_))));
    fs::remove_file(dir.path().join("LEDGER")).unwrap();
    without_sled(dir.path());
    assert!(
        matches!(again(dir.path()), Err(OpenError::NotEmpty(_))),
        "its file LEDGER was lost, its events were not"
    );
    assert!(fs::metadata(dir.path().join(FIRST)).is_ok());
    let empty = Arc::new(new_ledger());
    fs::remove_file(empty.path().join("LEDGER")).unwrap();
    again(empty.path()).unwrap();
}

/// The whole directory goes away under a running ledger: what reads behind it must come to an end and say so.
#[test]
fn a_journal_that_vanishes_under_the_scrub_is_named_and_stops_recording() {
    let dir = filled();
    let options = open::OpenOptions {
        pace: Pace {
            rest: std::time::Duration::from_millis(10),
            ..Pace::default()
        },
        ..options()
    };
    let store = open::open(dir.path(), options).unwrap().events;
    // A file that is made in that moment, for the second copy, keeps a directory that was emptied.
    let is_gone = (0..100).any(|_| fs::remove_dir_all(dir.path()).is_ok() || !dir.path().exists());
    assert!(is_gone, "it was removed");
    let stopped = (0..500).find_map(|_| {
        std::thread::sleep(std::time::Duration::from_millis(10));
        store.info().stopped
    });
    assert!(stopped.unwrap().contains("journal"), "it is named");
}

/// What was read before is read again by itself, without the rest of its frame: damage that came since is still never given.
#[test]
fn damage_after_an_event_was_read_is_never_given() {
    let dir = filled();
    let store = open::open(dir.path(), options()).unwrap().events;
    let events = (0..6).map(|seq| store.event(seq).unwrap().unwrap());
    let whole: Vec<_> = events.collect();
    assert_eq!(store.stream("brick", 0).unwrap().len(), 180);
    // In the filler of event 4, the second of its frame.
    let frame = frames(store.as_ref(), 0)[0].bytes().len();
    flip(dir.path(), FIRST, 4_096 + frame + 100_000);
    for event in &whole {
        let again = store.event(event.seq()).unwrap().unwrap();
        assert_eq!(again.bytes(), event.bytes(), "from the second copy");
    }
    let stream = store.stream("brick", 0).unwrap();
    assert_eq!(stream.get(..6), Some(whole.as_slice()));
}
