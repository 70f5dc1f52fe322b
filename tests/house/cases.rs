//! Each rule on made-up files: what it must catch, and what it must let pass.

mod arrows;
mod reading;
mod words;

use super::tree::{Finding, Tree};

const CARGO: &str = "[dependencies]\nchrono = \"1\"\nserde-like.workspace = true\nsled = \"1\"\n\
                     tokio = { version = \"1\" }\nuuid = \"1\"\n[features]\nnot_a_crate = []\n";

fn tree(files: &[(&str, &str)]) -> Tree {
    Tree::of(files, CARGO)
}

/// Where a rule found something, as `path:line`.
fn places(findings: Vec<Finding>) -> Vec<String> {
    findings
        .iter()
        .map(|f| format!("{}:{}", f.path, f.line))
        .collect()
}

fn messages(findings: Vec<Finding>) -> String {
    let lines: Vec<String> = findings.into_iter().map(|f| f.message).collect();
    lines.join("\n")
}
