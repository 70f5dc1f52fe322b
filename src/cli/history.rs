//! `history`: a thing's whole trail.

use clap::Args;

use super::answer::evidence;
use super::context::Context;
use super::failure::Failure;
use super::moments::AskedFlags;
use super::output::{Output, Span};
use super::recorded::{beneath, who};
use crate::service::query::trail::{ThingTrail, TrailEntry, VersionLine};

/// Show a thing's whole trail, corrections struck through
///
/// Every entry has two dates: when it happened, and when it was recorded.
#[derive(Debug, Args)]
pub(super) struct History {
    /// The agreement, package, occasion or organisation
    #[arg(value_name = "REF")]
    thing: String,
    /// In order of happening instead of recording
    #[arg(long)]
    by_day: bool,
    #[command(flatten)]
    asked: AskedFlags,
}

impl History {
    /// Runs the command.
    pub(super) fn run(&self, context: &Context) -> Result<(), Failure> {
        let session = context.reader_at(self.asked.known_at.as_deref())?;
        let stream = session.lookup().thing(&self.thing)?;
        let reading = self.asked.reading(&session)?;
        let Some(trail) = reading.trail(stream, self.by_day)? else {
            let sentence = format!("nothing was known of {} then", self.thing);
            return Err(Failure::refused("not_known", sentence)
                .hint("ask as known at a later moment, or leave --known-at out"));
        };
        match context.output().is_json() {
            true => context.output().json(&trail),
            false => tell(context.output(), &trail),
        }
    }
}

fn tell(output: &Output, trail: &ThingTrail) -> Result<(), Failure> {
    match &trail.named {
        Some(named) => output.heading(&format!("{}  {}", named.reference, named.title))?,
        None => output.heading(&trail.stream.to_string())?,
    }
    for entry in &trail.entries {
        tell_entry(output, entry)?;
    }
    for unplaced in &trail.unplaced {
        output.line(&format!(
            "  {:>5}  {} could not be placed: {}",
            unplaced.recorded.seq, unplaced.kind, unplaced.why
        ))?;
    }
    output.line("")?;
    output.line(&format!(
        "{} entries, as known at position {}.",
        trail.version, trail.known_at
    ))
}

fn tell_entry(output: &Output, entry: &TrailEntry) -> Result<(), Failure> {
    let gone = entry.retracted.is_some();
    for (index, version) in entry.versions.iter().enumerate() {
        let words = version_words(&entry.fact.what, version);
        let words = match version.in_force && !gone {
            true => Span::Plain(words),
            false => Span::Struck(words),
        };
        let label = match index {
            0 => String::new(),
            _ => "corrected: ".to_owned(),
        };
        output.spans(&[
            Span::Plain(format!("  {:>5}  {label}", version.recorded.seq)),
            words,
        ])?;
        let reason = version.reason.as_ref();
        let reason = reason.map_or_else(String::new, |reason| format!(" ({reason})"));
        beneath(output, &format!("{}{reason}", who(&version.recorded)))?;
    }
    if let Some(retracted) = &entry.retracted {
        let by = who(&retracted.recorded);
        beneath(output, &format!("retracted: {} ({})", by, retracted.reason))?;
    }
    if let Some(seq) = entry.reversed_by {
        beneath(output, &format!("reversed by entry {seq}"))?;
    }
    if entry.moved_from.is_some() {
        beneath(output, "moved here from another agreement")?;
    }
    for confirmation in &entry.confirmations {
        let lapsed = if confirmation.lapsed {
            "confirmed, lapsed by a correction"
        } else {
            "confirmed"
        };
        beneath(
            output,
            &format!("{lapsed}: {}", who(&confirmation.recorded)),
        )?;
    }
    for source in &entry.sources {
        let by = [&source.publisher, &source.published];
        let by: Vec<&str> = by.into_iter().flatten().map(String::as_str).collect();
        let by = match by.is_empty() {
            true => String::new(),
            false => format!(", {}", by.join(", ")),
        };
        let words = format!("{}{by}; {}", source.title, evidence(source.level));
        let words = match source.withdrawn {
            true => Span::Struck(words),
            false => Span::Faint(words),
        };
        output.spans(&[Span::Plain("         ".to_owned()), words])?;
    }
    Ok(())
}

fn version_words(what: &str, version: &VersionLine) -> String {
    let content = match version.content.as_str() {
        "" => String::new(),
        content => format!(": {content}"),
    };
    format!("{what}{content}; {}", version.on_words)
}
