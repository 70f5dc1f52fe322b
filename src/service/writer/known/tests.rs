//! What the writer decides on is the fold of the store's own stream, wherever the read models stand.

use std::sync::Mutex;
use std::time::Duration;

use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::codec::door;
use crate::deal::command::{Command, Draft, Intent};
use crate::deal::event::ledger_opened;
use crate::deal::value::ids::{Actor, KnownBy};
use crate::projection::models::Models;
use crate::service::ambient::{Ambient, SetClock};
use crate::service::folded::Folds;
use crate::service::follow::Follower;
use crate::service::indexer::DealIndexer;
use crate::service::writer::recorder::Recorder;
use crate::store::engine::memory::MemoryStore;
use crate::store::group::Group;

/// Read models that stand wherever they are put, or are not there.
#[derive(Default)]
struct Put(Mutex<Option<Models>>);

impl Put {
    fn at(&self, models: Option<&Models>) {
        *self.0.lock().unwrap() = models.cloned();
    }
}

impl Folds for Put {
    fn folded(&self, stream: StreamId) -> Option<Folded> {
        let models = self.0.lock().unwrap();
        let models = models.as_ref()?;
        let book = models.status.fold(stream);
        Some(Folded {
            position: models.position(),
            book: book.unwrap_or_else(|| Book::new(stream)),
        })
    }

    fn stream_of(&self, event: EventId) -> Option<StreamId> {
        let models = self.0.lock().unwrap();
        models.as_ref()?.status.stream_of(event)
    }
}

const STREAMS: u128 = 4;

fn agreement(n: u128) -> StreamId {
    StreamId::Agreement(Uuid::from_u128(n))
}

fn command(id: usize, intent: Intent) -> Command {
    Command {
        id: format!("c-{id}").parse().unwrap(),
        actor: Actor {
            id: "u:officer".parse().unwrap(),
            known_by: KnownBy::LocalClaim,
        },
        intents: vec![intent],
        expected: None,
    }
}

fn draft(stream: StreamId, kind: &str, data: &str) -> Intent {
    Intent::Record(Draft {
        stream,
        payload: door::payload_from_text(kind, data.as_bytes()).unwrap(),
        on: None,
        sources: Vec::new(),
    })
}

/// What may happen next to agreement `n`; what makes no sense there is refused, and leaves nothing.
fn intent(n: u128, what: u8, events: &[(EventId, StreamId)]) -> Intent {
    let stream = agreement(n);
    let own = events.iter().rev().find(|(_, other)| *other == stream);
    match (what, own) {
        (0, _) => draft(
            stream,
            "agreement_registered",
            &format!(
                r#"{{"class":"practical","instrument":"contract","nature":"greenfield","ref":"AG-{n}","titles":{{"en":"Brick"}}}}"#
            ),
        ),
        (1, Some((fact, _))) => Intent::Retract {
            fact: *fact,
            reason: "a mistake".parse().unwrap(),
        },
        (2, _) => draft(stream, "assigned", r#"{"officer":"u:7f3a"}"#),
        _ => draft(stream, "noted", r#"{"words":"a map"}"#),
    }
}

/// A ledger that is recorded into, and its read models between every two frames.
struct Office {
    store: Arc<dyn EventStore>,
    recorder: Recorder,
    sent: usize,
    events: Vec<(EventId, StreamId)>,
    stands: Vec<Models>,
}

impl Office {
    fn new() -> Self {
        let store: Arc<dyn EventStore> = Arc::new(MemoryStore::new(Arc::new(DealIndexer)));
        let ambient = Ambient::set(
            SetClock::at("2025-04-18T06:00:00Z".parse().unwrap()),
            b"test",
        );
        let recorder = Recorder::new(
            Arc::clone(&store),
            Source::default(),
            [7; 32],
            ambient,
            1_000,
        );
        let mut office = Self {
            store,
            recorder: recorder.unwrap(),
            sent: 0,
            events: Vec::new(),
            stands: vec![Models::new()],
        };
        let opening = draft(StreamId::Ledger, "ledger_opened", ledger_opened::EXAMPLE);
        office.record(vec![opening]);
        office
    }

    /// Records a group.
    fn record(&mut self, intents: Vec<Intent>) {
        let commands: Vec<_> = (self.sent..)
            .zip(intents)
            .map(|(id, intent)| command(id, intent))
            .collect();
        self.sent += commands.len();
        self.recorder.record(&commands);
        let mut models = self.stands.last().cloned().unwrap_or_default();
        let mut decoder = Decoder::from_start();
        if let Some(first) = self.store.event(0).unwrap() {
            decoder.decode(&first).unwrap();
        }
        for seq in models.position()..self.store.head().position {
            let event = self.store.event(seq).unwrap().unwrap();
            let event = decoder.decode(&event).unwrap();
            self.events.push((event.id, event.stream));
            models.apply(&event);
        }
        self.stands.push(models);
    }

    /// The last so many events, as the writer has them.
    fn last(&self, count: usize) -> Vec<Event> {
        let head = self.store.head().position;
        let mut decoder = Decoder::from_start();
        let stored = (0..head).map(|seq| self.store.event(seq).unwrap().unwrap());
        let events: Vec<Event> = stored.map(|one| decoder.decode(&one).unwrap()).collect();
        events[events.len() - count..].to_vec()
    }

    /// The book of a stream by the store alone, and of all its events at once.
    fn book(&self, stream: StreamId) -> Option<Book> {
        let stored = self.store.stream(&stream.to_string(), 0).unwrap();
        let mut decoder = Decoder::from_start();
        decoder
            .decode(&self.store.event(0).unwrap().unwrap())
            .unwrap();
        let events: Vec<Event> = stored
            .iter()
            .map(|one| decoder.decode(one).unwrap())
            .collect();
        (!events.is_empty()).then(|| Book::fold(stream, &events))
    }

    /// Holds what is known of every stream and event to what the store says.
    fn compare(&self, known: &Known, place: &str) -> Result<(), TestCaseError> {
        let streams = (0..=STREAMS).map(agreement).chain([StreamId::Ledger]);
        for stream in streams {
            let found = known.book(stream).unwrap();
            let wanted = self.book(stream);
            prop_assert_eq!(found.as_deref(), wanted.as_ref(), "{}", place);
        }
        for (event, stream) in &self.events {
            prop_assert_eq!(known.fact_stream(*event).unwrap(), Some(*stream));
        }
        Ok(())
    }
}

fn groups() -> impl Strategy<Value = Vec<Vec<(u128, u8)>>> {
    let group = proptest::collection::vec((0..STREAMS, 0..6_u8), 1..6);
    proptest::collection::vec(group, 1..7)
}

fn told(office: &Office, group: Vec<(u128, u8)>) -> Vec<Intent> {
    let intents = group.into_iter();
    intents
        .map(|(n, what)| intent(n, what, &office.events))
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_book_is_the_fold_of_its_stream_wherever_the_read_models_stand(groups in groups()) {
        let mut office = Office::new();
        let put = Arc::new(Put::default());
        let folds = Source::default();
        folds.set(Arc::clone(&put) as Arc<dyn Folds>);
        let mut known = Known::new(Arc::clone(&office.store), folds, 1).unwrap();
        office.record((0..STREAMS).map(|n| intent(n, 0, &[])).collect());
        for group in groups {
            let intents = told(&office, group);
            office.record(intents);
            for near in [0, 4, NEAR] {
                known.near = near;
                for models in office.stands.iter().map(Some).chain([None]) {
                    put.at(models);
                    known.refresh().unwrap();
                    let place = models.map_or_else(|| "none".to_owned(), |models| models.position().to_string());
                    office.compare(&known, &place)?;
                }
            }
        }
    }

    #[test]
    fn a_book_is_the_fold_of_its_stream_however_many_events_the_writer_remembers(
        groups in groups(), near in 0..12_u64, bytes in 1..NEAR_BYTES
    ) {
        let mut office = Office::new();
        let put = Arc::new(Put::default());
        let folds = Source::default();
        folds.set(Arc::clone(&put) as Arc<dyn Folds>);
        let mut known = Known::new(Arc::clone(&office.store), folds, 1).unwrap();
        known.near = near;
        let first = (0..STREAMS).map(|n| intent(n, 0, &[])).collect();
        let groups = groups.into_iter().map(|group| (Some(group), Vec::new()));
        for (group, given) in [(None, first)].into_iter().chain(groups) {
            let intents = group.map_or(given, |group| told(&office, group));
            let before = office.store.head().position;
            office.record(intents);
            let grown = office.store.head().position - before;
            for event in office.last(usize::try_from(grown).unwrap()) {
                known.hold(event.stream).unwrap();
                known.take_in(event, bytes);
            }
            known.keep();
            prop_assert!(known.recent.len() as u64 <= near);
            prop_assert!(known.recent.len() * bytes <= NEAR_BYTES);
            for models in &office.stands {
                put.at(Some(models));
                known.cache.borrow_mut().clear();
                office.compare(&known, &models.position().to_string())?;
            }
        }
    }

    #[test]
    fn a_book_is_the_fold_of_its_stream_while_the_read_models_follow(groups in groups()) {
        let mut office = Office::new();
        let folds = Source::default();
        let follower = Follower::start(Arc::clone(&office.store), None).unwrap();
        let follower: Arc<Follower<Models>> = Arc::new(follower);
        folds.set(Arc::clone(&follower) as Arc<dyn Folds>);
        let mut known = Known::new(Arc::clone(&office.store), folds, 1).unwrap();
        office.record((0..STREAMS).map(|n| intent(n, 0, &[])).collect());
        for group in groups {
            let intents = told(&office, group);
            office.record(intents);
            known.refresh().unwrap();
            office.compare(&known, "following")?;
            follower.models(office.store.head().position, Duration::from_secs(20)).unwrap();
            known.refresh().unwrap();
            office.compare(&known, "at the head")?;
        }
    }
}

#[test]
fn read_models_that_are_ahead_of_the_ledger_are_not_asked() {
    let mut long = Office::new();
    long.record(vec![intent(1, 0, &[])]);
    let head = long.store.head().position;
    long.record(vec![intent(1, 9, &[])]);
    // The same ledger, as it was before.
    let store = MemoryStore::new(Arc::new(DealIndexer));
    for frame in long.store.read(0).unwrap().map(Result::unwrap) {
        if frame.end_seq() <= head {
            let group = Group {
                events: frame.events().to_vec(),
                commands: frame.commands().unwrap(),
            };
            store.append(frame.first_seq(), group).unwrap();
        }
    }
    let folds = Source::default();
    let put = Arc::new(Put::default());
    put.at(long.stands.last());
    folds.set(put);
    let known = Known::new(Arc::new(store), folds, 9).unwrap();
    assert_eq!(known.version(agreement(1)).unwrap(), 1);
    assert_eq!(long.book(agreement(1)).unwrap().version, 2);
}
