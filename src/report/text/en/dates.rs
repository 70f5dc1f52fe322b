//! Days in English: "17 April 2025", never a number for a month.

use std::fmt::{self, Display};

use chrono::{Datelike, NaiveDate};

use crate::deal::value::when::{Part, Precision, Shape, When};
use crate::report::text::pack::Tense;

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// "17 April 2025", where it is written.
pub(super) fn day(day: NaiveDate) -> impl Display {
    fmt::from_fn(move |out| write!(out, "{} {}", day.day(), month(day)))
}

/// "April 2025".
fn month(day: NaiveDate) -> impl Display {
    fmt::from_fn(move |out| write!(out, "{} {}", name(day), day.year()))
}

/// "April".
fn name(day: NaiveDate) -> &'static str {
    let index = usize::try_from(day.month0()).ok();
    let name = index.and_then(|index| MONTHS.get(index));
    name.copied().unwrap_or_default()
}

/// "17 to 26 April 2025", the parts that both days share said once.
pub(super) fn span(from: NaiveDate, to: NaiveDate, word: &str) -> String {
    if from == to {
        return day(from).to_string();
    }
    if from.year() != to.year() {
        return format!("{} {word} {}", day(from), day(to));
    }
    if from.month() != to.month() {
        return format!("{} {} {word} {}", from.day(), name(from), day(to));
    }
    format!("{} {word} {}", from.day(), day(to))
}

/// When something was or will be, as it stands in a sentence after its verb.
pub(super) fn when(when: &When, tense: Tense) -> String {
    match (when.shape(), tense) {
        (Shape::Within(part), Tense::Named) => within(part).to_string(),
        (Shape::Within(part), _) if part.is_approximate() => within(part).to_string(),
        (Shape::Within(part), _) => match part.precision() {
            Precision::Day => format!("on {}", within(part)),
            Precision::Month | Precision::Year => format!("in {}", within(part)),
        },
        (Shape::Between(from, to), Tense::Lasted) => format!("from {}", between(from, to, "to")),
        (Shape::Between(from, to), _) => format!("between {}", between(from, to, "and")),
        (Shape::From(part), Tense::Expected) => format!("some time from {} on", within(part)),
        (Shape::From(part), _) => format!("from {} on", within(part)),
        (Shape::By(part), Tense::Expected) => format!("by {}", end_of(part)),
        (Shape::By(part), _) => format!("by {} (day not in the source)", end_of(part)),
    }
}

fn within(part: Part) -> impl Display {
    let about = if part.is_approximate() { "about " } else { "" };
    let first = part.first();
    fmt::from_fn(move |out| match part.precision() {
        Precision::Day => write!(out, "{about}{}", day(first)),
        Precision::Month => write!(out, "{about}{}", month(first)),
        Precision::Year => write!(out, "{about}{}", first.year()),
    })
}

fn between(from: Part, to: Part, word: &str) -> String {
    let exact = !from.is_approximate() && !to.is_approximate();
    if exact && from.precision() == Precision::Day && to.precision() == Precision::Day {
        return span(from.first(), to.first(), word);
    }
    format!("{} {word} {}", within(from), within(to))
}

fn end_of(part: Part) -> String {
    match part.precision() {
        Precision::Day => within(part).to_string(),
        Precision::Month | Precision::Year => format!("the end of {}", within(part)),
    }
}
