//! Money and claims.

use super::story::{given, table};

fn value(thing: &str, kind: &str, amount: &str) -> String {
    let mode = match kind {
        "contributed" | "realised" => r#""mode":"to_date","#,
        _ => "",
    };
    format!(
        r#"2025-05-02 {thing} value_stated 2025-05-01 {{"money":{{"amount":"{amount}","currency":"USD","kind":"{kind}",{mode}"qualifier":"exact"}}}}"#
    )
}

#[test]
fn the_declared_value_of_a_package_is_described_and_never_stated() {
    table(
        &given(""),
        &[
            (
                &value("bundle", "declared", "10"),
                "refused wrong_money_kind",
            ),
            (&value("bundle", "contracted", "10"), "recorded"),
            (&value("bundle", "realised", "10"), "recorded"),
            (&value("brick", "declared", "10"), "recorded"),
            (
                r#"2025-05-02 bundle package_described - {"declared_value":{"money":{"amount":"5","currency":"USD","kind":"estimated","qualifier":"exact"},"scope":"all"}}"#,
                "refused wrong_money_kind",
            ),
            (
                r#"2025-05-02 bundle package_described - {"declared_value":{"money":{"amount":"5","currency":"USD","kind":"declared","qualifier":"exact"},"scope":"all"}}"#,
                "recorded",
            ),
        ],
    );
}

#[test]
fn of_the_claims_of_one_thing_one_is_preferred() {
    let story = given(
        r#"
        2025-05-01 bundle claim_stated - {"field":"declared_counts","value":"four and nine"} as later
        2025-05-01 bundle claim_stated - {"field":"declared_counts","value":"thirteen"} as earlier
        2025-05-01 bundle claim_stated - {"field":"organisers","value":"the agency"} as who
        2025-05-01 brick claim_stated - {"field":"area","value":"three hectares"} as area
        2025-05-01 bundle noted - {"words":"a map"} as note
        2025-05-02 retract @earlier
    "#,
    );
    let prefer = |claim: &str| {
        format!(
            r#"2025-05-03 bundle claim_preferred - {{"claim":"@{claim}","reason":"it counts by class"}}"#
        )
    };
    table(
        &story,
        &[
            (&prefer("later"), "recorded"),
            (&prefer("earlier"), "refused fact_retracted"),
            (&prefer("area"), "refused wrong_fact"),
            (&prefer("note"), "refused wrong_fact"),
        ],
    );
    let mut chosen = story.clone();
    chosen.accepts(&prefer("later"));
    chosen.accepts(&prefer("who"));
    table(&chosen, &[(&prefer("later"), "nothing")]);
    chosen.accepts(r#"2025-05-03 bundle claim_stated - {"field":"declared_counts","value":"twelve"} as newest"#);
    chosen.accepts(&prefer("newest"));
    table(
        &chosen,
        &[
            (&prefer("later"), "recorded"),
            (&prefer("newest"), "nothing"),
        ],
    );
}
