//! One function a clause of the contract.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use dealtrail::store::event_store::{
    AppendError, EventStore, Group, KeyHit, MAX_FRAME_BYTES, Tail,
};
use dealtrail::store::frame::Frame;
use dealtrail::store::recorded::Recorded;

use crate::store_contract::Engine;
use crate::store_contract::events::{Plan, add, command, event, group, id_of, plan, scope};

const NO_TIME: Duration = Duration::ZERO;

pub(crate) fn frames(store: &dyn EventStore, from: u64) -> Vec<Arc<Frame>> {
    store
        .read(from)
        .unwrap()
        .map(|frame| frame.unwrap())
        .collect()
}

fn seqs(events: &[Recorded]) -> Vec<u64> {
    events.iter().map(Recorded::seq).collect()
}

pub(crate) fn an_acknowledged_group_is_read_back_byte_for_byte(engine: &mut dyn Engine) {
    let store = engine.store();
    let origin = store.head();
    assert_eq!((origin.position, origin.frames), (0, 0));
    let sent = group(0, &[plan("brick", 1), plan("glass", 1), plan("brick", 2)]);
    let head = store.append(0, sent.clone()).unwrap().head;
    assert_eq!(head, store.head());
    assert_eq!((head.position, head.frames), (3, 1));
    assert_ne!(head.chain, origin.chain);
    drop(store);
    for again in 0..2 {
        let store = engine.store();
        let read = frames(store.as_ref(), 0);
        assert_eq!(read.len(), 1, "reading {again}");
        assert_eq!(read[0].events(), sent.events);
        assert_eq!(read[0].commands().unwrap(), sent.commands);
        assert_eq!(
            (read[0].previous(), read[0].chain()),
            (origin.chain, head.chain)
        );
        drop((read, store));
        engine.reopen();
    }
}

pub(crate) fn a_conflict_carries_the_head_and_changes_nothing(engine: &mut dyn Engine) {
    let store = engine.store();
    add(store.as_ref(), "brick");
    let head = store.head();
    for expected in [0, 2, u64::MAX] {
        let answer = store.append(expected, group(expected.min(9), &[plan("brick", 2)]));
        assert_eq!(answer, Err(AppendError::Conflict { head }));
    }
    assert_eq!(store.head(), head);
    assert_eq!(frames(store.as_ref(), 0).len(), 1);
}

pub(crate) fn command_only_groups_leave_the_position(engine: &mut dyn Engine) {
    let store = engine.store();
    add(store.as_ref(), "brick");
    for key in ["n-1", "n-2"] {
        let nothing = Group {
            commands: vec![command(key, 1, 0)],
            events: Vec::new(),
        };
        assert_eq!(store.append(1, nothing).unwrap().head.position, 1);
    }
    assert_eq!(store.head().frames, 3);
    add(store.as_ref(), "brick");
    assert_eq!(
        store.command(&scope("n-2")).unwrap(),
        Some(command("n-2", 1, 0))
    );
    assert_eq!(
        frames(store.as_ref(), 1).len(),
        3,
        "the two at position 1, and event 1"
    );
    assert_eq!(frames(store.as_ref(), 0).len(), 4);
}

pub(crate) fn what_is_not_well_formed_is_invalid(engine: &mut dyn Engine) {
    let store = engine.store();
    add(store.as_ref(), "brick");
    let head = store.head();
    let one = |seq, batch| Group {
        commands: Vec::new(),
        events: vec![event(seq, batch, &plan("brick", 2))],
    };
    let bad = [
        Group::default(),
        one(2, (2, 1)),
        one(0, (0, 1)),
        one(1, (1, 2)),
        one(1, (0, 2)),
        Group {
            commands: vec![command("x", 0, 1)],
            events: Vec::new(),
        },
        Group {
            commands: vec![command("x", 1, 1)],
            events: Vec::new(),
        },
        group(1, &[plan("brick", 2), plan("brick", 4)]),
    ];
    for group in bad {
        let answer = store.append(1, group);
        assert!(matches!(answer, Err(AppendError::Invalid(_))), "{answer:?}");
    }
    assert_eq!(store.head(), head);
}

pub(crate) fn what_is_too_large_is_refused(engine: &mut dyn Engine) {
    let store = engine.store();
    let large = Plan {
        filler: 60_000,
        ..plan("brick", 1)
    };
    let plans: Vec<_> = (1..=36)
        .map(|version| Plan {
            version,
            ..large.clone()
        })
        .collect();
    let answer = store.append(0, group(0, &plans));
    assert!(
        matches!(
            answer,
            Err(AppendError::TooLarge {
                limit: MAX_FRAME_BYTES,
                ..
            })
        ),
        "{answer:?}"
    );
    assert_eq!(store.head().frames, 0);
    store.append(0, group(0, &plans[..30])).unwrap();
    assert_eq!(frames(store.as_ref(), 29)[0].events().len(), 30);
}

pub(crate) fn frames_come_in_order_without_a_gap(engine: &mut dyn Engine) {
    // More than one journal segment of the least length.
    for round in 0..3 {
        let store = engine.store();
        for _ in 0..40 {
            let position = store.head().position;
            let plans: Vec<_> = (0..3)
                .map(|n| Plan {
                    filler: 20_000,
                    ..plan("brick", position + n + 1)
                })
                .collect();
            store.append(position, group(position, &plans)).unwrap();
        }
        let all = frames(store.as_ref(), 0);
        assert_eq!(all.len(), 40 * (round + 1));
        assert_eq!(all.last().unwrap().head(), store.head());
        for pair in all.windows(2) {
            assert_eq!(pair[1].number(), pair[0].number() + 1);
            assert_eq!(pair[1].first_seq(), pair[0].end_seq());
            assert_eq!(pair[1].previous(), pair[0].chain());
        }
        for from in [1, 2, 3, 59, 118] {
            let some = frames(store.as_ref(), from);
            assert_eq!(some[0].first_seq(), from / 3 * 3);
            assert_eq!(some.len(), all.len() - from as usize / 3);
        }
        assert!(frames(store.as_ref(), store.head().position).is_empty());
        assert!(frames(store.as_ref(), u64::MAX).is_empty());
        drop((all, store));
        engine.reopen();
    }
}

pub(crate) fn reading_ends_at_the_head_of_the_call(engine: &mut dyn Engine) {
    let store = engine.store();
    add(store.as_ref(), "brick");
    let before = store.read(0).unwrap();
    add(store.as_ref(), "brick");
    assert_eq!(before.count(), 1);
    assert_eq!(store.read(0).unwrap().count(), 2);
}

pub(crate) fn streams_are_found_from_any_version(engine: &mut dyn Engine) {
    for round in 0..3_u64 {
        let store = engine.store();
        let first = store.head().position;
        let v = round * 3;
        let plans = [
            plan("brick", v + 1),
            plan("glass", round + 1),
            plan("brick", v + 2),
            plan("brick-2", round + 1),
        ];
        store.append(first, group(first, &plans)).unwrap();
        store
            .append(first + 4, group(first + 4, &[plan("brick", v + 3)]))
            .unwrap();
        drop(store);
        for again in 0..2 {
            let store = engine.store();
            assert_eq!(store.stream_version("brick").unwrap(), v + 3, "{again}");
            assert_eq!(store.stream_version("brick-2").unwrap(), round + 1);
            assert_eq!(store.stream_version("bric").unwrap(), 0);
            let all = store.stream("brick", 0).unwrap();
            assert_eq!(
                all.iter().map(Recorded::version).collect::<Vec<_>>(),
                (1..=v + 3).collect::<Vec<_>>()
            );
            assert!(all.iter().all(|event| event.stream() == "brick"));
            assert_eq!(
                seqs(&store.stream("brick", v + 2).unwrap()),
                [first + 2, first + 4]
            );
            assert!(store.stream("brick", v + 4).unwrap().is_empty());
            assert!(store.stream("unknown", 0).unwrap().is_empty());
            drop((all, store));
            if again == 0 {
                // Now the second copy has to be asked, not the memory of this process.
                engine.reopen();
            }
        }
    }
}

pub(crate) fn commands_are_found_for_ever(engine: &mut dyn Engine) {
    for round in 0..3_u64 {
        let store = engine.store();
        for n in 0..5 {
            assert_eq!(add(store.as_ref(), "brick"), round * 5 + n);
        }
        for seq in 0..=round * 5 + 4 {
            let found = store.command(&scope(format!("c-{seq}"))).unwrap();
            assert_eq!(found, Some(command(format!("c-{seq}"), seq, 1)));
        }
        assert_eq!(store.command(&scope("c-99")).unwrap(), None);
        let mut other = scope("c-0");
        other.actor = "p-2".to_owned();
        assert_eq!(
            store.command(&other).unwrap(),
            None,
            "another actor's key is another key"
        );
        drop(store);
        engine.reopen();
    }
}

pub(crate) fn events_are_found_by_number(engine: &mut dyn Engine) {
    let store = engine.store();
    let plans = [plan("brick", 1), plan("glass", 1), plan("brick", 2)];
    store.append(0, group(0, &plans)).unwrap();
    store
        .append(
            3,
            Group {
                commands: vec![command("n", 3, 0)],
                events: Vec::new(),
            },
        )
        .unwrap();
    add(store.as_ref(), "glass");
    drop(store);
    for _ in 0..2 {
        let store = engine.store();
        for seq in 0..4 {
            assert_eq!(store.event(seq).unwrap().unwrap().seq(), seq);
        }
        assert_eq!(store.event(4).unwrap(), None);
        assert_eq!(store.event(u64::MAX).unwrap(), None);
        drop(store);
        engine.reopen();
    }
}

pub(crate) fn keys_find_every_mention_in_order(engine: &mut dyn Engine) {
    let hit = |seq, stream: &str| KeyHit {
        seq,
        stream: stream.to_owned(),
    };
    let store = engine.store();
    let first = Plan {
        words: &["kiln", "oven", "kiln"],
        ..plan("brick", 1)
    };
    let second = Plan {
        words: &["kiln"],
        ..plan("glass", 1)
    };
    store.append(0, group(0, &[first, second])).unwrap();
    drop(store);
    engine.reopen();
    let store = engine.store();
    let third = Plan {
        words: &["kiln", "kilnhouse"],
        ..plan("brick", 2)
    };
    store.append(2, group(2, &[third])).unwrap();
    drop(store);
    for _ in 0..2 {
        let store = engine.store();
        assert_eq!(
            store.key(b"word:kiln").unwrap(),
            [hit(0, "brick"), hit(1, "glass"), hit(2, "brick")]
        );
        assert_eq!(store.key(b"word:oven").unwrap(), [hit(0, "brick")]);
        assert_eq!(store.key(b"word:kilnhouse").unwrap(), [hit(2, "brick")]);
        assert_eq!(
            store.key(format!("id:{}", id_of(1)).as_bytes()).unwrap(),
            [hit(1, "glass")]
        );
        assert!(store.key(b"word:kil").unwrap().is_empty());
        assert!(store.key(b"").unwrap().is_empty());
        drop(store);
        engine.reopen();
    }
}

pub(crate) fn waiting_ends_when_the_head_moves(engine: &mut dyn Engine) {
    let store = engine.store();
    let begun = Instant::now();
    assert_eq!(store.wait_beyond(0, Duration::from_millis(30)).frames, 0);
    assert!(begun.elapsed() >= Duration::from_millis(30));
    std::thread::scope(|threads| {
        let waiter = threads.spawn(|| store.wait_beyond(0, Duration::from_secs(20)));
        add(store.as_ref(), "brick");
        assert_eq!(waiter.join().unwrap(), store.head());
    });
    assert_eq!(store.wait_beyond(0, Duration::from_secs(20)).frames, 1);
}

pub(crate) fn a_tail_gives_every_frame_once(engine: &mut dyn Engine) {
    let store = engine.store();
    add(store.as_ref(), "brick");
    let mut tail = Tail::new(store.as_ref(), 0).unwrap();
    let mut numbers = Vec::new();
    for round in 0..4 {
        while let Some(frame) = tail.next(NO_TIME).unwrap() {
            numbers.push(frame.number());
        }
        let position = store.head().position;
        let nothing = Group {
            commands: vec![command(format!("n-{round}"), position, 0)],
            events: Vec::new(),
        };
        store.append(position, nothing).unwrap();
        add(store.as_ref(), "brick");
    }
    while let Some(frame) = tail.next(NO_TIME).unwrap() {
        numbers.push(frame.number());
    }
    assert_eq!(numbers, (0..9).collect::<Vec<_>>());
    let mut late = Tail::new(store.as_ref(), store.head().position).unwrap();
    assert!(late.next(NO_TIME).unwrap().is_none());
}

pub(crate) fn readers_run_beside_the_writer(engine: &mut dyn Engine) {
    let store = engine.store();
    let done = AtomicBool::new(false);
    std::thread::scope(|threads| {
        for _ in 0..2 {
            threads.spawn(|| {
                while !done.load(Ordering::Relaxed) {
                    let head = store.head();
                    for seq in head.position.saturating_sub(3)..head.position {
                        assert_eq!(store.event(seq).unwrap().unwrap().seq(), seq);
                    }
                    let stream = store.stream("brick", 0).unwrap();
                    assert!(stream.len() as u64 >= head.position);
                    assert!(
                        stream
                            .iter()
                            .zip(0..)
                            .all(|(event, seq)| event.seq() == seq)
                    );
                    assert!(frames(store.as_ref(), 0).len() as u64 >= head.frames);
                }
            });
        }
        for _ in 0..60 {
            add(store.as_ref(), "brick");
        }
        done.store(true, Ordering::Relaxed);
    });
}

pub(crate) fn the_head_is_the_same_after_reopening(engine: &mut dyn Engine) {
    for _ in 0..4 {
        let before = {
            let store = engine.store();
            add(store.as_ref(), "brick");
            store.head()
        };
        engine.reopen();
        assert_eq!(engine.store().head(), before);
    }
}
