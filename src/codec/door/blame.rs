//! Which field a type could not read.
//!
//! The types say what is wrong and not where. What is at fault is found by leaving fields out: the one without which the
//! complaint changes is the one it is about.

use serde_json::Value;

use super::path::join;

/// How often a type is asked again at most: whoever sends a large document must not make us read it a thousand times.
const TRIES: u32 = 200;
/// What the types say of a field that is not there.
const MISSING: &str = "missing field `";

/// The path of the field that `complaint` is about, as far as it can be told.
pub(super) fn path(
    given: &Value,
    complaint: &str,
    complains: &dyn Fn(&Value) -> Option<String>,
) -> String {
    let mut search = Search {
        whole: given.clone(),
        complaint,
        complains,
        tries: TRIES,
    };
    let mut steps = Vec::new();
    while let Some(step) = search.below(&steps) {
        steps.push(step);
    }
    let mut path = String::new();
    for step in &steps {
        path = match step {
            Step::Key(key) => join(&path, key),
            Step::Index(index) => format!("{path}[{index}]"),
        };
    }
    match missing(complaint) {
        Some(field) => join(&path, field),
        None => path,
    }
}

fn missing(complaint: &str) -> Option<&str> {
    let field = complaint.strip_prefix(MISSING)?;
    field.split_once('`').map(|(field, _)| field)
}

#[derive(Debug, Clone)]
enum Step {
    Key(String),
    Index(usize),
}

struct Search<'a> {
    whole: Value,
    complaint: &'a str,
    complains: &'a dyn Fn(&Value) -> Option<String>,
    tries: u32,
}

impl Search<'_> {
    /// The member at this place that the complaint is about.
    fn below(&mut self, place: &[Step]) -> Option<Step> {
        let members: Vec<Step> = match at(&mut self.whole, place)? {
            Value::Object(members) => members.keys().cloned().map(Step::Key).collect(),
            Value::Array(items) => (0..items.len()).map(Step::Index).collect(),
            _ => return None,
        };
        members
            .into_iter()
            .find(|member| self.is_about(place, member))
    }

    /// Whether the complaint changes when a member is left out.
    fn is_about(&mut self, place: &[Step], member: &Step) -> bool {
        let Some(left) = self.tries.checked_sub(1) else {
            return false;
        };
        self.tries = left;
        let Some(without) = at(&mut self.whole, place) else {
            return false;
        };
        let kept = without.clone();
        match (without, member) {
            (Value::Object(members), Step::Key(key)) => drop(members.remove(key)),
            (Value::Array(items), Step::Index(index)) if *index < items.len() => {
                drop(items.remove(*index));
            }
            _ => return false,
        }
        let complaint = (self.complains)(&self.whole);
        if let Some(place) = at(&mut self.whole, place) {
            *place = kept;
        }
        match (complaint, member) {
            (None, _) => true,
            // That this one is missing now says nothing about the one that was missing before.
            (Some(now), Step::Key(key)) if missing(self.complaint).is_some() => {
                now != self.complaint && missing(&now) != Some(key)
            }
            (Some(now), _) => now != self.complaint,
        }
    }
}

fn at<'v>(value: &'v mut Value, place: &[Step]) -> Option<&'v mut Value> {
    place.iter().try_fold(value, |value, step| match step {
        Step::Key(key) => value.get_mut(key),
        Step::Index(index) => value.get_mut(*index),
    })
}
