//! Milestones: days, codes, natures, reversals, and what only warns.

use super::story::{given, table};

#[test]
fn a_fact_is_never_in_the_future() {
    let story = given("2025-04-18 brick signed 2025-04-17");
    table(
        &story,
        &[
            (
                "2025-06-20 brick company_incorporated 2025-07-01",
                "refused in_the_future",
            ),
            (
                "2025-06-20 brick company_incorporated 2025-06-21/..",
                "refused in_the_future",
            ),
            (
                "2025-06-20 brick company_incorporated ../2025-06-21",
                "refused in_the_future",
            ),
            (
                "2025-06-20 brick company_incorporated 2026",
                "refused in_the_future",
            ),
            ("2025-06-20 brick land_allocated 2025-06-20", "recorded"),
            ("2025-06-20 brick land_allocated 2025-06-20/..", "recorded"),
            ("2025-06-20 brick land_allocated ../2025-06-20", "recorded"),
            ("2025-06-20 brick land_allocated 2025-06", "recorded"),
            (
                "2025-06-20 brick land_allocated 2025-06-19/2025-07-30",
                "recorded",
            ),
        ]
        .map(|(line, then)| (legal(line), then))
        .iter()
        .map(|(l, t)| (l.as_str(), *t))
        .collect::<Vec<_>>(),
    );
    let refusal = story
        .clone()
        .refuses(&legal("2025-06-20 brick company_incorporated 2025-07-01"));
    assert_eq!(
        refusal.sentence,
        "2025-07-01 is after today, 2025-06-20; a fact has happened"
    );
    assert!(refusal.hint.contains("expectation"), "{}", refusal.hint);
    assert_eq!(refusal.field, Some("on"));
}

fn legal(line: &str) -> String {
    let name = line
        .contains("company")
        .then_some(r#" {"legal_name":"Brickworks LLC"}"#);
    format!("{line}{}", name.unwrap_or_default())
}

#[test]
fn the_day_of_a_milestone_is_never_assumed_and_that_of_a_note_is_never_given() {
    let story = given("2025-04-18 brick signed 2025-04-17 as signing");
    table(
        &story,
        &[
            ("2025-04-20 brick land_allocated -", "refused day_missing"),
            ("2025-04-20 brick terminated -", "refused day_missing"),
            (
                r#"2025-04-20 brick milestone_reversed - {"fact":"@signing","words":"void"}"#,
                "refused day_missing",
            ),
            (
                r#"2025-04-20 brick noted - {"words":"a map was asked for"}"#,
                "recorded",
            ),
            (
                r#"2025-04-20 brick noted 2025-04-20 {"words":"a map was asked for"}"#,
                "recorded",
            ),
            (
                r#"2025-04-20 brick noted 2025-04-19 {"words":"a map was asked for"}"#,
                "refused day_not_taken",
            ),
            (
                r#"2025-04-20 brick assigned 2025-04-19 {"officer":"u:two"}"#,
                "refused day_not_taken",
            ),
            (
                r#"2025-04-20 brick contacted - {"outcome":"no_answer","with":{"description":"the office","role":"investor"}}"#,
                "recorded",
            ),
        ],
    );
    let decision = story
        .clone()
        .accepts(r#"2025-04-20 brick noted - {"words":"a map"}"#);
    assert_eq!(decision.events[0].on.as_str(), "2025-04-20");
    let refusal = story.clone().refuses("2025-04-20 brick land_allocated -");
    assert!(refusal.hint.contains("../2025-04-20"), "{}", refusal.hint);
}

#[test]
fn a_milestone_is_one_of_the_track_of_its_class() {
    let story = given(
        "
        2025-04-18 brick signed 2025-04-17
        2025-04-18 accord signed 2025-04-17
    ",
    );
    table(
        &story,
        &[
            (
                r#"2025-04-20 brick milestone_reached 2025-04-19 {"milestone":"site_identified"}"#,
                "recorded",
            ),
            (
                r#"2025-04-20 brick milestone_reached 2025-04-19 {"milestone":"work_plan_agreed"}"#,
                "refused not_in_track",
            ),
            (
                r#"2025-04-20 accord milestone_reached 2025-04-19 {"milestone":"work_plan_agreed"}"#,
                "recorded",
            ),
            (
                "2025-04-20 accord land_allocated 2025-04-19",
                "refused not_in_track",
            ),
            (
                r#"2025-04-20 brick milestone_not_needed - {"milestone":"land_allocated","reason":"own building"}"#,
                "recorded",
            ),
            (
                r#"2025-04-20 brick milestone_not_needed - {"milestone":"sunshine","reason":"indoors"}"#,
                "refused not_in_track",
            ),
        ],
    );
    let misspelt =
        r#"2025-04-20 brick milestone_reached 2025-04-19 {"milestone":"site_identifed"}"#;
    assert_eq!(
        story.clone().refuses(misspelt).hint,
        "did you mean `site_identified`?"
    );
    let foreign = r#"2025-04-20 accord milestone_reached 2025-04-19 {"milestone":"sunshine"}"#;
    let refusal = story.clone().refuses(foreign);
    assert_eq!(
        refusal.sentence,
        "the institutional track has no milestone `sunshine`"
    );
    assert!(refusal.hint.contains("`in_force`, "), "{}", refusal.hint);
}

#[test]
fn the_core_four_have_kinds_of_their_own() {
    let story = given("");
    for code in [
        "signed",
        "land_allocated",
        "financial_model_agreed",
        "company_incorporated",
    ] {
        let line =
            format!(r#"2025-04-20 brick milestone_reached 2025-04-19 {{"milestone":"{code}"}}"#);
        let refusal = story.clone().refuses(&line);
        assert_eq!(refusal.code(), "core_milestone");
        assert!(refusal.hint.contains(code), "{}", refusal.hint);
    }
}

#[test]
fn works_that_started_need_their_nature_and_nothing_else_takes_one() {
    let story = given("2025-04-18 brick signed 2025-04-17");
    table(
        &story,
        &[
            (
                r#"2025-04-20 brick milestone_reached 2025-04-19 {"milestone":"works_started"}"#,
                "refused nature_missing",
            ),
            (
                r#"2025-04-20 brick milestone_reached 2025-04-19 {"milestone":"works_started","nature":"unspecified"}"#,
                "recorded",
            ),
            (
                r#"2025-04-20 brick milestone_reached 2025-04-19 {"milestone":"vetted","nature":"construction"}"#,
                "refused nature_not_taken",
            ),
        ],
    );
}

#[test]
fn a_reversal_names_a_milestone_of_its_own_agreement_that_stands() {
    let story = given(
        r#"
        2025-04-18 brick signed 2025-04-17
        2025-04-24 brick land_allocated 2025-04-22 as land
        2025-04-24 brick noted - {"words":"a map"} as note
        2025-05-02 glass land_allocated 2025-05-01 as other
        2025-05-03 brick milestone_reached 2025-05-02 {"milestone":"vetted"} as vetted
        2025-05-04 retract @vetted
    "#,
    );
    table(
        &story,
        &[
            (
                r#"2025-06-01 brick milestone_reversed 2025-06-01 {"fact":"@land","words":"withdrawn"}"#,
                "recorded",
            ),
            (
                r#"2025-06-01 brick milestone_reversed 2025-06-01 {"fact":"@note","words":"withdrawn"}"#,
                "refused wrong_fact",
            ),
            (
                r#"2025-06-01 brick milestone_reversed 2025-06-01 {"fact":"@other","words":"withdrawn"}"#,
                "refused wrong_fact",
            ),
            (
                r#"2025-06-01 brick milestone_reversed 2025-06-01 {"fact":"@vetted","words":"withdrawn"}"#,
                "refused fact_retracted",
            ),
        ],
    );
    let mut twice = story.clone();
    twice.accepts(r#"2025-06-01 brick milestone_reversed 2025-06-01 {"fact":"@land","words":"withdrawn"} as first"#);
    let again =
        r#"2025-06-02 brick milestone_reversed 2025-06-02 {"fact":"@land","words":"again"}"#;
    let refusal = twice.refuses(again);
    assert_eq!(refusal.code(), "already_reversed");
    assert_eq!(refusal.other.unwrap().event, Some(twice.fact("first")));
    // A correction of the reversal itself may name the same milestone.
    twice.accepts(r#"2025-06-03 correct @first 2025-05-30 {"fact":"@land","words":"withdrawn by the committee"}"#);
}

#[test]
fn a_milestone_reached_again_warns_unless_it_is_additional_or_stronger() {
    let story = given(
        r#"
        2025-04-18 brick signed 2025-04-17
        2025-04-24 brick land_allocated 2025-04-22 as land
        2025-04-24 brick financial_model_agreed 2025-04-22 {"strength":"agreed"}
    "#,
    );
    table(
        &story,
        &[
            (
                "2025-05-02 brick land_allocated 2025-05-01",
                "warned already_reached",
            ),
            (
                r#"2025-05-02 brick land_allocated 2025-05-01 {"additional":true}"#,
                "recorded",
            ),
            (
                "2025-05-02 brick signed 2025-05-01",
                "warned already_reached",
            ),
            (
                r#"2025-05-02 brick financial_model_agreed 2025-05-01 {"strength":"signed_off"}"#,
                "recorded",
            ),
            (
                r#"2025-05-02 brick financial_model_agreed 2025-05-01 {"strength":"agreed"}"#,
                "warned already_reached",
            ),
            (
                r#"2025-05-02 brick financial_model_agreed 2025-05-01 {"strength":"discussions_concluded"}"#,
                "warned already_reached",
            ),
            (
                "2025-05-02 retract @land ;; brick land_allocated 2025-05-01",
                "recorded",
            ),
        ],
    );
}

#[test]
fn order_before_the_signing_warns_and_the_core_four_have_no_other_order() {
    let story = given("2025-04-18 brick signed 2025-04-17 as signing");
    table(
        &story,
        &[
            (
                "2025-04-24 brick land_allocated 2025-04-16",
                "warned before_signing",
            ),
            ("2025-04-24 brick land_allocated 2025-04-17", "recorded"),
            (
                "2025-04-24 brick land_allocated ../2025-04-25",
                "refused in_the_future",
            ),
            ("2025-04-25 brick land_allocated ../2025-04-25", "recorded"),
            (
                r#"2025-04-24 brick milestone_reached 2025-03-01 {"milestone":"vetted"}"#,
                "recorded",
            ),
            (
                r#"2025-04-24 brick company_incorporated 2025-04-20 {"legal_name":{"unknown":"not in source"}}"#,
                "recorded",
            ),
            (
                "2025-04-24 glass land_allocated 2025-04-16",
                "warned before_signing",
            ),
            (
                r#"2025-04-24 glass milestone_not_needed - {"milestone":"signed","reason":"by law"} ;; glass land_allocated 2025-04-16"#,
                "recorded",
            ),
        ],
    );
    // A late or corrected signing warns of what it leaves behind.
    let mut late = story.clone();
    late.accepts("2025-04-24 brick land_allocated 2025-04-20");
    table(
        &late,
        &[(
            "2025-04-25 correct @signing 2025-04-21",
            "warned before_signing",
        )],
    );
}

#[test]
fn a_pair_of_the_track_that_is_unmet_warns() {
    let handed =
        r#"2025-05-02 brick milestone_reached 2025-05-01 {"milestone":"land_handed_over"}"#;
    let story = given(
        "
        2025-04-18 brick signed 2025-04-17
        2025-04-24 brick land_allocated 2025-04-22 as land
    ",
    );
    table(
        &story,
        &[
            (handed, "recorded"),
            (
                &handed.replace("brick", "glass"),
                "warned before_signing need_unmet",
            ),
            (
                &handed.replace(" 2025-05-01", " 2025-04-20"),
                "warned need_unmet",
            ),
            (&format!("{handed} ;; retract @land"), "warned need_unmet"),
        ],
    );
    let mut done = story.clone();
    done.accepts(handed);
    table(
        &done,
        &[
            ("2025-05-03 retract @land", "warned need_unmet"),
            ("2025-05-03 correct @land 2025-05-02", "warned need_unmet"),
            (
                r#"2025-05-03 brick milestone_reversed 2025-05-03 {"fact":"@land","words":"withdrawn"}"#,
                "warned need_unmet",
            ),
            (
                r#"2025-05-03 retract @land ;; brick milestone_not_needed - {"milestone":"land_allocated","reason":"own site"}"#,
                "recorded",
            ),
        ],
    );
}

#[test]
fn a_milestone_said_twice_not_to_be_needed_is_said_once() {
    let line = r#"2025-04-20 brick milestone_not_needed - {"milestone":"land_allocated","reason":"own building"}"#;
    table(&given(line), &[(line, "nothing")]);
}
