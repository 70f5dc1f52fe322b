//! Tables in plain text: within 80 columns, and no number is ever broken.

use dealtrail::projection::models::Models;
use dealtrail::report::document::Document;
use dealtrail::report::document::block::{Align, Block, Cell, Column, Part};
use proptest::prelude::*;
use unicode_width::UnicodeWidthStr;

use super::portfolio::portfolio;
use super::{ask, rendered};

/// A page with this table and nothing else in its parts.
fn page(titles: &[String], rows: &[Vec<String>]) -> String {
    let models = Models::fold(&portfolio().events);
    let mut document: Document = ask(&models, "portfolio", "2025-04-26", &[]).unwrap();
    let align = |at| if at == 0 { Align::Left } else { Align::Right };
    let columns = titles.iter().enumerate().map(|(at, title)| Column {
        title: title.clone(),
        align: align(at),
    });
    let cells = |row: &Vec<String>| {
        let cells = row.iter().map(|text| Cell {
            text: text.clone(),
            notes: Vec::new(),
        });
        cells.collect()
    };
    let table = Block::Table {
        columns: columns.collect(),
        rows: rows.iter().map(cells).collect(),
    };
    document.parts = vec![Part {
        name: "table".to_owned(),
        heading: String::new(),
        blocks: vec![table],
    }];
    rendered(&document, "text")
}

fn words(from: &[&str]) -> Vec<String> {
    from.iter().map(|word| (*word).to_owned()).collect()
}

#[test]
fn titles_give_way_before_words_and_words_before_numbers() {
    let titles = words(&[
        "Package",
        "Value declared by the source",
        "Value of its members",
    ]);
    let rows = [words(&[
        "Agreements signed in spring (PK-2025-001)",
        "335,000,000",
        "at least 12,000,000",
    ])];
    let page = page(&titles, &rows);
    let row = [
        "Agreements signed in spring (PK-2025-001)",
        "335,000,000",
        "at least 12,000,000",
    ];
    let whole = |line: &str| row.iter().all(|cell| line.contains(cell));
    assert!(page.lines().any(whole), "{page}");
    assert!(!page.contains("Value declared by the source"), "{page}");
}

#[test]
fn what_does_not_fit_side_by_side_is_told_line_by_line() {
    let titles = words(&[
        "Currency",
        "Declared",
        "Contracted",
        "Contributed",
        "Realised",
    ]);
    let long = "9,999,999,999,999,999,999.25";
    let rows = [words(&["USD", long, long, long, long])];
    let page = page(&titles, &rows);
    let lines: Vec<_> = page.lines().filter(|line| line.contains(long)).collect();
    assert_eq!(lines.len(), 4, "{page}");
    for (line, title) in lines.iter().zip(&titles[1..]) {
        assert!(line.trim_start().starts_with(title.as_str()), "{line}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_number_is_broken_and_no_line_too_wide(
        titles in prop::collection::vec("[A-Z][a-z]{1,14}( [a-z]{1,14}){0,3}", 1..9),
        numbers in prop::collection::vec("[1-9][0-9]{0,2}(,[0-9]{3}){0,6}", 1..40),
        name in "[a-z]{1,30}( [a-z]{1,12}){0,5}",
    ) {
        let rows: Vec<Vec<String>> = numbers
            .chunks(titles.len())
            .filter(|chunk| chunk.len() + 1 >= titles.len())
            .map(|chunk| {
                let mut row = vec![name.clone()];
                row.extend(chunk.iter().take(titles.len() - 1).cloned());
                row
            })
            .collect();
        let page = page(&titles, &rows);
        for number in rows.iter().flat_map(|row| &row[1..]) {
            prop_assert!(page.split_whitespace().any(|word| word == number), "{} in\n{}", number, page);
        }
        let widest = page.lines().map(UnicodeWidthStr::width).max();
        prop_assert!(widest <= Some(80), "{:?}\n{}", widest, page);
    }
}
