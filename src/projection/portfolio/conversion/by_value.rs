//! Conversion by declared value: what the wholes come to, and the parts of those that meet a definition.

use rust_decimal::Decimal;

use super::super::reckoned::Reckoned;
use super::rate::{NoShare, ValueShare};
use crate::deal::event::package_registered::ValueScope;
use crate::deal::value::money::{Currency, MoneyKind, MoneySums};
use crate::deal::value::quantity::Qualifier;

/// Declared value in all in one currency: of packages as declared, of agreements outside packages as stated.
#[derive(Debug, Clone, Copy)]
pub(super) struct Whole {
    of: Decimal,
    qualifier: Qualifier,
    covers_others: bool,
}

/// The wholes in every currency in which something is apportioned; where a whole is not known or cannot be given exactly, why.
pub(super) fn wholes<'p, P: Reckoned + 'p>(
    packages: impl Iterator<Item = &'p P> + Clone,
    apportioned: &MoneySums,
    outside: &MoneySums,
) -> Vec<(Currency, Result<Whole, NoShare>)> {
    let declared = apportioned.iter();
    let declared = declared.filter(|(kind, _, _)| *kind == MoneyKind::Declared);
    let whole = |(_, currency, _)| (currency, whole(packages.clone(), outside, currency));
    declared.map(whole).collect()
}

fn whole<'p, P: Reckoned + 'p>(
    packages: impl Iterator<Item = &'p P> + Clone,
    outside: &MoneySums,
    currency: Currency,
) -> Result<Whole, NoShare> {
    let mut wholes = Vec::new();
    for package in packages {
        match &package.card().value {
            Some(declared) if declared.money.currency() == currency => wholes.push(declared),
            // A package without a declared value in the currency has no whole for its members' parts.
            _ if package.apportions_beside(currency) => return Err(NoShare::NoWhole),
            _ => {}
        }
    }
    let (mut of, qualifier) = declared(outside, currency).ok_or(NoShare::TooLarge)?;
    for declared in &wholes {
        let amount = declared.money.amount().decimal();
        of = of.checked_add(amount).ok_or(NoShare::TooLarge)?;
    }
    if of.is_zero() {
        return Err(NoShare::OfNothing);
    }
    let qualifiers = wholes.iter().map(|declared| declared.money.qualifier());
    let mut scopes = wholes.iter().map(|declared| declared.scope);
    Ok(Whole {
        of,
        qualifier: Qualifier::of_sum(qualifiers.chain([qualifier])),
        covers_others: !scopes.all(|scope| scope == ValueScope::Practical),
    })
}

/// The shares in all currencies of those that state `mine` together, and the currencies in which there is none, with the reason.
pub(super) fn by_value(
    wholes: &[(Currency, Result<Whole, NoShare>)],
    mine: &MoneySums,
) -> (Vec<ValueShare>, Vec<(Currency, NoShare)>) {
    let (mut shares, mut without) = (Vec::new(), Vec::new());
    for (currency, whole) in wholes {
        let mine = declared(mine, *currency).ok_or(NoShare::TooLarge);
        match whole.and_then(|whole| Ok((whole, mine?))) {
            Ok((whole, (converted, converted_qualifier))) => shares.push(ValueShare {
                currency: *currency,
                converted,
                converted_qualifier,
                of: whole.of,
                of_qualifier: whole.qualifier,
                covers_others: whole.covers_others,
            }),
            Err(why) => without.push((*currency, why)),
        }
    }
    (shares, without)
}

/// The declared money of a currency in sums; `None` when it cannot be given exactly.
fn declared(sums: &MoneySums, currency: Currency) -> Option<(Decimal, Qualifier)> {
    match sums.get(MoneyKind::Declared, currency) {
        Some(tally) => Some((tally.total().ok()?, tally.qualifier())),
        None => Some((Decimal::ZERO, Qualifier::Exact)),
    }
}
