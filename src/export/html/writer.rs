//! Writes HTML so that words stay words: markup comes from the program alone, everything else is escaped,
//! and every element that is opened is closed.

use crate::export::plain::clean;

/// A page being written.
#[derive(Default)]
pub(super) struct Writer {
    out: String,
}

/// A name from the program with a value from anywhere.
pub(super) type Attribute<'a> = (&'static str, &'a str);

impl Writer {
    /// Markup as it stands.
    pub(super) fn markup(&mut self, markup: &'static str) {
        self.out.push_str(markup);
    }

    /// Words on lines of their own, as they stand between `pre` tags.
    pub(super) fn lines(&mut self, words: &str) {
        for line in words.lines() {
            self.text(line);
            self.out.push('\n');
        }
    }

    /// Words.
    pub(super) fn text(&mut self, words: &str) {
        self.out.push_str(&escaped(words));
    }

    /// An element and what stands in it.
    pub(super) fn element(
        &mut self,
        name: &'static str,
        attributes: &[Attribute<'_>],
        inside: impl FnOnce(&mut Self),
    ) {
        self.open(name, attributes);
        inside(self);
        self.out.push_str("</");
        self.out.push_str(name);
        self.out.push('>');
    }

    /// An element on lines of its own.
    pub(super) fn block(
        &mut self,
        name: &'static str,
        attributes: &[Attribute<'_>],
        inside: impl FnOnce(&mut Self),
    ) {
        if !self.out.ends_with('\n') {
            self.out.push('\n');
        }
        self.element(name, attributes, inside);
        self.out.push('\n');
    }

    /// An element that has no inside.
    pub(super) fn void(&mut self, name: &'static str, attributes: &[Attribute<'_>]) {
        self.open(name, attributes);
        self.out.push('\n');
    }

    /// Everything written.
    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.out.into_bytes()
    }

    fn open(&mut self, name: &'static str, attributes: &[Attribute<'_>]) {
        self.out.push('<');
        self.out.push_str(name);
        for (name, value) in attributes {
            self.out.push(' ');
            self.out.push_str(name);
            self.out.push_str("=\"");
            self.out.push_str(&escaped(value));
            self.out.push('"');
        }
        self.out.push('>');
    }
}

/// Words with nothing in them that could be markup, in a sentence or between quotation marks.
pub(in crate::export) fn escaped(words: &str) -> String {
    let words = clean(words);
    let mut out = String::with_capacity(words.len());
    for letter in words.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            letter => out.push(letter),
        }
    }
    out
}
