//! Reports from outside: what they say of a portfolio, in every format.

mod browser;
mod changes;
mod everywhere;
mod expected;
mod follow_up;
mod follows;
mod golden;
mod laws;
mod ledger;
mod office;

mod counted;
mod portfolio;
mod receipt;
mod rich;
mod sums;
mod tables;

use std::collections::BTreeMap;

use dealtrail::export::format;
use dealtrail::projection::models::Models;
use dealtrail::report::document::Document;
use dealtrail::report::document::block::{Block, Figure};
use dealtrail::report::past::Past;
use dealtrail::report::question::{Question, ReportError};
use dealtrail::report::report;
use dealtrail::report::text::en::English;

/// A root as the ledger would give it; reports only carry it.
const ROOT: &str = "7a22ceadf5930b5f4d177e3900276b81cbd65c0b40f53d373fd0ad018f67b02e";

fn ask(
    models: &Models,
    name: &str,
    day: &str,
    parameters: &[(&str, &str)],
) -> Result<Document, ReportError> {
    ask_after(models, name, day, parameters, Past::default())
}

/// As [`ask`], with what is handed in of earlier moments.
fn ask_after(
    models: &Models,
    name: &str,
    day: &str,
    parameters: &[(&str, &str)],
    past: Past<'_>,
) -> Result<Document, ReportError> {
    let parameters: BTreeMap<String, String> = parameters
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    report(name)?.ask(&Question {
        models,
        day: day.parse().unwrap(),
        root: ROOT,
        parameters: &parameters,
        past,
        text: &English,
    })
}

fn rendered(document: &Document, name: &str) -> String {
    String::from_utf8((format(name).unwrap().render)(document).unwrap()).unwrap()
}

fn blocks<'a>(document: &'a Document, part: &str) -> &'a [Block] {
    let part = document.parts.iter().find(|one| one.name == part);
    &part.expect("the part is there").blocks
}

fn figures<'a>(document: &'a Document, part: &str) -> Vec<&'a Figure> {
    let rows = blocks(document, part)
        .iter()
        .filter_map(|block| match block {
            Block::Figures { rows } => Some(rows),
            _ => None,
        });
    rows.flatten().collect()
}

fn figure<'a>(document: &'a Document, part: &str, label: &str) -> &'a Figure {
    let rows = figures(document, part);
    let row = rows.into_iter().find(|row| row.label == label);
    row.unwrap_or_else(|| panic!("no figure {label:?}"))
}

/// The rows of a part's tables, one after the other: the words, then the numbers.
fn rows(document: &Document, part: &str) -> Vec<Vec<String>> {
    let tables = blocks(document, part)
        .iter()
        .filter_map(|block| match block {
            Block::Table { rows, .. } => Some(rows),
            _ => None,
        });
    let cells = |row: &Vec<_>| {
        let cells = row
            .iter()
            .map(|cell: &dealtrail::report::document::block::Cell| &cell.text);
        cells.cloned().collect()
    };
    tables.flatten().map(cells).collect()
}
