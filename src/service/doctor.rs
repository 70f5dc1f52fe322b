//! Everything in a ledger's directory examined, and mended on request.

use std::path::Path;

use self::files::Sides;
use super::diagnosis::{Diagnosis, Place, Treatment};
use super::finding;
use super::ledger::{Ledger, Options};
use super::open_error::LedgerError;
use super::snapshot;
use crate::store::damage::Damage;
use crate::store::event_store::Finding;
use crate::store::evidence;
use crate::store::journal::mend::keep_file;
use crate::store::open::{self, OpenError, doctor};

mod documents;
mod files;
mod published;

/// Examines everything at rest: `LEDGER`, the journal, the second copy, the files of evidence. Nothing is written.
///
/// # Errors
/// When the directory is no ledger, is of a newer format, or cannot be read.
pub fn examine(dir: &Path, options: &Options) -> Result<Diagnosis, LedgerError> {
    let report = doctor::examine(dir, &options.store())?;
    let mut diagnosis = Diagnosis {
        damage: report.damages.iter().map(place).collect(),
        notes: report.notes,
        in_use: report.in_use,
        position: report.head.position,
        segments: report.segments,
        second_copy: report.copied,
        evidence_files: 0,
        issued_reports: 0,
        published_files: 0,
    };
    let read = open::open_reader(dir, options.store());
    if let Ok(reader) = read {
        let (sides, events) = (sides(dir, options), reader.events.as_ref());
        files::examine(&sides, events, &mut diagnosis);
        documents::examine(&sides, events, &mut diagnosis);
        published::examine(dir, &options.disk, &mut diagnosis);
    } else {
        diagnosis.notes.push(
            "the files of evidence were not compared: the journal that names them has to be mended first".to_owned(),
        );
    }
    diagnosis.damage.extend(snapshots(dir));
    Ok(diagnosis)
}

/// Mends what can be mended, records it as an event, and examines everything again.
///
/// # Errors
/// As [`examine`]; when another process records; when the disk fails.
pub fn repair(dir: &Path, options: &Options) -> Result<Treatment, LedgerError> {
    let before = examine(dir, options)?;
    if before.is_whole() {
        return Ok(Treatment {
            before,
            done: Vec::new(),
            after: None,
        });
    }
    let Ok(mut mended) = doctor::repair(dir, options.store())? else {
        return Ok(Treatment {
            before,
            done: Vec::new(),
            after: None,
        });
    };
    let store = mended.ledger.events.as_ref();
    let (sides, disk) = (sides(dir, options), options.store().disk);
    let restored = files::mend(&sides, store, disk.as_ref(), &before).and_then(|mut evidence| {
        evidence.extend(documents::mend(&sides, store, disk.as_ref())?);
        Ok(evidence)
    });
    let restored = restored.map_err(|error| OpenError::Io {
        dir: evidence::DIRECTORY.to_owned(),
        error,
    })?;
    mended.findings.extend(restored);
    mended.findings.extend(set_aside(dir, options)?);
    match published::mend(dir, mended.ledger.events.as_ref(), &options.disk) {
        Ok(again) => mended.findings.extend(again),
        // The second examination names what is still damaged; nothing rests on it.
        Err(error) => tracing::warn!(%error, "the published tiles could not be made again"),
    }
    let done = mended.findings.iter().map(finding::sentence).collect();
    drop(Ledger::mended(dir, mended, options)?);
    Ok(Treatment {
        before,
        done,
        after: Some(examine(dir, options)?),
    })
}

/// Snapshots of the read models that do not hold. Nothing rests on them.
fn snapshots(dir: &Path) -> Vec<Place> {
    let bad = snapshot::examine(dir).into_iter();
    bad.map(|(file, what)| Place {
        length: std::fs::metadata(dir.join(&file)).map_or(0, |file| file.len()),
        file,
        offset: 0,
        what,
        first: 0,
        events: 0,
        commands: None,
        mendable: true,
        remedy: "set aside: the read models are folded from the journal".to_owned(),
    })
    .collect()
}

/// Moves damaged snapshots aside.
fn set_aside(dir: &Path, options: &Options) -> Result<Vec<Finding>, LedgerError> {
    let disk = options.store().disk;
    let bad = snapshot::examine(dir).into_iter();
    let moved = bad.map(|(file, reason)| {
        let aside = keep_file(dir, disk.as_ref(), &file).map_err(|error| OpenError::Io {
            dir: snapshot::DIRECTORY.to_owned(),
            error,
        })?;
        Ok(Finding::SnapshotSetAside {
            file,
            reason,
            aside,
        })
    });
    moved.collect()
}

/// Where files of evidence are: in the ledger and in its mirror, if it has one that can be found.
fn sides(dir: &Path, options: &Options) -> Sides {
    Sides::new(dir, doctor::mirror_place(dir, &options.store()))
}

fn place(damage: &Damage) -> Place {
    Place {
        file: damage.file.clone(),
        offset: damage.offset,
        length: damage.length,
        what: damage.what.clone(),
        first: damage.first_seq,
        events: damage.events,
        commands: damage.commands,
        mendable: damage.is_mendable(),
        remedy: damage.remedy().to_owned(),
    }
}
