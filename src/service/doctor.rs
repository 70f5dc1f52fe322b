//! Everything in a ledger's directory examined, and mended on request.

use std::path::Path;

use serde::Serialize;
use serde_json::Value;

use super::evidence::{self, EvidenceError};
use super::finding;
use super::ledger::{Ledger, Options};
use super::open_error::LedgerError;
use crate::deal::value::source::Commitment;
use crate::store::damage::Damage;
use crate::store::event_store::{EventStore, ReadError};
use crate::store::open::{self, doctor};

/// One damaged place, for people and programs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Place {
    /// The file, as a path inside the ledger's directory.
    pub file: String,
    /// Where the damage begins, in bytes.
    pub offset: u64,
    /// How many bytes are concerned; 0 when it is the file as a whole.
    pub length: u64,
    /// What does not hold.
    pub what: String,
    /// The first event concerned; with no events, the position.
    pub first: u64,
    /// How many events are concerned.
    pub events: u64,
    /// How many commands' answers are concerned, where that can be told.
    pub commands: Option<u64>,
    /// Whether a good copy of everything concerned is at hand.
    pub mendable: bool,
    /// What `--repair` does about it.
    pub remedy: String,
}

/// What an examination found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Diagnosis {
    /// Everything that does not hold.
    pub damage: Vec<Place>,
    /// What is worth knowing and no damage, a sentence each.
    pub notes: Vec<String>,
    /// Whether another process records in the ledger.
    pub in_use: bool,
    /// How many events can be read or put back.
    pub position: u64,
    /// How many segments of the journal were read.
    pub segments: u64,
    /// How many events the second copy has, when it could be looked at.
    pub second_copy: Option<u64>,
    /// How many files of evidence were compared with their commitments.
    pub evidence_files: u64,
}

impl Diagnosis {
    /// Whether nothing is damaged.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.damage.is_empty()
    }

    /// Whether everything that is damaged can be mended here.
    #[must_use]
    pub fn is_mendable(&self) -> bool {
        self.damage.iter().all(|place| place.mendable)
    }
}

/// What came of mending.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Treatment {
    /// What was found before.
    pub before: Diagnosis,
    /// What was done, a sentence each; empty when something cannot be mended, and so nothing was touched.
    pub done: Vec<String>,
    /// What a second examination found; `None` when nothing was touched.
    pub after: Option<Diagnosis>,
}

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
    };
    let read = open::open_reader(dir, options.store());
    if let Ok(reader) = read {
        evidence_files(dir, reader.events.as_ref(), &mut diagnosis);
    } else {
        diagnosis.notes.push(
            "the files of evidence were not compared: the journal that names them has to be mended first".to_owned(),
        );
    }
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
    let Ok(mended) = doctor::repair(dir, options.store())? else {
        return Ok(Treatment {
            before,
            done: Vec::new(),
            after: None,
        });
    };
    let done = mended.findings.iter().map(finding::sentence).collect();
    drop(Ledger::mended(dir, mended, options)?);
    Ok(Treatment {
        before,
        done,
        after: Some(examine(dir, options)?),
    })
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

/// Compares every file of evidence with the commitment that an event makes to it.
fn evidence_files(dir: &Path, store: &dyn EventStore, diagnosis: &mut Diagnosis) {
    let Ok(frames) = store.read(0) else { return };
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
        diagnosis.notes.push(
            "files of evidence were compared up to the first damage of the journal alone"
                .to_owned(),
        );
    }
    named.sort_by(|a, b| a.1.as_str().cmp(b.1.as_str()).then(a.0.cmp(&b.0)));
    named.dedup_by(|later, first| later.1 == first.1);
    for (seq, commit) in named {
        diagnosis.evidence_files += 1;
        let what = match evidence::read(dir, &commit) {
            Ok(_) => continue,
            Err(EvidenceError::Gone(_)) if erased => {
                let note = format!(
                    "the evidence {} of event {seq} is not kept here: a subject was erased",
                    commit.as_str()
                );
                diagnosis.notes.push(note);
                continue;
            }
            Err(EvidenceError::Gone(_)) => "the file or its salt is missing".to_owned(),
            Err(EvidenceError::Changed(_)) => {
                "the file or its salt has changed: they no longer fit the commitment in the ledger"
                    .to_owned()
            }
            Err(error) => error.to_string(),
        };
        let (file, _) = evidence::places(dir, commit.as_str());
        let length = std::fs::metadata(&file).map_or(0, |file| file.len());
        let file = file.strip_prefix(dir).unwrap_or(&file);
        diagnosis.damage.push(Place {
            file: file.display().to_string(),
            offset: 0,
            length,
            what,
            first: seq,
            events: 1,
            commands: None,
            mendable: false,
            remedy: "nothing: put the file and its salt back from a backup".to_owned(),
        });
    }
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
