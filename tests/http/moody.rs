//! A service on a disk that may fail.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use dealtrail::codec::door::payload_from_text;
use dealtrail::deal::command::{Command, Draft, Intent};
use dealtrail::deal::value::ids::{Actor, KnownBy, StreamKind};
use dealtrail::service::access::Access;
use dealtrail::service::answer::CommandError;
use dealtrail::service::ledger::{Ledger, Options};
use dealtrail::service::opening::Init;
use dealtrail::store::journal::disk::{Access as Rights, Disk, DiskFile, RealDisk};

use super::service::Service;

/// A disk whose syncs may fail and whose space may be gone.
#[derive(Default)]
struct MoodyDisk {
    sick: Arc<AtomicBool>,
    full: Arc<AtomicBool>,
}

struct MoodyFile {
    sick: Arc<AtomicBool>,
    file: Arc<dyn DiskFile>,
}

impl MoodyDisk {
    fn file(&self, file: Arc<dyn DiskFile>) -> Arc<dyn DiskFile> {
        let sick = Arc::clone(&self.sick);
        Arc::new(MoodyFile { sick, file })
    }
}

impl Disk for MoodyDisk {
    fn create(&self, path: &Path, access: Rights) -> io::Result<Arc<dyn DiskFile>> {
        Ok(self.file(RealDisk.create(path, access)?))
    }
    fn open(&self, path: &Path, writable: bool) -> io::Result<Arc<dyn DiskFile>> {
        Ok(self.file(RealDisk.open(path, writable)?))
    }
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        RealDisk.rename(from, to)
    }
    fn remove(&self, path: &Path) -> io::Result<()> {
        RealDisk.remove(path)
    }
    fn create_dir(&self, path: &Path) -> io::Result<()> {
        RealDisk.create_dir(path)
    }
    fn sync_dir(&self, path: &Path) -> io::Result<()> {
        RealDisk.sync_dir(path)
    }
    fn list(&self, path: &Path) -> io::Result<Vec<String>> {
        RealDisk.list(path)
    }
    fn free_bytes(&self, path: &Path) -> io::Result<u64> {
        match self.full.load(Ordering::Relaxed) {
            true => Ok(0),
            false => RealDisk.free_bytes(path),
        }
    }
}

impl DiskFile for MoodyFile {
    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<()> {
        self.file.write_at(bytes, offset)
    }
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        self.file.read_at(buffer, offset)
    }
    fn sync(&self) -> io::Result<()> {
        match self.sick.load(Ordering::Relaxed) {
            true => Err(io::Error::from_raw_os_error(5)),
            false => self.file.sync(),
        }
    }
    fn length(&self) -> io::Result<u64> {
        self.file.length()
    }
}

/// Whoever can connect may do everything.
pub(super) fn open() -> Access {
    Access::Open("u:local".parse().unwrap())
}

fn init() -> Init {
    Init {
        origin: serde_json::from_str("\"ledger.example/bricks\"").unwrap(),
        agency: serde_json::from_str("{\"en\":\"Agency of Bricks\"}").unwrap(),
        zone: "Asia/Baku".parse().unwrap(),
        languages: serde_json::from_str("[\"en\"]").unwrap(),
        demonstration: true,
    }
}

/// A service on a moody disk.
pub(super) fn moody() -> (Service, Arc<AtomicBool>, Arc<AtomicBool>) {
    let disk = MoodyDisk::default();
    let (sick, full) = (Arc::clone(&disk.sick), Arc::clone(&disk.full));
    let options = Options {
        disk: Arc::new(disk),
        segment_bytes: 4 << 20,
        floor_bytes: Some(1),
        ..Options::default()
    };
    let dir = tempfile::tempdir().unwrap();
    let ledger = Ledger::create(&dir.path().join("ledger"), init(), &options).unwrap();
    (Service::over(dir, ledger, open()), sick, full)
}

/// Records a note on an organisation of its own.
pub(super) fn record(ledger: &Ledger, name: &str) -> Result<(), CommandError> {
    let stream = ledger.new_stream(StreamKind::Organization);
    let data = serde_json::json!({ "ref": name, "names": { "en": name } }).to_string();
    let payload = payload_from_text("organization_registered", data.as_bytes());
    let command = Command {
        id: ledger.new_command_id(),
        actor: Actor {
            id: "u:local".parse().unwrap(),
            known_by: KnownBy::LocalClaim,
        },
        intents: vec![Intent::Record(Draft {
            stream,
            payload: payload.unwrap(),
            on: None,
            sources: Vec::new(),
        })],
        expected: None,
    };
    ledger.submit_blocking(command).map(drop)
}
