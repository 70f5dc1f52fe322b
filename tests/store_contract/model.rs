//! Random histories: every engine answers as a plain list of events does.

use std::collections::BTreeMap;

use dealtrail::store::event_store::{CommandRecord, EventStore, Group, KeyHit};
use dealtrail::store::recorded::Recorded;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate::store_contract::Engine;
use crate::store_contract::clauses::frames;
use crate::store_contract::events::{Plan, command, event, plan, scope};

const STREAMS: [&str; 3] = ["brick", "glass", "brick-2"];
const WORDS: [&str; 3] = ["kiln", "oven", "kilnhouse"];

#[derive(Debug, Clone)]
enum Step {
    /// Commands of a group: each has its events' streams and words.
    Append(Vec<Vec<(usize, usize)>>),
    Reopen,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let command = prop::collection::vec((0..STREAMS.len(), 0..=WORDS.len()), 0..4);
    let group = prop::collection::vec(command, 1..4).prop_map(Step::Append);
    prop::collection::vec(prop_oneof![5 => group, 1 => Just(Step::Reopen)], 1..12)
}

/// The plain list.
#[derive(Default)]
struct Model {
    events: Vec<Recorded>,
    commands: Vec<CommandRecord>,
    versions: BTreeMap<&'static str, u64>,
}

impl Model {
    fn append(&mut self, commands: &[Vec<(usize, usize)>]) -> Group {
        let mut group = Group::default();
        for events in commands {
            let first = (self.events.len() + group.events.len()) as u64;
            let key = format!("k-{}", self.commands.len() + group.commands.len());
            group
                .commands
                .push(command(key, first, events.len() as u32));
            for (seq, (stream, word)) in (first..).zip(events) {
                let stream = STREAMS[*stream];
                let version = self.versions.entry(stream).or_default();
                *version += 1;
                let plan = Plan {
                    words: &WORDS[..*word],
                    ..plan(stream, *version)
                };
                group
                    .events
                    .push(event(seq, (first, events.len() as u32), &plan));
            }
        }
        self.events.extend(group.events.iter().cloned());
        self.commands.extend(group.commands.iter().cloned());
        group
    }

    fn check(&self, store: &dyn EventStore) {
        assert_eq!(store.head().position, self.events.len() as u64);
        let read: Vec<_> = frames(store, 0)
            .iter()
            .flat_map(|frame| frame.events().to_vec())
            .collect();
        assert_eq!(read, self.events);
        for stream in STREAMS {
            let of: Vec<_> = self
                .events
                .iter()
                .filter(|event| event.stream() == stream)
                .cloned()
                .collect();
            assert_eq!(store.stream_version(stream).unwrap(), of.len() as u64);
            let middle = of.len() as u64 / 2;
            assert_eq!(
                store.stream(stream, middle + 1).unwrap(),
                of[middle as usize..]
            );
        }
        for word in WORDS {
            let mentions = self
                .events
                .iter()
                .filter(|event| event.data().contains(&format!("\"{word}\"")));
            let hits: Vec<_> = mentions
                .map(|event| KeyHit {
                    seq: event.seq(),
                    stream: event.stream().to_owned(),
                })
                .collect();
            assert_eq!(store.key(format!("word:{word}").as_bytes()).unwrap(), hits);
        }
        for record in &self.commands {
            assert_eq!(store.command(&record.scope).unwrap().as_ref(), Some(record));
        }
        assert_eq!(store.command(&scope("k-x")).unwrap(), None);
        for event in &self.events {
            assert_eq!(store.event(event.seq()).unwrap().as_ref(), Some(event));
        }
    }
}

pub(crate) fn agrees(make: &mut dyn FnMut() -> Box<dyn Engine>) {
    let make = std::cell::RefCell::new(make);
    let config = Config {
        cases: 12,
        failure_persistence: None,
        ..Config::default()
    };
    let outcome = TestRunner::new(config).run(&steps(), |steps| {
        let mut engine = (make.borrow_mut())();
        let mut model = Model::default();
        for step in &steps {
            match step {
                Step::Reopen => engine.reopen(),
                Step::Append(commands) => {
                    let store = engine.store();
                    let position = store.head().position;
                    store.append(position, model.append(commands)).unwrap();
                    if commands.len() == 1 {
                        model.check(store.as_ref());
                    }
                }
            }
        }
        engine.reopen();
        model.check(engine.store().as_ref());
        Ok(())
    });
    outcome.unwrap();
}
