//! CSV for spreadsheets: one file in long form, a row for each thing said, to be filtered by its columns.
//!
//! RFC 4180 with CRLF and a heading row; UTF-8 with a byte order mark, without which spreadsheets take the
//! letters of other alphabets for something else. Every row has every column. `kind` says what a row is;
//! rows of one table row, figure, claim or note share `part`, `block` and `row`. Cells that a spreadsheet
//! would take for a formula begin with an apostrophe.

pub(super) mod cell;
mod row;

use self::cell::safe;
use self::row::{COLUMNS, Row};
use super::format::{ExportError, Format};
use crate::report::document::Document;
use crate::report::document::block::{Block, Cell, Column, Figure, Line, Part};
use crate::report::document::note::{Footnote, SourceNote};

/// The format.
pub const FORMAT: Format = Format {
    name: "csv",
    about: "one table in long form, for spreadsheets",
    media_type: "text/csv; charset=utf-8; header=present",
    extension: "csv",
    render,
};

/// Tells a spreadsheet that the file is UTF-8.
const MARK: &[u8] = "\u{feff}".as_bytes();

fn render(document: &Document) -> Result<Vec<u8>, ExportError> {
    let mut sheet = Sheet::default();
    sheet.about(document);
    for part in &document.parts {
        sheet.part(part);
    }
    sheet.enter("definitions", &document.labels.definitions);
    for definition in &document.definitions {
        sheet.next_row();
        sheet.push(Row {
            item: &definition.mark,
            value: &definition.text,
            ..sheet.row("definition")
        });
    }
    sheet.enter("sources", &document.labels.sources);
    for note in &document.footnotes {
        sheet.footnote(note);
    }
    sheet.enter("closing", "");
    for line in &document.closing {
        sheet.next_row();
        sheet.push(Row {
            value: line,
            ..sheet.row("sentence")
        });
    }
    sheet.into_bytes()
}

/// The rows written so far, and where in the report the next one stands.
#[derive(Default)]
struct Sheet<'d> {
    records: Vec<[String; COLUMNS.len()]>,
    part: &'d str,
    heading: &'d str,
    subheading: &'d str,
    block: u32,
    row: u32,
}

impl<'d> Sheet<'d> {
    fn enter(&mut self, part: &'d str, heading: &'d str) {
        self.part = part;
        self.heading = heading;
        self.subheading = "";
        self.block = 0;
        self.row = 0;
    }

    fn next_block(&mut self) {
        self.block = self.block.saturating_add(1);
        self.row = 0;
    }

    fn next_row(&mut self) {
        self.row = self.row.saturating_add(1);
    }

    /// An empty row of a kind at this place.
    fn row(&self, kind: &'static str) -> Row<'d> {
        Row {
            part: self.part,
            block: self.block,
            row: self.row,
            kind,
            heading: self.heading,
            subheading: self.subheading,
            ..Row::default()
        }
    }

    fn push(&mut self, row: Row<'_>) {
        self.records.push(row.cells());
    }

    /// What was asked, of which ledger, and what to know before anything else.
    fn about(&mut self, document: &'d Document) {
        self.enter("report", &document.title);
        let yes_or_no = |is: bool| if is { "yes" } else { "no" }.to_owned();
        let facts = [
            ("report", document.report.clone()),
            ("report_version", document.report_version.to_string()),
            ("language", document.language.clone()),
            ("title", document.title.clone()),
            ("as_of", document.as_of.to_string()),
            ("known_at", document.known_at.to_string()),
            ("ledger", document.ledger.origin.clone()),
            ("agency", document.ledger.agency.clone()),
            ("root", document.ledger.root.clone()),
            ("demonstration", yes_or_no(document.ledger.demonstration)),
            ("complete", yes_or_no(document.complete)),
            ("cited", listed(&document.cited)),
        ];
        for (item, value) in &facts {
            self.told("about", item, value);
        }
        for (name, value) in &document.parameters {
            self.told("parameter", name, value);
        }
        for warning in &document.warnings {
            self.told("warning", &document.labels.warning, warning);
        }
    }

    fn told(&mut self, kind: &'static str, item: &str, value: &str) {
        self.next_row();
        self.push(Row {
            item,
            value,
            ..self.row(kind)
        });
    }

    fn part(&mut self, part: &'d Part) {
        self.enter(&part.name, &part.heading);
        if !part.heading.is_empty() {
            self.push(Row {
                value: &part.heading,
                ..self.row("heading")
            });
        }
        for block in &part.blocks {
            self.next_block();
            self.block(block);
        }
    }

    fn block(&mut self, block: &'d Block) {
        match block {
            Block::Subheading { text } => {
                self.subheading = text;
                self.push(Row {
                    value: text,
                    ..self.row("subheading")
                });
            }
            Block::Paragraph { lines } => self.lines("sentence", lines),
            Block::List { items } => self.lines("item", items),
            Block::Figures { rows } => {
                for row in rows {
                    self.figure(row);
                }
            }
            Block::Table { columns, rows } => {
                for row in rows {
                    self.cells(columns, row);
                }
            }
            Block::Claim {
                speaker,
                quote,
                context,
                remark,
                notes,
            } => {
                self.next_row();
                let said = [("quote", quote), ("about", context), ("remark", remark)];
                for (column, value) in said.into_iter().filter(|(_, value)| !value.is_empty()) {
                    self.push(Row {
                        item: speaker,
                        column,
                        value,
                        notes,
                        ..self.row("claim")
                    });
                }
            }
            Block::Empty { text } => {
                self.next_row();
                self.push(Row {
                    value: text,
                    ..self.row("empty")
                });
            }
        }
    }

    fn lines(&mut self, kind: &'static str, lines: &[Line]) {
        for line in lines {
            self.next_row();
            self.push(Row {
                value: &line.text,
                notes: &line.notes,
                struck: line.struck,
                fact: line.fact.as_ref(),
                ..self.row(kind)
            });
        }
    }

    fn figure(&mut self, figure: &Figure) {
        self.next_row();
        let row = Row {
            item: &figure.label,
            definition: figure.definition.as_deref().unwrap_or_default(),
            ..self.row("figure")
        };
        self.push(Row {
            column: "value",
            value: &figure.value,
            notes: &figure.notes,
            ..row
        });
        for detail in &figure.details {
            self.push(Row {
                column: "detail",
                value: detail,
                ..row
            });
        }
    }

    /// A row of a table, a row a cell; the first cell says what they are about.
    fn cells(&mut self, columns: &[Column], cells: &[Cell]) {
        self.next_row();
        let item = cells.first().map_or("", |cell| cell.text.as_str());
        for (at, cell) in cells.iter().enumerate() {
            let column = columns.get(at).map_or("", |column| column.title.as_str());
            self.push(Row {
                item,
                column,
                value: &cell.text,
                notes: &cell.notes,
                ..self.row("cell")
            });
        }
    }

    fn footnote(&mut self, note: &Footnote) {
        self.next_row();
        let number = note.number.to_string();
        let row = Row {
            item: &number,
            footnote: Some(note),
            ..self.row("footnote")
        };
        self.push(Row {
            column: "text",
            value: &note.text,
            ..row
        });
        for mark in &note.marks {
            self.push(Row {
                column: "mark",
                value: mark,
                ..row
            });
        }
        for source in &note.sources {
            for (column, value) in of_source(source) {
                self.push(Row {
                    kind: "source",
                    column,
                    value,
                    ..row
                });
            }
        }
    }

    fn into_bytes(self) -> Result<Vec<u8>, ExportError> {
        let mut writer = ::csv::WriterBuilder::new()
            .terminator(::csv::Terminator::CRLF)
            .from_writer(MARK.to_vec());
        writer.write_record(COLUMNS)?;
        for record in &self.records {
            writer.write_record(record.iter().map(|cell| safe(cell)))?;
        }
        writer.into_inner().map_err(|error| {
            // Writing to memory has no other way to fail than the record that was refused.
            ExportError::Csv(::csv::Error::from(error.into_error()))
        })
    }
}

fn listed(positions: &[u64]) -> String {
    let shown: Vec<String> = positions.iter().map(ToString::to_string).collect();
    shown.join(" ")
}

/// What a footnote says of one source, a row a field.
fn of_source(source: &SourceNote) -> Vec<(&'static str, &str)> {
    let published = source.published.as_ref().map(|when| when.as_str());
    let fields = [
        ("title", source.title.as_deref()),
        ("type", Some(source.kind.as_str())),
        ("publisher", source.publisher.as_deref()),
        ("number", source.number.as_deref()),
        ("published", published),
        ("locator", source.locator.as_deref()),
        ("url", source.url.as_deref()),
        ("evidence", source.evidence.as_deref()),
    ];
    fields
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
        .collect()
}
