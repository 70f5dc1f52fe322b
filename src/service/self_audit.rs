//! The service audits itself: behind its answers it reads the stored events again and compares each with what the live read
//! models hold at the same place, round and round.
//!
//! A slice is some hundred events, read from the journal, checksums and chain proved. Each is held against the
//! event the read models have at that position, the look-ups by id, reference, stream and batch that have to lead to it; of the
//! last event of a slice, the whole stream is taken from the index, folded afresh, and its book compared with the live one.
//! Read models that hold what is stored, event for event, fold to what a replay folds to: the fold is the same code.
//! So the first difference has a position, and two copies of the models are never in memory. The search is folded from the
//! same events when it is first asked, and `replay` compares that.
//!
//! It works on a thread of low priority and rests after each slice, at least sixty times as long as the slice took the
//! processor.

use std::io;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::ahead::{Wanted, prepare};
use super::follow::{Follower, Health};
use super::indexer::DealIndexer;
use super::snapshots::Doubt;
use super::stall::Stall;
use crate::codec::decoder::Decoder;
use crate::deal::event::Event;
use crate::deal::state::Book;
use crate::deal::value::ids::StreamId;
use crate::projection::Projection;
use crate::projection::ledger::LedgerModel;
use crate::projection::models::Models;
use crate::store::event_store::{EventStore, Indexer, ReadError};

/// How many events a slice has at most.
const SLICE: u64 = 1_000;
/// For each moment of work so many of rest: less than two parts in a hundred of one processor.
const REST: u32 = 60;
/// How long to rest once everything was compared.
const BETWEEN_ROUNDS: Duration = Duration::from_secs(5);
/// Streams with more events are not folded whole.
const LONGEST: u64 = 2_000;
/// The least favoured a thread can be.
const LOWEST: i32 = 19;

/// How fast the ledger is gone over.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// How many events a second, at most.
    pub events: u32,
    /// How long to rest between two rounds.
    pub between: Duration,
}

impl Pace {
    /// So many events a second.
    #[must_use]
    pub fn of(events: u32) -> Self {
        Self {
            events,
            between: BETWEEN_ROUNDS,
        }
    }
}

/// Where the read models first differ from what is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Departure {
    /// The position of the first event that differs.
    pub position: u64,
    /// What differs, in words.
    pub what: String,
}

/// How far the audit has come.
#[derive(Debug, Clone, Default)]
pub struct Audited {
    /// How often everything was compared.
    pub rounds: u64,
    /// Which event comes next.
    pub next: u64,
    /// How many events the last round compared.
    pub last_round: u64,
    /// When that ended.
    pub ended: Option<Instant>,
    /// How many events were compared in all.
    pub events: u64,
    /// How much processor time that took.
    pub worked: Duration,
    /// The first difference of this round, or of the last one as long as this one has not come so far.
    pub departure: Option<Departure>,
    /// Why stored events could not be read, when that was so last.
    pub unreadable: Option<String>,
    /// Whether the read models stand still although there is more to take in.
    pub stalled: bool,
}

/// The audit of one service. Dropping it ends its thread.
pub struct SelfAudit {
    shared: Arc<Mutex<Audited>>,
    end: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl SelfAudit {
    /// Starts going over a ledger.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub(super) fn start(
        store: Arc<dyn EventStore>,
        follower: Arc<Follower<Models>>,
        doubt: Doubt,
        pace: Pace,
    ) -> io::Result<Self> {
        let shared = Arc::new(Mutex::new(Audited::default()));
        let (end, ended) = mpsc::channel();
        let mut auditor = Auditor {
            store,
            follower,
            doubt,
            shared: Arc::clone(&shared),
            stall: Stall::default(),
            next: 0,
            first: None,
        };
        let thread = std::thread::Builder::new()
            .name("self-audit".to_owned())
            .spawn(move || {
                // Of this thread alone, as Linux has it. Without it the rests still bound the work.
                if let Err(error) = rustix::process::setpriority_process(None, LOWEST) {
                    tracing::debug!(%error, "the self-audit is as favoured as everything else");
                }
                let mut rest = pace.between.min(BETWEEN_ROUNDS);
                while ended.recv_timeout(rest) == Err(RecvTimeoutError::Timeout) {
                    rest = auditor.step(pace);
                }
            })?;
        Ok(Self {
            shared,
            end: Some(end),
            thread: Some(thread),
        })
    }

    /// How far it has come.
    #[must_use]
    pub fn audited(&self) -> Audited {
        locked(&self.shared).clone()
    }
}

impl Drop for SelfAudit {
    fn drop(&mut self) {
        drop(self.end.take());
        if let Some(thread) = self.thread.take() {
            // A panic there was told when it happened, and nothing rests on the audit.
            let _ = thread.join();
        }
    }
}

fn locked(shared: &Mutex<Audited>) -> std::sync::MutexGuard<'_, Audited> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

struct Auditor {
    store: Arc<dyn EventStore>,
    follower: Arc<Follower<Models>>,
    doubt: Doubt,
    shared: Arc<Mutex<Audited>>,
    stall: Stall,
    next: u64,
    /// The first difference of this round.
    first: Option<Departure>,
}

/// Why a slice came to nothing.
#[derive(Debug, thiserror::Error)]
enum Unread {
    #[error(transparent)]
    Store(#[from] ReadError),
    #[error("{0}")]
    Event(#[from] crate::codec::decoder::DecodeError),
}

impl Auditor {
    /// Compares a slice, and gives how long to rest.
    fn step(&mut self, pace: Pace) -> Duration {
        let status = self.follower.status();
        locked(&self.shared).stalled = self.stall.is_stalled(&status);
        // Models that gave up are told by themselves.
        if status.health == Health::Failed {
            return pace.between;
        }
        let begun = processor_time();
        let before = self.next;
        let models = self.follower.reached().models;
        let most = SLICE.min(u64::from(pace.events).max(1));
        let until = self.next.saturating_add(most).min(models.position());
        let outcome = self.slice(&models, until);
        let unreadable = outcome.err().map(|error| error.to_string());
        let is_round = unreadable.is_some() || self.next >= models.position();
        if is_round {
            self.end_round(&models, unreadable.is_none());
        }
        drop(models);
        // Time in which others had the processor is no work.
        let worked = processor_time().saturating_sub(begun);
        let compared = until.saturating_sub(before);
        let mut shared = locked(&self.shared);
        shared.next = self.next;
        shared.events = shared.events.saturating_add(compared);
        shared.worked = shared.worked.saturating_add(worked);
        shared.unreadable = unreadable;
        drop(shared);
        let due = Duration::from_secs(compared)
            .checked_div(pace.events.max(1))
            .unwrap_or_default();
        let rest = due.max(worked.saturating_mul(REST));
        if is_round {
            rest.max(pace.between)
        } else {
            rest
        }
    }

    fn slice(&mut self, models: &Models, until: u64) -> Result<(), Unread> {
        if self.next >= until {
            return Ok(());
        }
        let Some(first) = self.store.event(0)? else {
            return Ok(());
        };
        // It tells the zone, in which recordings become days.
        let mut decoder = Decoder::from_start();
        decoder.decode(&first)?;
        let wanted = Wanted {
            proof: true,
            packed: false,
        };
        for frame in self.store.read(self.next)? {
            let prepared = prepare(frame?, &mut decoder, wanted);
            if prepared.chained == Some(false) {
                let at = prepared.frame.first_seq();
                self.differs(
                    at,
                    "the stored frame is not what its chain hash says".to_owned(),
                );
            }
            for event in prepared.events? {
                if event.seq < self.next {
                    continue;
                }
                if event.seq >= until {
                    return self.look_up(models, until, decoder);
                }
                if let Some(what) = compared(models, &event) {
                    self.differs(event.seq, what);
                }
                self.next = event.seq.saturating_add(1);
            }
        }
        self.look_up(models, until, decoder)
    }

    /// Folds the stream of a slice's last event afresh from what the index gives, and asks the index for all its keys.
    fn look_up(&mut self, models: &Models, until: u64, decoder: Decoder) -> Result<(), Unread> {
        let Some(last) = until.checked_sub(1) else {
            return Ok(());
        };
        let Some(stored) = self.store.event(last)? else {
            self.differs(
                last,
                "the index does not lead to the event at this position".to_owned(),
            );
            return Ok(());
        };
        for key in DealIndexer.keys(&stored) {
            let hits = self.store.key(&key)?;
            if !hits.iter().any(|hit| hit.seq == last) {
                self.differs(
                    last,
                    "the index does not find the event by what it mentions".to_owned(),
                );
            }
        }
        if stored.version() > LONGEST {
            return Ok(());
        }
        let mut decoder = decoder;
        let mut fresh: Option<Book> = None;
        for event in self.store.stream(stored.stream(), 0)? {
            let event = decoder.decode(&event)?;
            if event.seq >= models.position() {
                break;
            }
            let book = fresh.get_or_insert_with(|| Book::new(event.stream));
            book.take(event);
        }
        let Some(fresh) = fresh else {
            self.differs(
                last,
                "the index does not find the stream of this event".to_owned(),
            );
            return Ok(());
        };
        if models.status.fold(fresh.id).as_ref() != Some(&fresh) {
            let what = format!(
                "the book of {} is not what its stored events fold to",
                fresh.id
            );
            self.differs(last, what);
        }
        Ok(())
    }

    fn differs(&mut self, position: u64, what: String) {
        if self
            .first
            .as_ref()
            .is_some_and(|first| first.position <= position)
        {
            return;
        }
        // Before anybody is told: whoever rebuilds then is not overtaken by a snapshot of these models.
        self.doubt.raise();
        let departure = Departure { position, what };
        let mut shared = locked(&self.shared);
        if shared.departure.as_ref() != Some(&departure) {
            tracing::error!(
                position, what = %departure.what,
                "the read models differ from the ledger: answers may be wrong; `dealtrail rebuild` folds everything afresh beside \
                 the service, then start it again"
            );
        }
        shared.departure = Some(departure.clone());
        drop(shared);
        self.first = Some(departure);
    }

    /// Looks at what has no one event to be held against, and begins anew.
    fn end_round(&mut self, models: &Models, whole: bool) {
        let end = models.position();
        if whole && self.next == end {
            if models.status.counted() != end {
                self.differs(
                    end,
                    "streams hold events that stand at no position".to_owned(),
                );
            }
            let own = models.status.events_of(StreamId::Ledger);
            let place = own.last().map_or(0, |event| event.seq);
            if LedgerModel::fold(own, end).digest() != models.ledger.digest() {
                let what = "what the ledger says of itself is not what its events fold to";
                self.differs(place, what.to_owned());
            }
            let mut shared = locked(&self.shared);
            shared.rounds = shared.rounds.saturating_add(1);
            shared.last_round = end;
            shared.ended = Some(Instant::now());
            shared.departure.clone_from(&self.first);
        }
        self.next = 0;
        self.first = None;
    }
}

/// The processor time that this thread has taken.
fn processor_time() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    time.try_into().unwrap_or_default()
}

/// What of an event the read models hold otherwise than it is stored.
fn compared(models: &Models, event: &Event) -> Option<String> {
    let seq = event.seq;
    let status = &models.status;
    let Some(held) = status.event(seq) else {
        return Some("the read models do not hold the event of this position".to_owned());
    };
    if held != *event {
        let stream = event.stream;
        return Some(format!(
            "the read models hold this event of {stream} otherwise than it is stored"
        ));
    }
    if status.event_at(seq) != Some(event.id) || status.stream_of(event.id) != Some(event.stream) {
        return Some("the look-up by id does not lead to this event".to_owned());
    }
    if let Some(reference) = event.payload.reference()
        && !status.is_held(reference, event.stream, seq)
    {
        return Some(format!(
            "the reference {reference} does not lead to the thing it was given to"
        ));
    }
    let (bounds, batch) = (&models.boundaries, event.batch);
    let after = seq.saturating_add(1);
    let known = if batch.end() == after {
        after
    } else {
        batch.first
    };
    let told = bounds.recorded_at(after) == Some(event.recorded_at);
    if !told || bounds.snap(after) != known {
        return Some("the batch of this event begins, ends or was recorded otherwise".to_owned());
    }
    None
}

#[cfg(test)]
mod tests;
