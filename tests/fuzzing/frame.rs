//! The law of frames and segments: no bytes end the process, none but those written are taken for a frame, and
//! what is read encodes to the very bytes.
//!
//! The first byte of the input says what the rest is: a frame (0), a frame whose checksums are put right first (1),
//! changes to a good segment (2), a segment's header (3), a header whose checksum is put right first (4).

use std::io;
use std::sync::Arc;

use dealtrail::store::frame::error::FrameError;
use dealtrail::store::frame::{
    Check, Frame, FrameBytes, HEADER_BYTES, Header, TRAILER_BYTES, encode, heal,
};
use dealtrail::store::group::{CommandRecord, Group, Scope};
use dealtrail::store::head::ChainHash;
use dealtrail::store::journal::disk::DiskFile;
use dealtrail::store::journal::scan::{SegmentScan, Step};
use dealtrail::store::journal::segment::{FRAMES_START, SegmentHeader, Stamp, origin_head};
use dealtrail::store::recorded::Recorded;
use dealtrail::store::slice::Slice;
use sha2::{Digest, Sha256};

/// Holds the law against any bytes.
pub(crate) fn holds(bytes: &[u8]) {
    let Some((what, bytes)) = bytes.split_first() else {
        return;
    };
    match what % 5 {
        0 => frame(bytes),
        1 => frame(&sealed_frame(bytes)),
        2 => changed_segment(bytes),
        3 => stamp(bytes),
        _ => stamp(&sealed_stamp(bytes)),
    }
}

fn frame(bytes: &[u8]) {
    if let Err(error) = Header::parse(bytes) {
        assert!(!error.to_string().is_empty());
    }
    let slice = || Slice::from(bytes.to_vec());
    let by_checksum = FrameBytes::decode(slice(), Check::Checksum);
    match FrameBytes::decode(slice(), Check::Chain) {
        Ok(proved) => {
            assert!(by_checksum.is_ok() && proved.bytes() == bytes);
            let end = bytes.len() - TRAILER_BYTES;
            let hash: [u8; 32] = Sha256::digest(&bytes[..end]).into();
            assert_eq!(proved.chain(), ChainHash(hash));
            content(&proved);
        }
        // Replaced together with its checksum: the chain hash tells.
        Err(error) => assert!(by_checksum.is_err() || error == FrameError::Chain),
    }
    if let Some(healed) = heal::one_bit(bytes) {
        let healed = healed.bytes();
        assert!(FrameBytes::decode(Slice::from(healed.to_vec()), Check::Chain).is_ok());
        let changed: u32 = healed
            .iter()
            .zip(bytes)
            .map(|(a, b)| (a ^ b).count_ones())
            .sum();
        // One in the header, which has a checksum of its own, and one in all.
        assert!(changed <= 2, "{changed} bits were healed");
    }
}

/// A proved frame's events and commands; a frame that reads as a whole encodes to its own bytes.
fn content(proved: &FrameBytes) {
    let header = *proved.header();
    if let Ok(events) = proved.events() {
        assert_eq!(events.len() as u64, u64::from(header.events));
    }
    for seq in [0, header.first_seq, header.end_seq(), u64::MAX] {
        if let Ok(Some(event)) = proved.event(seq) {
            assert!((header.first_seq..header.end_seq()).contains(&seq));
            assert!(proved.events().unwrap().contains(event.slice()));
        }
    }
    let (Ok(frame), Ok(commands)) = (Frame::read(proved.clone()), proved.commands()) else {
        return;
    };
    assert_eq!(
        frame.events().len() as u64,
        frame.end_seq() - frame.first_seq()
    );
    assert_eq!(frame.head(), proved.head());
    for command in &commands {
        assert!(frame.command(&command.scope).is_some());
    }
    let events = frame.events().to_vec();
    let group = Group { commands, events };
    match encode::encode(frame.number(), frame.first_seq(), frame.previous(), group) {
        Ok(again) => assert_eq!(again.bytes(), frame.bytes(), "two spellings of one frame"),
        Err(error) => assert!(matches!(error, FrameError::TooLarge { .. }), "{error}"),
    }
}

/// The bytes as a frame of their length, with the checksums and the chain hash they should have.
fn sealed_frame(bytes: &[u8]) -> Vec<u8> {
    let mut out = bytes.to_vec();
    out.resize(out.len().max(HEADER_BYTES + TRAILER_BYTES), 0);
    let body = (out.len() - HEADER_BYTES - TRAILER_BYTES) as u32;
    out[..8].copy_from_slice(&[0xff, b'd', b't', b'F', 1, 0, 0, 0]);
    out[8..12].copy_from_slice(&body.to_le_bytes());
    seal(&mut out[..HEADER_BYTES]);
    let end = out.len() - TRAILER_BYTES;
    let chain: [u8; 32] = Sha256::digest(&out[..end]).into();
    out[end..end + 32].copy_from_slice(&chain);
    seal(&mut out);
    out
}

/// Puts the right CRC32C into the last four bytes.
fn seal(bytes: &mut [u8]) {
    let (proved, crc) = bytes.split_last_chunk_mut().unwrap();
    *crc = crc32c::crc32c(proved).to_le_bytes();
}

fn stamp(bytes: &[u8]) {
    let bytes = &bytes[..bytes.len().min(FRAMES_START as usize)];
    match Stamp::parse(bytes) {
        Stamp::Used(header) => {
            let written = header.to_bytes();
            assert_eq!(
                &written[..bytes.len()],
                bytes,
                "two spellings of one header"
            );
            assert_eq!(Stamp::parse(&written), Stamp::Used(header));
            for at in 0..bytes.len() {
                let mut bad = bytes.to_vec();
                bad[at] ^= 1 << (at % 8);
                assert_eq!(Stamp::parse(&bad), Stamp::Damaged, "byte {at}");
            }
        }
        Stamp::Blank => assert!(bytes.iter().all(|byte| *byte == 0)),
        Stamp::Newer(_) | Stamp::Damaged => {}
    }
}

fn sealed_stamp(bytes: &[u8]) -> Vec<u8> {
    let mut out = bytes.to_vec();
    out.resize(FRAMES_START as usize, 0);
    out[..16].copy_from_slice(b"dealtrail journl");
    seal(&mut out[..104]);
    out
}

/// Four good frames in a small segment; four bytes of the input say what is written over where (place in the
/// segment, value, how often). The frames that were not touched up to the first that was come back as written, and
/// no other bytes come back as a frame.
fn changed_segment(changes: &[u8]) {
    let frames = good_frames();
    let mut good = good_header().to_bytes();
    let mut starts = Vec::new();
    for frame in &frames {
        starts.push(good.len());
        good.extend_from_slice(frame.bytes());
    }
    good.resize(good.len() + 512, 0);
    let mut file = good.clone();
    for change in changes.chunks_exact(4) {
        let place = usize::from(u16::from_le_bytes([change[0], change[1]]));
        let place = FRAMES_START as usize + place % (file.len() - FRAMES_START as usize);
        let end = (place + usize::from(change[3]) + 1).min(file.len());
        file[place..end].fill(change[2]);
    }
    let whole: Vec<usize> = (0..frames.len())
        .take_while(|n| {
            let range = starts[*n]..starts[*n] + frames[*n].bytes().len();
            file[range.clone()] == good[range]
        })
        .collect();
    for check in [Check::Checksum, Check::Chain] {
        let found = scanned(&file, check);
        assert!(found.len() >= whole.len(), "a whole frame was not found");
        for (n, (at, frame)) in found.iter().enumerate() {
            assert_eq!(*at as usize, starts[n]);
            assert_eq!(
                frame.bytes(),
                frames[n].bytes(),
                "other bytes were taken for a frame"
            );
        }
    }
    searched(&file, &starts, &frames);
}

fn scanner(file: &[u8], check: Check) -> SegmentScan {
    let memory = Arc::new(Memory(file.to_vec()));
    SegmentScan::new(memory, file.len() as u64, FRAMES_START, check)
}

/// The frames from the front, up to what is none.
fn scanned(file: &[u8], check: Check) -> Vec<(u64, FrameBytes)> {
    let mut scan = scanner(file, check);
    let mut found = Vec::new();
    while let Step::Frame(at, frame) = scan.step().unwrap() {
        assert!(scan.offset() > at && scan.offset() <= file.len() as u64);
        found.push((at, frame));
    }
    found
}

/// What is looked for behind damage, and what one flipped bit brings back, are frames that were written there.
fn searched(file: &[u8], starts: &[usize], frames: &[Frame]) {
    let mut scan = scanner(file, Check::Chain);
    let written = |at: u64| starts.iter().position(|start| *start as u64 == at);
    if let Some(at) = scan.find_later(FRAMES_START, 0).unwrap() {
        let n = written(at).expect("a frame where none was written");
        assert!(n > 0, "it is not a later one");
        assert!(file[starts[n]..].starts_with(frames[n].bytes()));
    }
    for start in starts {
        if let Some(healed) = scan.healed(*start as u64).unwrap() {
            let n = written(*start as u64).unwrap();
            assert_eq!(
                healed.bytes(),
                frames[n].bytes(),
                "healed into another frame"
            );
        }
    }
    let end = scan.used_end(FRAMES_START).unwrap() as usize;
    assert!(file[end..].iter().all(|byte| *byte == 0));
    assert!(end == FRAMES_START as usize || file[end - 1] != 0);
}

fn good_header() -> SegmentHeader {
    let ledger = uuid::Uuid::from_bytes([7; 16]);
    SegmentHeader {
        ledger,
        number: 0,
        start: origin_head(ledger),
        bytes: 4 << 20,
    }
}

/// Frames of 1, 2, 0 and 1 events that follow each other, with a command each.
pub(crate) fn good_frames() -> Vec<Frame> {
    let mut head = good_header().start;
    let mut frames = Vec::new();
    for count in [1_u32, 2, 0, 1] {
        let first = head.position;
        let events = (first..first + u64::from(count)).map(|seq| {
            let text = format!(
                r#"{{"actor":{{"id":"p","known_by":"token"}},"batch":{{"count":{count},"first":{first}}},"command":"c","data":{{"words":"x"}},"id":"0195f9b5-1fd5-7aaa-8000-000000000001","kind":"noted","on":"2025","recorded_at":"2025-04-24T10:15:00.000001Z","seq":{seq},"sources":[],"stream":"ledger","v":1,"version":{seq}}}"#
            );
            Recorded::parse(text.into_bytes()).unwrap()
        });
        let group = Group {
            events: events.collect(),
            commands: vec![CommandRecord {
                scope: Scope {
                    actor: "p".to_owned(),
                    key: format!("c-{first}"),
                },
                digest: [3; 32],
                first_seq: first,
                count,
                recorded_at: chrono::DateTime::from_timestamp_micros(1_745_489_700_000_001)
                    .unwrap(),
                warnings: b"[]".to_vec(),
            }],
        };
        let frame = encode::encode(head.frames, first, head.chain, group).unwrap();
        head = frame.head();
        frames.push(frame);
    }
    frames
}

/// A file that is only read.
struct Memory(Vec<u8>);

impl DiskFile for Memory {
    fn write_at(&self, _: &[u8], _: u64) -> io::Result<()> {
        Err(io::ErrorKind::ReadOnlyFilesystem.into())
    }

    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        let rest = self.0.get(offset as usize..).unwrap_or_default();
        let count = rest.len().min(buffer.len());
        buffer[..count].copy_from_slice(&rest[..count]);
        Ok(count)
    }

    fn sync(&self) -> io::Result<()> {
        Ok(())
    }

    fn length(&self) -> io::Result<u64> {
        Ok(self.0.len() as u64)
    }
}
