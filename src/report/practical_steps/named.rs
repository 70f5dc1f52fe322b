//! Which of the counted agreements and things a list names, and how many it leaves to the count.

use std::collections::BTreeSet;

use super::Draft;
use crate::deal::event::Kind;
use crate::deal::value::ids::StreamId;
use crate::projection::portfolio::course::{Course, Milestone, OnDay};
use crate::projection::portfolio::marks::Marks;
use crate::projection::portfolio::telling::Seen;
use crate::projection::portfolio::ties::Summed;
use crate::projection::status::excerpt::Wanted;
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
pub(super) struct Said {
    /// The number of its stream.
    pub(super) number: u32,
    /// Its title and reference.
    pub(super) about: String,
    pub(super) lines: Vec<Line>,
}

/// What may be said of a thing beside its facts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Remarked {
    /// Sources make claims on it.
    Claims,
    /// Something of it was inferred.
    Inferred,
}

impl Remarked {
    fn of(self, has_claims: bool, was_inferred: bool) -> bool {
        match self {
            Self::Claims => has_claims,
            Self::Inferred => was_inferred,
        }
    }
}

/// Which facts of an agreement a list looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Topic {
    /// Its registration.
    Registration,
    /// Its signing.
    Signing,
    /// Its steps of the period and the reversals of steps.
    Steps,
    /// Its steps that were confirmed further.
    Raised,
    /// Its steps before the period that were learned since.
    Learned,
    /// What is expected, and whatever may close an expectation.
    Expectations,
    /// Obstacles and their removals.
    Obstacles,
}

impl Topic {
    fn has(self, kind: Kind) -> bool {
        let is_milestone = matches!(
            kind,
            Kind::LandAllocated
                | Kind::FinancialModelAgreed
                | Kind::CompanyIncorporated
                | Kind::MilestoneReached
                | Kind::MilestoneReversed
        );
        match self {
            Self::Registration => kind == Kind::AgreementRegistered,
            Self::Steps | Self::Raised | Self::Learned => is_milestone,
            Self::Signing => is_milestone || kind == Kind::Signed,
            Self::Expectations => {
                let closes = matches!(kind, Kind::Signed | Kind::Contacted);
                is_milestone || closes || kind == Kind::ExpectationStated
            }
            Self::Obstacles => matches!(kind, Kind::ObstacleRaised | Kind::ObstacleResolved),
        }
    }
}

impl<'a> Draft<'a> {
    /// The positions of the facts of an agreement that a list looks at, where its course tells them: then no others are read.
    fn facts(&self, topic: Topic, on: OnDay<'_>) -> Option<Vec<u64>> {
        let period = self.period;
        match topic {
            Topic::Signing => Milestone::facts(on.signed().into_iter()),
            Topic::Steps if !on.reversals().any(|day| period.is_recent(day)) => {
                Milestone::facts(on.steps().filter(|step| period.has(step.day)))
            }
            Topic::Learned if period.follows.is_none() => {
                let before = on.steps().filter(|step| !period.is_recent(step.day));
                Milestone::facts(before.filter(|step| period.is_recent(step.learned_day)))
            }
            _ => None,
        }
    }

    /// The agreements in scope with all of these marks, the first so many by reference, and what `say` says of each. Each is
    /// read and put into words by itself, on all cores: what it takes is let go before the next.
    pub(super) fn said(
        &mut self,
        most: usize,
        marks: Marks,
        topic: Topic,
        say: impl Fn(&Self, &Seen<'_>, &mut Citations<'a>) -> Vec<Line> + Sync,
    ) -> Named<Said> {
        let Named { first, more } = self.first_by_reference(most, marks);
        let said = self.register.asked(&first, |number| {
            let kinds = |kind| topic.has(kind);
            let facts = self.facts(topic, self.register.on(*number)?);
            let wanted = facts.as_ref();
            let wanted = wanted.map_or(Wanted::Kinds(&kinds), |facts| Wanted::At(facts));
            self.register.excerpt(*number, wanted, |seen| {
                let mut apart = self.notes.apart();
                let said = Said {
                    number: *number,
                    lines: say(self, seen, &mut apart),
                    about: self.titled(seen.course),
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

    /// An agreement by its title and reference.
    pub(super) fn titled(&self, course: &Course) -> String {
        self.wording.called(&course.reference, &course.titles)
    }

    /// A registered thing by its title and reference: an agreement's book is not read for it.
    pub(super) fn thing(&self, stream: StreamId) -> String {
        match self.register.course(stream) {
            Some(course) => self.titled(course),
            None => self.wording.thing(stream),
        }
    }

    /// The agreements in scope with all of these marks, by the numbers of their streams: the first so many by reference.
    fn first_by_reference(&self, most: usize, marks: Marks) -> Named<u32> {
        let places = self.accounts.places(marks).take(most);
        let first = places.filter_map(|place| self.order.get(place).copied());
        let first: Vec<u32> = first.collect();
        Named {
            more: self
                .accounts
                .count(marks)
                .saturating_sub(first.len() as u64),
            first,
        }
    }

    /// How many of so many things are left when those of the agreements named are taken away.
    pub(super) fn left(&self, all: u64, named: &[Said], of: impl Fn(OnDay<'_>) -> u32) -> u64 {
        let entries = named
            .iter()
            .filter_map(|said| self.register.numbered(said.number));
        let told: u64 = entries.map(|entry| u64::from(of(entry.on))).sum();
        all.saturating_sub(told)
    }

    /// The things this report is about of which something is said, packages with their occasions first, then agreements:
    /// the first so many of each by reference.
    pub(super) fn things(&self, said: Remarked, marks: Marks) -> Named<StreamId> {
        let mut first: Vec<StreamId> = Vec::new();
        let mut more = 0_u64;
        let mut told: BTreeSet<StreamId> = BTreeSet::new();
        for package in &self.packages {
            let beside = package
                .beside
                .filter(|one| said.of(one.claims > 0, !one.inferred.is_empty()));
            // An occasion at which several packages were signed is told of once.
            let occasion = package.occasion.filter(|_| beside.is_some());
            let occasion = occasion.filter(|occasion| told.insert(*occasion));
            let mine = said.of(package.claims > 0, package.inferred > 0);
            let mine = mine.then_some(package.id);
            for thing in mine.into_iter().chain(occasion) {
                if first.len() < MOST {
                    first.push(thing);
                } else {
                    more = more.saturating_add(1);
                }
            }
        }
        let named = self.first_by_reference(MOST, marks);
        let agreements = named.first.iter();
        let agreements = agreements.filter_map(|number| self.register.numbered(*number));
        first.extend(agreements.map(|entry| entry.id()));
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
