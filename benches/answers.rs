//! How long an answer takes in a ledger that stays open: reports over everything, each time with other parameters.
//!
//! `DEALTRAIL_BENCH_LEDGER` is the directory of a ledger, which is only read; without it a small fictional one is made.
//! `DEALTRAIL_BENCH_TURNS` (100) is how often each question is asked; no two have the same parameters. A window of
//! `practical-steps` is as long as it may be with at most 1,000 steps in it. Times are those of the whole answer, from the
//! question to the finished Document. The bars: a window 50 ms, the portfolio as known at any position 1 s, one agreement as
//! known at any position 200 ms, each at the 99th percentile; the whole report 2 s.
#![allow(clippy::print_stdout)]

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use chrono::{Days, NaiveDate};
use dealtrail::deal::value::ids::StreamKind;
use dealtrail::projection::description;
use dealtrail::projection::standing::standing;
use dealtrail::service::fiction;
use dealtrail::service::ledger::{Ledger, Options};
use dealtrail::service::publish::{self, Asked};
use dealtrail::synth::plan::Plan;

/// The program's own.
#[cfg(feature = "jemalloc")]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// The most steps a window has.
const STEPS: u64 = 1_000;

fn main() {
    let made = tempfile::tempdir().unwrap();
    let dir = std::env::var_os("DEALTRAIL_BENCH_LEDGER").map_or_else(
        || {
            let dir = made.path().join("ledger");
            let plan = Plan::new(2_000, 20_000, 1).unwrap();
            fiction::make(&dir, &plan, &Options::default(), &mut |_, _| ()).unwrap();
            dir
        },
        PathBuf::from,
    );
    let turns = std::env::var("DEALTRAIL_BENCH_TURNS");
    let turns: usize = turns.map_or(100, |turns| turns.parse().unwrap());
    let begun = Instant::now();
    let ledger = Ledger::read(&dir, &Options::default()).unwrap();
    let head = ledger.models_at_head().unwrap().position();
    println!(
        "{head} entries, ready in {:.2} s",
        begun.elapsed().as_secs_f64()
    );
    let days = steps_by_day(&ledger);
    steps(&ledger, &days, turns);
    let last = days.keys().next_back().copied();
    past(&ledger, last.unwrap(), turns);
}

/// Some number below `of`, another one for each `n`.
fn spread(n: usize, of: usize) -> usize {
    n.wrapping_mul(0x9e37_79b9) % of.max(1)
}

/// Reports of steps.
fn steps(ledger: &Ledger, days: &BTreeMap<NaiveDate, u64>, turns: usize) {
    let windows = windows(days);
    let ask = |(since, until): (NaiveDate, NaiveDate)| {
        let days = [("since", since), ("until", until)];
        document(ledger, "practical-steps", &days, None)
    };
    // The first question is answered for its day alone; with the second the agreements' courses are drawn and kept.
    row("the first report of steps", 1, |_| ask(windows[0]));
    row("the second, which keeps", 1, |_| {
        ask(*windows.last().unwrap())
    });
    let turns = turns.min(windows.len());
    row("a window of practical-steps", turns, |n| {
        ask(windows[n * windows.len() / turns])
    });
    let last = *days.keys().next_back().unwrap();
    row("practical-steps of everything", 3, |n| {
        let until = last - Days::new(n as u64);
        document(ledger, "practical-steps", &[("until", until)], None)
    });
}

/// What was known at any time.
fn past(ledger: &Ledger, last: NaiveDate, turns: usize) {
    let models = ledger.models_at_head().unwrap();
    let head = models.position() as usize;
    let position = |n: usize| 1 + spread(n + 1, head - 1) as u64;
    let streams = models.status.of_kind(StreamKind::Agreement);
    let streams: Vec<_> = streams.map(|book| book.id).collect();
    drop(models);
    row("one agreement as known at any position", turns, |n| {
        let stream = streams[spread(n, streams.len())];
        let known = ledger.boundary(position(n)).unwrap();
        let known = ledger.models_at(known).unwrap();
        let standing = known.standing(stream, last);
        standing.map_or(0, |standing| standing.milestones.len())
    });
    row(
        "the portfolio as known at any position",
        turns.min(40),
        |n| document(ledger, "portfolio", &[], Some(position(n))),
    );
}

/// How many practical steps there are, by the day they were taken.
fn steps_by_day(ledger: &Ledger) -> BTreeMap<NaiveDate, u64> {
    let models = ledger.models_at_head().unwrap();
    let agreements = models.status.drawn(StreamKind::Agreement, |book| {
        let track = models.ledger.track(description::class_of(book));
        let standing = standing(book, track, ledger.today());
        let steps = standing.steps().map(|step| step.day);
        book.is_registered().then(|| steps.collect::<Vec<_>>())
    });
    let mut days = BTreeMap::new();
    for day in agreements.into_iter().flatten() {
        *days.entry(day).or_default() += 1;
    }
    days
}

/// For each day the longest window that ends there and has few enough steps.
fn windows(days: &BTreeMap<NaiveDate, u64>) -> Vec<(NaiveDate, NaiveDate)> {
    let ends = days.keys().filter_map(|until| {
        let (mut since, mut steps) = (None, 0);
        for (day, count) in days.range(..=until).rev() {
            steps += count;
            if steps > STEPS {
                break;
            }
            since = Some(*day);
        }
        Some((since?, *until))
    });
    ends.collect()
}

fn document(
    ledger: &Ledger,
    name: &str,
    days: &[(&str, NaiveDate)],
    known_at: Option<u64>,
) -> usize {
    let parameters = days
        .iter()
        .map(|(name, day)| ((*name).to_owned(), day.to_string()));
    let asked = Asked {
        name: name.to_owned(),
        parameters: parameters.collect(),
        known_at: known_at.map(|position| position.to_string()),
        ..Asked::default()
    };
    publish::document(ledger, &asked).unwrap().parts.len()
}

/// Asks so many times and tells the median, the 99th percentile and the longest by the clock, and the median of the
/// processor's time, all threads together: on a machine that does other things, too, only that one tells.
fn row(about: &str, turns: usize, mut ask: impl FnMut(usize) -> usize) {
    let mut worked: Vec<Duration> = Vec::new();
    let mut took: Vec<Duration> = (0..turns)
        .map(|n| {
            let (begun, before) = (Instant::now(), processor_time());
            assert!(ask(n) < usize::MAX);
            worked.push(processor_time() - before);
            begun.elapsed()
        })
        .collect();
    worked.sort_unstable();
    took.sort_unstable();
    let at = |part: f64| {
        let place = ((took.len() - 1) as f64 * part).round() as usize;
        took[place].as_secs_f64() * 1e3
    };
    println!(
        "{about:<40} {turns:>4} times: median {:>8.1} ms, p99 {:>8.1} ms, most {:>8.1} ms; processor {:>8.1} ms",
        at(0.5),
        at(0.99),
        at(1.0),
        worked[worked.len() / 2].as_secs_f64() * 1e3,
    );
}

/// What the processor has worked for this process so far.
fn processor_time() -> Duration {
    let spent = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    Duration::new(spent.tv_sec as u64, spent.tv_nsec as u32)
}
