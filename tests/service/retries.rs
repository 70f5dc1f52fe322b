//! A retry is harmless: the same command sent again gets the first answer and records nothing.

use dealtrail::deal::command::Command;
use dealtrail::service::answer::{Answer, CommandError, ErrorClass};
use dealtrail::service::ledger::Ledger;

use super::support::{
    agreement, by, command, memory, noted, on_disk, record, registered, reopened, send, stored,
};

/// The first answer again, marked as such.
fn first_again(ledger: &Ledger, command: &Command, first: &Answer) {
    let again = ledger.submit_blocking(command.clone()).unwrap();
    let expected = Answer {
        replayed: true,
        ..first.clone()
    };
    assert_eq!(again, expected);
}

#[test]
fn the_first_answer_comes_again_with_its_warnings() {
    let ledger = memory();
    send(&ledger, "c-1", vec![registered(1)]).unwrap();
    // Land before any signing: recorded with warnings.
    let land = command(
        "c-2",
        vec![record(
            agreement(1),
            "land_allocated",
            Some("2025-04-17"),
            "{}",
        )],
    );
    let first = ledger.submit_blocking(land.clone()).unwrap();
    assert!(!first.warnings.is_empty());
    send(&ledger, "c-3", vec![noted(agreement(1), "in between")]).unwrap();
    first_again(&ledger, &land, &first);
    assert_eq!(ledger.head(), 7);
}

#[test]
fn a_retry_is_answered_after_a_restart_and_after_the_second_copy_is_lost() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path().join("ledger");
    let ledger = on_disk(&dir);
    let sent = command("c-1", vec![registered(1), noted(agreement(1), "a map")]);
    let first = ledger.submit_blocking(sent.clone()).unwrap();
    let officer = || record(agreement(1), "assigned", None, r#"{"officer":"u:7f3a"}"#);
    send(&ledger, "c-2", vec![officer()]).unwrap();
    let nothing = command("c-3", vec![officer()]);
    let nothing_first = ledger.submit_blocking(nothing.clone()).unwrap();
    assert_eq!(nothing_first.count, 0);
    let bytes = stored(&ledger);
    drop(ledger);
    for lost in [false, true] {
        if lost {
            std::fs::remove_dir_all(dir.join("sled")).unwrap();
        }
        let ledger = reopened(&dir);
        first_again(&ledger, &sent, &first);
        first_again(&ledger, &nothing, &nothing_first);
        assert_eq!(stored(&ledger), bytes, "second copy lost: {lost}");
    }
}

#[test]
fn a_retry_that_expected_a_version_is_answered_as_before() {
    let ledger = memory();
    send(&ledger, "c-1", vec![registered(1)]).unwrap();
    let mut sent = command("c-2", vec![noted(agreement(1), "a map")]);
    sent.expected = Some((agreement(1), 1));
    let first = ledger.submit_blocking(sent.clone()).unwrap();
    // Its own first sending has moved the version on.
    first_again(&ledger, &sent, &first);
}

#[test]
fn the_same_id_for_something_else_is_a_conflict() {
    let ledger = memory();
    send(&ledger, "c-1", vec![registered(1)]).unwrap();
    let error = send(&ledger, "c-1", vec![registered(2)]).unwrap_err();
    assert!(
        matches!(&error, CommandError::IdReused { first_seq: 4, .. }),
        "{error}"
    );
    assert_eq!(error.class(), ErrorClass::Conflict);
    assert_eq!(ledger.head(), 5);
}

#[test]
fn two_senders_may_choose_the_same_id() {
    let ledger = memory();
    let one = by("u:one", "c-1", vec![registered(1)]);
    let two = by("u:two", "c-1", vec![registered(2)]);
    assert!(!ledger.submit_blocking(one).unwrap().replayed);
    assert!(!ledger.submit_blocking(two).unwrap().replayed);
    assert_eq!(ledger.head(), 6);
}

#[test]
fn a_retry_days_later_is_still_the_same_command() {
    let clock = super::support::clock();
    let ledger = Ledger::memory(super::support::init(), &super::support::options(&clock)).unwrap();
    let sent = command("c-1", vec![registered(1), noted(agreement(1), "today")]);
    let first = ledger.submit_blocking(sent.clone()).unwrap();
    clock.set(super::support::moment("2025-05-18T06:00:00Z"));
    first_again(&ledger, &sent, &first);
}

#[test]
fn the_same_command_sent_by_many_at_once_is_recorded_once() {
    let ledger = std::sync::Arc::new(memory());
    let threads: Vec<_> = (0..8)
        .map(|_| {
            let ledger = std::sync::Arc::clone(&ledger);
            std::thread::spawn(move || send(&ledger, "c-1", vec![registered(1)]).unwrap())
        })
        .collect();
    let answers: Vec<_> = threads
        .into_iter()
        .map(|thread| thread.join().unwrap())
        .collect();
    assert_eq!(answers.iter().filter(|answer| !answer.replayed).count(), 1);
    assert!(
        answers
            .iter()
            .all(|answer| answer.events == answers[0].events)
    );
    assert_eq!(ledger.head(), 5);
}
