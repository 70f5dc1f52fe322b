//! Random histories of registrations, descriptions, corrections and retractions, and what is found after each event.

use dealtrail::deal::value::ids::{EventId, StreamId, StreamKind};
use dealtrail::projection::models::Models;
use dealtrail::projection::search::asking::Way;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::naive::{WORDS, naive};
use super::thing;
use crate::two_times::ledger::{Draft, Ledger, draft};

/// Questions with their words; whether others may begin with a word, or be nearly it.
const QUESTIONS: [(&str, &[(&str, bool)]); 12] = [
    ("brick", &[("brick", true)]),
    ("BRI завод", &[("bri", true), ("завод", true)]),
    ("kerpic suse", &[("kerpic", true), ("suse", true)]),
    ("şüşə", &[("suse", true)]),
    ("業投", &[("業投", false)]),
    ("工業投", &[("工業", false), ("業投", false)]),
    ("投", &[("投", true)]),
    ("cooperetion", &[("cooperetion", true)]),
    ("brikc", &[("brikc", true)]),
    ("2025 brick", &[("2025", true), ("brick", true)]),
    ("R-a", &[("r", true), ("a", true)]),
    ("AG-A", &[("ag", true), ("a", true)]),
];

const THINGS: [(StreamKind, &str); 6] = [
    (StreamKind::Organization, "or-a"),
    (StreamKind::Organization, "or-b"),
    (StreamKind::Occasion, "oc-a"),
    (StreamKind::Package, "pk-a"),
    (StreamKind::Agreement, "ag-a"),
    (StreamKind::Agreement, "ag-b"),
];

#[derive(Debug, Clone)]
enum Act {
    Register(usize, Vec<usize>),
    Describe(usize, Vec<usize>),
    Correct(usize, Vec<usize>),
    Retract(usize),
    Note(usize),
}

fn acts() -> impl Strategy<Value = Act> {
    let which = 0..THINGS.len();
    let words = || prop::collection::vec(0..WORDS.len(), 6);
    prop_oneof![
        4 => (which.clone(), words()).prop_map(|(a, b)| Act::Register(a, b)),
        4 => (which.clone(), words()).prop_map(|(a, b)| Act::Describe(a, b)),
        3 => (0..100_usize, words()).prop_map(|(a, b)| Act::Correct(a, b)),
        2 => (0..100_usize).prop_map(Act::Retract),
        1 => which.prop_map(Act::Note),
    ]
}

/// Fields of a thing in these words; a description leaves some of them open.
fn data(which: usize, words: &[usize], whole: bool) -> Value {
    let said = |at: usize| WORDS[words[at]].0;
    let states = |at: usize| whole || words[at].is_multiple_of(2);
    let names = json!({"en": said(0), "az": format!("{}, {}", said(1), said(0))});
    let org = |at: usize| thing(StreamKind::Organization, THINGS[words[at] % 2].1).to_string();
    let parties = json!([{"description": said(2), "role": "investor"}, {"organization": org(3), "role": "host"}]);
    let mut data = json!({});
    let mut put = |at: usize, field: &str, value: Value| {
        if states(at) {
            data[field] = value;
        }
    };
    match THINGS[which].0 {
        StreamKind::Organization => put(0, "names", names),
        StreamKind::Occasion => {
            put(0, "names", names);
            put(1, "place", json!(said(4)));
            put(2, "topics", json!([said(5), said(1)]));
            put(
                3,
                "roles",
                json!([{"role": "spoke", "party": {"organization": org(3), "role": "guest"}}]),
            );
        }
        StreamKind::Package => {
            put(0, "titles", names);
            put(
                1,
                "occasion",
                json!(thing(StreamKind::Occasion, "oc-a").to_string()),
            );
        }
        _ => {
            put(0, "titles", names);
            put(1, "parties", parties);
            put(2, "sectors", json!([{"text": said(5)}]));
            put(
                3,
                "package",
                json!(thing(StreamKind::Package, "pk-a").to_string()),
            );
        }
    }
    data
}

fn registered(which: usize, words: &[usize]) -> Value {
    let mut data = data(which, words, true);
    data["ref"] = json!(THINGS[which].1.to_uppercase());
    match THINGS[which].0 {
        StreamKind::Occasion => data["kind"] = json!("conference"),
        StreamKind::Package => data["declared_counts"] = json!({}),
        StreamKind::Agreement => {
            data["class"] = json!("practical");
            data["instrument"] = json!("contract");
            data["nature"] = json!("unknown");
        }
        _ => {}
    }
    data
}

/// One act as an event; `None` when there is nothing yet that it could be about.
fn written(
    ledger: &Ledger,
    act: &Act,
    facts: &[(usize, bool, EventId)],
) -> Option<(Draft, Option<(usize, bool)>)> {
    let stream = |which: usize| thing(THINGS[which].0, THINGS[which].1);
    let word = |which: usize, what: &str| format!("{}_{what}", THINGS[which].0.as_str());
    Some(match act {
        Act::Register(which, words) => (
            draft(
                stream(*which),
                &word(*which, "registered"),
                "",
                registered(*which, words),
            ),
            Some((*which, true)),
        ),
        Act::Describe(which, words) => (
            draft(
                stream(*which),
                &word(*which, "described"),
                "",
                data(*which, words, false),
            ),
            Some((*which, false)),
        ),
        Act::Correct(at, words) => {
            let (which, whole, fact) = *facts.get(at % facts.len().max(1))?;
            let now = if whole {
                registered(which, words)
            } else {
                data(which, words, false)
            };
            (ledger.correction(fact, "1 Apr", now), None)
        }
        Act::Retract(at) => (
            ledger.retraction(facts.get(at % facts.len().max(1))?.2),
            None,
        ),
        Act::Note(which) => (
            draft(
                stream(*which),
                "noted",
                "",
                json!({"words": "Brick, noted"}),
            ),
            None,
        ),
    })
}

fn history(acts: &[Act]) -> Ledger {
    let mut ledger = Ledger::default();
    let mut facts = Vec::new();
    for act in acts {
        if let Some((draft, fact)) = written(&ledger, act, &facts) {
            let id = ledger.batch("1 Apr", vec![draft])[0];
            facts.extend(fact.map(|(which, whole)| (which, whole, id)));
        }
    }
    ledger
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn search_finds_what_looking_everything_through_finds_at_every_prefix(acts in prop::collection::vec(acts(), 1..24)) {
        let ledger = history(&acts);
        let mut grown = Models::new();
        for event in &ledger.events {
            grown.apply(event);
            for (question, asked) in QUESTIONS {
                let hits = grown.search().ask(question, None, 100);
                let ways: Vec<(StreamId, Way)> = hits.best.iter().map(|hit| (hit.stream, hit.way)).collect();
                prop_assert_eq!(&ways, &naive(&grown, question, asked), "{}", question);
                prop_assert_eq!(hits.all, ways.len());
                let few = grown.search().ask(question, None, 2);
                prop_assert_eq!((few.all, &few.best[..]), (hits.all, &hits.best[..hits.best.len().min(2)]));
            }
        }
        prop_assert_eq!(grown.digests(), Models::fold(&ledger.events).digests());
    }
}
