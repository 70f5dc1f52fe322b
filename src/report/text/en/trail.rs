//! The trail of one agreement.

use super::dates::{day, when};
use super::phrase::{capital, stopped};
use super::words::{evidence, word};
use super::{milestones, numbers};
use crate::report::text::pack::Tense;
use crate::report::text::sentence::Word;
use crate::report::text::sentence::record::Trail;

pub(super) fn trail(sentence: Trail<'_>) -> String {
    match sentence {
        Trail::Entry { .. } => entry(sentence),
        Trail::Fact { kind, words: "" } => kind.to_owned(),
        Trail::Fact { kind: "", words } => capital(words),
        Trail::Fact { kind, words } => format!("{kind}: {words}"),
        Trail::Replaced { by } => format!("Replaced by entry {by}."),
        Trail::Correction { reason } => format!("Reason for the correction: {}", stopped(reason)),
        Trail::Retracted { recorded, reason } => {
            format!(
                "Retracted on {}. Reason: {}",
                day(recorded),
                stopped(reason)
            )
        }
        Trail::OfEntry { seq } => format!("about entry {seq}"),
        Trail::AmendmentWithdrawn { reason } => format!("Withdrawn. Reason: {}", stopped(reason)),
        Trail::SourceAdded => "A source was added.".to_owned(),
        Trail::Unreadable { kind, why } => {
            format!(
                "An entry of the kind \u{201c}{kind}\u{201d} cannot be read: {}",
                stopped(why)
            )
        }
        Trail::Withdrawn { reason } => {
            format!(
                "The registration of this agreement was withdrawn. Reason: {}",
                stopped(reason)
            )
        }
        Trail::EvidenceRange { low, high } if low == high => evidence(low),
        Trail::EvidenceRange { low, high } => {
            format!("from {} to {}", evidence(low), evidence(high))
        }
        Trail::Possible { what, on } => format!(
            "Possible, not counted: {}, {}.",
            milestones::called(what),
            when(on, Tense::Named)
        ),
        Trail::NotNeeded { what, reason } => {
            format!(
                "Not needed: {}. {}",
                milestones::called(what),
                stopped(&capital(reason))
            )
        }
        Trail::Figure {
            measure,
            quantity,
            standing,
        } => format!(
            "{}: {}, {}.",
            capital(&measure.replace('_', " ")),
            numbers::quantity(quantity),
            word(Word::Standing(standing))
        ),
        Trail::Value(money) => format!(
            "{}: {}.",
            capital(word(Word::Money(money.kind()))),
            numbers::stated(money)
        ),
        Trail::Milestone { what, on } => {
            format!("{}, {}", milestones::called(what), when(on, Tense::Named))
        }
    }
}

fn entry(sentence: Trail<'_>) -> String {
    match sentence {
        Trail::Entry {
            seq,
            on,
            recorded,
            actor,
            unchecked,
            words,
        } => {
            let on = on.map(|on| format!("{}; ", when(on, Tense::Named)));
            capital(&format!(
                "{}recorded on {} by {actor}{} as entry {seq}: {}",
                on.unwrap_or_default(),
                day(recorded),
                if unchecked {
                    " (identity not checked)"
                } else {
                    ""
                },
                stopped(words)
            ))
        }
        _ => String::new(),
    }
}
