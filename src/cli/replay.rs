//! `replay`: everything folded afresh from the stored bytes, and compared.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::NaiveDate;
use clap::Args;
use serde_json::json;

use super::client::Client;
use super::context::Context;
use super::explaining;
use super::failure::Failure;
use super::moments::AskedFlags;
use super::output::Output;
use super::progress::Progress;
use super::session::{Session, With};
use super::stored;
use super::trouble;
use super::view::View;
use super::words::day;
use crate::service::query::Reading;
use crate::service::query::explained::Explanation;
use crate::service::refold::{Digests, Refold, Refolded};
use crate::service::replay::{Difference, Replayed};

/// Fold everything afresh and compare with the live read models
///
/// Every frame is read from the first on, with checksums and chain; the same read models as live take
/// the entries in. Nothing is changed. Through a service the entries are fetched and folded here: the root and
/// the read models are compared with those it answers from. Exit code 1 when a read model differs, 2 when the
/// journal is damaged.
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
        let told = match context.service()? {
            Some(client) => self.through(context, client)?,
            None => self.at_hand(context)?,
        };
        let output = context.output();
        match output.is_json() {
            true => output.json(&told.as_json())?,
            false => told.tell(output)?,
        }
        match told.differences.is_empty() {
            true => Ok(()),
            false => Err(Failure::refused(
                "different",
                "the live read models differ from the entries they were made from",
            )
            .hint("the ledger itself is whole; stop the service if one runs, run `dealtrail rebuild`, and start it again: it goes on \
             from a fold afresh")),
        }
    }

    /// The day asked about: that of the moment at which it was known, unless another was named.
    fn day(&self, then: Option<NaiveDate>, today: NaiveDate) -> Result<NaiveDate, Failure> {
        let then = then.map_or(today, |day| day.min(today));
        let as_of = self.asked.as_of.as_deref();
        let as_of = as_of.map(|typed| day::day(typed, today)).transpose();
        let as_of = as_of.map_err(|error| Failure::of_field("--as-of", error))?;
        Ok(as_of.unwrap_or(then))
    }

    /// From the journal of the ledger's own directory.
    fn at_hand(&self, context: &Context) -> Result<Told, Failure> {
        let session = context.inspector()?;
        let ledger = session.ledger()?;
        let known = self.asked.known_at.as_deref();
        let known = known.map(|typed| ledger.known_at(typed)).transpose();
        let known = known.map_err(|error| trouble::of_ledger(&error))?;
        let position = known.map_or(ledger.head(), |known| known.position);
        let replayed = fold(&session, position)?;
        let day = self.day(known.and_then(|known| known.day), session.today())?;
        let fresh = View::Local(Reading::new(Arc::clone(&replayed.models), day));
        let explained = match &self.explain {
            Some(thing) => {
                let (stream, head) = (
                    session.lookup().thing(thing)?,
                    session.reading_known_at(None, None)?,
                );
                Some(explaining::explain(&head, &fresh, (thing, stream))?)
            }
            None => None,
        };
        Ok(Told {
            position: replayed.position,
            frames: Some(replayed.frames),
            root: replayed.root.hash.to_string(),
            digests: named(replayed.digests),
            compared: replayed.compared,
            differences: replayed.differences,
            as_of: day,
            explained,
        })
    }

    /// From the stored entries as a service hands them out, held against what the service answers from.
    fn through(&self, context: &Context, client: Client) -> Result<Told, Failure> {
        let session = context.through(client)?;
        let now = self.asked.reading(&session)?;
        let With::Service { client, .. } = session.with() else {
            return Err(Failure::broken("service", "no service was named"));
        };
        // Of now it is asked without a position, so that what is recorded meanwhile does no harm.
        let known = self.asked.known_at.as_ref().map(|_| now.position());
        let theirs = digests(client, known)?;
        let position = theirs.position;
        // What was known later takes part in an explanation.
        let theirs_at_end = match &self.explain {
            Some(_) => digests(client, None)?,
            None => theirs.clone(),
        };
        let (fresh, end) = fetched(client, position, theirs_at_end.position)?;
        for (folded, theirs) in [(&fresh, &theirs), (&end, &theirs_at_end)] {
            held_to_root(folded, theirs)?;
        }
        let day = now.day();
        let mut told = Told {
            position,
            frames: None,
            root: fresh.root.hash.to_string(),
            digests: named(fresh.models.digests()),
            compared: true,
            differences: Vec::new(),
            as_of: day,
            explained: None,
        };
        told.differences = told.differing(&theirs.digests);
        let fresh = View::Local(Reading::new(fresh.models, day));
        if let Some(thing) = &self.explain {
            let end = View::Local(Reading::new(end.models, session.today()));
            let stream = end.thing(thing)?;
            told.explained = Some(explaining::explain(&end, &fresh, (thing, stream))?);
        }
        Ok(told)
    }
}

/// What the service's read models have come to, at a position or now.
fn digests(client: &Client, position: Option<u64>) -> Result<Digests, Failure> {
    let position = position.map(|position| ("known_at", position.to_string()));
    client.get(
        "/v1/ledger/digests",
        &position.into_iter().collect::<Vec<_>>(),
    )
}

/// Folds the entries that a service hands out, up to a position and on to the end.
fn fetched(client: &Client, position: u64, end: u64) -> Result<(Refolded, Refolded), Failure> {
    let mut fold = Refold::keeping(position);
    let progress = Progress::of("reading the ledger", "entries");
    let told = &mut |done: u64| progress.told(done, end);
    let fetched = stored::each(client, 0..end, told, &mut |event| {
        let taken = fold.take_in(event).map_err(|error| {
            Failure::broken(
                "damaged",
                format!("what the service hands out is not its ledger: {error}"),
            )
            .hint("run `dealtrail verify` on the ledger's own directory")
        });
        taken.map(|()| true)
    });
    match &fetched {
        Ok(()) => progress.end_and_tell(),
        Err(_) => progress.end(),
    }
    fetched?;
    let short = || {
        Failure::broken(
            "broken_off",
            "the service handed out fewer entries than it has",
        )
    };
    fold.end().ok_or_else(short)
}

/// Refuses entries that are not those the service's own root stands for.
fn held_to_root(folded: &Refolded, theirs: &Digests) -> Result<(), Failure> {
    let root = folded.root;
    if root.hash.to_string() == theirs.root {
        return Ok(());
    }
    let sentence = format!(
        "the {} entries that the service hands out lead to the root {}, and it answers from {}",
        root.size, root.hash, theirs.root
    );
    Err(Failure::refused("different", sentence)
        .hint("keep both, and run `dealtrail verify` on the ledger's own directory: it says which of them was signed"))
}

fn named(digests: BTreeMap<&'static str, String>) -> BTreeMap<String, String> {
    let digests = digests.into_iter();
    digests
        .map(|(name, digest)| (name.to_owned(), digest))
        .collect()
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

/// What a replay found, from wherever the entries came.
struct Told {
    position: u64,
    /// Of a journal that was read here.
    frames: Option<u64>,
    root: String,
    digests: BTreeMap<String, String>,
    compared: bool,
    differences: Vec<Difference>,
    as_of: NaiveDate,
    explained: Option<Explanation>,
}

impl Told {
    /// The read models whose digest a service has otherwise.
    fn differing(&self, theirs: &BTreeMap<String, String>) -> Vec<Difference> {
        let own = self.digests.iter();
        let differing = own.filter(|(name, fresh)| theirs.get(*name) != Some(*fresh));
        differing
            .map(|(name, fresh)| Difference {
                projection: name.clone(),
                live: theirs.get(name).cloned().unwrap_or_default(),
                fresh: fresh.clone(),
                first: None,
            })
            .collect()
    }

    fn tell(&self, output: &Output) -> Result<(), Failure> {
        output.heading(&match self.frames {
            Some(frames) => format!(
                "Folded {} entries afresh from {frames} frames; checksums and chain hold",
                self.position
            ),
            None => format!(
                "Folded {} entries afresh as the service handed them out; they lead to its root",
                self.position
            ),
        })?;
        output.line(&format!("  root {}", self.root))?;
        for (name, digest) in &self.digests {
            let mut differences = self.differences.iter();
            let differs = differences.find(|one| one.projection == *name);
            let verdict = match (differs, self.compared) {
                (None, true) => "same as live".to_owned(),
                (None, false) => "not compared: the live read models stand at the head".to_owned(),
                (Some(one), _) => match one.first {
                    Some(seq) => {
                        format!("DIFFERENT from live ({}), first at entry {seq}", one.live)
                    }
                    None => format!("DIFFERENT from live ({})", one.live),
                },
            };
            output.line(&format!("  {name:<10} {digest}  {verdict}"))?;
        }
        if let Some(explained) = &self.explained {
            output.line("")?;
            explaining::tell(output, explained)?;
        }
        Ok(())
    }

    fn as_json(&self) -> serde_json::Value {
        let differences: Vec<_> = self
            .differences
            .iter()
            .map(|one| {
                json!({ "read_model": one.projection, "live": one.live, "fresh": one.fresh, "first": one.first })
            })
            .collect();
        let mut answer = json!({
            "position": self.position,
            "root": self.root,
            "digests": self.digests,
            "compared": self.compared,
            "differences": differences,
            "as_of": self.as_of,
        });
        if let Some(members) = answer.as_object_mut() {
            let frames = self
                .frames
                .map(|frames| ("frames".to_owned(), json!(frames)));
            let explained = self.explained.as_ref();
            let explained = explained.map(|explained| ("explained".to_owned(), json!(explained)));
            members.extend(frames.into_iter().chain(explained));
        }
        answer
    }
}
