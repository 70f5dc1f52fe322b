//! What a group of agreements comes to, such as the members of a package: counted in one by one.

use super::by_class::ByClass;
use super::card::add;
use super::headline::{Headline, residual};
use super::ties::Summed;
use crate::deal::event::agreement_registered::Class;
use crate::deal::event::package_registered::{DeclaredValue, ValueScope};
use crate::deal::value::money::{Currency, MoneyKind, MoneySums};

/// What a group of agreements comes to, such as the members of a package: counted in one by one.
#[derive(Debug, Clone, Default)]
pub struct Parts {
    /// How many count.
    pub registered: ByClass,
    /// How many of those have a step.
    pub with_step: ByClass,
    /// How many were declared and are counted elsewhere or not at all.
    pub gone: ByClass,
    /// Money of the practical ones that count, by kind and currency.
    pub practical: MoneySums,
    institutional: MoneySums,
    with_value: Vec<(Currency, ByClass)>,
}

impl Parts {
    /// Counts an agreement in.
    pub fn add(&mut self, one: &impl Summed) {
        let (ties, class) = (one.ties(), one.class());
        if ties.is_gone() {
            self.gone.add(class);
        }
        if !ties.counts() {
            return;
        }
        self.registered.add(class);
        if one.has_step() {
            self.with_step.add(class);
        }
        // Of one kind and currency there may be an amount and instalments: one agreement states them. There is most often one
        // currency, for which nothing need be allocated.
        let (mut first, mut others): (Option<Currency>, Vec<Currency>) = (None, Vec::new());
        for money in one.money() {
            let of_class = match class {
                Class::Practical => &mut self.practical,
                Class::Institutional => &mut self.institutional,
            };
            add(money, of_class);
            let currency = money.currency();
            let is_known = first == Some(currency) || others.contains(&currency);
            if money.kind() == MoneyKind::Declared && !is_known {
                match first {
                    None => first = Some(currency),
                    Some(_) => others.push(currency),
                }
                self.stating(currency).add(class);
            }
        }
    }

    fn stating(&mut self, currency: Currency) -> &mut ByClass {
        let place = self.with_value.iter().position(|(of, _)| *of == currency);
        let place = place.unwrap_or(self.with_value.len());
        if place == self.with_value.len() {
            self.with_value.push((currency, ByClass::default()));
        }
        // PANIC: it was there, or was put there.
        &mut self.with_value.get_mut(place).expect("it is there").1
    }

    /// Money of all that count, by kind and currency.
    #[must_use]
    pub fn money(&self) -> MoneySums {
        let mut money = self.practical.clone();
        money.absorb(&self.institutional);
        money
    }

    /// Whether any that counts states money of a kind and currency.
    #[must_use]
    pub fn states(&self, kind: MoneyKind, currency: Currency) -> bool {
        let mut classes = [&self.practical, &self.institutional].into_iter();
        classes.any(|money| money.get(kind, currency).is_some())
    }

    /// A declared value against what these agreements state.
    #[must_use]
    pub fn headline(&self, declared: &DeclaredValue) -> Headline {
        let value = &declared.money;
        let currency = value.currency();
        let of = |sums: &MoneySums| sums.get(MoneyKind::Declared, currency).cloned();
        let stating = self.with_value.iter().find(|(of, _)| *of == currency);
        let stating = stating.map_or_else(ByClass::default, |(_, stating)| *stating);
        let (apportioned, beside, with_value) = match declared.scope {
            ValueScope::Practical => {
                let beside = of(&self.institutional);
                (of(&self.practical), beside, stating.practical)
            }
            // Where the source does not say, nothing is left out of the parts.
            ValueScope::All | ValueScope::Ambiguous => (of(&self.money()), None, stating.all()),
        };
        let whole = value.amount().decimal();
        Headline {
            currency,
            scope: declared.scope,
            declared: whole,
            qualifier: value.qualifier(),
            residual: residual(whole, value.qualifier(), apportioned.as_ref()),
            apportioned,
            beside,
            with_value,
        }
    }
}
