use super::*;
use crate::store::frame::encode::encode;
use crate::store::group::Group;
use crate::store::recorded::Recorded;

/// A frame of nearly the greatest length.
fn large(number: u64) -> Arc<Frame> {
    let (first, count) = (number * 30, 30);
    let filler = "x".repeat(65_000);
    let event = |seq: u64| {
        let text = format!(
            r#"{{"actor":{{"id":"p","known_by":"token"}},"batch":{{"count":{count},"first":{first}}},"command":"c","data":"{filler}","id":"0195f9b5-1fd5-7aaa-8000-000000000001","kind":"noted","on":"2025","recorded_at":"2025-04-24T10:15:00.000001Z","seq":{seq},"sources":[],"stream":"brick","v":1,"version":{seq}}}"#,
        );
        Recorded::parse(text.into_bytes()).unwrap()
    };
    let group = Group {
        commands: Vec::new(),
        events: (first..first + count).map(event).collect(),
    };
    let previous = Head::default().chain;
    Arc::new(encode(number, first, previous, group).unwrap())
}

fn entry(number: u64) -> Entry {
    Entry {
        hash: number.wrapping_mul(0x9e37_79b9_7f4a_7c15),
        number,
        seq: number,
        at: Location {
            segment: 0,
            offset: 0,
        },
    }
}

/// sled never syncs what it moves out of its log.
#[test]
fn nothing_is_too_large_for_sleds_log() {
    let dir = tempfile::tempdir().unwrap();
    let tree = Tree::open(dir.path(), Head::default()).unwrap();
    let frames: Vec<_> = (0..4).map(large).collect();
    let mut entries = 0..;
    for frame in &frames {
        let (at, applied) = (entry(0).at, applied(frame));
        tree.copy(&[(at, Arc::clone(frame))], applied).unwrap();
        for _ in 0..5 {
            let run = entries.by_ref().take(10_000).map(entry);
            tree.index(run.collect(), frame.head()).unwrap();
            while tree.merge_step().unwrap() {}
        }
    }
    tree.sync().unwrap();
    assert_eq!(tree.blob_files(), 0);
    assert_eq!(tree.all_entries().unwrap().len(), 200_000);
    drop(tree);
    let tree = Tree::open(dir.path(), Head::default()).unwrap();
    for frame in &frames {
        let kept = tree.frame(frame.number(), frame.first_seq());
        assert_eq!(kept.as_deref(), Some(frame.bytes()));
    }
    assert_eq!(tree.blob_files(), 0);
    assert_eq!(tree.find(entry(77_777).hash).unwrap(), [entry(77_777)]);
}

fn applied(frame: &Frame) -> Applied {
    Applied {
        indexer: 1,
        ledger: uuid::Uuid::nil(),
        head: frame.head(),
        last: entry(0).at,
    }
}

/// What an earlier version began goes on with the segments it was begun with.
#[test]
fn a_database_with_earlier_segments_is_opened_with_them() {
    let dir = tempfile::tempdir().unwrap();
    let frame = large(0);
    let earlier = settings(dir.path(), layout::EARLIER_SEGMENT_BYTES);
    let db = earlier.open().unwrap();
    let chunks = (0_u16..).zip(frame.bytes().chunks(60 << 10));
    for (chunk, bytes) in chunks {
        let value = [layout::location(entry(0).at).as_slice(), bytes].concat();
        db.insert(layout::frame_key(0, 0, Some(chunk)), value)
            .unwrap();
    }
    drop(db);
    for number in 1..3 {
        let tree = Tree::open(dir.path(), Head::default()).unwrap();
        assert_eq!(tree.frame(0, 0).as_deref(), Some(frame.bytes()));
        let next = large(number);
        tree.copy(&[(entry(0).at, Arc::clone(&next))], applied(&next))
            .unwrap();
        let kept = tree.frame_of_event(u64::MAX, next.first_seq() + 7);
        assert_eq!(kept.as_deref(), Some(next.bytes()));
        assert_eq!(tree.blob_files(), 0);
    }
}
