//! Suspended and resumed, closed and reopened.

use super::story::{given, table};

#[test]
fn resuming_needs_a_suspension_and_suspending_needs_none() {
    table(
        &given(""),
        &[
            (
                "2025-09-01 brick resumed 2025-09-01",
                "refused not_suspended",
            ),
            ("2025-09-01 brick suspended 2025-08-01", "recorded"),
        ],
    );
    let story = given("2025-08-01 brick suspended 2025-08-01 as stop");
    table(
        &story,
        &[
            (
                "2025-09-01 brick suspended 2025-09-01",
                "refused already_suspended",
            ),
            ("2025-09-01 brick resumed 2025-09-01", "recorded"),
            (
                "2025-09-01 brick resumed 2025-07-31",
                "refused not_suspended",
            ),
            (
                "2025-09-01 glass resumed 2025-09-01",
                "refused not_suspended",
            ),
            (
                "2025-09-01 retract @stop ;; brick resumed 2025-09-01",
                "refused not_suspended",
            ),
            (
                "2025-09-01 brick suspended 2025-07-01",
                "warned out_of_order",
            ),
        ],
    );
    let refusal = story.clone().refuses("2025-09-01 brick resumed 2025-07-31");
    assert!(
        refusal.sentence.contains("2025-08-01"),
        "{}",
        refusal.sentence
    );
    assert_eq!(refusal.other.unwrap().event, Some(story.fact("stop")));
}

#[test]
fn closing_needs_an_open_agreement_and_reopening_a_closed_one() {
    table(
        &given(""),
        &[
            ("2025-06-10 brick reopened 2025-06-10", "refused not_closed"),
            ("2025-06-10 brick terminated 2025-06-10", "recorded"),
            ("2025-06-10 brick completed 2025-06-10", "recorded"),
        ],
    );
    let story = given("2025-06-10 brick terminated 2025-06-10 as end");
    table(
        &story,
        &[
            (
                "2025-06-12 brick terminated 2025-06-12",
                "refused already_closed",
            ),
            (
                "2025-06-12 brick completed 2025-06-12",
                "refused already_closed",
            ),
            ("2025-06-12 brick reopened 2025-06-12", "recorded"),
            ("2025-06-12 brick reopened 2025-06-09", "refused not_closed"),
            (
                "2025-06-12 brick reopened 2025-06-12 ;; brick completed 2025-06-12",
                "recorded",
            ),
            (
                "2025-06-12 retract @end ;; brick terminated 2025-06-11",
                "recorded",
            ),
        ],
    );
}

#[test]
fn after_closing_late_news_is_welcome_and_later_milestones_are_not() {
    let story = given(
        r#"
        2025-04-18 brick signed 2025-04-17
        2025-04-30 brick promise_made - {"owner":{"description":"the zone","role":"owner"},"what":"a lease"} as promise
        2025-06-10 brick terminated 2025-06-10 as end
    "#,
    );
    table(
        &story,
        &[
            ("2025-06-12 brick land_allocated 2025-05-05", "recorded"),
            ("2025-06-12 brick land_allocated 2025-06-10", "recorded"),
            ("2025-06-12 brick land_allocated 2025-06", "recorded"),
            ("2025-06-12 brick land_allocated ../2025-06-12", "recorded"),
            (
                "2025-06-16 brick land_allocated 2025-06-15",
                "refused after_closing",
            ),
            (
                "2025-06-16 brick land_allocated 2025-06-11/..",
                "refused after_closing",
            ),
            (
                r#"2025-06-16 brick value_stated 2025-06-15 {"money":{"amount":"5","currency":"USD","kind":"contracted","qualifier":"exact"}}"#,
                "recorded",
            ),
            (
                r#"2025-06-16 brick linked - {"relation":"implements","target":"$accord"}"#,
                "recorded",
            ),
            (
                r#"2025-06-16 brick promise_closed 2025-06-15 {"outcome":"dropped","promise":"@promise"}"#,
                "recorded",
            ),
            (
                r#"2025-06-16 brick noted - {"words":"the files are kept"}"#,
                "recorded",
            ),
            ("2025-06-16 confirm @end by u:two", "recorded"),
            (
                "2025-06-16 brick reopened 2025-06-12 ;; brick land_allocated 2025-06-15",
                "recorded",
            ),
            (
                "2025-06-16 correct @end 2025-06-15 ;; brick land_allocated 2025-06-15",
                "recorded",
            ),
        ],
    );
    let completed = given("2025-06-10 brick completed 2025-06-10");
    table(
        &completed,
        &[(
            "2025-06-16 brick signed 2025-06-15",
            "refused after_closing",
        )],
    );
}

#[test]
fn order_broken_by_a_correction_a_retraction_or_a_backdated_fact_only_warns() {
    let story = given(
        "
        2025-04-18 brick signed 2025-04-17
        2025-05-20 brick land_allocated 2025-05-18 as land
        2025-08-01 brick suspended 2025-08-01 as stop
        2025-09-01 brick resumed 2025-09-01
    ",
    );
    table(
        &story,
        &[
            ("2025-09-02 retract @stop", "warned out_of_order"),
            ("2025-09-02 correct @stop 2025-09-02", "warned out_of_order"),
            (
                "2025-09-02 brick terminated 2025-05-01",
                "warned after_closing",
            ),
            ("2025-09-02 brick terminated 2025-05-18", "recorded"),
        ],
    );
    let mut closed = story.clone();
    closed.accepts("2025-09-02 brick terminated 2025-06-01");
    table(
        &closed,
        &[(
            "2025-09-03 correct @land 2025-06-02",
            "warned after_closing",
        )],
    );
}
