//! Which places cite a note or a definition, so that each can be left and come back to.

use std::collections::BTreeMap;

use super::words::Words;
use super::writer::Writer;
use crate::report::document::Document;

/// Back to the text; asked for as a letter, since some systems draw it as a coloured picture.
const ARROW: &str = "\u{21a9}\u{fe0e}";

/// The notes and definitions of a Document, and how often each was cited so far.
pub(super) struct Citing<'d> {
    words: &'static Words,
    notes: BTreeMap<u32, Cited>,
    definitions: BTreeMap<&'d str, Cited>,
}

/// One note or definition.
#[derive(Clone, Copy)]
struct Cited {
    /// Its place at the foot, from 1.
    place: usize,
    /// How many places cite it.
    times: usize,
}

impl Cited {
    fn at(index: usize) -> Self {
        Self {
            place: index.saturating_add(1),
            times: 0,
        }
    }
}

impl<'d> Citing<'d> {
    /// Nothing is cited yet.
    pub(super) fn of(document: &'d Document, words: &'static Words) -> Self {
        let mut notes = BTreeMap::new();
        for (index, note) in document.footnotes.iter().enumerate() {
            notes.entry(note.number).or_insert(Cited::at(index));
        }
        let mut definitions = BTreeMap::new();
        for (index, definition) in document.definitions.iter().enumerate() {
            definitions
                .entry(definition.mark.as_str())
                .or_insert(Cited::at(index));
        }
        Self {
            words,
            notes,
            definitions,
        }
    }

    /// Links to notes, as they stand behind a sentence.
    pub(super) fn notes(&mut self, page: &mut Writer, numbers: &[u32]) {
        for number in numbers {
            let shown = format!("[{number}]");
            page.markup("\u{2060}<sup class=\"cite\">");
            match self.notes.get_mut(number) {
                Some(cited) => {
                    let label = format!("{} {shown}", self.words.note);
                    link(page, "note", cited, &label, &shown);
                }
                None => page.text(&shown),
            }
            page.markup("</sup>");
        }
    }

    /// A link to a definition, as it stands behind the label of a figure.
    pub(super) fn definition(&mut self, page: &mut Writer, mark: &str) {
        let shown = format!("({mark})");
        page.markup(" ");
        match self.definitions.get_mut(mark) {
            Some(cited) => {
                let label = format!("{} {shown}", self.words.definition);
                link(page, "definition", cited, &label, &shown);
            }
            None => page.text(&shown),
        }
    }

    /// Links from a note back to every place that cites it.
    pub(super) fn back_from_note(&self, page: &mut Writer, number: u32, place: usize) {
        let cited = self.notes.get(&number);
        self.back(page, "note", cited.filter(|cited| cited.place == place));
    }

    /// Links from a definition back to every figure it stands beside.
    pub(super) fn back_from_definition(&self, page: &mut Writer, mark: &str, place: usize) {
        let cited = self.definitions.get(mark);
        self.back(
            page,
            "definition",
            cited.filter(|cited| cited.place == place),
        );
    }

    fn back(&self, page: &mut Writer, kind: &'static str, cited: Option<&Cited>) {
        let Some(cited) = cited else { return };
        for time in 1..=cited.times {
            let target = format!("#{}", from(kind, cited.place, time));
            // A spoken name holds what is seen, so that a link can be called by either.
            let shown = match cited.times {
                1 => String::new(),
                _ => time.to_string(),
            };
            let label = format!("{ARROW}{shown} {}", self.words.back);
            page.markup(" ");
            let attributes = [
                ("class", "back"),
                ("href", target.as_str()),
                ("aria-label", label.as_str()),
            ];
            page.element("a", &attributes, |page| {
                page.markup(ARROW);
                if !shown.is_empty() {
                    page.element("sup", &[], |page| page.text(&shown));
                }
            });
        }
    }
}

/// The id of the place at the foot.
pub(super) fn at_foot(kind: &str, place: usize) -> String {
    format!("{kind}-{place}")
}

/// The id of a place that cites it.
fn from(kind: &str, place: usize, time: usize) -> String {
    format!("from-{kind}-{place}-{time}")
}

fn link(page: &mut Writer, kind: &'static str, cited: &mut Cited, label: &str, shown: &str) {
    cited.times = cited.times.saturating_add(1);
    let target = format!("#{}", at_foot(kind, cited.place));
    let id = from(kind, cited.place, cited.times);
    let attributes = [
        ("id", id.as_str()),
        ("href", target.as_str()),
        ("aria-label", label),
    ];
    page.element("a", &attributes, |page| page.text(shown));
}
