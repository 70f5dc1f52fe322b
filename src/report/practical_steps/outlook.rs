//! What is expected, what stands in the way, and which agreements have no step yet.

use super::named::{MOST, Topic};
use super::steps::{about, each_about};
use super::{Draft, list_or};
use crate::deal::event::agreement_registered::Class;
use crate::deal::value::ids::StreamId;
use crate::projection::portfolio::census::PackageTally;
use crate::projection::portfolio::marks::Marks;
use crate::projection::standing::Standing;
use crate::report::document::block::{Block, Line, Part};
use crate::report::text::sentence::{Heading, Listed, Outlook};

impl Draft<'_> {
    pub(super) fn expected(&mut self) -> Part {
        let mut items = Vec::new();
        let mut left = 0_u64;
        let packages = self.packages.iter();
        let open = packages.map(|package| (package.id, u64::from(package.expectations)));
        let expecting: Vec<(StreamId, u64)> = open.filter(|(_, open)| *open > 0).collect();
        let (first, rest) = expecting.split_at(expecting.len().min(MOST));
        left = rest
            .iter()
            .fold(left, |left, (_, open)| left.saturating_add(*open));
        let track = self.register.ledger.track(Class::Practical);
        let said = self.register.asked(first, |(id, _)| {
            let facts = self.register.package_facts(*id)?;
            let (mut apart, thing) = (self.notes.apart(), self.thing(*id));
            let open = facts.expectations.iter().filter(|item| item.is_open());
            let said = open.map(|one| self.wording.expectation(track, one, &mut apart));
            let lines: Vec<Line> = said.map(|line| about(&thing, line)).collect();
            Some((lines, apart))
        });
        for (mut lines, apart) in said {
            self.notes.citations.take_in(apart).lines(&mut lines);
            items.extend(lines);
        }
        let topic = Topic::Expectations;
        let named = self.said(MOST, Marks::EXPECTS, topic, |draft, seen, notes| {
            let Standing {
                track, follow_up, ..
            } = &seen.standing;
            let open = follow_up.open_expectations();
            open.map(|one| draft.wording.expectation(track, one, notes))
                .collect()
        });
        let open = self.census.expectations;
        let open = self.left(open, &named.first, |on| on.expectations());
        let left = left.saturating_add(open);
        items.extend(each_about(named.first));
        let nothing = self.text.outlook(Outlook::NothingExpected);
        let mut blocks = vec![list_or(items, nothing)];
        blocks.extend(self.more(Listed::Expectations, left));
        self.part("expected", Heading::Expected, blocks)
    }

    pub(super) fn obstacles(&mut self) -> Part {
        let topic = Topic::Obstacles;
        let named = self.said(MOST, Marks::OBSTRUCTED, topic, |draft, seen, notes| {
            let open = seen.standing.follow_up.open_obstacles();
            open.map(|one| draft.wording.obstacle(one, notes)).collect()
        });
        let stand = self.census.obstacles;
        let left = self.left(stand, &named.first, |on| on.obstacles());
        let items = each_about(named.first).collect();
        let nothing = self.text.outlook(Outlook::NoObstacle);
        let mut blocks = vec![list_or(items, nothing)];
        blocks.extend(self.more(Listed::Obstacles, left));
        self.part("obstacles", Heading::Obstacles, blocks)
    }

    /// Practical agreements without a step: those registered by name, the rest counted.
    pub(super) fn no_step(&mut self) -> Part {
        let topic = Topic::Registration;
        let named = self.said(MOST, Marks::WITHOUT_STEP, topic, |draft, seen, notes| {
            let note = seen
                .standing
                .book
                .registration()
                .map(|fact| notes.cite(fact));
            vec![Line::new(draft.titled(seen.course)).noted(note)]
        });
        let count = named.more.saturating_add(named.first.len() as u64);
        let counted = self.accounts.count(Marks::IN_DENOMINATOR);
        let lead = match self
            .unregistered()
            .map(|unnamed| unnamed.saturating_add(count))
        {
            Some(0) if counted == 0 => Outlook::NoPracticalAgreement,
            Some(0) => Outlook::EveryOneHasAStep,
            Some(all) => Outlook::NoStep { all, named: count },
            None => Outlook::NoStepUnknown { named: count },
        };
        let mut blocks = vec![Block::Paragraph {
            lines: vec![Line::new(self.text.outlook(lead))],
        }];
        let lines = named.first.into_iter().flat_map(|said| said.lines);
        let mut items: Vec<Line> = lines.collect();
        let not_named = self.not_named(&mut items);
        if !items.is_empty() {
            blocks.push(Block::List { items });
        }
        blocks.extend(self.more(Listed::Agreements, named.more));
        blocks.extend(self.more(Listed::Packages, not_named));
        self.part("no_step", Heading::NoStep, blocks)
    }

    /// A line for each package with documents that were declared and are not registered, while there are few; how many
    /// more there are.
    fn not_named(&mut self, items: &mut Vec<Line>) -> u64 {
        let unregistered = |package: &PackageTally<'_>| {
            let count = package.documents.never_registered(Class::Practical);
            let count = count.filter(|count| *count > 0);
            count.map(|count| (package.id, count))
        };
        let mut open: Vec<(StreamId, u64)> =
            self.packages.iter().filter_map(unregistered).collect();
        open.sort_unstable();
        let first = open.get(..open.len().min(MOST)).unwrap_or_default();
        let said = self.register.asked(first, |(id, count)| {
            let info = self.register.package_info(*id)?;
            let words = self.text.outlook(Outlook::NotNamed {
                count: *count,
                package: &self.text.name(info.titles.value),
            });
            let mut apart = self.notes.apart();
            let note = apart.cite(info.declared_counts.fact);
            Some((Line::new(words).noted([note]), apart))
        });
        for (mut line, apart) in said {
            let numbers = self.notes.citations.take_in(apart);
            numbers.lines(std::slice::from_mut(&mut line));
            items.push(line);
        }
        open.len().saturating_sub(MOST) as u64
    }

    /// How many practical documents were declared and are not registered; `None` if that is not known.
    fn unregistered(&self) -> Option<u64> {
        if let Some(rate) = self.rates.first() {
            return rate.denominator.unregistered;
        }
        // A policy without definitions still leaves the packages' own counts.
        let counts = self.packages.iter();
        counts
            .map(|package| package.documents.never_registered(Class::Practical))
            .sum()
    }
}
