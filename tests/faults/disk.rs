//! A disk that fails when it is told to, and forgets what was not synced when it is cut off.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use dealtrail::store::journal::disk::{Access, Disk, DiskFile, RealDisk, fill_at};

/// Which call fails.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Call {
    Write,
    Sync,
}

/// What becomes of the bytes of the call that fails.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Fate {
    /// They are lost.
    Lost,
    /// They are kept, though the call says it failed.
    Kept,
}

/// One fault.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fault {
    pub call: Call,
    /// The how-manieth call of this kind fails, from 0.
    pub nth: u64,
    pub fate: Fate,
    /// `EIO` or `ENOSPC`.
    pub errno: i32,
    /// Whether every later call fails too.
    pub dead: bool,
}

pub(crate) const EIO: i32 = 5;
pub(crate) const ENOSPC: i32 = 28;

type Old = (u64, Vec<u8>);

#[derive(Default)]
struct State {
    fault: Option<Fault>,
    seen: u64,
    fired: bool,
    /// Only files whose path has this part fail; the helpers of a ledger sync their own files when they like.
    only: Option<&'static str>,
    free_bytes: Option<u64>,
    /// Reads and syncs of this thread do not come back.
    stuck: Option<&'static str>,
    unsynced: BTreeMap<PathBuf, Vec<Old>>,
}

/// The failing disk.
#[derive(Clone, Default)]
pub(crate) struct FaultyDisk(Arc<Mutex<State>>);

struct FaultyFile {
    disk: FaultyDisk,
    path: PathBuf,
    file: Arc<dyn DiskFile>,
}

impl FaultyDisk {
    /// Counts from now on.
    pub(crate) fn arm(&self, fault: Fault) {
        let mut state = self.0.lock().unwrap();
        state.fault = Some(fault);
        state.seen = 0;
    }

    /// As [`arm`](Self::arm), for the journal alone.
    pub(crate) fn arm_journal(&self, fault: Fault) {
        self.0.lock().unwrap().only = Some("journal");
        self.arm(fault);
    }

    /// As [`arm`](Self::arm), for files whose path has this part.
    pub(crate) fn arm_on(&self, part: &'static str, fault: Fault) {
        self.0.lock().unwrap().only = Some(part);
        self.arm(fault);
    }

    /// No fault any more.
    pub(crate) fn calm(&self) {
        self.0.lock().unwrap().fault = None;
    }

    pub(crate) fn fired(&self) -> bool {
        self.0.lock().unwrap().fired
    }

    pub(crate) fn say_free(&self, bytes: Option<u64>) {
        self.0.lock().unwrap().free_bytes = bytes;
    }

    /// Reads and syncs of the thread with this name wait until it is taken back.
    pub(crate) fn hold(&self, thread: Option<&'static str>) {
        self.0.lock().unwrap().stuck = thread;
    }

    fn holds_this_thread(&self) -> bool {
        let stuck = self.0.lock().unwrap().stuck;
        stuck.is_some() && stuck == std::thread::current().name()
    }

    /// The power goes: whatever was not synced is as it was before.
    pub(crate) fn cut_power(&self) {
        for (path, old) in std::mem::take(&mut self.0.lock().unwrap().unsynced) {
            // A file that was made and renamed since then has another name; it was synced before.
            if let Ok(file) = RealDisk.open(&path, true) {
                old.into_iter()
                    .rev()
                    .for_each(|(offset, bytes)| file.write_at(&bytes, offset).unwrap());
            }
        }
    }

    /// Decides about one call: `Some(fate)` when it fails.
    fn decide(&self, call: Call, path: &Path) -> Option<(Fate, i32)> {
        let mut state = self.0.lock().unwrap();
        let fault = state.fault?;
        if state
            .only
            .is_some_and(|part| !path.to_string_lossy().contains(part))
        {
            return None;
        }
        if state.fired {
            return fault.dead.then_some((Fate::Lost, EIO));
        }
        if fault.call != call {
            return None;
        }
        state.seen += 1;
        state.fired = state.seen > fault.nth;
        state.fired.then_some((fault.fate, fault.errno))
    }
}

impl DiskFile for FaultyFile {
    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<()> {
        let decision = self.disk.decide(Call::Write, &self.path);
        if decision.is_none_or(|(fate, _)| fate == Fate::Kept) {
            let mut old = vec![0; bytes.len()];
            fill_at(self.file.as_ref(), &mut old, offset)?;
            let mut state = self.disk.0.lock().unwrap();
            state
                .unsynced
                .entry(self.path.clone())
                .or_default()
                .push((offset, old));
            self.file.write_at(bytes, offset)?;
        } else if let Some(half) = bytes.get(..bytes.len() / 2) {
            // A write that failed may have written a part.
            self.file.write_at(half, offset)?;
        }
        decision.map_or(Ok(()), |(_, errno)| {
            Err(io::Error::from_raw_os_error(errno))
        })
    }

    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        while self.disk.holds_this_thread() {
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
        self.file.read_at(buffer, offset)
    }

    fn sync(&self) -> io::Result<()> {
        while self.disk.holds_this_thread() {
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
        let decision = self.disk.decide(Call::Sync, &self.path);
        let mut state = self.disk.0.lock().unwrap();
        let unsynced = state.unsynced.remove(&self.path).unwrap_or_default();
        match decision {
            None | Some((Fate::Kept, _)) => {}
            Some((Fate::Lost, _)) => {
                unsynced
                    .into_iter()
                    .rev()
                    .try_for_each(|(offset, old)| self.file.write_at(&old, offset))?;
            }
        }
        decision.map_or(Ok(()), |(_, errno)| {
            Err(io::Error::from_raw_os_error(errno))
        })
    }

    fn length(&self) -> io::Result<u64> {
        self.file.length()
    }
}

impl FaultyDisk {
    fn wrap(&self, path: &Path, file: Arc<dyn DiskFile>) -> Arc<dyn DiskFile> {
        Arc::new(FaultyFile {
            disk: self.clone(),
            path: path.to_owned(),
            file,
        })
    }
}

impl Disk for FaultyDisk {
    fn create(&self, path: &Path, access: Access) -> io::Result<Arc<dyn DiskFile>> {
        Ok(self.wrap(path, RealDisk.create(path, access)?))
    }
    fn open(&self, path: &Path, writable: bool) -> io::Result<Arc<dyn DiskFile>> {
        Ok(self.wrap(path, RealDisk.open(path, writable)?))
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
        match self.0.lock().unwrap().free_bytes {
            Some(bytes) => Ok(bytes),
            None => RealDisk.free_bytes(path),
        }
    }
}
