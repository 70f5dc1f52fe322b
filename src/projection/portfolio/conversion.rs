//! Conversion: how many practical agreements came to something, by each definition of the policy.
//!
//! The denominator is the greater of the declared practical count and the registered practical
//! members, over the packages in scope, plus practical agreements outside packages that were signed
//! by the day. One unknown count makes it unknown: the rate "cannot be computed". Terminated
//! agreements stay in; superseded ones and duplicates leave.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::package::{Headline, PackageSums};
use super::{Member, Portfolio, Scope, sum_of};
use crate::deal::event::agreement_registered::Instrument;
use crate::deal::event::financial_model_agreed::ModelStrength;
use crate::deal::event::package_registered::ValueScope;
use crate::deal::event::{Payload, milestone_reached::WorksNature};
use crate::deal::policy::{Conversion, Criterion};
use crate::deal::state::Fact;
use crate::deal::track::FINANCIAL_MODEL_AGREED;
use crate::deal::value::ids::StreamId;
use crate::deal::value::money::{Currency, MoneyKind, MoneySums};
use crate::deal::value::quantity::Qualifier;
use crate::deal::value::source::EvidenceLevel;
use crate::projection::standing::Standing;
use crate::projection::standing::milestones::Reached;

/// One definition's answer.
#[derive(Debug, Clone)]
pub struct Rate<'a> {
    /// The definition.
    pub definition: &'a Conversion,
    /// Who is counted against whom.
    pub denominator: Denominator,
    /// The agreements that meet the definition, by stream.
    pub converted: Vec<StreamId>,
    /// The registered agreements of the denominator by instrument. Those not registered have none.
    pub by_instrument: BTreeMap<Instrument, Share>,
    /// By declared value, per currency; empty when nothing is apportioned: it cannot be computed.
    pub by_value: Vec<ValueShare>,
}

impl Rate<'_> {
    /// How many meet the definition.
    #[must_use]
    pub fn numerator(&self) -> u64 {
        self.converted.len() as u64
    }
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

impl<'a> Portfolio<'a> {
    /// The conversion of a scope by each definition of the policy, in its order.
    #[must_use]
    pub fn conversion(&self, scope: Scope) -> Vec<Rate<'a>> {
        let packages = self.packages(scope);
        let counted: Vec<&Member<'a>> = self.counted(scope).collect();
        let denominator = self.denominator(&packages, &counted);
        let rate = |definition: &'a Conversion| {
            let meets = |member: &&&Member<'a>| meets(&member.standing, &definition.criterion);
            let converted: Vec<&Member<'a>> = counted.iter().filter(meets).copied().collect();
            Rate {
                definition,
                denominator: denominator.clone(),
                by_instrument: by_instrument(&counted, &converted),
                by_value: by_value(&packages, &counted, &converted),
                converted: converted.iter().map(|member| member.id()).collect(),
            }
        };
        self.ledger.policy().conversions.iter().map(rate).collect()
    }

    /// The registered practical agreements that count towards the denominator: members of packages,
    /// and agreements outside packages that were signed by the day.
    pub fn counted(&self, scope: Scope) -> impl Iterator<Item = &Member<'a>> {
        self.in_scope(scope)
            .filter(|member| member.counts() && member.is_practical())
            .filter(|member| member.package.is_some() || member.standing.signed().is_some())
    }

    fn denominator(&self, packages: &[PackageSums<'a>], counted: &[&Member<'a>]) -> Denominator {
        let outside = counted.iter().filter(|member| member.package.is_none());
        let registered = counted.len() as u64;
        let mut denominator = Denominator {
            value: Some(outside.count() as u64),
            registered,
            unregistered: Some(0),
            unknown: Vec::new(),
        };
        for package in packages {
            let Some(declared) = package.practical.declared else {
                denominator.unknown.push(package.info.id);
                (denominator.value, denominator.unregistered) = (None, None);
                continue;
            };
            let left = u64::from(declared).saturating_sub(self.gone(package.info.id));
            let members = u64::from(package.practical.registered);
            let add = |sum: Option<u64>, more: u64| sum.map(|sum| sum.saturating_add(more));
            denominator.value = add(denominator.value, left.max(members));
            denominator.unregistered = add(denominator.unregistered, left.saturating_sub(members));
        }
        denominator
    }

    /// How many of a package's declared practical documents left the denominator: those superseded,
    /// and those that are the same as an agreement counted elsewhere. A duplicate of another member
    /// was declared once and registered twice, and takes nothing from the declared count.
    fn gone(&self, package: StreamId) -> u64 {
        let elsewhere = |original: StreamId| {
            self.member(original)
                .is_none_or(|original| original.package != Some(package))
        };
        self.members(package)
            .filter(|member| member.is_practical())
            .filter(|member| match member.duplicate_of {
                Some(original) => elsewhere(original),
                None => member.superseded_by.is_some(),
            })
            .count() as u64
    }
}

/// Whether an agreement meets a definition on its day.
#[must_use]
pub fn meets(standing: &Standing<'_>, criterion: &Criterion) -> bool {
    match criterion {
        Criterion::AnyStep => standing.has_step(),
        Criterion::DocumentedStep {
            min_level,
            min_model,
        } => standing
            .steps()
            .any(|step| is_documented(step, *min_level, *min_model)),
        Criterion::Milestone { milestone, nature } => standing
            .reached(milestone.as_str())
            .is_some_and(|reached| nature.is_none_or(|nature| has_nature(reached, nature))),
    }
}

/// Whether one and the same fact of a step is documented and, for the financial model, strong enough:
/// a document on the discussions does not document a later agreement.
fn is_documented(step: &Reached<'_>, min_level: u8, min_model: ModelStrength) -> bool {
    let strong = |fact: &Fact| match fact.payload() {
        Payload::FinancialModelAgreed(data) => data.strength >= min_model,
        _ => step.code != FINANCIAL_MODEL_AGREED,
    };
    step.facts
        .iter()
        .any(|fact| fact.evidence() >= EvidenceLevel::Level(min_level) && strong(fact))
}

fn has_nature(reached: &Reached<'_>, nature: WorksNature) -> bool {
    reached.natures.contains(&nature)
}

fn by_instrument(
    counted: &[&Member<'_>],
    converted: &[&Member<'_>],
) -> BTreeMap<Instrument, Share> {
    let mut shares: BTreeMap<Instrument, Share> = BTreeMap::new();
    for member in counted {
        let share = shares.entry(*member.info.instrument.value).or_default();
        share.of = share.of.saturating_add(1);
    }
    for member in converted {
        let share = shares.entry(*member.info.instrument.value).or_default();
        share.converted = share.converted.saturating_add(1);
    }
    shares
}

/// Conversion by declared value, for every currency in which something is apportioned and the whole
/// is known and can be given exactly.
fn by_value(
    packages: &[PackageSums<'_>],
    counted: &[&Member<'_>],
    converted: &[&Member<'_>],
) -> Vec<ValueShare> {
    let apportioned = sum_of(counted.iter().copied());
    let mine = sum_of(converted.iter().copied());
    let outside = counted.iter().copied();
    let outside = sum_of(outside.filter(|member| member.package.is_none()));
    let share = |currency: Currency| {
        // A package without a declared value in the currency has no whole for its members' parts.
        let has_whole = |package: &PackageSums<'_>| {
            let headline = package.headline.as_ref();
            headline.is_some_and(|headline| headline.currency == currency)
                || package
                    .apportioned
                    .get(MoneyKind::Declared, currency)
                    .is_none()
        };
        if !packages.iter().all(has_whole) {
            return None;
        }
        let (converted, converted_qualifier) = declared(&mine, currency)?;
        let (mut of, qualifier) = declared(&outside, currency)?;
        for headline in headlines(packages, currency) {
            of = of.checked_add(headline.declared)?;
        }
        let qualifiers = headlines(packages, currency).map(|headline| headline.qualifier);
        let practical = |headline: &Headline| headline.scope == ValueScope::Practical;
        (!of.is_zero()).then(|| ValueShare {
            currency,
            converted,
            converted_qualifier,
            of,
            of_qualifier: Qualifier::of_sum(qualifiers.chain([qualifier])),
            covers_others: !headlines(packages, currency).all(practical),
        })
    };
    apportioned
        .iter()
        .filter(|(kind, _, _)| *kind == MoneyKind::Declared)
        .filter_map(|(_, currency, _)| share(currency))
        .collect()
}

/// The declared money of a currency in sums; `None` when it cannot be given exactly.
fn declared(sums: &MoneySums, currency: Currency) -> Option<(Decimal, Qualifier)> {
    match sums.get(MoneyKind::Declared, currency) {
        Some(tally) => Some((tally.total().ok()?, tally.qualifier())),
        None => Some((Decimal::ZERO, Qualifier::Exact)),
    }
}

fn headlines<'b>(
    packages: &'b [PackageSums<'_>],
    currency: Currency,
) -> impl Iterator<Item = &'b Headline> {
    packages
        .iter()
        .filter_map(|package| package.headline.as_ref())
        .filter(move |headline| headline.currency == currency)
}
