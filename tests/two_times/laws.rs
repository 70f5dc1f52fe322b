//! What holds of every history: the law of the two times, incremental equals rebuilt, sums equal
//! naive sums, and no event in any state stops the fold.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate};
use dealtrail::deal::event::{Batch, Event, Kind, Payload};
use dealtrail::deal::state::Book;
use dealtrail::deal::value::ids::{CommandId, EventId, StreamId, StreamKind};
use dealtrail::deal::value::when::When;
use dealtrail::projection::Projection;
use dealtrail::projection::models::Models;
use dealtrail::projection::portfolio::roll::Scope;
use dealtrail::projection::save::{Loader, Saver};
use proptest::prelude::*;
use rust_decimal::Decimal;
use serde_json::json;
use uuid::Uuid;

use super::histories::{NAMES, scripts, written};
use super::ledger::{agreement, officer};
use super::oracle::{answer, answered, boundary};

fn days() -> [NaiveDate; 4] {
    [(2024, 12, 20), (2025, 2, 1), (2025, 5, 15), (2026, 6, 1)]
        .map(|(year, month, day)| NaiveDate::from_ymd_opt(year, month, day).unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn an_answer_on_the_whole_ledger_is_the_answer_on_one_cut_there(script in scripts()) {
        let whole = written(&script).events;
        let boundaries = Models::fold(&whole).boundaries;
        for position in 0..=whole.len() {
            let cut = boundary(&whole, position);
            prop_assert_eq!(boundaries.snap(position as u64), cut as u64);
            let models = Models::fold(&whole[..cut]);
            prop_assert_eq!(models.boundaries.head(), cut as u64);
            for name in NAMES {
                for day in days() {
                    let Some(standing) = models.standing(agreement(name), day) else {
                        prop_assert_eq!(cut, 0);
                        continue;
                    };
                    prop_assert_eq!(answered(&standing), answer(&whole, position, agreement(name), day));
                }
            }
        }
    }

    #[test]
    fn what_is_known_at_a_moment_is_all_recorded_by_then(script in scripts()) {
        let whole = written(&script).events;
        let boundaries = Models::fold(&whole).boundaries;
        for event in &whole {
            let by = |moment| whole.iter().filter(|other| other.recorded_at <= moment).count() as u64;
            let at = event.recorded_at;
            prop_assert_eq!(boundaries.known_at(at), by(at));
            let before = at - chrono::Duration::microseconds(1);
            prop_assert_eq!(boundaries.known_at(before), by(before));
            prop_assert_eq!(boundaries.recorded_at(event.seq + 1), Some(at));
        }
    }

    #[test]
    fn a_fold_event_by_event_equals_one_made_afresh_at_every_prefix(script in scripts()) {
        let events = written(&script).events;
        let mut grown = Models::new();
        // The search of this one follows event by event; the others fold theirs when asked.
        prop_assert_eq!(grown.search().position(), 0);
        let mut before = BTreeMap::new();
        let whole = Models::fold(&events);
        for position in 0..=events.len() {
            let fresh = Models::fold(&events[..position]);
            let digests = fresh.digests();
            prop_assert_eq!(&grown.digests(), &digests);
            // What the whole ledger says was known then is the fold of what was there then.
            let known = whole.until(position as u64);
            prop_assert_eq!(&known.digests(), &digests);
            prop_assert!(known.status.books().eq(fresh.status.books()));
            prop_assert!(known.status.anomalies().eq(fresh.status.anomalies()));
            // Written down and read back it is the same, and goes on the same.
            let mut pieces = Vec::new();
            let mut sink = |piece: &[u8]| pieces.push(piece.to_vec());
            let mut saver = Saver::new(&mut sink);
            fresh.save(&mut saver);
            saver.end();
            let mut given = pieces.into_iter();
            let mut loaded = Models::load(&mut Loader::new(&mut || given.next())).unwrap();
            prop_assert_eq!(&loaded.digests(), &digests);
            prop_assert!(loaded.status.books().eq(fresh.status.books()));
            events[position..].iter().for_each(|event| loaded.apply(event));
            prop_assert_eq!(loaded.digests(), whole.digests());
            for event in &events {
                prop_assert_eq!(known.status.stream_of(event.id), fresh.status.stream_of(event.id));
                prop_assert_eq!(known.status.event_at(event.seq), fresh.status.event_at(event.seq));
            }
            prop_assert_ne!(&before, &digests, "every event leaves its mark");
            before = digests;
            if let Some(event) = events.get(position) {
                // A copy kept by a reader is not touched by what comes after it.
                let kept = grown.clone();
                grown.apply(event);
                prop_assert_eq!(&kept.digests(), &before);
            }
        }
    }

    #[test]
    fn every_sum_is_the_naive_sum_of_its_parts(script in scripts()) {
        let events = written(&script).events;
        let models = Models::fold(&events);
        for day in days() {
            let mut naive: BTreeMap<(String, String), Decimal> = BTreeMap::new();
            for name in NAMES {
                for (key, amount) in answer(&events, events.len(), agreement(name), day).money {
                    *naive.entry(key).or_default() += amount;
                }
            }
            let sums = models.portfolio(day).money(Scope::All);
            let summed: BTreeMap<(String, String), Decimal> = sums.iter()
                .map(|(kind, currency, tally)| ((kind.to_string(), currency.to_string()), tally.total().unwrap()))
                .collect();
            prop_assert_eq!(summed, naive);
        }
    }

    #[test]
    fn a_numerator_never_exceeds_its_denominator(script in scripts()) {
        let models = Models::fold(&written(&script).events);
        for day in days() {
            for rate in models.portfolio(day).conversion(Scope::All) {
                prop_assert!(Some(rate.numerator) <= rate.denominator.value);
            }
        }
    }

    #[test]
    fn what_no_book_can_place_is_known_without_unfolding_any(nonsense in prop::collection::vec(nonsense(), 0..80)) {
        let mut models = Models::new();
        for (seq, event) in (0..).zip(nonsense) {
            let before = models.clone();
            models.apply(&Event { seq, ..event });
            let placed = |models: &Models| -> Vec<String> {
                let anomalies = models.status.books().flat_map(|book| book.anomalies.iter());
                anomalies.map(|anomaly| anomaly.recording.event.to_string()).collect()
            };
            let told: Vec<_> = models.status.anomalies()
                .map(|(_, anomaly)| anomaly.recording.event.to_string())
                .collect();
            prop_assert_eq!(&placed(&models), &told);
            prop_assert_eq!(models.status.is_incomplete(), !told.is_empty());
            prop_assert!(placed(&before).len() + 1 >= told.len());
        }
    }

    #[test]
    fn a_book_whose_facts_are_read_when_looked_at_is_the_fold_of_its_events(
        nonsense in prop::collection::vec(nonsense(), 0..60), cut in 0..60_usize, looks in prop::collection::vec(any::<u8>(), 0..5)
    ) {
        let events: Vec<Event> = (0..).zip(nonsense).map(|(seq, event)| Event { seq, ..event }).collect();
        let models = Models::fold(&events);
        let cut = cut.min(events.len());
        let apart = models.until(cut as u64);
        for whole in models.status.books() {
            let of_stream = || events.iter().filter(|event| event.stream == whole.id);
            prop_assert_eq!(whole, &Book::fold(whole.id, of_stream()));
            // As known before, looked at here and there, and grown from there on.
            let (before, after): (Vec<&Event>, Vec<&Event>) = of_stream().partition(|event| event.seq < cut as u64);
            let folded = Book::fold(whole.id, before.iter().copied());
            let Some(mut grown) = apart.status.fold(whole.id) else {
                prop_assert!(before.is_empty());
                continue;
            };
            for look in &looks {
                let place = usize::from(*look) % before.len().max(1);
                let event = before.get(place).map(|event| event.id);
                let seen = event.and_then(|event| grown.fact(event));
                prop_assert_eq!(seen, event.and_then(|event| folded.fact(event)));
            }
            let copy = grown.clone();
            for event in after {
                grown.evolve(event);
            }
            prop_assert_eq!(&grown, whole);
            prop_assert_eq!(copy, folded);
        }
    }

    #[test]
    fn no_event_in_any_state_stops_the_fold(nonsense in prop::collection::vec(nonsense(), 0..60)) {
        let models = Models::fold(&nonsense);
        prop_assert_eq!(models.position(), nonsense.len() as u64);
        prop_assert_eq!(models.digests(), Models::fold(&nonsense).digests());
        for day in days().into_iter().chain([NaiveDate::MIN, NaiveDate::MAX]) {
            for book in models.status.books() {
                if let Some(standing) = models.standing(book.id, day) {
                    let _ = (standing.stage().is_some(), standing.next_step().is_some(), standing.evidence());
                }
                let trail = models.trail(book.id).unwrap();
                prop_assert_eq!(trail.lines().len() as u64, book.version);
                prop_assert_eq!(trail.by_happening().count(), trail.entries.len());
            }
            let portfolio = models.portfolio(day);
            prop_assert!(portfolio.packages(Scope::All).len() <= 2);
            let _ = portfolio.conversion(Scope::All).len();
        }
        for position in 0..=nonsense.len() as u64 + 2 {
            prop_assert!(models.boundaries.snap(position) <= position);
            prop_assert!(models.boundaries.snap(position) <= models.position());
        }
    }
}

/// Any event of any kind in any stream at any time, amendments of anything included.
fn nonsense() -> impl Strategy<Value = Event> {
    let kinds = prop::sample::select(Kind::ALL.to_vec());
    let numbers = (0..40_u64, 0..40_u64, 0..12_u128, 0..40_u128);
    let times = (0..700_i64, 0..700_u64, 1..5_u64);
    (kinds, numbers, times, any::<bool>()).prop_map(
        |(kind, (seq, version, stream, fact), (at, on, count), readable)| {
            let recorded_at = DateTime::from_timestamp(1_735_689_600 + at * 86_400, 0).unwrap();
            let on_day = NaiveDate::from_ymd_opt(2024, 12, 1).unwrap() + chrono::Days::new(on);
            Event {
                seq,
                stream: stream_of(stream),
                version,
                id: EventId::new(Uuid::from_u128(u128::from(seq % 20))),
                on: When::day(on_day),
                recorded_at,
                day: recorded_at.date_naive(),
                actor: officer(),
                batch: Batch {
                    first: seq.saturating_sub(count),
                    count,
                },
                command: CommandId::from(Uuid::from_u128(fact)),
                sources: Vec::new().into(),
                payload: if readable {
                    payload(kind, Uuid::from_u128(fact % 20))
                } else {
                    Payload::decode_or_keep(kind.as_str(), 99, "{}")
                },
            }
        },
    )
}

fn stream_of(number: u128) -> StreamId {
    let kinds = [
        StreamKind::Agreement,
        StreamKind::Package,
        StreamKind::Occasion,
        StreamKind::Organization,
        StreamKind::Ledger,
        StreamKind::Agreement,
    ];
    StreamId::new(
        kinds[number as usize % kinds.len()],
        Uuid::from_u128(number % 2),
    )
}

/// The true example of a kind; amendments and closings name one of the events there may be.
fn payload(kind: Kind, fact: Uuid) -> Payload {
    let mut data: serde_json::Value = serde_json::from_str(kind.example()).unwrap();
    for field in ["fact", "version", "promise", "obstacle", "claim"] {
        if data.get(field).is_some() {
            data[field] = json!(fact);
        }
    }
    let Payload::FactCorrected(correction) =
        Payload::decode(kind.as_str(), kind.version(), &data.to_string()).unwrap()
    else {
        return Payload::decode(kind.as_str(), kind.version(), &data.to_string()).unwrap();
    };
    let mut correction = Arc::unwrap_or_clone(correction);
    // Half of the corrections are of another kind than land.
    if fact.as_u128().is_multiple_of(2) {
        correction.now.kind = "suspended".to_owned();
        correction.now.data.clear();
    }
    Payload::from(correction)
}
