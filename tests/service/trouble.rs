//! Disks that are full or fail: answered, nothing torn, and never acknowledged without being there.

use std::sync::Arc;

use dealtrail::service::answer::{CommandError, ErrorClass};
use dealtrail::service::ledger::{Ledger, Options};

use super::support::{agreement, clock, init, noted, options, registered, reopened, send, stored};
use crate::faults::disk::{Call, EIO, ENOSPC, Fate, Fault, FaultyDisk};

fn on(disk: &FaultyDisk) -> Options {
    Options {
        disk: Arc::new(disk.clone()),
        floor_bytes: Some(1 << 20),
        ..options(&clock())
    }
}

#[test]
fn a_full_disk_is_answered_and_recording_resumes_by_itself() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path().join("ledger");
    let disk = FaultyDisk::default();
    let ledger = Ledger::create(&dir, init(), &on(&disk)).unwrap();
    send(&ledger, "c-1", vec![registered(1)]).unwrap();
    let before = stored(&ledger);
    disk.say_free(Some(0));
    // The free space is looked at once in a while, not before every append.
    let error = (0..600)
        .find_map(|n| {
            std::thread::sleep(std::time::Duration::from_millis(10));
            send(&ledger, &format!("n-{n}"), vec![noted(agreement(1), "x")]).err()
        })
        .expect("no space");
    assert!(matches!(error, CommandError::NoSpace(_)), "{error}");
    assert_eq!(error.class(), ErrorClass::NoSpace);
    assert!(
        ledger.models_at_head().unwrap().position() >= before.len() as u64,
        "reads go on"
    );
    disk.say_free(None);
    let resumed = (0..600).any(|n| {
        std::thread::sleep(std::time::Duration::from_millis(10));
        send(&ledger, &format!("m-{n}"), vec![noted(agreement(1), "y")]).is_ok()
    });
    assert!(resumed);
}

#[test]
fn a_write_refused_for_space_is_not_recorded_and_a_retry_is() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path().join("ledger");
    let disk = FaultyDisk::default();
    let ledger = Ledger::create(&dir, init(), &on(&disk)).unwrap();
    send(&ledger, "c-1", vec![registered(1)]).unwrap();
    let before = stored(&ledger);
    disk.arm_journal(Fault {
        call: Call::Write,
        nth: 0,
        fate: Fate::Lost,
        errno: ENOSPC,
        dead: false,
    });
    let outcome = send(&ledger, "c-2", vec![noted(agreement(1), "x")]);
    assert!(disk.fired());
    match outcome {
        Err(CommandError::NoSpace(_)) => {
            assert_eq!(stored(&ledger), before);
            let retried = send(&ledger, "c-2", vec![noted(agreement(1), "x")]).unwrap();
            assert!(!retried.replayed);
        }
        Err(CommandError::OutcomeUnknown(_) | CommandError::Stopped(_)) => {}
        other => panic!("{other:?}"),
    }
    drop(ledger);
    let ledger = reopened(&dir);
    assert_eq!(stored(&ledger).get(..before.len()), Some(before.as_slice()));
}

#[test]
fn after_a_failed_sync_nothing_is_acknowledged_until_a_restart() {
    for fate in [Fate::Lost, Fate::Kept] {
        let dir = tempfile::tempdir().unwrap();
        let dir = dir.path().join("ledger");
        let disk = FaultyDisk::default();
        let ledger = Ledger::create(&dir, init(), &on(&disk)).unwrap();
        send(&ledger, "c-1", vec![registered(1)]).unwrap();
        disk.arm_journal(Fault {
            call: Call::Sync,
            nth: 0,
            fate,
            errno: EIO,
            dead: false,
        });
        let error = send(&ledger, "c-2", vec![noted(agreement(1), "x")]).unwrap_err();
        assert!(matches!(error, CommandError::OutcomeUnknown(_)), "{error}");
        assert!(error.hint().contains("same id"));
        // Even a retry of what is safely recorded is not answered: this process has lost its word.
        for (id, intents) in [("c-1", vec![registered(1)]), ("c-3", vec![registered(3)])] {
            let error = send(&ledger, id, intents).unwrap_err();
            assert!(matches!(error, CommandError::Stopped(_)), "{error}");
        }
        assert_eq!(
            ledger.models_at_head().unwrap().position(),
            5,
            "reads go on"
        );
        drop(ledger);
        let ledger = reopened(&dir);
        let retried = send(&ledger, "c-2", vec![noted(agreement(1), "x")]).unwrap();
        assert_eq!(retried.events.len(), 1);
        assert_eq!(
            ledger.head(),
            6,
            "once, whether the first sending survived or not"
        );
    }
}
