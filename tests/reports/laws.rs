//! What holds for every ledger, window and text.

use chrono::{Days, NaiveDate};
use dealtrail::deal::value::text::Text;
use dealtrail::export::FORMATS;
use dealtrail::projection::models::Models;
use dealtrail::report::past::Past;
use dealtrail::report::question::ReportError;
use dealtrail::report::{REPORTS, report};
use proptest::prelude::*;
use unicode_width::UnicodeWidthStr;

use super::ledger::Ledger;
use super::portfolio::{A, portfolio};
use super::rich::rich;
use super::{ask, ask_after, rendered};

const DAY: &str = "2025-05-02";

/// One practical agreement outside packages, signed.
fn brick() -> Ledger {
    let mut ledger = Ledger::opened("Agency of Bricks", false);
    ledger.day("2025-04-18", A);
    ledger.add("AG-2025-001", "agreement_registered", None,
        r#"{"ref":"AG-2025-001","titles":{"en":"Brick"},"class":"practical","instrument":"contract","nature":"greenfield"}"#);
    ledger.add("AG-2025-001", "signed", Some("2025-04-17"), "{}");
    ledger.end();
    ledger
}

fn steps(models: &Models, day: &str, since: &str) -> String {
    let document = ask(models, "practical-steps", day, &[("since", since)]).unwrap();
    rendered(&document, "text")
}

#[test]
fn an_empty_ledger_says_so() {
    let document = ask(&Models::new(), "practical-steps", DAY, &[]).unwrap();
    let page = rendered(&document, "text");
    assert!(page.contains("Nothing has been registered yet."), "{page}");
    assert!(page.contains("first 0 entries"), "{page}");
    let opened = Ledger::opened("Agency of Bricks", false);
    let document = ask(&Models::fold(&opened.events), "practical-steps", DAY, &[]).unwrap();
    assert!(document.warnings.is_empty());
    assert_eq!(document.ledger.agency, "Agency of Bricks");
}

#[test]
fn one_agreement_without_a_package() {
    let page = steps(&Models::fold(&brick().events), DAY, "2025-04-17");
    assert!(
        page.contains("No package of agreements is registered."),
        "{page}"
    );
    assert!(page.contains("0 of 1 practical agreement\n"), "{page}");
    assert!(
        page.contains("1 practical agreement has no step recorded yet:\n  - Brick"),
        "{page}"
    );
}

#[test]
fn both_days_of_a_window_count() {
    let mut ledger = brick();
    ledger.day("2025-04-24", A);
    ledger.add("AG-2025-001", "land_allocated", Some("2025-04-22"), "{}");
    ledger.end();
    let models = Models::fold(&ledger.events);
    let land = "Land was allocated on 22 April 2025.";
    assert!(steps(&models, "2025-04-22", "2025-04-22").contains(land));
    assert!(!steps(&models, "2025-04-21", "2025-04-17").contains("Land was"));
    let after = steps(&models, "2025-04-30", "2025-04-23");
    assert!(
        after.contains("No step is recorded for this period."),
        "{after}"
    );
    assert!(
        after.contains("Recorded on 24 April 2025."),
        "learned since: {after}"
    );
}

#[test]
fn a_strength_raised_later_is_no_second_step_and_not_dated_back() {
    let mut ledger = brick();
    ledger.day("2025-04-24", A);
    ledger.add(
        "AG-2025-001",
        "financial_model_agreed",
        Some("2025-04-22"),
        r#"{"strength":"discussions_concluded"}"#,
    );
    ledger.add(
        "AG-2025-001",
        "financial_model_agreed",
        Some("2025-04-24"),
        r#"{"strength":"signed_off","additional":true}"#,
    );
    ledger.end();
    let page = steps(&Models::fold(&ledger.events), DAY, "2025-04-17");
    let flat = page.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(flat.contains("1 step on 1 agreement"), "{page}");
    assert!(flat.contains("Financial model: discussions concluded, on 22 April 2025: since then, financial model signed off, 24 April 2025."), "{page}");
    assert!(flat.contains("The financial model was signed off on 24 April 2025; before that, financial model: discussions concluded."), "{page}");
}

#[test]
fn a_correction_is_listed_with_both_readings_and_struck_through_in_the_dossier() {
    let mut ledger = brick();
    ledger.day("2025-04-24", A);
    let land = ledger.add(
        "AG-2025-001",
        "land_allocated",
        Some("2025-04-22"),
        r#"{"area":{"amount":"2.9","unit":"ha","qualifier":"exact"}}"#,
    );
    ledger.end();
    ledger.day("2025-04-30", A);
    ledger.correct_fact(
        "AG-2025-001",
        land,
        "land_allocated",
        "2025-04-22",
        r#"{"area":{"amount":"3.1","unit":"ha","qualifier":"exact"}}"#,
        "typing error",
    );
    ledger.end();
    let models = Models::fold(&ledger.events);
    let page = steps(&models, DAY, "2025-04-17")
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    assert!(page.contains("from \u{201c}land allocated; 2.9 ha\u{201d} to \u{201c}land allocated; 3.1 ha\u{201d}. Reason: typing error."), "{page}");
    let dossier = ask(&models, "dossier", DAY, &[("agreement", "ag-2025-001")]).unwrap();
    let page = rendered(&dossier, "md");
    let struck = page
        .lines()
        .filter(|line| line.contains("~~"))
        .collect::<Vec<_>>();
    assert_eq!(struck.len(), 1, "{page}");
    assert!(struck[0].contains("2.9 ha"), "{page}");
}

#[test]
fn what_cannot_be_read_is_told_and_marks_the_report_incomplete() {
    let mut ledger = brick();
    ledger.add_unknown("AG-2025-001", "brick_fired", r#"{"heat":"\u001b[31m"}"#);
    ledger.end();
    let models = Models::fold(&ledger.events);
    for (name, parameters) in [
        ("practical-steps", vec![]),
        ("portfolio", vec![]),
        ("conversion", vec![]),
        ("dossier", vec![("agreement", "AG-2025-001")]),
    ] {
        let document = ask(&models, name, DAY, &parameters).unwrap();
        assert!(!document.complete);
        assert!(rendered(&document, "text").contains("1 entry of the ledger cannot be read"));
    }
}

#[test]
fn questions_that_make_no_sense_are_refused_with_what_to_do() {
    let models = Models::fold(&portfolio().events);
    let refused = |name: &str, parameters: &[(&str, &str)]| {
        ask(&models, name, DAY, parameters).unwrap_err().to_string()
    };
    assert_eq!(
        refused("practical-step", &[]),
        "there is no report \"practical-step\"; choose one of practical-steps, portfolio, conversion, dossier, follow-up, changes"
    );
    assert_eq!(
        refused("practical-steps", &[("from", DAY)]),
        "the report practical-steps takes no parameter \"from\"; it takes since, until, package, follows"
    );
    assert_eq!(
        refused("practical-steps", &[("since", "17 April")]),
        "since is \"17 April\", which is no day; write it as 2025-04-17"
    );
    assert_eq!(
        refused("practical-steps", &[("since", "2025-06-01")]),
        "the period begins on 2025-06-01 and ends on 2025-05-02; give a first day that is not later"
    );
    assert_eq!(
        refused("practical-steps", &[("until", "2025-05-01")]),
        "until is 2025-05-01 and as-of is 2025-05-02; both mean the last day, so give one of them"
    );
    assert_eq!(
        refused("dossier", &[]),
        "the report dossier needs agreement: the reference of the agreement"
    );
    let near = ask(&models, "dossier", DAY, &[("agreement", "AG-2025-02")]).unwrap_err();
    assert!(matches!(
        near,
        ReportError::UnknownReference {
            kind: "agreement",
            ..
        }
    ));
    assert!(near.to_string().contains("did you mean AG-2025-"), "{near}");
    assert!(refused("practical-steps", &[("package", "AG-2025-002")]).contains("is no package"));
}

#[test]
fn a_package_alone_leaves_out_the_others() {
    let models = Models::fold(&portfolio().events);
    let document = ask(
        &models,
        "practical-steps",
        DAY,
        &[("package", "pk-2025-001")],
    )
    .unwrap();
    let page = rendered(&document, "text");
    assert!(page.contains("It is limited to the package"), "{page}");
    assert!(!page.contains("Agreements outside packages"), "{page}");
    assert!(!page.contains("AG-2024-001"), "{page}");
    assert_eq!(document.parameters["package"], "PK-2025-001");
}

#[test]
fn the_schemas_of_documents_are_the_published_ones() {
    for report in REPORTS {
        let schema = dealtrail::report::document::Document::schema(report.name, report.version);
        let written = format!("{}\n", serde_json::to_string_pretty(&schema).unwrap());
        let path = format!(
            "{}/schemas/report/{}.v{}.json",
            env!("CARGO_MANIFEST_DIR"),
            report.name,
            report.version
        );
        if std::env::var_os("DEALTRAIL_WRITE_SCHEMAS").is_some() {
            std::fs::write(&path, &written).unwrap();
        }
        let published = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(
            published == written,
            "{path} is not the schema of the types; run the tests with DEALTRAIL_WRITE_SCHEMAS=1 and look at the difference"
        );
        let validator = jsonschema::validator_for(&schema).unwrap();
        let parameters: &[(&str, &str)] = match report.name {
            "dossier" => &[("agreement", "AG-2025-002")],
            "changes" => &[("from", "20")],
            _ => &[],
        };
        let events = portfolio().events;
        let (before, now) = (Models::fold(&events[..20]), Models::fold(&events));
        let past = Past {
            before: Some(&before),
            ..Past::default()
        };
        let document = ask_after(&now, report.name, DAY, parameters, past).unwrap();
        let value: serde_json::Value =
            serde_json::from_slice(&document.canonical_bytes().unwrap()).unwrap();
        assert!(
            validator.is_valid(&value),
            "{:?}",
            validator.iter_errors(&value).next()
        );
        let read: dealtrail::report::document::Document = serde_json::from_value(value).unwrap();
        assert_eq!(read, document, "a Document can be read back");
    }
    assert!(report("Practical_Steps").is_ok());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// The Document for (K, D, parameters) does not depend on what was recorded after K.
    #[test]
    fn a_document_depends_on_the_prefix_alone(position in 0_u64..60, days in 0_u64..20, since in 0_u64..20) {
        for ledger in [portfolio(), rich()] {
        let whole = Models::fold(&ledger.events);
        let boundary = usize::try_from(whole.boundaries.snap(position)).unwrap();
        // A ledger cut at the boundary, against one that grew event by event up to the same place.
        let cut = Models::fold(&ledger.events[..boundary].to_vec());
        let mut grown = Models::new();
        for event in ledger.events.iter().take(boundary) {
            grown.apply(event);
        }
        let first = "2025-04-10".parse::<NaiveDate>().unwrap();
        let day = first.checked_add_days(Days::new(days)).unwrap().to_string();
        let since = first.checked_add_days(Days::new(since.min(days))).unwrap().to_string();
        let window = [("since", since.as_str())];
        for (name, parameters) in [("practical-steps", &window[..]), ("portfolio", &[]), ("conversion", &[])] {
            let one = ask(&cut, name, &day, parameters).unwrap();
            let other = ask(&grown, name, &day, parameters).unwrap();
            prop_assert_eq!(one.canonical_bytes().unwrap(), other.canonical_bytes().unwrap());
            prop_assert_eq!(one.known_at, boundary as u64);
        }
        }
    }

    /// Whatever a fact says, no format breaks, no line is too wide, nothing steers a terminal.
    #[test]
    fn hostile_words_stay_words(words in "\\PC{1,300}", mark in "[|*_`<>\\[\\]#~\\\\-]{1,20}") {
        let mut ledger = brick();
        // The door of the ledger turns away what steers a terminal; all else may stand in a fact.
        let told = format!("{mark} {words}|x|\n# no heading\n- no item");
        let text = Text::new(&told);
        prop_assume!(text.is_ok());
        let words = serde_json::json!({ "words": text.unwrap() });
        ledger.add("AG-2025-001", "suspended", Some("2025-04-17"), &words.to_string());
        let claim = serde_json::json!({ "field": words["words"], "value": words["words"] });
        ledger.add("AG-2025-001", "claim_stated", Some("2025-04-17"), &claim.to_string());
        ledger.end();
        let models = Models::fold(&ledger.events);
        for (name, parameters) in [
            ("practical-steps", vec![]),
            ("portfolio", vec![]),
            ("conversion", vec![]),
            ("dossier", vec![("agreement", "AG-2025-001")]),
        ] {
            let document = ask(&models, name, DAY, &parameters).unwrap();
            for format in FORMATS {
                let page = rendered(&document, format.name);
                if format.name == "json" {
                    continue;
                }
                // The sheet's lines end in CRLF.
                let page = if format.name == "csv" { page.replace("\r\n", "\n") } else { page };
                prop_assert!(page.chars().all(|c| c == '\n' || !c.is_control()));
                prop_assert!(!page.lines().any(|line| line.starts_with("# no") || line.starts_with("- no item")));
                if format.name == "text" {
                    let widest = page.lines().map(UnicodeWidthStr::width).max();
                    prop_assert!(widest <= Some(80), "{:?}", widest);
                }
            }
        }
    }
}
