//! Which of the counted agreements and things a list names, and how many it leaves to the count.

use std::collections::BTreeSet;

use super::Draft;
use crate::deal::value::ids::{Ref, StreamId};
use crate::projection::portfolio::Member;
use crate::projection::portfolio::card::Remarks;
use crate::projection::portfolio::roll::Counted;
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

/// The first so many by reference.
fn first_by_reference(mut found: Vec<(&Ref, StreamId)>, most: usize) -> Named<StreamId> {
    let more = found.len().saturating_sub(most) as u64;
    if more > 0 {
        found.select_nth_unstable(most);
        found.truncate(most);
    }
    found.sort_unstable();
    let first = found.into_iter().map(|(_, id)| id).collect();
    Named { first, more }
}

impl<'a> Draft<'a> {
    /// Agreements in scope, the first so many by reference.
    pub(super) fn chosen(
        &self,
        most: usize,
        wanted: impl Fn(&Counted<'_>) -> bool,
    ) -> Named<Member<'a>> {
        let counted = self.roll.counted(self.scope);
        let found = counted.filter(wanted);
        let found = found
            .map(|one| (&one.card.reference, one.card.id))
            .collect();
        let Named { first, more } = first_by_reference(found, most);
        let first = first.into_iter().filter_map(|id| self.roll.member(id));
        Named {
            first: first.collect(),
            more,
        }
    }

    /// The same of agreements whose steps are told: an agreement registered twice is told once.
    pub(super) fn told(
        &self,
        practical: bool,
        most: usize,
        wanted: impl Fn(&Counted<'_>) -> bool,
    ) -> Named<Member<'a>> {
        self.chosen(most, |counted| {
            is_told(counted, practical) && wanted(counted)
        })
    }

    /// How many of something there are in scope beyond those of the agreements named.
    pub(super) fn left(&self, named: &[Member<'a>], of: impl Fn(&Counted<'_>) -> u64) -> u64 {
        let all: u64 = self.roll.counted(self.scope).map(|one| of(&one)).sum();
        let told: u64 = named.iter().map(|member| of(&member.counted())).sum();
        all.saturating_sub(told)
    }

    /// The things this report is about of which something is said, packages with their occasions first, then agreements:
    /// the first so many of each by reference.
    pub(super) fn things(&self, has: impl Fn(&Remarks) -> bool) -> Named<StreamId> {
        let mut first: Vec<StreamId> = Vec::new();
        let mut more = 0_u64;
        let mut seen = BTreeSet::new();
        for package in &self.packages {
            let Some(card) = self.roll.package_card(package.id) else {
                continue;
            };
            // An occasion at which several packages were signed is told of once.
            let occasion = card.occasion.filter(|occasion| seen.insert(*occasion));
            let occasion = occasion.filter(|id| self.roll.occasion(*id).is_some_and(&has));
            let mine = has(&card.remarks).then_some(package.id);
            for thing in mine.into_iter().chain(occasion) {
                if first.len() < MOST {
                    first.push(thing);
                } else {
                    more = more.saturating_add(1);
                }
            }
        }
        let agreements = self.roll.counted(self.scope);
        let found = agreements.filter(|one| has(&one.card.remarks));
        let found = found
            .map(|one| (&one.card.reference, one.card.id))
            .collect();
        let named = first_by_reference(found, MOST);
        first.extend(named.first);
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

/// Whether the steps of an agreement are told in a part.
pub(super) fn is_told(counted: &Counted<'_>, practical: bool) -> bool {
    counted.is_practical() == practical && counted.duplicate_of.is_none()
}
