//! Random histories: several agreements, every milestone kind, corrections, retractions, reversals,
//! moves, status changes, money and expectations, in batches of one event or several.

use chrono::{Days, NaiveDate};
use dealtrail::deal::event::agreement_registered::Class;
use dealtrail::deal::event::{Kind, Payload, Role};
use dealtrail::deal::track::Track;
use dealtrail::deal::value::ids::{EventId, StreamId};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::ledger::{Draft, Ledger, agreement, draft};

pub(crate) const NAMES: [&str; 3] = ["brick", "glass", "tile"];

/// How precisely a day is given.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Precision {
    Day,
    Month,
    By,
    From,
    Between,
}

/// One thing an officer records. Numbers choose among what there is.
#[derive(Debug, Clone)]
pub(crate) enum Act {
    Milestone(usize, usize, u64, Precision),
    Status(usize, usize, u64),
    Money(usize, usize, u32, u64),
    Expect(usize, usize, u64, u64),
    Contact(usize, u64),
    Class(usize, bool),
    Correct(usize, bool, u64, Precision),
    Retract(usize),
    Reverse(usize, u64),
    Move(usize, usize),
    Source(usize, usize),
    Confirm(usize),
}

/// Batches of acts, each some days after the one before.
pub(crate) type Script = Vec<(u64, Vec<Act>)>;

pub(crate) fn scripts() -> impl Strategy<Value = Script> {
    prop::collection::vec((0..25_u64, prop::collection::vec(acts(), 1..4)), 1..14)
}

fn acts() -> impl Strategy<Value = Act> {
    let who = 0..NAMES.len();
    let back = 0..120_u64;
    let which = 0..1_000_usize;
    prop_oneof![
        6 => (who.clone(), which.clone(), back.clone(), precisions()).prop_map(|(a, b, c, d)| Act::Milestone(a, b, c, d)),
        2 => (who.clone(), 0..5_usize, 0..40_u64).prop_map(|(a, b, c)| Act::Status(a, b, c)),
        2 => (who.clone(), 0..7_usize, 0..9_999_u32, back.clone()).prop_map(|(a, b, c, d)| Act::Money(a, b, c, d)),
        2 => (who.clone(), which.clone(), back.clone(), 0..90_u64).prop_map(|(a, b, c, d)| Act::Expect(a, b, c, d)),
        1 => (who.clone(), back.clone()).prop_map(|(a, b)| Act::Contact(a, b)),
        1 => (who.clone(), any::<bool>()).prop_map(|(a, b)| Act::Class(a, b)),
        3 => (which.clone(), any::<bool>(), back.clone(), precisions()).prop_map(|(a, b, c, d)| Act::Correct(a, b, c, d)),
        1 => which.clone().prop_map(Act::Retract),
        1 => (which.clone(), back).prop_map(|(a, b)| Act::Reverse(a, b)),
        1 => (which.clone(), who).prop_map(|(a, b)| Act::Move(a, b)),
        1 => (which.clone(), 0..5_usize).prop_map(|(a, b)| Act::Source(a, b)),
        1 => which.prop_map(Act::Confirm),
    ]
}

fn precisions() -> impl Strategy<Value = Precision> {
    prop_oneof![
        4 => Just(Precision::Day),
        1 => Just(Precision::Month),
        1 => Just(Precision::By),
        1 => Just(Precision::From),
        1 => Just(Precision::Between),
    ]
}

/// Writes a script out as a ledger; the agreements are registered in one first batch.
pub(crate) fn written(script: &Script) -> Ledger {
    let mut ledger = Ledger::default();
    let mut today = NaiveDate::from_ymd_opt(2025, 1, 10).unwrap();
    let at = |day: NaiveDate| day.and_hms_opt(9, 30, 0).unwrap().and_utc();
    let registrations = NAMES.iter().map(|name| {
        let data = json!({"ref": name.to_uppercase(), "titles": {"en": name}, "class": "practical", "instrument": "contract", "nature": "unknown"});
        draft(agreement(name), "agreement_registered", "", data)
    });
    ledger.batch_at(at(today), registrations.collect());
    for (pause, acts) in script {
        today = today + Days::new(*pause);
        let facts = facts(&ledger);
        let drafts: Vec<Draft> = acts
            .iter()
            .flat_map(|act| drafts(&ledger, &facts, act, today))
            .collect();
        if !drafts.is_empty() {
            ledger.batch_at(at(today), drafts);
        }
    }
    ledger
}

/// The dated facts recorded so far, whatever became of them.
fn facts(ledger: &Ledger) -> Vec<EventId> {
    let is_fact = |kind: Kind| kind.role() == Role::Dated;
    let events = ledger.events.iter();
    events
        .filter(|event| event.payload.kind().is_some_and(is_fact))
        .map(|event| event.id)
        .collect()
}

fn date(today: NaiveDate, back: u64, precision: Precision) -> String {
    let day = today - Days::new(back);
    match precision {
        Precision::Day => day.to_string(),
        Precision::Month => day.format("%Y-%m").to_string(),
        Precision::By => format!("../{day}"),
        Precision::From => format!("{day}/.."),
        Precision::Between => format!("{day}/{}", day + Days::new(20)),
    }
}

fn drafts(ledger: &Ledger, facts: &[EventId], act: &Act, today: NaiveDate) -> Vec<Draft> {
    let fact = |which: usize| facts.get(which % facts.len().max(1)).copied();
    let on = |back: u64| date(today, back, Precision::Day);
    match act {
        Act::Milestone(who, which, back, precision) => {
            let (code, data) = milestone(*which);
            vec![draft(
                agreement(NAMES[*who]),
                &code,
                &date(today, *back, *precision),
                data,
            )]
        }
        Act::Status(who, which, back) => {
            let kinds = [
                "suspended",
                "resumed",
                "terminated",
                "completed",
                "reopened",
            ];
            vec![draft(
                agreement(NAMES[*who]),
                kinds[*which],
                &on(*back),
                json!({}),
            )]
        }
        Act::Money(who, which, amount, back) => {
            vec![draft(
                agreement(NAMES[*who]),
                "value_stated",
                &on(*back),
                money(*which, *amount),
            )]
        }
        Act::Expect(who, which, back, ahead) => {
            let horizon = (today + Days::new(*ahead)).to_string();
            let (code, _) = milestone(*which);
            let data = if which % 4 == 0 {
                json!({"words": "soon", "horizon": horizon})
            } else {
                json!({"milestone": code, "horizon": horizon})
            };
            vec![draft(
                agreement(NAMES[*who]),
                "expectation_stated",
                &on(*back),
                data,
            )]
        }
        Act::Contact(who, back) => {
            let data = json!({"with": {"description": "the company", "role": "investor"}, "outcome": "news"});
            vec![draft(agreement(NAMES[*who]), "contacted", &on(*back), data)]
        }
        Act::Class(who, practical) => {
            let class = if *practical {
                "practical"
            } else {
                "institutional"
            };
            vec![draft(
                agreement(NAMES[*who]),
                "agreement_described",
                "",
                json!({"class": class}),
            )]
        }
        Act::Correct(which, same_day, back, precision) => fact(*which)
            .map(|id| {
                let root = ledger.event(id);
                let on = if *same_day {
                    root.on.to_string()
                } else {
                    date(today, *back, *precision)
                };
                ledger.correction(id, &on, root.payload.to_value().unwrap())
            })
            .into_iter()
            .collect(),
        Act::Retract(which) => fact(*which)
            .map(|id| ledger.retraction(id))
            .into_iter()
            .collect(),
        Act::Reverse(which, back) => fact(*which)
            .map(|id| {
                let data = json!({"fact": id, "words": "withdrawn"});
                draft(
                    ledger.event(id).stream,
                    "milestone_reversed",
                    &on(*back),
                    data,
                )
            })
            .into_iter()
            .collect(),
        Act::Move(which, who) => {
            fact(*which).map_or_else(Vec::new, |id| moved(ledger, id, agreement(NAMES[*who])))
        }
        Act::Source(which, kind) => fact(*which)
            .map(|id| {
                let mut draft = draft(
                    ledger.event(id).stream,
                    "fact_sourced",
                    "",
                    json!({"fact": id}),
                );
                let kinds = ["statement", "note", "document", "register", "site_visit"];
                draft.sources = serde_json::from_value(
                    json!([{"title": "paper", "type": kinds[*kind], "number": "1"}]),
                )
                .unwrap();
                draft
            })
            .into_iter()
            .collect(),
        Act::Confirm(which) => fact(*which)
            .map(|id| {
                draft(
                    ledger.event(id).stream,
                    "fact_confirmed",
                    "",
                    json!({"fact": id, "version": id}),
                )
            })
            .into_iter()
            .collect(),
    }
}

fn milestone(which: usize) -> (String, Value) {
    let track = Track::built_in(Class::Practical);
    let code = track.milestones[which % track.milestones.len()]
        .code
        .to_string();
    let data = match code.as_str() {
        "financial_model_agreed" => {
            let strengths = ["discussions_concluded", "agreed", "signed_off"];
            json!({"strength": strengths[which % strengths.len()]})
        }
        "works_started" => {
            let natures = ["construction", "preparation"];
            json!({"nature": natures[which % natures.len()]})
        }
        _ => json!({}),
    };
    (code, data)
}

fn money(which: usize, amount: u32) -> Value {
    let (kind, mode) = [
        ("declared", None),
        ("contracted", None),
        ("contributed", Some("to_date")),
        ("contributed", Some("instalment")),
        ("realised", Some("instalment")),
        ("realised", Some("to_date")),
        ("estimated", None),
    ][which];
    let currency = if amount.is_multiple_of(2) {
        "USD"
    } else {
        "AZN"
    };
    let mut money = json!({"amount": format!("{amount}.25"), "currency": currency, "kind": kind, "qualifier": "exact"});
    if let Some(mode) = mode {
        money["mode"] = json!(mode);
    }
    json!({"money": money})
}

fn moved(ledger: &Ledger, fact: EventId, to: StreamId) -> Vec<Draft> {
    let root = ledger.event(fact);
    let mut payload: Payload = root.payload.clone();
    let since = json!({"fact": fact, "since": root.day});
    if root.stream == to || !payload.set_continues(serde_json::from_value(since).unwrap()) {
        return Vec::new();
    }
    let there = Draft {
        stream: to,
        payload,
        on: Some(root.on.clone()),
        sources: root.sources.clone(),
    };
    vec![ledger.retraction(fact), there]
}
