//! How the parts of canonical JSON are spelt that hold no others: numbers, keys and texts (RFC 8785 section 3.2.2).

use std::fmt::Write as _;

/// A whole number, digit by digit: what formats any number at all takes several times as long.
pub(super) fn write_digits(out: &mut String, number: u64) {
    let (mut digits, mut rest) = ([b'0'; 20], number);
    let mut length = 0_usize;
    for digit in digits.iter_mut().rev() {
        // PANIC: the remainder of a division by ten fits any number.
        *digit = b'0' + (rest % 10) as u8;
        rest /= 10;
        length = length.saturating_add(1);
        if rest == 0 {
            break;
        }
    }
    let from = digits.len().saturating_sub(length);
    let written = digits
        .get(from..)
        .and_then(|one| std::str::from_utf8(one).ok());
    out.push_str(written.unwrap_or_default());
}

/// A key that was checked: its letters need no escapes.
pub(super) fn write_key(out: &mut String, key: &str) {
    out.push('"');
    out.push_str(key);
    out.push_str("\":");
}

/// RFC 8785 section 3.2.2.2: the short escapes, `\u00xx` in small letters for the other control
/// characters, everything else as it is.
pub(super) fn write_text(out: &mut String, text: &str) {
    out.push('"');
    // Whole stretches without anything to escape are copied at once; what is escaped is one byte long.
    let mut rest = text;
    while let Some(at) = rest
        .bytes()
        .position(|byte| matches!(byte, b'"' | b'\\' | 0..=0x1f))
    {
        // PANIC: each of the bytes looked for is a whole letter of UTF-8.
        let (plain, from) = rest.split_at(at);
        out.push_str(plain);
        let mut letters = from.chars();
        match letters.next() {
            Some('"') => out.push_str("\\\""),
            Some('\\') => out.push_str("\\\\"),
            Some('\u{8}') => out.push_str("\\b"),
            Some('\t') => out.push_str("\\t"),
            Some('\n') => out.push_str("\\n"),
            Some('\u{c}') => out.push_str("\\f"),
            Some('\r') => out.push_str("\\r"),
            Some(control) => {
                // Writing to a string cannot fail.
                let _ = write!(out, "\\u{:04x}", u32::from(control));
            }
            None => {}
        }
        rest = letters.as_str();
    }
    out.push_str(rest);
    out.push('"');
}
