//! Which of the counted agreements and things a list names, and how many it leaves to the count.

use std::collections::BTreeSet;

use super::Draft;
use super::account::Account;
use crate::deal::value::ids::StreamId;
use crate::projection::description::AgreementInfo;
use crate::projection::portfolio::card::Remarks;
use crate::projection::portfolio::course::OnDay;
use crate::projection::portfolio::register::Told;
use crate::projection::portfolio::ties::Summed;
use crate::projection::standing::Standing;
use crate::report::document::block::{Block, Line};
use crate::report::text::sentence::{Listed, Outlook};

/// As many things a list names.
pub(super) const MOST: usize = 100;
/// As many agreements are told of with their steps.
pub(super) const MOST_WITH_STEPS: usize = 1_000;

/// Some of what was counted, in order, and how many more there are.
pub(super) struct Named<T> {
    pub(super) first: Vec<T>,
    pub(super) more: u64,
}

/// An agreement that is named.
pub(super) struct Member<'a> {
    pub(super) account: Account<'a>,
    pub(super) info: AgreementInfo<'a>,
    pub(super) standing: Standing<'a>,
}

/// The first so many by reference.
fn first_by_reference<'a>(mut found: Vec<&'a Account<'a>>, most: usize) -> Named<&'a Account<'a>> {
    let more = found.len().saturating_sub(most) as u64;
    let key = |one: &&Account<'a>| (&one.entry.course().reference, one.entry.course().id);
    if more > 0 {
        found.select_nth_unstable_by(most, |a, b| key(a).cmp(&key(b)));
        found.truncate(most);
    }
    found.sort_unstable_by(|a, b| key(a).cmp(&key(b)));
    Named { first: found, more }
}

impl<'a> Draft<'a> {
    /// Agreements in scope, the first so many by reference.
    pub(super) fn chosen(
        &self,
        most: usize,
        wanted: impl Fn(&Account<'_>) -> bool,
    ) -> Named<Member<'a>> {
        let found = self.accounts.iter().filter(|account| wanted(account));
        let Named { first, more } = first_by_reference(found.collect(), most);
        let ids: Vec<StreamId> = first.iter().map(|account| account.entry.id()).collect();
        let told = self.register.all_told(&ids);
        let member = |(account, told): (&Account<'a>, Option<Told<'a>>)| {
            let Told { info, standing } = told?;
            Some(Member {
                account: *account,
                info,
                standing,
            })
        };
        Named {
            first: first.into_iter().zip(told).filter_map(member).collect(),
            more,
        }
    }

    /// The same of agreements whose steps are told: an agreement registered twice is told once.
    pub(super) fn told(
        &self,
        practical: bool,
        most: usize,
        wanted: impl Fn(&Account<'_>) -> bool,
    ) -> Named<Member<'a>> {
        self.chosen(most, |account| {
            wanted(account) && account.is_told(practical)
        })
    }

    /// How many of something there are in scope beyond those of the agreements named.
    pub(super) fn left(&self, named: &[Member<'a>], of: impl Fn(&Account<'_>) -> u64) -> u64 {
        let all: u64 = self.accounts.iter().map(&of).sum();
        let told: u64 = named.iter().map(|member| of(&member.account)).sum();
        all.saturating_sub(told)
    }

    /// The things this report is about of which something is said, packages with their occasions first, then agreements:
    /// the first so many of each by reference.
    pub(super) fn things(
        &self,
        has: impl Fn(&Remarks) -> bool,
        of_agreement: impl Fn(OnDay<'_>) -> bool,
    ) -> Named<StreamId> {
        let mut first: Vec<StreamId> = Vec::new();
        let mut more = 0_u64;
        let mut seen = BTreeSet::new();
        for package in &self.packages {
            let Some(card) = self.register.package_card(package.id) else {
                continue;
            };
            // An occasion at which several packages were signed is told of once.
            let occasion = card.occasion.filter(|occasion| seen.insert(*occasion));
            let occasion = occasion.filter(|id| self.register.occasion(*id).is_some_and(&has));
            let mine = has(&card.remarks).then_some(package.id);
            for thing in mine.into_iter().chain(occasion) {
                if first.len() < MOST {
                    first.push(thing);
                } else {
                    more = more.saturating_add(1);
                }
            }
        }
        let agreements = self.accounts.iter();
        let found = agreements.filter(|account| of_agreement(account.entry.on));
        let named = first_by_reference(found.collect(), MOST);
        first.extend(named.first.iter().map(|account| account.entry.id()));
        Named {
            first,
            more: more.saturating_add(named.more),
        }
    }

    /// The line that says how many more there are; nothing where there are none.
    pub(super) fn more(&self, what: Listed, count: u64) -> Option<Block> {
        let line = || Line::new(self.text.outlook(Outlook::More { what, count }));
        (count > 0).then(|| Block::Paragraph {
            lines: vec![line()],
        })
    }
}
