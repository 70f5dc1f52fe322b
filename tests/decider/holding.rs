//! References, parcels and companies: one holder at a time.

use super::story::{given, table, thing};
use dealtrail::deal::refusal::RefusalClass;

const BRICK_HOLDS: &str = r#"
    2025-04-18 brick signed 2025-04-17
    2025-04-18 glass signed 2025-04-17
    2025-04-24 brick land_allocated 2025-04-22 {"parcel":"AZ-12 345"} as land
"#;
const GLASS_WANTS: &str = r#"2025-05-02 glass land_allocated 2025-05-01 {"parcel":"az12345"}"#;

#[test]
fn a_parcel_has_one_holder_unless_the_new_fact_says_shared() {
    let story = given(BRICK_HOLDS);
    table(
        &story,
        &[
            (GLASS_WANTS, "refused parcel_held"),
            (
                r#"2025-05-02 glass land_allocated 2025-05-01 {"parcel":"AZ-12-346"}"#,
                "recorded",
            ),
            (
                r#"2025-05-02 glass land_allocated 2025-05-01 {"parcel":"AZ-12-345","shared":true}"#,
                "recorded",
            ),
            (
                r#"2025-05-02 brick land_allocated 2025-05-01 {"additional":true,"parcel":"AZ-12-345"}"#,
                "recorded",
            ),
        ],
    );
    let refusal = story.clone().refuses(GLASS_WANTS);
    assert_eq!(refusal.class(), RefusalClass::Conflict);
    assert_eq!(refusal.sentence, "the parcel az12345 is held by AG-BRICK");
    let other = refusal.other.unwrap();
    assert_eq!(other.stream, Some(thing("brick")));
    assert_eq!(other.reference.unwrap().as_str(), "AG-BRICK");
    assert_eq!(other.event, Some(story.fact("land")));
}

#[test]
fn a_parcel_is_free_once_its_holder_lets_go() {
    for release in [
        "2025-05-01 retract @land",
        r#"2025-05-01 correct @land - {"parcel":"AZ-99"}"#,
        r#"2025-05-01 brick milestone_reversed 2025-05-01 {"fact":"@land","words":"withdrawn"}"#,
        "2025-05-01 brick terminated 2025-05-01",
    ] {
        let mut story = given(BRICK_HOLDS);
        story.accepts(release);
        table(&story, &[(GLASS_WANTS, "recorded")]);
    }
    let mut withdrawn = given(BRICK_HOLDS);
    let registration = withdrawn.book("brick").registration().unwrap().id();
    withdrawn.accepts(&format!("2025-05-01 retract {registration}"));
    table(&withdrawn, &[(GLASS_WANTS, "recorded")]);

    let mut completed = given(BRICK_HOLDS);
    completed.accepts("2025-05-01 brick completed 2025-05-01");
    table(&completed, &[(GLASS_WANTS, "refused parcel_held")]);
}

#[test]
fn no_way_of_amending_gives_a_parcel_two_holders() {
    let mut story = given(BRICK_HOLDS);
    story.accepts(r#"2025-04-25 brick land_allocated 2025-04-25 {"additional":true,"parcel":"P-2","shared":true} as both"#);
    story.accepts(r#"2025-04-25 glass land_allocated 2025-04-25 {"parcel":"P-2"} as second"#);
    story.accepts(
        r#"2025-04-26 glass land_allocated 2025-04-25 {"additional":true,"parcel":"P-3"} as third"#,
    );
    table(
        &story,
        &[
            (
                r#"2025-05-01 correct @both - {"additional":true,"parcel":"P-2"}"#,
                "refused parcel_held",
            ),
            (
                r#"2025-05-01 correct @third - {"additional":true,"parcel":"AZ-12-345"}"#,
                "refused parcel_held",
            ),
            (
                r#"2025-05-01 correct @third - {"additional":true,"parcel":"AZ-12-345","shared":true}"#,
                "recorded",
            ),
            ("2025-05-01 move @land glass", "warned already_reached"),
        ],
    );
    let lost =
        r#"2025-05-01 brick milestone_reversed 2025-05-01 {"fact":"@land","words":"void"} as lost"#;
    for (letting_go, taking_back) in [
        (
            "2025-05-01 brick terminated 2025-05-01 as end",
            "2025-06-01 retract @end",
        ),
        (
            "2025-05-01 brick terminated 2025-05-01 as end",
            "2025-06-01 brick reopened 2025-06-01",
        ),
        (lost, "2025-06-01 retract @lost"),
    ] {
        let mut story = given(BRICK_HOLDS);
        story.accepts(letting_go);
        story.accepts(GLASS_WANTS);
        let refusal = story.refuses(taking_back);
        assert_eq!(refusal.code(), "parcel_held", "{taking_back}");
        assert_eq!(
            refusal.other.unwrap().reference.unwrap().as_str(),
            "AG-GLASS"
        );
    }
}

#[test]
fn one_command_cannot_give_a_parcel_to_two_and_may_hand_it_over() {
    let story = given(
        "
        2025-04-18 brick signed 2025-04-17
        2025-04-18 glass signed 2025-04-17
    ",
    );
    let both = r#"2025-05-02 brick land_allocated 2025-05-01 {"parcel":"P-1"} ;; glass land_allocated 2025-05-01 {"parcel":"P-1"}"#;
    table(&story, &[(both, "refused parcel_held")]);
    let mut held = given(BRICK_HOLDS);
    let glass = GLASS_WANTS.strip_prefix("2025-05-02 ").unwrap();
    table(
        &held,
        &[
            (&format!("2025-05-02 retract @land ;; {glass}"), "recorded"),
            (&format!("2025-05-02 {glass} ;; retract @land"), "recorded"),
        ],
    );
    let refusal = held.refuses(&format!(
        "2025-05-02 brick noted - {{\"words\":\"x\"}} ;; {glass}"
    ));
    assert_eq!(
        refusal.intent,
        Some(1),
        "the refusal says which intent it is about"
    );
}

#[test]
fn a_company_serves_one_agreement_unless_shared() {
    let story = given(
        r#"
        2025-04-18 brick signed 2025-04-17
        2025-04-18 glass signed 2025-04-17
        2025-04-24 brick company_incorporated 2025-04-22 {"identifier":{"id":"12-34","scheme":"tax"},"legal_name":"Works LLC"}
    "#,
    );
    let glass = |rest: &str| {
        format!(
            r#"2025-05-02 glass company_incorporated 2025-05-01 {{"identifier":{{"id":"{rest},"legal_name":"Works LLC"}}"#
        )
    };
    table(
        &story,
        &[
            (&glass(r#"1234","scheme":"tax"}"#), "refused company_held"),
            (&glass(r#"1234","scheme":"court"}"#), "recorded"),
            (&glass(r#"1235","scheme":"tax"}"#), "recorded"),
            (&glass(r#"1234","scheme":"tax"},"shared":true"#), "recorded"),
        ],
    );
}

#[test]
fn a_reference_is_unique_over_all_kinds_and_kept_for_ever() {
    let register = |name: &str, reference: &str| {
        format!(
            r#"2025-05-02 {name} agreement_registered - {{"class":"practical","instrument":"mou","nature":"unknown","ref":"{reference}","titles":{{"en":"Sand"}}}}"#
        )
    };
    let story = given("");
    table(
        &story,
        &[
            (&register("sand", "AG-SAND"), "recorded"),
            (&register("sand", "AG-BRICK"), "refused ref_in_use"),
            (&register("sand", "OC-FAIR"), "refused ref_in_use"),
            (&register("brick", "AG-SAND"), "refused already_registered"),
        ],
    );
    let refusal = story.clone().refuses(&register("sand", "OC-FAIR"));
    assert_eq!(refusal.class(), RefusalClass::Conflict);
    assert_eq!(
        refusal.sentence,
        "the reference OC-FAIR is in use: it belongs to occasion OC-FAIR"
    );

    let registration = story.book("brick").registration().unwrap().id();
    let data = r#"{"class":"practical","instrument":"contract","nature":"greenfield","ref":"AG-BRICK-2","titles":{"en":"Brick"}}"#;
    let mut renamed = story.clone();
    renamed.accepts(&format!("2025-05-01 correct {registration} - {data}"));
    table(
        &renamed,
        &[
            (&register("sand", "AG-BRICK"), "refused ref_in_use"),
            (&register("sand", "AG-BRICK-2"), "refused ref_in_use"),
            (
                &format!(
                    "2025-05-02 correct {registration} - {}",
                    data.replace("BRICK-2", "BRICK")
                ),
                "recorded",
            ),
            (
                &format!(
                    "2025-05-02 correct {registration} - {}",
                    data.replace("BRICK-2", "GLASS")
                ),
                "refused ref_in_use",
            ),
        ],
    );
    let mut withdrawn = story.clone();
    withdrawn.accepts(&format!("2025-05-01 retract {registration}"));
    table(
        &withdrawn,
        &[(&register("sand", "AG-BRICK"), "refused ref_in_use")],
    );
}
