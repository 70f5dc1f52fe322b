//! What the data of each kind of event looks like, in the bodies that record events.
//!
//! Facts are sent as they are stored, so their schemas are those of `schemas/event/`. Amendments name a fact by its id or
//! position, and say of it what their own words take.

use serde_json::{Map, Value, json};

use crate::deal::event::{Kind, Role};

/// Where named schemas stand.
const PLACE: &str = "#/components/schemas/";
/// The bodies that hold an event.
const BODIES: [&str; 2] = ["EventBody", "ItemBody"];
/// Amendments, by the words they are sent with; a move is recorded as two events.
const AMENDMENTS: [(&str, &[&str]); 5] = [
    ("fact_corrected", &["fact", "reason"]),
    ("fact_retracted", &["fact", "reason"]),
    ("fact_moved", &["fact", "to", "reason"]),
    ("fact_sourced", &["fact", "sources"]),
    ("fact_confirmed", &["fact"]),
];

/// Says in each body that holds an event which data belong to which kind.
pub(super) fn tell(schemas: &mut Map<String, Value>) {
    if !BODIES.iter().any(|body| schemas.contains_key(*body)) {
        return;
    }
    let mut choices = Vec::new();
    for kind in Kind::ALL {
        if matches!(kind.role(), Role::Amendment | Role::Ledger) {
            continue;
        }
        let name = add(schemas, *kind);
        let needs = schemas.get(&name).and_then(|schema| schema.get("required"));
        let required = match needs {
            Some(_) => json!(["kind", "data"]),
            None => json!(["kind"]),
        };
        choices.push(json!({
            "title": kind.as_str(),
            "properties": { "kind": { "const": kind.as_str() }, "data": { "$ref": format!("{PLACE}{name}") } },
            "required": required,
        }));
    }
    for (word, required) in AMENDMENTS {
        choices.push(json!({
            "title": word,
            "properties": {
                "kind": { "const": word },
                "data": {
                    "type": "object",
                    "properties": { "fact": { "type": ["string", "integer"], "description": "The fact, by its event's id or its position" } },
                    "required": required,
                },
            },
            "required": ["kind", "data"],
        }));
    }
    for body in BODIES {
        if let Some(body) = schemas.get_mut(body).and_then(Value::as_object_mut) {
            body.insert("oneOf".to_owned(), choices.clone().into());
            body.insert("examples".to_owned(), json!([sample()]));
        }
    }
}

/// A body as somebody would send it.
fn sample() -> Value {
    let kind = Kind::LandAllocated;
    let data: Value = serde_json::from_str(kind.example()).unwrap_or_default();
    json!({ "kind": kind.as_str(), "on": "2025-04-22", "data": data })
}

/// Adds the schema of a kind's data, and gives its name.
fn add(schemas: &mut Map<String, Value>, kind: Kind) -> String {
    let mut schema = kind.data_schema().to_value();
    moved(&mut schema);
    let name = format!("data_{}", kind.as_str());
    if let Some(members) = schema.as_object_mut() {
        members.remove("$schema");
        if let Some(Value::Object(parts)) = members.remove("$defs") {
            // The same types give the same schemas under the same names.
            for (name, part) in parts {
                schemas.entry(name).or_insert(part);
            }
        }
        if let Ok(example) = serde_json::from_str::<Value>(kind.example()) {
            members.insert("examples".to_owned(), json!([example]));
        }
    }
    schemas.insert(name.clone(), schema);
    name
}

/// Makes references lead to where named schemas stand here.
fn moved(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            if let Some(Value::String(to)) = members.get_mut("$ref") {
                *to = to.replace("#/$defs/", PLACE);
            }
            members.values_mut().for_each(moved);
        }
        Value::Array(items) => items.iter_mut().for_each(moved),
        _ => {}
    }
}
