//! Every type of problem the API answers with: what it means and what to do. `/problems/{code}` shows each, so that the
//! `type` of a problem leads to words about it (RFC 9457 section 3.1.1).
//!
//! The refusals of the domain come from its own table; the others are listed in [`table`]. A test holds the list to the
//! code: no code is answered that has no page.

pub mod table;

use crate::deal::refusal::{Reason, RefusalClass};
use table::{Known, OF_ACCESS, OF_READING, OF_RECORDING, OF_REQUESTS, OF_SERVICE, known};

/// What to do about a refusal of the domain; each says more in its `hint`.
fn of_class(class: RefusalClass) -> (u16, &'static str) {
    match class {
        RefusalClass::Rule => (
            422,
            "Change what `field` names as `hint` says, and send it again with a new Idempotency-Key. Nothing was recorded.",
        ),
        RefusalClass::Conflict => (
            409,
            "Look at what `other_ref` and `other_event` name: it was there first. Correct or retract it, or record something \
             else. Nothing was recorded.",
        ),
        RefusalClass::Stale => (
            412,
            "Read the thing again, decide whether your change still makes sense, and send it with the ETag you got. Nothing \
             was recorded.",
        ),
        RefusalClass::Unknown => (
            404,
            "Check the name; references that are near are told in `near` or `hint`. Nothing was recorded.",
        ),
        RefusalClass::TooLarge => (413, "Send it in several batches. Nothing was recorded."),
    }
}

/// Every type of problem, the refusals of the domain last.
#[must_use]
pub fn all() -> Vec<Known> {
    let mut all = [OF_REQUESTS, OF_ACCESS, OF_READING, OF_RECORDING, OF_SERVICE].concat();
    all.extend(Reason::ALL.iter().map(|reason| {
        let (status, remedy) = of_class(reason.class());
        known(reason.code(), status, reason.meaning(), remedy)
    }));
    all
}

/// The type with a code.
#[must_use]
pub fn find(code: &str) -> Option<Known> {
    all().into_iter().find(|one| one.code == code)
}

#[cfg(test)]
mod tests {
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
}
