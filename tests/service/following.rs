//! Read models behind the ledger: waiting for a position, panics caught, what is not known shown.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use dealtrail::deal::event::Event;
use dealtrail::projection::Projection;
use dealtrail::service::follow::{Follower, Health, NotReady, ReadModel};

use dealtrail::store::group::{CommandRecord, Group, Scope};
use dealtrail::store::recorded::Recorded;

use super::support::{START, agreement, memory, moment, noted, registered, send};

const PATIENCE: Duration = Duration::from_secs(20);

/// Counts events, and fails at the sixth as often as it is told to.
#[derive(Clone, Default)]
struct Frail<const FAILURES: u32>(u64);

static FAILED_TWICE: AtomicU32 = AtomicU32::new(0);

impl ReadModel for Frail<2> {
    fn apply(&mut self, event: &Event) {
        self.0 += 1;
        let fail = event.seq == 5 && FAILED_TWICE.fetch_add(1, Ordering::Relaxed) < 2;
        assert!(!fail, "a brick fell");
    }

    fn position(&self) -> u64 {
        self.0
    }
}

impl ReadModel for Frail<9> {
    fn apply(&mut self, event: &Event) {
        self.0 += 1;
        assert!(event.seq != 5, "a brick fell");
    }

    fn position(&self) -> u64 {
        self.0
    }
}

#[test]
fn a_read_model_that_fails_begins_anew_and_catches_up() {
    let ledger = memory();
    send(
        &ledger,
        "c-1",
        vec![registered(1), noted(agreement(1), "x")],
    )
    .unwrap();
    let follower = Follower::<Frail<2>>::start(Arc::clone(ledger.store()), None).unwrap();
    assert_eq!(follower.models(6, PATIENCE).unwrap().position(), 6);
    let status = follower.status();
    assert_eq!(
        (status.health, status.restarts, status.lag),
        (Health::Following, 2, 0)
    );
    assert!(status.last_error.unwrap().contains("a brick fell"));
}

#[test]
fn a_read_model_that_fails_for_ever_says_so_and_the_ledger_goes_on() {
    let ledger = memory();
    send(
        &ledger,
        "c-1",
        vec![registered(1), noted(agreement(1), "x")],
    )
    .unwrap();
    let follower = Follower::<Frail<9>>::start(Arc::clone(ledger.store()), None).unwrap();
    let error = follower.models(6, PATIENCE).err().unwrap();
    assert!(
        matches!(&error, NotReady::Failed { reason, .. } if reason.contains("a brick fell")),
        "{error}"
    );
    assert_eq!(follower.status().health, Health::Failed);
    assert!(send(&ledger, "c-2", vec![noted(agreement(1), "y")]).is_ok());
    assert_eq!(ledger.models_at_head().unwrap().position(), 7);
}

#[test]
fn a_position_not_reached_is_told_after_a_while() {
    let ledger = memory();
    let follower =
        Follower::<dealtrail::projection::models::Models>::start(Arc::clone(ledger.store()), None);
    let error = follower
        .unwrap()
        .models(99, Duration::from_millis(50))
        .err()
        .unwrap();
    assert!(
        matches!(error, NotReady::Behind { wanted: 99, .. }),
        "{error}"
    );
}

#[test]
fn a_reader_keeps_what_it_was_given_while_the_ledger_goes_on() {
    let ledger = memory();
    send(&ledger, "c-1", vec![registered(1)]).unwrap();
    let before = ledger.models_at_head().unwrap();
    let digests = before.digests();
    send(&ledger, "c-2", vec![noted(agreement(1), "x")]).unwrap();
    assert_eq!(ledger.models_at_head().unwrap().position(), 6);
    assert_eq!(before.digests(), digests);
}

#[test]
fn the_search_is_folded_once_and_kept_up_while_the_ledger_goes_on() {
    let ledger = memory();
    send(&ledger, "c-1", vec![registered(1)]).unwrap();
    let early = ledger.models_at_head().unwrap();
    // Whoever does not ask pays nothing.
    assert!(!early.is_searchable());
    let asking = ledger.models_at_head().unwrap();
    let before = asking.search().ask("AG-", None, 9).all;
    assert!(early.is_searchable() && ledger.models_at_head().unwrap().is_searchable());
    for n in 2..6 {
        send(&ledger, &format!("c-{n}"), vec![registered(n)]).unwrap();
        let later = ledger.models_at_head().unwrap();
        assert!(later.is_searchable());
        assert_eq!(later.search().position(), later.position());
        assert_eq!(
            later.search().ask("AG-", None, 9).all,
            before + n as usize - 1
        );
        assert_eq!(later.digests(), later.until(later.position()).digests());
        let afresh = ledger.replay(None, &mut |_, _| ()).unwrap();
        assert!(afresh.compared && afresh.differences.is_empty());
    }
    assert_eq!(asking.search().ask("AG-", None, 9).all, before);
    assert_eq!(early.search().ask("AG-", None, 9).all, before);
}

#[test]
fn an_event_of_a_kind_not_known_marks_the_read_models_incomplete() {
    let ledger = memory();
    send(&ledger, "c-1", vec![registered(1)]).unwrap();
    assert!(!ledger.models_at_head().unwrap().status.is_incomplete());
    // As a later release would store it.
    let known = String::from_utf8(ledger.event_bytes(4).unwrap().unwrap()).unwrap();
    let later = known
        .replace("agreement_registered", "moon_landed")
        .replace(r#""seq":4"#, r#""seq":5"#)
        .replace(r#""first":4"#, r#""first":5"#)
        .replace(r#""version":0"#, r#""version":1"#);
    let record = CommandRecord {
        scope: Scope {
            actor: "u:later".to_owned(),
            key: "c-9".to_owned(),
        },
        digest: [0; 32],
        first_seq: 5,
        count: 1,
        recorded_at: moment(START),
        warnings: b"[]".to_vec(),
    };
    let group = Group {
        commands: vec![record],
        events: vec![Recorded::parse(later.clone().into_bytes()).unwrap()],
    };
    ledger.store().append(5, group).unwrap();
    let models = ledger.models_at_head().unwrap();
    assert_eq!(models.position(), 6);
    assert!(models.status.is_incomplete());
    assert_eq!(
        ledger.event_bytes(5).unwrap().unwrap(),
        later.as_bytes(),
        "kept verbatim"
    );
    // Recording goes on, on the stream as it is now.
    let next = send(&ledger, "c-2", vec![noted(agreement(1), "x")]).unwrap();
    assert_eq!((next.position, next.events[0].version), (7, 2));
}
