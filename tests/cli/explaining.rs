//! What made an answer: every entry of a thing that was known has one place in it.

use std::collections::BTreeSet;

use serde_json::Value;

use super::desk::Desk;

/// A thing of which everything happens that can happen to an entry, in May 2025.
fn desk_of_changes() -> Desk {
    let mut desk = Desk::with_two_agreements();
    desk.at("2025-04-24T06:00:00Z")
        .done("record land-allocated BRICK --on 2025-04-22 --area '2.9 ha' --source last")
        .done("record works-started BRICK --on 2025-04-23 --source last")
        .done("record residency-granted BRICK --on 2025-04-10/2025-04-23 --source last");
    desk.at("2025-05-05T06:00:00Z")
        .done("--as u:second confirm 8")
        .done("source 8 --source 'Letter of the company' --source-type counterparty-letter");
    desk.at("2025-05-11T06:00:00Z")
        .done("correct 8 --area '3.1 ha' --reason 'typing error'")
        .done("retract 12 --reason 'it speaks of another plot'")
        .done("note BRICK 'asked for a map'");
    desk.at("2025-05-20T06:00:00Z")
        .done("retract 9 --reason 'the works are those of the neighbour'")
        .done("record milestone-reversed BRICK --fact 10 --words 'given back' --on 2025-05-19 --source last");
    desk
}

#[test]
fn an_answer_is_explained_entry_by_entry() {
    let mut desk = desk_of_changes();
    desk.say("show BRICK --explain --known-at 2025-04-30 --as-of 2025-04-22")
        .say("show BRICK --explain --known-at 2025-05-11")
        .say("show BRICK --explain --as-of 2025-05-18")
        .say("show BRICK --explain")
        .say("show GLASS --explain")
        .say("show BRICK --explain --known-at 4");
    insta::assert_snapshot!(desk.said());
}

#[test]
fn programs_read_the_same() {
    let mut desk = desk_of_changes();
    desk.say("show BRICK --explain --known-at 2025-05-11 --as-of 2025-04-22 --json");
    insta::assert_snapshot!(desk.said());
    let shown = desk.json("show BRICK --explain --known-at 2025-05-11 --as-of 2025-04-22");
    let replayed = desk.json("replay --explain BRICK --known-at 2025-05-11 --as-of 2025-04-22");
    assert_eq!(replayed["explained"], shown["explained"]);
    let plain = desk.json("show BRICK --known-at 2025-05-11 --as-of 2025-04-22");
    assert_eq!(plain.get("explained"), None);
}

/// Folded afresh the answer is explained in the same words.
#[test]
fn a_replay_explains_as_the_live_ledger_does() {
    let desk = desk_of_changes();
    let asked = "--known-at 2025-05-11 --as-of 2025-05-01";
    let said = |line: &str| {
        let output = desk.quiet(&format!("{line} {asked}"));
        assert_eq!(output.status.code(), Some(0), "{line}");
        String::from_utf8(output.stdout).unwrap()
    };
    let replayed = said("replay --explain BRICK");
    let (folded, explained) = replayed.split_once("\n\n").unwrap();
    assert!(folded.starts_with("Folded 16 entries afresh"), "{folded}");
    assert!(
        said("show BRICK --explain").contains(explained),
        "{explained}"
    );
    for both_times in [
        "happened: 2025-04-22; recorded: 2025-05-11 06:00:00 UTC by u:local",
        "corrected by entry 13, recorded: 2025-05-11 06:00:00 UTC by u:local",
        "Not known yet: 2 entries, recorded later",
        "happened: 2025-05-19; recorded: 2025-05-20 06:00:00 UTC by u:local",
    ] {
        assert!(explained.contains(both_times), "{both_times}: {explained}");
    }
}

/// The positions in a list.
fn positions(list: &Value) -> Vec<u64> {
    let list = list.as_array().unwrap().iter();
    list.map(|entry| entry["seq"].as_u64().unwrap()).collect()
}

/// Every entry of the thing that the explanation places, and those that it says were not known; each once.
fn placed(explained: &Value) -> (BTreeSet<u64>, BTreeSet<u64>) {
    let mut known = Vec::new();
    for list in ["made_by", "replaced", "not_counted", "unplaced"] {
        known.extend(positions(&explained[list]));
    }
    for replaced in explained["replaced"].as_array().unwrap() {
        let by = &replaced["by"];
        // A correction has a place of its own, what withdraws stands beside what it withdrew.
        if by["how"] != "corrected" {
            known.push(by["seq"].as_u64().unwrap());
        }
    }
    let later = positions(&explained["not_known_yet"]);
    let once: (BTreeSet<_>, BTreeSet<_>) = (
        known.iter().copied().collect(),
        later.iter().copied().collect(),
    );
    assert_eq!((once.0.len(), once.1.len()), (known.len(), later.len()));
    once
}

#[test]
fn every_entry_has_one_place_whenever_it_is_asked() {
    let mut desk = Desk::bare();
    desk.at("")
        .done("synth --agreements 3 --events 120 --seed 11");
    desk.at("2026-01-01T00:00:00Z");
    let list = desk.json("list agreements");
    let agreements = list["agreements"].as_array().or(list.as_array()).unwrap();
    assert_eq!(agreements.len(), 3);
    for agreement in agreements {
        let reference = agreement["ref"].as_str().unwrap();
        let whole = desk.json(&format!("show {reference} --explain"));
        let (all, later) = placed(&whole["explained"]);
        assert_eq!(all.len() as u64, whole["version"].as_u64().unwrap());
        assert!(later.is_empty());
        for known_at in [60, 90, 119] {
            for day in ["2018-06-30", "2024-12-31"] {
                let line =
                    format!("show {reference} --explain --known-at {known_at} --as-of {day}");
                let then = desk.json(&line);
                if then["refused"].is_string() || then.get("explained").is_none() {
                    let first = all.first().unwrap();
                    assert!(*first >= known_at, "{line}: {then}");
                    continue;
                }
                let (known, later) = placed(&then["explained"]);
                assert_eq!(&(&known | &later), &all, "{line}");
                assert_eq!(known.len() as u64, then["version"].as_u64().unwrap());
                let position = then["known_at"].as_u64().unwrap();
                assert!(known.iter().all(|seq| *seq < position), "{line}");
                assert!(later.iter().all(|seq| *seq >= position), "{line}");
            }
        }
    }
}
