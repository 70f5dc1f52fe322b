//! Turns in the standing of an agreement: suspended and resumed, ended and reopened, described anew, linked.

use super::life::{Life, Standing};
use super::made::{code, text};
use super::remarks::{About, long_remark, remark};
use super::scene::Scene;
use super::sheet::Sheet;
use super::tales;
use crate::deal::event::Payload;
use crate::deal::event::agreement_described::AgreementDescribed;
use crate::deal::event::agreement_registered::{Class, Instrument, Nature, Sector};
use crate::deal::event::completed::Completed;
use crate::deal::event::linked::{Linked, Relation};
use crate::deal::event::reopened::Reopened;
use crate::deal::event::resumed::Resumed;
use crate::deal::event::suspended::Suspended;
use crate::deal::event::terminated::Terminated;
use crate::deal::value::ids::StreamId;
use crate::deal::value::when::When;

/// Work stops, or goes on again.
pub(super) fn halt(life: &mut Life, sheet: &mut Sheet, scene: &mut Scene) -> bool {
    let words = Some(long_remark(About::Obstacle, sheet.lang, &mut scene.dice));
    let (reason, continues) = (Some(code("finance")), None);
    let (payload, standing) = match life.standing {
        Standing::Open => {
            let suspended = Suspended {
                reason,
                words,
                continues,
            };
            (Payload::from(suspended), Standing::Suspended)
        }
        Standing::Suspended => {
            let words = Some(long_remark(About::End, sheet.lang, &mut scene.dice));
            let resumed = Resumed {
                reason,
                words,
                continues,
            };
            (Payload::from(resumed), Standing::Open)
        }
        Standing::Closed => return false,
    };
    turn(life, payload, standing, sheet, scene)
}

/// The agreement is delivered, or ends without delivery.
pub(super) fn end(life: &mut Life, sheet: &mut Sheet, scene: &mut Scene) -> bool {
    if life.standing == Standing::Closed {
        return false;
    }
    let delivered = life.reached.len() > 1 && scene.dice.percent(70);
    let words = Some(long_remark(About::End, sheet.lang, &mut scene.dice));
    let payload = match delivered {
        true => Payload::from(Completed {
            reason: Some(code("delivered")),
            words,
            continues: None,
        }),
        false => Payload::from(Terminated {
            reason: Some(code("promoter_interest")),
            words,
            continues: None,
        }),
    };
    turn(life, payload, Standing::Closed, sheet, scene)
}

/// It goes on after all.
pub(super) fn reopen(life: &mut Life, sheet: &mut Sheet, scene: &mut Scene) -> bool {
    if life.standing != Standing::Closed {
        return false;
    }
    let payload = Reopened {
        reason: Some(code("error")),
        words: Some(long_remark(About::Hope, sheet.lang, &mut scene.dice)),
        continues: None,
    };
    let before = life.standing_before;
    turn(life, payload.into(), before, sheet, scene)
}

/// Each turn lies after the one before, so that none contradicts another.
fn turn(
    life: &mut Life,
    payload: Payload,
    standing: Standing,
    sheet: &mut Sheet,
    scene: &mut Scene,
) -> bool {
    let earliest = super::calendar::after(life.standing_since.max(life.signed), 1);
    if earliest > sheet.today {
        return false;
    }
    let dice = &mut scene.dice;
    let day = super::calendar::before(sheet.today, dice.below(40)).max(earliest);
    let on = match dice.below(5) {
        0 => When::by(day),
        _ => When::day(day),
    };
    life.standing_before = life.standing;
    life.standing = standing;
    life.standing_since = day;
    sheet.record(life.stream, payload, Some(on));
    true
}

/// What is said of the agreement changes.
pub(super) fn describe(life: &mut Life, sheet: &mut Sheet, scene: &mut Scene) -> bool {
    let instrument = scene.dice.pick(&[
        Instrument::Mou,
        Instrument::Framework,
        Instrument::Contract,
        Instrument::Declaration,
        Instrument::Protocol,
        Instrument::Unknown,
    ]);
    if instrument == life.instrument {
        return false;
    }
    life.instrument = instrument;
    let mut payload = AgreementDescribed {
        instrument: Some(instrument),
        ..AgreementDescribed::default()
    };
    if life.class == Class::Practical && scene.dice.percent(60) {
        let trade = tales::a_trade(&mut scene.dice);
        payload.nature = Some(scene.dice.pick(&[Nature::Expansion, Nature::Localisation]));
        payload.sectors = Some(vec![sector(trade, sheet.lang)]);
    }
    sheet.record(life.stream, payload, None);
    true
}

/// A field of business in the words of a language.
pub(super) fn sector(trade: &'static tales::Trade, lang: usize) -> Sector {
    Sector {
        text: text(super::made::in_language(&trade.names, lang)),
        isic: Some(trade.isic.to_owned()),
    }
}

/// The agreement is linked to an older thing: links always lead back in time, so they never lead round.
pub(super) fn link(life: &mut Life, sheet: &mut Sheet, scene: &mut Scene) -> bool {
    let relation = scene.dice.weighted(&[
        (34, Relation::Implements),
        (24, Relation::ArisesFrom),
        (12, Relation::Renews),
        (10, Relation::Supersedes),
        (8, Relation::DuplicateOf),
        (12, Relation::PartOf),
    ]);
    if life.relations.contains(&relation) {
        return false;
    }
    let own = life.stream;
    let target = match relation {
        Relation::Implements | Relation::PartOf => scene.frameworks.any(own, &mut scene.dice),
        Relation::ArisesFrom => scene.occasions.any(own, &mut scene.dice),
        Relation::Renews | Relation::Supersedes | Relation::DuplicateOf => match life.class {
            Class::Practical => scene.deals.any(own, &mut scene.dice),
            Class::Institutional => scene.frameworks.any(own, &mut scene.dice),
        },
    };
    let Some(target) = target.filter(|target| is_older(*target, own)) else {
        return false;
    };
    life.relations.push(relation);
    let guessed = scene.dice.percent(30);
    let payload = Linked {
        relation,
        target,
        inferred: guessed.then(|| remark(About::Inferred, sheet.lang, &mut scene.dice)),
    };
    sheet.record(own, payload, None);
    true
}

/// Ids of things begin with the moment they were registered.
fn is_older(target: StreamId, own: StreamId) -> bool {
    target.uuid() < own.uuid()
}
