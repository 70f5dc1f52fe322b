//! The blocks of a part: sentences, figures, tables, claims.

use super::citing::Citing;
use super::writer::{Attribute, Writer};
use crate::report::document::block::{Align, Block, Cell, Column, Figure, Line, Part};

/// Writes the parts, one after the other.
pub(super) struct Body<'d> {
    /// Words before a line that no longer holds.
    pub(super) struck: &'d str,
    /// The notes and definitions.
    pub(super) citing: Citing<'d>,
    tables: usize,
}

impl<'d> Body<'d> {
    /// Nothing is written yet.
    pub(super) fn new(struck: &'d str, citing: Citing<'d>) -> Self {
        Self {
            struck,
            citing,
            tables: 0,
        }
    }

    /// One part with its heading; `place` counts from 1.
    pub(super) fn part(&mut self, page: &mut Writer, part: &Part, place: usize) {
        let id = part_id(place);
        if part.heading.is_empty() {
            let attributes = [("class", "lead"), ("data-part", part.name.as_str())];
            page.block("div", &attributes, |page| self.blocks(page, part));
            return;
        }
        let attributes = [
            ("aria-labelledby", id.as_str()),
            ("data-part", part.name.as_str()),
        ];
        page.block("section", &attributes, |page| {
            page.block("h2", &[("id", &id)], |page| page.text(&part.heading));
            self.blocks(page, part);
        });
    }

    fn blocks(&mut self, page: &mut Writer, part: &Part) {
        // A table is called what stands above it.
        let mut above = part.heading.as_str();
        for block in &part.blocks {
            if let Block::Subheading { text } = block {
                above = text;
            }
            self.block(page, block, above);
        }
    }

    fn block(&mut self, page: &mut Writer, block: &Block, above: &str) {
        match block {
            Block::Subheading { text } => page.block("h3", &[], |page| page.text(text)),
            Block::Paragraph { lines } => page.block("p", &[], |page| {
                for (at, line) in lines.iter().enumerate() {
                    if at > 0 {
                        page.markup(" ");
                    }
                    self.line(page, "span", line);
                }
            }),
            Block::List { items } => page.block("ul", &[], |page| {
                for item in items {
                    self.line(page, "li", item);
                    page.markup("\n");
                }
            }),
            Block::Figures { rows } => page.block("dl", &[("class", "figures")], |page| {
                for row in rows {
                    page.block("div", &[], |page| self.figure(page, row));
                }
            }),
            Block::Table { columns, rows } => self.table(page, columns, rows, above),
            Block::Claim {
                speaker,
                quote,
                context,
                remark,
                notes,
            } => page.block("figure", &[("class", "claim")], |page| {
                page.element("blockquote", &[], |page| {
                    page.element("p", &[], |page| {
                        page.text(&format!("\u{201c}{quote}\u{201d}"));
                    });
                });
                page.element("figcaption", &[], |page| {
                    page.element("strong", &[], |page| page.text(speaker));
                    page.text(&format!(", {context}."));
                    if !remark.is_empty() {
                        page.markup(" ");
                        page.element("span", &[("class", "remark")], |page| page.text(remark));
                    }
                    self.citing.notes(page, notes);
                });
            }),
            Block::Empty { text } => {
                page.block("p", &[("class", "empty")], |page| page.text(text));
            }
        }
    }

    /// A sentence or item; programs find the fact it states in its attributes.
    fn line(&mut self, page: &mut Writer, element: &'static str, line: &Line) {
        let Some(fact) = &line.fact else {
            page.element(element, &[], |page| self.words(page, line));
            return;
        };
        let (day, evidence) = (fact.day.to_string(), fact.evidence.to_string());
        let attributes = [
            ("data-agreement", fact.agreement.as_str()),
            ("data-milestone", fact.milestone.as_str()),
            ("data-on", fact.on.as_str()),
            ("data-day", day.as_str()),
            ("data-evidence", evidence.as_str()),
        ];
        page.element(element, &attributes, |page| self.words(page, line));
    }

    fn words(&mut self, page: &mut Writer, line: &Line) {
        if line.struck {
            page.element("span", &[("class", "struck")], |page| {
                page.text(self.struck);
                page.text(": ");
            });
            page.element("s", &[], |page| page.text(&line.text));
        } else {
            page.text(&line.text);
        }
        self.citing.notes(page, &line.notes);
    }

    fn figure(&mut self, page: &mut Writer, row: &Figure) {
        page.element("dt", &[], |page| {
            page.text(&row.label);
            if let Some(mark) = &row.definition {
                self.citing.definition(page, mark);
            }
        });
        page.element("dd", &[], |page| {
            page.text(&row.value);
            self.citing.notes(page, &row.notes);
        });
        for detail in &row.details {
            page.element("dd", &[("class", "detail")], |page| page.text(detail));
        }
    }

    fn table(&mut self, page: &mut Writer, columns: &[Column], rows: &[Vec<Cell>], above: &str) {
        self.tables = self.tables.saturating_add(1);
        let id = format!("table-{}", self.tables);
        // A table wider than the page is moved inside its box, by touch, mouse or keys.
        let attributes = [
            ("class", "table"),
            ("role", "region"),
            ("aria-labelledby", id.as_str()),
            ("tabindex", "0"),
        ];
        page.block("div", &attributes, |page| {
            page.element("table", &[], |page| {
                page.block("caption", &[("id", &id)], |page| page.text(above));
                page.block("thead", &[], |page| {
                    page.element("tr", &[], |page| {
                        for column in columns {
                            let attributes = [("scope", "col"), side(Some(column))];
                            page.element("th", &attributes, |page| page.text(&column.title));
                        }
                    });
                });
                page.block("tbody", &[], |page| {
                    for row in rows {
                        page.block("tr", &[], |page| self.row(page, columns, row));
                    }
                });
            });
        });
    }

    fn row(&mut self, page: &mut Writer, columns: &[Column], row: &[Cell]) {
        for (at, cell) in row.iter().enumerate() {
            let side = side(columns.get(at));
            let mut inside = |page: &mut Writer| {
                page.text(&cell.text);
                self.citing.notes(page, &cell.notes);
            };
            if at == 0 {
                page.element("th", &[("scope", "row"), side], &mut inside);
            } else {
                page.element("td", &[side], &mut inside);
            }
        }
    }
}

/// The id of a part's heading.
pub(super) fn part_id(place: usize) -> String {
    format!("part-{place}")
}

fn side(column: Option<&Column>) -> Attribute<'static> {
    match column.map(|column| column.align) {
        Some(Align::Right) => ("class", "number"),
        Some(Align::Left) | None => ("class", "words"),
    }
}
