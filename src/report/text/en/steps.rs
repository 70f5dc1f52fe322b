//! Steps.

use super::dates::{day, when};
use super::phrase::{capital, stopped};
use super::words::{evidence, word};
use super::{milestones, numbers};
use crate::deal::event::financial_model_agreed::ModelStrength;
use crate::deal::value::when::When;
use crate::report::text::pack::Tense;
use crate::report::text::sentence::{Reached, StepWords, Strength, Word};

pub(super) fn step(sentence: StepWords<'_>) -> String {
    match sentence {
        StepWords::Reached { .. } | StepWords::Strengthened { .. } => reached(sentence),
        StepWords::Learned { sentence, recorded } => {
            format!("{} Recorded on {}.", stopped(sentence), day(recorded))
        }
        StepWords::NatureNotStated => {
            "the source does not say whether this is construction or preparation".to_owned()
        }
        StepWords::Area(quantity) => numbers::quantity(quantity),
        StepWords::AreaNotStated => "area not stated in the source".to_owned(),
        StepWords::Parcel(parcel) => format!("parcel {parcel}"),
        StepWords::Zone(zone) => zone.to_owned(),
        StepWords::Place(place) => format!("in {place}"),
        StepWords::Occasion { name } => format!("on the occasion of \u{201c}{name}\u{201d}"),
        StepWords::SignedBy(bodies) => format!("signed by {bodies}"),
        StepWords::AllocatedBy(body) => format!("allocated by {body}"),
        StepWords::Tenure(tenure) => word(Word::Tenure(tenure)).to_owned(),
        StepWords::Investment(sum) => format!("investment of {}", numbers::stated(sum)),
        StepWords::CharterCapital(sum) => format!("charter capital of {}", numbers::stated(sum)),
        StepWords::Register { scheme, id } => {
            format!("register entry {} {id}", scheme.replace('_', " "))
        }
        StepWords::Amount(sum) => numbers::stated(sum),
        StepWords::Further { details, on } => {
            format!("further, {}: {details}", when(on, Tense::Named))
        }
        StepWords::Since { what, on } => {
            format!(
                "since then, {}, {}",
                milestones::called(what),
                when(on, Tense::Named)
            )
        }
        StepWords::Reversed { what, on, words } => format!(
            "{}: reversed {}. {}",
            capital(&milestones::called(what)),
            when(on, Tense::Happened),
            stopped(&capital(words))
        ),
        StepWords::NoneInWindow => "No step is recorded for this period.".to_owned(),
        StepWords::NoneAtAll => "No milestone is recorded.".to_owned(),
        StepWords::NoneLearned => "No earlier step was learned in this period.".to_owned(),
        StepWords::NoneStrengthened => {
            "No earlier step was strengthened in this period.".to_owned()
        }
    }
}

/// "Land had been allocated by 25 April 2025 (day not in the source)".
fn happened(what: Reached<'_>, on: &When) -> String {
    let by = on.is_by();
    let verb = milestones::happened(what.code, what.strength, by);
    let verb = verb.unwrap_or_else(|| {
        let name = milestones::called(what);
        format!(
            "The milestone \u{201c}{name}\u{201d} {}",
            if by {
                "had been reached"
            } else {
                "was reached"
            }
        )
    });
    let concluded = what.strength == Strength::Model(ModelStrength::DiscussionsConcluded);
    // "discussions concluded on …" would read as what they were about.
    let comma = if concluded && !by { "," } else { "" };
    format!("{verb}{comma} {}", when(on, Tense::Happened))
}

fn reached(sentence: StepWords<'_>) -> String {
    match sentence {
        StepWords::Reached {
            what,
            on,
            details,
            evidence: level,
        } => {
            let details = if details.is_empty() {
                String::new()
            } else {
                format!(": {}", details.join("; "))
            };
            format!(
                "{} Evidence: {}.",
                stopped(&format!("{}{details}", happened(what, on))),
                evidence(level)
            )
        }
        StepWords::Strengthened {
            from,
            to,
            on,
            evidence: level,
        } => format!(
            "{}; before that, {}. Evidence: {}.",
            happened(to, on),
            milestones::called(from),
            evidence(level)
        ),
        _ => String::new(),
    }
}
