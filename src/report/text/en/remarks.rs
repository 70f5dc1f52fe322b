//! Footnotes, corrections, claims and assumptions.

use std::borrow::Cow;
use std::fmt::{self, Write};

use super::dates::{day, when};
use super::phrase::{capital, lower, stopped};
use super::words::word;
use crate::report::text::pack::Tense;
use crate::report::text::sentence::Word;
use crate::report::text::sentence::record::Remark;

/// As many letters a footnote may have beside its sources and marks, and a source beside its title.
const NOTE: usize = 64;

pub(super) fn remark(sentence: Remark<'_>) -> String {
    match sentence {
        Remark::Note {
            seq,
            recorded,
            sources,
            marks,
        } => {
            let joined = match sources {
                [] => Cow::Borrowed("no source"),
                [one] => Cow::Borrowed(one.as_str()),
                several => Cow::Owned(several.join("; ")),
            };
            let marked = marks.iter().map(|mark| mark.len().saturating_add(1));
            let mut note = String::with_capacity(joined.len().saturating_add(NOTE));
            note.reserve(marked.sum());
            let (day, stopped) = (day(recorded), stopped(&joined));
            // A string takes whatever is written to it.
            let _ = write!(note, "Entry {seq}, recorded on {day}: {stopped}");
            for mark in marks {
                note.push(' ');
                note.push_str(mark);
            }
            note
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
    let mut said = String::with_capacity(title.len().saturating_add(NOTE));
    let mut say = |words: fmt::Arguments<'_>| {
        // A string takes whatever is written to it.
        let _ = said.write_fmt(words);
    };
    if let Some(publisher) = publisher {
        say(format_args!("{}, ", capital(publisher)));
    }
    let kind = word(Word::Source(kind));
    say(format_args!("\u{201c}{title}\u{201d} ({kind}"));
    if let Some(number) = number {
        say(format_args!(", no. {number}"));
    }
    if let Some(on) = published {
        say(format_args!(", {}", when(on, Tense::Named)));
    }
    say(format_args!(")"));
    if let Some(locator) = locator {
        say(format_args!(", {locator}"));
    }
    said
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
