//! What an agreement comes to on a day, without the book it was read from.
//!
//! Sums over a hundred thousand agreements look at little of each: a card holds that little, so that the book can be let
//! go again. Whatever is printed of an agreement is read from its book once more; a card only tells of which.

use chrono::NaiveDate;

use super::criterion::meets;
use super::ties::Says;
use crate::deal::event::Payload;
use crate::deal::event::agreement_registered::{Class, Instrument};
use crate::deal::event::financial_model_agreed::ModelStrength;
use crate::deal::policy::Policy;
use crate::deal::state::{Book, Fact};
use crate::deal::value::code::Code;
use crate::deal::value::ids::{ActorId, Ref, StreamId};
use crate::deal::value::known::Known;
use crate::deal::value::money::{Money, MoneySums};
use crate::deal::value::party::{Country, Party};
use crate::deal::value::source::EvidenceLevel;
use crate::deal::value::text::Text;
use crate::projection::attention::{Weight, documented, of_standing, weights};
use crate::projection::description::AgreementInfo;
use crate::projection::description::claims::claims;
use crate::projection::standing::Standing;
use crate::projection::standing::health::Health;
use crate::projection::standing::milestones::Reached;

/// An agreement on a day, in figures.
#[derive(Debug, Clone)]
pub struct Card {
    /// Its stream.
    pub id: StreamId,
    /// Its reference.
    pub reference: Ref,
    /// Whether its registration stands.
    pub is_registered: bool,
    /// Practical or institutional.
    pub class: Class,
    /// What kind of paper it is.
    pub instrument: Instrument,
    /// Its sectors.
    pub sectors: Vec<Text>,
    /// Where its parties are from, each once, in the order in which they are named.
    pub origins: Vec<PartyOrigin>,
    /// What it says of others.
    pub says: Says,
    /// The officer assigned last.
    pub officer: Option<ActorId>,
    /// Its review tier; the policy's first one if none is named.
    pub review_tier: Option<Code>,
    /// What is the matter with it.
    pub matters: Vec<Weight>,
    /// How it fares.
    pub health: Health,
    /// The milestones reached, by (day, rank, position).
    pub arrivals: Vec<Arrival>,
    /// Milestones said not to be needed, and not reached.
    pub not_needed: Vec<String>,
    /// The days on which steps were reversed.
    pub reversals: Vec<NaiveDate>,
    /// By each definition of the policy in turn, whether it is met.
    pub met: Vec<bool>,
    /// The money that stands, with the position of the fact that states it.
    pub money: Vec<(u64, Money)>,
    /// How many expectations are open.
    pub expectations: u32,
    /// How many obstacles stand.
    pub obstacles: u32,
    /// What is said of it beside its facts.
    pub remarks: Remarks,
}

/// Where a party is from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PartyOrigin {
    /// As stated of it; `None` when it is stated to be unknown, or nothing is and no organisation is named.
    Country(Option<Country>),
    /// Where this organisation is registered.
    Organization(StreamId),
}

/// A milestone reached.
#[derive(Debug, Clone)]
pub struct Arrival {
    /// Its code.
    pub code: String,
    /// How settled the financial model is; `None` for other milestones.
    pub strength: Option<ModelStrength>,
    /// Whether it is a practical step.
    pub is_step: bool,
    /// The day it was reached.
    pub day: NaiveDate,
    /// The civil day on which it was learned.
    pub learned_day: NaiveDate,
    /// The position of the fact of it that was recorded first.
    pub learned: u64,
    /// Whether a fact of it was moved here from another agreement: then it was learned before.
    pub is_moved: bool,
    /// Whether a document stands behind it in the strength it is counted with.
    pub is_documented: bool,
    /// The position of the first fact as strong as it is counted.
    pub fact: Option<u64>,
    /// The days on which a stronger fact followed a weaker one.
    pub raised: Vec<NaiveDate>,
}

/// What is said of a thing beside its facts, and what of it was amended.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Remarks {
    /// How many fields or topics sources make claims on.
    pub claims: u32,
    /// How many facts carry a remark on what was inferred.
    pub inferred: u32,
    /// The corrections and withdrawals of its facts: position and civil day of each.
    pub amended: Vec<(u64, NaiveDate)>,
}

impl Card {
    /// The card of an agreement whose standing is known.
    #[must_use]
    pub fn of(info: &AgreementInfo<'_>, standing: &Standing<'_>, policy: &Policy) -> Self {
        let not_needed = standing.not_needed.iter().map(|item| &item.data.milestone);
        let not_needed = not_needed.filter(|code| standing.reached(code.as_str()).is_none());
        let steps = standing.reversed.iter();
        let steps = steps.filter(|reversed| standing.track.is_step(reversed.code));
        let definitions = policy.conversions.iter();
        Self {
            id: info.id,
            reference: info.reference.clone(),
            is_registered: standing.book.is_registered(),
            class: *info.class.value,
            instrument: *info.instrument.value,
            sectors: info
                .sectors
                .value
                .iter()
                .map(|one| one.text.clone())
                .collect(),
            origins: info.parties.value.iter().map(PartyOrigin::of).collect(),
            says: Says::of(info),
            officer: standing.officer.cloned(),
            review_tier: info.review_tier.map(|stated| stated.value.clone()),
            matters: weights(&of_standing(standing, documented(policy))),
            health: standing.health,
            arrivals: standing.milestones.iter().map(Arrival::of).collect(),
            not_needed: not_needed.map(|code| code.as_str().to_owned()).collect(),
            reversals: steps.map(|reversed| reversed.day).collect(),
            met: definitions
                .map(|one| meets(standing, &one.criterion))
                .collect(),
            money: money(standing),
            expectations: count(standing.follow_up.open_expectations()),
            obstacles: count(standing.follow_up.open_obstacles()),
            remarks: Remarks {
                claims: count(standing.claims.iter()),
                ..Remarks::without_claims(standing.book, standing.day)
            },
        }
    }

    /// The signing, which is no step.
    #[must_use]
    pub fn signed(&self) -> Option<&Arrival> {
        let signed = crate::deal::track::SIGNED;
        self.arrivals.iter().find(|arrival| arrival.code == signed)
    }

    /// The practical steps, by (day, rank, position).
    pub fn steps(&self) -> impl Iterator<Item = &Arrival> {
        self.arrivals.iter().filter(|arrival| arrival.is_step)
    }

    /// Whether any step was reached.
    #[must_use]
    pub fn has_step(&self) -> bool {
        self.steps().next().is_some()
    }

    /// How many steps were reached in a window of days, both inclusive; without a first day there is no lower bound.
    #[must_use]
    pub fn steps_between(&self, since: Option<NaiveDate>, until: NaiveDate) -> u64 {
        let in_window =
            |step: &&Arrival| since.is_none_or(|since| step.day >= since) && step.day <= until;
        self.steps().filter(in_window).count() as u64
    }

    /// Counts the money that stands into sums.
    pub fn add_money_to(&self, sums: &mut MoneySums) {
        for (_, money) in &self.money {
            add(money, sums);
        }
    }
}

/// Counts money into sums.
pub(super) fn add(money: &Money, sums: &mut MoneySums) {
    if sums.add(money).is_err() {
        // No ledger that fits a disk reaches this; were it reached, the amount would be counted among the unknown and
        // shown, not lost.
        let _ = sums.add_unknown(money.kind());
    }
}

fn money(standing: &Standing<'_>) -> Vec<(u64, Money)> {
    let stated = standing.values.iter().flat_map(|(_, _, stated)| stated);
    stated
        .map(|one| (one.fact.seq(), one.money.clone()))
        .collect()
}

/// How many there are, for sums: no book has more events than this can count.
pub(super) fn count<T>(items: impl Iterator<Item = T>) -> u32 {
    u32::try_from(items.count()).unwrap_or(u32::MAX)
}

impl PartyOrigin {
    fn of(party: &Party) -> Self {
        let stated = party.country().and_then(Known::value).copied();
        match (stated, party.organization()) {
            (None, Some(organization)) => Self::Organization(organization),
            (stated, _) => Self::Country(stated),
        }
    }
}

impl Arrival {
    fn of(reached: &Reached<'_>) -> Self {
        let strong = || {
            let facts = reached.facts.iter().copied();
            facts.filter(|fact| is_as_strong(fact, reached))
        };
        let moved = |fact: &&Fact| fact.root().payload.continues().is_some();
        Self {
            code: reached.code.to_owned(),
            strength: reached.strength,
            is_step: reached.is_step,
            day: reached.day,
            learned_day: reached.learned_day(),
            learned: reached
                .facts
                .iter()
                .map(|fact| fact.seq())
                .min()
                .unwrap_or(0),
            is_moved: reached.facts.iter().any(moved),
            // A document on the discussions does not document a later agreement.
            is_documented: strong().any(|fact| fact.evidence() >= EvidenceLevel::DOCUMENTED),
            fact: strong().next().map(Fact::seq),
            raised: reached
                .strengthened
                .iter()
                .map(|raised| raised.day)
                .collect(),
        }
    }
}

fn is_as_strong(fact: &Fact, reached: &Reached<'_>) -> bool {
    match fact.payload() {
        Payload::FinancialModelAgreed(data) => Some(data.strength) >= reached.strength,
        _ => true,
    }
}

impl Remarks {
    /// What is said of any thing by the end of a day.
    #[must_use]
    pub fn of(book: &Book, day: NaiveDate) -> Self {
        Self {
            claims: count(claims(book, day).into_iter()),
            ..Self::without_claims(book, day)
        }
    }

    fn without_claims(book: &Book, day: NaiveDate) -> Self {
        let live = book
            .live()
            .filter(|fact| fact.payload().inferred().is_some());
        Self {
            claims: 0,
            inferred: count(live.filter(|fact| fact.happened_by(day))),
            amended: book.facts().iter().flat_map(Self::amended).collect(),
        }
    }

    /// The corrections and the withdrawal of a fact: position and civil day of each.
    pub fn amended(fact: &Fact) -> impl Iterator<Item = (u64, NaiveDate)> {
        let later = fact.versions().iter().skip(1).map(|one| &one.recording);
        let withdrawn = fact.retracted.as_ref().map(|one| &one.recording);
        later.chain(withdrawn).map(|one| (one.seq, one.day))
    }
}
