//! Plain text for a terminal of 80 columns.
//!
//! Lines are broken by the width they are shown with, numbers stand flush right, footnotes are
//! collected at the end, and nothing in a fact can steer the terminal.

mod table;

use super::format::{ExportError, Format};
use super::plain::{clean, numbers, padded, width, wrap};
use crate::report::document::Document;
use crate::report::document::block::{Block, Figure, Line, Part};
use crate::report::document::note::Footnote;

/// The format.
pub const FORMAT: Format = Format {
    name: "text",
    about: "plain text, 80 columns",
    media_type: "text/plain; charset=utf-8",
    extension: "txt",
    render,
};

/// How wide a line may be.
const COLUMNS: usize = 80;
/// The widest the labels of figures get before they wrap.
const LABELS: usize = 32;

fn render(document: &Document) -> Result<Vec<u8>, ExportError> {
    let mut page = Page::default();
    page.underlined(&document.title, '=');
    for warning in &document.warnings {
        page.blank();
        page.hanging(&format!("{}: ", document.labels.warning), "  ", warning);
    }
    for part in &document.parts {
        page.part(part, &document.labels.struck);
    }
    if !document.definitions.is_empty() {
        page.blank();
        page.underlined(&document.labels.definitions, '-');
        for definition in &document.definitions {
            page.hanging(&format!("({}) ", definition.mark), "    ", &definition.text);
        }
    }
    if !document.footnotes.is_empty() {
        page.blank();
        page.underlined(&document.labels.sources, '-');
        for note in &document.footnotes {
            page.footnote(note);
        }
    }
    page.blank();
    page.push("-".repeat(COLUMNS));
    for line in &document.closing {
        page.hanging("", "", line);
    }
    Ok(page.into_bytes())
}

/// The lines written so far.
#[derive(Default)]
pub(super) struct Page {
    lines: Vec<String>,
}

impl Page {
    fn into_bytes(self) -> Vec<u8> {
        let mut out = String::new();
        for line in self.lines {
            out.push_str(line.trim_end());
            out.push('\n');
        }
        out.into_bytes()
    }

    fn push(&mut self, line: String) {
        self.lines.push(line);
    }

    /// An empty line, unless the page is empty or ends with one.
    fn blank(&mut self) {
        if self.lines.last().is_some_and(|line| !line.is_empty()) {
            self.lines.push(String::new());
        }
    }

    fn underlined(&mut self, words: &str, with: char) {
        let mut widest = 0;
        for line in wrap(words, COLUMNS) {
            widest = widest.max(width(&line));
            self.push(line);
        }
        self.push(with.to_string().repeat(widest));
    }

    /// Words after a mark, the lines that follow set in by `indent`.
    fn hanging(&mut self, mark: &str, indent: &str, words: &str) {
        let mark = clean(mark);
        let words = format!("{mark}{}", clean(words));
        let limit = COLUMNS.saturating_sub(width(indent));
        // The first line has the whole width; its blanks before the mark are kept.
        let lead: String = words.chars().take_while(|c| *c == ' ').collect();
        let mut lines = wrap(&words, limit).into_iter();
        if let Some(first) = lines.next() {
            self.push(format!("{lead}{first}"));
        }
        for line in lines {
            self.push(format!("{indent}{line}"));
        }
    }

    fn part(&mut self, part: &Part, struck: &str) {
        self.blank();
        if !part.heading.is_empty() {
            self.underlined(&part.heading, '-');
        }
        for block in &part.blocks {
            self.block(block, struck);
        }
    }

    fn block(&mut self, block: &Block, struck: &str) {
        match block {
            Block::Subheading { text } => {
                self.blank();
                self.hanging("", "  ", text);
            }
            Block::Paragraph { lines } => {
                let words: Vec<_> = lines.iter().map(|line| sentence(line, struck)).collect();
                self.hanging("", "", &words.join(" "));
            }
            Block::List { items } => {
                for item in items {
                    self.hanging("  - ", "    ", &sentence(item, struck));
                }
            }
            Block::Figures { rows } => self.figures(rows),
            Block::Table { columns, rows } => {
                self.blank();
                for line in table::lines(columns, rows, COLUMNS) {
                    self.push(line);
                }
                self.blank();
            }
            Block::Claim {
                speaker,
                quote,
                context,
                remark,
                notes,
            } => {
                let said = format!("{speaker}, {context}: \u{201c}{quote}\u{201d}. {remark}");
                self.hanging("  - ", "    ", &format!("{said}{}", numbers(notes)));
            }
            Block::Empty { text } => self.hanging("", "", text),
        }
    }

    fn figures(&mut self, rows: &[Figure]) {
        let label = |row: &Figure| match &row.definition {
            Some(mark) => format!("{} ({mark})", clean(&row.label)),
            None => clean(&row.label),
        };
        let widest = rows.iter().map(|row| width(&label(row))).max();
        let left = widest.unwrap_or(0).min(LABELS);
        let right = COLUMNS.saturating_sub(left).saturating_sub(4);
        for row in rows {
            let labels = wrap(&label(row), left);
            let mut values = wrap(&format!("{}{}", row.value, numbers(&row.notes)), right);
            for detail in &row.details {
                values.extend(wrap(detail, right));
            }
            for at in 0..labels.len().max(values.len()) {
                let label = labels.get(at).map_or("", String::as_str);
                let value = values.get(at).map_or("", String::as_str);
                self.push(format!("  {}  {value}", padded(label, left, false)));
            }
        }
    }

    fn footnote(&mut self, note: &Footnote) {
        let mark = format!("[{}] ", note.number);
        let indent = " ".repeat(width(&mark));
        self.hanging(&mark, &indent, &note.text);
        for url in note.sources.iter().filter_map(|s| s.url.as_deref()) {
            for line in wrap(url, COLUMNS.saturating_sub(width(&indent))) {
                self.push(format!("{indent}{line}"));
            }
        }
    }
}

fn sentence(line: &Line, struck: &str) -> String {
    let notes = numbers(&line.notes);
    if line.struck {
        format!("[{struck}: {}]{notes}", line.text)
    } else {
        format!("{}{notes}", line.text)
    }
}
