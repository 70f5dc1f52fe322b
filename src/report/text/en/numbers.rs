//! Numbers in English. They are exact: nothing is ever rounded, so "USD 335 million" is said only
//! where the amount is precisely that.

use rust_decimal::Decimal;

use crate::deal::value::money::{Currency, Money};
use crate::deal::value::quantity::{Qualifier, Quantity};

/// How many digits a shortened amount may have after the point: "2.5 million", "1.25 billion".
const SHORT_FRACTION: usize = 2;

/// "1,234".
pub(super) fn whole(number: u64) -> String {
    grouped(&number.to_string())
}

/// "almost USD 335 million".
pub(super) fn money(currency: Currency, amount: &str, qualifier: Qualifier) -> String {
    qualified(qualifier, &format!("{currency} {}", scaled(amount)))
}

/// "almost USD 335 million", as stated.
pub(super) fn stated(sum: &Money) -> String {
    money(sum.currency(), sum.amount().as_str(), sum.qualifier())
}

/// "USD 335 million", of a sum.
pub(super) fn sum(currency: Currency, amount: &Decimal, qualifier: Qualifier) -> String {
    let text = amount.to_string();
    match text.strip_prefix('-') {
        // What is over minus 5 is less than 5 below nought.
        Some(size) => format!("minus {}", money(currency, size, mirrored(qualifier))),
        None => money(currency, &text, qualifier),
    }
}

/// "over 1,250,000", to stand in a column of amounts.
pub(super) fn exactly(amount: &Decimal, qualifier: Qualifier) -> String {
    let text = amount.to_string();
    let (sign, size, qualifier) = match text.strip_prefix('-') {
        Some(size) => ("minus ", size, mirrored(qualifier)),
        None => ("", text.as_str(), qualifier),
    };
    let (whole, fraction) = size.split_once('.').unwrap_or((size, ""));
    let point = if fraction.is_empty() { "" } else { "." };
    let words = format!("{}{point}{fraction}", grouped(whole));
    format!("{sign}{}", qualified(qualifier, &words))
}

/// How the size of a negative amount is qualified.
fn mirrored(qualifier: Qualifier) -> Qualifier {
    match qualifier {
        Qualifier::Almost | Qualifier::Nearly | Qualifier::UpTo => Qualifier::AtLeast,
        Qualifier::AtLeast | Qualifier::Over => Qualifier::UpTo,
        either @ (Qualifier::Exact | Qualifier::About) => either,
    }
}

/// "almost 3 ha".
pub(super) fn quantity(quantity: &Quantity) -> String {
    let unit = match quantity.unit.as_str() {
        "m2" => "m²",
        "m3" => "m³",
        "%" => "%",
        other => other,
    };
    let amount = scaled(quantity.amount.as_str());
    qualified(quantity.qualifier, &format!("{amount} {unit}"))
}

fn qualified(qualifier: Qualifier, words: &str) -> String {
    let word = match qualifier {
        Qualifier::Exact => return words.to_owned(),
        Qualifier::About => "about",
        Qualifier::Almost => "almost",
        Qualifier::Nearly => "nearly",
        Qualifier::AtLeast => "at least",
        Qualifier::Over => "over",
        Qualifier::UpTo => "up to",
    };
    format!("{word} {words}")
}

/// "335 million" for 335000000, "1,234,567" for itself.
fn scaled(amount: &str) -> String {
    let (whole, fraction) = amount.split_once('.').unwrap_or((amount, ""));
    let plain = || {
        let point = if fraction.is_empty() { "" } else { "." };
        format!("{}{point}{fraction}", grouped(whole))
    };
    if !fraction.is_empty() {
        return plain();
    }
    [("billion", 9), ("million", 6)]
        .into_iter()
        .find_map(|(word, zeros)| shortened(whole, zeros).map(|short| format!("{short} {word}")))
        .unwrap_or_else(plain)
}

/// The digits with the point moved left, if little enough is left behind it.
fn shortened(whole: &str, zeros: usize) -> Option<String> {
    let (head, tail) = whole.split_at_checked(whole.len().checked_sub(zeros)?)?;
    let fraction = tail.trim_end_matches('0');
    if head.is_empty() || fraction.len() > SHORT_FRACTION {
        return None;
    }
    let point = if fraction.is_empty() { "" } else { "." };
    Some(format!("{}{point}{fraction}", grouped(head)))
}

fn grouped(digits: &str) -> String {
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        let left = digits.len().saturating_sub(at);
        if at > 0 && left.is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}
