//! Sizes, names and the words that open a file.

use super::tree::{Finding, Tree};

const FILE_LINES: usize = 500;
const FUNCTION_LINES: usize = 70;

/// Names that say nothing of what a module is for, so that anything ends up in it.
const EMPTY_NAMES: &[&str] = &[
    "util", "utils", "helper", "helpers", "manager", "managers", "misc",
];

pub(super) fn sizes(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in &tree.files {
        let lines = file.source.lines;
        if lines > FILE_LINES {
            let advice = "split it by what its parts are for";
            findings.push(file.finding(
                FILE_LINES,
                format!("{lines} lines, at most {FILE_LINES}: {advice}"),
            ));
        }
        for function in file.source.functions() {
            if function.lines > FUNCTION_LINES {
                let (name, lines) = (function.name, function.lines);
                findings.push(file.finding(
                    function.line,
                    format!(
                        "`fn {name}` has {lines} lines, at most {FUNCTION_LINES}: name its steps"
                    ),
                ));
            }
        }
    }
    findings
}

pub(super) fn names(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in &tree.files {
        let code = &file.source.code;
        let stem = file.source.module.iter().map(|part| (1, part.as_str()));
        let inline = (1..code.len())
            .filter(|at| code[at - 1].is("mod"))
            .map(|at| (code[at].line, code[at].text.as_str()));
        for (line, name) in stem.chain(inline) {
            if EMPTY_NAMES.contains(&name) {
                let advice = "name the module after what it is for";
                findings.push(file.finding(line, format!("`{name}` says nothing: {advice}")));
            }
        }
        for (at, mark) in code.iter().enumerate() {
            if file.source.matches(at, &["#", "[", "path", "="]) {
                let advice = "lay files out as the modules are";
                findings.push(file.finding(
                    mark.line,
                    format!("`#[path]` hides a file from these checks: {advice}"),
                ));
            }
        }
    }
    findings
}

/// Every file belongs to a module: one that nobody names is compiled by nobody, and its tests run never.
pub(super) fn strays(tree: &Tree) -> Vec<Finding> {
    let find = |path: String| tree.files.iter().find(|file| file.source.path == path);
    let mut findings = Vec::new();
    for file in &tree.files {
        let path = &file.source.path;
        let Some((dir, name)) = path.rsplit_once('/') else {
            continue;
        };
        let stem = name.trim_end_matches(".rs");
        // Each bench is a program of its own.
        if matches!(stem, "lib" | "main" | "mod") || dir == "benches" {
            continue;
        }
        let above = ["", "/mod", "/lib", "/main"].map(|name| find(format!("{dir}{name}.rs")));
        let named = |above: &&super::tree::File| above.source.code.iter().any(|word| word.is(stem));
        if !above.iter().flatten().any(named) {
            let advice = "declare it where it belongs, or take it away";
            findings.push(file.finding(1, format!("no module names this file: {advice}")));
        }
    }
    findings
}

/// The front door, the map and every module with files below it open with what they are for.
pub(super) fn introductions(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.files.iter().filter(|f| !f.source.all_test) {
        let module = &file.source.module;
        let has_files_below = tree.files.iter().any(|other| {
            let below = &other.source.module;
            below.len() > module.len() && below.starts_with(module) && !other.source.all_test
        });
        let is_front = module.len() <= 2;
        let first = file
            .source
            .comments
            .first()
            .filter(|c| c.text.starts_with("//!"));
        let opens = first.is_some_and(|c| {
            c.text.len() > "//! ".len() && file.source.code.first().is_none_or(|t| c.line < t.line)
        });
        if (has_files_below || is_front) && !opens {
            let advice = "open it with `//!` and what it is for";
            findings.push(file.finding(1, format!("no introduction: {advice}")));
        }
    }
    findings
}
