//! What no client of good will sends: each is refused in words, or with the status that says it, and the service goes on.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

use serde_json::{Value, json};

use super::recording::brick;
use super::service::{Reply, Service};

/// Sends bytes as they are and reads the head of what comes back. Whoever breaks off says that nothing follows.
fn raw(service: &Service, sent: &str) -> String {
    let mut stream = TcpStream::connect(service.address).unwrap();
    let patience = Duration::from_secs(10);
    stream.set_read_timeout(Some(patience)).unwrap();
    // The service may have heard enough before the end.
    let _ = stream.write_all(sent.as_bytes());
    if !sent.ends_with("\r\n\r\n") {
        let _ = stream.shutdown(Shutdown::Write);
    }
    let (mut answer, mut piece) = (Vec::new(), [0; 4_096]);
    while !answer.windows(4).any(|four| four == b"\r\n\r\n") {
        match stream.read(&mut piece) {
            Ok(0) | Err(_) => break,
            Ok(read) => answer.extend_from_slice(&piece[..read]),
        }
    }
    String::from_utf8_lossy(&answer).into_owned()
}

fn status(answer: &str) -> &str {
    answer.get(9..12).unwrap_or("none")
}

/// The code, the field and the sentence of a refusal.
fn told(reply: &Reply) -> (u16, String, String, String) {
    let problem = reply.json();
    let text = |name: &str| problem[name].as_str().unwrap_or_default().to_owned();
    (reply.status, text("code"), text("field"), text("detail"))
}

fn send(service: &Service, headers: &[(&str, &str)], path: &str, body: &[u8]) -> Reply {
    service.send("POST", path, headers, Some(body))
}

#[test]
fn requests_that_are_none_end_their_connection_alone() {
    let service = Service::start();
    let json = "Content-Type: application/json\r\n";
    let post = format!("POST /v1/agreements HTTP/1.1\r\nHost: localhost\r\n{json}");
    let many: String = (0..100).map(|n| format!("X-{n}: 1\r\n")).collect();
    let get = "GET /v1/agreements HTTP/1.1\r\nHost: localhost\r\n";
    for (sent, wanted) in [
        (
            format!("{post}Content-Length: 5\r\nContent-Length: 6\r\n\r\n{{\"a\":1}}"),
            "400",
        ),
        (
            format!("{post}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
            "400",
        ),
        (format!("{post}Content-Length: -5\r\n\r\n"), "400"),
        (
            format!("{post}Content-Length: 99999999999999999999\r\n\r\n"),
            "400",
        ),
        (
            format!("{post}Transfer-Encoding: chunked\r\n\r\nZZ\r\n\r\n"),
            "400",
        ),
        (format!("{post}Transfer-Encoding: gzip\r\n\r\n"), "400"),
        (format!("{post}Content-Length: 50\r\n\r\n{{"), "400"),
        ("GARBAGE\r\n\r\n".to_owned(), "400"),
        (
            "GET /v1/agreements HTTP/9.9\r\nHost: localhost\r\n\r\n".to_owned(),
            "400",
        ),
        (
            "GET /v1/agreements\0 HTTP/1.1\r\nHost: localhost\r\n\r\n".to_owned(),
            "400",
        ),
        ("GET /v1/agreements HTTP/1.1\r\n\r\n".to_owned(), "400"),
        (
            "GET /v1/agreements HTTP/1.1\r\nHost: localhost\r\nHost: evil\r\n\r\n".to_owned(),
            "400",
        ),
        ("\u{16}\u{3}\u{1}\0\u{1}\0\0".to_owned(), "400"),
        (format!("{get}{many}\r\n"), "431"),
        (format!("{get}X: {}\r\n\r\n", "a".repeat(40 << 10)), "431"),
        (
            "CONNECT localhost:80 HTTP/1.1\r\nHost: localhost\r\n\r\n".to_owned(),
            "404",
        ),
        (
            "OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n".to_owned(),
            "404",
        ),
        (
            "GET http://evil.example/v1/ledger HTTP/1.1\r\nHost: localhost\r\n\r\n".to_owned(),
            "421",
        ),
        (format!("{get}Connection: close\r\n\r\n"), "200"),
    ] {
        let answer = raw(&service, &sent);
        let shown: String = sent.chars().take(160).collect();
        assert_eq!(status(&answer), wanted, "{shown:?}: {answer}");
    }
    assert_eq!(service.ledger.head(), 4, "nothing was recorded");
    assert_eq!(service.get("/health/ready").status, 200);
}

#[test]
fn a_method_that_a_path_does_not_take_is_told_those_it_takes() {
    let service = Service::start();
    service.post("/v1/agreements", &brick("AG-1"));
    for (method, path, allowed) in [
        ("DELETE", "/v1/agreements/AG-1", "GET,HEAD"),
        ("PUT", "/v1/agreements", "GET,HEAD,POST"),
        ("PATCH", "/v1/batches", "POST"),
        ("OPTIONS", "/v1/agreements", "GET,HEAD,POST"),
        ("TRACE", "/v1/ledger", "GET,HEAD"),
    ] {
        let reply = service.send(method, path, &[], None);
        assert_eq!(reply.status, 405, "{method} {path}");
        let mut words: Vec<_> = reply.header("allow").unwrap().split(',').collect();
        words.sort_unstable();
        assert_eq!(words.join(","), allowed, "{method} {path}");
    }
    let head = service.send("HEAD", "/v1/agreements/AG-1", &[], None);
    let get = service.get("/v1/agreements/AG-1");
    assert_eq!((head.status, head.body.len()), (200, 0));
    assert_eq!(head.header("etag"), get.header("etag"));
    let length = get.body.len().to_string();
    assert_eq!(head.header("content-length"), Some(length.as_str()));
}

#[test]
fn bodies_that_are_none_are_told_what_is_wrong() {
    let service = Service::start();
    service.post("/v1/agreements", &brick("AG-1"));
    let path = "/v1/agreements/AG-1/events";
    let deep = format!(
        "{{\"kind\":\"noted\",\"data\":{}{}}}",
        "[".repeat(50_000),
        "]".repeat(50_000)
    );
    let before = service.ledger.head();
    for (body, field, words) in [
        (b"".to_vec(), "body", "there is none"),
        (b"null".to_vec(), "body", "an object in braces is expected"),
        (
            b"[null, null, \"noted\"]".to_vec(),
            "body",
            "an object in braces is expected",
        ),
        (
            "[".repeat(100_000).into_bytes(),
            "body",
            "an object in braces is expected",
        ),
        (
            b"{\"kind\":\"noted\",\"data\":{\"words\":\"\xff\xfe\"}}".to_vec(),
            "body",
            "",
        ),
        (
            b"{\"kind\":\"noted\",\"kind\":\"noted\",\"data\":{}}".to_vec(),
            "body",
            "duplicate",
        ),
        (
            b"{\"kind\":\"noted\",\"data\":{\"words\":\"x\"}} x".to_vec(),
            "body",
            "trailing",
        ),
        (
            b"{\"kind\":\"noted\",\"data\":{\"words\":\"x\",\"words\":\"y\"}}".to_vec(),
            "data.words",
            "twice",
        ),
    ] {
        let (status, code, at, said) = told(&send(&service, &[], path, &body));
        let shown = String::from_utf8_lossy(&body[..body.len().min(60)]).into_owned();
        assert_eq!(
            (status, code.as_str(), at.as_str()),
            (400, "malformed", field),
            "{shown}: {said}"
        );
        assert!(said.contains(words) && said.len() < 300, "{shown}: {said}");
        assert!(!said.contains("struct"), "{said}");
    }
    let (status, code, ..) = told(&send(&service, &[], path, deep.as_bytes()));
    assert_eq!((status, code.as_str()), (400, "malformed"));
    assert_eq!(service.ledger.head(), before, "nothing was recorded");
}

#[test]
fn batches_that_are_none_are_told_what_is_wrong() {
    let service = Service::start();
    service.post("/v1/agreements", &brick("AG-2025-001"));
    let before = service.ledger.head();
    let batch = send(&service, &[], "/v1/batches", b"[[{\"kind\":\"noted\"}]]");
    assert_eq!(told(&batch).3, "body: an object in braces is expected");
    // Its values stand in the order of the fields, and it is no item for that.
    let first = r#"{"ref":"AG-2025-001","kind":"noted","data":{"words":"x"}}"#;
    let second = r#"["AG-2025-001",null,"noted","2025-04-25",{"words":"x"},[]]"#;
    let batch = format!(r#"{{"events":[{first},{second}]}}"#);
    let batch = send(&service, &[], "/v1/batches", batch.as_bytes());
    let said = "events[1]: an object in braces is expected";
    assert_eq!(told(&batch).3, said);
    for (events, at_most) in [(1_000, false), (1_001, true), (100_000, true), (0, false)] {
        let batch = format!(r#"{{"events":[{}]}}"#, vec!["{}"; events].join(","));
        let batch = send(&service, &[], "/v1/batches", batch.as_bytes());
        let (status, _, at, said) = told(&batch);
        let field = if (1..=1_000).contains(&events) {
            "events[0].kind"
        } else {
            "events"
        };
        assert_eq!((status, at.as_str()), (400, field), "{events}: {said}");
        assert_eq!(
            said.contains("a batch has at most 1000 events"),
            at_most,
            "{said}"
        );
    }
    assert_eq!(service.ledger.head(), before, "nothing was recorded");
}

#[test]
fn bodies_in_another_form_than_json_are_not_taken() {
    let service = Service::start();
    service.post("/v1/agreements", &brick("AG-1"));
    let path = "/v1/agreements/AG-1/events";
    let before = service.ledger.head();
    for (headers, words) in [
        (("content-type", "text/plain"), "takes JSON"),
        (("content-type", "application/xml"), "takes JSON"),
        (
            ("content-encoding", "gzip"),
            "`Content-Encoding: gzip`, which is not taken",
        ),
        (("content-encoding", "identity, br"), "which is not taken"),
    ] {
        let good = json!({"kind": "noted", "data": {"words": "x"}}).to_string();
        let (status, code, _, said) = told(&send(&service, &[headers], path, good.as_bytes()));
        assert_eq!((status, code.as_str()), (415, "media_type"), "{headers:?}");
        assert!(said.contains(words), "{said}");
    }
    assert_eq!(service.ledger.head(), before, "nothing was recorded");
}

/// A path, the status, the code and words of the sentence.
const NOWHERE: &[(&str, u16, &str, &str)] = &[
    (
        "/v1/agreements/AG-1%2Fevents",
        404,
        "not_found",
        "\"AG-1/events\"",
    ),
    ("/v1/agreements/%FF%FE", 400, "malformed", "a text is UTF-8"),
    ("/v1/agreements/%ZZ", 404, "not_found", "%ZZ"),
    ("/v1/agreements/AG-1/", 404, "no_such_path", ""),
    ("/v1//agreements", 404, "no_such_path", ""),
    (
        "/v1/evidence/..%2f..%2fLEDGER",
        400,
        "malformed",
        "is not a commitment",
    ),
    ("/ledger/tile/0/..%2f..%2fLEDGER", 404, "not_published", ""),
    (
        "/ledger/tile/entries/..%2f..%2fLEDGER",
        404,
        "not_published",
        "",
    ),
    (
        "/v1/ledger/events/-1",
        400,
        "malformed",
        "a position is a whole number",
    ),
    (
        "/v1/ledger/events/18446744073709551616",
        400,
        "malformed",
        "a position is a whole number",
    ),
    (
        "/v1/agreements?limit=1&limit=2",
        400,
        "malformed",
        "duplicate field `limit`",
    ),
    ("/v1/agreements?limit=x", 400, "malformed", "limit: "),
    (
        "/v1/agreements?nosuch=1",
        400,
        "malformed",
        "unknown field `nosuch`",
    ),
    (
        "/v1/agreements?q=%FF",
        400,
        "no_such_filter",
        "no letter and no digit to look for",
    ),
    (
        "/v1/agreements/AG-1?as_of=2025-02-30",
        400,
        "malformed",
        "write a day such as 2025-04-26",
    ),
    ("/v1/agreements/AG-1?known_at=99999", 404, "beyond_head", ""),
];

#[test]
fn paths_and_questions_that_lead_nowhere_are_told_where_they_went_wrong() {
    let service = Service::start();
    service.post("/v1/agreements", &brick("AG-1"));
    assert_eq!(
        service.get("/v1/agreements/%41G-1").status,
        200,
        "as it is escaped"
    );
    for (path, status, code, words) in NOWHERE {
        let (got, told_code, _, said) = told(&service.get(path));
        assert_eq!(
            (got, told_code.as_str()),
            (*status, *code),
            "{path}: {said}"
        );
        assert!(said.contains(words), "{path}: {said}");
    }
    let field = |path: &str| service.get(path).json()["field"].clone();
    assert_eq!(field("/v1/agreements?limit=x"), "limit");
    assert_eq!(field("/v1/agreements/AG-1?as_of=today"), "as_of");
    // A part of a stored event is not asked for: it is given whole.
    let part = service.send(
        "GET",
        "/v1/ledger/events/0",
        &[("range", "bytes=0-9")],
        None,
    );
    assert_eq!(part.status, 200);
    assert!(serde_json::from_slice::<Value>(&part.body).is_ok());
}
