//! One row of the sheet: the same columns for everything a report says.

use crate::report::document::block::Fact;
use crate::report::document::note::Footnote;

/// The headings of the columns.
pub(super) const COLUMNS: [&str; 20] = [
    "part",
    "block",
    "row",
    "kind",
    "heading",
    "subheading",
    "item",
    "column",
    "value",
    "definition",
    "notes",
    "struck",
    "agreement",
    "milestone",
    "on",
    "day",
    "evidence",
    "recorded",
    "entry",
    "event",
];

/// A row; what does not apply is left empty.
#[derive(Clone, Copy, Default)]
pub(super) struct Row<'a> {
    /// The part of the report, the same in every language.
    pub(super) part: &'a str,
    /// The block in it, from 1.
    pub(super) block: u32,
    /// The sentence, figure, claim, note or table row, from 1.
    pub(super) row: u32,
    /// What the row is.
    pub(super) kind: &'static str,
    /// The part's heading.
    pub(super) heading: &'a str,
    /// The heading inside the part.
    pub(super) subheading: &'a str,
    /// What it is about.
    pub(super) item: &'a str,
    /// What of that.
    pub(super) column: &'a str,
    /// What is said.
    pub(super) value: &'a str,
    /// The letter of the definition.
    pub(super) definition: &'a str,
    /// The numbers of footnotes.
    pub(super) notes: &'a [u32],
    /// Whether it no longer holds.
    pub(super) struck: bool,
    /// The fact a sentence states.
    pub(super) fact: Option<&'a Fact>,
    /// The footnote a row belongs to.
    pub(super) footnote: Option<&'a Footnote>,
}

impl Row<'_> {
    /// The cells, in the order of the columns.
    pub(super) fn cells(&self) -> [String; COLUMNS.len()] {
        let owned = str::to_owned;
        let notes: Vec<String> = self.notes.iter().map(ToString::to_string).collect();
        let (fact, note) = (self.fact, self.footnote);
        let on = fact.map(|fact| &fact.on);
        let on = on.or(note.map(|note| &note.on));
        let evidence = fact.map(|fact| fact.evidence);
        let evidence = evidence.or(note.map(|note| note.evidence));
        let shown = |cell: Option<String>| cell.unwrap_or_default();
        [
            owned(self.part),
            numbered(self.block),
            numbered(self.row),
            owned(self.kind),
            owned(self.heading),
            owned(self.subheading),
            owned(self.item),
            owned(self.column),
            owned(self.value),
            owned(self.definition),
            notes.join(" "),
            owned(if self.struck { "yes" } else { "" }),
            shown(fact.map(|fact| fact.agreement.clone())),
            shown(fact.map(|fact| fact.milestone.clone())),
            shown(on.map(|on| on.as_str().to_owned())),
            shown(fact.map(|fact| fact.day.to_string())),
            shown(evidence.map(|level| level.to_string())),
            shown(note.map(|note| note.recorded.to_string())),
            shown(note.map(|note| note.seq.to_string())),
            shown(note.map(|note| note.event.clone())),
        ]
    }
}

fn numbered(number: u32) -> String {
    match number {
        0 => String::new(),
        number => number.to_string(),
    }
}
