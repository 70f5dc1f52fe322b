//! What a package says of itself on a day, without the book it was read from.

use chrono::NaiveDate;

use super::card::{Remarks, count};
use crate::deal::event::agreement_registered::Class;
use crate::deal::event::package_registered::{DeclaredCounts, DeclaredValue};
use crate::deal::state::Book;
use crate::deal::value::ids::{Ref, StreamId};
use crate::deal::value::money::MoneySums;
use crate::projection::description;
use crate::projection::ledger::LedgerModel;
use crate::projection::standing::follow_up::expectations;
use crate::projection::standing::values::values;

/// A registered package on a day, in figures of its own.
#[derive(Debug, Clone, PartialEq)]
pub struct PackageCard {
    /// Its stream.
    pub id: StreamId,
    /// Its reference.
    pub reference: Ref,
    /// How many documents were declared.
    pub declared: DeclaredCounts,
    /// What they were declared to be worth together.
    pub value: Option<DeclaredValue>,
    /// Where it was signed or announced.
    pub occasion: Option<StreamId>,
    /// Money stated of the package as a whole, beside its declared value.
    pub own: MoneySums,
    /// How many expectations of the package as a whole are open.
    pub expectations: u32,
    /// What is said of it beside its facts.
    pub remarks: Remarks,
}

impl PackageCard {
    /// The card of a package; `None` unless its registration stands.
    #[must_use]
    pub fn of(book: &Book, ledger: &LedgerModel, day: NaiveDate) -> Option<Self> {
        let info = description::package(book).filter(|_| book.is_registered())?;
        let interval = ledger.track(Class::Practical).review_interval_days;
        let expected = expectations(book, interval, day, &[]);
        Some(Self {
            id: book.id,
            reference: info.reference.clone(),
            declared: info.declared_counts.value.clone(),
            value: info.declared_value.map(|stated| stated.value.clone()),
            occasion: info.occasion.map(|stated| *stated.value),
            own: values(book, day).sums(),
            expectations: count(expected.iter().filter(|one| one.is_open())),
            remarks: Remarks::of(book, day),
        })
    }
}
