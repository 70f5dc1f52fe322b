//! Nothing a Document says is lost in a format, and nothing it says becomes anything but words.

use dealtrail::report::document::Document;
use dealtrail::report::document::block::Block;
use serde_json::Value;

use super::portfolio::portfolio;
use super::{ask, rendered};

/// Markup, formulas, right-to-left words, letters that cannot be seen, and a word without an end.
pub(super) const HOSTILE: &[&str] = &[
    "<script>alert(1)</script><img src=x onerror=alert(2)>",
    "\" onmouseover=\"alert(3) '&amp;&#60;]]>--> </style></title>",
    "עסקה מעבר \u{200f}לים\u{200e} صفقة",
    "a\u{200b}b\u{ad}c\u{2060}d\u{0301}\u{0301}\u{0301}",
    "工業投資促進會議",
];

pub(super) fn steps() -> Document {
    let parameters = [("since", "2025-04-17"), ("until", "2025-04-26")];
    let models = portfolio().known_on("2025-04-26");
    ask(&models, "practical-steps", "2025-04-26", &parameters).unwrap()
}

pub(super) fn dossier() -> Document {
    let models = portfolio().known_on("2025-04-26");
    let parameters = [("agreement", "AG-2025-002")];
    ask(&models, "dossier", "2025-04-26", &parameters).unwrap()
}

/// A report in which everything that may come from a fact is hostile, and some of it struck through.
pub(super) fn hostile() -> Document {
    let mut value = serde_json::to_value(steps()).unwrap();
    spoil(&mut value, "", &mut 0);
    let mut document: Document = serde_json::from_value(value).unwrap();
    for part in &mut document.parts {
        for block in &mut part.blocks {
            if let Block::List { items } | Block::Paragraph { lines: items } = block {
                items.iter_mut().for_each(|item| item.struck = true);
            }
        }
    }
    for (note, url) in document.footnotes.iter_mut().zip([
        "javascript:alert(4)",
        "https://example.org/a?b=<c>&d=\"e\"",
        "data:text/html,<script>alert(5)</script>",
    ]) {
        note.sources[0].url = Some(url.to_owned());
    }
    document
}

fn spoil(value: &mut Value, key: &str, turn: &mut usize) {
    match value {
        Value::String(words) => {
            let from_facts = [
                "title",
                "heading",
                "text",
                "label",
                "value",
                "details",
                "speaker",
                "quote",
                "context",
                "remark",
                "warnings",
                "closing",
                "agency",
                "publisher",
                "marks",
                "",
            ];
            if from_facts.contains(&key) {
                *turn += 1;
                let hostile = HOSTILE[*turn % HOSTILE.len()];
                let word = if turn.is_multiple_of(29) {
                    "w".repeat(10_000)
                } else {
                    String::new()
                };
                *words = format!("{words} {hostile}{word}");
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| spoil(item, key, turn)),
        Value::Object(members) => {
            for (key, member) in members {
                spoil(member, key, turn);
            }
        }
        _ => {}
    }
}

/// Every word and number of a Document but the names of kinds of blocks and of sides.
fn leaves(value: &Value, key: &str, out: &mut Vec<String>) {
    match value {
        Value::String(_) if ["block", "align"].contains(&key) => {}
        Value::String(words) => out.push(words.clone()),
        Value::Number(number) => out.push(number.to_string()),
        Value::Array(items) => items.iter().for_each(|item| leaves(item, key, out)),
        Value::Object(members) => {
            for (key, member) in members {
                leaves(member, key, out);
            }
        }
        _ => {}
    }
}

fn said(document: &Document) -> Vec<String> {
    let mut out = Vec::new();
    leaves(&serde_json::to_value(document).unwrap(), "", &mut out);
    assert!(out.len() > 50, "{out:?}");
    out
}

/// The letters a reader of the page sees for what stands in its source.
fn unescaped(page: &str) -> String {
    let marks = [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#39;", "'"),
    ];
    let mut page = page.to_owned();
    for (mark, letter) in marks {
        page = page.replace(mark, letter);
    }
    page.replace("&amp;", "&")
}

#[test]
fn everything_a_document_says_is_on_the_page() {
    for mut document in [steps(), dossier(), hostile()] {
        let page = unescaped(&rendered(&document, "html"));
        if !page.contains("<s>") {
            document.labels.struck.clear();
        }
        if document.definitions.is_empty() {
            document.labels.definitions.clear();
        }
        for words in said(&document) {
            assert!(page.contains(&words), "{words:?} is not on the page");
        }
    }
}

#[test]
fn everything_a_document_says_is_in_the_sheet() {
    for mut document in [steps(), dossier(), hostile()] {
        let sheet = rendered(&document, "csv");
        assert!(
            sheet.starts_with("\u{feff}part,block,row,kind,"),
            "a byte order mark, then the headings"
        );
        assert!(sheet.ends_with("\r\n"));
        let mut reader = csv::Reader::from_reader(sheet.trim_start_matches('\u{feff}').as_bytes());
        let mut cells = Vec::new();
        for record in reader.records() {
            // Rows of another length than the headings are refused by the reader.
            cells.extend(record.unwrap().iter().map(str::to_owned));
        }
        let words_of_renderers = &mut document.labels;
        words_of_renderers.struck.clear();
        words_of_renderers.warning.clear();
        words_of_renderers.definitions.clear();
        words_of_renderers.sources.clear();
        for words in said(&document) {
            assert!(
                cells.iter().any(|cell| cell.contains(&words)),
                "{words:?} is in no cell"
            );
        }
        for cell in cells {
            assert!(
                !cell.starts_with(['=', '+', '@', '\t', '\r']),
                "{cell:?} is a formula"
            );
            assert!(
                !cell.starts_with('-') || cell.parse::<i64>().is_ok(),
                "{cell:?}"
            );
        }
    }
}

#[test]
fn words_of_facts_do_nothing_on_the_page() {
    let page = rendered(&hostile(), "html");
    for markup in [
        "<script",
        "<img",
        "<iframe",
        " onmouseover=\"",
        "href=\"javascript",
        "href=\"data",
    ] {
        assert!(!page.contains(markup), "{markup} is on the page");
    }
    assert_eq!(page.matches("</title>").count(), 1);
    assert!(page.contains("&lt;script&gt;"));
    assert!(page.contains("<span class=\"address\">javascript:alert(4)</span>"));
    assert!(page.contains("default-src &#39;none&#39;"));
    let outside = ["src=", "url(", "@import", "<link"];
    for words in outside {
        assert!(
            !rendered(&steps(), "html").contains(words),
            "{words}: the page needs another file"
        );
    }
}

#[test]
fn struck_lines_are_struck_and_say_so() {
    let mut document = dossier();
    for part in &mut document.parts {
        for block in &mut part.blocks {
            if let Block::List { items } = block {
                items.iter_mut().for_each(|item| item.struck = true);
            }
        }
    }
    let page = rendered(&document, "html");
    let label = format!(
        "<span class=\"struck\">{}: </span><s>",
        document.labels.struck
    );
    assert!(page.contains(&label), "{page}");
    assert_eq!(page.matches("<s>").count(), page.matches(&label).count());
}

#[test]
fn a_demonstration_is_marked_and_another_ledger_is_not() {
    let mut document = dossier();
    let marked = rendered(&document, "html");
    assert!(marked.contains("<aside class=\"demonstration\">Demonstration ledger</aside>"));
    assert!(marked.contains("@top-left{content:\"Demonstration ledger\"}"));
    document.ledger.demonstration = false;
    assert!(!rendered(&document, "html").contains("Demonstration ledger"));
    // The words around the report are in its language.
    document.ledger.demonstration = true;
    document.language = "ru".to_owned();
    let page = rendered(&document, "html");
    assert!(page.contains("<html lang=\"ru\">") && page.contains("Демонстрационный журнал"));
}

#[test]
fn the_same_document_gives_the_same_bytes() {
    for format in ["html", "csv"] {
        assert_eq!(rendered(&hostile(), format), rendered(&hostile(), format));
    }
}
