//! Words made safe for a spreadsheet, which runs cells that look like formulas.

use std::borrow::Cow;

use crate::export::plain::clean;

/// The words on one line; behind an apostrophe if a spreadsheet might take them for a formula.
pub(in crate::export) fn safe(words: &str) -> String {
    let shown = clean(words);
    let shown = if is_formula(&shown) || is_formula(words) {
        Cow::Owned(format!("'{shown}"))
    } else {
        Cow::Borrowed(shown.as_str())
    };
    shown.into_owned()
}

/// Whether a spreadsheet might compute it: it leads with an operator, seen past blanks and marks that
/// cannot be seen, and is no plain number.
fn is_formula(words: &str) -> bool {
    if words.starts_with(['\t', '\r', '\n']) {
        return true;
    }
    let seen = words.trim_start_matches(unseen);
    // Some programs read the wide letters of Chinese and Japanese keyboards as the narrow ones.
    let operators = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];
    seen.starts_with(operators) && !is_number(words)
}

fn unseen(letter: char) -> bool {
    letter.is_whitespace()
        || matches!(letter, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}' | '\u{feff}' | '\u{fffd}')
        || letter.is_control()
}

/// A decimal number with a sign, such as -12.50, -1,234,567 or -3 %.
fn is_number(words: &str) -> bool {
    let unsigned = words.strip_prefix(['-', '+']).unwrap_or(words);
    let unsigned = unsigned.strip_suffix('%').unwrap_or(unsigned).trim_end();
    let (whole, fraction) = match unsigned.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (unsigned, None),
    };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let mut groups = whole.split(',');
    let first = groups.next().unwrap_or_default();
    let grouped = groups.clone().next().is_some();
    digits(first)
        && (!grouped || first.len() <= 3)
        && groups.all(|group| group.len() == 3 && digits(group))
        && fraction.is_none_or(digits)
}
