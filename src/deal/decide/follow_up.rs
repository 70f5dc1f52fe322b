//! Rules of follow-up: assignments, expectations, promises and obstacles.

use chrono::Days;

use super::milestones::{in_track, track};
use super::near::{listed, near};
use super::reading;
use super::situation::{Situation, Verdict};
use crate::deal::event::agreement_registered::Class;
use crate::deal::event::assigned::Assigned;
use crate::deal::event::expectation_stated::ExpectationStated;
use crate::deal::event::obstacle_resolved::ObstacleResolved;
use crate::deal::event::promise_closed::PromiseClosed;
use crate::deal::event::{Kind, Payload};
use crate::deal::refusal::{Reason, Refusal};
use crate::deal::state::Fact;
use crate::deal::state::facts::Kinds;
use crate::deal::value::ids::{EventId, StreamKind};
use crate::deal::value::text::Text;

/// An officer is assigned once.
pub(super) fn assigned(data: &Assigned, at: &Situation<'_>) -> Result<Verdict, Refusal> {
    let now = at
        .book
        .live_of(Kinds::of(&[Kind::Assigned]))
        .filter_map(|fact| match fact.payload() {
            Payload::Assigned(assigned) => Some(&assigned.officer),
            _ => None,
        })
        .last();
    Ok(if now == Some(&data.officer) && at.corrects.is_none() {
        Verdict::NothingToDo
    } else {
        Verdict::Record
    })
}

/// An expectation expects something, and has a day on which to ask again.
pub(super) fn expected(
    data: &mut ExpectationStated,
    at: &Situation<'_>,
) -> Result<Verdict, Refusal> {
    if data.milestone.is_none() && data.words.is_none() {
        return Err(Refusal::new(
            Reason::NothingExpected,
            "the expectation says nothing",
            "give the milestone expected, or the intention in the source's words",
        )
        .field("milestone"));
    }
    let interval = if at.book.id.kind() == StreamKind::Agreement {
        let track = track(at)?;
        if let Some(code) = &data.milestone {
            in_track(code.as_str(), track)?;
        }
        Some(track.review_interval_days)
    } else {
        if let Some(code) = &data.milestone {
            in_any_track(code.as_str(), at)?;
        }
        // The documents of a package are followed up for the deals among them.
        at.ledger
            .track(Class::Practical)
            .map(|track| track.review_interval_days)
    };
    let recorded = at
        .corrects
        .map_or(at.today, |fact| fact.root().recording.day);
    if data.review_on.is_none() {
        data.review_on =
            interval.and_then(|days| recorded.checked_add_days(Days::new(u64::from(days))));
    }
    Ok(Verdict::Record)
}

fn in_any_track(code: &str, at: &Situation<'_>) -> Result<(), Refusal> {
    let codes = || {
        let tracks = at.ledger.tracks.values();
        tracks.flat_map(|track| track.milestones.iter().map(|known| known.code.as_str()))
    };
    if codes().any(|known| known == code) {
        return Ok(());
    }
    let nearest = near(code, codes());
    let hint = if nearest.is_empty() {
        "use the code of a milestone, or say the intention in words".to_owned()
    } else {
        format!("did you mean {}?", listed(nearest))
    };
    let sentence = format!("no track has a milestone `{code}`");
    Err(Refusal::new(Reason::NotInTrack, sentence, hint).field("milestone"))
}

/// Closing a promise needs an open one of the same stream.
pub(super) fn promise_closed(
    data: &mut PromiseClosed,
    at: &Situation<'_>,
) -> Result<Verdict, Refusal> {
    let mut open = reading::open_promises(at.book);
    open.extend(freed(at, |payload| match payload {
        Payload::PromiseClosed(own) => Some(own.promise),
        _ => None,
    }));
    data.promise = pick(
        data.promise,
        &open,
        at,
        Reason::NoOpenPromise,
        |payload| match payload {
            Payload::PromiseMade(made) => Some(&made.what),
            _ => None,
        },
    )?;
    Ok(Verdict::Record)
}

/// Resolving an obstacle needs an open one of the same agreement.
pub(super) fn obstacle_resolved(
    data: &mut ObstacleResolved,
    at: &Situation<'_>,
) -> Result<Verdict, Refusal> {
    let mut open = reading::open_obstacles(at.book);
    open.extend(freed(at, |payload| match payload {
        Payload::ObstacleResolved(own) => Some(own.obstacle),
        _ => None,
    }));
    data.obstacle = pick(
        data.obstacle,
        &open,
        at,
        Reason::NoOpenObstacle,
        |payload| match payload {
            Payload::ObstacleRaised(raised) => raised.words.as_ref(),
            _ => None,
        },
    )?;
    Ok(Verdict::Record)
}

/// What a correction may name again: the fact its earlier version closed, if that stands.
fn freed<'a>(at: &Situation<'a>, closes: impl Fn(&Payload) -> Option<EventId>) -> Option<&'a Fact> {
    let named = at.corrects.and_then(|own| closes(own.payload()))?;
    at.book.fact(named).filter(|fact| fact.is_live())
}

/// The open fact meant, by its own name; else a refusal that says what is open.
fn pick(
    named: EventId,
    open: &[&Fact],
    at: &Situation<'_>,
    reason: Reason,
    words: impl Fn(&Payload) -> Option<&Text>,
) -> Result<EventId, Refusal> {
    let meant = at.book.fact(named).map(Fact::id);
    if let Some(id) = meant.filter(|id| open.iter().any(|fact| fact.id() == *id)) {
        return Ok(id);
    }
    let (what, field) = match reason {
        Reason::NoOpenPromise => ("promise", "promise"),
        _ => ("obstacle", "obstacle"),
    };
    let described = open.iter().take(5).map(|fact| {
        let words = words(fact.payload()).and_then(Text::plain);
        let words: String = words.unwrap_or("no words").chars().take(60).collect();
        format!("{} ({words})", fact.id())
    });
    let hint = if open.is_empty() {
        format!("no {what} is open here; record the {what} first, or name another agreement")
    } else {
        format!("open here: {}", described.collect::<Vec<_>>().join("; "))
    };
    let sentence = format!("{named} is no open {what} of this stream");
    Err(Refusal::new(reason, sentence, hint).field(field))
}
