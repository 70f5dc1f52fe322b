//! Conversion: how many practical agreements came to something, by each definition of the policy.
//!
//! The denominator is the greater of the declared practical count and the registered practical
//! members, over the packages in scope, plus practical agreements outside packages that were signed
//! by the day. One unknown count makes it unknown: the rate "cannot be computed". Terminated
//! agreements stay in; superseded ones and duplicates leave.

mod by_value;
mod group;
pub mod rate;

use std::collections::BTreeMap;
use std::convert::Infallible;

use self::by_value::{by_value, wholes};
use self::group::Group;
use self::rate::{Rate, Share};
use super::reckoned::Reckoned;
use super::roll::Scope;
use super::ties::Summed;
use super::{Member, Portfolio};
use crate::deal::event::agreement_registered::Instrument;
use crate::deal::policy::Conversion;
use crate::deal::value::ids::StreamId;

/// Practical agreements counted in one by one, each under every definition of the policy: all of
/// them, those outside packages, and those of each package.
#[derive(Debug, Clone)]
pub struct Conversions<'a> {
    definitions: &'a [Conversion],
    all: Group,
    /// Where it is asked for them: those of each package, and those of none.
    apart: BTreeMap<Option<StreamId>, Group>,
}

/// Practical agreements counted in under every definition of a policy, where it is not asked who meets one, nor for the rates of
/// single packages: what was counted in can be taken out again.
#[derive(Debug, Clone, Default)]
pub(super) struct Overall {
    definitions: usize,
    all: Group,
}

impl Overall {
    /// Nothing counted in yet, under so many definitions.
    pub(super) fn by(definitions: usize) -> Self {
        Self {
            definitions,
            all: Group::default(),
        }
    }

    /// Counts an agreement in, if it is in the denominator.
    #[inline]
    pub(super) fn add(&mut self, one: &impl Summed) {
        if one.is_in_denominator() {
            self.all.add(one, self.definitions, false);
        }
    }

    /// Takes an agreement out that was counted in as it is here.
    pub(super) fn take_out(&mut self, one: &impl Summed) {
        if one.is_in_denominator() {
            self.all.take_out(one, self.definitions);
        }
    }

    /// Adds what was counted apart, under the same definitions.
    pub(super) fn absorb(&mut self, apart: Self) {
        self.all.absorb(apart.all);
    }

    /// The rates of them under these definitions.
    pub(super) fn conversions(self, definitions: &[Conversion]) -> Conversions<'_> {
        Conversions {
            definitions,
            all: self.all,
            apart: BTreeMap::new(),
        }
    }
}

impl<'a> Conversions<'a> {
    /// Nothing counted in yet.
    #[must_use]
    pub fn by(definitions: &'a [Conversion]) -> Self {
        Self {
            definitions,
            all: Group::default(),
            apart: BTreeMap::new(),
        }
    }

    /// Counts an agreement in, if it is in the denominator.
    pub fn add(&mut self, one: &impl Summed) {
        if !one.is_in_denominator() {
            return;
        }
        let definitions = self.definitions.len();
        self.all.add(one, definitions, true);
        let group = self.apart.entry(one.ties().package).or_default();
        group.add(one, definitions, true);
    }

    /// The rates over all packages given and the agreements outside packages counted in.
    #[must_use]
    pub fn rates<'p, P: Reckoned + 'p>(
        &self,
        packages: impl Iterator<Item = &'p P> + Clone,
    ) -> Vec<Rate<'a>> {
        self.of(&self.all, packages)
    }

    /// The rates of one package.
    #[must_use]
    pub fn of_package(&self, package: &impl Reckoned) -> Vec<Rate<'a>> {
        self.apart(Some(package.card().id), std::iter::once(package))
    }

    /// The rates of the agreements outside packages.
    #[must_use]
    pub fn outside(&self) -> Vec<Rate<'a>> {
        self.apart(None, std::iter::empty::<&Infallible>())
    }

    fn apart<'p, P: Reckoned + 'p>(
        &self,
        package: Option<StreamId>,
        packages: impl Iterator<Item = &'p P> + Clone,
    ) -> Vec<Rate<'a>> {
        let none = Group::default();
        self.of(self.apart.get(&package).unwrap_or(&none), packages)
    }

    fn of<'p, P: Reckoned + 'p>(
        &self,
        group: &Group,
        packages: impl Iterator<Item = &'p P> + Clone,
    ) -> Vec<Rate<'a>> {
        let (all, outside) = (group.all(), group.outside());
        let denominator = Group::denominator(&all, &outside, packages.clone());
        let wholes = wholes(packages, &all.money, &outside.money);
        let rate = |(at, definition): (usize, &'a Conversion)| {
            let met = group.met(at);
            let (by_value, without_share) = by_value(&wholes, &met.money);
            let share = |(instrument, of): &(Instrument, u64)| {
                let mut converted = met.by_instrument.iter();
                let converted = converted.find(|(of, _)| of == instrument);
                let converted = converted.map_or(0, |(_, count)| *count);
                (*instrument, Share { converted, of: *of })
            };
            Rate {
                definition,
                denominator: denominator.clone(),
                numerator: met.count,
                converted: group.converted(at).to_vec(),
                by_instrument: all.by_instrument.iter().map(share).collect(),
                by_value,
                without_share,
            }
        };
        self.definitions.iter().enumerate().map(rate).collect()
    }
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
