//! Measures dealtrail beside UmaDB and a plain file, in one run and in turns. `benches/peers/run` starts the servers.

mod content;
mod dealtrail;
mod file;
mod load;
mod measure;
mod peer;
mod table;
mod umadb;
mod work;

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread::available_parallelism;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use clap::Parser;
use serde_json::json;

use crate::file::PlainFile;
use crate::load::Load;
use crate::measure::{Round, Time};
use crate::peer::{Peer, Thing};
use crate::table::{Part, Row};
use crate::work::{Measurement, Work};

/// Measures dealtrail beside UmaDB in one run, in turns.
#[derive(Debug, Parser)]
struct Options {
    /// Where dealtrail answers, as host:port; its ledger has to be empty
    #[arg(long, value_name = "ADDRESS")]
    dealtrail: String,
    /// Where UmaDB answers, as http://host:port; it has to be empty
    #[arg(long, value_name = "URL")]
    umadb: String,
    /// Where the plain file is made: on the same disk as what the two store
    #[arg(long, value_name = "FILE")]
    file: PathBuf,
    /// How often each measurement is made, by turns
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u64).range(1..))]
    rounds: u64,
    /// How long each is counted, in seconds; a fourth of that passes before
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u64).range(1..))]
    seconds: u64,
    /// How many things of one event are appended to
    #[arg(long, default_value_t = 2_000)]
    things: usize,
    /// How many things of 20 events are read
    #[arg(long, default_value_t = 10_000)]
    long: usize,
    /// How many events are loaded in one call: 1 as they come in the field, up to 1,000 as imports bring them
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=1000))]
    together: u16,
    /// Measure this alone: append, batch, read or replay (may be repeated)
    #[arg(long, value_name = "WORK", value_parser = ["append", "batch", "read", "replay"])]
    only: Vec<String>,
    /// Print a JSON object a line
    #[arg(long)]
    json: bool,
}

/// A peer and what is known of its things.
struct Contestant {
    peer: Peer,
    things: Vec<Thing>,
}

#[tokio::main]
async fn main() -> Result<()> {
    let options = Options::parse();
    let wanted = |one: &&Measurement| {
        options.only.is_empty() || options.only.iter().any(|name| name == one.work.name())
    };
    let wanted: Vec<Measurement> = work::ALL.iter().filter(wanted).copied().collect();
    let most = wanted.iter().map(|one| one.clients).max().unwrap_or(1);
    ensure!(
        options.things >= most,
        "--things has to be {most} at least: each client has its own"
    );
    ensure!(options.long > 0, "--long has to be 1 at least");
    introduce(&options);
    let load = Load {
        long: options.long,
        short: options.things,
        together: usize::from(options.together),
    };

    let mut contestants = Vec::new();
    for peer in [
        Peer::File(Arc::new(PlainFile::create(&options.file)?)),
        Peer::UmaDb(options.umadb.clone()),
        Peer::Dealtrail(options.dealtrail.clone()),
    ] {
        let things = load.into(&peer).await;
        let things = things.with_context(|| format!("{} could not be loaded", peer.name()))?;
        contestants.push(Contestant { peer, things });
    }
    if !options.json {
        table::print_head();
    }
    for (at, measurement) in wanted.into_iter().enumerate() {
        let first = (at as u64 + 1) * options.rounds;
        let part = part(&mut contestants, measurement, &options, load, first).await?;
        if options.json {
            part.print_json()
        } else {
            part.print()
        }
    }
    Ok(())
}

/// On what this runs: figures mean nothing without it.
fn introduce(options: &Options) {
    let processors = available_parallelism().map_or(0, usize::from);
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split(' ').next().unwrap_or_default();
    let Options {
        rounds,
        seconds,
        things,
        long,
        together,
        ..
    } = options;
    if options.json {
        let line = json!({
            "processors": processors, "load_before": load.parse::<f64>().ok(), "rounds": rounds, "seconds": seconds,
            "things": things, "long": long, "together": together,
        });
        println!("{line}");
    } else {
        println!(
            "{processors} processors, load average {load} before; {rounds} rounds of {seconds} s"
        );
    }
}

/// One measurement: every round everybody, each round another first.
async fn part(
    contestants: &mut [Contestant],
    measurement: Measurement,
    options: &Options,
    load: Load,
    first: u64,
) -> Result<Part> {
    let time = Time {
        before: Duration::from_millis(options.seconds.saturating_mul(250)),
        counted: Duration::from_secs(options.seconds),
    };
    let mut rows: Vec<Row> = Vec::new();
    for contestant in contestants.iter() {
        rows.push(Row {
            peer: contestant.peer.name(),
            rounds: Vec::new(),
        });
    }
    for round in 0..options.rounds {
        let count = contestants.len();
        for turn in 0..count {
            let at = (round as usize + turn) % count;
            let (Some(contestant), Some(row)) = (contestants.get_mut(at), rows.get_mut(at)) else {
                continue;
            };
            let Contestant { peer, things } = contestant;
            if measurement.work == Work::Read && !peer.finds() {
                continue;
            }
            let done: Result<Round> = match measurement.work {
                Work::Replay => measure::replay(peer, load.events()).await,
                _ => {
                    measure::crowd(peer, measurement, time, things, options.long, first + round)
                        .await
                }
            };
            let done = done.with_context(|| format!("{}: {measurement}", peer.name()))?;
            row.rounds.push(done);
        }
    }
    rows.retain(|row| !row.rounds.is_empty());
    Ok(Part { measurement, rows })
}
