//! Puts bytes of a segment right. What stood there is kept aside first, so that nothing is ever lost by mending.

use std::io;
use std::path::Path;

use crate::store::event_store::{Finding, Source};
use crate::store::frame::FrameBytes;
use crate::store::journal::disk::{Access, Disk, fill_at};
use crate::store::journal::segment;

/// Where bytes are kept that were cut or replaced.
const ASIDE: &str = "aside";

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

/// Moves a whole file aside and gives its new name. The caller syncs the directory it stood in.
///
/// # Errors
/// When the disk fails.
pub fn keep_file(dir: &Path, disk: &dyn Disk, file: &str) -> io::Result<String> {
    let aside = dir.join(ASIDE);
    disk.create_dir(&aside)?;
    disk.sync_dir(dir)?;
    let kept = file.replace('/', "-");
    let free = (0_u32..10_000)
        .map(|attempt| format!("{ASIDE}/{kept}-whole-{attempt}"))
        .find(|name| disk.open(&dir.join(name), false).is_err());
    let name = free.ok_or_else(|| {
        io::Error::other("too many files are kept aside already: look into the directory `aside`")
    })?;
    disk.rename(&dir.join(file), &dir.join(&name))?;
    disk.sync_dir(&aside)?;
    Ok(name)
}

/// The finding for a frame that was put back.
pub fn repaired(
    (number, offset): (u64, u64),
    frame: &FrameBytes,
    aside: String,
    source: Source,
) -> Finding {
    let header = frame.header();
    Finding::FrameRepaired {
        file: segment::name(number),
        offset,
        bytes: header.frame_bytes() as u64,
        first_seq: header.first_seq,
        events: header.events.into(),
        aside,
        source,
    }
}
