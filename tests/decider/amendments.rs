//! Correcting, retracting, moving, sourcing and confirming.

use super::story::{codes, given, table, thing};
use dealtrail::deal::event::Payload;
use dealtrail::deal::refusal::RefusalClass;

#[test]
fn a_correction_replaces_what_it_names_and_keeps_the_rest() {
    let mut story = given(
        r#"
        2025-04-18 brick signed 2025-04-17
        2025-04-24 brick land_allocated 2025-04-22 {"parcel":"P-1","zone":"North"} as land
    "#,
    );
    story.accepts("2025-05-05 correct @land 2025-04-20 as first");
    story.accepts(r#"2025-05-06 correct @first - {"parcel":"P-2"}"#);
    let fact = story.book("brick").fact(story.fact("land")).unwrap();
    let now = fact.current();
    assert_eq!(now.on.as_str(), "2025-04-20");
    assert_eq!(now.sources.len(), 1);
    let Payload::LandAllocated(data) = &now.payload else {
        panic!("{now:?}")
    };
    assert_eq!(data.parcel.as_ref().unwrap().plain(), Some("P-2"));
    assert_eq!(data.zone, None, "data given are the whole data");
    assert_eq!(fact.versions().len(), 3);
    assert_eq!(
        fact.id(),
        story.fact("land"),
        "naming a correction means its fact"
    );
}

#[test]
fn a_correction_is_held_against_the_rules_of_the_kind() {
    let story = given(
        r#"
        2025-04-18 brick signed 2025-04-17
        2025-04-24 brick milestone_reached 2025-04-23 {"milestone":"works_started","nature":"unspecified"} as begun
        2025-04-24 brick noted - {"words":"a map"} as note
        2025-04-24 brick assigned - {"officer":"u:two"} as officer
        2025-04-24 brick linked - {"relation":"implements","target":"$accord"} as link
    "#,
    );
    table(
        &story,
        &[
            (
                "2025-05-01 correct @begun 2025-05-02",
                "refused in_the_future",
            ),
            (
                r#"2025-05-01 correct @begun - {"milestone":"works_started"}"#,
                "refused nature_missing",
            ),
            (
                r#"2025-05-01 correct @begun - {"milestone":"sunshine"}"#,
                "refused not_in_track",
            ),
            (
                r#"2025-05-01 correct @begun - {"milestone":"signed"}"#,
                "refused core_milestone",
            ),
            (
                r#"2025-05-01 correct @begun - {"milestone":"permits_granted"}"#,
                "recorded",
            ),
            ("2025-05-01 correct @begun - nosource", "warned no_source"),
            (
                r#"2025-05-01 correct @note - {"words":"a chart"}"#,
                "refused not_correctable",
            ),
            (
                r#"2025-05-01 correct @officer - {"officer":"u:three"}"#,
                "recorded",
            ),
            (
                "2025-05-01 correct @officer 2025-04-20",
                "refused day_not_taken",
            ),
            (
                r#"2025-05-01 correct @link - {"relation":"implements","target":"$sand"}"#,
                "refused unknown_target",
            ),
            (
                "2025-05-01 correct 00000000-0000-0000-0000-0000000000ff 2025-04-20",
                "refused unknown_fact",
            ),
        ],
    );
}

#[test]
fn a_correction_to_what_is_in_force_is_nothing_to_do() {
    let story = given(
        r#"
        2025-04-24 brick land_allocated 2025-04-22 {"area":{"amount":"3.1","qualifier":"exact","unit":"ha"}} as land
    "#,
    );
    let area = |amount: &str| {
        format!(
            r#"2025-05-05 correct @land 2025-04-22 {{"area":{{"amount":"{amount}","qualifier":"exact","unit":"ha"}}}}"#
        )
    };
    table(
        &story,
        &[
            ("2025-05-05 correct @land 2025-04-22", "nothing"),
            (&area("3.1"), "nothing"),
            (&area("3.10"), "recorded"),
            (&area("2.9"), "recorded"),
        ],
    );
}

#[test]
fn a_correction_keeps_its_kind() {
    let story = given(r#"2025-04-24 brick land_allocated 2025-04-22 as land"#);
    let line = r#"2025-05-05 brick fact_corrected - {"fact":"@land","now":{"data":{},"kind":"signed","on":"2025-04-22","sources":[],"v":1},"reason":"typing error"}"#;
    table(
        &story,
        &[
            (line, "refused wrong_fact"),
            (
                &line.replace("\"signed\"", "\"sunshine\""),
                "refused unknown_kind",
            ),
            (
                &line.replace("\"signed\"", "\"land_allocated\""),
                "warned no_source",
            ),
        ],
    );
}

#[test]
fn a_retraction_is_final_and_of_retractable_kinds_alone() {
    let story = given(
        r#"
        2025-04-18 brick signed 2025-04-17
        2025-05-11 brick milestone_reached 2025-05-02 {"milestone":"site_identified"} as site
        2025-05-20 retract @site as gone
        2025-05-20 brick assigned - {"officer":"u:two"} as officer
        2025-05-20 ledger noted - {"words":"the server moved"} as moved
    "#,
    );
    table(
        &story,
        &[
            ("2025-05-21 retract @site", "refused fact_retracted"),
            ("2025-05-21 retract @gone", "refused fact_retracted"),
            (
                "2025-05-21 correct @site 2025-05-03",
                "refused fact_retracted",
            ),
            ("2025-05-21 source @site", "refused fact_retracted"),
            (
                "2025-05-21 confirm @site by u:two",
                "refused fact_retracted",
            ),
            ("2025-05-21 move @site glass", "refused fact_retracted"),
            ("2025-05-21 retract @officer", "refused not_retractable"),
            ("2025-05-21 retract @moved", "recorded"),
            ("2025-05-21 source @moved", "refused wrong_stream"),
            (
                r#"2025-05-21 brick milestone_reached 2025-05-02 {"milestone":"site_identified"}"#,
                "recorded",
            ),
        ],
    );
    let track = story.books[&thing("ledger")].facts().nth(1).unwrap().id();
    table(
        &story,
        &[(
            &format!("2025-05-21 retract {track}"),
            "refused not_retractable",
        )],
    );
}

#[test]
fn a_source_added_and_a_confirmation_are_withdrawn_by_their_own_event() {
    let mut story = given(
        r#"
        2025-04-24 brick land_allocated 2025-04-22 as land
        2025-04-25 source @land {"title":"The gazette","type":"statement"} as added
        2025-04-25 confirm @land by u:two as seen
    "#,
    );
    table(
        &story,
        &[
            ("2025-05-01 correct @added 2025-04-20", "refused wrong_fact"),
            ("2025-05-01 move @seen glass", "refused wrong_fact"),
        ],
    );
    story.accepts("2025-05-01 retract @added as undone");
    story.accepts("2025-05-01 retract @seen");
    let fact = story.book("brick").fact(story.fact("land")).unwrap();
    assert!(fact.is_live());
    assert_eq!(fact.sources().count(), 1);
    assert!(fact.confirmation().is_none());
    table(
        &story,
        &[
            ("2025-05-02 retract @added", "refused fact_retracted"),
            ("2025-05-02 retract @undone", "refused wrong_fact"),
        ],
    );
}

#[test]
fn sources_are_added_once_and_at_least_one() {
    let story = given("2025-04-24 brick land_allocated 2025-04-22 nosource as land");
    table(
        &story,
        &[
            ("2025-04-25 source @land nosource", "refused source_missing"),
            ("2025-04-25 source @land", "recorded"),
            ("2025-04-25 source @land ;; source @land", "recorded"),
        ],
    );
    let mut sourced = story.clone();
    let twice = sourced.accepts("2025-04-25 source @land ;; source @land");
    assert_eq!(twice.events.len(), 1);
    table(&sourced, &[("2025-04-26 source @land", "nothing")]);
}

#[test]
fn a_confirmation_is_a_second_persons_word_on_the_version_in_force() {
    let mut story = given(
        "
        2025-04-24 brick land_allocated 2025-04-22 as land
        2025-04-26 correct @land 2025-04-21 by u:two as better
    ",
    );
    table(
        &story,
        &[
            ("2025-04-27 confirm @land by u:two", "refused own_record"),
            ("2025-04-27 confirm @better by u:two", "refused own_record"),
            ("2025-04-27 confirm @land by u:one", "recorded"),
            ("2025-04-27 confirm @land @better by u:three", "recorded"),
            (
                "2025-04-27 confirm @land @land by u:three",
                "refused version_superseded",
            ),
            (
                "2025-04-27 confirm @land 00000000-0000-0000-0000-0000000000ff by u:three",
                "refused unknown_fact",
            ),
        ],
    );
    let stale = story
        .clone()
        .refuses("2025-04-27 confirm @land @land by u:three");
    assert_eq!(stale.class(), RefusalClass::Stale);
    story.accepts("2025-04-27 confirm @land by u:three");
    table(
        &story,
        &[
            ("2025-04-28 confirm @land by u:three", "nothing"),
            ("2025-04-28 confirm @land by u:four", "recorded"),
        ],
    );
}

#[test]
fn a_move_keeps_the_day_the_sources_and_where_the_fact_came_from() {
    let mut story = given(
        r#"
        2025-05-01 brick company_incorporated ../2025-05-01 {"identifier":{"id":"77","scheme":"tax"},"legal_name":"Glassworks LLC"} as inc
        2025-05-02 source @inc {"title":"The register","type":"register"}
        2025-05-02 glass signed 2025-04-17
    "#,
    );
    let since = story
        .book("brick")
        .fact(story.fact("inc"))
        .unwrap()
        .current()
        .on_since;
    let decision = story.accepts("2025-05-03 move @inc glass as moved");
    assert_eq!(
        decision.events.len(),
        2,
        "one batch, retracted here and recorded there"
    );
    let moved = story
        .book("glass")
        .fact(story.fact("moved"))
        .unwrap()
        .current()
        .clone();
    assert_eq!(moved.on.as_str(), "../2025-05-01");
    assert_eq!(moved.on_since, since);
    assert_eq!(moved.sources.len(), 2);
    assert_eq!(moved.payload.continues().unwrap().fact, story.fact("inc"));
    assert!(
        !story
            .book("brick")
            .fact(story.fact("inc"))
            .unwrap()
            .is_live()
    );
    // A correction of a moved fact still says what it continues.
    story.accepts(r#"2025-05-04 correct @moved - {"legal_name":"Glass LLC"}"#);
    let corrected = story
        .book("glass")
        .fact(story.fact("moved"))
        .unwrap()
        .payload()
        .continues();
    assert_eq!(corrected, moved.payload.continues());
}

#[test]
fn only_what_can_stand_elsewhere_is_moved() {
    let story = given(
        r#"
        2025-05-01 brick land_allocated 2025-04-30 as land
        2025-05-01 brick milestone_reversed 2025-05-01 {"fact":"@land","words":"void"} as undone
        2025-05-01 brick linked - {"relation":"implements","target":"$accord"} as link
        2025-05-01 brick noted - {"words":"a map"} as note
    "#,
    );
    table(
        &story,
        &[
            ("2025-05-03 move @land brick", "refused wrong_stream"),
            ("2025-05-03 move @land bundle", "refused wrong_stream"),
            ("2025-05-03 move @land accord", "refused not_in_track"),
            ("2025-05-03 move @land sand", "refused not_registered"),
            ("2025-05-03 move @undone glass", "refused not_movable"),
            ("2025-05-03 move @link glass", "refused not_movable"),
            ("2025-05-03 move @note bundle", "recorded"),
            (
                "2025-05-03 move @land glass",
                "warned before_signing left_dangling",
            ),
        ],
    );
}

#[test]
fn only_a_move_says_what_a_fact_continues() {
    let story = given("2025-05-01 brick land_allocated 2025-04-30 as land");
    table(
        &story,
        &[
            (
                r#"2025-05-03 glass land_allocated 2025-04-30 {"continues":{"fact":"@land","since":"2025-01-01"}}"#,
                "refused continues_not_taken",
            ),
            (
                r#"2025-05-03 correct @land - {"continues":{"fact":"@land","since":"2025-01-01"}}"#,
                "refused continues_not_taken",
            ),
        ],
    );
}

#[test]
fn what_speaks_of_a_fact_no_longer_there_warns() {
    let story = given(
        r#"
        2025-05-01 brick land_allocated 2025-04-30 as land
        2025-05-02 brick milestone_reversed 2025-05-02 {"fact":"@land","words":"void"}
        2025-05-02 brick claim_stated - {"field":"area","value":"three hectares"} as claim
        2025-05-02 brick claim_preferred - {"claim":"@claim","reason":"the later source"}
    "#,
    );
    table(
        &story,
        &[
            ("2025-05-03 retract @land", "warned left_dangling"),
            ("2025-05-03 retract @claim", "warned left_dangling"),
        ],
    );
}

#[test]
fn a_retracted_registration_withdraws_the_agreement_and_its_trail_stays() {
    let mut story = given(
        r#"
        2025-05-01 brick land_allocated 2025-04-30 as land
        2025-05-01 glass linked - {"relation":"implements","target":"$brick"}
    "#,
    );
    let registration = story.book("brick").registration().unwrap().id();
    let decision = story.accepts(&format!("2025-05-02 retract {registration}"));
    assert_eq!(codes(&decision), ["still_named"]);
    assert!(
        decision.warnings[0]
            .sentence
            .ends_with("still named by AG-GLASS")
    );
    table(
        &story,
        &[
            (
                "2025-05-03 brick noted - {\"words\":\"a map\"}",
                "refused withdrawn",
            ),
            ("2025-05-03 correct @land 2025-04-29", "recorded"),
            ("2025-05-03 move @land glass", "warned before_signing"),
            (
                r#"2025-05-03 accord linked - {"relation":"implements","target":"$brick"}"#,
                "refused target_withdrawn",
            ),
            (
                r#"2025-05-03 brick agreement_registered - {"class":"practical","instrument":"mou","nature":"unknown","ref":"AG-NEW","titles":{"en":"Brick"}}"#,
                "refused already_registered",
            ),
            (
                &format!("2025-05-03 correct {registration} 2025-01-01"),
                "refused fact_retracted",
            ),
        ],
    );
}
