//! Words that do not belong in finished code, and the ones that need a reason beside them.

use super::lexer::{Kind, Token};
use super::rooms::room_of;
use super::source::Source;
use super::tree::{Finding, Tree};

/// Macros that stand for work not done, or for a look at it.
const UNFINISHED: &[&str] = &["todo", "unimplemented", "dbg"];

/// Marks in comments, which this rule looks for. In code and between backticks they may mean something: one is the ISO 4217
/// code for "no currency".
const MARKS: &[&str] = &["FIXME", "XXX", "TODO", "HACK"];

/// Calls and macros that end the process when the author was wrong.
const ABRUPT_CALLS: &[&str] = &["unwrap", "expect", "unwrap_err", "expect_err"];
const ABRUPT_MACROS: &[&str] = &["panic", "unreachable"];

/// What a reason looks like, and the least that can be one.
const REASON: &str = "PANIC:";
const REASON_LENGTH: usize = 10;

pub(super) fn banned(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in &tree.files {
        let code = &file.source.code;
        for at in 0..code.len() {
            let word = &code[at];
            if UNFINISHED
                .iter()
                .any(|name| file.source.matches(at, &[name, "!"]))
            {
                findings.push(file.finding(
                    word.line,
                    format!(
                        "`{}!` is unfinished work: finish it or leave it out",
                        word.text
                    ),
                ));
            }
            if silences_dead_code(code, at) {
                let advice = "remove what nothing uses";
                findings.push(file.finding(word.line, format!("hidden dead code: {advice}")));
            }
        }
        for comment in &file.source.comments {
            let prose = comment.text.split('`').step_by(2);
            let words = prose.flat_map(|p| p.split(|c: char| !c.is_alphanumeric() && c != '_'));
            for mark in words.filter(|word| MARKS.contains(word)) {
                let advice = "say what is true now, and put plans where plans are kept";
                findings.push(file.finding(comment.line, format!("`{mark}`: {advice}")));
            }
        }
    }
    findings
}

/// Whether an attribute silences the compiler about code nobody uses: `#[allow(dead_code)]` and its kin, `unused` in any
/// form. The rule refuses them.
fn silences_dead_code(code: &[Token], at: usize) -> bool {
    if !(code[at].is("allow") || code[at].is("expect")) || at < 2 {
        return false;
    }
    let in_attribute = code[at - 1].is("[") && (code[at - 2].is("#") || code[at - 2].is("!"));
    let rest = code[at..].iter().take_while(|t| !t.is("]"));
    in_attribute
        && rest
            .into_iter()
            .any(|t| t.text == "dead_code" || t.text.starts_with("unused"))
}

pub(super) fn panics(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in &tree.files {
        let code = &file.source.code;
        for at in 0..code.len() {
            let Some(what) = abrupt(code, at) else {
                continue;
            };
            if file.source.is_test(at) || has_reason(&file.source, code[at].line) {
                continue;
            }
            findings.push(file.finding(
                code[at].line,
                format!(
                    "{what} can end the process: return an error, or say in a `// {REASON} …` comment, \
                     on this line or right above it, why it cannot happen"
                ),
            ));
        }
    }
    findings
}

fn abrupt(code: &[Token], at: usize) -> Option<String> {
    let next_is = |ahead: usize, text: &str| code.get(at + ahead).is_some_and(|t| t.is(text));
    let name = code[at].text.as_str();
    if code[at].kind != Kind::Ident || at == 0 {
        return None;
    }
    // `Option::unwrap` handed to `map` ends the process as surely as a call.
    let member = code[at - 1].is(".") && next_is(1, "(") || code[at - 1].is("::");
    if member && ABRUPT_CALLS.contains(&name) {
        return Some(format!("`{name}`"));
    }
    (ABRUPT_MACROS.contains(&name) && next_is(1, "!")).then(|| format!("`{name}!`"))
}

/// A reason on the line itself or in the block of comment lines that ends right above it.
fn has_reason(source: &Source, line: usize) -> bool {
    let comments_on = |line: usize| {
        let comments = source.comments.iter();
        comments.filter(move |c| (c.line..=c.last_line).contains(&line))
    };
    let code_on = |line: usize| {
        let mut code = source.code.iter();
        code.any(|t| (t.line..=t.last_line).contains(&line))
    };
    let only_comment = |line: usize| comments_on(line).next().is_some() && !code_on(line);
    let block = (1..line).rev().take_while(|l| only_comment(*l)).count();
    let says_why = |from: usize, to: usize| {
        let text: Vec<&str> = (from..=to)
            .flat_map(comments_on)
            .map(|c| c.text.trim_start_matches('/'))
            .collect();
        let text = text.concat();
        let reason = text.split_once(REASON).map(|(_, reason)| reason.trim());
        reason.is_some_and(|reason| reason.len() >= REASON_LENGTH)
    };
    says_why(line, line) || (block > 0 && says_why(line - block, line - 1))
}

/// Floats in rooms whose facts are exact.
pub(super) fn floats(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.files.iter().filter(|f| !f.source.all_test) {
        let Some((_, name)) = room_of(&file.module()).filter(|(room, _)| room.exact) else {
            continue;
        };
        for (at, word) in file.source.code.iter().enumerate() {
            let float = word.kind == Kind::Float || word.is("f32") || word.is("f64");
            if float && !file.source.is_test(at) {
                let advice = "use integers or `rust_decimal`";
                findings.push(file.finding(
                    word.line,
                    format!(
                        "`{}` in room `{name}`, whose facts are exact: {advice}",
                        word.text
                    ),
                ));
            }
        }
    }
    findings
}
