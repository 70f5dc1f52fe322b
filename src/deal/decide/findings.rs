//! What in one stream does not fit together. Found before and after a command, and what is new warns:
//! so late, corrected and retracted facts are heard of as well as new ones.

use std::collections::{BTreeMap, BTreeSet};

use super::reading;
use crate::deal::event::financial_model_agreed::ModelStrength;
use crate::deal::event::{Kind, Payload};
use crate::deal::ledger::LedgerState;
use crate::deal::state::facts::Kinds;
use crate::deal::state::{Book, Fact};
use crate::deal::track::{SIGNED, Track};
use crate::deal::value::ids::{EventId, StreamKind};
use crate::deal::warning::{Concern, Warning};

/// Everything that does not fit.
pub(super) fn findings(book: &Book, ledger: &LedgerState) -> BTreeSet<Warning> {
    let mut found = BTreeSet::new();
    if !book.is_registered() {
        return found;
    }
    if book.id.kind() == StreamKind::Agreement {
        repeated(book, &mut found);
        after_closing(book, &mut found);
        out_of_order(book, &mut found);
        if let Some(track) = reading::class(book).and_then(|class| ledger.track(class)) {
            before_signing(book, track, &mut found);
            needs_unmet(book, track, &mut found);
            not_in_track(book, track, &mut found);
        }
    }
    dangling(book, &mut found);
    found
}

/// A warning about one fact.
pub(super) fn warning(
    code: Concern,
    fact: &Fact,
    book: &Book,
    sentence: String,
    hint: &str,
) -> Warning {
    Warning {
        code,
        event: Some(fact.id()),
        field: None,
        hint: hint.to_owned(),
        sentence,
        stream: Some(book.id),
    }
}

fn repeated(book: &Book, found: &mut BTreeSet<Warning>) {
    let mut seen: BTreeMap<&str, (&Fact, Option<ModelStrength>)> = BTreeMap::new();
    for fact in reading::milestones(book) {
        let Some(code) = fact.milestone() else {
            continue;
        };
        let strength = match fact.payload() {
            Payload::FinancialModelAgreed(data) => Some(data.strength),
            _ => None,
        };
        let Some((first, strongest)) = seen.get(code).copied() else {
            seen.insert(code, (fact, strength));
            continue;
        };
        seen.insert(code, (first, strength.max(strongest)));
        // A stronger state of the model is news, not a repetition.
        if fact.payload().is_additional() || strength > strongest {
            continue;
        }
        let sentence = format!("`{code}` was reached before, {}", first.current().on);
        let hint = "correct that fact, add a source to it, or say that this one is additional";
        found.insert(warning(Concern::AlreadyReached, fact, book, sentence, hint));
    }
}

fn before_signing(book: &Book, track: &Track, found: &mut BTreeSet<Warning>) {
    if reading::not_needed(book).contains(SIGNED) {
        return;
    }
    let signing = reading::signing(book);
    let signed_rank = track.rank(SIGNED);
    for fact in reading::milestones(book) {
        let Some(code) = fact.milestone() else {
            continue;
        };
        // Some milestones come before the signing by the track itself.
        if track.rank(code) <= signed_rank {
            continue;
        }
        let (sentence, hint) = match signing {
            None => (
                format!("`{code}` is reached, and no signing is recorded"),
                "record `signed`, or mark it as not needed",
            ),
            Some(signing) if reading::certainly_before(fact, signing) => {
                let (day, signed) = (&fact.current().on, &signing.current().on);
                (
                    format!("`{code}` ({day}) lies before the signing ({signed})"),
                    "check both days, and correct the one that is wrong",
                )
            }
            Some(_) => continue,
        };
        found.insert(warning(Concern::BeforeSigning, fact, book, sentence, hint));
    }
}

fn needs_unmet(book: &Book, track: &Track, found: &mut BTreeSet<Warning>) {
    let reached = reading::milestones(book);
    let not_needed = reading::not_needed(book);
    for need in &track.needs {
        let first = need.needs.as_str();
        if not_needed.contains(first) {
            continue;
        }
        let of = |code: &str| {
            let facts = reached
                .iter()
                .copied()
                .filter(|fact| fact.milestone() == Some(code));
            facts.collect::<Vec<_>>()
        };
        let firsts = of(first);
        for fact in of(need.milestone.as_str()) {
            let met = firsts
                .iter()
                .any(|earlier| !reading::certainly_before(fact, earlier));
            if met {
                continue;
            }
            let later = need.milestone.as_str();
            let sentence = if firsts.is_empty() {
                format!("`{later}` usually needs `{first}`, which is not reached")
            } else {
                format!("`{later}` usually needs `{first}`, which came later")
            };
            let hint = "record the milestone that is missing, or mark it as not needed";
            found.insert(warning(Concern::NeedUnmet, fact, book, sentence, hint));
        }
    }
}

fn not_in_track(book: &Book, track: &Track, found: &mut BTreeSet<Warning>) {
    for fact in reading::milestones(book) {
        let Some(code) = fact.milestone() else {
            continue;
        };
        if track.rank(code).is_none() {
            let class = track.class.as_str();
            let sentence = format!("`{code}` is reached, and the {class} track does not have it");
            let hint = "check the agreement's class, or retract the fact";
            found.insert(warning(Concern::NotInTrack, fact, book, sentence, hint));
        }
    }
}

fn after_closing(book: &Book, found: &mut BTreeSet<Warning>) {
    let Some(closing) = reading::closing(book) else {
        return;
    };
    let closed = closing.current().latest_day();
    for fact in reading::milestones(book) {
        let after = fact
            .current()
            .earliest_day()
            .is_some_and(|day| day > closed);
        let Some(code) = fact.milestone().filter(|_| after) else {
            continue;
        };
        let (on, kind) = (&fact.current().on, closing.payload().kind_name());
        let sentence = format!("`{code}` ({on}) lies after the agreement was {kind} ({closed})");
        let hint = "check both days, or record `reopened`";
        found.insert(warning(Concern::AfterClosing, fact, book, sentence, hint));
    }
}

/// Changes of state that find the agreement in that state already, in the order of time.
fn out_of_order(book: &Book, found: &mut BTreeSet<Warning>) {
    let (mut suspended, mut closed) = (false, false);
    for fact in reading::status_by(book, chrono::NaiveDate::MAX) {
        let (state, becomes) = match fact.payload() {
            Payload::Suspended(_) => (&mut suspended, true),
            Payload::Resumed(_) => (&mut suspended, false),
            Payload::Reopened(_) => (&mut closed, false),
            _ => (&mut closed, true),
        };
        if *state == becomes {
            let (kind, on) = (fact.payload().kind_name(), &fact.current().on);
            let sentence = format!("`{kind}` ({on}) does not follow from what stands before it");
            let hint = "check the days of what was suspended, resumed, closed and reopened";
            found.insert(warning(Concern::OutOfOrder, fact, book, sentence, hint));
        }
        *state = becomes;
    }
}

/// What speaks of another fact.
const SPEAKING: Kinds = Kinds::of(&[
    Kind::MilestoneReversed,
    Kind::PromiseClosed,
    Kind::ObstacleResolved,
    Kind::ClaimPreferred,
]);

/// Facts that speak of another fact which no longer stands.
fn dangling(book: &Book, found: &mut BTreeSet<Warning>) {
    let stands = |id: EventId| book.fact(id).is_some_and(Fact::is_live);
    for fact in book.live_of(SPEAKING) {
        let (named, what) = match fact.payload() {
            Payload::MilestoneReversed(data) => (data.fact, "milestone"),
            Payload::PromiseClosed(data) => (data.promise, "promise"),
            Payload::ObstacleResolved(data) => (data.obstacle, "obstacle"),
            Payload::ClaimPreferred(data) => (data.claim, "claim"),
            _ => continue,
        };
        if stands(named) {
            continue;
        }
        let kind = fact.payload().kind_name();
        let sentence = format!("`{kind}` speaks of a {what} that no longer stands here");
        let hint = "retract it too, or correct it to name the right one";
        found.insert(warning(Concern::LeftDangling, fact, book, sentence, hint));
    }
}
