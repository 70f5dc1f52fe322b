//! Steps towards delivery: milestones of both tracks, what they bring with them, and what is undone or not needed.

use std::collections::BTreeMap;

use super::life::{Life, Standing};
use super::made::{code, identifier, text};
use super::remarks::{About, long_remark, remark};
use super::scene::Scene;
use super::sheet::Sheet;
use super::tales::{self, PLACES};
use super::worth::{some_money, some_quantity, words};
use super::{made, vague};
use crate::deal::event::Payload;
use crate::deal::event::company_incorporated::CompanyIncorporated;
use crate::deal::event::financial_model_agreed::{FinancialModelAgreed, ModelStrength};
use crate::deal::event::land_allocated::{LandAllocated, Tenure};
use crate::deal::event::milestone_not_needed::MilestoneNotNeeded;
use crate::deal::event::milestone_reached::{MilestoneReached, WorksNature};
use crate::deal::event::milestone_reversed::MilestoneReversed;
use crate::deal::track::{
    COMPANY_INCORPORATED, FINANCIAL_MODEL_AGREED, LAND_ALLOCATED, SIGNED, Track, WORKS_STARTED,
};
use crate::deal::value::known::Known;
use crate::deal::value::money::MoneyKind;
use crate::deal::value::when::When;

/// Reaches one of the next milestones, if any is ahead; the ones before it are passed over.
pub(super) fn reach(life: &mut Life, track: &Track, sheet: &mut Sheet, scene: &mut Scene) -> bool {
    if life.standing == Standing::Closed {
        return false;
    }
    let ahead = life.ahead(track, 4);
    let Some(rank) = scene.dice.any(&ahead).copied() else {
        return false;
    };
    let Some(milestone) = track.milestones.get(rank) else {
        return false;
    };
    let passed = ahead.into_iter().filter(|before| *before <= rank);
    passed.for_each(|before| life.pass(before));
    let payload = milestone_of(milestone.code.as_str(), life, sheet, scene);
    let dice = &mut scene.dice;
    let on = vague::happened(life.a_day(sheet.today, dice), sheet.today, dice);
    let fact = life.tell(sheet, payload, Some(on), dice);
    life.reach(rank, fact);
    true
}

/// A milestone before the signing, told together with it.
pub(super) fn showcase(life: &mut Life, track: &Track, sheet: &mut Sheet, scene: &mut Scene) {
    let dice = &mut scene.dice;
    let rank = dice.place(2);
    let Some(milestone) = track
        .milestones
        .get(rank)
        .filter(|one| one.code.as_str() != SIGNED)
    else {
        return;
    };
    let payload = reached(milestone.code.as_str(), sheet, scene);
    let dice = &mut scene.dice;
    let day = super::calendar::before(life.signed, dice.between(5, 90));
    let on = vague::happened(day, sheet.today, dice);
    let fact = life.tell(sheet, payload, Some(on), dice);
    life.reach(rank, fact);
}

/// A financial model that was settled before gets stronger.
pub(super) fn strengthen(life: &mut Life, sheet: &mut Sheet, scene: &mut Scene) -> bool {
    let stronger = match life.model {
        Some(ModelStrength::DiscussionsConcluded) => ModelStrength::Agreed,
        Some(ModelStrength::Agreed) => ModelStrength::SignedOff,
        _ => return false,
    };
    if life.standing == Standing::Closed {
        return false;
    }
    let payload = model(stronger, sheet, scene);
    life.model = Some(stronger);
    let dice = &mut scene.dice;
    let on = vague::happened(life.a_day(sheet.today, dice), sheet.today, dice);
    life.tell(sheet, payload, Some(on), dice);
    true
}

fn milestone_of(code: &str, life: &mut Life, sheet: &Sheet, scene: &mut Scene) -> Payload {
    match code {
        LAND_ALLOCATED => land(life, sheet, scene).into(),
        COMPANY_INCORPORATED => company(life, sheet, scene).into(),
        FINANCIAL_MODEL_AGREED => {
            let strength = scene.dice.weighted(&[
                (45, ModelStrength::DiscussionsConcluded),
                (35, ModelStrength::Agreed),
                (20, ModelStrength::SignedOff),
            ]);
            life.model = Some(strength);
            model(strength, sheet, scene).into()
        }
        other => reached(other, sheet, scene).into(),
    }
}

fn model(strength: ModelStrength, sheet: &Sheet, scene: &mut Scene) -> FinancialModelAgreed {
    let invests = scene.dice.percent(50);
    FinancialModelAgreed {
        strength,
        investment: invests.then(|| some_money(MoneyKind::Estimated, scene)),
        additional: false,
        words: words(About::Step, sheet, scene),
        inferred: None,
        continues: None,
    }
}

fn land(life: &Life, sheet: &Sheet, scene: &mut Scene) -> LandAllocated {
    let area = match scene.dice.below(10) {
        0 => None,
        1 => Some(Known::Unknown),
        _ => Some(Known::Value(some_quantity("ha", 60, sheet.lang, scene))),
    };
    let parcel = scene.dice.percent(70);
    let parcel = parcel.then(|| text(format!("FIC-{:07}", scene.number())));
    let body = scene.dice.percent(50);
    let body = body.then(|| scene.a_party(life.around.body, "responsible", sheet.lang));
    let dice = &mut scene.dice;
    let place = dice.pick(&PLACES);
    LandAllocated {
        area,
        shared: parcel.is_some() && dice.percent(6),
        parcel,
        zone: Some(text(made::in_language(&place, sheet.lang))),
        body,
        tenure: dice.pick(&[
            None,
            Some(Tenure::Lease),
            Some(Tenure::Ownership),
            Some(Tenure::Use),
        ]),
        additional: false,
        words: words(About::Step, sheet, scene),
        inferred: None,
        continues: None,
    }
}

fn company(life: &Life, sheet: &Sheet, scene: &mut Scene) -> CompanyIncorporated {
    let trade = tales::a_trade(&mut scene.dice);
    let said = tales::company(&mut scene.dice, trade);
    let legal_name = match (scene.dice.below(10), said.into_iter().nth(sheet.lang)) {
        (0, _) | (_, None) => Known::Unknown,
        (_, Some(name)) => Known::Value(text(name)),
    };
    let entered = scene.dice.percent(75);
    let capital = scene.dice.percent(50);
    let holder = scene.dice.percent(50);
    CompanyIncorporated {
        legal_name,
        identifier: entered.then(|| identifier("tale_register", scene.number())),
        form: Some(text("LLC")),
        charter_capital: capital.then(|| some_money(MoneyKind::Contributed, scene)),
        shareholders: holder
            .then(|| scene.a_party(life.around.investor, "shareholder", sheet.lang))
            .into_iter()
            .collect(),
        additional: false,
        shared: false,
        words: words(About::Step, sheet, scene),
        inferred: None,
        continues: None,
    }
}

fn reached(milestone: &str, sheet: &Sheet, scene: &mut Scene) -> MilestoneReached {
    let nature = scene.dice.pick(&[
        WorksNature::Construction,
        WorksNature::Preparation,
        WorksNature::Unspecified,
    ]);
    let costs = match milestone {
        "capital_contributed" | "financing_closed" | "equipment_ordered" => scene.dice.percent(60),
        _ => false,
    };
    let counted = match milestone {
        "site_identified" | "land_handed_over" | "works_started" => scene.dice.percent(40),
        _ => false,
    };
    let detailed = scene.dice.percent(20);
    MilestoneReached {
        milestone: code(milestone),
        nature: (milestone == WORKS_STARTED).then_some(nature),
        money: costs.then(|| some_money(MoneyKind::Contributed, scene)),
        quantity: counted.then(|| some_quantity("m2", 9_000, sheet.lang, scene)),
        details: match detailed {
            true => {
                let words = remark(About::Step, sheet.lang, &mut scene.dice);
                BTreeMap::from([(code("stage"), words)])
            }
            false => BTreeMap::new(),
        },
        additional: false,
        words: words(About::Step, sheet, scene),
        inferred: None,
        continues: None,
    }
}

/// A milestone that stands is undone in the world.
pub(super) fn reverse(life: &mut Life, sheet: &mut Sheet, scene: &mut Scene) -> bool {
    let dice = &mut scene.dice;
    let Some(undone) = dice.any(&life.reached).copied() else {
        return false;
    };
    // A later retraction of it would leave the reversal speaking of nothing.
    life.lose(undone.fact);
    let payload = MilestoneReversed {
        fact: undone.fact,
        words: long_remark(About::Obstacle, sheet.lang, dice),
    };
    let on = When::day(life.a_day(sheet.today, dice));
    sheet.record(life.stream, payload, Some(on));
    true
}

/// A milestone ahead turns out not to be needed.
pub(super) fn spare(life: &mut Life, track: &Track, sheet: &mut Sheet, scene: &mut Scene) -> bool {
    let ahead = life.ahead(track, 6);
    let Some(rank) = scene.dice.any(&ahead).copied() else {
        return false;
    };
    let Some(milestone) = track.milestones.get(rank) else {
        return false;
    };
    life.spare(rank);
    let dice = &mut scene.dice;
    let payload = MilestoneNotNeeded {
        milestone: milestone.code.clone(),
        reason: long_remark(About::End, sheet.lang, dice),
        continues: None,
    };
    let on = When::day(life.a_day(sheet.today, dice));
    sheet.record_own(life.stream, payload, Some(on));
    true
}
