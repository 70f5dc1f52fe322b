//! Reports from outside: what they say of a portfolio, in every format.

mod browser;
mod everywhere;
mod expected;
mod laws;
mod ledger;

mod portfolio;

use std::collections::BTreeMap;

use dealtrail::export::format;
use dealtrail::projection::models::Models;
use dealtrail::report::document::Document;
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
    let parameters: BTreeMap<String, String> = parameters
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    report(name)?.ask(&Question {
        models,
        day: day.parse().unwrap(),
        root: ROOT,
        parameters: &parameters,
        text: &English,
    })
}

fn rendered(document: &Document, name: &str) -> String {
    String::from_utf8((format(name).unwrap().render)(document).unwrap()).unwrap()
}
