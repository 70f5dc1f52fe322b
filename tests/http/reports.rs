//! Reports over HTTP: their formats, and issuing them.

use serde_json::json;

use super::reading::filled;

#[test]
fn a_report_is_given_in_every_format() {
    let service = filled();
    for (format, media, begins) in [
        ("text", "text/plain; charset=utf-8", "P"),
        ("md", "text/markdown; charset=utf-8", "#"),
        ("json", "application/json", "{"),
        ("html", "text/html; charset=utf-8", "<!"),
        ("csv", "text/csv; charset=utf-8; header=present", ""),
    ] {
        let named = service.get(&format!(
            "/v1/reports/practical-steps?format={format}&since=2025-04-17"
        ));
        assert_eq!(
            (named.status, named.header("content-type")),
            (200, Some(media)),
            "{format}"
        );
        assert!(
            named
                .text()
                .trim_start_matches('\u{feff}')
                .starts_with(begins),
            "{format}: {}",
            named.text()
        );
        let essence = media.split(';').next().unwrap();
        let path = "/v1/reports/practical-steps?since=2025-04-17";
        let accepted = service.send("GET", path, &[("accept", essence)], None);
        assert_eq!(accepted.text(), named.text(), "{format}");
    }
}

#[test]
fn a_report_is_issued_once_and_shown_as_it_was() {
    let service = filled();
    let path = "/v1/reports/practical-steps/issue";
    let question = json!({"parameters": {"since": "2025-04-17"}}).to_string();
    let key = [
        ("idempotency-key", "issue-1"),
        ("content-type", "application/json"),
    ];
    let issued = service.send("POST", path, &key, Some(question.as_bytes()));
    assert_eq!(
        (issued.status, issued.header("location")),
        (201, Some("/v1/issues/PS-2025-001")),
        "{}",
        issued.text()
    );
    let again = service.send("POST", path, &key, Some(question.as_bytes()));
    assert_eq!(again.json()["replayed"], true);
    assert_eq!(again.json()["number"], issued.json()["number"]);
    let other = json!({"parameters": {"since": "2025-04-20"}}).to_string();
    let other = service.send("POST", path, &key, Some(other.as_bytes()));
    assert_eq!(
        (other.status, other.json()["code"].as_str()),
        (409, Some("command_id_reused"))
    );
    let listed = service.get("/v1/issues").json();
    assert_eq!(listed["issues"].as_array().unwrap().len(), 1);
    let document = service.get("/v1/issues/PS-2025-001");
    assert_eq!(document.json()["report"], "practical-steps");
    let page = service.get("/v1/issues/ps-2025-001?format=text").text();
    let since = service.get("/v1/issues/PS-2025-001/since").json();
    let line = since["line"].as_str().unwrap();
    let page = page.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(page.contains(line), "{line}: {page}");
    let certificate = service.get("/v1/issues/PS-2025-001/certificate");
    assert_eq!(
        (certificate.status, certificate.json()["code"].as_str()),
        (409, Some("not_signed"))
    );
    let stray = service.send("POST", path, &key, Some(b"{\"colour\":\"red\"}"));
    assert_eq!(
        (stray.status, stray.json()["field"].as_str()),
        (400, Some("body"))
    );
}
