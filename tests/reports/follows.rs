//! A report that follows an issue: its period, what was learned since, and corrections of what was cited.

use chrono::NaiveDate;
use dealtrail::projection::models::Models;
use dealtrail::report::document::Document;
use dealtrail::report::document::block::{Block, Line};
use dealtrail::report::past::{Earlier, Past};

use super::ledger::Ledger;
use super::office::PAPER;
use super::{ask, ask_after};

/// Land of two works, told of in an issue of 30 April at the position returned.
fn issued() -> (Ledger, u64) {
    let mut ledger = Ledger::opened("Agency of Bricks", false);
    ledger.day("2025-04-18", PAPER);
    for (reference, title) in [
        ("AG-BRICK", "Brick works"),
        ("AG-GLASS", "Glass works"),
        ("AG-TILE", "Tile works"),
    ] {
        ledger.add(reference, "agreement_registered", None, &format!(
            r#"{{"ref":"{reference}","titles":{{"en":"{title}"}},"class":"practical","instrument":"contract","nature":"greenfield"}}"#
        ));
        ledger.add(reference, "signed", Some("2025-04-17"), "{}");
    }
    ledger.end();
    ledger.day("2025-04-30", PAPER);
    ledger.add(
        "AG-BRICK",
        "land_allocated",
        Some("2025-04-22"),
        r#"{"area":{"amount":"2.9","unit":"ha","qualifier":"exact"}}"#,
    );
    ledger.end();
    let position = ledger.events.len() as u64;
    (ledger, position)
}

fn earlier(ledger: &Ledger, position: u64) -> Earlier {
    let models = Models::fold(&ledger.events[..usize::try_from(position).unwrap()]);
    let document = ask(&models, "practical-steps", "2025-04-30", &[]).unwrap();
    Earlier {
        number: "PS-2025-001".to_owned(),
        seq: position,
        until: "2025-04-30".parse().unwrap(),
        known_at: position,
        cited: document.cited,
    }
}

fn following(ledger: &Ledger, earlier: &Earlier, day: &str) -> Document {
    let past = Past {
        follows: Some(earlier),
        ..Past::default()
    };
    let models = Models::fold(&ledger.events);
    ask_after(
        &models,
        "practical-steps",
        day,
        &[("follows", "PS-2025-001")],
        past,
    )
    .unwrap()
}

fn lines<'a>(document: &'a Document, part: &str) -> Vec<&'a str> {
    let part = document.parts.iter().find(|one| one.name == part).unwrap();
    let items = part.blocks.iter().flat_map(|block| match block {
        Block::List { items } => items.as_slice(),
        _ => &[],
    });
    items.map(|line: &Line| line.text.as_str()).collect()
}

/// A correction of what was cited, one of what was not, late news, and a withdrawn registration.
fn may(ledger: &mut Ledger) {
    let land = ledger.events.last().unwrap().id;
    ledger.day("2025-05-06", PAPER);
    // The issue's own event stands where the ledger was issued.
    ledger.add("LEDGER", "noted", None, r#"{"words":"issued"}"#);
    ledger.end();
    ledger.correct_fact(
        "AG-BRICK",
        land,
        "land_allocated",
        "2025-04-22",
        r#"{"area":{"amount":"3.1","unit":"ha","qualifier":"exact"}}"#,
        "typing error",
    );
    let late = ledger.add(
        "AG-GLASS",
        "land_allocated",
        Some("2025-04-28"),
        r#"{"area":{"amount":"1","unit":"ha","qualifier":"exact"}}"#,
    );
    ledger.add(
        "AG-GLASS",
        "milestone_reached",
        Some("2025-05-02"),
        r#"{"milestone":"works_started","nature":"construction"}"#,
    );
    ledger.end();
    ledger.correct_fact(
        "AG-GLASS",
        late,
        "land_allocated",
        "2025-04-28",
        r#"{"area":{"amount":"1.5","unit":"ha","qualifier":"exact"}}"#,
        "typing error",
    );
    let tile = ledger.events[5].id;
    ledger.add(
        "AG-TILE",
        "fact_retracted",
        None,
        &format!(r#"{{"fact":"{tile}","reason":"never concluded"}}"#),
    );
    ledger.end();
}

#[test]
fn it_begins_the_day_after_and_learns_from_the_position_on() {
    let (mut ledger, position) = issued();
    let earlier = earlier(&ledger, position);
    may(&mut ledger);
    let document = following(&ledger, &earlier, "2025-05-10");
    assert_eq!(document.parameters["since"], "2025-05-01");
    assert_eq!(document.parameters["follows"], "PS-2025-001");
    assert_eq!(document.parameters["until"], "2025-05-10");
    let steps = lines(&document, "steps");
    assert_eq!(steps.len(), 1, "{steps:?}");
    assert!(
        steps[0].starts_with("Construction works started on 2 May 2025"),
        "{steps:?}"
    );
    let learned = lines(&document, "learned_since");
    assert_eq!(learned.len(), 1, "{learned:?}");
    assert!(
        learned[0].starts_with("Glass works (AG-GLASS): Land was allocated on 28 April 2025"),
        "{learned:?}"
    );
}

#[test]
fn it_corrects_what_the_issue_cited_and_nothing_else() {
    let (mut ledger, position) = issued();
    let earlier = earlier(&ledger, position);
    may(&mut ledger);
    let document = following(&ledger, &earlier, "2025-05-10");
    let corrections = lines(&document, "corrections");
    // Glass was not cited; the withdrawn works were, although nobody would meet them now.
    assert_eq!(corrections.len(), 2, "{corrections:?}");
    assert!(
        corrections[0].contains("2.9 ha") && corrections[0].contains("3.1 ha"),
        "{corrections:?}"
    );
    assert!(
        corrections[1].contains("never concluded"),
        "{corrections:?}"
    );
    let calm = following(&issued().0, &earlier_of_nothing(), "2025-05-10");
    assert!(lines(&calm, "corrections").is_empty());
    let said = String::from_utf8(calm.canonical_bytes().unwrap()).unwrap();
    assert!(
        said.contains("Nothing that PS-2025-001 cited was corrected since."),
        "{said}"
    );
    assert!(
        said.contains("No earlier step was learned since PS-2025-001."),
        "{said}"
    );
}

/// An issue at a position before the last event, so that it is known; it cites nothing.
fn earlier_of_nothing() -> Earlier {
    let (ledger, position) = issued();
    Earlier {
        seq: position - 1,
        cited: Vec::new(),
        ..earlier(&ledger, position)
    }
}

#[test]
fn what_makes_no_sense_is_refused() {
    let (mut ledger, position) = issued();
    let known = earlier(&ledger, position);
    may(&mut ledger);
    let models = Models::fold(&ledger.events);
    let refused = |day: &str, parameters: &[(&str, &str)], follows: Option<&Earlier>| {
        let past = Past {
            follows,
            ..Past::default()
        };
        ask_after(&models, "practical-steps", day, parameters, past)
            .unwrap_err()
            .to_string()
    };
    let follows = ("follows", "PS-2025-001");
    assert_eq!(
        refused("2025-04-30", &[follows], Some(&known)),
        "PS-2025-001 tells of the days up to 2025-04-30 already; ask for a later last day, or say since which day"
    );
    assert_eq!(
        refused(
            "2025-05-10",
            &[follows, ("since", "2025-05-02")],
            Some(&known)
        ),
        "since is 2025-05-02, and what follows PS-2025-001 begins on 2025-05-01; leave one of them out"
    );
    let unknown = refused("2025-05-10", &[follows], None);
    assert!(
        unknown.contains("no report was issued as \"PS-2025-001\""),
        "{unknown}"
    );
    let later = Earlier {
        seq: models.position(),
        ..known.clone()
    };
    assert_eq!(refused("2025-05-10", &[follows], Some(&later)), unknown);
    // The same day said twice is no contradiction.
    let past = Past {
        follows: Some(&known),
        ..Past::default()
    };
    let both = [follows, ("since", "2025-05-01")];
    let document = ask_after(&models, "practical-steps", "2025-05-10", &both, past).unwrap();
    assert_eq!(document, following(&ledger, &known, "2025-05-10"));
    assert_eq!(known.until, "2025-04-30".parse::<NaiveDate>().unwrap());
}
