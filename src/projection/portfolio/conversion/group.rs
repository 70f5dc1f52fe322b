//! Agreements counted in under the definitions of a policy.
//!
//! Most agreements meet the same definitions as many others. They are counted together, so that counting one in adds its money
//! once and not once a definition; what a definition comes to is put together from those when somebody asks.

use super::super::card::{add, take_out};
use super::super::reckoned::Reckoned;
use super::super::ties::{DEFINITIONS, Summed};
use super::rate::Denominator;
use crate::deal::event::agreement_registered::Instrument;
use crate::deal::value::ids::StreamId;
use crate::deal::value::money::MoneySums;

/// Some of the agreements counted.
#[derive(Debug, Clone, Default)]
pub(super) struct Group {
    alike: Vec<Alike>,
    /// By each of the definitions that a mask has no room for, those that meet it.
    beyond: Vec<Met>,
    /// By each definition, who meets it; nothing where nobody is named.
    converted: Vec<Vec<StreamId>>,
}

/// Agreements that meet the same of the first definitions, all in packages or all outside.
#[derive(Debug, Clone)]
struct Alike {
    /// Which definitions, a bit each.
    met: u16,
    is_outside: bool,
    all: Met,
}

/// What some agreements come to.
#[derive(Debug, Clone, Default)]
pub(super) struct Met {
    pub(super) count: u64,
    /// Each instrument once, in no order: there are few.
    pub(super) by_instrument: Vec<(Instrument, u64)>,
    /// Of all kinds only declared money is asked for here.
    pub(super) money: MoneySums,
}

impl Met {
    fn add(&mut self, one: &impl Summed) {
        self.count = self.count.saturating_add(1);
        self.more(one.instrument(), 1);
        one.each_declared(|money| add(money, &mut self.money));
    }

    fn take_out(&mut self, one: &impl Summed) {
        self.count = self.count.saturating_sub(1);
        let known = self.by_instrument.iter_mut();
        for (_, count) in known.filter(|(of, _)| *of == one.instrument()) {
            *count = count.saturating_sub(1);
        }
        self.by_instrument.retain(|(_, count)| *count > 0);
        one.each_declared(|money| take_out(money, &mut self.money));
    }

    fn more(&mut self, instrument: Instrument, more: u64) {
        let mut known = self.by_instrument.iter_mut();
        match known.find(|(of, _)| *of == instrument) {
            Some((_, count)) => *count = count.saturating_add(more),
            None => self.by_instrument.push((instrument, more)),
        }
    }

    fn absorb(&mut self, apart: &Self) {
        self.count = self.count.saturating_add(apart.count);
        let by_instrument = apart.by_instrument.iter();
        by_instrument.for_each(|(of, more)| self.more(*of, *more));
        self.money.absorb(&apart.money);
    }
}

impl Group {
    pub(super) fn add(&mut self, one: &impl Summed, definitions: usize, is_named: bool) {
        let met = one.met(definitions);
        self.alike(met, one.ties().package.is_none()).add(one);
        let beyond = definitions.saturating_sub(DEFINITIONS);
        self.beyond.resize_with(beyond, Met::default);
        let beyond = (DEFINITIONS..).zip(&mut self.beyond);
        for (_, all) in beyond.filter(|(definition, _)| one.meets(*definition)) {
            all.add(one);
        }
        if is_named {
            self.converted.resize_with(definitions, Vec::new);
            let converted = self.converted.iter_mut().enumerate();
            for (_, who) in converted.filter(|(definition, _)| one.meets(*definition)) {
                who.push(one.id());
            }
        }
    }

    /// Takes one out that was counted in as it is, where nobody is named.
    pub(super) fn take_out(&mut self, one: &impl Summed, definitions: usize) {
        let met = one.met(definitions);
        self.alike(met, one.ties().package.is_none()).take_out(one);
        let beyond = (DEFINITIONS..).zip(&mut self.beyond);
        for (_, all) in beyond.filter(|(definition, _)| one.meets(*definition)) {
            all.take_out(one);
        }
    }

    /// Those that meet these definitions; there are few such sets.
    fn alike(&mut self, met: u16, is_outside: bool) -> &mut Met {
        let mut known = self.alike.iter();
        let place = known.position(|one| one.met == met && one.is_outside == is_outside);
        let place = place.unwrap_or(self.alike.len());
        if place == self.alike.len() {
            self.alike.push(Alike {
                met,
                is_outside,
                all: Met::default(),
            });
        }
        // PANIC: it was there, or was put there.
        &mut self.alike.get_mut(place).expect("it is there").all
    }

    /// Adds what was counted apart, where nobody is named.
    pub(super) fn absorb(&mut self, apart: Self) {
        for one in &apart.alike {
            self.alike(one.met, one.is_outside).absorb(&one.all);
        }
        let beyond = self.beyond.len().max(apart.beyond.len());
        self.beyond.resize_with(beyond, Met::default);
        for (all, apart) in self.beyond.iter_mut().zip(&apart.beyond) {
            all.absorb(apart);
        }
    }

    fn those(&self, which: impl Fn(&Alike) -> bool) -> Met {
        let mut all = Met::default();
        let alike = self.alike.iter().filter(|one| which(one));
        alike.for_each(|one| all.absorb(&one.all));
        all
    }

    /// Those that meet a definition, by its place in the policy.
    pub(super) fn met(&self, definition: usize) -> Met {
        match definition.checked_sub(DEFINITIONS) {
            Some(beyond) => self.beyond.get(beyond).cloned().unwrap_or_default(),
            None => self.those(|one| one.met >> definition & 1 == 1),
        }
    }

    /// Who meets a definition.
    pub(super) fn converted(&self, definition: usize) -> &[StreamId] {
        self.converted
            .get(definition)
            .map_or(&[], |who| who.as_slice())
    }

    /// All of them.
    pub(super) fn all(&self) -> Met {
        self.those(|_| true)
    }

    /// Those outside packages.
    pub(super) fn outside(&self) -> Met {
        self.those(|one| one.is_outside)
    }

    /// Who is counted against whom; `all` and `outside` are all of these and those of them outside packages.
    pub(super) fn denominator<'p, P: Reckoned + 'p>(
        all: &Met,
        outside: &Met,
        packages: impl Iterator<Item = &'p P>,
    ) -> Denominator {
        let mut denominator = Denominator {
            value: Some(outside.count),
            registered: all.count,
            unregistered: Some(0),
            unknown: Vec::new(),
        };
        for package in packages {
            let documents = package.documents();
            let practical = documents.practical;
            let Some(declared) = practical.declared else {
                denominator.unknown.push(package.card().id);
                (denominator.value, denominator.unregistered) = (None, None);
                continue;
            };
            let left = u64::from(declared).saturating_sub(documents.gone.practical);
            let members = u64::from(practical.registered);
            let add = |sum: Option<u64>, more: u64| sum.map(|sum| sum.saturating_add(more));
            denominator.value = add(denominator.value, left.max(members));
            denominator.unregistered = add(denominator.unregistered, left.saturating_sub(members));
        }
        denominator
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::super::super::ties::Ties;
    use super::super::rate::Share;
    use super::super::{Conversions, Overall};
    use super::*;
    use crate::deal::event::agreement_registered::Class;
    use crate::deal::policy::Policy;
    use crate::deal::value::money::{Money, MoneyKind};

    struct One {
        number: u128,
        ties: Ties,
        instrument: Instrument,
        met: Vec<bool>,
        money: Vec<Money>,
    }

    impl Summed for One {
        fn id(&self) -> StreamId {
            StreamId::Agreement(Uuid::from_u128(self.number))
        }
        fn ties(&self) -> &Ties {
            &self.ties
        }
        fn class(&self) -> Class {
            Class::Practical
        }
        fn instrument(&self) -> Instrument {
            self.instrument
        }
        fn is_signed(&self) -> bool {
            true
        }
        fn has_step(&self) -> bool {
            true
        }
        fn meets(&self, definition: usize) -> bool {
            self.met[definition]
        }
        fn money(&self) -> impl Iterator<Item = &Money> {
            self.money.iter()
        }
    }

    const DEFINED: usize = DEFINITIONS + 4;

    fn one(number: u128) -> One {
        let bits = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let kind = if number.is_multiple_of(5) {
            "estimated"
        } else {
            "declared"
        };
        let money = format!(
            r#"{{"amount":"{number}.5","currency":"USD","kind":"{kind}","qualifier":"exact"}}"#
        );
        One {
            number,
            ties: Ties {
                package: (!number.is_multiple_of(3))
                    .then(|| StreamId::Package(Uuid::from_u128(number % 3))),
                ..Ties::default()
            },
            instrument: [Instrument::Mou, Instrument::Contract]
                [usize::from(number.is_multiple_of(2))],
            met: (0..DEFINED).map(|place| bits >> place & 1 == 1).collect(),
            money: vec![serde_json::from_str(&money).unwrap()],
        }
    }

    #[test]
    fn what_is_counted_together_is_what_is_counted_one_by_one_under_any_number_of_definitions() {
        let policy = Policy::built_in();
        let first = policy.conversions.first().unwrap().clone();
        let definitions = vec![first; DEFINED];
        let all: Vec<One> = (0..200).map(one).collect();
        for is_named in [false, true] {
            let mut counted = Conversions::by(&definitions);
            if is_named {
                all.iter().for_each(|one| counted.add(one));
            } else {
                // Some are counted in that go again, and some go and come back.
                let overall = || Overall::by(definitions.len());
                let (mut first, mut apart) = (overall(), overall());
                let passing: Vec<One> = (200..260).map(one).collect();
                all[..90].iter().for_each(|one| first.add(one));
                passing.iter().for_each(|one| first.add(one));
                all[90..].iter().for_each(|one| apart.add(one));
                first.absorb(apart);
                let leaving = passing.iter().chain(&all[..40]);
                leaving.for_each(|one| first.take_out(one));
                all[..40].iter().for_each(|one| first.add(one));
                counted = first.conversions(&definitions);
            }
            for (place, met) in (0..DEFINED).map(|place| (place, counted.all.met(place))) {
                let mine = all.iter().filter(|one| one.met[place]);
                let mut money = MoneySums::default();
                let declared = mine.clone().flat_map(|one| &one.money);
                let declared = declared.filter(|money| money.kind() == MoneyKind::Declared);
                declared.for_each(|one| money.add(one).unwrap());
                assert_eq!(met.count, mine.clone().count() as u64, "{place}");
                assert_eq!(met.money, money, "{place}");
                let named: Vec<StreamId> = mine.clone().map(Summed::id).collect();
                let none: &[StreamId] = &[];
                let wanted = if is_named { &named[..] } else { none };
                assert_eq!(counted.all.converted(place), wanted, "{place}");
                for instrument in [Instrument::Mou, Instrument::Contract] {
                    let of = mine.clone().filter(|one| one.instrument == instrument);
                    let mut counts = met.by_instrument.iter();
                    let count = counts.find(|(counted, _)| *counted == instrument);
                    let count = count.map_or(0, |(_, count)| *count);
                    assert_eq!(count, of.count() as u64, "{place} {instrument:?}");
                }
            }
            let outside = all.iter().filter(|one| one.ties.package.is_none());
            assert_eq!(counted.all.outside().count, outside.count() as u64);
            let rates = counted.outside();
            let share = rates[0].by_instrument.values();
            let share = share.fold(Share::default(), |all, one| Share {
                converted: all.converted + one.converted,
                of: all.of + one.of,
            });
            assert_eq!(share.converted, rates[0].numerator);
            assert_eq!(share.of, if is_named { 67 } else { 0 });
        }
    }
}
