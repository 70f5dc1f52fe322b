//! The doctor and the background scrub: with a mirror, beside a running writer, and what is recorded of a repair.

use std::fs;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use dealtrail::service::diagnosis::{Diagnosis, Treatment};
use dealtrail::service::doctor;
use dealtrail::service::ledger::{Ledger, Options};
use dealtrail::store::event_store::Info;
use dealtrail::store::open::MirrorChoice;

use super::support::{agreement, clock, init, noted, options, registered, send, stored};
use crate::faults::pristine::quick;

const FIRST: &str = "journal/000000";

/// A closed ledger with a mirror and some remarks.
fn mirrored(home: &Path) -> Vec<Vec<u8>> {
    let made = Options {
        mirror: MirrorChoice::In(home.join("mirror")),
        ..quick()
    };
    let ledger = Ledger::create(&home.join("ledger"), init(), &made).unwrap();
    send(&ledger, "c-0", vec![registered(1)]).unwrap();
    for n in 1..6 {
        remark(&ledger, n);
    }
    stored(&ledger)
}

fn remark(ledger: &Ledger, n: u64) {
    let words = vec![noted(agreement(1), &format!("remark {n}"))];
    send(ledger, &format!("c-{n}"), words).unwrap();
}

/// Flips a bit inside the word that a remark is told by.
fn flip(file: &Path, words: &str) {
    let bytes = fs::read(file).unwrap();
    let words = words.as_bytes();
    let at = bytes.windows(words.len()).position(|part| part == words);
    let at = at.unwrap() as u64;
    let file = fs::OpenOptions::new().write(true).open(file).unwrap();
    file.write_all_at(&[words[0] ^ 4], at).unwrap();
}

fn examine(dir: &Path) -> Diagnosis {
    doctor::examine(dir, &quick()).unwrap()
}

fn repair(dir: &Path) -> Treatment {
    let treatment = doctor::repair(dir, &quick()).unwrap();
    let after = treatment.after.as_ref();
    assert!(after.is_some_and(Diagnosis::is_whole), "{treatment:#?}");
    treatment
}

/// The last event, which has to tell of a repair from this copy.
fn told_of_repair(events: &[Vec<u8>], from: &str) {
    let last = String::from_utf8_lossy(events.last().unwrap()).into_owned();
    assert!(last.contains(r#""kind":"ledger_repaired""#), "{last}");
    let wanted = format!(r#""restored_from":"{from}""#);
    assert!(last.contains(&wanted), "{last}");
}

fn events_of(dir: &Path) -> Vec<Vec<u8>> {
    stored(&Ledger::read(dir, &options(&clock())).unwrap())
}

#[test]
fn what_sled_has_lost_too_comes_back_from_the_mirror() {
    let home = tempfile::tempdir().unwrap();
    let before = mirrored(home.path());
    let dir = home.path().join("ledger");
    assert!(examine(&dir).is_whole(), "{:?}", examine(&dir));
    // Two places, so that no single bit can be told from its checksum.
    flip(&dir.join(FIRST), "remark 3");
    flip(&dir.join(FIRST), "emark 3");
    fs::remove_dir_all(dir.join("sled")).unwrap();
    let found = examine(&dir);
    assert!(!found.is_whole() && found.is_mendable(), "{found:#?}");
    repair(&dir);
    let after = events_of(&dir);
    assert_eq!(after[..before.len()], before);
    told_of_repair(&after, "mirror");
}

#[test]
fn a_ledger_that_lost_both_files_about_itself_learns_them_from_the_mirror() {
    let home = tempfile::tempdir().unwrap();
    let before = mirrored(home.path());
    let dir = home.path().join("ledger");
    fs::remove_file(dir.join("LEDGER")).unwrap();
    fs::write(dir.join("LEDGER.copy"), "nothing").unwrap();
    let found = examine(&dir);
    assert_eq!(found.damage[0].file, "LEDGER", "{found:#?}");
    assert!(found.is_mendable());
    repair(&dir);
    let after = events_of(&dir);
    assert_eq!(after[..before.len()], before);
    told_of_repair(&after, "mirror");
    // Without its mirror nothing says what the ledger is.
    fs::remove_file(dir.join("LEDGER")).unwrap();
    fs::remove_file(dir.join("LEDGER.copy")).unwrap();
    fs::remove_dir_all(home.path().join("mirror")).unwrap();
    assert!(doctor::examine(&dir, &quick()).is_err());
    assert!(doctor::repair(&dir, &quick()).is_err());
}

#[test]
fn damage_in_the_mirror_is_named_and_written_anew_from_the_ledger() {
    let home = tempfile::tempdir().unwrap();
    mirrored(home.path());
    let (dir, mirror) = (home.path().join("ledger"), home.path().join("mirror"));
    let journal = fs::read(dir.join(FIRST)).unwrap();
    flip(&mirror.join(FIRST), "remark 2");
    let found = examine(&dir);
    let files: Vec<_> = found.damage.iter().map(|place| &place.file).collect();
    assert_eq!(files, ["mirror/journal/000000"], "{found:#?}");
    assert_eq!(fs::read(dir.join(FIRST)).unwrap(), journal);
    repair(&dir);
    assert!(fs::read(dir.join(FIRST)).unwrap() == fs::read(mirror.join(FIRST)).unwrap());
    told_of_repair(&events_of(&dir), "journal");

    fs::remove_dir_all(&mirror).unwrap();
    let found = examine(&dir);
    assert!(!found.is_whole() && !found.is_mendable(), "{found:#?}");
    let what = &found.damage[0].what;
    assert!(what.contains("mount its disk"), "{found:#?}");
    let named = Options {
        mirror: MirrorChoice::In(mirror.clone()),
        ..quick()
    };
    let found = doctor::examine(&dir, &named).unwrap();
    assert!(!found.is_whole() && found.is_mendable(), "{found:#?}");
    doctor::repair(&dir, &named).unwrap();
    assert!(fs::read(dir.join(FIRST)).unwrap() == fs::read(mirror.join(FIRST)).unwrap());
}

#[test]
fn what_the_scrub_mends_while_the_ledger_is_open_is_recorded() {
    let home = tempfile::tempdir().unwrap();
    let ledger = Ledger::create(home.path(), init(), &quick()).unwrap();
    drop(ledger);
    let ledger = Ledger::open(home.path(), &quick()).unwrap();
    send(&ledger, "c-0", vec![registered(1)]).unwrap();
    for n in 1..6 {
        remark(&ledger, n);
    }
    let copied = |info: &Info| info.second_copy == "ready" && info.lag_frames == 0;
    while !copied(&ledger.store_info()) {
        std::thread::sleep(Duration::from_millis(5));
    }
    let before = ledger.head();
    flip(&home.path().join(FIRST), "remark 3");
    for _ in 0..2_000 {
        if ledger.head() > before {
            break;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    let events = stored(&ledger);
    told_of_repair(&events, "sled");
    assert_eq!(ledger.stopped(), None);
    remark(&ledger, 6);
    drop(ledger);
    assert!(examine(home.path()).is_whole());
}

#[test]
fn beside_a_running_writer_the_doctor_finds_a_whole_ledger_whole() {
    let home = tempfile::tempdir().unwrap();
    mirrored(home.path());
    let dir = home.path().join("ledger");
    let ledger = Ledger::open(&dir, &quick()).unwrap();
    let end = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut n = 100;
            while !end.load(Ordering::Relaxed) {
                remark(&ledger, n);
                n += 1;
            }
        });
        for _ in 0..20 {
            let found = examine(&dir);
            if !(found.is_whole() && found.in_use) {
                end.store(true, Ordering::Relaxed);
            }
            assert!(found.is_whole() && found.in_use, "{found:#?}");
        }
        end.store(true, Ordering::Relaxed);
    });
    assert!(doctor::repair(&dir, &quick()).is_ok_and(|all| all.after.is_none()));
    flip(&dir.join(FIRST), "remark 2");
    let refused = doctor::repair(&dir, &quick());
    // Either somebody else records, or the scrub was faster.
    assert!(refused.is_err() || refused.is_ok_and(|all| all.after.is_none()));
}
