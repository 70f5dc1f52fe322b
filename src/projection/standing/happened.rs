//! The facts of a kind that had happened by a day, in the order in which they are folded.

use chrono::NaiveDate;

use crate::deal::event::Kind;
use crate::deal::state::{Book, Fact};

/// The facts of one kind or several that had happened by a day, in order of (latest day, position).
///
/// Only live facts count; kinds that are not dated hold on every day.
pub fn happened<'a>(book: &'a Book, day: NaiveDate, kinds: &'static [Kind]) -> Vec<&'a Fact> {
    let is_of = |fact: &&Fact| {
        fact.payload()
            .kind()
            .is_some_and(|kind| kinds.contains(&kind))
    };
    let mut facts: Vec<&Fact> = book
        .live()
        .filter(is_of)
        .filter(|fact| fact.happened_by(day))
        .collect();
    facts.sort_by_key(|fact| (fact.current().latest_day(), fact.seq()));
    facts
}
