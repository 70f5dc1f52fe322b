//! `replay`: everything folded afresh from the stored bytes, and compared.

use clap::Args;
use serde_json::json;

use super::context::Context;
use super::explaining;
use super::failure::Failure;
use super::moments::AskedFlags;
use super::output::Output;
use super::progress::Progress;
use super::session::Session;
use super::trouble;
use super::view::View;
use super::words::day;
use crate::service::query::Reading;
use crate::service::query::explained::Explanation;
use crate::service::replay::Replayed;

/// Fold everything afresh and compare with the live read models
///
/// Every frame is read from the first on, with checksums and chain; the same read models as live take
/// the entries in. Nothing is changed. Exit code 1 when a read model differs, 2 when the journal is
/// damaged.
#[derive(Debug, Args)]
pub(super) struct Replay {
    /// Which entries made the answer about this agreement or other thing, and which did not
    #[arg(long, value_name = "REF")]
    explain: Option<String>,
    #[command(flatten)]
    asked: AskedFlags,
}

impl Replay {
    /// Runs the command.
    pub(super) fn run(&self, context: &Context) -> Result<(), Failure> {
        let session = context.inspector()?;
        let ledger = session.ledger()?;
        let known = self
            .asked
            .known_at
            .as_deref()
            .map(|typed| ledger.known_at(typed));
        let known = known
            .transpose()
            .map_err(|error| trouble::of_ledger(&error))?;
        let position = known.map_or(ledger.head(), |known| known.position);
        let replayed = fold(&session, position)?;
        let today = session.today();
        let then = known
            .and_then(|known| known.day)
            .map_or(today, |day| day.min(today));
        let as_of = self
            .asked
            .as_of
            .as_deref()
            .map(|typed| day::day(typed, today));
        let as_of = as_of
            .transpose()
            .map_err(|error| Failure::of_field("--as-of", error))?;
        let fresh = View::Local(Reading::new(replayed.models.clone(), as_of.unwrap_or(then)));
        let explained = match &self.explain {
            Some(thing) => {
                let stream = session.lookup().thing(thing)?;
                Some(explaining::explain(&session, &fresh, (thing, stream))?)
            }
            None => None,
        };
        let output = context.output();
        if output.is_json() {
            output.json(&as_json(&replayed, &fresh, explained.as_ref()))?;
        } else {
            tell(output, &replayed)?;
            if let Some(explained) = &explained {
                output.line("")?;
                explaining::tell(output, explained)?;
            }
        }
        match replayed.differences.is_empty() {
            true => Ok(()),
            false => Err(Failure::refused(
                "different",
                "the live read models differ from the entries they were made from",
            )
            .hint("the ledger itself is whole; start the program again and the read models are made anew")),
        }
    }
}

fn fold(session: &Session, position: u64) -> Result<Replayed, Failure> {
    let progress = Progress::of("reading the journal", "entries");
    let mut told = |done: u64, all: u64| progress.told(done, all);
    let replayed = session.ledger()?.replay(Some(position), &mut told);
    match &replayed {
        Ok(_) => progress.end_and_tell(),
        Err(_) => progress.end(),
    }
    replayed.map_err(|error| {
        Failure::broken("damaged", error.to_string())
            .hint("nothing was changed; opening the ledger for recording (a note will do) restores what its second copy holds")
    })
}

fn tell(output: &Output, replayed: &Replayed) -> Result<(), Failure> {
    output.heading(&format!(
        "Folded {} entries afresh from {} frames; checksums and chain hold",
        replayed.position, replayed.frames
    ))?;
    output.line(&format!("  root {}", replayed.root.hash))?;
    for (name, digest) in &replayed.digests {
        let differs = replayed
            .differences
            .iter()
            .find(|one| one.projection == *name);
        let verdict = match (differs, replayed.compared) {
            (None, true) => "same as live".to_owned(),
            (None, false) => "not compared: the live read models stand at the head".to_owned(),
            (Some(one), _) => match one.first {
                Some(seq) => format!("DIFFERENT from live ({}), first at entry {seq}", one.live),
                None => format!("DIFFERENT from live ({})", one.live),
            },
        };
        output.line(&format!("  {name:<10} {digest}  {verdict}"))?;
    }
    Ok(())
}

fn as_json(
    replayed: &Replayed,
    fresh: &View,
    explained: Option<&Explanation>,
) -> serde_json::Value {
    let differences: Vec<_> = replayed
        .differences
        .iter()
        .map(|one| {
            json!({ "read_model": one.projection, "live": one.live, "fresh": one.fresh, "first": one.first })
        })
        .collect();
    let mut answer = json!({
        "position": replayed.position,
        "frames": replayed.frames,
        "root": replayed.root.hash.to_string(),
        "digests": replayed.digests,
        "compared": replayed.compared,
        "differences": differences,
        "as_of": fresh.day(),
    });
    if let (Some(explained), Some(members)) = (explained, answer.as_object_mut()) {
        members.insert("explained".to_owned(), json!(explained));
    }
    answer
}
