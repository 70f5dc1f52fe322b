//! A fictional agency's office in spring and summer 2025: two officers, two review tiers, one package,
//! and one of everything that can need attention.

use dealtrail::deal::policy::Policy;
use serde_json::json;

use super::ledger::Ledger;

/// The agency's own file, with a number, so that it counts as documented.
pub(super) const FILE: &str = r#"[{"title":"Register of land","type":"register","publisher":"Register office","number":"R-1"}]"#;
/// What a newspaper says.
pub(super) const PAPER: &str = r#"[{"title":"Morning paper","type":"statement"}]"#;

fn agreement(ledger: &mut Ledger, reference: &str, title: &str, more: &str) {
    let data = ledger.filled(&format!(
        r#"{{"ref":"{reference}","titles":{{"en":"{title}"}},"class":"practical","instrument":"contract","nature":"greenfield"{more}}}"#
    ));
    ledger.add(reference, "agreement_registered", None, &data);
}

fn assigned(ledger: &mut Ledger, reference: &str, officer: &str) {
    let data = format!(r#"{{"officer":"{officer}"}}"#);
    ledger.add(reference, "assigned", None, &data);
}

/// The office up to 30 April: what was registered and signed.
fn april(ledger: &mut Ledger) {
    let mut policy = serde_json::to_value(Policy::built_in()).unwrap();
    let tier = json!({"code": "priority", "names": {"en": "priority agreements"}, "review_every_days": 30});
    policy["review_tiers"].as_array_mut().unwrap().push(tier);
    let policy = json!({ "policy": policy }).to_string();
    ledger.add("LEDGER", "policy_set", None, &policy);
    ledger.end();
    ledger.add("PK-1", "package_registered", None,
        r#"{"ref":"PK-1","titles":{"en":"Spring fair"},"declared_counts":{"all":2,"practical":1,"institutional":1},"declared_value":{"money":{"amount":"10000000","currency":"USD","kind":"declared","qualifier":"exact"},"scope":"all"}}"#);
    let member = r#","package":"<PK-1>","review_tier":"priority""#;
    agreement(ledger, "AG-BRICK", "Brick works", member);
    agreement(ledger, "AG-GLASS", "Glass works", r#","package":"<PK-1>""#);
    agreement(ledger, "AG-STEEL", "Steel works", "");
    agreement(ledger, "AG-TILE", "Tile works", "");
    agreement(ledger, "AG-DONE", "Lime works", "");
    agreement(ledger, "AG-TWIN", "Brick works again", "");
    ledger.add(
        "OC-FAIR",
        "occasion_registered",
        Some("2025-04-17"),
        r#"{"ref":"OC-FAIR","kind":"conference","names":{"en":"Spring fair"}}"#,
    );
    for reference in ["AG-BRICK", "AG-GLASS", "AG-STEEL", "AG-DONE"] {
        ledger.add(reference, "signed", Some("2025-04-17"), "{}");
    }
    let twin = ledger.filled(r#"{"relation":"duplicate_of","target":"<AG-BRICK>"}"#);
    ledger.add("AG-TWIN", "linked", None, &twin);
    assigned(ledger, "AG-BRICK", "u:ana");
    assigned(ledger, "AG-STEEL", "u:ana");
    assigned(ledger, "AG-GLASS", "u:boris");
    ledger.end();
}

/// May: what fits and what does not.
fn may(ledger: &mut Ledger) {
    ledger.day("2025-05-06", PAPER);
    ledger.add(
        "AG-BRICK",
        "milestone_reached",
        Some("2025-05-02"),
        r#"{"milestone":"land_handed_over"}"#,
    );
    ledger.add("AG-BRICK", "expectation_stated", Some("2025-05-06"),
        r#"{"milestone":"company_incorporated","horizon":"../2025-06-01","review_on":"2025-05-20"}"#);
    ledger.add(
        "AG-BRICK",
        "value_stated",
        Some("2025-05-06"),
        r#"{"money":{"amount":"12000000","currency":"USD","kind":"declared","qualifier":"exact"}}"#,
    );
    ledger.add(
        "AG-GLASS",
        "land_allocated",
        Some("2025-04-10"),
        r#"{"area":{"amount":"2","unit":"ha","qualifier":"exact"}}"#,
    );
    ledger.end();
    ledger.day("2025-05-08", FILE);
    ledger.add(
        "AG-GLASS",
        "land_allocated",
        Some("2025-05-01"),
        r#"{"area":{"amount":"2.1","unit":"ha","qualifier":"exact"}}"#,
    );
    ledger.add("AG-GLASS", "obstacle_raised", Some("2025-05-08"),
        r#"{"reason":"utilities","words":"the power line ends at the road","body":{"description":"Grid company","role":"responsible"},"due":"2025-05-20"}"#);
    ledger.add(
        "AG-GLASS",
        "obstacle_raised",
        Some("2025-05-08"),
        r#"{"reason":"permits"}"#,
    );
    ledger.add("AG-GLASS", "promise_made", Some("2025-05-08"),
        r#"{"owner":{"description":"the zone's management","role":"owner"},"what":"send the draft lease","due":"2025-06"}"#);
    ledger.add(
        "AG-STEEL",
        "suspended",
        Some("2025-05-08"),
        r#"{"reason":"finance"}"#,
    );
    ledger.add("AG-STEEL", "promise_made", Some("2025-05-08"),
        r#"{"owner":{"description":"the bank","role":"owner"},"what":"answer on the loan","due":"2025-05-31"}"#);
    ledger.add(
        "OC-FAIR",
        "promise_made",
        Some("2025-05-08"),
        r#"{"owner":{"description":"the host","role":"owner"},"what":"a list of sites"}"#,
    );
    ledger.add(
        "AG-DONE",
        "terminated",
        Some("2025-05-08"),
        r#"{"reason":"promoter_interest"}"#,
    );
    ledger.end();
    ledger.day("2025-05-09", "[]");
    ledger.add(
        "AG-STEEL",
        "value_stated",
        Some("2025-05-09"),
        r#"{"money":{"amount":"3","currency":"USD","kind":"estimated","qualifier":"about"}}"#,
    );
    ledger.end();
}

/// The whole office up to 9 May.
pub(super) fn office() -> Ledger {
    let mut ledger = Ledger::opened("Agency of Bricks", false);
    ledger.day("2025-04-18", PAPER);
    april(&mut ledger);
    may(&mut ledger);
    ledger
}
