//! `replay`: everything folded afresh from the stored bytes, and compared.

use clap::Args;
use serde_json::json;

use super::context::Context;
use super::failure::Failure;
use super::moments::AskedFlags;
use super::output::{self, Output};
use super::session::Session;
use super::trouble;
use super::words::day;
use crate::service::query::Reading;
use crate::service::query::trail::{ThingTrail, TrailEntry};
use crate::service::replay::Replayed;

/// Fold everything afresh and compare with the live read models
///
/// Every frame is read from the first on, with checksums and chain; the same read models as live take
/// the entries in. Nothing is changed. Exit code 1 when a read model differs, 2 when the journal is
/// damaged.
#[derive(Debug, Args)]
pub(super) struct Replay {
    /// Which entries make up the answer about this agreement or other thing
    #[arg(long, value_name = "REF")]
    explain: Option<String>,
    #[command(flatten)]
    asked: AskedFlags,
}

impl Replay {
    /// Runs the command.
    pub(super) fn run(&self, context: &Context) -> Result<(), Failure> {
        let session = context.inspector()?;
        let ledger = session.ledger();
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
        let fresh = Reading::new(replayed.models.clone(), as_of.unwrap_or(then));
        let explained = match &self.explain {
            Some(thing) => Some(explain(&session, &fresh, thing)?),
            None => None,
        };
        let output = context.output();
        if output.is_json() {
            output.json(&as_json(&replayed, &fresh, explained.as_ref()))?;
        } else {
            tell(output, &replayed)?;
            if let Some(explained) = &explained {
                tell_explained(output, &fresh, explained)?;
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
    let bar = output::progress("reading the journal");
    let mut told = |done: u64, all: u64| {
        if let Some(bar) = &bar {
            bar.set_length(all);
            bar.set_position(done);
        }
    };
    let replayed = session.ledger().replay(Some(position), &mut told);
    if let Some(bar) = &bar {
        bar.finish_and_clear();
    }
    replayed.map_err(|error| {
        Failure::broken("damaged", error.to_string())
            .hint("nothing was changed; opening the ledger for recording (a note will do) restores what its second copy holds")
    })
}

/// What made the answer about one thing, and what was not known yet.
struct Explained {
    trail: ThingTrail,
    later: Vec<Later>,
}

/// An entry recorded after the position asked about.
#[derive(serde::Serialize)]
struct Later {
    seq: u64,
    what: String,
    day: chrono::NaiveDate,
}

fn explain(session: &Session, fresh: &Reading, thing: &str) -> Result<Explained, Failure> {
    let stream = session.lookup().thing(thing)?;
    let now = session.reading_known_at(None, None)?;
    let head = now.trail(stream, false);
    let known = fresh.position();
    let later = head
        .iter()
        .flat_map(|trail| &trail.entries)
        .flat_map(|entry| {
            let versions = entry.versions.iter().map(|version| &version.recorded);
            let gone = entry.retracted.iter().map(|gone| &gone.recorded);
            let recordings = versions.chain(gone).filter(move |one| one.seq >= known);
            recordings.map(|recorded| Later {
                seq: recorded.seq,
                what: match recorded.seq == entry.fact.seq {
                    true => entry.fact.what.clone(),
                    false => format!("a change to entry {}, {}", entry.fact.seq, entry.fact.what),
                },
                day: recorded.day,
            })
        });
    let later = later.collect();
    let trail = fresh.trail(stream, true).ok_or_else(|| {
        Failure::refused("not_known", format!("nothing was known of {thing} then"))
            .hint("ask as known at a later moment, or leave --known-at out")
    })?;
    Ok(Explained { trail, later })
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

fn tell_explained(output: &Output, fresh: &Reading, explained: &Explained) -> Result<(), Failure> {
    let name = explained.trail.named.as_ref().map_or_else(
        || explained.trail.stream.to_string(),
        |named| format!("{} ({})", named.reference, named.title),
    );
    output.line("")?;
    output.heading(&format!(
        "{name}: what had happened by {}, as known at position {}",
        fresh.day(),
        fresh.position()
    ))?;
    for entry in &explained.trail.entries {
        output.line(&format!("  {:>5}  {}", entry.fact.seq, explanation(entry)))?;
    }
    for later in &explained.later {
        output.line(&format!(
            "  {:>5}  not known yet: {}, recorded on {}",
            later.seq, later.what, later.day
        ))?;
    }
    Ok(())
}

fn explanation(entry: &TrailEntry) -> String {
    let mut words = format!(
        "{}: {}; {}",
        entry.holds, entry.fact.what, entry.fact.on_words
    );
    if !entry.fact.content.is_empty() {
        words.push_str(&format!("; {}", entry.fact.content));
    }
    if let Some(last) = entry.versions.last().filter(|_| entry.fact.corrected) {
        words.push_str(&format!("; as corrected by entry {}", last.recorded.seq));
    }
    if let Some(gone) = &entry.retracted {
        words.push_str(&format!("; retracted by entry {}", gone.recorded.seq));
    }
    if let Some(seq) = entry.reversed_by {
        words.push_str(&format!("; reversed by entry {seq}"));
    }
    words
}

fn as_json(
    replayed: &Replayed,
    fresh: &Reading,
    explained: Option<&Explained>,
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
        members.insert("explained".to_owned(), json!(explained.trail));
        members.insert("not_known_yet".to_owned(), json!(explained.later));
    }
    answer
}
