//! Opens a ledger's directory for recording.

use std::path::Path;
use std::sync::{Arc, Mutex, Weak};
use std::time::Instant;

use crate::store::ballast;
use crate::store::engine::sled::SledStore;
use crate::store::engine::sled::attach::{self, DIRECTORY};
use crate::store::engine::sled::follower::{Follower, discard};
use crate::store::engine::sled::guard::SledError;
use crate::store::engine::sled::shared::{Bounds, Progress, READY, ScrubState, Shared, State};
use crate::store::engine::sled::tree::Tree;
use crate::store::event_store::{Finding, Indexer, ReadError};
use crate::store::frame::{Check, Frame, FrameBytes};
use crate::store::head::Head;
use crate::store::journal::disk::Disk;
use crate::store::journal::files::JournalFiles;
use crate::store::journal::frames::SecondCopy;
use crate::store::journal::mend::repaired;
use crate::store::journal::recover::{Recovered, Recovery};
use crate::store::journal::scrub::{Beside, Pace, scrub};
use crate::store::journal::segment;
use crate::store::journal::writer::JournalWriter;
use crate::store::ledger_file::LedgerFile;
use crate::store::lock::WriterLock;
use crate::store::mirror::copy::{Copies, JournalCopy};
use crate::store::mirror::error::MirrorError;
use crate::store::mirror::level;
use crate::store::mirror::side::Mirror;
use crate::store::slice::Slice;

/// What the engine is opened with.
#[derive(Clone)]
pub struct Settings {
    /// The disk.
    pub disk: Arc<dyn Disk>,
    /// Which keys events have.
    pub indexer: Arc<dyn Indexer>,
    /// A position known to have been acknowledged, from a checkpoint.
    pub acknowledged: u64,
    /// How many bytes of frames sled may be behind before appending waits.
    pub lag_bytes: u64,
    /// Free bytes below which nothing is recorded.
    pub floor_bytes: u64,
    /// Told about a rebuild of the second copy: frames done, frames in all.
    pub progress: Option<Progress>,
    /// How fast what is stored is read again behind the ledger.
    pub pace: Pace,
}

/// Why a ledger could not be started.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The journal cannot be read.
    #[error(transparent)]
    Journal(#[from] ReadError),
    /// The mirror cannot be used.
    #[error(transparent)]
    Mirror(#[from] MirrorError),
}

/// Opens the journal and sled, compares them, mends what may be mended, and starts the threads.
///
/// # Errors
/// When a segment is missing or cannot be read at all, or the system gives no threads.
pub fn open(
    dir: &Path,
    ledger: &LedgerFile,
    lock: WriterLock,
    mirror: Option<Mirror>,
    settings: Settings,
    mut findings: Vec<Finding>,
) -> Result<SledStore, StartError> {
    // On a full disk sled cannot even be opened, so the ballast goes first.
    if let Err(error) = ballast::give_back(settings.disk.as_ref(), dir, settings.floor_bytes) {
        tracing::debug!(%error, "the ballast was left as it is");
    }
    let opened = attach::open(dir, ledger.id, &mut findings);
    let recovered = recover_all(
        dir,
        ledger,
        &settings,
        opened.as_ref().ok(),
        mirror.as_ref(),
    )?;
    let Recovered {
        files,
        end,
        findings: mended,
        broken,
    } = recovered;
    findings.extend(mended);
    let mut writer = JournalWriter::new(Arc::clone(&files), ledger.id, end, settings.floor_bytes)
        .map_err(|error| io("journal", &error))?;
    if broken.is_none()
        && let Ok(tree) = &opened
    {
        restore(tree.as_ref(), &mut writer, &mut findings)?;
    }
    let state = match broken {
        Some(damage) => stopped_by(&damage, segment::origin_head(ledger.id)),
        None => {
            let (journal, indexer) = (writer.head(), settings.indexer.version());
            let check = |tree: &Arc<Tree>| {
                attach::fit(tree, &files, ledger.id, indexer, journal)
                    .and_then(|head| not_beyond(head, journal))
            };
            let fitted = fit(dir, ledger, opened, &mut findings, check);
            begin(fitted, segment::origin_head(ledger.id), journal)
        }
    };
    let shared = Shared::new(
        files,
        ledger.id,
        writer.head(),
        Arc::clone(&settings.indexer),
        Bounds {
            lag_bytes: settings.lag_bytes,
            floor_bytes: settings.floor_bytes,
        },
        settings.progress,
        State {
            findings,
            mirror: mirror_copy(dir_of(&mirror), ledger, &settings.disk),
            ..state
        },
    );
    Ok(start(
        Arc::new(shared),
        writer,
        lock,
        mirror,
        settings.pace,
    )?)
}

/// The state of a ledger whose journal is damaged. The copy may be all that is left of what stands behind the damage:
/// it is left alone.
fn stopped_by(damage: &ReadError, origin: Head) -> State {
    State {
        status: "off: the journal is damaged".to_owned(),
        broken: Some(damage.to_string()),
        applied: origin,
        ..State::default()
    }
}

fn not_beyond(copy: Head, journal: Head) -> Result<Head, String> {
    match copy.frames > journal.frames {
        true => Err("it goes on after another history".to_owned()),
        false => Ok(copy),
    }
}

/// The state to begin with: the database, if any, and how far it has come.
fn begin((tree, copied, status): Fitted, origin: Head, journal: Head) -> State {
    let applied = tree.as_ref().map_or(origin, |tree| tree.indexed());
    let copied = copied.unwrap_or(origin);
    let caught_up = tree.is_some() && copied.frames == journal.frames;
    let done = tree.is_some() && applied.frames == journal.frames;
    let status = if done { READY.to_owned() } else { status };
    State {
        tree,
        applied,
        copied,
        status,
        caught_up,
        ..State::default()
    }
}

fn start(
    shared: Arc<Shared>,
    writer: JournalWriter,
    lock: WriterLock,
    mirror: Option<Mirror>,
    pace: Pace,
) -> Result<SledStore, ReadError> {
    let mirrored = mirror.as_ref().map(|mirror| mirror.dir().to_owned());
    let follower = Follower::new(Arc::clone(&shared));
    let scrubbed = Arc::clone(&shared);
    let locks = Arc::new((lock, mirror));
    let spawn = |name: &str, run: Box<dyn FnOnce() + Send>| {
        // A thread that a dead disk never lets go may yet wake up and write: until then nobody else may.
        let held = Arc::clone(&locks);
        let run = move || {
            run();
            drop(held);
        };
        let thread = std::thread::Builder::new().name(name.to_owned()).spawn(run);
        thread.map_err(|error| io("thread", &error))
    };
    let mut store = SledStore {
        shared,
        writer: Mutex::new(writer),
        threads: Vec::new(),
        _locks: Arc::clone(&locks),
    };
    store
        .threads
        .push(spawn("sled-follower", Box::new(move || follower.run()))?);
    store.threads.push(spawn(
        "journal-scrub",
        Box::new(move || scrub_for_ever(&scrubbed, pace, mirrored.as_deref())),
    )?);
    Ok(store)
}

/// Whether the copy may be asked for frames of this ledger at all.
fn belongs(tree: &Tree, ledger: &LedgerFile) -> bool {
    matches!(tree.applied(), Ok(Some(applied)) if applied.ledger == ledger.id)
}

fn recover(
    dir: &Path,
    ledger: &LedgerFile,
    settings: &Settings,
    copy: Option<Arc<dyn SecondCopy>>,
) -> Result<Recovered, ReadError> {
    let recovery = Recovery {
        dir,
        disk: Arc::clone(&settings.disk),
        ledger: ledger.id,
        segment_bytes: ledger.segment_bytes,
        copy,
        acknowledged: settings.acknowledged,
        writable: true,
    };
    recovery.run()
}

/// Finds the end of the journal, with every copy there is.
fn recover_all(
    dir: &Path,
    ledger: &LedgerFile,
    settings: &Settings,
    tree: Option<&Arc<Tree>>,
    mirror: Option<&Mirror>,
) -> Result<Recovered, StartError> {
    let usable = tree.filter(|tree| belongs(tree, ledger));
    let usable = usable.map(|tree| Arc::clone(tree) as Arc<dyn SecondCopy>);
    match mirror {
        None => Ok(recover(dir, ledger, settings, usable)?),
        Some(mirror) => recover_both(dir, ledger, settings, usable, mirror),
    }
}

fn dir_of(mirror: &Option<Mirror>) -> Option<&Path> {
    mirror.as_ref().map(Mirror::dir)
}

/// The mirror's frames, to read damaged ones from.
fn mirror_copy(
    dir: Option<&Path>,
    ledger: &LedgerFile,
    disk: &Arc<dyn Disk>,
) -> Option<Arc<JournalCopy>> {
    let copy = JournalCopy::open(dir?, disk, ledger.id, ledger.segment_bytes);
    copy.ok().map(Arc::new)
}

/// As [`recover`], with the mirror as a further copy. Afterwards both have the same frames, and what is written to the
/// journal is written to the mirror too.
fn recover_both(
    dir: &Path,
    ledger: &LedgerFile,
    settings: &Settings,
    tree: Option<Arc<dyn SecondCopy>>,
    mirror: &Mirror,
) -> Result<Recovered, StartError> {
    let mut findings = level::take_back(mirror, dir, ledger)?;
    let theirs = JournalCopy::open(mirror.dir(), mirror.disk(), ledger.id, ledger.segment_bytes)
        .map_err(|error| io("mirror", &error))?;
    let all = tree
        .into_iter()
        .chain([Arc::new(theirs) as Arc<dyn SecondCopy>]);
    let copies: Arc<dyn SecondCopy> = Arc::new(Copies::new(all.collect()));
    let mut recovered = recover(dir, ledger, settings, Some(Arc::clone(&copies)))?;
    findings.append(&mut recovered.findings);
    if recovered.broken.is_none() {
        let before = findings.len();
        let files = Arc::clone(&recovered.files);
        let mut writer = JournalWriter::new(files, ledger.id, recovered.end, 0)
            .map_err(|error| io("journal", &error))?;
        restore(copies.as_ref(), &mut writer, &mut findings)?;
        drop(writer);
        if findings.len() > before {
            recovered = recover(dir, ledger, settings, Some(copies))?;
        }
        let told = |done, all| settings.progress.iter().for_each(|told| told(done, all));
        level::make_level(mirror, dir, ledger, &recovered.files, &recovered.end, &told)?;
        let (twin, used) = (mirror.twin(dir), recovered.files.used());
        recovered.files = Arc::new(JournalFiles::new(dir, twin, ledger.segment_bytes, used));
    }
    Ok(Recovered {
        findings,
        ..recovered
    })
}

/// Puts frames back that the copy has and the journal has lost from its end. They had been acknowledged: the copy
/// only ever receives durable frames.
fn restore(
    copy: &dyn SecondCopy,
    writer: &mut JournalWriter,
    findings: &mut Vec<Finding>,
) -> Result<(), ReadError> {
    loop {
        let head = writer.head();
        let Some((bytes, source)) = copy.frame_from(head.frames, head.position) else {
            return Ok(());
        };
        let Ok(frame) = FrameBytes::decode(Slice::from(bytes), Check::Chain) else {
            return Ok(());
        };
        if frame.header().previous != head.chain || frame.header().number != head.frames {
            return Ok(());
        }
        let Ok(whole) = Frame::read(frame.clone()) else {
            return Ok(());
        };
        let at = writer.append(&whole).map_err(|error| ReadError::Io {
            file: segment::DIRECTORY.to_owned(),
            problem: format!("frames could not be put back from the second copy: {error}"),
        })?;
        let place = (at.segment.into(), at.offset.into());
        findings.push(repaired(place, &frame, String::new(), source));
    }
}

/// A database, the head it has reached, and its state in words.
type Fitted = (Option<Arc<Tree>>, Option<Head>, String);

/// Keeps a database that fits; another is set aside, and a new one begun.
fn fit(
    dir: &Path,
    ledger: &LedgerFile,
    opened: Result<Arc<Tree>, SledError>,
    findings: &mut Vec<Finding>,
    check: impl Fn(&Arc<Tree>) -> Result<Head, String>,
) -> Fitted {
    let tree = match opened {
        Ok(tree) => tree,
        Err(error) => return (None, None, format!("off: {error}")),
    };
    let reason = match check(&tree) {
        Ok(head) => return (Some(tree), Some(head), "catching up".to_owned()),
        Err(reason) => reason,
    };
    discard(Some(tree));
    let fresh = attach::set_aside(dir, &reason).and_then(|finding| {
        findings.push(finding);
        Tree::open(&dir.join(DIRECTORY), segment::origin_head(ledger.id))
    });
    match fresh {
        Ok(tree) => (Some(Arc::new(tree)), None, "rebuilding".to_owned()),
        Err(error) => (None, None, format!("off: {error}")),
    }
}

/// Reads everything again and again, first a little faster, until the store is closed.
fn scrub_for_ever(shared: &Shared, pace: Pace, mirror: Option<&Path>) {
    let mut rate = pace.first;
    loop {
        let (reach, tree) = {
            let state = shared.state();
            let reach = (shared.head.get(), state.applied.frames);
            (reach, state.tree.clone())
        };
        let copy = tree.as_ref().map(|tree| tree.as_ref() as &dyn SecondCopy);
        let theirs = mirror.and_then(|dir| {
            let files = &shared.files;
            JournalCopy::open(dir, files.disk(), shared.ledger, files.segment_bytes()).ok()
        });
        let all = tree.clone().map(|tree| tree as Arc<dyn SecondCopy>);
        let all = all
            .into_iter()
            .chain(theirs.map(|copy| Arc::new(copy) as Arc<dyn SecondCopy>));
        let all = Copies::new(all.collect());
        let beside = Beside {
            second: copy,
            any: Some(&all),
        };
        let pass = scrub(&shared.files, shared.ledger, beside, reach, rate, &|| {
            shared.closing()
        });
        drop(all);
        // The follower sets the database aside, and must not wait for this hold on it.
        let looked_at = tree.as_ref().map(Arc::downgrade);
        discard(tree);
        shared.change(|state| {
            if let Some(damage) = &pass.broken {
                state.broken.get_or_insert(damage.to_string());
            } else if pass.second_copy.is_some() && is_same(&looked_at, state.tree.as_ref()) {
                state.condemned = pass.second_copy;
            }
            for finding in pass.findings {
                if !state.findings.contains(&finding) {
                    state.findings.push(finding);
                }
            }
            if pass.complete {
                state.scrub = ScrubState {
                    passes: state.scrub.passes.saturating_add(1),
                    position: pass.head.position,
                    ended: Some(Instant::now()),
                };
            }
        });
        if let Some(mirror) = mirror.filter(|_| shared.state().broken.is_none()) {
            compare_mirror(shared, mirror);
        }
        rate = pace.later;
        let closing = shared.wait(pace.rest, |state| state.closing).closing;
        if closing {
            return;
        }
    }
}

/// Writes what the mirror holds otherwise than the journal, which was just read whole, there again.
fn compare_mirror(shared: &Shared, mirror: &Path) {
    let files = &shared.files;
    match level::compare_sealed(mirror, files, files.disk().as_ref(), &|| shared.closing()) {
        Ok(changed) => changed.iter().for_each(|file| {
            tracing::warn!(%file, "the mirror's copy was damaged and is written anew");
        }),
        Err(error) => tracing::warn!(%error, "the mirror could not be compared"),
    }
}

/// Whether the database that was looked at is the one in use.
fn is_same(looked_at: &Option<Weak<Tree>>, used: Option<&Arc<Tree>>) -> bool {
    let looked_at = looked_at.as_ref().map(Weak::as_ptr);
    looked_at.is_some() && looked_at == used.map(Arc::as_ptr)
}

fn io(file: &str, error: &std::io::Error) -> ReadError {
    ReadError::Io {
        file: file.to_owned(),
        problem: error.to_string(),
    }
}
