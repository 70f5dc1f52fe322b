use proptest::prelude::*;

use super::*;
use crate::store::frame::encode::encode;
use crate::store::group::Group;
use crate::store::head::ChainHash;
use crate::store::journal::disk::RealDisk;
use crate::store::journal::segment;
use crate::store::recorded::Recorded;

const AT: Location = Location {
    segment: 0,
    offset: 4_096,
};

/// An event of a stream, long enough for a few of them to make a large frame.
fn event(seq: u64, count: usize, stream: &str) -> Recorded {
    let stream = serde_json::json!(stream);
    let filler = "x".repeat(LARGE / 4);
    let text = format!(
        r#"{{"actor":{{"id":"p","known_by":"token"}},"batch":{{"count":{count},"first":7}},"command":"c","data":"{filler}","id":"0195f9b5-1fd5-7aaa-8000-000000000001","kind":"noted","on":"2025","recorded_at":"2025-04-24T10:15:00.000001Z","seq":{seq},"sources":[],"stream":{stream},"v":1,"version":{seq}}}"#,
    );
    Recorded::parse(text.into_bytes()).unwrap()
}

/// A frame with an event of each of these streams, and a journal in which it stands.
fn journal(streams: &[&str]) -> (FrameBytes, JournalFiles, tempfile::TempDir) {
    let events = (7..).zip(streams);
    let events = events.map(|(seq, stream)| event(seq, streams.len(), stream));
    let group = Group {
        commands: Vec::new(),
        events: events.collect(),
    };
    let frame = encode(3, 7, ChainHash([1; 32]), group).unwrap();
    let bytes = Slice::from(frame.bytes().to_vec());
    let frame = FrameBytes::decode(bytes, crate::store::frame::Check::Chain).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let files = JournalFiles::new(dir.path(), std::sync::Arc::new(RealDisk), 4 << 20, vec![]);
    std::fs::create_dir(dir.path().join(segment::DIRECTORY)).unwrap();
    write(&dir, frame.bytes());
    (frame, files, dir)
}

fn write(dir: &tempfile::TempDir, frame: &[u8]) {
    let mut bytes = vec![0; AT.offset as usize];
    bytes.extend_from_slice(frame);
    std::fs::write(segment::path(dir.path(), 0), bytes).unwrap();
}

const STREAMS: [&str; 6] = ["brick", "glass", "brick", "brick", "clay", "glass"];

#[test]
fn what_is_read_by_itself_is_what_the_frame_holds() {
    let (frame, files, _dir) = journal(&STREAMS);
    let known = KnownParts::default();
    let of = |stream: &'static str| move |parts: &Parts| parts.of_stream(stream);
    assert_eq!(known.read(&files, (AT, None, 7), of("brick")), None);
    known.keep(AT, &frame);
    let whole = frame.events().unwrap();
    for stream in ["brick", "glass", "clay", "sand"] {
        let read = known.read(&files, (AT, None, 7), of(stream)).unwrap();
        let wanted: Vec<_> = (whole.iter().zip(STREAMS))
            .filter(|(_, of)| *of == stream)
            .map(|(event, _)| event.clone())
            .collect();
        assert_eq!(read, wanted, "{stream}");
    }
    for (seq, event) in (7..).zip(&whole) {
        let read = known.read(&files, (AT, Some(3), seq), |parts| parts.of_event(seq));
        assert_eq!(read.as_deref(), Some(std::slice::from_ref(event)));
    }
}

#[test]
fn another_frame_than_the_one_asked_for_is_not_taken_for_it() {
    let (frame, files, _dir) = journal(&STREAMS);
    let known = KnownParts::default();
    known.keep(AT, &frame);
    let read = |number, seq| known.read(&files, (AT, number, seq), |parts| parts.of_event(seq));
    assert_eq!(read(Some(4), 7), None);
    assert_eq!(read(None, 6), None);
    assert_eq!(read(None, 14), None);
    assert!(read(None, 12).is_some());
}

#[test]
fn small_frames_are_read_whole() {
    let (frame, files, _dir) = journal(&["brick"]);
    let known = KnownParts::default();
    known.keep(AT, &frame);
    let read = known.read(&files, (AT, None, 7), |parts| parts.of_event(7));
    assert_eq!(read, None);
}

#[test]
fn what_is_asked_for_stays_and_the_rest_goes() {
    let (frame, files, _dir) = journal(&STREAMS);
    let known = KnownParts::default();
    known.keep(AT, &frame);
    let many = Arc::new(Parts {
        events: vec![
            Part {
                checksum: 0,
                bytes: 1,
                stream: 0
            };
            ROOM / 4
        ]
        .into(),
        ..Parts::of(&frame).unwrap()
    });
    for segment in 1..20 {
        let first = known.read(&files, (AT, None, 7), |parts| parts.of_event(7));
        assert!(first.is_some(), "asked for all along: {segment}");
        known
            .shelves()
            .put(Location { segment, ..AT }, Arc::clone(&many));
    }
    let shelves = known.shelves();
    assert!(shelves.young.len() <= 5 && shelves.old.len() <= 5);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Whatever is damaged, and wherever: the bytes that were proved, or none.
    #[test]
    fn damage_is_never_given(place in any::<prop::sample::Index>(), length in 1..2_000_usize, seq in 7..13_u64, mask in 1..=255_u8) {
        let (frame, files, dir) = journal(&STREAMS);
        let known = KnownParts::default();
        known.keep(AT, &frame);
        let mut bytes = frame.bytes().to_vec();
        let begin = place.index(bytes.len());
        let end = (begin + length).min(bytes.len());
        bytes[begin..end].iter_mut().for_each(|byte| *byte ^= mask);
        write(&dir, &bytes);
        let event = &frame.events().unwrap()[(seq - 7) as usize];
        let read = known.read(&files, (AT, None, seq), |parts| parts.of_event(seq));
        if let Some(read) = &read {
            prop_assert_eq!(read, std::slice::from_ref(event));
        }
        let stands = frame.bytes().windows(event.len()).position(|part| part == event.as_bytes()).unwrap();
        let is_hit = begin < stands + event.len() && stands < end;
        prop_assert_eq!(read.is_none(), is_hit, "what is whole is given, what is not is not");
    }

    #[test]
    fn no_event_of_a_stream_is_passed_over(streams in prop::collection::vec(any::<String>(), 4..8)) {
        let names: Vec<&str> = streams.iter().map(String::as_str).collect();
        let (frame, files, _dir) = journal(&names);
        let known = KnownParts::default();
        known.keep(AT, &frame);
        for name in &names {
            let read = known.read(&files, (AT, None, 7), |parts| parts.of_stream(name)).unwrap();
            let read = read.into_iter().map(|slice| Recorded::parse(slice).unwrap());
            let of_it = read.filter(|event| event.stream() == *name).count();
            prop_assert_eq!(of_it, names.iter().filter(|other| *other == name).count());
        }
    }
}
