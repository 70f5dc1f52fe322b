//! Declared money over packages and agreements: what packages are worth as a whole and what their
//! members state are never added to each other; members and residual are.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::headline::Residual;
use super::package::PackageCounts;
use crate::deal::value::money::{Currency, MoneyKind, MoneySums};
use crate::deal::value::quantity::Qualifier;
use crate::deal::value::tally::Tally;

/// Declared money in one currency.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Declared {
    /// The declared values of packages as a whole.
    pub packages: Tally,
    /// Stated of members of packages.
    pub members: Tally,
    /// What is left of the packages' values, as far as the parts do not exceed them; `None` when that
    /// cannot be given exactly.
    pub residual: Option<Residual>,
    /// Packages whose parts exceed their declared value.
    pub exceeded: u64,
    /// Stated of agreements outside packages.
    pub outside: Tally,
    /// Members, residual and agreements outside packages together; `None` when that cannot be given
    /// exactly.
    pub in_all: Option<Tally>,
}

/// Declared money by currency.
#[must_use]
pub fn declared(packages: &[PackageCounts], outside: &MoneySums) -> BTreeMap<Currency, Declared> {
    let mut sums: BTreeMap<Currency, Declared> = BTreeMap::new();
    for package in packages {
        for (currency, tally) in of_declared(&package.apportioned()) {
            let declared = at(&mut sums, currency);
            declared.absorb(|declared| &mut declared.members, tally);
            let whole = package.card.value.as_ref();
            if whole.map(|whole| whole.money.currency()) != Some(currency) {
                declared.add_to_all(tally);
            }
        }
        whole(&mut sums, package);
    }
    for (currency, tally) in of_declared(outside) {
        let declared = at(&mut sums, currency);
        declared.absorb(|declared| &mut declared.outside, tally);
        declared.add_to_all(tally);
    }
    sums
}

fn at(sums: &mut BTreeMap<Currency, Declared>, currency: Currency) -> &mut Declared {
    sums.entry(currency).or_insert_with(|| Declared {
        residual: Some(Residual {
            amount: Decimal::ZERO,
            qualifier: Qualifier::Exact,
        }),
        in_all: Some(Tally::default()),
        ..Declared::default()
    })
}

fn of_declared(sums: &MoneySums) -> impl Iterator<Item = (Currency, &Tally)> {
    let declared = sums
        .iter()
        .filter(|(kind, _, _)| *kind == MoneyKind::Declared);
    declared.map(|(_, currency, tally)| (currency, tally))
}

/// Counts the declared value of a package in. Where the parts do not exceed it, parts and residual
/// are that value, with the qualifier it was declared with; where they do, nothing is left to add.
fn whole(sums: &mut BTreeMap<Currency, Declared>, package: &PackageCounts) {
    let (Some(headline), Some(stated)) = (package.headline(), &package.card.value) else {
        return;
    };
    let money = &stated.money;
    let mut value = Tally::default();
    let added = value.add(money.amount(), money.qualifier());
    let declared = at(sums, headline.currency);
    if added.is_err() {
        (declared.residual, declared.in_all) = (None, None);
        return;
    }
    declared.absorb(|declared| &mut declared.packages, &value);
    match headline.residual {
        None => (declared.residual, declared.in_all) = (None, None),
        Some(left) if left.amount.is_sign_negative() && !left.amount.is_zero() => {
            declared.exceeded = declared.exceeded.saturating_add(1);
            if let Some(parts) = &headline.apportioned {
                declared.add_to_all(parts);
            }
        }
        Some(left) => {
            declared.residual = declared.residual.and_then(|sum| plus(sum, left));
            declared.add_to_all(&value);
        }
    }
    if let Some(beside) = &headline.beside {
        declared.add_to_all(beside);
    }
}

/// Two residuals together, if decimals can hold them without rounding.
fn plus(sum: Residual, more: Residual) -> Option<Residual> {
    let amount = sum.amount.checked_add(more.amount)?;
    let is_exact = amount.checked_sub(more.amount)? == sum.amount;
    is_exact.then(|| Residual {
        amount,
        qualifier: Qualifier::of_sum([sum.qualifier, more.qualifier]),
    })
}

impl Declared {
    fn absorb(&mut self, which: fn(&mut Self) -> &mut Tally, tally: &Tally) {
        if which(self).absorb(tally).is_err() {
            self.in_all = None;
        }
    }

    fn add_to_all(&mut self, tally: &Tally) {
        let is_exact = |all: &mut Tally| all.absorb(tally).is_ok();
        if !self.in_all.as_mut().is_some_and(is_exact) {
            self.in_all = None;
        }
    }
}
