//! Values made of this room's own words. The words are well formed, so making them cannot fail; a portfolio that
//! says every one of them is made in a test.

use crate::deal::value::amount::Amount;
use crate::deal::value::code::{Code, Identifier};
use crate::deal::value::ids::{Ref, StreamId};
use crate::deal::value::known::Known;
use crate::deal::value::money::{Currency, Money, MoneyKind, MoneyMode};
use crate::deal::value::party::{Country, Party};
use crate::deal::value::quantity::{Qualifier, Quantity, Unit};
use crate::deal::value::text::{Label, Lang, Names, Text};
use std::collections::BTreeMap;

/// The languages of the portfolio, in the order of its words.
pub(super) const LANGS: [&str; 4] = ["az", "en", "ru", "zh"];

/// One thing said in the four languages.
pub(super) type Said = [&'static str; 4];

/// Free text.
pub(super) fn text(words: impl Into<String>) -> Text {
    // PANIC: composed letters without blanks at the ends, see above.
    Text::try_from(words.into()).expect("text of this room")
}

/// A code word.
pub(super) fn code(word: &str) -> Code {
    // PANIC: small letters and `_`, see above.
    Code::try_from(word.to_owned()).expect("a code of this room")
}

/// A short line.
pub(super) fn label(words: String) -> Label {
    // PANIC: one line of letters and digits, see above.
    Label::try_from(words).expect("a label of this room")
}

/// A reference.
pub(super) fn reference(words: String) -> Ref {
    // PANIC: two capitals, a year and a number, see above.
    Ref::try_from(words).expect("a reference of this room")
}

/// A register entry of the land of tales.
pub(super) fn identifier(scheme: &str, number: u64) -> Identifier {
    Identifier {
        scheme: code(scheme),
        id: label(format!("{number:08}")),
    }
}

/// A country by its code.
pub(super) fn country(alpha: &str) -> Known<Country> {
    // PANIC: codes of ISO 3166, see above.
    Known::Value(Country::try_from(alpha.to_owned()).expect("a country code"))
}

/// An amount.
pub(super) fn amount(digits: String) -> Amount {
    // PANIC: digits, and a point between digits, see above.
    Amount::try_from(digits).expect("an amount of this room")
}

/// A quantity.
pub(super) fn quantity(
    digits: String,
    unit: &str,
    qualifier: Qualifier,
    words: Option<Text>,
) -> Quantity {
    Quantity {
        amount: amount(digits),
        // PANIC: ASCII letters, see above.
        unit: Unit::try_from(unit.to_owned()).expect("a unit of this room"),
        qualifier,
        text: words,
    }
}

/// Money; of the kinds that need one with a mode.
pub(super) fn money(
    units: u64,
    currency: &str,
    kind: MoneyKind,
    mode: MoneyMode,
    qualifier: Qualifier,
) -> Money {
    let currency = Currency::try_from(currency.to_owned());
    let mode = kind.needs_mode().then_some(mode);
    // PANIC: codes of ISO 4217, and the mode is given where the kind needs it.
    let currency = currency.expect("a currency code");
    // PANIC: as said above.
    Money::new(Amount::from(units), currency, kind, mode, qualifier).expect("money of this room")
}

/// A party: a registered organisation or words.
pub(super) fn party(
    organization: Option<StreamId>,
    words: Option<Text>,
    country: Option<Known<Country>>,
    role: &str,
) -> Party {
    let words = match organization {
        Some(_) => None,
        None => Some(words.unwrap_or_else(|| text("a company not named in the source"))),
    };
    // PANIC: it has an organisation or words, and only organisations are handed in.
    Party::new(organization, words, country, code(role)).expect("a party of this room")
}

/// A name in the languages whose place is in `spoken`, English always among them.
pub(super) fn names(say: impl Fn(usize) -> String, spoken: u64) -> Names {
    let chosen = LANGS.iter().enumerate().filter(|(at, lang)| {
        let wanted = spoken >> at & 1 == 1;
        wanted || **lang == "en"
    });
    let names: BTreeMap<Lang, Text> = chosen
        .map(|(at, lang)| {
            let lang = Lang::try_from((*lang).to_owned());
            // PANIC: language codes of two letters.
            (lang.expect("a language code"), text(say(at)))
        })
        .collect();
    // PANIC: English is always among them.
    Names::try_from(names).expect("a name of this room")
}

/// What is said in one of the four languages.
pub(super) fn in_language(said: &Said, lang: usize) -> &'static str {
    let [.., last] = said;
    said.get(lang).copied().unwrap_or(last)
}
