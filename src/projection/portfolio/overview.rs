//! The whole portfolio on a day, counted in one pass over the agreements.

use std::collections::BTreeMap;

use super::by_class::ByClass;
use super::few::Few;
use super::funnel::Funnel;
use super::groups::{Countries, Counts, Sectors};
use super::package::{PackageSums, Parts};
use super::{Member, Roll, Scope};
use crate::deal::event::agreement_registered::{Class, Instrument};
use crate::deal::value::ids::{StreamId, StreamKind};
use crate::deal::value::money::{Currency, MoneyKind, MoneySums};
use crate::projection::description;
use crate::projection::standing::health::Health;

/// The counts and sums of a scope.
#[derive(Debug, Clone, Default)]
pub struct Overview<'a> {
    /// The agreements that count, each once.
    pub all: Counts,
    /// Those of them that belong to a package.
    pub in_packages: ByClass,
    /// Those that do not.
    pub outside: ByClass,
    /// Agreements that do not count, since another agreement takes their place.
    pub superseded: ByClass,
    /// Agreements that do not count, since they were registered twice.
    pub duplicates: ByClass,
    /// Registrations withdrawn.
    pub withdrawn: ByClass,
    /// The agreements that count by how they fare.
    pub health: BTreeMap<Health, ByClass>,
    /// By instrument.
    pub instruments: BTreeMap<Instrument, Counts>,
    /// By sector.
    pub sectors: Sectors<'a>,
    /// By country of the parties.
    pub countries: Countries,
    /// By milestone, each class for itself.
    pub funnels: BTreeMap<Class, Funnel<'a>>,
    /// Money, each class for itself.
    pub money: BTreeMap<Class, MoneyStated<'a>>,
    /// What the agreements outside packages come to.
    pub alone: Parts,
    /// The packages in scope, by stream.
    pub packages: Vec<PackageSums<'a>>,
}

/// The money of the agreements of a class, and how many state any.
#[derive(Debug, Clone, Default)]
pub struct MoneyStated<'a> {
    /// The sums, by kind and currency.
    pub sums: MoneySums,
    /// How many agreements state money of a kind and currency.
    pub stating: BTreeMap<(MoneyKind, Currency), u64>,
    /// The facts behind the sums of a currency.
    pub facts: BTreeMap<Currency, Few<'a>>,
}

impl<'a> Overview<'a> {
    /// Counts all agreements in a scope.
    #[must_use]
    pub fn of(roll: &Roll<'a>, scope: Scope) -> Self {
        let mut overview = Self::default();
        let mut parts: BTreeMap<StreamId, Parts> = BTreeMap::new();
        for member in roll.members(scope) {
            let parts = match member.package {
                Some(package) => parts.entry(package).or_default(),
                None => &mut overview.alone,
            };
            parts.add(&member);
            overview.add(&member, roll);
        }
        overview.packages = roll.packages(scope, &mut parts);
        overview.withdrawn = withdrawn(roll, scope);
        overview
    }

    fn add(&mut self, member: &Member<'a>, roll: &Roll<'a>) {
        let class = member.class();
        if member.duplicate_of.is_some() {
            return self.duplicates.add(class);
        }
        if member.superseded_by.is_some() {
            return self.superseded.add(class);
        }
        self.all.add(member);
        match member.package {
            Some(_) => self.in_packages.add(class),
            None => self.outside.add(class),
        }
        let health = self.health.entry(member.standing.health);
        health.or_default().add(class);
        let instrument = self.instruments.entry(*member.info.instrument.value);
        instrument.or_default().add(member);
        self.sectors.add(member);
        self.countries.add(member, roll.status);
        self.funnels.entry(class).or_default().add(member);
        self.money.entry(class).or_default().add(member);
    }

    /// How many that count were ended without delivery.
    #[must_use]
    pub fn terminated(&self) -> ByClass {
        let terminated = self.health.get(&Health::Terminated);
        terminated.copied().unwrap_or_default()
    }

    /// Whether nothing is registered in the scope, and nothing was.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let apart = [self.superseded, self.duplicates, self.withdrawn];
        self.packages.is_empty()
            && self.all.registered.all() == 0
            && apart.iter().all(|count| count.all() == 0)
    }
}

impl<'a> MoneyStated<'a> {
    fn add(&mut self, member: &Member<'a>) {
        let values = &member.standing.values;
        values.add_to(&mut self.sums);
        for (kind, currency, stated) in values.iter() {
            let count = self.stating.entry((kind, currency)).or_default();
            *count = count.saturating_add(1);
            let facts = self.facts.entry(currency).or_default();
            for money in stated {
                facts.add(money.fact);
            }
        }
    }
}

/// The registrations that were withdrawn, of the package they named where one alone is asked about.
fn withdrawn(roll: &Roll<'_>, scope: Scope) -> ByClass {
    let mut withdrawn = ByClass::default();
    let books = roll.status.of_kind(StreamKind::Agreement);
    for book in books.filter(|book| !book.is_registered()) {
        if let Some(info) = description::agreement(book)
            && scope.covers(roll.package_of(&info))
        {
            withdrawn.add(*info.class.value);
        }
    }
    withdrawn
}
