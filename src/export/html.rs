//! HTML: one file that needs no other, for screens of any width, for paper, and for programs that read aloud.
//!
//! It fetches nothing. Everything the Document says is on the page; what is there for programs alone stands in `data-`
//! attributes, and the Document itself in a `template`. A page without a receipt holds no script; one with a receipt
//! holds one, which checks it and is named in the page's policy by its hash.

mod blocks;
pub mod carried;
mod citing;
mod foot;
pub mod receipt;
mod words;
pub(super) mod writer;

use self::blocks::{Body, part_id};
use self::citing::Citing;
use self::receipt::Issue;
use self::words::Words;
use self::writer::Writer;
use super::format::{ExportError, Format};
use crate::report::document::Document;
use data_encoding::BASE64;

/// The format.
pub const FORMAT: Format = Format {
    name: "html",
    about: "one page with its style, for reading and printing",
    media_type: "text/html; charset=utf-8",
    extension: "html",
    render,
};

/// How it looks.
const STYLE: &str = concat!("<style>", include_str!("html/page.css"), "</style>\n");
/// Nothing is fetched and nothing runs, whatever a fact says.
const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";
/// Which release wrote a page: another one may write the same Document otherwise.
const GENERATOR: &str = concat!("dealtrail ", env!("CARGO_PKG_VERSION"));

fn render(document: &Document) -> Result<Vec<u8>, ExportError> {
    page(document, None)
}

/// The page of a Document, issued or not.
///
/// # Errors
/// When the Document has no canonical bytes.
pub fn page(document: &Document, issue: Option<&Issue<'_>>) -> Result<Vec<u8>, ExportError> {
    let canonical = BASE64.encode(&document.canonical_bytes()?);
    let words = words::words(&document.language);
    let mut page = Writer::default();
    page.markup("<!DOCTYPE html>\n");
    page.block("html", &[("lang", &document.language)], |page| {
        page.block("head", &[], |page| head(page, document, issue, words));
        page.block("body", &[], |page| {
            body(page, document, issue, words);
            carried::write(page, carried::DOCUMENT, &canonical);
            receipt::embedded(page, issue);
        });
    });
    Ok(page.into_bytes())
}

fn head(page: &mut Writer, document: &Document, issue: Option<&Issue<'_>>, words: &Words) {
    page.markup("\n");
    page.void("meta", &[("charset", "utf-8")]);
    let named = [
        ("viewport", "width=device-width, initial-scale=1"),
        ("color-scheme", "light dark"),
        ("referrer", "no-referrer"),
        // A page sent round as a file must not turn numbers into telephone links.
        ("format-detection", "telephone=no"),
        ("generator", GENERATOR),
    ];
    for (name, content) in named {
        page.void("meta", &[("name", name), ("content", content)]);
    }
    let policy = match receipt::certificate(issue) {
        Some(_) => format!("{POLICY}; {}", receipt::allowed()),
        None => POLICY.to_owned(),
    };
    let policy = [
        ("http-equiv", "Content-Security-Policy"),
        ("content", policy.as_str()),
    ];
    page.void("meta", &policy);
    page.block("title", &[], |page| page.text(&document.title));
    page.markup(STYLE);
    if document.ledger.demonstration {
        page.element("style", &[], |page| page.markup(words.print_mark));
    }
}

fn body(page: &mut Writer, document: &Document, issue: Option<&Issue<'_>>, words: &'static Words) {
    page.block("a", &[("class", "skip"), ("href", "#report")], |page| {
        page.text(words.skip);
    });
    if document.ledger.demonstration {
        page.block("aside", &[("class", "demonstration")], |page| {
            page.text(words.demonstration);
        });
    }
    page.block("div", &[("class", "page")], |page| {
        page.block("header", &[], |page| header(page, document, issue));
        contents(page, document, issue, words);
        let attributes = [("id", "report"), ("tabindex", "-1")];
        page.block("main", &attributes, |page| {
            let mut body = Body::new(&document.labels.struck, Citing::of(document, words));
            for (index, part) in document.parts.iter().enumerate() {
                body.part(page, part, index.saturating_add(1));
            }
            foot::definitions(page, document, &body.citing);
            foot::sources(page, document, &body.citing);
        });
        foot::closing(page, document, words);
        if let Some(issue) = issue {
            receipt::section(page, issue);
        }
    });
}

fn header(page: &mut Writer, document: &Document, issue: Option<&Issue<'_>>) {
    if !document.ledger.agency.is_empty() {
        page.block("p", &[("class", "agency")], |page| {
            page.text(&document.ledger.agency);
        });
    }
    page.block("h1", &[], |page| page.text(&document.title));
    if let Some(issue) = issue {
        page.block("p", &[("id", carried::ISSUED)], |page| {
            page.text(issue.line)
        });
    }
    for warning in &document.warnings {
        page.block("p", &[("class", "warning")], |page| {
            page.element("strong", &[], |page| {
                page.text(&document.labels.warning);
                page.text(":");
            });
            page.markup(" ");
            page.text(warning);
        });
    }
}

/// Links to the parts, for reports of several parts.
fn contents(page: &mut Writer, document: &Document, issue: Option<&Issue<'_>>, words: &Words) {
    let parts = document.parts.iter().enumerate();
    let mut links: Vec<(String, &str)> = parts
        .filter(|(_, part)| !part.heading.is_empty())
        .map(|(index, part)| (part_id(index.saturating_add(1)), part.heading.as_str()))
        .collect();
    if !document.definitions.is_empty() {
        links.push(("definitions".to_owned(), &document.labels.definitions));
    }
    if !document.footnotes.is_empty() {
        links.push(("sources".to_owned(), &document.labels.sources));
    }
    links.push(("about".to_owned(), words.about));
    if issue.is_some() {
        links.push((receipt::ID.to_owned(), receipt::TITLE));
    }
    page.block("nav", &[("aria-labelledby", "contents")], |page| {
        page.block("h2", &[("id", "contents")], |page| {
            page.text(words.contents);
        });
        page.block("ol", &[], |page| {
            for (id, heading) in &links {
                page.element("li", &[], |page| {
                    page.element("a", &[("href", &format!("#{id}"))], |page| {
                        page.text(heading);
                    });
                });
                page.markup("\n");
            }
        });
    });
}
