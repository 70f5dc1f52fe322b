//! Re-reads the sealed segments behind a running ledger, and mends single damaged frames from the second copy.

use std::sync::Arc;

use crate::store::event_store::{Finding, ReadError};
use crate::store::frame::{Check, FrameBytes};
use crate::store::journal::files::{JournalFiles, unreadable};
use crate::store::journal::frames::{JournalFrames, SecondCopy};
use crate::store::journal::mend::{mend, repaired};
use crate::store::slice::Slice;

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
