//! The answer to a writing command: what was recorded, what to look at, and what to do next.

use serde::Serialize;
use serde_json::{Value, json};

use super::context::Context;
use super::failure::Failure;
use super::output::{Output, spoken};
use super::session::Session;
use super::view::View;
use crate::deal::value::ids::{EventId, KnownBy, StreamId};
use crate::deal::value::source::EvidenceLevel;
use crate::deal::warning::{Concern, Warning};
use crate::service::answer::{Answer, RecordedEvent};
use crate::service::query::Word;
use crate::service::query::standing::FactLine;

/// One recorded event as programs read it.
#[derive(Debug, Serialize)]
struct EventLine<'a> {
    id: EventId,
    seq: u64,
    stream: StreamId,
    version: u64,
    #[serde(rename = "ref", skip_serializing_if = "Option::is_none")]
    reference: Option<String>,
    /// What it did to its fact.
    #[serde(skip_serializing_if = "Option::is_none")]
    deed: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fact: Option<&'a FactLine>,
}

/// An event, what it did, and the fact it belongs to.
type Told<'a> = (&'a RecordedEvent, Option<(Word, FactLine)>);

/// Tells what a command recorded.
pub(super) fn tell(context: &Context, session: &Session, answer: &Answer) -> Result<(), Failure> {
    let reading = session.reading_at(answer.position)?;
    let mut facts: Vec<Told<'_>> = Vec::new();
    for event in &answer.events {
        facts.push((event, reading.fact_of(event.id)?));
    }
    let output = context.output();
    if output.is_json() {
        return output.json(&as_json(session, &reading, answer, &facts)?);
    }
    if answer.events.is_empty() {
        return output.line("Nothing to do: the ledger says so already.");
    }
    if answer.replayed {
        output.line("This command was carried out before; nothing was recorded again.")?;
    }
    for (event, fact) in &facts {
        tell_event(output, &reading, event, fact.as_ref())?;
    }
    let actor = session.actor();
    if actor.known_by == KnownBy::LocalClaim {
        output.line(&format!("  by {}, identity not checked", actor.id))?;
    }
    for warning in &answer.warnings {
        output.line(&format!("Warning: {}", spoken(&warning.sentence)))?;
        if !warning.hint.is_empty() {
            output.line(&format!("  {}", warning.hint))?;
        }
    }
    tell_next(context, &reading, &answer.warnings, &facts)
}

fn tell_event(
    output: &Output,
    reading: &View,
    event: &RecordedEvent,
    fact: Option<&(Word, FactLine)>,
) -> Result<(), Failure> {
    let named = reading.name(event.stream)?;
    let thing = named.map_or_else(
        || event.stream.to_string(),
        |named| format!("{} ({})", named.reference, named.title),
    );
    let Some((deed, fact)) = fact else {
        return output.heading(&format!("Recorded at position {}: {thing}", event.seq));
    };
    let amends = match fact.seq == event.seq {
        true => String::new(),
        false => format!("entry {} {deed}: ", fact.seq),
    };
    output.heading(&format!(
        "Recorded at position {}: {amends}{}, {thing}",
        event.seq, fact.what
    ))?;
    if !fact.content.is_empty() {
        output.line(&format!("  {}", fact.content))?;
    }
    output.line(&format!("  {}; {}", fact.on_words, evidence(fact.evidence)))
}

/// An evidence level in words.
pub(super) fn evidence(level: EvidenceLevel) -> String {
    let words = match level {
        EvidenceLevel::None => return "no source".to_owned(),
        EvidenceLevel::Level(0) => "reported",
        EvidenceLevel::Level(1) => "noted",
        EvidenceLevel::Level(2) => "documented",
        EvidenceLevel::Level(3) => "registered",
        EvidenceLevel::Level(_) => "seen on site",
    };
    format!("evidence level {level} ({words})")
}

fn tell_next(
    context: &Context,
    reading: &View,
    warnings: &[Warning],
    facts: &[Told<'_>],
) -> Result<(), Failure> {
    let sourceless = |told: &&Told<'_>| {
        let fact = told.1.as_ref();
        fact.is_some_and(|(_, fact)| fact.evidence == EvidenceLevel::None)
    };
    let asks = warnings.iter().any(|one| one.code == Concern::NoSource);
    let weak = facts.iter().find(sourceless).filter(|_| asks);
    let first = match facts.first() {
        Some((event, _)) => reading.name(event.stream)?,
        None => None,
    };
    let program = context.program();
    if let Some((event, _)) = weak {
        let seq = event.seq;
        let next =
            format!("Next: {program} source {seq} --source \"…\" adds where this comes from.");
        return context.output().line(&next);
    }
    match first {
        Some(named) => context.output().line(&format!(
            "Next: {program} show {} tells where it stands.",
            named.reference
        )),
        None => Ok(()),
    }
}

fn as_json(
    session: &Session,
    reading: &View,
    answer: &Answer,
    facts: &[Told<'_>],
) -> Result<Value, Failure> {
    let mut events: Vec<EventLine<'_>> = Vec::new();
    for (event, fact) in facts {
        let named = reading.name(event.stream)?;
        events.push(EventLine {
            id: event.id,
            seq: event.seq,
            stream: event.stream,
            version: event.version,
            reference: named.map(|named| named.reference.to_string()),
            deed: fact.as_ref().map(|(deed, _)| deed.as_ref()),
            fact: fact.as_ref().map(|(_, fact)| fact),
        });
    }
    Ok(json!({
        "position": answer.position,
        "recorded_at": answer.recorded_at,
        "replayed": answer.replayed,
        "actor": session.actor(),
        "identity_checked": session.actor().known_by != KnownBy::LocalClaim,
        "events": events,
        "warnings": answer.warnings,
    }))
}
