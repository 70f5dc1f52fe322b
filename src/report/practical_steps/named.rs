//! Which of the counted agreements and things a list names, and how many it leaves to the count.

use std::collections::{BTreeSet, BinaryHeap};

use super::Draft;
use super::account::{Account, Marks};
use crate::deal::value::ids::StreamId;
use crate::projection::description::AgreementInfo;
use crate::projection::portfolio::card::Remarks;
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
fn first_by_reference<'s, 'a>(
    found: impl Iterator<Item = &'s Account<'a>>,
    most: usize,
) -> Named<&'s Account<'a>>
where
    'a: 's,
{
    let key = |one: &'s Account<'a>| (&one.entry.course().reference, one.entry.course().id);
    // The last of those that are named lies on top.
    let mut first: BinaryHeap<(_, usize)> = BinaryHeap::new();
    let mut all: Vec<&'s Account<'a>> = Vec::new();
    let mut count = 0_u64;
    for account in found {
        count = count.saturating_add(1);
        let key = key(account);
        if first.len() >= most {
            if first.peek().is_none_or(|(last, _)| key >= *last) {
                continue;
            }
            first.pop();
        }
        first.push((key, all.len()));
        all.push(account);
    }
    let places = first.into_sorted_vec();
    let first = places.iter().filter_map(|(_, place)| all.get(*place));
    let first: Vec<_> = first.copied().collect();
    Named {
        more: count.saturating_sub(first.len() as u64),
        first,
    }
}

impl<'a> Draft<'a> {
    /// The agreements in scope with all of these marks, the first so many by reference.
    pub(super) fn chosen(&self, most: usize, marks: Marks) -> Named<Member<'a>> {
        let Named { first, more } = first_by_reference(self.accounts.with(marks), most);
        let ids: Vec<StreamId> = first.iter().map(|account| account.entry.id()).collect();
        let told = self.register.all_told(&ids);
        let member = |(account, told): (&Account<'a>, Option<Told<'a>>)| {
            let Told { info, standing, .. } = told?;
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

    /// How many of something there are in scope beyond those of the agreements named, of agreements with these marks.
    pub(super) fn left(
        &self,
        named: &[Member<'a>],
        marks: Marks,
        of: impl Fn(&Account<'_>) -> u64,
    ) -> u64 {
        let all: u64 = self.accounts.with(marks).map(&of).sum();
        let told: u64 = named.iter().map(|member| of(&member.account)).sum();
        all.saturating_sub(told)
    }

    /// The things this report is about of which something is said, packages with their occasions first, then agreements:
    /// the first so many of each by reference.
    pub(super) fn things(&self, has: impl Fn(&Remarks) -> bool, marks: Marks) -> Named<StreamId> {
        let mut first: Vec<StreamId> = Vec::new();
        let mut more = 0_u64;
        let occasions = self.register.occasions();
        let occasions = occasions.filter(|(_, remarks)| has(remarks));
        let mut said: BTreeSet<StreamId> = occasions.map(|(id, _)| id).collect();
        for package in &self.packages {
            let Some(card) = self.register.package_card(package.id) else {
                continue;
            };
            // An occasion at which several packages were signed is told of once.
            let occasion = card.occasion.filter(|occasion| said.remove(occasion));
            let mine = has(&card.remarks).then_some(package.id);
            for thing in mine.into_iter().chain(occasion) {
                if first.len() < MOST {
                    first.push(thing);
                } else {
                    more = more.saturating_add(1);
                }
            }
        }
        let named = first_by_reference(self.accounts.with(marks), MOST);
        first.extend(named.first.iter().map(|account| account.entry.id()));
        let register = self.register;
        register.look_ahead(&first, |status, thing| status.book(*thing).is_some());
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
