//! Tables while they are written: columns of words and of numbers, and no more rows than a page bears.

use super::document::block::{Align, Block, Cell, Column};

/// A table of more rows is cut, with a line that says how many more there are.
pub(super) const MOST_ROWS: usize = 300;

/// A table while it is written.
#[derive(Debug, Default)]
pub(super) struct Rows {
    columns: Vec<Column>,
    rows: Vec<Vec<Cell>>,
}

impl Rows {
    /// A table with a first column of words.
    pub(super) fn of(title: String) -> Self {
        Self {
            columns: vec![Column {
                title,
                align: Align::Left,
            }],
            rows: Vec::new(),
        }
    }

    /// One more column, of numbers.
    pub(super) fn number(mut self, title: String) -> Self {
        self.columns.push(Column {
            title,
            align: Align::Right,
        });
        self
    }

    /// One more column, of numbers that have a definition.
    pub(super) fn defined(self, title: &str, mark: &str) -> Self {
        self.number(format!("{title} ({mark})"))
    }

    /// One more row. Its footnotes stand at the words, so that numbers stay in line.
    pub(super) fn row(&mut self, words: String, notes: Vec<u32>, numbers: Vec<String>) {
        let mut cells = vec![Cell { text: words, notes }];
        cells.extend(numbers.into_iter().map(|text| Cell {
            text,
            notes: Vec::new(),
        }));
        self.rows.push(cells);
    }

    /// The table.
    pub(super) fn block(self) -> Block {
        Block::Table {
            columns: self.columns,
            rows: self.rows,
        }
    }
}

/// How many of so many rows a table has no room for.
pub(super) fn left_out(rows: usize) -> u64 {
    rows.saturating_sub(MOST_ROWS) as u64
}
