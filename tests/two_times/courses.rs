//! What is kept of agreements from one question to the next says on every day, and as known at every position, what their
//! books say.

use chrono::{Days, NaiveDate};
use dealtrail::deal::value::ids::EventId;
use dealtrail::deal::value::money::MoneySums;
use dealtrail::deal::value::text::Text;
use dealtrail::deal::value::when::When;
use dealtrail::projection::models::Models;
use dealtrail::projection::portfolio::course::Course;
use dealtrail::projection::portfolio::register::Register;
use dealtrail::projection::portfolio::roll::Scope;
use dealtrail::projection::portfolio::ties::Summed;
use dealtrail::projection::standing::milestones::Reached;
use proptest::prelude::*;
use uuid::Uuid;

use super::histories::{scripts, written};
use super::oracle::boundary;

/// Every few days from before the first fact to after the last one, and the ends of the calendar.
fn days() -> impl Iterator<Item = NaiveDate> {
    let first = NaiveDate::from_ymd_opt(2024, 10, 20).unwrap();
    let all = (0..60).map(move |n| first + Days::new(n * 13));
    [NaiveDate::MIN, NaiveDate::MAX].into_iter().chain(all)
}

/// Everything of a register against the agreements' books.
fn compare(models: &Models, register: &Register<'_>) -> Result<(), TestCaseError> {
    let day = register.day;
    let roll = models.roll(day);
    let mut entries = register.each(Scope::All, Some);
    entries.sort_by_key(Summed::id);
    let counted: Vec<_> = roll.counted(Scope::All).collect();
    prop_assert_eq!(entries.len(), counted.len());
    let definitions = &models.ledger.policy().conversions;
    for (entry, counted) in entries.iter().zip(&counted) {
        let (on, course, card) = (entry.on, entry.course(), counted.card);
        prop_assert_eq!(course.id, card.id);
        prop_assert_eq!(entry.ties, counted.ties);
        prop_assert_eq!(&course.reference, &card.reference);
        prop_assert_eq!(
            (course.class, course.instrument),
            (card.class, card.instrument)
        );
        same_sectors(register, course, &card.sectors)?;
        prop_assert_eq!(&course.amended[..], &card.remarks.amended[..]);
        for (place, definition) in definitions.iter().enumerate() {
            prop_assert_eq!(entry.meets(place), card.met[place], "{}", definition.code);
        }
        let counts = (
            on.expectations(),
            on.obstacles(),
            on.claims(),
            on.inferred(),
        );
        let remarks = &card.remarks;
        let wanted = (
            card.expectations,
            card.obstacles,
            remarks.claims,
            remarks.inferred,
        );
        prop_assert_eq!(counts, wanted, "{} on {}", course.reference, day);
        prop_assert_eq!(on.reversals().collect::<Vec<_>>(), card.reversals.clone());
        let money: Vec<_> = on.money().cloned().collect();
        prop_assert_eq!(&money, &card.money);
        let mut sums = MoneySums::default();
        card.add_money_to(&mut sums);
        let standing = models.standing(course.id, day).unwrap();
        prop_assert_eq!(sums, standing.values.sums());
        let told: Vec<_> = on.steps().collect();
        let steps: Vec<&Reached<'_>> = standing.steps().collect();
        prop_assert_eq!(told.len(), steps.len());
        for (mine, reached) in told.into_iter().zip(steps) {
            let raised = reached.strengthened.iter().map(|raised| raised.day);
            prop_assert_eq!(mine.day, reached.day);
            prop_assert_eq!(mine.learned_day, reached.learned_day());
            prop_assert_eq!(mine.raised.to_vec(), raised.collect::<Vec<_>>());
            let first = reached.facts.iter().map(|fact| fact.seq()).min();
            prop_assert_eq!(Some(mine.learned), first);
        }
        let signed = standing.signed().map(|signed| signed.day);
        prop_assert_eq!(on.signed().map(|signed| signed.day), signed);
    }
    packages(models, register)
}

/// A course names each sector once, by the number that the register gives it.
fn same_sectors(
    register: &Register<'_>,
    course: &Course,
    wanted: &[Text],
) -> Result<(), TestCaseError> {
    let mut sectors: Vec<_> = wanted.iter().map(|text| text.plain()).collect();
    sectors.sort_unstable();
    sectors.dedup();
    let words = |number: &u32| register.sectors().find(|(_, other)| other == number);
    let mine = course.sectors.iter().map(words);
    let mine: Vec<_> = mine.map(|found| found.unwrap().0.plain()).collect();
    prop_assert_eq!(mine, sectors);
    Ok(())
}

/// The packages and occasions of a register.
fn packages(models: &Models, register: &Register<'_>) -> Result<(), TestCaseError> {
    let roll = models.roll(register.day);
    let packages: Vec<_> = register.packages(Scope::All).map(|one| one.id).collect();
    let wanted: Vec<_> = roll.packages(Scope::All).map(|one| one.id).collect();
    prop_assert_eq!(packages, wanted);
    for package in register.packages(Scope::All) {
        let other = roll.package_card(package.id).unwrap();
        prop_assert_eq!(&package.remarks, &other.remarks);
        prop_assert_eq!(package.expectations, other.expectations);
        prop_assert_eq!(&package.own, &other.own);
        let of = |occasion| register.occasion(occasion) == roll.occasion(occasion);
        prop_assert!(package.occasion.is_none_or(of));
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn courses_that_are_kept_say_what_books_say(script in scripts()) {
        let events = written(&script).events;
        let mut models = Models::default();
        let mut copies = Vec::new();
        for (position, event) in (0_usize..).zip(&events) {
            if boundary(&events, position) == position {
                // The first question is answered for its day alone; from the second on courses are kept and kept up.
                let day = days().nth(position % 60).unwrap();
                compare(&models, &models.register(day))?;
                if position % 7 == 0 {
                    copies.push(models.clone());
                }
            }
            models.apply(event);
        }
        for day in days() {
            compare(&models, &models.register(day))?;
        }
        // What is kept lies ahead of these: copies that stopped, and what was known earlier.
        for copy in &copies {
            let known = models.until(copy.position());
            for day in days().step_by(9) {
                compare(copy, &copy.register(day))?;
                compare(&known, &known.register(day))?;
            }
        }
    }

    #[test]
    fn copies_that_went_different_ways_are_told_apart(script in scripts(), ask_first in any::<bool>()) {
        let events = written(&script).events;
        let (begun, rest) = events.split_at(boundary(&events, events.len() / 2));
        let mut one = Models::fold(begun);
        let mut other = one.clone();
        rest.iter().for_each(|event| one.apply(event));
        for event in rest {
            let mut event = event.clone();
            event.id = EventId::new(Uuid::from_u128(!event.id.uuid().as_u128()));
            event.on = When::day(NaiveDate::from_ymd_opt(2025, 1, 1).unwrap());
            other.apply(&event);
        }
        let both = if ask_first { [&one, &other] } else { [&other, &one] };
        for day in days().step_by(7) {
            for models in both.iter().chain(&both) {
                compare(models, &models.register(day))?;
            }
        }
    }
}
