//! The one place that prints. Colours and strikes only where a terminal shows them.

use std::io::{self, Write};
use std::path::Path;

use anstyle::{AnsiColor, Effects, Style};
use chrono::DateTime;
use comfy_table::{CellAlignment, ContentArrangement, Table, presets};
use serde::Serialize;

use super::failure::{Exit, Failure};

/// A piece of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Span {
    /// As it is.
    Plain(String),
    /// What stands out.
    Strong(String),
    /// What stands back.
    Faint(String),
    /// What no longer holds.
    Struck(String),
}

/// Where answers go: sentences, or JSON for programs.
pub(super) struct Output {
    json: bool,
}

impl Output {
    /// Sentences, or JSON.
    pub(super) fn new(json: bool) -> Self {
        Self { json }
    }

    /// Whether answers are JSON.
    pub(super) fn is_json(&self) -> bool {
        self.json
    }

    /// Prints a line of the answer.
    pub(super) fn line(&self, text: &str) -> Result<(), Failure> {
        self.spans(&[Span::Plain(text.to_owned())])
    }

    /// Prints a line that names what follows.
    pub(super) fn heading(&self, text: &str) -> Result<(), Failure> {
        self.spans(&[Span::Strong(text.to_owned())])
    }

    /// Prints a line of pieces.
    pub(super) fn spans(&self, spans: &[Span]) -> Result<(), Failure> {
        let mut stdout = anstream::stdout().lock();
        let styled = is_styled(&io::stdout());
        let mut line: String = spans.iter().map(|span| shown(span, styled)).collect();
        line.push('\n');
        written(stdout.write_all(line.as_bytes()))
    }

    /// Prints bytes that are an answer already: a report in some format.
    pub(super) fn bytes(&self, bytes: &[u8]) -> Result<(), Failure> {
        let mut stdout = io::stdout().lock();
        written(stdout.write_all(bytes).and_then(|()| stdout.flush()))
    }

    /// Prints an answer for programs.
    pub(super) fn json(&self, answer: &impl Serialize) -> Result<(), Failure> {
        let text = serde_json::to_string_pretty(answer).map_err(|error| {
            Failure::broken(
                "output",
                format!("the answer could not be written: {error}"),
            )
        })?;
        self.bytes(format!("{text}\n").as_bytes())
    }

    /// Prints rows with aligned columns; columns listed in `numbers` stand to the right.
    pub(super) fn table(
        &self,
        heads: &[&str],
        rows: Vec<Vec<String>>,
        numbers: &[usize],
    ) -> Result<(), Failure> {
        let mut table = Table::new();
        table
            .load_style(presets::NOTHING)
            .set_content_arrangement(ContentArrangement::Disabled)
            .set_header(heads.iter().map(|head| clean(head)));
        for row in rows {
            table.add_row(row.iter().map(|cell| clean(cell)));
        }
        for number in numbers {
            if let Some(column) = table.column_mut(*number) {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        for line in table.lines() {
            // The style pads every line on both sides; nobody needs that.
            self.line(line.strip_prefix(' ').unwrap_or(&line).trim_end())?;
        }
        Ok(())
    }

    /// Tells something beside the answer, on standard error.
    pub(super) fn aside(&self, label: &str, text: &str) {
        let styled = is_styled(&io::stderr());
        let label = match styled {
            true => styled_as(label, Style::new().effects(Effects::BOLD)),
            false => label.to_owned(),
        };
        // Nothing can be done when even the error stream is gone.
        let _ = writeln!(anstream::stderr().lock(), "{label} {}", clean(text));
    }

    /// Tells why a command was not carried out.
    pub(super) fn failure(&self, failure: &Failure) {
        if self.json && failure.exit != Exit::Done {
            let _ = self.json(&failure.to_json());
        }
        self.aside("error:", &spoken(&failure.sentence));
        if let Some(hint) = &failure.hint {
            self.aside("hint:", hint);
        }
    }
}

/// A reader who closes the pipe has read enough: the command ends there, as done.
/// Seconds since 1970 as a moment: `2025-04-24 10:15:00 UTC`.
pub(super) fn time_in_words(time: u64) -> String {
    let moment = i64::try_from(time).ok();
    let moment = moment.and_then(|time| DateTime::from_timestamp(time, 0));
    match moment {
        Some(moment) => moment.format("%Y-%m-%d %H:%M:%S UTC").to_string(),
        None => format!("{time} seconds after 1970"),
    }
}

fn written(outcome: io::Result<()>) -> Result<(), Failure> {
    outcome.map_err(|error| not_printed(&error))
}

/// An answer that could not be printed; a reader who went away wants no more of it.
pub(super) fn not_printed(error: &io::Error) -> Failure {
    match error.kind() {
        io::ErrorKind::BrokenPipe => Failure {
            exit: Exit::Done,
            ..Failure::refused("closed", "the reader went away")
        },
        _ => Failure::broken(
            "output",
            format!("the answer could not be printed: {error}"),
        ),
    }
}

fn is_styled(stream: &impl anstream::stream::RawStream) -> bool {
    !matches!(
        anstream::AutoStream::choice(stream),
        anstream::ColorChoice::Never
    )
}

fn styled_as(text: &str, style: Style) -> String {
    format!("{style}{text}{style:#}")
}

fn shown(span: &Span, styled: bool) -> String {
    let (text, style) = match span {
        Span::Plain(text) => return clean(text),
        Span::Strong(text) => (text, Style::new().effects(Effects::BOLD)),
        Span::Faint(text) => (text, AnsiColor::BrightBlack.on_default()),
        Span::Struck(text) if !styled => return format!("~~{}~~", clean(text)),
        Span::Struck(text) => (text, Style::new().effects(Effects::STRIKETHROUGH)),
    };
    match styled {
        true => styled_as(&clean(text), style),
        false => clean(text),
    }
}

/// Makes control characters and marks that turn the direction of writing visible, so that what was
/// recorded cannot move the cursor, change colours or read otherwise than it is stored.
pub(super) fn clean(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '\n' => shown.push(letter),
            '\t' => shown.push(' '),
            '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
                shown.extend(letter.escape_unicode());
            }
            other if other.is_control() => shown.extend(other.escape_unicode()),
            other => shown.push(other),
        }
    }
    shown
}

/// A sentence with its code words said as words: `` `works_started` `` as works started. Programs read the
/// codes in the JSON answer.
pub(super) fn spoken(sentence: &str) -> String {
    let is_code = |word: &str| {
        word.contains('_')
            && word
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
    };
    if !sentence.matches('`').count().is_multiple_of(2) {
        return sentence.to_owned();
    }
    let mut said = String::with_capacity(sentence.len());
    for (index, part) in sentence.split('`').enumerate() {
        match index % 2 {
            0 => said.push_str(part),
            _ if is_code(part) => said.push_str(&part.replace('_', " ")),
            _ => {
                said.push('`');
                said.push_str(part);
                said.push('`');
            }
        }
    }
    said
}

/// Writes beside the file and renames, so that a reader never meets half of what was asked for. What is there and is no
/// plain file, a device or a pipe, is written to and stays what it is.
pub(super) fn write(file: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let failure = |error: io::Error| {
        Failure::broken(
            "output",
            format!("{} could not be written: {error}", file.display()),
        )
        .hint("check that its directory exists and may be written to")
    };
    if std::fs::metadata(file).is_ok_and(|there| !there.is_file()) {
        return std::fs::write(file, bytes).map_err(failure);
    }
    let mut name = file.file_name().unwrap_or(file.as_os_str()).to_owned();
    name.push(".part");
    let part = file.with_file_name(name);
    std::fs::write(&part, bytes).map_err(failure)?;
    std::fs::rename(&part, file).map_err(failure)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_words_are_said_as_words_and_commands_as_typed() {
        let said =
            spoken("`works_started` is reached; state it with `expect`, or `dealtrail note x_y`");
        assert_eq!(
            said,
            "works started is reached; state it with `expect`, or `dealtrail note x_y`"
        );
    }

    #[test]
    fn nothing_recorded_moves_the_cursor() {
        assert_eq!(
            clean("a\u{1b}[2Jb\u{7}\u{9b}31m"),
            "a\\u{1b}[2Jb\\u{7}\\u{9b}31m"
        );
        assert_eq!(clean("evil\u{202e}txt"), "evil\\u{202e}txt");
        assert_eq!(clean("Kərpic zavodu: 中国\tx"), "Kərpic zavodu: 中国 x");
    }

    #[test]
    fn struck_words_are_marked_where_no_terminal_strikes_them() {
        let struck = Span::Struck("2.9 ha".to_owned());
        assert_eq!(shown(&struck, false), "~~2.9 ha~~");
        assert_eq!(shown(&struck, true), "\u{1b}[9m2.9 ha\u{1b}[0m");
        let hostile = Span::Strong("\u{1b}[9m".to_owned());
        assert_eq!(shown(&hostile, true), "\u{1b}[1m\\u{1b}[9m\u{1b}[0m");
    }
}
