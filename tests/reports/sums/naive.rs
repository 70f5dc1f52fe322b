//! The plain count over the records of a history: no read model, no event.

use super::history::{Deal, Fate, KINDS, Money, Pack, STEPS};

/// The plain count on a day.
pub(super) struct Naive<'a> {
    pub(super) packs: &'a [Pack],
    pub(super) deals: &'a [Deal],
    pub(super) day: u64,
}

impl Naive<'_> {
    fn link(&self, at: usize, supersedes: bool) -> Option<usize> {
        let deal = &self.deals[at];
        let (kind, target) = deal.link?;
        let real = target < self.deals.len() && target != at && !deal.withdrawn;
        (kind == supersedes && real).then_some(target)
    }

    fn is_duplicate(&self, at: usize) -> bool {
        let original = self.link(at, false);
        original.is_some_and(|original| !self.deals[original].withdrawn)
    }

    fn is_superseded(&self, at: usize) -> bool {
        (0..self.deals.len()).any(|by| self.link(by, true) == Some(at))
    }

    /// Whether an agreement counts.
    fn counts(&self, at: usize) -> bool {
        !self.deals[at].withdrawn && !self.is_duplicate(at) && !self.is_superseded(at)
    }

    pub(super) fn those(&self, which: impl Fn(&Deal) -> bool) -> Vec<&Deal> {
        let all = self.deals.iter().enumerate();
        let counted = all.filter(|(at, _)| self.counts(*at)).map(|(_, deal)| deal);
        counted.filter(|deal| which(deal)).collect()
    }

    pub(super) fn reached(&self, deal: &Deal, step: usize) -> bool {
        deal.steps.iter().any(|(code, day, retracted, reversed)| {
            let holds = reversed.is_none_or(|reversed| reversed > self.day);
            *code == step && *day <= self.day && !retracted && holds
        })
    }

    pub(super) fn has_step(&self, deal: &Deal) -> bool {
        // On the track of documents between institutions these milestones are no steps: it has none of them.
        deal.practical && (0..STEPS.len()).any(|step| self.reached(deal, step))
    }

    /// What a deal states of a kind in a currency by the day; none if it states nothing.
    pub(super) fn money(&self, deal: &Deal, kind: usize, currency: usize) -> Option<u64> {
        let mut stated: Vec<&Money> = deal
            .money
            .iter()
            .filter(|money| (money.kind, money.currency) == (kind, currency))
            .filter(|money| money.day <= self.day && money.fate != Fate::Retracted)
            .collect();
        stated.sort_by_key(|money| money.day);
        let adds = matches!(KINDS[kind], "contributed" | "realised");
        let mut sum = None;
        for money in stated {
            let amount = match money.fate {
                Fate::Corrected(to) => u64::from(to),
                _ => u64::from(money.amount),
            };
            let before = sum.filter(|_| adds && !money.to_date);
            sum = Some(before.unwrap_or(0) + amount);
        }
        sum
    }

    pub(super) fn sum(&self, deals: &[&Deal], kind: usize, currency: usize) -> Option<u64> {
        let stated = deals
            .iter()
            .filter_map(|deal| self.money(deal, kind, currency));
        stated.fold(None, |sum, more| Some(sum.unwrap_or(0) + more))
    }

    /// The denominator of conversion of a package, if its practical count is known.
    pub(super) fn denominator(&self, package: usize) -> Option<u64> {
        let declared = u64::from(self.packs[package].practical?);
        let gone = (0..self.deals.len()).filter(|at| {
            let deal = &self.deals[*at];
            let mine = deal.practical && deal.package == Some(package) && !deal.withdrawn;
            let elsewhere = |original: usize| self.deals[original].package != Some(package);
            mine && match self.link(*at, false).filter(|_| self.is_duplicate(*at)) {
                Some(original) => elsewhere(original),
                None => self.is_superseded(*at),
            }
        });
        let gone = gone.count() as u64;
        let members = self.those(|deal| deal.practical && deal.package == Some(package));
        Some(declared.saturating_sub(gone).max(members.len() as u64))
    }

    pub(super) fn signed(&self, deal: &Deal) -> bool {
        deal.signed.is_some_and(|day| day <= self.day)
    }
}
