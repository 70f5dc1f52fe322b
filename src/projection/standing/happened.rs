//! The facts that had happened by a day, in the order in which they are folded.

use chrono::NaiveDate;

use crate::deal::event::Kind;
use crate::deal::state::{Book, Fact};

/// The facts of a book that had happened by a day, in order of (latest day, position); put in order once, for all who ask.
///
/// Only live facts count; kinds that are not dated hold on every day.
#[derive(Debug, Clone)]
pub struct Happened<'a> {
    /// The book.
    pub book: &'a Book,
    facts: Vec<(Kind, &'a Fact)>,
}

impl<'a> Happened<'a> {
    /// What had happened by the end of a day.
    #[must_use]
    pub fn by(book: &'a Book, day: NaiveDate) -> Self {
        let live = book.live().filter(|fact| fact.happened_by(day));
        let known = live.filter_map(|fact| Some((fact.payload().kind()?, fact)));
        let mut facts: Vec<(Kind, &Fact)> = known.collect();
        facts.sort_by_cached_key(|(_, fact)| (fact.current().latest_day(), fact.seq()));
        Self { book, facts }
    }

    /// All of them.
    pub fn all(&self) -> impl Iterator<Item = &'a Fact> {
        self.facts.iter().map(|(_, fact)| *fact)
    }

    /// Those of one kind or several.
    pub fn of(&self, kinds: &'static [Kind]) -> impl Iterator<Item = &'a Fact> {
        let wanted = move |(kind, _): &&(Kind, &'a Fact)| kinds.contains(kind);
        self.facts.iter().filter(wanted).map(|(_, fact)| *fact)
    }
}
