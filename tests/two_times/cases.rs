//! The numbered cases of the two times: given facts with the day each was recorded, asked for day D
//! as known at T, then the stage.

use serde_json::json;

use super::ledger::{Ledger, agreement, day, draft, milestones};
use dealtrail::deal::value::ids::EventId;

fn area(hectares: &str) -> serde_json::Value {
    json!({"area": {"amount": hectares, "unit": "ha", "qualifier": "exact"}})
}

/// The area of the land, if land counts in the answer.
fn hectares(ledger: &Ledger, on: &str, known: &str) -> Option<String> {
    let models = ledger.known(known);
    let standing = models.standing(agreement("brick"), day(on)).unwrap();
    let fact = standing.reached("land_allocated")?.facts[0];
    let data = fact.payload().to_value().unwrap();
    Some(data["area"]["amount"].as_str().unwrap().to_owned())
}

fn health(ledger: &Ledger, on: &str, known: &str) -> &'static str {
    let models = ledger.known(known);
    let standing = models.standing(agreement("brick"), day(on)).unwrap();
    standing.health.as_str()
}

#[test]
fn case_1_by_the_day_asked_about_and_by_what_was_known() {
    let mut given = Ledger::with(&["brick"]);
    given.fact("18 Apr", "brick", "signed", "17 Apr");
    let land = draft(agreement("brick"), "land_allocated", "22 Apr", json!({}));
    let works = draft(
        agreement("brick"),
        "works_started",
        "23 Apr",
        json!({"nature": "construction"}),
    );
    given.batch("24 Apr 06:00", vec![land, works]);
    given.stages(
        "brick",
        &[
            ("24 Apr", "24 Apr", "works_started"),
            ("22 Apr", "24 Apr", "land_allocated"),
            ("23 Apr", "23 Apr", "signed"),
            ("16 Apr", "24 Apr", "no milestone"),
            ("24 Apr", "24 Apr 06:00", "works_started"),
            ("24 Apr", "24 Apr 05:59", "signed"),
        ],
    );
}

#[test]
fn case_2_late_news_counts_for_its_day_and_is_told_as_learned_since() {
    let mut given = Ledger::with(&["glass"]);
    given.fact("18 Apr", "glass", "signed", "17 Apr");
    given.fact("24 Apr", "glass", "financial_model_agreed", "23 Apr");
    given.fact("1 Jul", "glass", "company_incorporated", "10 Jun");
    given.stages(
        "glass",
        &[
            ("15 Jun", "20 Jun", "financial_model_agreed"),
            ("15 Jun", "2 Jul", "company_incorporated"),
        ],
    );
    let models = given.known("2 Jul");
    let standing = models.standing(agreement("glass"), day("2 Jul")).unwrap();
    let codes = |steps: Vec<&str>| steps.join(", ");
    let window = standing.steps_between(Some(day("25 Jun")), day("2 Jul"));
    assert_eq!(codes(window.map(|step| step.code).collect()), "");
    let learned = standing.steps_learned_since(day("25 Jun"), None);
    assert_eq!(
        codes(learned.map(|step| step.code).collect()),
        "company_incorporated"
    );
    let position = given.position("30 Jun");
    let learned = standing.steps_learned_since(day("25 Jun"), Some((&models.status, position)));
    assert_eq!(
        codes(learned.map(|step| step.code).collect()),
        "company_incorporated"
    );
    let later = standing.steps_learned_since(day("25 Jun"), Some((&models.status, position + 1)));
    assert_eq!(later.count(), 0);
}

#[test]
fn cases_3_to_5_corrections_change_later_answers_only() {
    let mut given = Ledger::with(&["brick"]);
    given.fact("18 Apr", "brick", "signed", "17 Apr");
    let land = given.record(
        "24 Apr",
        agreement("brick"),
        "land_allocated",
        "22 Apr",
        area("2.9"),
    );
    given.correct("5 May", land, "22 Apr", area("3.1"));
    let then = |on, known| hectares(&given, on, known);
    assert_eq!(then("25 Apr", "30 Apr").as_deref(), Some("2.9"));
    assert_eq!(then("25 Apr", "6 May").as_deref(), Some("3.1"));

    given.correct("7 May", land, "28 Apr", area("3.1"));
    let then = |on, known| hectares(&given, on, known);
    assert_eq!(then("25 Apr", "6 May").as_deref(), Some("3.1"));
    assert_eq!(then("25 Apr", "8 May"), None);
    given.stages(
        "brick",
        &[
            ("25 Apr", "8 May", "signed"),
            ("7 May", "8 May", "land_allocated"),
        ],
    );

    given.correct("9 May", land, "21 Apr", area("3.05"));
    let then = |known| hectares(&given, "23 Apr", known);
    assert_eq!(then("1 May").as_deref(), Some("2.9"));
    assert_eq!(then("6 May").as_deref(), Some("3.1"));
    assert_eq!(then("8 May"), None);
    assert_eq!(then("10 May").as_deref(), Some("3.05"));
}

#[test]
fn cases_6_and_7_a_retraction_is_final_and_a_new_fact_takes_its_place() {
    let mut given = Ledger::with(&["brick"]);
    given.fact("17 Apr", "brick", "signed", "17 Apr");
    given.fact("24 Apr", "brick", "land_allocated", "22 Apr");
    let works = given.record(
        "11 May",
        agreement("brick"),
        "works_started",
        "2 May",
        json!({"nature": "preparation"}),
    );
    given.retract("20 May", works);
    given.stages(
        "brick",
        &[
            ("3 May", "12 May", "works_started"),
            ("3 May", "21 May", "land_allocated"),
        ],
    );

    given.correct(
        "21 May 06:00",
        works,
        "2 May",
        json!({"milestone": "works_started", "nature": "construction"}),
    );
    let models = given.head();
    assert_eq!(
        models.status.anomalies().count(),
        1,
        "a retracted fact cannot be corrected"
    );
    given.stages("brick", &[("3 May", "21 May", "land_allocated")]);

    given.record(
        "21 May",
        agreement("brick"),
        "works_started",
        "2 May",
        json!({"nature": "construction"}),
    );
    given.stages("brick", &[("3 May", "21 May", "works_started")]);
}

#[test]
fn case_8_a_moved_fact_is_never_on_both_and_never_on_neither() {
    let mut given = Ledger::with(&["brick", "glass"]);
    let wrong = given.fact("1 May", "brick", "company_incorporated", "1 May");
    given.moves("3 May", wrong, "glass");
    for (known, brick, glass) in [
        ("2 May", "company_incorporated", "no milestone"),
        ("4 May", "no milestone", "company_incorporated"),
    ] {
        given.stages("brick", &[("2 May", known, brick)]);
        given.stages("glass", &[("2 May", known, glass)]);
    }
    let models = given.head();
    let standing = models.standing(agreement("glass"), day("4 May")).unwrap();
    assert_eq!(
        standing.steps_learned_since(day("2 May"), None).count(),
        0,
        "it is no late news"
    );
    let moved = standing.reached("company_incorporated").unwrap().facts[0];
    assert_eq!(
        models.status.learned_at(moved),
        2,
        "where the wrong one was recorded"
    );

    // A position inside the batch is taken down to its beginning.
    let whole = models.boundaries;
    assert_eq!(given.events.len(), 5);
    assert_eq!((whole.snap(3), whole.snap(4), whole.snap(5)), (3, 3, 5));
    assert_eq!(whole.snap(900), 5);
    assert_eq!(given.position("3 May 07:59"), 3);
}

#[test]
fn case_9_on_one_day_the_rank_in_the_track_decides() {
    let mut given = Ledger::with(&["brick"]);
    let works = draft(
        agreement("brick"),
        "works_started",
        "23 Apr",
        json!({"nature": "unspecified"}),
    );
    let land = draft(agreement("brick"), "land_allocated", "23 Apr", json!({}));
    given.batch("23 Apr", vec![works, land]);
    given.stages("brick", &[("23 Apr", "head", "works_started")]);
    let models = given.head();
    let standing = models.standing(agreement("brick"), day("23 Apr")).unwrap();
    assert_eq!(
        milestones(&standing),
        ["land_allocated 2025-04-23", "works_started 2025-04-23"]
    );
    assert_eq!(standing.latest_step().unwrap().code, "works_started");
}

#[test]
fn case_11_what_is_known_to_the_month_counts_when_it_is_certain() {
    let mut given = Ledger::with(&["brick"]);
    given.fact("17 Apr", "brick", "signed", "17 Apr");
    let land = given.fact("20 May", "brick", "land_allocated", "2025-05");
    let possible = |on| possible(&given, on, "31 May");
    given.stages(
        "brick",
        &[
            ("30 Apr", "31 May", "signed"),
            ("15 May", "31 May", "signed"),
            ("19 May", "31 May", "signed"),
            ("20 May", "31 May", "land_allocated"),
        ],
    );
    assert_eq!(possible("30 Apr"), []);
    assert_eq!(possible("15 May"), [land]);
    assert_eq!(possible("20 May"), []);
}

#[test]
fn case_11b_by_a_day_is_possible_before_and_certain_on_it() {
    let mut given = Ledger::with(&["brick"]);
    let land = given.fact("25 Apr", "brick", "land_allocated", "../2025-04-25");
    given.stages(
        "brick",
        &[
            ("24 Apr", "26 Apr", "no milestone"),
            ("25 Apr", "26 Apr", "land_allocated"),
        ],
    );
    assert_eq!(possible(&given, "24 Apr", "26 Apr"), [land]);
    assert_eq!(possible(&given, "25 Apr", "26 Apr"), []);
}

fn possible(ledger: &Ledger, on: &str, known: &str) -> Vec<EventId> {
    let models = ledger.known(known);
    let standing = models.standing(agreement("brick"), day(on)).unwrap();
    standing.possible.iter().map(|fact| fact.id()).collect()
}

#[test]
fn case_14_a_suspension_lasts_from_its_day_to_the_day_before_resuming() {
    let mut given = Ledger::with(&["brick"]);
    given.fact("17 Apr", "brick", "signed", "17 Apr");
    given.record(
        "2 May",
        agreement("brick"),
        "works_started",
        "2 May",
        json!({"nature": "construction"}),
    );
    given.fact("1 Aug", "brick", "suspended", "1 Aug");
    given.fact("1 Sep", "brick", "resumed", "1 Sep");
    // Silence speaks from the ninety-first day after 2 May on.
    for (on, expected) in [
        ("31 Jul", "current"),
        ("1 Aug", "suspended"),
        ("31 Aug", "suspended"),
        ("1 Sep", "silent"),
    ] {
        assert_eq!(health(&given, on, "head"), expected, "{on}");
        given.stages("brick", &[(on, "head", "works_started")]);
    }
    let models = given.head();
    let standing = models.standing(agreement("brick"), day("1 Sep")).unwrap();
    let interval = standing.intervals[0];
    assert_eq!(
        (interval.from, interval.ended.unwrap().0),
        (day("1 Aug"), day("1 Sep"))
    );
}

#[test]
fn case_16_days_are_civil_days_of_the_zone() {
    let mut given = Ledger::with(&["brick"]);
    let signed = given.fact("17 Apr 22:30", "brick", "signed", "18 Apr");
    assert_eq!(given.event(signed).day, day("18 Apr"));
    given.stages(
        "brick",
        &[
            ("18 Apr", "17 Apr", "no milestone"),
            ("18 Apr", "18 Apr", "signed"),
            ("17 Apr", "18 Apr", "no milestone"),
        ],
    );
}

#[test]
fn case_17_late_news_of_a_closed_agreement_counts_and_reopens_nothing() {
    let mut given = Ledger::with(&["brick"]);
    given.fact("17 Apr", "brick", "signed", "17 Apr");
    given.fact("10 Jun", "brick", "terminated", "10 Jun");
    given.fact("12 Jun", "brick", "land_allocated", "5 May");
    given.stages(
        "brick",
        &[
            ("6 May", "11 Jun", "signed"),
            ("6 May", "13 Jun", "land_allocated"),
        ],
    );
    assert_eq!(health(&given, "9 Jun", "13 Jun"), "current");
    assert_eq!(health(&given, "13 Jun", "13 Jun"), "terminated");
    given.fact("20 Jun", "brick", "reopened", "20 Jun");
    assert_eq!(health(&given, "19 Jun", "head"), "terminated");
    assert_eq!(health(&given, "20 Jun", "head"), "current");
}

#[test]
fn case_20_a_confirmation_lapses_when_the_fact_is_corrected() {
    let mut given = Ledger::with(&["brick"]);
    let land = given.record(
        "24 Apr",
        agreement("brick"),
        "land_allocated",
        "22 Apr",
        area("2.9"),
    );
    let confirmed = json!({"fact": land, "version": land});
    let confirmation = given.record(
        "25 Apr",
        agreement("brick"),
        "fact_confirmed",
        "",
        confirmed,
    );
    given.correct("5 May", land, "22 Apr", area("3.1"));
    for (known, stands, lapsed) in [("24 Apr", 0, 0), ("26 Apr", 1, 0), ("6 May", 0, 1)] {
        let models = given.known(known);
        let trail = models.trail(agreement("brick")).unwrap();
        let entry = &trail.entries[1];
        assert_eq!(usize::from(entry.confirmation.is_some()), stands, "{known}");
        assert_eq!(entry.lapsed.len(), lapsed, "{known}");
        let of = entry.confirmation.or(entry.lapsed.first().copied());
        assert!(of.is_none_or(|of| of.recording.event == confirmation));
    }
}

#[test]
fn case_21_a_reversal_holds_from_its_day_and_the_history_stays() {
    let mut given = Ledger::with(&["brick"]);
    given.fact("17 Apr", "brick", "signed", "17 Apr");
    let land = given.fact("22 Apr", "brick", "land_allocated", "22 Apr");
    let words = json!({"fact": land, "words": "the land was withdrawn"});
    let reversal = given.record(
        "1 Jun",
        agreement("brick"),
        "milestone_reversed",
        "1 Jun",
        words,
    );
    given.stages(
        "brick",
        &[
            ("31 May", "head", "land_allocated"),
            ("1 Jun", "head", "signed"),
            ("1 Jun", "31 May", "land_allocated"),
        ],
    );
    let models = given.head();
    let standing = models.standing(agreement("brick"), day("1 Jun")).unwrap();
    let listed = standing.reversed[0];
    assert_eq!((listed.fact.id(), listed.reversal.id()), (land, reversal));
    let trail = models.trail(agreement("brick")).unwrap();
    assert_eq!(trail.entries[2].reversed_by.unwrap().id(), reversal);
    assert_eq!(trail.entries[3].reverses.unwrap().id(), land);
}
