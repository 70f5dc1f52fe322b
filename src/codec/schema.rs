//! The published JSON Schemas (2020-12), drawn from the types that read and write.
//!
//! They describe what this program writes: objects that list their members take no others.

use schemars::Schema;
use serde_json::{Map, Value, json};

use super::envelope::Envelope;
use crate::deal::event::Kind;
use crate::deal::policy::Policy;
use crate::deal::track::Track;

/// Where the schemas say they live: names, not addresses anyone has to reach.
const BASE: &str = "urn:dealtrail:schema:";

/// The schema of a kind's data, with its true example.
///
/// # Errors
/// When the kind's example is no JSON, which a test rules out.
pub fn of_kind(kind: Kind) -> Result<Value, serde_json::Error> {
    let name = format!("event:{}.v{}", kind.as_str(), kind.version());
    let example = serde_json::from_str(kind.example())?;
    Ok(published(kind.data_schema(), &name, kind.as_str(), example))
}

/// The schema of a stored event, whatever its kind.
#[must_use]
pub fn of_envelope() -> Value {
    let example = json!({
        "actor": { "id": "u:7f3a", "known_by": "token" },
        "batch": { "count": 1, "first": 7 },
        "command": "0196a3b4-5c6d-7e8f-9a0b-1c2d3e4f5a6c",
        "data": { "words": "the delegation asks for a map of the zone" },
        "id": "0196a3b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
        "kind": "noted",
        "on": "2025-04-22",
        "recorded_at": "2025-04-22T06:00:00.000000Z",
        "seq": 7,
        "sources": [],
        "stream": "agreement-0196a3b4-5c6d-7e8f-9a0b-1c2d3e4f5a6d",
        "v": 1,
        "version": 2
    });
    published(
        schemars::schema_for!(Envelope),
        "envelope.v1",
        "envelope",
        example,
    )
}

/// The schema of a track.
///
/// # Errors
/// When a track cannot be written as JSON, which a test rules out.
pub fn of_track(example: &Track) -> Result<Value, serde_json::Error> {
    let example = serde_json::to_value(example)?;
    Ok(published(
        schemars::schema_for!(Track),
        "track.v1",
        "track",
        example,
    ))
}

/// The schema of a policy.
///
/// # Errors
/// When a policy cannot be written as JSON, which a test rules out.
pub fn of_policy(example: &Policy) -> Result<Value, serde_json::Error> {
    let example = serde_json::to_value(example)?;
    Ok(published(
        schemars::schema_for!(Policy),
        "policy.v1",
        "policy",
        example,
    ))
}

fn published(schema: Schema, name: &str, title: &str, example: Value) -> Value {
    let mut schema = closed(schema.to_value());
    if let Value::Object(members) = &mut schema {
        members.insert("$id".to_owned(), json!(format!("{BASE}{name}")));
        members.insert("title".to_owned(), json!(title));
        members.insert("examples".to_owned(), json!([example]));
    }
    schema
}

/// The schema as the write door means it: an object that lists its members takes no others, and a
/// member that says nothing is left out rather than null.
#[must_use]
pub fn closed(schema: Value) -> Value {
    match schema {
        Value::Object(members) => {
            let members = members.into_iter().map(|(key, member)| {
                // Conditions and their consequences narrow what is listed beside them; they list nothing.
                let kept = ["if", "then", "else", "not", "allOf", "const", "enum"];
                let member = match kept.contains(&key.as_str()) {
                    true => member,
                    false => closed(member),
                };
                (key, member)
            });
            let mut members: Map<String, Value> = members.collect();
            let lists = members.get("properties").is_some_and(Value::is_object);
            if lists && !members.contains_key("additionalProperties") {
                members.insert("additionalProperties".to_owned(), Value::Bool(false));
            }
            without_null(members)
        }
        Value::Array(items) => Value::Array(items.into_iter().map(closed).collect()),
        other => other,
    }
}

/// Takes the null out that an optional member has in its type's own schema.
fn without_null(mut members: Map<String, Value>) -> Value {
    if let Some(Value::Array(types)) = members.get_mut("type") {
        types.retain(|name| name != "null");
        if let [one] = types.as_slice() {
            let one = one.clone();
            members.insert("type".to_owned(), one);
        }
    }
    let null = json!({ "type": "null" });
    if let Some(Value::Array(choices)) = members.get_mut("anyOf") {
        choices.retain(|choice| *choice != null);
        if let [one] = choices.as_slice() {
            let one = one.clone();
            members.remove("anyOf");
            if let Value::Object(one) = one {
                // What is said of the member stands above what is said of its type.
                for (key, value) in one {
                    members.entry(key).or_insert(value);
                }
            }
        }
    }
    Value::Object(members)
}
