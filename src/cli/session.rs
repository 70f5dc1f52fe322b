//! One ledger, at hand or through a running service: the only file of the command line that opens, asks and records.

use std::path::Path;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use super::client::{Client, Sending, part};
use super::failure::Failure;
use super::lookup::Lookup;
use super::output::Output;
use super::progress::Progress;
use super::sending;
use super::trouble;
use super::view::{Remote, View};
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
use crate::service::query::known::{LastSources, LedgerNow, SentBefore};
use crate::store::open::MirrorChoice;

/// How a ledger is reached.
pub(super) enum With {
    /// It is at hand.
    Ledger(Arc<Ledger>),
    /// Through a service, which said this of it.
    Service {
        /// The service.
        client: Arc<Client>,
        /// What it said.
        now: Box<LedgerNow>,
    },
}

/// A ledger, and who works with it.
pub(super) struct Session {
    with: With,
    view: View,
    actor: Actor,
}

impl Session {
    /// Opens a ledger for reading, beside whoever records in it, whatever its state.
    pub(super) fn inspect(dir: &Path, clock: Option<&str>, actor: Actor) -> Result<Self, Failure> {
        let ledger = Ledger::read(dir, &options(clock, None)?);
        let session = Self::of(ledger.map_err(|error| trouble::of_ledger(&error))?, actor)?;
        // Nothing of it has to be closed, and the program ends with its answer: giving the memory of a large ledger back
        // piece by piece takes a second and more in which nobody gets anything.
        if let With::Ledger(ledger) = &session.with {
            std::mem::forget(Arc::clone(ledger));
        }
        std::mem::forget(session.view.clone());
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
        let ledger = session.ledger()?;
        let readable = ledger.head();
        let asked = known_at.and_then(|typed| typed.trim().parse::<u64>().ok());
        match ledger.damage() {
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
            with: With::Ledger(Arc::new(ledger)),
            view: View::Local(reading),
            actor,
        })
    }

    /// The ledger behind a running service. `actor` is who says they record; the service knows them by their token.
    pub(super) fn through(client: Client, actor: Option<&Actor>) -> Result<Self, Failure> {
        let client = Arc::new(client);
        let now: LedgerNow = client.get("/v1/ledger", &())?;
        if let Some(said) = actor.filter(|said| said.id != now.caller.id) {
            let sentence = format!(
                "this service knows you as {}, not {}",
                now.caller.id, said.id
            );
            return Err(Failure::refused("other_actor", sentence)
                .hint("leave --as out, or use the token of that id"));
        }
        Ok(Self {
            view: View::Remote(Remote::new(Arc::clone(&client), &now)),
            actor: now.caller.clone(),
            with: With::Service {
                client,
                now: Box::new(now),
            },
        })
    }

    /// How the ledger is reached.
    pub(super) fn with(&self) -> &With {
        &self.with
    }

    /// The ledger itself, for what works on its files.
    pub(super) fn ledger(&self) -> Result<&Ledger, Failure> {
        match &self.with {
            With::Ledger(ledger) => Ok(ledger),
            With::Service { .. } => Err(at_hand_only("this")),
        }
    }

    /// The ledger, to be held on its own.
    pub(super) fn into_ledger(self) -> Result<Arc<Ledger>, Failure> {
        match self.with {
            With::Ledger(ledger) => Ok(ledger),
            With::Service { .. } => Err(at_hand_only("this")),
        }
    }

    /// Who records.
    pub(super) fn actor(&self) -> &Actor {
        &self.actor
    }

    /// The civil day in the agency's zone.
    pub(super) fn today(&self) -> NaiveDate {
        match &self.with {
            With::Ledger(ledger) => ledger.today(),
            With::Service { now, .. } => now.today,
        }
    }

    /// What is known now.
    pub(super) fn lookup(&self) -> Lookup<'_> {
        let opened = match &self.with {
            With::Ledger(ledger) => ledger.opened(),
            With::Service { now, .. } => &now.opened,
        };
        let language = opened.languages.first().cloned();
        Lookup::new(&self.view, language.unwrap_or_else(english))
    }

    /// What is known once the ledger has so many entries.
    pub(super) fn reading_at(&self, position: u64) -> Result<View, Failure> {
        match &self.with {
            With::Ledger(ledger) => {
                let models = ledger.models(position);
                let models = models.map_err(|error| trouble::of_models(&error))?;
                Ok(View::Local(Reading::new(models, self.today())))
            }
            With::Service { client, .. } => {
                let now = client.get("/v1/ledger", &[("at_least", position)])?;
                Ok(View::Remote(Remote::new(Arc::clone(client), &now)))
            }
        }
    }

    /// What was known at a day, moment or position, asked on a day; both as now unless given.
    pub(super) fn reading_known_at(
        &self,
        known_at: Option<&str>,
        day: Option<NaiveDate>,
    ) -> Result<View, Failure> {
        let ledger = match &self.with {
            With::Ledger(ledger) => ledger,
            With::Service { .. } if known_at.is_none() && day.is_none() => {
                return Ok(self.view.clone());
            }
            With::Service { client, .. } => {
                let day = day.map(|day| ("as_of", day.to_string()));
                let known = known_at.map(|typed| ("known_at", typed.to_owned()));
                let query: Vec<(&str, String)> = day.into_iter().chain(known).collect();
                let now = client.get("/v1/ledger", &query)?;
                return Ok(View::Remote(Remote::new(Arc::clone(client), &now)));
            }
        };
        let Some(typed) = known_at else {
            return Ok(match (&self.view, day) {
                (View::Local(reading), Some(day)) => View::Local(reading.on(day)),
                (view, _) => view.clone(),
            });
        };
        let known = ledger.known_at(typed);
        let known = known.map_err(|error| trouble::of_ledger(&error))?;
        let models = ledger.models_at(known.position);
        let models = models.map_err(|error| trouble::of_ledger(&error))?;
        let then = known.day.map_or(self.today(), |day| day.min(self.today()));
        Ok(View::Local(Reading::new(models, day.unwrap_or(then))))
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
        match &self.with {
            With::Ledger(ledger) => ledger
                .submit_blocking(command)
                .map_err(|error| trouble::of_command(&error)),
            With::Service { client, .. } => {
                client.nothing_missed()?;
                sending::send(client, &command)
            }
        }
    }

    /// The id of a command: as given, else a fresh one.
    pub(super) fn command_id(&self, typed: Option<&str>) -> Result<CommandId, Failure> {
        match typed {
            Some(typed) => typed
                .parse()
                .map_err(|error| Failure::of_field("--command-id", error)),
            None => Ok(match &self.with {
                With::Ledger(ledger) => ledger.new_command_id(),
                With::Service { .. } => CommandId::from(Uuid::now_v7()),
            }),
        }
    }

    /// What a command of this id recorded before, if it was sent before.
    pub(super) fn sent_before(&self, command_id: Option<&str>) -> Result<Option<Sent>, Failure> {
        let Some(typed) = command_id else {
            return Ok(None);
        };
        let command = self.command_id(Some(typed))?;
        match (&self.with, &self.view) {
            (With::Service { client, .. }, _) => {
                let path = format!("/v1/commands/{}", part(command.as_str()));
                match client.get::<SentBefore>(&path, &()) {
                    Ok(sent) => Ok(Some(Sent {
                        stream: sent.stream,
                        sources: sent.sources,
                    })),
                    Err(failure) if failure.code == "unknown_command" => Ok(None),
                    Err(failure) => Err(failure),
                }
            }
            (_, View::Local(reading)) => Ok(reading.sent_by(&self.actor.id, &command)),
            (_, View::Remote(_)) => Ok(None),
        }
    }

    /// A stream for a new thing.
    pub(super) fn new_stream(&self, sort: StreamKind) -> StreamId {
        match &self.with {
            With::Ledger(ledger) => ledger.new_stream(sort),
            With::Service { .. } => StreamId::new(sort, Uuid::now_v7()),
        }
    }

    /// The sources this actor used last.
    pub(super) fn last_sources(&self) -> Result<Vec<Source>, Failure> {
        match (&self.with, &self.view) {
            (With::Service { client, .. }, _) => {
                let last: LastSources = client.get("/v1/sources/last", &())?;
                Ok(last.sources)
            }
            (_, View::Local(reading)) => Ok(reading.last_sources(&self.actor.id)),
            (_, View::Remote(_)) => Ok(Vec::new()),
        }
    }

    /// Stores a file as evidence and gives its commitment. A command sent again means the file it
    /// attached the first time, whose commitment another salt would change.
    pub(super) fn attach(&self, file: &Path, sent: Option<&Sent>) -> Result<Evidence, Failure> {
        let before = sent.into_iter().flat_map(|sent| &sent.sources);
        let mut before = before.filter_map(|source| source.evidence.as_ref());
        if let Some(evidence) = before.find(|evidence| self.holds(evidence, file)) {
            return Ok(evidence.clone());
        }
        match &self.with {
            With::Ledger(ledger) => {
                evidence::attach(ledger, file).map_err(|error| trouble::of_evidence(&error))
            }
            With::Service { client, .. } => {
                let read = evidence::outside(file).map_err(|error| trouble::of_evidence(&error));
                let (bytes, media) = read?;
                client.post(
                    "/v1/evidence",
                    Sending {
                        headers: Vec::new(),
                        body: Some((media, bytes)),
                    },
                )
            }
        }
    }

    /// Whether the evidence kept is this very file.
    fn holds(&self, kept: &Evidence, file: &Path) -> bool {
        let kept = match &self.with {
            With::Ledger(ledger) => ledger
                .dir()
                .and_then(|dir| evidence::read(dir, &kept.commit).ok()),
            With::Service { client, .. } => client
                .bytes(&format!("/v1/evidence/{}", kept.commit), &())
                .ok(),
        };
        kept.is_some() && kept == std::fs::read(file).ok()
    }
}

/// The refusal of what works on a ledger's own files.
pub(super) fn at_hand_only(what: &str) -> Failure {
    Failure::refused(
        "not_through_a_service",
        format!("{what} works on a ledger's own directory, and a service was named"),
    )
    .hint("leave --server out (and DEALTRAIL_SERVER unset), and name the directory with --data on the machine that has it")
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
