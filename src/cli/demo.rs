//! `demo`: a demonstration ledger with a true-to-life portfolio.
//!
//! Three public reports are recorded on the days they came out, through ordinary commands. Every
//! command has an id of its own: what a run that was cut short has recorded is not recorded again.

mod bodies;
mod conference;
mod intents;
mod meeting;
mod plan;
mod steps;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use clap::Args;

use super::context::{Context, quoted};
use super::failure::Failure;
use super::progress::Progress;
use super::report::Ask;
use super::serve;
use super::session::Session;
use super::trouble;
use crate::config::{self, Flags};
use crate::deal::command::Command;
use crate::deal::value::ids::{Actor, KnownBy};
use crate::deal::value::origin::Origin;
use crate::deal::value::text::{Lang, Names, Text};
use crate::deal::value::zone::Zone;
use crate::service::access;
use crate::service::ambient::{Ambient, SetClock, SystemClock};
use crate::service::answer::Answer;
use crate::service::ledger::{Ledger, Options};
use crate::service::open_error::LedgerError;
use crate::service::opening;
use intents::Labels;
use plan::{Batch, Entry};

/// When the demonstration ledger is opened: the morning of the first report.
const OPENED: &str = "2025-04-18T06:00:00Z";

/// When its report is asked for, unless --clock says otherwise.
const TODAY: &str = "2025-04-26T08:00:00Z";

/// The demonstration's own ids: the same on every machine, and so is its root.
const SEED: &[u8] = b"dealtrail demonstration 1";

/// Make a demonstration ledger and print the practical steps taken
///
/// Thirteen documents were signed in Beijing in April 2025. Three reports of the time are recorded on
/// the days they came out; then the report of practical steps is printed as known on 26 April 2025, and the ledger is
/// served to this machine until Ctrl-C. With --json the report is printed and nothing served.
#[derive(Debug, Args)]
pub(super) struct Demo {
    /// The directory of the demonstration ledger; made once, reused after
    #[arg(value_name = "DIR", default_value = "./dealtrail-demo")]
    dir: PathBuf,
    /// Only print
    #[arg(long)]
    no_serve: bool,
    /// The address to listen on [env: DEALTRAIL_LISTEN] [default: 127.0.0.1:7878]
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<String>,
}

impl Demo {
    /// Adds what was said of the service.
    pub(super) fn flags(&self, flags: Flags) -> Flags {
        flags.with(config::LISTEN, self.listen.clone())
    }

    /// Runs the command.
    pub(super) fn run(&self, context: &Context) -> Result<(), Failure> {
        let clock = SetClock::at(moment(OPENED)?);
        let options = Options {
            ambient: Ambient::set(clock.clone(), SEED),
            segment_bytes: super::session::DEMONSTRATION_SEGMENT_BYTES,
            ..super::session::options(None, context.mirror())?
        };
        let ledger = open(&self.dir, &options)?;
        load(&ledger, &clock)?;
        clock.set(moment(TODAY)?);
        let session = Session::of(ledger, actor()?)?;
        let output = context.output();
        Ask {
            name: "practical-steps",
            since: Some("2025-04-17"),
            until: Some("2025-04-26"),
            known_at: Some("2025-04-26"),
            ..Ask::default()
        }
        .print(&session, output)?;
        if output.is_json() {
            return Ok(());
        }
        output.line("")?;
        output.line("The same report as it was known on 20 April 2025:")?;
        output.line(&format!(
            "  dealtrail --data {} report practical-steps --since 2025-04-17 --until 2025-04-20 --known-at 2025-04-20",
            quoted(&self.dir.to_string_lossy())
        ))?;
        if self.no_serve {
            return Ok(());
        }
        output.line("")?;
        let (ledger, actor) = (session.into_ledger()?, actor()?.id);
        let place = (self.dir.as_path(), ledger.id());
        let opened = |local| access::open(place, local, actor, Arc::new(SystemClock));
        serve::serve(context, ledger, opened, |address| {
            output.line(&format!("Serving it on {address}"))?;
            output.line(&format!("  {address}/docs  shows what can be asked"))?;
            output.line("  Ctrl-C ends it")
        })
    }
}

/// Opens the demonstration ledger, making it first where there is none.
fn open(dir: &Path, options: &Options) -> Result<Ledger, Failure> {
    let is_there = dir.join("LEDGER").exists();
    let ledger = match is_there {
        true => Ledger::open(dir, options),
        false => Ledger::create(dir, whose()?, options),
    };
    // Cut short between making the directory and its first entry, it is made again.
    let ledger = match ledger {
        Err(error) if is_there && matches!(error, LedgerError::NeverOpened(_)) => {
            Ledger::create(dir, whose()?, options)
        }
        other => other,
    };
    ledger.map_err(|error| trouble::of_ledger(&error))
}

fn whose() -> Result<opening::Init, Failure> {
    let own = |error: &dyn std::fmt::Display| Failure::broken("demonstration", error.to_string());
    let english: Lang = "en".parse().map_err(|error| own(&error))?;
    let agency = Text::new("AZPROMO (demonstration)").map_err(|error| own(&error))?;
    Ok(opening::Init {
        origin: Origin::new("dealtrail.example/demo").map_err(|error| own(&error))?,
        agency: Names::one(english.clone(), agency),
        zone: "Asia/Baku".parse::<Zone>().map_err(|error| own(&error))?,
        languages: vec![english],
        demonstration: true,
    })
}

/// Records the portfolio, each command at its own moment.
fn load(ledger: &Ledger, clock: &SetClock) -> Result<(), Failure> {
    let mut labels = Labels::new();
    let progress = Progress::of("recording the reports", "commands");
    let batches = batches();
    let all = u64::try_from(batches.len()).unwrap_or_default();
    for (batch, done) in batches.iter().zip(1..) {
        clock.set(moment(batch.at)?);
        let own = |why: String| Failure::broken("demonstration", why);
        let command = Command {
            id: batch
                .id
                .parse()
                .map_err(|error| own(format!("{}: {error}", batch.id)))?,
            actor: actor()?,
            intents: intents::of(batch, &labels).map_err(own)?,
            expected: None,
        };
        let answer = ledger
            .submit_blocking(command)
            .map_err(|error| own(format!("{}: {error}", batch.id)).hint(error.hint()))?;
        learn(batch, &answer, &mut labels);
        progress.told(done, all);
    }
    progress.end();
    Ok(())
}

/// Keeps the events of labelled facts for later entries to point at.
fn learn(batch: &Batch, answer: &Answer, labels: &mut Labels) {
    for (entry, event) in batch.entries.iter().zip(&answer.events) {
        if let Entry::Fact(fact) = entry
            && let Some(label) = fact.label
        {
            labels.insert(label, event.id);
        }
    }
}

/// The demonstration is recorded by the program itself.
fn actor() -> Result<Actor, Failure> {
    let id = "system:demonstration".parse();
    let id = id.map_err(|error| Failure::broken("demonstration", format!("{error}")))?;
    Ok(Actor {
        id,
        known_by: KnownBy::System,
    })
}

fn moment(text: &str) -> Result<DateTime<Utc>, Failure> {
    let found = plan::moment(text);
    found.ok_or_else(|| Failure::broken("demonstration", format!("{text} is no moment")))
}

/// Every command of the portfolio, in the order of recording.
fn batches() -> Vec<Batch> {
    let mut batches = conference::batches();
    batches.extend(meeting::batches());
    batches.extend(steps::batches());
    batches
}

#[cfg(test)]
mod tests;
