//! Markdown (CommonMark with tables and footnotes): facts are escaped, so that none becomes markup.

use super::format::{ExportError, Format};
use super::plain::clean;
use crate::report::document::Document;
use crate::report::document::block::{Align, Block, Cell, Column, Figure, Line, Part};

/// The format.
pub const FORMAT: Format = Format {
    name: "md",
    about: "Markdown with tables and footnotes",
    media_type: "text/markdown; charset=utf-8",
    extension: "md",
    render,
};

fn render(document: &Document) -> Result<Vec<u8>, ExportError> {
    let mut out = format!("# {}\n", escaped(&document.title));
    for warning in &document.warnings {
        let label = escaped(&document.labels.warning);
        out.push_str(&format!("\n> **{label}:** {}\n", escaped(warning)));
    }
    for part in &document.parts {
        part_into(part, &mut out);
    }
    if !document.definitions.is_empty() {
        out.push_str(&heading(&document.labels.definitions));
        for definition in &document.definitions {
            let (mark, text) = (escaped(&definition.mark), escaped(&definition.text));
            out.push_str(&format!("- ({mark}) {text}\n"));
        }
    }
    out.push_str("\n---\n");
    for line in &document.closing {
        out.push_str(&format!("\n{}\n", escaped(line)));
    }
    if !document.footnotes.is_empty() {
        out.push('\n');
    }
    for note in &document.footnotes {
        out.push_str(&format!("[^{}]: {}", note.number, escaped(&note.text)));
        for url in note.sources.iter().filter_map(|s| s.url.as_deref()) {
            out.push_str(&format!(" <{}>", clean(url)));
        }
        out.push('\n');
    }
    Ok(out.into_bytes())
}

fn heading(words: &str) -> String {
    format!("\n## {}\n\n", escaped(words))
}

fn part_into(part: &Part, out: &mut String) {
    if part.heading.is_empty() {
        out.push('\n');
    } else {
        out.push_str(&heading(&part.heading));
    }
    let mut listing = false;
    for (at, block) in part.blocks.iter().enumerate() {
        let is_item = matches!(block, Block::List { .. } | Block::Claim { .. });
        // Items of one list stand together; everything else is set off by an empty line.
        if at > 0 && !(listing && is_item) {
            out.push('\n');
        }
        block_into(block, out);
        listing = is_item;
    }
}

fn block_into(block: &Block, out: &mut String) {
    match block {
        Block::Subheading { text } => out.push_str(&format!("### {}\n", escaped(text))),
        Block::Paragraph { lines } => {
            let words: Vec<_> = lines.iter().map(sentence).collect();
            out.push_str(&format!("{}\n", words.join(" ")));
        }
        Block::List { items } => {
            for item in items {
                out.push_str(&format!("- {}\n", sentence(item)));
            }
        }
        Block::Figures { rows } => figures_into(rows, out),
        Block::Table { columns, rows } => table_into(columns, rows, out),
        Block::Claim {
            speaker,
            quote,
            context,
            remark,
            notes,
        } => {
            let (speaker, context, quote) = (escaped(speaker), escaped(context), escaped(quote));
            let said = format!(
                "{speaker}, {context}: \u{201c}{quote}\u{201d}. {}",
                escaped(remark)
            );
            out.push_str(&format!("- {}{}\n", said.trim_end(), references(notes)));
        }
        Block::Empty { text } => out.push_str(&format!("{}\n", escaped(text))),
    }
}

fn figures_into(rows: &[Figure], out: &mut String) {
    for row in rows {
        let mark = match &row.definition {
            Some(mark) => format!(" ({})", escaped(mark)),
            None => String::new(),
        };
        let (label, value) = (escaped(&row.label), escaped(&row.value));
        let notes = references(&row.notes);
        out.push_str(&format!("- **{label}**{mark}: {value}{notes}\n"));
        for detail in &row.details {
            out.push_str(&format!("  - {}\n", escaped(detail)));
        }
    }
}

fn table_into(columns: &[Column], rows: &[Vec<Cell>], out: &mut String) {
    let titles: Vec<_> = columns.iter().map(|c| escaped(&c.title)).collect();
    let rules: Vec<_> = columns
        .iter()
        .map(|column| match column.align {
            Align::Left => "---",
            Align::Right => "---:",
        })
        .collect();
    out.push_str(&format!(
        "| {} |\n| {} |\n",
        titles.join(" | "),
        rules.join(" | ")
    ));
    for row in rows {
        let cells: Vec<_> = row
            .iter()
            .map(|cell| format!("{}{}", escaped(&cell.text), references(&cell.notes)))
            .collect();
        out.push_str(&format!("| {} |\n", cells.join(" | ")));
    }
}

fn sentence(line: &Line) -> String {
    let notes = references(&line.notes);
    let words = escaped(&line.text);
    if line.struck {
        format!("~~{words}~~{notes}")
    } else {
        format!("{words}{notes}")
    }
}

fn references(notes: &[u32]) -> String {
    notes.iter().map(|note| format!("[^{note}]")).collect()
}

/// The words on one line with everything escaped that could be markup anywhere in it, or that
/// a renderer would turn into a link, a mention or an entity.
pub(super) fn escaped(words: &str) -> String {
    let words = clean(words);
    let words = words.trim();
    let mut out = String::with_capacity(words.len());
    let mut number_so_far = true;
    for (at, letter) in words.char_indices() {
        let leads = at == 0 && matches!(letter, '+' | '-' | '=');
        // "1." and "1)" begin a list at the start of a line.
        let numbers = number_so_far && at > 0 && matches!(letter, '.' | ')');
        number_so_far = number_so_far && letter.is_ascii_digit();
        let link = (letter == ':' && words[at..].starts_with("://"))
            || (letter == '.' && words[..at].to_ascii_lowercase().ends_with("www"));
        let always = matches!(
            letter,
            '\\' | '`'
                | '*'
                | '_'
                | '{'
                | '}'
                | '['
                | ']'
                | '<'
                | '>'
                | '|'
                | '~'
                | '&'
                | '$'
                | '#'
                | '@'
                | '^'
        );
        if leads || numbers || link || always {
            out.push('\\');
        }
        out.push(letter);
    }
    out
}
