//! Following up: contacts, promises, obstacles, expectations, notes, claims and who is responsible.

use super::calendar::after;
use super::life::{Life, Standing};
use super::remarks::{About, long_remark, remark};
use super::scene::{Scene, officer};
use super::sheet::Sheet;
use super::vague;
use super::worth::words;
use crate::deal::event::assigned::Assigned;
use crate::deal::event::claim_preferred::ClaimPreferred;
use crate::deal::event::claim_stated::ClaimStated;
use crate::deal::event::contacted::{ContactOutcome, Contacted};
use crate::deal::event::expectation_stated::ExpectationStated;
use crate::deal::event::noted::Noted;
use crate::deal::event::obstacle_raised::{ObstacleRaised, ObstacleReason};
use crate::deal::event::obstacle_resolved::ObstacleResolved;
use crate::deal::event::promise_closed::{Outcome, PromiseClosed};
use crate::deal::event::promise_made::PromiseMade;
use crate::deal::track::Track;
use crate::deal::value::ids::{EventId, StreamId};
use crate::deal::value::when::When;

const REASONS: [ObstacleReason; 16] = [
    ObstacleReason::PromoterInterest,
    ObstacleReason::Land,
    ObstacleReason::Inputs,
    ObstacleReason::Environment,
    ObstacleReason::Permits,
    ObstacleReason::Utilities,
    ObstacleReason::Finance,
    ObstacleReason::IncentiveTerms,
    ObstacleReason::InvestorSilent,
    ObstacleReason::InfeasibleStudy,
    ObstacleReason::LawChange,
    ObstacleReason::CounterpartDefault,
    ObstacleReason::ForceMajeure,
    ObstacleReason::Superseded,
    ObstacleReason::Duplicate,
    ObstacleReason::Other,
];

/// How many promises, obstacles and claims of one agreement are open at most.
const OPEN: usize = 4;

/// Somebody was asked or answered.
pub(super) fn contact(life: &mut Life, sheet: &mut Sheet, scene: &mut Scene) {
    let outcome = scene.dice.weighted(&[
        (40, ContactOutcome::AskedNothingNew),
        (15, ContactOutcome::NoAnswer),
        (30, ContactOutcome::News),
        (15, ContactOutcome::Agreed),
    ]);
    let payload = Contacted {
        with: scene.a_party(life.around.investor, "investor", sheet.lang),
        outcome,
        words: words(About::Contact, sheet, scene),
        continues: None,
    };
    let dice = &mut scene.dice;
    let day = super::calendar::before(sheet.today, dice.below(4));
    let on = When::day(day.max(life.signed).min(sheet.today));
    life.tell(sheet, payload, Some(on), dice);
}

/// Somebody promises something.
pub(super) fn promise(life: &mut Life, sheet: &mut Sheet, scene: &mut Scene) -> bool {
    if life.promises.len() >= OPEN {
        return false;
    }
    let payload = some_promise(life.around.body, life.around.investor, sheet, scene);
    let dice = &mut scene.dice;
    let on = vague::happened(life.a_day(sheet.today, dice), sheet.today, dice);
    let id = life.tell(sheet, payload, Some(on), dice);
    life.promises.push(id);
    true
}

/// A promise of a body to an investor.
pub(super) fn some_promise(
    body: Option<StreamId>,
    investor: Option<StreamId>,
    sheet: &Sheet,
    scene: &mut Scene,
) -> PromiseMade {
    let counterpart = scene.dice.percent(50);
    let due = scene.dice.percent(70);
    PromiseMade {
        owner: scene.a_party(body, "owner", sheet.lang),
        counterpart: counterpart.then(|| scene.a_party(investor, "counterpart", sheet.lang)),
        what: long_remark(About::Promise, sheet.lang, &mut scene.dice),
        due: due.then(|| vague::foreseen(sheet.today, &mut scene.dice)),
        continues: None,
    }
}

/// An open promise ends.
pub(super) fn close_promise(life: &mut Life, sheet: &mut Sheet, scene: &mut Scene) -> bool {
    let Some(promise) = life.promises.pop() else {
        return false;
    };
    let dice = &mut scene.dice;
    let payload = some_closing(promise, sheet, dice);
    let on = vague::happened(life.a_day(sheet.today, dice), sheet.today, dice);
    sheet.record(life.stream, payload, Some(on));
    true
}

/// The end of a promise.
pub(super) fn some_closing(
    promise: EventId,
    sheet: &Sheet,
    dice: &mut super::chance::Dice,
) -> PromiseClosed {
    PromiseClosed {
        promise,
        outcome: dice.weighted(&[
            (65, Outcome::Kept),
            (20, Outcome::Dropped),
            (15, Outcome::Superseded),
        ]),
        words: Some(remark(About::End, sheet.lang, dice)),
    }
}

/// Something blocks.
pub(super) fn obstacle(life: &mut Life, sheet: &mut Sheet, scene: &mut Scene) -> bool {
    if life.obstacles.len() >= OPEN {
        return false;
    }
    let named = scene.dice.percent(70);
    let due = scene.dice.percent(60);
    let payload = ObstacleRaised {
        reason: scene.dice.pick(&REASONS),
        words: words(About::Obstacle, sheet, scene),
        body: named.then(|| scene.a_party(life.around.body, "responsible", sheet.lang)),
        due: due.then(|| after(sheet.today, scene.dice.between(10, 200))),
        continues: None,
    };
    let dice = &mut scene.dice;
    let on = vague::happened(life.a_day(sheet.today, dice), sheet.today, dice);
    let id = life.tell(sheet, payload, Some(on), dice);
    life.obstacles.push(id);
    true
}

/// An obstacle is gone.
pub(super) fn resolve(life: &mut Life, sheet: &mut Sheet, scene: &mut Scene) -> bool {
    let Some(obstacle) = life.obstacles.pop() else {
        return false;
    };
    let dice = &mut scene.dice;
    let payload = ObstacleResolved {
        obstacle,
        words: Some(long_remark(About::End, sheet.lang, dice)),
    };
    let on = vague::happened(life.a_day(sheet.today, dice), sheet.today, dice);
    sheet.record(life.stream, payload, Some(on));
    true
}

/// Something is expected: a milestone ahead, or an intention in words.
pub(super) fn foresee(
    life: &mut Life,
    track: &Track,
    sheet: &mut Sheet,
    scene: &mut Scene,
) -> bool {
    if life.standing == Standing::Closed {
        return false;
    }
    let in_words = scene.dice.percent(25);
    let ahead = life.ahead(track, 5);
    let milestone = scene
        .dice
        .any(&ahead)
        .and_then(|rank| track.milestones.get(*rank));
    let milestone = milestone
        .filter(|_| !in_words)
        .map(|milestone| milestone.code.clone());
    let payload = ExpectationStated {
        words: match milestone {
            None => Some(long_remark(About::Hope, sheet.lang, &mut scene.dice)),
            Some(_) => words(About::Hope, sheet, scene),
        },
        milestone,
        horizon: vague::foreseen(sheet.today, &mut scene.dice),
        review_on: match scene.dice.percent(30) {
            true => Some(after(sheet.today, scene.dice.between(30, 240))),
            false => None,
        },
        continues: None,
    };
    let dice = &mut scene.dice;
    let on = When::day(life.a_day(sheet.today, dice));
    life.tell(sheet, payload, Some(on), dice);
    true
}

/// A remark of the agency.
pub(super) fn note(life: &mut Life, sheet: &mut Sheet, scene: &mut Scene) {
    let dice = &mut scene.dice;
    let payload = Noted {
        words: long_remark(About::Note, sheet.lang, dice),
        continues: None,
    };
    life.tell(sheet, payload, None, dice);
}

/// Somebody becomes responsible.
pub(super) fn assign(life: &mut Life, sheet: &mut Sheet, scene: &mut Scene) -> bool {
    let chosen = scene.dice.place(12);
    if chosen == life.officer {
        return false;
    }
    life.officer = chosen;
    let payload = Assigned {
        officer: officer(chosen),
    };
    sheet.record_own(life.stream, payload, None);
    true
}

/// A source claims something of the agreement.
pub(super) fn claim(life: &mut Life, sheet: &mut Sheet, scene: &mut Scene) -> bool {
    if life.claims.len() >= OPEN {
        return false;
    }
    let field = scene
        .dice
        .pick(&["sectors", "parties", "instrument", "nature"]);
    let payload = some_claim(field, life.around.body, sheet, scene);
    let dice = &mut scene.dice;
    let on = vague::happened(life.a_day(sheet.today, dice), sheet.today, dice);
    let id = life.tell(sheet, payload, Some(on), dice);
    life.claims.push(id);
    true
}

/// What a source claims of a field.
pub(super) fn some_claim(
    field: &str,
    speaker: Option<StreamId>,
    sheet: &Sheet,
    scene: &mut Scene,
) -> ClaimStated {
    let spoken = scene.dice.percent(60);
    ClaimStated {
        field: super::made::text(field),
        value: long_remark(About::Claim, sheet.lang, &mut scene.dice),
        speaker: spoken.then(|| scene.a_party(speaker, "speaker", sheet.lang)),
        continues: None,
    }
}

/// One of the claims is preferred.
pub(super) fn prefer(life: &mut Life, sheet: &mut Sheet, scene: &mut Scene) -> bool {
    let dice = &mut scene.dice;
    let Some(claim) = dice.any(&life.claims).copied() else {
        return false;
    };
    if life.preferred.is_some() {
        return false;
    }
    life.preferred = Some(claim);
    let payload = ClaimPreferred {
        claim,
        reason: remark(About::Amends, sheet.lang, dice),
    };
    sheet.record_own(life.stream, payload, None);
    true
}
