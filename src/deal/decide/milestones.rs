//! Rules of milestones: which codes a track has, what a milestone needs said, and the closing day.

use super::near::{listed, near};
use super::reading;
use super::situation::{Situation, Verdict};
use crate::deal::event::Payload;
use crate::deal::event::milestone_not_needed::MilestoneNotNeeded;
use crate::deal::event::milestone_reached::MilestoneReached;
use crate::deal::event::milestone_reversed::MilestoneReversed;
use crate::deal::refusal::{Other, Reason, Refusal};
use crate::deal::track::{CORE_FOUR, Track, WORKS_STARTED};

/// A milestone must be one of the agreement's track, and not lie after the agreement was closed.
pub(super) fn reached(payload: &Payload, at: &Situation<'_>) -> Result<Verdict, Refusal> {
    if let Payload::MilestoneReached(data) = payload {
        well_said(data)?;
    }
    if let Some(code) = payload.milestone() {
        in_track(code, track(at)?)?;
    }
    if at.corrects.is_none() {
        before_closing(at)?;
    }
    Ok(Verdict::Record)
}

fn well_said(data: &MilestoneReached) -> Result<(), Refusal> {
    let code = data.milestone.as_str();
    if CORE_FOUR.contains(&code) {
        return Err(Refusal::new(
            Reason::CoreMilestone,
            format!("`{code}` is one of the four milestones with an event kind of their own"),
            format!("record the kind `{code}` instead of `milestone_reached`"),
        )
        .field("milestone"));
    }
    match (code == WORKS_STARTED, data.nature) {
        (true, None) => Err(Refusal::new(
            Reason::NatureMissing,
            "works that started need their nature said",
            "give `construction`, `preparation`, or `unspecified` where the source does not say",
        )
        .field("nature")),
        (false, Some(_)) => Err(Refusal::new(
            Reason::NatureNotTaken,
            format!("a nature of works belongs to `{WORKS_STARTED}` and not to `{code}`"),
            "leave the nature out, or record it as words",
        )
        .field("nature")),
        _ => Ok(()),
    }
}

/// The track of the agreement's class.
pub(super) fn track<'a>(at: &Situation<'a>) -> Result<&'a Track, Refusal> {
    let class = reading::class(at.book);
    class
        .and_then(|class| at.ledger.track(class))
        .ok_or_else(|| {
            let class = class.map_or("unknown", |class| class.as_str());
            Refusal::new(
                Reason::NoTrack,
                format!("agreements of the class {class} have no track of milestones"),
                "define a track for the class, or correct the agreement's class",
            )
        })
}

/// Refuses a code the track does not have, and names the nearest.
pub(super) fn in_track(code: &str, track: &Track) -> Result<(), Refusal> {
    if track.rank(code).is_some() {
        return Ok(());
    }
    let codes = || track.milestones.iter().map(|known| known.code.as_str());
    let nearest = near(code, codes());
    let hint = if nearest.is_empty() {
        format!("its milestones are {}", listed(codes()))
    } else {
        format!("did you mean {}?", listed(nearest))
    };
    Err(Refusal::new(
        Reason::NotInTrack,
        format!(
            "the {} track has no milestone `{code}`",
            track.class.as_str()
        ),
        hint,
    )
    .field("milestone"))
}

fn before_closing(at: &Situation<'_>) -> Result<(), Refusal> {
    let (Some(closing), Some(earliest)) = (reading::closing(at.book), at.on.earliest()) else {
        return Ok(());
    };
    let closed = closing.current().latest_day();
    if earliest <= closed {
        return Ok(());
    }
    let kind = closing.payload().kind_name();
    Err(Refusal::new(
        Reason::AfterClosing,
        format!("{} is after {closed}, when the agreement was {kind}", at.on),
        "record `reopened` first if it goes on, or correct the closing day",
    )
    .field("on")
    .other(Other {
        stream: Some(at.book.id),
        reference: reading::reference(at.book).cloned(),
        event: Some(closing.id()),
    }))
}

/// A reversal names a milestone fact of its own agreement that still counts.
pub(super) fn reversed(
    data: &mut MilestoneReversed,
    at: &Situation<'_>,
) -> Result<Verdict, Refusal> {
    let fact = at
        .book
        .fact(data.fact)
        .filter(|fact| fact.milestone().is_some())
        .ok_or_else(|| {
            Refusal::new(
                Reason::WrongFact,
                "a reversal names a milestone reached by the same agreement",
                "take the fact's id from the agreement's history",
            )
            .field("fact")
        })?;
    if !fact.is_live() {
        return Err(Refusal::new(
            Reason::FactRetracted,
            "that milestone was retracted, so there is nothing to reverse",
            "name a milestone that stands",
        )
        .field("fact"));
    }
    data.fact = fact.id();
    let reversals = reading::reversals(at.book);
    let other = reversals
        .get(&fact.id())
        .filter(|id| at.corrects.is_none_or(|own| own.id() != **id));
    match other {
        Some(id) => Err(Refusal::new(
            Reason::AlreadyReversed,
            "that milestone was reversed before",
            "correct the reversal there is, or add a source to it",
        )
        .field("fact")
        .other(Other {
            stream: Some(at.book.id),
            reference: reading::reference(at.book).cloned(),
            event: Some(*id),
        })),
        None => Ok(Verdict::Record),
    }
}

/// A milestone that is not needed is one of the track, and is said once.
pub(super) fn not_needed(
    data: &MilestoneNotNeeded,
    at: &Situation<'_>,
) -> Result<Verdict, Refusal> {
    in_track(data.milestone.as_str(), track(at)?)?;
    let said = reading::not_needed(at.book).contains(data.milestone.as_str());
    Ok(if said && at.corrects.is_none() {
        Verdict::NothingToDo
    } else {
        Verdict::Record
    })
}
