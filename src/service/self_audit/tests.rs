use std::path::Path;

use super::*;
use crate::deal::value::when::When;
use crate::service::fiction;
use crate::service::health::{MODELS_DIFFER, troubles};
use crate::service::ledger::{Ledger, Options};
use crate::synth::plan::Plan;

fn options() -> Options {
    Options {
        floor_bytes: Some(0),
        ..Options::default()
    }
}

/// A fictional portfolio of some hundred events.
fn ledger(dir: &Path) -> Ledger {
    let plan = Plan::new(20, 400, 7).unwrap();
    fiction::make(dir, &plan, &options(), &mut |_, _| ()).unwrap();
    let ledger = Ledger::open(dir, &options()).unwrap();
    ledger.models_at_head().unwrap();
    ledger
}

fn auditor(ledger: &Ledger) -> Auditor {
    Auditor {
        store: Arc::clone(ledger.store()),
        follower: Arc::clone(ledger.follower()),
        doubt: ledger.doubt(),
        shared: Arc::default(),
        stall: Stall::default(),
        next: 0,
        first: None,
    }
}

/// Goes over the whole ledger once, in slices of `slice` events.
fn round(auditor: &mut Auditor, slice: u32) -> Audited {
    let before = locked(&auditor.shared).rounds;
    for _ in 0..10_000 {
        auditor.step(Pace {
            events: slice,
            between: Duration::ZERO,
        });
        let audited = locked(&auditor.shared).clone();
        if audited.rounds > before {
            return audited;
        }
    }
    panic!("the round does not end");
}

/// The event of the read models at a position, changed; everything behind it is as it was.
fn changed(models: &Models, seq: u64, change: impl FnOnce(&mut Event)) -> Models {
    let events = 0..models.position();
    let mut events: Vec<Event> = events
        .map(|seq| models.status.event(seq).unwrap())
        .collect();
    change(&mut events[usize::try_from(seq).unwrap()]);
    Models::fold(&events)
}

#[test]
fn models_that_are_what_is_stored_are_found_so_in_slices_of_any_size() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = ledger(dir.path());
    for slice in [1_000, 7, 64] {
        let mut auditor = auditor(&ledger);
        let audited = round(&mut auditor, slice);
        assert_eq!(audited.departure, None);
        assert_eq!(audited.unreadable, None);
        assert_eq!(
            (audited.last_round, audited.events),
            (ledger.head(), ledger.head())
        );
        assert!(troubles(&ledger, &Stall::default(), Some(&audited)).is_empty());
    }
}

#[test]
fn the_first_of_several_wrong_facts_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = ledger(dir.path());
    let right = ledger.models_at_head().unwrap();
    for seq in [0, 57, ledger.head() - 1] {
        let wrong = changed(&right, seq, |event| {
            event.on = When::day("1999-01-01".parse().unwrap());
        });
        let wrong = changed(&wrong, ledger.head() - 1, |event| {
            event.day = "1999-01-01".parse().unwrap();
            event.on = When::day("1999-01-01".parse().unwrap());
        });
        ledger.follower().plant(|models| *models = wrong);
        let audited = round(&mut auditor(&ledger), 50);
        let departure = audited.departure.clone().unwrap();
        assert_eq!(departure.position, seq, "{departure:?}");
        let found = troubles(&ledger, &Stall::default(), Some(&audited));
        assert_eq!(found[0].code, MODELS_DIFFER);
        assert!(
            found[0]
                .sentence
                .contains(&format!("from position {seq} on")),
            "{}",
            found[0].sentence
        );
    }
    // Put right, they are found so again.
    ledger
        .follower()
        .plant(|models| *models = Models::clone(&right));
    let mut auditor = auditor(&ledger);
    assert_eq!(round(&mut auditor, 50).departure, None);
}

#[test]
fn a_departure_is_forgotten_once_a_round_does_not_find_it() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = ledger(dir.path());
    let right = ledger.models_at_head().unwrap();
    let wrong = changed(&right, 30, |event| event.command = "other".parse().unwrap());
    ledger.follower().plant(|models| *models = wrong);
    let mut auditor = auditor(&ledger);
    assert!(round(&mut auditor, 500).departure.is_some());
    ledger
        .follower()
        .plant(|models| *models = Models::clone(&right));
    assert_eq!(round(&mut auditor, 500).departure, None);
}

#[test]
fn what_stands_in_the_wrong_stream_or_batch_is_found() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = ledger(dir.path());
    let right = ledger.models_at_head().unwrap();
    let other = right.status.event(5).unwrap().stream;
    let seq = (6..ledger.head())
        .find(|seq| right.status.event(*seq).unwrap().stream != other)
        .unwrap();
    let moved = changed(&right, seq, |event| event.stream = other);
    let rebatched = changed(&right, seq, |event| event.batch.count += 1);
    for wrong in [moved, rebatched] {
        ledger.follower().plant(|models| *models = wrong);
        let departure = round(&mut auditor(&ledger), 100).departure.unwrap();
        assert_eq!(departure.position, seq, "{departure:?}");
    }
}

#[test]
fn it_rests_long_enough_after_each_slice() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = ledger(dir.path());
    let mut auditor = auditor(&ledger);
    for _ in 0..20 {
        let before = locked(&auditor.shared).worked;
        let rest = auditor.step(Pace {
            events: 100,
            between: Duration::ZERO,
        });
        let worked = locked(&auditor.shared).worked - before;
        assert!(rest >= worked * REST, "{rest:?} after {worked:?}");
    }
    let rest = auditor.step(Pace::of(100));
    assert!(
        rest >= Duration::from_secs(1),
        "a hundred events a second, and no more"
    );
}
