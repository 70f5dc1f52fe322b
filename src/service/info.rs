//! The state of the ledger itself, as `info` shows it: where it ends, how its copies do, what was signed and saved of it.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::SystemTime;

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::backup::last::Proof;
use super::checkpoint::{Signing, kept};
use super::ledger::Ledger;
use super::presence::Presence;
use super::snapshot;
use crate::deal::event::ledger_opened::LedgerOpened;
use crate::store::journal::disk::{Disk, RealDisk};

/// The state of a ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LedgerInfo {
    /// Its directory.
    pub dir: String,
    /// Its id.
    pub id: Uuid,
    /// How it was opened: origin, agency, zone, languages, whether its clock may be set.
    #[serde(flatten)]
    pub opened: LedgerOpened,
    /// How many entries it has.
    pub position: u64,
    /// The Merkle root over them, in hexadecimal (RFC 6962 section 2.1); null where it cannot be computed.
    pub root: Option<String>,
    /// How many frames it has.
    pub frames: u64,
    /// The chain hash of the last frame, in hexadecimal.
    pub chain: String,
    /// When the last entry was recorded.
    pub last_recorded_at: Option<DateTime<Utc>>,
    /// The read models.
    pub read_models: ReadModels,
    /// The second copy and its index.
    pub second_copy: SecondCopy,
    /// The journal.
    pub journal: Journal,
    /// How long its last sync took, in microseconds; null where the answering process recorded nothing.
    pub last_sync_micros: Option<u64>,
    /// How far the reading of everything again has come.
    pub scrub: Scrub,
    /// How many files of evidence there are.
    pub evidence_files: u64,
    /// Where the newest snapshot of the read models stands that fits this program.
    pub snapshot: Option<u64>,
    /// The newest checkpoint.
    pub signed: Signed,
    /// The last backup.
    pub backup: Saved,
    /// The mirror.
    pub mirror: Mirrored,
    /// Bytes free on its disk.
    pub free_bytes: Option<u64>,
    /// The service that answers from it.
    pub service: Serving,
    /// What was found mended, set aside or damaged since it was opened, a sentence each.
    pub findings: Vec<String>,
}

/// How the read models do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ReadModels {
    /// How many entries they took in.
    pub position: u64,
    /// How many they are behind.
    pub lag: u64,
    /// What went wrong last.
    pub last_error: Option<String>,
}

/// How the second copy does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SecondCopy {
    /// Its state, with the last problem.
    pub state: String,
    /// How many entries it took over.
    pub applied: u64,
    /// How many frames it is behind.
    pub lag_frames: u64,
    /// How many bytes of frames it is behind.
    pub lag_bytes: u64,
    /// How many bytes it takes.
    pub bytes: u64,
    /// Its blob files: anything but 0 calls for attention.
    pub blob_files: u64,
}

/// How long the journal is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Journal {
    /// How many segments hold frames.
    pub segments: u64,
    /// How many bytes each has.
    pub segment_bytes: u64,
}

/// How far the process that records has come with reading everything again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Scrub {
    /// How often it was through.
    pub passes: u64,
    /// How many entries the last pass read.
    pub position: u64,
    /// How many seconds ago that ended.
    pub ended_seconds_ago: Option<u64>,
}

/// What was signed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Signed {
    /// How many entries the newest checkpoint covers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
    /// The root over them, in hexadecimal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub root: Option<String>,
    /// How many entries came after it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub behind: Option<u64>,
    /// How long ago it was signed, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub age_seconds: Option<u64>,
    /// When the first entry after it was recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unsigned_since: Option<DateTime<Utc>>,
    /// All of it in words.
    pub words: String,
}

/// What was saved elsewhere.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Saved {
    /// Where the last backup is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dir: Option<String>,
    /// How many entries it holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub position: Option<u64>,
    /// When it was taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub taken: Option<DateTime<Utc>>,
    /// How many entries came after it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub behind: Option<u64>,
    /// Whether it was proved after it was taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proved: Option<bool>,
    /// The last time a backup in that place was proved.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_proof: Option<Proof>,
    /// All of it in words.
    pub words: String,
}

/// The mirror, looked at now.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Mirrored {
    /// Its directory.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dir: Option<String>,
    /// How many entries it has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub position: Option<u64>,
    /// Its state in words.
    pub words: String,
}

/// The service that answers from the ledger.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Serving {
    /// Whether one is running.
    pub running: bool,
    /// Where it answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// Its process.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pid: Option<u32>,
    /// Since when.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<DateTime<Utc>>,
    /// Which release it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// All of it in words.
    pub words: String,
    /// What its audit of itself found last.
    pub audit: SelfAudited,
}

/// What a service's audit of itself found last.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SelfAudited {
    /// How often everything was compared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rounds: Option<u64>,
    /// How many entries the last whole round compared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub events: Option<u64>,
    /// When that was written down.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<DateTime<Utc>>,
    /// The position of the first difference.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_difference: Option<u64>,
    /// All of it in words.
    pub words: String,
}

/// The state of a ledger, as far as its files on this machine tell it.
#[must_use]
pub fn info_kept(ledger: &Ledger, dir: &Path) -> LedgerInfo {
    let disk: Arc<dyn Disk> = Arc::new(RealDisk);
    info(ledger, dir, &disk)
}

/// The state of a ledger in a directory. Nothing is written.
#[must_use]
pub fn info(ledger: &Ledger, dir: &Path, disk: &Arc<dyn Disk>) -> LedgerInfo {
    let store = ledger.store_info();
    let follow = ledger.follow_status();
    LedgerInfo {
        dir: dir.display().to_string(),
        id: ledger.id(),
        opened: ledger.opened().clone(),
        position: ledger.head(),
        root: ledger
            .root(ledger.head())
            .ok()
            .map(|root| root.hash.to_string()),
        frames: store.head.frames,
        chain: store.head.chain.to_string(),
        last_recorded_at: last_recorded_at(ledger),
        read_models: ReadModels {
            position: follow.position,
            lag: follow.lag,
            last_error: follow.last_error,
        },
        second_copy: SecondCopy {
            state: store.second_copy,
            applied: store.applied,
            lag_frames: store.lag_frames,
            lag_bytes: store.lag_bytes,
            bytes: size_of(&dir.join("sled")),
            blob_files: store.blob_files,
        },
        journal: Journal {
            segments: store.segments,
            segment_bytes: store.segment_bytes,
        },
        last_sync_micros: store.last_sync_micros,
        scrub: Scrub {
            passes: store.scrub_passes,
            position: store.scrub_position,
            ended_seconds_ago: store.scrub_ended_seconds,
        },
        evidence_files: files_in(&dir.join("evidence")),
        snapshot: snapshot::newest_position(dir),
        signed: signed(ledger, disk),
        backup: backup(ledger),
        mirror: mirror(ledger),
        free_bytes: store.free_bytes,
        service: service(dir),
        findings: ledger.findings(),
    }
}

fn last_recorded_at(ledger: &Ledger) -> Option<DateTime<Utc>> {
    let models = ledger.models_at_head().ok()?;
    models.boundaries.recorded_at(models.position())
}

/// The newest checkpoint, and how many entries came after it.
fn signed(ledger: &Ledger, disk: &Arc<dyn Disk>) -> Signed {
    let only = |words: String| Signed {
        words,
        ..Signed::default()
    };
    let newest = Signing::of(ledger, disk).and_then(|signing| signing.newest());
    let newest = match newest {
        Ok(Some(newest)) => newest,
        Ok(None) => {
            return only(
                "nothing: `dealtrail checkpoint` signs everything recorded so far".to_owned(),
            );
        }
        Err(error) => return only(error.to_string()),
    };
    let behind = ledger.head().saturating_sub(newest.size);
    let age = signed_seconds_ago(ledger, newest.size);
    let waiting = ledger.store().event(newest.size).ok().flatten();
    let since = waiting.map(|first| first.recorded_at());
    let ago = match age {
        Some(seconds) => format!(", signed {}", ago(seconds)),
        None => String::new(),
    };
    let unsigned = match (behind, since) {
        (0, _) => "nothing recorded since".to_owned(),
        (behind, None) => format!("{behind} recorded since"),
        (behind, Some(since)) => {
            format!(
                "{behind} recorded since, the first on {}",
                in_minutes(since)
            )
        }
    };
    Signed {
        words: format!("{} entries{ago}; {unsigned}", newest.size),
        size: Some(newest.size),
        root: Some(newest.root),
        behind: Some(behind),
        age_seconds: age,
        unsigned_since: since,
    }
}

/// How long ago the checkpoint of a size was laid down, by the time of its file; put back from a backup it is as old as
/// that.
fn signed_seconds_ago(ledger: &Ledger, size: u64) -> Option<u64> {
    let file = fs::metadata(ledger.dir()?.join(kept::name(size))).ok()?;
    let age = SystemTime::now().duration_since(file.modified().ok()?);
    // A clock that was set back makes it fresh.
    Some(age.map_or(0, |age| age.as_secs()))
}

fn ago(seconds: u64) -> String {
    let (count, unit) = match seconds {
        0..60 => return "less than a minute ago".to_owned(),
        60..3_600 => (seconds / 60, "minute"),
        3_600..172_800 => (seconds / 3_600, "hour"),
        _ => (seconds / 86_400, "day"),
    };
    match count {
        1 => format!("1 {unit} ago"),
        count => format!("{count} {unit}s ago"),
    }
}

fn in_minutes(moment: DateTime<Utc>) -> String {
    moment.format("%Y-%m-%d %H:%M UTC").to_string()
}

/// The last backup, and the last proof of one.
fn backup(ledger: &Ledger) -> Saved {
    let Some(last) = ledger.last_backup() else {
        return Saved {
            words: "none: `dealtrail backup DIR` takes one".to_owned(),
            ..Saved::default()
        };
    };
    let proof = match &last.proof {
        Some(proof) if last.proved => format!("proved on {}", in_minutes(proof.at)),
        Some(proof) => format!(
            "unverified; the last proof, of {} entries, was on {}",
            proof.position,
            in_minutes(proof.at)
        ),
        None => "unverified; it was never proved".to_owned(),
    };
    let behind = ledger.head().saturating_sub(last.position);
    Saved {
        words: format!(
            "{} entries on {} in {}, {behind} behind; {proof}",
            last.position,
            in_minutes(last.taken),
            last.dir
        ),
        dir: Some(last.dir),
        position: Some(last.position),
        taken: Some(last.taken),
        behind: Some(behind),
        proved: Some(last.proved),
        last_proof: last.proof,
    }
}

/// The service that answers from the ledger, and what its audit of itself found last.
fn service(dir: &Path) -> Serving {
    let Some((note, true)) = Presence::read(dir) else {
        return Serving {
            words: "none is running: `dealtrail serve` starts one".to_owned(),
            audit: SelfAudited {
                words: "by a running service".to_owned(),
                ..SelfAudited::default()
            },
            ..Serving::default()
        };
    };
    let since = in_minutes(note.since);
    let audit = match &note.audit {
        None => SelfAudited {
            words: "not once around yet".to_owned(),
            ..SelfAudited::default()
        },
        Some(last) => {
            let found = match &last.departure {
                None => "nothing differs".to_owned(),
                Some((position, what)) => format!("differs from position {position} on: {what}"),
            };
            SelfAudited {
                words: format!(
                    "{} times around {} entries by {}: {found}",
                    last.rounds,
                    last.events,
                    in_minutes(last.at)
                ),
                rounds: Some(last.rounds),
                events: Some(last.events),
                at: Some(last.at),
                first_difference: last.departure.as_ref().map(|(position, _)| *position),
            }
        }
    };
    Serving {
        words: format!("{} of process {}, since {since}", note.address, note.pid),
        running: true,
        address: Some(note.address),
        pid: Some(note.pid),
        since: Some(note.since),
        version: Some(note.version),
        audit,
    }
}

/// The mirror, looked at now.
fn mirror(ledger: &Ledger) -> Mirrored {
    match ledger.mirror_state() {
        None => Mirrored {
            words: "none: `--mirror DIR` keeps a second directory, on another disk".to_owned(),
            ..Mirrored::default()
        },
        Some(state) => Mirrored {
            words: format!("{}: {}", state.dir.display(), state.words),
            dir: Some(state.dir.display().to_string()),
            position: state.position,
        },
    }
}

/// How many files there are below a directory, salts not counted; 0 where there is none.
fn files_in(dir: &Path) -> u64 {
    let entries = fs::read_dir(dir).into_iter().flatten().flatten();
    entries.fold(0, |count, entry| {
        let path = entry.path();
        let more = match path.is_dir() {
            true => files_in(&path),
            false => u64::from(path.extension().is_none()),
        };
        count.saturating_add(more)
    })
}

/// The bytes of the files in a directory.
fn size_of(dir: &Path) -> u64 {
    let entries = fs::read_dir(dir).into_iter().flatten().flatten();
    entries.fold(0, |sum, entry| {
        let bytes = entry.metadata().map_or(0, |file| file.len());
        sum.saturating_add(bytes)
    })
}

#[cfg(test)]
mod tests {
    use super::ago;

    #[test]
    fn an_age_is_told_in_the_largest_unit_that_fits() {
        for (seconds, words) in [
            (0, "less than a minute ago"),
            (59, "less than a minute ago"),
            (60, "1 minute ago"),
            (3_599, "59 minutes ago"),
            (3_600, "1 hour ago"),
            (172_799, "47 hours ago"),
            (172_800, "2 days ago"),
        ] {
            assert_eq!(ago(seconds), words);
        }
    }
}
