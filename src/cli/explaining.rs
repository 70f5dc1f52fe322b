//! What an answer about one thing was made of, for `show --explain` and `replay --explain`. Every entry is told with both its
//! times: when the fact happened, and when it was recorded.

use super::failure::Failure;
use super::output::{Output, Span};
use super::recorded::{beneath, whom};
use super::view::View;
use crate::deal::value::ids::StreamId;
use crate::service::query::explained::{EntryLine, Explanation};
use crate::service::query::trail::Recorded;

/// The explanation of a reading's answer about a thing, against all that is known by now.
pub(super) fn explain(
    head: &View,
    reading: &View,
    (thing, stream): (&str, StreamId),
) -> Result<Explanation, Failure> {
    reading.explained(stream, head)?.ok_or_else(|| {
        Failure::refused("not_known", format!("nothing was known of {thing} then"))
            .hint("ask as known at a later moment, or leave --known-at out")
    })
}

/// Prints an explanation.
pub(super) fn tell(output: &Output, explanation: &Explanation) -> Result<(), Failure> {
    let name = explanation.named.as_ref().map_or_else(
        || explanation.stream.to_string(),
        |named| format!("{} ({})", named.reference, named.title),
    );
    let (day, known_at) = (explanation.as_of, explanation.known_at);
    output.heading(&format!(
        "{name}: what had happened by {day}, as known at position {known_at}"
    ))?;
    let (made, all) = (explanation.made_by.len(), explanation.version);
    output.heading(&format!("Made the answer: {made} of its {all} entries"))?;
    for entry in &explanation.made_by {
        told(output, entry, Span::Plain)?;
    }
    if !explanation.replaced.is_empty() {
        output.heading("Corrected or withdrawn")?;
    }
    for replaced in &explanation.replaced {
        told(output, &replaced.entry, Span::Struck)?;
        let by = &replaced.by;
        let reason = in_brackets(by.reason.as_deref());
        let words = format!(
            "{} by entry {}, {}",
            by.how,
            by.recorded.seq,
            recorded(&by.recorded)
        );
        beneath(output, &format!("{words}{reason}"))?;
    }
    if !explanation.not_counted.is_empty() {
        output.heading(&format!("Known, and not counted by {day}"))?;
    }
    for line in &explanation.not_counted {
        told(output, &line.entry, Span::Plain)?;
        beneath(output, &line.why_words)?;
    }
    tell_unplaced(output, explanation)?;
    tell_later(output, explanation)
}

fn tell_unplaced(output: &Output, explanation: &Explanation) -> Result<(), Failure> {
    if explanation.unplaced.is_empty() {
        return Ok(());
    }
    output.heading("Not understood, and part of no answer")?;
    for line in &explanation.unplaced {
        output.line(&format!(
            "  {:>5}  {}: {}",
            line.recorded.seq, line.kind, line.why
        ))?;
    }
    Ok(())
}

fn tell_later(output: &Output, explanation: &Explanation) -> Result<(), Failure> {
    let later = &explanation.not_known_yet;
    output.heading(&match later.len() {
        0 => "Not known yet: nothing, no entry of it was recorded later".to_owned(),
        1 => "Not known yet: 1 entry, recorded later".to_owned(),
        many => format!("Not known yet: {many} entries, recorded later"),
    })?;
    for entry in later {
        told(output, entry, Span::Plain)?;
    }
    output.line("These are its own entries; names of other things come from theirs.")
}

/// One entry: its position, what it says and when that happened, and when it was recorded.
fn told(output: &Output, entry: &EntryLine, shown: fn(String) -> Span) -> Result<(), Failure> {
    let about = match entry.fact == entry.recorded.seq {
        true => String::new(),
        false => format!("{} of entry {}: ", deed(&entry.deed), entry.fact),
    };
    let mut words = entry.what.clone();
    if !entry.content.is_empty() {
        words.push_str(&format!(": {}", entry.content));
    }
    output.spans(&[
        Span::Plain(format!("  {:>5}  {about}", entry.recorded.seq)),
        shown(words),
    ])?;
    let happened = match &entry.on_words {
        Some(on) => format!("happened: {on}; "),
        None => String::new(),
    };
    let reason = in_brackets(entry.reason.as_deref());
    beneath(
        output,
        &format!("{happened}{}{reason}", recorded(&entry.recorded)),
    )
}

/// When an entry was recorded, to the second, and by whom. Which of two entries was known at a moment hangs on it.
fn recorded(recorded: &Recorded) -> String {
    let moment = recorded.recorded_at.format("%Y-%m-%d %H:%M:%S UTC");
    format!("recorded: {moment} by {}", whom(recorded))
}

/// What an entry did to a fact, as a noun.
fn deed(deed: &str) -> &str {
    match deed {
        "corrected" => "correction",
        "retracted" => "retraction",
        "source_added" => "source",
        "source_withdrawn" => "withdrawal of a source",
        "confirmed" => "confirmation",
        "confirmation_withdrawn" => "withdrawal of a confirmation",
        other => other,
    }
}

fn in_brackets(reason: Option<&str>) -> String {
    reason.map_or_else(String::new, |reason| format!(" ({reason})"))
}
