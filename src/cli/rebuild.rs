//! `rebuild`: the read models made anew beside a running service, for the next start.

use clap::Args;
use serde_json::json;

use super::context::Context;
use super::failure::Failure;
use super::output::Output;
use super::progress::Progress;
use super::session;
use super::trouble;
use crate::service::rebuild::{self, Rebuilt};

/// Make the read models anew beside a running service, for the next start
///
/// Every entry is folded from the journal's first frame with the read models of this program, and the fold is kept as a snapshot
/// in the ledger's directory. Run the new program's `rebuild` while the old one serves, then restart the service with the new
/// program: it goes on from the snapshot and from what was recorded meanwhile, and is ready at once. Nothing that the old program
/// needs is changed. Exit code 2 when the ledger is damaged or the snapshot cannot be written.
#[derive(Debug, Args)]
pub(super) struct Rebuild {}

impl Rebuild {
    /// Runs the command.
    pub(super) fn run(&self, context: &Context) -> Result<(), Failure> {
        let options = session::options(context.clock(), context.mirror())?;
        let progress = Progress::of("reading the journal", "entries");
        let mut told = |done: u64, all: u64| progress.told(done, all);
        let rebuilt = rebuild::rebuild(context.data(), &options, &mut told);
        match &rebuilt {
            Ok(_) => progress.end_and_tell(),
            Err(_) => progress.end(),
        }
        let rebuilt = rebuilt.map_err(|error| trouble::of_rebuild(&error))?;
        let output = context.output();
        match output.is_json() {
            true => output.json(&as_json(&rebuilt))?,
            false => tell(&rebuilt, output)?,
        }
        // The program ends with its answer: giving the memory of a large ledger back piece by piece takes a second and more.
        std::mem::forget(rebuilt);
        Ok(())
    }
}

fn tell(rebuilt: &Rebuilt, output: &Output) -> Result<(), Failure> {
    let head = rebuilt.head;
    output.heading(&format!(
        "Folded {} entries afresh from {}",
        head.position,
        match head.frames {
            1 => "1 frame".to_owned(),
            frames => format!("{frames} frames"),
        }
    ))?;
    let models = rebuilt.folds.models().iter();
    let models: Vec<String> = models
        .map(|(name, version)| format!("{name} {version}"))
        .collect();
    output.line(&format!("  versions  {}", models.join(", ")))?;
    let bytes = rebuilt.bytes.div_ceil(1 << 10);
    output.line(&format!(
        "  snapshot  {} ({bytes} KiB)",
        rebuilt.file.display()
    ))?;
    if rebuilt.newest > head.position {
        output.line(&format!(
            "  newer     at {}, written meanwhile by the process that records: a start goes on from that one",
            rebuilt.newest
        ))?;
    }
    output.line(&match rebuilt.in_use {
        true => format!(
            "Next: restart the service with this program; it goes on from entry {} and is ready at once",
            rebuilt.newest
        ),
        false => format!(
            "Next: start this program; it goes on from entry {} and is ready at once",
            rebuilt.newest
        ),
    })
}

fn as_json(rebuilt: &Rebuilt) -> serde_json::Value {
    let models = rebuilt.folds.models().iter();
    let models: serde_json::Map<_, _> = models
        .map(|(name, version)| (name.clone(), json!(version)))
        .collect();
    json!({
        "position": rebuilt.head.position,
        "frames": rebuilt.head.frames,
        "chain": rebuilt.head.chain.to_string(),
        "versions": models,
        "file": rebuilt.file.display().to_string(),
        "bytes": rebuilt.bytes,
        "newest": rebuilt.newest,
        "in_use": rebuilt.in_use,
    })
}
