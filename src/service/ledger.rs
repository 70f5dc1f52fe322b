//! A ledger as its users see it: open it, record, ask.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use super::ambient::{Ambient, Purpose};
use super::answer::{Answer, CommandError};
use super::backup::last::{self, LastBackup};
use super::checkpoint::kept;
use super::figures::Figures;
use super::finding;
use super::folded::Folds;
use super::follow::{FollowStatus, Follower};
use super::indexer::DealIndexer;
use super::mirror::{self, MirrorState};
use super::open_error::LedgerError;
use super::opening::{self, Init};
use super::refs::Refs;
use super::repairs::{self, Repairs};
use super::snapshot;
use super::snapshots::{self, Snapshots};
use super::writer::{Limits, Pending, Writer};
use crate::codec::decoder::Decoder;
use crate::deal::command::Command;
use crate::deal::event::Payload;
use crate::deal::event::ledger_opened::LedgerOpened;
use crate::deal::value::ids::{CommandId, StreamId, StreamKind};
use crate::projection::Projection;
use crate::projection::models::Models;
use crate::store::event_store::{EventStore, Finding, Info, ReadError};
use crate::store::journal::disk::{Disk, RealDisk};
use crate::store::journal::scrub::Pace;
use crate::store::ledger_file::LedgerFile;
use crate::store::open;
use crate::store::open::doctor::Mended;

pub mod naming;
mod reading;

/// How long a reader waits for read models that make no progress at all.
const PATIENCE: Duration = Duration::from_secs(30);
/// The length of a journal segment of a new ledger.
const SEGMENT_BYTES: u64 = 64 << 20;

/// Told how far long work has come: done, of all.
pub type Progress = Arc<dyn Fn(u64, u64) + Send + Sync>;

/// What a ledger is opened with.
#[derive(Clone)]
pub struct Options {
    /// The clock and the source of ids.
    pub ambient: Ambient,
    /// How much the writer takes on.
    pub limits: Limits,
    /// The disk; tests put a failing one here.
    pub disk: Arc<dyn Disk>,
    /// The length of a new ledger's journal segments, in bytes.
    pub segment_bytes: u64,
    /// Where the mirror is.
    pub mirror: open::MirrorChoice,
    /// Free bytes below which nothing is recorded; `None` for the store's own choice.
    pub floor_bytes: Option<u64>,
    /// Told about a rebuild of the second copy.
    pub progress: Option<Progress>,
    /// How fast what is stored is read again behind the ledger.
    pub pace: Pace,
    /// How many events lie between two snapshots of the read models.
    pub snapshot_every: u64,
    /// Whether everything is folded from the journal's first frame, and no snapshot is believed.
    pub afresh: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            ambient: Ambient::default(),
            limits: Limits::default(),
            disk: Arc::new(RealDisk),
            segment_bytes: SEGMENT_BYTES,
            mirror: open::MirrorChoice::default(),
            floor_bytes: None,
            progress: None,
            pace: Pace::default(),
            snapshot_every: snapshots::DISTANCE,
            afresh: false,
        }
    }
}

impl Options {
    pub(super) fn store(&self) -> open::OpenOptions {
        open::OpenOptions {
            indexer: Arc::new(DealIndexer),
            disk: Arc::clone(&self.disk),
            mirror: self.mirror.clone(),
            floor_bytes: self.floor_bytes,
            progress: self.progress.clone(),
            pace: self.pace,
            ..open::OpenOptions::default()
        }
    }

    /// As [`store`](Self::store), for the ledger in a directory: what it signed was acknowledged.
    fn store_of(&self, dir: &Path) -> open::OpenOptions {
        let signed = kept::sizes(self.disk.as_ref(), dir).unwrap_or_default();
        open::OpenOptions {
            acknowledged: signed.last().copied().unwrap_or(0),
            ..self.store()
        }
    }
}

/// An open ledger. Dropping it lets what waits be recorded, then releases the directory.
pub struct Ledger {
    dir: Option<PathBuf>,
    mirror: Option<PathBuf>,
    id: Uuid,
    opened: Arc<LedgerOpened>,
    // In the order they have to end: who records repairs, the writer, who takes snapshots, the follower, then the store under all.
    repairs: Option<Repairs>,
    writer: Option<Arc<Writer>>,
    snapshots: Option<Snapshots>,
    follower: Arc<Follower<Models>>,
    ambient: Ambient,
    drawn: AtomicU64,
    refs: Refs,
    store: Arc<dyn EventStore>,
}

impl Ledger {
    /// Makes a new ledger in a new or empty directory, and opens it for recording. A directory in which
    /// this was begun and not finished is finished.
    ///
    /// # Errors
    /// When the directory holds something else, or cannot be written.
    pub fn create(dir: &Path, init: Init, options: &Options) -> Result<Self, LedgerError> {
        let file = opening::new_file(&init, &options.ambient, options.segment_bytes)?;
        match open::create(dir, &file, options.disk.as_ref()) {
            Ok(()) => {}
            Err(open::OpenError::NotEmpty(name)) => {
                opening::unfinished(dir, &init, options.disk.as_ref())
                    .ok_or(open::OpenError::NotEmpty(name))?;
            }
            Err(error) => return Err(error.into()),
        }
        let opened = open::open(dir, options.store())?;
        if opened.events.head().position > 0 {
            return Err(open::OpenError::NotEmpty(dir.display().to_string()).into());
        }
        let writer = Self::writer(&opened.events, &opened.file, options)?;
        opening::record(&writer, init)?;
        let (file, events) = (&opened.file, opened.events);
        let ledger = Self::assemble(Some(dir), file, events, Some(writer), options)?;
        let mirror = opened.mirror;
        Ok(Self { mirror, ..ledger })
    }

    /// Opens a ledger for recording. What the store had to repair is recorded as an event.
    ///
    /// # Errors
    /// When the directory is no ledger, is of a newer format, is open for recording elsewhere, or
    /// cannot be read.
    pub fn open(dir: &Path, options: &Options) -> Result<Self, LedgerError> {
        let opened = open::open(dir, options.store_of(dir))?;
        let writer = Self::writer(&opened.events, &opened.file, options)?;
        let (file, events) = (&opened.file, opened.events);
        let mut ledger = Self::assemble(Some(dir), file, events, Some(writer), options)?;
        ledger.held_to_checkpoint(options.disk.as_ref())?;
        ledger.mirror = opened.mirror;
        if let Some(writer) = &ledger.writer {
            opening::note_restored(writer, dir, options.disk.as_ref());
        }
        let findings = ledger.store.info().findings;
        ledger.record_repairs(&findings, false);
        ledger.repairs = ledger.watch_repairs(findings.len())?;
        Ok(ledger)
    }

    /// Takes over a ledger that the doctor has mended, and records what was mended as one event.
    pub(super) fn mended(
        dir: &Path,
        mended: Mended,
        options: &Options,
    ) -> Result<Self, LedgerError> {
        let Mended { ledger, findings } = mended;
        let writer = Self::writer(&ledger.events, &ledger.file, options)?;
        let (mirror, file, events) = (ledger.mirror, &ledger.file, ledger.events);
        let ledger = Self::assemble(Some(dir), file, events, Some(writer), options)?;
        let ledger = Self { mirror, ..ledger };
        ledger.held_to_checkpoint(options.disk.as_ref())?;
        ledger.record_repairs(&findings, true);
        Ok(ledger)
    }

    fn record_repairs(&self, findings: &[Finding], second_copy_too: bool) {
        if let Some(writer) = &self.writer
            && let Some(repair) = finding::repairs(findings, second_copy_too)
        {
            repairs::record(writer, self.new_command_id(), repair);
        }
    }

    fn watch_repairs(&self, known: usize) -> Result<Option<Repairs>, LedgerError> {
        let Some(writer) = &self.writer else {
            return Ok(None);
        };
        let (store, ambient) = (Arc::clone(&self.store), self.ambient.clone());
        Repairs::watch(store, Arc::clone(writer), ambient, known)
            .map(Some)
            .map_err(LedgerError::Thread)
    }

    /// Opens a ledger for reading alone, beside a running writer or without one. Nothing is written.
    ///
    /// # Errors
    /// When the directory is no ledger, is of a newer format, or cannot be read.
    pub fn read(dir: &Path, options: &Options) -> Result<Self, LedgerError> {
        let opened = open::open_reader(dir, options.store())?;
        Self::assemble(Some(dir), &opened.file, opened.events, None, options)
    }

    /// A ledger in memory, gone when it is dropped.
    ///
    /// # Errors
    /// When the system gives no threads or random bytes.
    pub fn memory(init: Init, options: &Options) -> Result<Self, LedgerError> {
        let file = opening::new_file(&init, &options.ambient, options.segment_bytes)?;
        let store = open::memory(Arc::new(DealIndexer));
        let writer = Self::writer(&store, &file, options)?;
        opening::record(&writer, init)?;
        Self::assemble(None, &file, store, Some(writer), options)
    }

    fn writer(
        store: &Arc<dyn EventStore>,
        file: &LedgerFile,
        options: &Options,
    ) -> Result<Writer, LedgerError> {
        let ambient = options.ambient.clone();
        Ok(Writer::start(
            Arc::clone(store),
            file.secret,
            ambient,
            options.limits,
        )?)
    }

    fn assemble(
        dir: Option<&Path>,
        file: &LedgerFile,
        store: Arc<dyn EventStore>,
        writer: Option<Writer>,
        options: &Options,
    ) -> Result<Self, LedgerError> {
        let first = store.event(0).map_err(LedgerError::Unreadable)?;
        let first = first.ok_or_else(|| opening::never_opened(dir))?;
        let event = Decoder::from_start().decode(&first)?;
        let Payload::LedgerOpened(opened) = event.payload else {
            return Err(opening::never_opened(dir));
        };
        if file.origin != opened.origin.as_str() {
            return Err(opening::other_origin(&file.origin, opened.origin.as_str()));
        }
        if options.ambient.clock.is_set() && !opened.demonstration {
            return Err(LedgerError::ClockNotAllowed);
        }
        let kept = dir.filter(|_| !options.afresh);
        let kept = kept.and_then(|dir| snapshot::newest(dir, file.id, store.as_ref()));
        let last = kept.as_ref().map_or(0, |kept| kept.head.position);
        let follower =
            Arc::new(Follower::start(Arc::clone(&store), kept).map_err(LedgerError::Thread)?);
        if let Some(writer) = &writer {
            writer.ask(Arc::clone(&follower) as Arc<dyn Folds>);
        }
        let keeps = dir.filter(|_| writer.is_some()).map(|dir| {
            let follower = Arc::clone(&follower);
            Snapshots::start(dir, file.id, follower, last, options.snapshot_every)
        });
        Ok(Self {
            dir: dir.map(Path::to_owned),
            mirror: None,
            id: file.id,
            opened,
            repairs: None,
            writer: writer.map(Arc::new),
            snapshots: keeps.transpose().map_err(LedgerError::Thread)?,
            follower,
            ambient: options.ambient.clone(),
            drawn: AtomicU64::new(0),
            refs: Refs::default(),
            store,
        })
    }

    /// The ledger's directory; `None` for one in memory.
    #[must_use]
    pub fn dir(&self) -> Option<&Path> {
        self.dir.as_deref()
    }

    /// The mirror's directory, of a ledger that is open for recording and has one.
    #[must_use]
    pub fn mirror(&self) -> Option<&Path> {
        self.mirror.as_deref()
    }

    /// Whether it is open for recording.
    #[must_use]
    pub fn records(&self) -> bool {
        self.writer.is_some()
    }

    /// Its mirror, looked at now; `None` when there is none.
    #[must_use]
    pub fn mirror_state(&self) -> Option<MirrorState> {
        mirror::look(self.dir()?, self.id, self.head(), self.mirror())
    }

    /// What its directory remembers of the last backup.
    #[must_use]
    pub fn last_backup(&self) -> Option<LastBackup> {
        last::last_backup(&RealDisk, self.dir()?)
    }

    /// The ledger's id.
    #[must_use]
    pub fn id(&self) -> Uuid {
        self.id
    }

    /// How it was opened: origin, agency, zone, languages, whether its clock may be set.
    #[must_use]
    pub fn opened(&self) -> &LedgerOpened {
        &self.opened
    }

    /// How many events there are, all durable.
    #[must_use]
    pub fn head(&self) -> u64 {
        self.store.head().position
    }

    /// Now, by the ledger's clock.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        self.ambient.clock.now()
    }

    /// Today, in the agency's zone.
    #[must_use]
    pub fn today(&self) -> NaiveDate {
        self.opened.zone.day_of(self.now())
    }

    /// The store underneath, for what works on stored bytes.
    #[must_use]
    pub fn store(&self) -> &Arc<dyn EventStore> {
        &self.store
    }

    /// A fresh id for a new thing.
    #[must_use]
    pub fn new_stream(&self, kind: StreamKind) -> StreamId {
        StreamId::new(kind, self.draw(Purpose::Stream))
    }

    /// A fresh command id, for a sender who has none.
    #[must_use]
    pub fn new_command_id(&self) -> CommandId {
        CommandId::from(self.draw(Purpose::Command))
    }

    fn draw(&self, purpose: Purpose) -> Uuid {
        let n = self.drawn.fetch_add(1, Ordering::Relaxed);
        // Frames, not events: a command with nothing to do leaves no event, but its id is used.
        let place = self.store.head().frames;
        self.ambient.ids.draw(purpose, self.now(), place, n)
    }

    /// Records a command, and answers when it is durable.
    ///
    /// # Errors
    /// When it is refused or cannot be recorded.
    pub async fn submit(&self, command: Command) -> Result<Answer, CommandError> {
        self.hand_in(command)?.answer().await
    }

    /// As [`submit`](Self::submit), on a thread that may block.
    ///
    /// # Errors
    /// When it is refused or cannot be recorded.
    pub fn submit_blocking(&self, command: Command) -> Result<Answer, CommandError> {
        self.hand_in(command)?.wait()
    }

    fn hand_in(&self, command: Command) -> Result<Pending, CommandError> {
        self.submit_drawn(command, &[])
    }

    /// As [`submit`](Self::submit), for whoever sends a command again without knowing which ids were drawn for its new
    /// things the first time: two sendings that differ in the streams of `drawn` alone, in their order, are the same.
    ///
    /// # Errors
    /// When too many commands wait, or it cannot be stored.
    pub fn submit_drawn(
        &self,
        command: Command,
        drawn: &[StreamId],
    ) -> Result<Pending, CommandError> {
        let writer = self.writer.as_ref().ok_or(CommandError::ReadOnly)?;
        writer.submit_drawn(command, drawn)
    }

    /// The stored bytes of one event, exactly; `None` beyond the head.
    ///
    /// # Errors
    /// When the event cannot be read.
    pub fn event_bytes(&self, seq: u64) -> Result<Option<Vec<u8>>, ReadError> {
        let event = self.store.event(seq)?;
        Ok(event.map(|event| event.bytes().to_vec()))
    }

    /// How the read models are doing.
    #[must_use]
    pub fn follow_status(&self) -> FollowStatus {
        self.follower.status()
    }

    /// What the writer counted; `None` of a ledger that is open for reading alone.
    #[must_use]
    pub fn figures(&self) -> Option<&Figures> {
        self.writer.as_ref().map(|writer| writer.figures())
    }

    /// The names of the read models that follow the ledger.
    #[must_use]
    pub fn projections() -> [&'static str; 3] {
        let models = Models::new();
        [
            models.status.name(),
            models.ledger.name(),
            models.boundaries.name(),
        ]
    }

    /// The read models as they follow the ledger.
    pub(super) fn follower(&self) -> &Arc<Follower<Models>> {
        &self.follower
    }

    /// Figures about the store.
    #[must_use]
    pub fn store_info(&self) -> Info {
        self.store.info()
    }

    /// Damage that hides what stands behind it, in a sentence: answers rest on what stands before it alone.
    #[must_use]
    pub fn damage(&self) -> Option<String> {
        let findings = self.store.info().findings;
        let damage = findings
            .iter()
            .find(|finding| matches!(finding, Finding::Damage { .. }));
        damage.map(finding::sentence)
    }

    /// Why nothing can be recorded, if nothing can.
    #[must_use]
    pub fn stopped(&self) -> Option<String> {
        self.store.info().stopped
    }

    /// What opening found, mended or set aside, one sentence each.
    #[must_use]
    pub fn findings(&self) -> Vec<String> {
        self.store
            .info()
            .findings
            .iter()
            .map(finding::sentence)
            .collect()
    }
}
