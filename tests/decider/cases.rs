//! The cases of two times that are about deciding. Fictional agreements, days of Baku.

use chrono::{DateTime, Utc};
use dealtrail::deal::decision::Moment;

use super::story::{day, given, table};

#[test]
fn a_retracted_fact_cannot_be_corrected_and_can_be_recorded_anew() {
    let story = given(
        r#"
        2025-04-18 brick signed 2025-04-17
        2025-04-24 brick land_allocated 2025-04-22
        2025-05-11 brick milestone_reached 2025-05-02 {"milestone":"works_started","nature":"construction"} as begun
        2025-05-20 retract @begun
    "#,
    );
    table(
        &story,
        &[
            (
                "2025-05-21 correct @begun 2025-05-03",
                "refused fact_retracted",
            ),
            (
                r#"2025-05-21 brick milestone_reached 2025-05-02 {"milestone":"works_started","nature":"construction"}"#,
                "recorded",
            ),
        ],
    );
}

#[test]
fn a_fact_on_the_wrong_agreement_is_moved_in_one_batch() {
    let mut story = given(
        r#"
        2025-04-18 brick signed 2025-04-17
        2025-04-18 glass signed 2025-04-17
        2025-05-01 brick company_incorporated 2025-05-01 {"legal_name":"Glassworks LLC"} as inc
    "#,
    );
    let decision = story.accepts("2025-05-03 move @inc glass");
    let kinds: Vec<_> = decision
        .events
        .iter()
        .map(|event| event.payload.kind_name())
        .collect();
    assert_eq!(kinds, ["fact_retracted", "company_incorporated"]);
}

#[test]
fn a_future_incorporation_is_an_expectation() {
    let refusal = given("2025-04-18 brick signed 2025-04-17").refuses(
        r#"2025-06-20 brick company_incorporated 2025-07-01 {"legal_name":"Brickworks LLC"}"#,
    );
    assert_eq!(refusal.code(), "in_the_future");
    assert_eq!(
        refusal.hint,
        "state an expectation with this day as its horizon"
    );
}

#[test]
fn a_command_told_twice_finds_its_own_first_answer_in_the_way() {
    // Knowing a retry by its command id is the writer's; what changes nothing is harmless here already.
    let assigned = r#"2025-05-01 brick assigned - {"officer":"u:two"}"#;
    let linked = r#"2025-05-01 brick linked - {"relation":"implements","target":"$accord"}"#;
    let described = r#"2025-05-01 brick agreement_described - {"nature":"expansion"}"#;
    for line in [assigned, linked, described] {
        table(&given(line), &[(line, "nothing")]);
    }
}

#[test]
fn a_correction_that_names_a_fact_of_another_agreement_is_refused() {
    let mut story = given(
        r#"
        2025-05-01 brick land_allocated 2025-04-30 as land
        2025-05-01 glass signed 2025-04-17
    "#,
    );
    let before = story.books.clone();
    for line in [
        r#"2025-05-02 glass fact_corrected - {"fact":"@land","now":{"data":{},"kind":"land_allocated","on":"2025-04-29","sources":[],"v":1},"reason":"typing error"}"#,
        r#"2025-05-02 glass fact_retracted - {"fact":"@land","reason":"typing error"}"#,
        r#"2025-05-02 glass fact_sourced - {"fact":"@land"}"#,
        r#"2025-05-02 glass fact_confirmed - {"fact":"@land","version":"@land"} by u:two"#,
    ] {
        let refusal = story.refuses(line);
        assert_eq!(refusal.code(), "other_stream", "{line}");
        assert_eq!(
            refusal.other.unwrap().reference.unwrap().as_str(),
            "AG-BRICK"
        );
    }
    assert_eq!(story.books, before, "nothing is appended");
}

#[test]
fn today_is_the_day_of_the_agencys_zone() {
    let evening: DateTime<Utc> = "2025-04-17T22:30:00Z".parse().unwrap();
    let moment = Moment::new(evening, "Asia/Baku".parse().unwrap());
    assert_eq!(moment.today, day("2025-04-18"));
    table(
        &given(""),
        &[("2025-04-18 brick signed 2025-04-18", "recorded")],
    );
    assert_eq!(
        Moment::new(evening, "UTC".parse().unwrap()).today,
        day("2025-04-17")
    );
}

#[test]
fn after_the_end_late_news_is_taken_and_later_milestones_are_not() {
    let story = given(
        "
        2025-04-18 brick signed 2025-04-17
        2025-06-10 brick terminated 2025-06-10
    ",
    );
    table(
        &story,
        &[
            ("2025-06-12 brick land_allocated 2025-05-05", "recorded"),
            (
                "2025-06-16 brick land_allocated 2025-06-15",
                "refused after_closing",
            ),
        ],
    );
}

#[test]
fn retracting_a_termination_cannot_make_two_holders_of_one_parcel() {
    let mut story = given(
        r#"
        2025-04-24 brick land_allocated 2025-04-22 {"parcel":"P-1"}
        2025-05-01 brick terminated 2025-05-01 as end
        2025-05-02 glass land_allocated 2025-05-02 {"parcel":"P-1"} as land
    "#,
    );
    let refusal = story.refuses("2025-06-01 retract @end");
    assert_eq!(refusal.code(), "parcel_held");
    let other = refusal.other.unwrap();
    assert_eq!(other.reference.unwrap().as_str(), "AG-GLASS");
    assert_eq!(other.event, Some(story.fact("land")));
}

#[test]
fn a_confirmation_lapses_when_the_fact_is_corrected() {
    let mut story = given(
        "
        2025-04-24 brick land_allocated 2025-04-22 as land
        2025-04-25 confirm @land by u:two
    ",
    );
    assert!(
        story
            .book("brick")
            .fact(story.fact("land"))
            .unwrap()
            .confirmation()
            .is_some()
    );
    story.accepts("2025-04-26 correct @land 2025-04-21");
    let fact = story.book("brick").fact(story.fact("land")).unwrap();
    assert!(fact.confirmation().is_none());
    assert_eq!(fact.lapsed_confirmations().count(), 1);
    table(&story, &[("2025-04-27 confirm @land by u:two", "recorded")]);
}
