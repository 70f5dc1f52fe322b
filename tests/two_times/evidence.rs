//! How well an answer is evidenced, and that a digest sees every part of the state.

use serde_json::{Value, json};

use super::ledger::{Draft, Ledger, agreement, day, draft};
use dealtrail::deal::value::ids::EventId;

fn sourced(word: &str, on: &str, data: Value, sources: Value) -> Draft {
    let mut draft = draft(agreement("brick"), word, on, data);
    draft.sources = serde_json::from_value(sources).unwrap();
    draft
}

fn source(kind: &str) -> Value {
    json!([{"title": "paper", "type": kind, "number": "1"}])
}

#[test]
fn the_level_of_a_step_is_the_highest_of_its_facts_and_their_sources_that_stand() {
    let mut given = Ledger::with(&["brick"]);
    let signed = sourced("signed", "17 Apr", json!({}), json!([]));
    let act = sourced("land_allocated", "22 Apr", json!({}), source("register"));
    let said = json!({"additional": true});
    let said = sourced("land_allocated", "23 Apr", said, source("statement"));
    let land = given.batch("24 Apr", vec![signed, act, said])[2];
    let visit = sourced(
        "fact_sourced",
        "",
        json!({"fact": land}),
        source("site_visit"),
    );
    let visit = given.batch("2 May", vec![visit])[0];
    given.retract("3 May", visit);
    for (known, step, lowest) in [
        ("25 Apr", "3", "none"),
        ("2 May", "4", "none"),
        ("4 May", "3", "none"),
    ] {
        let models = given.known(known);
        let standing = models.standing(agreement("brick"), day("4 May")).unwrap();
        let (low, high) = standing.evidence().unwrap();
        let level = standing.reached("land_allocated").unwrap().evidence;
        assert_eq!(level.to_string(), step, "{known}");
        assert_eq!((low.to_string().as_str(), high), (lowest, level), "{known}");
    }
    let models = given.head();
    let before = models.standing(agreement("brick"), day("16 Apr")).unwrap();
    assert_eq!(before.evidence(), None);
}

/// Brick with land, and whatever is recorded after it.
fn with(after: impl Fn(EventId) -> Draft) -> String {
    let mut given = Ledger::with(&["brick"]);
    let land = given.fact("24 Apr", "brick", "land_allocated", "22 Apr");
    given.batch("5 May", vec![after(land)]);
    given.head().digests()["status"].clone()
}

#[test]
fn no_two_states_that_differ_have_one_digest() {
    let retracted = |reason: &str| {
        let reason = reason.to_owned();
        move |land| {
            sourced(
                "fact_retracted",
                "",
                json!({"fact": land, "reason": reason}),
                json!([]),
            )
        }
    };
    let corrected = |on: &str, hectares: &str, reason: &str| {
        let area = json!({"area": {"amount": hectares, "unit": "ha", "qualifier": "exact"}});
        let now = json!({"kind": "land_allocated", "v": 1, "on": on, "data": area, "sources": []});
        let reason = reason.to_owned();
        move |land| {
            let data = json!({"fact": land, "now": now, "reason": reason});
            sourced("fact_corrected", "", data, json!([]))
        }
    };
    let added = |kind: &'static str| {
        move |land| sourced("fact_sourced", "", json!({"fact": land}), source(kind))
    };
    let confirmed = |land| {
        sourced(
            "fact_confirmed",
            "",
            json!({"fact": land, "version": land}),
            json!([]),
        )
    };
    let digests = [
        with(retracted("typing error")),
        with(retracted("wrong deal")),
        with(corrected("2025-04-21", "3", "typing error")),
        with(corrected("2025-04-21", "3.0", "typing error")),
        with(corrected("2025-04-20", "3", "typing error")),
        with(corrected("2025-04-20", "3", "wrong deal")),
        with(added("note")),
        with(added("register")),
        with(confirmed),
        with(|_| draft(agreement("brick"), "noted", "", json!({"words": "filed"}))),
        with(|_| draft(agreement("glass"), "noted", "", json!({"words": "filed"}))),
        with(|_| draft(agreement("brick"), "reopened", "1 May", json!({}))),
        with(|_| draft(agreement("brick"), "reopened", "2 May", json!({}))),
    ];
    for (place, digest) in digests.iter().enumerate() {
        assert_eq!(digest.len(), 64);
        assert_eq!(
            digests.iter().position(|other| other == digest),
            Some(place)
        );
    }
}
