//! The mirror in an examination: one more copy for the ledger, and examined itself.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::store::damage::{Cure, Damage};
use crate::store::event_store::{Finding, Source};
use crate::store::journal::examination::Examination;
use crate::store::journal::examine;
use crate::store::journal::frames::SecondCopy;
use crate::store::journal::mend::keep_file;
use crate::store::journal::segment;
use crate::store::ledger_file::{self, LedgerFile, LedgerFileError, Pair};
use crate::store::mirror::choice;
use crate::store::mirror::copy::JournalCopy;
use crate::store::mirror::level;
use crate::store::mirror::side::Mirror;
use crate::store::open::{MirrorChoice, OpenOptions, mirror_of};

/// How a file of the mirror is called in what is found.
const NAME: &str = "mirror";

/// Where the mirror is, if there is one; or the damage to the file that says so.
pub(super) fn place(dir: &Path, options: &OpenOptions) -> Result<Option<PathBuf>, Damage> {
    mirror_of(dir, &options.mirror, options.disk.as_ref()).map_err(|error| Damage {
        cure: Cure::Nothing,
        ..damage(choice::FILE_NAME, &error.to_string())
    })
}

/// Its frames, as a copy to mend the ledger from.
pub(super) fn copy(
    place: &Path,
    options: &OpenOptions,
    file: &LedgerFile,
) -> Option<Arc<dyn SecondCopy>> {
    let copy = JournalCopy::open(place, &options.disk, file.id, file.segment_bytes);
    copy.ok().map(|copy| Arc::new(copy) as Arc<dyn SecondCopy>)
}

/// What the ledger is, from its mirror, when the journal beside agrees.
pub(super) fn ledger_file(dir: &Path, options: &OpenOptions) -> Option<LedgerFile> {
    let place = place(dir, options).ok()??;
    let file = LedgerFile::read(options.disk.as_ref(), &place).ok()?;
    let examination = examination(dir, options, &file, None);
    examination.start_on_disk(0).map(|_| file)
}

fn examination<'a>(
    dir: &'a Path,
    options: &'a OpenOptions,
    file: &LedgerFile,
    copy: Option<&'a dyn SecondCopy>,
) -> Examination<'a> {
    Examination {
        dir,
        disk: options.disk.as_ref(),
        ledger: file.id,
        segment_bytes: file.segment_bytes,
        copy,
        until: None,
        pace: &|_| true,
    }
}

/// Reads everything in the mirror; what does not hold is written anew from the ledger in `dir`.
pub(super) fn examine(
    place: &Path,
    dir: &Path,
    options: &OpenOptions,
    file: &LedgerFile,
) -> Vec<Damage> {
    let disk = options.disk.as_ref();
    let pair = Pair::read(disk, place);
    match LedgerFile::read(disk, place) {
        Ok(theirs) if theirs.id != file.id => {
            return vec![Damage {
                cure: Cure::Nothing,
                ..damage(
                    NAME,
                    "it holds another ledger: name the right one with --mirror",
                )
            }];
        }
        Err(LedgerFileError::NotALedger(_))
            if options.mirror == MirrorChoice::Recorded && Mirror::is_gone(place, disk) =>
        {
            let what = "it is gone: mount its disk, or say --mirror DIR to make it anew there";
            return vec![Damage {
                cure: Cure::Nothing,
                ..damage(NAME, what)
            }];
        }
        Err(LedgerFileError::NotALedger(_)) => {
            return vec![damage(NAME, "it is missing or was never finished")];
        }
        _ => {}
    }
    let mut damages = Vec::new();
    if !pair.settled {
        let name = format!("{NAME}/{}", ledger_file::FILE_NAME);
        damages.push(damage(&name, "it or its copy is damaged or missing"));
    }
    let ours = copy(dir, options, file);
    let plan = examination(place, options, file, ours.as_deref());
    match examine::examine(&plan, &mut |_, _, _| ()) {
        Ok(examined) => damages.extend(examined.damages.into_iter().map(|found| Damage {
            cure: Cure::Mirror {
                segment: found.file.rsplit('/').next().and_then(segment::number_of),
            },
            file: format!("{NAME}/{}", found.file),
            ..found
        })),
        Err(error) => damages.push(damage(NAME, &format!("it cannot be read: {error}"))),
    }
    damages
}

fn damage(file: &str, what: &str) -> Damage {
    Damage {
        file: file.to_owned(),
        offset: 0,
        length: 0,
        what: what.to_owned(),
        first_seq: 0,
        events: 0,
        commands: None,
        cure: Cure::Mirror { segment: None },
    }
}

/// Writes those segments of the mirror again that are damaged, from the ledger, which was mended before. The damaged
/// ones are kept aside there. What is missing at its end is made level when the ledger is opened.
///
/// # Errors
/// When either disk fails.
pub(super) fn renew(
    place: &Path,
    dir: &Path,
    options: &OpenOptions,
    file: &LedgerFile,
    damages: &[Damage],
) -> io::Result<Vec<Finding>> {
    let disk = options.disk.as_ref();
    let mut findings = Vec::new();
    let mut done = None;
    for damage in damages {
        let Cure::Mirror {
            segment: Some(number),
        } = damage.cure
        else {
            continue;
        };
        let ours = segment::path(dir, number);
        if done == Some(number) || disk.open(&ours, false).is_err() {
            continue;
        }
        done = Some(number);
        let name = segment::name(number);
        let aside = match disk.open(&place.join(&name), false) {
            Ok(_) => format!("{NAME}/{}", keep_file(place, disk, &name)?),
            Err(_) => String::new(),
        };
        level::whole(disk, &ours, &segment::path(place, number))?;
        disk.sync_dir(&place.join(segment::DIRECTORY))?;
        findings.push(Finding::FrameRepaired {
            file: damage.file.clone(),
            offset: damage.offset,
            bytes: damage.length,
            first_seq: damage.first_seq,
            events: damage.events,
            aside,
            source: Source::Journal,
        });
    }
    let of_file = format!("{NAME}/{}", ledger_file::FILE_NAME);
    if damages.iter().any(|damage| damage.file == of_file) {
        let written = file.write(disk, place);
        written.map_err(|error| io::Error::other(error.to_string()))?;
        findings.push(Finding::LedgerFileRestored {
            file: of_file,
            from: ledger_file::FILE_NAME.to_owned(),
            aside: String::new(),
        });
    }
    Ok(findings)
}
