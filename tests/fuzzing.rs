//! The laws of the fuzz targets, every day on the stable compiler: against every seed of `fuzz/seeds`, against every
//! input that once broke one, against seeds changed at random and against bytes drawn at random.
//!
//! `tests/fuzz` runs the same laws under libFuzzer, which looks for inputs that reach new code.

mod codec;
mod frame;
mod ledger_file;
mod proof;
mod quantity;
mod seeds;
mod when;

use std::fs;
use std::path::PathBuf;

use proptest::prelude::*;
use proptest::sample::Index;

use crate::faults::tally::count;

type Law = fn(&[u8]);

/// Each target of `fuzz/targets`, and its law.
const TARGETS: [(&str, Law); 6] = [
    ("codec", codec::holds),
    ("frame", frame::holds),
    ("ledger_file", ledger_file::holds),
    ("proof", proof::holds),
    ("quantity", quantity::holds),
    ("when", when::holds),
];

fn folder(target: &str) -> PathBuf {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    root.join("fuzz/seeds").join(target)
}

/// The seeds of a target, by name.
fn seeds_of(target: &str) -> Vec<(String, Vec<u8>)> {
    let mut seeds: Vec<(String, Vec<u8>)> = fs::read_dir(folder(target))
        .unwrap()
        .map(|entry| {
            let entry = entry.unwrap();
            let name = entry.file_name().into_string().unwrap();
            (name, fs::read(entry.path()).unwrap())
        })
        .collect();
    seeds.sort();
    assert!(!seeds.is_empty(), "{target} has no seeds");
    seeds
}

#[test]
fn every_law_holds_for_every_seed() {
    for (target, law) in TARGETS {
        for (name, bytes) in seeds_of(target) {
            let held = std::panic::catch_unwind(|| law(&bytes));
            assert!(held.is_ok(), "fuzz/seeds/{target}/{name} breaks its law");
        }
    }
}

/// Every target file calls the law of its name, so that what libFuzzer looks for is what is held here.
#[test]
fn the_targets_are_the_laws() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let names = fs::read_dir(root.join("fuzz/targets")).unwrap();
    let mut names: Vec<String> = names
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    let wanted: Vec<String> = TARGETS.map(|(name, _)| format!("{name}.rs")).into();
    assert_eq!(names, wanted);
    for (name, _) in TARGETS {
        let text = fs::read_to_string(root.join(format!("fuzz/targets/{name}.rs"))).unwrap();
        assert!(
            text.contains(&format!("\"../../tests/fuzzing/{name}.rs\"")),
            "{name}"
        );
        let cargo = fs::read_to_string(root.join("fuzz/Cargo.toml")).unwrap();
        assert!(
            cargo.contains(&format!("path = \"targets/{name}.rs\"")),
            "{name}"
        );
    }
}

/// One change to a seed; places are drawn apart from any length.
#[derive(Debug, Clone)]
enum Change {
    Flip(Index, u8),
    Insert(Index, u8),
    Remove(Index, Index),
    Repeat(Index, Index),
}

fn change() -> impl Strategy<Value = Change> {
    let byte = || {
        prop_oneof![
            any::<u8>(),
            proptest::sample::select(&b"0123456789-~/.\"{}[],:x \n"[..])
        ]
    };
    prop_oneof![
        (any::<Index>(), 0..8_u8).prop_map(|(at, bit)| Change::Flip(at, bit)),
        (any::<Index>(), byte()).prop_map(|(at, byte)| Change::Insert(at, byte)),
        any::<(Index, Index)>().prop_map(|(from, to)| Change::Remove(from, to)),
        any::<(Index, Index)>().prop_map(|(from, to)| Change::Repeat(from, to)),
    ]
}

fn changed(mut bytes: Vec<u8>, changes: &[Change]) -> Vec<u8> {
    for change in changes {
        let room = bytes.len() + 1;
        let range = |from: &Index, to: &Index| {
            let (from, to) = (from.index(room), to.index(room));
            from.min(to)..from.max(to).min(from.min(to) + 64)
        };
        match change {
            Change::Flip(at, bit) if !bytes.is_empty() => {
                let at = at.index(bytes.len());
                bytes[at] ^= 1 << bit;
            }
            Change::Flip(..) => {}
            Change::Insert(at, byte) => bytes.insert(at.index(room), *byte),
            Change::Remove(from, to) => drop(bytes.drain(range(from, to))),
            Change::Repeat(from, to) => {
                let part = bytes[range(from, to)].to_vec();
                let end = range(from, to).end;
                bytes.splice(end..end, part);
            }
        }
    }
    bytes
}

fn cases() -> ProptestConfig {
    ProptestConfig {
        cases: count("DEALTRAIL_FUZZ_CASES", 192) as u32,
        // An input that breaks a law becomes a seed instead.
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

/// Holds one target's law against changed seeds and drawn bytes.
fn hold(target: &str) {
    let law = TARGETS.iter().find(|(name, _)| *name == target).unwrap().1;
    let seeds: Vec<Vec<u8>> = seeds_of(target)
        .into_iter()
        .map(|(_, bytes)| bytes)
        .collect();
    let near = (
        proptest::sample::select(seeds),
        proptest::collection::vec(change(), 1..6),
    )
        .prop_map(|(seed, changes)| changed(seed, &changes));
    let any = proptest::collection::vec(any::<u8>(), 0..300);
    let mut runner = proptest::test_runner::TestRunner::new(cases());
    let drawn = prop_oneof![3 => near, 1 => any];
    if let Err(error) = runner.run(&drawn, |bytes| {
        law(&bytes);
        Ok(())
    }) {
        panic!("the law `{target}` is broken: {error}");
    }
}

#[test]
fn stored_events_and_the_door_keep_their_law() {
    hold("codec");
}

#[test]
fn frames_and_segments_keep_their_law() {
    hold("frame");
}

#[test]
fn the_file_ledger_keeps_its_law() {
    hold("ledger_file");
}

#[test]
fn the_auditors_formats_keep_their_law() {
    hold("proof");
}

#[test]
fn amounts_keep_their_law() {
    hold("quantity");
}

#[test]
fn dates_keep_their_law() {
    hold("when");
}
