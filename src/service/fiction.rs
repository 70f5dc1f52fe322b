//! Makes a ledger with a fictional portfolio: a demonstration ledger that comes out the same, byte for byte, whenever
//! it is made from the same seed and for the same numbers.
//!
//! The commands go through the writer as anybody's do. They are handed in as whole groups, so that the frames do not
//! depend on how fast the machine is, and the next groups are put together while one is recorded. Read models do not
//! follow meanwhile: whoever opens the ledger next folds them.

use std::collections::VecDeque;
use std::path::Path;
use std::sync::Arc;

use uuid::Uuid;

use super::ambient::{Ambient, FictionalIds, Ids, Purpose, SetClock};
use super::answer::{Answer, CommandError};
use super::ledger::Options;
use super::open_error::LedgerError;
use super::opening::{self, Init};
use super::writer::{Limits, PendingGroup, Writer};
use crate::deal::value::ids::EventId;
use crate::deal::value::origin::Origin;
use crate::deal::value::text::{Lang, Names, Text};
use crate::store::open;
use crate::synth::plan::Plan;
use crate::synth::portfolio::Portfolio;
use crate::synth::scene::Timed;

/// How many commands make a group.
const GROUP: usize = 256;
/// How many groups wait or are recorded while the next is put together.
const AHEAD: usize = 3;
/// Up to how many events the journal of a portfolio is kept in short segments.
const SMALL: u64 = 20_000;
/// The length of the segments of a small one, in bytes.
const SMALL_SEGMENT_BYTES: u64 = 4 << 20;

/// A ledger that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// Its id.
    pub id: Uuid,
    /// How many events it has.
    pub position: u64,
    /// How many commands they came from, the opening not counted.
    pub commands: u64,
}

/// Why no ledger was made.
#[derive(Debug, thiserror::Error)]
pub enum FictionError {
    /// There is something in the directory already.
    #[error("{0} is not empty, and a fictional portfolio needs a ledger of its own")]
    Taken(String),
    /// The ledger cannot be made or opened.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// A command was not carried out.
    #[error("entry {position}: {error}")]
    Command {
        /// The position at which it was decided.
        position: u64,
        /// Why.
        error: CommandError,
    },
    /// More or less came of a command than the generator foresaw.
    #[error("entry {position}: {found} entries came of a command that makes {foreseen}")]
    Unforeseen {
        /// The position at which it was decided.
        position: u64,
        /// How many entries were foreseen.
        foreseen: u64,
        /// How many came of it.
        found: u64,
    },
}

/// What is recorded and not answered yet.
struct Waiting {
    answers: PendingGroup,
    foreseen: Vec<u64>,
}

/// Makes the ledger. `progress` is told events done, of all.
///
/// # Errors
/// When the directory holds anything, or cannot be written.
pub fn make(
    dir: &Path,
    plan: &Plan,
    options: &Options,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<Made, FictionError> {
    if std::fs::read_dir(dir).is_ok_and(|mut names| names.next().is_some()) {
        return Err(FictionError::Taken(dir.display().to_string()));
    }
    let clock = SetClock::at(Portfolio::opened());
    let seed = format!("dealtrail fiction {}", plan.seed());
    let ids = FictionalIds::new(seed.as_bytes());
    let ambient = Ambient {
        clock: Arc::new(clock.clone()),
        ids: Arc::new(ids.clone()),
    };
    let (init, segment) = (whose(), segment_bytes(plan, options));
    let file = opening::new_file(&init, &ambient, segment).map_err(LedgerError::from)?;
    open::create(dir, &file, options.disk.as_ref()).map_err(LedgerError::from)?;
    let opened = open::open(dir, options.store()).map_err(LedgerError::from)?;
    let writer = Writer::start(
        Arc::clone(&opened.events),
        file.secret,
        ambient,
        // A portfolio of years is recorded in minutes: everything of it comes by again and again.
        Limits {
            bytes: 1_200 << 20,
            ..options.limits
        },
    );
    let writer = writer.map_err(LedgerError::from)?;
    opening::record(&writer, init)?;
    let foresee = move |now, place, n| EventId::new(ids.draw(Purpose::Event, now, place, n));
    let mut portfolio = Portfolio::new(plan, Arc::new(foresee));
    let commands = tell(&writer, &clock, &mut portfolio, plan.events(), progress)?;
    drop(writer);
    Ok(Made {
        id: file.id,
        position: opened.events.head().position,
        commands,
    })
}

fn segment_bytes(plan: &Plan, options: &Options) -> u64 {
    match plan.events() <= SMALL {
        true => SMALL_SEGMENT_BYTES.min(options.segment_bytes),
        false => options.segment_bytes,
    }
}

/// The agency of the invented country.
fn whose() -> Init {
    // PANIC: language codes of two letters are well formed.
    let language = |code: &str| code.parse::<Lang>().expect("a language code");
    let agency = Text::new("Agency of Tales (fictional)");
    Init {
        // PANIC: a host name and a path.
        origin: Origin::new("dealtrail.example/fiction").expect("an origin"),
        // PANIC: letters and blanks.
        agency: Names::one(language("en"), agency.expect("a name")),
        // PANIC: a name of the IANA list; every test of the zone reads it.
        zone: "Asia/Baku".parse().expect("a zone"),
        languages: ["en", "az", "ru", "zh"].map(language).into(),
        demonstration: true,
    }
}

/// Hands in the portfolio group by group, and gives the number of commands.
fn tell(
    writer: &Writer,
    clock: &SetClock,
    portfolio: &mut Portfolio,
    all: u64,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<u64, FictionError> {
    let mut waiting: VecDeque<Waiting> = VecDeque::new();
    let (mut commands, mut position) = (0_u64, crate::synth::plan::OPENING_EVENTS);
    loop {
        let group: Vec<Timed> = portfolio.by_ref().take(GROUP).collect();
        let is_last = group.is_empty();
        if !is_last {
            commands = commands.saturating_add(group.len() as u64);
            waiting.push_back(hand_in(writer, clock, group, position)?);
        }
        while waiting.len() > if is_last { 0 } else { AHEAD } {
            let Some(next) = waiting.pop_front() else {
                break;
            };
            position = answered(next, position)?;
            progress(position, all);
        }
        if is_last {
            return Ok(commands);
        }
    }
}

fn hand_in(
    writer: &Writer,
    clock: &SetClock,
    group: Vec<Timed>,
    position: u64,
) -> Result<Waiting, FictionError> {
    let foreseen = group.iter().map(|timed| timed.events).collect();
    let steps = group
        .into_iter()
        .map(|timed| (timed.at, timed.command))
        .unzip();
    let answers = writer
        .submit_paced(clock.clone(), steps)
        .map_err(|error| FictionError::Command { position, error })?;
    Ok(Waiting { answers, foreseen })
}

/// Waits for a group; each command has to have made just the events that were foreseen, or the ids that later
/// commands speak of are not those of its events.
fn answered(group: Waiting, mut position: u64) -> Result<u64, FictionError> {
    for (foreseen, outcome) in group.foreseen.into_iter().zip(group.answers.wait()) {
        let Answer { count, .. } =
            outcome.map_err(|error| FictionError::Command { position, error })?;
        let found = u64::from(count);
        if found != foreseen {
            return Err(FictionError::Unforeseen {
                position,
                foreseen,
                found,
            });
        }
        position = position.saturating_add(found);
    }
    Ok(position)
}
