//! Admitting an event: what holds of every new one, whatever its kind.

use chrono::NaiveDate;

use super::head::{Head, Step};
use super::near::listed;
use super::situation::{Situation, Verdict};
use super::{reading, rules, targets};
use crate::deal::decision::World;
use crate::deal::event::{Kind, Payload, Role};
use crate::deal::refusal::{Other, Reason, Refusal};
use crate::deal::state::Book;
use crate::deal::value::ids::{StreamId, StreamKind};
use crate::deal::value::source::Source;
use crate::deal::value::when::When;

/// Lets a new event in if the rules allow it and it says something new.
pub(super) fn admit<W: World>(
    head: &mut Head<'_, W>,
    stream: StreamId,
    mut payload: Payload,
    on: Option<When>,
    sources: Vec<Source>,
) -> Step<(), W> {
    let kind = known(&payload, stream)?;
    let today = head.moment().today;
    let book = head.book(stream)?;
    exists(kind, stream, book.as_deref())?;
    if stream == StreamId::Ledger {
        open(head, kind, book.as_deref())?;
    }
    let on = if kind.dated() {
        happened(kind, today, on)?
    } else {
        recording_day(today, on)?
    };
    targets::check(head, stream, &payload, None)?;
    let ledger = head.ledger();
    let empty = Book::new(stream);
    let situation = Situation {
        book: book.as_deref().unwrap_or(&empty),
        ledger: &ledger,
        today,
        on: &on,
        since: payload
            .continues()
            .map_or(today, |moved| moved.since.min(today)),
        corrects: None,
    };
    let verdict = rules::check(&mut payload, &situation)?;
    // Held no longer than needed: a book nobody else holds takes the event in without a copy.
    drop((book, ledger));
    if verdict == Verdict::Record {
        head.emit(stream, on, payload, sources)?;
    }
    Ok(())
}

fn known(payload: &Payload, stream: StreamId) -> Result<Kind, Refusal> {
    let Some(kind) = payload.kind() else {
        let why = match payload {
            Payload::Unknown(unknown) => unknown.why.to_string(),
            _ => String::new(),
        };
        return Err(Refusal::new(
            Reason::UnknownKind,
            why,
            "use a kind this program knows; `--help` and the schemas list them",
        )
        .field("kind"));
    };
    if !kind.stands_in(stream.kind()) {
        let streams = kind.streams().iter().map(|stream| stream.as_str());
        return Err(Refusal::new(
            Reason::WrongStream,
            format!(
                "`{}` is not recorded of this {}",
                kind.as_str(),
                stream.kind()
            ),
            format!("it is recorded of: {}", listed(streams)),
        )
        .field("stream"));
    }
    Ok(kind)
}

/// A registration needs a stream of its own, everything else a registration that stands.
fn exists(kind: Kind, stream: StreamId, book: Option<&Book>) -> Result<(), Refusal> {
    if stream == StreamId::Ledger {
        return Ok(());
    }
    let registration = book.and_then(Book::registration);
    let other = |reference| Other {
        stream: Some(stream),
        reference,
        event: registration.map(|fact| fact.id()),
    };
    let reference = registration
        .and_then(|fact| reading::reference_of(fact.payload()))
        .cloned();
    let called = reference
        .as_ref()
        .map_or_else(|| stream.to_string(), ToString::to_string);
    match (kind.role() == Role::Registration, registration) {
        (true, None) => Ok(()),
        (true, Some(_)) => Err(Refusal::new(
            Reason::AlreadyRegistered,
            format!("{called} is registered under this id already"),
            "describe it to change what is said of it, or register under a new id",
        )
        .other(other(reference))),
        (false, None) => Err(Refusal::new(
            Reason::NotRegistered,
            format!("no {} is registered as {stream}", stream.kind()),
            format!("register the {} first", stream.kind()),
        )
        .field("stream")),
        (false, Some(fact)) if !fact.is_live() => Err(Refusal::new(
            Reason::Withdrawn,
            format!("{called} was withdrawn: its registration is retracted"),
            "register it anew under another reference if it exists after all",
        )
        .other(other(reference))),
        (false, Some(_)) => Ok(()),
    }
}

fn open<W: World>(head: &Head<'_, W>, kind: Kind, book: Option<&Book>) -> Result<(), Refusal> {
    let opens = kind == Kind::LedgerOpened;
    if !opens && head.ledger().opened.is_none() {
        return Err(Refusal::new(
            Reason::LedgerOpening,
            "this ledger is not opened yet",
            "open it first: `init` names the agency, its zone and its languages",
        ));
    }
    if opens && book.is_some_and(|book| book.version > 0) {
        return Err(Refusal::new(
            Reason::LedgerOpening,
            "a ledger is opened by its first event, and this one has events",
            "open a new ledger in a directory of its own",
        ));
    }
    Ok(())
}

/// The day of a fact: given, and not after today.
///
/// What was done to an agreement needs its day said. What was said, asked or promised happened, if
/// nothing else is said, on the day it is recorded.
fn happened(kind: Kind, today: NaiveDate, on: Option<When>) -> Result<When, Refusal> {
    let needs_day = matches!(
        kind,
        Kind::Signed
            | Kind::LandAllocated
            | Kind::FinancialModelAgreed
            | Kind::CompanyIncorporated
            | Kind::MilestoneReached
            | Kind::MilestoneReversed
            | Kind::Suspended
            | Kind::Resumed
            | Kind::Terminated
            | Kind::Completed
            | Kind::Reopened
            | Kind::OccasionRegistered
    );
    match on {
        Some(on) => not_in_future(&on, today).map(|()| on),
        None if needs_day => Err(Refusal::new(
            Reason::DayMissing,
            format!("`{}` needs the day on which it happened", kind.as_str()),
            format!("give the day, or ../{today} for \"by {today}\" if the source names none"),
        )
        .field("on")),
        None => Ok(When::day(today)),
    }
}

/// A fact is never in the future.
pub(super) fn not_in_future(on: &When, today: NaiveDate) -> Result<(), Refusal> {
    match on.in_future_of(today) {
        None => Ok(()),
        Some(day) => Err(Refusal::new(
            Reason::InTheFuture,
            format!("{day} is after today, {today}; a fact has happened"),
            "state an expectation with this day as its horizon",
        )
        .field("on")),
    }
}

/// The day of what is not dated: that of its recording.
pub(super) fn recording_day(today: NaiveDate, on: Option<When>) -> Result<When, Refusal> {
    let own = When::day(today);
    match on {
        Some(given) if given != own => Err(Refusal::new(
            Reason::DayNotTaken,
            format!("this kind takes the day of its recording, {today}, and not {given}"),
            "leave the day out",
        )
        .field("on")),
        _ => Ok(own),
    }
}

/// Refuses an amendment where its kind does not stand.
pub(super) fn amends(kind: Kind, stream: StreamKind) -> Result<(), Refusal> {
    if kind.stands_in(stream) {
        return Ok(());
    }
    Err(Refusal::new(
        Reason::WrongStream,
        format!("`{}` is not recorded of the {stream}", kind.as_str()),
        "the ledger's own events stand as they are",
    )
    .field("fact"))
}
