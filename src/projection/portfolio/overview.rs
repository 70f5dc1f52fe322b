//! The whole portfolio on a day, counted in one pass over the agreements.

use std::collections::BTreeMap;

use super::by_class::ByClass;
use super::card::Card;
use super::few::Few;
use super::funnel::Funnel;
use super::groups::{Countries, Counts, Sectors};
use super::package::PackageCounts;
use super::parts::Parts;
use super::roll::{Counted, Roll, Scope};
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
    pub fn of(roll: &Roll<'_>, scope: Scope) -> Self {
        let mut overview = Self::default();
        let mut parts: BTreeMap<StreamId, Parts> = BTreeMap::new();
        let organizations = registered_in(roll);
        let country = |organization| organizations.get(&organization).copied();
        for counted in roll.counted(scope) {
            let parts = match counted.ties.package {
                Some(package) => parts.entry(package).or_default(),
                None => &mut overview.alone,
            };
            parts.add(&counted);
            overview.add(&counted, country);
        }
        overview.packages = roll.sums(scope, &mut parts);
        for card in roll.withdrawn(scope) {
            overview.withdrawn.add(card.class);
        }
        overview
    }

    fn add(&mut self, counted: &Counted<'_>, country: impl Fn(StreamId) -> Option<Country>) {
        let card = counted.card;
        let class = card.class;
        if counted.ties.duplicate_of.is_some() {
            return self.duplicates.add(class);
        }
        if counted.ties.superseded_by.is_some() {
            return self.superseded.add(class);
        }
        self.all.add(card);
        match counted.ties.package {
            Some(_) => self.in_packages.add(class),
            None => self.outside.add(class),
        }
        self.health.entry(card.health).or_default().add(class);
        self.instruments
            .entry(card.instrument)
            .or_default()
            .add(card);
        self.sectors.add(card);
        self.countries.add(card, country);
        self.funnels.entry(class).or_default().add(card);
        self.money.entry(class).or_default().add(card);
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
    fn add(&mut self, card: &Card) {
        card.add_money_to(&mut self.sums);
        let mut before = None;
        for (fact, money) in &card.money {
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
fn registered_in(roll: &Roll<'_>) -> BTreeMap<StreamId, Country> {
    let stated = roll.status.drawn(StreamKind::Organization, |book| {
        let country = description::organization(book)?.country?;
        Some((book.id, *country.value.value()?))
    });
    stated.into_iter().collect()
}
