//! What is expected, what stands in the way, what has not begun.

use super::dates::{day, when};
use super::milestones;
use super::numbers::whole;
use super::phrase::{capital, counted, is_or_are, stopped};
use super::words::word;
use crate::report::text::pack::Tense;
use crate::report::text::sentence::{Listed, Outlook, Reached, Word};

pub(super) fn outlook(sentence: Outlook<'_>) -> String {
    match sentence {
        Outlook::Milestone { .. } | Outlook::Intention { .. } | Outlook::Unnamed { .. } => {
            expected(sentence)
        }
        Outlook::Slipping => "That day has passed without word that it happened.".to_owned(),
        Outlook::ReviewOverdue { day: on } => {
            format!(
                "It was to be reviewed by {}; the review is overdue.",
                day(on)
            )
        }
        Outlook::ReviewOn { day: on } => format!("Review due on {}.", day(on)),
        Outlook::More { what, count } => more(what, count),
        Outlook::NothingExpected => "No expectation is open.".to_owned(),
        Outlook::NothingAhead => "No expectation and no obstacle is recorded.".to_owned(),
        Outlook::Obstacle {
            reason,
            since,
            words,
        } => {
            let words = words.map(|words| format!(" {}", stopped(&capital(words))));
            format!(
                "{} (recorded {}).{}",
                capital(word(Word::Obstacle(reason))),
                when(since, Tense::Happened),
                words.unwrap_or_default()
            )
        }
        Outlook::Body(body) => format!("Body responsible: {body}."),
        Outlook::Due {
            day: on,
            overdue: false,
        } => format!("Due on {}.", day(on)),
        Outlook::Due {
            day: on,
            overdue: true,
        } => format!("Was due on {}.", day(on)),
        Outlook::Overdue => "That day has passed.".to_owned(),
        Outlook::NoObstacle => "No obstacle is recorded.".to_owned(),
        Outlook::NoStep { all, named } => no_step(all, named),
        Outlook::NoStepUnknown { named } => no_step_unknown(named),
        Outlook::NotNamed { count, package } => format!(
            "{} of \u{201c}{package}\u{201d} not named in the source",
            counted(count, "document", "documents")
        ),
        Outlook::NoPracticalAgreement => {
            "No practical agreement is registered or declared.".to_owned()
        }
        Outlook::EveryOneHasAStep => "Every practical agreement has a step recorded.".to_owned(),
        Outlook::Promise { .. } => promise(sentence),
        Outlook::PromiseClosed { outcome } => format!("Outcome: {}.", word(Word::Outcome(outcome))),
    }
}

fn no_step(all: u64, named: u64) -> String {
    let unnamed = all.saturating_sub(named);
    let have = counted(
        all,
        "practical agreement has no step recorded yet",
        "practical agreements have no step recorded yet",
    );
    match (named, unnamed) {
        (_, 0) => format!("{have}:"),
        (0, _) => format!("{have}; the source does not name them."),
        _ => format!(
            "{have}: {} listed here and {} not named in the source.",
            whole(named),
            whole(unnamed)
        ),
    }
}

fn thing(what: Reached<'_>) -> String {
    milestones::thing(what.code).map_or_else(
        || format!("The milestone \u{201c}{}\u{201d}", milestones::called(what)),
        str::to_owned,
    )
}

fn expected(sentence: Outlook<'_>) -> String {
    match sentence {
        Outlook::Milestone {
            what,
            horizon,
            words,
        } => {
            let words = words.map(|words| format!(" (\u{201c}{words}\u{201d})"));
            format!(
                "{} is expected {}{}.",
                thing(what),
                when(horizon, Tense::Expected),
                words.unwrap_or_default()
            )
        }
        Outlook::Intention { words, horizon } => {
            format!(
                "Expected {}: \u{201c}{words}\u{201d}.",
                when(horizon, Tense::Expected)
            )
        }
        Outlook::Unnamed { horizon } => {
            format!(
                "Something not named is expected {}.",
                when(horizon, Tense::Expected)
            )
        }
        _ => String::new(),
    }
}

fn no_step_unknown(named: u64) -> String {
    format!(
        "How many practical agreements have no step recorded yet is not known, since the number of practical documents is not known.{}",
        if named == 0 {
            String::new()
        } else {
            format!(" Registered without a step: {named}.")
        }
    )
}

fn promise(sentence: Outlook<'_>) -> String {
    match sentence {
        Outlook::Promise {
            owner,
            what,
            to,
            due,
        } => {
            let to = to.map(|to| format!(" to {to}")).unwrap_or_default();
            let due = due.map(|due| format!(", due {}", when(due, Tense::Expected)));
            format!(
                "{} promised{to}: {what}{}.",
                capital(owner),
                due.unwrap_or_default()
            )
        }
        _ => String::new(),
    }
}

/// A list that is cut says by how much, and how to see the rest.
fn more(what: Listed, count: u64) -> String {
    let (one, many) = match what {
        Listed::Packages => ("more package", "more packages"),
        Listed::Things => ("more thing", "more things"),
        Listed::WithSteps => ("more agreement with steps", "more agreements with steps"),
        Listed::Agreements => ("more agreement", "more agreements"),
        Listed::Steps => ("more step", "more steps"),
        Listed::Expectations => ("more expectation", "more expectations"),
        Listed::Obstacles => ("more obstacle", "more obstacles"),
        Listed::Corrections => ("earlier entry", "earlier entries"),
    };
    format!(
        "{} {} counted and not listed here; \u{201c}--package\u{201d} asks for one package alone.",
        counted(count, one, many),
        is_or_are(count)
    )
}
