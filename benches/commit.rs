//! The cost of an answer, against a plain preallocated file with one `fdatasync` a write of the same bytes.
//!
//! Both sides take turns in one run, on one disk, so that the disk's moods hit both alike: read the ratios, not the
//! absolute figures. `DEALTRAIL_BENCH_SECONDS` (default 3) is the time each measurement takes; the bars are meant for 60.
//! `DEALTRAIL_BENCH_DIR` is where to write (default: the system's directory for temporary files).
#![allow(clippy::print_stdout)]

use std::fs::File;
use std::io::Read;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::DateTime;
use dealtrail::store::engine::reader::ReaderStore;
use dealtrail::store::event_store::{EventStore, Indexer};
use dealtrail::store::frame::Check;
use dealtrail::store::group::{CommandRecord, Group, Scope};
use dealtrail::store::journal::disk::RealDisk;
use dealtrail::store::journal::segment::DEFAULT_BYTES;
use dealtrail::store::ledger_file::LedgerFile;
use dealtrail::store::open::{self, OpenOptions};
use dealtrail::store::recorded::Recorded;
use uuid::Uuid;

/// The program's own.
#[cfg(feature = "jemalloc")]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// Finds events by their id, as the service does.
struct ById;

impl Indexer for ById {
    fn version(&self) -> u32 {
        1
    }
    fn keys(&self, event: &Recorded) -> Vec<Vec<u8>> {
        vec![format!("id:{}", event.id()).into_bytes()]
    }
}

fn main() {
    let seconds = std::env::var("DEALTRAIL_BENCH_SECONDS")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(3);
    let time = Duration::from_secs(seconds);
    let place = std::env::var_os("DEALTRAIL_BENCH_DIR").map_or_else(std::env::temp_dir, Into::into);
    println!(
        "{:<34} {:>10} {:>10} {:>7} {:>7}",
        "", "file", "dealtrail", "ratio", "bar"
    );
    for (size, bar) in [(1, 1.35), (64, 0.8), (256, 0.7)] {
        let dir = tempfile::tempdir_in(&place).unwrap();
        Commit::new(dir.path(), size).run(time, bar);
    }
    let dir = tempfile::tempdir_in(&place).unwrap();
    reading(dir.path(), time);
}

fn row(name: &str, file: String, ours: String, ratio: f64, bar: String) {
    println!("{name:<34} {file:>10} {ours:>10} {ratio:>7.2} {bar:>7}");
}

fn ledger(dir: &Path) -> LedgerFile {
    let file = LedgerFile {
        id: Uuid::from_bytes([7; 16]),
        origin: "ledger.example/bench".to_owned(),
        segment_bytes: DEFAULT_BYTES,
        created: DateTime::from_timestamp_micros(1_745_489_700_000_000).unwrap(),
        secret: [9; 32],
    };
    open::create(&dir.join("ledger"), &file, &RealDisk).unwrap();
    file
}

/// A group of `size` commands of one event each, spread over streams as officers spread over agreements.
fn group(first: u64, size: usize, versions: &mut [u64]) -> Group {
    let mut group = Group::default();
    for seq in (first..).take(size) {
        let stream = (seq.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40) as usize % versions.len();
        let version = versions[stream];
        versions[stream] += 1;
        let id = Uuid::from_u128(0x0195_f9b5_1fd5_7aaa_8000_0000_0000_0000 | u128::from(seq));
        let text = format!(
            "{{\"actor\":{{\"id\":\"officer-1\",\"known_by\":\"token\"}},\"batch\":{{\"count\":1,\"first\":{seq}}},\
             \"command\":\"{id}\",\"data\":{{\"note\":\"{}\"}},\"id\":\"{id}\",\"kind\":\"noted\",\"on\":\"2025-04\",\
             \"recorded_at\":\"2025-04-24T10:15:00.000001Z\",\"seq\":{seq},\"sources\":[],\
             \"stream\":\"agreement-{stream:032}\",\"v\":1,\"version\":{version}}}",
            "brick and glass ".repeat(4),
        );
        group
            .events
            .push(Recorded::parse(text.into_bytes()).unwrap());
        group.commands.push(CommandRecord {
            scope: Scope {
                actor: "officer-1".to_owned(),
                key: id.to_string(),
            },
            digest: [1; 32],
            first_seq: seq,
            count: 1,
            recorded_at: DateTime::from_timestamp_micros(1_745_489_700_000_001).unwrap(),
            warnings: Vec::new(),
        });
    }
    group
}

/// A file of zeros, synced.
fn preallocated(path: &Path) -> File {
    let file = File::options()
        .read(true)
        .write(true)
        .create_new(true)
        .open(path)
        .unwrap();
    file.write_all_at(&vec![0; DEFAULT_BYTES as usize], 0)
        .unwrap();
    file.sync_all().unwrap();
    file
}

struct Commit {
    file: File,
    store: Arc<dyn EventStore>,
    size: usize,
    versions: Vec<u64>,
}

impl Commit {
    fn new(dir: &Path, size: usize) -> Self {
        let file = preallocated(&dir.join("file"));
        ledger(dir);
        let options = OpenOptions {
            indexer: Arc::new(ById),
            ..OpenOptions::default()
        };
        let store = open::open(&dir.join("ledger"), options).unwrap().events;
        Self {
            file,
            store,
            size,
            versions: vec![0; 1_000],
        }
    }

    fn run(mut self, time: Duration, bar: f64) {
        let begun = Instant::now();
        let (mut plain, mut ours) = (Vec::new(), Vec::new());
        let (mut offset, mut lag) = (0, 0);
        while begun.elapsed() < time {
            let position = self.store.head().position;
            let group = group(position, self.size, &mut self.versions);
            let bytes: Vec<u8> = group
                .events
                .iter()
                .flat_map(|event| event.bytes().to_vec())
                .collect();
            if offset + bytes.len() as u64 > DEFAULT_BYTES {
                offset = 0;
            }
            let at = Instant::now();
            self.file.write_all_at(&bytes, offset).unwrap();
            self.file.sync_data().unwrap();
            plain.push(at.elapsed());
            offset += bytes.len() as u64;
            let at = Instant::now();
            self.store.append(position, group).unwrap();
            ours.push(at.elapsed());
            if ours.len().is_multiple_of(64) {
                lag = lag.max(self.store.info().lag_bytes);
            }
        }
        self.report(&mut plain, &mut ours, lag, bar);
    }

    fn report(&self, plain: &mut [Duration], ours: &mut [Duration], lag: u64, bar: f64) {
        let drained = Instant::now();
        while self.store.info().lag_frames > 0 {
            std::thread::sleep(Duration::from_millis(2));
        }
        let drain = drained.elapsed();
        let (sum_plain, sum_ours): (Duration, Duration) = (plain.iter().sum(), ours.iter().sum());
        plain.sort_unstable();
        ours.sort_unstable();
        let at =
            |times: &[Duration], part: usize| times[times.len() * part / 100].as_secs_f64() * 1e6;
        let p50 = at(ours, 50) / at(plain, 50);
        let name = format!("commit of {}: p50, us", self.size);
        let p50_bar = if self.size == 1 {
            format!("<= {bar}")
        } else {
            String::new()
        };
        row(
            &name,
            format!("{:.0}", at(plain, 50)),
            format!("{:.0}", at(ours, 50)),
            p50,
            p50_bar,
        );
        let p99 = at(ours, 99) / at(plain, 99);
        row(
            "  p99, us",
            format!("{:.0}", at(plain, 99)),
            format!("{:.0}", at(ours, 99)),
            p99,
            String::new(),
        );
        let rate = |sum: Duration| (plain.len() * self.size) as f64 / sum.as_secs_f64();
        let ratio = rate(sum_ours) / rate(sum_plain);
        let rate_bar = if self.size == 1 {
            String::new()
        } else {
            format!(">= {bar}")
        };
        row(
            "  events/s",
            format!("{:.0}", rate(sum_plain)),
            format!("{:.0}", rate(sum_ours)),
            ratio,
            rate_bar,
        );
        println!(
            "  lag of sled: at most {} KiB, gone {} ms after the end",
            lag >> 10,
            drain.as_millis()
        );
    }
}

/// Reading the journal, every checksum proved, against reading a plain file of the same bytes.
fn reading(dir: &Path, time: Duration) {
    let file = ledger(dir);
    let path = dir.join("ledger");
    {
        let store = open::open(&path, OpenOptions::default()).unwrap().events;
        let mut versions = vec![0; 1_000];
        while store.head().position < 200_000 {
            let position = store.head().position;
            store
                .append(position, group(position, 64, &mut versions))
                .unwrap();
        }
    }
    let reader = ReaderStore::open(&path, Arc::new(RealDisk), &file, Arc::new(ById)).unwrap();
    let bytes: u64 = reader
        .frames(0, Check::Checksum)
        .unwrap()
        .map(|frame| frame.unwrap().1.bytes().len() as u64)
        .sum();
    std::fs::write(dir.join("file"), vec![b'x'; bytes as usize]).unwrap();
    let (mut plain, mut ours, mut full) = (Duration::MAX, Duration::MAX, Duration::MAX);
    let begun = Instant::now();
    while begun.elapsed() < time {
        let at = Instant::now();
        let mut source = File::open(dir.join("file")).unwrap();
        let mut buffer = vec![0; 256 << 10];
        while source.read(&mut buffer).unwrap() > 0 {}
        plain = plain.min(at.elapsed());
        for (check, best) in [(Check::Checksum, &mut ours), (Check::Chain, &mut full)] {
            let at = Instant::now();
            let count = reader
                .frames(0, check)
                .unwrap()
                .map(|frame| frame.unwrap().1.header().events)
                .sum::<u32>();
            assert_eq!(u64::from(count), reader.head().position);
            *best = (*best).min(at.elapsed());
        }
    }
    let rate = |took: Duration| bytes as f64 / took.as_secs_f64() / 1e6;
    let figure = |took: Duration| format!("{:.0}", rate(took));
    let ratio = rate(ours) / rate(plain);
    row(
        "reading, checksums proved, MB/s",
        figure(plain),
        figure(ours),
        ratio,
        ">= 0.5".to_owned(),
    );
    row(
        "  chain hashes too",
        figure(plain),
        figure(full),
        rate(full) / rate(plain),
        String::new(),
    );
}
