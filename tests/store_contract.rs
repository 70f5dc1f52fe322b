//! The engine contract: one suite, run for every engine through one line.

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use dealtrail::store::event_store::{
    AppendError, Appended, CommandRecord, EventStore, Frames, Group, Head, Info, KeyHit, ReadError,
    Scope,
};
use dealtrail::store::open::{self, OpenOptions};
use dealtrail::store::recorded::Recorded;
use tempfile::TempDir;

pub(crate) mod clauses;
pub(crate) mod events;
mod model;

use events::TestKeys;

/// A store under test, which can be closed and opened again.
pub(crate) trait Engine {
    /// The store.
    fn store(&self) -> Arc<dyn EventStore>;
    /// Closes and opens it, where that means anything.
    fn reopen(&mut self);
}

/// Runs every clause against an engine: a new engine adds one line.
macro_rules! contract {
    ($($name:ident => $make:expr;)*) => {$(
        mod $name {
            use super::*;
            contract!(@clauses $make =>
                an_acknowledged_group_is_read_back_byte_for_byte
                a_conflict_carries_the_head_and_changes_nothing
                command_only_groups_leave_the_position
                what_is_not_well_formed_is_invalid
                what_is_too_large_is_refused
                frames_come_in_order_without_a_gap
                reading_ends_at_the_head_of_the_call
                streams_are_found_from_any_version
                commands_are_found_for_ever
                events_are_found_by_number
                keys_find_every_mention_in_order
                waiting_ends_when_the_head_moves
                a_tail_gives_every_frame_once
                readers_run_beside_the_writer
                the_head_is_the_same_after_reopening
            );
            #[test]
            fn agrees_with_the_model() {
                model::agrees(&mut || Box::new($make));
            }
        }
    )*};
    (@clauses $make:expr => $($clause:ident)*) => {$(
        #[test]
        fn $clause() {
            clauses::$clause(&mut $make);
        }
    )*};
}

contract! {
    memory => Memory(open::memory(Arc::new(TestKeys)));
    journal_and_sled => Durable::new();
    journal_without_sled => Durable::without_sled();
    reader_beside_a_writer => Durable::read_by_a_reader();
}

struct Memory(Arc<dyn EventStore>);

impl Engine for Memory {
    fn store(&self) -> Arc<dyn EventStore> {
        Arc::clone(&self.0)
    }
    fn reopen(&mut self) {}
}

/// A ledger in a directory.
pub(crate) struct Durable {
    dir: TempDir,
    store: Option<Arc<dyn EventStore>>,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Usual,
    WithoutSled,
    Reader,
}

impl Durable {
    pub(crate) fn new() -> Self {
        Self::of(Kind::Usual)
    }

    /// sled cannot be opened: a file has its directory's name, and the place to set it aside is taken too.
    pub(crate) fn without_sled() -> Self {
        Self::of(Kind::WithoutSled)
    }

    fn read_by_a_reader() -> Self {
        Self::of(Kind::Reader)
    }

    fn of(kind: Kind) -> Self {
        let dir = events::new_ledger();
        if kind == Kind::WithoutSled {
            std::fs::write(dir.path().join("sled"), "no directory").unwrap();
            std::fs::write(dir.path().join("aside"), "no directory").unwrap();
        }
        let mut engine = Self {
            dir,
            store: None,
            kind,
        };
        engine.reopen();
        engine
    }

    pub(crate) fn dir(&self) -> &Path {
        self.dir.path()
    }

    pub(crate) fn close(&mut self) {
        if let Some(store) = self.store.take() {
            assert_eq!(
                Arc::strong_count(&store),
                1,
                "somebody still holds the store"
            );
        }
    }
}

impl Engine for Durable {
    fn store(&self) -> Arc<dyn EventStore> {
        Arc::clone(self.store.as_ref().unwrap())
    }

    fn reopen(&mut self) {
        self.close();
        let options = events::options();
        let writer = open::open(self.dir.path(), options.clone()).unwrap().events;
        assert_eq!(
            writer.info().second_copy.starts_with("off"),
            self.kind == Kind::WithoutSled
        );
        self.store = Some(match self.kind {
            Kind::Reader => Arc::new(ReadByReader {
                opened: Mutex::default(),
                writer,
                dir: self.dir.path().to_owned(),
                options,
            }),
            _ => writer,
        });
    }
}

/// Appends through a writer, and reads through a reader that is opened anew whenever the head has moved.
struct ReadByReader {
    opened: Mutex<Option<(u64, Arc<dyn EventStore>)>>,
    writer: Arc<dyn EventStore>,
    dir: std::path::PathBuf,
    options: OpenOptions,
}

impl ReadByReader {
    fn reader(&self) -> Arc<dyn EventStore> {
        let frames = self.writer.head().frames;
        let mut opened = self.opened.lock().unwrap();
        match &*opened {
            Some((seen, reader)) if *seen == frames => Arc::clone(reader),
            _ => {
                let reader = open::open_reader(&self.dir, self.options.clone())
                    .unwrap()
                    .events;
                *opened = Some((frames, Arc::clone(&reader)));
                reader
            }
        }
    }
}

impl EventStore for ReadByReader {
    fn head(&self) -> Head {
        let head = self.writer.head();
        assert!(self.reader().head().frames >= head.frames);
        head
    }
    fn append(&self, expected: u64, group: Group) -> Result<Appended, AppendError> {
        self.writer.append(expected, group)
    }
    fn read(&self, from: u64) -> Result<Frames, ReadError> {
        self.reader().read(from)
    }
    fn wait_beyond(&self, frames: u64, timeout: Duration) -> Head {
        self.writer.wait_beyond(frames, timeout)
    }
    fn stream(&self, stream: &str, from_version: u64) -> Result<Vec<Recorded>, ReadError> {
        self.reader().stream(stream, from_version)
    }
    fn stream_version(&self, stream: &str) -> Result<u64, ReadError> {
        self.reader().stream_version(stream)
    }
    fn command(&self, scope: &Scope) -> Result<Option<CommandRecord>, ReadError> {
        self.reader().command(scope)
    }
    fn event(&self, seq: u64) -> Result<Option<Recorded>, ReadError> {
        self.reader().event(seq)
    }
    fn key(&self, key: &[u8]) -> Result<Vec<KeyHit>, ReadError> {
        self.reader().key(key)
    }
    fn info(&self) -> Info {
        self.writer.info()
    }
}
