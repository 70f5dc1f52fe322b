//! The answers the true-to-life portfolio must give, to the letter.

use dealtrail::report::document::Document;
use dealtrail::report::document::block::{Block, Line};
use sha2::{Digest, Sha256};

use super::portfolio::portfolio;
use super::rich::rich;
use super::{ask, blocks, figure, rendered};

/// The report a reader of that day would have got.
fn practical_steps(day: &str) -> Document {
    let models = portfolio().known_on(day);
    let parameters = [("since", "2025-04-17"), ("until", day)];
    ask(&models, "practical-steps", day, &parameters).unwrap()
}

fn dossier() -> Document {
    let models = portfolio().known_on("2025-04-26");
    let parameters = [("agreement", "AG-2025-002")];
    ask(&models, "dossier", "2025-04-26", &parameters).unwrap()
}

fn lines<'a>(document: &'a Document, part: &str) -> Vec<&'a Line> {
    let items = blocks(document, part)
        .iter()
        .filter_map(|block| match block {
            Block::List { items } => Some(items),
            _ => None,
        });
    items.flatten().collect()
}

#[test]
fn by_20_april_thirteen_agreements_and_no_step_are_known() {
    let document = practical_steps("2025-04-20");
    let value = |part, label| figure(&document, part, label).value.as_str();
    assert_eq!(
        value("announced", "Documents declared"),
        "13; how many are practical and how many are between institutions is not known"
    );
    assert_eq!(value("announced", "Value declared"), "not known");
    assert!(value("announced", "Occasion").ends_with("by 18 April 2025 (day not in the source)"));
    assert_eq!(value("announced", "Steps in the period"), "0");
    for definition in [
        "Any step",
        "Documented step",
        "Construction started",
        "Operation",
    ] {
        assert_eq!(
            value("conversion", definition),
            "cannot be computed: the number of practical documents is not known"
        );
    }
    assert!(lines(&document, "steps").is_empty());
}

#[test]
fn by_26_april_three_steps_on_two_agreements_are_known() {
    let document = practical_steps("2025-04-26");
    let value = |label| figure(&document, "announced", label).value.as_str();
    assert_eq!(
        value("Documents declared"),
        "13: 9 practical, 4 between institutions"
    );
    assert_eq!(value("Value declared"), "USD 335 million");
    assert_eq!(value("Apportioned to agreements"), "USD 0");
    assert_eq!(value("Residual, not apportioned"), "USD 335 million");
    assert_eq!(value("Steps in the period"), "3 steps on 2 agreements");
    assert_eq!(
        value("Agreements outside packages"),
        "2: 0 practical, 2 between institutions"
    );
    let steps: Vec<_> = lines(&document, "steps")
        .iter()
        .map(|line| {
            let fact = line.fact.as_ref().expect("a step names its fact");
            assert_eq!(fact.on.as_str(), "../2025-04-25");
            assert_eq!(fact.day.to_string(), "2025-04-25");
            assert_eq!(line.notes.len(), 1, "{}", line.text);
            (
                fact.agreement.as_str(),
                fact.milestone.as_str(),
                line.text.as_str(),
            )
        })
        .collect();
    assert_eq!(
        steps,
        [
            (
                "AG-2025-002",
                "land_allocated",
                "Land had been allocated by 25 April 2025 (day not in the source): almost 3 ha. \
                 Evidence: reported (level 0)."
            ),
            (
                "AG-2025-002",
                "works_started",
                "Works had started by 25 April 2025 (day not in the source): the source does not \
                 say whether this is construction or preparation. Evidence: reported (level 0)."
            ),
            (
                "AG-2025-004",
                "financial_model_agreed",
                "Financial model: discussions concluded by 25 April 2025 (day not in the source): \
                 discussed with a Chinese company. Evidence: reported (level 0)."
            ),
        ]
    );
}

#[test]
fn by_26_april_conversion_is_two_of_nine_and_nothing_documented() {
    let document = practical_steps("2025-04-26");
    let value = |label| figure(&document, "conversion", label).value.as_str();
    assert_eq!(value("Any step"), "2 of 9 practical agreements");
    assert_eq!(value("Documented step"), "0 of 9 practical agreements");
    assert_eq!(value("Construction started"), "0 of 9 practical agreements");
    assert_eq!(value("Operation"), "0 of 9 practical agreements");
    assert_eq!(
        value("By value"),
        "cannot be computed: no value is apportioned to single agreements"
    );
    assert_eq!(
        figure(&document, "conversion", "Any step").details,
        ["by instrument: not stated 2 of 6; not registered: 3"]
    );
}

#[test]
fn by_26_april_seven_agreements_have_no_step_four_of_them_by_name() {
    let document = practical_steps("2025-04-26");
    let Some(Block::Paragraph { lines: lead }) = blocks(&document, "no_step").first() else {
        panic!("the part begins with how many");
    };
    assert_eq!(
        lead[0].text,
        "7 practical agreements have no step recorded yet: 4 listed here and 3 not named in the source."
    );
    let named = lines(&document, "no_step");
    let texts: Vec<_> = named.iter().map(|line| line.text.as_str()).collect();
    assert_eq!(
        texts,
        [
            "Machine engineering (AG-2025-003)",
            "High technologies (AG-2025-005)",
            "Laptop and computer production (AG-2025-006)",
            "Aluminium production (AG-2025-007)",
            "3 documents of \u{201c}Agreements of the Beijing conference\u{201d} not named in the source",
        ]
    );
}

#[test]
fn talks_concluded_are_never_called_an_agreement() {
    let document = practical_steps("2025-04-26");
    for format in ["text", "md"] {
        let page = rendered(&document, format);
        assert!(
            page.contains("Financial model: discussions concluded"),
            "{page}"
        );
        let agreed = ["model agreed", "model was agreed", "model had been agreed"];
        assert!(agreed.iter().all(|words| !page.contains(words)), "{page}");
    }
}

#[test]
fn every_sentence_on_a_fact_has_a_footnote_with_its_source() {
    let document = practical_steps("2025-04-26");
    let numbers: Vec<u32> = document.footnotes.iter().map(|note| note.number).collect();
    assert_eq!(
        numbers,
        (1..=document.footnotes.len() as u32).collect::<Vec<_>>()
    );
    for part in ["steps", "expected", "no_step", "assumptions", "corrections"] {
        for line in lines(&document, part) {
            assert!(!line.notes.is_empty(), "{}", line.text);
            assert!(
                line.notes.iter().all(|note| numbers.contains(note)),
                "{}",
                line.text
            );
        }
    }
    for note in &document.footnotes {
        assert!(document.cited.contains(&note.seq), "{}", note.text);
        assert!(note.text.contains("Trend"), "{}", note.text);
    }
    assert!(document.cited.is_sorted());
}

#[test]
fn the_bytes_of_a_document_stay_what_they_were() {
    let digest = |document: &Document| {
        data_encoding::HEXLOWER.encode(&Sha256::digest(document.canonical_bytes().unwrap()))
    };
    // A change here is a change of an answer once given: raise the report's version and keep the old one.
    insta::assert_snapshot!(digest(&practical_steps("2025-04-20")));
    insta::assert_snapshot!(digest(&practical_steps("2025-04-26")));
    insta::assert_snapshot!(digest(&dossier()));
    insta::assert_snapshot!(digest(&counted("portfolio")));
    insta::assert_snapshot!(digest(&counted("conversion")));
    insta::assert_snapshot!(digest(&counted_rich("portfolio", &[])));
    insta::assert_snapshot!(digest(&counted_rich("conversion", &[])));
}

/// The true-to-life portfolio, counted.
fn counted(report: &str) -> Document {
    let models = portfolio().known_on("2025-04-26");
    ask(&models, report, "2025-04-26", &[]).unwrap()
}

/// The rich portfolio, counted; one package of it alone if one is named.
fn counted_rich(report: &str, package: &[(&str, &str)]) -> Document {
    let models = dealtrail::projection::models::Models::fold(&rich().events);
    ask(&models, report, "2025-07-01", package).unwrap()
}

/// A page without its style and the Document it carries in base64, which say nothing here, and with the line ends of
/// this file.
fn shown(page: &str) -> String {
    let mut page = page.replace('\r', "");
    for (from, to) in [("<style>", "</style>"), ("<template", "</template>")] {
        if let (Some(from), Some(to)) = (page.find(from), page.find(to)) {
            page.replace_range(from..to, "");
        }
    }
    page
}

#[test]
fn pages_in_every_format() {
    let fair = [("package", "PK-2025-001")];
    let pages = [
        ("portfolio-26-april", counted("portfolio")),
        ("portfolio-rich", counted_rich("portfolio", &[])),
        ("portfolio-fair", counted_rich("portfolio", &fair)),
        ("conversion-26-april", counted("conversion")),
        ("conversion-rich", counted_rich("conversion", &[])),
        ("conversion-fair", counted_rich("conversion", &fair)),
        ("practical-steps-20-april", practical_steps("2025-04-20")),
        ("practical-steps-26-april", practical_steps("2025-04-26")),
        ("dossier", dossier()),
    ];
    for (name, document) in pages {
        for format in dealtrail::export::FORMATS {
            let page = shown(&rendered(&document, format.name));
            insta::assert_snapshot!(format!("{name}-{}", format.name), page);
        }
    }
}
