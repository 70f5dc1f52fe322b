//! A course while it is drawn from a book: what holds from each of its days on, each thing once.

use chrono::NaiveDate;

use super::super::card::count;
use super::super::criterion::meets;
use super::{Milestone, Phase, span};
use crate::deal::event::Payload;
use crate::deal::state::{Book, Fact};
use crate::deal::track::SIGNED;
use crate::deal::value::money::Money;
use crate::deal::value::source::EvidenceLevel;
use crate::deal::value::text::Text;
use crate::projection::description::AgreementInfo;
use crate::projection::ledger::LedgerModel;
use crate::projection::standing::Standing;
use crate::projection::standing::milestones::Reached;

/// The sectors of an agreement, each once; sealed ones tell nothing apart and are one.
pub(super) fn sectors(info: &AgreementInfo<'_>) -> Vec<Text> {
    let sectors = info.sectors.value.iter();
    let mut sectors: Vec<Text> = sectors.map(|one| one.text.clone()).collect();
    sectors.sort_unstable();
    sectors.dedup_by(|one, other| one.plain() == other.plain());
    sectors
}

/// The first day of all, and every day on which a fact had happened that had not the day before.
pub(super) fn changes(book: &Book) -> Vec<NaiveDate> {
    let dated = book.live().filter(|fact| fact.is_dated());
    let happened = dated.map(|fact| fact.current().latest_day());
    let mut days: Vec<NaiveDate> = happened.chain([NaiveDate::MIN]).collect();
    days.sort_unstable();
    days.dedup();
    days
}

/// A course while it is drawn.
#[derive(Default)]
pub(super) struct Drawing {
    pub(super) codes: Vec<String>,
    pub(super) milestones: Vec<Milestone>,
    pub(super) reversals: Vec<NaiveDate>,
    pub(super) money: Vec<(u64, Money)>,
    pub(super) places: Vec<u32>,
    pub(super) phases: Vec<Phase>,
}

impl Drawing {
    /// Adds what holds from a day on, unless it is what held before.
    pub(super) fn add(&mut self, from: NaiveDate, standing: &Standing<'_>, ledger: &LedgerModel) {
        let mut starts = [self.end(), 0, 0, 0, 0, 0];
        for reached in &standing.milestones {
            let code = self.code(reached.code);
            let place = place_of(&mut self.milestones, Milestone::of(reached, code));
            self.places.push(place);
        }
        starts[1] = self.end();
        let reversed = standing.reversed.iter();
        for reversed in reversed.filter(|one| standing.track.is_step(one.code)) {
            let place = place_of(&mut self.reversals, reversed.day);
            self.places.push(place);
        }
        starts[2] = self.end();
        for (_, _, stated) in standing.values.iter() {
            for one in stated {
                let place = place_of(&mut self.money, (one.fact.seq(), one.money.clone()));
                self.places.push(place);
            }
        }
        starts[3] = self.end();
        for (place, definition) in (0..).zip(&ledger.policy().conversions) {
            if meets(standing, &definition.criterion) {
                self.places.push(place);
            }
        }
        starts[4] = self.end();
        let not_needed = standing.not_needed.iter();
        let codes = not_needed.map(|item| item.data.milestone.as_str());
        for code in codes.filter(|code| standing.reached(code).is_none()) {
            let place = self.code(code);
            self.places.push(place);
        }
        starts[5] = self.end();
        let inferred = standing.book.live();
        let inferred = inferred.filter(|fact| fact.payload().inferred().is_some());
        let phase = Phase {
            from,
            fare: standing.fare,
            expectations: count(standing.follow_up.open_expectations()),
            obstacles: count(standing.follow_up.open_obstacles()),
            claims: count(standing.claims.iter()),
            inferred: count(inferred.filter(|fact| fact.happened_by(standing.day))),
            starts,
        };
        match self.phases.last() {
            Some(last) if self.is_same(last, &phase) => {
                self.places.truncate(starts[0] as usize);
            }
            _ => self.phases.push(phase),
        }
    }

    /// The place of a code.
    fn code(&mut self, code: &str) -> u32 {
        let place = self.codes.iter().position(|one| one == code);
        let place = place.unwrap_or_else(|| {
            self.codes.push(code.to_owned());
            self.codes.len().saturating_sub(1)
        });
        u32::try_from(place).unwrap_or(u32::MAX)
    }

    fn end(&self) -> u32 {
        count(self.places.iter())
    }

    fn is_same(&self, one: &Phase, other: &Phase) -> bool {
        let counts = |phase: &Phase| {
            [
                phase.expectations,
                phase.obstacles,
                phase.claims,
                phase.inferred,
            ]
        };
        let parts = |phase: &Phase| {
            let [first, rest @ ..] = phase.starts;
            (
                rest.map(|start| start.saturating_sub(first)),
                span(&self.places, first, phase.starts[5]),
            )
        };
        one.fare == other.fare && counts(one) == counts(other) && parts(one) == parts(other)
    }
}

/// The place of a thing among those that are there, where it is put if it is not.
fn place_of<T: PartialEq>(things: &mut Vec<T>, thing: T) -> u32 {
    let place = things.iter().position(|one| *one == thing);
    let place = place.unwrap_or_else(|| {
        things.push(thing);
        things.len().saturating_sub(1)
    });
    u32::try_from(place).unwrap_or(u32::MAX)
}

impl Milestone {
    fn of(reached: &Reached<'_>, code: u32) -> Self {
        let strong = || {
            let facts = reached.facts.iter().copied();
            facts.filter(|fact| is_as_strong(fact, reached))
        };
        let moved = |fact: &&Fact| fact.root().payload.continues().is_some();
        let learned = reached.facts.iter().map(|fact| fact.seq());
        Self {
            code,
            strength: reached.strength,
            is_signing: reached.code == SIGNED,
            is_step: reached.is_step,
            // A document on the discussions does not document a later agreement.
            is_documented: strong().any(|fact| fact.evidence() >= EvidenceLevel::DOCUMENTED),
            fact: strong().next().map(Fact::seq),
            day: reached.day,
            learned_day: reached.learned_day(),
            learned: learned.min().unwrap_or(0),
            is_moved: reached.facts.iter().any(moved),
            raised: reached.strengthened.iter().map(|one| one.day).collect(),
        }
    }
}

fn is_as_strong(fact: &Fact, reached: &Reached<'_>) -> bool {
    match fact.payload() {
        Payload::FinancialModelAgreed(data) => Some(data.strength) >= reached.strength,
        _ => true,
    }
}
