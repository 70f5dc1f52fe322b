//! Footnotes, corrections, claims and assumptions.

use super::dates::{day, when};
use super::phrase::{capital, lower, stopped};
use super::words::word;
use crate::report::text::pack::Tense;
use crate::report::text::sentence::Word;
use crate::report::text::sentence::record::Remark;

pub(super) fn remark(sentence: Remark<'_>) -> String {
    match sentence {
        Remark::Note {
            seq,
            recorded,
            sources,
            marks,
        } => {
            let sources = if sources.is_empty() {
                "no source".to_owned()
            } else {
                sources.join("; ")
            };
            let marks: String = marks.iter().map(|mark| format!(" {mark}")).collect();
            format!(
                "Entry {seq}, recorded on {}: {}{marks}",
                day(recorded),
                stopped(&sources)
            )
        }
        Remark::Source { .. } => source(sentence),
        Remark::Corrected { recorded, reason } => {
            format!("Corrected on {}: {}", day(recorded), stopped(reason))
        }
        Remark::Confirmed {
            recorded,
            unchecked,
        } => format!(
            "Confirmed by a second person on {}{}.",
            day(recorded),
            if unchecked {
                " (identity not checked)"
            } else {
                ""
            }
        ),
        Remark::ConfirmationLapsed => {
            "An earlier confirmation lapsed when the entry was corrected.".to_owned()
        }
        Remark::NotPreferred => "Not relied on here.".to_owned(),
        Remark::Preferred { reason } => format!("Relied on here: {}", stopped(reason)),
        Remark::ClaimContext { field, on } => {
            format!("on {}, {}", claimed_of(field), when(on, Tense::Named))
        }
        Remark::Change { .. } | Remark::Withdrawn { .. } => change(sentence),
        Remark::NoCorrection => "Nothing was corrected in this period.".to_owned(),
        Remark::NoClaim => "No statement is recorded.".to_owned(),
        Remark::Assumption { about, words } => format!("{about}: {}", stopped(words)),
        Remark::NoAssumption => "No assumption is recorded.".to_owned(),
    }
}

fn source(sentence: Remark<'_>) -> String {
    let Remark::Source {
        publisher,
        title,
        kind,
        number,
        published,
        locator,
    } = sentence
    else {
        return String::new();
    };
    let publisher = publisher.map(|publisher| format!("{publisher}, "));
    let number = number.map(|number| format!(", no. {number}"));
    let published = published.map(|on| format!(", {}", when(on, Tense::Named)));
    let locator = locator.map(|locator| format!(", {locator}"));
    capital(&format!(
        "{}\u{201c}{title}\u{201d} ({}{}{}){}",
        publisher.unwrap_or_default(),
        word(Word::Source(kind)),
        number.unwrap_or_default(),
        published.unwrap_or_default(),
        locator.unwrap_or_default()
    ))
}

/// A field of a description in words; a topic is in words already.
fn claimed_of(field: &str) -> String {
    match field {
        "declared_counts" | "counts" => "the number of documents".to_owned(),
        "declared_value" | "value" => "the value".to_owned(),
        "scope" => "what the value covers".to_owned(),
        "parties" | "signatories" => "the parties".to_owned(),
        "roles" | "organisers" => "who took part".to_owned(),
        topic => topic.replace('_', " "),
    }
}

fn change(sentence: Remark<'_>) -> String {
    match sentence {
        Remark::Change {
            about,
            kind,
            recorded,
            before,
            after,
            reason,
        } => format!(
            "{about}, {}: corrected on {} from \u{201c}{before}\u{201d} to \u{201c}{after}\u{201d}. Reason: {}",
            lower(kind),
            day(recorded),
            stopped(reason)
        ),
        Remark::Withdrawn {
            about,
            kind,
            recorded,
            before,
            reason,
        } => format!(
            "{about}, {}: \u{201c}{before}\u{201d} was withdrawn on {}. Reason: {}",
            lower(kind),
            day(recorded),
            stopped(reason)
        ),
        _ => String::new(),
    }
}
