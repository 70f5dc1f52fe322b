//! A small portfolio with one of everything that is counted apart: several packages and currencies,
//! agreements of two sectors and two countries, replaced, registered twice, withdrawn, terminated,
//! counts not known, a reversed milestone, corrections. All names are invented.

use super::ledger::Ledger;

/// Somebody's word.
const SAID: &str = r#"[{"title":"Press statement","type":"statement","publisher":"The Gazette","published":"2025-03-20"}]"#;
/// A paper with a number.
const ACT: &str = r#"[{"title":"Order on land","type":"authority_act","number":"12"}]"#;

/// What an agreement is registered with, beside its reference and title.
struct Terms<'a> {
    class: &'a str,
    instrument: &'a str,
    sectors: &'a [&'a str],
    parties: &'a str,
    package: Option<&'a str>,
}

const CONTRACT: Terms<'_> = Terms {
    class: "practical",
    instrument: "contract",
    sectors: &[],
    parties: "[]",
    package: None,
};

fn register(ledger: &mut Ledger, reference: &str, title: &str, terms: &Terms<'_>) {
    let sectors: Vec<_> = terms
        .sectors
        .iter()
        .map(|sector| serde_json::json!({ "text": sector }))
        .collect();
    let package = terms
        .package
        .map(|package| format!(r#","package":"<{package}>""#))
        .unwrap_or_default();
    let data = format!(
        r#"{{"ref":"{reference}","titles":{{"en":"{title}"}},"class":"{}","instrument":"{}","nature":"unknown","sectors":{},"parties":{}{package}}}"#,
        terms.class,
        terms.instrument,
        serde_json::to_string(&sectors).unwrap(),
        terms.parties,
    );
    let data = ledger.filled(&data);
    ledger.add(reference, "agreement_registered", None, &data);
}

/// An amount of dollars as the fair states it.
fn usd(ledger: &mut Ledger, reference: &str, on: &str, terms: [&str; 3]) {
    let [amount, kind, rest] = terms;
    let terms = format!(r#""amount":"{amount}","currency":"USD","kind":"{kind}",{rest}"#);
    money(ledger, reference, on, &terms);
}

fn money(ledger: &mut Ledger, reference: &str, on: &str, money: &str) {
    let data = format!(r#"{{"money":{{{money}}}}}"#);
    ledger.add(reference, "value_stated", Some(on), &data);
}

fn link(ledger: &mut Ledger, reference: &str, relation: &str, to: &str) {
    let data = ledger.filled(&format!(r#"{{"relation":"{relation}","target":"<{to}>"}}"#));
    ledger.add(reference, "linked", None, &data);
}

/// The whole portfolio.
pub(super) fn rich() -> Ledger {
    let mut ledger = Ledger::opened("Agency of the Lowlands", false);
    ledger.day("2025-03-20", SAID);
    for (reference, name, country) in [
        ("OR-KILN", "Kiln and Sons", r#","country":"AZ""#),
        ("OR-VITRUM", "Vitrum Works", r#","country":"TR""#),
        ("OR-QUIET", "Quiet Holding", ""),
    ] {
        let data = format!(r#"{{"ref":"{reference}","names":{{"en":"{name}"}}{country}}}"#);
        ledger.add(reference, "organization_registered", None, &data);
    }
    packages(&mut ledger);
    spring_fair(&mut ledger);
    spring_money(&mut ledger);
    autumn_visit(&mut ledger);
    forum(&mut ledger);
    forum_amended(&mut ledger);
    outside(&mut ledger);
    ledger
}

fn packages(ledger: &mut Ledger) {
    for (reference, data) in [
        (
            "PK-2025-001",
            r#""titles":{"en":"The spring fair"},"declared_counts":{"all":5,"practical":3,"institutional":2},"declared_value":{"money":{"amount":"100000000","currency":"USD","kind":"declared","qualifier":"exact"},"scope":"practical"},"inferred":"That the fair was in spring is inferred.""#,
        ),
        (
            "PK-2025-002",
            r#""titles":{"en":"The visit"},"declared_counts":{"all":4},"declared_value":{"money":{"amount":"20000000","currency":"EUR","kind":"declared","qualifier":"over"},"scope":"ambiguous"}"#,
        ),
        (
            "PK-2025-003",
            r#""titles":{"en":"The forum"},"declared_counts":{"practical":2,"institutional":0}"#,
        ),
    ] {
        let data = format!(r#"{{"ref":"{reference}",{data}}}"#);
        ledger.add(reference, "package_registered", None, &data);
    }
    for (value, speaker) in [("5 documents", "the Gazette"), ("6 documents", "the fair")] {
        ledger.add("PK-2025-001", "claim_stated", Some("2025-03-19"), &format!(
            r#"{{"field":"declared_counts","value":"{value}","speaker":{{"description":"{speaker}","role":"publisher"}}}}"#
        ));
    }
    money(
        ledger,
        "PK-2025-002",
        "2025-03-19",
        r#""amount":"5000000","currency":"EUR","kind":"contracted","qualifier":"about""#,
    );
    ledger.end();
}

fn spring_fair(ledger: &mut Ledger) {
    let fair = Terms {
        package: Some("PK-2025-001"),
        ..CONTRACT
    };
    let brick = Terms {
        sectors: &["brick", "energy"],
        parties: r#"[{"organization":"<OR-KILN>","role":"host_company"},{"description":"a Turkish company","country":"TR","role":"investor"}]"#,
        ..fair
    };
    register(ledger, "AG-2025-001", "Brick", &brick);
    let glass = Terms {
        instrument: "mou",
        sectors: &["Brick"],
        parties: r#"[{"organization":"<OR-VITRUM>","role":"investor"},{"organization":"<OR-QUIET>","role":"host_company"}]"#,
        ..fair
    };
    register(ledger, "AG-2025-002", "Glass", &glass);
    register(ledger, "AG-2025-003", "Tile", &fair);
    register(ledger, "AG-2025-005", "Brick again", &fair);
    link(ledger, "AG-2025-005", "duplicate_of", "AG-2025-001");
    let friendship = Terms {
        class: "institutional",
        instrument: "mou",
        parties: r#"[{"description":"a chamber","country":"CN","role":"party"},{"organization":"<OR-KILN>","role":"party"}]"#,
        ..fair
    };
    register(ledger, "AG-2025-007", "Friendship", &friendship);
    for reference in [
        "AG-2025-001",
        "AG-2025-002",
        "AG-2025-003",
        "AG-2025-005",
        "AG-2025-007",
    ] {
        ledger.add(reference, "signed", Some("2025-03-10"), "{}");
    }
    ledger.add(
        "AG-2025-007",
        "milestone_reached",
        Some("2025-03-15"),
        r#"{"milestone":"work_plan_agreed"}"#,
    );
    ledger.add(
        "AG-2025-002",
        "financial_model_agreed",
        Some("../2025-03-18"),
        r#"{"strength":"discussions_concluded"}"#,
    );
}

fn spring_money(ledger: &mut Ledger) {
    let (declared, paid) = ("declared", "contributed");
    let exact = r#""qualifier":"exact""#;
    let instalment = r#""mode":"instalment","qualifier":"exact""#;
    let to_date = r#""mode":"to_date","qualifier":"exact""#;
    let over = r#""qualifier":"over""#;
    for (reference, on, terms) in [
        ("AG-2025-001", "2025-03-11", ["30000000", declared, exact]),
        ("AG-2025-002", "2025-03-11", ["40000000", declared, over]),
        ("AG-2025-005", "2025-03-11", ["30000000", declared, exact]),
        ("AG-2025-007", "2025-03-11", ["1000000", declared, exact]),
        ("AG-2025-001", "2025-03-12", ["4000000", paid, instalment]),
        ("AG-2025-001", "2025-03-14", ["5000000", paid, to_date]),
        ("AG-2025-001", "2025-03-16", ["2000000", paid, instalment]),
    ] {
        usd(ledger, reference, on, terms);
    }
    money(
        ledger,
        "AG-2025-001",
        "2025-03-16",
        r#""amount":"9000000.50","currency":"EUR","kind":"contracted","qualifier":"exact""#,
    );
    ledger.end();
    ledger.day("2025-04-02", ACT);
    ledger.add(
        "AG-2025-001",
        "land_allocated",
        Some("2025-04-01"),
        r#"{"area":{"amount":"3","unit":"ha","qualifier":"exact"}}"#,
    );
    ledger.add(
        "AG-2025-001",
        "milestone_reached",
        Some("2025-04-02"),
        r#"{"milestone":"works_started","nature":"construction"}"#,
    );
    ledger.end();
}

fn autumn_visit(ledger: &mut Ledger) {
    ledger.day("2025-04-10", SAID);
    let visit = Terms {
        package: Some("PK-2025-002"),
        sectors: &["cement"],
        ..CONTRACT
    };
    register(ledger, "AG-2025-006", "Cement", &visit);
    ledger.add("AG-2025-006", "signed", Some("2025-03-25"), "{}");
    let land = ledger.add("AG-2025-006", "land_allocated", Some("2025-03-28"), "{}");
    ledger.add(
        "AG-2025-006",
        "milestone_reversed",
        Some("2025-04-05"),
        &format!(r#"{{"fact":"{land}","words":"the land was withdrawn"}}"#),
    );
    ledger.add(
        "AG-2025-006",
        "terminated",
        Some("2025-04-08"),
        r#"{"reason":"promoter_interest"}"#,
    );
    money(
        ledger,
        "AG-2025-006",
        "2025-03-26",
        r#""amount":"25000000","currency":"EUR","kind":"declared","qualifier":"exact""#,
    );
    ledger.end();
}

fn forum(ledger: &mut Ledger) {
    ledger.day("2025-04-20", SAID);
    let forum = Terms {
        package: Some("PK-2025-003"),
        sectors: &["energy"],
        ..CONTRACT
    };
    let unnamed = Terms {
        sectors: &[],
        instrument: "unknown",
        ..forum
    };
    register(ledger, "AG-2025-008", "Mirage", &forum);
    register(ledger, "AG-2025-010", "Wind", &forum);
    register(ledger, "AG-2025-011", "Sun", &unnamed);
    register(ledger, "AG-2025-012", "Tide", &unnamed);
    for reference in ["AG-2025-010", "AG-2025-011", "AG-2025-012"] {
        ledger.add(reference, "signed", Some("2025-04-01"), "{}");
    }
    ledger.add(
        "AG-2025-010",
        "milestone_reached",
        Some("2025-04-18"),
        r#"{"milestone":"commercial_operation"}"#,
    );
    ledger.add("AG-2025-010", "completed", Some("2025-04-19"), "{}");
    money(
        ledger,
        "AG-2025-010",
        "2025-04-18",
        r#""amount":"3000000","currency":"AZN","kind":"declared","qualifier":"exact""#,
    );
    money(
        ledger,
        "AG-2025-010",
        "2025-04-18",
        r#""amount":"2500000","currency":"AZN","kind":"realised","mode":"to_date","qualifier":"nearly""#,
    );
    money(
        ledger,
        "AG-2025-010",
        "2025-04-18",
        r#""amount":"4000000","currency":"AZN","kind":"estimated","qualifier":"about""#,
    );
    ledger.end();
}

fn forum_amended(ledger: &mut Ledger) {
    let model = ledger.add(
        "AG-2025-011",
        "financial_model_agreed",
        Some("2025-04-15"),
        r#"{"strength":"agreed"}"#,
    );
    let land = ledger.add("AG-2025-011", "land_allocated", Some("2025-04-16"), "{}");
    ledger.add(
        "AG-2025-011",
        "expectation_stated",
        Some("2025-04-16"),
        r#"{"milestone":"company_incorporated","horizon":"2025-05"}"#,
    );
    ledger.add(
        "AG-2025-012",
        "milestone_not_needed",
        Some("2025-04-16"),
        r#"{"milestone":"land_allocated","reason":"a roof is used"}"#,
    );
    ledger.end();
    ledger.day("2025-05-01", SAID);
    ledger.correct_fact(
        "AG-2025-011",
        model,
        "financial_model_agreed",
        "2025-04-15",
        r#"{"strength":"signed_off"}"#,
        "typing error",
    );
    ledger.add(
        "AG-2025-011",
        "fact_retracted",
        None,
        &format!(r#"{{"fact":"{land}","reason":"recorded in error"}}"#),
    );
    let mirage = ledger.first("AG-2025-008");
    ledger.add(
        "AG-2025-008",
        "fact_retracted",
        None,
        &format!(r#"{{"fact":"{mirage}","reason":"never signed"}}"#),
    );
    ledger.end();
}

fn outside(ledger: &mut Ledger) {
    ledger.day("2025-05-10", ACT);
    register(
        ledger,
        "AG-2025-004",
        "Tile anew",
        &Terms {
            sectors: &["tile"],
            ..CONTRACT
        },
    );
    link(ledger, "AG-2025-004", "supersedes", "AG-2025-003");
    ledger.add("AG-2025-004", "signed", Some("2025-05-02"), "{}");
    ledger.add(
        "AG-2025-004",
        "financial_model_agreed",
        Some("2025-05-05"),
        r#"{"strength":"agreed"}"#,
    );
    let value = ledger.add(
        "AG-2025-004",
        "value_stated",
        Some("2025-05-05"),
        r#"{"money":{"amount":"21000000","currency":"USD","kind":"declared","qualifier":"exact"}}"#,
    );
    ledger.end();
    ledger.correct_fact(
        "AG-2025-004",
        value,
        "value_stated",
        "2025-05-05",
        r#"{"money":{"amount":"12000000","currency":"USD","kind":"declared","qualifier":"exact"}}"#,
        "digits turned around",
    );
    register(ledger, "AG-2025-009", "Paper", &CONTRACT);
    ledger.add("AG-2025-009", "suspended", Some("2025-05-09"), "{}");
    ledger.end();
}
