//! A forger with the whole ledger in hand: changes stored records and mends every checksum and the chain.

use std::fs;
use std::path::Path;

use dealtrail::store::frame::encode::encode;
use dealtrail::store::frame::{Check, Frame, FrameBytes, HEADER_BYTES, Header};
use dealtrail::store::group::{CommandRecord, Group};
use dealtrail::store::head::Head;
use dealtrail::store::journal::segment::{FRAMES_START, Stamp, path};
use dealtrail::store::recorded::Recorded;
use serde_json::{Value, json};

/// One frame of the journal, taken apart.
#[derive(Debug, Clone)]
pub(crate) struct Loose {
    pub(crate) commands: Vec<CommandRecord>,
    pub(crate) events: Vec<Value>,
}

/// Takes the journal of a ledger of one segment apart, lets `change` at it, and puts it together again: numbered anew,
/// with checksums and chain as they have to be. What is made from the journal is removed.
pub(crate) fn forge(dir: &Path, change: impl FnOnce(&mut Vec<Loose>)) {
    let file = path(dir, 0);
    let bytes = fs::read(&file).unwrap();
    let Stamp::Used(header) = Stamp::parse(&bytes[..FRAMES_START as usize]) else {
        panic!("the first segment has a header");
    };
    let mut frames = apart(&bytes[FRAMES_START as usize..]);
    change(&mut frames);
    let mut out = bytes[..FRAMES_START as usize].to_vec();
    together(header.start, frames, &mut out);
    out.resize(bytes.len(), 0);
    fs::write(&file, out).unwrap();
    for made in ["sled", "snapshots"] {
        let _ = fs::remove_dir_all(dir.join(made));
    }
}

fn apart(mut bytes: &[u8]) -> Vec<Loose> {
    let mut frames = Vec::new();
    while bytes.len() >= HEADER_BYTES
        && let Ok(header) = Header::parse(bytes)
    {
        let (frame, rest) = bytes.split_at(header.frame_bytes());
        let frame = FrameBytes::decode(frame.to_vec().into(), Check::Chain).unwrap();
        let frame = Frame::read(frame).unwrap();
        let events = frame.events().iter();
        frames.push(Loose {
            commands: frame.commands().unwrap(),
            events: events
                .map(|event| serde_json::from_slice(event.bytes()).unwrap())
                .collect(),
        });
        bytes = rest;
    }
    frames
}

fn together(start: Head, frames: Vec<Loose>, out: &mut Vec<u8>) {
    let mut head = start;
    for frame in frames {
        let mut events = Vec::new();
        for (mut event, seq) in frame.events.into_iter().zip(head.position..) {
            let first = event["batch"]["first"].as_u64().unwrap();
            let moved = seq.wrapping_sub(event["seq"].as_u64().unwrap());
            event["batch"]["first"] = json!(first.wrapping_add(moved));
            event["seq"] = json!(seq);
            events.push(Recorded::parse(serde_json::to_vec(&event).unwrap()).unwrap());
        }
        let mut commands = frame.commands;
        for command in &mut commands {
            command.first_seq = head.position;
        }
        let group = Group { commands, events };
        let frame = encode(head.frames, head.position, head.chain, group).unwrap();
        out.extend_from_slice(frame.bytes());
        head = frame.head();
    }
}
