//! Second thoughts: facts corrected, retracted, moved, sourced and confirmed.

use std::sync::Arc;

use super::chance::Dice;
use super::made::{amount, names};
use super::memory::{Memory, Remembered};
use super::remarks::{About, long_remark, remark};
use super::scene::{Scene, colleague};
use super::sheet::Sheet;
use super::{tales, vague};
use crate::deal::command::Change;
use crate::deal::event::Payload;
use crate::deal::value::amount::Amount;
use crate::deal::value::ids::{EventId, StreamId};
use crate::deal::value::known::Known;
use crate::deal::value::money::Money;
use crate::deal::value::text::Text;
use crate::deal::value::when::When;

/// Corrects a fact that is kept in mind: its day, what it says, or where it comes from.
pub(super) fn correct(memory: &mut Memory, sheet: &mut Sheet, scene: &mut Scene) -> bool {
    let choice = scene.dice.below(10);
    let source = scene.a_new_source(sheet);
    let dice = &mut scene.dice;
    let Some(fact) = memory.any(dice, Remembered::is_correctable) else {
        return false;
    };
    let mut change = Change::default();
    if choice < 5 {
        change.on = another_day(fact.on.as_ref(), sheet, dice);
    }
    if choice > 3 {
        let altered = altered(&fact.payload, sheet.lang, dice);
        change.data = altered.filter(|altered| *altered != fact.payload);
    }
    if change == Change::default() {
        change.sources = Some(vec![source]);
    }
    if let Some(on) = &change.on {
        fact.on = Some(on.clone());
    }
    if let Some(data) = &change.data {
        fact.payload = data.clone();
    }
    fact.officer = sheet.officer;
    fact.confirmed = false;
    sheet.correct(fact.id, change, remark(About::Amends, sheet.lang, dice));
    true
}

/// Another day for a dated fact, if one is drawn.
fn another_day(on: Option<&When>, sheet: &Sheet, dice: &mut Dice) -> Option<When> {
    let on = on?;
    let about = on.latest().or(on.earliest()).unwrap_or(sheet.today);
    let moved = super::calendar::before(about.min(sheet.today), dice.below(15));
    let other = vague::happened(moved, sheet.today, dice);
    (other != *on).then_some(other)
}

/// What a fact says, said otherwise.
fn altered(payload: &Payload, lang: usize, dice: &mut Dice) -> Option<Payload> {
    let mut new = payload.clone();
    match &mut new {
        Payload::ValueStated(data) => {
            let money = other_money(&data.money, dice)?;
            Arc::make_mut(data).money = money;
        }
        Payload::FigureStated(data) => Arc::make_mut(data).quantity.amount = other_amount(dice),
        Payload::LandAllocated(data) => {
            let data = Arc::make_mut(data);
            match &mut data.area {
                Some(Known::Value(area)) => area.amount = other_amount(dice),
                _ => data.words = Some(long_remark(About::Step, lang, dice)),
            }
        }
        Payload::ClaimStated(data) => {
            Arc::make_mut(data).value = long_remark(About::Claim, lang, dice)
        }
        Payload::PromiseMade(data) => {
            Arc::make_mut(data).what = long_remark(About::Promise, lang, dice)
        }
        Payload::AgreementRegistered(data) => {
            Arc::make_mut(data).inferred = Some(long_remark(About::Inferred, lang, dice));
        }
        Payload::PackageRegistered(data) => {
            Arc::make_mut(data).inferred = Some(long_remark(About::Inferred, lang, dice));
        }
        Payload::OccasionRegistered(data) => {
            Arc::make_mut(data).topics = vec![long_remark(About::Note, lang, dice)];
        }
        Payload::OrganizationRegistered(data) => {
            let said = tales::body(dice);
            let say = |lang: usize| said.get(lang).cloned().unwrap_or_default();
            Arc::make_mut(data).names = names(say, dice.below(16));
        }
        other => *words_of(other)? = Some(long_remark(About::Step, lang, dice)),
    }
    Some(new)
}

fn words_of(payload: &mut Payload) -> Option<&mut Option<Text>> {
    match payload {
        Payload::Signed(data) => Some(&mut Arc::make_mut(data).words),
        Payload::FinancialModelAgreed(data) => Some(&mut Arc::make_mut(data).words),
        Payload::CompanyIncorporated(data) => Some(&mut Arc::make_mut(data).words),
        Payload::MilestoneReached(data) => Some(&mut Arc::make_mut(data).words),
        Payload::ExpectationStated(data) => Some(&mut Arc::make_mut(data).words),
        Payload::ObstacleRaised(data) => Some(&mut Arc::make_mut(data).words),
        Payload::Contacted(data) => Some(&mut Arc::make_mut(data).words),
        _ => None,
    }
}

fn other_money(money: &Money, dice: &mut Dice) -> Option<Money> {
    let units = dice.between(50, 40_000).saturating_mul(10_000);
    let (currency, kind) = (money.currency(), money.kind());
    let units = Amount::from(units);
    Money::new(units, currency, kind, money.mode(), money.qualifier()).ok()
}

fn other_amount(dice: &mut Dice) -> Amount {
    let (whole, tenth) = (dice.between(1, 400), dice.below(10));
    amount(format!("{whole}.{tenth}"))
}

/// Retracts a fact that is kept in mind, and gives its id.
pub(super) fn retract(
    memory: &mut Memory,
    sheet: &mut Sheet,
    scene: &mut Scene,
) -> Option<EventId> {
    let dice = &mut scene.dice;
    let fact = memory.any(dice, Remembered::is_retractable)?.id;
    sheet.retract(fact, remark(About::Amends, sheet.lang, dice));
    Some(fact)
}

/// Moves a fact to the agreement it belongs to, and gives its id. Two events.
pub(super) fn relocate(
    memory: &mut Memory,
    to: StreamId,
    sheet: &mut Sheet,
    scene: &mut Scene,
) -> Option<EventId> {
    if sheet.room() < 2 {
        return None;
    }
    let dice = &mut scene.dice;
    let fact = memory.any(dice, Remembered::is_light)?.id;
    sheet.relocate(fact, to, remark(About::Amends, sheet.lang, dice));
    Some(fact)
}

/// Adds a source to a fact.
pub(super) fn source(memory: &mut Memory, sheet: &mut Sheet, scene: &mut Scene) -> bool {
    let source = scene.a_new_source(sheet);
    let Some(fact) = memory.any(&mut scene.dice, |_| true) else {
        return false;
    };
    sheet.source(fact.id, source);
    true
}

/// Confirms a fact that somebody else recorded. Before anything else is on the sheet, for it may change hands.
pub(super) fn confirm(memory: &mut Memory, sheet: &mut Sheet, scene: &mut Scene) -> bool {
    let dice = &mut scene.dice;
    let Some(fact) = memory.any(dice, |fact| !fact.confirmed) else {
        return false;
    };
    if fact.officer == sheet.officer && sheet.events() == 0 {
        sheet.officer = colleague(sheet.officer);
    }
    if fact.officer == sheet.officer {
        return false;
    }
    fact.confirmed = true;
    let words = dice.percent(40);
    let words = words.then(|| remark(About::Step, sheet.lang, dice));
    sheet.confirm(fact.id, words);
    true
}
