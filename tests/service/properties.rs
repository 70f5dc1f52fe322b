//! Whatever is sent, twice, out of order or around a restart: what is recorded is what one honest
//! sending would have recorded.

use dealtrail::deal::command::{Command, Intent};
use dealtrail::service::answer::{Answer, CommandError};
use dealtrail::service::ledger::Ledger;
use proptest::prelude::*;

use super::support::{
    agreement, clock, command, init, memory, noted, on_disk, options, record, registered, reopened,
    stored,
};

fn intent() -> impl Strategy<Value = Intent> {
    let which = 1..4_u64;
    let day = (10..30_u32).prop_map(|day| format!("2025-04-{day:02}"));
    (which, 0..7_u8, day).prop_map(|(n, what, day)| match what {
        0 => registered(n),
        1 => noted(agreement(n), "a map"),
        2 => record(agreement(n), "signed", Some(&day), "{}"),
        3 => record(
            agreement(n),
            "land_allocated",
            Some(&day),
            r#"{"parcel":"AZ-1"}"#,
        ),
        4 => record(
            agreement(n),
            "suspended",
            Some(&day),
            r#"{"reason":"finance","words":"rain"}"#,
        ),
        5 => record(agreement(n), "assigned", None, r#"{"officer":"u:7f3a"}"#),
        _ => record(
            agreement(n),
            "terminated",
            Some(&day),
            r#"{"reason":"promoter_interest","words":"end"}"#,
        ),
    })
}

fn commands() -> impl Strategy<Value = Vec<Command>> {
    let one = proptest::collection::vec(intent(), 1..4);
    proptest::collection::vec(one, 1..14).prop_map(|all| {
        let named = all.into_iter().enumerate();
        named
            .map(|(n, intents)| command(&format!("c-{n}"), intents))
            .collect()
    })
}

fn without_mark(outcome: Result<Answer, CommandError>) -> Result<Answer, CommandError> {
    outcome.map(|answer| Answer {
        replayed: false,
        ..answer
    })
}

/// Sends every command, each as often as told, and gives the first outcomes.
fn sent(ledger: &Ledger, commands: &[Command], times: usize) -> Vec<Result<Answer, CommandError>> {
    commands
        .iter()
        .map(|command| {
            let first = ledger.submit_blocking(command.clone());
            for _ in 1..times {
                let again = ledger.submit_blocking(command.clone());
                assert_eq!(
                    again.as_ref().is_ok_and(|answer| answer.replayed),
                    first.is_ok()
                );
                assert_eq!(without_mark(again), without_mark(first.clone()));
            }
            first
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_retry_is_harmless_in_memory(commands in commands()) {
        let (once, twice) = (memory(), memory());
        let first = sent(&once, &commands, 1);
        prop_assert_eq!(sent(&twice, &commands, 2), first);
        prop_assert_eq!(stored(&twice), stored(&once));
        super::recording::check_order(&super::recording::events(&once));
    }

    #[test]
    fn a_ledger_replays_to_its_own_digests(commands in commands()) {
        let ledger = memory();
        sent(&ledger, &commands, 1);
        let replayed = ledger.replay(None, &mut |_, _| ()).unwrap();
        prop_assert!(replayed.differences.is_empty());
        prop_assert!(!replayed.models.status.is_incomplete());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(6))]

    #[test]
    fn a_retry_is_harmless_around_a_restart(commands in commands(), cut in 0..14_usize, lost: bool) {
        let dir = tempfile::tempdir().unwrap();
        let dir = dir.path().join("ledger");
        let cut = cut.min(commands.len());
        let expected = memory();
        let first = sent(&expected, &commands, 1);
        let ledger = on_disk(&dir);
        let (early, late) = commands.split_at(cut);
        let mut outcomes = sent(&ledger, early, 1);
        drop(ledger);
        if lost {
            std::fs::remove_dir_all(dir.join("sled")).unwrap();
        }
        let ledger = reopened(&dir);
        // Whoever got no answer sends again what was recorded. (What was refused would be decided anew.)
        for (command, outcome) in early.iter().zip(&outcomes).filter(|(_, outcome)| outcome.is_ok()) {
            let again = ledger.submit_blocking(command.clone());
            prop_assert!(again.as_ref().is_ok_and(|answer| answer.replayed));
            prop_assert_eq!(&without_mark(again), outcome);
        }
        outcomes.extend(sent(&ledger, late, 2));
        prop_assert_eq!(outcomes, first);
        prop_assert_eq!(stored(&ledger), stored(&expected));
    }
}

#[test]
fn ten_thousand_backdated_facts_come_in_by_commands() {
    let ledger = Ledger::memory(init(), &options(&clock())).unwrap();
    for part in 0..100_u64 {
        let agreements = part * 10 + 1..=part * 10 + 10;
        let mut intents: Vec<Intent> = agreements.clone().map(registered).collect();
        for n in agreements {
            for day in 1..=9 {
                intents.push(record(
                    agreement(n),
                    "contacted",
                    Some(&format!("2025-03-{day:02}")),
                    CONTACT,
                ));
            }
        }
        ledger
            .submit_blocking(command(&format!("import-{part}"), intents))
            .unwrap();
    }
    assert_eq!(ledger.head(), 4 + 10_000);
    let replayed = ledger.replay(None, &mut |_, _| ()).unwrap();
    assert!(replayed.compared && replayed.differences.is_empty());
    assert_eq!(replayed.models.status.agreements().count(), 1_000);
}

const CONTACT: &str =
    r#"{"outcome":"asked_nothing_new","with":{"description":"the company","role":"investor"}}"#;
