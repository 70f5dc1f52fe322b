//! Re-reads the sealed segments behind a running ledger, and mends single damaged frames from the second copy.

use std::io;
use std::path::Path;
use std::sync::Arc;

use crate::store::event_store::{Finding, ReadError};
use crate::store::frame::{Check, FrameBytes};
use crate::store::journal::disk::{Access, Disk, fill_at};
use crate::store::journal::files::{JournalFiles, unreadable};
use crate::store::journal::frames::{JournalFrames, SecondCopy};
use crate::store::journal::recover::repaired;
use crate::store::journal::segment;
use crate::store::slice::Slice;

/// Where bytes are kept that were cut or replaced.
pub const ASIDE: &str = "aside";

/// Proves every sealed segment, chain hashes included, until `stop` says so; tells what was found.
///
/// The writer never touches a sealed segment, so mending beside it is safe.
///
/// # Errors
/// When a segment cannot be read at all.
pub fn scrub(
    files: &Arc<JournalFiles>,
    copy: Option<&dyn SecondCopy>,
    stop: &dyn Fn() -> bool,
) -> Result<Vec<Finding>, ReadError> {
    let mut findings = Vec::new();
    let Some(sealed_end) = files.used().last().map(|tail| tail.start.frames) else {
        return Ok(findings);
    };
    let Some(mut start) = JournalFrames::start_of(files, |_| false) else {
        return Ok(findings);
    };
    loop {
        let mut frames = JournalFrames::new(Arc::clone(files), start, sealed_end, Check::Chain);
        let Some(error) = frames.by_ref().find_map(|frame| match frame {
            _ if stop() => Some(None),
            Ok(_) => None,
            Err(error) => Some(Some(error)),
        }) else {
            return Ok(findings);
        };
        let Some(error) = error else {
            return Ok(findings);
        };
        start = frames.position();
        let ReadError::Damaged {
            file,
            offset,
            first_seq,
            what,
        } = error
        else {
            return Err(error);
        };
        let found = files
            .at(start.place)
            .zip(copy.and_then(|copy| fresh(copy, &frames)));
        let Some((segment, frame)) = found else {
            findings.push(Finding::Damage {
                file,
                offset,
                first_seq,
                what,
            });
            return Ok(findings);
        };
        let aside = mend(
            files.dir(),
            files.disk().as_ref(),
            segment.number,
            start.offset,
            frame.bytes(),
        )
        .map_err(|error| unreadable(segment.number, &error))?;
        findings.push(repaired(segment.number, start.offset, &frame, aside));
    }
}

/// The frame that belongs where reading stopped, from the second copy, proved.
fn fresh(copy: &dyn SecondCopy, frames: &JournalFrames) -> Option<FrameBytes> {
    let head = frames.head();
    let bytes = copy.frame(head.frames, head.position)?;
    let frame = FrameBytes::decode(Slice::from(bytes), Check::Chain).ok()?;
    let header = frame.header();
    (header.number == head.frames && header.previous == head.chain).then_some(frame)
}

/// Replaces bytes of a segment; what stood there is kept aside first. Gives the name of the kept file.
///
/// # Errors
/// When the disk fails.
pub fn mend(
    dir: &Path,
    disk: &dyn Disk,
    number: u64,
    offset: u64,
    bytes: &[u8],
) -> io::Result<String> {
    let aside = keep_aside(
        dir,
        disk,
        number,
        offset,
        offset.saturating_add(bytes.len() as u64),
    )?;
    let file = disk.open(&segment::path(dir, number), true)?;
    file.write_at(bytes, offset)?;
    file.sync()?;
    Ok(aside)
}

/// Copies a range of a segment into a file of its own, durable before it returns.
///
/// # Errors
/// When the disk fails.
pub fn keep_aside(
    dir: &Path,
    disk: &dyn Disk,
    number: u64,
    offset: u64,
    end: u64,
) -> io::Result<String> {
    let source = disk.open(&segment::path(dir, number), false)?;
    let mut bytes = vec![0; usize::try_from(end.saturating_sub(offset)).map_err(io::Error::other)?];
    fill_at(source.as_ref(), &mut bytes, offset)?;
    let aside = dir.join(ASIDE);
    disk.create_dir(&aside)?;
    disk.sync_dir(dir)?;
    for attempt in 0_u32..10_000 {
        let name = format!("{ASIDE}/journal-{number:06}-{offset}-{attempt}");
        let file = match disk.create(&dir.join(&name), Access::Usual) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => continue,
            Err(error) => return Err(error),
        };
        file.write_at(&bytes, 0)?;
        file.sync()?;
        disk.sync_dir(&aside)?;
        return Ok(name);
    }
    Err(io::Error::other(
        "too many files are kept aside already: look into the directory `aside`",
    ))
}

/// A sync that failed while the journal was opened.
pub fn sync_error(number: u64, error: &io::Error) -> ReadError {
    ReadError::Io {
        file: segment::name(number),
        problem: format!("its last frames could not be synced ({error})"),
    }
}
