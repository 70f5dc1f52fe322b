//! What a language has to say.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::sentence::Strength;
use super::sentence::changes::Changes;
use super::sentence::follow_up::FollowUp;
use super::sentence::issuing::Issuing;
use super::sentence::portfolio::PortfolioWords;
use super::sentence::record::{Remark, Trail};
use super::sentence::{
    Definition, Frame, Heading, Headline, Label, Outlook, Rate, StepWords, Word,
};
use crate::deal::event::Kind;
use crate::deal::value::money::{Currency, Money};
use crate::deal::value::quantity::{Qualifier, Quantity};
use crate::deal::value::source::EvidenceLevel;
use crate::deal::value::text::{Lang, Names};
use crate::deal::value::when::When;
use crate::report::document::Labels;

/// How a day stands in its sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tense {
    /// By itself: "17 April 2025".
    Named,
    /// Of a fact: "on 17 April 2025", "by 25 April 2025 (day not in the source)".
    Happened,
    /// Of what is to come: "by 25 April 2025".
    Expected,
    /// Of an occasion with a duration: "from 17 to 19 April 2025".
    Lasted,
}

/// A language: pure functions from typed values to words.
pub trait LanguagePack: Sync {
    /// Its code, such as `en`.
    fn code(&self) -> &'static str;
    /// The words renderers need.
    fn labels(&self) -> Labels;
    /// The heading of a part.
    fn heading(&self, heading: Heading) -> &'static str;
    /// The label of a figure or column.
    fn label(&self, label: Label) -> &'static str;
    /// A word for a code of the domain.
    fn word(&self, word: Word) -> &'static str;
    /// The name of an event kind.
    fn kind(&self, kind: Kind) -> &'static str;
    /// A civil day.
    fn day(&self, day: NaiveDate) -> String;
    /// A fact's `on`.
    fn when(&self, when: &When, tense: Tense) -> String;
    /// A whole number.
    fn whole(&self, number: u64) -> String;
    /// An amount of money as stated, without its kind.
    fn money(&self, money: &Money) -> String;
    /// A sum of money.
    fn sum(&self, currency: Currency, amount: &Decimal, qualifier: Qualifier) -> String;
    /// A quantity as stated.
    fn quantity(&self, quantity: &Quantity) -> String;
    /// An evidence level: "reported (level 0)".
    fn evidence(&self, level: EvidenceLevel) -> String;
    /// A name at the beginning of a line.
    fn opening(&self, words: &str) -> String;
    /// Words in quotation marks.
    fn quote(&self, words: &str) -> String;
    /// Items joined into one phrase: "a, b and c".
    fn list(&self, items: &[String]) -> String;
    /// The name of a milestone. A track of the agency's own brings its names along.
    fn milestone(&self, code: &str, names: Option<&Names>, strength: Strength) -> String;
    /// Title, scope, warnings and foot of a report.
    fn frame(&self, sentence: Frame<'_>) -> String;
    /// What a figure means.
    fn define(&self, definition: Definition<'_>) -> String;
    /// The headline.
    fn headline(&self, sentence: Headline<'_>) -> String;
    /// Conversion.
    fn rate(&self, sentence: Rate<'_>) -> String;
    /// Steps.
    fn step(&self, sentence: StepWords<'_>) -> String;
    /// What is expected, what stands in the way, what has not begun.
    fn outlook(&self, sentence: Outlook<'_>) -> String;
    /// Footnotes and corrections.
    fn remark(&self, sentence: Remark<'_>) -> String;
    /// The portfolio and conversion.
    fn portfolio(&self, sentence: PortfolioWords<'_>) -> String;
    /// The trail of one agreement.
    fn trail(&self, sentence: Trail<'_>) -> String;
    /// What was learned between two moments.
    fn changes(&self, sentence: Changes<'_>) -> String;
    /// Issued reports.
    fn issuing(&self, sentence: Issuing<'_>) -> String;
    /// What is to be followed up.
    fn follow_up(&self, sentence: FollowUp<'_>) -> String;

    /// A name in this language, else in English, else in any.
    fn name(&self, names: &Names) -> String {
        let lang: Option<Lang> = self.code().parse().ok();
        names
            .best(lang.as_slice())
            .map(|text| self.text(text))
            .unwrap_or_default()
    }

    /// A text of the ledger; a sealed one is said to be sealed.
    fn text(&self, text: &crate::deal::value::text::Text) -> String {
        text.plain()
            .map_or_else(|| self.word(Word::Sealed).to_owned(), str::to_owned)
    }
}
