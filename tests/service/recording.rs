//! What is recorded: positions, versions, batches, and answers that say so.

use std::collections::BTreeMap;
use std::sync::Arc;

use dealtrail::codec::decoder::Decoder;
use dealtrail::deal::event::Event;
use dealtrail::service::answer::{CommandError, ErrorClass};
use dealtrail::service::ledger::Ledger;
use dealtrail::store::recorded::Recorded;

use super::support::{
    agreement, command, memory, noted, on_disk, options, record, registered, send, stored,
};

pub(crate) fn events(ledger: &Ledger) -> Vec<Event> {
    let mut decoder = Decoder::from_start();
    let read = |bytes: Vec<u8>| decoder.decode(&Recorded::parse(bytes).unwrap()).unwrap();
    stored(ledger).into_iter().map(read).collect()
}

/// Dense positions, dense versions in every stream, whole batches, times that never run backwards.
pub(crate) fn check_order(events: &[Event]) {
    let mut versions = BTreeMap::new();
    let mut last = None;
    for (seq, event) in (0..).zip(events) {
        assert_eq!(event.seq, seq);
        let version = versions.entry(event.stream).or_insert(0);
        assert_eq!(event.version, *version, "of {} at {seq}", event.stream);
        *version += 1;
        assert!(event.batch.first <= seq && seq < event.batch.end());
        assert!(event.batch.end() <= events.len() as u64, "a torn batch");
        let first = &events[usize::try_from(event.batch.first).unwrap()];
        assert_eq!(
            (first.batch, first.recorded_at),
            (event.batch, event.recorded_at)
        );
        assert!(last <= Some(event.recorded_at));
        last = Some(event.recorded_at);
    }
}

#[test]
fn a_new_ledger_begins_with_its_opening_its_tracks_and_its_policy() {
    let ledger = memory();
    let events = events(&ledger);
    let kinds: Vec<_> = events
        .iter()
        .map(|event| event.payload.kind_name())
        .collect();
    assert_eq!(
        kinds,
        [
            "ledger_opened",
            "track_defined",
            "track_defined",
            "policy_set"
        ]
    );
    assert!(events.iter().all(|event| event.batch.count == 4));
    check_order(&events);
}

#[test]
fn an_answer_says_where_everything_stands() {
    let ledger = memory();
    let answer = send(
        &ledger,
        "c-1",
        vec![registered(1), noted(agreement(1), "a map")],
    )
    .unwrap();
    assert_eq!(
        (answer.position, answer.count, answer.replayed),
        (6, 2, false)
    );
    let places: Vec<_> = answer
        .events
        .iter()
        .map(|e| (e.seq, e.version, e.stream))
        .collect();
    assert_eq!(places, [(4, 0, agreement(1)), (5, 1, agreement(1))]);
    let models = ledger.models(answer.position).unwrap();
    assert_eq!(models.position(), 6);
    assert_eq!(models.status.event_at(5), Some(answer.events[1].id));
}

#[test]
fn nothing_to_do_is_answered_and_records_no_event() {
    let ledger = memory();
    let assign = || record(agreement(1), "assigned", None, r#"{"officer":"u:7f3a"}"#);
    send(&ledger, "c-1", vec![registered(1), assign()]).unwrap();
    let again = send(&ledger, "c-2", vec![assign()]).unwrap();
    assert_eq!((again.count, again.position, again.events.len()), (0, 6, 0));
    assert_eq!(ledger.head(), 6);
}

#[test]
fn a_refused_command_leaves_nothing_behind() {
    let ledger = memory();
    let before = stored(&ledger);
    // The first half would be fine; the second is not.
    let future = record(agreement(1), "signed", Some("2031-01-01"), "{}");
    let error = send(&ledger, "c-1", vec![registered(1), future]).unwrap_err();
    assert_eq!(error.code(), "in_the_future");
    assert!(!error.hint().is_empty());
    assert_eq!(stored(&ledger), before);
    // The same id may be used for what was meant.
    assert!(send(&ledger, "c-1", vec![registered(1)]).is_ok());
}

#[test]
fn a_stale_version_is_refused_with_the_version_there_is() {
    let ledger = memory();
    send(&ledger, "c-1", vec![registered(1)]).unwrap();
    let mut meant_for_none = command("c-2", vec![noted(agreement(1), "late")]);
    meant_for_none.expected = Some((agreement(1), 0));
    let error = ledger.submit_blocking(meant_for_none.clone()).unwrap_err();
    let CommandError::Refused(refusal) = &error else {
        panic!("{error}")
    };
    assert_eq!(
        (refusal.code(), refusal.version),
        ("stale_version", Some(1))
    );
    meant_for_none.expected = Some((agreement(1), 1));
    assert!(ledger.submit_blocking(meant_for_none).is_ok());
}

#[test]
fn an_event_too_long_names_its_longest_field() {
    let ledger = memory();
    send(&ledger, "c-1", vec![registered(1)]).unwrap();
    let words = "𐐀".repeat(16_000);
    let mut intent = noted(agreement(1), &words);
    let dealtrail::deal::command::Intent::Record(draft) = &mut intent else {
        panic!()
    };
    let source = serde_json::json!([{ "title": "b".repeat(3_000), "type": "note" }]);
    draft.sources = dealtrail::codec::door::sources(&source).unwrap();
    let error = send(&ledger, "c-2", vec![intent]).unwrap_err();
    assert_eq!(
        (error.code(), error.class()),
        ("event_too_long", ErrorClass::TooLarge)
    );
    assert!(error.to_string().contains("data.words"), "{error}");
}

#[test]
fn a_batch_beyond_a_mebibyte_is_refused_whole() {
    let ledger = memory();
    send(&ledger, "c-1", vec![registered(1)]).unwrap();
    let long = "brick ".repeat(2_500);
    let many = (0..90).map(|_| noted(agreement(1), long.trim())).collect();
    let error = send(&ledger, "c-2", many).unwrap_err();
    assert_eq!(error.code(), "batch_too_large");
    assert_eq!(ledger.head(), 5);
}

#[test]
fn more_commands_than_one_frame_holds_are_all_recorded() {
    let ledger = memory();
    send(&ledger, "c-1", vec![registered(1)]).unwrap();
    let long = "brick ".repeat(2_500);
    let ledger = Arc::new(ledger);
    let threads: Vec<_> = (0..8)
        .map(|sender| {
            let (ledger, long) = (Arc::clone(&ledger), long.clone());
            std::thread::spawn(move || {
                for n in 0..4 {
                    let words = (0..15).map(|_| noted(agreement(1), long.trim())).collect();
                    send(&ledger, &format!("m-{sender}-{n}"), words).unwrap();
                }
            })
        })
        .collect();
    threads
        .into_iter()
        .for_each(|thread| thread.join().unwrap());
    assert_eq!(ledger.head(), 5 + 8 * 4 * 15);
    check_order(&events(&ledger));
}

#[test]
fn eight_senders_keep_positions_and_versions_dense() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = Arc::new(on_disk(&dir.path().join("ledger")));
    let threads: Vec<_> = (0..8)
        .map(|sender| {
            let ledger = Arc::clone(&ledger);
            std::thread::spawn(move || {
                let own = 10 + sender;
                send(&ledger, &format!("r-{sender}"), vec![registered(own)]).unwrap();
                for n in 0..12 {
                    // A batch over two streams, one of them shared by all.
                    let both = vec![noted(agreement(own), "own"), noted(agreement(10), "shared")];
                    let answer = send(&ledger, &format!("n-{sender}-{n}"), both);
                    match answer {
                        Ok(answer) => assert_eq!(answer.count, 2),
                        // The shared one may not be registered yet; then nothing of it is recorded.
                        Err(error) => assert_eq!(error.code(), "not_registered"),
                    }
                }
            })
        })
        .collect();
    threads
        .into_iter()
        .for_each(|thread| thread.join().unwrap());
    let events = events(&ledger);
    check_order(&events);
    assert!(events.len() > 4 + 8 + 12 * 2);
    let models = ledger.models_at_head().unwrap();
    assert_eq!(models.position(), ledger.head());
    assert!(!models.status.is_incomplete());
}

#[test]
fn a_full_queue_says_try_again() {
    let clock = super::support::clock();
    let mut options = options(&clock);
    options.limits.queue = 1;
    options.limits.group = 1;
    let ledger = Arc::new(Ledger::memory(super::support::init(), &options).unwrap());
    send(&ledger, "c-1", vec![registered(1)]).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let outcomes = runtime.block_on(async {
        let sent: Vec<_> = (0..200)
            .map(|n| {
                let words = (0..200).map(|_| noted(agreement(1), "brick")).collect();
                let ledger = Arc::clone(&ledger);
                let sending = command(&format!("q-{n}"), words);
                async move { ledger.submit(sending).await }
            })
            .collect();
        let mut outcomes = Vec::new();
        let mut waiting: Vec<_> = sent.into_iter().map(Box::pin).collect();
        // Each is polled once before any is waited for, so that they pile up.
        let context = &mut std::task::Context::from_waker(std::task::Waker::noop());
        waiting.retain_mut(|one| match one.as_mut().poll(context) {
            std::task::Poll::Ready(outcome) => {
                outcomes.push(outcome);
                false
            }
            std::task::Poll::Pending => true,
        });
        for one in waiting {
            outcomes.push(one.await);
        }
        outcomes
    });
    let busy = outcomes
        .iter()
        .filter(|o| **o == Err(CommandError::Busy))
        .count();
    let recorded = outcomes.iter().filter(|o| o.is_ok()).count();
    assert!(busy > 0 && recorded > 0, "{busy} {recorded}");
    assert_eq!(busy + recorded, 200);
    assert_eq!(ledger.head(), 5 + 200 * recorded as u64);
}
