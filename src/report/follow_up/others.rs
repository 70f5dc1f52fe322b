//! Packages, occasions and organisations: what is expected of them, promised at them, or does not fit.

use std::collections::BTreeMap;

use super::Draft;
use super::case::{Case, Matter};
use crate::deal::event::agreement_registered::Class;
use crate::deal::state::Book;
use crate::deal::value::ids::{Ref, StreamId, StreamKind};
use crate::projection::attention::{
    Attention, Topic, Weight, no_source, of_occasion, of_package as of_facts, weights,
};
use crate::projection::description::called;
use crate::projection::portfolio::concerns::{PackageConcern, of_package};
use crate::projection::portfolio::package::PackageFacts;
use crate::projection::portfolio::roll::Scope;
use crate::projection::standing::follow_up::expectations;
use crate::report::text::sentence::follow_up::{Action, FollowUp};

/// A thing by its reference, with what is the matter with it.
type Weighed = (Ref, StreamId, Vec<Weight>);

impl Draft<'_> {
    /// Every other thing with what is the matter, by reference, and how many of each kind were looked
    /// at. They are nobody's, so an officer's own report leaves them out.
    pub(super) fn others(&self) -> (Vec<Case>, [u64; 3]) {
        if self.officer.is_some() {
            return (Vec::new(), [0; 3]);
        }
        let packages = &self.packages;
        let day = self.roll.day;
        let occasions = self.weighed(StreamKind::Occasion, |book| {
            weights(&of_occasion(book, day))
        });
        let (occasions, organizations): (Vec<Weighed>, Vec<Weighed>) = match self.scope {
            Scope::All => {
                let weigh = |book: &Book| {
                    let found: Vec<Attention<'_>> = no_source(book, day).into_iter().collect();
                    weights(&found)
                };
                (occasions, self.weighed(StreamKind::Organization, weigh))
            }
            Scope::Package(_) => {
                let named = packages.iter().filter_map(|package| package.card.occasion);
                let found = named.filter_map(|id| occasions.iter().find(|(_, of, _)| *of == id));
                (found.cloned().collect(), Vec::new())
            }
        };
        let counts = [packages.len(), occasions.len(), organizations.len()];
        let mut own = self.of_packages();
        let packages = packages.iter().map(|package| {
            let mut weights = own.remove(&package.id).unwrap_or_default();
            weights.extend(of_package(package).iter().map(PackageConcern::weight));
            case(package.id, weights)
        });
        let others = occasions.into_iter().chain(organizations);
        let others = others.map(|(_, id, weights)| case(id, weights));
        (
            packages.chain(others).collect(),
            counts.map(|count| count as u64),
        )
    }

    /// What is the matter with each registered package by its own facts.
    fn of_packages(&self) -> BTreeMap<StreamId, Vec<Weight>> {
        let day = self.roll.day;
        let interval = self
            .roll
            .ledger
            .track(Class::Practical)
            .review_interval_days;
        let weighed = self.weighed(StreamKind::Package, |book| {
            let expected = expectations(book, interval, day, &[]);
            weights(&of_facts(book, &expected, day))
        });
        let own = weighed.into_iter().map(|(_, id, weights)| (id, weights));
        own.collect()
    }

    /// The registered things of a kind by reference.
    fn weighed(
        &self,
        kind: StreamKind,
        weigh: impl Fn(&Book) -> Vec<Weight> + Sync,
    ) -> Vec<Weighed> {
        let mut weighed = self.roll.status.drawn(kind, |book| {
            let (reference, _) = called(book).filter(|_| book.is_registered())?;
            Some((reference.clone(), book.id, weigh(book)))
        });
        weighed.sort_by(|(one, ..), (other, ..)| one.cmp(other));
        weighed
    }

    /// What is the matter with a thing that is no agreement, in words, by topic.
    pub(super) fn other(&mut self, thing: StreamId) -> Vec<Matter> {
        let day = self.roll.day;
        let Some(book) = self.roll.status.book(thing) else {
            return Vec::new();
        };
        let mut found = match thing.kind() {
            StreamKind::Package => self.package(thing),
            StreamKind::Occasion => self.worded(None, of_occasion(book, day)),
            _ => self.worded(None, no_source(book, day).into_iter().collect()),
        };
        found.sort_by_key(|matter| matter.topic);
        found
    }

    fn package(&mut self, package: StreamId) -> Vec<Matter> {
        let Some(facts) = self.roll.package_facts(package) else {
            return Vec::new();
        };
        let own = of_facts(facts.book, &facts.expectations, self.roll.day);
        let (sources, expected): (Vec<_>, Vec<_>) = own
            .into_iter()
            .partition(|one| matches!(one, Attention::NoSource(_)));
        let track = self.roll.ledger.track(Class::Practical);
        let mut found = self.worded(Some(track), expected);
        let counts = self.packages.iter().find(|one| one.id == package);
        let concerns: Vec<PackageConcern> = counts.into_iter().flat_map(of_package).collect();
        for concern in concerns {
            let matter = self.package_concern(&facts, &concern);
            found.push(matter);
        }
        found.extend(self.worded(None, sources));
        found
    }

    fn package_concern(&mut self, facts: &PackageFacts<'_>, concern: &PackageConcern) -> Matter {
        let counts = facts.info.declared_counts.fact;
        let value = facts.info.declared_value.map(|stated| stated.fact);
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
            text: self.text.follow_up(words),
            notes: vec![self.notes.cite(fact)],
            action,
        }
    }
}

fn case(id: StreamId, weights: Vec<Weight>) -> Case {
    Case {
        id,
        officer: None,
        tier: 0,
        weights,
    }
}
