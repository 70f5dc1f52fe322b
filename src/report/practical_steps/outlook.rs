//! What is expected, what stands in the way, and which agreements have no step yet.

use super::steps::about;
use super::{Draft, list_or};
use crate::deal::event::agreement_registered::Class;
use crate::deal::policy::Criterion;
use crate::projection::portfolio::conversion::meets;
use crate::report::document::block::{Block, Line, Part};
use crate::report::text::sentence::{Heading, Outlook};

impl Draft<'_> {
    pub(super) fn expected(&mut self) -> Part {
        let mut items = Vec::new();
        let mut packages = self.portfolio.packages(self.scope);
        packages.sort_by(|a, b| a.info.reference.cmp(b.info.reference));
        for package in &packages {
            let track = self.portfolio.ledger.track(Class::Practical);
            for expectation in package.expectations.iter().filter(|item| item.is_open()) {
                let line = self
                    .wording
                    .expectation(track, expectation, &mut self.notes);
                items.push(about(self.wording.thing(package.info.id), line));
            }
        }
        for member in self.members() {
            let standing = &member.standing;
            for expectation in standing.follow_up.open_expectations() {
                let line = self
                    .wording
                    .expectation(standing.track, expectation, &mut self.notes);
                items.push(about(self.wording.agreement(&member.info), line));
            }
        }
        let block = list_or(items, self.text.outlook(Outlook::NothingExpected));
        self.part("expected", Heading::Expected, vec![block])
    }

    pub(super) fn obstacles(&mut self) -> Part {
        let mut items = Vec::new();
        for member in self.members() {
            for obstacle in member.standing.follow_up.open_obstacles() {
                let line = self.wording.obstacle(obstacle, &mut self.notes);
                items.push(about(self.wording.agreement(&member.info), line));
            }
        }
        let block = list_or(items, self.text.outlook(Outlook::NoObstacle));
        self.part("obstacles", Heading::Obstacles, vec![block])
    }

    /// Practical agreements without a step: those registered by name, the rest counted.
    pub(super) fn no_step(&mut self) -> Part {
        let mut named: Vec<_> = self
            .portfolio
            .counted(self.scope)
            .filter(|member| !meets(&member.standing, &Criterion::AnyStep))
            .cloned()
            .collect();
        named.sort_by(|a, b| a.info.reference.cmp(b.info.reference));
        let count = named.len() as u64;
        let counted = self.portfolio.counted(self.scope).count() as u64;
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
        let mut items: Vec<Line> = Vec::new();
        for member in &named {
            let note = self.notes.cite(member.info.registration);
            items.push(Line::new(self.wording.agreement(&member.info)).noted([note]));
        }
        for package in self.portfolio.packages(self.scope) {
            let Some(count) = package.practical.unregistered().filter(|count| *count > 0) else {
                continue;
            };
            let note = self.notes.cite(package.info.declared_counts.fact);
            items.push(
                Line::new(self.text.outlook(Outlook::NotNamed {
                    count: count.into(),
                    package: &self.text.name(package.info.titles.value),
                }))
                .noted([note]),
            );
        }
        if !items.is_empty() {
            blocks.push(Block::List { items });
        }
        self.part("no_step", Heading::NoStep, blocks)
    }

    /// How many practical documents were declared and are not registered; `None` if that is not known.
    fn unregistered(&self) -> Option<u64> {
        let rates = self.portfolio.conversion(self.scope);
        if let Some(rate) = rates.first() {
            return rate.denominator.unregistered;
        }
        // A policy without definitions still leaves the packages' own counts.
        let packages = self.portfolio.packages(self.scope);
        let counts = packages
            .iter()
            .map(|package| package.practical.unregistered());
        counts.map(|count| count.map(u64::from)).sum()
    }
}
