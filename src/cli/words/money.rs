//! Money as people write it: "USD 335 million", "about 2.5m AZN", "declared 335000000 USD".

use super::WordsError;
use super::number::number;
use crate::deal::value::amount::Amount;
use crate::deal::value::money::{Currency, Money, MoneyError, MoneyKind, MoneyMode};
use crate::deal::value::quantity::Qualifier;

/// Signs that stand for one currency alone.
const SIGNS: [(&str, &str); 5] = [
    ("US$", "USD"),
    ("\u{20ac}", "EUR"),
    ("\u{20bc}", "AZN"),
    ("\u{20ba}", "TRY"),
    ("\u{20bd}", "RUB"),
];

/// Signs of several currencies, with one of them.
const AMBIGUOUS: [(&str, &str); 3] = [("$", "USD"), ("\u{a5}", "CNY"), ("\u{a3}", "GBP")];

/// An amount of money before its kind is known.
#[derive(Debug)]
struct Sum {
    amount: Amount,
    currency: Currency,
    qualifier: Qualifier,
    kind: Option<MoneyKind>,
}

/// Reads money. The kind comes from the words ("contracted USD 5 million"), else from `kind`.
pub(in crate::cli) fn money(
    typed: &str,
    kind: Option<MoneyKind>,
    mode: Option<MoneyMode>,
) -> Result<Money, WordsError> {
    let sum = sum(typed)?;
    let kind = match (sum.kind, kind) {
        (Some(said), Some(given)) if said != given => {
            return Err(WordsError::TwoKinds { said, given });
        }
        (said, given) => said.or(given).ok_or(MoneyError::KindMissing)?,
    };
    Ok(Money::new(
        sum.amount,
        sum.currency,
        kind,
        mode,
        sum.qualifier,
    )?)
}

/// Whether the money says no more than its stored form, so that the words need not be kept.
pub(in crate::cli) fn is_plain(typed: &str, money: &Money) -> bool {
    let (amount, currency) = (money.amount(), money.currency());
    [
        format!("{currency} {amount}"),
        format!("{amount} {currency}"),
    ]
    .iter()
    .any(|plain| plain == typed.trim())
}

fn sum(typed: &str) -> Result<Sum, WordsError> {
    let text = typed.trim();
    let (kind, rest) = leading_kind(text);
    let number = number(rest, true)?;
    let mut currency = None;
    for word in [number.before, number.after]
        .iter()
        .flat_map(|words| words.split_whitespace())
    {
        match (currency, self::currency(word)?) {
            (None, Some(found)) => currency = Some(found),
            (Some(before), Some(found)) if before == found => {}
            _ => {
                return Err(WordsError::StrayWord {
                    word: word.to_owned(),
                    text: text.to_owned(),
                });
            }
        }
    }
    Ok(Sum {
        amount: number.amount,
        currency: currency.ok_or(MoneyError::CurrencyMissing)?,
        qualifier: number.qualifier,
        kind,
    })
}

fn leading_kind(text: &str) -> (Option<MoneyKind>, &str) {
    let Some((word, rest)) = text.split_once(char::is_whitespace) else {
        return (None, text);
    };
    match word.parse() {
        Ok(kind) => (Some(kind), rest.trim_start()),
        Err(_) => (None, text),
    }
}

/// The currency a word stands for: `None` when it is a word of another sort.
fn currency(word: &str) -> Result<Option<Currency>, WordsError> {
    if let Some((_, code)) = SIGNS.iter().find(|(sign, _)| *sign == word) {
        return Ok(Some(code.parse()?));
    }
    if let Some((sign, code)) = AMBIGUOUS.iter().find(|(sign, _)| *sign == word) {
        return Err(WordsError::AmbiguousSign { sign, code });
    }
    let lower = word.to_lowercase();
    if ["manat", "manats"].contains(&lower.as_str()) {
        return Ok(Some("AZN".parse()?));
    }
    if lower.len() == 3 && lower.bytes().all(|letter| letter.is_ascii_lowercase()) {
        return Ok(Some(word.parse()?));
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_is_read_in_the_usual_orders() {
        for (typed, amount, currency, qualifier) in [
            ("USD 335 million", "335000000", "USD", Qualifier::Exact),
            ("335000000 USD", "335000000", "USD", Qualifier::Exact),
            ("335 million usd", "335000000", "USD", Qualifier::Exact),
            ("2.5m AZN", "2500000", "AZN", Qualifier::Exact),
            ("about 2.5 mln manats", "2500000", "AZN", Qualifier::About),
            ("over US$ 10 billion", "10000000000", "USD", Qualifier::Over),
            ("US$335 million", "335000000", "USD", Qualifier::Exact),
            (
                "EUR up to 1 200 000.50",
                "1200000.50",
                "EUR",
                Qualifier::UpTo,
            ),
        ] {
            let read = money(typed, Some(MoneyKind::Declared), None)
                .unwrap_or_else(|error| panic!("{typed}: {error}"));
            assert_eq!(read.amount().as_str(), amount, "{typed}");
            assert_eq!(read.currency().as_str(), currency, "{typed}");
            assert_eq!(read.qualifier(), qualifier, "{typed}");
        }
    }

    #[test]
    fn the_kind_may_be_said_in_the_words_and_never_twice_differently() {
        let read = money("contracted USD 5 million", None, None).unwrap();
        assert_eq!(read.kind(), MoneyKind::Contracted);
        assert_eq!(
            money("USD 5 million", None, None),
            Err(WordsError::Money(MoneyError::KindMissing))
        );
        assert!(matches!(
            money("contracted USD 5", Some(MoneyKind::Declared), None),
            Err(WordsError::TwoKinds { .. })
        ));
    }

    #[test]
    fn money_that_can_be_misread_is_refused() {
        let read = |typed| money(typed, Some(MoneyKind::Declared), None);
        assert_eq!(
            read("335 million"),
            Err(WordsError::Money(MoneyError::CurrencyMissing))
        );
        assert!(matches!(
            read("$ 335 million"),
            Err(WordsError::AmbiguousSign { .. })
        ));
        assert!(matches!(
            read("335 zlotys"),
            Err(WordsError::StrayWord { .. })
        ));
        assert!(matches!(
            read("USD 5 AZN"),
            Err(WordsError::StrayWord { .. })
        ));
        assert!(matches!(
            read("335 QQQ"),
            Err(WordsError::Money(MoneyError::Currency(_)))
        ));
    }

    #[test]
    fn plain_money_needs_no_words() {
        let read = money("USD 5", Some(MoneyKind::Declared), None).unwrap();
        assert!(is_plain("USD 5", &read) && is_plain("5 USD", &read));
        assert!(!is_plain("five dollars", &read));
    }
}
