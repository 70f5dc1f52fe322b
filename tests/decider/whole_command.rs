//! What holds of a command as a whole: versions, limits, determinism, answers that can be kept.

use super::story::{actor, blank, day, given, statement, table, thing};
use dealtrail::deal::command::{Command, Draft, Intent, MAX_EVENTS};
use dealtrail::deal::event::Payload;
use dealtrail::deal::refusal::{Reason, RefusalClass};
use dealtrail::deal::value::code::Code;
use dealtrail::deal::warning::{Concern, Warning};

#[test]
fn a_command_decided_on_an_old_version_is_stale() {
    let story = given("2025-04-18 brick signed 2025-04-17");
    table(
        &story,
        &[
            (
                "2025-04-24 brick land_allocated 2025-04-22 at 2",
                "recorded",
            ),
            (
                "2025-04-24 brick land_allocated 2025-04-22 at 1",
                "refused stale_version",
            ),
            (
                "2025-04-24 brick land_allocated 2025-04-22 at 3",
                "refused stale_version",
            ),
        ],
    );
    let refusal = story
        .clone()
        .refuses("2025-04-24 brick land_allocated 2025-04-22 at 1");
    assert_eq!(
        (refusal.class(), refusal.version),
        (RefusalClass::Stale, Some(2))
    );
    assert_eq!(
        refusal.sentence,
        "AG-BRICK is at version 2, and 1 was expected"
    );
}

#[test]
fn a_command_is_recorded_whole_or_not_at_all() {
    let mut story = given("2025-04-18 brick signed 2025-04-17");
    let before = story.book("brick").clone();
    let refusal =
        story.refuses("2025-04-24 brick land_allocated 2025-04-22 ;; brick resumed 2025-04-22");
    assert_eq!(refusal.intent, Some(1));
    assert_eq!(*story.book("brick"), before);
}

fn notes(count: usize) -> Command {
    let note = |n: usize| {
        Intent::Record(Draft {
            stream: thing("brick"),
            payload: Payload::decode("noted", 1, &format!(r#"{{"words":"note {n}"}}"#)).unwrap(),
            on: None,
            sources: vec![statement("The morning paper")],
        })
    };
    Command {
        id: "bulk".parse().unwrap(),
        actor: actor("u:one"),
        intents: (0..count).map(note).collect(),
        expected: None,
    }
}

#[test]
fn a_batch_holds_a_thousand_events_and_no_more() {
    let story = given("");
    let full = story.decide(&notes(MAX_EVENTS), day("2025-05-01")).unwrap();
    assert_eq!(full.events.len(), MAX_EVENTS);
    let refusal = story
        .decide(&notes(MAX_EVENTS + 1), day("2025-05-01"))
        .unwrap_err();
    assert_eq!(
        (refusal.code(), refusal.class()),
        ("too_many_events", RefusalClass::TooLarge)
    );
    assert_eq!(refusal.intent, Some(MAX_EVENTS));
}

#[test]
fn nothing_asked_is_nothing_to_do() {
    let decision = given("").decide(&notes(0), day("2025-05-01")).unwrap();
    assert!(decision.events.is_empty() && decision.warnings.is_empty());
}

#[test]
fn a_ledger_can_be_opened_and_its_tracks_defined_in_one_command() {
    let mut story = blank();
    story.accepts(r#"2025-05-01 ledger ledger_opened - {"agency":{"en":"Agency"},"demonstration":true,"languages":["en"],"origin":"example.test/agency","zone":"Asia/Baku"} ;; ledger policy_set - {"policy":{"conversions":[{"code":"any_step","criterion":{"kind":"any_step"},"names":{"en":"any"}}],"review_tiers":[{"code":"all","names":{"en":"all"},"review_every_days":90}]}}"#);
    assert_eq!(story.books[&thing("ledger")].version, 2);
}

#[test]
fn every_refusal_has_a_code_of_its_own_and_every_concern_too() {
    let mut codes: Vec<_> = Reason::ALL.iter().map(|reason| reason.code()).collect();
    codes.extend(Concern::ALL.iter().map(|concern| concern.code()));
    for code in &codes {
        assert!(
            Code::new(code).is_ok_and(|word| word.as_str() == *code),
            "{code}"
        );
    }
    let reasons: std::collections::BTreeSet<_> = codes[..Reason::ALL.len()].iter().collect();
    assert_eq!(reasons.len(), Reason::ALL.len());
}

#[test]
fn a_warning_can_be_kept_and_read_again() {
    let decision = given("").accepts("2025-05-01 brick land_allocated 2025-04-30 nosource");
    assert!(decision.warnings.len() >= 3, "{:?}", decision.warnings);
    for warning in &decision.warnings {
        let kept = serde_json::to_string(warning).unwrap();
        let value: serde_json::Value = serde_json::from_str(&kept).unwrap();
        assert_eq!(value["code"], warning.code.code());
        assert_eq!(
            value.to_string(),
            kept,
            "its members stand in the order of their names"
        );
        assert_eq!(&serde_json::from_str::<Warning>(&kept).unwrap(), warning);
    }
}
