//! Brings a ledger and its mirror together when the ledger is opened.
//!
//! First the ledger takes what only the mirror has: whole segments that are missing ([`take_back`]), then single
//! frames, by the same way as from the other second copy. Then the mirror is made the same as the ledger
//! ([`make_level`]): compared at once where either was written last, by their headers elsewhere.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use uuid::Uuid;

use crate::store::event_store::{Finding, Source};
use crate::store::evidence;
use crate::store::frame::{Check, FrameBytes, MAX_FRAME_BYTES};
use crate::store::journal::disk::{Access, Disk, fill_at};
use crate::store::journal::files::{JournalFiles, SegmentStart};
use crate::store::journal::frames::SecondCopy;
use crate::store::journal::recover::Recovery;
use crate::store::journal::segment;
use crate::store::journal::writer::JournalEnd;
use crate::store::ledger_file::{self, LedgerFile, Pair};
use crate::store::mirror::copy::JournalCopy;
use crate::store::mirror::documents;
use crate::store::mirror::error::MirrorError;
use crate::store::mirror::side::{Mirror, begun_name};
use crate::store::slice::Slice;

/// How much is compared and copied at once.
const STEP_BYTES: usize = 1 << 20;

/// Puts segments back that the ledger has lost and the mirror has whole: any before its last, and all when none is
/// left. What is missing at its end comes back frame by frame.
///
/// # Errors
/// When either side cannot be read or written.
pub fn take_back(
    mirror: &Mirror,
    primary: &Path,
    ledger: &LedgerFile,
) -> Result<Vec<Finding>, MirrorError> {
    let disk = mirror.disk();
    let failed = |error: io::Error| mirror.unusable(&error);
    let copy =
        JournalCopy::open(mirror.dir(), disk, ledger.id, ledger.segment_bytes).map_err(failed)?;
    let journal = primary.join(segment::DIRECTORY);
    let there = match disk.list(&journal) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
        other => other.map_err(failed)?,
    };
    let last = there
        .iter()
        .filter_map(|name| segment::number_of(name))
        .max();
    let mut findings = Vec::new();
    for (place, one) in copy.used().iter().enumerate() {
        if last.is_some_and(|last| one.number > last) {
            break;
        }
        let to = segment::path(primary, one.number);
        if length(disk.as_ref(), &to) == Some(ledger.segment_bytes) {
            continue;
        }
        let from = segment::path(mirror.dir(), one.number);
        if length(disk.as_ref(), &from) != Some(ledger.segment_bytes) {
            continue;
        }
        disk.create_dir(&journal).map_err(failed)?;
        whole(disk.as_ref(), &from, &to).map_err(failed)?;
        let next = copy.used().get(place.saturating_add(1));
        let events = next.map_or(0, |next| {
            next.start.position.saturating_sub(one.start.position)
        });
        findings.push(segment_put_back(
            segment::name(one.number),
            ledger.segment_bytes,
            one.start.position,
            events,
        ));
    }
    if !findings.is_empty() {
        disk.sync_dir(&journal)
            .and_then(|()| disk.sync_dir(primary))
            .map_err(failed)?;
    }
    Ok(findings)
}

/// Makes the mirror the same as the ledger's journal, which ends at `end`; a new one is built.
///
/// # Errors
/// When the mirror has entries that the ledger lacks and cannot take over, or cannot be written.
pub fn make_level(
    mirror: &Mirror,
    primary: &Path,
    ledger: &LedgerFile,
    files: &JournalFiles,
    end: &JournalEnd,
    progress: &dyn Fn(u64, u64),
) -> Result<(), MirrorError> {
    let disk = mirror.disk().as_ref();
    let failed = |error: io::Error| mirror.unusable(&error);
    let is_ledger = disk
        .open(&mirror.dir().join(ledger_file::FILE_NAME), false)
        .is_ok();
    if !is_ledger {
        begin(disk, mirror.dir(), ledger.id).map_err(failed)?;
    }
    let theirs = JournalCopy::open(mirror.dir(), mirror.disk(), ledger.id, ledger.segment_bytes)
        .map_err(failed)?;
    let before = check_history(mirror, primary, ledger, end, &theirs)?;
    disk.create_dir(&mirror.dir().join(segment::DIRECTORY))
        .map_err(failed)?;
    let used = files.used();
    // Both wrote last where the one that had come less far stands; before that, headers tell.
    let settled = theirs
        .used()
        .last()
        .map_or(0, |last| last.number)
        .min(end.segment);
    for (done, one) in used.iter().enumerate() {
        progress(done as u64, used.len() as u64);
        let thorough = one.number >= settled;
        segment_level(
            disk,
            primary,
            mirror.dir(),
            one,
            ledger.segment_bytes,
            thorough,
        )
        .map_err(failed)?;
    }
    let ends = before.map(|before| (before.segment, before.offset));
    // Where a mirror without an end of its own was written last is not known: anywhere in its last segment.
    let ends = ends.or_else(|| Some((theirs.used().last()?.number, ledger.segment_bytes)));
    for (number, offset) in ends.into_iter().chain([(end.segment, end.offset)]) {
        write_again(disk, primary, mirror.dir(), number, offset).map_err(failed)?;
    }
    spare_level(disk, primary, mirror.dir(), end, ledger.segment_bytes).map_err(failed)?;
    evidence_level(disk, primary, mirror.dir()).map_err(failed)?;
    documents::level(disk, primary, mirror.dir()).map_err(failed)?;
    disk.sync_dir(&mirror.dir().join(segment::DIRECTORY))
        .map_err(failed)?;
    disk.sync_dir(mirror.dir()).map_err(failed)?;
    if let Some(parent) = mirror.dir().parent() {
        // A parent that may not be opened is not ours to sync.
        let _ = disk.sync_dir(parent);
    }
    progress(used.len() as u64, used.len() as u64);
    let theirs = Pair::read(disk, mirror.dir());
    if !theirs.settled || theirs.file.ok().as_ref() != Some(ledger) {
        let written = ledger.write(disk, mirror.dir());
        written.map_err(|error| failed(io::Error::other(error.to_string())))?;
    }
    // The mark has served; one that stays does no harm.
    let _ = disk.remove(&mirror.dir().join(begun_name(ledger.id)));
    Ok(())
}

/// Refuses a mirror that holds a frame which the ledger does not have: neither can be given up. Gives where the mirror
/// ended, when that can be told.
fn check_history(
    mirror: &Mirror,
    primary: &Path,
    ledger: &LedgerFile,
    end: &JournalEnd,
    theirs: &JournalCopy,
) -> Result<Option<JournalEnd>, MirrorError> {
    if theirs.used().is_empty() {
        return Ok(None);
    }
    let failed = |error: io::Error| mirror.unusable(&error);
    let recovery = Recovery {
        dir: mirror.dir(),
        disk: Arc::clone(mirror.disk()),
        ledger: ledger.id,
        segment_bytes: ledger.segment_bytes,
        copy: None,
        acknowledged: 0,
        writable: false,
    };
    // A mirror with segments missing has no end of its own; what it has is looked at below.
    let recovered = recovery.run().ok();
    let head = recovered.as_ref().map(|recovered| recovered.end.head);
    let found = recovered
        .filter(|recovered| recovered.broken.is_none())
        .map(|recovered| recovered.end);
    let diverged = |theirs: u64| MirrorError::Diverged {
        dir: mirror.dir().display().to_string(),
        ours: end.head.position,
        theirs,
    };
    if theirs.any_from(end.head.frames).map_err(failed)?.is_some() {
        return Err(diverged(
            head.map_or(end.head.position, |head| head.position),
        ));
    }
    let Some((head, last)) = head.and_then(|head| Some((head, head.frames.checked_sub(1)?))) else {
        return Ok(found);
    };
    let ours = JournalCopy::open(primary, mirror.disk(), ledger.id, ledger.segment_bytes)
        .map_err(failed)?;
    let frame = ours.frame(last, 0);
    let chain =
        frame.and_then(|bytes| FrameBytes::decode(Slice::from(bytes), Check::Checksum).ok());
    match chain {
        Some(frame) if frame.chain() != head.chain => Err(diverged(head.position)),
        // A frame that is damaged here tells nothing; the background check names it.
        _ => Ok(found),
    }
}

/// The finding for a segment that was put back whole.
fn segment_put_back(file: String, bytes: u64, first_seq: u64, events: u64) -> Finding {
    Finding::FrameRepaired {
        file,
        offset: 0,
        bytes,
        first_seq,
        events,
        aside: String::new(),
        source: Source::Mirror,
    }
}

fn begin(disk: &dyn Disk, dir: &Path, ledger: Uuid) -> io::Result<()> {
    let mark = dir.join(begun_name(ledger));
    match disk.create(&mark, Access::Usual) {
        Ok(file) => file.sync()?,
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(error),
    }
    disk.sync_dir(dir)
}

fn segment_level(
    disk: &dyn Disk,
    primary: &Path,
    mirror: &Path,
    one: &SegmentStart,
    bytes: u64,
    thorough: bool,
) -> io::Result<()> {
    let from = segment::path(primary, one.number);
    let to = segment::path(mirror, one.number);
    if length(disk, &to) != Some(bytes) {
        return whole(disk, &from, &to);
    }
    let header = segment::FRAMES_START;
    let same = same(disk, &from, &to, header)?;
    match thorough || !same {
        true => patch(disk, &from, &to, bytes).map(drop),
        false => Ok(()),
    }
}

/// Writes a segment's header and what stands before its end once more, and syncs. When a sync failed in the process
/// before, the system may show bytes that never reached the disk and hold them for written: only new writes get there.
fn write_again(
    disk: &dyn Disk,
    primary: &Path,
    mirror: &Path,
    number: u64,
    end: u64,
) -> io::Result<()> {
    let source = disk.open(&segment::path(primary, number), false)?;
    let target = disk.open(&segment::path(mirror, number), true)?;
    let again = |from: u64, to: u64| {
        let count = usize::try_from(to.saturating_sub(from)).map_err(io::Error::other)?;
        let mut bytes = vec![0; count];
        fill_at(source.as_ref(), &mut bytes, from)?;
        target.write_at(&bytes, from)
    };
    again(0, segment::FRAMES_START)?;
    // At most one frame was not synced, the last one.
    let frame = end
        .saturating_sub(MAX_FRAME_BYTES as u64)
        .max(segment::FRAMES_START);
    again(frame, end)?;
    target.sync()
}

/// The blank segment made ahead is there on both sides or on neither.
fn spare_level(
    disk: &dyn Disk,
    primary: &Path,
    mirror: &Path,
    end: &JournalEnd,
    bytes: u64,
) -> io::Result<()> {
    let number = end.segment.saturating_add(1);
    let (from, to) = (
        segment::path(primary, number),
        segment::path(mirror, number),
    );
    match (end.spare_ready, length(disk, &to)) {
        (true, Some(there)) if there == bytes => patch(disk, &from, &to, bytes).map(drop),
        (true, _) => whole(disk, &from, &to),
        (false, Some(_)) => disk.remove(&to),
        (false, None) => Ok(()),
    }
}

/// Attached files and their salts that the mirror lacks. What is there stays: which of two that differ is the good one is
/// for the doctor to say, who reads them all.
fn evidence_level(disk: &dyn Disk, primary: &Path, mirror: &Path) -> io::Result<()> {
    let (ours, theirs) = (
        primary.join(evidence::DIRECTORY),
        mirror.join(evidence::DIRECTORY),
    );
    let shelves = names(disk, &ours)?;
    for shelf in &shelves {
        let to = theirs.join(shelf);
        disk.create_dir(&to)?;
        let mut changed = false;
        for commit in names(disk, &ours.join(shelf))? {
            let pair = evidence::names(&commit);
            let there = |name: &String| length(disk, &mirror.join(name)).is_some();
            if commit.contains('.')
                || pair.iter().all(there)
                || !evidence::is_whole(primary, &commit)
            {
                continue;
            }
            // A salt before its file: where a file stands, its salt does too.
            for name in pair.iter().rev() {
                whole(disk, &primary.join(name), &mirror.join(name))?;
            }
            changed = true;
        }
        if changed {
            disk.sync_dir(&to)?;
        }
    }
    match shelves.is_empty() {
        true => Ok(()),
        false => disk.sync_dir(&theirs),
    }
}

/// Compares sealed segments behind a running ledger and puts the mirror's right; gives the names of those that were
/// not the same. The ledger's own were proved just before.
///
/// # Errors
/// When either side cannot be read or written.
pub fn compare_sealed(
    mirror: &Path,
    files: &JournalFiles,
    disk: &dyn Disk,
    stop: &dyn Fn() -> bool,
) -> io::Result<Vec<String>> {
    let used = files.used();
    let sealed = used.len().saturating_sub(1);
    let mut found = Vec::new();
    for one in used.iter().take(sealed) {
        if stop() {
            break;
        }
        let (from, to) = (
            segment::path(files.dir(), one.number),
            segment::path(mirror, one.number),
        );
        let changed = match length(disk, &to) == Some(files.segment_bytes()) {
            true => patch(disk, &from, &to, files.segment_bytes())?,
            false => whole(disk, &from, &to).map(|()| true)?,
        };
        if changed {
            disk.sync_dir(&mirror.join(segment::DIRECTORY))?;
            found.push(segment::name(one.number));
        }
    }
    Ok(found)
}

/// Copies a file as a whole, durably but for its name.
///
/// # Errors
/// When either side fails.
pub fn whole(disk: &dyn Disk, from: &Path, to: &Path) -> io::Result<()> {
    let mut name = to.as_os_str().to_owned();
    name.push(".new");
    let fresh = PathBuf::from(name);
    match disk.remove(&fresh) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let source = disk.open(from, false)?;
    let length = source.length()?;
    let target = disk.create(&fresh, Access::Usual)?;
    let mut buffer = vec![0; STEP_BYTES];
    let mut at = 0;
    while at < length {
        let count = length.saturating_sub(at).min(STEP_BYTES as u64);
        let piece = buffer.get_mut(..count as usize).unwrap_or_default();
        fill_at(source.as_ref(), piece, at)?;
        target.write_at(piece, at)?;
        at = at.saturating_add(count);
    }
    target.sync()?;
    disk.rename(&fresh, to)
}

/// Writes those pieces of a file again that differ, and syncs it then; says whether any did.
fn patch(disk: &dyn Disk, from: &Path, to: &Path, bytes: u64) -> io::Result<bool> {
    let (source, target) = (disk.open(from, false)?, disk.open(to, true)?);
    let (mut ours, mut theirs) = (vec![0; STEP_BYTES], vec![0; STEP_BYTES]);
    let mut changed = false;
    let mut at = 0;
    while at < bytes {
        let count = bytes.saturating_sub(at).min(STEP_BYTES as u64) as usize;
        let own = ours.get_mut(..count).unwrap_or_default();
        let other = theirs.get_mut(..count).unwrap_or_default();
        fill_at(source.as_ref(), own, at)?;
        fill_at(target.as_ref(), other, at)?;
        if own != other {
            target.write_at(own, at)?;
            changed = true;
        }
        at = at.saturating_add(count as u64);
    }
    // What an earlier process wrote and did not sync reads the same and may still vanish.
    target.sync()?;
    Ok(changed)
}

fn same(disk: &dyn Disk, one: &Path, other: &Path, bytes: u64) -> io::Result<bool> {
    let read = |path: &Path| -> io::Result<Vec<u8>> {
        let mut buffer = vec![0; usize::try_from(bytes).map_err(io::Error::other)?];
        fill_at(disk.open(path, false)?.as_ref(), &mut buffer, 0)?;
        Ok(buffer)
    };
    Ok(read(one)? == read(other)?)
}

fn length(disk: &dyn Disk, path: &Path) -> Option<u64> {
    disk.open(path, false).and_then(|file| file.length()).ok()
}

fn names(disk: &dyn Disk, dir: &Path) -> io::Result<Vec<String>> {
    match disk.list(dir) {
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
            ) =>
        {
            Ok(Vec::new())
        }
        other => other,
    }
}
