//! The law of amounts: sums agree with adding by hand, digit by digit; they do not depend on the order, and
//! taking everything out again leaves nothing.
//!
//! The input is a text of lines: `AMOUNT UNIT QUALIFIER` counts a quantity in, `AMOUNT CURRENCY QUALIFIER KIND [MODE]`
//! counts money in. Lines of another form are read word by word, to see that no word ends the process.

use std::collections::BTreeMap;

use dealtrail::deal::value::amount::Amount;
use dealtrail::deal::value::money::{Currency, Money, MoneyKind, MoneyMode, MoneySums};
use dealtrail::deal::value::quantity::{Qualifier, Quantity, Unit};
use dealtrail::deal::value::tally::{QuantitySum, Tally};

/// Holds the law against any bytes.
pub(crate) fn holds(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let mut quantities: Vec<Quantity> = Vec::new();
    let mut money: Vec<Money> = Vec::new();
    for line in text.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        words.iter().for_each(|word| read_alone(word));
        read_alone(line);
        match words[..] {
            [amount, unit, qualifier] => quantities.extend(quantity(amount, unit, qualifier)),
            [amount, currency, qualifier, kind, ref mode @ ..] => {
                money.extend(paid(amount, currency, qualifier, kind, mode.first()));
            }
            _ => {}
        }
    }
    quantity_sums(&quantities);
    money_sums(&money);
    ordered(quantities.iter().map(|one| &one.amount));
}

/// One word as every value it could be: printed, it reads as itself.
fn read_alone(word: &str) {
    if let Ok(amount) = word.parse::<Amount>() {
        assert_eq!(amount.to_string(), word.trim());
        let digits = plain(amount.as_str());
        assert_eq!(amount.decimal().normalize().to_string(), digits, "{word}");
    }
    same_again::<Amount>(word);
    same_again::<Unit>(word);
    same_again::<Currency>(word);
    same_again::<Qualifier>(word);
    same_again::<MoneyKind>(word);
    same_again::<MoneyMode>(word);
}

fn same_again<T>(word: &str)
where
    T: std::str::FromStr<Err: std::fmt::Display> + std::fmt::Display + PartialEq + std::fmt::Debug,
    T: serde::Serialize + serde::de::DeserializeOwned,
{
    match word.parse::<T>() {
        Ok(value) => {
            let printed = value.to_string();
            assert_eq!(printed.parse::<T>().ok().as_ref(), Some(&value), "{word}");
            let json = serde_json::to_string(&value).unwrap();
            assert_eq!(json, format!("\"{printed}\""));
            assert_eq!(serde_json::from_str::<T>(&json).unwrap(), value);
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}

fn quantity(amount: &str, unit: &str, qualifier: &str) -> Option<Quantity> {
    let quantity = Quantity {
        amount: amount.parse().ok()?,
        unit: unit.parse().ok()?,
        qualifier: qualifier.parse().ok()?,
        text: None,
    };
    let json = serde_json::to_string(&quantity).unwrap();
    assert_eq!(serde_json::from_str::<Quantity>(&json).unwrap(), quantity);
    Some(quantity)
}

fn paid(
    amount: &str,
    currency: &str,
    qualifier: &str,
    kind: &str,
    mode: Option<&&str>,
) -> Option<Money> {
    let kind: MoneyKind = kind.parse().ok()?;
    let mode = match mode {
        Some(mode) => Some(mode.parse().ok()?),
        None => None,
    };
    let (amount, currency) = (amount.parse().ok()?, currency.parse().ok()?);
    let money = Money::new(amount, currency, kind, mode, qualifier.parse().ok()?);
    assert_eq!(money.is_ok(), kind.needs_mode() == mode.is_some());
    let money = money.ok()?;
    let json = serde_json::to_string(&money).unwrap();
    assert_eq!(serde_json::from_str::<Money>(&json).unwrap(), money);
    Some(money)
}

fn quantity_sums(all: &[Quantity]) {
    let (mut sum, mut back) = (QuantitySum::default(), QuantitySum::default());
    all.iter().for_each(|one| sum.add(one).unwrap());
    all.iter().rev().for_each(|one| back.add(one).unwrap());
    assert_eq!(sum, back, "a sum depends on the order");
    let mut by_hand: BTreeMap<String, Vec<(&Amount, Qualifier)>> = BTreeMap::new();
    for one in all {
        let unit = by_hand.entry(one.unit.to_string()).or_default();
        unit.push((&one.amount, one.qualifier));
    }
    assert_eq!(sum.iter().count(), by_hand.len(), "units added up");
    for (unit, tally) in sum.iter() {
        tally_is(tally, &by_hand[unit.as_str()]);
    }
    all.iter().for_each(|one| sum.remove(one).unwrap());
    assert_eq!(sum, QuantitySum::default(), "something was left");
    assert!(all.iter().all(|one| sum.remove(one).is_err()));
}

fn money_sums(all: &[Money]) {
    let (mut sum, mut back) = (MoneySums::default(), MoneySums::default());
    all.iter().for_each(|one| sum.add(one).unwrap());
    all.iter().rev().for_each(|one| back.add(one).unwrap());
    assert_eq!(sum, back, "a sum depends on the order");
    let mut by_hand: BTreeMap<_, Vec<(&Amount, Qualifier)>> = BTreeMap::new();
    for one in all {
        let kind = by_hand.entry((one.kind(), one.currency())).or_default();
        kind.push((one.amount(), one.qualifier()));
    }
    assert_eq!(sum.iter().count(), by_hand.len(), "kinds added up");
    for (kind, currency, tally) in sum.iter() {
        tally_is(tally, &by_hand[&(kind, currency)]);
    }
    all.iter().for_each(|one| sum.remove(one).unwrap());
    assert_eq!(sum, MoneySums::default(), "something was left");
}

/// A tally against its parts, added up by hand.
fn tally_is(tally: &Tally, parts: &[(&Amount, Qualifier)]) {
    assert_eq!(tally.count(), parts.len() as u64);
    let total = parts.iter().fold("0".to_owned(), |sum, (amount, _)| {
        add(&sum, amount.as_str())
    });
    match tally.total() {
        Ok(sum) => assert_eq!(sum.to_string(), total),
        // More than 96 bits of digits: refused, never rounded.
        Err(_) => {
            let digits: String = total.chars().filter(char::is_ascii_digit).collect();
            assert!(digits.parse::<u128>().is_ok_and(|n| n >> 96 != 0) || digits.len() > 38);
        }
    }
    assert_eq!(tally.qualifier(), qualifier_of(parts), "{parts:?}");
}

/// The qualifier of a sum as its documentation words it.
fn qualifier_of(parts: &[(&Amount, Qualifier)]) -> Qualifier {
    let mut words: Vec<Qualifier> = parts.iter().map(|(_, word)| *word).collect();
    words.retain(|word| *word != Qualifier::Exact);
    words.sort();
    words.dedup();
    let below = [Qualifier::Almost, Qualifier::Nearly, Qualifier::UpTo];
    let above = [Qualifier::Over, Qualifier::AtLeast];
    match words[..] {
        [] => Qualifier::Exact,
        [one] => one,
        _ if words.iter().all(|word| below.contains(word)) => Qualifier::UpTo,
        _ if words.iter().all(|word| above.contains(word)) => Qualifier::AtLeast,
        _ => Qualifier::About,
    }
}

/// Amounts order as their digits do.
fn ordered<'a>(amounts: impl Iterator<Item = &'a Amount>) {
    let amounts: Vec<&Amount> = amounts.take(8).collect();
    for one in &amounts {
        for other in &amounts {
            let wanted = columns(one.as_str()).cmp(&columns(other.as_str()));
            assert_eq!(one.cmp(other), wanted, "{one} and {other}");
            assert_eq!(one == other, wanted.is_eq());
        }
    }
}

const PLACES: usize = 28;

/// The digits of a decimal number in 80 columns, the last 28 behind the point.
fn columns(number: &str) -> Vec<u8> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let digits = format!("{whole:0>52}{fraction:0<PLACES$}");
    digits.bytes().map(|digit| digit - b'0').collect()
}

/// Two decimal numbers added column by column.
fn add(one: &str, other: &str) -> String {
    let (one, other) = (columns(one), columns(other));
    let mut carry = 0;
    let mut digits: Vec<u8> = Vec::new();
    for (a, b) in one.iter().zip(&other).rev() {
        let sum = a + b + carry;
        digits.push(b'0' + sum % 10);
        carry = sum / 10;
    }
    digits.reverse();
    let (whole, fraction) = digits.split_at(digits.len() - PLACES);
    let text = |digits: &[u8]| String::from_utf8(digits.to_vec()).unwrap();
    plain(&format!("{}.{}", text(whole), text(fraction)))
}

/// Without needless zeros at either end.
fn plain(number: &str) -> String {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let (whole, fraction) = (
        whole.trim_start_matches('0'),
        fraction.trim_end_matches('0'),
    );
    let whole = if whole.is_empty() { "0" } else { whole };
    let point = if fraction.is_empty() { "" } else { "." };
    format!("{whole}{point}{fraction}")
}
