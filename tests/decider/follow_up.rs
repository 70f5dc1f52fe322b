//! Expectations, promises, obstacles, and what an answer reminds of.

use super::story::{codes, day, given, table};
use dealtrail::deal::event::Payload;

const OWNER: &str = r#""owner":{"description":"the zone","role":"owner"}"#;

#[test]
fn an_expectation_expects_something_the_track_knows() {
    let story = given("2025-04-18 brick signed 2025-04-17");
    table(
        &story,
        &[
            (
                r#"2025-04-25 brick expectation_stated - {"horizon":"2025-04-25/..","milestone":"company_incorporated"}"#,
                "recorded",
            ),
            (
                r#"2025-04-25 brick expectation_stated - {"horizon":"2026","words":"a second line"}"#,
                "recorded",
            ),
            (
                r#"2025-04-25 brick expectation_stated - {"horizon":"2026"}"#,
                "refused nothing_expected",
            ),
            (
                r#"2025-04-25 brick expectation_stated - {"horizon":"2026","milestone":"company_incorparated"}"#,
                "refused not_in_track",
            ),
            (
                r#"2025-04-25 brick expectation_stated 2025-04-26 {"horizon":"2026","words":"more"}"#,
                "refused in_the_future",
            ),
            (
                r#"2025-04-25 bundle expectation_stated - {"horizon":"2026","milestone":"in_force"}"#,
                "recorded",
            ),
            (
                r#"2025-04-25 bundle expectation_stated - {"horizon":"2026","milestone":"sunshine"}"#,
                "refused not_in_track",
            ),
        ],
    );
}

#[test]
fn the_review_day_is_the_recording_day_plus_the_tracks_interval() {
    for (thing, review) in [
        ("brick", "2025-07-24"),
        ("accord", "2025-10-22"),
        ("bundle", "2025-07-24"),
    ] {
        let line = format!(
            r#"2025-04-25 {thing} expectation_stated 2025-04-20 {{"horizon":"2026","words":"more"}}"#
        );
        let decision = given("").accepts(&line);
        let Payload::ExpectationStated(data) = &decision.events[0].payload else {
            panic!()
        };
        assert_eq!(data.review_on, Some(day(review)), "{thing}");
    }
    let given_day = r#"2025-04-25 brick expectation_stated - {"horizon":"2026","review_on":"2025-05-05","words":"more"}"#;
    let decision = given("").accepts(given_day);
    let Payload::ExpectationStated(data) = &decision.events[0].payload else {
        panic!()
    };
    assert_eq!(data.review_on, Some(day("2025-05-05")));
}

#[test]
fn an_expectation_past_its_review_day_is_recalled_until_it_is_closed() {
    let story = given(
        r#"
        2025-04-18 brick signed 2025-04-17
        2025-04-25 brick expectation_stated - {"horizon":"2025-06","milestone":"land_allocated","review_on":"2025-05-25"}
        2025-04-25 brick expectation_stated - {"horizon":"2025-06","review_on":"2025-05-25","words":"a second line"}
    "#,
    );
    let asked = r#"brick contacted - {"outcome":"asked_nothing_new","with":{"description":"the office","role":"investor"}}"#;
    table(
        &story,
        &[
            (r#"2025-05-25 brick noted - {"words":"a map"}"#, "recorded"),
            (
                r#"2025-05-26 brick noted - {"words":"a map"}"#,
                "warned review_due review_due",
            ),
            (&format!("2025-05-26 {asked}"), "warned review_due"),
            ("2025-05-26 brick land_allocated 2025-05-26", "recorded"),
            (
                "2025-05-26 brick land_allocated 2025-05-20",
                "warned review_due",
            ),
            (
                r#"2025-05-26 brick expectation_stated - {"horizon":"2025-09","milestone":"land_allocated"}"#,
                "recorded",
            ),
            ("2025-05-26 brick terminated 2025-05-26", "recorded"),
        ],
    );
}

#[test]
fn an_agreement_that_waits_for_nothing_has_no_next_step() {
    let reminded = |line: &str| {
        let decision = given("").accepts(line);
        decision
            .warnings
            .iter()
            .any(|warning| warning.code.code() == "no_next_step")
    };
    assert!(reminded("2025-04-18 brick signed 2025-04-17"));
    assert!(!reminded(
        r#"2025-04-18 brick signed 2025-04-17 ;; brick expectation_stated - {"horizon":"2026","words":"more"}"#
    ));
    assert!(!reminded(&format!(
        r#"2025-04-18 brick promise_made - {{{OWNER},"what":"a lease"}}"#
    )));
    assert!(!reminded("2025-04-18 brick terminated 2025-04-17"));
    assert!(!reminded("2025-04-18 brick suspended 2025-04-17"));
    assert!(!reminded(r#"2025-04-18 fair noted - {"words":"a map"}"#));
}

#[test]
fn a_promise_is_closed_where_it_was_made_and_once() {
    let story = given(&format!(
        r#"
        2025-04-18 brick promise_made - {{{OWNER},"what":"send the lease"}} as lease
        2025-04-18 fair promise_made - {{{OWNER},"what":"send the list"}} as list
        2025-04-18 brick noted - {{"words":"a map"}} as note
    "#
    ));
    let close = |thing: &str, promise: &str| {
        format!(
            r#"2025-05-01 {thing} promise_closed 2025-04-30 {{"outcome":"kept","promise":"@{promise}"}}"#
        )
    };
    table(
        &story,
        &[
            (&close("brick", "lease"), "recorded"),
            (&close("fair", "list"), "recorded"),
            (&close("brick", "list"), "refused no_open_promise"),
            (&close("brick", "note"), "refused no_open_promise"),
            (
                &format!("{} ;; retract @lease", close("brick", "lease")),
                "warned left_dangling",
            ),
            (
                &format!(
                    "2025-05-01 retract @lease ;; {}",
                    close("brick", "lease").trim_start_matches("2025-05-01 ")
                ),
                "refused no_open_promise",
            ),
        ],
    );
    let hint = story.clone().refuses(&close("brick", "note")).hint;
    assert_eq!(
        hint,
        format!("open here: {} (send the lease)", story.fact("lease"))
    );
    let mut closed = story.clone();
    closed.accepts(&format!("{} as closed", close("brick", "lease")));
    table(
        &closed,
        &[
            (&close("brick", "lease"), "refused no_open_promise"),
            (
                r#"2025-05-02 correct @closed - {"outcome":"dropped","promise":"@lease"}"#,
                "recorded",
            ),
            (
                "2025-05-02 retract @closed ;; brick noted - {\"words\":\"open again\"}",
                "recorded",
            ),
        ],
    );
    assert!(
        closed
            .refuses(&close("brick", "lease"))
            .hint
            .contains("no promise is open here")
    );
}

#[test]
fn an_obstacle_is_resolved_where_it_was_raised_and_once() {
    let story = given(
        r#"
        2025-04-18 brick obstacle_raised - {"reason":"land","words":"no plan"} as plan
        2025-04-18 glass obstacle_raised - {"reason":"other"} as other
    "#,
    );
    let resolve = |obstacle: &str| {
        format!(r#"2025-05-01 brick obstacle_resolved 2025-04-30 {{"obstacle":"@{obstacle}"}}"#)
    };
    table(
        &story,
        &[
            (&resolve("plan"), "recorded"),
            (&resolve("other"), "refused no_open_obstacle"),
        ],
    );
    let mut resolved = story.clone();
    resolved.accepts(&format!("{} as done", resolve("plan")));
    table(
        &resolved,
        &[
            (&resolve("plan"), "refused no_open_obstacle"),
            (
                r#"2025-05-02 correct @done - {"obstacle":"@plan","words":"the plan came"}"#,
                "recorded",
            ),
        ],
    );
}

#[test]
fn a_fact_without_a_source_warns_and_the_agencys_own_acts_do_not() {
    let story = given("2025-04-18 brick signed 2025-04-17");
    table(
        &story,
        &[
            (
                "2025-04-25 brick land_allocated 2025-04-22 nosource",
                "warned no_source",
            ),
            ("2025-04-25 brick land_allocated 2025-04-22", "recorded"),
            (
                r#"2025-04-25 brick noted - nosource {"words":"a map"}"#,
                "recorded",
            ),
            (
                r#"2025-04-25 brick assigned - nosource {"officer":"u:two"}"#,
                "recorded",
            ),
            (
                r#"2025-04-25 brick contacted - nosource {"outcome":"no_answer","with":{"description":"the office","role":"investor"}}"#,
                "recorded",
            ),
        ],
    );
    let decision = story
        .clone()
        .accepts("2025-04-25 brick land_allocated 2025-04-22 nosource as land");
    assert_eq!(codes(&decision), ["no_source"]);
    let mut story = story.clone();
    story.accepts("2025-04-25 brick land_allocated 2025-04-22 nosource as land");
    table(&story, &[("2025-04-26 source @land", "recorded")]);
}
