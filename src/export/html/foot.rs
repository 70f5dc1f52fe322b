//! The foot of a page: definitions, sources, the closing lines, and what the report was computed from.

use super::citing::{Citing, at_foot};
use super::words::Words;
use super::writer::Writer;
use crate::report::document::Document;
use crate::report::document::note::{Definition, Footnote, SourceNote};

/// What the figures mean.
pub(super) fn definitions(page: &mut Writer, document: &Document, citing: &Citing<'_>) {
    if document.definitions.is_empty() {
        return;
    }
    titled(page, "definitions", &document.labels.definitions, |page| {
        page.block("dl", &[("class", "definitions")], |page| {
            for (index, definition) in document.definitions.iter().enumerate() {
                let place = index.saturating_add(1);
                page.block("div", &[("id", &at_foot("definition", place))], |page| {
                    self::definition(page, definition, place, citing);
                });
            }
        });
    });
}

fn definition(page: &mut Writer, definition: &Definition, place: usize, citing: &Citing<'_>) {
    page.element("dt", &[], |page| {
        page.text(&format!("({})", definition.mark));
    });
    page.element("dd", &[], |page| {
        page.text(&definition.text);
        citing.back_from_definition(page, &definition.mark, place);
    });
}

/// The facts cited, and what they rest on.
pub(super) fn sources(page: &mut Writer, document: &Document, citing: &Citing<'_>) {
    if document.footnotes.is_empty() {
        return;
    }
    titled(page, "sources", &document.labels.sources, |page| {
        page.block("dl", &[("class", "notes")], |page| {
            for (index, note) in document.footnotes.iter().enumerate() {
                footnote(page, note, index.saturating_add(1), citing);
            }
        });
    });
}

fn footnote(page: &mut Writer, note: &Footnote, place: usize, citing: &Citing<'_>) {
    let (id, seq) = (at_foot("note", place), note.seq.to_string());
    let (recorded, evidence) = (note.recorded.to_string(), note.evidence.to_string());
    let attributes = [
        ("id", id.as_str()),
        ("data-seq", seq.as_str()),
        ("data-event", note.event.as_str()),
        ("data-on", note.on.as_str()),
        ("data-recorded", recorded.as_str()),
        ("data-evidence", evidence.as_str()),
    ];
    page.block("div", &attributes, |page| {
        page.element("dt", &[], |page| {
            page.text(&format!("[{}]", note.number));
        });
        page.element("dd", &[], |page| {
            page.text(&note.text);
            for mark in note.marks.iter().filter(|mark| !note.text.contains(*mark)) {
                page.markup(" ");
                page.text(mark);
            }
            for source in &note.sources {
                self::source(page, source);
            }
            citing.back_from_note(page, note.number, place);
        });
    });
}

/// The address of a source, which its footnote does not spell out, and its details for programs.
fn source(page: &mut Writer, source: &SourceNote) {
    let published = source.published.as_ref().map(|when| when.as_str());
    let details = [
        ("data-title", source.title.as_deref()),
        ("data-type", Some(source.kind.as_str())),
        ("data-publisher", source.publisher.as_deref()),
        ("data-number", source.number.as_deref()),
        ("data-published", published),
        ("data-locator", source.locator.as_deref()),
        ("data-commit", source.evidence.as_deref()),
    ];
    let given: Vec<_> = details
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
        .collect();
    page.element("span", &given, |page| {
        if let Some(url) = &source.url {
            page.markup(" ");
            address(page, url);
        }
    });
}

/// An address of the web as a link; any other is shown and leads nowhere.
fn address(page: &mut Writer, url: &str) {
    let scheme = url.split(':').next().unwrap_or_default();
    let web = ["http", "https"]
        .iter()
        .any(|known| scheme.eq_ignore_ascii_case(known));
    if web {
        let attributes = [("href", url), ("rel", "noopener noreferrer external")];
        page.element("a", &attributes, |page| page.text(url));
    } else {
        page.element("span", &[("class", "address")], |page| page.text(url));
    }
}

/// Both times, the root, and everything the report was computed from.
pub(super) fn closing(page: &mut Writer, document: &Document, words: &Words) {
    page.block("footer", &[("id", "about")], |page| {
        page.block("h2", &[], |page| page.text(words.about));
        for line in &document.closing {
            page.block("p", &[], |page| page.text(line));
        }
        page.block("dl", &[("class", "about")], |page| {
            let name = format!("{} {}", document.report, document.report_version);
            pair(page, words.report, &name);
            pair(page, words.agency, &document.ledger.agency);
            pair(page, words.ledger, &document.ledger.origin);
            pair(page, words.as_of, &document.as_of.to_string());
            pair(page, words.known_at, &document.known_at.to_string());
            pair(page, words.root, &document.ledger.root);
            if !document.parameters.is_empty() {
                pair(page, words.parameters, &parameters(document));
            }
            if !document.cited.is_empty() {
                pair(page, words.cited, &cited(document));
            }
            let complete = if document.complete {
                words.yes
            } else {
                words.no
            };
            pair(page, words.complete, complete);
        });
    });
}

fn parameters(document: &Document) -> String {
    let given = document.parameters.iter();
    let shown: Vec<_> = given
        .map(|(name, value)| format!("{name} = {value}"))
        .collect();
    shown.join("; ")
}

fn cited(document: &Document) -> String {
    let shown: Vec<_> = document.cited.iter().map(ToString::to_string).collect();
    shown.join(", ")
}

fn pair(page: &mut Writer, term: &str, value: &str) {
    page.block("div", &[], |page| {
        page.element("dt", &[], |page| page.text(term));
        page.element("dd", &[], |page| page.text(value));
    });
}

fn titled(page: &mut Writer, id: &'static str, heading: &str, inside: impl FnOnce(&mut Writer)) {
    page.block("section", &[("aria-labelledby", id)], |page| {
        page.block("h2", &[("id", id)], |page| page.text(heading));
        inside(page);
    });
}
