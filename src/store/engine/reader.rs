//! A ledger opened for reading alone, beside a running writer or without one.
//!
//! It works on the journal: shared, read-only, up to the last whole frame. What it needs to look something up it
//! indexes in memory, by one scan, when the first look-up comes.

use std::path::Path;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use crate::store::event_store::{
    AppendError, Appended, EventStore, Finding, Frames, Indexer, Info, KeyHit, ReadError,
};
use crate::store::frame::Check;
use crate::store::group::{CommandRecord, Group, Scope};
use crate::store::head::Head;
use crate::store::index::Index;
use crate::store::journal::disk::Disk;
use crate::store::journal::files::{JournalFiles, Location, damaged};
use crate::store::journal::frames::{JournalFrames, parsed};
use crate::store::journal::recover::{Recovered, Recovery};
use crate::store::ledger_file::LedgerFile;
use crate::store::recorded::Recorded;

/// The journal of a ledger, as it was when it was opened.
pub struct ReaderStore {
    files: Arc<JournalFiles>,
    head: Head,
    broken: Option<ReadError>,
    indexer: Arc<dyn Indexer>,
    index: OnceLock<Result<Index<Location>, ReadError>>,
}

impl ReaderStore {
    /// Opens the journal. Nothing is written.
    ///
    /// # Errors
    /// When a segment is missing or cannot be read at all.
    pub fn open(
        dir: &Path,
        disk: Arc<dyn Disk>,
        ledger: &LedgerFile,
        indexer: Arc<dyn Indexer>,
    ) -> Result<Self, ReadError> {
        let recovery = Recovery {
            dir,
            disk,
            ledger: ledger.id,
            segment_bytes: ledger.segment_bytes,
            copy: None,
            acknowledged: 0,
            writable: false,
        };
        let Recovered {
            files, end, broken, ..
        } = recovery.run()?;
        Ok(Self {
            files,
            head: end.head,
            broken,
            indexer,
            index: OnceLock::new(),
        })
    }

    /// Damage that hides what stands behind it, when there is some: the head is the last event before it.
    pub fn broken(&self) -> Option<&ReadError> {
        self.broken.as_ref()
    }

    /// The frames of the journal, with where each stands.
    ///
    /// # Errors
    /// When the journal has no segment.
    pub fn frames(&self, from: u64, check: Check) -> Result<JournalFrames, ReadError> {
        let start =
            JournalFrames::start_of(&self.files, |head| head.position < from || head.frames == 0);
        let start = start.ok_or_else(|| damaged(0, 0, 0, "the ledger has no segment"))?;
        Ok(JournalFrames::new(
            Arc::clone(&self.files),
            start,
            self.head.frames,
            check,
        ))
    }

    fn index(&self) -> Result<&Index<Location>, ReadError> {
        self.index
            .get_or_init(|| self.scan())
            .as_ref()
            .map_err(Clone::clone)
    }

    fn scan(&self) -> Result<Index<Location>, ReadError> {
        let mut index = Index::starting_at(0);
        for item in self.frames(0, Check::Checksum)? {
            let (at, frame) = item?;
            let frame = parsed(at, frame)?;
            index
                .add(&frame, at, self.indexer.as_ref())
                .map_err(|error| {
                    damaged(
                        at.segment.into(),
                        at.offset.into(),
                        frame.first_seq(),
                        &error.to_string(),
                    )
                })?;
        }
        Ok(index)
    }

    fn event_read(&self, seq: u64) -> Result<Option<Recorded>, ReadError> {
        if seq >= self.head.position {
            return Ok(None);
        }
        for frame in self.read(seq)? {
            let frame = frame?;
            let found = frame.events().iter().find(|event| event.seq() == seq);
            if found.is_some() || frame.first_seq() > seq {
                return Ok(found.cloned());
            }
        }
        Ok(None)
    }

    fn event_in(&self, index: &Index<Location>, seq: u64) -> Result<Option<Recorded>, ReadError> {
        let Some(place) = index.frame_of(seq) else {
            return Ok(None);
        };
        let frame = self.files.frame_at(place.at, place.first_seq)?;
        frame.event(seq).map_err(|error| {
            damaged(
                place.at.segment.into(),
                place.at.offset.into(),
                seq,
                &error.to_string(),
            )
        })
    }
}

impl EventStore for ReaderStore {
    fn head(&self) -> Head {
        self.head
    }

    fn append(&self, _expected: u64, _group: Group) -> Result<Appended, AppendError> {
        Err(AppendError::Stopped {
            reason: "it was opened for reading only".to_owned(),
        })
    }

    fn read(&self, from: u64) -> Result<Frames, ReadError> {
        let frames = self.frames(from, Check::Checksum)?;
        let broken = self.broken.clone().map(Err);
        let wanted = frames.filter_map(move |item| match item {
            Ok((_, frame)) if !frame.header().is_wanted_from(from) => None,
            Ok((at, frame)) => Some(parsed(at, frame)),
            Err(error) => Some(Err(error)),
        });
        Ok(Box::new(wanted.chain(broken)))
    }

    fn wait_beyond(&self, frames: u64, timeout: Duration) -> Head {
        if self.head.frames <= frames {
            std::thread::sleep(timeout);
        }
        self.head
    }

    fn stream(&self, stream: &str, from_version: u64) -> Result<Vec<Recorded>, ReadError> {
        let index = self.index()?;
        let entries = index.stream(stream, from_version).into_iter();
        entries
            .filter_map(|entry| self.event_in(index, entry.seq).transpose())
            .collect()
    }

    fn stream_version(&self, stream: &str) -> Result<Option<u64>, ReadError> {
        Ok(self.index()?.stream_version(stream))
    }

    fn command(&self, scope: &Scope) -> Result<Option<CommandRecord>, ReadError> {
        let index = self.index()?;
        let Some(place) = index.command(scope).and_then(|number| index.frame(number)) else {
            return Ok(None);
        };
        let commands = self
            .files
            .frame_at(place.at, place.first_seq)?
            .commands()
            .map_err(|error| {
                damaged(
                    place.at.segment.into(),
                    place.at.offset.into(),
                    place.first_seq,
                    &error.to_string(),
                )
            })?;
        Ok(commands
            .into_iter()
            .rfind(|command| command.scope == *scope))
    }

    fn event(&self, seq: u64) -> Result<Option<Recorded>, ReadError> {
        match self.index.get() {
            Some(index) => self.event_in(index.as_ref().map_err(Clone::clone)?, seq),
            // Reading on from the segment's beginning is far less than indexing everything for one event.
            None => self.event_read(seq),
        }
    }

    fn key(&self, key: &[u8]) -> Result<Vec<KeyHit>, ReadError> {
        let hits = self.index()?.key(key);
        Ok(hits
            .into_iter()
            .map(|(seq, stream)| KeyHit {
                seq,
                stream: stream.to_string(),
            })
            .collect())
    }

    fn info(&self) -> Info {
        Info {
            engine: "journal, read only",
            head: self.head,
            segments: self.files.used().len() as u64,
            segment_bytes: self.files.segment_bytes(),
            free_bytes: self.files.disk().free_bytes(self.files.dir()).ok(),
            second_copy: "not looked at".to_owned(),
            stopped: Some(match &self.broken {
                Some(damage) => damage.to_string(),
                None => "it was opened for reading only".to_owned(),
            }),
            findings: self.broken.iter().filter_map(finding).collect(),
            ..Info::default()
        }
    }
}

/// Damage as a finding, so that whoever reads what stands before it can say that more stands behind.
fn finding(broken: &ReadError) -> Option<Finding> {
    match broken {
        ReadError::Damaged {
            file,
            offset,
            first_seq,
            what,
        } => Some(Finding::Damage {
            file: file.clone(),
            offset: *offset,
            first_seq: *first_seq,
            what: what.clone(),
        }),
        _ => None,
    }
}
