//! What is kept of agreements from one question to the next says on every day, and as known at every position, what their
//! books say.

use chrono::{Days, NaiveDate};
use dealtrail::deal::event::Payload;
use dealtrail::deal::state::Fact;
use dealtrail::deal::value::ids::EventId;
use dealtrail::deal::value::known::Known;
use dealtrail::deal::value::money::{MoneyKind, MoneySums};
use dealtrail::deal::value::source::EvidenceLevel;
use dealtrail::deal::value::when::When;
use dealtrail::projection::description;
use dealtrail::projection::models::Models;
use dealtrail::projection::portfolio::card::Remarks;
use dealtrail::projection::portfolio::course::{OnDay, PartyOrigin};
use dealtrail::projection::portfolio::register::Register;
use dealtrail::projection::portfolio::roll::Scope;
use dealtrail::projection::portfolio::ties::Summed;
use dealtrail::projection::standing::Standing;
use dealtrail::projection::standing::milestones::Reached;
use proptest::prelude::*;
use serde_json::json;
use uuid::Uuid;

use super::census::same_census;
use super::histories::{scripts, written};
use super::ledger::{Draft, Ledger, agreement, draft, package};
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
        let standing = models.standing(course.id, day).unwrap();
        prop_assert_eq!(
            on.health(),
            standing.health,
            "{} on {}",
            course.reference,
            day
        );
        same_words(register, entry.on, &standing)?;
        let amended = standing.book.facts().flat_map(Remarks::amended);
        prop_assert_eq!(on.amended(), amended.collect::<Vec<_>>());
        let inferred = Remarks::inferred(standing.book).map(Fact::seq);
        prop_assert_eq!(&course.inferred[..], inferred.collect::<Vec<_>>());
        for (place, definition) in definitions.iter().enumerate() {
            prop_assert_eq!(entry.meets(place), card.met[place], "{}", definition.code);
        }
        let counts = (
            on.expectations(),
            on.obstacles(),
            on.claims(),
            on.inferred(),
        );
        let remarks = Remarks::of(standing.book, day);
        let wanted = (
            standing.follow_up.open_expectations().count() as u32,
            standing.follow_up.open_obstacles().count() as u32,
            remarks.claims,
            remarks.inferred.len() as u32,
        );
        prop_assert_eq!(counts, wanted, "{} on {}", course.reference, day);
        let reversed = standing.reversed.iter();
        let reversed = reversed.filter(|one| standing.track.is_step(one.code));
        let reversed: Vec<NaiveDate> = reversed.map(|one| one.day).collect();
        prop_assert_eq!(on.reversals().collect::<Vec<_>>(), reversed);
        let money: Vec<_> = on.money().cloned().collect();
        prop_assert_eq!(&money, &card.money);
        let mut declared: Vec<_> = money.iter().map(|(_, money)| money).collect();
        declared.retain(|money| money.kind() == MoneyKind::Declared);
        prop_assert_eq!(on.declared().collect::<Vec<_>>(), declared);
        let mut sums = MoneySums::default();
        card.add_money_to(&mut sums);
        prop_assert_eq!(sums, standing.values.sums());
        same_milestones(on, &standing)?;
    }
    same_order(register);
    packages(models, register)?;
    same_census(models, register)
}

/// Agreements stand by reference and stream, however the order came about.
fn same_order(register: &Register<'_>) {
    let order = register.by_reference();
    let entries = order.iter().filter_map(|number| register.numbered(*number));
    let kept: Vec<_> = entries
        .map(|entry| (entry.course().reference.clone(), entry.course().id))
        .collect();
    let entries = register.each(Scope::All, Some);
    let mut wanted: Vec<_> = entries
        .iter()
        .map(|entry| (entry.course().reference.clone(), entry.course().id))
        .collect();
    wanted.sort();
    assert_eq!(kept, wanted);
}

/// Its milestones, with the facts they are counted by.
fn same_milestones(on: OnDay<'_>, standing: &Standing<'_>) -> Result<(), TestCaseError> {
    prop_assert_eq!(on.steps().count(), standing.steps().count());
    prop_assert_eq!(on.is_signed(), standing.signed().is_some());
    let raised = standing.milestones.iter().flat_map(|one| &one.strengthened);
    for raised in raised {
        prop_assert!(on.has_news_since(raised.day));
    }
    prop_assert_eq!(on.has_step(), standing.has_step());
    for since in days().filter(|day| *day > NaiveDate::MIN) {
        let mut reached = standing.milestones.iter();
        let learned = reached.clone().any(|one| one.learned_day() >= since);
        prop_assert_eq!(on.has_learned_since(since), learned);
        let raised = |one: &Reached<'_>| one.strengthened.iter().any(|raised| raised.day >= since);
        let news = reached.any(|one| one.day >= since || raised(one));
        let mut reversed = standing.reversed.iter();
        let reversed = reversed.any(|one| standing.track.is_step(one.code) && one.day >= since);
        prop_assert_eq!(on.has_news_since(since), news || reversed);
    }
    let told: Vec<_> = on.milestones().collect();
    let milestones: Vec<&Reached<'_>> = standing.milestones.iter().collect();
    prop_assert_eq!(told.len(), milestones.len());
    for (mine, reached) in told.into_iter().zip(milestones) {
        prop_assert_eq!(mine.strength, reached.strength);
        prop_assert_eq!(mine.is_step, reached.is_step);
        prop_assert_eq!(mine.fact, strong(reached).next().map(|fact| fact.seq()));
        let documented = |fact: &Fact| fact.evidence() >= EvidenceLevel::DOCUMENTED;
        prop_assert_eq!(mine.is_documented, strong(reached).any(documented));
        let raised = reached.strengthened.iter().map(|raised| raised.day);
        prop_assert_eq!(mine.day, reached.day);
        prop_assert_eq!(mine.learned_day, reached.learned_day());
        prop_assert_eq!(mine.raised.to_vec(), raised.collect::<Vec<_>>());
        let first = reached.facts.iter().map(|fact| fact.seq()).min();
        prop_assert_eq!(Some(mine.learned), first);
        prop_assert_eq!(mine.is_single, reached.facts.len() == 1);
    }
    let signed = standing.signed().map(|signed| signed.day);
    prop_assert_eq!(on.signed().map(|signed| signed.day), signed);
    Ok(())
}

/// The facts of a milestone that are as strong as it is counted.
fn strong<'r>(reached: &'r Reached<'_>) -> impl Iterator<Item = &'r Fact> {
    reached
        .facts
        .iter()
        .copied()
        .filter(|fact| match fact.payload() {
            Payload::FinancialModelAgreed(data) => Some(data.strength) == reached.strength,
            _ => true,
        })
}

/// A course names each sector once and each milestone, by the numbers that the register gives them, and knows where the
/// parties are from.
fn same_words(
    register: &Register<'_>,
    on: OnDay<'_>,
    standing: &Standing<'_>,
) -> Result<(), TestCaseError> {
    let info = description::agreement(standing.book).unwrap();
    let stated = info.sectors.value.iter();
    let mut sectors: Vec<_> = stated.map(|sector| sector.text.plain()).collect();
    sectors.sort_unstable();
    sectors.dedup();
    let words = |number: &u32| register.sectors().find(|(_, other)| other == number);
    let mine = on.course.sectors.iter().map(words);
    let mine: Vec<_> = mine.map(|found| found.unwrap().0.plain()).collect();
    prop_assert_eq!(mine, sectors);
    let code = |number: u32| register.codes().find(|(_, other)| *other == number);
    let mine = on.milestones().map(|one| code(on.code(one).unwrap()));
    let mine: Vec<_> = mine.map(|found| found.unwrap().0).collect();
    let reached: Vec<_> = standing.milestones.iter().map(|one| one.code).collect();
    prop_assert_eq!(mine, reached);
    let mine = on.not_needed().map(|number| code(number).unwrap().0);
    let stated = standing.not_needed.iter();
    let stated = stated.map(|one| one.data.milestone.as_str());
    let stated = stated.filter(|code| standing.reached(code).is_none());
    prop_assert_eq!(mine.collect::<Vec<_>>(), stated.collect::<Vec<_>>());
    let origins = info.parties.value.iter().map(|party| {
        let country = party.country().and_then(Known::value).copied();
        match (country, party.organization()) {
            (None, Some(organization)) => PartyOrigin::Organization(organization),
            _ => PartyOrigin::Country(country),
        }
    });
    prop_assert_eq!(&on.course.origins[..], origins.collect::<Vec<_>>());
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
        let remarks = |id| Some(Remarks::of(models.status.book(id)?, register.day));
        let mine = |id| register.occasion(id).cloned().unwrap_or_default();
        let same = |id| mine(id) == remarks(id).unwrap_or_default();
        prop_assert!(package.occasion.is_none_or(same));
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

/// A package is registered, an agreement put into it, and more said at the same time.
fn joined(ledger: &mut Ledger, name: &str, document: &str, more: Vec<Draft>) {
    let data = json!({"ref": name.to_uppercase(), "titles": {"en": name}, "declared_counts": {}});
    let into = json!({"package": package(name)});
    let mut drafts = vec![
        draft(package(name), "package_registered", "", data),
        draft(agreement(document), "agreement_described", "", into),
    ];
    drafts.extend(more);
    let last = ledger.events.last().unwrap().recorded_at;
    ledger.batch_at(last, drafts);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]

    /// Days are counted when half of it is known; what comes after and what was before is told of them all the same.
    #[test]
    fn what_is_recorded_after_days_were_counted_is_counted(
        script in scripts(),
        percent in 30_usize..120,
        relation in prop::sample::select(vec!["supersedes", "duplicate_of"]),
    ) {
        let mut ledger = written(&script);
        joined(&mut ledger, "visit", "glass", Vec::new());
        let begin = match percent {
            90.. => ledger.events.len(),
            percent => boundary(&ledger.events, ledger.events.len() * percent / 100),
        };
        let link = json!({"relation": relation, "target": agreement("brick")});
        let link = draft(agreement("tile"), "linked", "2025-02-01", link);
        joined(&mut ledger, "fair", "brick", vec![link]);
        let events = ledger.events;
        let (begun, rest) = events.split_at(begin);
        let mut models = Models::fold(begun);
        let earlier = models.until(boundary(&events, begin * 2 / 3) as u64);
        for day in days().skip(20).take(2) {
            same_census(&models, &models.register(day))?;
        }
        for (position, event) in (begin..).zip(rest) {
            if boundary(&events, position) == position {
                for day in days().skip(position % 5).step_by(7) {
                    same_census(&models, &models.register(day))?;
                }
            }
            models.apply(event);
        }
        for day in days().step_by(3) {
            same_census(&models, &models.register(day))?;
            same_census(&earlier, &earlier.register(day))?;
        }
    }
}

/// Agreements that are registered while courses are kept are put in their places, one by one.
#[test]
fn what_is_registered_later_stands_in_its_place() {
    let events = Ledger::with(&["tile", "brick", "glass"]).events;
    let day = NaiveDate::from_ymd_opt(2026, 1, 1).unwrap();
    let mut models = Models::new();
    for event in &events {
        models.apply(event);
        // The first question keeps nothing, the second does.
        for _ in 0..2 {
            same_order(&models.register(day));
        }
    }
    assert_eq!(models.register(day).by_reference().len(), 3);
}
