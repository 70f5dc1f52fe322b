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
    let fact = |which: &usize| facts.get(which % facts.len().max(1)).copied();
    match act {
        Act::Move(which, who) => {
            let to = agreement(NAMES[*who]);
            fact(which).map_or_else(Vec::new, |id| moved(ledger, id, to))
        }
        Act::Correct(which, ..)
        | Act::Retract(which)
        | Act::Reverse(which, _)
        | Act::Source(which, _)
        | Act::Confirm(which) => fact(which)
            .map(|id| amendment(ledger, id, act, today))
            .into_iter()
            .collect(),
        _ => vec![new_fact(act, today)],
    }
}

/// A fact of its own on one of the agreements.
fn new_fact(act: &Act, today: NaiveDate) -> Draft {
    let on = |back: &u64| date(today, *back, Precision::Day);
    let (who, word, on, data) = match act {
        Act::Milestone(who, which, back, precision) => {
            let (code, data) = milestone(*which);
            (who, code, date(today, *back, *precision), data)
        }
        Act::Status(who, which, back) => {
            let words = "suspended resumed terminated completed reopened";
            let word = words.split(' ').nth(*which).unwrap();
            (who, word.to_owned(), on(back), json!({}))
        }
        Act::Money(who, which, amount, back) => {
            let data = money(*which, *amount);
            (who, "value_stated".to_owned(), on(back), data)
        }
        Act::Expect(who, which, back, ahead) => {
            let horizon = (today + Days::new(*ahead)).to_string();
            let data = match which % 4 {
                0 => json!({"words": "soon", "horizon": horizon}),
                _ => json!({"milestone": milestone(*which).0, "horizon": horizon}),
            };
            (who, "expectation_stated".to_owned(), on(back), data)
        }
        Act::Contact(who, back) => {
            let with = json!({"description": "the company", "role": "investor"});
            let data = json!({"with": with, "outcome": "news"});
            (who, "contacted".to_owned(), on(back), data)
        }
        Act::Class(who, practical) => {
            let class = if *practical {
                Class::Practical
            } else {
                Class::Institutional
            };
            let data = json!({"class": class});
            (who, "agreement_described".to_owned(), String::new(), data)
        }
        amendment => unreachable!("{amendment:?} amends another fact"),
    };
    draft(agreement(NAMES[*who]), &word, &on, data)
}

/// What amends a fact recorded before.
fn amendment(ledger: &Ledger, id: EventId, act: &Act, today: NaiveDate) -> Draft {
    let root = ledger.event(id);
    let amend = |word: &str, on: &str, data: Value| draft(root.stream, word, on, data);
    match act {
        Act::Correct(_, true, _, _) => {
            ledger.correction(id, root.on.as_str(), root.payload.to_value().unwrap())
        }
        Act::Correct(_, false, back, precision) => {
            let on = date(today, *back, *precision);
            ledger.correction(id, &on, root.payload.to_value().unwrap())
        }
        Act::Reverse(_, back) => {
            let data = json!({"fact": id, "words": "withdrawn"});
            let on = date(today, *back, Precision::Day);
            amend("milestone_reversed", &on, data)
        }
        Act::Source(_, kind) => {
            let kinds = ["statement", "note", "document", "register", "site_visit"];
            let sources = json!([{"title": "paper", "type": kinds[*kind], "number": "1"}]);
            let mut sourced = amend("fact_sourced", "", json!({"fact": id}));
            sourced.sources = serde_json::from_value(sources).unwrap();
            sourced
        }
        Act::Confirm(_) => amend("fact_confirmed", "", json!({"fact": id, "version": id})),
        _ => ledger.retraction(id),
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
        sources: root.sources.to_vec(),
    };
    vec![ledger.retraction(fact), there]
}
