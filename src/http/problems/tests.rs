//! The list of problems against the code.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::*;

fn files(dir: &Path, to: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => files(&path, to),
            false => to.push(path),
        }
    }
}

/// The second argument of a call, where it is a word in quotes.
fn second_word(call: &str) -> Option<&str> {
    let (_, second) = call.split_once(',')?;
    let (word, _) = second.trim_start().strip_prefix('"')?.split_once('"')?;
    Some(word)
}

/// Every code in the code: what is made a problem by hand, and what the errors of commands are called.
fn answered() -> BTreeSet<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut all = Vec::new();
    files(&root.join("http"), &mut all);
    let mut codes = BTreeSet::new();
    for path in all {
        let text = fs::read_to_string(&path).unwrap();
        for call in text.split("Problem::new(").skip(1) {
            codes.extend(second_word(call).map(str::to_owned));
        }
        if text.contains("for Problem {") || path.ends_with("problem.rs") {
            for call in text.split("Self::new(").skip(1) {
                codes.extend(second_word(call).map(str::to_owned));
            }
        }
    }
    let answer = fs::read_to_string(root.join("service/answer.rs")).unwrap();
    let (_, table) = answer.split_once("pub fn code(&self)").unwrap();
    let (table, _) = table.split_once("pub fn class").unwrap();
    codes.extend(table.split('"').skip(1).step_by(2).map(str::to_owned));
    codes.extend(Reason::ALL.iter().map(|reason| reason.code().to_owned()));
    codes
}

#[test]
fn every_code_that_can_be_answered_has_a_page_and_none_is_made_up() {
    let answered = answered();
    assert!(
        answered.contains("not_ready") && answered.contains("busy"),
        "{answered:?}"
    );
    let told: Vec<String> = all().iter().map(|one| one.code.to_owned()).collect();
    let once: BTreeSet<String> = told.iter().cloned().collect();
    assert_eq!(once.len(), told.len(), "a code stands in the list twice");
    let missing: Vec<_> = answered.difference(&once).collect();
    assert!(missing.is_empty(), "no page is about {missing:?}");
    let unused: Vec<_> = once.difference(&answered).collect();
    assert!(unused.is_empty(), "nothing answers with {unused:?}");
}

#[test]
fn each_page_says_what_it_means_and_what_to_do() {
    for one in all() {
        assert!(
            one.meaning.ends_with('.') && one.meaning.len() > 8,
            "{}",
            one.code
        );
        assert!(
            one.remedy.ends_with('.') && one.remedy.len() > 15,
            "{}",
            one.code
        );
        assert_ne!(one.title(), "Problem", "{}", one.code);
    }
}
