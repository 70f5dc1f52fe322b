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
mod recorder;
mod watch;

use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, SyncSender, TrySendError};
use std::thread::JoinHandle;

use tokio::sync::oneshot;

use self::group::Outcome;
use self::known::WorldError;
use self::recorder::Recorder;
use crate::deal::command::Command;
use crate::service::ambient::Ambient;
use crate::service::answer::CommandError;
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
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            queue: 1_024,
            group: 512,
            books: 50_000,
        }
    }
}

/// A command and who waits for its outcome.
struct Submission {
    command: Command,
    reply: oneshot::Sender<Outcome>,
}

/// The writer of one ledger. Dropping it lets the commands that wait be recorded, then ends its thread.
pub struct Writer {
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
        let recorder = Recorder::new(store, secret, ambient, limits.books)?;
        let most = limits.group.max(1);
        let thread = std::thread::Builder::new()
            .name("writer".to_owned())
            .spawn(move || run(recorder, &waiting, most))
            .map_err(|error| StartError::Thread(error.to_string()))?;
        Ok(Self {
            queue: Some(queue),
            thread: Some(thread),
        })
    }

    /// Hands in a command.
    ///
    /// # Errors
    /// When too many are waiting, or the writer has ended.
    pub fn submit(&self, command: Command) -> Result<Pending, CommandError> {
        let (reply, answer) = oneshot::channel();
        let queue = self.queue.as_ref().ok_or(CommandError::ReadOnly)?;
        match queue.try_send(Submission { command, reply }) {
            Ok(()) => Ok(Pending(answer)),
            Err(TrySendError::Full(_)) => Err(CommandError::Busy),
            Err(TrySendError::Disconnected(_)) => Err(CommandError::Stopped(
                "the writer ended unexpectedly".to_owned(),
            )),
        }
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

fn run(mut recorder: Recorder, waiting: &Receiver<Submission>, most: usize) {
    while let Ok(first) = waiting.recv() {
        let mut commands = vec![first.command];
        let mut replies = vec![first.reply];
        while commands.len() < most {
            let Ok(next) = waiting.try_recv() else { break };
            commands.push(next.command);
            replies.push(next.reply);
        }
        let outcomes = recorder.record(&commands);
        for (reply, outcome) in replies.into_iter().zip(outcomes) {
            // Whoever sent it may have gone; it is recorded all the same, and a retry is told so.
            let _ = reply.send(outcome);
        }
    }
}
