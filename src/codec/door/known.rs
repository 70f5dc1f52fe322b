//! Whether a schema lists every member that was given.

use serde_json::{Map, Value};

use super::path::join;

/// A member that no schema of its place lists.
#[derive(Debug)]
pub(super) struct Stray {
    /// Where it stands.
    pub(super) path: String,
    /// The nearest one that is listed.
    pub(super) near: Option<String>,
}

/// A place in the data, and the schemas that may describe it.
pub(super) struct Place<'a> {
    root: &'a Value,
    schemas: Vec<&'a Value>,
    path: String,
}

impl<'a> Place<'a> {
    /// The outermost place.
    pub(super) fn root(schema: &'a Value) -> Self {
        Self {
            root: schema,
            schemas: expand(schema, schema),
            path: String::new(),
        }
    }

    /// The same under a name.
    pub(super) fn named(mut self, path: &str) -> Self {
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
pub(super) fn known_fields(given: &Value, place: &Place<'_>) -> Result<(), Stray> {
    match given {
        Value::Object(members) => {
            for (key, member) in members {
                let Some(below) = place.member(key) else {
                    return Err(Stray {
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
