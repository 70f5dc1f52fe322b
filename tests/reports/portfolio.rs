//! The true-to-life portfolio: a conference in Beijing in April 2025, as three published reports tell
//! it, each recorded on the day it was published. Institutions alone are named.

use super::ledger::Ledger;

pub(super) const A: &str = r#"[{"title":"Report on the Beijing conference","type":"statement","publisher":"Trend","published":"2025-04-18"}]"#;
pub(super) const B: &str = r#"[{"title":"Report on a meeting of AZPROMO and NDRC","type":"statement","publisher":"Trend","published":"2025-04-21"}]"#;
pub(super) const C: &str = r#"[{"title":"Statement on practical steps","type":"statement","publisher":"Trend","published":"2025-04-25"}]"#;

/// The six practical agreements whose field the source names: reference, field.
const PRACTICAL: [(&str, &str); 6] = [
    ("AG-2025-002", "cardboard production"),
    ("AG-2025-003", "machine engineering"),
    ("AG-2025-004", "tractor production"),
    ("AG-2025-005", "high technologies"),
    ("AG-2025-006", "laptop and computer production"),
    ("AG-2025-007", "aluminium production"),
];

/// The whole portfolio, with the ledger opened first.
pub(super) fn portfolio() -> Ledger {
    let mut ledger = Ledger::opened(
        "Export and Investment Promotion Agency of Azerbaijan (AZPROMO)",
        true,
    );
    conference(&mut ledger);
    meeting(&mut ledger);
    practical_steps(&mut ledger);
    ledger
}

fn conference(ledger: &mut Ledger) {
    ledger.day("2025-04-18", A);
    for (reference, name) in [
        ("OR-AZPROMO", "AZPROMO"),
        (
            "OR-NDRC",
            "National Development and Reform Commission of China (NDRC)",
        ),
        ("OR-NDRC-ICC", "International Cooperation Center of NDRC"),
    ] {
        let country = if reference == "OR-AZPROMO" {
            "AZ"
        } else {
            "CN"
        };
        ledger.add(
            reference,
            "organization_registered",
            None,
            &format!(r#"{{"ref":"{reference}","names":{{"en":"{name}"}},"country":"{country}"}}"#),
        );
    }
    ledger.add("OC-2025-001", "occasion_registered", Some("../2025-04-18"), &ledger.filled(
        r#"{"ref":"OC-2025-001","kind":"conference","names":{"en":"China-Azerbaijan industrial and investment promotion conference"},"place":"Beijing","attendance":[{"amount":"250","unit":"participants","qualifier":"about"}],"roles":[{"role":"supported","party":{"description":"Ministry of Economy of Azerbaijan","role":"ministry"}},{"role":"organised","party":{"organization":"<OR-AZPROMO>","role":"agency"}},{"role":"organised","party":{"organization":"<OR-NDRC-ICC>","role":"agency"}}]}"#,
    ));
    ledger.add("AG-2023-001", "agreement_registered", None,
        r#"{"ref":"AG-2023-001","titles":{"en":"Framework agreement on production capacity and investment cooperation"},"class":"institutional","instrument":"framework","nature":"unknown"}"#);
    ledger.add("AG-2023-001", "signed", Some("2023"), "{}");
    ledger.add("AG-2024-001", "agreement_registered", None,
        r#"{"ref":"AG-2024-001","titles":{"en":"Joint declaration on strategic partnership"},"class":"institutional","instrument":"declaration","nature":"unknown"}"#);
    ledger.add(
        "AG-2024-001",
        "signed",
        Some("2024"),
        r#"{"inferred":"The source gives no year; 2024 is inferred from the day of publication."}"#,
    );
    let link = ledger.filled(r#"{"relation":"arises_from","target":"<AG-2023-001>"}"#);
    ledger.add("OC-2025-001", "linked", None, &link);
    let package = ledger.filled(
        r#"{"ref":"PK-2025-001","titles":{"en":"Agreements of the Beijing conference"},"occasion":"<OC-2025-001>","declared_counts":{"all":13},"inferred":"The source carries no year; 2025 is inferred from later reports."}"#,
    );
    ledger.add("PK-2025-001", "package_registered", None, &package);
    ledger.add("PK-2025-001", "claim_stated", Some("2025-04-18"),
        r#"{"field":"declared_counts","value":"13 cooperation and investment agreements between institutions of both countries","speaker":{"description":"the report on the conference","role":"publisher"}}"#);
    ledger.end();
}

fn meeting(ledger: &mut Ledger) {
    ledger.day("2025-04-21", B);
    let now = ledger.data("OC-2025-001");
    ledger.correct(
        "OC-2025-001",
        "2025-04-17",
        &now,
        "a later report gives the day",
    );
    let roles = ledger.filled(
        r#"{"attendance":[{"amount":"200","unit":"companies","qualifier":"nearly"}],"roles":[{"role":"organised","party":{"organization":"<OR-AZPROMO>","role":"agency"}},{"role":"organised","party":{"organization":"<OR-NDRC>","role":"agency"}},{"role":"supported","party":{"description":"Beijing Municipal Commission of Development and Reform","role":"authority"}}]}"#,
    );
    ledger.add("OC-2025-001", "occasion_described", None, &roles);
    let mou = ledger.filled(
        r#"{"ref":"AG-2025-001","titles":{"en":"Memorandum on the entry of Chinese companies"},"class":"institutional","instrument":"mou","nature":"unknown","package":"<PK-2025-001>","parties":[{"organization":"<OR-AZPROMO>","role":"party"}],"inferred":"That the memorandum is one of the documents of the conference is inferred."}"#,
    );
    ledger.add("AG-2025-001", "agreement_registered", None, &mou);
    ledger.add(
        "AG-2025-001",
        "signed",
        Some("2025-04-17"),
        &ledger.filled(r#"{"occasion":"<OC-2025-001>"}"#),
    );
    for body in ["NDRC", "the International Cooperation Center of NDRC"] {
        ledger.add("AG-2025-001", "claim_stated", Some("2025-04-21"), &format!(
            r#"{{"field":"parties","value":"signed by AZPROMO with {body}","speaker":{{"description":"the report on the meeting","role":"publisher"}}}}"#
        ));
    }
    let meeting = ledger.filled(
        r#"{"ref":"OC-2025-002","kind":"meeting","names":{"en":"Meeting of AZPROMO and NDRC"},"topics":["joint business events","investment partnerships","carrying on with the mechanisms discussed"]}"#,
    );
    ledger.add(
        "OC-2025-002",
        "occasion_registered",
        Some("../2025-04-21"),
        &meeting,
    );
    ledger.end();
}

fn practical_steps(ledger: &mut Ledger) {
    ledger.day("2025-04-25", C);
    ledger.add("PK-2025-001", "package_described", None,
        r#"{"declared_counts":{"all":13,"practical":9,"institutional":4},"declared_value":{"money":{"amount":"335000000","currency":"USD","kind":"declared","qualifier":"exact"},"scope":"ambiguous"},"inferred":"One practical agreement is registered for each field named, 6 of 9; the other 3 are not named in the source. Of the 4 documents between institutions only the memorandum is named."}"#);
    let speaker = r#""speaker":{"description":"AZPROMO","role":"agency"}"#;
    let counts = ledger.add("PK-2025-001", "claim_stated", Some("2025-04-25"), &format!(
        r#"{{"field":"declared_counts","value":"13 documents, 4 between institutions and 9 practical",{speaker}}}"#
    ));
    ledger.add(
        "PK-2025-001",
        "claim_preferred",
        None,
        &format!(
            r#"{{"claim":"{counts}","reason":"the later statement counts the documents by class"}}"#
        ),
    );
    for value in [
        "practical steps have started in each sector",
        "a number of projects were launched",
    ] {
        ledger.add(
            "PK-2025-001",
            "claim_stated",
            Some("2025-04-25"),
            &format!(r#"{{"field":"practical steps","value":"{value}",{speaker}}}"#),
        );
    }
    for (reference, field) in PRACTICAL {
        let nature = if field == "aluminium production" {
            "expansion"
        } else {
            "unknown"
        };
        let title = format!("{}{}", field[..1].to_uppercase(), &field[1..]);
        let data = ledger.filled(&format!(
            r#"{{"ref":"{reference}","titles":{{"en":"{title}"}},"class":"practical","instrument":"unknown","nature":"{nature}","sectors":[{{"text":"{field}"}}],"package":"<PK-2025-001>"}}"#
        ));
        ledger.add(reference, "agreement_registered", None, &data);
        let signed = ledger.filled(
            r#"{"occasion":"<OC-2025-001>","inferred":"That it was signed at the conference is inferred."}"#,
        );
        ledger.add(reference, "signed", Some("2025-04-17"), &signed);
    }
    ledger.add(
        "AG-2025-002",
        "land_allocated",
        Some("../2025-04-25"),
        r#"{"area":{"amount":"3","unit":"ha","qualifier":"almost"}}"#,
    );
    ledger.add(
        "AG-2025-002",
        "milestone_reached",
        Some("../2025-04-25"),
        r#"{"milestone":"works_started","nature":"unspecified"}"#,
    );
    for code in ["capital_contributed", "company_incorporated"] {
        ledger.add("AG-2025-002", "expectation_stated", Some("2025-04-25"), &format!(
            r#"{{"milestone":"{code}","words":"in the near future","horizon":"2025-04-25/..","review_on":"2025-07-24"}}"#
        ));
    }
    ledger.add(
        "AG-2025-004",
        "financial_model_agreed",
        Some("../2025-04-25"),
        r#"{"strength":"discussions_concluded","words":"discussed with a Chinese company"}"#,
    );
    ledger.end();
}
