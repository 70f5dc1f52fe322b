//! Money and figures stated of one thing, as they stand on a day.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::happened::Happened;
use crate::deal::event::figure_stated::FigureStated;
use crate::deal::event::{Kind, Payload};
use crate::deal::state::{Book, Fact};
use crate::deal::value::ids::StreamKind;
use crate::deal::value::money::{Currency, Money, MoneyKind, MoneyMode, MoneySums};

/// Money that stands, by kind and currency; these never add up with each other.
#[derive(Debug, Clone, Default)]
pub struct Values<'a> {
    standing: BTreeMap<(MoneyKind, Currency), Vec<StatedMoney<'a>>>,
}

/// An amount and the fact that states it.
#[derive(Debug, Clone, Copy)]
pub struct StatedMoney<'a> {
    /// The fact.
    pub fact: &'a Fact,
    /// How much, of which kind.
    pub money: &'a Money,
}

/// A figure and the fact that states it.
#[derive(Debug, Clone, Copy)]
pub struct Figure<'a> {
    /// The fact.
    pub fact: &'a Fact,
    /// What is counted, how many, promised or realised.
    pub data: &'a FigureStated,
}

impl<'a> Values<'a> {
    /// The amounts that stand, by kind, then currency. Several amounts of one kind and currency are
    /// an amount to date and the instalments after it, and add up.
    pub fn iter(&self) -> impl Iterator<Item = (MoneyKind, Currency, &[StatedMoney<'a>])> {
        self.standing
            .iter()
            .map(|((kind, currency), stated)| (*kind, *currency, stated.as_slice()))
    }

    /// The amounts that stand of one kind and currency.
    #[must_use]
    pub fn get(&self, kind: MoneyKind, currency: Currency) -> &[StatedMoney<'a>] {
        self.standing
            .get(&(kind, currency))
            .map_or(&[], Vec::as_slice)
    }

    /// Whether nothing stands.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.standing.is_empty()
    }

    /// Counts what stands into sums.
    pub fn add_to(&self, sums: &mut MoneySums) {
        for kind in MoneyKind::ALL {
            self.add_kind_to(kind, sums);
        }
    }

    /// Counts what stands of one kind into sums.
    pub fn add_kind_to(&self, kind: MoneyKind, sums: &mut MoneySums) {
        let of_kind = self.standing.iter().filter(|((of, _), _)| *of == kind);
        for stated in of_kind.flat_map(|(_, stated)| stated) {
            if sums.add(stated.money).is_err() {
                // No ledger that fits a disk reaches this; were it reached, the amount would be
                // counted among the unknown and shown, not lost.
                let _ = sums.add_unknown(stated.money.kind());
            }
        }
    }

    /// The sums of what stands.
    #[must_use]
    pub fn sums(&self) -> MoneySums {
        let mut sums = MoneySums::default();
        self.add_to(&mut sums);
        sums
    }
}

/// The money stated of a thing by a day. Contributed and realised money: an amount to date replaces
/// what was stated before it, an instalment adds. Of other kinds the latest of each currency stands.
#[must_use]
pub fn values(book: &Book, day: NaiveDate) -> Values<'_> {
    values_of(&Happened::by(book, day))
}

/// The money stated of a thing, of all that had happened.
pub(super) fn values_of<'a>(happened: &Happened<'a>) -> Values<'a> {
    let mut values = Values::default();
    for fact in happened.of(&[Kind::ValueStated]) {
        let Payload::ValueStated(data) = fact.payload() else {
            continue;
        };
        let money = &data.money;
        // What a package was declared to be worth is a headline figure of its description.
        if happened.book.id.kind() == StreamKind::Package && money.kind() == MoneyKind::Declared {
            continue;
        }
        let key = (money.kind(), money.currency());
        let stated = values.standing.entry(key).or_default();
        if money.mode() != Some(MoneyMode::Instalment) {
            stated.clear();
        }
        stated.push(StatedMoney { fact, money });
    }
    values
}

/// The figures stated of a thing by a day: of each measure, standing and unit the latest.
pub(super) fn figures<'a>(happened: &Happened<'a>) -> Vec<Figure<'a>> {
    let mut latest = BTreeMap::new();
    for fact in happened.of(&[Kind::FigureStated]) {
        if let Payload::FigureStated(data) = fact.payload() {
            let key = (&data.measure, data.standing, &data.quantity.unit);
            latest.insert(key, Figure { fact, data });
        }
    }
    latest.into_values().collect()
}
