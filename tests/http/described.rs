//! The API described: what is published is what is served, sound by the rules of OpenAPI, and fit to be read.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use dealtrail::http::api::endpoints;
use dealtrail::http::openapi::describe;
use dealtrail::http::problems;
use serde_json::Value;

use super::service::Service;

fn file() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("schemas/openapi.json")
}

#[test]
fn the_published_description_is_what_the_routes_say() {
    let text = serde_json::to_string_pretty(&describe(&endpoints())).unwrap() + "\n";
    if std::env::var_os("DEALTRAIL_BLESS").is_some() {
        fs::write(file(), &text).unwrap();
    }
    let published = fs::read_to_string(file()).unwrap_or_default();
    assert!(
        published == text,
        "schemas/openapi.json is not what the routes say: run the tests with DEALTRAIL_BLESS=1 and read the change"
    );
}

/// Every `$ref` in a value.
fn references(value: &Value, to: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            if let Some(Value::String(named)) = members.get("$ref") {
                to.insert(named.clone());
            }
            members.values().for_each(|member| references(member, to));
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, to)),
        _ => {}
    }
}

#[test]
fn nothing_in_it_leads_nowhere_and_nothing_is_left_out() {
    let described = describe(&endpoints());
    let mut named = BTreeSet::new();
    references(&described, &mut named);
    for one in &named {
        let place = one.strip_prefix('#').unwrap();
        assert!(described.pointer(place).is_some(), "{one} leads nowhere");
    }
    let mut ids = BTreeMap::new();
    for endpoint in endpoints() {
        let path = endpoint.path.replace("{*", "{");
        let operation = &described["paths"][&path][endpoint.method_name().to_ascii_lowercase()];
        let id = operation["operationId"].as_str().unwrap_or_default();
        assert!(
            !id.is_empty() && !endpoint.summary.is_empty(),
            "{path} has no name"
        );
        assert_eq!(
            ids.insert(id.to_owned(), path.clone()),
            None,
            "{id} is the name of two routes"
        );
        let open = operation["security"].as_array().unwrap().is_empty();
        assert_eq!(open, endpoint.action.is_public(), "{path}");
        let parts = path
            .split('/')
            .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
        let given = operation["parameters"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        for part in parts {
            let there = |one: &Value| one["in"] == "path" && one["name"] == part;
            assert!(given.iter().any(there), "{path}: {part}");
        }
        let answers = operation["responses"].as_object().unwrap();
        assert!(
            answers.keys().any(|status| status < &"400".to_owned()),
            "{path} answers nothing"
        );
    }
    // Schemas are of the 2020 draft, as OpenAPI 3.1 has them.
    for (name, schema) in described["components"]["schemas"].as_object().unwrap() {
        assert!(jsonschema::draft202012::meta::is_valid(schema), "{name}");
    }
}

#[test]
fn the_service_serves_it_with_its_pages() {
    let service = Service::start();
    let served = service.get("/openapi.json");
    assert_eq!(served.header("content-type"), Some("application/json"));
    assert_eq!(served.json(), describe(&endpoints()));
    let html = |path: &str| {
        let reply = service.send("GET", path, &[("accept", "text/html")], None);
        assert_eq!(
            reply.header("content-type"),
            Some("text/html; charset=utf-8"),
            "{path}"
        );
        let policy = reply.header("content-security-policy").unwrap().to_owned();
        assert!(
            policy.contains("default-src 'none'; style-src 'sha256-"),
            "{policy}"
        );
        let text = reply.text();
        // Nothing runs and nothing is fetched.
        for never in ["<script", " src=", "@import", "url(", " style=", " onclick"] {
            assert!(!text.contains(never), "{path}: {never}");
        }
        text
    };
    let docs = html("/docs");
    for endpoint in endpoints() {
        assert!(
            docs.contains(&format!("id=\"op-{}\"", endpoint.id)),
            "{}",
            endpoint.id
        );
    }
    let list = html("/problems");
    for one in problems::all() {
        assert!(list.contains(&format!("/problems/{}\"", one.code)));
        let page = html(&format!("/problems/{}", one.code));
        assert!(page.contains(&one.status.to_string()));
        let json = service.get(&format!("/problems/{}", one.code));
        assert_eq!(json.json()["code"], one.code);
    }
    let none = service.get("/problems/nothing");
    assert_eq!(none.status, 404);
    // Where a problem's type leads.
    let kind = none.json()["type"].as_str().unwrap().to_owned();
    assert_eq!(service.get(&kind).status, 200);
}

/// Each anchor of the page is there once, and each link within the page leads to one.
#[test]
fn the_page_of_routes_leads_where_it_says() {
    let docs = Service::start().get("/docs").text();
    let after = |mark: &str| -> Vec<String> {
        let parts = docs.split(mark).skip(1);
        parts
            .map(|part| part.split('"').next().unwrap().to_owned())
            .collect()
    };
    let ids = after(" id=\"");
    let once: BTreeSet<&String> = ids.iter().collect();
    assert_eq!(once.len(), ids.len(), "an id stands twice");
    for link in after("href=\"#") {
        assert!(once.contains(&link), "#{link}");
    }
}
