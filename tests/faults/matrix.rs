//! Each durable step fails twice: its bytes lost, and kept although it was reported lost.

use std::sync::Arc;

use dealtrail::store::event_store::{AppendError, Group};
use dealtrail::store::open::{self, OpenOptions};

use crate::faults::disk::{Call, EIO, ENOSPC, Fate, Fault, FaultyDisk};
use crate::store_contract::clauses::frames;
use crate::store_contract::events::{self, Plan, group, new_ledger, plan};

/// Two large groups fill a segment of the least length, so this crosses two of them.
const GROUPS: u64 = 7;

fn large(position: u64) -> Group {
    let large = Plan {
        filler: 60_000,
        ..plan("brick", 0)
    };
    let plans: Vec<_> = (1..=29)
        .map(|n| Plan {
            version: position + n,
            ..large.clone()
        })
        .collect();
    group(position, &plans)
}

fn options(disk: &FaultyDisk) -> OpenOptions {
    OpenOptions {
        disk: Arc::new(disk.clone()),
        ..events::options()
    }
}

struct Outcome {
    acknowledged: Vec<Group>,
    unknown: Option<Group>,
    fired: bool,
}

/// Records until the fault fires and beyond, then cuts the power, and gives what was answered.
fn record(dir: &std::path::Path, fault: Fault) -> Outcome {
    let disk = FaultyDisk::default();
    let store = open::open(dir, options(&disk)).unwrap().events;
    disk.arm(fault);
    let (mut acknowledged, mut unknown, mut stopped) = (Vec::new(), None, false);
    for _ in 0..GROUPS {
        let position = store.head().position;
        let group = large(position);
        match store.append(position, group.clone()) {
            Ok(_) => {
                assert!(!stopped, "{fault:?}: acknowledged after a failed sync");
                acknowledged.push(group);
            }
            Err(AppendError::Unknown { .. }) => {
                assert!(!stopped);
                stopped = true;
                unknown = Some(group);
            }
            Err(AppendError::Stopped { .. }) => {
                assert!(disk.fired(), "{fault:?}");
                stopped = true;
            }
            Err(AppendError::NoSpace(_)) => assert_eq!(fault.errno, ENOSPC),
            Err(other) => panic!("{fault:?}: {other}"),
        }
    }
    assert!(
        frames(store.as_ref(), 0).len() == acknowledged.len(),
        "{fault:?}: reads show what was answered"
    );
    let fired = disk.fired();
    drop(store);
    disk.cut_power();
    Outcome {
        acknowledged,
        unknown,
        fired,
    }
}

/// What is there after the restart is what was acknowledged, and at most the one group nobody knew about.
fn check(dir: &std::path::Path, outcome: &Outcome, fault: Fault) {
    let ledger =
        open::open(dir, events::options()).unwrap_or_else(|error| panic!("{fault:?}: {error}"));
    let store = ledger.events;
    let found = frames(store.as_ref(), 0);
    let mut legal: Vec<_> = outcome.acknowledged.iter().collect();
    if found.len() > legal.len() {
        legal.extend(&outcome.unknown);
    }
    assert_eq!(found.len(), legal.len(), "{fault:?}");
    for (frame, group) in found.iter().zip(legal) {
        assert_eq!(frame.events(), group.events, "{fault:?}");
        assert_eq!(frame.commands().unwrap(), group.commands, "{fault:?}");
    }
    assert_eq!(store.info().stopped, None, "{fault:?}");
    let position = store.head().position;
    store.append(position, large(position)).unwrap();
}

fn run(call: Call, errno: i32, dead: bool) {
    for fate in [Fate::Lost, Fate::Kept] {
        let mut fired = 0;
        for nth in 0..1_000 {
            let dir = new_ledger();
            let fault = Fault {
                call,
                nth,
                fate,
                errno,
                dead,
            };
            let outcome = record(dir.path(), fault);
            check(dir.path(), &outcome, fault);
            if !outcome.fired {
                break;
            }
            fired += 1;
        }
        assert!(fired > GROUPS, "every step was tried: {fired}");
    }
}

#[test]
fn a_write_fails() {
    run(Call::Write, EIO, false);
}

#[test]
fn a_write_finds_no_space() {
    run(Call::Write, ENOSPC, false);
}

#[test]
fn a_sync_fails() {
    run(Call::Sync, EIO, false);
}

#[test]
fn the_disk_dies_at_a_write() {
    run(Call::Write, EIO, true);
}

#[test]
fn the_disk_dies_at_a_sync() {
    run(Call::Sync, EIO, true);
}

#[test]
fn recording_resumes_by_itself_when_space_is_back() {
    let dir = new_ledger();
    let disk = FaultyDisk::default();
    let options = OpenOptions {
        floor_bytes: Some(1 << 20),
        ..options(&disk)
    };
    let store = open::open(dir.path(), options).unwrap().events;
    events::add(store.as_ref(), "brick");
    disk.say_free(Some(1_000));
    std::thread::sleep(std::time::Duration::from_millis(150));
    let refused = store.append(1, group(1, &[plan("brick", 2)]));
    assert!(
        matches!(refused, Err(AppendError::NoSpace(_))),
        "{refused:?}"
    );
    assert_eq!(store.event(0).unwrap().unwrap().seq(), 0, "reading goes on");
    assert_eq!(store.head().position, 1);
    disk.say_free(None);
    assert_eq!(events::add(store.as_ref(), "brick"), 1);
}
