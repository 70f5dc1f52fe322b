//! Schemas in words: what a value is, what members it has, and one that fits.

use std::fmt::Write;

use serde_json::{Map, Value};

use super::super::pages::{Safe, prose};

/// How deep an example goes before it stops to unfold.
const DEEPEST: u32 = 6;

/// The place on the page of a named schema.
pub(super) fn anchor(name: &str) -> String {
    format!("shape-{}", Safe(name))
}

fn reference(schema: &Value) -> Option<&str> {
    let named = schema.get("$ref").and_then(Value::as_str)?;
    named.strip_prefix("#/components/schemas/")
}

fn text<'a>(schema: &'a Value, name: &str) -> &'a str {
    schema.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// What a value is, in words.
pub(super) fn words(schema: &Value) -> String {
    if let Some(name) = reference(schema) {
        return format!("<a href=\"#{}\">{}</a>", anchor(name), Safe(name));
    }
    for choices in ["oneOf", "anyOf"] {
        if let Some(all) = schema.get(choices).and_then(Value::as_array) {
            let each = all
                .iter()
                .filter(|one| one.get("type") != Some(&"null".into()));
            let mut each: Vec<String> = each.map(words).collect();
            each.dedup();
            return each.join(" or ");
        }
    }
    if let Some(constant) = schema.get("const") {
        return format!("<code>{}</code>", Safe(&plain(constant)));
    }
    if let Some(all) = schema.get("enum").and_then(Value::as_array) {
        let each = all.iter().filter(|one| !one.is_null());
        let each: Vec<String> = each
            .map(|one| format!("<code>{}</code>", Safe(&plain(one))))
            .collect();
        return each.join(", ");
    }
    match kind(schema) {
        "string" => match text(schema, "format") {
            "date" => "day, such as 2025-04-26".to_owned(),
            "date-time" => "moment, such as 2025-04-26T10:00:00Z".to_owned(),
            "uuid" => "UUID".to_owned(),
            _ => "text".to_owned(),
        },
        "integer" => range("whole number", schema),
        "number" => range("number", schema),
        "boolean" => "true or false".to_owned(),
        "array" => match schema.get("items") {
            Some(items) => format!("list of {}", words(items)),
            None => "list".to_owned(),
        },
        "object" => "object".to_owned(),
        _ => String::new(),
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn kind(schema: &Value) -> &str {
    match schema.get("type") {
        Some(Value::String(kind)) => kind,
        Some(Value::Array(kinds)) => {
            let mut kinds = kinds.iter().filter_map(Value::as_str);
            kinds.find(|kind| *kind != "null").unwrap_or_default()
        }
        _ => "",
    }
}

fn range(what: &str, schema: &Value) -> String {
    match (schema.get("minimum"), schema.get("maximum")) {
        (Some(least), Some(most)) => format!("{what}, {least} to {most}"),
        (Some(least), None) => format!("{what}, at least {least}"),
        _ => what.to_owned(),
    }
}

/// Follows a reference.
fn followed<'a>(described: &'a Value, schema: &'a Value) -> &'a Value {
    let named = reference(schema);
    let found = named.and_then(|name| described.pointer("/components/schemas")?.get(name));
    found.unwrap_or(schema)
}

/// The members of an object as a table.
pub(super) fn members(main: &mut String, described: &Value, schema: &Value) {
    let schema = followed(described, schema);
    let Some(all) = schema.get("properties").and_then(Value::as_object) else {
        return;
    };
    let required = schema.get("required").and_then(Value::as_array);
    main.push_str("<table class=\"rows\"><tbody>\n");
    for (name, member) in all {
        let needed = required.is_some_and(|all| all.iter().any(|one| one == name));
        let must = if needed {
            " <span class=\"must\">needed</span>"
        } else {
            ""
        };
        // Writing into memory does not fail.
        let _ = writeln!(
            main,
            "<tr><th scope=\"row\"><code>{}</code>{must}</th><td>{}</td><td>{}</td></tr>",
            Safe(name),
            words(member),
            prose(text(member, "description"))
        );
    }
    main.push_str("</tbody></table>\n");
}

/// A value that fits: the schema's own example where it has one.
pub(super) fn example(described: &Value, schema: &Value, depth: u32) -> Option<Value> {
    let schema = followed(described, schema);
    if depth > DEEPEST {
        return None;
    }
    let own = schema
        .pointer("/examples/0")
        .or_else(|| schema.get("const"));
    let own = own.or_else(|| schema.pointer("/enum/0"));
    if let Some(own) = own {
        return Some(own.clone());
    }
    let deeper = depth.saturating_add(1);
    for choices in ["/oneOf/0", "/anyOf/0", "/allOf/0"] {
        if let Some(first) = schema.pointer(choices) {
            return example(described, first, deeper);
        }
    }
    Some(match kind(schema) {
        "object" => {
            let all = schema.get("properties").and_then(Value::as_object);
            let required = schema.get("required").and_then(Value::as_array);
            let mut object = Map::new();
            for (name, member) in all.into_iter().flatten() {
                let needed = required.is_some_and(|all| all.iter().any(|one| one == name));
                if let (true, Some(value)) = (needed, example(described, member, deeper)) {
                    object.insert(name.clone(), value);
                }
            }
            Value::Object(object)
        }
        "array" => {
            let item = schema
                .get("items")
                .and_then(|items| example(described, items, deeper));
            Value::Array(item.into_iter().collect())
        }
        "string" => match text(schema, "format") {
            "date" => "2025-04-26".into(),
            "date-time" => "2025-04-26T10:00:00Z".into(),
            "uuid" => "0196a3b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b".into(),
            _ => "…".into(),
        },
        "integer" | "number" => schema.get("minimum").cloned().unwrap_or_else(|| 1.into()),
        "boolean" => true.into(),
        _ => return None,
    })
}
