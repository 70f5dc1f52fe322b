//! What is stored, handed on as it is: pieces of the journal for whoever reads the ledger, and every new frame for whoever
//! follows it.
//!
//! One thread reads each new frame once and hands it to all who follow. It never waits for any of them: who falls behind
//! reads from the store until it has caught up ([`Follow`]).

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;

use super::ledger::Ledger;
use crate::export::cloudevents;
use crate::export::events::Told;
use crate::store::event_store::{EventStore, Frames, ReadError, Tail};
use crate::store::frame::Frame;
use crate::store::head::Head;
use crate::store::recorded::Recorded;

/// About how many bytes one piece has.
const PIECE_BYTES: usize = 64 << 10;
/// How many new frames are held for those who follow; a frame has at most 2 MiB and most have a few kilobytes.
const HELD_FRAMES: usize = 16;
/// How often the thread looks whether it should end.
const PULSE: Duration = Duration::from_millis(25);

/// Events of the ledger from a position on, in pieces, up to where the ledger ended when the reading began.
pub struct Pieces {
    frames: Frames,
    /// Events of the frame at hand.
    frame: Option<Arc<Frame>>,
    next: u64,
    end: u64,
}

impl Pieces {
    /// Events from a position up to another, or to the head.
    ///
    /// # Errors
    /// When the place cannot be read.
    pub fn of(ledger: &Ledger, from: u64, end: Option<u64>) -> Result<Self, ReadError> {
        Self::stored(ledger.store().as_ref(), from, end)
    }

    fn stored(store: &dyn EventStore, from: u64, end: Option<u64>) -> Result<Self, ReadError> {
        let head = store.head().position;
        Ok(Self {
            frames: store.read(from)?,
            frame: None,
            next: from,
            end: end.map_or(head, |end| end.min(head)),
        })
    }

    /// The position after everything handed on so far.
    #[must_use]
    pub fn position(&self) -> u64 {
        self.next
    }

    /// Whether there are more.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.next >= self.end
    }

    /// The next events, each as `write` writes it; empty at the end.
    ///
    /// # Errors
    /// When a stored frame cannot be read.
    pub fn next(
        &mut self,
        mut write: impl FnMut(&Recorded, &mut Vec<u8>),
    ) -> Result<Vec<u8>, ReadError> {
        let mut piece = Vec::new();
        while !self.is_over() && piece.len() < PIECE_BYTES {
            let frame = match self.frame.take() {
                Some(frame) => frame,
                None => match self.frames.next() {
                    Some(frame) => frame?,
                    None => break,
                },
            };
            for event in wanted(&frame, self.next, self.end) {
                write(event, &mut piece);
                self.next = event.seq().saturating_add(1);
                if piece.len() >= PIECE_BYTES {
                    break;
                }
            }
            if self.next < frame.end_seq() {
                self.frame = Some(frame);
            }
        }
        Ok(piece)
    }
}

fn wanted(frame: &Frame, next: u64, end: u64) -> impl Iterator<Item = &Recorded> {
    let events = frame.events().iter();
    events.filter(move |event| (next..end).contains(&event.seq()))
}

/// Writes an event as a line: its stored bytes, exactly. Canonical JSON has no line breaks.
pub fn line(event: &Recorded, out: &mut Vec<u8>) {
    out.extend_from_slice(event.bytes());
    out.push(b'\n');
}

/// Writes an event of server-sent events: its position as `id`, its stored bytes as `data` (HTML, section 9.2.6).
pub fn sent(event: &Recorded, out: &mut Vec<u8>) {
    out.extend_from_slice(format!("id: {}\ndata: ", event.seq()).as_bytes());
    out.extend_from_slice(event.bytes());
    out.extend_from_slice(b"\n\n");
}

/// The most bytes a page of CloudEvents has before it ends early.
const PAGE_BYTES: usize = 4 << 20;

/// A page of CloudEvents in the JSON batch format (CNCF CloudEvents 1.0.2, "JSON Event Format", section 4).
#[derive(Debug)]
pub struct Page {
    /// The JSON array.
    pub json: Vec<u8>,
    /// The position after its last event.
    pub next: u64,
    /// Where the ledger ended.
    pub head: u64,
}

/// The events from a position on, at most so many, as CloudEvents.
///
/// # Errors
/// When a stored frame cannot be read.
pub fn cloud_events(ledger: &Ledger, from: u64, most: u64) -> Result<Page, ReadError> {
    let head = ledger.head();
    let mut pieces = Pieces::of(ledger, from, Some(from.saturating_add(most)))?;
    let (opened, mut json) = (ledger.opened(), b"[".to_vec());
    let mut writer = (cloudevents::FORMAT.start)(opened.origin.as_str());
    while !pieces.is_over() && json.len() < PAGE_BYTES {
        let before = pieces.position();
        let piece = pieces.next(|stored, out| {
            let day = opened.zone.day_of(stored.recorded_at());
            // Writing to memory: what this form takes from an event is there in every one.
            let _ = writer.event(&Told { stored, day }, out);
            if out.last() == Some(&b'\n') {
                out.pop();
                out.push(b',');
            }
        })?;
        if pieces.position() == before {
            break;
        }
        json.extend_from_slice(&piece);
    }
    if json.last() == Some(&b',') {
        json.pop();
    }
    json.push(b']');
    let next = pieces.position();
    Ok(Page { json, next, head })
}

struct Reader {
    thread: Option<JoinHandle<()>>,
    end: Arc<AtomicBool>,
}

/// Hands every new frame of a ledger to those who follow it. Dropping it ends its thread, and their following.
pub struct Feed {
    store: Arc<dyn EventStore>,
    frames: broadcast::Sender<Arc<Frame>>,
    reader: Mutex<Option<Reader>>,
}

impl Feed {
    /// The feed of a ledger. Nothing is read before somebody follows.
    #[must_use]
    pub fn new(ledger: &Ledger) -> Self {
        Self {
            store: Arc::clone(ledger.store()),
            frames: broadcast::Sender::new(HELD_FRAMES),
            reader: Mutex::new(None),
        }
    }

    /// Follows the ledger from a position on.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn follow(&self, from: u64) -> std::io::Result<Follow> {
        // Taken before the store is read: what is recorded in between comes twice, and is handed on once.
        let frames = self.frames.subscribe();
        self.start()?;
        Ok(Follow {
            store: Arc::clone(&self.store),
            frames,
            behind: true,
            next: from,
        })
    }

    fn start(&self) -> std::io::Result<()> {
        let mut reader = self.reader.lock().unwrap_or_else(PoisonError::into_inner);
        let runs = |reader: &Reader| {
            let thread = reader.thread.as_ref();
            thread.is_some_and(|thread| !thread.is_finished())
        };
        if reader.as_ref().is_some_and(runs) {
            return Ok(());
        }
        let end = Arc::new(AtomicBool::new(false));
        let (store, frames) = (Arc::clone(&self.store), self.frames.clone());
        let ends = Arc::clone(&end);
        // Before whoever asked reads the store, so that nothing falls between the two however late the thread begins.
        let from = store.head();
        let thread = std::thread::Builder::new()
            .name("feed".to_owned())
            .spawn(move || read(store.as_ref(), &frames, &ends, from))?;
        let thread = Some(thread);
        *reader = Some(Reader { thread, end });
        Ok(())
    }
}

impl Drop for Feed {
    fn drop(&mut self) {
        let reader = self
            .reader
            .get_mut()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(reader) = reader {
            reader.end.store(true, Ordering::Relaxed);
            if let Some(thread) = reader.thread.take() {
                // A panic in it would have ended it: those who follow read from the store then.
                let _ = thread.join();
            }
        }
    }
}

fn read(
    store: &dyn EventStore,
    frames: &broadcast::Sender<Arc<Frame>>,
    end: &AtomicBool,
    from: Head,
) {
    let mut from = from;
    while !end.load(Ordering::Relaxed) {
        if let Err(error) = tail(store, frames, end, from) {
            // Whoever follows sees that frames are missing, and reads from the store what can be read.
            tracing::warn!(%error, "new entries could not be read for those who follow");
            std::thread::sleep(PULSE);
            from = store.head();
        }
    }
}

fn tail(
    store: &dyn EventStore,
    frames: &broadcast::Sender<Arc<Frame>>,
    end: &AtomicBool,
    from: Head,
) -> Result<(), ReadError> {
    let mut tail = Tail::behind(store, from)?;
    while !end.load(Ordering::Relaxed) {
        if let Some(frame) = tail.next(PULSE)? {
            // Nobody may follow right now.
            let _ = frames.send(frame);
        }
    }
    Ok(())
}

/// Somebody who follows a ledger.
pub struct Follow {
    store: Arc<dyn EventStore>,
    frames: broadcast::Receiver<Arc<Frame>>,
    /// Whether the store has to be read before what comes new.
    behind: bool,
    next: u64,
}

/// What comes next for somebody who follows.
pub enum Next {
    /// A new frame; events below the position that was reached are to be left out.
    Frame(Arc<Frame>),
    /// The store has to be read up to its head.
    Behind,
    /// Nothing more comes.
    Over,
}

impl Follow {
    /// The position after everything handed on so far.
    #[must_use]
    pub fn position(&self) -> u64 {
        self.next
    }

    /// Whether nothing is known to be missing before what comes new.
    #[must_use]
    pub fn is_behind(&self) -> bool {
        self.behind
    }

    /// Opens what is stored and was not handed on yet, for whoever is behind; to be called on a thread that may block.
    pub fn stored(&self) -> impl FnOnce() -> Result<Pieces, ReadError> + Send + use<> {
        let (store, next) = (Arc::clone(&self.store), self.next);
        move || Pieces::stored(store.as_ref(), next, None)
    }

    /// What was read from the store was handed on up to here, and its end was reached.
    pub fn caught_up(&mut self, position: u64) {
        self.next = self.next.max(position);
        self.behind = false;
    }

    /// Waits for what comes new.
    pub async fn next(&mut self) -> Next {
        loop {
            match self.frames.recv().await {
                Ok(frame) if frame.end_seq() <= self.next => {}
                Ok(frame) if frame.first_seq() <= self.next => return Next::Frame(frame),
                // Some in between were not seen.
                Ok(_) | Err(RecvError::Lagged(_)) => {
                    self.behind = true;
                    return Next::Behind;
                }
                Err(RecvError::Closed) => return Next::Over,
            }
        }
    }

    /// The events of a new frame that were not handed on yet, as server-sent events.
    pub fn sent(&mut self, frame: &Frame) -> Vec<u8> {
        let mut out = Vec::new();
        for event in wanted(frame, self.next, u64::MAX) {
            sent(event, &mut out);
        }
        self.next = self.next.max(frame.end_seq());
        out
    }
}

#[cfg(test)]
mod tests {
    use crate::deal::value::origin::Origin;
    use crate::deal::value::text::{Names, Text};
    use crate::service::ledger::Options;
    use crate::service::opening::Init;

    use super::*;

    #[test]
    fn nothing_is_lost_between_who_follows_and_a_thread_that_begins_late() {
        let init = Init {
            origin: Origin::new("ledger.example/feed").unwrap(),
            agency: Names::one("en".parse().unwrap(), Text::new("Agency").unwrap()),
            zone: "Asia/Baku".parse().unwrap(),
            languages: vec!["en".parse().unwrap()],
            demonstration: true,
        };
        let ledger = Ledger::memory(init, &Options::default()).unwrap();
        let store = ledger.store().as_ref();
        // As if everything had been recorded after somebody followed and before the thread began.
        let (frames, mut follows) = broadcast::channel(HELD_FRAMES);
        let end = AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| read(store, &frames, &end, Head::default()));
            let begun = std::time::Instant::now();
            let mut seen = 0;
            while seen < ledger.head() && begun.elapsed() < Duration::from_secs(10) {
                match follows.try_recv() {
                    Ok(frame) => seen = frame.end_seq(),
                    Err(_) => std::thread::sleep(Duration::from_millis(1)),
                }
            }
            end.store(true, Ordering::Relaxed);
            assert_eq!(seen, ledger.head());
        });
    }
}
