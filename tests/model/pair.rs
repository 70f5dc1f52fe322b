//! The two ledgers and what was done to them.

use std::path::PathBuf;
use std::sync::Arc;

use chrono::Duration;
use dealtrail::deal::command::Command;
use dealtrail::deal::value::ids::EventId;
use dealtrail::service::ambient::{Clock, SetClock};
use dealtrail::service::answer::{Answer, CommandError};
use dealtrail::service::ledger::Ledger;

use super::compare;
use super::flawed::{Flaw, Flawed};
use super::history::{Chance, Known, Step};
use crate::service::support::{clock, init, options};

/// How many steps lie between two comparisons of everything.
const PAUSE: usize = 12;

/// What happened in a history.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Figures {
    pub(crate) commands: u64,
    pub(crate) accepted: u64,
    pub(crate) refused: u64,
    pub(crate) repeated: u64,
    pub(crate) reopenings: u64,
    pub(crate) segments: u64,
}

struct Pair {
    // Closed before its directory goes.
    disk: Option<Ledger>,
    memory: Ledger,
    clock: SetClock,
    known: Known,
    flaw: Option<Flaw>,
    figures: Figures,
    dir: PathBuf,
    _scratch: tempfile::TempDir,
}

/// Plays a history on both ledgers, and tells the step at which they first differ, with what differs.
pub(crate) fn play(
    seed: u64,
    steps: &[Step],
    flaw: Option<Flaw>,
) -> Result<Figures, (usize, String)> {
    let mut pair = Pair::new(flaw);
    let mut chance = Chance::new(!seed);
    for (number, step) in steps.iter().enumerate() {
        let at = |difference| (number, difference);
        pair.step(step).map_err(at)?;
        let last = number + 1 == steps.len();
        if last || number % PAUSE == PAUSE - 1 || matches!(step, Step::Reopen { .. }) {
            pair.compare(&mut chance).map_err(at)?;
        }
    }
    pair.figures.segments = pair.disk().store_info().segments;
    Ok(pair.figures)
}

impl Pair {
    fn new(flaw: Option<Flaw>) -> Self {
        let scratch = tempfile::tempdir().unwrap();
        let dir = scratch.path().join("ledger");
        let clock = clock();
        Self {
            disk: Some(Ledger::create(&dir, init(), &options(&clock)).unwrap()),
            memory: Ledger::memory(init(), &options(&clock)).unwrap(),
            clock,
            known: Known::default(),
            flaw,
            figures: Figures::default(),
            dir,
            _scratch: scratch,
        }
    }

    fn disk(&self) -> &Ledger {
        self.disk.as_ref().unwrap()
    }

    fn step(&mut self, step: &Step) -> Result<(), String> {
        match step {
            Step::Clock(minutes) => self
                .clock
                .set(self.clock.now() + Duration::minutes(*minutes)),
            Step::Reopen { without_sled } => {
                self.disk = None;
                if *without_sled {
                    std::fs::remove_dir_all(self.dir.join("sled")).unwrap();
                }
                let opened = Ledger::open(&self.dir, &options(&self.clock));
                self.disk =
                    Some(opened.map_err(|error| format!("it does not open again: {error}"))?);
                self.figures.reopenings += 1;
            }
            _ => {
                if let Some(command) = self.known.command(step) {
                    self.send(command)?;
                }
            }
        }
        Ok(())
    }

    fn send(&mut self, command: Command) -> Result<(), String> {
        let mut here = self.disk().submit_blocking(command.clone());
        let there = self.memory.submit_blocking(command.clone());
        if let (Some(Flaw::ForgetsThatItAnswered), Ok(answer)) = (self.flaw, here.as_mut()) {
            answer.replayed = false;
        }
        self.count(&there);
        compare::same(&format!("answer to {}", command.id), &here, &there)?;
        if let Ok(answer) = &there {
            for event in answer.events.iter().filter(|_| !answer.replayed) {
                self.learn(event.id, event.stream, event.version);
            }
        }
        self.known.sent.push(command);
        Ok(())
    }

    fn learn(&mut self, id: EventId, stream: dealtrail::deal::value::ids::StreamId, version: u64) {
        self.known.facts.push(id);
        self.known.streams.insert(stream.to_string());
        self.known.versions.retain(|(other, _)| *other != stream);
        self.known.versions.push((stream, version));
    }

    fn count(&mut self, outcome: &Result<Answer, CommandError>) {
        self.figures.commands += 1;
        match outcome {
            Ok(answer) if answer.replayed => self.figures.repeated += 1,
            Ok(_) => self.figures.accepted += 1,
            Err(_) => self.figures.refused += 1,
        }
    }

    fn compare(&self, chance: &mut Chance) -> Result<(), String> {
        let disk = Flawed {
            inner: Arc::clone(self.disk().store()),
            flaw: self.flaw,
        };
        compare::stores(&disk, self.memory.store().as_ref(), &self.known)?;
        compare::models(self.disk(), &self.memory, &self.known, chance)
    }
}
