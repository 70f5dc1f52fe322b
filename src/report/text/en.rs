//! English: calm, plain and official, as a minister's office would read it aloud.

mod changes;
mod dates;
mod follow_up;
mod frame;
mod headline;
mod issuing;
mod labels;
mod milestones;
mod numbers;
mod outlook;
mod phrase;
mod portfolio;
mod remarks;
mod steps;
#[cfg(test)]
mod tests;
mod trail;
mod words;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::pack::{LanguagePack, Tense};
use super::sentence::Strength;
use super::sentence::changes::Changes;
use super::sentence::follow_up::FollowUp;
use super::sentence::issuing::Issuing;
use super::sentence::portfolio::PortfolioWords;
use super::sentence::record::{Remark, Trail};
use super::sentence::{
    Definition, Frame, Heading, Headline, Label, Outlook, Rate, Reached, StepWords, Word,
};
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
        dates::day(day).to_string()
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
        phrase::capital(words)
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
        milestones::called(Reached {
            code,
            names,
            strength,
        })
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

    fn portfolio(&self, sentence: PortfolioWords<'_>) -> String {
        portfolio::portfolio(sentence)
    }

    fn trail(&self, sentence: Trail<'_>) -> String {
        trail::trail(sentence)
    }

    fn changes(&self, sentence: Changes<'_>) -> String {
        changes::changes(sentence)
    }

    fn issuing(&self, sentence: Issuing<'_>) -> String {
        issuing::issuing(sentence)
    }

    fn follow_up(&self, sentence: FollowUp<'_>) -> String {
        follow_up::follow_up(sentence)
    }
}
