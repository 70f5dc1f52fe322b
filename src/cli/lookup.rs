//! Finding what people name, with near misses told.

use chrono::NaiveDate;
use serde_json::{Map, Value};

use super::failure::Failure;
use crate::deal::event::{Kind, Payload};
use crate::deal::value::ids::{Ref, StreamId, StreamKind};
use crate::deal::value::text::{Lang, Names};
use crate::service::find::FindError;
use crate::service::query::Reading;
use crate::service::query::find::FoundFact;
use crate::service::query::{door, phrase};

/// Looks things up in one reading of the ledger.
pub(super) struct Lookup<'a> {
    reading: &'a Reading,
    language: Lang,
}

impl<'a> Lookup<'a> {
    /// Looks things up in this reading; names without a language are in `language`.
    pub(super) fn new(reading: &'a Reading, language: Lang) -> Self {
        Self { reading, language }
    }

    /// The civil day in the agency's zone.
    pub(super) fn today(&self) -> NaiveDate {
        self.reading.day()
    }

    /// The language of names that say no other.
    pub(super) fn language(&self) -> &Lang {
        &self.language
    }

    /// The thing of a reference or stream id.
    pub(super) fn thing(&self, typed: &str) -> Result<StreamId, Failure> {
        self.reading.thing(typed).map_err(not_found)
    }

    /// The fact of an event id or position.
    pub(super) fn fact(&self, typed: &str) -> Result<FoundFact, Failure> {
        self.reading.fact(typed).map_err(not_found)
    }

    /// The registered organisation of a reference.
    pub(super) fn organization(&self, reference: &Ref) -> Option<StreamId> {
        self.reading.organization(reference)
    }

    /// All names of a thing.
    pub(super) fn names(&self, stream: StreamId) -> Option<Names> {
        self.reading.names(stream)
    }

    /// The counts declared of a package so far, by class.
    pub(super) fn declared_counts(&self, package: &str) -> Result<Map<String, Value>, Failure> {
        let counts = self.reading.declared_counts(self.thing(package)?);
        Ok(match serde_json::to_value(counts) {
            Ok(Value::Object(counts)) => counts,
            _ => Map::new(),
        })
    }

    /// The reference of a thing.
    pub(super) fn reference(&self, stream: StreamId) -> Option<Ref> {
        self.reading.name(stream).map(|named| named.reference)
    }

    /// The next free reference of a kind of thing.
    pub(super) fn next_ref(&self, sort: StreamKind) -> Result<Ref, Failure> {
        self.reading.next_ref(sort).ok_or_else(|| {
            Failure::refused("no_free_ref", "no reference is left to propose")
                .hint("give one with --ref")
        })
    }

    /// When the last entry was recorded.
    pub(super) fn last_recorded_at(&self) -> Option<chrono::DateTime<chrono::Utc>> {
        self.reading.recorded_at()
    }

    /// The codes of every milestone of the tracks in force.
    pub(super) fn milestones(&self) -> std::collections::BTreeSet<String> {
        self.reading.milestones()
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

/// A failure for what was not found, with the near references.
pub(super) fn not_found(error: FindError) -> Failure {
    let sentence = error.to_string();
    match error {
        FindError::UnknownRef { near, .. } => {
            let near: Vec<String> = near.iter().map(ToString::to_string).collect();
            let failure = Failure::refused("not_found", sentence).with("near", near);
            failure.hint("`dealtrail list agreements` shows what is registered")
        }
        FindError::UnknownFact(_) | FindError::BeyondHead { .. } => {
            Failure::refused("unknown_fact", sentence)
                .hint("`dealtrail history REF` shows the entries of a thing with their positions")
        }
        FindError::OtherKind { .. } | FindError::NoMoment(_) => {
            Failure::refused("malformed", sentence)
        }
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
