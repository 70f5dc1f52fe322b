//! English: calm, plain and official, as a minister's office would read it aloud.

mod dates;
mod frame;
mod headline;
mod labels;
mod milestones;
mod numbers;
mod outlook;
mod remarks;
mod steps;
#[cfg(test)]
mod tests;
mod trail;
mod words;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::sentence::record::{Remark, Trail};
use super::sentence::{
    Definition, Frame, Heading, Headline, Label, Outlook, Rate, Reached, StepWords, Word,
};
use super::{LanguagePack, Strength, Tense};
use crate::deal::event::Kind;
use crate::deal::value::money::{Currency, Money};
use crate::deal::value::quantity::{Qualifier, Quantity};
use crate::deal::value::source::EvidenceLevel;
use crate::deal::value::text::Names;
use crate::deal::value::when::When;
use crate::report::document::Labels;

/// The English pack.
#[derive(Debug, Clone, Copy)]
pub struct English;

impl LanguagePack for English {
    fn code(&self) -> &'static str {
        "en"
    }

    fn labels(&self) -> Labels {
        Labels {
            definitions: "Definitions".to_owned(),
            sources: "Sources".to_owned(),
            warning: "Please note".to_owned(),
            struck: "no longer holds".to_owned(),
        }
    }

    fn heading(&self, heading: Heading) -> &'static str {
        labels::heading(heading)
    }

    fn label(&self, label: Label) -> &'static str {
        labels::label(label)
    }

    fn word(&self, word: Word) -> &'static str {
        words::word(word)
    }

    fn kind(&self, kind: Kind) -> &'static str {
        words::kind(kind)
    }

    fn day(&self, day: NaiveDate) -> String {
        dates::day(day)
    }

    fn when(&self, when: &When, tense: Tense) -> String {
        dates::when(when, tense)
    }

    fn whole(&self, number: u64) -> String {
        numbers::whole(number)
    }

    fn money(&self, money: &Money) -> String {
        numbers::money(money.currency(), money.amount().as_str(), money.qualifier())
    }

    fn sum(&self, currency: Currency, amount: &Decimal, qualifier: Qualifier) -> String {
        numbers::sum(currency, amount, qualifier)
    }

    fn quantity(&self, quantity: &Quantity) -> String {
        numbers::quantity(quantity)
    }

    fn evidence(&self, level: EvidenceLevel) -> String {
        words::evidence(level)
    }

    fn opening(&self, words: &str) -> String {
        capital(words)
    }

    fn quote(&self, words: &str) -> String {
        format!("\u{201c}{words}\u{201d}")
    }

    fn list(&self, items: &[String]) -> String {
        match items {
            [] => String::new(),
            [one] => one.clone(),
            [first @ .., last] => format!("{} and {last}", first.join(", ")),
        }
    }

    fn milestone(&self, code: &str, names: Option<&Names>, strength: Strength) -> String {
        milestones::name(code, strength).unwrap_or_else(|| self.own_name(code, names))
    }

    fn frame(&self, sentence: Frame<'_>) -> String {
        frame::frame(sentence)
    }

    fn define(&self, definition: Definition<'_>) -> String {
        frame::define(definition)
    }

    fn headline(&self, sentence: Headline<'_>) -> String {
        headline::headline(sentence)
    }

    fn rate(&self, sentence: Rate<'_>) -> String {
        headline::rate(sentence)
    }

    fn step(&self, sentence: StepWords<'_>) -> String {
        steps::step(sentence)
    }

    fn outlook(&self, sentence: Outlook<'_>) -> String {
        outlook::outlook(sentence)
    }

    fn remark(&self, sentence: Remark<'_>) -> String {
        remarks::remark(sentence)
    }

    fn trail(&self, sentence: Trail<'_>) -> String {
        trail::trail(sentence)
    }
}

impl English {
    /// A milestone of the agency's own track, by the name it was given.
    fn own_name(self, code: &str, names: Option<&Names>) -> String {
        match names {
            Some(names) => self.name(names),
            None => code.replace('_', " "),
        }
    }

    fn reached(self, what: Reached<'_>) -> String {
        self.milestone(what.code, what.names, what.strength)
    }
}

/// "1 step", "2 steps".
fn counted(number: u64, one: &str, many: &str) -> String {
    let noun = if number == 1 { one } else { many };
    format!("{} {noun}", numbers::whole(number))
}

/// The phrase with its first letter in capitals.
fn capital(words: &str) -> String {
    let mut letters = words.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => String::new(),
    }
}

/// The sentence with a full stop, unless it ends with one.
fn stopped(words: &str) -> String {
    let end = if words.ends_with(['.', '!', '?', '\u{201d}']) {
        ""
    } else {
        "."
    };
    format!("{words}{end}")
}
