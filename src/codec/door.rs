//! The strict door for data that arrive as JSON: what would be silently dropped is refused.
//!
//! Stored history is read leniently, because it must always read. A command is different: a
//! misspelt field that nobody notices is a fact lost. So data from outside are read into their type,
//! written again, and compared: every member given must come out again.

use serde_json::{Map, Value};

use crate::canonical;
use crate::canonical::profile::ProfileError;
use crate::deal::event::payload_error::PayloadError;
use crate::deal::event::{Kind, Payload};
use crate::deal::value::source::Source;

use super::schema::closed;

/// Why data from outside are refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DoorError {
    /// They are no JSON object of the canonical profile.
    #[error(transparent)]
    Profile(#[from] ProfileError),
    /// They are not what the kind says.
    #[error(transparent)]
    Payload(#[from] PayloadError),
    /// A member nobody would read.
    #[error("there is no field `{path}`{}", suggestion(.near))]
    UnknownField {
        /// Where it stands.
        path: String,
        /// The nearest field there is.
        near: Option<String>,
    },
    /// A member without a value.
    #[error(
        "`{path}` is null: leave it out, or say {{\"unknown\": \"not in source\"}} where the source does not give it"
    )]
    Null {
        /// Where it stands.
        path: String,
    },
    /// A member that does not say what it seems to say.
    #[error("`{path}` would not be kept as it is given: write it as {kept}")]
    NotKept {
        /// Where it stands.
        path: String,
        /// How it would be kept.
        kept: String,
    },
    /// The sources are not what a source is.
    #[error("sources: {0}")]
    Sources(String),
}

fn suggestion(near: &Option<String>) -> String {
    near.as_ref()
        .map(|near| format!("; did you mean `{near}`?"))
        .unwrap_or_default()
}

/// Reads the data of a kind as a command brings them, as JSON text.
///
/// # Errors
/// When they are outside the canonical profile, not of the kind, or hold a member that nobody would read.
pub fn payload_from_text(kind: &str, text: &[u8]) -> Result<Payload, DoorError> {
    match canonical::parse(text)? {
        Value::Object(data) => payload(kind, data),
        _ => Err(DoorError::Profile(ProfileError::NotAnObject)),
    }
}

/// Reads the data of a kind as a command brings them.
///
/// # Errors
/// As [`payload_from_text`].
pub fn payload(kind: &str, data: Map<String, Value>) -> Result<Payload, DoorError> {
    // The profile is checked on the value too: it may have been put together from several texts.
    let given = Value::Object(data);
    canonical::to_bytes(&given)?;
    no_nulls(&given, "")?;
    let version = Kind::of(kind).map_or(1, Kind::version);
    let data = given.as_object().cloned().unwrap_or_default();
    if let Some(kind) = Kind::of(kind) {
        let schema = closed(kind.data_schema().to_value());
        known_fields(&given, &Place::root(&schema))?;
    }
    let payload = Payload::from_map(kind, version, data)?;
    let kept = payload
        .to_value()
        .map_err(|error| PayloadError::Malformed {
            kind: "data",
            reason: error.to_string(),
        })?;
    same(&given, &kept, "")?;
    Ok(payload)
}

/// Reads a list of sources as a command brings them.
///
/// # Errors
/// As [`payload_from_text`].
pub fn sources(given: &Value) -> Result<Vec<Source>, DoorError> {
    let wrapped = serde_json::json!({ "sources": given });
    canonical::to_bytes(&wrapped)?;
    no_nulls(&wrapped, "")?;
    let schema = closed(schemars::schema_for!(Vec<Source>).to_value());
    known_fields(given, &Place::root(&schema).named("sources"))?;
    let sources: Vec<Source> = serde_json::from_value(given.clone())
        .map_err(|error| DoorError::Sources(error.to_string()))?;
    let kept =
        serde_json::to_value(&sources).map_err(|error| DoorError::Sources(error.to_string()))?;
    same(given, &kept, "sources")?;
    Ok(sources)
}

fn no_nulls(value: &Value, path: &str) -> Result<(), DoorError> {
    match value {
        Value::Null => Err(DoorError::Null {
            path: path.to_owned(),
        }),
        Value::Array(items) => (0..)
            .zip(items)
            .try_for_each(|(index, item): (usize, _)| no_nulls(item, &format!("{path}[{index}]"))),
        Value::Object(members) => members
            .iter()
            .try_for_each(|(key, member)| no_nulls(member, &join(path, key))),
        _ => Ok(()),
    }
}

/// Whether everything given comes out again. What is left out because it says nothing may be missing.
fn same(given: &Value, kept: &Value, path: &str) -> Result<(), DoorError> {
    match (given, kept) {
        (Value::Object(given), Value::Object(kept)) => {
            for (key, member) in given {
                match kept.get(key) {
                    Some(kept) => same(member, kept, &join(path, key))?,
                    None if says_nothing(member) => {}
                    None => {
                        return Err(DoorError::UnknownField {
                            path: join(path, key),
                            near: None,
                        });
                    }
                }
            }
            Ok(())
        }
        (Value::Array(given), Value::Array(kept)) if given.len() == kept.len() => (0..)
            .zip(given.iter().zip(kept))
            .try_for_each(|(index, (given, kept)): (usize, _)| {
                same(given, kept, &format!("{path}[{index}]"))
            }),
        _ if given == kept => Ok(()),
        _ => Err(DoorError::NotKept {
            path: path.to_owned(),
            kept: kept.to_string(),
        }),
    }
}

/// A flag that does not hold and an empty list are the same as their absence.
fn says_nothing(value: &Value) -> bool {
    match value {
        Value::Bool(flag) => !flag,
        Value::Array(items) => items.is_empty(),
        _ => false,
    }
}

/// A place in the data, and the schemas that may describe it.
struct Place<'a> {
    root: &'a Value,
    schemas: Vec<&'a Value>,
    path: String,
}

impl<'a> Place<'a> {
    fn root(schema: &'a Value) -> Self {
        Self {
            root: schema,
            schemas: expand(schema, schema),
            path: String::new(),
        }
    }

    fn named(mut self, path: &str) -> Self {
        path.clone_into(&mut self.path);
        self
    }

    fn below(&self, path: String, schemas: impl Iterator<Item = &'a Value>) -> Self {
        Self {
            root: self.root,
            schemas: schemas
                .flat_map(|schema| expand(self.root, schema))
                .collect(),
            path,
        }
    }

    fn member(&self, key: &str) -> Option<Self> {
        let mut found = Vec::new();
        let mut open = false;
        for schema in &self.schemas {
            if let Some(member) = schema.get("properties").and_then(|all| all.get(key)) {
                found.push(member);
            } else if is_open(schema) {
                open = true;
                found.extend(schema.get("additionalProperties"));
                let patterns = schema.get("patternProperties").and_then(Value::as_object);
                found.extend(patterns.into_iter().flat_map(Map::values));
            }
        }
        let known = open || !found.is_empty();
        known.then(|| self.below(join(&self.path, key), found.into_iter()))
    }

    fn item(&self, index: usize) -> Self {
        let items = self.schemas.iter().filter_map(|schema| schema.get("items"));
        self.below(format!("{}[{index}]", self.path), items)
    }

    fn near(&self, key: &str) -> Option<String> {
        let names = self
            .schemas
            .iter()
            .filter_map(|schema| schema.get("properties"));
        let names = names.filter_map(Value::as_object).flat_map(Map::keys);
        let far = (key.chars().count() / 2).max(2);
        names
            .map(|name| (strsim::osa_distance(key, name), name))
            .filter(|(distance, name)| *distance <= far || name.starts_with(key))
            .min()
            .map(|(_, name)| name.clone())
    }
}

/// Whether a schema takes members it does not list by name. Those fixed by a pattern are left to the type.
fn is_open(schema: &Value) -> bool {
    let has = |key: &str| schema.get(key).is_some();
    let closed = schema.get("additionalProperties") == Some(&Value::Bool(false));
    match schema.get("type").and_then(Value::as_str) {
        Some("object") => has("patternProperties") || !closed,
        Some(_) => false,
        // Without a type it takes anything only when it says nothing else either.
        None => match schema {
            Value::Object(says) => says
                .keys()
                .all(|key| ["description", "title", "default"].contains(&key.as_str())),
            other => *other == Value::Bool(true),
        },
    }
}

/// The schemas that a schema stands for: what it refers to, and its alternatives.
fn expand<'a>(root: &'a Value, schema: &'a Value) -> Vec<&'a Value> {
    let mut plain = Vec::new();
    let mut open = vec![schema];
    // Schemas drawn from types refer to each other without end only where types do; ours do not, and
    // the bound keeps it that way.
    while let (Some(schema), true) = (open.pop(), plain.len() < 256) {
        plain.push(schema);
        let target = schema.get("$ref").and_then(Value::as_str);
        open.extend(target.and_then(|target| root.pointer(target.strip_prefix('#')?)));
        for key in ["anyOf", "oneOf", "allOf"] {
            open.extend(
                schema
                    .get(key)
                    .and_then(Value::as_array)
                    .into_iter()
                    .flatten(),
            );
        }
    }
    plain
}

/// Refuses a member that no schema of its place lists, naming the nearest that one does.
fn known_fields(given: &Value, place: &Place<'_>) -> Result<(), DoorError> {
    match given {
        Value::Object(members) => {
            for (key, member) in members {
                let Some(below) = place.member(key) else {
                    return Err(DoorError::UnknownField {
                        path: join(&place.path, key),
                        near: place.near(key),
                    });
                };
                known_fields(member, &below)?;
            }
            Ok(())
        }
        Value::Array(items) => (0..)
            .zip(items)
            .try_for_each(|(index, item)| known_fields(item, &place.item(index))),
        _ => Ok(()),
    }
}

fn join(path: &str, key: &str) -> String {
    match path {
        "" => key.to_owned(),
        path => format!("{path}.{key}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(kind: &str, data: &str) -> String {
        payload_from_text(kind, data.as_bytes())
            .unwrap_err()
            .to_string()
    }

    #[test]
    fn every_example_passes() {
        for kind in Kind::ALL {
            payload_from_text(kind.as_str(), kind.example().as_bytes())
                .unwrap_or_else(|error| panic!("{}: {error}", kind.as_str()));
        }
    }

    #[test]
    fn a_misspelt_field_is_named_with_the_nearest_one() {
        assert_eq!(
            refused("land_allocated", r#"{"parcell":"AZ-1"}"#),
            "there is no field `parcell`; did you mean `parcel`?"
        );
        assert_eq!(
            refused(
                "land_allocated",
                r#"{"area":{"amount":"3","qualifier":"exact","unit":"ha","txt":"three"}}"#
            ),
            "there is no field `area.txt`; did you mean `text`?"
        );
        assert_eq!(
            refused("noted", r#"{"words":"x","zzzzzzzz":false}"#),
            "there is no field `zzzzzzzz`"
        );
    }

    #[test]
    fn a_misspelt_field_in_a_list_says_where() {
        let data = Kind::AgreementRegistered
            .example()
            .replace("\"role\"", "\"rolle\"");
        assert_eq!(
            refused("agreement_registered", &data),
            "there is no field `parties[0].rolle`; did you mean `role`?"
        );
    }

    #[test]
    fn nulls_and_floats_are_refused_by_name() {
        assert!(refused("land_allocated", r#"{"parcel":null}"#).starts_with("`parcel` is null"));
        let float = refused(
            "land_allocated",
            r#"{"area":{"amount":2.9,"qualifier":"exact","unit":"ha"}}"#,
        );
        assert!(
            float.contains("area.amount") && float.contains("\"2.9\""),
            "{float}"
        );
    }

    #[test]
    fn what_says_nothing_may_be_given() {
        let given = br#"{"additional":false,"shared":false,"parcel":"AZ-1"}"#;
        assert!(payload_from_text("land_allocated", given).is_ok());
    }

    #[test]
    fn an_unknown_kind_names_the_nearest() {
        assert!(refused("land_alocated", "{}").contains("did you mean `land_allocated`?"));
    }

    #[test]
    fn sources_pass_the_same_door() {
        let good = serde_json::json!([{ "title": "a statement", "type": "statement" }]);
        assert_eq!(sources(&good).unwrap().len(), 1);
        let bad =
            serde_json::json!([{ "title": "a statement", "type": "statement", "pulisher": "x" }]);
        assert_eq!(
            sources(&bad).unwrap_err().to_string(),
            "there is no field `sources[0].pulisher`; did you mean `publisher`?"
        );
        let no_type = serde_json::json!([{ "title": "a statement" }]);
        assert!(
            sources(&no_type)
                .unwrap_err()
                .to_string()
                .starts_with("sources: ")
        );
    }
}
