//! The two ledgers and what was done to them.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;
use std::path::PathBuf;
use std::sync::Arc;

use chrono::Duration;
use dealtrail::deal::command::Command;
use dealtrail::deal::event::Kind;
use dealtrail::deal::value::ids::EventId;
use dealtrail::service::ambient::{Clock, SetClock};
use dealtrail::service::answer::{Answer, CommandError};
use dealtrail::service::ledger::{Ledger, Options};

use super::chance::Chance;
use super::compare::{self, Difference};
use super::flawed::{Flaw, Flawed};
use super::history::{ACTORS, Known, Learned, Step};
use crate::service::support::{clock, init, options};

/// How many steps lie between two comparisons of everything.
const PAUSE: usize = 12;

/// What happened in a history.
#[derive(Debug, Default, Clone)]
pub(crate) struct Figures {
    pub(crate) commands: u64,
    pub(crate) accepted: u64,
    pub(crate) refused: u64,
    pub(crate) repeated: u64,
    pub(crate) reopenings: u64,
    pub(crate) segment_changes: u64,
    /// How often each kind of event was stored.
    pub(crate) kinds: BTreeMap<String, u64>,
    /// How often a command was refused for each reason.
    pub(crate) reasons: BTreeMap<&'static str, u64>,
}

impl Figures {
    /// Adds those of another history.
    pub(crate) fn add(&mut self, other: Self) {
        self.commands += other.commands;
        self.accepted += other.accepted;
        self.refused += other.refused;
        self.repeated += other.repeated;
        self.reopenings += other.reopenings;
        self.segment_changes += other.segment_changes;
        for (kind, times) in other.kinds {
            *self.kinds.entry(kind).or_default() += times;
        }
        for (reason, times) in other.reasons {
            *self.reasons.entry(reason).or_default() += times;
        }
    }
}

struct Pair {
    // Closed before its directory goes.
    disk: Option<Ledger>,
    memory: Ledger,
    clock: SetClock,
    known: Known,
    flaw: Option<Flaw>,
    figures: Figures,
    /// How many events were found equal since the ledger on disk was opened.
    compared: u64,
    dir: PathBuf,
    _scratch: tempfile::TempDir,
}

/// Plays a history on both ledgers, and tells the step at which they first differ, with what differs.
pub(crate) fn play(
    seed: u64,
    steps: &[Step],
    flaw: Option<Flaw>,
) -> Result<Figures, (usize, Difference)> {
    let number = Cell::new(0);
    // A panic is a difference too: it has to be told with the seed, and made short.
    let played = std::panic::catch_unwind(AssertUnwindSafe(|| whole(seed, steps, flaw, &number)));
    let difference = match played {
        Ok(Ok(figures)) => return Ok(figures),
        Ok(Err(difference)) => difference,
        Err(panic) => {
            let text = panic.downcast_ref::<String>().map(String::as_str);
            let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
            Difference {
                question: "a panic",
                told: format!("a panic: {}", text.unwrap_or("without words")),
            }
        }
    };
    Err((number.get(), difference))
}

fn whole(
    seed: u64,
    steps: &[Step],
    flaw: Option<Flaw>,
    number: &Cell<usize>,
) -> Result<Figures, Difference> {
    let mut pair = Pair::new(flaw);
    let mut chance = Chance::new(!seed);
    for (at, step) in steps.iter().enumerate() {
        number.set(at);
        pair.step(step)?;
        let last = at + 1 == steps.len();
        if last || at % PAUSE == PAUSE - 1 || matches!(step, Step::Reopen { .. }) {
            pair.compare(&mut chance)?;
        }
    }
    pair.beside(&mut chance)?;
    pair.finish()
}

impl Pair {
    fn new(flaw: Option<Flaw>) -> Self {
        let scratch = tempfile::tempdir().unwrap();
        let dir = scratch.path().join("ledger");
        let clock = clock();
        let memory = Ledger::memory(init(), &options(&clock)).unwrap();
        let mut pair = Self {
            disk: Some(Ledger::create(&dir, init(), &small(&clock)).unwrap()),
            known: Known::nothing(memory.today()),
            memory,
            clock,
            flaw,
            figures: Figures::default(),
            compared: 0,
            dir,
            _scratch: scratch,
        };
        // What opening recorded is the ledger's own, and commands may name it.
        for seq in 0..pair.memory.head() {
            let event = pair.memory.store().event(seq).unwrap().unwrap();
            let learned = Learned {
                id: EventId::new(event.id()),
                stream: event.stream().parse().unwrap(),
                kind: Kind::of(event.kind()),
                own: false,
            };
            pair.learn(learned, event.version());
        }
        pair
    }

    fn disk(&self) -> &Ledger {
        self.disk.as_ref().unwrap()
    }

    fn step(&mut self, step: &Step) -> Result<(), Difference> {
        self.known.today = self.memory.today();
        match step {
            Step::Clock(minutes) => self
                .clock
                .set(self.clock.now() + Duration::minutes(*minutes)),
            Step::Reopen { without_sled, back } => {
                self.disk = None;
                self.clock.set(self.clock.now() - Duration::minutes(*back));
                if *without_sled {
                    std::fs::remove_dir_all(self.dir.join("sled")).unwrap();
                }
                let opened = Ledger::open(&self.dir, &small(&self.clock));
                self.disk = Some(opened.map_err(|error| Difference {
                    question: "whether it opens",
                    told: format!("whether it opens again: {error}"),
                })?);
                self.compared = 0;
                self.figures.reopenings += 1;
            }
            _ => {
                if let Some(command) = self.known.command(step) {
                    self.clock.set(self.clock.now() + Duration::seconds(40));
                    self.send(command)?;
                }
            }
        }
        Ok(())
    }

    fn send(&mut self, command: Command) -> Result<(), Difference> {
        let mut here = self.disk().submit_blocking(command.clone());
        let there = self.memory.submit_blocking(command.clone());
        if let (Some(Flaw::ForgetsThatItAnswered), Ok(answer)) = (self.flaw, here.as_mut()) {
            answer.replayed = false;
        }
        self.count(&there);
        compare::same("answer to", &command.id, &here, &there)?;
        if let Ok(answer) = &there {
            for event in answer.events.iter().filter(|_| !answer.replayed) {
                let stored = self.memory.store().event(event.seq).unwrap().unwrap();
                let learned = Learned {
                    id: event.id,
                    stream: event.stream,
                    kind: Kind::of(stored.kind()),
                    own: command.actor.id.as_str() == ACTORS[0],
                };
                self.learn(learned, event.version);
            }
        }
        self.known.sent.push(command);
        Ok(())
    }

    fn learn(&mut self, learned: Learned, version: u64) {
        let stream = learned.stream;
        self.known.facts.push(learned);
        self.known.streams.insert(stream.to_string());
        self.known.versions.retain(|(other, _)| *other != stream);
        self.known.versions.push((stream, version));
    }

    fn count(&mut self, outcome: &Result<Answer, CommandError>) {
        self.figures.commands += 1;
        match outcome {
            Ok(answer) if answer.replayed => self.figures.repeated += 1,
            Ok(_) => self.figures.accepted += 1,
            Err(error) => {
                self.figures.refused += 1;
                *self.figures.reasons.entry(error.code()).or_default() += 1;
            }
        }
    }

    fn compare(&mut self, chance: &mut Chance) -> Result<(), Difference> {
        let disk = Flawed {
            inner: Arc::clone(self.disk().store()),
            flaw: self.flaw,
        };
        let memory = self.memory.store().as_ref();
        compare::stores(&disk, memory, &self.known, self.compared)?;
        compare::models(self.disk(), &self.memory, &self.known, chance)?;
        self.compared = self.memory.head();
        Ok(())
    }

    /// Whoever only reads, beside the writer and from the journal alone, sees the same ledger.
    fn beside(&self, chance: &mut Chance) -> Result<(), Difference> {
        let reader = Ledger::read(&self.dir, &small(&self.clock)).map_err(|error| Difference {
            question: "whether it opens",
            told: format!("whether it opens for reading: {error}"),
        })?;
        let memory = self.memory.store().as_ref();
        compare::stores(reader.store().as_ref(), memory, &self.known, 0)?;
        compare::models(&reader, &self.memory, &self.known, chance)
    }

    fn finish(mut self) -> Result<Figures, Difference> {
        // The spare is not among them: a segment counts once a frame stands in it.
        self.figures.segment_changes = self.disk().store_info().segments - 1;
        for seq in 0..self.memory.head() {
            let event = self.memory.store().event(seq).unwrap().unwrap();
            let times = self.figures.kinds.entry(event.kind().to_owned());
            *times.or_default() += 1;
        }
        Ok(self.figures)
    }
}

/// As the ledger in memory, and with so little room for folded streams that they have to be folded again and again.
fn small(clock: &SetClock) -> Options {
    let mut options = options(clock);
    options.limits.books = 2;
    options
}
