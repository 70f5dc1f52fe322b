//! The forgetting disk as a mounted file system, so that the real program runs on it.

use std::ffi::OsStr;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, MutexGuard, Once, PoisonError};
use std::time::{Duration, UNIX_EPOCH};

use fuser::{
    BackgroundSession, Config, Errno, FileAttr, FileHandle, FileType, Filesystem, FopenFlags,
    Generation, INodeNo, LockOwner, MountOption, OpenFlags, RenameFlags, ReplyAttr, ReplyCreate,
    ReplyData, ReplyDirectory, ReplyEmpty, ReplyEntry, ReplyOpen, ReplyStatfs, ReplyWrite, Request,
    TimeOrNow, WriteFlags,
};

use super::disk::{Disk, Fault, Node};

/// Nothing is cached by the kernel: each question reaches the model.
const NO_CACHE: Duration = Duration::ZERO;

/// A disk shared between the test and the mounted file system.
#[derive(Clone, Default)]
pub(crate) struct SharedDisk(Arc<Mutex<Disk>>);

impl From<Disk> for SharedDisk {
    fn from(disk: Disk) -> Self {
        Self(Arc::new(Mutex::new(disk)))
    }
}

impl SharedDisk {
    pub(crate) fn lock(&self) -> MutexGuard<'_, Disk> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Mounts the disk; it is there until the session is dropped.
    pub(crate) fn mount(&self, at: &Path) -> std::io::Result<BackgroundSession> {
        let mut config = Config::default();
        config.mount_options = vec![MountOption::FSName(own_name()), MountOption::NoDev];
        watch_over_this_process();
        fuser::spawn_mount(Shim(self.clone()), at, &config)
    }
}

/// The name under which this process mounts its disks.
fn own_name() -> String {
    format!("forgetful-{}", std::process::id())
}

/// A process that serves a disk and has files open on it waits for itself for ever when it is killed. So another one,
/// in a group of its own, takes the disks away as soon as this one has lost its program, which comes first.
fn watch_over_this_process() {
    static WATCHING: Once = Once::new();
    WATCHING.call_once(|| {
        let script = "while readlink \"/proc/$1/exe\" >/dev/null 2>&1; do sleep 1; done
            while read -r name place rest; do
                [ \"$name\" != \"$2\" ] || umount -f \"$place\" 2>/dev/null || umount -l \"$place\"
            done </proc/mounts";
        let own = std::process::id().to_string();
        // It ends by itself a second after this process, so nobody waits for it.
        #[allow(clippy::zombie_processes, reason = "it outlives this process")]
        let watch = Command::new("sh")
            .args(["-c", script, "sh", &own, &own_name()])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn();
        assert!(watch.is_ok(), "{watch:?}");
    });
}

struct Shim(SharedDisk);

fn errno(fault: Fault) -> Errno {
    match fault {
        Fault::Io => Errno::EIO,
        Fault::NoSpace => Errno::ENOSPC,
        Fault::NotFound => Errno::ENOENT,
        Fault::Exists => Errno::EEXIST,
        Fault::NotEmpty => Errno::ENOTEMPTY,
        Fault::NotADirectory => Errno::ENOTDIR,
        Fault::IsADirectory => Errno::EISDIR,
    }
}

fn attributes(number: u64, node: &Node) -> FileAttr {
    let (kind, size, nlink) = match node {
        Node::File { data, .. } => (FileType::RegularFile, data.len() as u64, 1),
        Node::Directory { .. } => (FileType::Directory, 0, 2),
    };
    FileAttr {
        ino: INodeNo(number),
        size,
        blocks: size.div_ceil(512),
        atime: UNIX_EPOCH,
        mtime: UNIX_EPOCH,
        ctime: UNIX_EPOCH,
        crtime: UNIX_EPOCH,
        kind,
        perm: node.mode(),
        nlink,
        uid: rustix::process::getuid().as_raw(),
        gid: rustix::process::getgid().as_raw(),
        rdev: 0,
        blksize: 4096,
        flags: 0,
    }
}

fn name(raw: &OsStr) -> Result<&str, Fault> {
    raw.to_str().ok_or(Fault::NotFound)
}

impl Shim {
    fn attributes(&self, number: u64) -> Result<FileAttr, Fault> {
        self.0
            .lock()
            .node(number)
            .map(|node| attributes(number, node))
    }

    fn make(&self, parent: INodeNo, raw: &OsStr, node: Node) -> Result<FileAttr, Fault> {
        let number = self.0.lock().create(parent.0, name(raw)?, node)?;
        self.attributes(number)
    }

    fn removed(&self, parent: INodeNo, raw: &OsStr, reply: ReplyEmpty) {
        answer(
            name(raw).and_then(|name| self.0.lock().remove(parent.0, name)),
            reply,
        );
    }
}

fn answer(outcome: Result<(), Fault>, reply: ReplyEmpty) {
    match outcome {
        Ok(()) => reply.ok(),
        Err(fault) => reply.error(errno(fault)),
    }
}

fn answer_entry(outcome: Result<FileAttr, Fault>, reply: ReplyEntry) {
    match outcome {
        Ok(attr) => reply.entry(&NO_CACHE, &attr, Generation(0)),
        Err(fault) => reply.error(errno(fault)),
    }
}

impl Filesystem for Shim {
    fn lookup(&self, _: &Request, parent: INodeNo, raw: &OsStr, reply: ReplyEntry) {
        let found = name(raw).and_then(|name| self.0.lock().look_up(parent.0, name));
        answer_entry(found.and_then(|number| self.attributes(number)), reply);
    }

    fn getattr(&self, _: &Request, ino: INodeNo, _: Option<FileHandle>, reply: ReplyAttr) {
        match self.attributes(ino.0) {
            Ok(attr) => reply.attr(&NO_CACHE, &attr),
            Err(fault) => reply.error(errno(fault)),
        }
    }

    fn setattr(
        &self,
        _: &Request,
        ino: INodeNo,
        mode: Option<u32>,
        _uid: Option<u32>,
        _gid: Option<u32>,
        size: Option<u64>,
        _atime: Option<TimeOrNow>,
        _mtime: Option<TimeOrNow>,
        _ctime: Option<std::time::SystemTime>,
        _fh: Option<FileHandle>,
        _crtime: Option<std::time::SystemTime>,
        _chgtime: Option<std::time::SystemTime>,
        _bkuptime: Option<std::time::SystemTime>,
        _flags: Option<fuser::BsdFileFlags>,
        reply: ReplyAttr,
    ) {
        let mut disk = self.0.lock();
        let mut outcome = Ok(());
        if let Some(size) = size {
            outcome = disk.resize(ino.0, usize::try_from(size).unwrap_or(usize::MAX));
        }
        if let (Ok(()), Some(mode)) = (outcome, mode) {
            outcome = disk.set_mode(ino.0, (mode & 0o7777) as u16);
        }
        drop(disk);
        match outcome.and_then(|()| self.attributes(ino.0)) {
            Ok(attr) => reply.attr(&NO_CACHE, &attr),
            Err(fault) => reply.error(errno(fault)),
        }
    }

    fn mkdir(
        &self,
        _: &Request,
        parent: INodeNo,
        raw: &OsStr,
        mode: u32,
        umask: u32,
        reply: ReplyEntry,
    ) {
        let mode = (mode & !umask & 0o7777) as u16;
        answer_entry(
            self.make(
                parent,
                raw,
                Node::Directory {
                    entries: Default::default(),
                    mode,
                },
            ),
            reply,
        );
    }

    fn create(
        &self,
        _: &Request,
        parent: INodeNo,
        raw: &OsStr,
        mode: u32,
        umask: u32,
        _flags: i32,
        reply: ReplyCreate,
    ) {
        let mode = (mode & !umask & 0o7777) as u16;
        match self.make(
            parent,
            raw,
            Node::File {
                data: Vec::new(),
                mode,
            },
        ) {
            Ok(attr) => {
                reply.created(
                    &NO_CACHE,
                    &attr,
                    Generation(0),
                    FileHandle(0),
                    FopenFlags::FOPEN_DIRECT_IO,
                );
            }
            Err(fault) => reply.error(errno(fault)),
        }
    }

    fn unlink(&self, _: &Request, parent: INodeNo, raw: &OsStr, reply: ReplyEmpty) {
        self.removed(parent, raw, reply);
    }

    fn rmdir(&self, _: &Request, parent: INodeNo, raw: &OsStr, reply: ReplyEmpty) {
        self.removed(parent, raw, reply);
    }

    fn rename(
        &self,
        _: &Request,
        parent: INodeNo,
        raw: &OsStr,
        new_parent: INodeNo,
        new_raw: &OsStr,
        _: RenameFlags,
        reply: ReplyEmpty,
    ) {
        let outcome = name(raw).and_then(|old| {
            let new = name(new_raw)?;
            self.0.lock().rename(parent.0, old, new_parent.0, new)
        });
        answer(outcome, reply);
    }

    fn open(&self, _: &Request, _: INodeNo, _: OpenFlags, reply: ReplyOpen) {
        reply.opened(FileHandle(0), FopenFlags::FOPEN_DIRECT_IO);
    }

    fn read(
        &self,
        _: &Request,
        ino: INodeNo,
        _: FileHandle,
        offset: u64,
        size: u32,
        _: OpenFlags,
        _: Option<LockOwner>,
        reply: ReplyData,
    ) {
        let at = usize::try_from(offset).unwrap_or(usize::MAX);
        match self.0.lock().read(ino.0, at, size as usize) {
            Ok(data) => reply.data(&data),
            Err(fault) => reply.error(errno(fault)),
        }
    }

    fn write(
        &self,
        _: &Request,
        ino: INodeNo,
        _: FileHandle,
        offset: u64,
        data: &[u8],
        _: WriteFlags,
        _: OpenFlags,
        _: Option<LockOwner>,
        reply: ReplyWrite,
    ) {
        let at = usize::try_from(offset).unwrap_or(usize::MAX / 2);
        match self.0.lock().write(ino.0, at, data) {
            Ok(()) => reply.written(data.len() as u32),
            Err(fault) => reply.error(errno(fault)),
        }
    }

    fn flush(&self, _: &Request, _: INodeNo, _: FileHandle, _: LockOwner, reply: ReplyEmpty) {
        reply.ok();
    }

    fn fsync(&self, _: &Request, ino: INodeNo, _: FileHandle, _: bool, reply: ReplyEmpty) {
        answer(self.0.lock().sync(ino.0), reply);
    }

    fn fsyncdir(&self, _: &Request, ino: INodeNo, _: FileHandle, _: bool, reply: ReplyEmpty) {
        answer(self.0.lock().sync(ino.0), reply);
    }

    fn readdir(
        &self,
        _: &Request,
        ino: INodeNo,
        _: FileHandle,
        offset: u64,
        mut reply: ReplyDirectory,
    ) {
        let disk = self.0.lock();
        let entries = match disk.entries(ino.0) {
            Ok(entries) => entries,
            Err(fault) => return reply.error(errno(fault)),
        };
        let rows = [(".", ino.0), ("..", ino.0)].into_iter();
        let rows = rows.chain(
            entries
                .iter()
                .map(|(name, number)| (name.as_str(), *number)),
        );
        for (index, (name, number)) in rows.enumerate().skip(offset as usize) {
            let kind = match disk.node(number) {
                Ok(Node::File { .. }) => FileType::RegularFile,
                _ => FileType::Directory,
            };
            if reply.add(INodeNo(number), index as u64 + 1, kind, name) {
                break;
            }
        }
        reply.ok();
    }

    fn statfs(&self, _: &Request, _: INodeNo, reply: ReplyStatfs) {
        // Roomy: whether there is space is the plan's affair.
        let blocks = 1 << 22;
        reply.statfs(blocks, blocks, blocks, 1 << 20, 1 << 20, 4096, 255, 4096);
    }
}
