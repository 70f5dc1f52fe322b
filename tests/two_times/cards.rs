//! A card says what the book it was read from says, and sums over cards are sums over books.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use dealtrail::deal::value::money::MoneySums;
use dealtrail::projection::models::Models;
use dealtrail::projection::portfolio::conversion::Conversions;
use dealtrail::projection::portfolio::criterion::meets;
use dealtrail::projection::portfolio::overview::Overview;
use dealtrail::projection::portfolio::roll::Scope;
use proptest::prelude::*;

use super::histories::{scripts, written};
use super::oracle::boundary;

fn days() -> impl Iterator<Item = NaiveDate> {
    let first = NaiveDate::from_ymd_opt(2024, 11, 1).unwrap();
    (0..14).map(move |n| first + Days::new(n * 45))
}

/// Every card of a day against the book it was read from.
fn compare(models: &Models, day: NaiveDate) -> Result<(), TestCaseError> {
    let roll = models.roll(day);
    let portfolio = models.portfolio(day);
    let definitions = &models.ledger.policy().conversions;
    prop_assert_eq!(
        roll.counted(Scope::All).count(),
        models.status.agreements().count()
    );
    for member in &portfolio.agreements {
        let (card, standing) = (&member.card, &member.standing);
        prop_assert_eq!(&card.reference, member.info.reference);
        prop_assert_eq!(card.health, standing.health);
        prop_assert_eq!(card.has_step, standing.has_step());
        prop_assert_eq!(card.is_signed, standing.signed().is_some());
        let met = definitions
            .iter()
            .map(|one| meets(standing, &one.criterion));
        prop_assert_eq!(&card.met, &met.collect::<Vec<_>>());
        let mut money = MoneySums::default();
        card.add_money_to(&mut money);
        prop_assert_eq!(money, standing.values.sums());
    }
    Ok(())
}

/// The counts of cards and courses against counting the books.
fn add_up(models: &Models, day: NaiveDate) -> Result<(), TestCaseError> {
    let roll = models.roll(day);
    let portfolio = models.portfolio(day);
    let overview = Overview::of(&models.register(day), Scope::All);
    let counting = || portfolio.agreements.iter().filter(|member| member.counts());
    prop_assert_eq!(overview.all.registered.all(), counting().count() as u64);
    let with_step = counting().filter(|member| member.standing.has_step());
    prop_assert_eq!(overview.all.with_step.all(), with_step.count() as u64);
    let mut health = BTreeMap::new();
    let mut reached: BTreeMap<String, u64> = BTreeMap::new();
    for member in counting() {
        *health.entry(member.standing.health).or_insert(0_u64) += 1;
        for milestone in &member.standing.milestones {
            *reached.entry(milestone.code.to_owned()).or_default() += 1;
        }
    }
    let told: BTreeMap<_, _> = overview
        .health
        .iter()
        .map(|(health, count)| (*health, count.all()))
        .collect();
    prop_assert_eq!(told, health);
    for (code, count) in reached {
        let told: u64 = overview
            .funnels
            .values()
            .map(|funnel| funnel.reached(&code))
            .sum();
        prop_assert_eq!(told, count, "{}", code);
    }
    let mut conversions = Conversions::by(&models.ledger.policy().conversions);
    roll.counted(Scope::All)
        .for_each(|counted| conversions.add(&counted));
    let packages = roll.sums(Scope::All, &mut BTreeMap::new());
    let rates = conversions.rates(packages.iter());
    for (rate, naive) in rates.iter().zip(portfolio.conversion(Scope::All)) {
        prop_assert_eq!(&rate.converted, &naive.converted);
        prop_assert_eq!(&rate.denominator, &naive.denominator);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_card_says_what_its_book_says(script in scripts()) {
        let events = written(&script).events;
        let whole = Models::fold(&events);
        for day in days() {
            compare(&whole, day)?;
            add_up(&whole, day)?;
        }
        for position in (0..=events.len()).step_by(5) {
            let known = whole.until(boundary(&events, position) as u64);
            compare(&known, days().last().unwrap())?;
        }
    }
}
