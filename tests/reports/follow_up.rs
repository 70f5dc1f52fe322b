//! `follow-up`: whose it is, how late it is, what to do; and that it leaves nothing out.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use dealtrail::projection::models::Models;
use dealtrail::projection::standing::health::Health;
use dealtrail::report::document::Document;
use dealtrail::report::document::block::{Block, Line};
use proptest::prelude::*;

use super::ledger::Ledger;
use super::office::{PAPER, office};
use super::portfolio::portfolio;
use super::{ask, rendered};
use crate::two_times::histories;

fn follow_up(day: &str, parameters: &[(&str, &str)]) -> Document {
    ask(
        &Models::fold(&office().events),
        "follow-up",
        day,
        parameters,
    )
    .unwrap()
}

/// The row of a matter, by its name without the letter.
fn rows(document: &Document) -> BTreeMap<String, Vec<String>> {
    let part = document.parts.iter().find(|part| part.name == "summary");
    let Some(Block::Table { rows, .. }) = part.and_then(|part| part.blocks.first()) else {
        return BTreeMap::new();
    };
    let row = |row: &Vec<dealtrail::report::document::block::Cell>| {
        let mut texts = row.iter().map(|cell| cell.text.clone());
        let name = texts.next().unwrap();
        (name.split(" (").next().unwrap().to_owned(), texts.collect())
    };
    rows.iter().map(row).collect()
}

fn lines<'a>(document: &'a Document, part: &str) -> Vec<&'a Line> {
    let part = document.parts.iter().filter(|one| one.name == part);
    let blocks = part.flat_map(|part| &part.blocks);
    let items = blocks.filter_map(|block| match block {
        Block::List { items } => Some(items),
        _ => None,
    });
    items.flatten().collect()
}

#[test]
fn every_matter_is_counted_with_its_days() {
    let document = follow_up("2025-06-10", &[]);
    let rows = rows(&document);
    let row = |name: &str| rows[name].join(" ");
    // Agreements, other things, cases, late ones, most days.
    assert_eq!(row("Slipping"), "1 0 1 1 9");
    assert_eq!(row("Review overdue"), "1 0 1 1 21");
    assert_eq!(row("Silent"), "0 0 0 0 \u{2013}");
    assert_eq!(row("Promise open"), "2 1 3 1 10");
    assert_eq!(row("Obstacle"), "1 0 2 1 21");
    assert_eq!(row("No next step"), "1 0 1 \u{2013} \u{2013}");
    assert_eq!(row("Weak evidence"), "1 0 1 \u{2013} \u{2013}");
    assert_eq!(row("Earlier milestone missing"), "1 0 1 \u{2013} \u{2013}");
    assert_eq!(row("Milestone before signing"), "1 0 1 \u{2013} \u{2013}");
    assert_eq!(row("Milestone recorded twice"), "1 0 1 \u{2013} \u{2013}");
    assert_eq!(row("Counts do not match"), "0 1 1 \u{2013} \u{2013}");
    assert_eq!(row("Parts above the whole"), "0 1 1 \u{2013} \u{2013}");
    assert_eq!(row("No source"), "1 0 1 \u{2013} \u{2013}");
}

#[test]
fn nobodys_agreements_come_first_and_ended_ones_not_at_all() {
    let document = follow_up("2025-06-10", &[]);
    let page = rendered(&document, "text");
    let order: Vec<&str> = lines(&document, "agreements")
        .iter()
        .map(|line| line.text.split(')').next().unwrap())
        .map(|name| name.split('(').nth(1).unwrap())
        .collect();
    assert_eq!(
        order,
        ["AG-TILE", "AG-STEEL", "AG-BRICK", "AG-GLASS"],
        "{page}"
    );
    assert!(
        page.contains("It looks at 4 registered agreements."),
        "{page}"
    );
    assert!(!page.contains("Lime works"), "{page}");
    // A bank's promise is late although the agreement rests; its silence is not held against it.
    let steel = lines(&document, "agreements")[1];
    assert!(steel.text.contains("10 days late"), "{}", steel.text);
    assert!(!steel.text.contains("next step"), "{}", steel.text);
}

#[test]
fn an_obstacle_names_the_body_the_due_day_and_the_days() {
    let document = follow_up("2025-06-10", &[("officer", "u:boris")]);
    let glass = &lines(&document, "agreements")[0].text;
    for words in [
        "Body responsible: Grid company.",
        "Was due on 20 May 2025.",
        "21 days late.",
        "It has stood for 33 days.",
        "No body responsible is named.",
        "20 days left.",
        "ask the body responsible",
    ] {
        assert!(glass.contains(words), "{words}: {glass}");
    }
    assert_eq!(lines(&document, "agreements").len(), 1);
    assert!(lines(&document, "others").is_empty());
    assert_eq!(document.parameters["officer"], "u:boris");
}

#[test]
fn a_day_earlier_it_is_not_late_yet() {
    let document = follow_up("2025-06-01", &[]);
    assert_eq!(rows(&document)["Slipping"][0], "0");
    let document = follow_up("2025-06-02", &[]);
    assert_eq!(rows(&document)["Slipping"], ["1", "0", "1", "1", "1"]);
    // Silence begins the day after the interval of 90 days.
    let last = "2025-04-18".parse::<NaiveDate>().unwrap();
    let on = |days| last.checked_add_days(Days::new(days)).unwrap().to_string();
    assert_eq!(rows(&follow_up(&on(90), &[]))["Silent"][0], "0");
    assert_eq!(rows(&follow_up(&on(91), &[]))["Silent"][0], "1");
}

#[test]
fn where_nothing_needs_attention_it_says_what_was_looked_at() {
    let mut ledger = Ledger::opened("Agency of Bricks", false);
    ledger.day("2025-04-18", PAPER);
    let page = |ledger: &Ledger, day: &str| {
        let models = Models::fold(&ledger.events);
        rendered(&ask(&models, "follow-up", day, &[]).unwrap(), "text")
    };
    assert!(page(&ledger, "2025-04-18").contains("Nothing has been registered yet."));
    ledger.add("AG-1", "agreement_registered", None,
        r#"{"ref":"AG-1","titles":{"en":"Brick"},"class":"practical","instrument":"contract","nature":"greenfield"}"#);
    ledger.add("AG-1", "signed", Some("2025-04-17"), "{}");
    ledger.add(
        "AG-1",
        "expectation_stated",
        Some("2025-04-18"),
        r#"{"milestone":"land_allocated","horizon":"2025-06"}"#,
    );
    ledger.end();
    let calm = page(&ledger, "2025-04-18");
    assert!(
        calm.contains("It looks at 1 registered agreement."),
        "{calm}"
    );
    assert!(calm.contains("Nothing needs attention."), "{calm}");
    assert!(!calm.contains("Matter"), "{calm}");
}

#[test]
fn an_officer_without_agreements_is_told_who_has_some() {
    let models = Models::fold(&office().events);
    let refused = ask(&models, "follow-up", "2025-06-10", &[("officer", "u:an")]).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "no agreement is assigned to \"u:an\" at this position; officers with agreements: u:ana, u:boris"
    );
}

#[test]
fn pages_of_the_office_and_of_the_true_to_life_portfolio() {
    let office = follow_up("2025-06-10", &[]);
    insta::assert_snapshot!("follow-up-office-text", rendered(&office, "text"));
    insta::assert_snapshot!("follow-up-office-json", rendered(&office, "json"));
    let models = portfolio().known_on("2025-04-26");
    let lifelike = ask(&models, "follow-up", "2025-08-01", &[]).unwrap();
    insta::assert_snapshot!("follow-up-portfolio-text", rendered(&lifelike, "text"));
    insta::assert_snapshot!("follow-up-portfolio-md", rendered(&lifelike, "md"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Counts agree with a naive count over every agreement, and the Document with that of a ledger cut there.
    #[test]
    fn counts_are_naive_counts_at_every_position(script in histories::scripts(), cut in 0_usize..60, ahead in 0_u64..200) {
        let ledger = histories::written(&script);
        let whole = Models::fold(&ledger.events);
        let boundary = whole.boundaries.snap(cut as u64);
        let models = Models::fold(&ledger.events[..usize::try_from(boundary).unwrap()]);
        let day = NaiveDate::from_ymd_opt(2025, 1, 10).unwrap() + Days::new(ahead);
        let document = ask(&models, "follow-up", &day.to_string(), &[]).unwrap();
        let mut grown = Models::new();
        for event in ledger.events.iter().take(usize::try_from(boundary).unwrap()) {
            grown.apply(event);
        }
        let other = ask(&grown, "follow-up", &day.to_string(), &[]).unwrap();
        prop_assert_eq!(document.canonical_bytes().unwrap(), other.canonical_bytes().unwrap());
        let portfolio = models.portfolio(day);
        let of = |health: Health| {
            let members = portfolio.agreements.iter().filter(|member| member.counts());
            members.filter(|member| member.standing.health == health).count().to_string()
        };
        let rows = rows(&document);
        if !rows.is_empty() {
            prop_assert_eq!(&rows["Slipping"][0], &of(Health::Slipping));
            prop_assert_eq!(&rows["Silent"][0], &of(Health::Silent));
        }
        // One line an agreement, and none about one that ended.
        let told = lines(&document, "agreements").len();
        let open = portfolio.agreements.iter().filter(|member| {
            member.counts() && !matches!(member.standing.health, Health::Terminated | Health::Completed)
        });
        prop_assert!(told <= open.count());
    }
}
