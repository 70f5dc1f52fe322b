//! Tables in plain text: columns as wide as their words, narrowed from the widest when they do not fit.

use crate::export::plain::{clean, numbers, padded, width, wrap};
use crate::report::document::block::{Align, Cell, Column};

/// Blanks between two columns.
const GAP: usize = 2;
/// No column gets narrower than this.
const NARROWEST: usize = 6;
/// A column of words is narrowed to this before any word of it is broken.
const WORDS: usize = 16;
/// The narrowest pair of a title and what stands in its cell, where rows are told line by line.
const TITLE: usize = 24;

/// The lines of a table: headings, a rule, the rows. None is wider than `limit`. A number is never
/// broken: where the columns do not fit beside each other, each row is told in lines of its own.
pub(super) fn lines(columns: &[Column], rows: &[Vec<Cell>], limit: usize) -> Vec<String> {
    let titles: Vec<String> = columns.iter().map(|column| clean(&column.title)).collect();
    let cells: Vec<Vec<String>> = rows
        .iter()
        .map(|row| row.iter().map(shown).collect())
        .collect();
    let Some(widths) = widths(&titles, &cells, columns, limit) else {
        return stacked(&titles, &cells, limit);
    };
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

/// The width of each column: that of its widest cell if all fit. Else titles of numbers are broken
/// first, then words, then what stands beside a number; the widest column gives way each time. `None`
/// if the columns do not fit even then.
fn widths(
    titles: &[String],
    rows: &[Vec<String>],
    columns: &[Column],
    limit: usize,
) -> Option<Vec<usize>> {
    let mut cells: Vec<usize> = vec![0; titles.len()];
    let mut words: Vec<usize> = titles.iter().map(|title| longest_word(title)).collect();
    for row in rows {
        for ((widest, word), cell) in cells.iter_mut().zip(&mut words).zip(row) {
            *widest = (*widest).max(width(cell));
            *word = (*word).max(longest_word(cell));
        }
    }
    let whole: Vec<usize> = titles
        .iter()
        .zip(&cells)
        .map(|(title, cell)| width(title).max(*cell))
        .collect();
    let is_number = |at: usize| {
        columns
            .get(at)
            .is_some_and(|column| column.align == Align::Right)
    };
    let least = |number: &dyn Fn(usize, usize) -> usize, word: &dyn Fn(usize, usize) -> usize| {
        let each = whole.iter().zip(&cells).zip(&words).enumerate();
        let least = each.map(|(at, ((whole, cell), longest))| match is_number(at) {
            true => number(*cell, *longest).max(NARROWEST).min(*whole),
            false => word(*whole, *longest).max(NARROWEST).min(*whole),
        });
        least.collect::<Vec<usize>>()
    };
    let steps = [
        least(&|cell, longest| cell.max(longest), &|whole, _| whole),
        least(&|cell, longest| cell.max(longest), &|_, longest| {
            longest.max(WORDS)
        }),
        least(&|_, longest| longest, &|_, longest| longest.min(WORDS)),
    ];
    let mut widths = whole.clone();
    let gaps = GAP.saturating_mul(widths.len().saturating_sub(1));
    for least in &steps {
        while widths.iter().sum::<usize>().saturating_add(gaps) > limit {
            let able = widths.iter_mut().zip(least);
            let able = able.filter(|(width, least)| **width > **least);
            match able.max_by_key(|(width, _)| **width) {
                Some((widest, _)) => *widest = widest.saturating_sub(1),
                None => break,
            }
        }
    }
    let fits = widths.iter().sum::<usize>().saturating_add(gaps) <= limit;
    fits.then_some(widths)
}

fn longest_word(words: &str) -> usize {
    words.split(' ').map(width).max().unwrap_or(0)
}

/// Rows told one after the other: the first cell, then a line for each other column.
fn stacked(titles: &[String], rows: &[Vec<String>], limit: usize) -> Vec<String> {
    let right = limit
        .saturating_sub(TITLE)
        .saturating_sub(GAP.saturating_mul(2));
    let mut out = Vec::new();
    for row in rows {
        let mut cells = titles.iter().zip(row);
        if let Some((_, first)) = cells.next() {
            out.extend(wrap(first, limit));
        }
        for (title, cell) in cells {
            let (titles, cells) = (wrap(title, TITLE), wrap(cell, right));
            for at in 0..titles.len().max(cells.len()) {
                let title = titles.get(at).map_or("", String::as_str);
                let cell = cells.get(at).map_or("", String::as_str);
                out.push(format!("  {}  {cell}", padded(title, TITLE, false)));
            }
        }
    }
    out
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
