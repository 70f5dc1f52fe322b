//! What a thing comes to on every day, each of its days once.

use std::sync::Arc;

use chrono::NaiveDate;

use crate::deal::state::Book;

/// For which days something is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Days {
    /// For one alone; on any other it says the same, which need not be so.
    One(NaiveDate),
    /// For every one.
    All,
}

/// What a book comes to, by the first day from which it comes to that.
#[derive(Debug, Clone, PartialEq)]
pub struct Phased<T>(Box<[(NaiveDate, Arc<T>)]>);

impl<T: PartialEq> Phased<T> {
    /// What `draw` says of a book on each of these days, where that is decided by what had happened by the day alone; `None`
    /// when it says nothing.
    #[must_use]
    pub fn of(book: &Book, days: Days, draw: impl Fn(NaiveDate) -> Option<T>) -> Option<Self> {
        let mut phases: Vec<(NaiveDate, Arc<T>)> = Vec::new();
        match days {
            Days::One(day) => phases.push((NaiveDate::MIN, Arc::new(draw(day)?))),
            Days::All => {
                for day in changes(book) {
                    let drawn = draw(day)?;
                    if phases.last().is_none_or(|(_, last)| **last != drawn) {
                        phases.push((day, Arc::new(drawn)));
                    }
                }
            }
        }
        Some(Self(Box::from(phases.as_slice())))
    }

    /// Everything it ever comes to, in the order of the days.
    pub fn each(&self) -> impl Iterator<Item = &T> {
        self.0.iter().map(|(_, drawn)| drawn.as_ref())
    }

    /// What it comes to on a day.
    #[must_use]
    pub fn on(&self, day: NaiveDate) -> Option<&Arc<T>> {
        let later = self.0.partition_point(|(from, _)| *from <= day);
        self.0.get(later.checked_sub(1)?).map(|(_, drawn)| drawn)
    }
}

/// The first day of all, and every day on which a fact had happened that had not the day before.
pub(super) fn changes(book: &Book) -> Vec<NaiveDate> {
    let dated = book.live().filter(|fact| fact.is_dated());
    let happened = dated.map(|fact| fact.current().latest_day());
    let mut days: Vec<NaiveDate> = happened.chain([NaiveDate::MIN]).collect();
    days.sort_unstable();
    days.dedup();
    days
}
