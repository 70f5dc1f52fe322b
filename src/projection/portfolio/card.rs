//! What an agreement comes to on a day, without the book it was read from.
//!
//! Sums over a hundred thousand agreements look at little of each: a card holds that little, so that the book can be let
//! go again. Whatever is printed of an agreement is read from its book once more; a card only tells of which.

use chrono::NaiveDate;

use super::criterion::meets;
use super::ties::Says;
use crate::deal::event::agreement_registered::{Class, Instrument};
use crate::deal::policy::Policy;
use crate::deal::state::{Book, Fact};
use crate::deal::value::code::Code;
use crate::deal::value::ids::{ActorId, Ref, StreamId};
use crate::deal::value::money::{Money, MoneySums};
use crate::projection::attention::{Weight, documented, of_standing, weights};
use crate::projection::description::AgreementInfo;
use crate::projection::description::claims::claims;
use crate::projection::standing::Standing;
use crate::projection::standing::health::Health;

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
    /// Whether it was signed.
    pub is_signed: bool,
    /// Whether any step was reached.
    pub has_step: bool,
    /// By each definition of the policy in turn, whether it is met.
    pub met: Vec<bool>,
    /// The money that stands, with the position of the fact that states it.
    pub money: Vec<(u64, Money)>,
}

/// What is said of a thing beside its facts, and what of it was amended.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Remarks {
    /// How many fields or topics sources make claims on.
    pub claims: u32,
    /// The facts that carry a remark on what was inferred, by the positions of their root events.
    pub inferred: Vec<u64>,
    /// The corrections and withdrawals of its facts: position and civil day of each.
    pub amended: Vec<(u64, NaiveDate)>,
}

impl Card {
    /// The card of an agreement whose standing is known.
    #[must_use]
    pub fn of(info: &AgreementInfo<'_>, standing: &Standing<'_>, policy: &Policy) -> Self {
        let definitions = policy.conversions.iter();
        Self {
            id: info.id,
            reference: info.reference.clone(),
            is_registered: standing.book.is_registered(),
            class: *info.class.value,
            instrument: *info.instrument.value,
            says: Says::of(info),
            officer: standing.officer.cloned(),
            review_tier: info.review_tier.map(|stated| stated.value.clone()),
            matters: weights(&of_standing(standing, documented(policy))),
            health: standing.health,
            is_signed: standing.signed().is_some(),
            has_step: standing.has_step(),
            met: definitions
                .map(|one| meets(standing, &one.criterion))
                .collect(),
            money: money(standing),
        }
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

/// Takes money out of sums again into which it was counted.
pub(super) fn take_out(money: &Money, sums: &mut MoneySums) {
    if sums.remove(money).is_err() {
        // It was counted among the unknown, for it had made the sum too large.
        let _ = sums.remove_unknown(money.kind());
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

impl Remarks {
    /// What is said of any thing by the end of a day.
    #[must_use]
    pub fn of(book: &Book, day: NaiveDate) -> Self {
        let inferred = Self::inferred(book).filter(|fact| fact.happened_by(day));
        Self {
            claims: count(claims(book, day).into_iter()),
            inferred: inferred.map(Fact::seq).collect(),
            amended: book.facts().flat_map(Self::amended).collect(),
        }
    }

    /// The facts that stand and carry a remark on what was inferred, whenever they happened.
    pub fn inferred(book: &Book) -> impl Iterator<Item = &Fact> {
        let live = book.live();
        live.filter(|fact| fact.payload().inferred().is_some())
    }

    /// The corrections and the withdrawal of a fact: position and civil day of each.
    pub fn amended(fact: &Fact) -> impl Iterator<Item = (u64, NaiveDate)> {
        let later = fact.versions().iter().skip(1).map(|one| &one.recording);
        let withdrawn = fact.retracted.as_ref().map(|one| &one.recording);
        later.chain(withdrawn).map(|one| (one.seq, one.day))
    }
}
