//! What people type, read into values: days, quantities, money, parties and names.
//!
//! The ledger keeps one spelling of a value; people use many. Everything here forgives what cannot
//! be misunderstood ("almost 3 ha", "USD 335 million", "by 25 April 2025") and refuses what can be
//! read in two ways, with a sentence that says how to write it.

pub(super) mod day;
pub(super) mod money;
pub(super) mod names;
pub(super) mod number;
pub(super) mod party;
pub(super) mod quantity;

use crate::deal::value::amount::AmountError;
use crate::deal::value::ids::IdError;
use crate::deal::value::money::{MoneyError, MoneyKind};
use crate::deal::value::party::PartyError;
use crate::deal::value::quantity::QuantityError;
use crate::deal::value::source::SourceError;
use crate::deal::value::text::TextError;
use crate::deal::value::when::WhenError;

/// Why words could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum WordsError {
    /// A day.
    #[error(transparent)]
    When(#[from] WhenError),
    /// A number.
    #[error(transparent)]
    Amount(#[from] AmountError),
    /// A quantity.
    #[error(transparent)]
    Quantity(#[from] QuantityError),
    /// Money.
    #[error(transparent)]
    Money(#[from] MoneyError),
    /// Free text or a name.
    #[error(transparent)]
    Text(#[from] TextError),
    /// A party or country.
    #[error(transparent)]
    Party(#[from] PartyError),
    /// An id or reference.
    #[error(transparent)]
    Id(#[from] IdError),
    /// A source.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// A span where one day is needed.
    #[error("{0:?} is not one day; write it in full, such as 2025-04-25")]
    NotADay(String),
    /// Two kinds of money for one amount.
    #[error("the words say {said} money and --kind says {given}; keep one of the two")]
    TwoKinds {
        /// The kind in the words.
        said: MoneyKind,
        /// The kind given beside them.
        given: MoneyKind,
    },
    /// Two names in one language.
    #[error(
        "there are two names in the language {0:?}; write such as \"az=…\" before the other one"
    )]
    SameLanguage(String),
    /// A reference that is no organisation.
    #[error(
        "{0} is no registered organisation; list them with `dealtrail list organizations`, or describe the party in words"
    )]
    UnknownParty(String),
    /// A role that is no code word.
    #[error("{0}")]
    Role(String),
    /// No number where one is needed.
    #[error("{0:?} holds no number; write one in digits, such as \"almost 3 ha\"")]
    NoNumber(String),
    /// A comma that may be a decimal sign or a separator.
    #[error(
        "{0:?} can be read in two ways; write 2.9 for a fraction and 1200 (or 1 200) for a large number"
    )]
    Comma(String),
    /// More than one number.
    #[error(
        "{0:?} holds two numbers; state one amount, with `about`, `over` or `up to` if it is vague"
    )]
    TwoNumbers(String),
    /// A number multiplied beyond what can be kept exactly.
    #[error("{0:?} is too large to be kept exactly")]
    TooLarge(String),
    /// No unit.
    #[error("{0:?} has no unit; say what is counted, such as \"3 ha\" or \"over 15 projects\"")]
    NoUnit(String),
    /// A currency sign used by several currencies.
    #[error("{sign} stands for several currencies; write the code, such as {code}")]
    AmbiguousSign {
        /// The sign.
        sign: &'static str,
        /// A code it may stand for.
        code: &'static str,
    },
    /// Words beside the money that mean nothing here.
    #[error(
        "{word:?} in {text:?} is not understood; write such as \"USD 335 million\" or \"about 2.5m AZN\""
    )]
    StrayWord {
        /// The word.
        word: String,
        /// The whole text.
        text: String,
    },
}

/// Cuts a word off the front of a text, ignoring case; what follows must be a blank or nothing.
fn strip_word<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    let head = text.get(..word.len())?;
    let rest = text.get(word.len()..)?;
    (head.eq_ignore_ascii_case(word) && rest.starts_with(char::is_whitespace))
        .then(|| rest.trim_start())
}
