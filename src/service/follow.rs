//! Read models that follow the ledger on a thread of their own.
//!
//! The follower takes in durable frames in order. A panic in a read model is caught and told, and the
//! fold begins again from the journal; readers wait for the position they need or are told why not.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, RwLock};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::ahead::{Prepared, Wanted, each_prepared, prepare};
use super::folded::{Folded, Folds};
use super::roots::Roots;
use crate::codec::decoder::{DecodeError, Decoder};
use crate::deal::event::Event;
use crate::deal::state::Book;
use crate::deal::value::ids::{EventId, StreamId};
use crate::deal::value::zone::Zone;
use crate::projection::models::Models;
use crate::projection::status::packed::Body;
use crate::proof::tree::Frontier;
use crate::store::event_store::{EventStore, ReadError, Tail};
use crate::store::head::Head;

/// How often the thread looks whether it should end.
const PULSE: Duration = Duration::from_millis(25);
/// How long it rests once it has taken in all there is, unless somebody waits: what comes meanwhile is taken in together, and
/// whoever records has the processors to themselves for so long.
const REST: Duration = Duration::from_millis(2);
/// How often whoever does not wait looks again while a frame is taken in.
const TURNS: u32 = 32;
/// From how many events on it pays to read ahead on all cores.
const MUCH: u64 = 2_000;
/// How often a fold may fail at one place before it is given up.
const TRIES: u32 = 3;
/// The store proves what it reads; the events are taken in packed.
const WANTED: Wanted = Wanted {
    proof: false,
    packed: true,
};

/// What a follower keeps up to date.
pub trait ReadModel: Clone + Default + Send + Sync + 'static {
    /// Takes in the next event.
    fn apply(&mut self, event: &Event);

    /// As [`apply`](Self::apply), of an event whose body was packed ahead.
    fn take_in(&mut self, event: &Event, _body: Body<'_>) {
        self.apply(event);
    }

    /// How many events it has taken in.
    fn position(&self) -> u64;
}

impl ReadModel for Models {
    fn apply(&mut self, event: &Event) {
        Self::apply(self, event);
    }

    fn take_in(&mut self, event: &Event, body: Body<'_>) {
        Self::take_in(self, event, body);
    }

    fn position(&self) -> u64 {
        Self::position(self)
    }
}

/// How a follower is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Health {
    /// It reads what is there already, or what is new.
    Following,
    /// It failed too often at one place and gave up.
    Failed,
}

/// How far a follower has come, for people and for metrics.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FollowStatus {
    /// How it is doing.
    pub health: Health,
    /// How many events it has taken in.
    pub position: u64,
    /// How many events it is behind the ledger.
    pub lag: u64,
    /// How often it began anew.
    pub restarts: u32,
    /// What went wrong last, if anything did.
    pub last_error: Option<String>,
}

/// Why the read models cannot be asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotReady {
    /// They stopped following.
    #[error("the read models stopped at position {position}: {reason}")]
    Failed {
        /// How far they came.
        position: u64,
        /// Why.
        reason: String,
    },
    /// They are not there yet.
    #[error(
        "the read models are at position {position} and have not reached {wanted}: try again in a moment"
    )]
    Behind {
        /// Where they are.
        position: u64,
        /// The position asked for.
        wanted: u64,
    },
}

/// Why a fold stopped.
#[derive(Debug, thiserror::Error)]
enum Halt {
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error(transparent)]
    Event(#[from] DecodeError),
}

struct State {
    health: Health,
    position: u64,
    restarts: u32,
    last_error: Option<String>,
    /// The furthest position that somebody ever waited for.
    wanted: u64,
}

/// A fold and the place it has reached, or begins from.
#[derive(Debug, Clone, Default)]
pub struct Reached<M> {
    /// The read models there.
    pub models: M,
    /// Where the ledger ended then: the fold stands between two frames.
    pub head: Head,
    /// The edges of the tree over everything folded.
    pub roots: Roots,
}

struct Shared<M> {
    models: RwLock<Reached<Arc<M>>>,
    state: Mutex<State>,
    moved: Condvar,
    /// Told when somebody waits for more than was taken in.
    hurried: Condvar,
    rest: Duration,
    /// Whether the fold was given up: told beside the state, so that nobody waits to learn it.
    failed: AtomicBool,
    end: AtomicBool,
}

/// A read model that follows a store. Dropping it ends its thread.
pub struct Follower<M: ReadModel> {
    store: Arc<dyn EventStore>,
    shared: Arc<Shared<M>>,
    thread: Option<JoinHandle<()>>,
}

impl<M: ReadModel> Follower<M> {
    /// Starts following a store from its first event, or from where an earlier fold of it had come.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(store: Arc<dyn EventStore>, from: Option<Reached<M>>) -> std::io::Result<Self> {
        Self::resting(store, from, REST)
    }

    fn resting(
        store: Arc<dyn EventStore>,
        from: Option<Reached<M>>,
        rest: Duration,
    ) -> std::io::Result<Self> {
        let from = from.unwrap_or_default();
        let shared = Arc::new(Shared {
            state: Mutex::new(State {
                health: Health::Following,
                position: from.models.position(),
                restarts: 0,
                last_error: None,
                wanted: 0,
            }),
            models: RwLock::new(Reached {
                models: Arc::new(from.models),
                head: from.head,
                roots: from.roots,
            }),
            moved: Condvar::new(),
            hurried: Condvar::new(),
            rest,
            failed: AtomicBool::new(false),
            end: AtomicBool::new(false),
        });
        let thread = std::thread::Builder::new()
            .name("follower".to_owned())
            .spawn({
                let (store, shared) = (Arc::clone(&store), Arc::clone(&shared));
                move || shared.supervise(store.as_ref())
            })?;
        Ok(Self {
            store,
            shared,
            thread: Some(thread),
        })
    }

    /// The read models once they have taken in at least so many events. Waits as long as they come
    /// closer, and at most `patience` without any progress.
    ///
    /// # Errors
    /// When they stopped following, or made no progress for that long.
    pub fn models(&self, at_least: u64, patience: Duration) -> Result<Arc<M>, NotReady> {
        let mut state = self.shared.state();
        let mut deadline = Instant::now().checked_add(patience);
        while state.position < at_least {
            if state.health == Health::Failed {
                return Err(NotReady::Failed {
                    position: state.position,
                    reason: state.last_error.clone().unwrap_or_default(),
                });
            }
            let left = deadline.map_or(patience, |end| {
                end.saturating_duration_since(Instant::now())
            });
            if left.is_zero() {
                return Err(NotReady::Behind {
                    position: state.position,
                    wanted: at_least,
                });
            }
            if state.wanted < at_least {
                state.wanted = at_least;
                self.shared.hurried.notify_one();
            }
            let before = state.position;
            let waited = self.shared.moved.wait_timeout(state, left);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
            if state.position > before {
                deadline = Instant::now().checked_add(patience);
            }
        }
        drop(state);
        match self.shared.models.read() {
            // A copy of the reader's own: what it unfolds goes with it, and the follower never copies for its sake.
            Ok(reached) if reached.models.position() >= at_least => {
                Ok(Arc::new(M::clone(&reached.models)))
            }
            // Begun anew since: whoever asks again will find it further on.
            Ok(reached) => Err(NotReady::Behind {
                position: reached.models.position(),
                wanted: at_least,
            }),
            Err(_) => Err(NotReady::Behind {
                position: 0,
                wanted: at_least,
            }),
        }
    }

    /// What was folded so far, and where that is.
    #[must_use]
    pub fn reached(&self) -> Reached<M> {
        let reached = self.shared.models.read();
        let reached = reached.unwrap_or_else(PoisonError::into_inner);
        Reached {
            models: M::clone(&reached.models),
            head: reached.head,
            roots: reached.roots.clone(),
        }
    }

    /// The nearest edge of the tree at or before a size, once so much was folded.
    #[must_use]
    pub fn edge(&self, size: u64) -> Option<Frontier> {
        let reached = self.shared.models.read();
        let reached = reached.unwrap_or_else(PoisonError::into_inner);
        reached.roots.near(size)
    }

    /// How far it has come.
    #[must_use]
    pub fn status(&self) -> FollowStatus {
        let head = self.store.head().position;
        let state = self.shared.state();
        FollowStatus {
            health: state.health,
            position: state.position,
            lag: head.saturating_sub(state.position),
            restarts: state.restarts,
            last_error: state.last_error.clone(),
        }
    }
}

#[cfg(test)]
impl<M: ReadModel> Follower<M> {
    /// Changes the live read models behind their own back, for tests of what finds that out.
    pub(super) fn plant(&self, change: impl FnOnce(&mut M)) {
        let mut reached = self.shared.models.write().unwrap();
        change(Arc::make_mut(&mut reached.models));
    }
}

impl Follower<Models> {
    /// What `ask` finds in the read models, when it can be asked at once: not while they change, and not once they gave
    /// up.
    pub(super) fn at_once<T>(&self, ask: impl FnOnce(&Models) -> Option<T>) -> Option<T> {
        if self.shared.failed.load(Ordering::Relaxed) {
            return None;
        }
        for _ in 0..TURNS {
            if let Ok(reached) = self.shared.models.try_read() {
                return ask(&reached.models);
            }
            // A frame is being taken in: the rest of it costs less than reading the store.
            std::thread::yield_now();
        }
        None
    }
}

impl Folds for Follower<Models> {
    fn folded(&self, stream: StreamId) -> Option<Folded> {
        self.at_once(|models| {
            let book = models.status.fold(stream);
            Some(Folded {
                position: models.position(),
                book: book.unwrap_or_else(|| Book::new(stream)),
            })
        })
    }

    fn stream_of(&self, event: EventId) -> Option<StreamId> {
        self.at_once(|models| models.status.stream_of(event))
    }
}

impl<M: ReadModel> Drop for Follower<M> {
    fn drop(&mut self) {
        self.shared.end.store(true, Ordering::Relaxed);
        // Who is about to rest has seen the end, or is resting and told of it.
        drop(self.shared.state());
        self.shared.hurried.notify_one();
        if let Some(thread) = self.thread.take() {
            // Panics inside are caught by the supervisor.
            let _ = thread.join();
        }
    }
}

impl<M: ReadModel> Shared<M> {
    fn state(&self) -> MutexGuard<'_, State> {
        // Its fields are written one by one and each is whole by itself.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn supervise(&self, store: &dyn EventStore) {
        let mut failed_at = None;
        let mut tries = 0;
        loop {
            let result = catch_unwind(AssertUnwindSafe(|| self.follow(store)));
            let problem = match result {
                Ok(Ok(())) => return,
                Ok(Err(halt)) => halt.to_string(),
                Err(panic) => format!("a read model failed: {}", told(panic.as_ref())),
            };
            let mut state = self.state();
            let at = state.position;
            tries = if failed_at == Some(at) { tries + 1 } else { 1 };
            failed_at = Some(at);
            tracing::error!(position = at, %problem, "the read models stopped");
            state.last_error = Some(problem);
            if tries >= TRIES {
                state.health = Health::Failed;
                self.failed.store(true, Ordering::Relaxed);
                self.moved.notify_all();
                return;
            }
            state.restarts = state.restarts.saturating_add(1);
            state.position = 0;
            drop(state);
            self.restart();
        }
    }

    /// Puts an empty read model where a half-changed one may be.
    fn restart(&self) {
        *self.models.write().unwrap_or_else(PoisonError::into_inner) = Reached::default();
        self.models.clear_poison();
        std::thread::sleep(PULSE);
    }

    fn follow(&self, store: &dyn EventStore) -> Result<(), Halt> {
        let reached = self.models.read();
        let from = reached.unwrap_or_else(PoisonError::into_inner).head;
        let mut decoder = Decoder::from_start();
        if let Some(first) = store.event(0)? {
            // It tells the zone, in which recordings become days.
            decoder.decode(&first)?;
        }
        let from = self.catch_up(store, from, decoder.zone())?;
        let mut tail = Tail::behind(store, from)?;
        let mut patience = PULSE;
        while !self.end.load(Ordering::Relaxed) {
            if let Some(frame) = tail.next(patience)? {
                self.take_in(prepare(frame, &mut decoder, WANTED))?;
                patience = Duration::ZERO;
            } else if patience.is_zero() {
                self.take_a_rest();
                patience = PULSE;
            }
        }
        Ok(())
    }

    fn take_a_rest(&self) {
        let mut state = self.state();
        let end = Instant::now().checked_add(self.rest);
        while state.wanted <= state.position && !self.end.load(Ordering::Relaxed) {
            let left = end.map(|end| end.saturating_duration_since(Instant::now()));
            let Some(left) = left.filter(|left| !left.is_zero()) else {
                return;
            };
            let rested = self.hurried.wait_timeout(state, left);
            state = rested.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Takes in what is there already, read ahead on all cores when it is much; gives the place it came to.
    fn catch_up(&self, store: &dyn EventStore, from: Head, zone: Zone) -> Result<Head, Halt> {
        let behind = store.head().position.saturating_sub(from.position);
        if behind < MUCH {
            return Ok(from);
        }
        let mut result = Ok(from);
        each_prepared(store.read(from.position)?, zone, WANTED, &mut |prepared| {
            let taken = prepared.map_err(Halt::from).and_then(|prepared| {
                // Frames without events share a position with the one after them.
                match prepared.frame.number() < from.frames {
                    true => Ok(None),
                    false => self.take_in(prepared).map(Some),
                }
            });
            match taken {
                Ok(None) => true,
                Ok(Some(head)) => {
                    result = Ok(head);
                    !self.end.load(Ordering::Relaxed)
                }
                Err(halt) => {
                    result = Err(halt);
                    false
                }
            }
        });
        result
    }

    fn take_in(&self, prepared: Prepared) -> Result<Head, Halt> {
        let frame = prepared.frame;
        let events = prepared.events?;
        let mut models = self.models.write().unwrap_or_else(PoisonError::into_inner);
        // Copied only while a reader holds the state before; never seen half-way.
        let model = Arc::make_mut(&mut models.models);
        for (event, body) in events.iter().zip(prepared.packed.iter()) {
            model.take_in(event, body);
        }
        let position = model.position();
        let head = Head {
            position: frame.end_seq(),
            frames: frame.number().saturating_add(1),
            chain: frame.chain(),
        };
        for leaf in prepared.leaves {
            models.roots.push(leaf);
        }
        models.head = head;
        drop(models);
        self.state().position = position;
        self.moved.notify_all();
        Ok(head)
    }
}

fn told(panic: &(dyn std::any::Any + Send)) -> &str {
    let text = panic.downcast_ref::<&'static str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("it gave no reason")
}

#[cfg(test)]
mod tests;
