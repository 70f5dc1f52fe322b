//! Replay: the same digests as live; damage named; nothing changed.

use std::fs;
use std::path::Path;

use dealtrail::service::history::HistoryError;
use dealtrail::service::ledger::Ledger;
use dealtrail::service::replay::{self, ReplayError};
use dealtrail::store::event_store::ReadError;

use super::support::{
    agreement, clock, memory, noted, on_disk, options, record, registered, send, stored,
};

fn some_history(ledger: &Ledger) {
    for n in 1..=5 {
        let signed = record(agreement(n), "signed", Some("2025-04-17"), "{}");
        send(ledger, &format!("c-{n}"), vec![registered(n), signed]).unwrap();
        send(
            ledger,
            &format!("n-{n}"),
            vec![noted(agreement(n), "a map of the zone")],
        )
        .unwrap();
    }
}

#[test]
fn a_replay_comes_to_the_same_digests_as_the_live_read_models() {
    let ledger = memory();
    some_history(&ledger);
    let mut told = Vec::new();
    let replayed = ledger
        .replay(None, &mut |done, all| told.push((done, all)))
        .unwrap();
    assert_eq!(replayed.position, ledger.head());
    assert!(replayed.compared && replayed.differences.is_empty());
    assert_eq!(replayed.digests, ledger.models_at_head().unwrap().digests());
    assert_eq!(replayed.root, ledger.root(ledger.head()).unwrap());
    assert_eq!(told.last(), Some(&(19, 19)));
}

#[test]
fn a_replay_of_less_is_what_was_known_then() {
    let ledger = memory();
    some_history(&ledger);
    let replayed = ledger.replay(Some(5), &mut |_, _| ()).unwrap();
    assert_eq!(replayed.position, 4, "a batch is never cut");
    assert!(!replayed.compared);
    assert_eq!(replayed.digests, ledger.models_at(4).unwrap().digests());
}

#[test]
fn a_difference_names_the_read_model_and_the_first_fact() {
    let (one, other) = (memory(), memory());
    for ledger in [&one, &other] {
        send(ledger, "c-1", vec![registered(1)]).unwrap();
    }
    send(&one, "c-2", vec![noted(agreement(1), "brick")]).unwrap();
    send(&other, "c-2", vec![noted(agreement(1), "glass")]).unwrap();
    let live = one.models_at_head().unwrap();
    let fresh = other.models_at_head().unwrap();
    let differences = replay::differences(&live, &fresh);
    let told: Vec<_> = differences
        .iter()
        .map(|d| (d.projection.as_str(), d.first))
        .collect();
    assert_eq!(told, [("status", Some(5))]);
    assert!(replay::differences(&live, &live).is_empty());
}

/// Every file below a directory with its bytes.
fn files(dir: &Path) -> Vec<(std::path::PathBuf, Vec<u8>)> {
    let mut all = Vec::new();
    let mut open = vec![dir.to_owned()];
    while let Some(dir) = open.pop() {
        for entry in fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                let bytes = fs::read(&path).unwrap();
                all.push((path, bytes));
            }
        }
    }
    all.sort();
    all
}

#[test]
fn one_flipped_byte_is_named_and_nothing_is_changed() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path().join("ledger");
    let ledger = on_disk(&dir);
    some_history(&ledger);
    let needle = stored(&ledger)[9].clone();
    drop(ledger);
    let segment = dir.join("journal/000000");
    let mut bytes = fs::read(&segment).unwrap();
    let at = bytes
        .windows(needle.len())
        .position(|part| part == needle)
        .unwrap();
    bytes[at + 40] ^= 1;
    fs::write(&segment, bytes).unwrap();
    let before = files(&dir);
    let reader = Ledger::read(&dir, &options(&clock())).unwrap();
    assert!(reader.damage().unwrap().contains("entries from"));
    let error = reader.replay(None, &mut |_, _| ()).unwrap_err();
    let ReplayError::History(HistoryError::Read(ReadError::Damaged {
        file, first_seq, ..
    })) = &error
    else {
        panic!("{error}")
    };
    assert!(file.contains("000000"), "{file}");
    assert!(*first_seq <= 9, "{first_seq}");
    drop(reader);
    assert!(files(&dir) == before, "a reader changes nothing");
}

#[test]
fn a_byte_flipped_is_put_back_from_the_second_copy_and_the_repair_is_recorded() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path().join("ledger");
    let ledger = on_disk(&dir);
    some_history(&ledger);
    let before = stored(&ledger);
    let needle = before[9].clone();
    drop(ledger);
    // Opened and closed again, so that the second copy has everything.
    drop(super::support::reopened(&dir));
    let segment = dir.join("journal/000000");
    let mut bytes = fs::read(&segment).unwrap();
    let at = bytes
        .windows(needle.len())
        .position(|part| part == needle)
        .unwrap();
    bytes[at + 40] ^= 1;
    fs::write(&segment, bytes).unwrap();
    let ledger = super::support::reopened(&dir);
    assert!(ledger.damage().is_none());
    let after = stored(&ledger);
    assert_eq!(after.get(..before.len()), Some(before.as_slice()));
    let repair = String::from_utf8(after[before.len()].clone()).unwrap();
    assert!(repair.contains(r#""kind":"ledger_repaired""#), "{repair}");
    assert!(repair.contains(r#""restored_from":"sled""#), "{repair}");
    assert_eq!(after.len(), before.len() + 1);
    let replayed = ledger.replay(None, &mut |_, _| ()).unwrap();
    assert!(replayed.differences.is_empty());
}
