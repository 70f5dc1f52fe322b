//! One file as the rules see it: its words, its comments, which of it is test code, its functions.

use std::ops::Range;

use super::lexer::{self, Kind, Token};

pub(super) struct Source {
    /// From the root of the repository, with `/`: `src/deal/value/when.rs`.
    pub(super) path: String,
    /// Where the file stands in the tree of modules, from `crate`.
    pub(super) module: Vec<String>,
    /// Words and marks without comments.
    pub(super) code: Vec<Token>,
    pub(super) comments: Vec<Token>,
    pub(super) lines: usize,
    /// Stretches of `code` behind `#[cfg(test)]`.
    tests: Vec<Range<usize>>,
    /// The whole file is test code, by its name or by the `mod` line that declares it.
    pub(super) all_test: bool,
}

pub(super) struct Function {
    pub(super) name: String,
    pub(super) line: usize,
    pub(super) lines: usize,
}

/// The module path `main.rs` gets: it is the root of its own crate, beside the library's.
pub(super) const MAIN: &str = "(main)";

impl Source {
    pub(super) fn new(path: &str, text: &str) -> Source {
        let (comments, code): (Vec<_>, Vec<_>) = lexer::tokens(text)
            .into_iter()
            .partition(|t| t.kind.is_comment());
        let tests = test_spans(&code);
        let named_test = path.ends_with("/tests.rs") || path.ends_with("_tests.rs");
        Source {
            path: path.to_owned(),
            module: module_path(path),
            code,
            comments,
            lines: text.lines().count(),
            tests,
            all_test: named_test || path.starts_with("tests/") || path.contains("/tests/"),
        }
    }

    /// The end of the stretch of test code that covers this word, if one does.
    pub(super) fn test_until(&self, at: usize) -> Option<usize> {
        let span = self.tests.iter().find(|span| span.contains(&at))?;
        Some(span.end)
    }

    pub(super) fn is_test(&self, at: usize) -> bool {
        self.all_test || self.test_until(at).is_some()
    }

    /// The words from `at` on are these.
    pub(super) fn matches(&self, at: usize, words: &[&str]) -> bool {
        let ahead = self.code.get(at..at + words.len());
        ahead.is_some_and(|found| found.iter().zip(words).all(|(t, word)| t.is(word)))
    }

    /// Names of the modules this file declares with `mod name;` in test code only.
    pub(super) fn test_modules(&self) -> Vec<String> {
        let names = (0..self.code.len()).filter(|at| {
            self.code[*at].is("mod") && self.code.get(at + 2).is_some_and(|t| t.is(";"))
        });
        names
            .filter(|at| self.is_test(*at))
            .map(|at| self.code[at + 1].text.clone())
            .collect()
    }

    /// Every function with a body, nested ones too, from its `fn` to its closing brace.
    pub(super) fn functions(&self) -> Vec<Function> {
        let starts = (0..self.code.len()).filter(|at| self.code[*at].is("fn"));
        starts
            .filter_map(|at| {
                let name = self.code.get(at + 1)?;
                let open = body_start(&self.code, at + 1)?;
                let close = closing(&self.code, open)?;
                let line = self.code[at].line;
                Some(Function {
                    name: name.text.clone(),
                    line,
                    lines: self.code[close].line - line + 1,
                })
            })
            .collect()
    }
}

/// `src/deal/value/when.rs` is `crate::deal::value::when`; `src/deal/mod.rs` is `crate::deal`.
fn module_path(path: &str) -> Vec<String> {
    let inner = path.strip_prefix("src/").unwrap_or(path);
    let stem = inner.strip_suffix(".rs").unwrap_or(inner);
    let mut module = vec!["crate".to_owned()];
    match stem {
        "lib" => {}
        "main" => module.push(MAIN.to_owned()),
        _ => module.extend(stem.split('/').filter(|s| *s != "mod").map(str::to_owned)),
    }
    module
}

/// The `{` of a function's body; none for a declaration in a trait or a pointer type such as `fn(u8)`.
fn body_start(code: &[Token], name: usize) -> Option<usize> {
    if code[name].is("(") {
        return None;
    }
    let mut at = name;
    while let Some(token) = code.get(at) {
        match token.text.as_str() {
            _ if token.kind != Kind::Mark => {}
            ";" => return None,
            // A constant argument in braces, `Frame<{ N }>`, is not the body.
            "{" if code[at - 1].is("<") => at = closing(code, at)?,
            "{" => return Some(at),
            "(" | "[" => at = closing(code, at)?,
            _ => {}
        }
        at += 1;
    }
    None
}

/// Where the bracket opened at `open` closes.
pub(super) fn closing(code: &[Token], open: usize) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, token) in code.iter().enumerate().skip(open) {
        if token.kind != Kind::Mark {
            continue;
        }
        match token.text.as_str() {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return Some(at);
                }
            }
            _ => {}
        }
    }
    None
}

fn test_spans(code: &[Token]) -> Vec<Range<usize>> {
    let mut spans: Vec<Range<usize>> = Vec::new();
    let mut at = 0;
    while at < code.len() {
        match test_item(code, at) {
            Some(end) => {
                spans.push(at..end);
                at = end;
            }
            None => at += 1,
        }
    }
    spans
}

/// The end of the item that begins at `at` with `#[cfg(test)]` or `#[cfg(all(test, …))]`.
fn test_item(code: &[Token], at: usize) -> Option<usize> {
    let word = |ahead: usize, text: &str| code.get(at + ahead).is_some_and(|t| t.is(text));
    if !(word(0, "#") && word(1, "[") && word(2, "cfg") && word(3, "(")) {
        return None;
    }
    let alone = word(4, "test") && word(5, ")");
    let one_of_all = word(4, "all") && word(5, "(") && {
        let end = closing(code, at + 5)?;
        let all = &code[at + 6..end];
        (0..all.len()).any(|n| all[n].is("test") && (n == 0 || all[n - 1].is(",")))
    };
    if !(alone || one_of_all) {
        return None;
    }
    let mut start = closing(code, at + 1)? + 1;
    while code.get(start).is_some_and(|t| t.is("#")) {
        start = closing(code, start + 1)? + 1;
    }
    Some(item_end(code, start))
}

/// One past the last word of the item, field or arm that starts here.
fn item_end(code: &[Token], start: usize) -> usize {
    const ITEMS: [&str; 15] = [
        "pub", "mod", "fn", "use", "impl", "struct", "enum", "trait", "const", "static", "type",
        "async", "unsafe", "extern", "let",
    ];
    let item = code
        .get(start)
        .is_some_and(|t| ITEMS.contains(&t.text.as_str()));
    let mut at = start;
    while let Some(token) = code.get(at) {
        match token.text.as_str() {
            _ if token.kind != Kind::Mark => {}
            ";" => return at + 1,
            "," if !item => return at + 1,
            ")" | "]" | "}" => return at,
            "(" | "[" | "{" => {
                let Some(end) = closing(code, at) else { break };
                if token.is("{") {
                    return end + 1;
                }
                at = end;
            }
            _ => {}
        }
        at += 1;
    }
    code.len()
}
