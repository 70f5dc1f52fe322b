//! The writer: one thread that decides and records everything, in groups.
//!
//! Commands wait in a bounded queue. The thread takes all that wait, decides them in order, makes them
//! durable with one append and one sync, and only then answers. While it syncs, the next group gathers:
//! there is no artificial delay.

mod batch;
mod body;
mod cache;
mod group;
pub(crate) mod known;
mod mentions;
mod recorder;
mod watch;

use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, SyncSender, TrySendError};
use std::thread::JoinHandle;

use chrono::{DateTime, Utc};
use tokio::runtime::Handle;
use tokio::sync::oneshot;

use self::body::Digested;
use self::group::Outcome;
use self::known::WorldError;
use self::recorder::Recorder;
use crate::deal::command::Command;
use crate::deal::value::ids::StreamId;
use crate::service::ambient::{Ambient, SetClock};
use crate::service::answer::CommandError;
use crate::service::figures::Figures;
use crate::service::folded::{Folds, Source};
use crate::store::event_store::EventStore;

/// How much the writer takes on.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// How many commands may wait; one more is told to try again.
    pub queue: usize,
    /// How many commands one group takes at most.
    pub group: usize,
    /// How many folded streams are remembered.
    pub books: usize,
    /// How many bytes of memory they may take together, about.
    pub bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            queue: 1_024,
            group: 512,
            books: 50_000,
            bytes: 24 << 20,
        }
    }
}

/// What waits in the queue.
enum Submission {
    One(Single),
    Paced(Paced),
}

/// A command and who waits for its outcome.
struct Single {
    command: Command,
    digested: Digested,
    reply: oneshot::Sender<Outcome>,
    /// The runtime it was handed in on, if any.
    runtime: Option<Handle>,
}

/// Commands that make one group by themselves, each at a moment of its own by a clock set by hand, and who waits for
/// their outcomes.
struct Paced {
    clock: SetClock,
    steps: Vec<(DateTime<Utc>, Digested)>,
    commands: Vec<Command>,
    reply: oneshot::Sender<Vec<Outcome>>,
}

/// The writer of one ledger. Dropping it lets the commands that wait be recorded, then ends its thread.
pub struct Writer {
    secret: [u8; 32],
    folds: Source,
    figures: Arc<Figures>,
    queue: Option<SyncSender<Submission>>,
    thread: Option<JoinHandle<()>>,
}

/// An answer that has not come yet.
pub struct Pending(oneshot::Receiver<Outcome>);

impl Pending {
    /// Waits for it on a thread that may block.
    ///
    /// # Errors
    /// As the command's outcome says.
    pub fn wait(self) -> Outcome {
        self.0.blocking_recv().unwrap_or_else(|_| Err(gone()))
    }

    /// Waits for it without blocking the thread.
    ///
    /// # Errors
    /// As the command's outcome says.
    pub async fn answer(self) -> Outcome {
        self.0.await.unwrap_or_else(|_| Err(gone()))
    }
}

/// Answers of a group that have not come yet.
pub(super) struct PendingGroup(oneshot::Receiver<Vec<Outcome>>);

impl PendingGroup {
    /// Waits for them on a thread that may block; one outcome a command.
    pub(super) fn wait(self) -> Vec<Outcome> {
        self.0.blocking_recv().unwrap_or_else(|_| vec![Err(gone())])
    }
}

/// The writer's thread ended before it answered, which only a panic in it can do.
fn gone() -> CommandError {
    CommandError::OutcomeUnknown("the writer ended unexpectedly".to_owned())
}

impl Writer {
    /// Starts the writer of a store.
    ///
    /// # Errors
    /// When the ledger's own state cannot be read, or the system gives no thread.
    pub(crate) fn start(
        store: Arc<dyn EventStore>,
        secret: [u8; 32],
        ambient: Ambient,
        limits: Limits,
    ) -> Result<Self, StartError> {
        let (queue, waiting) = mpsc::sync_channel(limits.queue.max(1));
        let folds = Source::default();
        let figures = Arc::new(Figures::default());
        let recorder = Recorder::new(store, folds.clone(), secret, ambient, limits.books)?
            .remembering(limits.bytes);
        let recorder = recorder.counting(Arc::clone(&figures));
        let counted = Arc::clone(&figures);
        let most = limits.group.max(1);
        let thread = std::thread::Builder::new()
            .name("writer".to_owned())
            .spawn(move || run(recorder, &Waiting { waiting, counted }, most))
            .map_err(|error| StartError::Thread(error.to_string()))?;
        Ok(Self {
            secret,
            folds,
            figures,
            queue: Some(queue),
            thread: Some(thread),
        })
    }

    /// From now on the writer asks these read models of the ledger for what it does not remember.
    pub(crate) fn ask(&self, folds: Arc<dyn Folds>) {
        self.folds.set(folds);
    }

    /// What is counted.
    pub(crate) fn figures(&self) -> &Figures {
        &self.figures
    }

    /// Hands in a command.
    ///
    /// # Errors
    /// When too many are waiting, it cannot be stored, or the writer has ended.
    pub fn submit(&self, command: Command) -> Result<Pending, CommandError> {
        self.submit_drawn(command, &[])
    }

    /// Hands in a command for which these streams were drawn: sent again with others in their places it is the same.
    ///
    /// # Errors
    /// As [`submit`](Self::submit).
    pub fn submit_drawn(
        &self,
        command: Command,
        drawn: &[StreamId],
    ) -> Result<Pending, CommandError> {
        // Digested here, so that it costs the writer's thread nothing.
        let digested = body::digest(&self.secret, &command, drawn);
        let digested = digested.map_err(CommandError::NotStorable)?;
        let (reply, answer) = oneshot::channel();
        self.hand_in(Submission::One(Single {
            command,
            digested,
            reply,
            runtime: Handle::try_current().ok(),
        }))?;
        Ok(Pending(answer))
    }

    /// Hands in commands that make a group of their own, so that the frames of the ledger do not depend on how fast
    /// they come; the clock is set to each one's moment before it is decided.
    ///
    /// # Errors
    /// As [`submit`](Self::submit).
    pub(super) fn submit_paced(
        &self,
        clock: SetClock,
        (moments, commands): (Vec<DateTime<Utc>>, Vec<Command>),
    ) -> Result<PendingGroup, CommandError> {
        // Digested here, so that it costs the writer's thread nothing.
        let digests = commands
            .iter()
            .map(|command| body::digest(&self.secret, command, &[]));
        let digests = digests.collect::<Result<Vec<_>, _>>();
        let digests = digests.map_err(CommandError::NotStorable)?;
        let (reply, answer) = oneshot::channel();
        self.hand_in(Submission::Paced(Paced {
            clock,
            steps: moments.into_iter().zip(digests).collect(),
            commands,
            reply,
        }))?;
        Ok(PendingGroup(answer))
    }

    fn hand_in(&self, submission: Submission) -> Result<(), CommandError> {
        let queue = self.queue.as_ref().ok_or(CommandError::ReadOnly)?;
        self.figures.waits();
        let error = match queue.try_send(submission) {
            Ok(()) => return Ok(()),
            Err(TrySendError::Full(_)) => CommandError::Busy,
            Err(TrySendError::Disconnected(_)) => {
                CommandError::Stopped("the writer ended unexpectedly".to_owned())
            }
        };
        self.figures.taken();
        self.figures.refused(error.code());
        Err(error)
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        // Closing the queue ends the thread once it is empty.
        drop(self.queue.take());
        if let Some(thread) = self.thread.take() {
            // A panic in the thread was already told to everyone who waited.
            let _ = thread.join();
        }
    }
}

/// Why the writer could not be started.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StartError {
    /// The ledger's own state cannot be read.
    #[error("the ledger cannot be read: {0}")]
    Unreadable(String),
    /// The system gives no thread.
    #[error("the system gives no thread for the writer: {0}")]
    Thread(String),
}

impl From<WorldError> for StartError {
    fn from(error: WorldError) -> Self {
        Self::Unreadable(error.to_string())
    }
}

/// The queue as the thread takes from it.
struct Waiting {
    waiting: Receiver<Submission>,
    counted: Arc<Figures>,
}

impl Waiting {
    /// The next one, once there is one; `None` when no more will come.
    fn wait(&self) -> Option<Submission> {
        self.waiting.recv().ok().inspect(|_| self.counted.taken())
    }

    /// The next one, if one is there.
    fn next(&self) -> Option<Submission> {
        self.waiting
            .try_recv()
            .ok()
            .inspect(|_| self.counted.taken())
    }
}

fn run(mut recorder: Recorder, waiting: &Waiting, most: usize) {
    let mut held = None;
    while let Some(next) = held.take().or_else(|| waiting.wait()) {
        match next {
            Submission::Paced(paced) => pace(&mut recorder, paced),
            Submission::One(first) => held = gather(&mut recorder, first, waiting, most),
        }
    }
}

/// Records a command together with those that wait; what is no part of its group is handed back.
fn gather(
    recorder: &mut Recorder,
    first: Single,
    waiting: &Waiting,
    most: usize,
) -> Option<Submission> {
    let mut commands = vec![first.command];
    let mut digests = vec![Some(first.digested)];
    let mut replies = vec![first.reply];
    let runtime = first.runtime;
    let mut held = None;
    while commands.len() < most {
        match waiting.next() {
            Some(Submission::One(next)) => {
                commands.push(next.command);
                digests.push(Some(next.digested));
                replies.push(next.reply);
            }
            Some(paced) => {
                held = Some(paced);
                break;
            }
            None => break,
        }
    }
    let outcomes = recorder.record_in_turn(&commands, &mut |turn| digests.get_mut(turn)?.take());
    let told = replies.into_iter().zip(outcomes).collect();
    match runtime.filter(|_| commands.len() >= MANY) {
        Some(runtime) => drop(runtime.spawn(async move { tell(told) })),
        None => tell(told),
    }
    held
}

/// From how many answers on they are given on the runtime where they are waited for: to wake it for each of them costs the
/// writer's thread more than the answers do.
const MANY: usize = 4;

fn tell(told: Vec<(oneshot::Sender<Outcome>, Outcome)>) {
    for (reply, outcome) in told {
        // Whoever sent it may have gone; it is recorded all the same, and a retry is told so.
        let _ = reply.send(outcome);
    }
}

fn pace(recorder: &mut Recorder, paced: Paced) {
    let Paced {
        clock,
        mut steps,
        commands,
        reply,
    } = paced;
    let outcomes = recorder.record_in_turn(&commands, &mut |turn| {
        let (moment, digested) = steps.get_mut(turn)?;
        clock.set(*moment);
        Some(std::mem::take(digested))
    });
    let _ = reply.send(outcomes);
}
