//! Deciding and recording, one group of commands at a time.
//!
//! A group becomes one frame of the store and one sync. Everything a command is told that rests on the
//! group waits for that sync: refusals and repeated answers too, for they speak of a state that is not
//! durable before it.

use std::sync::Arc;
use std::time::Instant;

use chrono::{DateTime, Utc};

use super::batch::{self, Prepared};
use super::body::{self, Digested};
use super::group::{Group, Outcome};
use super::known::{Known, WorldError};
use super::watch::ClockWatch;
use crate::deal::command::{Command, Intent};
use crate::deal::decide::decide;
use crate::deal::decision::{DecideError, Decision, Moment};
use crate::deal::event::Payload;
use crate::deal::value::ids::EventId;
use crate::deal::value::zone::Zone;
use crate::deal::warning::Warning;
use crate::service::ambient::{Ambient, Purpose};
use crate::service::answer::{Answer, CommandError, RecordedEvent};
use crate::service::figures::Figures;
use crate::service::folded::Source;
use crate::store::event_store::{AppendError, EventStore, ReadError};
use crate::store::group::{CommandRecord, Scope};

/// Decides commands in order and records what follows from them.
pub(super) struct Recorder {
    store: Arc<dyn EventStore>,
    secret: [u8; 32],
    ambient: Ambient,
    watch: ClockWatch,
    known: Known,
    /// How many frames the world it knows rests on.
    frames: u64,
    stopped: Option<String>,
    figures: Arc<Figures>,
}

impl Recorder {
    /// A recorder at the head of a store, remembering so many folded streams; of others it asks the read models first.
    pub(super) fn new(
        store: Arc<dyn EventStore>,
        folds: Source,
        secret: [u8; 32],
        ambient: Ambient,
        books: usize,
    ) -> Result<Self, WorldError> {
        let frames = store.head().frames;
        let last = last_recorded(store.as_ref())?;
        Ok(Self {
            frames,
            watch: ClockWatch::new(ambient.clock.as_ref(), last),
            known: Known::new(Arc::clone(&store), folds, books)?,
            store,
            secret,
            ambient,
            stopped: None,
            figures: Arc::default(),
        })
    }

    /// Remembers streams of at most so many bytes together.
    pub(super) fn remembering(self, bytes: u64) -> Self {
        self.known.remember(bytes);
        self
    }

    /// What is recorded and refused is counted here.
    pub(super) fn counting(self, figures: Arc<Figures>) -> Self {
        Self { figures, ..self }
    }

    /// Carries out commands in order; the outcomes are in the order of the commands.
    #[cfg(test)]
    pub(super) fn record(&mut self, commands: &[Command]) -> Vec<Outcome> {
        self.record_in_turn(commands, &mut |_| None)
    }

    /// Carries out commands in order; the outcomes are in the order of the commands. `turn` is told which command is decided next, before it is, and gives its digest if it is known, once.
    pub(super) fn record_in_turn(
        &mut self,
        commands: &[Command],
        turn: &mut dyn FnMut(usize) -> Option<Digested>,
    ) -> Vec<Outcome> {
        let mut outcomes = Vec::with_capacity(commands.len());
        if let Err(error) = self.catch_up() {
            let error = CommandError::from(error);
            commands
                .iter()
                .for_each(|_| self.figures.refused(error.code()));
            return commands.iter().map(|_| Err(error.clone())).collect();
        }
        let mut group = self.new_group();
        for (order, command) in commands.iter().enumerate() {
            let digested = turn(order);
            match self.consider(&group, command, digested) {
                Ok(Considered::Answered(answer)) => group.wait(Ok(answer)),
                Err(error) => group.wait(Err(error)),
                Ok(Considered::Decided(prepared)) => {
                    let lost = match group.has_room(&prepared) {
                        true => None,
                        false => self.append(std::mem::take(&mut group), &mut outcomes),
                    };
                    if group.is_empty() {
                        group = self.new_group();
                    }
                    match lost {
                        // It was decided on a group that is lost.
                        Some(error) => group.wait(Err(error)),
                        None => self.admit(&mut group, *prepared),
                    }
                }
            }
        }
        self.append(group, &mut outcomes);
        let refused = outcomes.iter().filter_map(|outcome| outcome.as_ref().err());
        refused.for_each(|error| self.figures.refused(error.code()));
        outcomes
    }

    /// Reads the world anew when somebody else has recorded since: other engines let several writers in.
    fn catch_up(&mut self) -> Result<(), WorldError> {
        let frames = self.store.head().frames;
        if frames == self.frames {
            return Ok(());
        }
        self.known.refresh()?;
        if let Some(last) = last_recorded(self.store.as_ref())? {
            self.watch.recorded(last);
        }
        self.frames = frames;
        Ok(())
    }

    fn new_group(&self) -> Group {
        Group::new(self.store.head().position)
    }

    fn consider(
        &mut self,
        group: &Group,
        command: &Command,
        digested: Option<Digested>,
    ) -> Result<Considered, CommandError> {
        if let Some(reason) = &self.stopped {
            return Err(CommandError::Stopped(reason.clone()));
        }
        let scope = Scope {
            actor: command.actor.id.as_str().to_owned(),
            key: command.id.as_str().to_owned(),
        };
        let Digested { digest, said } = match digested {
            Some(digested) => digested,
            None => body::digest(&self.secret, command, &[]).map_err(CommandError::NotStorable)?,
        };
        if let Some(answer) = self.earlier(group, command, &scope, &digest)? {
            return Ok(Considered::Answered(answer));
        }
        let now = self
            .watch
            .read(self.ambient.clock.as_ref())
            .map_err(CommandError::Clock)?;
        let decision = self.decide(group, command, now)?;
        let record = CommandRecord {
            scope,
            digest,
            first_seq: group.end(),
            count: 0,
            recorded_at: now,
            warnings: serde_json::to_vec(&decision.warnings)
                .map_err(|error| CommandError::NotTaken(error.to_string()))?,
        };
        let zone = self.zone_for(command);
        let known = &self.known;
        let version = |stream| known.version(stream);
        let prepared = batch::prepare(command, (decision, &said), record, zone, version)?;
        Ok(Considered::Decided(Box::new(prepared)))
    }

    /// The answer to an earlier sending of the same command, in the open group or in the ledger.
    fn earlier(
        &self,
        group: &Group,
        command: &Command,
        scope: &Scope,
        digest: &[u8; 32],
    ) -> Result<Option<Answer>, CommandError> {
        let reused = |record: &CommandRecord| CommandError::IdReused {
            command: command.id.clone(),
            first_seq: record.first_seq,
        };
        if let Some((record, answer)) = group.earlier(scope) {
            return match record.digest == *digest {
                true => Ok(Some(Answer {
                    replayed: true,
                    ..answer.clone()
                })),
                false => Err(reused(record)),
            };
        }
        let Some(record) = self.store.command(scope)? else {
            return Ok(None);
        };
        if record.digest != *digest {
            return Err(reused(&record));
        }
        Ok(Some(replayed(self.store.as_ref(), &record)?))
    }

    fn decide(
        &self,
        group: &Group,
        command: &Command,
        now: DateTime<Utc>,
    ) -> Result<Decision, CommandError> {
        let moment = Moment::new(now, self.zone_for(command));
        let place = group.end();
        let draw = |n| self.ambient.ids.draw(Purpose::Event, now, place, n);
        let mut ids = (0..u64::MAX).map(|n| EventId::new(draw(n)));
        decide(command, &moment, &mut ids, &self.known).map_err(|error| match error {
            DecideError::Refused(refusal) => CommandError::Refused(refusal),
            DecideError::World(error) => error.into(),
        })
    }

    /// The agency's zone; for the command that opens the ledger, the zone it brings.
    fn zone_for(&self, command: &Command) -> Zone {
        let opening = || {
            command.intents.iter().find_map(|intent| match intent {
                Intent::Record(draft) => match &draft.payload {
                    Payload::LedgerOpened(opened) => Some(opened.zone),
                    _ => None,
                },
                _ => None,
            })
        };
        self.known.zone().or_else(opening).unwrap_or(Zone::UTC)
    }

    fn admit(&mut self, group: &mut Group, mut prepared: Prepared) {
        let streams = prepared.events.iter().map(|event| event.stream);
        for stream in streams {
            if let Err(error) = self.known.hold(stream) {
                group.wait(Err(error.into()));
                return;
            }
        }
        let lengths = prepared.stored.iter().map(|stored| stored.bytes().len());
        for (event, bytes) in std::mem::take(&mut prepared.events)
            .into_iter()
            .zip(lengths)
        {
            self.known.take_in(event, bytes);
        }
        self.watch.recorded(prepared.record.recorded_at);
        group.add(prepared);
    }

    /// Makes the group durable and gives its outcomes; the error when it was lost.
    fn append(&mut self, group: Group, outcomes: &mut Vec<Outcome>) -> Option<CommandError> {
        let (base, content, waiting) = group.close();
        if content.commands.is_empty() {
            outcomes.extend(waiting.into_iter().map(|waiting| waiting.outcome));
            return None;
        }
        let (commands, events) = (content.commands.len(), content.events.len());
        let span = tracing::debug_span!("group", commands, events, position = base);
        let _entered = span.enter();
        let started = Instant::now();
        self.figures.begun();
        let appended = self.store.append(base, content);
        self.figures.ended();
        let error = match appended {
            Ok(appended) => {
                self.frames = appended.head.frames;
                let micros = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX);
                tracing::debug!(micros, "the group is durable");
                self.figures.durable(commands, events, started.elapsed());
                self.known.keep();
                outcomes.extend(waiting.into_iter().map(|waiting| waiting.outcome));
                return None;
            }
            Err(error) => self.lost(error),
        };
        outcomes.extend(waiting.into_iter().map(|waiting| match waiting.on_group {
            true => Err(error.clone()),
            false => waiting.outcome,
        }));
        Some(error)
    }

    fn lost(&mut self, error: AppendError) -> CommandError {
        tracing::error!(%error, "a group was not recorded");
        self.known.forget();
        self.figures.lost(matches!(error, AppendError::NoSpace(_)));
        match &error {
            AppendError::Stopped { reason } | AppendError::Unknown { reason } => {
                self.stopped = Some(reason.clone());
            }
            // What came of a conflict is read when the next command comes; the rest changed nothing.
            _ => {}
        }
        error.into()
    }
}

/// What came of looking at a command.
enum Considered {
    /// It was sent before.
    Answered(Answer),
    /// It is decided, and not recorded yet.
    Decided(Box<Prepared>),
}

/// When the last command was recorded, whether or not an event came of it.
fn last_recorded(store: &dyn EventStore) -> Result<Option<DateTime<Utc>>, ReadError> {
    let Some(last) = store.head().position.checked_sub(1) else {
        return Ok(None);
    };
    let event = store.event(last)?.map(|event| event.recorded_at());
    // A command that had nothing to do leaves its record in a frame without events. Damage behind the last event
    // ends the search and not the opening: whether anything may be recorded then is the store's to say.
    let frames = store.read(last)?.map_while(Result::ok);
    let commands = frames.filter_map(|frame| frame.commands().ok()).flatten();
    let times = commands.map(|command| command.recorded_at);
    Ok(event.into_iter().chain(times).max())
}

/// The answer a recorded command was given.
fn replayed(store: &dyn EventStore, record: &CommandRecord) -> Result<Answer, CommandError> {
    let end = record.first_seq.saturating_add(record.count.into());
    let mut events = Vec::new();
    for seq in record.first_seq..end {
        let unreadable = |problem: String| CommandError::Unreadable(problem);
        let stored = store
            .event(seq)?
            .ok_or_else(|| unreadable(format!("event {seq} is missing")))?;
        events.push(RecordedEvent {
            id: EventId::new(stored.id()),
            seq,
            stream: stored
                .stream()
                .parse()
                .map_err(|error| unreadable(format!("event {seq}: {error}")))?,
            version: stored.version(),
        });
    }
    let warnings: Vec<Warning> = serde_json::from_slice(&record.warnings).map_err(|error| {
        CommandError::Unreadable(format!("the warnings of an earlier answer: {error}"))
    })?;
    Ok(Answer {
        position: end,
        count: record.count,
        events,
        warnings,
        recorded_at: record.recorded_at,
        replayed: true,
    })
}

impl From<WorldError> for CommandError {
    fn from(error: WorldError) -> Self {
        Self::Unreadable(error.to_string())
    }
}

#[cfg(test)]
mod tests;
