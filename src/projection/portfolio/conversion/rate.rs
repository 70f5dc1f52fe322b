//! What a definition of conversion comes to.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use crate::deal::event::agreement_registered::Instrument;
use crate::deal::policy::Conversion;
use crate::deal::value::ids::StreamId;
use crate::deal::value::money::Currency;
use crate::deal::value::quantity::Qualifier;

/// One definition's answer.
#[derive(Debug, Clone)]
pub struct Rate<'a> {
    /// The definition.
    pub definition: &'a Conversion,
    /// Who is counted against whom.
    pub denominator: Denominator,
    /// How many agreements meet the definition.
    pub numerator: u64,
    /// Which they are, by stream; nobody where they were counted only.
    pub converted: Vec<StreamId>,
    /// The registered agreements of the denominator by instrument. Those not registered have none.
    pub by_instrument: BTreeMap<Instrument, Share>,
    /// By declared value, per currency; empty when nothing is apportioned: it cannot be computed.
    pub by_value: Vec<ValueShare>,
    /// The currencies in which something is apportioned and there is no share, with the reason.
    pub without_share: Vec<(Currency, NoShare)>,
}

/// Why there is no share by value in a currency in which something is apportioned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoShare {
    /// A package whose members state values in the currency declares none in it itself.
    NoWhole,
    /// The declared value in all is nought.
    OfNothing,
    /// The amounts have too many digits.
    TooLarge,
}

/// Who is counted against whom.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Denominator {
    /// How many in all; `None` when a declared count is not known: the rate cannot be computed.
    pub value: Option<u64>,
    /// Registered practical agreements among them.
    pub registered: u64,
    /// Declared and not registered; `None` when a declared count is not known.
    pub unregistered: Option<u64>,
    /// The packages whose practical count is not known.
    pub unknown: Vec<StreamId>,
}

/// Some of a group of registered agreements.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Share {
    /// How many meet the definition.
    pub converted: u64,
    /// How many there are.
    pub of: u64,
}

/// Conversion by declared value in one currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ValueShare {
    /// The currency.
    pub currency: Currency,
    /// Declared value of the agreements that meet the definition.
    pub converted: Decimal,
    /// How the sources qualify it.
    pub converted_qualifier: Qualifier,
    /// Declared value in all: of packages as declared, of agreements outside packages as stated.
    pub of: Decimal,
    /// How the sources qualify it.
    pub of_qualifier: Qualifier,
    /// Whether a package's declared value covers other than practical documents, or may.
    pub covers_others: bool,
}
