//! Recording over HTTP: what is answered, what is refused, and where an error is said to stand.

use std::io::{Read, Write};
use std::net::TcpStream;

use dealtrail::http::limits::Settings;
use serde_json::{Value, json};

use super::service::{Reply, Service};

/// An agreement's registration.
pub(super) fn brick(reference: &str) -> Value {
    json!({
        "data": {
            "class": "practical",
            "instrument": "contract",
            "nature": "greenfield",
            "ref": reference,
            "titles": { "en": "Bricks" },
        }
    })
}

fn noted(words: &str) -> Value {
    json!({ "kind": "noted", "data": { "words": words } })
}

fn code(reply: &Reply) -> (u16, String, Option<String>) {
    let json = reply.json();
    let text = |name: &str| json[name].as_str().map(str::to_owned);
    (
        reply.status,
        text("code").unwrap_or_default(),
        text("field"),
    )
}

fn post(service: &Service, path: &str, headers: &[(&str, &str)], body: &Value) -> Reply {
    service.send("POST", path, headers, Some(body.to_string().as_bytes()))
}

#[test]
fn a_thing_is_registered_and_facts_of_it_recorded() {
    let service = Service::start();
    let reply = service.post("/v1/agreements", &brick("AG-2025-001"));
    assert_eq!(reply.status, 201, "{}", reply.text());
    assert_eq!(reply.header("location"), Some("/v1/agreements/AG-2025-001"));
    assert_eq!(reply.header("etag"), Some("\"1\""));
    let registered = reply.json();
    let position = registered["position"].as_u64().unwrap();
    let told = position.to_string();
    assert_eq!(reply.header("dealtrail-position"), Some(told.as_str()));
    assert_eq!(registered["events"][0]["ref"], "AG-2025-001");
    assert_eq!(registered["events"][0]["version"], 0);
    assert_eq!(registered["replayed"], false);
    let codes = registered["warnings"].as_array().unwrap().iter();
    assert!(
        codes.clone().any(|one| one["code"] == "no_source"),
        "{registered}"
    );

    let land = json!({
        "kind": "land_allocated",
        "on": "2025-04-22",
        "data": { "parcel": "AZ-1" },
        "sources": [{ "title": "a letter", "type": "document", "number": "7" }],
    });
    let reply = service.post("/v1/agreements/AG-2025-001/events", &land);
    assert_eq!(reply.status, 201, "{}", reply.text());
    assert_eq!(reply.header("etag"), Some("\"2\""));
    let place = format!("/v1/ledger/events/{position}");
    assert_eq!(reply.header("location"), Some(place.as_str()));
    let read = service.get(&format!(
        "/v1/agreements/AG-2025-001?at_least={}",
        position + 1
    ));
    assert_eq!(read.json()["version"], 2);
    for (path, data) in [
        (
            "/v1/packages",
            json!({ "ref": "PK-1", "titles": { "en": "All" }, "declared_counts": {} }),
        ),
        (
            "/v1/organizations",
            json!({ "ref": "OR-1", "names": { "en": "Bricks Ltd" } }),
        ),
    ] {
        let reply = service.post(path, &json!({ "data": data }));
        assert_eq!(reply.status, 201, "{path}: {}", reply.text());
        let events = format!("{path}/{}/events", data["ref"].as_str().unwrap());
        let reply = service.post(&events, &noted("looked at"));
        assert_eq!(reply.status, 201, "{path}: {}", reply.text());
    }
    let other = service.post("/v1/packages/AG-2025-001/events", &noted("x"));
    assert_eq!(other.status, 404, "{}", other.text());
}

#[test]
fn a_batch_names_what_it_registers_and_is_recorded_whole_or_not_at_all() {
    let service = Service::start();
    let mut registration = brick("AG-1");
    registration["kind"] = json!("agreement_registered");
    let note = json!({ "ref": "AG-1", "kind": "noted", "data": { "words": "first" } });
    let batch = json!({ "events": [registration, note] });
    let reply = service.post("/v1/batches", &batch);
    assert_eq!(reply.status, 201, "{}", reply.text());
    let events = reply.json()["events"].clone();
    assert_eq!(events[0]["stream"], events[1]["stream"]);
    assert_eq!(
        (&events[1]["ref"], &events[1]["version"]),
        (&json!("AG-1"), &json!(1))
    );
    let seq = events[0]["seq"].as_u64().unwrap();
    let place = format!("/v1/ledger/events?from={seq}&limit=2");
    assert_eq!(reply.header("location"), Some(place.as_str()));

    let head = service.ledger.head();
    let future = json!({ "ref": "AG-1", "kind": "land_allocated", "on": "2031-01-01", "data": {} });
    let note = json!({ "ref": "AG-1", "kind": "noted", "data": { "words": "second" } });
    let reply = service.post("/v1/batches", &json!({ "events": [note, future] }));
    assert_eq!(reply.status, 422, "{}", reply.text());
    assert_eq!(
        (&reply.json()["code"], &reply.json()["event"]),
        (&json!("in_the_future"), &json!(1))
    );
    assert_eq!(service.ledger.head(), head);
}

#[test]
fn a_command_sent_again_is_answered_as_before() {
    let service = Service::start();
    let key = [("idempotency-key", "\"officer-7\"")];
    let first = post(&service, "/v1/agreements", &key, &brick("AG-1"));
    assert_eq!(first.status, 201, "{}", first.text());
    // Its new thing got another stream in the meantime, and it is the same command.
    let again = post(
        &service,
        "/v1/agreements",
        &[("idempotency-key", "officer-7")],
        &brick("AG-1"),
    );
    assert_eq!(again.status, 200, "{}", again.text());
    let (mut first, again) = (first.json(), again.json());
    assert_eq!(again["replayed"], true);
    first["replayed"] = json!(true);
    assert_eq!(first, again);
    let other = post(&service, "/v1/agreements", &key, &brick("AG-2"));
    assert_eq!(code(&other), (409, "command_id_reused".into(), None));
    let bad = post(
        &service,
        "/v1/agreements",
        &[("idempotency-key", "no spaces")],
        &brick("AG-2"),
    );
    assert_eq!(
        code(&bad),
        (400, "malformed".into(), Some("idempotency-key".into()))
    );
}

#[test]
fn a_stale_version_is_refused_with_the_current_one() {
    let service = Service::start();
    service.post("/v1/agreements", &brick("AG-1"));
    let events = "/v1/agreements/AG-1/events";
    let matched = |tag: &str| post(&service, events, &[("if-match", tag)], &noted("x"));
    let reply = matched("\"1\"");
    assert_eq!((reply.status, reply.header("etag")), (201, Some("\"2\"")));
    let stale = matched("\"1\"");
    assert_eq!(
        (stale.status, stale.json()["code"].as_str()),
        (412, Some("stale_version"))
    );
    assert_eq!(stale.json()["current"], 2);
    assert_eq!(stale.header("etag"), Some("\"2\""));
    assert_eq!(matched("*").status, 201);
    for tag in [
        "2",
        "W/\"2\"",
        "\"2\", \"3\"",
        "\"x\"",
        "\"-1\"",
        "\"+2\"",
        "",
    ] {
        let reply = matched(tag);
        assert_eq!(
            code(&reply),
            (400, "malformed".into(), Some("if-match".into())),
            "{tag}"
        );
    }
    service.post("/v1/agreements", &brick("AG-2"));
    let item =
        |reference: &str| json!({ "ref": reference, "kind": "noted", "data": { "words": "x" } });
    let both = json!({ "events": [item("AG-1"), item("AG-2")] });
    let reply = post(&service, "/v1/batches", &[("if-match", "\"3\"")], &both);
    assert_eq!(
        code(&reply),
        (400, "malformed".into(), Some("if-match".into()))
    );
    let one = json!({ "events": [item("AG-1"), item("AG-1")] });
    let reply = post(&service, "/v1/batches", &[("if-match", "\"3\"")], &one);
    assert_eq!((reply.status, reply.header("etag")), (201, Some("\"5\"")));
}

#[test]
fn facts_are_amended() {
    let service = Service::start();
    service.post("/v1/agreements", &brick("AG-1"));
    service.post("/v1/agreements", &brick("AG-2"));
    let land =
        json!({ "kind": "land_allocated", "on": "2025-04-22", "data": { "parcel": "AZ-1" } });
    let events = "/v1/agreements/AG-1/events";
    let fact = service.post(events, &land).json()["events"][0].clone();
    let (id, seq) = (fact["id"].clone(), fact["seq"].clone());
    let said = |kind: &str, data: Value| json!({ "kind": kind, "data": data });
    let sourced = json!({
        "kind": "fact_sourced",
        "data": { "fact": id },
        "sources": [{ "title": "a letter", "type": "document", "number": "7" }],
    });
    for body in [
        said(
            "fact_corrected",
            json!({ "fact": seq, "on": "2025-04-23", "data": { "parcel": "AZ-2" }, "reason": "typing error" }),
        ),
        sourced,
        said(
            "fact_moved",
            json!({ "fact": id, "to": "AG-2", "reason": "the other plant" }),
        ),
    ] {
        let reply = service.post(events, &body);
        assert_eq!(reply.status, 201, "{body}: {}", reply.text());
    }
    let head = service.ledger.head();
    let moved = service.get(&format!("/v1/agreements/AG-2?at_least={head}"));
    assert!(moved.text().contains("AZ-2"), "{}", moved.text());
    let own = said("fact_confirmed", json!({ "fact": head - 1 }));
    let reply = service.post("/v1/agreements/AG-2/events", &own);
    assert_eq!(
        code(&reply),
        (422, "own_record".into(), Some("data.fact".into())),
        "{}",
        reply.text()
    );
    let retracted = said(
        "fact_retracted",
        json!({ "fact": head - 1, "reason": "never happened" }),
    );
    let elsewhere = service.post(events, &retracted);
    assert_eq!(
        code(&elsewhere),
        (422, "other_stream".into(), Some("data.fact".into()))
    );
    let item = json!({ "events": [retracted] });
    assert_eq!(service.post("/v1/batches", &item).status, 201);
    let unknown = said("fact_retracted", json!({ "fact": 99_999, "reason": "x" }));
    let reply = service.post(events, &unknown);
    assert_eq!(reply.status, 404, "{}", reply.text());
    let stray = said(
        "fact_corrected",
        json!({ "fact": seq, "data": { "parcell": "AZ-2" }, "reason": "x" }),
    );
    let reply = service.post(events, &stray);
    assert_eq!(
        code(&reply),
        (400, "malformed".into(), Some("data.data.parcell".into()))
    );
}

/// Items with something wrong in their data: the status, and the path within the item where it is one field.
fn wrong_data() -> Vec<(Value, u16, &'static str)> {
    let land = |data: Value| json!({ "ref": "AG-1", "kind": "land_allocated", "on": "2025-04-22", "data": data });
    vec![
        (
            land(json!({ "area": { "amount": 3, "qualifier": "exact", "unit": "ha" } })),
            400,
            "data.area.amount",
        ),
        (
            land(json!({ "area": { "amount": "3", "qualifier": "exact" } })),
            400,
            "data.area.unit",
        ),
        (land(json!({ "area": 2.5 })), 400, "data.area"),
        (land(json!({ "parcel": null })), 400, "data.parcel"),
        (land(json!({ "parcell": "AZ-1" })), 400, "data.parcell"),
        (land(json!({ "Parcel": "AZ-1" })), 400, "data"),
        (
            json!({ "ref": "AG-1", "kind": "noted", "data": { "words": "e\u{301}" } }),
            400,
            "data.words",
        ),
    ]
}

/// Items with something else wrong.
fn wrong_items() -> Vec<(Value, u16, &'static str)> {
    vec![
        (
            json!({ "ref": "AG-1", "kind": "landed", "data": {} }),
            422,
            "kind",
        ),
        (
            json!({ "ref": "AG-1", "kind": "noted", "data": { "words": "x" }, "colour": 1 }),
            400,
            "",
        ),
        (
            json!({ "ref": null, "kind": "noted", "data": { "words": "x" } }),
            400,
            "",
        ),
        (
            json!({ "kind": "noted", "data": { "words": "x" } }),
            400,
            "ref",
        ),
        (
            json!({ "stream": "brick-7", "kind": "noted", "data": { "words": "x" } }),
            400,
            "stream",
        ),
        (
            json!({ "ref": "AG-7", "kind": "noted", "data": { "words": "x" } }),
            404,
            "ref",
        ),
        (
            json!({ "ref": "AG-1", "kind": "land_allocated", "on": "yesterday", "data": {} }),
            400,
            "on",
        ),
        (
            json!({ "ref": "AG-1", "kind": "noted", "data": { "words": "x" }, "sources": [{ "title": "t", "type": "rumour" }] }),
            400,
            "sources",
        ),
        (
            json!({ "ref": "AG-1", "kind": "noted", "data": { "words": "x" }, "sources": [{ "titel": "t", "type": "note" }] }),
            400,
            "sources[0].titel",
        ),
        (
            json!({ "kind": "fact_corrected", "data": { "fact": 1 } }),
            400,
            "data",
        ),
        (
            json!({ "kind": "fact_retracted", "on": "2025-04-22", "data": { "fact": 1, "reason": "x" } }),
            400,
            "on",
        ),
        (
            json!({ "kind": "ledger_repaired", "data": {} }),
            422,
            "kind",
        ),
        (json!({ "kind": "report_issued", "data": {} }), 422, "kind"),
    ]
}

#[test]
fn every_error_names_its_field() {
    let service = Service::start();
    service.post("/v1/agreements", &brick("AG-1"));
    let head = service.ledger.head();
    for (item, status, field) in wrong_data().into_iter().chain(wrong_items()) {
        let good = json!({ "ref": "AG-1", "kind": "noted", "data": { "words": "x" } });
        let reply = service.post("/v1/batches", &json!({ "events": [good, item] }));
        let wanted = format!("events[1].{field}");
        let told = reply.json()["field"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        assert_eq!(reply.status, status, "{item}: {}", reply.text());
        match field {
            "" => assert!(told.starts_with("events[1]"), "{item}: {told}"),
            _ => assert_eq!(told, wanted, "{item}: {}", reply.text()),
        }
    }
    assert_eq!(service.ledger.head(), head);
}

#[test]
fn bodies_have_a_type_and_a_length() {
    let service = Service::start();
    let plain = service.send(
        "POST",
        "/v1/batches",
        &[("content-type", "text/plain")],
        Some(b"{}"),
    );
    assert_eq!(code(&plain), (415, "media_type".into(), None));
    let empty = service.post("/v1/batches", &json!({ "events": [] }));
    assert_eq!(
        code(&empty),
        (400, "malformed".into(), Some("events".into()))
    );
    let stray = service.post("/v1/batches", &json!({ "events": [], "more": 1 }));
    assert_eq!(code(&stray), (400, "malformed".into(), Some("body".into())));
    let mut stream = TcpStream::connect(service.address).unwrap();
    let long = (1 << 20) + 1;
    write!(stream, "POST /v1/batches HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {long}\r\n\r\n").unwrap();
    let mut answer = [0; 2_048];
    let read = stream.read(&mut answer).unwrap();
    let answer = String::from_utf8_lossy(&answer[..read]);
    assert!(
        answer.starts_with("HTTP/1.1 413") && answer.contains("body_too_long"),
        "{answer}"
    );
    let small = Service::limited(Settings {
        body_bytes: 500,
        ..Settings::default()
    });
    // Not announced, so that only reading it tells.
    let piece = "x".repeat(600);
    let mut stream = TcpStream::connect(small.address).unwrap();
    write!(stream, "POST /v1/batches HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n258\r\n{piece}\r\n0\r\n\r\n").unwrap();
    let mut answer = [0; 2_048];
    let read = stream.read(&mut answer).unwrap();
    let answer = String::from_utf8_lossy(&answer[..read]);
    assert!(
        answer.starts_with("HTTP/1.1 413") && answer.contains("body_too_long"),
        "{answer}"
    );
    // A megabyte of it is taken, and read.
    let words = "x".repeat(15_000);
    let note = |_| json!({ "stream": "ledger", "kind": "noted", "data": { "words": words } });
    let notes: Vec<Value> = (0..60).map(note).collect();
    let many = service.post("/v1/batches", &json!({ "events": notes }));
    assert_eq!(many.status, 201, "{}", many.text());
    let event = service.post(
        "/v1/agreements/AG-1/events",
        &json!({ "ref": "AG-1", "kind": "noted", "data": {} }),
    );
    assert_eq!(code(&event), (400, "malformed".into(), Some("ref".into())));
}
