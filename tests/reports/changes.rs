//! `changes`: every entry between two positions is accounted for, and so is every answer it changes.

use std::collections::BTreeSet;

use chrono::{Days, NaiveDate};
use dealtrail::projection::models::Models;
use dealtrail::report::document::Document;
use dealtrail::report::document::block::{Block, Cell, Line};
use dealtrail::report::past::{Earlier, Past};
use dealtrail::report::question::ReportError;
use proptest::prelude::*;

use super::ledger::Ledger;
use super::office::{FILE, office};
use super::portfolio::portfolio;
use super::{ask, ask_after, rendered};
use crate::two_times::histories;

fn at(ledger: &Ledger, position: usize) -> Models {
    Models::fold(&ledger.events[..position])
}

fn compared(
    before: &Models,
    now: &Models,
    day: &str,
    issued: &[Earlier],
) -> Result<Document, ReportError> {
    let past = Past {
        before: Some(before),
        issued,
        ..Past::default()
    };
    let from = before.position().to_string();
    ask_after(now, "changes", day, &[("from", &from)], past)
}

fn blocks<'a>(document: &'a Document, part: &str) -> &'a [Block] {
    let part = document.parts.iter().find(|one| one.name == part);
    part.map_or(&[], |part| &part.blocks)
}

fn table(document: &Document, part: &str) -> Vec<Vec<String>> {
    let rows = blocks(document, part).iter().flat_map(|block| match block {
        Block::Table { rows, .. } => rows.as_slice(),
        _ => &[],
    });
    rows.map(|row: &Vec<Cell>| row.iter().map(|cell| cell.text.clone()).collect())
        .collect()
}

fn lines<'a>(document: &'a Document, part: &str) -> Vec<&'a Line> {
    let items = blocks(document, part).iter().flat_map(|block| match block {
        Block::List { items } => items.as_slice(),
        _ => &[],
    });
    items.collect()
}

/// The office, and in June corrections, a withdrawal, a reversal and a new agreement.
fn june() -> (Ledger, usize) {
    let mut ledger = office();
    let before = ledger.events.len();
    ledger.day("2025-06-10", FILE);
    let find = |ledger: &Ledger, kind: &str, nth: usize| {
        let of_kind = ledger
            .events
            .iter()
            .filter(|event| event.payload.kind_name() == kind);
        of_kind.map(|event| event.id).nth(nth).unwrap()
    };
    let (land, handed) = (
        find(&ledger, "land_allocated", 0),
        find(&ledger, "milestone_reached", 0),
    );
    ledger.correct_fact(
        "AG-GLASS",
        land,
        "land_allocated",
        "2025-04-20",
        r#"{"area":{"amount":"2","unit":"ha","qualifier":"exact"}}"#,
        "the file gives the day",
    );
    ledger.end();
    ledger.add(
        "AG-BRICK",
        "milestone_reversed",
        Some("2025-06-05"),
        &format!(r#"{{"fact":"{handed}","words":"the land went back"}}"#),
    );
    let promise = find(&ledger, "promise_made", 1);
    ledger.add(
        "AG-STEEL",
        "fact_retracted",
        None,
        &format!(r#"{{"fact":"{promise}","reason":"never said"}}"#),
    );
    ledger.end();
    ledger.add("AG-SAND", "agreement_registered", None,
        r#"{"ref":"AG-SAND","titles":{"en":"Sand works"},"class":"practical","instrument":"contract","nature":"greenfield"}"#);
    ledger.add("AG-SAND", "signed", Some("2025-06-02"), "{}");
    ledger.end();
    (ledger, before)
}

#[test]
fn entries_stand_with_both_dates_and_what_they_replace_struck_through() {
    let (ledger, before) = june();
    let now = at(&ledger, ledger.events.len());
    let document = compared(&at(&ledger, before), &now, "2025-06-10", &[]).unwrap();
    let counts = table(&document, "counts");
    let told: Vec<(&str, &str)> = counts
        .iter()
        .map(|row| (row[0].as_str(), row[1].as_str()))
        .filter(|(_, count)| *count != "0")
        .collect();
    assert_eq!(
        told,
        [
            ("Registers a thing", "1"),
            ("Records a fact or statement", "1"),
            ("Reverses a milestone", "1"),
            ("Corrects a fact", "1"),
            ("Withdraws a fact", "1"),
            ("All entries (a)", "5"),
        ]
    );
    let lines = lines(&document, "entries");
    let struck: Vec<&str> = lines
        .iter()
        .filter(|line| line.struck)
        .map(|line| line.text.as_str())
        .collect();
    assert_eq!(struck.len(), 2, "{struck:#?}");
    assert!(
        struck[0].starts_with("10 April 2025; recorded on 6 May 2025 by u:7f3a"),
        "{struck:#?}"
    );
    assert!(struck[0].contains("Replaced by entry 31."), "{struck:#?}");
    assert!(
        struck[1].contains("The bank promised: answer on the loan"),
        "{struck:#?}"
    );
    let standing: Vec<&str> = lines
        .iter()
        .filter(|line| !line.struck)
        .map(|line| line.text.as_str())
        .collect();
    let has = |words: &str| standing.iter().any(|line| line.contains(words));
    assert!(
        has("20 April 2025; recorded on 10 June 2025"),
        "{standing:#?}"
    );
    assert!(
        has("Reason for the correction: the file gives the day."),
        "{standing:#?}"
    );
    assert!(has("the land went back. About entry 18."), "{standing:#?}");
    assert!(
        has("Retracted on 10 June 2025. Reason: never said."),
        "{standing:#?}"
    );
    assert_eq!(self::lines(&document, "new").len(), 1);
}

#[test]
fn answers_are_compared_on_the_same_day() {
    let (ledger, before) = june();
    let now = at(&ledger, ledger.events.len());
    let document = compared(&at(&ledger, before), &now, "2025-06-10", &[]).unwrap();
    let rows: Vec<String> = table(&document, "answers")
        .iter()
        .map(|row| row.join(" | "))
        .collect();
    assert_eq!(
        rows,
        [
            "Brick works (AG-BRICK) | stage | land handed over, 2 May 2025 | signed, 17 April 2025",
            "Brick works (AG-BRICK) | step: land handed over | land handed over, 2 May 2025 | none",
            "Glass works (AG-GLASS) | stage | land allocated, 10 April 2025 | land allocated, 20 April 2025",
            "Glass works (AG-GLASS) | step: land allocated | land allocated, 10 April 2025 | land allocated, 20 April 2025",
            "Sand works (AG-SAND) | registration | not known | registered",
            "Sand works (AG-SAND) | stage | none | signed, 2 June 2025",
            "Sand works (AG-SAND) | health | none | current",
            "Sand works (AG-SAND) | evidence | none | registered (level 3)",
        ]
    );
    // Before any of it happened nothing about the agreements known is another answer.
    let early = compared(&at(&ledger, before), &now, "2025-04-09", &[]).unwrap();
    let early = table(&early, "answers");
    assert!(
        early.iter().all(|row| row[0].contains("AG-SAND")),
        "{early:#?}"
    );
}

#[test]
fn issued_reports_are_named_with_the_cited_facts_corrected_since() {
    let (ledger, before) = june();
    let known = at(&ledger, before);
    let issue = |number: &str, cited: Vec<u64>| Earlier {
        number: number.to_owned(),
        seq: before as u64 - 1,
        until: "2025-05-31".parse().unwrap(),
        known_at: before as u64,
        cited,
    };
    let steps = ask(&known, "practical-steps", "2025-05-31", &[]).unwrap();
    let issued = [
        issue("PS-2025-001", steps.cited),
        issue("FU-2025-001", vec![0, 1]),
    ];
    let now = at(&ledger, ledger.events.len());
    let document = compared(&known, &now, "2025-06-10", &issued).unwrap();
    let told = lines(&document, "issued");
    assert_eq!(told.len(), 1);
    assert!(told[0].text.starts_with("PS-2025-001, as known from the first 31 entries: 1 cited fact since corrected: Glass works (AG-GLASS), allocation of land (entry 21), corrected on 10 June 2025 by entry 31."), "{}", told[0].text);
    let Some(Block::Paragraph { lines }) = blocks(&document, "issued").first() else {
        panic!("the part begins with how many");
    };
    assert!(
        lines[0]
            .text
            .starts_with("Of 2 issued reports, 1 has a cited fact corrected since")
    );
}

#[test]
fn what_makes_no_sense_is_refused() {
    let (ledger, before) = june();
    let (known, now) = (at(&ledger, before), at(&ledger, ledger.events.len()));
    let backwards = compared(&now, &known, "2025-06-10", &[]).unwrap_err();
    assert_eq!(
        backwards.to_string(),
        "from is position 36, and what is known is position 31; give an earlier moment"
    );
    for given in ["31", "soon"] {
        let refused = ask(&now, "changes", "2025-06-10", &[("from", given)]).unwrap_err();
        assert!(
            matches!(refused, ReportError::NotAPosition { .. }),
            "{refused}"
        );
    }
    let missing = ask(&now, "changes", "2025-06-10", &[]).unwrap_err();
    assert!(
        matches!(missing, ReportError::MissingParameter { .. }),
        "{missing}"
    );
}

#[test]
fn pages_of_the_office_and_of_the_true_to_life_portfolio() {
    let (ledger, before) = june();
    let now = at(&ledger, ledger.events.len());
    let office = compared(&at(&ledger, before), &now, "2025-06-10", &[]).unwrap();
    insta::assert_snapshot!("changes-office-text", rendered(&office, "text"));
    insta::assert_snapshot!("changes-office-json", rendered(&office, "json"));
    let lifelike = portfolio();
    let (then, later) = (
        lifelike.known_on("2025-04-20"),
        lifelike.known_on("2025-04-26"),
    );
    let lifelike = compared(&then, &later, "2025-04-26", &[]).unwrap();
    insta::assert_snapshot!("changes-portfolio-text", rendered(&lifelike, "text"));
    insta::assert_snapshot!("changes-portfolio-md", rendered(&lifelike, "md"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Every entry between two positions is counted once and told, every changed answer is in the table
    /// and no other; between a position and itself there is nothing; what comes later does not matter.
    #[test]
    fn all_is_accounted_for(script in histories::scripts(), one in 0_u64..60, other in 0_u64..60, ahead in 0_u64..300) {
        let events = histories::written(&script).events;
        let whole = Models::fold(&events);
        let (one, other) = (whole.boundaries.snap(one), whole.boundaries.snap(other));
        let (from, to) = (one.min(other), one.max(other));
        let cut = |position: u64| Models::fold(&events[..usize::try_from(position).unwrap()]);
        let (before, now) = (cut(from), cut(to));
        let day = NaiveDate::from_ymd_opt(2025, 1, 10).unwrap() + Days::new(ahead);
        let document = compared(&before, &now, &day.to_string(), &[]).unwrap();
        let mut grown = Models::new();
        for event in events.iter().take(usize::try_from(to).unwrap()) {
            grown.apply(event);
        }
        let again = compared(&before, &grown, &day.to_string(), &[]).unwrap();
        prop_assert_eq!(document.canonical_bytes().unwrap(), again.canonical_bytes().unwrap());
        if from == to {
            let names: Vec<&str> = document.parts.iter().map(|part| part.name.as_str()).collect();
            prop_assert_eq!(names, ["scope", "empty"]);
            return Ok(());
        }
        let counts = table(&document, "counts");
        let numbers: Vec<u64> = counts.iter().map(|row| row[1].parse().unwrap()).collect();
        let (total, rows) = numbers.split_last().unwrap();
        prop_assert_eq!(*total, to - from);
        prop_assert_eq!(rows.iter().sum::<u64>(), to - from);
        let lines = lines(&document, "entries");
        for seq in from..to {
            let mark = format!(" as entry {seq}: ");
            prop_assert_eq!(lines.iter().filter(|line| line.text.contains(&mark)).count(), 1, "entry {}", seq);
        }
        let answers = |models: &Models, name: &str| {
            let standing = models.standing(crate::two_times::ledger::agreement(name), day)?;
            let registered = standing.book.registration()?.is_live();
            let steps: Vec<_> = standing
                .steps()
                .map(|step| (step.code.to_owned(), step.day, step.strength, step.natures.iter().next().copied()))
                .collect();
            let stage = standing.stage().map(|stage| (stage.code.to_owned(), stage.day));
            Some((registered, stage, standing.health, standing.evidence(), steps))
        };
        let told: BTreeSet<String> = table(&document, "answers")
            .iter()
            .map(|row| row[0].split_once('(').unwrap().1.trim_end_matches(')').to_lowercase())
            .collect();
        for name in histories::NAMES {
            let (old, new) = (answers(&before, name), answers(&now, name));
            if told.contains(name) {
                prop_assert!(old != new, "{} is told of and answers as before", name);
            } else {
                // Natures stand in the words of the first fact alone.
                let bare = |answer: Option<(bool, _, _, _, Vec<(String, NaiveDate, _, _)>)>| answer.map(|(registered, stage, health, evidence, steps)| {
                    let steps: Vec<_> = steps.into_iter().map(|(code, day, strength, _)| (code, day, strength)).collect();
                    (registered, stage, health, evidence, steps)
                });
                prop_assert_eq!(bare(old), bare(new), "{} is not told of", name);
            }
        }
    }
}
