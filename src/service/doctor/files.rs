//! The files of evidence in an examination: each proved against the commitment that an event makes to it, in the ledger
//! and in its mirror, and put back from the side that is good.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::deal::value::source::Commitment;
use crate::service::diagnosis::{Diagnosis, Place};
use crate::service::evidence;
use crate::service::evidence::error::EvidenceError;
use crate::store::event_store::{EventStore, Finding, ReadError};
use crate::store::evidence as kept;
use crate::store::journal::disk::Disk;

/// The ledger's directory and its mirror's, with what their files are called before the path.
pub(super) struct Sides(Vec<(&'static str, PathBuf)>);

impl Sides {
    pub(super) fn new(ledger: &Path, mirror: Option<PathBuf>) -> Self {
        let own = [("", ledger.to_owned())].into_iter();
        Self(own.chain(mirror.map(|dir| ("mirror/", dir))).collect())
    }

    fn best(&self, commit: &str) -> Option<kept::Whole> {
        let dirs: Vec<&Path> = self.0.iter().map(|(_, dir)| dir.as_path()).collect();
        kept::best(&dirs, commit)
    }

    /// Each side with what its files are called before the path.
    pub(super) fn dirs(&self) -> impl Iterator<Item = (&'static str, &Path)> {
        self.0.iter().map(|(side, dir)| (*side, dir.as_path()))
    }

    /// The directory of a side.
    pub(super) fn dir(&self, side: &str) -> Option<&Path> {
        self.dirs()
            .find_map(|(name, dir)| (name == side).then_some(dir))
    }

    /// What a file that is not whole on the side `of` is put back from.
    pub(super) fn other(&self, of: &str) -> &'static str {
        match of {
            "" => "mirror",
            _ => "ledger",
        }
    }
}

/// One file of evidence that does not hold.
struct Bad {
    seq: u64,
    commit: Commitment,
    side: &'static str,
    dir: PathBuf,
    what: String,
}

/// Compares every file of evidence with its commitment.
pub(super) fn examine(sides: &Sides, store: &dyn EventStore, diagnosis: &mut Diagnosis) {
    let (bad, count) = look(sides, store, &mut diagnosis.notes);
    diagnosis.evidence_files = count;
    for one in bad {
        let [file, _] = kept::names(one.commit.as_str());
        let length = std::fs::metadata(one.dir.join(&file)).map_or(0, |file| file.len());
        let mendable = sides.best(one.commit.as_str()).is_some();
        diagnosis.damage.push(Place {
            file: format!("{}{file}", one.side),
            offset: 0,
            length,
            what: one.what,
            first: one.seq,
            events: 1,
            commands: None,
            mendable,
            remedy: match (mendable, sides.other(one.side)) {
                (true, other) => format!("--repair puts it back from the {other}"),
                (false, _) => "nothing: put the file and its salt back from a backup".to_owned(),
            },
        });
    }
}

/// Puts back what a good copy is left of, while nobody else records. What was damaged is kept aside. What the mirror
/// lacked `before` it got when the ledger was opened.
///
/// # Errors
/// When a disk fails.
pub(super) fn mend(
    sides: &Sides,
    store: &dyn EventStore,
    disk: &dyn Disk,
    before: &Diagnosis,
) -> std::io::Result<Vec<Finding>> {
    let (bad, _) = look(sides, store, &mut Vec::new());
    let still = |file: &str| {
        bad.iter()
            .any(|one| file.ends_with(one.commit.as_str()) && file.starts_with(one.side))
    };
    let supplied = before.damage.iter().filter(|place| {
        place.mendable && place.file.starts_with("mirror/evidence/") && !still(&place.file)
    });
    let supplied = supplied.map(|place| Finding::EvidenceRestored {
        file: place.file.clone(),
        bytes: place.length,
        seq: place.first,
        from: "ledger".to_owned(),
        aside: String::new(),
    });
    let mut findings: Vec<_> = supplied.collect();
    for one in bad {
        let commit = one.commit.as_str();
        let Some(whole) = sides.best(commit) else {
            continue;
        };
        let aside = kept::put_back(&one.dir, disk, commit, &whole)?;
        let aside: Vec<_> = aside
            .iter()
            .map(|name| format!("{}{name}", one.side))
            .collect();
        let [file, _] = kept::names(commit);
        findings.push(Finding::EvidenceRestored {
            file: format!("{}{file}", one.side),
            bytes: whole.bytes.len() as u64,
            seq: one.seq,
            from: sides.other(one.side).to_owned(),
            aside: aside.join(" and "),
        });
    }
    Ok(findings)
}

/// What does not hold, and how many files the events name.
fn look(sides: &Sides, store: &dyn EventStore, notes: &mut Vec<String>) -> (Vec<Bad>, u64) {
    let (named, erased) = named(store, notes);
    let count = named.len() as u64;
    let mut bad = Vec::new();
    for (seq, commit) in named {
        for (side, dir) in &sides.0 {
            let what = match evidence::read(dir, &commit) {
                Ok(_) => continue,
                Err(EvidenceError::Gone(_)) if erased => {
                    if side.is_empty() {
                        notes.push(format!(
                            "the evidence {} of event {seq} is not kept here: a subject was erased",
                            commit.as_str()
                        ));
                    }
                    continue;
                }
                Err(EvidenceError::Gone(_)) => "the file or its salt is missing".to_owned(),
                Err(EvidenceError::Changed(_)) => {
                    "the file or its salt has changed: they no longer fit the commitment in the ledger".to_owned()
                }
                Err(error) => error.to_string(),
            };
            let (commit, dir) = (commit.clone(), dir.clone());
            bad.push(Bad {
                seq,
                commit,
                side,
                dir,
                what,
            });
        }
    }
    (bad, count)
}

/// Every commitment with the first event that makes it, and whether a subject was ever erased.
fn named(store: &dyn EventStore, notes: &mut Vec<String>) -> (Vec<(u64, Commitment)>, bool) {
    let Ok(frames) = store.read(0) else {
        return (Vec::new(), false);
    };
    let mut named: Vec<(u64, Commitment)> = Vec::new();
    let mut erased = false;
    let read = frames.into_iter().try_for_each(|frame| {
        for event in frame?.events() {
            erased |= event.kind() == "subject_erased";
            for text in [event.sources(), event.data()] {
                commitments(text, event.seq(), &mut named);
            }
        }
        Ok::<(), ReadError>(())
    });
    if read.is_err() {
        notes.push(
            "files of evidence were compared up to the first damage of the journal alone"
                .to_owned(),
        );
    }
    named.sort_by(|a, b| a.1.as_str().cmp(b.1.as_str()).then(a.0.cmp(&b.0)));
    named.dedup_by(|later, first| later.1 == first.1);
    (named, erased)
}

fn commitments(text: &str, seq: u64, named: &mut Vec<(u64, Commitment)>) {
    if text.contains("\"commit\"")
        && let Ok(value) = serde_json::from_str(text)
    {
        collect(&value, seq, named);
    }
}

fn collect(value: &Value, seq: u64, named: &mut Vec<(u64, Commitment)>) {
    match value {
        Value::Object(members) => {
            let commit = members.get("commit").and_then(Value::as_str);
            let commit = commit.and_then(|text| Commitment::try_from(text.to_owned()).ok());
            named.extend(commit.map(|commit| (seq, commit)));
            members
                .values()
                .for_each(|member| collect(member, seq, named));
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, seq, named)),
        _ => {}
    }
}
