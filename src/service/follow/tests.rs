//! A follower rests, and nobody waits for its rest.

use super::*;
use crate::service::indexer::DealIndexer;
use crate::store::engine::memory::MemoryStore;
use crate::store::group::Group;
use crate::store::recorded::Recorded;

/// Longer than any test may take.
const FOR_EVER: Duration = Duration::from_secs(3_600);
const PATIENCE: Duration = Duration::from_secs(20);

#[derive(Debug, Clone, Default)]
struct Counted(u64);

impl ReadModel for Counted {
    fn apply(&mut self, _: &Event) {
        self.0 += 1;
    }

    fn position(&self) -> u64 {
        self.0
    }
}

fn append(store: &MemoryStore, seq: u64) {
    let stored = format!(
        r#"{{"actor":{{"id":"u:7f3a","known_by":"token"}},"batch":{{"count":1,"first":{seq}}},"command":"c-{seq}","data":{{"words":"a map"}},"id":"0196a3b4-5c6d-7e8f-9a0b-{seq:012x}","kind":"noted","on":"2025-04-18","recorded_at":"2025-04-18T06:30:00.000000Z","seq":{seq},"sources":[],"stream":"ledger","v":1,"version":{seq}}}"#
    );
    let group = Group {
        events: vec![Recorded::parse(stored.into_bytes()).unwrap()],
        commands: Vec::new(),
    };
    store.append(seq, group).unwrap();
}

#[test]
fn whoever_waits_is_answered_although_it_rests() {
    let store = Arc::new(MemoryStore::new(Arc::new(DealIndexer)));
    append(&store, 0);
    let begun = Instant::now();
    let follower =
        Follower::<Counted>::resting(Arc::clone(&store) as Arc<dyn EventStore>, None, FOR_EVER);
    let follower = follower.unwrap();
    assert_eq!(follower.models(1, PATIENCE).unwrap().0, 1);
    for seq in 1..20 {
        append(&store, seq);
        // Time to take in what is there and to rest: some come while it rests, some before.
        std::thread::sleep(Duration::from_millis(seq % 5));
        assert_eq!(follower.models(seq + 1, PATIENCE).unwrap().0, seq + 1);
    }
    drop(follower);
    assert!(begun.elapsed() < FOR_EVER, "its end is no rest either");
}

#[test]
fn what_nobody_waits_for_is_taken_in_as_well() {
    let store = Arc::new(MemoryStore::new(Arc::new(DealIndexer)));
    let follower = Follower::<Counted>::start(Arc::clone(&store) as Arc<dyn EventStore>, None);
    let follower = follower.unwrap();
    for seq in 0..200 {
        append(&store, seq);
    }
    let begun = Instant::now();
    while follower.status().position < 200 {
        assert!(begun.elapsed() < PATIENCE, "{:?}", follower.status());
        std::thread::sleep(Duration::from_millis(1));
    }
    assert_eq!(follower.reached().models.0, 200);
}
