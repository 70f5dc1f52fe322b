//! The warnings of a command, from the state it leaves behind.

use std::collections::BTreeSet;

use super::findings::{findings, warning};
use super::head::{Head, Step};
use super::{packages, reading};
use crate::deal::decision::World;
use crate::deal::event::{Kind, Payload, Role};
use crate::deal::keys;
use crate::deal::ledger::LedgerState;
use crate::deal::state::facts::Kinds;
use crate::deal::state::{Book, Fact};
use crate::deal::value::ids::{StreamId, StreamKind};
use crate::deal::warning::{Concern, Warning};

/// Every warning, in the order of streams and codes.
pub(super) fn warnings<W: World>(head: &mut Head<'_, W>) -> Step<Vec<Warning>, W> {
    let mut found = BTreeSet::new();
    let ledger = head.ledger();
    for stream in head.touched().clone() {
        let Some(now) = head.book(stream)? else {
            continue;
        };
        let before = head.before(stream)?;
        let known = before
            .map(|book| findings(&book, &ledger))
            .unwrap_or_default();
        found.extend(
            findings(&now, &ledger)
                .into_iter()
                .filter(|new| !known.contains(new)),
        );
        follow_up(&now, &ledger, head.moment().today, &mut found);
        found.extend(still_named(head, &now)?);
    }
    without_source(head, &mut found)?;
    found.extend(packages::warnings(head)?);
    let mut found: Vec<_> = found.into_iter().collect();
    found.sort_by_key(|warning| (warning.stream, warning.code, warning.event));
    Ok(found)
}

/// What is due at an agreement that goes on: reviews, and something to wait for.
fn follow_up(
    book: &Book,
    ledger: &LedgerState,
    today: chrono::NaiveDate,
    found: &mut BTreeSet<Warning>,
) {
    let followed = matches!(book.id.kind(), StreamKind::Agreement | StreamKind::Package);
    if !followed || !book.is_registered() || reading::closing(book).is_some() {
        return;
    }
    let track = reading::class(book).and_then(|class| ledger.track(class));
    let open = reading::open_expectations(book, track);
    for fact in &open {
        let Payload::ExpectationStated(data) = fact.payload() else {
            continue;
        };
        if let Some(review) = data.review_on.filter(|review| *review < today) {
            let what = data.milestone.as_ref().map_or_else(
                || {
                    data.words
                        .as_ref()
                        .and_then(|words| words.plain())
                        .unwrap_or("it")
                        .to_owned()
                },
                |code| format!("`{code}`"),
            );
            let sentence = format!("the expectation of {what} was to be reviewed on {review}");
            let hint = "record what came of it, or state what is expected now";
            found.insert(warning(Concern::ReviewDue, fact, book, sentence, hint));
        }
    }
    let waits = book.id.kind() == StreamKind::Agreement
        && reading::suspension(book).is_none()
        && open.is_empty()
        && reading::open_promises(book).is_empty();
    if waits {
        found.insert(Warning {
            code: Concern::NoNextStep,
            event: None,
            field: None,
            hint: "state what is expected next, or who promised what".to_owned(),
            sentence: format!("{} has no next step", reading::called(book)),
            stream: Some(book.id),
        });
    }
}

/// Facts recorded or corrected by the command that rest on no source.
fn without_source<W: World>(head: &mut Head<'_, W>, found: &mut BTreeSet<Warning>) -> Step<(), W> {
    let events: Vec<_> = head
        .decided()
        .iter()
        .map(|event| (event.stream, event.id))
        .collect();
    for (stream, event) in events {
        let book = head.book(stream)?;
        let fact = book.as_ref().and_then(|book| book.fact(event));
        if let (Some(book), Some(fact)) = (&book, fact)
            && fact.is_live()
            && needs_source(fact)
            && !fact.is_sourced()
        {
            let sentence = format!("`{}` has no source", fact.payload().kind_name());
            let hint = "add a source: its evidence level is \"none\" until then";
            let mut warning = warning(Concern::NoSource, fact, book, sentence, hint);
            warning.field = Some("sources".to_owned());
            found.insert(warning);
        }
    }
    Ok(())
}

/// A contact is the agency's own act; notes, assignments and the like are its own words.
fn needs_source(fact: &Fact) -> bool {
    fact.payload().kind().is_some_and(|kind| {
        matches!(kind.role(), Role::Dated | Role::Registration)
            && !matches!(kind, Kind::Contacted | Kind::MilestoneNotNeeded)
    })
}

/// Things that still name one whose registration the command has retracted.
fn still_named<W: World>(head: &mut Head<'_, W>, book: &Book) -> Step<Option<Warning>, W> {
    let before = head.before(book.id)?;
    let withdrawn = before.is_some_and(|before| before.is_registered()) && !book.is_registered();
    if !withdrawn {
        return Ok(None);
    }
    let mut naming = Vec::new();
    for stream in head.mentioned(&keys::about(book.id))? {
        let other = head.book(stream)?.filter(|other| other.is_registered());
        if let Some(other) = other.filter(|other| names(other, book.id)) {
            naming.push(reading::called(&other));
        }
    }
    if naming.is_empty() {
        return Ok(None);
    }
    let more = naming.len().saturating_sub(5);
    let mut list = naming.into_iter().take(5).collect::<Vec<_>>().join(", ");
    if more > 0 {
        list.push_str(&format!(" and {more} more"));
    }
    Ok(Some(Warning {
        code: Concern::StillNamed,
        event: None,
        field: None,
        hint: "describe them anew, or retract their links".to_owned(),
        sentence: format!(
            "{} is withdrawn and still named by {list}",
            reading::called(book)
        ),
        stream: Some(book.id),
    }))
}

/// What may name another thing, beside what says which package or parent there is.
const NAMING: Kinds = Kinds::of(&[
    Kind::Linked,
    Kind::Signed,
    Kind::PackageRegistered,
    Kind::PackageDescribed,
]);

fn names(book: &Book, named: StreamId) -> bool {
    reading::package(book) == Some(named)
        || reading::parent(book) == Some(named)
        || book.live_of(NAMING).any(|fact| match fact.payload() {
            Payload::Linked(link) => link.target == named,
            Payload::Signed(data) => data.occasion == Some(named),
            Payload::PackageRegistered(data) => data.occasion == Some(named),
            Payload::PackageDescribed(data) => data.occasion == Some(named),
            _ => false,
        })
}
