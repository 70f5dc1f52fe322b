//! Makes a ledger many times as long as another one, to measure on: its entries again and again under other ids.
//!
//! `DEALTRAIL_BENCH_FROM` is a ledger that is only read, `DEALTRAIL_BENCH_TO` a directory that is new, `DEALTRAIL_BENCH_TIMES` (up to
//! 10) how often. Each time ids end in another byte and references name other years; everything else is as it was
//! decided, so that nothing is decided again. Only the journal is written: the second copy is made when the
//! ledger is first opened for recording.
#![allow(clippy::print_stdout)]

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use dealtrail::store::event_store::EventStore;
use dealtrail::store::frame::Frame;
use dealtrail::store::frame::encode::encode;
use dealtrail::store::group::{CommandRecord, Group};
use dealtrail::store::journal::disk::RealDisk;
use dealtrail::store::journal::files::JournalFiles;
use dealtrail::store::journal::segment;
use dealtrail::store::journal::writer::{JournalEnd, JournalWriter};
use dealtrail::store::ledger_file::LedgerFile;
use dealtrail::store::open::{self, OpenOptions};
use dealtrail::store::recorded::Recorded;
use uuid::Uuid;

/// The program's own.
#[cfg(feature = "jemalloc")]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// How many bytes of events become a frame, about.
const FRAME: usize = 1_200 << 10;

fn main() {
    let var = |name: &str| std::env::var_os(format!("DEALTRAIL_BENCH_{name}"));
    let (Some(from), Some(to), Some(times)) = (var("FROM"), var("TO"), var("TIMES")) else {
        println!("nothing to do: DEALTRAIL_BENCH_FROM, _TO and _TIMES say what to make");
        return;
    };
    let times = times.to_str().unwrap().parse().unwrap();
    assert!((1..=10).contains(&times));
    let source = open::open_reader(&PathBuf::from(from), OpenOptions::default()).unwrap();
    let file = LedgerFile {
        id: Uuid::new_v4(),
        ..source.file
    };
    let mut writer = fresh(&PathBuf::from(to), &file);
    for turn in 0..times {
        let begun = Instant::now();
        write_turn(source.events.as_ref(), &mut writer, turn);
        println!(
            "{} entries, {:.0?}",
            writer.head().position,
            begun.elapsed()
        );
    }
}

/// The journal of a new ledger.
fn fresh(dir: &Path, file: &LedgerFile) -> JournalWriter {
    open::create(dir, file, &RealDisk).unwrap();
    let files = JournalFiles::new(dir, Arc::new(RealDisk), file.segment_bytes, Vec::new());
    let end = JournalEnd {
        head: segment::origin_head(file.id),
        segment: 0,
        offset: segment::FRAMES_START,
        spare_ready: false,
    };
    JournalWriter::new(Arc::new(files), file.id, end, 1 << 30).unwrap()
}

fn write_turn(source: &dyn EventStore, writer: &mut JournalWriter, turn: u8) {
    let offset = writer.head().position;
    // Entries of the ledger's own stream are there once.
    let mut left_out = 0;
    let (mut group, mut bytes) = (Group::default(), 0);
    for frame in source.read(0).unwrap() {
        let frame = frame.unwrap();
        let leave = |event: &Recorded| turn > 0 && event.stream() == "ledger";
        let before = left_out;
        for event in frame.events() {
            if leave(event) {
                left_out += 1;
                continue;
            }
            let text = moved(event, turn, offset.wrapping_sub(left_out));
            bytes += text.len();
            group.events.push(Recorded::parse(text).unwrap());
        }
        add_commands(&frame, &mut group, turn, offset, before..left_out);
        if bytes > FRAME {
            append(writer, std::mem::take(&mut group));
            bytes = 0;
        }
    }
    if !group.events.is_empty() {
        append(writer, group);
    }
}

fn add_commands(
    frame: &Frame,
    group: &mut Group,
    turn: u8,
    offset: u64,
    left: std::ops::Range<u64>,
) {
    // What is left out is the opening, which stands at the very beginning and by itself.
    assert!(left.is_empty() || frame.end_seq() == left.end);
    if !left.is_empty() {
        return;
    }
    let moved = |mut command: CommandRecord| {
        command.first_seq = command
            .first_seq
            .wrapping_add(offset.wrapping_sub(left.end));
        command.scope.key = String::from_utf8(named(command.scope.key.as_bytes(), turn)).unwrap();
        command
    };
    group
        .commands
        .extend(frame.commands().unwrap().into_iter().map(moved));
}

fn append(writer: &mut JournalWriter, group: Group) {
    let head = writer.head();
    let frame = encode(head.frames, head.position, head.chain, group).unwrap();
    writer.append(&frame).unwrap();
}

/// The stored bytes of an event as it stands elsewhere.
fn moved(event: &Recorded, turn: u8, shift: u64) -> Vec<u8> {
    let text = named(event.bytes(), turn);
    let text = String::from_utf8(text).unwrap();
    let first = event.batch().first;
    let (head, tail) = text.split_once(&format!("\"first\":{first}}}")).unwrap();
    let (middle, end) = tail
        .rsplit_once(&format!("\"seq\":{},", event.seq()))
        .unwrap();
    let (first, seq) = (first.wrapping_add(shift), event.seq().wrapping_add(shift));
    format!("{head}\"first\":{first}}}{middle}\"seq\":{seq},{end}").into_bytes()
}

/// A text with other ids and references.
fn named(text: &[u8], turn: u8) -> Vec<u8> {
    let mut named = text.to_vec();
    let mut at = 0;
    while at + 36 <= text.len() {
        let looks = text[at + 8] == b'-'
            && text[at + 13] == b'-'
            && text[at + 18] == b'-'
            && text[at + 23] == b'-';
        if looks && let Ok(id) = Uuid::try_parse_ascii(&text[at..at + 36]) {
            let other = Uuid::from_u128(id.as_u128() ^ u128::from(turn));
            let mut written = Uuid::encode_buffer();
            let written = other.hyphenated().encode_lower(&mut written);
            named[at..at + 36].copy_from_slice(written.as_bytes());
            at += 36;
            continue;
        }
        at += 1;
    }
    for at in 0..named.len().saturating_sub(12) {
        if named[at..].starts_with(b"\"ref\":\"") && named[at + 9..].starts_with(b"-20") {
            named[at + 11] = b'0' + turn % 10;
        }
    }
    named
}
