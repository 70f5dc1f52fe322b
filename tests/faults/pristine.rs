//! A small ledger of every kind of file, to be damaged and put back again and again, and everything it answers.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use dealtrail::deal::command::Intent;
use dealtrail::service::diagnosis::Diagnosis;
use dealtrail::service::doctor;
use dealtrail::service::evidence;
use dealtrail::service::ledger::{Ledger, Options};
use dealtrail::store::journal::scrub::Pace;
use dealtrail::store::open::{self, MirrorChoice};

use crate::service::support::{agreement, clock, init, noted, options, record, registered, send};

/// How many commands the ledger holds besides its opening: so many that they fill two segments.
const COMMANDS: u64 = 62;
/// When each file was last written, as far as its time stamp says: what is written later shows.
const LONG_AGO: SystemTime = SystemTime::UNIX_EPOCH;
/// Room in memory for the ledgers of two lanes, their second copies and what repairs keep aside.
const ROOM_BYTES: u64 = 512 << 20;

pub(crate) fn quick() -> Options {
    Options {
        pace: Pace {
            first: u64::MAX,
            later: u64::MAX,
            rest: Duration::from_millis(5),
        },
        // So that the ledger has both the snapshots that are kept.
        snapshot_every: 100,
        ..options(&clock())
    }
}

/// A directory in memory where there is one with room: these trials are about bytes, not about the disk.
fn room() -> tempfile::TempDir {
    let memory = Path::new("/dev/shm");
    let free = rustix::fs::statvfs(memory).map_or(0, |fs| fs.f_bavail.saturating_mul(fs.f_frsize));
    match free >= ROOM_BYTES {
        true => tempfile::tempdir_in(memory).unwrap(),
        false => tempfile::tempdir().unwrap(),
    }
}

/// The intents of command `n`; the first registers, one has evidence, the rest are long remarks.
fn intents(n: u64, paper: &str) -> Vec<Intent> {
    match n {
        0 => vec![registered(1)],
        1 => {
            let mut signed = record(agreement(1), "signed", Some("2025-04-17"), "{}");
            if let Intent::Record(draft) = &mut signed {
                draft.sources = serde_json::from_str(paper).unwrap();
            }
            vec![signed]
        }
        _ => {
            let filler = "brick ".repeat(2_500);
            let words = |part| format!("remark {n} {part} {filler}end");
            (0..5)
                .map(|part: u64| noted(agreement(1), &words(part)))
                .collect()
        }
    }
}

/// A file's content, and what its directory says of it.
type Files = BTreeMap<PathBuf, Vec<u8>>;

/// Length, time stamp and number of every file.
pub(crate) type Stamps = BTreeMap<PathBuf, (u64, (i64, i64), u64)>;

/// What is shared by every lane.
pub(crate) struct Original {
    paper: String,
    pub(crate) events: Vec<Vec<u8>>,
    pub(crate) identity: String,
    pub(crate) files: Files,
    pub(crate) yesterday: Files,
}

/// One ledger to damage.
pub(crate) struct Pristine {
    home: tempfile::TempDir,
    pub(crate) original: Arc<Original>,
    pub(crate) diagnosis: Diagnosis,
}

impl Pristine {
    /// Makes the ledger, with a mirror or without.
    pub(crate) fn new(mirrored: bool) -> Self {
        let home = room();
        let dir = home.path().join("ledger");
        let made = Options {
            mirror: match mirrored {
                true => MirrorChoice::In(home.path().join("mirror")),
                false => MirrorChoice::Recorded,
            },
            ..quick()
        };
        let ledger = Ledger::create(&dir, init(), &made).unwrap();
        let letter = home.path().join("letter.txt");
        fs::write(&letter, "land of brick ".repeat(40)).unwrap();
        let evidence = evidence::attach(&ledger, &letter).unwrap();
        fs::remove_file(letter).unwrap();
        let paper =
            serde_json::json!([{"title": "letter", "type": "document", "evidence": evidence}]);
        let paper = paper.to_string();
        let mut yesterday = BTreeMap::new();
        let mut open = Some(ledger);
        for n in 0..COMMANDS {
            if n == COMMANDS / 3 {
                drop(open.take());
                yesterday = all_files(home.path());
                open = Some(Ledger::open(&dir, &quick()).unwrap());
            }
            let id = format!("c-{n}");
            send(open.as_ref().unwrap(), &id, intents(n, &paper)).unwrap();
        }
        drop(open);
        let (events, identity) = read(&dir).unwrap();
        let mut files = all_files(home.path());
        assert!(files.contains_key(Path::new("ledger/journal/000001")));
        // The writer makes the next segment ahead when the last one is half full.
        for side in ["ledger", "mirror"] {
            if let Some(segment) = files.get(&Path::new(side).join("journal/000001")) {
                let blank = vec![0; segment.len()];
                files.insert(Path::new(side).join("journal/000002"), blank);
            }
        }
        let original = Arc::new(Original {
            paper,
            events,
            identity,
            files,
            yesterday,
        });
        Self::in_room(home, original)
    }

    /// The same ledger once more, in a directory of its own.
    pub(crate) fn again(&self) -> Self {
        match self.original.files.contains_key(Path::new("ledger/mirror")) {
            // The ledger's directory names its mirror's.
            true => Self::new(true),
            false => Self::in_room(room(), Arc::clone(&self.original)),
        }
    }

    fn in_room(home: tempfile::TempDir, original: Arc<Original>) -> Self {
        for (file, bytes) in &original.files {
            write(&home.path().join(file), bytes);
        }
        let diagnosis = doctor::examine(&home.path().join("ledger"), &quick()).unwrap();
        assert!(diagnosis.is_whole(), "{diagnosis:#?}");
        assert_eq!(diagnosis.evidence_files, 1);
        Self {
            home,
            original,
            diagnosis,
        }
    }

    pub(crate) fn home(&self) -> &Path {
        self.home.path()
    }

    pub(crate) fn dir(&self) -> PathBuf {
        self.home().join("ledger")
    }

    /// Whether a file is not there.
    pub(crate) fn lacks(&self, file: &Path) -> bool {
        !self.home().join(file).exists()
    }

    /// The files whose bits may flip, and their content.
    pub(crate) fn damageable(&self) -> Vec<(&Path, &[u8])> {
        let lock = |name: &Path| name.ends_with("lock");
        self.original
            .files
            .iter()
            .map(|(name, bytes)| (name.as_path(), bytes.as_slice()))
            .filter(|(name, bytes)| !bytes.is_empty() && !lock(name))
            .collect()
    }

    /// Writes a file, or removes it, so that it looks as old as the others.
    pub(crate) fn write(&self, file: &Path, bytes: Option<&[u8]>) {
        let path = self.home().join(file);
        match bytes {
            Some(bytes) => write(&path, bytes),
            None => fs::remove_file(path).unwrap(),
        }
    }

    /// Flips one bit in place.
    pub(crate) fn flip(&self, file: &Path, at: u64, bit: u64) {
        use std::os::unix::fs::FileExt;
        let path = self.home().join(file);
        let byte = self.original.files[file][at as usize] ^ (1 << bit);
        let open = fs::OpenOptions::new().write(true).open(&path).unwrap();
        open.write_all_at(&[byte], at).unwrap();
        drop(open);
        age(&path);
    }

    /// Puts every file back that was written since, or is named here.
    pub(crate) fn restore_with(&self, damaged: &[&Path]) {
        let stamps = self.stamps();
        for path in stamps.keys() {
            if !self.original.files.contains_key(path) {
                fs::remove_file(self.home().join(path)).unwrap();
            }
        }
        for (path, bytes) in &self.original.files {
            let old = stamps.get(path).is_some_and(|(length, written, _)| {
                *length == bytes.len() as u64 && *written == (0, 0)
            });
            if !old || damaged.contains(&path.as_path()) {
                self.write(path, Some(bytes));
            }
        }
    }

    /// Puts every file back, whatever was done to it.
    pub(crate) fn restore(&self) {
        let all: Vec<_> = self.original.files.keys().map(PathBuf::as_path).collect();
        self.restore_with(&all);
        assert!(all_files(self.home()) == self.original.files);
    }

    /// Every file's length, time stamp and number: whether anything was written, without reading everything.
    pub(crate) fn stamps(&self) -> Stamps {
        let mut stamps = BTreeMap::new();
        walk(self.home(), Path::new(""), &mut |path| {
            // Whoever takes the lock writes its number there.
            if path.ends_with("lock") {
                return;
            }
            let meta = fs::metadata(self.home().join(&path)).unwrap();
            let written = (meta.mtime(), meta.mtime_nsec());
            stamps.insert(path, (meta.len(), written, meta.ino()));
        });
        stamps
    }

    /// Whether a second copy of a file is at hand. Evidence has none without a mirror, and what names the mirror has
    /// none at all: damage to it is named.
    pub(crate) fn has_a_copy(&self, file: &Path) -> bool {
        let mirrored = self.original.files.contains_key(Path::new("ledger/mirror"));
        file != Path::new("ledger/mirror") && (mirrored || !self.is_evidence(file))
    }

    /// Whether it is a file of evidence or its salt.
    pub(crate) fn is_evidence(&self, file: &Path) -> bool {
        file.starts_with("ledger/evidence") || file.starts_with("mirror/evidence")
    }

    /// Whether it is a snapshot, which opening leaves where it is when it cannot be used.
    pub(crate) fn is_snapshot(&self, file: &Path) -> bool {
        file.starts_with("ledger/snapshots")
    }

    /// Whether an open ledger answers as it did. The journal is compared byte by byte, so that some commands are enough.
    pub(crate) fn answers_as_before(&self, ledger: &Ledger) -> Result<(), String> {
        for n in [0, 1, COMMANDS - 1] {
            let answer = send(ledger, &format!("c-{n}"), intents(n, &self.original.paper));
            match answer {
                Ok(answer) if answer.replayed => {}
                other => return Err(format!("command {n} is answered {other:?}")),
            }
        }
        self.reads_as_before()
    }

    /// Whether the journal holds every frame as it was, and reads so. What the ledger says of its own repair may follow.
    pub(crate) fn reads_as_before(&self) -> Result<(), String> {
        let (events, identity) = read(&self.dir())?;
        let known = self.original.events.len();
        if events.get(..known) != Some(&self.original.events) || identity != self.original.identity
        {
            return Err("events differ".to_owned());
        }
        for event in events.iter().skip(known) {
            let text = String::from_utf8_lossy(event);
            if !text.contains(r#""kind":"ledger_repaired""#) {
                return Err(format!("an event nobody sent: {text}"));
            }
        }
        for (file, bytes) in &self.original.files {
            let is_journal = ["ledger/journal", "mirror/journal"]
                .iter()
                .any(|journal| file.starts_with(journal));
            let used = bytes.iter().rposition(|byte| *byte != 0);
            if let (true, Some(last)) = (is_journal, used) {
                let now = fs::read(self.home().join(file)).map_err(|error| error.to_string())?;
                if now.get(..=last) != bytes.get(..=last) {
                    return Err(format!("{} has other bytes", file.display()));
                }
            }
        }
        Ok(())
    }
}

fn write(path: &Path, bytes: &[u8]) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
    age(path);
}

fn age(path: &Path) {
    let file = fs::OpenOptions::new().write(true).open(path).unwrap();
    file.set_modified(LONG_AGO).unwrap();
}

/// Every event's bytes up to the head and what the ledger is, or the damage a reader names.
pub(crate) fn read(dir: &Path) -> Result<(Vec<Vec<u8>>, String), String> {
    let reader = open::open_reader(dir, open::OpenOptions::default()).map_err(|e| e.to_string())?;
    let mut events = Vec::new();
    for frame in reader.events.read(0).map_err(|error| error.to_string())? {
        let frame = frame.map_err(|error| error.to_string())?;
        events.extend(frame.events().iter().map(|event| event.bytes().to_vec()));
    }
    let findings = reader.events.info().findings;
    if !findings.is_empty() {
        return Err(format!("{findings:?}"));
    }
    let identity = format!("{:?} {:?}", reader.file.id, reader.file.secret);
    Ok((events, identity))
}

/// Every file's content.
fn all_files(home: &Path) -> Files {
    let mut files = BTreeMap::new();
    walk(home, Path::new(""), &mut |path| {
        let bytes = fs::read(home.join(&path)).unwrap();
        files.insert(path, bytes);
    });
    files
}

fn walk(home: &Path, below: &Path, see: &mut dyn FnMut(PathBuf)) {
    for entry in fs::read_dir(home.join(below)).unwrap() {
        let path = below.join(entry.unwrap().file_name());
        match home.join(&path).is_dir() {
            true => walk(home, &path, see),
            false => see(path),
        }
    }
}
