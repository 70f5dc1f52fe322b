//! What lists choose by says on every day, and as known at every position, what the books say.

use chrono::{Days, NaiveDate};
use dealtrail::deal::value::ids::{EventId, StreamKind};
use dealtrail::projection::catalogue::Catalogue;
use dealtrail::projection::description;
use dealtrail::projection::models::Models;
use proptest::prelude::*;
use uuid::Uuid;

use super::histories::{scripts, written};
use super::oracle::boundary;

const KINDS: [StreamKind; 4] = [
    StreamKind::Agreement,
    StreamKind::Package,
    StreamKind::Occasion,
    StreamKind::Organization,
];

/// Every few days from before the first fact to after the last one, and the ends of the calendar.
fn days() -> impl Iterator<Item = NaiveDate> {
    let first = NaiveDate::from_ymd_opt(2024, 10, 20).unwrap();
    let all = (0..40).map(move |n| first + Days::new(n * 19));
    [NaiveDate::MIN, NaiveDate::MAX].into_iter().chain(all)
}

fn compare(models: &Models, catalogue: &Catalogue, day: NaiveDate) -> Result<(), TestCaseError> {
    for kind in KINDS {
        let mut wanted: Vec<_> = models
            .status
            .registered(kind)
            .filter_map(|book| Some((description::called(book)?.0.clone(), book.id)))
            .collect();
        wanted.sort();
        let chosen = catalogue.chosen(kind, |_| true);
        let cards: Vec<_> = chosen
            .iter()
            .map(|one| catalogue.card(*one).unwrap())
            .collect();
        let found: Vec<_> = cards
            .iter()
            .map(|card| (card.reference.clone(), card.id))
            .collect();
        prop_assert_eq!(found, wanted);
        for card in cards {
            let book = models.status.book(card.id).unwrap();
            let held = description::occasion(book).and_then(|info| info.on.value.latest());
            prop_assert_eq!(card.held, held);
            prop_assert_eq!(card.agreement.is_some(), kind == StreamKind::Agreement);
            let Some(agreement) = &card.agreement else {
                continue;
            };
            let standing = models.standing(card.id, day).unwrap();
            let info = description::agreement(book).unwrap();
            let state = agreement.on(day).unwrap();
            let stage = standing.stage().map(|stage| stage.code);
            prop_assert_eq!(
                state.stage.as_deref(),
                stage,
                "{} on {}",
                card.reference,
                day
            );
            prop_assert_eq!(
                state.health(day),
                standing.health,
                "{} on {}",
                card.reference,
                day
            );
            prop_assert_eq!(
                state.last_news(day),
                standing.last_news,
                "{} on {}",
                card.reference,
                day
            );
            prop_assert_eq!(
                state.evidence,
                standing.evidence().map(|(_, highest)| highest)
            );
            prop_assert_eq!(agreement.officer.as_ref(), standing.officer);
            prop_assert_eq!(agreement.class, *info.class.value);
            prop_assert_eq!(
                agreement.package,
                info.package.map(|package| *package.value)
            );
            prop_assert_eq!(agreement.origins.len(), info.parties.value.len());
            prop_assert_eq!(agreement.sectors.len(), info.sectors.value.len());
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn catalogues_that_are_kept_say_what_books_say(script in scripts()) {
        let events = written(&script).events;
        let mut models = Models::default();
        let mut copies = Vec::new();
        for (position, event) in (0_usize..).zip(&events) {
            if boundary(&events, position) == position {
                // The first question is answered for its day alone; from the second on what is looked at is kept.
                let day = days().nth(position % 40).unwrap();
                compare(&models, &models.catalogue(day), day)?;
                if position % 7 == 0 {
                    copies.push(models.clone());
                }
            }
            models.apply(event);
        }
        for day in days() {
            compare(&models, &models.catalogue(day), day)?;
        }
        // What is kept lies ahead of these: copies that stopped, and what was known earlier.
        for copy in &copies {
            let known = models.until(copy.position());
            for day in days().step_by(9) {
                compare(copy, &copy.catalogue(day), day)?;
                compare(&known, &known.catalogue(day), day)?;
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
            event.on = "2025-01-01".parse().unwrap();
            other.apply(&event);
        }
        let both = if ask_first { [&one, &other] } else { [&other, &one] };
        for day in days().step_by(7) {
            for models in both.iter().chain(&both) {
                compare(models, &models.catalogue(day), day)?;
            }
        }
    }
}
