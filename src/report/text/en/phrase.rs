//! Small joints of sentences: plural, capitals, the full stop.

use std::fmt::{self, Display};

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
        Some(first) => joined(first.to_uppercase(), letters.as_str()),
        None => String::new(),
    }
}

fn joined(first: impl Iterator<Item = char>, rest: &str) -> String {
    let mut words = String::with_capacity(rest.len().saturating_add(8));
    words.extend(first);
    words.push_str(rest);
    words
}

/// The sentence with a full stop, unless it ends with one, be it inside a quotation.
pub(super) fn stopped(words: &str) -> impl Display {
    let end = words.strip_suffix('\u{201d}').unwrap_or(words);
    let stop = if end.ends_with(['.', '!', '?']) {
        ""
    } else {
        "."
    };
    fmt::from_fn(move |out| write!(out, "{words}{stop}"))
}

/// The phrase with its first letter small.
pub(super) fn lower(words: &str) -> String {
    let mut letters = words.chars();
    match letters.next() {
        Some(first) => joined(first.to_lowercase(), letters.as_str()),
        None => String::new(),
    }
}

pub(super) fn is_or_are(count: u64) -> &'static str {
    if count == 1 { "is" } else { "are" }
}
