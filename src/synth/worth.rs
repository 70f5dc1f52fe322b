//! Money and figures of all kinds.

use super::life::Life;
use super::made::{code, money, quantity};
use super::remarks::{About, long_remark, remark};
use super::scene::Scene;
use super::sheet::Sheet;
use super::tales::CURRENCIES;
use super::vague;
use crate::deal::event::agreement_registered::Class;
use crate::deal::event::figure_stated::{FigureStated, Standing};
use crate::deal::event::value_stated::ValueStated;
use crate::deal::value::money::{Money, MoneyKind, MoneyMode};
use crate::deal::value::quantity::{Qualifier, Quantity};

const QUALIFIERS: [(u64, Qualifier); 7] = [
    (50, Qualifier::Exact),
    (14, Qualifier::About),
    (8, Qualifier::Almost),
    (6, Qualifier::Nearly),
    (8, Qualifier::AtLeast),
    (8, Qualifier::Over),
    (6, Qualifier::UpTo),
];

/// What is counted beside money, and in which unit.
const MEASURES: [(&str, &str, u64); 5] = [
    ("jobs", "jobs", 900),
    ("capacity", "t/year", 90_000),
    ("floor_space", "m2", 40_000),
    ("power", "kW", 20_000),
    ("export_share", "%", 90),
];

/// An amount of money of a kind.
pub(super) fn some_money(kind: MoneyKind, scene: &mut Scene) -> Money {
    let dice = &mut scene.dice;
    let step = dice.pick(&[1_000, 10_000, 100_000, 1_000_000]);
    let units = dice.between(2, 400).saturating_mul(step);
    let (currency, qualifier) = (dice.pick(&CURRENCIES), dice.weighted(&QUALIFIERS));
    let mode = dice.pick(&[MoneyMode::ToDate, MoneyMode::Instalment]);
    money(units, currency, kind, mode, qualifier)
}

/// A quantity up to a largest amount, at times in the source's own words.
pub(super) fn some_quantity(unit: &str, largest: u64, lang: usize, scene: &mut Scene) -> Quantity {
    let dice = &mut scene.dice;
    let (whole, tenth) = (dice.between(1, largest), dice.below(10));
    let digits = match tenth {
        0..=4 => whole.to_string(),
        _ => format!("{whole}.{tenth}"),
    };
    let qualifier = dice.weighted(&QUALIFIERS);
    let words = dice.percent(20);
    let words = words.then(|| remark(About::Claim, lang, dice));
    quantity(digits, unit, qualifier, words)
}

/// States a value of an agreement.
pub(super) fn value(life: &mut Life, sheet: &mut Sheet, scene: &mut Scene) {
    let kind = scene.dice.weighted(&[
        (30, MoneyKind::Declared),
        (22, MoneyKind::Contracted),
        (18, MoneyKind::Contributed),
        (16, MoneyKind::Realised),
        (14, MoneyKind::Estimated),
    ]);
    let data = ValueStated {
        money: some_money(kind, scene),
        words: words(About::Claim, sheet, scene),
        inferred: None,
        continues: None,
    };
    let dice = &mut scene.dice;
    let on = vague::happened(life.a_day(sheet.today, dice), sheet.today, dice);
    life.tell(sheet, data, Some(on), dice);
}

/// States a figure of an agreement.
pub(super) fn figure(life: &mut Life, sheet: &mut Sheet, scene: &mut Scene) {
    let data = some_figure(life.class, sheet.lang, scene);
    let dice = &mut scene.dice;
    let on = vague::happened(life.a_day(sheet.today, dice), sheet.today, dice);
    life.tell(sheet, data, Some(on), dice);
}

/// A figure, promised or realised.
pub(super) fn some_figure(class: Class, lang: usize, scene: &mut Scene) -> FigureStated {
    let (measure, unit, largest) = match class {
        Class::Practical => scene.dice.pick(&MEASURES),
        Class::Institutional => ("missions", "missions", 40),
    };
    let promised = scene.dice.percent(60);
    FigureStated {
        measure: code(measure),
        quantity: some_quantity(unit, largest, lang, scene),
        standing: match promised {
            true => Standing::Promised,
            false => Standing::Realised,
        },
        words: None,
        inferred: None,
        continues: None,
    }
}

/// Further words, at times.
pub(super) fn words(
    about: About,
    sheet: &Sheet,
    scene: &mut Scene,
) -> Option<crate::deal::value::text::Text> {
    let said = scene.dice.percent(45);
    said.then(|| long_remark(about, sheet.lang, &mut scene.dice))
}
