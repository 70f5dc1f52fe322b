//! Small joints of sentences: plural, capitals, the full stop.

use super::numbers;

/// "1 step", "2 steps".
pub(super) fn counted(number: u64, one: &str, many: &str) -> String {
    let noun = if number == 1 { one } else { many };
    format!("{} {noun}", numbers::whole(number))
}

/// The phrase with its first letter in capitals.
pub(super) fn capital(words: &str) -> String {
    let mut letters = words.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => String::new(),
    }
}

/// The sentence with a full stop, unless it ends with one, be it inside a quotation.
pub(super) fn stopped(words: &str) -> String {
    let end = words.strip_suffix('\u{201d}').unwrap_or(words);
    let stop = if end.ends_with(['.', '!', '?']) {
        ""
    } else {
        "."
    };
    format!("{words}{stop}")
}

/// The phrase with its first letter small.
pub(super) fn lower(words: &str) -> String {
    let mut letters = words.chars();
    match letters.next() {
        Some(first) => first.to_lowercase().chain(letters).collect(),
        None => String::new(),
    }
}

pub(super) fn is_or_are(count: u64) -> &'static str {
    if count == 1 { "is" } else { "are" }
}
