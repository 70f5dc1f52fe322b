//! Finding what people name, with near misses told.

use chrono::NaiveDate;
use serde_json::{Map, Value};

use super::failure::Failure;
use super::view::View;
use crate::deal::event::{Kind, Payload};
use crate::deal::value::ids::{Ref, StreamId, StreamKind};
use crate::deal::value::text::{Lang, Names};
use crate::service::query::find::FoundFact;
use crate::service::query::{door, phrase};

/// Looks things up in one view of the ledger.
pub(super) struct Lookup<'a> {
    view: &'a View,
    language: Lang,
}

impl<'a> Lookup<'a> {
    /// Looks things up in this view; names without a language are in `language`.
    pub(super) fn new(view: &'a View, language: Lang) -> Self {
        Self { view, language }
    }

    /// The civil day in the agency's zone.
    pub(super) fn today(&self) -> NaiveDate {
        self.view.day()
    }

    /// The language of names that say no other.
    pub(super) fn language(&self) -> &Lang {
        &self.language
    }

    /// The thing of a reference or stream id.
    pub(super) fn thing(&self, typed: &str) -> Result<StreamId, Failure> {
        self.view.thing(typed)
    }

    /// The fact of an event id or position.
    pub(super) fn fact(&self, typed: &str) -> Result<FoundFact, Failure> {
        self.view.fact(typed)
    }

    /// The registered organisation of a reference.
    pub(super) fn organization(&self, reference: &Ref) -> Option<StreamId> {
        self.view.organization(reference)
    }

    /// All names of a thing.
    pub(super) fn names(&self, stream: StreamId) -> Result<Option<Names>, Failure> {
        self.view.names(stream)
    }

    /// The counts declared of a package so far, by class.
    pub(super) fn declared_counts(&self, package: &str) -> Result<Map<String, Value>, Failure> {
        self.view.declared_counts(self.thing(package)?)
    }

    /// The reference of a thing.
    pub(super) fn reference(&self, stream: StreamId) -> Result<Option<Ref>, Failure> {
        let named = self.view.name(stream)?;
        Ok(named.map(|named| named.reference))
    }

    /// The next free reference of a kind of thing.
    pub(super) fn next_ref(&self, sort: StreamKind) -> Result<Ref, Failure> {
        self.view.next_ref(sort)?.ok_or_else(|| {
            Failure::refused("no_free_ref", "no reference is left to propose")
                .hint("give one with --ref")
        })
    }

    /// The codes of every milestone of the tracks in force.
    pub(super) fn milestones(&self) -> Result<std::collections::BTreeSet<String>, Failure> {
        self.view.milestones()
    }

    /// Reads fields as the data of a kind: a field the kind does not have is refused, and so is what
    /// does not fit.
    pub(super) fn strict(&self, kind: Kind, given: Map<String, Value>) -> Result<Payload, Failure> {
        let schema = kind.data_schema();
        let fields: Vec<&str> = schema
            .get("properties")
            .and_then(Value::as_object)
            .map(|fields| {
                let names = fields.keys().map(String::as_str);
                // Set by `move` alone.
                names.filter(|name| *name != "continues").collect()
            })
            .unwrap_or_default();
        if let Some(stray) = given.keys().find(|field| !fields.contains(&field.as_str())) {
            return Err(no_such_field(kind, stray, &fields));
        }
        door::payload(kind, given).map_err(|error| {
            Failure::refused(
                "malformed",
                format!("{}: {error}", phrase::kind(kind.as_str())),
            )
            .hint(format!("its fields are {}", fields.join(", ")))
        })
    }
}

fn no_such_field(kind: Kind, field: &str, fields: &[&str]) -> Failure {
    let near = near(field, fields.iter().copied(), 2);
    let failure = Failure::refused(
        "unknown_field",
        format!("{} has no field `{field}`", kind.as_str()),
    )
    .with("field", field)
    .with("near", near.clone());
    match near.is_empty() {
        true if fields.is_empty() => failure.hint("it has no fields"),
        true => failure.hint(format!("its fields are {}", fields.join(", "))),
        false => failure.hint(format!("did you mean {}?", listed(&near))),
    }
}

/// At most `most` of the words known that somebody who typed `word` may have meant.
pub(super) fn near<'w>(
    word: &str,
    known: impl Iterator<Item = &'w str>,
    most: usize,
) -> Vec<String> {
    let far = (word.chars().count() / 3).max(2);
    let mut near: Vec<(usize, &str)> = known
        .map(|name| (strsim::osa_distance(word, name), name))
        .filter(|(distance, name)| *distance <= far || (word.len() >= 4 && name.contains(word)))
        .collect();
    near.sort_unstable();
    near.dedup();
    near.truncate(most);
    near.into_iter().map(|(_, name)| name.to_owned()).collect()
}

/// `a`, `a or b`, `a, b or c`.
pub(super) fn listed(words: &[String]) -> String {
    match words.split_last() {
        None => String::new(),
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
    }
}
