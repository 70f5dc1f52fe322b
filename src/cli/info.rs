//! `info`: the state of the ledger itself.

use std::fs;
use std::path::Path;
use std::time::SystemTime;

use chrono::{DateTime, Utc};
use clap::Args;
use serde_json::{Value, json};

use super::context::Context;
use super::failure::Failure;
use super::session::{self, Session};
use crate::service::checkpoint::{Signing, kept};
use crate::service::ledger::{Ledger, Options};
use crate::service::presence::Presence;
use crate::service::snapshot;

/// Show the state of the ledger itself
#[derive(Debug, Args)]
pub(super) struct Info {}

impl Info {
    /// Runs the command.
    pub(super) fn run(&self, context: &Context) -> Result<(), Failure> {
        let session = context.inspector()?;
        let output = context.output();
        let options = session::options(context.clock(), context.mirror())?;
        let answer = state(&session, context.data(), &options)?;
        if output.is_json() {
            return output.json(&answer);
        }
        output.heading(&format!("Ledger {}", session.ledger()?.opened().origin))?;
        for (label, value) in lines(session.ledger()?, &answer) {
            output.line(&format!("  {label:<16} {value}"))?;
        }
        Ok(())
    }
}

fn state(session: &Session, dir: &Path, options: &Options) -> Result<Value, Failure> {
    let ledger = session.ledger()?;
    let store = ledger.store_info();
    let opened = ledger.opened();
    let follow = ledger.follow_status();
    let reading = session.lookup();
    Ok(json!({
        "dir": dir.display().to_string(),
        "id": ledger.id(),
        "origin": opened.origin,
        "agency": opened.agency,
        "zone": opened.zone,
        "languages": opened.languages,
        "demonstration": opened.demonstration,
        "position": ledger.head(),
        "root": ledger.root(ledger.head()).ok().map(|root| root.hash.to_string()),
        "frames": store.head.frames,
        "chain": store.head.chain.to_string(),
        "last_recorded_at": reading.last_recorded_at(),
        "read_models": { "position": follow.position, "lag": follow.lag, "last_error": follow.last_error },
        "second_copy": {
            "state": store.second_copy, "applied": store.applied, "lag_frames": store.lag_frames,
            "lag_bytes": store.lag_bytes, "bytes": size_of(&dir.join("sled")), "blob_files": store.blob_files,
        },
        "journal": { "segments": store.segments, "segment_bytes": store.segment_bytes },
        "last_sync_micros": store.last_sync_micros,
        "scrub": {
            "passes": store.scrub_passes, "position": store.scrub_position,
            "ended_seconds_ago": store.scrub_ended_seconds,
        },
        "evidence_files": files_in(&dir.join("evidence")),
        "snapshot": snapshot::newest_position(dir),
        "signed": signed(ledger, options),
        "backup": backup(ledger),
        "mirror": mirror(ledger),
        "free_bytes": store.free_bytes,
        "service": service(dir),
        "findings": ledger.findings(),
    }))
}

/// The newest checkpoint, and how many entries came after it.
fn signed(ledger: &Ledger, options: &Options) -> Value {
    let newest = Signing::of(ledger, &options.disk).and_then(|signing| signing.newest());
    match newest {
        Ok(None) => {
            json!({ "words": "nothing: `dealtrail checkpoint` signs everything recorded so far" })
        }
        Ok(Some(newest)) => {
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
                (behind, Some(since)) => format!(
                    "{behind} recorded since, the first on {}",
                    since.format("%Y-%m-%d %H:%M UTC")
                ),
            };
            json!({
                "size": newest.size, "root": newest.root, "behind": behind, "age_seconds": age,
                "unsigned_since": since, "words": format!("{} entries{ago}; {unsigned}", newest.size),
            })
        }
        Err(error) => json!({ "words": error.to_string() }),
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

/// The last backup, and the last proof of one.
fn backup(ledger: &Ledger) -> Value {
    let Some(last) = ledger.last_backup() else {
        return json!({ "words": "none: `dealtrail backup DIR` takes one" });
    };
    let day = |moment: DateTime<Utc>| moment.format("%Y-%m-%d %H:%M UTC").to_string();
    let proof = match &last.proof {
        Some(proof) if last.proved => format!("proved on {}", day(proof.at)),
        Some(proof) => format!(
            "unverified; the last proof, of {} entries, was on {}",
            proof.position,
            day(proof.at)
        ),
        None => "unverified; it was never proved".to_owned(),
    };
    let behind = ledger.head().saturating_sub(last.position);
    let words = format!(
        "{} entries on {} in {}, {behind} behind; {proof}",
        last.position,
        day(last.taken),
        last.dir
    );
    json!({
        "dir": last.dir, "position": last.position, "taken": last.taken, "behind": behind,
        "proved": last.proved, "last_proof": last.proof, "words": words,
    })
}

/// The service that answers from the ledger, and what its audit of itself found last.
fn service(dir: &Path) -> Value {
    let Some((note, true)) = Presence::read(dir) else {
        let words = "none is running: `dealtrail serve` starts one";
        return json!({ "running": false, "words": words, "audit": { "words": "by a running service" } });
    };
    let minute = |moment: DateTime<Utc>| moment.format("%Y-%m-%d %H:%M UTC").to_string();
    let since = minute(note.since);
    let words = format!("{} of process {}, since {since}", note.address, note.pid);
    let audit = match &note.audit {
        None => json!({ "words": "not once around yet" }),
        Some(last) => {
            let found = match &last.departure {
                None => "nothing differs".to_owned(),
                Some((position, what)) => format!("differs from position {position} on: {what}"),
            };
            let words = format!(
                "{} times around {} entries by {}: {found}",
                last.rounds,
                last.events,
                minute(last.at)
            );
            json!({
                "rounds": last.rounds, "events": last.events, "at": last.at,
                "first_difference": last.departure.as_ref().map(|(position, _)| position), "words": words,
            })
        }
    };
    json!({
        "running": true, "address": note.address, "pid": note.pid, "since": note.since,
        "version": note.version, "words": words, "audit": audit,
    })
}

/// The mirror, looked at now.
fn mirror(ledger: &Ledger) -> Value {
    match ledger.mirror_state() {
        None => {
            json!({ "words": "none: `--mirror DIR` keeps a second directory, on another disk" })
        }
        Some(state) => json!({
            "dir": state.dir.display().to_string(), "position": state.position,
            "words": format!("{}: {}", state.dir.display(), state.words),
        }),
    }
}

fn lines(ledger: &Ledger, answer: &Value) -> Vec<(&'static str, String)> {
    let opened = ledger.opened();
    let languages: Vec<&str> = opened.languages.iter().map(|code| code.as_str()).collect();
    let text = |path: &str| words(answer.pointer(path).unwrap_or(&Value::Null));
    let head = format!(
        "{} in {}",
        counted(answer.pointer("/position"), "entry", "entries"),
        counted(answer.pointer("/frames"), "frame", "frames")
    );
    let sort = match opened.demonstration {
        true => "demonstration: its clock can be set, its times prove nothing",
        false => "working ledger",
    };
    let journal = format!(
        "{} of {}",
        counted(answer.pointer("/journal/segments"), "segment", "segments"),
        size(answer.pointer("/journal/segment_bytes"))
    );
    let copy = format!(
        "{}, {} frames behind",
        text("/second_copy/state"),
        text("/second_copy/lag_frames")
    );
    let sync = match answer.pointer("/last_sync_micros").and_then(Value::as_u64) {
        Some(micros) => format!("{micros} microseconds"),
        None => "nothing was recorded by this run".to_owned(),
    };
    let mut lines = vec![
        ("directory", text("/dir")),
        ("kind", sort.to_owned()),
        (
            "zone",
            format!("{}; languages {}", opened.zone, languages.join(", ")),
        ),
        ("head", head),
        ("last recorded", text("/last_recorded_at")),
        ("root", text("/root")),
        ("chain", text("/chain")),
        (
            "read models",
            format!(
                "at {}, {} behind",
                text("/read_models/position"),
                text("/read_models/lag")
            ),
        ),
        ("journal", journal),
        ("second copy", copy),
        ("blob files", text("/second_copy/blob_files")),
        ("last sync", sync),
        ("read again", scrubbed(answer)),
        ("evidence files", text("/evidence_files")),
        ("snapshot", snapshot_words(answer)),
        ("signed", text("/signed/words")),
        ("backup", text("/backup/words")),
        ("mirror", text("/mirror/words")),
        ("free space", size(answer.pointer("/free_bytes"))),
        ("service", text("/service/words")),
        ("self-audit", text("/service/audit/words")),
    ];
    let findings = answer.pointer("/findings").and_then(Value::as_array);
    lines.extend(
        findings
            .into_iter()
            .flatten()
            .map(|one| ("found", words(one))),
    );
    lines
}

fn snapshot_words(answer: &Value) -> String {
    match answer.pointer("/snapshot").and_then(Value::as_u64) {
        Some(position) => format!("at {position}: a start reads what came after it"),
        None => "none: a start reads the ledger from its beginning".to_owned(),
    }
}

/// How far the process that records has come with reading everything again.
fn scrubbed(answer: &Value) -> String {
    let figure = |name: &str| answer.pointer(name).and_then(Value::as_u64);
    match (figure("/scrub/passes"), figure("/scrub/ended_seconds_ago")) {
        (Some(passes), Some(ago)) => format!(
            "{passes} times whole, last up to entry {}, {ago} seconds ago",
            figure("/scrub/position").unwrap_or_default()
        ),
        _ => "by the process that records; `dealtrail doctor` reads everything now".to_owned(),
    }
}

fn counted(count: Option<&Value>, one: &str, many: &str) -> String {
    match count.and_then(Value::as_u64) {
        Some(1) => format!("1 {one}"),
        Some(count) => format!("{count} {many}"),
        None => "not known".to_owned(),
    }
}

fn words(value: &Value) -> String {
    match value {
        Value::Null => "not known".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn size(bytes: Option<&Value>) -> String {
    let Some(bytes) = bytes.and_then(Value::as_u64) else {
        return "not known".to_owned();
    };
    match bytes >> 20 {
        0 => format!("{bytes} bytes"),
        mib if mib < 10_240 => format!("{mib} MiB"),
        mib => format!("{} GiB", mib >> 10),
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
