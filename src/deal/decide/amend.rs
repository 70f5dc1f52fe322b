//! Amendments: correcting, retracting, moving, sourcing and confirming facts.
//!
//! A fact is named by its first event or by any correction of it; both mean the fact. A source added
//! or a confirmation given is named by its own event, and can only be retracted.

use std::sync::Arc;

use serde_json::Value;

use super::admit::{admit, amends, not_in_future};
use super::head::{Head, Step};
use super::situation::Situation;
use super::{reading, rules, targets};
use crate::deal::command::Change;
use crate::deal::decision::World;
use crate::deal::event::common::Continued;
use crate::deal::event::fact_confirmed::FactConfirmed;
use crate::deal::event::fact_corrected::{Correction, FactCorrected};
use crate::deal::event::fact_retracted::FactRetracted;
use crate::deal::event::fact_sourced::FactSourced;
use crate::deal::event::{Kind, Payload};
use crate::deal::refusal::{Other, Reason, Refusal};
use crate::deal::state::{Book, Fact, Version};
use crate::deal::value::ids::{EventId, StreamId};
use crate::deal::value::source::Source;
use crate::deal::value::text::Text;
use crate::deal::value::when::When;

/// The stream of a fact, and the stream's facts.
type Place = (StreamId, Arc<Book>);

/// Corrects a fact: what the change leaves out stays as it is.
pub(super) fn correct<W: World>(
    head: &mut Head<'_, W>,
    within: Option<StreamId>,
    id: EventId,
    change: &Change,
    reason: &Text,
) -> Step<(), W> {
    let (stream, book) = locate(head, within, id)?;
    let fact = standing(&book, id)?;
    let kind = kind_of(fact)?;
    if !kind.correctable() {
        return Err(not_correctable(kind, fact).into());
    }
    let current = fact.current();
    let today = head.moment().today;
    let on = corrected_day(kind, current, change.on.clone(), today)?;
    let mut payload = corrected_data(kind, current, change.data.clone())?;
    let sources = change
        .sources
        .clone()
        .unwrap_or_else(|| current.sources.to_vec());
    targets::check(head, stream, &payload, Some(&current.payload))?;
    let ledger = head.ledger();
    let same_day = fact.versions().iter().filter(|version| version.on == on);
    let situation = Situation {
        book: &book,
        ledger: &ledger,
        today,
        on: &on,
        since: same_day
            .map(|version| version.on_since)
            .min()
            .unwrap_or(today),
        corrects: Some(fact),
    };
    // Nothing-to-do speaks of new facts; whether a correction changes anything is seen below.
    let _ = rules::check(&mut payload, &situation)?;
    let data = written(&payload)?;
    if on == current.on
        && sources == current.sources.as_slice()
        && data == written(&current.payload)?
    {
        return Ok(());
    }
    let corrected = FactCorrected {
        fact: fact.id(),
        now: Correction {
            kind: kind.as_str().to_owned(),
            v: kind.version(),
            on,
            data,
            sources,
        },
        reason: reason.clone(),
    };
    drop((book, ledger));
    head.emit(stream, When::day(today), corrected.into(), Vec::new())?;
    Ok(())
}

fn not_correctable(kind: Kind, fact: &Fact) -> Refusal {
    let hint = if kind.retractable() {
        "retract it and record it anew"
    } else {
        "it stands as it is; record what holds now"
    };
    let sentence = format!("`{}` cannot be corrected", kind.as_str());
    Refusal::new(Reason::NotCorrectable, sentence, hint)
        .field("fact")
        .other(event(fact.id()))
}

fn corrected_day(
    kind: Kind,
    current: &Version,
    on: Option<When>,
    today: chrono::NaiveDate,
) -> Result<When, Refusal> {
    match on {
        Some(on) if on != current.on => {
            if !kind.dated() {
                return Err(Refusal::new(
                    Reason::DayNotTaken,
                    format!(
                        "`{}` has the day of its recording, {}",
                        kind.as_str(),
                        current.on
                    ),
                    "leave the day out",
                )
                .field("on"));
            }
            not_in_future(&on, today)?;
            Ok(on)
        }
        _ => Ok(current.on.clone()),
    }
}

fn corrected_data(
    kind: Kind,
    current: &Version,
    data: Option<Payload>,
) -> Result<Payload, Refusal> {
    let Some(mut payload) = data else {
        return Ok(current.payload.clone());
    };
    if payload.kind() != Some(kind) {
        let (own, given) = (kind.as_str(), payload.kind_name());
        return Err(Refusal::new(
            Reason::WrongFact,
            format!("the fact is `{own}`, and the corrected data are `{given}`"),
            format!("give data of the kind `{own}`, or retract the fact and record `{given}`"),
        )
        .field("data"));
    }
    match (payload.continues(), current.payload.continues()) {
        (None, Some(continued)) => {
            let _ = payload.set_continues(continued);
        }
        (given, known) if given != known => {
            return Err(Refusal::new(
                Reason::ContinuesNotTaken,
                "which fact this one continues was said when it was moved and stays",
                "leave `continues` out",
            )
            .field("continues"));
        }
        _ => {}
    }
    Ok(payload)
}

fn written(payload: &Payload) -> Result<serde_json::Map<String, Value>, Refusal> {
    match payload.to_value() {
        Ok(Value::Object(data)) => Ok(data),
        _ => Err(Refusal::new(
            Reason::WrongFact,
            "the data cannot be written as one object",
            "retract the fact and record it anew",
        )
        .field("data")),
    }
}

/// Retracts a fact, a source added to one, or a confirmation of one.
pub(super) fn retract<W: World>(
    head: &mut Head<'_, W>,
    within: Option<StreamId>,
    id: EventId,
    reason: &Text,
) -> Step<(), W> {
    let (stream, book) = locate(head, within, id)?;
    let fact = book.fact(id).ok_or_else(|| unknown(id))?;
    if let Some(retraction) = &fact.retracted {
        return Err(gone(fact, retraction.recording.event).into());
    }
    let addition = fact.added.iter().find(|added| added.recording.event == id);
    let confirmation = fact.confirmations.iter().find(|c| c.recording.event == id);
    let retracted = match (addition, confirmation) {
        (Some(added), _) => added.retracted.as_ref(),
        (None, Some(confirmation)) => confirmation.retracted.as_ref(),
        (None, None) => {
            let kind = kind_of(standing(&book, id)?)?;
            if !kind.retractable() {
                let sentence = format!("`{}` cannot be retracted", kind.as_str());
                let hint = "it stands as it is; correct it, or record what holds now";
                let refusal = Refusal::new(Reason::NotRetractable, sentence, hint);
                return Err(refusal.field("fact").other(event(fact.id())).into());
            }
            None
        }
    };
    if let Some(retraction) = retracted {
        return Err(gone(fact, retraction.recording.event).into());
    }
    let own_event = addition.is_some() || confirmation.is_some();
    let retracted = FactRetracted {
        fact: if own_event { id } else { fact.id() },
        reason: reason.clone(),
    };
    drop(book);
    let today = When::day(head.moment().today);
    head.emit(stream, today, retracted.into(), Vec::new())?;
    Ok(())
}

/// Moves a fact to where it belongs: retracted here, recorded there, with its day and sources.
pub(super) fn relocate<W: World>(
    head: &mut Head<'_, W>,
    id: EventId,
    to: StreamId,
    reason: &Text,
) -> Step<(), W> {
    let (stream, book) = locate(head, None, id)?;
    let fact = standing(&book, id)?;
    let kind = kind_of(fact)?;
    if !kind.movable() {
        let sentence = format!("`{}` cannot be moved", kind.as_str());
        let hint = "record it where it belongs, and retract it here if it is wrong here";
        let refusal = Refusal::new(Reason::NotMovable, sentence, hint);
        return Err(refusal.field("fact").other(event(fact.id())).into());
    }
    if stream == to {
        let sentence = format!("the fact stands at {} already", reading::called(&book));
        let hint = "name the agreement it belongs to";
        return Err(Refusal::new(Reason::WrongStream, sentence, hint)
            .field("to")
            .into());
    }
    let current = fact.current();
    let mut payload = current.payload.clone();
    let _ = payload.set_continues(Continued {
        fact: fact.id(),
        since: current.on_since,
    });
    let on = kind.dated().then(|| current.on.clone());
    let sources = fact.sources().cloned().collect();
    let root = fact.id();
    drop(book);
    retract(head, Some(stream), root, reason)?;
    admit(head, to, payload, on, sources)
}

/// Adds sources to a fact; those it has already are left out.
pub(super) fn source<W: World>(
    head: &mut Head<'_, W>,
    within: Option<StreamId>,
    id: EventId,
    sources: &[Source],
) -> Step<(), W> {
    let (stream, book) = locate(head, within, id)?;
    amends(Kind::FactSourced, stream.kind())?;
    let fact = standing(&book, id)?;
    if sources.is_empty() {
        let hint = "give at least a title and a type";
        let refusal = Refusal::new(Reason::SourceMissing, "no source is given", hint);
        return Err(refusal.field("sources").into());
    }
    let mut new: Vec<Source> = Vec::new();
    for source in sources {
        if !new.contains(source) && !fact.sources().any(|known| known == source) {
            new.push(source.clone());
        }
    }
    let sourced = FactSourced { fact: fact.id() };
    drop(book);
    if !new.is_empty() {
        let today = When::day(head.moment().today);
        head.emit(stream, today, sourced.into(), new)?;
    }
    Ok(())
}

/// What a confirmation says.
pub(super) struct Confirming<'a> {
    pub(super) version: Option<EventId>,
    pub(super) sources: &'a [Source],
    pub(super) words: Option<&'a Text>,
}

/// Confirms the version in force of a fact that somebody else recorded.
pub(super) fn confirm<W: World>(
    head: &mut Head<'_, W>,
    within: Option<StreamId>,
    id: EventId,
    given: Confirming<'_>,
) -> Step<(), W> {
    let (stream, book) = locate(head, within, id)?;
    amends(Kind::FactConfirmed, stream.kind())?;
    let fact = standing(&book, id)?;
    let current = &fact.current().recording;
    let version = given.version.unwrap_or(current.event);
    if version != current.event {
        let known = fact
            .versions()
            .iter()
            .any(|known| known.recording.event == version);
        return Err(if known {
            Refusal::new(
                Reason::VersionSuperseded,
                format!("the version seen was corrected by {}", current.actor.id),
                "look at the version in force and confirm that one",
            )
            .field("version")
            .other(event(current.event))
            .into()
        } else {
            unknown(version).field("version").into()
        });
    }
    let actor = head.actor();
    if current.actor.id == *actor {
        return Err(Refusal::new(
            Reason::OwnRecord,
            format!("{actor} recorded this version, and a confirmation is a second person's word"),
            "ask somebody else to confirm it, or add a source",
        )
        .field("fact")
        .other(event(current.event))
        .into());
    }
    let confirmed_before = fact.confirmations.iter().any(|known| {
        known.version == version && known.retracted.is_none() && known.recording.actor.id == *actor
    });
    let confirmed = FactConfirmed {
        fact: fact.id(),
        version,
        words: given.words.cloned(),
    };
    drop(book);
    if !confirmed_before {
        let today = When::day(head.moment().today);
        head.emit(stream, today, confirmed.into(), given.sources.to_vec())?;
    }
    Ok(())
}

fn locate<W: World>(
    head: &mut Head<'_, W>,
    within: Option<StreamId>,
    id: EventId,
) -> Step<Place, W> {
    let stream = head.stream_of(id)?.ok_or_else(|| unknown(id))?;
    let book = head.book(stream)?.ok_or_else(|| unknown(id))?;
    if within.is_some_and(|within| within != stream) {
        return Err(Refusal::new(
            Reason::OtherStream,
            format!("{id} is a fact of {}", reading::called(&book)),
            "amend it there; to bring it here, move it",
        )
        .field("fact")
        .other(Other {
            stream: Some(stream),
            reference: reading::reference(&book).cloned(),
            event: Some(id),
        })
        .into());
    }
    Ok((stream, book))
}

/// The fact an id means: by its own event or a correction, and not retracted.
fn standing(book: &Book, id: EventId) -> Result<&Fact, Refusal> {
    let fact = book.fact(id).ok_or_else(|| unknown(id))?;
    if let Some(retraction) = &fact.retracted {
        return Err(gone(fact, retraction.recording.event));
    }
    if fact
        .versions()
        .iter()
        .any(|version| version.recording.event == id)
    {
        return Ok(fact);
    }
    Err(Refusal::new(
        Reason::WrongFact,
        format!("{id} amends a fact and is none itself"),
        format!("name the fact: {}", fact.id()),
    )
    .field("fact")
    .other(event(fact.id())))
}

fn kind_of(fact: &Fact) -> Result<Kind, Refusal> {
    fact.payload().kind().ok_or_else(|| unknown(fact.id()))
}

fn unknown(id: EventId) -> Refusal {
    let sentence = format!("there is no fact {id}");
    let hint = "copy the id from the history of the agreement";
    Refusal::new(Reason::UnknownFact, sentence, hint).field("fact")
}

fn gone(fact: &Fact, by: EventId) -> Refusal {
    Refusal::new(
        Reason::FactRetracted,
        format!("{} was retracted, and that is final", fact.id()),
        "record it anew if it holds after all",
    )
    .field("fact")
    .other(event(by))
}

fn event(id: EventId) -> Other {
    Other {
        event: Some(id),
        ..Other::default()
    }
}
