use super::*;
use crate::store::event_store::NoKeys;
use crate::store::frame::encode::encode;
use crate::store::group::Group;
use crate::store::journal::disk::RealDisk;
use crate::store::recorded::Recorded;
use std::cell::Cell;

fn shared() -> Shared {
    shared_in(&std::env::temp_dir())
}

fn shared_in(dir: &std::path::Path) -> Shared {
    let files = JournalFiles::new(dir, Arc::new(RealDisk), 4 << 20, Vec::new());
    let bounds = Bounds {
        lag_bytes: 0,
        floor_bytes: 0,
    };
    let state = State {
        indexed: true,
        ..State::default()
    };
    Shared::new(
        Arc::new(files),
        Uuid::nil(),
        Head::default(),
        Arc::new(NoKeys),
        bounds,
        None,
        state,
    )
}

#[test]
fn a_look_into_a_change_of_the_database_is_made_again() {
    let shared = shared();
    let looks = Cell::new(0);
    let (_, found) = shared
        .look(|_| {
            looks.set(looks.get() + 1);
            if looks.get() == 1 {
                shared.begin_era(|state| state.indexed = true);
            }
            looks.get()
        })
        .unwrap();
    assert_eq!(found, 2, "the first one saw halves of two things");
}

#[test]
fn a_look_at_half_an_index_is_an_error() {
    let shared = shared();
    let problem = ReadError::Io {
        file: "journal/000000".to_owned(),
        problem: "Input/output error".to_owned(),
    };
    shared.change(|state| state.unindexed = Some(problem.clone()));
    assert_eq!(shared.look(|_| ()).err(), Some(problem));
}

/// A store whose database is there and has nothing of what is appended.
fn followed(dir: &std::path::Path) -> Arc<Shared> {
    let shared = shared();
    let tree = Tree::open(dir, Head::default()).unwrap();
    shared.change(|state| {
        state.tree = Some(Arc::new(tree));
        state.caught_up = true;
        READY.clone_into(&mut state.status);
    });
    Arc::new(shared)
}

/// Notes one more frame, as appending does.
fn append(shared: &Shared, bytes: u64) {
    let mut head = shared.head.get();
    head.frames += 1;
    shared.head.set(head);
    shared.grow(head.frames, bytes);
}

/// A follower that lets frames come together for so long that only a reason ends it.
fn gathering(shared: &Arc<Shared>) -> std::thread::JoinHandle<()> {
    let gathering = Arc::clone(shared);
    let thread = std::thread::spawn(move || gathering.gather(Duration::from_secs(60)));
    while shared.state().wake_at == u64::MAX && !thread.is_finished() {
        std::thread::yield_now();
    }
    thread
}

fn ends(thread: std::thread::JoinHandle<()>) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while !thread.is_finished() {
        assert!(Instant::now() < deadline, "it waits on");
        std::thread::sleep(Duration::from_millis(1));
    }
    thread.join().unwrap();
}

#[test]
fn frames_come_together_until_there_are_enough() {
    let dir = tempfile::tempdir().unwrap();
    let shared = followed(dir.path());
    append(&shared, 100);
    let follower = gathering(&shared);
    (1..GATHER_FRAMES - 1).for_each(|_| append(&shared, 100));
    std::thread::sleep(Duration::from_millis(50));
    assert!(!follower.is_finished(), "too few came together");
    append(&shared, 100);
    ends(follower);
    assert_eq!(
        shared.state().lag_bytes,
        GATHER_FRAMES * 100,
        "what is behind is seen"
    );
}

#[test]
fn large_frames_do_not_wait_for_others() {
    let dir = tempfile::tempdir().unwrap();
    let shared = followed(dir.path());
    append(&shared, 100);
    let follower = gathering(&shared);
    append(&shared, GATHER_BYTES);
    ends(follower);
}

#[test]
fn whoever_waits_for_the_follower_waits_for_no_other_frames() {
    type Reason = (&'static str, fn(&mut State));
    let reasons: [Reason; 3] = [
        ("somebody waits", |state| state.waited_for += 1),
        ("the store closes", |state| state.closing = true),
        ("the database is wrong", |state| {
            state.condemned = Some("wrong".to_owned())
        }),
    ];
    for (why, change) in reasons {
        let dir = tempfile::tempdir().unwrap();
        let shared = followed(dir.path());
        append(&shared, 100);
        let follower = gathering(&shared);
        shared.change(change);
        let begun = Instant::now();
        ends(follower);
        assert!(begun.elapsed() < Duration::from_secs(20), "{why}");
        shared.gather(Duration::from_secs(60));
        assert!(
            begun.elapsed() < Duration::from_secs(20),
            "{why}: the next time as well"
        );
    }
}

#[test]
fn a_frame_wakes_the_follower_and_nobody_else() {
    let dir = tempfile::tempdir().unwrap();
    let shared = followed(dir.path());
    let (looks, waiting) = (
        Arc::new(std::sync::atomic::AtomicU64::new(0)),
        Arc::clone(&shared),
    );
    let counted = Arc::clone(&looks);
    let other = std::thread::spawn(move || {
        drop(waiting.wait(Duration::from_secs(60), |state| {
            counted.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            state.closing
        }));
    });
    while looks.load(std::sync::atomic::Ordering::SeqCst) == 0 {
        std::thread::yield_now();
    }
    for _ in 0..100 {
        append(&shared, 100);
        let (head, bytes) = (shared.head.get(), shared.state().lag_bytes);
        shared.come_to(head, bytes, head.frames);
    }
    std::thread::sleep(Duration::from_millis(50));
    assert!(
        looks.load(std::sync::atomic::Ordering::SeqCst) < 10,
        "woken by every frame"
    );
    shared.change(|state| state.closing = true);
    other.join().unwrap();
}

/// A journal with one large frame, and no copy of it anywhere.
fn with_frame(dir: &std::path::Path) -> (Shared, Location, Vec<u8>) {
    let filler = "x".repeat(6_000);
    let event = |seq: u64| {
        let text = format!(
            r#"{{"actor":{{"id":"p","known_by":"token"}},"batch":{{"count":2,"first":0}},"command":"c","data":"{filler}","id":"0195f9b5-1fd5-7aaa-8000-000000000001","kind":"noted","on":"2025","recorded_at":"2025-04-24T10:15:00.000001Z","seq":{seq},"sources":[],"stream":"brick","v":1,"version":{seq}}}"#,
        );
        Recorded::parse(text.into_bytes()).unwrap()
    };
    let group = Group {
        commands: Vec::new(),
        events: (0..2).map(event).collect(),
    };
    let frame = encode(0, 0, Head::default().chain, group).unwrap();
    let at = Location {
        segment: 0,
        offset: 4_096,
    };
    let mut bytes = vec![0; at.offset as usize];
    bytes.extend_from_slice(frame.bytes());
    std::fs::create_dir(dir.join("journal")).unwrap();
    std::fs::write(dir.join("journal/000000"), &bytes).unwrap();
    (shared_in(dir), at, bytes)
}

#[test]
fn damage_that_no_copy_mends_is_named_as_ever() {
    let dir = tempfile::tempdir().unwrap();
    let (shared, at, mut bytes) = with_frame(dir.path());
    let read = |seq: u64| {
        let choose = |parts: &Parts| parts.of_event(seq);
        shared.events_at((at, None, seq), choose, |frame| {
            let events = frame.events()?;
            Ok(events.get(seq as usize).cloned().into_iter().collect())
        })
    };
    let whole = [read(0).unwrap(), read(1).unwrap()];
    // In event 1, behind event 0.
    let place = at.offset as usize + 9_000;
    bytes[place] ^= 1;
    std::fs::write(dir.path().join("journal/000000"), &bytes).unwrap();
    assert_eq!(read(0).as_ref(), Ok(&whole[0]), "what is whole is given");
    let error = read(1).unwrap_err();
    let as_ever = shared.frame_at(at, None, 1).unwrap_err();
    assert_eq!(error, as_ever);
    assert!(
        matches!(
            error,
            ReadError::Damaged {
                offset: 4_096,
                first_seq: 1,
                ..
            }
        ),
        "{error}"
    );
}
