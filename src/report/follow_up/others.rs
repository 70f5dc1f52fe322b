//! Packages, occasions and organisations: what is expected of them, promised at them, or does not fit.

use super::Draft;
use super::case::{Case, Matter};
use crate::deal::event::agreement_registered::Class;
use crate::deal::state::Book;
use crate::projection::concerns::{PackageConcern, of_package, without_source};
use crate::projection::description::called;
use crate::projection::portfolio::package::PackageSums;
use crate::projection::portfolio::roll::Scope;
use crate::projection::standing::follow_up::promises;
use crate::report::document::block::{Block, Part};
use crate::report::text::sentence::follow_up::{Action, FollowUp, Section, Topic};

impl<'a> Draft<'a> {
    /// Every other thing with what is the matter, by reference, and how many of each kind were looked
    /// at. They are nobody's, so an officer's own report leaves them out.
    pub(super) fn others(&mut self) -> (Vec<Case<'a>>, [u64; 3]) {
        if self.officer.is_some() {
            return (Vec::new(), [0; 3]);
        }
        let status = self.portfolio.status;
        let mut packages = self.portfolio.packages(self.scope);
        packages.sort_by(|a, b| a.counts.reference.cmp(&b.counts.reference));
        let (occasions, organizations): (Vec<&'a Book>, Vec<&'a Book>) = match self.scope {
            Scope::All => (
                by_reference(status.occasions()),
                by_reference(status.organizations()),
            ),
            Scope::Package(_) => {
                let named = packages
                    .iter()
                    .filter_map(|package| package.facts.info.occasion);
                let books = named.filter_map(|stated| status.book(*stated.value));
                (books.collect(), Vec::new())
            }
        };
        let mut cases = Vec::new();
        for package in &packages {
            let matters = self.package_matters(package);
            cases.push(case(package.facts.book, matters));
        }
        for book in &occasions {
            let mut matters = Vec::new();
            for promise in promises(book, self.portfolio.day) {
                if promise.is_open() {
                    matters.push(self.promise(&promise));
                }
            }
            matters.extend(self.no_source(&without_source(book, self.portfolio.day)));
            cases.push(case(book, matters));
        }
        for book in &organizations {
            let matters = self.no_source(&without_source(book, self.portfolio.day));
            cases.push(case(book, matters.into_iter().collect()));
        }
        let counts = [packages.len(), occasions.len(), organizations.len()];
        (cases, counts.map(|count| count as u64))
    }

    fn package_matters(&mut self, package: &PackageSums<'a>) -> Vec<Matter> {
        let track = self.portfolio.ledger.track(Class::Practical);
        let mut found = Vec::new();
        for expectation in package
            .facts
            .expectations
            .iter()
            .filter(|item| item.is_open())
        {
            found.extend(self.expectation(track, expectation, true));
        }
        for concern in of_package(&self.portfolio, package) {
            let matter = self.package_concern(package, &concern);
            found.push(matter);
        }
        found.extend(self.no_source(&without_source(package.facts.book, self.portfolio.day)));
        found.sort_by_key(|matter| matter.topic);
        found
    }

    fn package_concern(&mut self, package: &PackageSums<'a>, concern: &PackageConcern) -> Matter {
        let counts = package.facts.info.declared_counts.fact;
        let value = package.facts.info.declared_value.map(|stated| stated.fact);
        let (topic, words, fact, action) = match concern {
            PackageConcern::CountsContradict { all, by_class } => (
                Topic::Counts,
                FollowUp::CountsContradict {
                    all: *all,
                    by_class: *by_class,
                },
                counts,
                Action::CheckCounts,
            ),
            PackageConcern::MoreThanDeclared {
                class,
                registered,
                declared,
            } => (
                Topic::Counts,
                FollowUp::MoreThanDeclared {
                    class: *class,
                    registered: *registered,
                    declared: *declared,
                },
                counts,
                Action::CheckCounts,
            ),
            PackageConcern::PartsAboveWhole {
                kind,
                currency,
                sum,
                whole,
                own,
            } => (
                Topic::PartsAboveWhole,
                FollowUp::PartsAboveWhole {
                    kind: *kind,
                    currency: *currency,
                    sum,
                    whole,
                    own: *own,
                },
                value.unwrap_or(counts),
                Action::CheckAmounts,
            ),
        };
        Matter {
            topic,
            cases: 1,
            days: None,
            text: self.text.follow_up(words),
            notes: vec![self.notes.cite(fact)],
            action,
        }
    }

    pub(super) fn other_lines(&self, cases: &[Case<'a>]) -> Part {
        let flagged = cases.iter().filter(|case| !case.is_empty());
        let items: Vec<_> = flagged.map(|case| self.line(case)).collect();
        let block = if items.is_empty() {
            Block::Empty {
                text: self.text.follow_up(FollowUp::NoOther),
            }
        } else {
            Block::List { items }
        };
        self.part("others", Section::Others, vec![block])
    }
}

fn case<'a>(book: &Book, matters: Vec<Matter>) -> Case<'a> {
    Case {
        id: book.id,
        officer: None,
        tier: 0,
        lead: None,
        matters,
    }
}

fn by_reference<'a>(books: impl Iterator<Item = &'a Book>) -> Vec<&'a Book> {
    let mut books: Vec<&Book> = books.collect();
    books.sort_by_key(|book| called(book).map(|(reference, _)| reference));
    books
}
