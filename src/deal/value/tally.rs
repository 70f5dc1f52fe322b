//! Exact sums of decimal amounts that can be taken apart again.

#[cfg(test)]
mod tests;

use super::amount::Amount;
use super::quantity::{Qualifier, Quantity, Unit};
use rust_decimal::Decimal;

/// One unit of the whole part, in units of the last place of the fraction.
const ONE: u128 = 10_u128.pow(Amount::MAX_DIGITS as u32);

/// A running sum of qualified amounts of one unit.
///
/// Whole and fractional parts are added apart in integers. A decimal of 28 digits would have to
/// round, and would then depend on the order and not come back when an amount is taken away; this
/// is exact for more amounts than a ledger can hold (each part is below 10^28, the sums below 10^38).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    whole: u128,
    fraction: u128,
    /// How many came with each qualifier, in the order of [`Qualifier::ALL`].
    counts: [u64; Qualifier::ALL.len()],
}

impl Tally {
    /// Counts an amount in.
    ///
    /// # Errors
    /// If the sum leaves what can be added exactly; nothing is changed then.
    pub fn add(&mut self, amount: &Amount, qualifier: Qualifier) -> Result<(), SumError> {
        let (whole, fraction) = parts(amount)?;
        let whole = self.whole.checked_add(whole).ok_or(SumError::TooLarge)?;
        let fraction = self
            .fraction
            .checked_add(fraction)
            .ok_or(SumError::TooLarge)?;
        let count = self.count_of(qualifier);
        *count = count.checked_add(1).ok_or(SumError::TooLarge)?;
        (self.whole, self.fraction) = (whole, fraction);
        Ok(())
    }

    /// Takes an amount out again.
    ///
    /// # Errors
    /// If it cannot have been counted in; nothing is changed then.
    pub fn remove(&mut self, amount: &Amount, qualifier: Qualifier) -> Result<(), SumError> {
        let (whole, fraction) = parts(amount)?;
        let whole = self.whole.checked_sub(whole).ok_or(SumError::NotCounted)?;
        let fraction = self
            .fraction
            .checked_sub(fraction)
            .ok_or(SumError::NotCounted)?;
        let count = self.count_of(qualifier);
        *count = count.checked_sub(1).ok_or(SumError::NotCounted)?;
        (self.whole, self.fraction) = (whole, fraction);
        Ok(())
    }

    /// Counts in all that another tally of the same unit counted in.
    ///
    /// # Errors
    /// If the sum leaves what can be added exactly; nothing is changed then.
    pub fn absorb(&mut self, other: &Self) -> Result<(), SumError> {
        let add = |mine: u128, theirs: u128| mine.checked_add(theirs).ok_or(SumError::TooLarge);
        let whole = add(self.whole, other.whole)?;
        let fraction = add(self.fraction, other.fraction)?;
        let mut counts = self.counts;
        for (count, more) in counts.iter_mut().zip(other.counts) {
            *count = count.checked_add(more).ok_or(SumError::TooLarge)?;
        }
        *self = Self {
            whole,
            fraction,
            counts,
        };
        Ok(())
    }

    /// How many amounts are counted in.
    pub fn count(&self) -> u64 {
        let counts = self.counts.iter();
        counts.fold(0, |sum, count| sum.saturating_add(*count))
    }

    /// Whether nothing is counted in: then there is no sum to print, not a sum of zero.
    pub fn is_empty(&self) -> bool {
        self.counts.iter().all(|count| *count == 0)
    }

    /// The qualifiers that amounts came with, in order.
    pub fn qualifiers(&self) -> impl Iterator<Item = Qualifier> {
        let all = Qualifier::ALL.into_iter().zip(self.counts);
        all.filter(|(_, count)| *count > 0)
            .map(|(qualifier, _)| qualifier)
    }

    fn count_of(&mut self, qualifier: Qualifier) -> &mut u64 {
        let [exact, about, almost, nearly, at_least, over, up_to] = &mut self.counts;
        match qualifier {
            Qualifier::Exact => exact,
            Qualifier::About => about,
            Qualifier::Almost => almost,
            Qualifier::Nearly => nearly,
            Qualifier::AtLeast => at_least,
            Qualifier::Over => over,
            Qualifier::UpTo => up_to,
        }
    }

    /// The sum, without needless zeros at the end.
    ///
    /// # Errors
    /// If it has more digits than a decimal holds exactly.
    pub fn total(&self) -> Result<Decimal, SumError> {
        let carry = self.fraction.checked_div(ONE).unwrap_or(0);
        let whole = self.whole.checked_add(carry).ok_or(SumError::TooLarge)?;
        let fraction = self.fraction.checked_rem(ONE).unwrap_or(0);
        let text = format!("{whole}.{fraction:028}");
        let text = text.trim_end_matches('0').trim_end_matches('.');
        Decimal::from_str_exact(text).map_err(|_| SumError::TooLarge)
    }

    /// The qualifier of the sum. Almost, nearly and up to bound it from above, over and at least
    /// from below; one side (or exact) keeps that side, both sides or any about give about.
    pub fn qualifier(&self) -> Qualifier {
        Qualifier::of_sum(self.qualifiers())
    }
}

/// One tally a key, such as a unit, in the keys' order; a key is there as long as something is counted in. There are few.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tallies<K>(Vec<(K, Tally)>);

impl<K> Default for Tallies<K> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<K: Ord + Clone> Tallies<K> {
    pub(super) fn add(
        &mut self,
        key: &K,
        amount: &Amount,
        qualifier: Qualifier,
    ) -> Result<(), SumError> {
        match self.find(key) {
            Ok(place) => match self.0.get_mut(place) {
                Some((_, tally)) => tally.add(amount, qualifier),
                None => Err(SumError::NotCounted),
            },
            Err(place) => {
                let mut tally = Tally::default();
                tally.add(amount, qualifier)?;
                self.0.insert(place, (key.clone(), tally));
                Ok(())
            }
        }
    }

    /// Counts in all that another tally of a key counted in.
    pub(super) fn absorb(&mut self, key: &K, tally: &Tally) -> Result<(), SumError> {
        match self.find(key) {
            Ok(place) => match self.0.get_mut(place) {
                Some((_, mine)) => mine.absorb(tally),
                None => Err(SumError::NotCounted),
            },
            Err(place) => {
                self.0.insert(place, (key.clone(), tally.clone()));
                Ok(())
            }
        }
    }

    pub(super) fn remove(
        &mut self,
        key: &K,
        amount: &Amount,
        qualifier: Qualifier,
    ) -> Result<(), SumError> {
        let place = self.find(key).map_err(|_| SumError::NotCounted)?;
        let (_, tally) = self.0.get_mut(place).ok_or(SumError::NotCounted)?;
        tally.remove(amount, qualifier)?;
        if tally.is_empty() {
            self.0.remove(place);
        }
        Ok(())
    }

    fn find(&self, key: &K) -> Result<usize, usize> {
        self.0.binary_search_by(|(other, _)| other.cmp(key))
    }

    pub(super) fn get(&self, key: &K) -> Option<&Tally> {
        let (_, tally) = self.0.get(self.find(key).ok()?)?;
        Some(tally)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&K, &Tally)> {
        self.0.iter().map(|(key, tally)| (key, tally))
    }
}

/// Sums of quantities, one per unit; different units never add up, and what is unknown is counted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct QuantitySum {
    units: Tallies<Unit>,
    unknown: u64,
}

impl QuantitySum {
    /// Counts a quantity in.
    ///
    /// # Errors
    /// If the sum leaves what can be added exactly; nothing is changed then.
    pub fn add(&mut self, quantity: &Quantity) -> Result<(), SumError> {
        self.units
            .add(&quantity.unit, &quantity.amount, quantity.qualifier)
    }

    /// Takes a quantity out again.
    ///
    /// # Errors
    /// If it cannot have been counted in; nothing is changed then.
    pub fn remove(&mut self, quantity: &Quantity) -> Result<(), SumError> {
        self.units
            .remove(&quantity.unit, &quantity.amount, quantity.qualifier)
    }

    /// Counts one whose amount is not known.
    ///
    /// # Errors
    /// If there are more than can be counted.
    pub fn add_unknown(&mut self) -> Result<(), SumError> {
        self.unknown = self.unknown.checked_add(1).ok_or(SumError::TooLarge)?;
        Ok(())
    }

    /// Takes an unknown one out again.
    ///
    /// # Errors
    /// If none was counted.
    pub fn remove_unknown(&mut self) -> Result<(), SumError> {
        self.unknown = self.unknown.checked_sub(1).ok_or(SumError::NotCounted)?;
        Ok(())
    }

    /// How many are not known.
    pub fn unknown(&self) -> u64 {
        self.unknown
    }

    /// The sum of one unit; `None` if nothing was counted.
    pub fn get(&self, unit: &Unit) -> Option<&Tally> {
        self.units.get(unit)
    }

    /// The sums by unit.
    pub fn iter(&self) -> impl Iterator<Item = (&Unit, &Tally)> {
        self.units.iter()
    }
}

/// Whole part and fraction, the latter in units of the 28th place.
fn parts(amount: &Amount) -> Result<(u128, u128), SumError> {
    // The value stands beside the text, which lies elsewhere in memory.
    let value = amount.decimal();
    let digits = value.mantissa().unsigned_abs();
    if value.scale() == 0 {
        return Ok((digits, 0));
    }
    let (Some(one), Some(unit)) = (
        10_u128.checked_pow(value.scale()),
        ONE.checked_div(10_u128.saturating_pow(value.scale())),
    ) else {
        return Err(SumError::TooLarge);
    };
    let whole = digits.checked_div(one).ok_or(SumError::TooLarge)?;
    let rest = digits.checked_rem(one).ok_or(SumError::TooLarge)?;
    let fraction = rest.checked_mul(unit).ok_or(SumError::TooLarge)?;
    Ok((whole, fraction))
}

/// Why a sum could not be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SumError {
    /// Beyond exact arithmetic.
    #[error(
        "the sum has more digits than can be added exactly; look for an amount with a wrong unit"
    )]
    TooLarge,
    /// Not counted in before.
    #[error("the amount to take out was never counted in; rebuild the read models")]
    NotCounted,
}
