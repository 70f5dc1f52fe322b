//! A declared value against what the members of its package state of theirs.

use rust_decimal::Decimal;

use crate::deal::event::package_registered::ValueScope;
use crate::deal::value::money::Currency;
use crate::deal::value::quantity::Qualifier;
use crate::deal::value::tally::Tally;

/// A declared value, what is apportioned of it, and what is left.
#[derive(Debug, Clone, PartialEq)]
pub struct Headline {
    /// The currency of the declared value; money in others is not held against it.
    pub currency: Currency,
    /// Which documents the declared value covers.
    pub scope: ValueScope,
    /// As declared.
    pub declared: Decimal,
    /// How the source qualifies it.
    pub qualifier: Qualifier,
    /// Declared money stated of the members it covers; `None` when nothing is apportioned.
    pub apportioned: Option<Tally>,
    /// Declared money in its currency stated of members it does not cover.
    pub beside: Option<Tally>,
    /// How many of the members it covers state declared money in its currency.
    pub with_value: u64,
    /// What is left; `None` when it cannot be given exactly. Below nought when the parts exceed the
    /// declared whole.
    pub residual: Option<Residual>,
}

/// What is left of a declared value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Residual {
    /// How much.
    pub amount: Decimal,
    /// How far it is exact: the declared value's qualifier with those of the parts taken away.
    pub qualifier: Qualifier,
}

/// What is left of a whole when the parts are taken away, if it can be given exactly.
#[must_use]
pub fn residual(whole: Decimal, qualifier: Qualifier, parts: Option<&Tally>) -> Option<Residual> {
    let Some(parts) = parts else {
        return Some(Residual {
            amount: whole,
            qualifier,
        });
    };
    let taken = parts.total().ok()?;
    let amount = whole.checked_sub(taken)?;
    // Decimals round beyond 28 digits; adding back shows whether this one did.
    if amount.checked_add(taken)? != whole {
        return None;
    }
    let taken_away = parts.qualifiers().map(taken_away);
    Some(Residual {
        amount,
        qualifier: Qualifier::of_sum(taken_away.chain([qualifier])),
    })
}

/// The side on which a difference lies when a part so qualified is taken away: what was "up to" an
/// amount leaves at least the rest.
fn taken_away(part: Qualifier) -> Qualifier {
    match part {
        Qualifier::Exact => Qualifier::Exact,
        Qualifier::About => Qualifier::About,
        Qualifier::Almost | Qualifier::Nearly | Qualifier::UpTo => Qualifier::AtLeast,
        Qualifier::AtLeast | Qualifier::Over => Qualifier::UpTo,
    }
}
