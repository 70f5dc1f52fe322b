//! What is told of an announcement itself after it: of its forum, its package, and the bodies that came.

use super::chance::Dice;
use super::made::code;
use super::memory::{Memory, Remembered};
use super::remarks::{About, long_remark, remark};
use super::scene::Scene;
use super::sheet::Sheet;
use super::tales::PLACES;
use super::worth::{some_figure, some_money};
use super::{amends, follow_up, made, vague};
use crate::deal::event::agreement_registered::Class;
use crate::deal::event::claim_preferred::ClaimPreferred;
use crate::deal::event::expectation_stated::ExpectationStated;
use crate::deal::event::linked::{Linked, Relation};
use crate::deal::event::noted::Noted;
use crate::deal::event::occasion_described::OccasionDescribed;
use crate::deal::event::organization_described::OrganizationDescribed;
use crate::deal::event::package_described::PackageDescribed;
use crate::deal::event::package_registered::DeclaredCounts;
use crate::deal::event::value_stated::ValueStated;
use crate::deal::value::ids::{EventId, StreamId, StreamKind};
use crate::deal::value::money::MoneyKind;
use crate::deal::value::when::When;

/// One thing of an announcement, and what is known of it.
struct Part {
    stream: StreamId,
    memory: Memory,
    promise: Option<EventId>,
    claim: Option<EventId>,
    preferred: bool,
    described: bool,
    linked: bool,
}

/// What may still be told of an announcement.
#[derive(Default)]
pub(super) struct Aftermath {
    parts: Vec<Part>,
    /// How many events it still has.
    pub(super) left: u64,
    /// Until when, in office time.
    pub(super) end: u64,
}

impl Aftermath {
    /// Whether the announcement has nothing beside its agreements.
    pub(super) fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// A thing was registered.
    pub(super) fn learn(&mut self, stream: StreamId, fact: Remembered, dice: &mut Dice) {
        let mut memory = Memory::default();
        memory.keep(fact, dice);
        self.parts.push(Part {
            stream,
            memory,
            promise: None,
            claim: None,
            preferred: false,
            described: false,
            linked: false,
        });
    }

    /// One command about one of the things.
    pub(super) fn go_on(&mut self, due: u64, scene: &mut Scene) {
        let at = scene.dice.place(self.parts.len());
        let Some(part) = self.parts.get_mut(at) else {
            self.left = 0;
            return;
        };
        let mut sheet = scene.sheet(due, self.left);
        if scene.owes_a_correction() {
            amends::correct(&mut part.memory, &mut sheet, scene);
        }
        if sheet.events() == 0 {
            match part.stream.kind() {
                StreamKind::Package => of_package(part, &mut sheet, scene),
                StreamKind::Occasion => of_occasion(part, &mut sheet, scene),
                _ => of_organization(part, &mut sheet, scene),
            }
        }
        if sheet.events() == 0 {
            note(part, &mut sheet, scene);
        }
        let events = scene.hand_in(sheet);
        self.left = self.left.saturating_sub(events);
    }
}

fn of_package(part: &mut Part, sheet: &mut Sheet, scene: &mut Scene) {
    match scene.dice.below(7) {
        0 | 1 if !part.described => {
            part.described = true;
            // Beyond what the announcement itself can have said: it changes what is declared.
            let all = 20 + u32::try_from(scene.dice.below(9)).unwrap_or_default();
            let data = PackageDescribed {
                declared_counts: Some(DeclaredCounts {
                    all: Some(all),
                    practical: None,
                    institutional: None,
                }),
                ..PackageDescribed::default()
            };
            sheet.record(part.stream, data, None);
        }
        2 => {
            let kind = scene.dice.pick(&[
                MoneyKind::Contracted,
                MoneyKind::Realised,
                MoneyKind::Estimated,
            ]);
            let data = ValueStated {
                money: some_money(kind, scene),
                words: Some(long_remark(About::Claim, sheet.lang, &mut scene.dice)),
                inferred: None,
                continues: None,
            };
            tell(part, data, sheet, scene);
        }
        3 => {
            let data = ExpectationStated {
                milestone: Some(code("commercial_operation")),
                words: Some(long_remark(About::Hope, sheet.lang, &mut scene.dice)),
                horizon: vague::foreseen(sheet.today, &mut scene.dice),
                review_on: None,
                continues: None,
            };
            tell(part, data, sheet, scene);
        }
        4 => {
            amends::confirm(&mut part.memory, sheet, scene);
        }
        _ => claim(part, "declared_counts", sheet, scene),
    }
}

fn of_occasion(part: &mut Part, sheet: &mut Sheet, scene: &mut Scene) {
    match scene.dice.below(8) {
        0 | 1 if !part.described => {
            part.described = true;
            let place = scene.dice.pick(&PLACES);
            let data = OccasionDescribed {
                theme: Some(made::text(made::in_language(&place, sheet.lang))),
                ..OccasionDescribed::default()
            };
            sheet.record(part.stream, data, None);
        }
        2 | 3 if part.promise.is_none() => {
            let body = scene.organizations.any(part.stream, &mut scene.dice);
            let data = follow_up::some_promise(body, None, sheet, scene);
            part.promise = Some(tell(part, data, sheet, scene));
        }
        4 | 5 => {
            if let Some(promise) = part.promise.take() {
                let data = follow_up::some_closing(promise, sheet, &mut scene.dice);
                sheet.record(part.stream, data, Some(When::day(sheet.today)));
            }
        }
        6 if !part.linked => {
            let target = scene.frameworks.any(part.stream, &mut scene.dice);
            // Links lead back in time alone, so they never lead round.
            if let Some(target) = target.filter(|target| target.uuid() < part.stream.uuid()) {
                part.linked = true;
                let data = Linked {
                    relation: Relation::ArisesFrom,
                    target,
                    inferred: None,
                };
                sheet.record(part.stream, data, None);
            }
        }
        _ => claim(part, "attendance", sheet, scene),
    }
}

fn of_organization(part: &mut Part, sheet: &mut Sheet, scene: &mut Scene) {
    match scene.dice.below(5) {
        0 if !part.described => {
            part.described = true;
            // Another sort of body than any registration names: it changes what is said.
            let data = OrganizationDescribed {
                organization_type: Some(code("zone")),
                ..OrganizationDescribed::default()
            };
            sheet.record(part.stream, data, None);
        }
        1 | 2 => {
            let data = some_figure(Class::Institutional, sheet.lang, scene);
            tell(part, data, sheet, scene);
        }
        3 => {
            amends::source(&mut part.memory, sheet, scene);
        }
        _ => claim(part, "names", sheet, scene),
    }
}

/// A claim, or the choice of the one there is.
fn claim(part: &mut Part, field: &str, sheet: &mut Sheet, scene: &mut Scene) {
    match part.claim {
        Some(claim) if !part.preferred => {
            part.preferred = true;
            let reason = remark(About::Amends, sheet.lang, &mut scene.dice);
            sheet.record_own(part.stream, ClaimPreferred { claim, reason }, None);
        }
        Some(_) => {}
        None => {
            let speaker = scene.organizations.any(part.stream, &mut scene.dice);
            let data = follow_up::some_claim(field, speaker, sheet, scene);
            part.claim = Some(tell(part, data, sheet, scene));
        }
    }
}

fn note(part: &mut Part, sheet: &mut Sheet, scene: &mut Scene) {
    let words = long_remark(About::Note, sheet.lang, &mut scene.dice);
    let continues = None;
    sheet.record_own(part.stream, Noted { words, continues }, None);
}

/// A dated fact of a thing, kept in mind.
fn tell(
    part: &mut Part,
    payload: impl Into<crate::deal::event::Payload>,
    sheet: &mut Sheet,
    scene: &mut Scene,
) -> EventId {
    let payload = payload.into();
    let day = super::calendar::before(sheet.today, scene.dice.below(30));
    let on = vague::happened(day, sheet.today, &mut scene.dice);
    let id = sheet.record(part.stream, payload.clone(), Some(on.clone()));
    let fact = Remembered {
        id,
        on: Some(on),
        payload,
        officer: sheet.officer,
        confirmed: false,
    };
    part.memory.keep(fact, &mut scene.dice);
    id
}
