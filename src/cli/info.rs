//! `info`: the state of the ledger itself.

use clap::Args;
use serde_json::Value;

use super::context::Context;
use super::failure::Failure;
use super::session;
use crate::service::info::{self, LedgerInfo};

/// Show the state of the ledger itself
#[derive(Debug, Args)]
pub(super) struct Info {}

impl Info {
    /// Runs the command.
    pub(super) fn run(&self, context: &Context) -> Result<(), Failure> {
        let info: LedgerInfo = match context.service()? {
            // Who only looks after the service may ask for nothing of what is recorded.
            Some(client) => client.get("/v1/ledger/info", &())?,
            None => {
                let session = context.inspector()?;
                let options = session::options(context.clock(), context.mirror())?;
                info::info(session.ledger()?, context.data(), &options.disk)
            }
        };
        let output = context.output();
        if output.is_json() {
            // By way of a value, whose members stand in the order of the alphabet.
            return output.json(&serde_json::json!(info));
        }
        output.heading(&format!("Ledger {}", info.opened.origin))?;
        for (label, value) in lines(&info) {
            output.line(&format!("  {label:<16} {value}"))?;
        }
        Ok(())
    }
}

fn lines(info: &LedgerInfo) -> Vec<(&'static str, String)> {
    let languages = info.opened.languages.iter();
    let languages: Vec<&str> = languages.map(|code| code.as_str()).collect();
    let sort = match info.opened.demonstration {
        true => "demonstration: its clock can be set, its times prove nothing",
        false => "working ledger",
    };
    let not_known = || "not known".to_owned();
    let mut lines = vec![
        ("directory", info.dir.clone()),
        ("kind", sort.to_owned()),
        (
            "zone",
            format!("{}; languages {}", info.opened.zone, languages.join(", ")),
        ),
        (
            "head",
            format!(
                "{} in {}",
                counted(info.position, "entry", "entries"),
                counted(info.frames, "frame", "frames")
            ),
        ),
        ("last recorded", last_recorded(info)),
        ("root", info.root.clone().unwrap_or_else(not_known)),
        ("chain", info.chain.clone()),
        (
            "read models",
            format!(
                "at {}, {} behind",
                info.read_models.position, info.read_models.lag
            ),
        ),
        (
            "journal",
            format!(
                "{} of {}",
                counted(info.journal.segments, "segment", "segments"),
                size(Some(info.journal.segment_bytes))
            ),
        ),
        (
            "second copy",
            format!(
                "{}, {} frames behind",
                info.second_copy.state, info.second_copy.lag_frames
            ),
        ),
        ("blob files", info.second_copy.blob_files.to_string()),
        (
            "last sync",
            match info.last_sync_micros {
                Some(micros) => format!("{micros} microseconds"),
                None => "nothing was recorded by this run".to_owned(),
            },
        ),
        ("read again", scrubbed(info)),
        ("evidence files", info.evidence_files.to_string()),
        ("snapshot", snapshot_words(info.snapshot)),
        ("signed", info.signed.words.clone()),
        ("backup", info.backup.words.clone()),
        ("mirror", info.mirror.words.clone()),
        ("free space", size(info.free_bytes)),
        ("service", info.service.words.clone()),
        ("self-audit", info.service.audit.words.clone()),
    ];
    lines.extend(info.findings.iter().map(|one| ("found", one.clone())));
    lines
}

/// As programs read it.
fn last_recorded(info: &LedgerInfo) -> String {
    let moment = serde_json::to_value(info.last_recorded_at);
    match moment {
        Ok(Value::String(moment)) => moment,
        _ => "not known".to_owned(),
    }
}

fn snapshot_words(snapshot: Option<u64>) -> String {
    match snapshot {
        Some(position) => format!("at {position}: a start reads what came after it"),
        None => "none: a start reads the ledger from its beginning".to_owned(),
    }
}

/// How far the process that records has come with reading everything again.
fn scrubbed(info: &LedgerInfo) -> String {
    match info.scrub.ended_seconds_ago {
        Some(ago) => format!(
            "{} times whole, last up to entry {}, {ago} seconds ago",
            info.scrub.passes, info.scrub.position
        ),
        None => "by the process that records; `dealtrail doctor` reads everything now".to_owned(),
    }
}

fn counted(count: u64, one: &str, many: &str) -> String {
    match count {
        1 => format!("1 {one}"),
        count => format!("{count} {many}"),
    }
}

fn size(bytes: Option<u64>) -> String {
    let Some(bytes) = bytes else {
        return "not known".to_owned();
    };
    match bytes >> 20 {
        0 => format!("{bytes} bytes"),
        mib if mib < 10_240 => format!("{mib} MiB"),
        mib => format!("{} GiB", mib >> 10),
    }
}
