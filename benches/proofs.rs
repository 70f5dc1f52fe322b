//! What proofs cost: the tree for an entry recorded, a receipt in an open ledger, a checkpoint with some new entries, and the
//! auditor's walk beside `sha256sum` over the same bytes in the same run.
//!
//! `DEALTRAIL_BENCH_LEDGER` is the directory of a ledger, which is only read: what is signed and published goes to a directory
//! of its own beside it. Without it a small fictional one is made. The bars: the tree 1 us of processor time an entry, a
//! receipt 1 ms at the 99th percentile, the walk twice the time of `sha256sum`.
#![allow(clippy::print_stdout)]

use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use dealtrail::proof::checkpoint::SignedCheckpoint;
use dealtrail::proof::tree::leaf_hash;
use dealtrail::service::checkpoint::key_file::Protection;
use dealtrail::service::checkpoint::{Signing, kept};
use dealtrail::service::fiction;
use dealtrail::service::ledger::{Ledger, Options};
use dealtrail::service::receipt;
use dealtrail::service::roots::Roots;
use dealtrail::service::tiles::files::Files;
use dealtrail::service::tiles::lay;
use dealtrail::service::verify::{Against, verify};
use dealtrail::store::journal::disk::{Disk, RealDisk};
use dealtrail::synth::plan::Plan;

const TURNS: usize = 3;
/// How many entries are new when a checkpoint is timed.
const NEW: u64 = 1_000;
const RECEIPTS: u64 = 2_000;

fn main() {
    let made = tempfile::tempdir().unwrap();
    let given = std::env::var_os("DEALTRAIL_BENCH_LEDGER").map_or_else(
        || {
            let dir = made.path().join("ledger");
            let plan = Plan::new(2_000, 20_000, 1).unwrap();
            fiction::make(&dir, &plan, &Options::default(), &mut |_, _| ()).unwrap();
            dir
        },
        PathBuf::from,
    );
    let dir = made.path().join("signed");
    linked(&given, &dir);
    let begun = Instant::now();
    let ledger = Ledger::read(&dir, &Options::default()).unwrap();
    let head = ledger.models_at_head().unwrap().position();
    let ready = begun.elapsed();
    println!("{head} entries, ready in {:.2} s", ready.as_secs_f64());
    tree(&ledger, head);
    checkpoints(&ledger, &dir, head);
    receipts(&ledger, head);
    drop(ledger);
    walks(&dir);
}

/// The same ledger in another directory, whose files are those of the first.
fn linked(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    let from = std::fs::canonicalize(from).unwrap();
    for name in ["LEDGER", "LEDGER.copy", "journal", "snapshots"] {
        if from.join(name).exists() {
            symlink(from.join(name), to.join(name)).unwrap();
        }
    }
}

fn disk() -> Arc<dyn Disk> {
    Arc::new(RealDisk)
}

/// Hashing the stored bytes of an entry and going on with the tree.
fn tree(ledger: &Ledger, head: u64) {
    let (mut entries, mut bytes) = (Vec::new(), 0);
    for frame in ledger.store().read(0).unwrap() {
        for event in frame.unwrap().events() {
            bytes += event.bytes().len();
            entries.push(event.bytes().to_vec());
        }
        if entries.len() >= 200_000 {
            break;
        }
    }
    let count = entries.len();
    let mut least = Duration::MAX;
    for _ in 0..TURNS {
        let begun = processor_time();
        let mut roots = Roots::default();
        entries
            .iter()
            .for_each(|entry| roots.push(leaf_hash(entry)));
        least = least.min(processor_time() - begun);
        assert_eq!(roots.size(), count as u64);
    }
    let each = least.as_secs_f64() * 1e6 / count as f64;
    println!(
        "the tree for an entry: {each:.3} us of processor time ({count} of {head} entries, {} bytes each)",
        bytes / count
    );
}

fn checkpoints(ledger: &Ledger, dir: &Path, head: u64) {
    let signing = Signing::of(ledger, &disk()).unwrap();
    let key = signing.make_key(&Protection::Open).unwrap();
    let (files, before) = (Files::of(&disk(), dir), head.saturating_sub(NEW));
    let begun = Instant::now();
    let laid = lay::lay(&files, ledger.store().as_ref(), None, before).unwrap();
    let signed = SignedCheckpoint::sign(laid.root, &key.open(dir, None).unwrap()).unwrap();
    kept::keep(&RealDisk, dir, &signed).unwrap();
    files.publish(&signed.to_string()).unwrap();
    let (all, written) = (begun.elapsed().as_secs_f64(), laid.written);
    println!(
        "the first checkpoint: {all:.2} s for {before} entries in {written} tiles and bundles"
    );
    let begun = Instant::now();
    let (processor, published) = (processor_time(), signing.sign(&mut || None).unwrap());
    let (clock, processor) = (begun.elapsed(), processor_time() - processor);
    assert!(published.fresh && published.size == head);
    println!(
        "a checkpoint with {} new entries: {:.1} ms on the clock, {:.1} ms of processor time",
        head - before,
        clock.as_secs_f64() * 1e3,
        processor.as_secs_f64() * 1e3
    );
}

fn receipts(ledger: &Ledger, head: u64) {
    let mut times: Vec<Duration> = (0..RECEIPTS)
        .map(|n| {
            let index = n.wrapping_mul(0x9e37_79b9_7f4a_7c15) % head;
            let begun = Instant::now();
            let issued = receipt::issue(ledger, &disk(), index).unwrap();
            let taken = begun.elapsed();
            assert_eq!(issued.size, head);
            taken
        })
        .collect();
    times.sort_unstable();
    let at = |part: usize| times[times.len() * part / 100].as_secs_f64() * 1e3;
    let most = times.last().unwrap().as_secs_f64() * 1e3;
    println!(
        "a receipt in an open ledger: p50 {:.3} ms, p99 {:.3} ms, most {most:.3} ms of {RECEIPTS}",
        at(50),
        at(99)
    );
}

/// The auditor's walk and `sha256sum` take turns; the least time of each counts.
fn walks(dir: &Path) {
    let [mut walk, mut tiles, mut sums] = [Duration::MAX; 3];
    for _ in 0..TURNS {
        sums = sums.min(sha256sum(dir));
        tiles = tiles.min(walked(dir));
        let aside = dir.with_file_name("published");
        std::fs::rename(dir.join("published"), &aside).unwrap();
        walk = walk.min(walked(dir));
        std::fs::rename(&aside, dir.join("published")).unwrap();
    }
    let row = |what: &str, time: Duration| {
        let (time, sums) = (time.as_secs_f64(), sums.as_secs_f64());
        println!("{what}: {time:.2} s, {:.2} times sha256sum", time / sums);
    };
    row("sha256sum over the journal", sums);
    row("verify of the journal", walk);
    row("verify of the journal and everything published", tiles);
}

fn walked(dir: &Path) -> Duration {
    let begun = Instant::now();
    let verified = verify(dir, &disk(), Against::default(), &mut |_, _| ()).unwrap();
    assert!(verified.fits() && verified.wrong_tiles.is_empty());
    begun.elapsed()
}

fn sha256sum(dir: &Path) -> Duration {
    let journal = std::fs::read_dir(dir.join("journal")).unwrap();
    let files = journal.map(|entry| entry.unwrap().path());
    let begun = Instant::now();
    let mut program = Command::new("sha256sum");
    let done = program.args(files).stdout(Stdio::null()).status();
    assert!(done.unwrap().success());
    begun.elapsed()
}

fn processor_time() -> Duration {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    Duration::new(now.tv_sec.unsigned_abs(), now.tv_nsec as u32)
}
