//! Examines a ledger's directory at rest, and mends it on request.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use crate::store::damage::{Cure, Damage};
use crate::store::engine::sled::attach::{self, DIRECTORY};
use crate::store::engine::sled::examine::{Comparison, Specimen};
use crate::store::event_store::{EventStore, Finding};
use crate::store::head::Head;
use crate::store::journal::examination::{Examination, Examined};
use crate::store::journal::examine;
use crate::store::journal::frames::SecondCopy;
use crate::store::journal::mend::keep_file;
use crate::store::journal::segment;
use crate::store::ledger_file::{self, LedgerFile, LedgerFileError, Pair};
use crate::store::lock::{self, WriterLock};
use crate::store::mirror::copy::Copies;
use crate::store::open::{Ledger, OpenError, OpenOptions, mirrored, open_locked, settled};

/// How often to look at most beside a running writer, before what is found every time is called damage.
const LOOKS: u32 = 4;
/// How long to wait between two looks: a writer on a busy machine may be held up between its two directories.
const BETWEEN_LOOKS: Duration = Duration::from_millis(100);
/// How often to ask whether the second copy is built.
const ASK_EVERY: Duration = Duration::from_millis(20);

/// What an examination found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Everything that does not hold.
    pub damages: Vec<Damage>,
    /// What is worth knowing and no damage, a sentence each.
    pub notes: Vec<String>,
    /// Whether another process records in the ledger.
    pub in_use: bool,
    /// The head of everything that can be read or put back.
    pub head: Head,
    /// How many segments were read.
    pub segments: u64,
    /// How many events the second copy has, when it could be looked at.
    pub copied: Option<u64>,
}

impl Report {
    /// Whether nothing is damaged.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.damages.is_empty()
    }

    /// Whether everything that is damaged can be mended here.
    #[must_use]
    pub fn is_mendable(&self) -> bool {
        self.damages.iter().all(Damage::is_mendable)
    }
}

/// A ledger that was mended, open for recording.
pub struct Mended {
    /// The ledger; its store tells what was found.
    pub ledger: Ledger,
    /// What was mended before it was opened.
    pub findings: Vec<Finding>,
}

/// Reads everything in a ledger's directory and names everything that does not hold. Nothing in it is written;
/// the second copy is looked at in a copy among the system's temporary files.
///
/// # Errors
/// When the directory is no ledger, is of a newer format, or cannot be read.
pub fn examine(dir: &Path, options: &OpenOptions) -> Result<Report, OpenError> {
    let in_use = lock::is_held(dir);
    let (mut report, _) = look(dir, options, in_use)?;
    let mut looks = 1;
    while in_use && !report.is_whole() && looks < LOOKS {
        // What a running writer was just changing looks otherwise a moment later.
        std::thread::sleep(BETWEEN_LOOKS);
        let (again, _) = look(dir, options, in_use)?;
        report
            .damages
            .retain(|damage| again.damages.contains(damage));
        looks += 1;
    }
    Ok(report)
}

/// Mends what an examination finds, while nobody else records: the journal from the second copy, the second copy from
/// the journal, `LEDGER` from its copy. Damaged bytes are kept aside first. When something in the journal cannot be
/// mended, nothing is touched at all.
///
/// # Errors
/// As [`examine()`]; when another process records; when the disk fails. `Ok(Err)` is what was found, untouched.
pub fn repair(dir: &Path, options: OpenOptions) -> Result<Result<Mended, Report>, OpenError> {
    ledger_file(dir, &options, &mut Vec::new())?;
    let lock = WriterLock::take(dir)?;
    let (report, specimen) = look(dir, &options, false)?;
    if !report.is_mendable() {
        return Ok(Err(report));
    }
    let io = |error| OpenError::Io {
        dir: dir.display().to_string(),
        error,
    };
    let (file, finding) = settled_or_mirrored(dir, &options)?;
    let mut findings: Vec<Finding> = finding.into_iter().collect();
    let place = mirrored::place(dir, &options).ok().flatten();
    let copies = copies(dir, &options, &file, specimen.as_ref());
    let examination = examination(dir, &options, &file, &copies);
    for damage in &report.damages {
        findings.extend(examination.repair(damage).map_err(io)?);
    }
    drop(copies);
    drop(specimen);
    if let Some(place) = &place {
        let renewed = mirrored::renew(place, dir, &options, &file, &report.damages);
        findings.extend(renewed.map_err(io)?);
    }
    let second = report.damages.iter().find(|d| d.cure == Cure::SecondCopy);
    if let Some(damage) = second
        && dir.join(DIRECTORY).exists()
    {
        let aside = attach::set_aside(dir, &damage.what);
        findings.push(aside.map_err(|error| io(io::Error::other(error.to_string())))?);
    }
    let ledger = open_locked(dir, &file, lock, options, Vec::new())?;
    await_second_copy(ledger.events.as_ref());
    let opening = ledger.events.info().findings;
    findings.extend(opening);
    Ok(Ok(Mended { ledger, findings }))
}

/// Where the mirror is, if there is one and it is there: one that is gone is not damaged file by file.
#[must_use]
pub fn mirror_place(dir: &Path, options: &OpenOptions) -> Option<PathBuf> {
    let place = mirrored::place(dir, options).ok().flatten()?;
    LedgerFile::read(options.disk.as_ref(), &place)
        .is_ok()
        .then_some(place)
}

/// Waits while the second copy is being built and comes nearer.
fn await_second_copy(store: &dyn EventStore) {
    loop {
        let info = store.info();
        let building = ["catching up", "rebuilding"].contains(&info.second_copy.as_str());
        if !building || info.stopped.is_some() {
            return;
        }
        std::thread::sleep(ASK_EVERY);
    }
}

/// What the ledger is; when both of its files are lost, as its mirror says.
fn settled_or_mirrored(
    dir: &Path,
    options: &OpenOptions,
) -> Result<(LedgerFile, Option<Finding>), OpenError> {
    let disk = options.disk.as_ref();
    let refused = match settled(disk, dir) {
        Err(refused) => refused,
        settled => return settled,
    };
    let Some(file) = mirrored::ledger_file(dir, options) else {
        return Err(refused);
    };
    let mut aside = String::new();
    for name in [ledger_file::FILE_NAME, ledger_file::COPY_NAME] {
        if disk.open(&dir.join(name), false).is_ok() {
            aside = keep_file(dir, disk, name).map_err(|error| OpenError::Io {
                dir: name.to_owned(),
                error,
            })?;
        }
    }
    file.write(disk, dir)?;
    let finding = Finding::LedgerFileRestored {
        file: ledger_file::FILE_NAME.to_owned(),
        from: "mirror".to_owned(),
        aside,
    };
    Ok((file, Some(finding)))
}

/// Every copy there is to mend the journal from.
fn copies(
    dir: &Path,
    options: &OpenOptions,
    file: &LedgerFile,
    specimen: Option<&Specimen>,
) -> Copies {
    let tree = specimen.and_then(Specimen::tree);
    let tree = tree.map(|tree| Arc::clone(tree) as Arc<dyn SecondCopy>);
    let place = mirrored::place(dir, options).ok().flatten();
    let theirs = place.and_then(|place| mirrored::copy(&place, options, file));
    Copies::new(tree.into_iter().chain(theirs).collect())
}

fn examination<'a>(
    dir: &'a Path,
    options: &'a OpenOptions,
    file: &LedgerFile,
    copies: &'a Copies,
) -> Examination<'a> {
    Examination {
        dir,
        disk: options.disk.as_ref(),
        ledger: file.id,
        segment_bytes: file.segment_bytes,
        copy: Some(copies),
        until: None,
        pace: &|_| true,
    }
}

fn look(
    dir: &Path,
    options: &OpenOptions,
    in_use: bool,
) -> Result<(Report, Option<Specimen>), OpenError> {
    let mut notes = Vec::new();
    let (file, mut damages) = ledger_file(dir, options, &mut notes)?;
    let mut second: Vec<Damage> = Vec::new();
    let specimen = specimen(dir, &file, in_use, &mut second, &mut notes);
    let tree = specimen.as_ref().and_then(Specimen::tree);
    let compared = tree.map(|tree| Comparison::new(tree, file.id, &options.indexer));
    let mut comparison = match compared.transpose() {
        Ok(comparison) => comparison,
        Err(reason) => {
            second.push(second_copy(&reason, 0, 0));
            None
        }
    };
    let copied = comparison.as_ref().map(Comparison::copied);
    let copies = copies(dir, options, &file, specimen.as_ref());
    let examined = examine::examine(
        &examination(dir, options, &file, &copies),
        &mut |at, frame, _| {
            if let Some(comparison) = &mut comparison {
                comparison.see(at, frame);
            }
        },
    );
    let Examined {
        damages: found,
        head,
        segments,
        ..
    } = examined.map_err(|error| OpenError::Io {
        dir: segment::DIRECTORY.to_owned(),
        error,
    })?;
    if let Some(comparison) = comparison {
        let problems = comparison.end().into_iter();
        second.extend(problems.map(|(what, first, events)| second_copy(&what, first, events)));
    }
    if let Some(copied) = copied.filter(|_| second.is_empty()) {
        notes.extend(behind(copied, head));
    }
    let lost = found.iter().any(|damage| !damage.is_mendable());
    if lost {
        // It may hold what else is lost, and what it holds cannot be proved against the journal.
        second
            .iter_mut()
            .for_each(|damage| damage.cure = Cure::Nothing);
    }
    damages.extend(found);
    damages.extend(second);
    damages.extend(mirror(dir, options, &file, &mut notes));
    leftovers(dir, options, in_use, &mut notes);
    let report = Report {
        damages,
        notes,
        in_use,
        head,
        segments,
        copied: copied.map(|copied| copied.position),
    };
    Ok((report, specimen))
}

/// What does not hold in the mirror, or in the file that names it.
fn mirror(
    dir: &Path,
    options: &OpenOptions,
    file: &LedgerFile,
    notes: &mut Vec<String>,
) -> Vec<Damage> {
    match mirrored::place(dir, options) {
        Ok(Some(place)) => {
            notes.push(format!(
                "the mirror in {} was examined too",
                place.display()
            ));
            mirrored::examine(&place, dir, options, file)
        }
        Ok(None) => Vec::new(),
        Err(damage) => vec![damage],
    }
}

/// A second copy that is behind, in a sentence: after a kill it often is.
fn behind(copied: Head, head: Head) -> Option<String> {
    (copied.frames < head.frames).then(|| {
        format!(
            "the second copy has {} of {} entries: it takes the others over when the ledger is next opened for recording",
            copied.position, head.position
        )
    })
}

/// The file `LEDGER` and its copy.
fn ledger_file(
    dir: &Path,
    options: &OpenOptions,
    notes: &mut Vec<String>,
) -> Result<(LedgerFile, Vec<Damage>), OpenError> {
    let disk = options.disk.as_ref();
    let pair = Pair::read(disk, dir);
    let problem = |result: &Result<LedgerFile, LedgerFileError>| match result {
        Err(LedgerFileError::NotALedger(_)) => "the file is missing".to_owned(),
        Err(LedgerFileError::Damaged(what)) => what.clone(),
        Err(error) => error.to_string(),
        Ok(_) => "it is of another ledger".to_owned(),
    };
    let whats = [
        (ledger_file::FILE_NAME, problem(&pair.file)),
        (ledger_file::COPY_NAME, problem(&pair.copy)),
    ];
    let (file, bad) = match pair.settle(disk, dir) {
        Ok(settled) => settled,
        Err(error) => {
            let file = mirrored::ledger_file(dir, options).ok_or(error)?;
            let lost = whats.map(|(name, what)| of_ledger_file(dir, name, what));
            return Ok((file, lost.into()));
        }
    };
    let old = !ledger_file::is_checked(disk, dir);
    let mut damages = Vec::new();
    match bad {
        Some(ledger_file::COPY_NAME) if old => notes.push(
            "the file LEDGER is of the first release and has neither check nor copy: it gets both when the ledger is \
             next opened for recording"
                .to_owned(),
        ),
        Some(name) => {
            let what = whats.into_iter().find(|(of, _)| *of == name);
            let what = what.map(|(_, what)| what).unwrap_or_default();
            damages.push(of_ledger_file(dir, name, what));
        }
        None => {}
    }
    Ok((file, damages))
}

fn of_ledger_file(dir: &Path, name: &'static str, what: String) -> Damage {
    Damage {
        file: name.to_owned(),
        offset: 0,
        length: std::fs::metadata(dir.join(name)).map_or(0, |file| file.len()),
        what,
        first_seq: 0,
        events: 0,
        commands: None,
        cure: Cure::LedgerFile { file: name },
    }
}

fn specimen(
    dir: &Path,
    file: &LedgerFile,
    in_use: bool,
    second: &mut Vec<Damage>,
    notes: &mut Vec<String>,
) -> Option<Specimen> {
    if in_use {
        notes.push(
            "another process records in this ledger: it compares the second copy itself, again and again, and records \
             what it mends"
                .to_owned(),
        );
        return None;
    }
    match Specimen::take(dir, file.id) {
        Ok(Some(Ok(specimen))) => return Some(specimen),
        Ok(Some(Err(error))) => second.push(second_copy(&format!("cannot be opened: {error}"), 0, 0)),
        Ok(None) => second.push(second_copy("is missing", 0, 0)),
        Err(error) => notes.push(format!(
            "the second copy was not looked at: it could not be copied to a temporary place ({error})"
        )),
    }
    None
}

fn second_copy(what: &str, first_seq: u64, events: u64) -> Damage {
    Damage {
        file: DIRECTORY.to_owned(),
        offset: 0,
        length: 0,
        what: format!("the second copy {what}"),
        first_seq,
        events,
        commands: None,
        cure: Cure::SecondCopy,
    }
}

/// Files that an interruption left behind, and what was kept aside before.
fn leftovers(dir: &Path, options: &OpenOptions, in_use: bool, notes: &mut Vec<String>) {
    let names = |below: &str| options.disk.list(&dir.join(below)).unwrap_or_default();
    if !in_use {
        for below in ["", segment::DIRECTORY] {
            for name in names(below).iter().filter(|name| name.ends_with(".new")) {
                let place = Path::new(below).join(name);
                notes.push(format!(
                    "{} was left unfinished by an interruption; nothing refers to it",
                    place.display()
                ));
            }
        }
    }
    for name in names(segment::DIRECTORY) {
        if segment::number_of(&name).is_none() && !name.ends_with(".new") {
            notes.push(format!("journal/{name} is no file of dealtrail's"));
        }
    }
    match names("aside").len() {
        0 => {}
        1 => notes.push(
            "one damaged or unfinished piece is kept in `aside` from an earlier repair".to_owned(),
        ),
        count => notes.push(format!(
            "{count} damaged or unfinished pieces are kept in `aside` from earlier repairs"
        )),
    }
}
