//! What comes next at one agreement: each time somebody sits down to it, a command.

use super::life::{Life, Standing};
use super::remarks::{About, remark};
use super::scene::Scene;
use super::sheet::Sheet;
use super::{amends, follow_up, progress, turns, worth};
use crate::deal::track::Track;

/// What an officer sits down to do.
#[derive(Debug, Clone, Copy)]
enum Errand {
    Progress,
    Strengthen,
    Contact,
    Settle,
    Money,
    Figure,
    Hope,
    Promise,
    Obstacle,
    Source,
    Confirm,
    Retract,
    Move,
    Note,
    Assign,
    Describe,
    Link,
    Claim,
    Prefer,
    Halt,
    End,
    Reverse,
    Spare,
}

const ERRANDS: [(u64, Errand); 23] = [
    (40, Errand::Progress),
    (4, Errand::Strengthen),
    (15, Errand::Contact),
    (14, Errand::Settle),
    (8, Errand::Money),
    (5, Errand::Figure),
    (5, Errand::Hope),
    (4, Errand::Promise),
    (5, Errand::Obstacle),
    (4, Errand::Source),
    (4, Errand::Confirm),
    (2, Errand::Retract),
    (2, Errand::Move),
    (3, Errand::Note),
    (3, Errand::Assign),
    (2, Errand::Describe),
    (3, Errand::Link),
    (3, Errand::Claim),
    (3, Errand::Prefer),
    (3, Errand::Halt),
    (1, Errand::End),
    (1, Errand::Reverse),
    (2, Errand::Spare),
];

/// One command about an agreement, of one event at least and as many as it has left at most.
pub(super) fn go_on(life: &mut Life, track: &Track, due: u64, scene: &mut Scene) {
    let mut sheet = scene.sheet(due, life.left);
    if life.left == 1 && life.may_be_withdrawn && scene.dice.percent(8) {
        withdraw(life, &mut sheet, scene);
    } else if scene.owes_a_correction() {
        amends::correct(&mut life.memory, &mut sheet, scene);
    }
    if sheet.events() == 0 {
        run(life, track, &mut sheet, scene);
    }
    if sheet.events() == 0 {
        // What was drawn cannot be done here; there is always somebody to ask.
        follow_up::contact(life, &mut sheet, scene);
    }
    let events = scene.hand_in(sheet);
    life.left = life.left.saturating_sub(events);
}

/// The registration turns out to be a mistake: nothing comes after it.
fn withdraw(life: &mut Life, sheet: &mut Sheet, scene: &mut Scene) {
    if let Some(registration) = life.registration {
        sheet.retract(
            registration,
            remark(About::Amends, sheet.lang, &mut scene.dice),
        );
    }
}

fn run(life: &mut Life, track: &Track, sheet: &mut Sheet, scene: &mut Scene) {
    let late = life.left <= 3 && scene.dice.percent(6);
    let errand = match life.standing {
        Standing::Suspended if scene.dice.percent(35) => Errand::Halt,
        Standing::Closed if scene.dice.percent(8) => Errand::Halt,
        Standing::Open if late => Errand::End,
        _ => scene.dice.weighted(&ERRANDS),
    };
    match errand {
        Errand::Progress => step(life, track, sheet, scene),
        Errand::Strengthen => {
            progress::strengthen(life, sheet, scene);
        }
        Errand::Contact => news(life, track, sheet, scene),
        Errand::Settle => settle(life, sheet, scene),
        Errand::Money => worth::value(life, sheet, scene),
        Errand::Figure => worth::figure(life, sheet, scene),
        Errand::Hope => {
            follow_up::foresee(life, track, sheet, scene);
        }
        Errand::Promise => {
            follow_up::promise(life, sheet, scene);
        }
        Errand::Obstacle => {
            follow_up::obstacle(life, sheet, scene);
        }
        Errand::Source => {
            amends::source(&mut life.memory, sheet, scene);
        }
        Errand::Confirm => {
            amends::confirm(&mut life.memory, sheet, scene);
        }
        Errand::Retract => take_back(life, sheet, scene),
        Errand::Move => give_away(life, sheet, scene),
        Errand::Note => follow_up::note(life, sheet, scene),
        Errand::Assign => {
            follow_up::assign(life, sheet, scene);
        }
        Errand::Describe => {
            turns::describe(life, sheet, scene);
        }
        Errand::Link => {
            turns::link(life, sheet, scene);
        }
        Errand::Claim => {
            follow_up::claim(life, sheet, scene);
        }
        Errand::Prefer => {
            follow_up::prefer(life, sheet, scene);
        }
        Errand::Halt if life.standing == Standing::Closed => {
            turns::reopen(life, sheet, scene);
        }
        Errand::Halt => {
            turns::halt(life, sheet, scene);
        }
        Errand::End => {
            turns::end(life, sheet, scene);
        }
        Errand::Reverse => {
            progress::reverse(life, sheet, scene);
        }
        Errand::Spare => {
            progress::spare(life, track, sheet, scene);
        }
    }
}

/// A step, and what the same source tells beside it.
fn step(life: &mut Life, track: &Track, sheet: &mut Sheet, scene: &mut Scene) {
    if !progress::reach(life, track, sheet, scene) {
        return;
    }
    if sheet.room() > 0 && scene.dice.percent(45) {
        worth::value(life, sheet, scene);
    }
    if sheet.room() > 0 && scene.dice.percent(20) {
        worth::figure(life, sheet, scene);
    }
    if sheet.room() > 0 && scene.dice.percent(60) {
        follow_up::foresee(life, track, sheet, scene);
    }
    if sheet.room() > 0 && scene.dice.percent(35) {
        progress::reach(life, track, sheet, scene);
    }
}

/// A contact, and what came of it.
fn news(life: &mut Life, track: &Track, sheet: &mut Sheet, scene: &mut Scene) {
    follow_up::contact(life, sheet, scene);
    if sheet.room() > 0 && scene.dice.percent(30) {
        follow_up::promise(life, sheet, scene);
    }
    if sheet.room() > 0 && scene.dice.percent(22) {
        follow_up::obstacle(life, sheet, scene);
    }
    if sheet.room() > 0 && scene.dice.percent(30) {
        follow_up::foresee(life, track, sheet, scene);
    }
}

/// What is open is closed.
fn settle(life: &mut Life, sheet: &mut Sheet, scene: &mut Scene) {
    let resolved = follow_up::resolve(life, sheet, scene);
    if sheet.room() > 0 && (!resolved || scene.dice.percent(30)) {
        follow_up::close_promise(life, sheet, scene);
    }
}

fn take_back(life: &mut Life, sheet: &mut Sheet, scene: &mut Scene) {
    if let Some(fact) = amends::retract(&mut life.memory, sheet, scene) {
        life.lose(fact);
    }
}

fn give_away(life: &mut Life, sheet: &mut Sheet, scene: &mut Scene) {
    if let Some(sibling) = life.around.sibling
        && let Some(fact) = amends::relocate(&mut life.memory, sibling, sheet, scene)
    {
        life.lose(fact);
    }
}
