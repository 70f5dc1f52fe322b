//! Steps.

use super::dates::{day, when};
use super::words::{evidence, word};
use super::{English, capital, milestones, stopped};
use crate::deal::event::financial_model_agreed::ModelStrength;
use crate::deal::value::when::When;
use crate::report::text::sentence::{Reached, StepWords, Word};
use crate::report::text::{LanguagePack, Strength, Tense};

pub(super) fn step(sentence: StepWords<'_>) -> String {
    let money = |money| English.money(money);
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
            English.reached(from),
            evidence(level)
        ),
        StepWords::Learned { sentence, recorded } => {
            format!("{} Recorded on {}.", stopped(sentence), day(recorded))
        }
        StepWords::NatureNotStated => {
            "the source does not say whether this is construction or preparation".to_owned()
        }
        StepWords::Area(quantity) => English.quantity(quantity),
        StepWords::AreaNotStated => "area not stated in the source".to_owned(),
        StepWords::Parcel(parcel) => format!("parcel {parcel}"),
        StepWords::Zone(zone) => zone.to_owned(),
        StepWords::Place(place) => format!("in {place}"),
        StepWords::Occasion { name } => format!("on the occasion of \u{201c}{name}\u{201d}"),
        StepWords::SignedBy(bodies) => format!("signed by {bodies}"),
        StepWords::AllocatedBy(body) => format!("allocated by {body}"),
        StepWords::Tenure(tenure) => word(Word::Tenure(tenure)).to_owned(),
        StepWords::Investment(sum) => format!("investment of {}", money(sum)),
        StepWords::CharterCapital(sum) => format!("charter capital of {}", money(sum)),
        StepWords::Register { scheme, id } => {
            format!("register entry {} {id}", scheme.replace('_', " "))
        }
        StepWords::Amount(sum) => money(sum),
        StepWords::Further { details, on } => {
            format!("further, {}: {details}", when(on, Tense::Named))
        }
        StepWords::Since { what, on } => {
            format!(
                "since then, {}, {}",
                English.reached(what),
                when(on, Tense::Named)
            )
        }
        StepWords::Reversed { what, on, words } => format!(
            "{}: reversed {}. {}",
            capital(&English.reached(what)),
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
        let name = English.milestone(what.code, what.names, what.strength);
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
