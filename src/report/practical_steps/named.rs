//! Which of the counted agreements and things a list names, and how many it leaves to the count.

use std::collections::{BTreeSet, BinaryHeap};

use super::Draft;
use super::account::{Account, Marks};
use crate::deal::event::Kind;
use crate::deal::value::ids::StreamId;
use crate::projection::portfolio::card::Remarks;
use crate::projection::portfolio::register::Told;
use crate::projection::portfolio::ties::Summed;
use crate::report::document::block::{Block, Line};
use crate::report::notes::Citations;
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

/// What a list says of an agreement that it names.
pub(super) struct Said<'a> {
    pub(super) account: Account<'a>,
    /// Its title and reference.
    pub(super) about: String,
    pub(super) lines: Vec<Line>,
}

/// Which facts of an agreement a list looks at, beside what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Topic {
    /// What it is, and nothing else.
    Registration,
    /// Its signing.
    Signing,
    /// Its milestones and their reversals.
    Steps,
    /// What is expected, and whatever may close an expectation.
    Expectations,
    /// Obstacles and their removals.
    Obstacles,
}

impl Topic {
    fn has(self, kind: Kind) -> bool {
        let is_milestone = matches!(
            kind,
            Kind::Signed
                | Kind::LandAllocated
                | Kind::FinancialModelAgreed
                | Kind::CompanyIncorporated
                | Kind::MilestoneReached
                | Kind::MilestoneReversed
        );
        match self {
            Self::Registration => false,
            Self::Signing | Self::Steps => is_milestone,
            Self::Expectations => {
                is_milestone || matches!(kind, Kind::ExpectationStated | Kind::Contacted)
            }
            Self::Obstacles => matches!(kind, Kind::ObstacleRaised | Kind::ObstacleResolved),
        }
    }
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
    /// The agreements in scope with all of these marks, the first so many by reference, and what `say` says of each. Each is
    /// read and put into words by itself, on all cores: what it takes is let go before the next.
    pub(super) fn said(
        &mut self,
        most: usize,
        marks: Marks,
        topic: Topic,
        say: impl Fn(&Self, &Told<'_>, &mut Citations<'a>) -> Vec<Line> + Sync,
    ) -> Named<Said<'a>> {
        let Named { first, more } = first_by_reference(self.accounts.with(marks), most);
        let said = self.register.asked(&first, |account| {
            let (id, kinds) = (account.entry.id(), |kind| topic.has(kind));
            self.register.excerpt(id, kinds, |told| {
                let mut apart = self.notes.apart();
                let said = Said {
                    account: **account,
                    lines: say(self, told, &mut apart),
                    about: self.wording.agreement(&told.info),
                };
                (said, apart)
            })
        });
        let citations = &mut self.notes.citations;
        let first = said.into_iter().map(|(mut said, apart)| {
            citations.take_in(apart).lines(&mut said.lines);
            said
        });
        Named {
            first: first.collect(),
            more,
        }
    }

    /// How many agreements in scope have all of these marks.
    pub(super) fn count(&self, marks: Marks) -> u64 {
        self.accounts.with(marks).count() as u64
    }

    /// How many of something there are in scope beyond those of the agreements named, of agreements with these marks.
    pub(super) fn left(
        &self,
        named: &[Said<'a>],
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
