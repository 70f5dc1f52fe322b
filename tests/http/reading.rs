//! The reading routes: what each answers, at which two times, and with which validators.

use std::fmt::Write as _;

use dealtrail::deal::command::{Command, Draft, Intent};
use dealtrail::deal::event::Kind;
use dealtrail::deal::value::ids::{Actor, KnownBy, StreamId, StreamKind};
use dealtrail::deal::value::source::{Source, SourceType};
use dealtrail::deal::value::text::Text;
use dealtrail::service::query::door;
use serde_json::{Value, json};

use super::service::{Reply, Service};

/// Records one event and gives the stream.
pub(super) fn record(
    service: &Service,
    stream: Option<StreamId>,
    (kind, on): (Kind, Option<&str>),
    data: &Value,
) -> StreamId {
    let ledger = &service.ledger;
    let sort = kind
        .streams()
        .first()
        .copied()
        .unwrap_or(StreamKind::Agreement);
    let stream = stream.unwrap_or_else(|| ledger.new_stream(sort));
    let fields = data.as_object().unwrap().clone();
    let source = Source::new(
        Text::new("The agency's register").unwrap(),
        SourceType::Document,
    );
    let draft = Draft {
        stream,
        payload: door::payload(kind, fields).unwrap(),
        on: on.map(|on| on.parse().unwrap()),
        sources: vec![source],
    };
    let command = Command {
        id: ledger.new_command_id(),
        actor: Actor {
            id: "u:7f3a".parse().unwrap(),
            known_by: KnownBy::Token,
        },
        intents: vec![Intent::Record(draft)],
        expected: None,
    };
    ledger.submit_blocking(command).unwrap();
    stream
}

/// Registers an agreement.
pub(super) fn agreement(service: &Service, reference: &str, more: &Value) -> StreamId {
    let mut data = json!({
        "ref": reference, "titles": {"en": format!("The works {reference}")}, "class": "practical",
        "instrument": "mou", "nature": "unknown",
        "sectors": [], "parties": [],
    });
    for (name, value) in more.as_object().unwrap() {
        data[name] = value.clone();
    }
    record(service, None, (Kind::AgreementRegistered, None), &data)
}

/// A service with three agreements, a package, an occasion and an organisation.
pub(super) fn filled() -> Service {
    let service = Service::start();
    let organization = json!({"ref": "WORKS", "names": {"en": "Brickworks LLC"}, "country": "AZ", "type": "company", "identifiers": []});
    let works = record(
        &service,
        None,
        (Kind::OrganizationRegistered, None),
        &organization,
    );
    let occasion =
        json!({"ref": "SPRING", "names": {"en": "Spring conference"}, "kind": "conference"});
    let spring = record(
        &service,
        None,
        (Kind::OccasionRegistered, Some("2025-04-17")),
        &occasion,
    );
    let package = json!({"ref": "PAPERS", "titles": {"en": "Papers of the spring"}, "occasion": spring, "declared_counts": {"all": 3}});
    let papers = record(&service, None, (Kind::PackageRegistered, None), &package);
    let brick = agreement(
        &service,
        "BRICK",
        &json!({
            "package": papers,
            "sectors": [{"text": "Brick production", "isic": "2392"}],
            "parties": [{"role": "investor", "organization": works}],
        }),
    );
    let glass = agreement(
        &service,
        "GLASS",
        &json!({"parties": [{"role": "investor", "description": "a foreign company", "country": "CN"}]}),
    );
    agreement(&service, "TILES", &json!({"class": "institutional"}));
    record(
        &service,
        Some(brick),
        (Kind::Signed, Some("2025-04-17")),
        &json!({}),
    );
    record(
        &service,
        Some(glass),
        (Kind::Signed, Some("2025-04-18")),
        &json!({}),
    );
    let area = json!({"area": {"amount": "2.9", "unit": "ha", "qualifier": "exact"}});
    record(
        &service,
        Some(brick),
        (Kind::LandAllocated, Some("2025-04-22")),
        &area,
    );
    record(
        &service,
        Some(brick),
        (Kind::Assigned, None),
        &json!({"officer": "u:7f3a"}),
    );
    service
}

/// Status, the headers that are promised, and the body.
fn shown(reply: &Reply) -> String {
    let mut shown = format!("{}\n", reply.status);
    for name in [
        "content-type",
        "etag",
        "dealtrail-position",
        "cache-control",
        "vary",
        "link",
        "location",
        "retry-after",
    ] {
        if let Some(value) = reply.header(name) {
            writeln!(shown, "{name}: {value}").unwrap();
        }
    }
    shown.push('\n');
    match serde_json::from_slice::<Value>(&reply.body) {
        Ok(value) => shown.push_str(&serde_json::to_string_pretty(&value).unwrap()),
        Err(_) => shown.push_str(&reply.text()),
    }
    shown
}

#[test]
fn every_route_answers_as_promised() {
    let service = filled();
    for (name, path) in [
        ("ledger", "/v1/ledger"),
        ("agreements", "/v1/agreements"),
        ("agreements_page", "/v1/agreements?limit=2&sort=-ref"),
        ("packages", "/v1/packages"),
        ("occasions", "/v1/occasions"),
        ("organizations", "/v1/organizations"),
        ("agreement", "/v1/agreements/BRICK"),
        (
            "agreement_then",
            "/v1/agreements/BRICK?as_of=2025-04-20&known_at=11",
        ),
        ("package", "/v1/packages/PAPERS"),
        ("occasion", "/v1/occasions/SPRING"),
        ("organization", "/v1/organizations/WORKS"),
        ("history", "/v1/agreements/BRICK/history?by_day=true"),
        (
            "explanation",
            "/v1/agreements/BRICK/explanation?as_of=2025-04-20",
        ),
        ("search", "/v1/search?q=brick"),
        ("thing", "/v1/things/PAPERS"),
        ("fact", "/v1/facts/12"),
        ("next_refs", "/v1/next-refs"),
        ("milestones", "/v1/milestones"),
        ("reports", "/v1/reports"),
        ("issues", "/v1/issues"),
        ("near", "/v1/agreements/BRIK"),
        ("other_kind", "/v1/packages/BRICK"),
        ("not_known", "/v1/agreements/BRICK?known_at=3"),
        ("no_fact", "/v1/facts/9999"),
        ("no_moment", "/v1/agreements/BRICK?known_at=soon"),
        ("no_stage", "/v1/agreements?stage=painted"),
        ("no_report", "/v1/reports/weather"),
        ("no_issue", "/v1/issues/PS-2025-001"),
        ("wrong_parameter", "/v1/reports/portfolio?officer=u:1"),
    ] {
        let reply = service.get(path);
        insta::with_settings!({ description => format!("GET {path}"), omit_expression => true }, {
            insta::assert_snapshot!(name, shown(&reply));
        });
    }
}

pub(super) fn refs(reply: &Reply, plural: &str) -> Vec<String> {
    let rows = reply.json()[plural].as_array().cloned().unwrap_or_default();
    rows.iter()
        .map(|row| row["ref"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn events_are_the_stored_bytes_each_time() {
    let service = filled();
    let stored: Vec<String> = [7, 10, 12, 13]
        .map(|seq| String::from_utf8(service.ledger.event_bytes(seq).unwrap().unwrap()).unwrap())
        .to_vec();
    assert!(stored[0].contains("BRICK"), "{}", stored[0]);
    let array = format!("[{}]\n", stored.join(",\n"));
    // The first time they are read, the second time they are at hand.
    for _ in 0..2 {
        let reply = service.get("/v1/agreements/BRICK/events");
        assert_eq!((reply.status, reply.text()), (200, array.clone()));
        assert_eq!(reply.header("etag"), Some("\"4\""));
        let lines = [("accept", "application/x-ndjson")];
        let lines = service.send("GET", "/v1/agreements/BRICK/events", &lines, None);
        assert_eq!(lines.text(), format!("{}\n", stored.join("\n")));
        assert_eq!(lines.header("content-type"), Some("application/x-ndjson"));
        assert_ne!(lines.header("etag"), reply.header("etag"));
        let known = [("if-none-match", "\"4\"")];
        let known = service.send("GET", "/v1/agreements/BRICK/events", &known, None);
        assert_eq!((known.status, known.body.len()), (304, 0));
        assert_eq!(known.header("etag"), Some("\"4\""));
    }
    let then = service.get("/v1/agreements/BRICK/events?known_at=11");
    assert_eq!(then.text(), format!("[{}]\n", stored[..2].join(",\n")));
    assert_eq!(then.header("etag"), Some("\"2\""));
    // What is recorded is there in the next answer.
    let brick = service.ledger.models_at_head().unwrap();
    let brick = brick.status.by_ref(&"BRICK".parse().unwrap()).unwrap();
    record(
        &service,
        Some(brick),
        (Kind::Noted, None),
        &json!({"words": "a note"}),
    );
    let reply = service.get("/v1/agreements/BRICK/events");
    assert_eq!(
        (reply.json().as_array().unwrap().len(), reply.header("etag")),
        (5, Some("\"5\""))
    );
    let known = [("if-none-match", "\"4\"")];
    let known = service.send("GET", "/v1/agreements/BRICK/events", &known, None);
    assert_eq!(known.status, 200);
    let near = service.get("/v1/agreements/BRIK/events");
    assert_eq!(
        (near.status, &near.json()["near"][0]),
        (404, &json!("BRICK"))
    );
    let other = service.get("/v1/packages/BRICK/events");
    assert_eq!(
        (other.status, other.json()["code"].as_str()),
        (404, Some("other_kind"))
    );
}

/// A validator is honoured where it says everything that an answer depends on, and nowhere else.
#[test]
fn what_somebody_has_already_is_not_sent_again() {
    let service = filled();
    let again = |path: &str| {
        let first = service.get(path);
        assert_eq!(first.status, 200, "{path}: {}", first.text());
        let tag = first.header("etag").unwrap().to_owned();
        (
            service.send("GET", path, &[("if-none-match", &tag)], None),
            tag,
        )
    };
    let sound = [
        "/v1/agreements",
        "/v1/agreements?class=practical&limit=1",
        "/v1/agreements/BRICK?as_of=2025-04-20",
        "/v1/agreements/BRICK?known_at=11",
        "/v1/agreements/BRICK/history",
        "/v1/search?q=brick",
        "/v1/reports/portfolio?format=csv",
    ];
    let mut tags = Vec::new();
    for path in sound {
        let (reply, tag) = again(path);
        assert_eq!((reply.status, reply.body.len()), (304, 0), "{path}");
        tags.push(tag);
    }
    // The version of how it stands now is for recording; the day passes without it.
    let (reply, tag) = again("/v1/agreements/BRICK");
    assert_eq!((reply.status, tag.as_str()), (200, "\"4\""));
    assert_eq!(reply.header("cache-control"), Some("no-store"));
    agreement(&service, "WOOD", &json!({}));
    for (path, before) in sound.iter().zip(tags) {
        let reply = service.send("GET", path, &[("if-none-match", &before)], None);
        let then = path.contains("known_at");
        assert_eq!(reply.status, if then { 304 } else { 200 }, "{path}");
    }
    // One form is no other.
    let csv = service.get("/v1/reports/portfolio?format=csv");
    let html = service.get("/v1/reports/portfolio?format=html");
    assert_ne!(csv.header("etag"), html.header("etag"));
}

#[test]
fn who_asks_for_a_later_position_waits_for_it_and_not_for_ever() {
    let service = filled();
    let head = service.ledger.head();
    let reply = service.get(&format!("/v1/agreements/BRICK?at_least={head}"));
    assert_eq!(reply.status, 200);
    let late = service.get(&format!(
        "/v1/agreements/BRICK/events?at_least={}",
        head + 1
    ));
    assert_eq!(
        (late.status, late.json()["code"].as_str()),
        (503, Some("not_ready"))
    );
    assert!(late.header("retry-after").is_some());
    let waited = std::thread::scope(|scope| {
        let waiting = scope.spawn(|| service.get(&format!("/v1/agreements?at_least={}", head + 1)));
        std::thread::sleep(std::time::Duration::from_millis(200));
        agreement(&service, "WOOD", &json!({}));
        waiting.join().unwrap()
    });
    assert_eq!(waited.status, 200);
    assert!(refs(&waited, "agreements").contains(&"WOOD".to_owned()));
}
