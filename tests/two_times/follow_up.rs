//! Health, expectations, promises and obstacles on a day.

use serde_json::json;

use super::ledger::{Ledger, agreement, day};
use dealtrail::projection::standing::follow_up::NextStep;

fn brick() -> Ledger {
    let mut ledger = Ledger::with(&["brick"]);
    ledger.fact("17 Apr", "brick", "signed", "17 Apr");
    ledger
}

#[track_caller]
fn health(ledger: &Ledger, rows: &[(&str, &str)]) {
    let models = ledger.head();
    for (on, expected) in rows {
        let standing = models.standing(agreement("brick"), day(on)).unwrap();
        assert_eq!(standing.health.as_str(), *expected, "on {on}");
    }
}

/// The words of the expectations still open on a day, and of those overdue for review.
fn open(ledger: &Ledger, on: &str) -> (Vec<String>, Vec<String>) {
    let models = ledger.head();
    let standing = models.standing(agreement("brick"), day(on)).unwrap();
    let words = |item: &dealtrail::projection::standing::follow_up::Expectation<'_>| {
        let code = item.data.milestone.as_ref().map(ToString::to_string);
        code.unwrap_or_else(|| item.data.words.as_ref().unwrap().to_string())
    };
    (
        standing.follow_up.open_expectations().map(words).collect(),
        standing.follow_up.overdue_reviews().map(words).collect(),
    )
}

#[test]
fn an_agreement_is_silent_when_nothing_was_heard_for_longer_than_the_interval() {
    let mut given = brick();
    health(&given, &[("16 Jul", "current"), ("17 Jul", "silent")]);
    let with = json!({"with": {"description": "the company", "role": "investor"}, "outcome": "asked_nothing_new"});
    given.record("20 Jul", agreement("brick"), "contacted", "18 Jul", with);
    health(
        &given,
        &[
            ("17 Jul", "silent"),
            ("18 Jul", "current"),
            ("17 Oct", "silent"),
        ],
    );
}

#[test]
fn a_note_ends_no_silence() {
    let mut given = brick();
    given.record(
        "16 Jul",
        agreement("brick"),
        "noted",
        "",
        json!({"words": "filed"}),
    );
    health(&given, &[("17 Jul", "silent")]);
}

#[test]
fn an_agreement_known_by_its_registration_alone_falls_silent_too() {
    let given = Ledger::with(&["brick"]);
    health(
        &given,
        &[
            ("31 Mar", "current"),
            ("30 Jun", "current"),
            ("1 Jul", "silent"),
        ],
    );
}

#[test]
fn an_open_expectation_past_its_horizon_slips_until_it_is_met() {
    let mut given = brick();
    let expected =
        json!({"milestone": "land_allocated", "horizon": "2025-05", "review_on": "2025-05-10"});
    given.record(
        "25 Apr",
        agreement("brick"),
        "expectation_stated",
        "25 Apr",
        expected,
    );
    health(&given, &[("31 May", "current"), ("1 Jun", "slipping")]);
    assert_eq!(open(&given, "10 May").1, Vec::<String>::new());
    assert_eq!(open(&given, "11 May").1, ["land_allocated"]);
    given.fact("5 Jun", "brick", "land_allocated", "3 Jun");
    health(&given, &[("2 Jun", "slipping"), ("3 Jun", "current")]);
    assert_eq!(open(&given, "3 Jun"), (vec![], vec![]));
}

#[test]
fn a_horizon_without_an_end_never_slips() {
    let mut given = brick();
    let expected = json!({"milestone": "land_allocated", "horizon": "2025-04-25/.."});
    given.record(
        "25 Apr",
        agreement("brick"),
        "expectation_stated",
        "25 Apr",
        expected,
    );
    health(&given, &[("24 Jul", "current"), ("25 Jul", "silent")]);
    assert_eq!(
        open(&given, "24 Jul").1,
        Vec::<String>::new(),
        "asked again after 90 days"
    );
    assert_eq!(open(&given, "25 Jul").1, ["land_allocated"]);
}

#[test]
fn a_later_expectation_of_a_milestone_replaces_the_earlier_one() {
    let mut given = brick();
    for (on, horizon) in [("25 Apr", "2025-05"), ("2 Jun", "2025-07")] {
        let expected = json!({"milestone": "land_allocated", "horizon": horizon});
        given.record(on, agreement("brick"), "expectation_stated", on, expected);
    }
    health(
        &given,
        &[
            ("1 Jun", "slipping"),
            ("2 Jun", "current"),
            ("1 Aug", "slipping"),
        ],
    );
    assert_eq!(open(&given, "2 Jun").0, ["land_allocated"]);
}

#[test]
fn an_intention_in_words_closes_with_the_first_news_on_or_after_its_review() {
    let mut given = brick();
    let words =
        json!({"words": "a training centre", "horizon": "2025-12", "review_on": "2025-06-01"});
    given.record(
        "25 Apr",
        agreement("brick"),
        "expectation_stated",
        "25 Apr",
        words,
    );
    given.fact("31 May", "brick", "land_allocated", "31 May");
    assert_eq!(open(&given, "31 May").0, ["a training centre"]);
    given.record(
        "1 Jun",
        agreement("brick"),
        "works_started",
        "1 Jun",
        json!({"nature": "preparation"}),
    );
    assert_eq!(open(&given, "1 Jun").0, Vec::<String>::new());
}

#[test]
fn a_promise_is_open_until_it_is_closed_and_the_nearest_thing_comes_next() {
    let mut given = brick();
    let expected = json!({"milestone": "land_allocated", "horizon": "2025-06"});
    given.record(
        "25 Apr",
        agreement("brick"),
        "expectation_stated",
        "25 Apr",
        expected,
    );
    let owner = json!({"description": "the zone's management", "role": "owner"});
    let promise = json!({"owner": owner, "what": "send the lease", "due": "2025-05-15"});
    let promise = given.record(
        "26 Apr",
        agreement("brick"),
        "promise_made",
        "26 Apr",
        promise,
    );
    let closing = json!({"promise": promise, "outcome": "kept"});
    given.record(
        "20 May",
        agreement("brick"),
        "promise_closed",
        "18 May",
        closing,
    );
    let models = given.head();
    let next = |on| {
        let standing = models.standing(agreement("brick"), day(on)).unwrap();
        let overdue = standing
            .follow_up
            .promises
            .iter()
            .any(|promise| promise.is_overdue);
        match standing.next_step() {
            Some(NextStep::Promise(_)) => ("promise", overdue),
            Some(NextStep::Expectation(_)) => ("expectation", overdue),
            None => ("nothing", overdue),
        }
    };
    assert_eq!(next("24 Apr"), ("nothing", false));
    assert_eq!(next("25 Apr"), ("expectation", false));
    assert_eq!(next("26 Apr"), ("promise", false));
    assert_eq!(next("16 May"), ("promise", true));
    assert_eq!(next("18 May"), ("expectation", false));
}

#[test]
fn an_obstacle_stands_from_its_day_to_its_removal() {
    let mut given = brick();
    let raised = json!({"reason": "land", "due": "2025-05-10"});
    let raised = given.record(
        "2 May",
        agreement("brick"),
        "obstacle_raised",
        "1 May",
        raised,
    );
    let removal = json!({"obstacle": raised});
    given.record(
        "20 May",
        agreement("brick"),
        "obstacle_resolved",
        "19 May",
        removal,
    );
    let models = given.head();
    for (on, standing_ones, overdue) in [
        ("30 Apr", 0, 0),
        ("1 May", 1, 0),
        ("11 May", 1, 1),
        ("19 May", 0, 0),
    ] {
        let standing = models.standing(agreement("brick"), day(on)).unwrap();
        assert_eq!(
            standing.follow_up.open_obstacles().count(),
            standing_ones,
            "{on}"
        );
        let late = standing
            .follow_up
            .obstacles
            .iter()
            .filter(|item| item.is_overdue);
        assert_eq!(late.count(), overdue, "{on}");
    }
}

#[test]
fn strength_is_raised_without_a_second_step() {
    let mut given = brick();
    for (on, strength) in [
        ("1 May", "discussions_concluded"),
        ("1 Jun", "agreed"),
        ("2 Jun", "discussions_concluded"),
    ] {
        given.record(
            on,
            agreement("brick"),
            "financial_model_agreed",
            on,
            json!({"strength": strength}),
        );
    }
    let models = given.head();
    let standing = models.standing(agreement("brick"), day("1 Jul")).unwrap();
    assert_eq!(standing.steps().count(), 1);
    let step = standing.reached("financial_model_agreed").unwrap();
    assert_eq!(step.day, day("1 May"));
    assert_eq!(step.strength.unwrap().as_str(), "agreed");
    let raised: Vec<_> = standing
        .strengthened_between(Some(day("1 Jun")), day("30 Jun"))
        .map(|(_, raised)| (raised.day, raised.to.as_str()))
        .collect();
    assert_eq!(raised, [(day("1 Jun"), "agreed")]);
    let register = models.register(day("1 Jul"));
    let on = register.one(agreement("brick")).unwrap().on;
    assert!(on.has_news_since(day("1 Jun")) && !on.has_news_since(day("2 Jun")));
    assert_eq!(
        standing
            .steps_between(Some(day("1 Jun")), day("30 Jun"))
            .count(),
        0
    );
    let before = models.standing(agreement("brick"), day("31 May")).unwrap();
    assert_eq!(before.signed().unwrap().day, day("17 Apr"));
    assert_eq!(
        before
            .reached("financial_model_agreed")
            .unwrap()
            .strength
            .unwrap()
            .as_str(),
        "discussions_concluded"
    );
}
