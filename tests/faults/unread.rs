//! A disk that dies under an open ledger takes sled with it, and the journal that an index in its place is made from.
//! What cannot be looked up then is said to be unreadable: it is never said not to be there.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use dealtrail::service::ledger::Ledger;
use dealtrail::store::event_store::EventStore;
use dealtrail::store::group::Scope;
use dealtrail::store::open::{self, OpenOptions};

use super::scene::{STORE, filler};
use super::shim::fuse::SharedDisk;
use crate::service::support::{clock, init, options, registered, send};

type Store = Arc<dyn EventStore>;

/// A store that was closed with everything in sled, so that nothing of it stands in memory when it is opened again.
fn opened_again(dir: &Path) -> Store {
    let ledger = Ledger::create(dir, init(), &options(&clock())).unwrap();
    send(&ledger, "c-1", vec![registered(1)]).unwrap();
    drop(ledger);
    let open = || open::open(dir, OpenOptions::default()).unwrap().events;
    let store = open();
    // Opened without the ledger's own rules for keys, sled is made anew once.
    until("sled has everything", || {
        store.info().second_copy == "ready"
    });
    drop(store);
    open()
}

fn until(what: &str, holds: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(60);
    while !holds() {
        assert!(Instant::now() < deadline, "{what}: waited for in vain");
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// The disk dies while sled holds something that is not synced yet, so that sled finds out and is given up.
fn dies(store: &Store, disk: &SharedDisk) {
    for _ in 0..20 {
        let position = store.head().position;
        store.append(position, filler(position, 3)).unwrap();
        until("sled takes it over", || store.info().applied > position);
        disk.lock().kill();
        let patience = Instant::now() + Duration::from_secs(3);
        while Instant::now() < patience {
            if store.info().second_copy.starts_with("off") {
                return;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        // It was synced just before.
        disk.lock().revive();
    }
    panic!("sled is not given up: {:?}", store.info());
}

#[test]
fn what_a_dead_disk_hides_is_not_said_to_be_missing() {
    let place = tempfile::tempdir().unwrap();
    let disk = SharedDisk::default();
    let session = disk.mount(place.path()).unwrap();
    let dir = place.path().join("ledger");
    let store = opened_again(&dir);
    let first = store.head().position;
    store.append(first, filler(first, 3)).unwrap();
    let event = |seq| store.event(seq).unwrap().unwrap().bytes().to_vec();
    let whole: Vec<_> = (0..first + 3).map(event).collect();
    assert_eq!(store.stream(STORE, 0).unwrap().len(), 3);

    dies(&store, &disk);
    let mut unreadable = 0;
    for (seq, bytes) in whole.iter().enumerate() {
        match store.event(seq as u64) {
            Ok(Some(event)) => assert_eq!(event.bytes(), bytes.as_slice(), "event {seq}"),
            Ok(None) => panic!("event {seq} is said to be missing"),
            Err(_) => unreadable += 1,
        }
    }
    assert!(unreadable > 0, "the disk was not dead");
    let position = store.head().position;
    if let Ok(found) = store.stream(STORE, 0) {
        assert_eq!(found.len() as u64, position - first);
    }
    if let Ok(version) = store.stream_version(STORE) {
        assert_eq!(version, Some(position - 1 - 5));
    }
    let scope = Scope {
        actor: "system:dealtrail".to_owned(),
        key: format!("fill-{first}"),
    };
    if let Ok(command) = store.command(&scope) {
        assert!(command.is_some(), "the command is said to be missing");
    }
    drop(store);
    drop(session);
}
