//! Words of facts made safe for a page or a terminal, and measured as they are shown.

use unicode_width::UnicodeWidthStr;

/// The words on one line, with nothing in them that could steer a terminal or turn the reading order.
///
/// Line breaks and tabs become blanks; other control characters, and the marks that override the
/// direction of text, become U+FFFD, so that a reader sees something was there.
pub(super) fn clean(words: &str) -> String {
    words
        .chars()
        .map(|letter| match letter {
            '\n' | '\r' | '\t' | '\u{2028}' | '\u{2029}' => ' ',
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' => '\u{fffd}',
            control if control.is_control() => '\u{fffd}',
            letter => letter,
        })
        .collect()
}

/// How many columns of a terminal the words take.
pub(super) fn width(words: &str) -> usize {
    words.width()
}

/// Clean words broken into lines of at most `limit` columns; a word longer than a line is broken
/// inside. `limit` is at least 2, the width of the widest letter.
pub(super) fn wrap(words: &str, limit: usize) -> Vec<String> {
    let limit = limit.max(2);
    let words = clean(words);
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in words.split(' ').filter(|word| !word.is_empty()) {
        let mut longer = line.clone();
        if !longer.is_empty() {
            longer.push(' ');
        }
        longer.push_str(word);
        if width(&longer) <= limit {
            line = longer;
            continue;
        }
        if !line.is_empty() {
            lines.push(std::mem::take(&mut line));
        }
        line = broken(word, limit, &mut lines);
    }
    if !line.is_empty() || lines.is_empty() {
        lines.push(line);
    }
    lines
}

/// Breaks a word, pushing full lines; answers what is left for the line after them.
fn broken(word: &str, limit: usize, lines: &mut Vec<String>) -> String {
    let mut line = String::new();
    for letter in word.chars() {
        line.push(letter);
        if width(&line) > limit {
            line.pop();
            lines.push(std::mem::take(&mut line));
            line.push(letter);
        }
    }
    line
}

/// The words filled with blanks to a width, on the left or on the right.
pub(super) fn padded(words: &str, to: usize, flush_right: bool) -> String {
    let blanks = " ".repeat(to.saturating_sub(width(words)));
    if flush_right {
        format!("{blanks}{words}")
    } else {
        format!("{words}{blanks}")
    }
}

/// The numbers of footnotes as they stand after a sentence.
pub(super) fn numbers(notes: &[u32]) -> String {
    notes.iter().map(|note| format!(" [{note}]")).collect()
}
