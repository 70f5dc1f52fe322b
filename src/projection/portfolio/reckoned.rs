//! Packages, as far as rates are reckoned over them.

use std::convert::Infallible;

use super::documents::Documents;
use super::package_card::PackageCard;
use crate::deal::value::money::Currency;

/// A package, as far as rates are reckoned over it.
pub trait Reckoned {
    /// What it says of itself.
    fn card(&self) -> &PackageCard;
    /// Its documents.
    fn documents(&self) -> &Documents;
    /// Whether members that count state declared money in a currency other than that of its declared value.
    fn apportions_beside(&self, currency: Currency) -> bool;
}

/// No package at all.
impl Reckoned for Infallible {
    fn card(&self) -> &PackageCard {
        match *self {}
    }

    fn documents(&self) -> &Documents {
        match *self {}
    }

    fn apportions_beside(&self, _: Currency) -> bool {
        match *self {}
    }
}
