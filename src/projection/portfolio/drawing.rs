//! A course while it is drawn from a book: what holds from each of its days on, each thing once.

use chrono::NaiveDate;

use super::card::{Remarks, count};
use super::course::{Course, Milestone, PartyOrigin, Phase, Words};
use super::criterion::meets;
use super::gist::{Amendment, Single, Stretch, span};
use super::phased::{Days, changes};
use super::ties::Says;
use crate::deal::event::Payload;
use crate::deal::state::{Book, Fact};
use crate::deal::track::SIGNED;
use crate::deal::value::known::Known;
use crate::deal::value::money::{Money, MoneyKind};
use crate::deal::value::party::Party;
use crate::deal::value::source::EvidenceLevel;
use crate::deal::value::text::Text;
use crate::projection::description::{self, AgreementInfo};
use crate::projection::ledger::LedgerModel;
use crate::projection::standing::milestones::Reached;
use crate::projection::standing::{Standing, standing};

/// What is drawn of an agreement.
#[derive(Debug)]
pub struct Drawn {
    /// Its course.
    pub course: Course,
    /// Its words.
    pub words: Words,
    /// What is counted of it, by the first day from which that holds.
    pub stretches: Vec<(NaiveDate, Stretch)>,
    /// The corrections and withdrawals of its facts.
    pub amendments: Vec<Amendment>,
}

impl Course {
    /// The course of an agreement, with its words, which have no numbers yet, and its stretches of days by the first day of
    /// each; `None` when its stream has no registration of one.
    #[must_use]
    pub fn of(book: &Book, ledger: &LedgerModel, days: Days) -> Option<Drawn> {
        let info = description::agreement(book)?;
        let track = ledger.track(*info.class.value);
        let mut drawing = Drawing::default();
        match days {
            Days::One(day) => drawing.add(NaiveDate::MIN, &standing(book, track, day), ledger),
            Days::All => {
                for day in changes(book) {
                    drawing.add(day, &standing(book, track, day), ledger);
                }
            }
        }
        let course = Self {
            id: info.id,
            reference: info.reference.clone(),
            titles: info.titles.value.clone(),
            is_registered: book.is_registered(),
            class: *info.class.value,
            instrument: *info.instrument.value,
            sectors: Box::default(),
            origins: info.parties.value.iter().map(PartyOrigin::of).collect(),
            codes: Box::default(),
            inferred: Remarks::inferred(book).map(Fact::seq).collect(),
            says: Says::of(&info),
            // What is kept for long is allocated as large as it is: cutting a grown vector to its size leaves a small gap in
            // memory behind each, and a heap full of gaps makes every later answer slow.
            milestones: Box::from(drawing.milestones.as_slice()),
            reversals: Box::from(drawing.reversals.as_slice()),
            money: Box::from(drawing.money.as_slice()),
            places: Box::from(drawing.places.as_slice()),
            phases: Box::from(drawing.phases.as_slice()),
        };
        let words = Words {
            sectors: sectors(&info),
            codes: drawing.codes,
        };
        Some(Drawn {
            course,
            words,
            stretches: drawing.stretches,
            amendments: book.facts().flat_map(Remarks::amended).collect(),
        })
    }
}

/// The sectors of an agreement, each once; sealed ones tell nothing apart and are one.
fn sectors(info: &AgreementInfo<'_>) -> Vec<Text> {
    let sectors = info.sectors.value.iter();
    let mut sectors: Vec<Text> = sectors.map(|one| one.text.clone()).collect();
    sectors.sort_unstable();
    sectors.dedup_by(|one, other| one.plain() == other.plain());
    sectors
}

/// A course while it is drawn.
#[derive(Default)]
struct Drawing {
    codes: Vec<String>,
    milestones: Vec<Milestone>,
    reversals: Vec<NaiveDate>,
    money: Vec<(u64, Money)>,
    places: Vec<u32>,
    stretches: Vec<(NaiveDate, Stretch)>,
    phases: Vec<Phase>,
}

impl Drawing {
    /// Adds what holds from a day on, unless it is what held before.
    fn add(&mut self, from: NaiveDate, standing: &Standing<'_>, ledger: &LedgerModel) {
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
        let mut declared: Vec<u32> = Vec::new();
        for (kind, _, stated) in standing.values.iter() {
            for one in stated {
                let place = place_of(&mut self.money, (one.fact.seq(), one.money.clone()));
                self.places.push(place);
                declared.extend((kind == MoneyKind::Declared).then_some(place));
            }
        }
        starts[3] = self.end();
        let mut stretch = stretch(standing, Single::of(declared.iter()).copied());
        for (place, definition) in (0..).zip(&ledger.policy().conversions) {
            if meets(standing, &definition.criterion) {
                self.places.push(place);
                stretch.meet(place);
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
        let phase = Phase {
            fare: standing.fare,
            starts,
        };
        let last = self.stretches.last().map(|(_, stretch)| stretch);
        let last = self.phases.last().zip(last);
        if last.is_some_and(|last| self.is_same(last, (&phase, &stretch))) {
            self.places.truncate(starts[0] as usize);
        } else {
            self.phases.push(phase);
            self.stretches.push((from, stretch));
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

    fn is_same(&self, one: (&Phase, &Stretch), other: (&Phase, &Stretch)) -> bool {
        let counts = |stretch: &Stretch| {
            [
                stretch.expectations,
                stretch.obstacles,
                stretch.claims,
                stretch.inferred,
            ]
        };
        let parts = |phase: &Phase| {
            let [first, rest @ ..] = phase.starts;
            (
                rest.map(|start| start.saturating_sub(first)),
                span(&self.places, (first, phase.starts[5])),
            )
        };
        one.0.fare == other.0.fare
            && counts(one.1) == counts(other.1)
            && parts(one.0) == parts(other.0)
    }
}

/// What is counted on a day; the definitions met are not marked yet.
fn stretch(standing: &Standing<'_>, declared: Single<u32>) -> Stretch {
    let milestones = standing.milestones.iter();
    let inferred = Remarks::inferred(standing.book);
    Stretch {
        news: news(standing),
        learned: milestones
            .map(Reached::learned_day)
            .max()
            .unwrap_or(NaiveDate::MIN),
        expectations: count(standing.follow_up.open_expectations()),
        obstacles: count(standing.follow_up.open_obstacles()),
        claims: count(standing.claims.iter()),
        inferred: count(inferred.filter(|fact| fact.happened_by(standing.day))),
        is_signed: standing.signed().is_some(),
        has_step: standing.has_step(),
        amounts: count(standing.values.iter().flat_map(|(_, _, stated)| stated)),
        declared,
        met: 0,
    }
}

/// The last day on which a milestone was reached or raised, or a step reversed.
fn news(standing: &Standing<'_>) -> NaiveDate {
    let raised = |one: &Reached<'_>| one.strengthened.iter().map(|raised| raised.day).max();
    let milestones = standing.milestones.iter();
    let reached = milestones.flat_map(|one| [Some(one.day), raised(one)]);
    let reversed = standing.reversed.iter();
    let reversed = reversed.filter(|one| standing.track.is_step(one.code));
    let reversed = reversed.map(|one| one.day);
    let days = reached.flatten().chain(reversed);
    days.max().unwrap_or(NaiveDate::MIN)
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
            is_single: reached.facts.len() == 1,
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

impl PartyOrigin {
    /// Where a party is from: what is said of it wins over where its organisation is registered.
    #[must_use]
    pub fn of(party: &Party) -> Self {
        let stated = party.country().and_then(Known::value).copied();
        match (stated, party.organization()) {
            (None, Some(organization)) => Self::Organization(organization),
            (stated, _) => Self::Country(stated),
        }
    }
}
