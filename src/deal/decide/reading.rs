//! What a stream says as a whole, whatever the day: its names and class, what is open, what counts.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use serde_json::{Map, Value};

use crate::deal::event::agreement_registered::Class;
use crate::deal::event::expectation_stated::ExpectationStated;
use crate::deal::event::package_registered::{DeclaredCounts, DeclaredValue};
use crate::deal::event::{Kind, Payload, Role};
use crate::deal::state::facts::Kinds;
use crate::deal::state::{Book, Fact};
use crate::deal::track::{SIGNED, Track};
use crate::deal::value::ids::{EventId, Ref, StreamId};

/// Registrations and descriptions.
const DESCRIPTIONS: Kinds = Kinds::of(&[
    Kind::AgreementRegistered,
    Kind::AgreementDescribed,
    Kind::PackageRegistered,
    Kind::PackageDescribed,
    Kind::OccasionRegistered,
    Kind::OccasionDescribed,
    Kind::OrganizationRegistered,
    Kind::OrganizationDescribed,
]);

/// Facts that reach a milestone.
const MILESTONES: Kinds = Kinds::of(&[
    Kind::Signed,
    Kind::LandAllocated,
    Kind::FinancialModelAgreed,
    Kind::CompanyIncorporated,
    Kind::MilestoneReached,
]);

/// Changes of state.
const STATUS: Kinds = Kinds::of(&[
    Kind::Suspended,
    Kind::Resumed,
    Kind::Terminated,
    Kind::Completed,
    Kind::Reopened,
]);

/// Expectations, and what may answer them.
const EXPECTED: Kinds = Kinds::of(&[Kind::ExpectationStated]);
const CONTACTED: Kinds = Kinds::of(&[Kind::Contacted]);

/// The reference a payload registers.
pub(super) fn reference_of(payload: &Payload) -> Option<&Ref> {
    match payload {
        Payload::AgreementRegistered(data) => Some(&data.reference),
        Payload::PackageRegistered(data) => Some(&data.reference),
        Payload::OccasionRegistered(data) => Some(&data.reference),
        Payload::OrganizationRegistered(data) => Some(&data.reference),
        _ => None,
    }
}

/// The reference in force.
pub(super) fn reference(book: &Book) -> Option<&Ref> {
    book.registration()
        .and_then(|fact| reference_of(fact.payload()))
}

/// Every reference the thing ever had: they stay its own.
pub(super) fn references(book: &Book) -> BTreeSet<&Ref> {
    let versions = book.registration().into_iter().flat_map(Fact::versions);
    versions
        .filter_map(|version| reference_of(&version.payload))
        .collect()
}

/// What people call it.
pub(super) fn called(book: &Book) -> String {
    reference(book).map_or_else(|| book.id.to_string(), ToString::to_string)
}

/// The registration, even a retracted one, and the descriptions that stand, in order of recording.
fn descriptions(book: &Book) -> impl Iterator<Item = &Payload> {
    book.of(DESCRIPTIONS).filter_map(|fact| {
        let payload = fact.payload();
        match payload.kind().map(|kind| kind.role()) {
            Some(Role::Registration) => Some(payload),
            _ => fact.is_live().then_some(payload),
        }
    })
}

/// The class in force.
pub(super) fn class(book: &Book) -> Option<Class> {
    descriptions(book)
        .filter_map(|payload| match payload {
            Payload::AgreementRegistered(data) => Some(data.class),
            Payload::AgreementDescribed(data) => data.class,
            _ => None,
        })
        .last()
}

/// The package in force.
pub(super) fn package(book: &Book) -> Option<StreamId> {
    descriptions(book)
        .filter_map(|payload| match payload {
            Payload::AgreementRegistered(data) => data.package,
            Payload::AgreementDescribed(data) => data.package,
            _ => None,
        })
        .last()
}

/// What an organisation belongs to, or an occasion was part of.
pub(super) fn parent(book: &Book) -> Option<StreamId> {
    descriptions(book).filter_map(parent_of).last()
}

/// The parent a payload names.
pub(super) fn parent_of(payload: &Payload) -> Option<StreamId> {
    match payload {
        Payload::OrganizationRegistered(data) => data.parent,
        Payload::OrganizationDescribed(data) => data.parent,
        Payload::OccasionRegistered(data) => data.parent,
        Payload::OccasionDescribed(data) => data.parent,
        _ => None,
    }
}

/// The counts a package declares.
pub(super) fn declared_counts(book: &Book) -> DeclaredCounts {
    descriptions(book)
        .filter_map(|payload| match payload {
            Payload::PackageRegistered(data) => Some(data.declared_counts.clone()),
            Payload::PackageDescribed(data) => data.declared_counts.clone(),
            _ => None,
        })
        .last()
        .unwrap_or_default()
}

/// The value a package declares.
pub(super) fn declared_value(book: &Book) -> Option<&DeclaredValue> {
    descriptions(book)
        .filter_map(|payload| match payload {
            Payload::PackageRegistered(data) => data.declared_value.as_ref(),
            Payload::PackageDescribed(data) => data.declared_value.as_ref(),
            _ => None,
        })
        .last()
}

/// The descriptive fields in force, by name. Descriptions have the fields of their registrations.
pub(super) fn described(book: &Book) -> Map<String, Value> {
    let mut fields = Map::new();
    for payload in descriptions(book) {
        if let Ok(Value::Object(data)) = payload.to_value() {
            fields.extend(data);
        }
    }
    fields
}

/// The milestone facts undone by a reversal, and the reversal of each.
pub(super) fn reversals(book: &Book) -> BTreeMap<EventId, EventId> {
    book.live_of(Kinds::of(&[Kind::MilestoneReversed]))
        .filter_map(|fact| match fact.payload() {
            Payload::MilestoneReversed(data) => Some((data.fact, fact.id())),
            _ => None,
        })
        .collect()
}

/// The milestone facts that count: neither retracted nor reversed.
pub(super) fn milestones(book: &Book) -> Vec<&Fact> {
    let reversed = reversals(book);
    book.live_of(MILESTONES)
        .filter(|fact| !reversed.contains_key(&fact.id()))
        .collect()
}

/// Live facts by the time they speak of: latest day, then position.
pub(super) fn in_time<'a>(facts: impl Iterator<Item = &'a Fact>) -> Vec<&'a Fact> {
    let mut facts: Vec<_> = facts.collect();
    facts.sort_by_key(|fact| (fact.current().latest_day(), fact.seq()));
    facts
}

/// The fact that closes the agreement, unless it was reopened since.
pub(super) fn closing(book: &Book) -> Option<&Fact> {
    closing_by(book, NaiveDate::MAX)
}

/// The same, of the facts up to the end of a day. Delivered and then ended all the same is ended.
pub(super) fn closing_by(book: &Book, day: NaiveDate) -> Option<&Fact> {
    let mut closed: Option<&Fact> = None;
    for fact in status_by(book, day) {
        match fact.payload() {
            Payload::Reopened(_) => closed = None,
            Payload::Terminated(_) if !closed.is_some_and(is_termination) => closed = Some(fact),
            Payload::Completed(_) if closed.is_none() => closed = Some(fact),
            _ => {}
        }
    }
    closed
}

/// Whether a fact says that the agreement ended without delivery.
pub(super) fn is_termination(fact: &Fact) -> bool {
    matches!(fact.payload(), Payload::Terminated(_))
}

/// The suspension in force.
pub(super) fn suspension(book: &Book) -> Option<&Fact> {
    suspension_by(book, NaiveDate::MAX)
}

/// The same, of the facts up to the end of a day.
pub(super) fn suspension_by(book: &Book, day: NaiveDate) -> Option<&Fact> {
    let facts = status_by(book, day);
    facts
        .into_iter()
        .fold(None, |held, fact| match fact.payload() {
            Payload::Suspended(_) => held.or(Some(fact)),
            Payload::Resumed(_) => None,
            _ => held,
        })
}

/// The live changes of state up to the end of a day, in the order of time.
pub(super) fn status_by(book: &Book, day: NaiveDate) -> Vec<&Fact> {
    let changes = book.live_of(STATUS);
    in_time(changes.filter(|fact| fact.current().latest_day() <= day))
}

/// The promises not closed yet.
pub(super) fn open_promises(book: &Book) -> Vec<&Fact> {
    let closed: BTreeSet<_> = book
        .live_of(Kinds::of(&[Kind::PromiseClosed]))
        .filter_map(|fact| match fact.payload() {
            Payload::PromiseClosed(data) => Some(data.promise),
            _ => None,
        })
        .collect();
    book.live_of(Kinds::of(&[Kind::PromiseMade]))
        .filter(|fact| !closed.contains(&fact.id()))
        .collect()
}

/// The obstacles not resolved yet.
pub(super) fn open_obstacles(book: &Book) -> Vec<&Fact> {
    let resolved: BTreeSet<_> = book
        .live_of(Kinds::of(&[Kind::ObstacleResolved]))
        .filter_map(|fact| match fact.payload() {
            Payload::ObstacleResolved(data) => Some(data.obstacle),
            _ => None,
        })
        .collect();
    book.live_of(Kinds::of(&[Kind::ObstacleRaised]))
        .filter(|fact| !resolved.contains(&fact.id()))
        .collect()
}

/// The expectations still open. One with a milestone is closed by that milestone or a later
/// expectation of it; one in words by a later expectation, contact or step on or after its review day.
pub(super) fn open_expectations<'a>(book: &'a Book, track: Option<&Track>) -> Vec<&'a Fact> {
    if book.live_of(EXPECTED).next().is_none() {
        return Vec::new();
    }
    let facts = in_time(book.live_of(EXPECTED.and(CONTACTED).and(MILESTONES)));
    let reached: BTreeSet<_> = milestones(book)
        .into_iter()
        .filter_map(Fact::milestone)
        .collect();
    let stated = |fact: &'a Fact| match fact.payload() {
        Payload::ExpectationStated(data) => Some(data),
        _ => None,
    };
    let mut open = Vec::new();
    for (at, fact) in facts.iter().enumerate() {
        let Some(data) = stated(fact) else { continue };
        let mut later = facts.iter().skip(at.saturating_add(1)).copied();
        let closed = match &data.milestone {
            Some(code) => {
                reached.contains(code.as_str())
                    || later
                        .filter_map(stated)
                        .any(|next| next.milestone.as_ref() == Some(code))
            }
            None => later.any(|next| answers_words(next, data, track)),
        };
        if !closed {
            open.push(*fact);
        }
    }
    open
}

fn answers_words(next: &Fact, expected: &ExpectationStated, track: Option<&Track>) -> bool {
    let day = next.current().latest_day();
    let in_time = expected.review_on.is_none_or(|review| day >= review);
    let speaks = match next.payload() {
        Payload::ExpectationStated(_) | Payload::Contacted(_) => true,
        payload => payload
            .milestone()
            .is_some_and(|code| track.is_some_and(|track| track.is_step(code))),
    };
    in_time && speaks
}

/// The earliest day on which the agreement can have been signed, if a signing is recorded at all.
pub(super) fn signing(book: &Book) -> Option<&Fact> {
    in_time(milestones(book).into_iter())
        .into_iter()
        .find(|fact| fact.milestone() == Some(SIGNED))
}

/// The milestones marked as not needed.
pub(super) fn not_needed(book: &Book) -> BTreeSet<&str> {
    book.live_of(Kinds::of(&[Kind::MilestoneNotNeeded]))
        .filter_map(|fact| match fact.payload() {
            Payload::MilestoneNotNeeded(data) => Some(data.milestone.as_str()),
            _ => None,
        })
        .collect()
}

/// Whether one fact certainly happened before another: its last possible day is before the other's first.
pub(super) fn certainly_before(fact: &Fact, other: &Fact) -> bool {
    let earliest: Option<NaiveDate> = other.current().earliest_day();
    earliest.is_some_and(|earliest| fact.current().latest_day() < earliest)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is looked for among the facts of some kinds is found among no others.
    #[test]
    fn the_kinds_that_are_looked_at_are_all_that_say_it() {
        for kind in Kind::ALL {
            let payload = Payload::decode(kind.as_str(), kind.version(), kind.example()).unwrap();
            let name = kind.as_str();
            assert_eq!(
                payload.milestone().is_some(),
                MILESTONES.has(*kind),
                "{name}"
            );
            assert_eq!(kind.describes(), DESCRIPTIONS.has(*kind), "{name}");
            let says = reference_of(&payload).is_some() || parent_of(&payload).is_some();
            assert!(!says || DESCRIPTIONS.has(*kind), "{name}");
        }
    }
}
