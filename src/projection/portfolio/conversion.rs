//! Conversion: how many practical agreements came to something, by each definition of the policy.
//!
//! The denominator is the greater of the declared practical count and the registered practical
//! members, over the packages in scope, plus practical agreements outside packages that were signed
//! by the day. One unknown count makes it unknown: the rate "cannot be computed". Terminated
//! agreements stay in; superseded ones and duplicates leave.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::card::add;
use super::package::PackageCounts;
use super::roll::Scope;
use super::ties::Summed;
use super::{Member, Portfolio};
use crate::deal::event::agreement_registered::Instrument;
use crate::deal::event::package_registered::{DeclaredValue, ValueScope};
use crate::deal::policy::Conversion;
use crate::deal::value::ids::StreamId;
use crate::deal::value::money::{Currency, MoneyKind, MoneySums};
use crate::deal::value::quantity::Qualifier;

/// One definition's answer.
#[derive(Debug, Clone)]
pub struct Rate<'a> {
    /// The definition.
    pub definition: &'a Conversion,
    /// Who is counted against whom.
    pub denominator: Denominator,
    /// How many agreements meet the definition.
    pub numerator: u64,
    /// Which they are, by stream; nobody where they were counted only, by [`Conversions::overall`].
    pub converted: Vec<StreamId>,
    /// The registered agreements of the denominator by instrument. Those not registered have none.
    pub by_instrument: BTreeMap<Instrument, Share>,
    /// By declared value, per currency; empty when nothing is apportioned: it cannot be computed.
    pub by_value: Vec<ValueShare>,
    /// The currencies in which something is apportioned and there is no share, with the reason.
    pub without_share: Vec<(Currency, NoShare)>,
}

/// Why there is no share by value in a currency in which something is apportioned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoShare {
    /// A package whose members state values in the currency declares none in it itself.
    NoWhole,
    /// The declared value in all is nought.
    OfNothing,
    /// The amounts have too many digits.
    TooLarge,
}

/// Who is counted against whom.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Denominator {
    /// How many in all; `None` when a declared count is not known: the rate cannot be computed.
    pub value: Option<u64>,
    /// Registered practical agreements among them.
    pub registered: u64,
    /// Declared and not registered; `None` when a declared count is not known.
    pub unregistered: Option<u64>,
    /// The packages whose practical count is not known.
    pub unknown: Vec<StreamId>,
}

/// Some of a group of registered agreements.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Share {
    /// How many meet the definition.
    pub converted: u64,
    /// How many there are.
    pub of: u64,
}

/// Conversion by declared value in one currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ValueShare {
    /// The currency.
    pub currency: Currency,
    /// Declared value of the agreements that meet the definition.
    pub converted: Decimal,
    /// How the sources qualify it.
    pub converted_qualifier: Qualifier,
    /// Declared value in all: of packages as declared, of agreements outside packages as stated.
    pub of: Decimal,
    /// How the sources qualify it.
    pub of_qualifier: Qualifier,
    /// Whether a package's declared value covers other than practical documents, or may.
    pub covers_others: bool,
}

/// Practical agreements counted in one by one, each under every definition of the policy: all of
/// them, those outside packages, and those of each package.
#[derive(Debug, Clone)]
pub struct Conversions<'a> {
    definitions: &'a [Conversion],
    /// Whether it is asked who meets a definition, and for the rates of single packages.
    is_named: bool,
    all: Group,
    outside: Group,
    packages: BTreeMap<StreamId, Group>,
}

/// Some of the agreements counted.
#[derive(Debug, Clone, Default)]
struct Group {
    registered: u64,
    by_instrument: BTreeMap<Instrument, u64>,
    money: MoneySums,
    /// By each definition in turn, those that meet it.
    met: Vec<Met>,
}

#[derive(Debug, Clone, Default)]
struct Met {
    count: u64,
    converted: Vec<StreamId>,
    by_instrument: BTreeMap<Instrument, u64>,
    money: MoneySums,
}

impl<'a> Conversions<'a> {
    /// Nothing counted in yet.
    #[must_use]
    pub fn by(definitions: &'a [Conversion]) -> Self {
        Self {
            definitions,
            is_named: true,
            all: Group::default(),
            outside: Group::default(),
            packages: BTreeMap::new(),
        }
    }

    /// Nothing counted in yet; it is not asked who meets a definition, nor for the rates of single packages.
    #[must_use]
    pub fn overall(definitions: &'a [Conversion]) -> Self {
        Self {
            is_named: false,
            ..Self::by(definitions)
        }
    }

    /// Counts an agreement in, if it is in the denominator.
    pub fn add(&mut self, one: &impl Summed) {
        if !one.is_in_denominator() {
            return;
        }
        let (definitions, is_named) = (self.definitions.len(), self.is_named);
        self.all.add(one, definitions, is_named);
        let group = match one.ties().package {
            Some(_) if !is_named => return,
            Some(package) => self.packages.entry(package).or_default(),
            None => &mut self.outside,
        };
        group.add(one, definitions, is_named);
    }

    /// Adds what was counted apart, under the same definitions.
    pub fn absorb(&mut self, apart: Self) {
        self.all.absorb(apart.all);
        self.outside.absorb(apart.outside);
        for (package, group) in apart.packages {
            self.packages.entry(package).or_default().absorb(group);
        }
    }

    /// The rates over all packages given and the agreements outside packages counted in.
    #[must_use]
    pub fn rates<'p>(
        &self,
        packages: impl Iterator<Item = &'p PackageCounts> + Clone,
    ) -> Vec<Rate<'a>> {
        self.of(&self.all, packages, Some(&self.outside))
    }

    /// The rates of one package.
    #[must_use]
    pub fn of_package(&self, package: &PackageCounts) -> Vec<Rate<'a>> {
        let none = Group::default();
        let group = self.packages.get(&package.id).unwrap_or(&none);
        self.of(group, std::iter::once(package), None)
    }

    /// The rates of the agreements outside packages.
    #[must_use]
    pub fn outside(&self) -> Vec<Rate<'a>> {
        self.of(&self.outside, std::iter::empty(), Some(&self.outside))
    }

    fn of<'p>(
        &self,
        group: &Group,
        packages: impl Iterator<Item = &'p PackageCounts> + Clone,
        outside: Option<&Group>,
    ) -> Vec<Rate<'a>> {
        let denominator = group.denominator(packages.clone(), outside);
        let (none, no_money) = (Met::default(), MoneySums::default());
        let rate = |(at, definition): (usize, &'a Conversion)| {
            let met = group.met.get(at).unwrap_or(&none);
            let (by_value, without_share) = by_value(
                packages.clone(),
                &group.money,
                &met.money,
                outside.map_or(&no_money, |outside| &outside.money),
            );
            Rate {
                definition,
                denominator: denominator.clone(),
                numerator: met.count,
                converted: met.converted.clone(),
                by_instrument: group.by_instrument(met),
                by_value,
                without_share,
            }
        };
        self.definitions.iter().enumerate().map(rate).collect()
    }
}

impl Group {
    fn add(&mut self, one: &impl Summed, definitions: usize, is_named: bool) {
        let instrument = one.instrument();
        self.registered = self.registered.saturating_add(1);
        one_more(&mut self.by_instrument, instrument);
        // Of all kinds only declared money is asked for here.
        let declared = || {
            let money = one.money();
            money.filter(|money| money.kind() == MoneyKind::Declared)
        };
        declared().for_each(|money| add(money, &mut self.money));
        self.met.resize_with(definitions, Met::default);
        let met = self.met.iter_mut().enumerate();
        for (_, met) in met.filter(|(place, _)| one.meets(*place)) {
            met.count = met.count.saturating_add(1);
            if is_named {
                met.converted.push(one.id());
            }
            one_more(&mut met.by_instrument, instrument);
            declared().for_each(|money| add(money, &mut met.money));
        }
    }

    fn absorb(&mut self, apart: Self) {
        self.registered = self.registered.saturating_add(apart.registered);
        add_all(&mut self.by_instrument, apart.by_instrument);
        self.money.absorb(&apart.money);
        let definitions = self.met.len().max(apart.met.len());
        self.met.resize_with(definitions, Met::default);
        for (met, apart) in self.met.iter_mut().zip(apart.met) {
            met.count = met.count.saturating_add(apart.count);
            met.converted.extend(apart.converted);
            add_all(&mut met.by_instrument, apart.by_instrument);
            met.money.absorb(&apart.money);
        }
    }

    fn by_instrument(&self, met: &Met) -> BTreeMap<Instrument, Share> {
        let share = |(instrument, of): (&Instrument, &u64)| {
            let converted = met.by_instrument.get(instrument).copied().unwrap_or(0);
            (*instrument, Share { converted, of: *of })
        };
        self.by_instrument.iter().map(share).collect()
    }

    fn denominator<'p>(
        &self,
        packages: impl Iterator<Item = &'p PackageCounts>,
        outside: Option<&Self>,
    ) -> Denominator {
        let mut denominator = Denominator {
            value: Some(outside.map_or(0, |outside| outside.registered)),
            registered: self.registered,
            unregistered: Some(0),
            unknown: Vec::new(),
        };
        for package in packages {
            let Some(declared) = package.practical.declared else {
                denominator.unknown.push(package.id);
                (denominator.value, denominator.unregistered) = (None, None);
                continue;
            };
            let left = u64::from(declared).saturating_sub(package.gone.practical);
            let members = u64::from(package.practical.registered);
            let add = |sum: Option<u64>, more: u64| sum.map(|sum| sum.saturating_add(more));
            denominator.value = add(denominator.value, left.max(members));
            denominator.unregistered = add(denominator.unregistered, left.saturating_sub(members));
        }
        denominator
    }
}

fn add_all(counts: &mut BTreeMap<Instrument, u64>, more: BTreeMap<Instrument, u64>) {
    for (of, more) in more {
        let count = counts.entry(of).or_default();
        *count = count.saturating_add(more);
    }
}

fn one_more(counts: &mut BTreeMap<Instrument, u64>, of: Instrument) {
    let count = counts.entry(of).or_default();
    *count = count.saturating_add(1);
}

impl<'a> Portfolio<'a> {
    /// The conversion of a scope by each definition of the policy, in its order.
    #[must_use]
    pub fn conversion(&self, scope: Scope) -> Vec<Rate<'a>> {
        let mut conversions = Conversions::by(&self.ledger.policy().conversions);
        for member in self.in_scope(scope) {
            conversions.add(&member.counted());
        }
        let packages = self.packages(scope);
        conversions.rates(packages.iter().map(|package| &package.counts))
    }

    /// The registered practical agreements that count towards the denominator: members of packages,
    /// and agreements outside packages that were signed by the day.
    pub fn counted(&self, scope: Scope) -> impl Iterator<Item = &Member<'a>> {
        self.in_scope(scope)
            .filter(|member| member.is_in_denominator())
    }
}

/// Conversion by declared value, for every currency in which something is apportioned; where the
/// whole is not known or cannot be given exactly, why there is no share.
fn by_value<'p>(
    packages: impl Iterator<Item = &'p PackageCounts> + Clone,
    apportioned: &MoneySums,
    mine: &MoneySums,
    outside: &MoneySums,
) -> (Vec<ValueShare>, Vec<(Currency, NoShare)>) {
    let share = |currency: Currency| -> Result<ValueShare, NoShare> {
        // A package without a declared value in the currency has no whole for its members' parts.
        let has_whole = |package: &PackageCounts| {
            let declared = package.card.value.as_ref();
            declared.is_some_and(|declared| declared.money.currency() == currency)
                || !package.apportions(MoneyKind::Declared, currency)
        };
        if !packages.clone().all(has_whole) {
            return Err(NoShare::NoWhole);
        }
        let wholes = || {
            let wholes = packages
                .clone()
                .filter_map(|package| package.card.value.as_ref());
            wholes.filter(|declared| declared.money.currency() == currency)
        };
        let (converted, converted_qualifier) = declared(mine, currency).ok_or(NoShare::TooLarge)?;
        let (mut of, qualifier) = declared(outside, currency).ok_or(NoShare::TooLarge)?;
        for declared in wholes() {
            let amount = declared.money.amount().decimal();
            of = of.checked_add(amount).ok_or(NoShare::TooLarge)?;
        }
        if of.is_zero() {
            return Err(NoShare::OfNothing);
        }
        let qualifiers = wholes().map(|declared| declared.money.qualifier());
        let practical = |declared: &DeclaredValue| declared.scope == ValueScope::Practical;
        Ok(ValueShare {
            currency,
            converted,
            converted_qualifier,
            of,
            of_qualifier: Qualifier::of_sum(qualifiers.chain([qualifier])),
            covers_others: !wholes().all(practical),
        })
    };
    let (mut shares, mut without) = (Vec::new(), Vec::new());
    let declared = apportioned
        .iter()
        .filter(|(kind, _, _)| *kind == MoneyKind::Declared);
    for (_, currency, _) in declared {
        match share(currency) {
            Ok(share) => shares.push(share),
            Err(why) => without.push((currency, why)),
        }
    }
    (shares, without)
}

/// The declared money of a currency in sums; `None` when it cannot be given exactly.
fn declared(sums: &MoneySums, currency: Currency) -> Option<(Decimal, Qualifier)> {
    match sums.get(MoneyKind::Declared, currency) {
        Some(tally) => Some((tally.total().ok()?, tally.qualifier())),
        None => Some((Decimal::ZERO, Qualifier::Exact)),
    }
}
