//! Registrations, descriptions, links, assignments, and the ledger's own kinds.

use super::story::{blank, given, table};

#[test]
fn a_kind_stands_in_its_own_sort_of_stream() {
    let story = given("");
    table(
        &story,
        &[
            (
                "2025-05-01 bundle signed 2025-04-17",
                "refused wrong_stream",
            ),
            (
                "2025-05-01 fair land_allocated 2025-04-17",
                "refused wrong_stream",
            ),
            (
                r#"2025-05-01 brick policy_set - {"policy":{"conversions":[],"review_tiers":[]}}"#,
                "refused wrong_stream",
            ),
            (
                r#"2025-05-01 ledger noted - {"words":"the server moved"}"#,
                "recorded",
            ),
        ],
    );
    let refusal = story.clone().refuses("2025-05-01 bundle signed 2025-04-17");
    assert_eq!(refusal.hint, "it is recorded of: `agreement`");
}

#[test]
fn nothing_is_recorded_of_what_is_not_registered() {
    table(
        &given(""),
        &[
            (
                "2025-05-01 sand signed 2025-04-17",
                "refused not_registered",
            ),
            (
                r#"2025-05-01 sand noted - {"words":"a map"}"#,
                "refused not_registered",
            ),
            (
                r#"2025-05-01 sand agreement_registered - {"class":"practical","instrument":"mou","nature":"unknown","ref":"AG-SAND","titles":{"en":"Sand"}} ;; sand signed 2025-04-17"#,
                "recorded",
            ),
        ],
    );
}

#[test]
fn what_a_registration_names_must_exist_and_be_of_the_right_sort() {
    let sand = |rest: &str| {
        format!(
            r#"2025-05-01 sand agreement_registered - {{"class":"practical","instrument":"mou","nature":"unknown",{rest}"ref":"AG-SAND","titles":{{"en":"Sand"}}}}"#
        )
    };
    let party = |thing: &str| {
        sand(&format!(
            r#""parties":[{{"organization":"${thing}","role":"investor"}}],"#
        ))
    };
    let nobody = "organization-00000000-0000-0000-0000-00000000ffff";
    let story = given("2025-04-30 fair occasion_described - {\"place\":\"Baku\"}");
    table(
        &story,
        &[
            (&sand(r#""package":"$bundle","#), "recorded"),
            (&sand(r#""package":"$fair","#), "refused wrong_target"),
            (
                &sand(r#""package":"package-00000000-0000-0000-0000-00000000ffff","#),
                "refused unknown_target",
            ),
            (&party("works"), "recorded"),
            (
                &party("works").replace("\"$works\"", &format!("\"{nobody}\"")),
                "refused unknown_target",
            ),
            (&sand(r#""review_tier":"all","#), "recorded"),
            (&sand(r#""review_tier":"al","#), "refused no_such_tier"),
            (
                r#"2025-05-01 brick signed 2025-04-17 {"occasion":"$fair"}"#,
                "recorded",
            ),
            (
                r#"2025-05-01 brick signed 2025-04-17 {"occasion":"$bundle"}"#,
                "refused wrong_target",
            ),
            (
                r#"2025-05-01 brick agreement_described - {"package":"$glass"}"#,
                "refused wrong_target",
            ),
        ],
    );
}

#[test]
fn nothing_belongs_to_itself_not_even_by_a_detour() {
    let story = given(r#"2025-05-01 plant organization_described - {"parent":"$works"}"#);
    table(
        &story,
        &[
            (
                r#"2025-05-02 works organization_described - {"parent":"$works"}"#,
                "refused circle",
            ),
            (
                r#"2025-05-02 works organization_described - {"parent":"$plant"}"#,
                "refused circle",
            ),
            (
                r#"2025-05-02 fair occasion_described - {"parent":"$fair"}"#,
                "refused circle",
            ),
        ],
    );
}

#[test]
fn a_description_that_changes_nothing_is_nothing_to_do() {
    let story = given(r#"2025-05-01 brick agreement_described - {"nature":"expansion"}"#);
    table(
        &story,
        &[
            (
                r#"2025-05-02 brick agreement_described - {"nature":"expansion"}"#,
                "nothing",
            ),
            (
                r#"2025-05-02 brick agreement_described - {"instrument":"contract","parties":[]}"#,
                "nothing",
            ),
            ("2025-05-02 brick agreement_described -", "nothing"),
            (
                r#"2025-05-02 brick agreement_described - {"nature":"greenfield"}"#,
                "recorded",
            ),
            (
                r#"2025-05-02 brick agreement_described - {"sectors":[{"text":"bricks"}]}"#,
                "recorded",
            ),
            (
                r#"2025-05-02 fair occasion_described - {"theme":"Building"}"#,
                "recorded",
            ),
            (
                r#"2025-05-02 fair occasion_described - {"kind":"conference"}"#,
                "nothing",
            ),
            (
                r#"2025-05-02 works organization_described - {"names":{"en":"Works"}}"#,
                "nothing",
            ),
        ],
    );
}

#[test]
fn a_class_that_leaves_milestones_without_a_track_warns() {
    let story = given(
        "
        2025-05-01 brick signed 2025-04-17
        2025-05-01 brick land_allocated 2025-04-30
    ",
    );
    table(
        &story,
        &[(
            r#"2025-05-02 brick agreement_described - {"class":"institutional"}"#,
            "warned not_in_track",
        )],
    );
}

#[test]
fn links_point_at_something_else_that_exists_and_are_said_once() {
    let link = |name: &str, relation: &str, target: &str| {
        format!(r#"2025-05-02 {name} linked - {{"relation":"{relation}","target":"${target}"}}"#)
    };
    let story = given(
        r#"
        2025-05-01 brick linked - {"relation":"supersedes","target":"$glass"} as link
        2025-05-01 glass linked - {"relation":"supersedes","target":"$accord"}
    "#,
    );
    table(
        &story,
        &[
            (&link("brick", "supersedes", "glass"), "nothing"),
            (&link("brick", "implements", "glass"), "recorded"),
            (&link("brick", "implements", "brick"), "refused circle"),
            (&link("accord", "supersedes", "brick"), "refused circle"),
            (&link("accord", "implements", "brick"), "recorded"),
            (
                &link("brick", "implements", "sand"),
                "refused unknown_target",
            ),
            (
                &link("brick", "implements", "ledger"),
                "refused wrong_target",
            ),
            (&link("fair", "arises_from", "accord"), "recorded"),
            (
                &link("fair", "duplicate_of", "accord"),
                "refused wrong_target",
            ),
            (
                r#"2025-05-02 correct @link - {"inferred":"by its title","relation":"supersedes","target":"$glass"}"#,
                "recorded",
            ),
        ],
    );
}

#[test]
fn an_officer_is_assigned_once() {
    let story = given(r#"2025-05-01 brick assigned - {"officer":"u:two"}"#);
    table(
        &story,
        &[
            (
                r#"2025-05-02 brick assigned - {"officer":"u:two"}"#,
                "nothing",
            ),
            (
                r#"2025-05-02 brick assigned - {"officer":"u:three"}"#,
                "recorded",
            ),
            (
                r#"2025-05-02 glass assigned - {"officer":"u:two"}"#,
                "recorded",
            ),
        ],
    );
}

#[test]
fn a_ledger_is_opened_first_and_once() {
    const OPENED: &str = r#"2025-05-01 ledger ledger_opened - {"agency":{"en":"Agency"},"demonstration":false,"languages":["en"],"origin":"example.test/agency","zone":"Asia/Baku"}"#;
    table(
        &blank(),
        &[
            (OPENED, "recorded"),
            (
                r#"2025-05-01 ledger noted - {"words":"early"}"#,
                "refused ledger_opening",
            ),
        ],
    );
    table(&given(""), &[(OPENED, "refused ledger_opening")]);
}

const SIGNED: &str = r#"{"code":"signed","names":{"en":"signed"},"step":false}"#;
const FORCE: &str = r#"{"code":"in_force","names":{"en":"in force"},"step":true}"#;

fn track(milestones: &str, needs: &str) -> String {
    format!(
        r#"2025-05-01 ledger track_defined - {{"track":{{"class":"institutional","milestones":[{milestones}],"needs":[{needs}],"review_interval_days":30}}}}"#
    )
}

#[test]
fn a_track_does_not_contradict_itself() {
    let both = format!("{SIGNED},{FORCE}");
    let needs = r#"{"milestone":"in_force","needs":"signed"}"#;
    table(
        &given(""),
        &[
            (&track(&both, needs), "recorded"),
            (
                &track(&format!("{SIGNED},{SIGNED}"), ""),
                "refused bad_track",
            ),
            (&track(FORCE, ""), "refused bad_track"),
            (&track(SIGNED, needs), "refused bad_track"),
            (
                &track(SIGNED, r#"{"milestone":"signed","needs":"signed"}"#),
                "refused bad_track",
            ),
        ],
    );
    let mut redefined = given("");
    redefined.accepts(&track(&both, ""));
    table(
        &redefined,
        &[
            (&track(&both, ""), "nothing"),
            (
                r#"2025-05-02 accord milestone_reached 2025-05-01 {"milestone":"work_plan_agreed"}"#,
                "refused not_in_track",
            ),
        ],
    );
}

#[test]
fn a_policy_does_not_contradict_itself() {
    let policy = |conversions: &str, tiers: &str| {
        format!(
            r#"2025-05-01 ledger policy_set - {{"policy":{{"conversions":[{conversions}],"review_tiers":[{tiers}]}}}}"#
        )
    };
    let tier = r#"{"code":"all","names":{"en":"all"},"review_every_days":90}"#;
    let on =
        |criterion: &str| format!(r#"{{"code":"x","criterion":{criterion},"names":{{"en":"x"}}}}"#);
    let step = on(r#"{"kind":"any_step"}"#);
    let level = on(r#"{"kind":"documented_step","min_level":5,"min_model":"agreed"}"#);
    let known = on(r#"{"kind":"milestone","milestone":"in_force"}"#);
    let unknown = on(r#"{"kind":"milestone","milestone":"sunshine"}"#);
    table(
        &given(""),
        &[
            (&policy(&step, tier), "recorded"),
            (&policy(&known, tier), "recorded"),
            (&policy(&step, ""), "refused bad_policy"),
            (
                &policy(&step, &format!("{tier},{tier}")),
                "refused bad_policy",
            ),
            (
                &policy(&format!("{step},{step}"), tier),
                "refused bad_policy",
            ),
            (&policy(&level, tier), "refused bad_policy"),
            (&policy(&unknown, tier), "refused bad_policy"),
        ],
    );
}
