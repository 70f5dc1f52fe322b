//! Tables in plain text: columns as wide as their words, narrowed from the widest when they do not fit.

use crate::export::plain::{clean, numbers, padded, width, wrap};
use crate::report::document::block::{Align, Cell, Column};

/// Blanks between two columns.
const GAP: usize = 2;
/// No column gets narrower than this.
const NARROWEST: usize = 6;

/// The lines of a table: headings, a rule, the rows. None is wider than `limit`, as long as the
/// columns fit at their narrowest.
pub(super) fn lines(columns: &[Column], rows: &[Vec<Cell>], limit: usize) -> Vec<String> {
    let titles: Vec<String> = columns.iter().map(|column| clean(&column.title)).collect();
    let cells: Vec<Vec<String>> = rows
        .iter()
        .map(|row| row.iter().map(shown).collect())
        .collect();
    let widths = widths(&titles, &cells, limit);
    let mut out = set(&titles, columns, &widths);
    let rules: Vec<String> = widths.iter().map(|width| "-".repeat(*width)).collect();
    out.push(rules.join(&" ".repeat(GAP)));
    for row in &cells {
        out.extend(set(row, columns, &widths));
    }
    out
}

fn shown(cell: &Cell) -> String {
    format!("{}{}", clean(&cell.text), numbers(&cell.notes))
}

fn widths(titles: &[String], rows: &[Vec<String>], limit: usize) -> Vec<usize> {
    let mut widths: Vec<usize> = titles.iter().map(|title| width(title)).collect();
    for row in rows {
        for (widest, cell) in widths.iter_mut().zip(row) {
            *widest = (*widest).max(width(cell));
        }
    }
    let gaps = GAP.saturating_mul(widths.len().saturating_sub(1));
    while widths.iter().sum::<usize>().saturating_add(gaps) > limit {
        match widths.iter_mut().max() {
            Some(widest) if *widest > NARROWEST => *widest = widest.saturating_sub(1),
            _ => break,
        }
    }
    widths
}

/// One row, broken into as many lines as its longest cell needs.
fn set(cells: &[String], columns: &[Column], widths: &[usize]) -> Vec<String> {
    let broken: Vec<Vec<String>> = cells
        .iter()
        .zip(widths)
        .map(|(cell, width)| wrap(cell, *width))
        .collect();
    let height = broken.iter().map(Vec::len).max().unwrap_or(0);
    (0..height)
        .map(|at| {
            let parts: Vec<String> = broken
                .iter()
                .zip(columns)
                .zip(widths)
                .map(|((lines, column), width)| {
                    let words = lines.get(at).map_or("", String::as_str);
                    padded(words, *width, column.align == Align::Right)
                })
                .collect();
            parts.join(&" ".repeat(GAP))
        })
        .collect()
}
