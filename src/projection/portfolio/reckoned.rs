//! Packages, as far as rates are reckoned over them.

use std::convert::Infallible;

use super::documents::Count;
use crate::deal::event::package_registered::DeclaredValue;
use crate::deal::value::ids::StreamId;
use crate::deal::value::money::Currency;

/// A package, as far as rates are reckoned over it.
pub trait Reckoned {
    /// Its stream.
    fn id(&self) -> StreamId;
    /// Its practical documents, and how many of the declared ones are gone from it.
    fn practical(&self) -> (Count, u64);
    /// What it was declared to be worth.
    fn value(&self) -> Option<&DeclaredValue>;
    /// Whether members that count state declared money in a currency other than that of its declared value.
    fn apportions_beside(&self, currency: Currency) -> bool;
}

/// No package at all.
impl Reckoned for Infallible {
    fn id(&self) -> StreamId {
        match *self {}
    }

    fn practical(&self) -> (Count, u64) {
        match *self {}
    }

    fn value(&self) -> Option<&DeclaredValue> {
        match *self {}
    }

    fn apportions_beside(&self, _: Currency) -> bool {
        match *self {}
    }
}
