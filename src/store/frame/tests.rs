use chrono::DateTime;
use proptest::prelude::*;

use super::encode::encode;
use super::*;
use crate::store::group::{Group, Scope};

/// A group of events of the given filler lengths, at a position, and its commands.
fn group(position: u64, fillers: &[usize], commands: &[CommandRecord]) -> Group {
    let count = fillers.len();
    let events = (position..).zip(fillers).map(|(seq, filler)| {
        let text = format!(
            r#"{{"actor":{{"id":"p","known_by":"token"}},"batch":{{"count":{count},"first":{position}}},"command":"c","data":"{}","id":"0195f9b5-1fd5-7aaa-8000-000000000001","kind":"noted","on":"2025","recorded_at":"2025-04-24T10:15:00.000001Z","seq":{seq},"sources":[],"stream":"brick","v":1,"version":{}}}"#,
            "x".repeat(*filler),
            seq + 1
        );
        Recorded::parse(text.into_bytes()).unwrap()
    });
    Group {
        events: events.collect(),
        commands: commands.to_vec(),
    }
}

fn command(actor: &str, key: &str, warnings: Vec<u8>) -> CommandRecord {
    CommandRecord {
        scope: Scope {
            actor: actor.to_owned(),
            key: key.to_owned(),
        },
        digest: [3; 32],
        first_seq: 7,
        count: 1,
        recorded_at: DateTime::from_timestamp_micros(1_745_489_700_000_001).unwrap(),
        warnings,
    }
}

fn decode(bytes: &[u8]) -> Result<FrameBytes, FrameError> {
    FrameBytes::decode(Slice::from(bytes.to_vec()), Check::Chain)
}

/// These bytes stand in ledgers: when this test fails, the layout has changed and old ledgers cannot be read.
#[test]
fn the_layout_is_for_ever() {
    let group = group(7, &[3], &[command("p", "k", b"w".to_vec())]);
    let event = group.events[0].bytes().to_vec();
    let frame = encode(2, 7, ChainHash([9; 32]), group).unwrap();
    let mut wanted = Vec::new();
    wanted.extend([0xff, b'd', b't', b'F', 1, 0, 0, 0]);
    wanted.extend((frame.bytes().len() as u32 - 108).to_le_bytes());
    wanted.extend([1, 0, 0, 0, 1, 0, 0, 0]);
    wanted.extend([7, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0]);
    wanted.extend([9; 32]);
    wanted.extend(crc32c::crc32c(&wanted).to_le_bytes());
    wanted.extend((event.len() as u32).to_le_bytes());
    wanted.extend(&event);
    wanted.extend([1, 0, 1, 0, 1, 0, 0, 0, 1, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0]);
    wanted.extend(1_745_489_700_000_001_i64.to_le_bytes());
    wanted.extend([3; 32]);
    wanted.extend(b"pkw");
    wanted.resize((wanted.len() + 36).next_multiple_of(8) - 36, 0);
    let chain: [u8; 32] = Sha256::digest(&wanted).into();
    wanted.extend(chain);
    wanted.extend(crc32c::crc32c(&wanted).to_le_bytes());
    assert_eq!(frame.bytes(), wanted);
    let digest = data_encoding::HEXLOWER.encode(&Sha256::digest(frame.bytes()));
    assert_eq!(
        digest,
        "685f2eef5464d18d7211f6faa5675af1ead4477f2dbe5a94a2537ef1100e8837"
    );
}

#[test]
fn every_flipped_bit_is_detected() {
    let frame = encode(
        2,
        7,
        ChainHash([9; 32]),
        group(7, &[3, 0], &[command("p", "k", Vec::new())]),
    )
    .unwrap();
    for byte in 0..frame.bytes().len() {
        for bit in 0..8 {
            let mut bad = frame.bytes().to_vec();
            bad[byte] ^= 1 << bit;
            let checked = FrameBytes::decode(Slice::from(bad), Check::Checksum);
            assert!(checked.is_err(), "byte {byte} bit {bit}");
        }
    }
}

#[test]
fn a_frame_with_one_flipped_bit_is_told_from_one_that_was_never_whole() {
    let commands = [command("p", "k", Vec::new())];
    let frame = encode(2, 7, ChainHash([9; 32]), group(7, &[3, 0], &commands)).unwrap();
    for byte in 0..frame.bytes().len() {
        let mut bad = frame.bytes().to_vec();
        bad[byte] ^= 1 << (byte % 8);
        bad.extend([0; 40]);
        let healed = heal::one_bit(&bad).unwrap();
        assert_eq!(healed.bytes(), frame.bytes(), "byte {byte}");
    }
    let mut torn = frame.bytes().to_vec();
    let half = torn.len() / 2;
    torn[half..].fill(0);
    assert!(heal::one_bit(&torn).is_none());
    assert!(heal::one_bit(&[]).is_none());
}

#[test]
fn every_cut_and_every_addition_is_detected() {
    let frame = encode(0, 7, ChainHash::default(), group(7, &[3], &[])).unwrap();
    for length in 0..frame.bytes().len() {
        assert!(decode(&frame.bytes()[..length]).is_err(), "{length}");
    }
    assert_eq!(
        decode(&[frame.bytes(), &[0]].concat()).unwrap_err(),
        FrameError::Short
    );
}

#[test]
fn a_replaced_event_with_a_right_checksum_breaks_the_chain() {
    let frame = encode(0, 7, ChainHash::default(), group(7, &[3], &[])).unwrap();
    let mut forged = frame.bytes().to_vec();
    let place = forged.windows(5).position(|part| part == b"brick").unwrap();
    forged[place] = b'B';
    let end = forged.len() - 4;
    let crc = crc32c::crc32c(&forged[..end]);
    forged[end..].copy_from_slice(&crc.to_le_bytes());
    assert_eq!(decode(&forged).unwrap_err(), FrameError::Chain);
}

#[test]
fn a_newer_layout_is_said_to_be_newer() {
    let frame = encode(0, 7, ChainHash::default(), group(7, &[3], &[])).unwrap();
    let mut newer = frame.bytes().to_vec();
    newer[4] = 2;
    let crc = crc32c::crc32c(&newer[..68]);
    newer[68..72].copy_from_slice(&crc.to_le_bytes());
    assert_eq!(decode(&newer).unwrap_err(), FrameError::Newer(2));
}

#[test]
fn an_event_at_another_place_is_refused() {
    let frame = encode(0, 8, ChainHash::default(), group(7, &[3], &[])).unwrap();
    let bytes = decode(frame.bytes()).unwrap();
    assert!(matches!(Frame::read(bytes), Err(FrameError::Content(_))));
}

#[test]
fn what_does_not_fit_is_refused() {
    let long = command("p", &"k".repeat(record::MAX_NAME_BYTES + 1), Vec::new());
    let huge = command("p", "k", vec![0; MAX_FRAME_BYTES]);
    for bad in [long, huge] {
        let refused = encode(0, 7, ChainHash::default(), group(7, &[], &[bad]));
        assert!(matches!(refused, Err(FrameError::TooLarge { .. })));
    }
}

proptest! {
    #[test]
    fn a_frame_is_read_as_written(
        number in any::<u64>(),
        position in 0..u64::MAX / 2,
        previous in any::<[u8; 32]>(),
        fillers in prop::collection::vec(0_usize..200, 0..9),
        commands in prop::collection::vec(("\\PC{0,20}", "\\PC{0,20}", prop::collection::vec(any::<u8>(), 0..40)), 0..5),
    ) {
        let commands: Vec<_> = commands.into_iter().map(|(actor, key, warnings)| command(&actor, &key, warnings)).collect();
        let group = group(position, &fillers, &commands);
        let events = group.events.clone();
        let written = encode(number, position, ChainHash(previous), group).unwrap();
        prop_assert_eq!(written.bytes().len() % ALIGNMENT, 0);
        let read = Frame::read(decode(written.bytes()).unwrap()).unwrap();
        prop_assert_eq!(read.events(), events.as_slice());
        prop_assert_eq!(read.commands().unwrap(), commands);
        prop_assert_eq!((read.number(), read.first_seq(), read.previous()), (number, position, ChainHash(previous)));
        prop_assert_eq!(read.chain(), written.chain());
    }

    /// Right checksums over a length or over numbers that no writer gives: refused by the header already.
    #[test]
    fn sealed_headers_of_no_writer_are_refused(odd in 1..8_u32, events in 1..8_u32) {
        let good = Header { body_bytes: 4, events, commands: 0, first_seq: 0, number: 0, previous: ChainHash::default() };
        let parse = |header: Header| {
            let mut bytes = Vec::new();
            header.write(&mut bytes);
            Header::parse(&bytes)
        };
        prop_assert_eq!(parse(good), Ok(good));
        let last = u64::MAX - u64::from(events);
        let at_the_end = Header { first_seq: last, ..good };
        prop_assert_eq!(parse(at_the_end), Ok(at_the_end));
        for bad in [
            Header { body_bytes: 4 + odd, ..good },
            Header { number: u64::MAX, ..good },
            Header { first_seq: last + 1, ..good },
        ] {
            prop_assert!(matches!(parse(bad), Err(FrameError::Content(_))));
        }
    }

    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        prop_assert!(decode(&bytes).is_err());
        prop_assert!(Header::parse(&bytes).is_err());
    }

    /// Whatever the content, once header and checksums are right, reading it answers or refuses.
    #[test]
    fn sealed_nonsense_never_panics(events in any::<u32>(), commands in 0..5_u32, mut body in prop::collection::vec(any::<u8>(), 0..300)) {
        body.resize((body.len() + 108).next_multiple_of(ALIGNMENT) - 108, 0);
        let header = Header {
            body_bytes: body.len() as u32, events: events % 8, commands, first_seq: u64::MAX - 7, number: 0, previous: ChainHash::default(),
        };
        let mut bytes = Vec::new();
        header.write(&mut bytes);
        bytes.extend(body);
        let chain: [u8; 32] = Sha256::digest(&bytes).into();
        bytes.extend(chain);
        bytes.extend(crc32c::crc32c(&bytes).to_le_bytes());
        let sealed = decode(&bytes).unwrap();
        let _ = sealed.commands();
        let _ = Frame::read(sealed);
    }
}
