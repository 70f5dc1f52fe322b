//! The rules of the house, kept by tests: which way imports point, sizes, and words we do not use.
//!
//! The rooms and their directions are data in `house/rooms.rs`. Each rule reads the source as text,
//! tells the file and the line, and says what to do; `house/cases.rs` shows each rule catching a
//! violation and letting good code pass.

mod arrows;
mod cases;
mod imports;
mod lexer;
mod map;
mod rooms;
mod shape;
mod source;
mod tree;
mod words;

use std::path::Path;

use tree::{Finding, Tree};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The service itself.
fn sources() -> Tree {
    let tree = Tree::read(root(), &["src"]);
    let found = |path: &str| tree.files.iter().any(|f| f.source.path == path);
    assert!(
        found("src/lib.rs") && found("src/main.rs"),
        "the sources were not found"
    );
    tree
}

/// The service with its tests and benches.
fn everything() -> Tree {
    let tree = Tree::read(root(), &["src", "tests", "benches"]);
    let this = |f: &tree::File| f.source.path == "tests/house.rs";
    assert!(tree.files.iter().any(this), "the tests were not found");
    tree
}

#[track_caller]
fn none(mut findings: Vec<Finding>) {
    findings.sort();
    findings.dedup();
    let lines: Vec<String> = findings
        .iter()
        .map(|f| format!("{}:{}: {}", f.path, f.line, f.message))
        .collect();
    assert!(
        lines.is_empty(),
        "{} to mend:\n{}",
        lines.len(),
        lines.join("\n")
    );
}

#[test]
fn rooms_import_in_the_agreed_direction() {
    none(arrows::directions(&sources()));
}

#[test]
fn files_import_in_no_circle() {
    none(arrows::circles(&sources()));
}

#[test]
fn rooms_do_without_what_is_not_theirs() {
    none(arrows::outside(&sources()));
}

#[test]
fn names_come_from_where_they_are_defined() {
    none(arrows::hubs(&sources()));
}

#[test]
fn files_and_functions_stay_small() {
    none(shape::sizes(&everything()));
}

#[test]
fn modules_have_telling_names() {
    none(shape::names(&everything()));
}

#[test]
fn every_file_belongs_to_a_module() {
    none(shape::strays(&everything()));
}

#[test]
fn modules_open_with_what_they_are_for() {
    none(shape::introductions(&sources()));
}

#[test]
fn no_unfinished_work() {
    none(words::banned(&everything()));
}

#[test]
fn what_can_panic_says_why_it_cannot() {
    none(words::panics(&sources()));
}

#[test]
fn exact_rooms_have_no_floats() {
    none(words::floats(&sources()));
}
