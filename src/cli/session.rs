//! One open ledger: the only file of the command line that opens, asks and records.

use std::path::Path;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};

use super::failure::Failure;
use super::lookup::Lookup;
use super::output::Output;
use super::progress::Progress;
use super::trouble;
use crate::deal::command::{Command, Intent};
use crate::deal::value::ids::{Actor, CommandId, StreamId, StreamKind};
use crate::deal::value::source::{Evidence, Source};
use crate::deal::value::text::Lang;
use crate::service::ambient::{Ambient, SetClock};
use crate::service::answer::Answer;
use crate::service::evidence;
use crate::service::ledger::{Ledger, Options};
use crate::service::query::Reading;
use crate::service::query::find::Sent;
use crate::store::open::MirrorChoice;

/// An open ledger, and who works with it.
pub(super) struct Session {
    ledger: Arc<Ledger>,
    reading: Reading,
    actor: Actor,
}

impl Session {
    /// Opens a ledger for reading, beside whoever records in it, whatever its state.
    pub(super) fn inspect(dir: &Path, clock: Option<&str>, actor: Actor) -> Result<Self, Failure> {
        let ledger = Ledger::read(dir, &options(clock, None)?);
        let session = Self::of(ledger.map_err(|error| trouble::of_ledger(&error))?, actor)?;
        // Nothing of it has to be closed, and the program ends with its answer: giving the memory of a large ledger back
        // piece by piece takes a second and more in which nobody gets anything.
        std::mem::forget(Arc::clone(&session.ledger));
        std::mem::forget(session.reading.clone());
        Ok(session)
    }

    /// Opens a ledger for reading. Of a damaged one only what stands before the damage can be asked,
    /// and only by its position: an answer must not look whole and rest on a part.
    pub(super) fn read(
        dir: &Path,
        clock: Option<&str>,
        actor: Actor,
        known_at: Option<&str>,
    ) -> Result<Self, Failure> {
        let session = Self::inspect(dir, clock, actor)?;
        let readable = session.ledger.head();
        let asked = known_at.and_then(|typed| typed.trim().parse::<u64>().ok());
        match session.ledger.damage() {
            Some(damage) if asked.is_none_or(|position| position > readable) => {
                Err(trouble::of_damage(&damage, Some(readable)))
            }
            _ => Ok(session),
        }
    }

    /// Opens a ledger for recording, and tells what opening had to mend.
    pub(super) fn write(
        dir: &Path,
        clock: Option<&str>,
        mirror: Option<&Path>,
        actor: Actor,
    ) -> Result<Self, Failure> {
        let ledger = Ledger::open(dir, &options(clock, mirror)?);
        let ledger = ledger.map_err(|error| trouble::of_ledger(&error))?;
        if let Some(damage) = ledger.damage().or_else(|| ledger.stopped()) {
            return Err(trouble::of_damage(&damage, None));
        }
        let output = Output::new(false);
        for finding in ledger.findings() {
            output.aside("Note:", &finding);
        }
        Self::of(ledger, actor)
    }

    /// A ledger that is open already.
    pub(super) fn of(ledger: Ledger, actor: Actor) -> Result<Self, Failure> {
        let models = ledger
            .models_at_head()
            .map_err(|error| trouble::of_models(&error))?;
        let reading = Reading::new(models, ledger.today());
        Ok(Self {
            ledger: Arc::new(ledger),
            reading,
            actor,
        })
    }

    /// The ledger itself.
    pub(super) fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// The ledger, to be held on its own.
    pub(super) fn into_ledger(self) -> Arc<Ledger> {
        self.ledger
    }

    /// Who records.
    pub(super) fn actor(&self) -> &Actor {
        &self.actor
    }

    /// The civil day in the agency's zone.
    pub(super) fn today(&self) -> NaiveDate {
        self.ledger.today()
    }

    /// What is known now.
    pub(super) fn lookup(&self) -> Lookup<'_> {
        let language = self.ledger.opened().languages.first().cloned();
        Lookup::new(&self.reading, language.unwrap_or_else(english))
    }

    /// What is known once the ledger has so many entries.
    pub(super) fn reading_at(&self, position: u64) -> Result<Reading, Failure> {
        let models = self
            .ledger
            .models(position)
            .map_err(|error| trouble::of_models(&error))?;
        Ok(Reading::new(models, self.today()))
    }

    /// What was known at a day, moment or position, asked on a day; both as now unless given.
    pub(super) fn reading_known_at(
        &self,
        known_at: Option<&str>,
        day: Option<NaiveDate>,
    ) -> Result<Reading, Failure> {
        let Some(typed) = known_at else {
            return Ok(match day {
                Some(day) => self.reading.on(day),
                None => self.reading.clone(),
            });
        };
        let known = self
            .ledger
            .known_at(typed)
            .map_err(|error| trouble::of_ledger(&error))?;
        let models = self
            .ledger
            .models_at(known.position)
            .map_err(|error| trouble::of_ledger(&error))?;
        let then = known.day.map_or(self.today(), |day| day.min(self.today()));
        Ok(Reading::new(models, day.unwrap_or(then)))
    }

    /// Records intents as one command.
    pub(super) fn submit(
        &self,
        intents: Vec<Intent>,
        command_id: Option<&str>,
        expected: Option<(StreamId, u64)>,
    ) -> Result<Answer, Failure> {
        let command = Command {
            id: self.command_id(command_id)?,
            actor: self.actor.clone(),
            intents,
            expected,
        };
        self.ledger
            .submit_blocking(command)
            .map_err(|error| trouble::of_command(&error))
    }

    /// The id of a command: as given, else a fresh one.
    pub(super) fn command_id(&self, typed: Option<&str>) -> Result<CommandId, Failure> {
        match typed {
            Some(typed) => typed
                .parse()
                .map_err(|error| Failure::of_field("--command-id", error)),
            None => Ok(self.ledger.new_command_id()),
        }
    }

    /// What a command of this id recorded before, if it was sent before.
    pub(super) fn sent_before(&self, command_id: Option<&str>) -> Result<Option<Sent>, Failure> {
        let Some(typed) = command_id else {
            return Ok(None);
        };
        let command = self.command_id(Some(typed))?;
        Ok(self.reading.sent_by(&self.actor.id, &command))
    }

    /// A stream for a new thing.
    pub(super) fn new_stream(&self, sort: StreamKind) -> StreamId {
        self.ledger.new_stream(sort)
    }

    /// The sources this actor used last.
    pub(super) fn last_sources(&self) -> Vec<Source> {
        self.reading.last_sources(&self.actor.id)
    }

    /// Stores a file as evidence and gives its commitment. A command sent again means the file it
    /// attached the first time, whose commitment another salt would change.
    pub(super) fn attach(&self, file: &Path, sent: Option<&Sent>) -> Result<Evidence, Failure> {
        let before = sent.into_iter().flat_map(|sent| &sent.sources);
        let mut before = before.filter_map(|source| source.evidence.as_ref());
        if let Some(evidence) = before.find(|evidence| self.holds(evidence, file)) {
            return Ok(evidence.clone());
        }
        evidence::attach(&self.ledger, file).map_err(|error| trouble::of_evidence(&error))
    }

    /// Whether the evidence kept is this very file.
    fn holds(&self, kept: &Evidence, file: &Path) -> bool {
        let kept = self
            .ledger
            .dir()
            .and_then(|dir| evidence::read(dir, &kept.commit).ok());
        kept.is_some() && kept == std::fs::read(file).ok()
    }
}

/// The length of a demonstration's journal segments: it is small, and made while somebody waits.
pub(super) const DEMONSTRATION_SEGMENT_BYTES: u64 = 4 << 20;

/// The clock, the mirror, and what is told of long work.
pub(super) fn options(clock: Option<&str>, mirror: Option<&Path>) -> Result<Options, Failure> {
    let ambient = match clock {
        None => Ambient::default(),
        // A demonstration is to come out the same again, ids included.
        Some(typed) => Ambient::set(SetClock::at(moment(typed)?), b"dealtrail set clock"),
    };
    let progress = Progress::of("rebuilding the second copy", "frames");
    Ok(Options {
        ambient,
        mirror: match mirror {
            None => MirrorChoice::Recorded,
            Some(said) if said == Path::new("none") => MirrorChoice::Ended,
            Some(dir) => MirrorChoice::In(dir.to_owned()),
        },
        progress: progress.is_shown().then(|| {
            let told: crate::service::ledger::Progress = Arc::new(move |done, all| {
                progress.told(done, all);
                if done >= all {
                    progress.end();
                }
            });
            told
        }),
        ..Options::default()
    })
}

/// A moment as RFC 3339 writes it.
pub(super) fn moment(typed: &str) -> Result<DateTime<Utc>, Failure> {
    match DateTime::parse_from_rfc3339(typed.trim()) {
        Ok(moment) => Ok(moment.with_timezone(&Utc)),
        Err(_) => Err(
            Failure::of_field("--clock", format!("{typed:?} is no moment"))
                .hint("write such as 2025-04-25T09:00:00Z"),
        ),
    }
}

fn english() -> Lang {
    // PANIC: a fixed text of the right form; every test of names reads it.
    "en".parse().expect("a language code")
}
