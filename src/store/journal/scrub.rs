//! Re-reads everything behind a running ledger, for ever and slowly, and mends what one of the two copies still holds.
//!
//! The writer appends behind the durable head alone, so what lies before it can be read and mended beside the writer.

use std::cell::Cell;
use std::sync::Arc;
use std::time::{Duration, Instant};

use uuid::Uuid;

use crate::store::damage::{Cure, Damage};
use crate::store::event_store::{Finding, ReadError};
use crate::store::frame::FrameBytes;
use crate::store::head::Head;
use crate::store::journal::disk::Disk;
use crate::store::journal::examination::Examination;
use crate::store::journal::examine::examine;
use crate::store::journal::files::{JournalFiles, Location};
use crate::store::journal::frames::SecondCopy;

/// How fast to read, and how long to rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// Bytes a second in the first pass after opening.
    pub first: u64,
    /// Bytes a second in later passes.
    pub later: u64,
    /// The rest between two passes.
    pub rest: Duration,
}

impl Default for Pace {
    /// 64 MiB a second at first, then 8; ten minutes between passes.
    fn default() -> Self {
        Self {
            first: 64 << 20,
            later: 8 << 20,
            rest: Duration::from_secs(600),
        }
    }
}

/// What one pass found.
#[derive(Debug, Default)]
pub struct Pass {
    /// What was mended, and what could not be.
    pub findings: Vec<Finding>,
    /// Damage that no copy could mend.
    pub broken: Option<ReadError>,
    /// Why the second copy is of no use any more, if it is so.
    pub second_copy: Option<String>,
    /// The head up to which everything was read.
    pub head: Head,
    /// Whether it came to its end.
    pub complete: bool,
}

/// What stands beside the journal.
#[derive(Clone, Copy)]
pub struct Beside<'a> {
    /// The second copy, which is compared with the journal.
    pub second: Option<&'a dyn SecondCopy>,
    /// Every copy there is, from which damaged frames are mended.
    pub any: Option<&'a dyn SecondCopy>,
}

/// Reads everything before a head once, compares the second copy with it, and mends the journal from it.
///
/// `copied` says how many frames the second copy must have. Told `stop`, it ends early.
pub fn scrub(
    files: &Arc<JournalFiles>,
    ledger: Uuid,
    beside: Beside<'_>,
    reach: (Head, u64),
    bytes_a_second: u64,
    stop: &dyn Fn() -> bool,
) -> Pass {
    let (head, copied) = reach;
    let begun = Instant::now();
    let read = Cell::new(0_u64);
    let pace = |bytes: u64| {
        read.set(read.get().saturating_add(bytes));
        let due = Duration::from_millis(read.get().saturating_mul(1_000) / bytes_a_second.max(1));
        wait_for(due, begun, stop)
    };
    let disk: &dyn Disk = files.disk().as_ref();
    let examination = Examination {
        dir: files.dir(),
        disk,
        ledger,
        segment_bytes: files.segment_bytes(),
        copy: beside.any,
        until: Some(head),
        pace: &pace,
    };
    let mut second_copy = None;
    let mut compare = |_: Location, frame: &FrameBytes, whole: bool| {
        let header = frame.header();
        let (Some(copy), true) = (beside.second, whole && header.number < copied) else {
            return;
        };
        let held = copy.frame(header.number, header.first_seq);
        if held.as_deref() != Some(frame.bytes()) {
            second_copy.get_or_insert_with(|| {
                format!(
                    "it no longer holds what the journal has at event {}",
                    header.first_seq
                )
            });
        }
    };
    let examined = match examine(&examination, &mut compare) {
        Ok(examined) => examined,
        Err(error) => {
            return Pass {
                broken: Some(ReadError::Io {
                    file: "journal".to_owned(),
                    problem: error.to_string(),
                }),
                ..Pass::default()
            };
        }
    };
    let mut pass = Pass {
        second_copy,
        head: examined.head,
        complete: !examined.stopped,
        ..Pass::default()
    };
    let tail = files.used().last().map_or(0, |tail| tail.number);
    for damage in &examined.damages {
        mend(&examination, files, damage, tail, &mut pass);
    }
    pass
}

/// Waits until so much time has passed; `false` when told to stop.
fn wait_for(due: Duration, begun: Instant, stop: &dyn Fn() -> bool) -> bool {
    while let Some(wait) = due
        .checked_sub(begun.elapsed())
        .filter(|wait| !wait.is_zero())
    {
        if stop() {
            return false;
        }
        std::thread::sleep(wait.min(Duration::from_millis(50)));
    }
    !stop()
}

fn mend(
    examination: &Examination<'_>,
    files: &JournalFiles,
    damage: &Damage,
    tail: u64,
    pass: &mut Pass,
) {
    let safe = match damage.cure {
        Cure::Restore { .. } | Cure::Header { .. } => true,
        // What is open for appending is not replaced under the writer.
        Cure::Rebuild { segment, .. } | Cure::Zero { segment, .. } => segment < tail,
        _ => false,
    };
    let mended = match safe {
        true => examination.repair(damage),
        false => Ok(None),
    };
    let problem = match mended {
        Ok(Some(finding)) => {
            files.forget();
            return pass.findings.push(finding);
        }
        Ok(None) => damage.what.clone(),
        Err(error) => format!("{}, and it could not be mended: {error}", damage.what),
    };
    pass.findings.push(Finding::Damage {
        file: damage.file.clone(),
        offset: damage.offset,
        first_seq: damage.first_seq,
        what: problem.clone(),
    });
    pass.broken.get_or_insert(ReadError::Damaged {
        file: damage.file.clone(),
        offset: damage.offset,
        first_seq: damage.first_seq,
        what: problem,
    });
}
