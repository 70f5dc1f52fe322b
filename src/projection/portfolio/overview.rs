//! The whole portfolio on a day, counted in one pass over the agreements.

use std::collections::BTreeMap;

use super::by_class::ByClass;
use super::card::add;
use super::few::Few;
use super::funnel::Funnel;
use super::groups::{Countries, Counts, Sectors};
use super::package::PackageCounts;
use super::parts::Parts;
use super::register::{Entry, Register};
use super::roll::Scope;
use super::ties::Summed;
use crate::deal::event::agreement_registered::{Class, Instrument};
use crate::deal::value::ids::{StreamId, StreamKind};
use crate::deal::value::money::{Currency, MoneyKind, MoneySums};
use crate::deal::value::party::Country;
use crate::projection::description;
use crate::projection::standing::health::Health;

/// The counts and sums of a scope.
#[derive(Debug, Clone, Default)]
pub struct Overview {
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
    pub sectors: Sectors,
    /// By country of the parties.
    pub countries: Countries,
    /// By milestone, each class for itself.
    pub funnels: BTreeMap<Class, Funnel>,
    /// Money, each class for itself.
    pub money: BTreeMap<Class, MoneyStated>,
    /// What the agreements outside packages come to.
    pub alone: Parts,
    /// The packages in scope, by stream.
    pub packages: Vec<PackageCounts>,
}

/// The money of the agreements of a class, and how many state any.
#[derive(Debug, Clone, Default)]
pub struct MoneyStated {
    /// The sums, by kind and currency.
    pub sums: MoneySums,
    /// How many agreements state money of a kind and currency.
    pub stating: BTreeMap<(MoneyKind, Currency), u64>,
    /// The facts behind the sums of a currency.
    pub facts: BTreeMap<Currency, Few>,
}

impl Overview {
    /// Counts all agreements in a scope.
    #[must_use]
    pub fn of(register: &Register<'_>, scope: Scope) -> Self {
        let mut overview = Self {
            sectors: Sectors::of(register.sectors()),
            ..Self::default()
        };
        let organizations = registered_in(register);
        let country = |organization| organizations.get(&organization).copied();
        let entries = register.by_stream(scope);
        for entry in &entries {
            if entry.ties.package.is_none() {
                overview.alone.add(entry);
            }
            overview.add(entry, country);
        }
        overview.packages = register.sums(scope, entries.iter());
        for funnel in overview.funnels.values_mut() {
            funnel.name(register.codes());
        }
        for course in register.withdrawn(scope) {
            overview.withdrawn.add(course.class);
        }
        overview
    }

    fn add(&mut self, entry: &Entry<'_>, country: impl Fn(StreamId) -> Option<Country>) {
        let class = entry.class();
        if entry.ties.duplicate_of.is_some() {
            return self.duplicates.add(class);
        }
        if entry.ties.superseded_by.is_some() {
            return self.superseded.add(class);
        }
        self.all.add(entry);
        match entry.ties.package {
            Some(_) => self.in_packages.add(class),
            None => self.outside.add(class),
        }
        let health = entry.on.health();
        self.health.entry(health).or_default().add(class);
        let of_instrument = self.instruments.entry(entry.instrument());
        of_instrument.or_default().add(entry);
        self.sectors.add(entry);
        self.countries.add(entry, country);
        self.funnels.entry(class).or_default().add(entry);
        self.money.entry(class).or_default().add(entry);
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

impl MoneyStated {
    fn add(&mut self, entry: &Entry<'_>) {
        let mut before = None;
        for (fact, money) in entry.on.money() {
            add(money, &mut self.sums);
            // Amounts of one kind and currency stand together, and one agreement states them.
            let key = (money.kind(), money.currency());
            if before.replace(key) != Some(key) {
                let count = self.stating.entry(key).or_default();
                *count = count.saturating_add(1);
            }
            self.facts.entry(money.currency()).or_default().add(*fact);
        }
    }
}

/// Where each organisation that is registered says it is registered.
fn registered_in(register: &Register<'_>) -> BTreeMap<StreamId, Country> {
    let stated = register.status.drawn(StreamKind::Organization, |book| {
        let country = description::organization(book)?.country?;
        Some((book.id, *country.value.value()?))
    });
    stated.into_iter().collect()
}
