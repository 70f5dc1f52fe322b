//! Cuts Rust text into words and marks, so that a rule never mistakes a string or a comment for code.
//!
//! Only what the rules need is told apart; a syntax tree would tie the checks to a parser's release.

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A name or a keyword; a raw identifier without its `r#`.
    Ident,
    Lifetime,
    Integer,
    Float,
    /// A string of any form, without its quotes; escapes stay as they are written.
    Text,
    Char,
    /// A comment that documents nothing.
    Comment,
    /// `//!` or `/*! */`.
    InnerDoc,
    /// `///` or `/** */`.
    OuterDoc,
    /// `::`
    PathSep,
    /// Any other single mark.
    Mark,
}

impl Kind {
    pub(super) fn is_comment(self) -> bool {
        matches!(self, Kind::Comment | Kind::InnerDoc | Kind::OuterDoc)
    }
}

#[derive(Clone, Debug)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) text: String,
    /// The line it starts on, from 1.
    pub(super) line: usize,
    pub(super) last_line: usize,
}

impl Token {
    pub(super) fn is(&self, text: &str) -> bool {
        matches!(self.kind, Kind::Ident | Kind::Mark | Kind::PathSep) && self.text == text
    }
}

pub(super) fn tokens(text: &str) -> Vec<Token> {
    let mut lexer = Lexer {
        chars: text.chars().collect(),
        at: 0,
        line: 1,
        after_dot: false,
    };
    let mut all = Vec::new();
    while let Some(token) = lexer.next_token() {
        lexer.after_dot = token.is(".");
        all.push(token);
    }
    all
}

struct Lexer {
    chars: Vec<char>,
    at: usize,
    line: usize,
    /// In `pair.0.1` the `0.1` is two fields, not a float.
    after_dot: bool,
}

impl Lexer {
    fn peek(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.at + ahead).copied()
    }

    fn bump(&mut self) -> Option<char> {
        let c = self.peek(0)?;
        self.at += 1;
        self.line += usize::from(c == '\n');
        Some(c)
    }

    fn take_while(&mut self, keep: impl Fn(char) -> bool) -> String {
        let mut taken = String::new();
        while let Some(c) = self.peek(0).filter(|c| keep(*c)) {
            taken.push(c);
            self.bump();
        }
        taken
    }

    fn next_token(&mut self) -> Option<Token> {
        while self.peek(0)?.is_whitespace() {
            self.bump();
        }
        let line = self.line;
        let first = self.peek(0)?;
        let (kind, text) = match (first, self.peek(1)) {
            ('/', Some('/')) => self.line_comment(),
            ('/', Some('*')) => self.block_comment(),
            ('"', _) => self.string(),
            ('\'', _) => self.quote(),
            (':', Some(':')) => {
                self.at += 2;
                (Kind::PathSep, "::".to_owned())
            }
            (c, _) if c.is_ascii_digit() => self.number(),
            (c, _) if starts_name(c) => self.name_or_prefixed(),
            (c, _) => {
                self.bump();
                (Kind::Mark, c.to_string())
            }
        };
        Some(Token {
            kind,
            text,
            line,
            last_line: self.line,
        })
    }

    fn line_comment(&mut self) -> (Kind, String) {
        let text = self.take_while(|c| c != '\n');
        let kind = if text.starts_with("//!") {
            Kind::InnerDoc
        } else if text.starts_with("///") && !text.starts_with("////") {
            Kind::OuterDoc
        } else {
            Kind::Comment
        };
        (kind, text)
    }

    fn block_comment(&mut self) -> (Kind, String) {
        let mut text = String::new();
        let mut depth = 0_usize;
        while let Some(c) = self.bump() {
            text.push(c);
            let pair = (c, self.peek(0));
            if pair == ('/', Some('*')) || pair == ('*', Some('/')) {
                text.extend(self.bump());
                depth = if pair.0 == '/' { depth + 1 } else { depth - 1 };
                if depth == 0 {
                    break;
                }
            }
        }
        let kind = if text.starts_with("/*!") {
            Kind::InnerDoc
        } else if text.starts_with("/**") && !text.starts_with("/***") && text.len() > 4 {
            Kind::OuterDoc
        } else {
            Kind::Comment
        };
        (kind, text)
    }

    /// A string with escapes, from its opening quote.
    fn string(&mut self) -> (Kind, String) {
        self.bump();
        let mut text = String::new();
        while let Some(c) = self.bump() {
            match c {
                '"' => break,
                '\\' => {
                    text.push(c);
                    text.extend(self.bump());
                }
                _ => text.push(c),
            }
        }
        (Kind::Text, text)
    }

    /// A raw string from its first `#` or its opening quote.
    fn raw_string(&mut self) -> (Kind, String) {
        let fence = self.take_while(|c| c == '#').len();
        self.bump();
        let mut text = String::new();
        while let Some(c) = self.bump() {
            if c == '"' && (0..fence).all(|n| self.peek(n) == Some('#')) {
                self.at += fence;
                break;
            }
            text.push(c);
        }
        (Kind::Text, text)
    }

    /// A character, or a lifetime or label: `'a'` closes at once, `'a` does not.
    fn quote(&mut self) -> (Kind, String) {
        self.bump();
        if self.peek(0) == Some('\\') {
            self.bump();
            let mut text: String = self.bump().into_iter().collect();
            text.push_str(&self.take_while(|c| c != '\'' && c != '\n'));
            self.bump();
            return (Kind::Char, text);
        }
        if self.peek(1) == Some('\'') {
            let text = self.bump().into_iter().collect();
            self.bump();
            return (Kind::Char, text);
        }
        (Kind::Lifetime, self.take_while(continues_name))
    }

    fn name_or_prefixed(&mut self) -> (Kind, String) {
        let name = self.take_while(continues_name);
        match (name.as_str(), self.peek(0), self.peek(1)) {
            ("b" | "c", Some('"'), _) => self.string(),
            ("b", Some('\''), _) => self.quote(),
            ("r" | "br" | "cr", Some('"'), _) | ("r" | "br" | "cr", Some('#'), Some('"' | '#')) => {
                self.raw_string()
            }
            ("r", Some('#'), Some(c)) if starts_name(c) => {
                self.bump();
                (Kind::Ident, self.take_while(continues_name))
            }
            _ => (Kind::Ident, name),
        }
    }

    fn number(&mut self) -> (Kind, String) {
        let mut text = self.take_while(continues_name);
        let plain = !["0x", "0b", "0o"].iter().any(|base| text.starts_with(base));
        let mut float = plain && (text.ends_with("f32") || text.ends_with("f64"));
        if plain && !self.after_dot && self.peek(0) == Some('.') {
            let next = self.peek(1);
            if next.is_none_or(|c| c != '.' && !starts_name(c)) {
                float = true;
                text.extend(self.bump());
                text.push_str(&self.take_while(continues_name));
            }
        }
        if plain && text.contains(['e', 'E']) && !text.contains("size") {
            float = true;
            if text.ends_with(['e', 'E']) && matches!(self.peek(0), Some('+' | '-')) {
                text.extend(self.bump());
                text.push_str(&self.take_while(continues_name));
            }
        }
        (if float { Kind::Float } else { Kind::Integer }, text)
    }
}

fn starts_name(c: char) -> bool {
    c == '_' || c.is_alphabetic()
}

fn continues_name(c: char) -> bool {
    c == '_' || c.is_alphanumeric()
}
