//! The description of the API (OpenAPI 3.1), made of the list of its routes: nothing stands in it that is not served, and
//! nothing is served that does not stand in it.
//!
//! schemars is the one source of schemas; they stand in `components/schemas`. Problems have one schema, and each route
//! names the statuses it can answer them with.

mod events;

use std::collections::BTreeMap;

use axum::http::StatusCode;
use schemars::generate::{SchemaGenerator, SchemaSettings};
use serde_json::{Map, Value, json};

use super::endpoint::{Endpoint, Gives};
use super::problem::MEDIA;
use crate::service::access::role::{Action, Role, allows};

/// The description of these routes.
#[must_use]
pub fn describe(endpoints: &[Endpoint]) -> Value {
    let mut settings = SchemaSettings::draft2020_12();
    settings.definitions_path = "/components/schemas".into();
    settings.meta_schema = None;
    let mut generator = settings.into_generator();
    let mut paths: BTreeMap<&str, Map<String, Value>> = BTreeMap::new();
    let mut statuses = Vec::new();
    for endpoint in endpoints {
        let operation = operation(endpoint, &mut generator);
        let method = endpoint.method_name().to_ascii_lowercase();
        paths
            .entry(endpoint.path)
            .or_default()
            .insert(method, operation);
        statuses.extend(problems_of(endpoint));
    }
    statuses.sort_unstable();
    statuses.dedup();
    let mut schemas: Map<String, Value> = generator.take_definitions(true).into_iter().collect();
    schemas.insert("Problem".to_owned(), problem());
    events::tell(&mut schemas);
    let responses: Map<String, Value> = statuses
        .into_iter()
        .map(|status| (name_of(status), problem_response(status)))
        .collect();
    // A wildcard of the router is one part of a path that may hold slashes; OpenAPI has no word for that.
    let paths: Map<String, Value> = paths
        .into_iter()
        .map(|(path, operations)| (path.replace("{*", "{"), Value::Object(operations)))
        .collect();
    json!({
        "openapi": "3.1.0",
        "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
        "info": {
            "title": "dealtrail",
            "version": env!("CARGO_PKG_VERSION"),
            "summary": "What happened after investment agreements were signed, as a ledger that can be checked",
            "description": INTRODUCTION,
            "license": { "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" },
        },
        "servers": [{ "url": "/", "description": "This service" }],
        "tags": tags(endpoints),
        "paths": paths,
        "components": {
            "schemas": schemas,
            "responses": responses,
            "headers": headers(),
            "securitySchemes": {
                "bearer": {
                    "type": "http",
                    "scheme": "bearer",
                    "bearerFormat": "dt_ and 59 letters and digits",
                    "description": "A token that `dealtrail token add` made. A service that only its own machine reaches may ask for none.",
                },
            },
        },
    })
}

const INTRODUCTION: &str = "\
Every fact has two times: when it happened and when it was recorded. Reading takes `as_of` (what had happened by that day) \
and `known_at` (as known at that moment), and tells with `Dealtrail-Position` how many events an answer rests on.

Nothing is edited: a mistake is corrected or retracted by a later event. Recording takes `Idempotency-Key`, under which the \
same request is carried out once, and `If-Match` with the version that was read.

What goes wrong is told as problem details (RFC 9457): `type` leads to a page about it, `detail` says what is wrong here and \
`hint` what to do.";

/// The group of a path: its first part after the version.
fn group(path: &str) -> &str {
    let mut parts = path.split('/').filter(|part| !part.is_empty());
    match parts.next() {
        Some("v1") => parts.next().unwrap_or("service"),
        Some("ledger") => "published",
        _ => "service",
    }
}

/// What is told of a group of routes.
fn about(group: &str) -> &'static str {
    match group {
        "agreements" => "Agreements: how they stand, what happened, and recording it",
        "packages" => "Packages of agreements",
        "occasions" => "Occasions on which agreements were signed",
        "organizations" => "Organisations that are parties to agreements",
        "batches" => "Several events at once, all or nothing",
        "reports" => "Reports, as they are and as they were issued",
        "ledger" => "The ledger itself: stored events, proofs and the feed",
        "published" => "The ledger as plain files that others can keep and check",
        "evidence" => "Files behind facts, by their commitment",
        "access-log" => "Who was let through to what",
        "service" => "The service itself",
        _ => "Further routes",
    }
}

fn tags(endpoints: &[Endpoint]) -> Vec<Value> {
    let mut groups: Vec<&str> = Vec::new();
    for endpoint in endpoints {
        let group = group(endpoint.path);
        if !groups.contains(&group) {
            groups.push(group);
        }
    }
    let each = groups.into_iter();
    each.map(|group| json!({ "name": group, "description": about(group) }))
        .collect()
}

fn operation(endpoint: &Endpoint, generator: &mut SchemaGenerator) -> Value {
    let mut operation = Map::new();
    operation.insert("operationId".to_owned(), endpoint.id.into());
    operation.insert("summary".to_owned(), endpoint.summary.into());
    operation.insert("tags".to_owned(), json!([group(endpoint.path)]));
    let may: Vec<&str> = roles(endpoint.action);
    let who = match endpoint.action.is_public() {
        true => "Everybody, without a token.".to_owned(),
        false => format!("Roles: {}.", may.join(", ")),
    };
    operation.insert("description".to_owned(), who.into());
    operation.insert("x-action".to_owned(), endpoint.action.as_str().into());
    let security = match endpoint.action.is_public() {
        true => json!([]),
        false => json!([{ "bearer": [] }]),
    };
    operation.insert("security".to_owned(), security);
    let parameters = parameters(endpoint, generator);
    if !parameters.is_empty() {
        operation.insert("parameters".to_owned(), parameters.into());
    }
    if let Some(takes) = endpoint.takes {
        let content = content(takes.media, takes.schema.map(|schema| schema(generator)));
        let body = json!({ "required": true, "content": content });
        operation.insert("requestBody".to_owned(), body);
    }
    operation.insert("responses".to_owned(), responses(endpoint, generator));
    Value::Object(operation)
}

/// The roles that may do something.
fn roles(action: Action) -> Vec<&'static str> {
    let all = Role::ALL.iter();
    let may = all.filter(|role| allows(Some(**role), action));
    may.map(|role| role.as_str()).collect()
}

fn content(media: &str, schema: Option<schemars::Schema>) -> Value {
    let schema = match schema {
        Some(schema) => schema.to_value(),
        // Bytes of a type of their own need no schema (OpenAPI 3.1, "Considerations for file uploads").
        None => json!({}),
    };
    let mut content = Map::new();
    content.insert(media.to_owned(), json!({ "schema": schema }));
    Value::Object(content)
}

fn parameters(endpoint: &Endpoint, generator: &mut SchemaGenerator) -> Vec<Value> {
    let mut all = Vec::new();
    for part in endpoint.path.split('/') {
        let name = part
            .strip_prefix('{')
            .and_then(|part| part.strip_suffix('}'));
        if let Some(name) = name {
            all.push(of_path(name.trim_start_matches('*')));
        }
    }
    if let Some(query) = endpoint.query {
        let schema = query(generator).to_value();
        let required = schema.get("required").and_then(Value::as_array).cloned();
        let required = required.unwrap_or_default();
        let members = schema.get("properties").and_then(Value::as_object).cloned();
        for (name, mut schema) in members.unwrap_or_default() {
            let needed = required.iter().any(|one| *one == name);
            let about = schema
                .as_object_mut()
                .and_then(|schema| schema.remove("description"));
            without_null(&mut schema);
            let mut parameter =
                json!({ "name": name, "in": "query", "required": needed, "schema": schema });
            if let (Some(about), Some(members)) = (about, parameter.as_object_mut()) {
                members.insert("description".to_owned(), about);
            }
            all.push(parameter);
        }
    }
    all
}

/// What stands behind a question mark is there or not: it is never `null`.
fn without_null(schema: &mut Value) {
    let Some(members) = schema.as_object_mut() else {
        return;
    };
    if let Some(Value::Array(types)) = members.get_mut("type") {
        types.retain(|one| one != "null");
        if let [one] = types.as_slice() {
            let one = one.clone();
            members.insert("type".to_owned(), one);
        }
    }
    if let Some(Value::Array(choices)) = members.get_mut("anyOf") {
        choices.retain(|one| one.get("type") != Some(&"null".into()));
        if let [Value::Object(one)] = choices.as_slice() {
            let one = one.clone();
            members.remove("anyOf");
            members.extend(one);
        }
    }
    if members.get("default") == Some(&Value::Null) {
        members.remove("default");
    }
}

fn of_path(name: &str) -> Value {
    let (about, schema) = match name {
        "ref" => (
            "The reference people know the thing by, or its stream's id",
            json!({ "type": "string", "minLength": 1 }),
        ),
        "seq" => (
            "The position of an event in the ledger, from 0",
            json!({ "type": "integer", "minimum": 0 }),
        ),
        "name" => ("Its name", json!({ "type": "string", "minLength": 1 })),
        "commit" => (
            "The commitment to a file, as the event that names it has it",
            json!({ "type": "string", "minLength": 1 }),
        ),
        "code" => (
            "The code of a problem",
            json!({ "type": "string", "minLength": 1 }),
        ),
        _ => (
            "A part of the path",
            json!({ "type": "string", "minLength": 1 }),
        ),
    };
    json!({ "name": name, "in": "path", "required": true, "description": about, "schema": schema })
}

fn responses(endpoint: &Endpoint, generator: &mut SchemaGenerator) -> Value {
    let mut by_status: BTreeMap<u16, Map<String, Value>> = BTreeMap::new();
    for gives in &endpoint.gives {
        let Gives {
            status,
            media,
            schema,
        } = gives;
        let content = by_status.entry(status.as_u16()).or_default();
        if !media.is_empty() {
            let schema = schema.map_or_else(|| json!({}), |schema| schema(generator).to_value());
            content.insert((*media).to_owned(), json!({ "schema": schema }));
        }
    }
    let mut responses = Map::new();
    for (status, content) in by_status {
        let named = StatusCode::from_u16(status).ok();
        let words = named.and_then(|status| status.canonical_reason());
        let mut response = json!({
            "description": words.unwrap_or("An answer"),
            "headers": answer_headers(endpoint.action, status),
        });
        if let (false, Some(members)) = (content.is_empty(), response.as_object_mut()) {
            members.insert("content".to_owned(), Value::Object(content));
        }
        responses.insert(status.to_string(), response);
    }
    if is_conditional(endpoint) {
        let unchanged = json!({
            "description": "It is as it was when `If-None-Match` was given",
            "headers": answer_headers(endpoint.action, 304),
        });
        responses.insert("304".to_owned(), unchanged);
    }
    for status in problems_of(endpoint) {
        let response = json!({ "$ref": format!("#/components/responses/{}", name_of(status)) });
        // A status that the route itself answers with tells its own story.
        responses.entry(status.to_string()).or_insert(response);
    }
    Value::Object(responses)
}

/// Whether `If-None-Match` may be answered that nothing changed.
fn is_conditional(endpoint: &Endpoint) -> bool {
    use Action as A;
    let reads = [A::Read, A::ReadLedger, A::ReadReports, A::ReadPublished];
    endpoint.method_name() == "GET" && reads.contains(&endpoint.action)
}

/// The statuses a route can answer problems with.
fn problems_of(endpoint: &Endpoint) -> Vec<u16> {
    let mut all = vec![414, 431, 500];
    let records = matches!(
        endpoint.action,
        Action::Record | Action::Confirm | Action::IssueReport
    );
    if endpoint.query.is_some() || endpoint.takes.is_some() || endpoint.path.contains('{') {
        all.push(400);
    }
    if endpoint.path.contains('{') || endpoint.action != Action::Greet {
        all.push(404);
    }
    if !endpoint.action.is_public() {
        all.extend([401, 403]);
    }
    // What is light is answered from memory whatever else is going on.
    if endpoint.action != Action::Greet {
        all.extend([429, 503]);
    }
    if endpoint.takes.is_some() {
        all.extend([408, 413, 415]);
    }
    if records {
        all.extend([404, 409, 412, 413, 422, 428, 507]);
    }
    if endpoint.action == Action::ReadReports || endpoint.action == Action::IssueReport {
        all.extend([404, 406, 422]);
    }
    all.sort_unstable();
    all.dedup();
    all
}

fn name_of(status: u16) -> String {
    let words = StatusCode::from_u16(status).ok();
    let words = words.and_then(|status| status.canonical_reason());
    let words = words.unwrap_or("Problem").replace([' ', '-', '\''], "");
    format!("{words}Problem")
}

fn problem_response(status: u16) -> Value {
    let words = match status {
        400 => "The request is not well formed",
        401 => "A valid token is needed",
        403 => "The role of the token may not do this, or the token was narrowed",
        404 => "There is nothing by this name; near references are told",
        406 => "There is no answer of an accepted type",
        408 => "The body did not arrive in time",
        409 => "Another event or thing stands in the way; it is told which",
        412 => {
            "The thing has changed since the version in `If-Match`; the answer tells the current one"
        }
        413 => "The body, or what it asks to be recorded, is too large",
        414 => "The address is too long",
        415 => "The body is of a type that is not taken here",
        422 => "A rule of the domain refuses it; the field and what to do are told",
        428 => "A version to record upon is needed: send `If-Match`",
        429 => {
            "Requests come too fast, or too many are under way: wait as long as `Retry-After` says"
        }
        431 => "The headers are too large",
        500 => "The service failed; what was acknowledged is safe",
        503 => "The service cannot answer now: wait as long as `Retry-After` says",
        507 => "There is no space left to record; reading goes on",
        _ => "Something is wrong",
    };
    let mut headers = json!({ "X-Request-Id": { "$ref": "#/components/headers/RequestId" } });
    if let (429 | 503, Some(members)) = (status, headers.as_object_mut()) {
        let wait = json!({ "$ref": "#/components/headers/RetryAfter" });
        members.insert("Retry-After".to_owned(), wait);
    }
    let problem = json!({ "schema": { "$ref": "#/components/schemas/Problem" } });
    let mut content = Map::new();
    // Of headers that are too large nothing is read that could be answered in words.
    if status != 431 {
        content.insert(MEDIA.to_owned(), problem);
    }
    json!({ "description": words, "headers": headers, "content": content })
}

fn answer_headers(action: Action, status: u16) -> Value {
    let of = |name: &str| json!({ "$ref": format!("#/components/headers/{name}") });
    let mut headers = Map::new();
    headers.insert("X-Request-Id".to_owned(), of("RequestId"));
    let about_things = matches!(
        action,
        Action::Read
            | Action::ReadLedger
            | Action::ReadReports
            | Action::Record
            | Action::IssueReport
    );
    if about_things {
        headers.insert("Dealtrail-Position".to_owned(), of("Position"));
        headers.insert("ETag".to_owned(), of("ETag"));
    }
    if status == 201 {
        headers.insert("Location".to_owned(), of("Location"));
    }
    Value::Object(headers)
}

fn headers() -> Value {
    json!({
        "RequestId": {
            "description": "The request's id: that of `X-Request-Id` or `traceparent` where it was well formed",
            "schema": { "type": "string" },
        },
        "Position": {
            "description": "How many events the answer rests on; a reader who asks with `at_least` set to it sees all of them",
            "schema": { "type": "integer", "minimum": 0 },
        },
        "ETag": {
            "description": "The version of what was answered, to be sent back in `If-Match` or `If-None-Match`",
            "schema": { "type": "string" },
        },
        "Location": {
            "description": "Where what was made can be read",
            "schema": { "type": "string" },
        },
        "RetryAfter": {
            "description": "After how many seconds to try again",
            "schema": { "type": "integer", "minimum": 1 },
        },
    })
}

/// Problem details (RFC 9457 section 3.1); what belongs to a type stands beside these members.
fn problem() -> Value {
    json!({
        "title": "Problem",
        "description": "Problem details (RFC 9457)",
        "type": "object",
        "properties": {
            "type": { "type": "string", "format": "uri-reference", "description": "The page about this type of problem" },
            "title": { "type": "string", "description": "The status in words" },
            "status": { "type": "integer", "minimum": 400, "maximum": 599, "description": "The status" },
            "code": { "type": "string", "description": "The stable code: the last part of the type" },
            "detail": { "type": "string", "description": "What is wrong here" },
            "hint": { "type": "string", "description": "What to do next" },
            "field": { "type": "string", "description": "The field concerned" },
        },
        "required": ["type", "title", "status", "code", "detail"],
        "additionalProperties": true,
        "examples": [{
            "type": "/problems/not_found", "title": "Not Found", "status": 404, "code": "not_found",
            "detail": "there is no agreement \"BRIK\"; did you mean BRICK?",
            "hint": "GET /v1/agreements lists what is registered", "near": ["BRICK"],
        }],
    })
}
