//! A package held against its members: declared are one institutional and two practical documents,
//! and 100 USD.

use super::story::{given, table};

const MEMBERS: &str = r#"
    2025-05-01 brick agreement_described - {"package":"$bundle"}
    2025-05-01 glass agreement_described - {"package":"$bundle"}
"#;

fn value(thing: &str, amount: &str, currency: &str) -> String {
    format!(
        r#"2025-05-02 {thing} value_stated 2025-05-01 {{"money":{{"amount":"{amount}","currency":"{currency}","kind":"contracted","qualifier":"exact"}}}}"#
    )
}

#[test]
fn more_members_than_declared_warn() {
    let story = given(MEMBERS);
    let sand = |class: &str| {
        format!(
            r#"2025-05-02 sand agreement_registered - {{"class":"{class}","instrument":"mou","nature":"unknown","package":"$bundle","ref":"AG-SAND","titles":{{"en":"Sand"}}}}"#
        )
    };
    table(
        &story,
        &[
            (&sand("institutional"), "recorded"),
            (&sand("practical"), "warned counts_differ"),
            (
                &format!(
                    r#"{} ;; sand linked - {{"relation":"duplicate_of","target":"$brick"}}"#,
                    sand("practical")
                ),
                "recorded",
            ),
            (
                &format!(
                    r#"{} ;; sand linked - {{"relation":"supersedes","target":"$brick"}}"#,
                    sand("practical")
                ),
                "recorded",
            ),
            (
                r#"2025-05-02 bundle package_described - {"declared_counts":{"practical":1}}"#,
                "warned counts_differ",
            ),
            (
                r#"2025-05-02 bundle package_described - {"declared_counts":{"all":4,"institutional":1,"practical":2}}"#,
                "warned counts_differ",
            ),
            (
                r#"2025-05-02 bundle package_described - {"declared_counts":{}}"#,
                "recorded",
            ),
            (r#"2025-05-02 brick noted - {"words":"a map"}"#, "recorded"),
        ],
    );
    let mut full = story.clone();
    let decision = full.accepts(&sand("practical"));
    let warning = decision
        .warnings
        .iter()
        .find(|w| w.code.code() == "counts_differ")
        .unwrap();
    assert_eq!(
        warning.sentence,
        "3 practical documents are registered, and 2 declared"
    );
}

#[test]
fn parts_above_the_declared_whole_warn() {
    let mut story = given(MEMBERS);
    story.accepts(&value("brick", "60", "USD"));
    table(
        &story,
        &[
            (&value("glass", "40", "USD"), "recorded"),
            (&value("glass", "41", "USD"), "warned parts_above_whole"),
            (&value("glass", "41", "AZN"), "recorded"),
            (&value("brick", "90", "USD"), "recorded"),
            (&value("accord", "90", "USD"), "recorded"),
            (&value("bundle", "100", "USD"), "recorded"),
            (&value("bundle", "101", "USD"), "warned parts_above_whole"),
        ],
    );
    let decision = story.clone().accepts(&value("glass", "41", "USD"));
    let warning = decision
        .warnings
        .iter()
        .find(|w| w.code.code() == "parts_above_whole")
        .unwrap();
    assert_eq!(
        warning.sentence,
        "the contracted values of its members come to USD 101, above the declared USD 100"
    );
    let over = r#"2025-05-02 bundle package_described - {"declared_value":{"money":{"amount":"50","currency":"USD","kind":"declared","qualifier":"over"},"scope":"all"}}"#;
    let lower = over.replace("\"over\"", "\"exact\"");
    table(
        &story,
        &[(over, "recorded"), (&lower, "warned parts_above_whole")],
    );
}

#[test]
fn instalments_add_up_and_a_figure_to_date_replaces_them() {
    let paid = |amount: &str, mode: &str| {
        format!(
            r#"2025-05-02 brick value_stated 2025-05-01 {{"money":{{"amount":"{amount}","currency":"USD","kind":"realised","mode":"{mode}","qualifier":"exact"}}}}"#
        )
    };
    let mut story = given(MEMBERS);
    story.accepts(&paid("60", "instalment"));
    table(
        &story,
        &[
            (&paid("41", "instalment"), "warned parts_above_whole"),
            (&paid("70", "to_date"), "recorded"),
            (&paid("101", "to_date"), "warned parts_above_whole"),
        ],
    );
}

#[test]
fn a_value_for_the_practical_documents_is_held_against_them_alone() {
    let mut story = given(MEMBERS);
    story.accepts(r#"2025-05-01 accord agreement_described - {"package":"$bundle"}"#);
    story.accepts(&value("brick", "60", "USD"));
    let accord = value("accord", "50", "USD");
    table(&story, &[(&accord, "warned parts_above_whole")]);
    story.accepts(r#"2025-05-02 bundle package_described - {"declared_value":{"money":{"amount":"100","currency":"USD","kind":"declared","qualifier":"exact"},"scope":"practical"}}"#);
    table(&story, &[(&accord, "recorded")]);
}
